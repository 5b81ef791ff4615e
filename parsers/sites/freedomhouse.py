"""Freedom House: country reports and articles, on Drupal."""

from dataclasses import replace

from ..layout import Site
from ..platforms import drupal
from ..rules import attr, date, first_text, json_ld, meta

COUNTRY = replace(
    drupal.NODE,
    version="country",
    recognise=".field--name-field-dataset",
    once=".field--name-field-dataset",
    body=".field--name-field-dataset",
    title=first_text("h1"),
    published=date(meta("article:published_time"), json_ld("datePublished"), attr("main time", "datetime")),
    chrome=("article > time", ".field--name-field-related"),
)
ARTICLE = replace(drupal.NODE, version="article", unless=COUNTRY.recognise)

SITE = Site(
    name="freedomhouse",
    serves=("https://freedomhouse.org/*",),
    layouts=(COUNTRY, ARTICLE),
    organisation="Freedom House",
    untested="no page of the publisher was at hand; the name of the field is the one that programs of others select",
)
