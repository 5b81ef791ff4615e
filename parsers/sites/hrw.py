"""Human Rights Watch: news, dispatches and reports, on Drupal with templates of its own."""

from dataclasses import replace

from ..layout import Layout, Site
from ..platforms import drupal
from ..rules import attr, date, first_text, json_ld, meta

NEWS: Layout = replace(
    drupal.NODE,
    version="news",
    recognise="div.article-body",
    once="div.article-body",
    body="div.article-body",
    unless="div.report-body",
    title=first_text("h1"),
    published=date(meta("article:published_time"), json_ld("datePublished"), attr("time.date, main time", "datetime")),
    chrome=("time.date", "div.tags", "div.related", "div.donate"),
)

REPORT = replace(
    NEWS,
    version="report",
    recognise="div.report-body",
    once="div.report-body",
    body="div.report-body",
    unless="",
)

SITE = Site(
    name="hrw",
    serves=("https://www.hrw.org/*",),
    layouts=(NEWS, REPORT),
    organisation="Human Rights Watch",
    untested="no page of the publisher was at hand; the names are those that programs published by others select",
)
