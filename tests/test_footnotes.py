import time

import pytest
from selectolax.lexbor import LexborHTMLParser

from parsers.blocks import read_blocks
from parsers.footnotes import find_notes, note_text
from parsers.record import Block, Mark
from parsers.tree import Tree, read_tree


def _tree(html: str) -> Tree:
    root = LexborHTMLParser(html).root
    assert root is not None
    return read_tree(root)


def _blocks(html: str, *, dropped: str = "") -> tuple[Block, ...]:
    tree = _tree(html)
    chrome = {place: "chosen" for place, tag in enumerate(tree.tags) if tag == dropped}
    return read_blocks(tree, [0], base_url="https://h.example/", dropped=chrome).blocks


def _shown(html: str) -> list[str]:
    """Blocks as "kind: text", the target of each sign behind it."""
    lines = []
    for block in _blocks(html):
        text = block.text
        for mark in reversed(block.marks):
            text = f"{text[: mark.end]}({mark.kind} {mark.target}){text[mark.end :]}"
        lines.append(f"{block.kind}: {text}")
    return lines


NOTE = "<p id=n>A letter.</p>"


@pytest.mark.parametrize(
    "sign",
    [
        "<sup><a href=#n>1</a></sup>",
        "<a href=#n><sup>1</sup></a>",
        "<a href=#n>[1]</a>",
        "<a href=#n>(1)</a>",
        "<a href=#n role=doc-noteref>1</a>",
        "<span class=footnote-ref><a href=#n>1</a></span>",
        "<sup>[<a href=#n>1</a>]</sup>",
        "<sup><span>(</span><a href=#n><b>1</b></a><span>)</span></sup>",
    ],
)
def test_a_sign_is_shown_in_brackets_however_it_is_written(sign: str) -> None:
    assert _shown(f"<p>Orn fell.{sign}</p>{NOTE}") == ["paragraph: Orn fell.[1](note #1)", "footnote: A letter."]


def test_brackets_that_stand_around_a_sign_are_not_doubled() -> None:
    assert _shown(f"<p>Orn fell [<a href=#n class=ref>1</a>].</p>{NOTE}") == [
        "paragraph: Orn fell [1(note #1)].",
        "footnote: A letter.",
    ]


@pytest.mark.parametrize("label", ["12", "a", "*", "††", "note 3", "n. 4"])
def test_a_short_label_is_a_sign(label: str) -> None:
    assert _shown(f"<p>Orn fell.<sup><a href=#n>{label}</a></sup></p>{NOTE}")[0].endswith(f"[{label}](note #1)")


@pytest.mark.parametrize(
    "html",
    [
        "<p>See <a href=#n>chapter one</a>.</p>" + NOTE,
        "<p>See <a href=#n>1</a>.</p>" + NOTE,
        "<p>See <sup><a href=#m>1</a></sup>.</p>" + NOTE,
        "<p>See <sup><a href=#n>1</a></sup>.</p><h2 id=n>One</h2>",
        "<p>See <sup><a href=#n>1</a></sup>.</p><div id=n><h2>One</h2></div>",
        "<p>See <sup><a href=#n>1</a></sup>.</p><section id=n>One</section>",
        NOTE + "<p>See <sup><a href=#n>1</a></sup>.</p>",
        "<div id=n>See <sup><a href=#n>1</a></sup>.</div>",
        "<div id=o><p>See <sup><a href=#n>1</a></sup>.</p><i id=n></i></div>",
        f"<p>See <sup><a href=#n>{'<b></b>' * 12}1</a></sup></p>{NOTE}",
        "<p>See <sup><a href=#>1</a></sup>.</p>" + NOTE,
    ],
    ids=(
        "words,no sign of one,elsewhere,a heading,a chapter,a section,above,around,around in part,much in it,nowhere"
    ).split(","),
)
def test_other_links_within_a_page_are_no_signs(html: str) -> None:
    assert all(block.kind != "footnote" for block in _blocks(html))
    assert find_notes(_tree(html)).signs == {}


@pytest.mark.parametrize(
    ("sign", "back"),
    [
        ("<a href=#n id=r>1</a>", "#r"),
        ("<a href=#n name=r>1</a>", "#r"),
        ("<i id=r></i><a href=#n>1</a>", "#r"),
        ("<i id=r><a href=#n>1</a></i>", "#r"),
        ("<a href=#n><i id=r>1</i></a>", "#r"),
    ],
    ids=["id", "name", "before", "around", "within"],
)
def test_a_note_that_leads_back_makes_a_link_a_sign(sign: str, back: str) -> None:
    html = f"<p>Orn fell.{sign}</p><ol><li id=n><p>A letter. <a href={back}>return</a></p></ol>"
    assert _shown(html) == ["paragraph: Orn fell.[1](note #1)", "footnote: A letter."]


