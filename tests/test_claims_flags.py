"""Did they say so? Pairs and series of versions, written by hand, with the flags that a careful reader would set."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from building import day, record
from tracing import versions

from parsers.record import Block, Figure, Link, Mark, Record
from scraper.claims import Flag, flags, said, step_flags

FIRST = "The council closed four markets in a single night."
SECOND = "At least 41 traders have not been seen since."
OTHER = "At least 63 traders have not been seen since."
MORE = "State radio calls the minority silt in the nets."
DATED: dict[str, Any] = {"published": "2023-12", "modified": "2024-01-05"}
LATER: dict[str, Any] = {"published": "2023-12", "modified": "2024-01-20"}
NAMES = ("silent-edit", "notice-given", "notice-absent", "date-without-edit")


@dataclass(frozen=True)
class Case:
    """What a change is, and the flags that it should have."""

    name: str
    before: Record
    after: Record
    flags: set[str] = field(default_factory=set)


def _link(target: str) -> Record:
    text = f"{FIRST} {SECOND}"
    mark = Mark(kind="link", start=0, end=11, target=target)
    return record(blocks=(Block(kind="paragraph", text=text, marks=(mark,)),), **DATED)


def _table(*cells: str) -> Record:
    rows = tuple((cell, "1") for cell in cells)
    text = "\n".join(" | ".join(row) for row in rows)
    return record(blocks=(Block(kind="table", text=text, rows=rows),), **DATED)


def _picture(caption: str, **fields: Any) -> Record:
    return record(FIRST, lead=Figure(image="a.jpg", caption=caption), **fields)


BASE = record(FIRST, SECOND, **DATED)
SILENT = {"silent-edit", "notice-absent"}
CASES = [
    Case("a number", BASE, record(FIRST, OTHER, **DATED), SILENT),
    Case("a word", BASE, record(FIRST.replace("four", "five"), SECOND, **DATED), SILENT),
    Case("a passage dropped", BASE, record(FIRST, **DATED), SILENT),
    Case("a passage added", BASE, record(FIRST, SECOND, MORE, **DATED), SILENT),
    Case("a passage added inside a paragraph", BASE, record(f"{FIRST} {MORE}", SECOND, **DATED), SILENT),
    Case("all of it", BASE, record(MORE, **DATED), SILENT),
    Case("the title", BASE, record(FIRST, SECOND, title="Velmora Report", **DATED), SILENT),
    Case("a headline", BASE, record(FIRST, SECOND, headline="Markets closed", **DATED), SILENT),
    Case("a caption", _picture("A market", **DATED), _picture("A burnt market", **DATED), SILENT),
    Case("a row of a table", _table("2021", "2022"), _table("2021", "2022", "2023"), SILENT),
    Case("no dates are stated", record(FIRST, SECOND), record(FIRST, OTHER), SILENT),
    Case("a date is no longer stated", BASE, record(FIRST, OTHER, published="2023-12"), SILENT),
    Case("one word of a long sentence", record(MORE * 9, **DATED), record(MORE * 8 + "No.", **DATED), SILENT),
    Case("in Arabic", record("أغلق المجلس أربعة أسواق.", **DATED), record("أغلق المجلس خمسة أسواق.", **DATED), SILENT),
    Case("in Chinese", record("委员会关闭了四个市场。", **DATED), record("委员会关闭了五个市场。", **DATED), SILENT),
    Case("a notice that was there before",
         record("Correction: it is 41.", SECOND, **DATED), record("Correction: it is 41.", OTHER, **DATED), SILENT),
    Case("a text about corrections",
         BASE, record(FIRST, "The Department of Corrections denies it all.", SECOND, **DATED), SILENT),
    Case("moved and edited", record(FIRST, MORE, SECOND, **DATED), record(OTHER, FIRST, MORE, **DATED), SILENT),
    Case("a new date and no notice", BASE, record(FIRST, OTHER, **LATER), {"notice-absent"}),
    Case("a date where there was none", record(FIRST, SECOND), record(FIRST, OTHER, **DATED), {"notice-absent"}),
    Case("published anew", BASE, record(FIRST, OTHER, published="2024-01", modified="2024-01-05"), {"notice-absent"}),
    Case("a correction", BASE, record(FIRST, OTHER, "Correction: it is 63, not 41.", **DATED), {"notice-given"}),
    Case("a correction and a date", BASE, record("Correction: it is 63.", FIRST, OTHER, **LATER), {"notice-given"}),
    Case("a correction in French", BASE, record(FIRST, OTHER, "Rectificatif : 63, non 41.", **DATED), {"notice-given"}),
    Case("a correction in Spanish", BASE, record(FIRST, OTHER, "Fe de erratas: son 63.", **DATED), {"notice-given"}),
    Case("a correction in Arabic", BASE, record(FIRST, OTHER, "تصحيح: العدد 63.", **DATED), {"notice-given"}),
    Case("a correction at the end of a paragraph", BASE,
         record(FIRST, f"{OTHER} An earlier version of this report said 41.", **DATED), {"notice-given"}),
    Case("a notice that was re-worded", record("Update: 41.", SECOND), record("Update: 63.", OTHER), {"notice-given"}),
    Case("a date line that is new", BASE, record("Updated January 20, 2024", FIRST, OTHER, **DATED), {"notice-given"}),
    Case("a notice in the byline", BASE, record(FIRST, OTHER, byline="By A. B. | Updated 20 January 2024", **DATED),
         {"notice-given"}),
    Case("a notice in the masthead", BASE, record(FIRST, OTHER, masthead=("Updated: May 5, 2024",), **DATED),
         {"notice-given"}),
    Case("a notice and no edit", BASE, record(FIRST, SECOND, "Editor’s note: all names were changed.", **DATED),
         {"notice-given"}),
    Case("a new date and nothing else", BASE, record(FIRST, SECOND, **LATER), {"date-without-edit"}),
    Case("published later and nothing else", BASE, record(FIRST, SECOND, published="2024-01", modified="2024-01-05"),
         {"date-without-edit"}),
    Case("a new date and other quotation marks", record(f'“{FIRST}”', **DATED), record(f'"{FIRST}"', **LATER),
         {"date-without-edit"}),
    Case("a new date, a comma put right",
         record("One two, three four.", **DATED), record("One two three four.", **LATER)),
    Case("a new date, a passage moved", BASE, record(SECOND, FIRST, **LATER)),
    Case("a new date, a link led elsewhere",
         _link("https://a.example"), record(blocks=_link("https://b.example").blocks, **LATER)),
    Case("a new date, a sentence added", BASE, record(FIRST, SECOND, MORE, **LATER), {"notice-absent"}),
    Case("a picture and a headline that only one form has",
         _picture("A market", headline="Markets closed", **DATED), record(FIRST, media_type="text/plain", **DATED)),
    Case("a number, in another form",
         _picture(SECOND, **DATED), record(OTHER, media_type="text/plain", **DATED), SILENT),
    Case("in Hindi", record("गाँव की सड़क बंद है।", **DATED), record("गाँव के सड़क बंद है।", **DATED), SILENT),
    Case("points in Arabic", record("أغلق المجلس أربعة أسواق.", **DATED), record("أَغلَقَ المجلسُ أربعة أسواق.", **DATED)),
    Case("nothing", BASE, BASE),
    Case("quotation marks", record(f'“{FIRST}”', **DATED), record(f'"{FIRST}"', **DATED)),
    Case("capital letters", BASE, record(FIRST.upper(), SECOND, **DATED)),
    Case("a passage moved", BASE, record(SECOND, FIRST, **DATED)),
    Case("a paragraph cut in two", record(f"{FIRST} {SECOND}", **DATED), BASE),
    Case("two sentences made one",
         record("It was night. It was cold.", **DATED), record("It was night; it was cold.", **DATED)),
    Case("a link led elsewhere", _link("https://a.example"), _link("https://b.example")),
    Case("another picture", _picture("A market", **DATED),
         record(FIRST, lead=Figure(image="b.jpg", caption="A market"), **DATED)),
]  # fmt: skip


def _found(case: Case) -> tuple[Flag, ...]:
    before, after = versions(case.before, case.after)
    return step_flags(before, after)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_change_has_the_flags_that_a_reader_would_set(case: Case) -> None:
    assert {flag.name for flag in _found(case)} == case.flags


def test_precision_and_recall(record_property: Callable[[str, object], None]) -> None:
    counts: Counter[tuple[str, str]] = Counter()
    for case in CASES:
        found = {flag.name for flag in _found(case)}
        for name in NAMES:
            counts[name, "found"] += name in found & case.flags
            counts[name, "missed"] += name in case.flags - found
            counts[name, "false"] += name in found - case.flags
    for name in NAMES:
        told = (f"{counts[name, kind]} {kind}" for kind in ("found", "missed", "false"))
        record_property(f"{name} of {len(CASES)} changes", ", ".join(told))
    assert len(CASES) >= 40


def test_evidence_leads_to_the_words_and_the_dates_on_both_sides() -> None:
    before, after = versions(BASE, record(FIRST, OTHER, **DATED))
    silent, absent = step_flags(before, after)
    assert silent.detail == (
        "1 passage edited; the page states published 2023-12 and modified 2024-01-05, as before, and has no new notice"
    )
    assert (silent.seq, silent.after, silent.by) == (2, day(3), day(11))
    assert [(one.seq, one.capture_id, one.path, one.text) for one in silent.evidence] == [
        (1, 1, "/published", "2023-12"),
        (2, 3, "/published", "2023-12"),
        (1, 1, "/modified", "2024-01-05"),
        (2, 3, "/modified", "2024-01-05"),
        (1, 1, "/blocks/1/text", SECOND),
        (2, 3, "/blocks/1/text", OTHER),
    ]
    assert absent.detail == "1 passage edited; no new notice says so"


def test_nothing_is_told_where_the_parser_may_be_the_cause() -> None:
    before, after = versions(BASE, record(FIRST, OTHER, **LATER), read_anew=(2,))
    assert step_flags(before, after) == ()
    assert flags([before, after]) == ()


def _names(*records: Record | None, read_anew: tuple[int, ...] = ()) -> list[tuple[int, str]]:
    return [(flag.seq, flag.name) for flag in flags(versions(*records, read_anew=read_anew))]


def test_an_edit_that_is_taken_back_is_reverted() -> None:
    edited = record(FIRST, OTHER, **DATED)
    found = flags(versions(BASE, edited, BASE))
    assert [(flag.seq, flag.name) for flag in found if flag.seq == 3] == [
        (3, "reverted"),
        (3, "silent-edit"),
        (3, "notice-absent"),
    ]
    (reverted,) = [flag for flag in found if flag.name == "reverted"]
    assert reverted.detail == "says again what version 1 said, first seen 2024-01-01"
    assert [(one.seq, one.capture_id) for one in reverted.evidence] == [(1, 1)]


def test_a_page_that_comes_back_as_it_was_has_reverted_nothing() -> None:
    assert _names(BASE, None, BASE) == []


def test_text_that_came_back_is_told_with_both_places() -> None:
    found = flags(versions(record(FIRST, SECOND, MORE), record(FIRST, MORE), record(SECOND, FIRST, "It is May.")))
    (back,) = [flag for flag in found if flag.name == "text-returned"]
    assert back.detail == f"“{SECOND}”: back after version 2 without it"
    assert [(one.seq, one.path) for one in back.evidence] == [(1, "/blocks/1/text"), (3, "/blocks/0/text")]


def test_words_that_were_edited_and_are_as_before_came_back_too() -> None:
    found = _names(record(FIRST, SECOND), record(FIRST, OTHER), record(FIRST, OTHER, MORE), record(FIRST, SECOND, MORE))
    assert (4, "text-returned") in found


def test_short_words_come_and_go() -> None:
    found = _names(record("Background", FIRST), record(FIRST), record("Background", FIRST, MORE))
    assert "text-returned" not in {name for _, name in found}


def test_a_text_that_only_a_parser_lost_has_not_come_back() -> None:
    found = _names(record(FIRST, SECOND), record(FIRST), record(FIRST, SECOND, MORE), read_anew=(2,))
    assert "text-returned" not in {name for _, name in found}


def test_a_photograph_of_a_later_day_is_told_once() -> None:
    seen = _picture("Families wait February 9 2024", published="2023-12")
    found = flags(versions(seen, record(FIRST, MORE, lead=seen.lead, published="2023-12")))
    (later,) = [flag for flag in found if flag.name == "later-than-published"]
    assert later.seq == 1
    assert later.detail == "“February 9 2024” is later than published 2023-12"
    assert [(one.path, one.text) for one in later.evidence] == [
        ("/published", "2023-12"),
        ("/lead/caption", "February 9 2024"),
    ]


@pytest.mark.parametrize(
    ("text", "is_later"),
    [
        ("Register of names, accessed 5 March 2024.", True),
        ("Registre des noms, consulté le 5 mars 2024.", True),
        ("Registro, consultado el 5 de marzo de 2024", True),
        ("Register of names (retrieved March 5, 2024)", True),
        ("Register of names, accessed 5 March 2022.", False),
        ("Elections are to be held on 5 March 2024.", False),
        ("The archive was accessed by officers, who in March 2024 will retire.", False),
    ],
)
def test_a_source_that_was_looked_at_later_is_evidence(text: str, is_later: bool) -> None:
    found = _names(record(text, published="2023-12"))
    assert found == ([(1, "later-than-published")] if is_later else [])


def test_a_photograph_between_the_blocks_is_looked_at_too() -> None:
    block = Block(kind="figure", text="A gate, March 7 2024", figure=Figure(caption="A gate, March 7 2024"))
    (flag,) = flags(versions(record(blocks=(block,), published="2023-12")))
    assert flag.evidence[1].path == "/blocks/0/figure/caption"


def test_what_is_said_of_a_version_is_short() -> None:
    found = flags(versions(BASE, record(FIRST, OTHER, **DATED), BASE))
    assert said(flag for flag in found if flag.seq == 2) == "silent edit"
    assert said(flag for flag in found if flag.seq == 3) == "reverted, silent edit"
    assert said([]) == ""


def test_a_page_without_versions_has_no_flags() -> None:
    assert flags([]) == ()


def test_links_of_a_record_are_no_words() -> None:
    assert _link("https://a.example").links == (Link(text="The council", target="https://a.example"),)
