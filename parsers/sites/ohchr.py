"""The UN Human Rights Office (OHCHR): press releases and statements, on Drupal as it comes."""

from dataclasses import replace

from ..layout import Site
from ..platforms import drupal
from ..rules import attr, date, first_text, json_ld, meta

STATEMENT = replace(
    drupal.NODE,
    version="statement",
    title=first_text("h1"),
    published=date(meta("article:published_time"), json_ld("datePublished"), attr(".node time", "datetime")),
    chrome=(*drupal.NODE.chrome, ".node__header time"),
    revision=3,
)

SITE = Site(
    name="ohchr",
    serves=("https://www.ohchr.org/*",),
    layouts=(STATEMENT, drupal.NODE_7),
    organisation="Office of the United Nations High Commissioner for Human Rights",
    untested="no page of the publisher was at hand; the names are those of Drupal",
)
