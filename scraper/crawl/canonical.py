"""Pages with several addresses: when one of them is another's, and when a page's word for that is not taken.

A page may name its own address (rel=canonical), and an address may redirect to a page. Publishers get both wrong: a
template names the home page on every page, or one report for all. So a page's word alone never joins two addresses:

- An address is joined to a page it names as its canonical one only where both have shown the same record, and the
  canonical address is in scope and no front page. Otherwise each stays a page of its own.
- A page of its own, once it is one, stays so, whatever it or another names later: its history is not rewritten.
- A new address that shows the record of a known page may be where that page has moved. The known address is asked
  first; if it redirects there, they are one page.
- A new address that leads to a known page by permanent redirects alone (301, 308) is that page's; by another redirect
  it is left out of this crawl and joined to nothing.

What is joined is an alias of the page (`Archive.page_urls`), with how it came to be and the capture that shows it; the
address is skipped from then on with the page it stands for, and not asked for.
"""

from collections.abc import Callable
from hashlib import sha256

from parsers.record import Record

from ..archive import Archive
from ..capture import Capture
from ..errors import UsageError
from ..sources import Scope
from ..urls import address, is_front_page, url_key

Parse = Callable[..., Record]
_PERMANENT = frozenset({301, 308})


def canonical_of(capture: Capture, named: str, scope: Scope) -> str:
    """The address that a captured page names as its own, where that is another one and may be one of the source; ""."""
    if not named or capture.outcome != "fetched":
        return ""
    try:
        place = address(named)
    except UsageError:
        return ""
    own = {url_key(capture.url), url_key(capture.final_url)}
    return "" if place.key in own or is_front_page(place.url) or scope.reason(place) else place.url


def is_moved(capture: Capture) -> bool:
    """Whether the way from the URL asked to where it led is there to stay."""
    return all(hop.status in _PERMANENT for hop in capture.hops)


def is_same_page(archive: Archive, capture: Capture, page_id: int, parse: Parse | None) -> bool:
    """Whether a capture shows what the page showed last: the same bytes, or the same record where *parse* reads one."""
    if capture.content is None:
        return False
    digest = sha256(capture.content).hexdigest()
    if archive.newest_content(page_id) == digest:
        return True
    versions = [version for version in archive.versions(str(page_id)) if version.kind == "record"]
    return bool(parse and versions) and content_of(capture, parse) == versions[-1].content_digest


def content_of(capture: Capture, parse: Parse | None) -> str:
    """The digest of the record that *parse* reads in a capture, "" where it reads none that stands."""
    record = record_of(capture, parse)
    return "" if record is None or record.held else record.digests.content


def record_of(capture: Capture, parse: Parse | None) -> Record | None:
    """What *parse* reads in a capture, None where it reads nothing."""
    if parse is None or capture.content is None:
        return None
    try:
        return parse(capture.content, url=capture.final_url, content_type=capture.content_type or None)
    except Exception:  # the loader meets the same body, and puts on record what cannot be read
        return None


def current_contents(archive: Archive, source: str) -> dict[str, int]:
    """Which page of *source* says what: pages by the digests of their current records."""
    rows = ((row.id, archive.versions(row)) for row in archive.pages(source=source) if row.versions)
    return {versions[-1].content_digest: number for number, versions in rows if versions[-1].kind == "record"}
