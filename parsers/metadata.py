"""What a page says of its report outside the text: title, authors, dates, language, site, lead image."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from urllib.parse import unquote

from . import titles
from .jsonld import LinkedData, kinds, read_linked, text
from .leads import lead_image
from .nearby import lines_near, places_of, times
from .normal import bare
from .page import Page, host
from .people import read_authors
from .record import Figure
from .tree import Tree
from .when import read_days

_MOST = 50  # headings, or times, of a page that are looked at
_SLUG_MARKS = re.compile(r"[-_+]++|\.\w{2,5}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """The fields of a record that are read beside its text; *published_from* says what that date rests on."""

    title: str
    authors: tuple[str, ...] = ()
    published: str | None = None
    published_from: str = ""
    modified: str | None = None
    modified_from: str = ""
    language: str = ""
    canonical_url: str = ""
    site_name: str = ""
    lead: Figure | None = None


def read_metadata(page: Page, *, outside: Sequence[int] = (), inside: Sequence[int] = ()) -> Metadata:
    """What *page* says of its report.

    *outside* and *inside* are the places in its tree of the `h1` outside chrome and of those in the content.
    """
    tree, canonical = page.tree, page.canonical
    headings = list(islice(places_of(tree, "h1"), _MOST))
    texts_of = ((place, tree.text(place)) for place in {*headings, *outside[:_MOST], *inside[:_MOST]})
    known = {place: words for place, words in texts_of if len(words) <= titles.MOST_CHARS}
    headings, outside, inside = (
        [place for place in places if place in known] for places in (headings, outside, inside)
    )
    texts = [known[heading] for heading in headings]
    og_site = page.meta("og:site_name", "application-name")
    linked = read_linked(page.json_ld, addresses=(page.url, canonical), titles=(*texts, page.meta("og:title")))
    sites = _bare((og_site, *_publishers(linked, page), *_host_names(page.url)))
    title = titles.choose_title(
        titles.Headings(
            every=texts,
            outside=[known[heading] for heading in outside],
            inside=[known[heading] for heading in inside],
        ),
        [
            titles.without_site(stated[: titles.MOST_CHARS].rstrip(), sites, is_named=bool(og_site))
            for stated in _stated_titles(page, linked)
        ],
        sites=sites,
        slug=_slug(canonical or page.url),
    )
    heading = _heading(headings, texts, title)
    if heading is None:
        heading = _shown(tree, title)
    lines = lines_near(tree, heading) if heading is not None else ()
    language = _language(page, linked)
    days = read_days(page.metas, linked, lines, islice(times(tree), _MOST), address=page.url, language=language)
    return Metadata(
        title=title,
        authors=read_authors(page.metas, linked, lines, tree, frozenset(sites)),
        published=days.published.edtf if days.published else None,
        published_from=days.published.rests_on if days.published else "",
        modified=days.modified.edtf if days.modified else None,
        modified_from=days.modified.rests_on if days.modified else "",
        language=language,
        canonical_url=canonical or page.meta("og:url"),
        site_name=og_site,
        lead=lead_image(page, linked),
    )


def _stated_titles(page: Page, linked: LinkedData) -> list[str]:
    """The titles in the page's metadata, each form once, the most trusted first; two that agree count twice."""
    stated = (linked.first("headline"), *map(text, (page.meta("og:title"), page.title, page.meta("twitter:title"))))
    return [title for title in stated if title]


def _bare(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words for name in names if (words := bare(name))))


def _publishers(linked: LinkedData, page: Page) -> tuple[str, ...]:
    """The names of who publishes the page, by its JSON-LD."""
    things = [linked.named(thing.get("publisher")) for thing in linked.articles]
    things += [thing for thing in page.json_ld if "website" in kinds(thing)]
    return tuple(dict.fromkeys(name for thing in things if (name := text(thing.get("name")))))


def _host_names(url: str) -> tuple[str, ...]:
    """The host of *url* and its label that names the site: "stats.example.org", "example"."""
    name = host(url).partition(":")[0]
    labels = name.split(".")
    return name, max(labels[:-1], key=len, default="")


def _slug(url: str) -> str:
    last = unquote(url.partition("#")[0].partition("?")[0].partition("://")[2].rstrip("/").rpartition("/")[2])
    return _SLUG_MARKS.sub(" ", last)


def _heading(headings: Sequence[int], texts: Sequence[str], title: str) -> int | None:
    """The heading that shows *title*, else the first one."""
    own = bare(title)
    for heading, words in zip(headings, texts, strict=True):
        if own and (own in bare(words) or (bare(words) and bare(words) in own)):
            return heading
    return None


def _shown(tree: Tree, title: str) -> int | None:
    """The first element below the body whose words are *title*, else the first content element."""
    own = bare(title)
    most = 2 * len(title)
    for place, words in enumerate(tree.texts):
        if words and len(title) <= len(words) + 2 and len(words) < most and bare(words) == own:
            return tree.parents[place]
    return None


def _language(page: Page, linked: LinkedData) -> str:
    stated = linked.first("inLanguage")
    return page.language or page.meta("content-language") or page.meta("og:locale").replace("_", "-") or stated
