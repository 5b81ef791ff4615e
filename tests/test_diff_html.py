import re
from base64 import b64encode
from collections import Counter
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from building import record
from comparisons import (
    AFTER,
    ARABIC,
    BEFORE,
    HEAD,
    LOOKS,
    NAMES,
    PRESS,
    RIVER,
    RULE,
    heading,
    linked,
    prose,
    report,
    table,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.record import Block, Country, Figure, Recommendation, Record, Stage
from scraper.diff import FieldChange, Run, diff, render_html
from scraper.diff.html.style import GROUNDS, PALETTES

HOSTILE = (
    "</title><script>alert(1)</script>",
    "</style><style>*{display:none}</style>",
    "<!-- --><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    '" autofocus onfocus="alert(1)',
    "]]> <![CDATA[ & &amp; &#x0; \" '",
    "javascript:alert(1)",
    "\x1b[31mred\x07 \u202egnitseretni\u2066",
    "{{7*7}} ${7*7} <svg/onload=alert(1)>",
)
HOSTILE_TARGETS = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    "\x01javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "//evil.example/",
    "https://",
    "https://a b/",
    "file:///etc/passwd",
)
VOID = {"meta", "input", "br"}


class Page(HTMLParser):
    """A page as elements, each with its attributes, and the words outside style and script."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.sides: dict[str, list[str]] = {"del": [], "ins": []}
        self.without: dict[str, list[str]] = {"del": [], "ins": []}
        self.open: list[str] = []
        self.faults: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> out of place")

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & set(self.open):
            self.words.append(data)
            for tag in self.sides:
                (self.sides if tag in self.open else self.without)[tag].append(data)

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"a comment: {data}")

    @property
    def text(self) -> str:
        return "".join(self.words)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


def rendered(before: Record, after: Record) -> str:
    return render_html(diff(before, after), before, after, names=NAMES, head=HEAD)


def page_of(before: Record, after: Record) -> Page:
    return Page(rendered(before, after))


FULL = page_of(BEFORE, AFTER)
PAIRS = {"full": (BEFORE, AFTER), "arabic": ARABIC, "looks": LOOKS, "same": (BEFORE, BEFORE), "all": (BEFORE, report())}


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
def test_a_page_is_valid_html(pair: tuple[Record, Record]) -> None:
    html5lib = pytest.importorskip("html5lib", reason="html5lib is not installed (the extra 'dev')")
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(rendered(*pair))
    assert parser.errors == []
    page = page_of(*pair)
    assert page.faults == []
    assert page.open == []


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
def test_every_fragment_is_there_once_and_every_link_within_leads_to_one(pair: tuple[Record, Record]) -> None:
    page = page_of(*pair)
    ids = Counter(attributes["id"] for _, attributes in page.elements if "id" in attributes)
    assert max(ids.values()) == 1
    inside = [link["href"][1:] for link in page.all("a") if link.get("href", "").startswith("#")]
    assert inside
    assert set(inside) <= set(ids)
    named = [attributes["aria-labelledby"] for _, attributes in page.elements if "aria-labelledby" in attributes]
    assert set(named) <= set(ids)


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
def test_headings_go_down_one_level_at_a_time(pair: tuple[Record, Record]) -> None:
    levels = [int(tag[1]) for tag, _ in page_of(*pair).elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_a_page_allows_no_more_than_its_own_style_and_script() -> None:
    html = rendered(BEFORE, AFTER)
    style, script = (re.search(f"<{tag}>(.*?)</{tag}>", html, re.DOTALL) for tag in ("style", "script"))
    assert style
    assert script
    digests = [b64encode(sha256(part[1].encode()).digest()).decode() for part in (style, script)]
    policy = next(meta["content"] for meta in FULL.all("meta") if "http-equiv" in meta)
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digests[0]}'; script-src 'sha256-{digests[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )
    assert not {"img", "iframe", "object", "embed", "link", "form", "base", "svg"} & {tag for tag, _ in FULL.elements}
    assert not [name for _, attributes in FULL.elements for name in attributes if name.startswith("on")]
    assert not [attributes for _, attributes in FULL.elements if "style" in attributes or "src" in attributes]


def test_a_page_tells_all_there_is_to_tell() -> None:
    text = " ".join(FULL.text.split())
    for told in (
        "Velmora Country Report", "version 3", "version 4", "between 4 March and 9 March 2024", "Did they say so?",
        "no notice of a correction was found", "Facts changed:", "stage 9 added", "stage 8 dropped",
        "1 recommendation reworded", "date of publication", "1,200 → 1,900", "§2 paragraph: 1 word",
        "paragraph moved from §3 and edited: 1 word, 1 number among them", "moved to §15", "moved from §3",
        "the same words in 2 paragraphs instead of 1", "was §13 paragraph dropped: 16 words",
        "§13–14 2 paragraphs added", "retargeted", "https://law.example/1", "https://watch.example/2.jpg",
        "Only quotation marks, dashes or spaces differ in 1 paragraph", "passages unchanged", "column added",
        "column moved, was 2", "moved, was 2", "Background", "Figures",
    ):  # fmt: skip
        assert told in text, told


def test_what_differs_is_marked_on_both_sides() -> None:
    dropped, added = ("|".join(FULL.sides[tag]) for tag in ("del", "ins"))
    for words in ("dissolved", "1,200", "should", "Persecution", "nothing stands in its place", "Dunmar"):
        assert words in dropped
        assert words not in added
    for words in ("suspended", "1,900", "must", "Extermination", "forty people", "Fell", "and Red Crescent"):
        assert words in added
        assert words not in dropped
    assert PRESS not in dropped + added


def test_the_same_changes_give_the_same_bytes() -> None:
    assert rendered(BEFORE, AFTER) == rendered(replace(BEFORE), replace(AFTER))


def test_records_that_are_the_same_are_said_to_be() -> None:
    page = page_of(BEFORE, BEFORE)
    assert "No difference" in page.text
    assert page.sides == {"del": [], "ins": []}


def test_a_table_is_one_table_with_rows_and_columns_of_both_sides() -> None:
    html = rendered(BEFORE, AFTER)
    start = html.index("<thead>")
    body = html[start : html.index("</tbody>", start)]
    rows = [
        [re.sub("<[^>]*>", "", cell) for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row)]
        for row in re.findall("<tr>(.*?)</tr>", body)
    ]
    assert rows[:8] == [
        ["", "", "", "column moved, was 2", "column added", ""],
        ["", "District", "2022", "2021", "2023", "Source"],
        ["", "Berru", "7", "3", "9", "UN"],
        ["", "Cossa Valley", "130", "101", "146", "Red Cross and Red Crescent"],
        ["moved, was 2", "Ankara Hills", "14", "12", "15", "UN"],
        ["dropped", "Dunmar", "2", "0", "", "Ministry"],
        ["", "Esk", "5", "5", "6", "UN"],
        ["added", "Fell", "1", "1", "4", "UN"],
    ]


def test_of_a_long_table_only_rows_that_differ_are_shown() -> None:
    rows = [(f"Place {n}", str(n)) for n in range(2_000)]
    edited = [(name, "x" if n == 1_000 else value) for n, (name, value) in enumerate(rows)]
    page = page_of(report(table(*rows)), report(table(*edited)))
    assert "999 rows unchanged" in page.text
    assert "Place 1000" in page.text
    assert "Place 1001" not in page.text


def test_headings_above_a_change_stand_and_what_is_between_is_folded() -> None:
    blocks = [heading("First"), prose(PRESS), heading("Second"), prose(RIVER * 4), prose(PRESS), heading("Below", 3)]
    page = page_of(report(*blocks, prose(RULE)), report(*blocks, prose(RULE.replace("March", "May"))))
    found = [tag for tag, attributes in page.elements if attributes.get("class") == "heading" and tag != "p"]
    assert found == ["h3", "h4"]
    text = " ".join(page.text.split())
    assert "§1–2 2 passages unchanged" in text
    assert "§4–5 2 passages unchanged" in text


def test_what_only_one_rendition_has_is_told_apart() -> None:
    one, other = replace(BEFORE, byline="By Ana Lind"), replace(BEFORE, media_type="text/plain")
    page = page_of(one, other)
    assert "Two renditions compared" in page.text
    assert "Only in version 3" in page.text
    assert page.sides == {"del": [], "ins": []}


def test_what_is_ignored_stands_folded_and_is_never_marked_as_changed() -> None:
    before, after = report(prose(RULE), prose("Page 7 of 12")), report(prose(RULE), prose("Page 8 of 12"))
    changes = diff(before, after)
    blocks = tuple(replace(block, class_="none", ignored="numbers") for block in changes.blocks)
    quiet = replace(changes, blocks=blocks, numbers=())
    page = Page(render_html(quiet, before, after, names=NAMES))
    assert "1 passage ignored by 'numbers'" in page.text
    assert "Page 7 of 12 → Page 8 of 12" in page.text
    assert page.sides == {"del": [], "ins": []}
    assert "Only what is ignored differs" in page.text


def test_words_ignored_inside_a_passage_look_different_from_changed_ones() -> None:
    before, after = report(prose("Seen 7 times in May.")), report(prose("Seen 8 times in June."))
    changes = diff(before, after)
    runs = tuple(replace(run, kind="ignored", ignored="views") if run.before == "7" else run for run in _runs(changes))
    some = replace(changes, blocks=(replace(changes.blocks[0], runs=runs),), numbers=())
    html = render_html(some, before, after, names=NAMES)
    page = Page(html)
    assert "8" not in "".join(page.sides["ins"])
    assert "June" in "".join(page.sides["ins"])
    assert 'class="ignored" title="ignored: views"' in html
    assert "1 passage ignored by 'views'" in page.text


def _runs(changes) -> tuple[Run, ...]:
    return changes.blocks[0].runs


def test_a_field_that_is_ignored_is_told_of_by_its_rule() -> None:
    changes = diff(report(), report(title="Another"))
    field = FieldChange(path="/title", class_="none", before="A", after="B", ignored="titles")
    page = Page(render_html(replace(changes, fields=(field,)), report(), report(), names=NAMES))
    assert "1 passage ignored by 'titles'" in page.text


def test_a_coarse_comparison_says_so() -> None:
    changes = replace(diff(BEFORE, AFTER), coarse=True)
    assert "Too much changed at once" in Page(render_html(changes, BEFORE, AFTER, names=NAMES)).text


def test_texts_have_their_language_and_their_own_direction() -> None:
    page = page_of(*ARABIC)
    texts = [attributes for tag, attributes in page.elements if tag in ("p", "h1") and "dir" in attributes]
    assert {attributes["dir"] for attributes in texts} == {"auto"}
    assert {attributes["lang"] for attributes in texts} == {"ar"}
    assert page.all("html") == [{"lang": "en"}]


@pytest.mark.parametrize("code", ['ar" onclick="x', "<b>", "", "x" * 99, "a-" * 99, "en"])
def test_what_is_no_language_is_left_out(code: str) -> None:
    page = page_of(report(prose(RULE), language=code), report(prose(PRESS), language=code))
    assert {attributes["lang"] for _, attributes in page.elements if "lang" in attributes} == {"en"}


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_are_only_words(text: str) -> None:
    hostile = report(
        prose(text),
        prose(f"{text} {RULE}"),
        heading(text),
        table((text, "1"), (f"{text} b", text)),
        Block(kind="figure", text=text, figure=Figure(image=text, caption=text, credit=text)),
        linked(f"See {text} here", text, text),
        title=text,
        headline=text,
        byline=text,
        language=text,
        facts=(Country(name=text), Stage(number=1, name=text, model=text)),
    )
    for pair in ((hostile, AFTER), (BEFORE, hostile), (hostile, replace(hostile, blocks=hostile.blocks[::-1]))):
        html = render_html(diff(*pair), *pair, names=(text, text), head=((text, text),))
        page = Page(html)
        assert page.faults == []
        assert {tag for tag, _ in page.elements} <= {tag for tag, _ in FULL.elements} | {"details", "summary", "bdi"}
        assert len(page.all("script")) == len(page.all("style")) == 1
        assert not [name for _, found in page.elements for name in found if name.startswith("on") or name == "style"]
        assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069]", html)


@pytest.mark.parametrize("target", HOSTILE_TARGETS)
def test_only_addresses_of_the_web_and_of_mail_become_links(target: str) -> None:
    page = page_of(report(linked("A law forbids it.", "law", target)), report(prose("A law forbids it.")))
    assert {link.get("href", "#") for link in page.all("a") if not link.get("href", "#").startswith("#")} == {
        HEAD[0][1]
    }
    for safe in ("https://a.example/?q=1&b=<c>", "http://a.example/", "mailto:a@b.example"):
        page = page_of(report(linked("A law forbids it.", "law", safe)), report(prose("A law forbids it.")))
        outside = [link for link in page.all("a") if not link["href"].startswith("#")]
        assert [(link["href"], link["rel"]) for link in outside if link["href"] == safe] == [
            (safe, "noreferrer noopener")
        ]


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.sampled_from(HOSTILE)
KIND = st.sampled_from(["paragraph", "heading", "item", "quotation", "preformatted", "footnote"])
BLOCK = st.builds(Block, kind=KIND, text=TEXT, level=st.integers(0, 6)) | st.builds(
    table, st.tuples(TEXT, TEXT), st.tuples(TEXT, TEXT), header_rows=st.integers(0, 2)
)
REPORT = st.builds(lambda blocks, title: report(*blocks, title=title), st.lists(BLOCK, max_size=6), TEXT)
WORD = re.compile(r"[^\W_]+")


@settings(max_examples=300)
@given(REPORT, REPORT)
def test_any_two_reports_make_a_page_with_every_word_that_differs(before: Record, after: Record) -> None:
    changes = diff(before, after)
    html = render_html(changes, before, after, names=NAMES)
    page = Page(html)
    assert page.faults == []
    assert page.open == []
    assert len(page.all("script")) == 1
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069]", html)
    for block, other in ((b, o) for c in changes.blocks for b, o in ((c.before, "ins"), (c.after, "del")) if b):
        shown = "".join(page.without[other])
        texts = [text for row in block.rows for text in row] or [block.text]
        assert [w for text in texts if text.isprintable() for w in WORD.findall(text) if w not in shown] == []


@pytest.mark.parametrize("name", PALETTES)
def test_every_text_stands_out_from_its_ground(name: str) -> None:
    palette = PALETTES[name]
    assert set(GROUNDS) | {ground for grounds in GROUNDS.values() for ground in grounds} == set(palette) - {"rule"}
    for ink, grounds in GROUNDS.items():
        for ground in grounds:
            assert contrast(palette[ink], palette[ground]) >= 4.5, (ink, ground)
    assert contrast(palette["paper"], palette["ink"]) >= 4.5  # the layout that is chosen stands the other way round


def contrast(one: str, other: str) -> float:
    """The contrast of two colours by WCAG 2.2, "contrast ratio"."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_a_huge_report_makes_a_page_of_some_megabytes_that_says_what_it_lacks() -> None:
    before = [f"{RULE} {n} {RIVER} {n} {PRESS * 2}" for n in range(20_000)]
    after = [text.replace("military", "civil") if n % 9 == 0 else text for n, text in enumerate(before)]
    one, other = record(*before, title="Huge"), record(*after, title="Huge")
    assert sum(map(len, before)) > 8_000_000
    html = rendered(one, other)
    assert len(html) < 8_000_000
    page = Page(html)
    assert page.faults == []
    assert re.search("Left out of this page, to keep it readable: .* passages that stand in both", page.text)
    if "Here the page is full" in page.text:
        assert "does not hold all of it" in page.text


