"""FIDH, the International Federation for Human Rights: on SPIP, whose classes name what an editor may edit."""

from ..article import read_article
from ..layout import Layout, Site
from ..rules import attr, date, first_text, json_ld, meta

ARTICLE = Layout(
    version="spip",
    revision=2,
    recognise='[class*="article-texte-"]',
    once='[class*="article-texte-"]',
    body='div:has(> [class*="article-texte-"])',  # with the standfirst, article-chapo-...
    title=first_text('[class*="article-titre-"], h1'),
    published=date(
        meta("article:published_time"),
        json_ld("datePublished"),
        attr("time[pubdate], .published", "datetime"),
        attr("abbr.published", "title"),
        first_text(".info-publi, .date"),
    ),
    chrome=(".info-publi", "ul.spip_documents", ".spip_doc_actions"),
    extract=read_article,
)

SITE = Site(
    name="fidh",
    serves=("https://www.fidh.org/*",),
    layouts=(ARTICLE,),
    organisation="International Federation for Human Rights",
    untested="no page of the publisher was at hand; the names are those that SPIP gives to what can be edited",
)
