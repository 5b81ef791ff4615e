"""Traps: what a site may lead a crawl into without end, and the rules that stop it. Each says what it left out.

Calendars without end, addresses that grow by a relative link, a session in every query: their pages are in scope one
by one, and only together too many. The number of pages of a source and the length of a URL are bounded elsewhere
(`max_pages`, `MAX_URL_CHARS`); how deep links are followed too (`depth`).
"""

from collections import Counter, defaultdict
from dataclasses import dataclass

from ..urls import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class TrapBounds:
    """Where the patience of one run with a site ends.

    *listing_hops* is how many listings may lead to each other in a row, *repeats* how often one segment may come in a
    path, *variants* how many queries of one path are followed from links, *alike* how many pages in a row may be of one
    content below one path. *host_bytes* (as received) and *host_s* (spent on requests and on waiting) are a host's.
    Of *sitemaps* and feeds so many are read, through *index_depth* indexes, and *site_urls* of the URLs they name.
    """

    listing_hops: int = 20
    repeats: int = 3
    variants: int = 1_000
    alike: int = 50
    host_bytes: int = 20_000_000_000
    host_s: float = 259_200.0
    sitemaps: int = 1_000
    index_depth: int = 2
    site_urls: int = 200_000


class Traps:
    """What one run over one source has seen of a site, by which the rules decide."""

    def __init__(self, bounds: TrapBounds) -> None:
        self._bounds = bounds
        self._variants: Counter[tuple[str, str]] = Counter()
        self._alike: dict[str, tuple[int, int]] = {}
        self._left_out: dict[str, str] = {}
        self._bytes: Counter[str] = Counter()
        self._seconds: defaultdict[str, float] = defaultdict(float)

    def rule(self, place: Address, *, is_listed: bool) -> str:
        """The rule that keeps *place* out, "" where none does. Called once for each URL found.

        One that a sitemap, a feed or the source itself lists is not a variant that links bred.
        """
        path = place.path
        if path.count("/") > self._bounds.repeats:
            segment, count = Counter(path.split("/")[1:]).most_common(1)[0]
            if count > self._bounds.repeats:
                return f"trap: its path has '{segment}' more than {self._bounds.repeats} times"
        if is_listed or not place.query:
            return ""
        self._variants[place.host, path] += 1
        if self._variants[place.host, path] > self._bounds.variants:
            return f"trap: more than {self._bounds.variants:,} queries of one path"
        return ""

    def left_out(self, place: Address) -> str:
        """The rule that keeps *place* out since its neighbours turned out to be one page, "" where none does."""
        return self._left_out.get(_neighbourhood(place), "")

    def saw(self, place: Address, content: bytes | str) -> str:
        """Counts what *place* showed; a line for a person where that is one time too many, else "".

        *content* is the digest of its record where it was read: links with ever new sessions are no other content.
        Else it is the page as it came.
        """
        around = _neighbourhood(place)
        digest = hash(content)
        before, count = self._alike.get(around, (0, 0))
        count = count + 1 if digest == before else 1
        self._alike[around] = (digest, count)
        if count <= self._bounds.alike or around in self._left_out:
            return ""
        self._left_out[around] = f"trap: more than {self._bounds.alike} pages in a row with one content at {around}"
        return f"{around}: more than {self._bounds.alike} pages in a row had one content; the rest there was left out"

    def charge(self, host: str, *, received: int, seconds: float) -> None:
        """Counts what a request to *host* cost."""
        self._bytes[host] += received
        self._seconds[host] += seconds

    def spent(self, host: str) -> str:
        """Which budget of *host* this run has used up, "" for none."""
        if self._bytes[host] >= self._bounds.host_bytes:
            return f"{self._bounds.host_bytes:,} bytes received from {host}"
        if self._seconds[host] >= self._bounds.host_s:
            return f"{self._bounds.host_s / 3600:,.0f} hours spent on {host}"
        return ""


def _neighbourhood(place: Address) -> str:
    """The pages that stand for one another if they are one: the queries of a path, else the folder of a path."""
    before, mark, _ = place.url.partition("?")
    return f"{before}?" if mark else before[: before.rindex("/") + 1]
