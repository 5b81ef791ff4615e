"""What a page says about itself outside its text: JSON-LD, `meta`, `time`, and the `title` without the site."""

import re
from collections.abc import Iterator
from typing import Any

from .dates import iso_day
from .normal import bare, shown
from .page import Page

_SEPARATOR = re.compile(r"\s+(?:[|–—·•»«:]|-|::)\s+")
_ARTICLE_TYPES = frozenset(
    {"article", "newsarticle", "blogposting", "report", "webpage", "scholarlyarticle", "techarticle"}
)
_NOT_A_NAME = re.compile(r"https?://|@|^\d+$")
_NAME_WORDS = 8


def page_title(page: Page, headings: list[str], inside: list[str]) -> str:
    """The title of the report on *page*, "" where there is none.

    *headings* are the texts of its `h1` outside chrome, *inside* of those in the content. The first heading that
    JSON-LD, `og:title` or `title` repeats; else the first inside; else what is stated there, without the site's name;
    else any heading.
    """
    stated = [page.meta("og:title", "twitter:title"), page.title, *_ld_strings(page, "headline")]
    # Without the site's name: the masthead of many a site is a heading too.
    stated = [without_site(title, page.meta("og:site_name")) for title in stated if title]
    for heading in headings:
        if any(bare(heading) and bare(heading) in bare(title) for title in stated):
            return heading
    for heading in inside:
        if heading:
            return heading
    if stated:
        return stated[0]
    return next((heading for heading in headings if heading), "")


def without_site(title: str, site: str) -> str:
    """*title* without the part behind or before a separator that is the name of the *site*."""
    parts = _SEPARATOR.split(title)
    if len(parts) < 2:
        return title
    for place in (-1, 0):
        is_site = bare(parts[place]) == bare(site) if site else place == -1 and len(parts[-1]) < len(title) / 2
        if is_site:
            cut = title.rfind(parts[-1]) if place else len(parts[0])
            return title[:cut].rstrip(" |–—·•»«:-") if place else title[cut:].lstrip(" |–—·•»«:-")
    return title


def published(page: Page) -> str | None:
    """The day of publication, from metadata that means it; None where the page does not say."""
    stated = (
        page.meta(
            "article:published_time", "datepublished", "dc.date.issued", "dcterms.issued", "dc.date", "date", "pubdate"
        ),
        *_ld_strings(page, "datePublished"),
        *(
            element.attributes.get("datetime") or ""
            for element in page.all("time[pubdate], time[itemprop=datePublished]")
        ),
    )
    return next((day for value in stated if (day := iso_day(value))), None)


def modified(page: Page) -> str | None:
    """The day of the last change that the page admits to; None where it does not say."""
    stated = (
        page.meta("article:modified_time", "og:updated_time", "datemodified", "dcterms.modified", "last-modified"),
        *_ld_strings(page, "dateModified"),
    )
    return next((day for value in stated if (day := iso_day(value))), None)


def authors(page: Page) -> tuple[str, ...]:
    """The authors' names as metadata gives them, each once."""
    named = [*_ld_names(page), page.meta("author", "article:author", "dc.creator", "parsely-author")]
    names = [shown(part) for name in named for part in re.split(r"\s*[,;]\s*|\s+and\s+", name)]
    good = (name for name in names if name and not _NOT_A_NAME.search(name) and len(name.split()) <= _NAME_WORDS)
    return tuple(dict.fromkeys(good))


def site_name(page: Page) -> str:
    """The name of the site as the page gives it."""
    return page.meta("og:site_name", "application-name")


def _articles(page: Page) -> Iterator[dict[str, Any]]:
    for item in page.json_ld:
        kinds = item.get("@type")
        if any(str(kind).lower() in _ARTICLE_TYPES for kind in (kinds if isinstance(kinds, list) else [kinds])):
            yield item


def _ld_strings(page: Page, key: str) -> list[str]:
    return [shown(value) for item in _articles(page) if isinstance(value := item.get(key), str)]


def _ld_names(page: Page) -> Iterator[str]:
    for item in _articles(page):
        people = item.get("author")
        for person in people if isinstance(people, list) else [people]:
            name = person.get("name") if isinstance(person, dict) else person
            if isinstance(name, str):
                yield shown(name)
