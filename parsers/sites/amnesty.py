"""Amnesty International: news and research, on WordPress with its own theme, Humanity, whose source is public."""

from dataclasses import replace

from ..layout import Site
from ..platforms import wordpress
from ..rules import attr, date, first_text, json_ld, meta

ARTICLE = replace(
    wordpress.CLASSIC,
    version="humanity",
    recognise="article.article-content",
    once="article.article-content",
    body="article.article-content",
    unless="",
    title=first_text("h1#article-title, h1.article-title, h1"),
    published=date(meta("article:published_time"), json_ld("datePublished"), attr(".article-header time", "datetime")),
    chrome=(".article-meta", ".article-share", ".linkList-options", ".postlist"),
)

SITE = Site(
    name="amnesty",
    serves=("https://www.amnesty.org/*",),
    layouts=(ARTICLE,),
    organisation="Amnesty International",
    untested="no page of the publisher was at hand; the names are those of its theme's public source",
)
