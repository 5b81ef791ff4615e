"""The head of a report: the lines above its first paragraph that name it, date it and sign it.

A page often has a headline of its own ("… orders …") and the report a name below it ("<Country> Country Report"),
with a photograph, a month and "By …". The same lines stand in every rendition, so they are read from blocks.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from .dates import date_line, find_dates
from .entries import is_list
from .figures import split_credit
from .kinds import report_name
from .names import is_degree
from .normal import bare, shown
from .record import Block, Figure, Record
from .titles import MOST_CHARS

_REACH = 12
_PROSE_WORDS = 30
_MASTHEAD_WORDS = 6
_NAME = r"(?:[^\W\d_][\w.'’-]*)"
_BYLINE = re.compile(
    rf"(?:(?:written|posted|published|report|prepared)\s+)?(?:by:?|authors?:|(?P<abroad>(?:par|por|von)\b:?))\s+"
    rf"(?P<names>{_NAME}(?:[ ,&;]+{_NAME}){{0,14}}?)",
    re.IGNORECASE,
)
_WRITTEN = re.compile(r"\w{4}\.")  # a full stop, unless of "Jr." or an initial
_BETWEEN_NAMES = re.compile(r"\s?[,;&]\s?(?:(?:and|et|y|e|und)\s)?|\s(?:and|et|y|e|und)\s")
_PARTICLES = frozenset("al ben bin da dal de del della der den di do dos du el ibn la le ten ter van von".split())
_DATE_JOINT = re.compile(r"(?<![\s,|•·(:–—-])[\s,|•·(:–—-]*+(?:\bon[\s:]*+)?$", re.IGNORECASE)
_ROLE = re.compile(
    r"\b(?:directors?|editors?|researchers?|analysts?|fellow|interns?|president|chair\w*|professor|officer|"
    r"coordinator|correspondent|manager|founder|secretary|ph\.?d|ll\.?m|m\.?a)\b",
    re.IGNORECASE,
)
_ORGANISATION = re.compile(
    r"\b(?:watch|network|institut\w*|cent(?:re|er)|council|observatory|university|foundation|alliance|international|"
    r"group|project|press|office|committee|commission|organi[sz]ation|federation|union|rights|monitor|initiative|"
    r"society|association|trust|fund|agency|desk|team|staff|coalition|forum|league|archive)\b",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"(?:the )?(?:editorial |news )?(?:staff|team|desk|office)(?: writers?| reports?| reporters?)?", re.IGNORECASE
)
_SPEAKS = ("recommends", "considers", "urges", "calls ")
_SPEAKER = re.compile(
    r"(?:the )?(?P<name>[A-Z][\w&'’.-]*(?: (?:[A-Z][\w&'’.-]*|of|for|and|the|in)){0,6}) "
    r"(?:recommends|considers|urges|calls (?:up)?on)\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Byline:
    text: str
    authors: tuple[str, ...]
    organisation: str
    published: str | None


def with_head(record: Record, *, organisation: str = "", masthead: tuple[str, ...] = ()) -> Record:
    """*record* with title, headline, masthead, byline, date and lead figure taken from its first blocks.

    *organisation* and *masthead* are what is known of the publisher beforehand. Lines that are none of these stay
    blocks; a record whose first blocks are no head keeps them all, and gets a title from its first heading or short
    line where it has none.
    """
    speaker = organisation or _speaker(record.blocks)
    if is_list(record.blocks):
        return _named_list(replace(record, organisation=speaker or record.site_name))
    zone = _zone(record.blocks, speaker)
    dated = [place for place, block in enumerate(zone) if date_line(block.text) or _byline(block.text, speaker)]
    if not dated:
        return _named_by_first_line(_with_first_picture(replace(record, organisation=speaker or record.site_name)))
    # The name may stand right below; further down such a line is a mention.
    end = max(dated[-1], _name_place(zone[: dated[-1] + 2], None) or 0) + 1
    signed = zone[end].text if end < len(zone) and _is_organisation(zone[end], speaker) else ""
    head = zone[: end + 1] if signed else zone[:end]
    name_place = _name_place(head, None if record.title else dated[0])
    bylines = [line for block in head if (line := _byline(block.text, speaker))]
    dates = [date for block in head if (date := date_line(block.text))]
    dates += [line.published for line in bylines if line.published]
    published, published_from = _dated(record, dates)
    rest = _Rest(
        [block for place, block in enumerate(head) if place != name_place and not _is_label(block, speaker, signed)],
        above=[] if name_place is None else list(head[:name_place]),
    )
    lead = rest.take_lead()
    lines_over = rest.take_masthead({bare(line) for line in (*masthead, speaker) if line})
    title = head[name_place].text if name_place is not None else record.title
    headline = rest.take_headline(record.title, title) if name_place is not None else ""
    return replace(
        record,
        title=title,
        headline="" if bare(headline) == bare(title) else headline,
        masthead=lines_over,
        byline=bylines[0].text if bylines else "",
        authors=bylines[0].authors if bylines and bylines[0].authors else record.authors,
        organisation=next(
            (line.organisation for line in bylines if line.organisation), signed or speaker or record.site_name
        ),
        published=published,
        published_from=published_from,
        lead=lead or record.lead,
        blocks=(*rest.blocks, *record.blocks[len(head) :]),
    )


def _dated(record: Record, dates: list[str]) -> tuple[str | None, str]:
    """The date of the head, unless the page's own metadata gives a day and the head no month or year instead."""
    if not dates or (record.published_from and len(dates[0]) >= len(record.published or "")):
        return record.published, record.published_from
    return dates[0], "report head"


