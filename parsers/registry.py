"""The parser: from bytes to a record, by the one layout that recognises the markup."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from . import sites
from .account import account_of_text, with_account
from .article import ARTICLE, read_article, shown_words
from .blocks import Content, without_lines
from .dates import is_later
from .decode import decode
from .errors import AmbiguousLayout, LayoutError, RuleError, TooComplex, UnknownLayout, UnreadableBody
from .facts import with_facts
from .head import with_head
from .layout import Layout, Site, read_layout, without_title
from .learned import blocks_at, outlined, without
from .modules import Sites, read_sites
from .normal import bare
from .origins import origins, with_origins
from .page import Page
from .platforms import drupal, wix, wordpress
from .profile import Profile
from .record import Flag, Record
from .text import read_text
from .titles import MOST_CHARS

PLATFORMS = {"wix": wix.LAYOUTS, "wordpress": wordpress.LAYOUTS, "drupal": drupal.LAYOUTS}
_CANDIDATES = {"wix": wix.candidates, "wordpress": wordpress.candidates, "drupal": drupal.candidates}
TEXT_REVISION = 2
PDF_REVISION = 2
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_MARKDOWN = frozenset({"text/markdown", "text/x-markdown"})
_TEXT = frozenset({"text/plain"})
_PDF = frozenset({"application/pdf", "application/x-pdf"})
_LOOKS_PDF = b"%PDF-"
_LOOKS_HTML = re.compile(  # by the tags of the MIME Sniffing Standard, section 7.1, and three it lacks
    rb"\s*+(?:<\?xml[^>]*+>\s*+)?(?:<!--(?:(?!-->).)*+-->\s*+)*+"
    rb"<(?:!doctype\s+html|html|head|body|script|iframe|h1|div|font|table|a|style|title|b|br|p|main|article|meta)\b",
    re.IGNORECASE | re.DOTALL,
)
_LOOKS_MARKDOWN = re.compile(rb"\]\([^()\s]*\)|^#{1,6} \S|\*\*\S[^*\n]*\*\*", re.MULTILINE)
_SNIFFED = 65_536
_TEXT_BYTES = 2_000_000  # a Markdown parser takes ten seconds for each million hostile bytes
_FEWEST_WORDS = 20
_SHORT_PAGE_WORDS = 60
_TITLE_CHARS = 200
_NO_SITE = Site(name="", serves=(), layouts=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Whether a layout takes a page for its own: how often *recognise* matches it, *once* and *unless*, which must not.

    *found_once* is None where nothing need match exactly once.
    """

    layout: str
    recognise: str
    found: int
    unless: str = ""
    found_unless: int = 0
    once: str = ""
    found_once: int | None = None

    @property
    def holds(self) -> bool:
        """Whether the layout reads the page, if it is the only one that would."""
        return self.found > 0 and not self.found_unless and self.found_once in {1, None}


def parse(body: bytes, *, url: str, content_type: str | None = None, profile: Profile | None = None) -> Record:
    """The record of *body*, which came from *url*: title, dates, authors, blocks, facts.

    *content_type* is the media type with its parameters; without one HTML, PDF, Markdown and plain text are told apart
    by their first 64 KiB. *profile* is the chrome that was learned of the site. A parser that is unsure says so by
    flags with *holds*: no layout of the site recognises the page or several do, a required field is missing, there is
    no report in it.

    Raises UnreadableBody for what is no text or of a media type without parser, TooComplex for markup over a bound
    of `parsers.guard` or for more than 2 million bytes of text, RuleError where the rules of a site are mistaken, and
    TypeError for a *body* or *url* of another kind. The same arguments always give the same record.
    """
    if not isinstance(body, bytes) or not isinstance(url, str):
        raise _wrong_kind(body, url)
    media_type = _media_type(body, content_type)
    site = _site(url)
    page = Page(body, url=url, content_type=content_type or "") if media_type in _HTML else None
    if page:
        read = _read_html(page, site)
        found = _without_chrome_lines(read, site)
    elif media_type in _PDF:
        read = found = _read_pdf(body, url=url, site=site)
    else:
        read = found = _read_text(body, url=url, content_type=content_type or "", media_type=media_type, site=site)
    found = found.with_flags(_modified_later(found))
    record = _without_learned(found, site, _titles(page), profile)
    return with_origins(with_account(record.with_flags(_no_report(record, page)), read))


