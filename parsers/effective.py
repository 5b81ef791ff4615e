"""The status a capture deserves whatever the server said: a page that is not there, a wall before it, an empty shell.

Servers answer 200 with "Page not found", with a bot check, with the home page or with markup that a script would fill.
The model is the effective status of EDGI's web monitoring: the words of title and headings decide, part by part, and a
redirect to the home page says that the page is gone from where it was. A rule speaks only where next to no text stands
beside its sign, so that a report about blocking, titled "Access denied", stays a report.

    rule         status  the page
    soft-404     404     says that there is no such page, or that it was taken down
    home         302     was asked for, and the site's front page answered
    blocked      403     is behind a bot check, a block or a question of consent (429 and 451 where it says so)
    login        401     is behind a form that wants a password
    empty-shell  204     has no text: scripts would have to fill it, or it is blank
    parked       404     was replaced by a dealer in domains or a server without a site, as was the whole site
    suspended    503     was switched off by the host, as was the whole site
    maintenance  503     will be back, it says
    error        5xx     is a server's error message

A page that says it was removed is 404 and not 410: its words are no statement of the server's and a rule may misread
them, and 404 must be seen several times before a page counts as gone, 410 once. A parked domain likewise: the page is
not there, and nobody who may speak for it said so. A suspended site often returns, so it says nothing about its pages.
"""

import html
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from . import guard
from .decode import decode
from .errors import ParserError
from .normal import bare, shown
from .notices import NO_PAGE, PARKED, WALL, Sign, demand_in, order, sign_of, signs_in
from .page import Element, Page, host, is_hidden


@dataclass(frozen=True, slots=True, kw_only=True)
class Effective:
    """The *status* a capture deserves, the *rule* that says so, and in *detail* one line on what was seen."""

    status: int
    rule: str
    detail: str


Judge = Callable[..., Effective | None]

_WALL_HEADERS = {
    "cf-mitigated": frozenset({"challenge"}),
    "x-amzn-waf-action": frozenset({"challenge", "captcha"}),
}
_ERROR_HEADER = "apex-debug-id"


