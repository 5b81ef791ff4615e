"""Relays: a digest through the library apprise to any of the services that it knows. An extra, imported late."""

from collections.abc import Mapping
from typing import Any

from ..errors import KeyUnusable, UsageError
from .digest import as_text, subject

_MOST_CHARS = 20_000


def post(url: str, payload: Mapping[str, Any]) -> str:
    """Why *payload* could not be sent to the service at apprise's *url*; "" where it was.

    The library connects by itself: neither the address guard nor the bounds of fonds hold for it, and it blocks.
    Raises UsageError where it is not installed, KeyUnusable for a URL that it does not know.
    """
    try:
        import apprise  # noqa: PLC0415 -- an extra, and long to import
    except ImportError as error:
        raise UsageError("apprise is not installed: pip install 'fonds[notify]'") from error
    service = apprise.Apprise()
    if not service.add(url):
        raise KeyUnusable("apprise knows no such URL")
    try:
        taken = service.notify(title=subject(payload), body=as_text(payload)[:_MOST_CHARS], body_format="text")
    except Exception as error:  # any of a hundred plugins, each with errors of its own; what they say may hold the URL
        return f"apprise could not send it ({type(error).__name__})"
    return "" if taken else "apprise could not send it"