def _wrong_kind(body: object, url: object) -> TypeError:
    if not isinstance(body, bytes):
        how = "; text.encode() makes them of a text" if isinstance(body, str) else ""
        return TypeError(f"parse: body: found {type(body).__name__}, expected bytes as they were received{how}")
    return TypeError(f"parse: url: found {type(url).__name__}, expected the address as a str")


def claims(body: bytes, *, url: str, content_type: str | None = None) -> tuple[Claim, ...]:
    """What each layout that may read the page makes of it; none where *body* is no HTML. Raises as `parse` does."""
    if _media_type(body, content_type) not in _HTML:
        return ()
    page = Page(body, url=url, content_type=content_type or "")
    return tuple(
        Claim(
            layout=f"{family}/{layout.version}",
            recognise=layout.recognise,
            found=len(page.all(layout.recognise)),
            unless=layout.unless,
            found_unless=len(page.all(layout.unless)) if layout.unless else 0,
            once=layout.once,
            found_once=len(page.all(layout.once)) if layout.once else None,
        )
        for family, layout in _layouts(page, _site(url))
    )


def _without_learned(found: Record, site: Site, titles: tuple[str, ...], profile: Profile | None) -> Record:
    """*found* with its head and facts, and without what *profile* takes off.

    What states a fact, or belongs to the head, is no chrome: so both are read before it is known what is.
    """
    record = _with_statements(found, site)
    outline = outlined(record, found.title, titles)
    if profile is None:
        return replace(record, outline=outline)
    places, title = profile.taken(outline.lines), profile.without_suffix(found.title)
    if places:
        found = without(found, blocks_at(record.blocks, outline, places))
    if title != found.title:
        found = replace(found, title=title, blocks=without_title(found.blocks, title))
    if places or title != outline.title:
        record = _with_statements(found, site)
    return replace(record, outline=outline, profile=profile.id)


def _with_statements(record: Record, site: Site) -> Record:
    return with_facts(with_head(record, organisation=site.organisation, masthead=site.masthead))


def _titles(page: Page | None) -> tuple[str, ...]:
    """What *page* states as its title outside its text."""
    stated = (page.title, page.meta("og:title")) if page else ()
    return tuple(dict.fromkeys(title[:_TITLE_CHARS] for title in stated if title))


@cache
def _sites() -> Sites:
    return read_sites(sites.__name__, sites.__path__, platforms=PLATFORMS)


def all_sites() -> tuple[Site, ...]:
    """The sites of `parsers.sites`, by module name. RuleError where one of the modules holds none."""
    return _sites().all()


def wrong_rules() -> tuple[RuleError, ...]:
    """All that is wrong with the rules of sites whatever the page."""
    return _sites().mistakes()


def _site(url: str) -> Site:
    return _sites().of(url) or _NO_SITE


def _media_type(body: bytes, content_type: str | None) -> str:
    named = (content_type or "").partition(";")[0].strip().lower()
    if body.startswith(_LOOKS_PDF):
        return "application/pdf"  # nothing else starts so, and many servers call it a stream of octets
    if named in _HTML | _MARKDOWN | _TEXT | _PDF:
        return named
    if named:
        expected = "text/html, application/xhtml+xml, application/pdf, text/plain or text/markdown"
        raise UnreadableBody(f"no parser reads {named}; expected {expected}", found=named)
    start = body[:_SNIFFED]
    if _LOOKS_HTML.match(start.removeprefix(b"\xef\xbb\xbf")):
        return "text/html"
    return "text/markdown" if _LOOKS_MARKDOWN.search(start) else "text/plain"


def _read_html(page: Page, site: Site) -> Record:
    """The page by its layout; by the generic extractor where no platform claims it, or where its layout fails."""
    found = _recognised(page, site)
    try:
        if len(found) > 1:
            raise AmbiguousLayout(layouts=tuple(f"{family}/{layout.version}" for family, layout in found))
        if found:
            family, layout = found[0]
            return read_layout(layout, page, family=family).with_flags(_untested(site))
        if site.layouts:
            raise UnknownLayout(site=site.name)
    except LayoutError as error:
        if site.layouts or not found[0][1].extract:
            return _read_article(page).with_flags([Flag(name="layout", detail=str(error), holds=not site.untested)])
    return _read_article(page)


def _untested(site: Site) -> tuple[Flag, ...]:
    """That the rules which read the page are made from hearsay."""
    return (Flag(name="untested", detail=f"the rules of site '{site.name}' are untested: {site.untested}"),) * bool(
        site.untested
    )