def test_a_page_that_is_full_says_where_it_stops_and_has_no_loose_ends() -> None:
    before = [f"{n} {PRESS}" * 20 for n in range(3_000)]
    after = [f"{n} {RIVER}" * 20 for n in range(3_000)]
    html = rendered(record(*before), record(*after, f"{PRESS} {RULE}"))
    page = Page(html)
    assert len(html) < 8_000_000
    assert "Here the page is full. Left out are" in page.text
    ids = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
    assert {link["href"][1:] for link in page.all("a") if link.get("href", "").startswith("#")} <= ids


def test_one_huge_line_is_cut_where_it_is_the_same() -> None:
    line = " ".join(f"word{n}" for n in range(100_000))
    html = rendered(record(line), record(line.replace("word500 ", "other ")))
    assert len(html) < 100_000
    assert "words the same …" in html
    assert "word500" in html
    assert "other" in html


def test_one_huge_table_is_bounded() -> None:
    rows = [tuple(f"{n * m} {PRESS}" for m in range(30)) for n in range(900)]
    other = [tuple(f"{n * m + 1} {RULE}" for m in range(30)) for n in range(900)]
    html = rendered(report(table(*rows), prose(RULE)), report(table(*other), prose(PRESS)))
    assert len(html) < 8_000_000
    assert "Left out of this page" in html


def test_a_fact_in_the_list_of_changes_is_cut_at_a_word() -> None:
    asked = "The council should open the archives of its own police to the families of all who were taken."
    html = rendered(record(RULE), replace(record(RULE), facts=(Recommendation(text=asked),)))
    assert "<bdi>recommendation: The council should open the …</bdi> added" in html
