"""The links of a page, for finding further pages; what a report links to is in its record."""

import ada_url

from .errors import UnreadableBody
from .page import Page

MAX_LINKS = 10_000


def links(body: bytes, *, url: str, content_type: str = "") -> tuple[str, ...]:
    """Where the links of an HTML page lead: absolute http(s) URLs without fragment, in order, each once.

    Relative ones are resolved by the WHATWG standard against the page's `base` element, else *url*. At most 10,000;
    those that are no URL are left out. Raises ParserError for what is no HTML page or is over a bound.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type not in {"", "text/html", "application/xhtml+xml"}:
        raise UnreadableBody(f"expected HTML, found {media_type}", found=media_type)
    page = Page(body, url=url, content_type=content_type)
    declared = page.first("base[href]")
    base = (_joined(url, declared.attributes.get("href") or "") if declared else None) or url
    found: dict[str, None] = {}
    for element in page.all("a[href], area[href]"):
        target = _joined(base, element.attributes.get("href") or "")
        if target:
            found.setdefault(target)
        if len(found) >= MAX_LINKS:
            break
    return tuple(found)


def _joined(base: str, reference: str) -> str | None:
    try:
        target = ada_url.URL(reference, base)
    except ValueError:
        return None
    target.hash = ""
    return str(target.href) if target.protocol in {"http:", "https:"} else None