def _recognised(page: Page, site: Site) -> list[tuple[str, Layout]]:
    """The layouts that recognise *page*; of several platforms those that read it by their own rules."""
    found = [(family, layout) for family, layout in _layouts(page, site) if layout.recognises(page, family=family)]
    if len(found) <= 1 or site.layouts:
        return found
    return [(family, layout) for family, layout in found if not layout.extract]


def _layouts(page: Page, site: Site) -> Iterator[tuple[str, Layout]]:
    """The layouts that may read *page*: those of its *site*, else of the platforms that may have made it."""
    families = {site.name: site.layouts} if site.layouts else {name: ask(page) for name, ask in _CANDIDATES.items()}
    return ((family, layout) for family, layouts in families.items() for layout in layouts)


def _read_article(page: Page) -> Record:
    """What the generic extractor reads; with what a layout asked before it failed, for that says why it did."""
    record = read_article(page)
    return replace(record, matches=(*page.matches, *origins(record, page)))


def _without_chrome_lines(record: Record, site: Site) -> Record:
    """*record* without the lines that are chrome by their words, as the readers of text leave them out."""
    content = without_lines(Content(blocks=record.blocks, chrome=record.chrome), site.chrome_lines)
    return replace(record, blocks=content.blocks, chrome=content.chrome)


def _read_text(body: bytes, *, url: str, content_type: str, media_type: str, site: Site) -> Record:
    if len(body) > _TEXT_BYTES:
        raise TooComplex(bound="bytes of text", limit=_TEXT_BYTES, found=len(body))
    text = decode(body, content_type).text
    is_markdown = media_type in _MARKDOWN
    if is_markdown:
        from .markdown import read_markdown as read  # noqa: PLC0415 -- costs start-up time and memory; few want it
    else:
        read = read_text
    content = read(text, chrome_lines=site.chrome_lines)
    layout, media_type = ("markdown", "text/markdown") if is_markdown else ("text", "text/plain")
    record = Record(url=url, media_type=media_type, layout=layout, revision=TEXT_REVISION)
    account = account_of_text((block.text for block in content.blocks), content.chrome)
    return replace(record, blocks=content.blocks, chrome=content.chrome, account=account)


def _read_pdf(body: bytes, *, url: str, site: Site) -> Record:
    from .pdf import read_pdf  # noqa: PLC0415 -- costs start-up time and memory; few want it

    pdf = read_pdf(body, chrome_lines=site.chrome_lines)
    title, content = pdf.title if len(pdf.title) <= MOST_CHARS else "", pdf.content
    return Record(
        url=url,
        media_type="application/pdf",
        layout="pdf",
        revision=PDF_REVISION,
        title=title,
        authors=pdf.authors,
        language=pdf.about.language,
        modified=pdf.modified,
        modified_from="PDF ModDate" if pdf.modified else "",
        blocks=without_title(content.blocks, title),
        chrome=content.chrome,
        account=account_of_text((block.text for block in content.blocks), content.chrome),
        flags=pdf.flags,
    )


def _modified_later(record: Record) -> tuple[Flag, ...]:
    """What the page's metadata admits: that the page was edited on a later day than it appeared."""
    if not record.published or not record.modified or not is_later(record.modified, record.published):
        return ()
    detail = f"the page says that it appeared on {record.published} and was modified on {record.modified}"
    return (Flag(name="modified-later", value=record.modified, detail=detail),)


def _no_report(record: Record, page: Page | None) -> tuple[Flag, ...]:
    """Whether there is too little text for a report, though the page has more, or should have by its layout."""
    if any(flag.name == "no-report" for flag in record.flags):
        return ()
    words = signs = 0
    if record.layout != ARTICLE and _is_list(record):
        return ()
    for block in record.blocks:
        words += len(bare(block.text).split())
        signs += 0 if block.text.isascii() else len(block.text)
        if words >= _FEWEST_WORDS or signs >= 5 * _FEWEST_WORDS:
            return ()
    shown = shown_words(page) if page and record.layout == ARTICLE else 0
    is_title_alone = bool(record.title) and not record.chrome
    if 0 < shown < _SHORT_PAGE_WORDS and (words or is_title_alone):
        return ()  # a page that says little, and nothing of it was left out for being chrome
    detail = f"{words} words outside the page's chrome, expected at least {_FEWEST_WORDS}"
    return (Flag(name="no-report", detail=detail, value=str(words), holds=True),)


def _is_list(record: Record) -> bool:
    """Whether *record* has nothing but items that lead elsewhere: such a page says what it has to in few words."""
    return bool(record.blocks) and all(
        block.kind == "item" and any(mark.kind == "link" for mark in block.marks) for block in record.blocks
    )
