"""WordPress: posts and pages of block themes, of classic themes, and of the builders Elementor, Divi, Newspaper, Avada.

Themes put what they like around a post, plugins what they like behind it; WordPress itself and the builders name the
body. Where exactly one element has such a name the report is read there, whatever the theme; the generic extractor
judges what of it is chrome. Where none or several have, no layout claims the page.
"""

import re
from dataclasses import replace

from ..article import read_article
from ..layout import Layout
from ..page import Page
from ..rules import no_words

# `body_class()`: a page of one post or page, with its number.
_ONE_POST = 'body:is([class*="postid-"], [class*="page-id-"])'
_IS_ONE_POST = re.compile(r"\b(?:postid|page-id)-\d")
_BUILT = (
    ".wp-block-post-content",
    ".elementor-widget-theme-post-content",
    ".et_pb_post_content",
    ".td-post-content",
    ".fusion-content-tb",
)
_CHROME = (".wp-block-latest-posts", ".wp-block-query", "#ez-toc-container")

BLOCK = Layout(
    version="block",
    revision=2,
    recognise=_ONE_POST,
    once=_BUILT[0],
    body=_BUILT[0],
    title=no_words,
    chrome=_CHROME,
    extract=read_article,
)


def _built(version: str, place: int) -> Layout:
    """The layout of a builder, where nothing that another calls its body is around it."""
    body = _BUILT[place]
    return replace(BLOCK, version=version, once=body, body=body, unless=", ".join(_BUILT[:place]))


ELEMENTOR = _built("elementor", 1)
DIVI = _built("divi", 2)
NEWSPAPER = _built("newspaper", 3)
AVADA = _built("avada", 4)
CLASSIC = replace(
    BLOCK,
    version="classic",
    recognise=f"{_ONE_POST} .entry-content p",
    once=".entry-content",
    body=".entry-content",
    unless=", ".join(_BUILT),
)

# For publishers of whose lists this is known; other archives may show whole posts.
LIST = Layout(
    version="list",
    revision=2,
    recognise="body.archive, body.blog",
    body="main, #main, #content, #primary",
    title=no_words,
    entries=".entry-title a, .wp-block-post-title a",
)

LAYOUTS = (BLOCK, ELEMENTOR, DIVI, NEWSPAPER, AVADA, CLASSIC)


def candidates(page: Page) -> tuple[Layout, ...]:
    """The layouts that may read *page*: one look at its body and one over its elements rule most of them out."""
    if not _IS_ONE_POST.search(page.body_classes):
        return ()
    bodies = page.all(", ".join(layout.body for layout in LAYOUTS))
    found = {name for element in bodies for name in (element.attributes.get("class") or "").split()}
    return tuple(layout for layout in LAYOUTS if layout.body.removeprefix(".") in found)
