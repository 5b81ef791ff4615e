"""Wix: sites of the Santa viewer (to 2019) and of Thunderbolt (from 2020), classic and Studio editor; posts and lists.

Only names that stay from build to build are selected: ids, `data-hook`, `data-testid`, `aria-label`, and the classes
the builder documents for site owners (`wixui-`); never the hashed ones.
"""

from dataclasses import replace

from ..layout import Layout
from ..normal import shown
from ..page import Page, text_of
from ..rules import attr, date, first_of, first_text, json_ld, meta, names

_ANCHORS = ("#SCROLL_TO_TOP", "#SCROLL_TO_BOTTOM", "#SKIP_TO_CONTENT_BTN", "#WIX_ADS")
_WIDGETS = (
    "nav",
    '[role="navigation"]',
    "form",
    "button",
    '[class*="StylableButton"]',
    '[data-hook^="button-viewer"]',
    ".wixui-vertical-menu",
    '[data-hook="post-list"]',
    '[data-hook="recent-posts"]',
    '[data-hook="tag-cloud-root"]',
    '[data-hook="freemium-text"]',
    '[data-hook="bgLayers"]',
)
# What a post and an entry of a list say of themselves for a visitor, by the visitor's clock.
_BYLINE = ('[data-hook="user-name"]', '[data-hook="time-ago"]', '[data-hook="time-to-read"]')
_HEADINGS = ", ".join(f"{main} h{level}" for main in ("main", "#PAGES_CONTAINER") for level in range(2, 7))


def _page_title(page: Page) -> str:
    """The first `h1` of the page's content, else its first heading, else the title for search engines.

    Authors pick `h6` for its looks and leave the title for search engines at the name the page has in the menu.
    """
    for selector in ("main h1, #PAGES_CONTAINER h1", _HEADINGS):
        for heading in page.all(selector):
            if words := text_of(heading):
                return words
    return _without_site(page.meta("og:title") or page.title, page.meta("og:site_name"))


def _without_site(title: str, site: str) -> str:
    for mark in (" | ", " - ", " – ", " — "):
        head, found, tail = title.rpartition(mark)
        if found and (shown(tail).casefold() == site.casefold() or (not site and mark == " | ")):
            return head
    return title


# A list of posts is the page, unless paragraphs stand there as well: then it is the strip below a report.
_IS_LIST = ':has([data-hook="post-list"]):not(:has(main p:not([data-hook="post-list"] p) + p))'
_LIST, _NO_LIST = f"body{_IS_LIST}", f"body:not({_IS_LIST})"
_SEEN = 'article[data-hook="post"] [data-hook="time-ago"]'

SANTA = Layout(
    version="santa",
    revision=2,
    recognise="#SITE_ROOT #masterPage",
    body="#PAGES_CONTAINER",
    title=_page_title,
    chrome=(
        *_ANCHORS,
        *_WIDGETS,
        "#SITE_HEADER",
        "#SITE_FOOTER",
        "#soapAfterPagesContainer",
        'ul[aria-label="Social bar"]',
    ),
    pictures=("div.wp3",),
)

THUNDERBOLT = replace(
    SANTA,
    version="thunderbolt",
    recognise=f"{_NO_LIST} #site-root #PAGES_CONTAINER",
    unless='article[data-hook="post"]',
    chrome=(*_ANCHORS, *_WIDGETS, "#SITE_HEADER", "#SITE_FOOTER"),
    pictures=("wow-image", "wix-image"),
)

STUDIO = replace(
    THUNDERBOLT,
    version="studio",
    recognise=f'{_NO_LIST} #SITE_PAGES main[id^="PAGE_SECTIONS"]',
    unless='article[data-hook="post"], #PAGES_CONTAINER',
    body='main[id^="PAGE_SECTIONS"]',
    chrome=(*_ANCHORS, *_WIDGETS, 'header[id^="comp-"]', 'footer[id^="comp-"]'),
)

# The blog post is the same widget in both editors.
POST = Layout(
    version="post",
    revision=2,
    recognise='#site-root article[data-hook="post"]',
    body='article[data-hook="post"] [data-hook="post-description"]',
    title=first_of(first_text('article[data-hook="post"] h1[data-hook="post-title"]'), _page_title),
    # What a visitor sees comes last: it is relative for some days, then without a year, and in the visitor's zone.
    published=date(meta("article:published_time"), json_ld("datePublished"), attr(_SEEN, "title"), first_text(_SEEN)),
    modified=date(meta("article:modified_time"), json_ld("dateModified")),
    authors=names(
        first_of(
            meta("article:author"),
            json_ld("author", "name"),
            first_text('article[data-hook="post"] [data-hook="user-name"]'),
        )
    ),
    chrome=(
        *_ANCHORS,
        "#SITE_HEADER",
        "#SITE_FOOTER",
        'header[id^="comp-"]',
        'footer[id^="comp-"]',
        *_WIDGETS,
        *_BYLINE,
        '[data-hook="blog-desktop-header-container"]',
        'article[data-hook="post"] header p',
        '[data-hook="post-footer"]',
        '[data-hook="post-main-actions-desktop"]',
        '[data-hook="post-stats"]',
    ),
    pictures=(
        '[data-hook="imageViewer"]',
        '[data-hook="image-viewer"]',
        '[data-hook="gallery-item-image-img"]',
    ),
)

# The list of a blog, a page of its own in either editor.
LIST = Layout(
    version="list",
    revision=2,
    recognise=f"{_LIST} #site-root main",
    unless='article[data-hook="post"]',
    body='main [data-hook="post-list"]',
    title=_page_title,
    entries='main [data-hook="post-list"] a:has([data-hook="post-title"])',
    chrome=(
        *_ANCHORS,
        "#SITE_HEADER",
        "#SITE_FOOTER",
        'header[id^="comp-"]',
        'footer[id^="comp-"]',
        "nav",
        "button",
        *_BYLINE,
        '[data-hook="post-description"]',
        '[data-hook="post-stats"]',
    ),
)

LAYOUTS = (SANTA, THUNDERBOLT, STUDIO, POST, LIST)


def candidates(page: Page) -> tuple[Layout, ...]:
    """The layouts that may read *page*: none where it has not the frame of all pages of Wix."""
    return LAYOUTS if page.first("#site-root, #SITE_ROOT") else ()
