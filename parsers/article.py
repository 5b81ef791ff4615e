"""The generic extractor: reads a report or an article on a page that no layout claims.

One pass carries the length of text and of link text upward; the content is the smallest element that holds nearly all
the prose left after chrome is set aside, so a body spread over sibling containers stays together.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from . import metadata
from .blocks import Content, hides, read_blocks
from .layout import without_title
from .page import Element, Page, host, text_of
from .record import Record

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
_CONTENT = ('[itemprop="articleBody"]', "main", '[role="main"]', "article")
_PROSE = frozenset("p li blockquote pre td dd h1 h2 h3 h4 h5 h6 figcaption".split())
_NEARLY_ALL = 0.85
_HOLDS_MUCH = 0.4
_LINKED = 0.75
_FEW_LINKS = 3
_THIN = 250  # characters; a report has more


def read_article(page: Page) -> Record:
    """What the generic extractor reads on *page*; its blocks are empty where the page has no text of its own."""
    body = page.first("body")
    reading = _reading(page, body, _CHROME_WORDS) if body else _Reading()
    if body and _is_thin(reading):
        # Some sites call the column of the report itself a sidebar or an overlay.
        reading = _reading(page, body, _NO_WORDS)
    root, survey, content = reading.root, reading.survey, reading.content
    headings = [text_of(h1) for h1 in page.all("h1") if h1.mem_id in survey.weights]
    inside = [text_of(h1) for h1 in root.css("h1") if h1.mem_id in survey.weights] if root else []
    title = metadata.page_title(page, headings, inside)
    return Record(
        url=page.url,
        media_type="text/html",
        layout=ARTICLE,
        revision=REVISION,
        title=title,
        authors=metadata.authors(page),
        published=metadata.published(page),
        modified=metadata.modified(page),
        language=page.language,
        canonical_url=page.canonical,
        site_name=metadata.site_name(page),
        blocks=without_title(content.blocks, title),
        chrome=content.chrome,
    )


def shown_words(page: Page) -> int:
    """How many words the page shows, chrome included."""
    silent = ":not(script):not(style):not(noscript):not(template)"
    return sum(len(element.text(deep=False).split()) for element in page.all(f"body, body *{silent}"))


@dataclass(slots=True)
class _Weight:
    """The characters below an element: all, those in links that stay on the site, those of prose; and such links."""

    text: int = 0
    linked: int = 0
    prose: int = 0
    links: int = 0

    def add(self, other: "_Weight") -> None:
        self.text += other.text
        self.linked += other.linked
        self.prose += other.prose
        self.links += other.links


@dataclass(slots=True)
class _Survey:
    """The weight of each element by its `mem_id`, and why some are chrome."""

    weights: dict[int, _Weight] = field(default_factory=dict)
    chrome: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class _Reading:
    """One attempt: what was weighed, where the content was found, and what it holds."""

    survey: _Survey = field(default_factory=_Survey)
    root: Element | None = None
    content: Content = field(default_factory=lambda: Content(blocks=(), chrome=()))


@dataclass(slots=True)
class _Frame:
    node: Element
    weight: _Weight
    in_prose: bool
    in_link: bool
    next_child: Element | None


def _reading(page: Page, body: Element, chrome_words: re.Pattern[str]) -> _Reading:
    survey = _survey(body, host(page.url), chrome_words)
    root = _content_root(page, body, survey)
    content = read_blocks(root, base_url=page.url, dropped=survey.chrome)
    return _Reading(survey=survey, root=root, content=content)


def _is_thin(reading: _Reading) -> bool:
    return sum(len(block.text) for block in reading.content.blocks) < _THIN


def _survey(body: Element, own_host: str, chrome_words: re.Pattern[str]) -> _Survey:
    survey = _Survey()
    unseen = sum(len(element.text(deep=True)) for element in body.css("script, style, noscript, template"))
    whole = max(len(body.text(deep=True)) - unseen, 1)
    # A page gives most of its elements one of a few classes.
    names_chrome = cache(lambda name: found[0].strip(" \t\n_-") if (found := chrome_words.search(name)) else "")
    stack = [_Frame(body, _Weight(), in_prose=False, in_link=False, next_child=body.child)]
    while stack:
        frame = stack[-1]
        child = frame.next_child
        if child is None:
            stack.pop()
            survey.weights[frame.node.mem_id] = frame.weight
            if _is_link_list(frame):
                survey.chrome[frame.node.mem_id] = "links"
            elif stack:
                stack[-1].weight.add(frame.weight)
            continue
        frame.next_child = child.next
        if child.is_text_node:
            _weigh(frame, (child.text_content or "").strip())
        elif child.is_element_node:
            if reason := _chrome_reason(child, whole, names_chrome):
                survey.chrome[child.mem_id] = reason
                continue
            tag = child.tag or ""
            in_prose = frame.in_prose or tag in _PROSE
            stays = tag == "a" and _stays(child, own_host)
            in_link = frame.in_link or stays
            weight = _Weight(links=int(stays))
            stack.append(_Frame(child, weight, in_prose=in_prose, in_link=in_link, next_child=child.child))
    return survey


def _stays(link: Element, own_host: str) -> bool:
    """Whether *link* leads to the page's own site: a list of such is navigation, one of others may be what is told."""
    target = link.attributes.get("href") or ""
    return "://" not in target or host(target) == own_host


