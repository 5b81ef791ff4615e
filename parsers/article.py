"""The generic extractor: reads a report or an article on a page that no layout claims.

One pass carries the length of text and of link text upward; the content is the smallest element that holds nearly all
the prose left after chrome is set aside, so a body spread over sibling containers stays together.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from types import MappingProxyType

from .account import account_of, parts_around
from .blocks import Content, read_blocks
from .errors import DoubtfulBody
from .layout import without_title
from .leads import file_name
from .metadata import read_metadata
from .page import Page, host
from .record import Figure, Record
from .tree import TEXT, Tree

REVISION = 1

_CHROME_TAGS = frozenset("nav footer aside button script style noscript template svg select iframe dialog".split())
_NEVER_CHROME = frozenset({"html", "body", "main", "article", "h1"})
_CHROME_ROLES = frozenset(
    (
        "navigation banner contentinfo search dialog alertdialog alert complementary menu menubar toolbar tablist "
        "tooltip"
    ).split()
)
# Whole words of class and id, so that "navy" and "shared" are none; the text left of a match is a start or a separator.
_CHROME_WORDS = re.compile(
    r"(?:^|[\s_-])(?<!with-)(?<!has-)(?<!no-)(?:nav(?:bar|igation)?|menus?|breadcrumbs?|foot(?:er)?|site-?header|masthead|side-?bars?|widgets?|"
    r"shar(?:e|ing)(?:bar|daddy|-buttons?)?|social(?:s|-?(?:links|share|media|icons|bar))?|addtoany|"
    r"comments?(?:-?(?:list|area|section|form))?|respond|disqus|"
    r"related(?:-?(?:posts?|articles?|content|links|stories|news))?|recommended|recent-?posts?|read-?(?:more|next|also)|"
    r"newsletters?|subscri(?:be|ption)|sign-?up|log-?in|consent|gdpr|onetrust\w*|"
    r"cookies?-?(?:banner|consent|notice|bar|box|pop-?up|modal|law|message|overlay|settings|wall|dialog)|"
    r"promo(?:s|tion)?|advert(?:s|isement|ising)?|ads?|sponsor(?:ed|s)?|banners?|pop-?ups?|modals?|overlay|"
    r"pagination|pager|paging|tags?|tag-?(?:list|cloud)|post-?(?:nav|meta|tags|footer)|entry-?(?:meta|footer)|"
    r"skip-?(?:link|to-\w+)?|sr-only|visually-?hidden|screen-reader(?:-text)?|print-?only|no-?print|toolbar|search(?:-?\w+)?|"
    r"lang(?:uage)?-?(?:switcher|selector|menu)?|back-?to-?top|author-?(?:box|bio))(?=$|[\s_-])",
    re.IGNORECASE,
)
_NO_WORDS = re.compile(r"(?!)")
ARTICLE = "article"  # the name of the layout of pages that no layout claims
_GROUPS = frozenset({"ul", "ol", "div", "section", "header"})
_PROSE = frozenset("p li blockquote pre td dd h1 h2 h3 h4 h5 h6 figcaption".split())
_NEARLY_ALL = 0.85
_HOLDS_MUCH = 0.4
_LINKED = 0.75
_FEW_LINKS = 3
_THIN = 250  # characters; a report has more
_NOTHING: Mapping[int, str] = MappingProxyType({})


def read_article(page: Page, body: int | None = None, chrome: Mapping[int, str] = _NOTHING) -> Record:
    """What the generic extractor reads on *page*; its blocks are empty where the page has no text of its own.

    *body* is where the report stands, where that is known, and *chrome* what is known not to belong to it. Raises
    DoubtfulBody where most of the prose stands elsewhere.
    """
    reading = _reading(page, _CHROME_WORDS, body, chrome)
    if _is_thin(reading) and body is None:
        # Some sites call the column of the report itself a sidebar or an overlay.
        reading = _reading(page, _NO_WORDS, body, chrome)
    tree, content = page.tree, reading.content
    headings = [place for place, tag in enumerate(tree.tags) if tag == "h1" and place in reading.survey.seen]
    inside = [place for place in headings if reading.root < place < tree.ends[reading.root]]
    about = read_metadata(page, outside=headings, inside=inside)
    before, behind = parts_around(tree, [reading.root], reading.survey.chrome)
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
        account=account_of(tree, [reading.root], reading.survey.chrome, told=(about.title, *about.authors)),
    )


def _lead(lead: Figure | None, content: Content) -> Figure | None:
    """*lead*, unless it stands between the blocks."""
    inside = {file_name(block.figure.image) for block in content.blocks if block.figure}
    return None if lead and file_name(lead.image) in inside else lead


def shown_words(page: Page) -> int:
    """How many words the page shows, chrome included."""
    return sum(len(text.split()) for text in page.tree.texts)


@dataclass(slots=True)
class _Survey:
    """By place: the characters below an element, those in links that stay on the site, those of prose, such links.

    *chrome* says why what is at a place is chrome. *seen* are the elements outside chrome, in document order.
    """

    tree: Tree
    text: list[int]
    linked: list[int]
    prose: list[int]
    links: list[int]
    chrome: dict[int, str]
    seen: dict[int, None]


@dataclass(slots=True, kw_only=True)
class _Reading:
    """One attempt: what was weighed, where the content was found, and what it holds."""

    survey: _Survey
    root: int
    content: Content


def _reading(page: Page, chrome_words: re.Pattern[str], body: int | None, chrome: Mapping[int, str]) -> _Reading:
    tree = page.tree
    survey = _survey(tree, host(page.url), chrome_words)
    survey.chrome.update(chrome)
    root = _content_root(survey)
    if body is not None and 2 * survey.prose[body] <= survey.prose[root]:
        raise DoubtfulBody(inside=survey.prose[body], found=survey.prose[root])
    root = root if body is None else body
    content = read_blocks(tree, [root], base_url=page.url, dropped=survey.chrome)
    return _Reading(survey=survey, root=root, content=content)


def _is_thin(reading: _Reading) -> bool:
    return sum(len(block.text) for block in reading.content.blocks) < _THIN


def _survey(tree: Tree, own_host: str, chrome_words: re.Pattern[str]) -> _Survey:
    count = len(tree.tags)
    survey = _Survey(tree, [0] * count, [0] * count, [0] * count, [0] * count, {}, {})
    tags, ends, parents, texts = tree.tags, tree.ends, tree.parents, tree.texts
    so_far = [0, *accumulate(map(len, texts))]
    much = _HOLDS_MUCH * so_far[-1]
    # A page gives most of its elements one of a few classes.
    names_chrome = cache(lambda name: found[0].strip(" \t\n_-") if (found := chrome_words.search(name)) else "")
    prose_end = link_end = 0
    place = 0
    while place < count:
        tag = tags[place]
        if tag == TEXT:
            if length := len(texts[place]):
                parent = parents[place]
                survey.text[parent] += length
                if place < link_end:
                    survey.linked[parent] += length
                elif place < prose_end:
                    survey.prose[parent] += length
            place += 1
            continue
        reason = _chrome_reason(tree, place, names_chrome)
        if reason and (reason == "hidden" or so_far[ends[place]] - so_far[place] < much):
            survey.chrome[place] = reason
            place = ends[place]
            continue
        survey.seen[place] = None
        if tag in _PROSE and ends[place] > prose_end:
            prose_end = ends[place]
        elif tag == "a" and _stays(tree.attribute(place, "href"), own_host):
            survey.links[place] = 1
            link_end = max(link_end, ends[place])
        place += 1
    _carry_upward(survey)
    return survey


def _carry_upward(survey: _Survey) -> None:
    """Adds what each element weighs to the one above it, unless it is a list of links."""
    parents, tags = survey.tree.parents, survey.tree.tags
    text, linked, prose, links = survey.text, survey.linked, survey.prose, survey.links
    for place in reversed(survey.seen):
        if links[place] >= _FEW_LINKS and tags[place] in _GROUPS and linked[place] > _LINKED * text[place]:
            survey.chrome[place] = "links"
        elif text[place] and place:
            parent = parents[place]
            text[parent] += text[place]
            linked[parent] += linked[place]
            prose[parent] += prose[place]
            links[parent] += links[place]


def _stays(target: str, own_host: str) -> bool:
    """Whether a link stays on the page's own site: a list of such is navigation, one of others may be what is told."""
    return "://" not in target or host(target) == own_host