class _Rest:
    """The lines of a head that are not yet accounted for; each *take* removes what it recognises."""

    def __init__(self, blocks: list[Block], *, above: list[Block]) -> None:
        self.blocks = blocks
        self._above = above  # what stands over the report's own name

    def take_lead(self) -> Figure | None:
        """The first picture, with the caption that stands in it or in the line after it; or a line with a credit."""
        for place, block in enumerate(self.blocks):
            figure = block.figure or _captioned(block)
            if not figure:
                continue
            following = self.blocks[place + 1] if place + 1 < len(self.blocks) else None
            caption = _captioned(following) if following and block.figure and not figure.caption else None
            self.blocks[place : place + (2 if caption else 1)] = []
            return replace(caption, image=figure.image) if caption else figure
        return None

    def take_masthead(self, known: set[str]) -> tuple[str, ...]:
        """The lines over the name that are the publisher's, and a short line right below such a one."""
        taken: list[Block] = []
        for block in self.blocks:
            is_below = bool(taken) and block in self._above and len(block.text.split()) <= _MASTHEAD_WORDS
            if bare(block.text) in known or (is_below and len(taken) < 2 and bare(taken[-1].text) in known):
                taken.append(block)
        self.blocks = [block for block in self.blocks if block not in taken]
        return tuple(block.text for block in taken)

    def take_headline(self, page_title: str, name: str) -> str:
        """The page's own title; where there is none but the report's *name*, the first line left over that name."""
        is_own = bool(page_title) and bare(page_title) != bare(name)
        line = next((block for block in self.blocks if block in self._above and not block.figure), None)
        if line is None or (is_own and bare(line.text) != bare(page_title)):
            return page_title
        self.blocks = [block for block in self.blocks if block is not line]
        return page_title if is_own else line.text


def _zone(blocks: tuple[Block, ...], speaker: str) -> tuple[Block, ...]:
    """The first blocks that are lines: up to the first paragraph of prose, item, table or quotation."""
    for place, block in enumerate(blocks[:_REACH]):
        is_line = block.kind in {"paragraph", "heading", "figure"} and _is_short(block.text)
        if not is_line and not _captioned(block) and not _byline(block.text, speaker):
            return blocks[:place]
    return blocks[:_REACH]


def _is_short(text: str) -> bool:
    """Whether *text* is a line, of few words and of no more signs than a title may have."""
    return len(text) <= MOST_CHARS and len(text.split()) <= _PROSE_WORDS


def _name_place(head: tuple[Block, ...], first_label: int | None) -> int | None:
    """Where the report's own name stands: a line that names a kind of report, else the line over the first label."""
    for place, block in enumerate(head):
        if block.kind != "figure" and report_name(block.text) and not _captioned(block):
            return place
    if not first_label or _captioned(head[first_label - 1]) or head[first_label - 1].figure:
        return None
    return first_label - 1


