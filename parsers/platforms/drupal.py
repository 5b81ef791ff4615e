"""Drupal, from 7 on: nodes by the field that holds their body, and views as lists.

Whoever builds a site names the fields of its nodes, but the body that Drupal brings along has one name on every site:
`field-name-body` in Drupal 7, `field--name-body` from 8 on. Where exactly one element has that name the report is read
there, and the generic extractor judges what of it is chrome. What a site has built of its own fields, no layout claims.
"""

import re
from dataclasses import replace

from ..article import read_article
from ..layout import Layout
from ..page import Page
from ..rules import no_words

_IS_NODE = re.compile(r"\b(?:path-node|page-node|node-type|node--type)\b")
_CHROME = (
    ".node__meta",
    ".submitted",
    ".links.inline",
    ".field--name-field-tags",
    ".field-name-field-tags",
    ".comment-wrapper",
    ".addtoany_list",
)

NODE = Layout(
    version="node",
    revision=2,
    recognise='[data-history-node-id], .node--view-mode-full, [class*="page-node-type-"], .path-node',
    once=".field--name-body",
    body=".field--name-body",
    title=no_words,
    chrome=_CHROME,
    extract=read_article,
)

NODE_7 = replace(
    NODE,
    version="node-7",
    recognise='body.page-node, body[class*="node-type-"]',
    unless=".field--name-body",
    once=".field-name-body",
    body=".field-name-body",
)

# For publishers of whose lists this is known; other views may show whole nodes.
VIEW = Layout(
    version="view",
    revision=2,
    recognise=".view-content .views-row",
    body="main, #content, .region-content",
    title=no_words,
    entries=".views-row h2 a, .views-row h3 a, .views-row .views-field-title a",
)

LAYOUTS = (NODE, NODE_7)


def candidates(page: Page) -> tuple[Layout, ...]:
    """The layouts that may read *page*: none where its body does not say that it is a node."""
    return LAYOUTS if _IS_NODE.search(page.body_classes) else ()
