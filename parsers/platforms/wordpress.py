"""WordPress: posts and pages of block themes, of classic themes, and of the builders Elementor, Divi, Newspaper, Avada.

Themes put what they like around a post, plugins what they like behind it; WordPress itself and the builders name the
body. Where exactly one element has such a name the report is read there, whatever the theme; the generic extractor
judges what of it is chrome. Where none or several have, no layout claims the page.
"""

from dataclasses import replace

from ..article import read_article
from ..layout import Layout
from ..rules import no_words

SIGNS = ("wp-content/", "wp-includes/", "wp-json")  # one of these is in every page that WordPress makes

# `body_class()`: a page of one post or page, with its number.
_ONE_POST = 'body:is([class*="postid-"], [class*="page-id-"])'
_BUILT = (
    ".wp-block-post-content",
    ".elementor-widget-theme-post-content",
    ".et_pb_post_content",
    ".td-post-content",
    ".fusion-content-tb",
)
_CHROME = (
    ".sharedaddy",
    ".jp-relatedposts",
    ".yarpp-related",
    ".addtoany_share_save_container",
    ".wp-block-social-links",
    ".wp-block-latest-posts",
    ".wp-block-query",
    "#ez-toc-container",
)

BLOCK = Layout(
    version="block",
    recognise=_ONE_POST,
    once=_BUILT[0],
    body=_BUILT[0],
    title=no_words,
    chrome=_CHROME,
    extract=read_article,
)


def _built(version: str, place: int) -> Layout:
    """The layout of a builder, where nothing that another calls its body is around it."""
    return replace(BLOCK, version=version, once=_BUILT[place], body=_BUILT[place], unless=", ".join(_BUILT[:place]))


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
    recognise="body.archive, body.blog",
    body="main, #main, #content, #primary",
    title=no_words,
    entries=".entry-title a, .wp-block-post-title a",
)

LAYOUTS = (BLOCK, ELEMENTOR, DIVI, NEWSPAPER, AVADA, CLASSIC)