def _weigh(frame: _Frame, text: str) -> None:
    frame.weight.text += len(text)
    if frame.in_link:
        frame.weight.linked += len(text)
    if frame.in_prose and not frame.in_link:
        frame.weight.prose += len(text)


def _is_link_list(frame: _Frame) -> bool:
    weight = frame.weight
    is_group = (frame.node.tag or "") in {"ul", "ol", "div", "section", "header"}
    return is_group and weight.links >= _FEW_LINKS and weight.linked > _LINKED * weight.text


def _chrome_reason(element: Element, whole: int, names_chrome: Callable[[str], str]) -> str:
    """Why *element* is chrome; "" where it is none, or holds much of the page whatever it is called."""
    tag = element.tag or ""
    if tag in _NEVER_CHROME:
        return ""
    reason = f"tag {tag}" if tag in _CHROME_TAGS or (tag == "header" and not element.css_first("h1")) else ""
    if attributes := element.attributes:
        if hides(attributes):
            return "hidden"
        if attributes.get("aria-modal") == "true":
            return "modal"
        role = attributes.get("role") or ""
        reason = reason or (f"role {role}" if role in _CHROME_ROLES else "")
        for name in ("class", "id"):
            reason = reason or ((word := names_chrome(attributes.get(name) or "")) and f"{name} {word}")
    return reason if reason and len(element.text(deep=True)) < _HOLDS_MUCH * whole else ""


def _content_root(page: Page, body: Element, survey: _Survey) -> Element:
    """The smallest element with nearly all the prose, looked for in what the page calls its content."""
    root = body
    for selector in _CONTENT:
        found = [element for element in page.all(selector) if element.mem_id in survey.weights]
        best = max(found, key=lambda element: survey.weights[element.mem_id].prose, default=None)
        if best is not None and _prose(best, survey) > _HOLDS_MUCH * _prose(body, survey):
            root = best
            break
    while True:
        heir = max(_elements(root, survey), key=lambda child: _prose(child, survey), default=None)
        if (
            heir is None
            or (heir.tag or "") in _PROSE
            or _prose(heir, survey) < _NEARLY_ALL * max(_prose(root, survey), 1)
        ):
            return root
        root = heir


def _elements(parent: Element, survey: _Survey) -> list[Element]:
    return [child for child in parent.iter() if child.mem_id in survey.weights and child.mem_id not in survey.chrome]


def _prose(element: Element, survey: _Survey) -> int:
    return survey.weights[element.mem_id].prose