def _chrome_reason(tree: Tree, place: int, names_chrome: Callable[[str], str]) -> str:
    """Why the element at *place* is chrome; "" where nothing says that it is."""
    tag = tree.tags[place]
    if tag in _NEVER_CHROME:
        return ""
    if place in tree.hidden:
        return "hidden"
    if tag in _CHROME_TAGS or (tag == "header" and tree.first(place, "h1") is None):
        return f"tag {tag}"
    attributes = tree.attributes.get(place)
    if not attributes:
        return ""
    if attributes.get("aria-modal") == "true":
        return "modal"
    role = attributes.get("role") or ""
    if role in _CHROME_ROLES:
        return f"role {role}"
    for name in ("class", "id"):
        if (value := attributes.get(name)) and (word := names_chrome(value)):
            return f"{name} {word}"
    return ""


def _content_root(survey: _Survey) -> int:
    """The smallest element with nearly all the prose, looked for in what the page calls its content."""
    tree, prose = survey.tree, survey.prose
    root = 0
    for called_so in (_is_article_body, _is_main, _has_main_role, _is_article):
        found = [place for place in survey.seen if called_so(tree, place)]
        best = max(found, key=lambda place: prose[place], default=None)
        if best is not None and prose[best] > _HOLDS_MUCH * prose[0]:
            root = best
            break
    while True:
        heirs = [child for child in tree.children(root) if child in survey.seen and child not in survey.chrome]
        heir = max(heirs, key=lambda child: prose[child], default=None)
        if heir is None or tree.tags[heir] in _PROSE or prose[heir] < _NEARLY_ALL * max(prose[root], 1):
            return root
        root = heir


def _is_article_body(tree: Tree, place: int) -> bool:
    return tree.attribute(place, "itemprop") == "articleBody"


def _is_main(tree: Tree, place: int) -> bool:
    return tree.tags[place] == "main"


def _has_main_role(tree: Tree, place: int) -> bool:
    return tree.attribute(place, "role") == "main"


def _is_article(tree: Tree, place: int) -> bool:
    return tree.tags[place] == "article"