def _is_label(block: Block, speaker: str, signed: str) -> bool:
    return bool(date_line(block.text) or _byline(block.text, speaker) or (signed and block.text == signed))


def _is_organisation(block: Block, speaker: str) -> bool:
    """Whether *block* is only the publisher's name, as it stands below some bylines."""
    is_short = len(block.text.split()) <= _MASTHEAD_WORDS and not block.text.endswith((".", ":", "?", "!"))
    is_named = bool(_ORGANISATION.search(block.text)) or (bool(speaker) and bare(block.text) == bare(speaker))
    return block.kind == "paragraph" and is_short and is_named and not _captioned(block)


def _captioned(block: Block) -> Figure | None:
    caption, credit = split_credit(block.text)
    return Figure(caption=caption, credit=credit) if credit and block.kind != "figure" else None


def _byline(text: str, speaker: str) -> _Byline | None:
    signature, date = _without_date(text)
    match = _BYLINE.fullmatch(signature[:-1] if _WRITTEN.fullmatch(signature[-5:]) else signature)
    if not match and not _ends_in(signature, speaker):
        return None
    written = _BETWEEN_NAMES.split(match["names"] if match else signature)
    parts = [part for part in written if part and not is_degree(part)]
    others = [part for part in parts if bare(part) == bare(speaker) or _ORGANISATION.search(part)]
    people = [part for part in parts if part not in others and not _ROLE.search(part)]
    # "Par", "Por" and "Von" open many a headline: below them a person has a full name, as without any such word.
    fewest = 1 if match and not match["abroad"] else 2
    if not all(part[0].isupper() and fewest <= len(part.split()) <= 5 and _is_person(part) for part in people):
        return None
    organisation = next((part for part in others if not _NOBODY.fullmatch(part)), "")
    return _Byline(text=text, authors=tuple(people), organisation=organisation, published=date)


def _ends_in(signature: str, speaker: str) -> bool:
    """Whether *signature* is names and then the publisher's own: "Ana Brix, Harbour Watch"."""
    names, comma, last = signature.rpartition(",")
    return bool(comma and speaker) and bare(last) == bare(speaker) and names[:1].isupper()


def _is_person(name: str) -> bool:
    return all(not word[0].islower() or word in _PARTICLES for word in name.split())


def _without_date(text: str) -> tuple[str, str | None]:
    """*text* without the date at its end, and that date: "By Ana Brix | 3 May 2024" or "… on 3 May 2024"."""
    if len(text.split()) > _PROSE_WORDS:
        return text, None
    last = next((mention for mention in find_dates(text) if mention.end == len(text.rstrip(".)"))), None)
    return (_DATE_JOINT.sub("", text[: last.start]), last.edtf) if last else (text, None)


def _speaker(blocks: Iterable[Block]) -> str:
    """Who recommends or considers something at the start of a paragraph: the publisher, in a report of its own."""
    texts = [block.text for block in blocks]
    if not any(map("\n".join(texts).__contains__, _SPEAKS)):
        return ""
    return next((match["name"] for text in texts if (match := _SPEAKER.match(text))), "")


def _with_first_picture(record: Record) -> Record:
    """*record* with the picture that stands over all its words as its lead."""
    first = record.blocks[0] if record.blocks else None
    is_lead = record.lead is None and first is not None and first.figure is not None and bool(first.figure.image)
    return replace(record, lead=first.figure, blocks=record.blocks[1:]) if first and is_lead else record


def _named_list(record: Record) -> Record:
    """*record* with its first line for a title, unless that is an entry of the list."""
    return record if record.blocks and report_name(record.blocks[0].text) else _named_by_first_line(record)


def _named_by_first_line(record: Record) -> Record:
    if record.title or not record.blocks:
        return record
    first = record.blocks[0]
    is_sentence = first.kind != "heading" and first.text.endswith((".", ":", ";"))
    if first.kind not in {"heading", "paragraph"} or is_sentence or not _is_short(first.text):
        return record
    return replace(record, title=shown(first.text), blocks=record.blocks[1:])
