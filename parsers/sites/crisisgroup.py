"""International Crisis Group: reports, briefings and commentary, on Drupal with templates of its own."""

from dataclasses import replace

from ..layout import Site
from ..platforms import drupal
from ..rules import attr, date, first_text, json_ld, meta

ARTICLE = replace(
    drupal.NODE,
    version="article",
    recognise="div.s-article__main",
    once="div.s-article__main",
    body="div.s-article__main",
    title=first_text("h1"),
    published=date(meta("article:published_time"), json_ld("datePublished"), attr("time", "datetime")),
    chrome=(".o-byline", ".c-related", ".c-share"),
)

SITE = Site(
    name="crisisgroup",
    serves=("https://www.crisisgroup.org/*",),
    layouts=(ARTICLE,),
    organisation="International Crisis Group",
    untested="no page of the publisher was at hand; the name of the body is the one that reading tools select",
)