@pytest.mark.parametrize(
    ("note", "text"),
    [
        ("<p id=n>[1] A letter.</p>", "A letter."),
        ("<p id=n>1. A letter.</p>", "A letter."),
        ("<p id=n>1 A letter.</p>", "A letter."),
        ("<p id=n>(1) A letter.</p>", "A letter."),
        ("<p><a id=n></a>1: A letter.</p>", "A letter."),
        ("<p>^ <b><span id=n>A letter.</span></b> ↩︎</p>", "A letter."),
        ("<ol><li id=n>1 May: a letter.</ol>", "1 May: a letter."),
        ("<ol><li><p><i id=n></i>A letter.</p><p>And a list.</p></ol>", "A letter. And a list."),
        ("<div id=n>A letter. <a class=footnote-backref href=#other>up</a></div>", "A letter."),
        ("<div id=n>A letter. <span role=doc-backlink>up</span></div>", "A letter."),
        ("<table><tr><td id=n>A letter.</td></tr></table>", "A letter."),
    ],
)
def test_a_note_is_its_words_without_label_and_way_back(note: str, text: str) -> None:
    blocks = _blocks(f"<p>Orn fell.<sup><a href=#n>1</a></sup></p>{note}")
    assert [block.text for block in blocks if block.kind == "footnote"] == [text]


def test_marks_of_a_note_move_along() -> None:
    marks = (
        Mark(kind="strong", start=0, end=2),
        Mark(kind="emphasis", start=4, end=10),
        Mark(kind="link", start=11, end=12),
    )
    assert note_text("1. A letter ↩", marks, "1", is_numbered=False) == (
        "A letter",
        (Mark(kind="emphasis", start=1, end=7),),
    )


def test_notes_are_numbered_as_they_stand_and_signs_repeat() -> None:
    html = """<p>a<sup><a href=#y>2</a></sup> b<sup><a href=#x>1</a></sup> c<sup><a href=#y>2</a></sup></p>
        <ol><li id=x>One.<li id=y>Two.<sup><a href=#z>3</a></sup><li id=z>Three.</ol>"""
    assert _shown(html) == [
        "paragraph: a[2](note #2) b[1](note #1) c[2](note #2)",
        "footnote: One.",
        "footnote: Two.[3](note #3)",
        "footnote: Three.",
    ]


def test_a_note_of_several_parts_goes_on_as_paragraphs() -> None:
    html = "<p>a<sup><a href=#n>1</a></sup></p><div id=n>One.<ul><li>list</ul>Two.</div>"
    assert _shown(html) == [
        "paragraph: a[1](note #1)",
        "footnote: One.",
        "item: list",
        "paragraph: Two.",
    ]


def test_a_note_that_was_left_out_is_read_where_something_refers_to_it() -> None:
    html = "<p>Orn fell.<sup><a href=#n>1</a></sup></p><footer><p id=n>A letter.</p><p id=m>Another.</p></footer>"
    assert [(block.kind, block.text) for block in _blocks(html, dropped="footer")] == [
        ("paragraph", "Orn fell.[1]"),
        ("footnote", "A letter."),
    ]


@pytest.mark.parametrize(
    "note", ["<p id=n hidden>A letter.</p>", "<div hidden><p id=n>A letter.</p></div>", "<p id=n>1</p>"]
)
def test_a_sign_without_a_note_is_only_words(note: str) -> None:
    (block,) = _blocks(f"<p>Orn <b>fell</b>.<sup><a href=#n>1</a></sup></p>{note}")
    assert (block.text, [mark.kind for mark in block.marks]) == ("Orn fell.[1]", ["strong"])


RAISED = "<p>Orn fell.<sup>1</sup> It burnt.<sup>2</sup></p>"


def test_raised_numbers_that_nothing_links_are_pairs() -> None:
    html = RAISED + "<p><sup>1</sup> A letter.</p><p><sup>2</sup> Another.</p><p><sup>2</sup> A third.</p>"
    assert _shown(html) == [
        "paragraph: Orn fell.[1](note #1) It burnt.[2](note #2)",
        "footnote: A letter.",
        "footnote: Another.",
        "paragraph: 2 A third.",
    ]


@pytest.mark.parametrize(
    "html",
    [
        RAISED,
        RAISED + "<p>No <sup>1</sup> A letter.</p>",
        "<p><sup>1</sup> A letter.</p>" + RAISED,
        "<p>The 5<sup>th</sup></p><p><sup>th</sup> A letter.</p>",
        "<p>An area of 9 m<sup>2</sup>.</p><p><sup>2</sup> A letter.</p>",
        "<p>a<sup>1<b>2</b></sup> <sup></sup></p><p><sup>1<b>2</b></sup> A letter.</p>",
        "<p>a<sup>1</sup></p><section><sup>1</sup> A letter.</section>",
    ],
    ids=["no note", "words before", "note above", "an ordinal", "an area", "more than a number", "a section"],
)
def test_raised_numbers_without_a_note_are_words(html: str) -> None:
    assert all(block.kind != "footnote" for block in _blocks(html))
    assert find_notes(_tree(html)).signs == {}


@pytest.mark.parametrize(
    "part",
    [
        "<a href=#n>1</a>",
        "<sup><a href=#n>1</a></sup>",
        "<a href=#n id=r>1</a><a href=#r>back</a>",
        "<sup>1</sup>",
        "<i></i>",
        "<i id=n></i>",
        "<p><sup>1</sup></p>",
    ],
)
def test_the_time_grows_with_the_page_alone(part: str) -> None:
    def cost(times: int) -> float:
        tree = _tree(f"<div>{part * times}<p id=n>{part * times}</p><p><sup>1</sup>{part * times}</p></div>")
        return min(spent(tree) for _ in range(3))

    def spent(tree: Tree) -> float:
        start = time.process_time()
        find_notes(tree)
        return time.process_time() - start

    cost(500)
    assert cost(8_000) < 40 * max(cost(1_000), 0.002)
