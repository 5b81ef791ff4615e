"""When a report was published and last changed, with what each day rests on; silent where the page does not say."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from .datelines import dates_the_report
from .dates import DateMention, find_dates, has_year, iso_day, stated_day
from .jsonld import LinkedData, text
from .nearby import Line, Named

_PUBLISHED = (
    "article:published_time", "article:published", "article:published:time", "og:published_time",
    "og:article:published_time", "og:pubdate", "datepublished", "date_published", "publish_date", "publish-date",
    "published_time", "published-date", "publication_date", "publication-date", "publicationdate",
    "originalpublicationdate", "article_date_original", "article.published", "parsely-pub-date", "sailthru.date",
    "cxenseparse:publishtime", "cxenseparse:recs:publishtime", "rnews:datepublished", "citation_publication_date",
    "citation_online_date",
    "dc.date.issued", "dcterms.issued", "dcterms.available", "dc.date.created", "dcterms.created",
    "datecreated datepublished",
)  # fmt: skip
_MAYBE_PUBLISHED = (
    "pubdate", "publishdate", "citation_date", "dc.date", "dcterms.date", "date", "prism.publicationdate", "created",
    "published",
)  # fmt: skip
_MODIFIED = (
    "article:modified_time", "article:modified", "article:modified:time", "og:modified_time", "og:updated_time",
    "datemodified", "date_modified", "dcterms.modified", "dc.date.modified", "last-modified", "lastmod",
    "last_modified", "revised", "cxenseparse:modifiedtime", "article.updated", "lastupdate",
)  # fmt: skip
_SAYS_PUBLISHED = re.compile(
    r"\b(?:publish\w*|posted|released|issued|created|written|submitted|started by|veröffentlicht\w*|erschienen|"
    r"erstellt|publi(?:é|cad[ao]|cac|cation|[czs]ier)\w*|pubblica[tz]\w*|publicerad\w*|publisert|offentliggjort|udgivet|julkaistu|geplaatst|gepubliceerd|opublikowano|"
    r"опублик\w*|публикац\w*|yayın\w*|発行|公開|配信|入力|发布|نشر\w*|تاريخ|פורסם|תאריך|dated?|datum|fecha|asked)\b",
    re.IGNORECASE,
)
_SAYS_MODIFIED = re.compile(
    r"\b(?:updat\w*|modifi\w*|revis\w*|edited|changed|aktualisier\w*|geändert|stand|(?:mise? )?à jour|actuali[sz]\w*|"
    r"aggiornat\w*|uppdatera\w*|oppdatert|opdateret|päivitetty|bijgewerkt|zaktualizowano|обновлен\w*|güncelle\w*|"
    r"atualizad\w*|current as of|last)\b|更新|수정",
    re.IGNORECASE,
)
_SAYS_OTHER = re.compile(
    r"\b(?:review\w*|fact[- ]?check\w*|tested|verified|accessed|expires?|deadline|until|event|starts?|ends?|due|joined|"
    r"member since|copyright|©|effective|valid|since|from|born|birth|period|covering|next|webinar|conference)\b|©",
    re.IGNORECASE,
)
_LABEL = re.compile(f"{_SAYS_PUBLISHED.pattern}|{_SAYS_MODIFIED.pattern}", re.IGNORECASE)
_CARD_NAMES = (
    "related recent teaser card sidebar widget comment recommend latest popular trending topbar top-bar ticker "
    "more-posts moreposts more-news morenews more-stories morestories next-post nextpost prev-post prevpost "
    "previous-post previouspost event upcoming carousel swiper slider"
).split()
_PUBLISHED_NAMES = ("publish", "posted", "entry-date", "created")
_MODIFIED_NAME = re.compile(
    "modif|last-?(?:changed|updated)|updated-?_?(?:at|on|date|time)|date-?_?(?:updated|changed)"
)
_IN_ADDRESS = re.compile(r"/((?:19|20)\d\d)[/-](0?[1-9]|1[0-2])[/-](0?[1-9]|[12]\d|3[01])(?=[/_.-]|$)")
_THREAD = 3  # posts
_LONGEST_LINE = 300  # characters
_DATE_WORDS = 3
_LABEL_WORDS = 4
_OTHER_WORDS = 14  # a line with more words besides its date is a sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day as EDTF and what it rests on.

    That is "meta" with its name, "JSON-LD" with its key, "byline" for a line near the title, "time datetime" or
    "address".
    """

    edtf: str
    rests_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """When a report appeared and was last changed; None where the page does not say."""

    published: Day | None
    modified: Day | None


