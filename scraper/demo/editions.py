"""The two editions of the demo's site, and what the publisher did between them without saying so."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from .report import Report, load_report

_FIRST = ("velmora", "karsenia", "ulmaya", "pelagir", "tovash", "imbarra", "sendrake")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What was done to one page between an edition and the one before it, in words for a person."""

    country: str
    path: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """The whole site as published on one day.

    *gone* are the paths that answer 410, *reskinned* those that were moved to another template.
    """

    number: int
    published: date
    reports: tuple[Report, ...]
    gone: tuple[str, ...] = ()
    reskinned: tuple[str, ...] = ()
    edits: tuple[Edit, ...] = ()


def editions() -> tuple[Edition, ...]:
    """All editions, in the order in which they are published."""
    first = Edition(number=1, published=date(2024, 3, 26), reports=tuple(map(load_report, _FIRST)))
    return (first, _second(first))


def _second(first: Edition) -> Edition:
    before = {report.country: report for report in first.reports}
    kept = {country: report for country, report in before.items() if country != "Tovash"}
    changed = {country: edit(kept[country]) for country, edit in _EDITS.items()}
    new = load_report("orrelund")
    return Edition(
        number=2,
        published=date(2024, 9, 17),
        reports=(new, *(kept | changed).values()),
        gone=(before["Tovash"].path,),
        reskinned=(before["Pelagir"].path,),
        edits=(
            _edit(before["Velmora"], "one sentence re-worded, stage 10 added to its list; the page does not say so"),
            _edit(before["Karsenia"], "one paragraph moved up; the page says that it was updated"),
            _edit(before["Ulmaya"], "one recommendation dropped, one added; the page does not say so"),
            _edit(before["Pelagir"], "the same words in another template"),
            _edit(before["Tovash"], "the page is gone"),
            _edit(new, "a new report"),
        ),
    )


def _edit(report: Report, what: str) -> Edit:
    return Edit(country=report.country, path=report.path, what=what)


def _reword_velmora(report: Report) -> Report:
    markets = report.paragraphs[2].replace(
        "At least 41 traders have not been seen since.",
        "The council denies that it holds any of the 63 traders reported missing since.",
    )
    (sentence,) = report.assessment
    grown = sentence.replace("Persecution**.", "Persecution and Stage\u00a010: Denial**.")
    paragraphs = (*report.paragraphs[:2], markets, *report.paragraphs[3:])
    return replace(report, paragraphs=paragraphs, assessment=(grown,))


def _move_in_karsenia(report: Report) -> Report:
    *others, songs = report.paragraphs
    return replace(report, paragraphs=(others[0], songs, *others[1:]), updated="Sep 16, 2024")


def _recommend_in_ulmaya(report: Report) -> Report:
    rapporteur, schools, _ = report.recommendations
    detention = "The UN Working Group on Arbitrary Detention should visit the salt flats before the winter."
    return replace(report, recommendations=(rapporteur, schools, detention))


_EDITS: dict[str, Callable[[Report], Report]] = {
    "Velmora": _reword_velmora,
    "Karsenia": _move_in_karsenia,
    "Ulmaya": _recommend_in_ulmaya,
}
