import re
from dataclasses import replace

import feedparser
import pytest
from building import record
from comparisons import AFTER, ARABIC, BEFORE, LOOKS, NEW_ROWS, PRESS, RIVER, RULE, prose, report, table
from hypothesis import given, settings
from hypothesis import strategies as st
from strict_atom import html_faults
from test_diff_html import HOSTILE, REPORT

from parsers.record import Record
from scraper.diff import diff, html_fragment
from scraper.diff.html.fragment import MOST

PAIRS = {"full": (BEFORE, AFTER), "arabic": ARABIC, "looks": LOOKS, "same": (BEFORE, BEFORE)}


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
def test_a_fragment_is_a_few_plain_elements(pair: tuple[Record, Record]) -> None:
    assert html_faults(html_fragment(diff(*pair))) == []


@settings(max_examples=200)
@given(REPORT, REPORT)
def test_any_two_reports_make_one(before: Record, after: Record) -> None:
    html = html_fragment(diff(before, after))
    assert html_faults(html) == []
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069]", html)


@given(st.sampled_from(HOSTILE))
def test_hostile_words_are_only_words(text: str) -> None:
    hostile = report(prose(text), table((text, text)), title=text, byline=text)
    assert html_faults(html_fragment(diff(BEFORE, hostile))) == []
    assert html_faults(html_fragment(diff(hostile, BEFORE))) == []


def test_a_fragment_tells_what_changed_where() -> None:
    html = html_fragment(diff(BEFORE, AFTER))
    for told in (
        "<ins>stage 9: Extermination (ten stages)</ins>",
        "<del>should</del> <ins>must</ins>",
        "<p><strong>§15</strong> <em>paragraph moved from §3 and edited: 1 word, 1 number among them</em></p>",
        "<del>1,200</del> <ins>1,900</ins>",
        "column added: <ins>2023 | 9 | 146 | 15 | 6 | 4 | 48 | 19 | 2</ins>",
        "row dropped: <del>Dunmar | 0 | 2 | Ministry</del>",
        "row moved, was 2: Ankara Hills | 14 | 12 | 15 | UN",
        "Cossa Valley / Source: Red Cross <ins>and Red Crescent</ins>",
        "the same words in 2 paragraphs instead of 1",
        "<del>law https://law.example/1</del> <ins>law https://law.example/2</ins>",
        "<p>Only quotation marks, dashes or spaces differ in 1 paragraph.</p>",
    ):
        assert told in html, told


def test_what_a_feed_reader_keeps_is_all_of_it() -> None:
    html = html_fragment(diff(BEFORE, replace(AFTER, blocks=(*AFTER.blocks, table(*NEW_ROWS[:2])))))
    entry = f"<entry><id>a:b</id><title>x</title><content type='html'>{_escaped(html)}</content></entry>"
    feed = feedparser.parse(f"<feed xmlns='http://www.w3.org/2005/Atom'>{entry}</feed>".encode())
    assert feed.entries[0].content[0].value == html


def _escaped(html: str) -> str:
    return html.replace("&", "&amp;").replace("<", "&lt;")


def test_what_is_ignored_is_said_and_not_marked() -> None:
    changes = diff(report(prose("Seen 7 times.")), report(prose("Seen 8 times.")))
    runs = tuple(replace(run, kind="ignored", ignored="views") if run.before == "7" else run for run in _runs(changes))
    html = html_fragment(replace(changes, blocks=(replace(changes.blocks[0], runs=runs),), numbers=()))
    assert "Seen [~7 → 8~] times." in html
    assert "<p>1 passage ignored by 'views'.</p>" in html
    assert "<del>" not in html


def _runs(changes):
    return changes.blocks[0].runs


def test_a_coarse_comparison_says_so() -> None:
    assert "Too much changed at once" in html_fragment(replace(diff(BEFORE, AFTER), coarse=True))


def test_a_fragment_is_bounded_and_says_what_it_lacks() -> None:
    one = record(*(f"{n} {PRESS * 20}" for n in range(400)))
    two = record(*(f"{n} {RIVER * 20}" for n in range(400)))
    html = html_fragment(diff(one, two))
    assert html_faults(html) == []
    assert len(html) < MOST + 10_000
    assert re.search(r"… \d+ changes left out here; the whole comparison has them\.", html)
    rows = tuple((f"{n} {RULE}",) for n in range(500))
    html = html_fragment(diff(report(prose(RULE)), report(prose(RULE), table(*rows))))
    assert "… 460 rows left out here" in html


def test_the_same_changes_give_the_same_fragment() -> None:
    assert html_fragment(diff(BEFORE, AFTER)) == html_fragment(diff(BEFORE, replace(AFTER)))