def read_days(
    metas: dict[str, tuple[str, ...]],
    linked: LinkedData,
    lines: Iterable[Line],
    stamps: Iterable[Named],
    *,
    address: str,
    language: str,
) -> Days:
    """The days that a page gives for its report.

    *lines* stand near its title, *stamps* are its times wherever they stand; the later is only looked at where the
    former and the metadata say nothing.
    """
    month_first = _is_month_first(language)
    seen = list(_seen(lines, month_first))
    shown = _first(seen, "published") or _first(seen, "")
    stated = _stated(metas, linked, month_first)
    if stated and shown and shown.edtf < stated.edtf:
        stated = None  # a text is not shown with a day before it appeared: the metadata tells of a later edition
    month = _first(seen, "published month")
    stamp = _first_stamp(stamps, month_first)
    if stamp and month and not stamp.edtf.startswith(month.edtf):
        stamp = None
    published = stated or shown or stamp or _signed_page(linked, month_first) or month
    modified = _from_metas(metas, _MODIFIED, month_first) or _from_linked(linked, "dateModified", month_first)
    return Days(
        published=published or _in_address(address, linked, metas),
        modified=modified or _first(seen, "modified"),
    )


def _stated(metas: dict[str, tuple[str, ...]], linked: LinkedData, month_first: bool | None) -> Day | None:
    """The day of publication by the metadata; of a shop's page about a product none that needs guessing."""
    if not linked.articles and linked.is_product:
        return _from_metas(metas, _MAYBE_PUBLISHED, month_first)
    return (
        _from_metas(metas, _PUBLISHED, month_first)
        or _from_linked(linked, "datePublished", month_first)
        or _from_metas(metas, _MAYBE_PUBLISHED, month_first)
    )


def _is_month_first(language: str) -> bool | None:
    """How "03/04/2026" is read where *language* is spoken; None for English of no country, which both may write."""
    tongue, _, country = language.replace("_", "-").lower().partition("-")
    if tongue == "en" or not tongue:
        return country == "us" if country else None
    return False


def _from_metas(metas: dict[str, tuple[str, ...]], names: Iterable[str], month_first: bool | None) -> Day | None:
    for name in names:
        if name not in metas:
            continue
        days = [day for value in metas[name] if (day := stated_day(value, month_first=month_first))]
        if days and (name.startswith("article:") or _goes_forward(days)):
            return Day(edtf=days[0], rests_on=f"meta {name}")
    return None


def _from_linked(linked: LinkedData, key: str, month_first: bool | None) -> Day | None:
    for thing in linked.articles:
        if day := stated_day(text(thing.get(key)), month_first=month_first):
            return Day(edtf=day, rests_on=f"JSON-LD {key}")
    return None


def _signed_page(linked: LinkedData, month_first: bool | None) -> Day | None:
    """The day of a page without article that names its author; others give the day that a standing page was made."""
    for thing in linked.pages:
        if thing.get("author") and (day := stated_day(text(thing.get("datePublished")), month_first=month_first)):
            return Day(edtf=day, rests_on="JSON-LD datePublished")
    return None


def _in_address(address: str, linked: LinkedData, metas: dict[str, tuple[str, ...]]) -> Day | None:
    match = _IN_ADDRESS.search(address)
    is_article = linked.articles or "article" in metas.get("og:type", ())
    day = iso_day(f"{match[1]}-{match[2]:0>2}-{match[3]:0>2}") if match and is_article else None
    return Day(edtf=day, rests_on="address") if day else None


class _Seen(NamedTuple):
    """A day in a line near the title; *means* is "published", "modified", "" for what is not said, "other".

    A month, or a season, counts only where its line says so: it is "published month".
    """

    day: Day
    means: str


def _first(seen: Iterable[_Seen], means: str) -> Day | None:
    return next((found.day for found in seen if found.means == means), None)


