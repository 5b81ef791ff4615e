"""Lines that stand in an article and are none of its text, told by their words: invitations, headings, credits.

The words are those that publishers use in the languages of Europe and some beyond; a line is short, so each expression
is tried from its start alone.
"""

import re

_INVITATION = re.compile(
    r"[^\w(]*+(?:"
    r"also:?\s+(?:read|see|watch)\b|read\s+(?:more|also|next|this|our|the\s+full|full|on)\b|see\s+(?:also|more)\b|"
    r"more\s*:|more\s+(?:on|from|about|stories)\b|related\b|don['’]t\s+miss\b|(?:click|tap)\s+(?:here|to)\b|"
    r"watch\s*:|watch\s+(?:now|more|this|the)\b|listen\s*:|listen\s+(?:to|now)\b|recommended\b|"
    r"you\s+(?:may|might)\s+(?:also\s+)?like|subscribe\b|sign\s+up\b|register\s+(?:now|here|for|to)\b|follow\b|like\s+this\b|"
    r"share\s+(?:this|on|your)\b|join\s+(?:us|our|the)\b|download\s+(?:the|our)\b|"
    r"get\s+(?:the|our)\s+\w+\s*(?:app|newsletter)|get\s+in\s+touch|tell\s+us\b|leave\s+a\s+(?:comment|reply)|"
    r"up\s+next\b|next\s*:|previous\s*:|editor['’]s\s+picks?|trending\b|"
    r"tags?\s*:|filed\s+under\b|categor(?:y|ies)\s*:|topics?\s*:|"
    r"lesen\s+sie\s+(?:auch|mehr|hier)\b|lesetipp|mehr\s+(?:zum\s+thema|dazu|lesen)|zum\s+thema|auch\s+interessant|"
    r"(?:à\s+)?lire\s+(?:aussi|également|plus)|à\s+lire\b|sur\s+le\s+même\s+sujet|lea\s+también|lee\s+también|"
    r"leer\s+más|te\s+puede\s+interesar|más\s+información\s*:|leggi\s+anche|leia\s+(?:também|mais)|"
    r"veja\s+(?:também|mais)|lees\s+(?:ook|meer)|les\s+(?:også|mer)|läs\s+(?:också|mer|även)|læs\s+(?:også|mere)|"
    r"lue\s+(?:myös|lisää)|czytaj\s+(?:też|także|więcej|również)|čtěte\s+(?:také|více|i)|přečtěte|"
    r"читайте\s+(?:также|ещё|еще|також)|baca\s+juga|ayrıca\s+oku|ilgili\s+haber|"
    r"関連記事|【関連】|相关阅读|相關|延伸閱讀|اقرأ\s+أيضا)",
    re.IGNORECASE,
)
_HEADS_OTHER = re.compile(
    r"\W*+(?:(?:the\s+)?(?:latest|recent|related|similar|popular|featured|trending|top|more|other|further|suggested|"
    r"recommended)\s+(?:\w+\s+){0,2}(?:news|posts?|articles?|stories|blogs?|content|topics?|reading|resources|links|"
    r"products?|videos?|insights|updates|guides|pages)|"
    r"related|more\s+(?:from|on|in|like|about)\s.*|you\s+(?:may|might)\s+(?:also\s+)?(?:like|enjoy|be\s+interested).*|"
    r"(?:what\s+to\s+)?read\s+(?:next|more|also)|up\s+next|(?:keep|continue)\s+reading|also\s+(?:read|see)|see\s+also|"
    r"don['’]t\s+miss.*|(?:leave|post|write|add)\s+a\s+(?:comment|reply).*|"
    r"(?:\d+\s+)?(?:comments?|replies|responses|reactions|thoughts\s+on\s.*)(?:\s*\(\d+\))?|"
    r"join\s+the\s+(?:conversation|discussion).*|share\s+(?:this|on|the).*|share|tags?|categories|topics|follow\s+us.*|"
    r"about\s+(?:the\s+)?authors?|author|written\s+by.*|meet\s+the\s+author|(?:subscribe|sign\s+up)\b.*|"
    r"(?:our\s+|join\s+our\s+)?newsletter.*|get\s+(?:the\s+)?(?:latest|our)\s.*|"
    r"stay\s+(?:connected|informed|updated|up\s+to\s+date|in\s+touch).*|"
    r"latest|most\s+(?:read|popular|viewed|recent)(?:\s.*)?|editor['’]?s['’]?\s+picks?|recommended(?:\s+for\s+you)?|"
    r"advertisement|sponsored(?:\s+content)?|explore\s+(?:more|further).*|(?:next|previous)\s+(?:article|post|story)|"
    r"mehr\s+(?:zum\s+thema|aus|von|artikel|nachrichten).*|(?:das\s+könnte\s+(?:sie|dich)|auch)\s+interessant.*|"
    r"lesen\s+sie\s+auch.*|weitere\s+(?:artikel|themen|nachrichten|meldungen).*|kommentare?|schlagwörter.*|"
    r"(?:articles?|sujets?)\s+(?:liés?|similaires|associés)|à\s+lire\s+aussi|"
    r"(?:sur\s+le\s+)?même\s+(?:sujet|thème)|commentaires?|(?:artículos|noticias|notas)\s+relacionad[ao]s|"
    r"te\s+puede\s+interesar|más\s+(?:noticias|leídas?|sobre).*|comentarios?|articoli\s+correlati|leggi\s+anche|"
    r"potrebbe\s+interessarti|commenti|(?:notícias|artigos)\s+relacionad[ao]s|leia\s+também|comentários?)\W*+",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"\(?(?:with\s+)?(?:additional\s+)?(?:reporting|writing|editing|edited|compiled|research)\b.{0,20}\bby\b|"
    r"[^.]{1,120}\bcontributed\s+(?:\w+\s+){0,2}(?:to\s+)?(?:this|the)?\s*(?:report|reporting|story|article|piece)?|"
    r".{0,100}\b(?:write|e-?mail|contact|reach|tips?)\b.{0,80}@",
    re.IGNORECASE,
)
_RIGHTS = re.compile(r"©|\(c\)\s|copyright\b", re.IGNORECASE)
_SIGNED = re.compile(r"(?:written |posted |published |report )?by\b", re.IGNORECASE)
_NAME = re.compile(r"(?:[^\W\d_a-z][\w.'’-]*+ ){1,3}[^\W\d_a-z][\w.'’-]*+(?:, [^,]{1,60})?")
_LABELLED = re.compile(r"\d[:h.]\d\d|[|•·]|\bmin(?:utes?|uten)?\b|\d{4}")
_HEADING = 60
_HEADING_WORDS = 6


def is_invitation(line: str) -> bool:
    """Whether *line* begins as one that leads on to something else: "Read more", "Also see"."""
    return _INVITATION.match(line) is not None


def heads_other(heading: str) -> bool:
    """Whether what stands under *heading* is no part of the article: "Related posts", "Leave a comment"."""
    is_short = len(heading) <= _HEADING and len(heading.split()) <= _HEADING_WORDS
    return is_short and _HEADS_OTHER.fullmatch(heading) is not None


def is_credit(line: str) -> bool:
    """Whether *line* names who helped, or whose the text is, as stands below an article."""
    return _CREDIT.match(line) is not None or _RIGHTS.match(line) is not None


def is_signature(line: str) -> bool:
    """Whether *line* begins as one that names an author."""
    return _SIGNED.match(line) is not None


def is_label(line: str) -> bool:
    """Whether *line*, which is short, has marks of a label: a time, a year, minutes, parts with a bar between them."""
    return _LABELLED.search(line) is not None


def is_name(line: str) -> bool:
    """Whether *line* is two to four words that begin as names do, and perhaps an office: who signs."""
    return _NAME.fullmatch(line) is not None
