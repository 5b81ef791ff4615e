"""Genocide Watch: country reports and alerts, on Wix."""

from ..layout import Site
from ..platforms import wix

SITE = Site(
    name="genocidewatch",
    serves=("http*://www.genocidewatch.com/*", "http*://genocidewatch.com/*", "http*://*.genocidewatch.com/*"),
    layouts=wix.LAYOUTS,
    organisation="Genocide Watch",
    masthead=("Alliance Against Genocide",),
    chrome_lines=(
        "Follow Genocide Watch for more updates:",
        "Read Report",
        "Read Alert",
        "Load More",
        "Search Results",
    ),
)
