"""URLs by the WHATWG standard: the form we ask for, the key we find pages by, and what a source's patterns match."""

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


def clean(url: str) -> str:
    """*url* as it is asked for: WHATWG form, no fragment.

    Raises UsageError for what is no http(s) URL, carries a user name or password, or is over 2,048 characters.
    """
    return _checked(_parsed(url), url)


def join(base: str, reference: str) -> str | None:
    """*reference* as found on the page *base*, in the form of `clean`; None where it leads to no http(s) URL."""
    try:
        return _checked(ada_url.URL(reference, base), reference)
    except (UsageError, ValueError):
        return None


def url_key(url: str) -> str:
    """The canonical form of *url* by which its page is found.

    As `clean`, with http folded to https and the parameters of `TRACKING_PARAMETERS` and utm_* dropped. The order of
    the other parameters, the path's case and "www." stay: servers may tell them apart.
    """
    parsed = _parsed(clean(url))
    parsed.protocol = "https:"
    kept = [pair for pair in parsed.search[1:].split("&") if pair and not _is_tracking(pair)]
    parsed.search = "&".join(kept)
    return str(parsed.href)


def host(url: str) -> str:
    """The host of *url* in lower case, as it is resolved ("127.0.0.1" for "http://2130706433/"), IPv6 in brackets."""
    return str(_parsed(url).hostname)


def origin(url: str) -> str:
    """Scheme, host and port of *url*: what one robots.txt speaks for."""
    return str(_parsed(url).origin)


def port(url: str) -> int:
    """The port that *url* names or implies."""
    parsed = _parsed(url)
    return int(parsed.port or (443 if parsed.protocol == "https:" else 80))


def is_front_page(url: str) -> bool:
    """Whether *url* is a site's front page, where publishers send the readers of pages they took down."""
    parsed = _parsed(url)
    return parsed.pathname in ("", "/") and not parsed.search


def matches(url: str, patterns: tuple[str, ...]) -> bool:
    """Whether *url* equals one of *patterns*, in which "*" stands for any run of characters, none included."""
    return any(_match(url, pattern) for pattern in patterns)


def _match(url: str, pattern: str) -> bool:
    # Leftmost pieces first: linear in the URL for each piece, where a regular expression could backtrack without end.
    first, *middle = pattern.split("*")
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


def _parsed(url: str) -> ada_url.URL:
    try:
        return ada_url.URL(url.strip())
    except ValueError:
        raise UsageError(f"{_short(url)}: found no URL, expected one such as https://www.example.org/report") from None


def _checked(parsed: ada_url.URL, given: str) -> str:
    if parsed.protocol not in ("http:", "https:"):
        raise UsageError(f"{_short(given)}: found {parsed.protocol} URL, expected http or https")
    if parsed.username or parsed.password:
        raise UsageError(f"{_short(parsed.host)}: the URL carries a user name or password; fonds sends none")
    parsed.hash = ""
    href = str(parsed.href)
    if len(href) > MAX_URL_CHARS:
        raise UsageError(f"{_short(given)}: a URL of {len(href):,} characters, expected at most {MAX_URL_CHARS:,}")
    return href


def _is_tracking(pair: str) -> bool:
    name = pair.partition("=")[0].lower()
    return name in TRACKING_PARAMETERS or name.startswith(_TRACKING_PREFIX)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 80 else f"{line[:79]}…"
