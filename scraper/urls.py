"""URLs by the WHATWG standard: the form we ask for, the key we find pages by, and what a source's patterns match."""

from dataclasses import dataclass
from functools import lru_cache

import ada_url

from .errors import UsageError

MAX_URL_CHARS = 2048

# Parameters that say where a reader came from and never what is shown.
TRACKING_PARAMETERS = frozenset(
    {
        "_ga", "_gl", "_hsenc", "_hsmi", "dclid", "fbclid", "gbraid", "gclid", "igsh", "igshid", "mc_cid", "mc_eid",
        "mkt_tok", "msclkid", "oly_anon_id", "oly_enc_id", "ref_src", "ref_url", "s_cid", "twclid", "vero_id", "wbraid",
        "wickedid", "yclid",
    }
)  # fmt: skip
_TRACKING_PREFIX = "utm_"
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Address:
    """A URL taken apart once: *url* in the form of `clean`, its *key* by `url_key`, and what it is connected to by."""

    url: str
    key: str
    host: str
    port: int

    @property
    def path(self) -> str:
        """The path, from its first slash; no query."""
        return self.url.partition("://")[2].partition("?")[0].partition("/")[2].join(("/", ""))

    @property
    def query(self) -> str:
        """What follows the question mark, without the tracking parameters; "" where nothing does."""
        return self.key.partition("?")[2]


@lru_cache(maxsize=1024)
def address(url: str) -> Address:
    """Everything a crawl asks about *url*, for the price of one parse. Raises UsageError as `clean` does."""
    href = _href(url, url)
    # What the standard has serialised needs no second parser: its parts stand between known signs.
    scheme, _, rest = href.partition("://")
    authority, _, tail = rest.partition("/")
    name, port_text = _host_and_port(authority)
    path, _, query = tail.partition("?")
    place = authority if port_text != "443" else name
    if query:
        query = "&".join(pair for pair in query.split("&") if pair and not _is_tracking(pair))
    key = f"https://{place}/{path}?{query}" if query else f"https://{place}/{path}"
    return Address(url=href, key=key, host=name, port=int(port_text or _DEFAULT_PORTS[scheme]))


def clean(url: str) -> str:
    """*url* as it is asked for: WHATWG form, no fragment.

    Raises UsageError for what is no http(s) URL, carries a user name or password, or is over 2,048 characters.
    """
    return address(url).url


def join(base: str, reference: str) -> str | None:
    """*reference* as found on the page *base*, in the form of `clean`; None where it leads to no http(s) URL."""
    try:
        return _checked(ada_url.join_url(base, reference), reference)
    except (UsageError, ValueError):
        return None


def url_key(url: str) -> str:
    """The canonical form of *url* by which its page is found.

    As `clean`, with http folded to https and the parameters of `TRACKING_PARAMETERS` and utm_* dropped. The order of
    the other parameters, the path's case and "www." stay: servers may tell them apart.
    """
    return address(url).key


def host(url: str) -> str:
    """The host of *url* in lower case, as it is resolved ("127.0.0.1" for "http://2130706433/"), IPv6 in brackets."""
    return address(url).host


def origin(url: str) -> str:
    """Scheme, host and port of *url*: what one robots.txt speaks for."""
    scheme, _, rest = address(url).url.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}"


def port(url: str) -> int:
    """The port that *url* names or implies."""
    return address(url).port


def is_front_page(url: str) -> bool:
    """Whether *url* is a site's front page, where publishers send the readers of pages they took down."""
    return address(url).url.partition("://")[2].partition("/")[2] in ("", "?")


def matches(url: str, patterns: tuple[str, ...]) -> bool:
    """Whether *url* equals one of *patterns*, in which "*" stands for any run of characters, none included."""
    return any(_match(url, pattern) for pattern in patterns)


def _match(url: str, pattern: str) -> bool:
    # Leftmost pieces first: linear in the URL for each piece, where a regular expression could backtrack without end.
    first, *middle = _pieces(pattern)
    if not middle:
        return url == pattern
    last = middle.pop()
    position = len(first)
    if not url.startswith(first) or len(url) < position + len(last):
        return False
    end = len(url) - len(last)
    for piece in middle:
        found = url.find(piece, position, end)
        if found < 0:
            return False
        position = found + len(piece)
    return url.endswith(last) and position <= end


@lru_cache(maxsize=1024)
def _pieces(pattern: str) -> tuple[str, ...]:
    return tuple(pattern.split("*"))


def _href(url: str, given: str) -> str:
    try:
        return _checked(str(ada_url.URL(url.strip()).href), given)
    except ValueError:
        raise UsageError(f"{_short(url)}: found no URL, expected one such as https://www.example.org/report") from None


def _checked(href: str, given: str) -> str:
    """*href*, as the standard serialises it, without its fragment; UsageError where we do not ask for such."""
    href = href.partition("#")[0]
    scheme = href.partition(":")[0]
    if scheme not in _DEFAULT_PORTS:
        raise UsageError(f"{_short(given)}: found {scheme}: URL, expected http or https")
    authority = href[len(scheme) + 3 :].partition("/")[0]
    if "@" in authority:
        named = _short(authority.rpartition("@")[2])
        raise UsageError(f"{named}: the URL carries a user name or password; fonds sends none")
    if len(href) > MAX_URL_CHARS:
        raise UsageError(f"{_short(given)}: a URL of {len(href):,} characters, expected at most {MAX_URL_CHARS:,}")
    return href


def _host_and_port(authority: str) -> tuple[str, str]:
    name, colon, number = authority.rpartition(":")
    return (name, number) if colon and number.isdigit() else (authority, "")


def _is_tracking(pair: str) -> bool:
    name = pair.partition("=")[0].lower()
    return name in TRACKING_PARAMETERS or name.startswith(_TRACKING_PREFIX)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 80 else f"{line[:79]}…"
