"""Chrome known everywhere: lines that site builders put around a page, whatever the page says."""

import re

from .normal import plain

# Wix names its two screen-reader anchors so on every page, in every language; the icons are the default file names of
# its social bar, which a text dump shows as words.
_LINES = (
    r"top of page",
    r"bottom of page",
    r"skip to (?:main )?(?:content|navigation)",
    r"back to top",
    (
        r"(?:(?:black|white|grey|gray|blue|red|round|square|official|classic|wix)\s+)*"
        r"(?:facebook|twitter|x|youtube|instagram|linkedin|tiktok|telegram|whatsapp|flickr|vimeo|rss)"
        r"(?:\s+(?:social|basic|clean|app|classic|black|white|grey|gray|round|square))*\s+icon(?:\s*\(\d+\))?"
    ),
    r"(?:please )?follow\b.{0,60}\bfor (?:more )?updates:?",
    r"load more",
    r"please reload",
    r"read (?:report|alert|more)",
    r"(?:share|print|email) this(?: (?:page|article|post|report))?:?",
    r"this site was designed with the .{0,12}website builder.*",
)
_CHROME = re.compile("|".join(f"(?:{line})" for line in _LINES), re.IGNORECASE)
_LENGTH = 120


def is_chrome(line: str) -> bool:
    """Whether *line* is one that a site builder or its widgets print around a page."""
    return len(line) <= _LENGTH and _CHROME.fullmatch(plain(line)) is not None
