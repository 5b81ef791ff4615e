"""The generic extractor: reads a report or an article on a page that no layout claims.

One walk makes flat lists of the page; a survey of them tells chrome from prose; the content is what calls itself so or
holds the prose, with the lead over it; of its blocks those stay that are part of the text.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from .account import account_of, parts_around
from .blocks import Content, read_blocks
from .content import content_roots, edges
from .errors import DoubtfulBody
from .layout import without_title
from .leads import file_name
from .metadata import read_metadata
from .normal import width
from .page import Page
from .record import Account, Figure, Record
from .survey import NEVER_REPORT, Survey, survey
from .trim import trimmed

REVISION = 4
ARTICLE = "article"  # the name of the layout of pages that no layout claims
_THIN = 250  # signs; a report has more
_THIN_SHARE = 0.1  # of a page's prose
_MUCH = 0.3
_TWICE = 2
_NOTHING: Mapping[int, str] = MappingProxyType({})


def read_article(page: Page, body: int | None = None, chrome: Mapping[int, str] = _NOTHING) -> Record:
    """What the generic extractor reads on *page*; its blocks are empty where the page has no text of its own.

    *body* is where the report stands, where that is known, and *chrome* what is known not to belong to it. Raises
    DoubtfulBody where most of the prose stands elsewhere.
    """
    reading = _best_reading(page) if body is None else _reading_of(page, body, chrome)
    return _record(page, reading)


def _record(page: Page, reading: "_Reading") -> Record:
    tree, chrome, roots = reading.survey.tree, reading.survey.chrome, reading.roots
    headings = [place for place in tree.named("h1") if not tree.within(place, chrome)]
    inside = [place for place in headings if roots[-1] < place < tree.ends[roots[-1]]]
    about = read_metadata(page, outside=headings, inside=inside)
    content = trimmed(reading.content, page.url)
    before, behind = parts_around(tree, roots, chrome)
    return Record(
        url=page.url,
        media_type="text/html",
        layout=ARTICLE,
        revision=REVISION,
        title=about.title,
        authors=about.authors,
        published=about.published,
        published_from=about.published_from,
        modified=about.modified,
        modified_from=about.modified_from,
        language=about.language,
        canonical_url=about.canonical_url,
        site_name=about.site_name,
        lead=_lead(about.lead, content),
        blocks=without_title(content.blocks, about.title),
        chrome=(*before, *content.chrome, *behind),
        account=_account(account_of(tree, roots, chrome, told=(about.title, *about.authors)), reading.content, content),
    )


def _lead(lead: Figure | None, content: Content) -> Figure | None:
    """*lead*, unless it stands between the blocks."""
    inside = {file_name(block.figure.image) for block in content.blocks if block.figure}
    return None if lead and file_name(lead.image) in inside else lead


def _account(account: Account, read: Content, content: Content) -> Account:
    """*account* of what was *read*, of which *content* is left."""
    count = sum(part.words for part in content.chrome[len(read.chrome) :])
    return replace(account, report=account.report - count, chrome=account.chrome + count)


def shown_words(page: Page) -> int:
    """How many words the page shows, chrome included."""
    return sum(len(text.split()) for text in page.tree.texts)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """One attempt: what was surveyed, where the content was found, and what it holds."""

    survey: Survey
    roots: tuple[int, ...]
    content: Content

    @property
    def signs(self) -> int:
        """How much was read."""
        return sum(width(block.text) for block in self.content.blocks)


def _best_reading(page: Page) -> _Reading:
    """What is read by all that is known of chrome; with less of that where little is left."""
    reading = _reading(page)
    left, prose = reading.signs, reading.survey.everything.prose(0)
    if left < max(_THIN, _THIN_SHARE * prose) and (wrong := _mistaken(reading)):
        # Some sites call the column of the report itself a sidebar or an overlay, or hide it until a script shows it.
        reading = _reading(page, trusted=wrong)
    if reading.signs < _THIN:
        without_words = _reading(page, words=False)
        reading = without_words if without_words.signs > _TWICE * reading.signs else reading
    return reading


def _reading_of(page: Page, body: int, chrome: Mapping[int, str]) -> _Reading:
    """What is read where the report is known to stand, without *chrome*."""
    found = survey(page.tree, page.url)
    found.leave_out(chrome)
    inside, elsewhere = (int(found.sums.prose(root)) for root in (body, content_roots(found)[-1]))
    if 2 * inside <= elsewhere:
        raise DoubtfulBody(inside=inside, found=elsewhere)
    return _read(page, found, content_roots(found, body))


def _reading(page: Page, *, trusted: frozenset[str] = frozenset(), words: bool = True) -> _Reading:
    tree = replace(page.tree, hidden={}) if "hidden" in trusted else page.tree
    found = survey(tree, page.url, trusted=trusted, words=words)
    return _read(page, found, content_roots(found))


def _read(page: Page, found: Survey, roots: tuple[int, ...]) -> _Reading:
    found.chrome.update(edges(found, roots))
    content = read_blocks(found.tree, roots, base_url=page.url, dropped=found.chrome, captioned=found.captioned)
    return _Reading(survey=found, roots=roots, content=content)


def _mistaken(reading: _Reading) -> frozenset[str]:
    """Reasons that took off much of the prose of a page of which little is left."""
    everything = reading.survey.everything
    held: dict[str, float] = {}
    for place, reason in reading.survey.chrome.items():
        held[reason] = held.get(reason, 0) + everything.prose(place)
    return frozenset(
        reason
        for reason, prose in held.items()
        if prose > _MUCH * everything.prose(0) and not NEVER_REPORT.search(reason)
    )