def _seen(lines: Iterable[Line], month_first: bool | None) -> Iterator[_Seen]:
    label = ""
    for line in lines:
        found = _seen_in(line, label, month_first)
        yield from found
        label = line.text if not found and line.text.count(" ") < _LABEL_WORDS else ""


def _seen_in(line: Line, label: str, month_first: bool | None) -> list[_Seen]:
    """The days in *line*; *label* is the short line before it."""
    words, gaps = line.text, line.text.count(" ")
    is_dated = len(words) <= _LONGEST_LINE and gaps <= 2 * _OTHER_WORDS and has_year(words)
    stamped = [piece.stamp for piece in line.pieces if piece.stamp]
    if not (is_dated or stamped):
        return []
    stamps = [day for stamp in stamped if (day := stated_day(stamp, month_first=month_first))]
    mentions = list(find_dates(words, month_first=month_first)) if is_dated else []
    if not (mentions or stamps) or gaps + 1 - _DATE_WORDS * len(mentions) > _OTHER_WORDS:
        return []
    if _is_card(line.names):
        return []
    if stamps and not any(map(_is_day, mentions)):
        spans = list(_stamped_spans(line))
        if not all(_dates_the_report(line, spans, at) for at in range(len(spans))):
            return []
        return [_Seen(day=Day(edtf=stamps[0], rests_on="time datetime"), means=_meaning(words or label, line))]
    seen: list[_Seen] = []
    start = 0
    spans = [(mention.start, mention.end) for mention in mentions]
    for at, mention in enumerate(mentions):
        before, start = words[start : mention.start] or label, mention.end
        if not _dates_the_report(line, spans, at):
            continue
        means = _meaning(before, line)
        if not _is_day(mention):
            means = "published month" if means == "published" and _SAYS_PUBLISHED.search(before) else "other"
        seen.append(_Seen(day=Day(edtf=mention.edtf, rests_on="byline"), means=means))
    return seen


def _dates_the_report(line: Line, spans: list[tuple[int, int]], at: int) -> bool:
    return dates_the_report(line.text, spans, at, label=_LABEL, is_item=line.is_item)


def _stamped_spans(line: Line) -> Iterator[tuple[int, int]]:
    """Where the texts of its `time` elements stand in *line*."""
    start = 0
    for piece in line.pieces:
        if piece.stamp and piece.text:
            yield start, start + len(piece.text)
        start += len(piece.text) + bool(piece.text)


def _is_card(names: str) -> bool:
    """Whether what has *names* tells of another page, or is beside the report."""
    names = names.lower().replace("card-shadow", "")
    return any(map(names.__contains__, _CARD_NAMES))


def _is_day(mention: DateMention) -> bool:
    return len(mention.edtf) == len("2024-05-03")


def _first_stamp(stamps: Iterable[Named], month_first: bool | None) -> Day | None:
    """The first day that the page's times give, those of other pages and of changes aside."""
    days = [
        day
        for piece in stamps
        if not _is_card(piece.names) and not _SAYS_MODIFIED.search(f"{piece.names} {piece.text}")
        if _stands_alone(piece)
        if (day := stated_day(piece.stamp or piece.text, month_first=month_first))
    ]
    is_told = bool(days) and _goes_forward(days) and (len(days) >= _THREAD or days[0] == days[-1])
    return Day(edtf=days[0], rests_on="time datetime") if is_told else None


def _stands_alone(time: Named) -> bool:
    """Whether *time* does not stand in a sentence."""
    start = time.line.find(time.text)
    span = (start, start + len(time.text))
    return not time.text or start < 0 or dates_the_report(time.line, [span], 0, label=_LABEL, is_item=False)


def _goes_forward(days: list[str]) -> bool:
    """Whether *days* never go back, as those of a thread do; a list of articles has the latest first."""
    return days == sorted(days)


def _meaning(before: str, line: Line) -> str:
    """What a date is told to be by the last words before it, else by the names of its elements."""
    said = [
        (match.start(), means)
        for means, form in (("modified", _SAYS_MODIFIED), ("published", _SAYS_PUBLISHED), ("other", _SAYS_OTHER))
        for match in form.finditer(before)
    ]
    if said:
        return max(said)[1]
    names = line.names.lower()
    if any(map(names.__contains__, _PUBLISHED_NAMES)):
        return "published"
    return "modified" if _MODIFIED_NAME.search(names) else ""