def telling(headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Those of *headers* that `effective_status` looks at: in any others two answers may differ."""
    named = ((name.lower(), value) for name, value in headers)
    return tuple((name, value) for name, value in named if name in _WALL_HEADERS or name == _ERROR_HEADER)


def effective_status(  # noqa: PLR0913 -- all that is known of an answer
    content: bytes,
    *,
    url: str,
    final_url: str = "",
    content_type: str = "",
    status: int | None = None,
    headers: Iterable[tuple[str, str]] = (),
    judge: Judge | None = None,
) -> Effective | None:
    """The status that a capture deserves where it is not the one the server gave; None where nothing says so.

    *content* is the body with its content coding undone, *url* what was asked for and *final_url* where the redirects
    ended ("" for none), *status* the server's (None where unknown). Only an answer of 2xx can deserve another; a body
    that `parsers` refuses to read (`guard`, `decode`) deserves none. Linear in the length of the body. Few pages need
    to be read as a tree for this; where one does, *judge* is asked in place of `judge_page`.
    """
    if status is not None and not 200 <= status < 300:
        return None
    said = _by_headers(headers) or _by_content(content, final_url or url, content_type, judge or judge_page)
    led = _by_redirect(url, final_url)
    # Behind a wall the redirect is the wall's.
    return led if led and not (said and said.rule == "blocked") else said


def _by_headers(headers: Iterable[tuple[str, str]]) -> Effective | None:
    for name, value in ((name.lower(), value.strip().lower()) for name, value in headers):
        if value in _WALL_HEADERS.get(name, ()):
            return Effective(status=403, rule="blocked", detail=f"the header {name} says {value}")
        if name == _ERROR_HEADER and "level=error" in value:
            return Effective(status=500, rule="error", detail=f"the header {name} says level=error")
    return None


# ---- where the redirects led

_INDEX = re.compile(r"(?:index|default|home|main|welcome)(?:\.[a-z]{3,5})?")
_LANGUAGE = re.compile(r"[a-z]{2}(?:[-_][a-z]{2})?")
_ERROR_ADDRESS = re.compile(
    r"(?:error[-_]?)?404(?:[-_]?(?:error|page|not[-_]?found))?|(?:page|file)?[-_]?not[-_]?found(?:[-_]?404)?"
)


def _by_redirect(url: str, final_url: str) -> Effective | None:
    asked, answered = _split(url), _split(final_url)
    if not asked or not answered or url == final_url:
        return None
    name = answered.path.rstrip("/").rpartition("/")[2].partition(".")[0].lower()
    if _ERROR_ADDRESS.fullmatch(name) and answered.path != asked.path:
        return Effective(status=404, rule="soft-404", detail=f"redirected to the error page {_short(final_url)}")
    if "aspxerrorpath=" in answered.query.lower():
        return Effective(status=500, rule="error", detail=f"redirected to the error page {_short(final_url)}")
    if answered.path.endswith("/suspendedpage.cgi"):
        return Effective(status=503, rule="suspended", detail=f"redirected to {_short(final_url)}")
    # Upwards only: a report may have a site of its own below the publisher's.
    here, there = host(url), host(final_url)
    is_same_site = here == there or here.endswith(f".{there}")
    if is_same_site and _is_front(answered) and not _is_front(asked):
        return Effective(status=302, rule="home", detail=f"redirected to the home page {_short(final_url)}")
    return None


def _is_front(parts: SplitResult) -> bool:
    """Whether this is a site's front page, or that of one of its languages."""
    names = [name for name in parts.path.lower().split("/") if name]
    if names and _LANGUAGE.fullmatch(names[0]):
        names.pop(0)
    return not parts.query and (not names or (len(names) == 1 and _INDEX.fullmatch(names[0]) is not None))


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts if parts.netloc else None


def _short(url: str) -> str:
    line = shown(url)
    return line if len(line) <= 200 else f"{line[:199]}…"


# ---- what the body says

_HTML_TYPES = frozenset({"", "text/html", "application/xhtml+xml"})
_TEXT_TYPES = frozenset(
    {"", "text/plain", "text/markdown", "application/json", "application/problem+json", "text/xml", "application/xml"}
)
_TAG_FIRST = re.compile(rb"(?:\xef\xbb\xbf)?\s*+<(?!\?xml)")
_TEXT_BYTES = 1_000
_TEXT_WEIGHT = 300
_BETWEEN_STRINGS = re.compile(r"[\n\r<>\"{}\[\],]+")


def _by_content(content: bytes, url: str, content_type: str, judge: Judge) -> Effective | None:
    if not content or content.isspace():
        return Effective(status=204, rule="empty-shell", detail="the body is empty")
    media_type = content_type.partition(";")[0].strip().lower()
    try:
        if media_type in _HTML_TYPES and (media_type or _TAG_FIRST.match(content)):
            if content.count(b"<") > _MOST_TAGS or _is_ordinary(content, content_type):
                return None
            return judge(content, url=url, content_type=content_type)
        if media_type in _TEXT_TYPES and len(content) <= _TEXT_BYTES:
            return _by_text(decode(content, content_type).text)
    except ParserError:
        return None  # whoever reads the body says what is wrong with it
    return None


def _by_text(text: str) -> Effective | None:
    lines = [line for line in map(shown, _BETWEEN_STRINGS.split(text)) if line]
    weight = sum(map(_weight, lines))
    if weight > _TEXT_WEIGHT:
        return None
    return _judged(_Look(heads=lines, lines=lines, words=[*lines], prose=weight, total=weight))


# ---- a glance at the bytes: nearly every page is a report, and this must cost next to nothing of what reading it does

_NEXT = re.compile(
    rb"<(?:(?P<raw>script|style)\b|(?P<comment>!--)|(?P<head>title|h1|meta|body)\b|a\s[^<>]*+>[^<>]*+)"
    rb"|>\s*+(?P<run>[^<>\s][^<>]{24,}+)",
    re.IGNORECASE,
)
_RAW_END = re.compile(rb"</(?:script|style)", re.IGNORECASE)
_HEADING = re.compile(rb"<h1\b", re.IGNORECASE)
_TAG = re.compile(rb"<[^<>]*+>?")
_CONTENT = re.compile(rb"content\s*+=\s*+(?:\"([^\"]*+)|'([^']*+))", re.IGNORECASE)
_RICH_BYTES = 500
_SLICE = 600
_MOST_HEADS = 8
_ENCODING_REACH = 16_384
_MOST_TAGS = 12_000
_BOUNDS = guard.Bounds(tags=40_000)  # with the copies that a builder makes of formatting left open
_WIDE_ENCODING = re.compile(r"utf-?(?:16|32)", re.IGNORECASE)


@dataclass(slots=True)
class _Glance:
    """What stands in the bytes: raw titles and first headings, whether there is prose, and WordPress's own mark."""

    heads: list[bytes] = field(default_factory=list)
    prose: int = 0
    is_marked: bool = False

    def note(self, name: bytes, start: bytes) -> None:
        """Takes up an element, of which *start* are the first bytes, its tag included."""
        tag = start.partition(b">")[0]
        if name == b"body":
            self.is_marked = b"error404" in tag
        elif name != b"meta":
            self.heads.append(_TAG.sub(b" ", start[: start.lower().find(b"</" + name)]))
        elif b"og:title" in tag and (found := _CONTENT.search(tag)):
            self.heads.append(found[1] or found[2] or b"")


def _glance(content: bytes) -> _Glance:
    """Reads until there is prose enough, and a first heading."""
    glance = _Glance()
    position, has_heading = 0, False
    while glance.prose < _RICH_BYTES and (found := _NEXT.search(content, position)):
        position = found.end()
        kind = found.lastgroup
        if kind == "run":
            glance.prose += len(b" ".join(found["run"].split()))
        elif kind == "comment":
            end = content.find(b"-->", position)
            position = end if end >= 0 else len(content)
        elif kind == "raw":
            closing = _RAW_END.search(content, position)
            position = closing.end() if closing else len(content)
        elif kind == "head":
            name = found["head"].lower()
            has_heading = has_heading or name == b"h1"
            if len(glance.heads) < _MOST_HEADS:
                glance.note(name, content[found.start() : found.start() + _SLICE])
    heading = None if has_heading else _HEADING.search(content, position)
    if heading:
        glance.note(b"h1", content[heading.start() : heading.start() + _SLICE])
    return glance


def _is_ordinary(content: bytes, content_type: str) -> bool:
    """Whether *content* has prose, and neither a title nor a first heading that says otherwise."""
    if content.startswith((b"\xfe\xff", b"\xff\xfe")) or _WIDE_ENCODING.search(content_type):
        return False
    glance = _glance(content)
    if glance.prose < _RICH_BYTES or glance.is_marked:
        return False
    heads = b"\n".join(b" ".join(head.split()) for head in glance.heads)
    if not heads.isascii():
        encoding = decode(content[:_ENCODING_REACH], content_type, is_html=True).encoding
        text = decode(heads, f"text/html; charset={encoding}").text
    else:
        text = heads.decode("ascii")
    return not any(sign_of(line) for line in html.unescape(text).splitlines())


# ---- a closer look at what is left

_SILENT = frozenset(
    "script style template svg math object audio video canvas iframe head title textarea select".split()
)
_ASIDE = frozenset("a nav header footer aside button label option dialog".split())
_INLINE = frozenset("a abbr b bdi bdo code em font i mark q s small span strong sub sup u wbr".split())
_BANNERS = ", ".join(
    f"{part}:not(html, body, main, article)"
    for part in ("[class*=cookie i]", "[id*=cookie i]", "[class*=consent i]", "[id*=consent i]", "[id*=onetrust i]")
)
_HIDDEN = "[hidden]:not(body), [style*=none i]:not(body), [style*=hidden i]:not(body)"
_MARKED = "body.error404"
# Weights of text, in characters: what a notice of a few lines has, a wall at most, a menu, and a page with any sign.
_FEW_LINES = 300
_LITTLE = 600
_MENU = 1_500
_MOST_PROSE = 4_000
_MOST_BANNERS = 20
_EAST_ASIAN = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")


def _weight(text: str) -> int:
    """The length of *text* in letters; a sign of Chinese, Japanese or Korean says as much as three."""
    return len(text) + (0 if text.isascii() else 2 * len(_EAST_ASIAN.findall(text)))


@dataclass(slots=True, kw_only=True)
class _Look:
    """What a reader sees: *heads* (titles and first headings), *lines* of prose, *words* with links and chrome.

    *prose* is the weight of the lines, *total* that of all text, also of what is hidden, *banner* that of the first
    question of consent. Of a page with more than any sign has room for only the beginning was read.
    """

    heads: list[str]
    lines: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    prose: int = 0
    total: int = 0
    banner: int = 0
    page: Page | None = None

    def has(self, selector: str) -> bool:
        """Whether the page, if it is one, has an element that matches."""
        return self.page is not None and self.page.first(selector) is not None

    def holds(self, marks: tuple[str, ...]) -> str:
        """The first of *marks* that the page's markup holds, "" where it holds none."""
        return next((mark for mark in marks if self.page is not None and mark in self.page.html), "")

    def read(self, body: Element, asides: set[int], hidden: set[int]) -> None:
        """Takes in the text below *body* until there is more than any sign has room for.

        *asides* and *hidden* are the `mem_id` of elements that are chrome by their names, and that are not shown.
        """
        has_sign = any(map(sign_of, self.heads)) or self.has(_MARKED)
        most_prose, most_text = (_MOST_PROSE, 0) if has_sign else (_FEW_LINES, _MENU)
        parts: list[str] = []
        # Each node with whether it is set aside, hidden, and being left.
        stack = [(body, False, False, False)]
        while stack and (self.prose <= most_prose or self.total <= most_text):
            node, is_aside, is_unseen, is_end = stack.pop()
            tag = node.tag or ""
            if tag == "-text":
                self._text(node.text_content or "", parts, is_aside, is_unseen)
            elif tag not in _SILENT and node.is_element_node:
                if parts and tag not in _INLINE:
                    self.lines.append("".join(parts))
                    parts.clear()
                if not is_end:
                    stack.append((node, False, False, True))
                    is_aside = is_aside or tag in _ASIDE or node.mem_id in asides
                    is_unseen = is_unseen or node.mem_id in hidden
                    stack.extend((child, is_aside, is_unseen, False) for child in _children_backwards(node))

    def _text(self, text: str, parts: list[str], is_aside: bool, is_unseen: bool) -> None:
        words = " ".join(text.split())
        weight = _weight(words)
        self.total += weight
        if is_unseen or not words:
            return
        self.words.append(words)
        if not is_aside:
            parts.append(f"{words} ")
            self.prose += weight


def _children_backwards(node: Element) -> list[Element]:
    children = list(node.iter(include_text=True))
    children.reverse()
    return children


def _look(page: Page) -> _Look:
    # A few: they may lie in each other, and the text of each is read.
    named = page.all(_BANNERS)[:_MOST_BANNERS]
    banners = [element for element in named if _COOKIES.search(element.text(deep=True)[:_MENU])]
    asides = {element.mem_id for element in banners}
    hidden = {element.mem_id for element in page.all(_HIDDEN) if is_hidden(element)}
    headings = [h1 for h1 in page.all("h1")[:5] if not _is_within(h1, asides | hidden)]
    heads = (page.title, page.meta("og:title"), *(shown(h1.text(deep=True)) for h1 in headings))
    look = _Look(
        heads=[head[:_SLICE] for head in heads],
        banner=_weight(shown(banners[0].text(deep=True))) if banners else 0,
        page=page,
    )
    body = page.first("body")
    if body:
        look.read(body, asides, hidden)
    return look


def _is_within(element: Element, ids: set[int]) -> bool:
    node: Element | None = element
    while node is not None:
        if node.mem_id in ids:
            return True
        node = node.parent
    return False


def judge_page(content: bytes, *, url: str, content_type: str) -> Effective | None:
    """What `effective_status` says of a page that a glance at its bytes does not tell from others. Raises as Page."""
    guard.check(content, _BOUNDS)
    return _judged(_look(Page(content, url=url, content_type=content_type)))


# ---- the verdict

_Found = tuple[Sign, str]
# In the markup of a bot check itself. Not here: what the same vendors put on pages they let through.
_WALL_MARKUP = (
    "_cf_chl_opt", "cf-browser-verification", "cf_chl_prog", "px-captcha", "captcha-delivery.com", "gokuProps",
    "awsWafCookieDomainList", "_Incapsula_Resource", "/.well-known/ddos-guard/", "sucuri_cloudproxy_js",
    "sec-if-cpt-container", "distil_r_captcha", "/cdn-cgi/challenge-platform/h/",
)  # fmt: skip
_PARKED_MARKUP = ("data-adblockkey", "sedoparking.com", "parkingcrew.net", "window.park", 'location.href="/lander"')
_MOUNTS = (
    "#root, #app, #__next, #__nuxt, #___gatsby, #svelte, #react-root, #app-root, app-root, #application, "
    "#SITE_CONTAINER"
)
_MEDIA = "img, picture, video, audio, embed, object, iframe, frame, canvas, svg"
_COOKIES = re.compile("cookie|куки|кукі|تعريف الارتباط", re.IGNORECASE)
_NOTHING = 40
_SHELL = 150


def _judged(look: _Look) -> Effective | None:
    found = [*_by_heads(look), *_by_lines(look), *_by_words(look), *_by_markup(look)]
    if not found:
        return _by_emptiness(look)
    sign, seen = min(found, key=lambda pair: order(pair[0]))
    return Effective(status=sign.status, rule=sign.rule, detail=f"{seen}, beside {look.prose:,} characters of text")


def _by_heads(look: _Look) -> list[_Found]:
    signs = [(sign, head) for head in look.heads if (sign := sign_of(head))]
    return [(sign, f"the title says '{_quoted(head)}'") for sign, head in signs if _fits(sign, look)]


def _by_lines(look: _Look) -> list[_Found]:
    """Signs among the lines of a page that has few; not on one that says when it appeared, as reports do."""
    if look.prose > _FEW_LINES or (look.page and look.page.meta("article:published_time", "datepublished")):
        return []
    signs = [(sign, line, place) for place, line in enumerate(look.lines) if (sign := sign_of(line))]
    # Below the first line nearly every word may be a heading; that a page is not there is said nowhere else.
    return [
        (sign, f"the text says '{_quoted(line)}'")
        for sign, line, place in signs
        if (place == 0 or sign.rule == "soft-404") and _fits(sign, look)
    ]


def _by_words(look: _Look) -> list[_Found]:
    if look.total > _LITTLE or look.has("textarea"):
        return []  # with a field for a letter it is a form that keeps robots off
    found = signs_in(" ".join(look.words))
    return [(sign, f"the text says '{phrase}'") for sign, phrase in found if _fits(sign, look)]


def _by_markup(look: _Look) -> list[_Found]:
    found: list[_Found] = []
    if look.total <= _FEW_LINES and (mark := look.holds(_WALL_MARKUP)):
        found.append((WALL, f"the page holds '{mark}'"))
    if look.total <= _MENU and look.prose <= _LITTLE and (mark := look.holds(_PARKED_MARKUP)):
        found.append((PARKED, f"the page holds '{mark}'"))
    if look.prose <= _NOTHING and look.total <= _LITTLE and look.banner * 2 > look.total:
        found.append((WALL, "the page holds a question of consent and nothing else"))
    if look.has(_MARKED) and look.prose <= _MOST_PROSE:
        found.append((NO_PAGE, "the page's body is marked 'error404'"))
    return found


def _by_emptiness(look: _Look) -> Effective | None:
    """An empty shell: no text, and no picture or frame that may be the content; or scripts that would make the text."""
    if look.page is None or look.total > _MENU:
        return None
    demand = demand_in(" ".join(look.words))
    if demand and look.total <= _SHELL and look.has("script"):
        seen = f"the text says '{demand}'"
    elif _is_unfilled(look, look.page.first(_MOUNTS)):
        seen = "the place that scripts would fill is empty"
    elif not look.total and not look.has(_MEDIA):
        seen = "there is no text"
    else:
        return None
    return Effective(status=204, rule="empty-shell", detail=f"{seen}, beside {look.prose:,} characters of text")


def _is_unfilled(look: _Look, mount: Element | None) -> bool:
    """Whether scripts have a place to fill and it is empty; around it may stand a menu, but nothing to read."""
    is_bare = look.total <= _SHELL or look.prose <= _NOTHING
    return mount is not None and is_bare and _weight(shown(mount.text(deep=True))) <= _NOTHING


def _fits(sign: Sign, look: _Look) -> bool:
    """Whether *look* has no more prose than the sign has room for; a login page has a field for it too."""
    wants_name = sign.rule != "login" or look.page is None or look.has("input[type=password], input[type=email]")
    return look.prose <= sign.room and wants_name


def _quoted(text: str) -> str:
    """The words of *text*, few enough for a line."""
    words = bare(text[:_SLICE])
    return words if len(words) <= 80 else f"{words[:79]}…"
