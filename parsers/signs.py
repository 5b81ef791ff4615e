"""What an element says of itself: whether its class and id name chrome, the body of an article, or a caption.

Names are split where they change case and at hyphens and underscores, so that "relatedPosts" is two words and "navy" is
no navigation. One expression knows all the words; what it finds in a name is remembered, as a page gives most of its
elements one of a few names.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

_LONGEST = 500
_CASE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_BODY = (
    r"article-?(?:body|content|text|main|copy|entry|detail|details|page-content)|"
    r"(?:post|entry|story|news|blog|blogpost|report|page|main|single|document|markdown|detail|chapter|node|field)-"
    r"(?:body|content|text|copy|article|contents)(?:-?(?:text|inner|content|wrapper|container))?|"
    r"articlebody|articletext|bodytext|body-?copy|storybody|storytext|(?:entry|hentry|h-entry|prose)(?=$|\s)|"
    r"rich-?text|wysiwyg|"
    r"mw-parser-output|footnotes?|footnote-\w+|endnotes?|references|bibliography|reflist|blog-?post|content-?body|text-?body|body-?text|body-?content|text-?content"
)
# What stands around a report on nearly every site that uses the word.
_STRONG = (
    r"nav(?:bar|igation|list|box)?|sub-?nav|menus?|menubar|breadcrumbs?|bread-?crumbs?|foot(?:er)?|site-?header|masthead|"
    r"side-?bars?|shar(?:e|ing|ers?)|share(?:bar|daddy|this|tools?|buttons?|links?)|"
    r"social(?:s|-?(?:links|share|media|icons|bar|buttons))?|"
    r"addtoany|addthis|jp-relatedposts|comments?|comment-?(?:list|area|section|form|thread|respond)|"
    r"respond|disqus|livefyre|"
    r"related(?:-?(?:posts?|articles?|content|links|stories|news|topics|items))?|recommend(?:ed|ations?)|recirc(?:ulation)?|"
    r"recent-?(?:posts?|articles|news|stories)|popular|most-?(?:read|popular|viewed|shared|recent)|trending|"
    r"more-?(?:stories|articles|news|posts|from|links|reading)|also-?(?:read|like|on)|"
    r"read-?(?:more|next|also)|up-?next|next-?up|"
    r"next-?(?:article|post|story)|prev(?:ious)?-?(?:article|post|story|next)|"
    r"further-?reading|you-?(?:may|might)-?(?:also-?)?like|"
    r"newsletters?|newsletter-?\w+|subscri(?:be|ption|bers?)|sign-?up|signin|sign-?in|log-?in|"
    r"gdpr|onetrust|cookies?|cookie-?\w+|consent|"
    r"promos?|promotions?|promoted|advert|adverts|advertisements?|advertising|ads?|ad-?(?:slot|unit|wrapper|container|"
    r"block|box|banner|label|placement)|adsbygoogle|dfp|"
    r"sponsor(?:ed|s|ship)?|taboola|outbrain|"
    r"pop-?ups?|paginations?|pager|paging|tag-?(?:list|cloud|links|s)|post-?(?:nav|tags|footer|meta|navigation)|"
    r"entry-?(?:meta|footer)|article-?(?:meta|tags|footer|share|actions|tools)|"
    r"skip-?(?:links?|to|nav)|skiplinks|sr-only|visually-?hidden|visuallyhidden|screen-?reader(?:-?text)?|offscreen|"
    r"assistive-?text|no-?print|"
    r"toolbar|tool-?bar|lang(?:uage)?-?(?:switcher|selector|menu|list)|back-?to-?top|"
    r"author-?(?:box|bio|info|card|profile|description|details|about|block)|about-?(?:the-?)?author|"
    r"bylines?|by-?line|dateline|timestamp|print-?only|donate|donation|teasers?|"
    r"edit-?(?:sections?|links?)|cta|call-?to-?action|rating|ratings|rate-?this|feedback|"
    r"table-?of-?contents|toc|tocs|copyright|legal|disclaimer|credits?"
)
# What may as well be part of it: chrome only at its edges, or where it is mostly links.
_WEAK = (
    r"widgets?|banners?|metas?|metadata|post-?info|entry-?info|tags?|topics|categor(?:y|ies)|"
    r"header|meter|carousel|slider|slideshow|gallery|aside|hero|"
    r"author|authors|date|time|published|publish-?date|post-?date|pub-?date|updated|reading-?time|read-?time|"
    r"info-?(?:bar|line)|kicker|eyebrow|labels?(?=$|\s)|icons?|email|"
    r"notice|alert|paywall|regwall|close|hashtags?|keywords|badges?|price|category-?\w+|intro-?meta"
)
# Parts that are worked with, not read.
_TOOLS = (
    r"modals?|overlay|dialog|tooltip|search|search-?\w+|actions?|buttons?|btn|controls?|player|print|"
    r"download-?app|app-?(?:banner|promo)|follow|dropdown|lightbox"
)
_CAPTION = (
    r"(?:wp-|image-?|img-?|photo-?|media-?|figure-?|picture-?|gallery-?|news-?|article-?|video-?)?captions?(?:-?\w+)?|"
    r"fig-?caption|cutline|image-?(?:credit|copyright|legend)|media-?(?:sub-?title|info)|photo-?(?:credit|legend)|"
    r"picture-?(?:credit|legend)|legende|bildunterschrift"
)
_SIGNS = re.compile(
    rf"(?:^|(?<=[\s_-]))(?<!with-)(?<!has-)(?<!no-)(?<!without-)(?<!code-block-)(?<!table-)(?<!code-)(?:(?P<body>{_BODY})|(?P<caption>{_CAPTION})|"
    rf"(?P<strong>{_STRONG})|(?P<tool>{_TOOLS})|(?P<weak>{_WEAK}))(?=$|[\s_-])"
)


@dataclass(frozen=True, slots=True)
class Signs:
    """The words found in an element's class and id: the first of each meaning, "" where there is none."""

    body: str = ""
    caption: str = ""
    strong: str = ""
    tool: str = ""
    weak: str = ""


NO_SIGNS = Signs()


@lru_cache(maxsize=8192)
def signs_of(names: str) -> Signs:
    """What *names*, the class and id of an element with a space between them, say of it."""
    found: dict[str, str] = {}
    for match in _SIGNS.finditer(_CASE.sub("-", names[:_LONGEST]).lower().replace("__", "-")):
        found.setdefault(str(match.lastgroup), match[0])
    return Signs(**found) if found else NO_SIGNS
