import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from parsers.blocks import Content, chrome_part, read_blocks
from parsers.record import Block, Chrome, Figure, Mark
from parsers.tree import read_tree

BASE = "https://h.example/reports/velmora"
PICTURES = "https://h.example/reports/"


def _read(html: str, *, dropped: str = "", pictures: str = "") -> Content:
    page = LexborHTMLParser(html)
    assert page.root is not None
    tree = read_tree(page.root)
    chosen = [tree.places(page.css(selector)) if selector else [] for selector in (dropped, pictures)]
    return read_blocks(
        tree, [0], base_url=BASE, dropped=dict.fromkeys(chosen[0], "chosen"), pictures=frozenset(chosen[1])
    )


def _blocks(html: str) -> tuple[Block, ...]:
    return _read(html).blocks


def _texts(html: str) -> list[str]:
    return [block.text for block in _blocks(html)]


def test_each_kind_of_block_is_told_apart() -> None:
    html = """<h2>Orn <span>has</span>fallen</h2><p>Words.</p><ul><li>one<ol><li>two</li></ol></li></ul>
        <blockquote><p>said</p></blockquote><pre>x  y
          z  </pre><table><tr><td>Orn<td>12<tr><td>Sill<td>Sill</table>"""
    assert _blocks(html) == (
        Block(kind="heading", text="Orn hasfallen", level=2),
        Block(kind="paragraph", text="Words."),
        Block(kind="item", text="one", level=1),
        Block(kind="item", text="two", level=2, ordered=True),
        Block(kind="quotation", text="said"),
        Block(kind="preformatted", text="x  y\n          z"),
        Block(kind="table", text="Orn | 12\nSill | Sill", rows=(("Orn", "12"), ("Sill", "Sill"))),
    )


def test_spans_join_without_a_space_and_blocks_stand_apart() -> None:
    assert _texts("<p><span>Vel</span><span>mora</span> <b> fell </b><i>.</i></p><div>a<p>b</div>c") == [
        "Velmora fell .",
        "a",
        "b",
        "c",
    ]


def test_white_space_between_elements_parts_words_and_stays_in_preformatted_text() -> None:
    assert _texts("<p><i>a</i> <b>b</b><span> </span><u>c</u></p>") == ["a b c"]
    assert _texts("<pre><i>a</i>\n  <b>b</b></pre>") == ["a\n  b"]


def test_a_line_break_ends_a_paragraph_but_not_an_item_or_a_heading() -> None:
    assert _texts("<p>one<br>two</p><li>three<br>four<p>five</p></li><h2>six<br>seven</h2><pre>a<br>b</pre>") == [
        "one",
        "two",
        "three four five",
        "six seven",
        "a\nb",
    ]


def test_an_item_outside_a_list_is_an_item() -> None:
    assert _blocks("<li>one") == (Block(kind="item", text="one", level=1),)


def test_an_empty_paragraph_of_a_zero_width_space_is_none() -> None:
    assert _texts("<p>\u200b</p><p>&nbsp;</p><h2></h2><table></table><p>a\u200b</p>") == ["a"]


def test_a_typed_bullet_makes_an_item_and_its_marks_move_along() -> None:
    (block,) = _blocks("<p><b>•</b> The <a href=/un>Union</a> must act.</p>")
    assert (block.kind, block.text) == ("item", "The Union must act.")
    assert block.marks == (Mark(kind="link", start=4, end=9, target="https://h.example/un"),)


def test_marks_follow_the_words() -> None:
    (block,) = _blocks("<p>The <strong><b>army</b></strong> <em>took <a href='http://o.example/#x'>Orn</a></em></p>")
    assert block.text == "The army took Orn"
    assert block.marks == (
        Mark(kind="strong", start=4, end=8),
        Mark(kind="emphasis", start=9, end=17),
        Mark(kind="link", start=14, end=17, target="http://o.example/#x"),
    )


def test_a_link_around_paragraphs_marks_each() -> None:
    first, second = _blocks("<a href=/a><p>one</p><p>two</p></a>")
    assert first.marks == second.marks == (Mark(kind="link", start=0, end=3, target="https://h.example/a"),)


@pytest.mark.parametrize(
    ("href", "target"),
    [
        ("/a", "https://h.example/a"),
        (" b ", "https://h.example/reports/b"),
        ("#note-1", "#note-1"),
        ("mailto:a@h.example", "mailto:a@h.example"),
        ("http://[", "http://["),
    ],
)
def test_a_link_leads_to_an_absolute_address(href: str, target: str) -> None:
    (block,) = _blocks(f"<p><a href='{href}'>a</a>")
    assert [mark.target for mark in block.marks] == [target]


@pytest.mark.parametrize("href", ["", "javascript:x()", "data:,x", "about:blank", "/cdn-cgi/l/email-protection#0f"])
def test_a_link_that_leads_nowhere_or_elsewhere_at_each_answer_is_none(href: str) -> None:
    assert _blocks(f"<p><a href='{href}'>a</a>")[0].marks == ()


def test_marks_are_dropped_where_composing_signs_would_move_them() -> None:
    (block,) = _blocks("<p>Zoe<b>\u0308 fell</b></p>")
    assert (block.text, block.marks) == ("Zoë fell", ())


def test_what_is_never_shown_is_no_text() -> None:
    html = "<script>a</script><style>b</style><p>c<svg><text>d</text></svg></p><!-- e -->"
    assert _read(html) == Content(blocks=(Block(kind="paragraph", text="c"),), chrome=())


def test_what_is_left_out_is_listed_in_order() -> None:
    html = "<nav>Home<a>About</a></nav><p>Words.</p><p hidden>secret</p><div class=x></div><div class=x>Share</div>"
    content = _read(html, dropped="nav, .x")
    assert content == Content(
        blocks=(Block(kind="paragraph", text="Words."),),
        chrome=(
            Chrome(text="Home About", reason="chosen", words=2),
            Chrome(text="secret", reason="hidden", words=1),
            Chrome(text="Share", reason="chosen", words=1),
        ),
    )


def test_the_words_of_a_long_part_are_cut() -> None:
    root = LexborHTMLParser("<p>" + "word " * 100).root
    assert root is not None
    part = chrome_part(read_tree(root), 0, "chosen")
    assert part
    assert (len(part.text), part.text[-1], part.words) == (200, "…", 100)


def test_a_figure_has_its_caption_and_is_not_repeated() -> None:
    html = """<p>one</p><figure><img src=a.jpg><figcaption>A bridge [Press]</figcaption></figure>
        <figure><img src=a.jpg></figure><figure><img src=b.jpg></figure>"""
    assert _blocks(html)[1:] == (
        Block(
            kind="figure", text="A bridge", figure=Figure(image=f"{PICTURES}a.jpg", caption="A bridge", credit="Press")
        ),
        Block(kind="figure", text="", figure=Figure(image=f"{PICTURES}b.jpg")),
    )


def test_a_figure_without_picture_or_caption_is_read_for_its_words() -> None:
    assert _texts("<figure><p>Words.</p></figure>") == ["Words."]
    assert _texts("<figure><blockquote>said</blockquote><figcaption>by whom</figcaption></figure>") == [
        "said",
        "by whom",
    ]


def test_named_elements_are_pictures_without_a_figure_element() -> None:
    content = _read(
        "<p>a</p><div class=photo><img src=a.jpg><i>x</i></div><div class=photo>none</div>", pictures=".photo"
    )
    assert [block.figure for block in content.blocks] == [None, Figure(image=f"{PICTURES}a.jpg")]


def test_a_table_has_its_caption_as_first_line() -> None:
    (block,) = _blocks("<table><caption>Dead</caption><tr><td>Orn<td>12</table>")
    assert block.text == "Dead\nOrn | 12"


def test_a_table_without_words_is_none() -> None:
    assert _blocks("<table><tr><td><td><tr><td><td></table>") == ()


def test_a_table_too_large_for_a_rectangle_is_read_as_paragraphs() -> None:
    assert _texts("<table><tr><td colspan=600>a<td colspan=600>b<tr><td>c<td>d</table>") == ["a", "b", "c", "d"]


def test_what_spans_repeat_is_bounded_for_a_page_as_a_whole() -> None:
    table = f"<table><tr><th colspan=300>{'a' * 1_000}<th>b</table>"
    assert [block.kind for block in _blocks(table * 3)] == ["table", "paragraph", "paragraph", "paragraph", "paragraph"]


def test_a_table_that_arranges_the_page_is_read_as_paragraphs() -> None:
    assert _texts("<table><tr><td>one<td><h2>two</h2></table>") == ["one", "two"]


TAGS = (
    "p div span b a i em li ul ol h2 br blockquote pre table tr td th caption figure figcaption img nav hr q sup dl "
    "dt dd"
).split()
LINKED = ("<a href=#a id=b>", "<p id=a>", "<li id=b>", "<sup id=c><a href=#b>1</a></sup>", "<a href=#c>")
PIECES = st.sampled_from(
    [*(f"<{tag}>" for tag in TAGS), *(f"</{tag}>" for tag in TAGS), "word", "1", " ", "\n", "<a href=x>", *LINKED]
)


@given(st.lists(PIECES, max_size=40))
def test_any_markup_gives_blocks_with_words_and_marks_within(pieces: list[str]) -> None:
    html = "".join(pieces)
    content = _read(html)
    assert content == _read(html)
    for block in content.blocks:
        assert block.text.strip() or block.figure
        assert all(0 <= mark.start < mark.end <= len(block.text) for mark in block.marks)
        assert block.kind in {"preformatted", "table"} or "\n" not in block.text
        assert block.header_rows <= len(block.rows)
    notes = sum(block.kind == "footnote" for block in content.blocks)
    targets = {mark.target for block in content.blocks for mark in block.marks if mark.kind == "note"}
    assert targets <= {f"#{number}" for number in range(1, notes + 1)}


def _kinds(html: str) -> list[tuple[str, str, int]]:
    return [(block.kind, block.text, block.level) for block in _blocks(html)]


def test_definition_lists_have_terms_and_definitions() -> None:
    html = "<dl><dt>Unit</dt><dd><p>one</p><p>two</p><dl><dt>Car<dd>grey<ul><li>old</ul>then</dl></dd></dl><dt>loose"
    assert _kinds(html) == [
        ("term", "Unit", 1),
        ("definition", "one two", 1),
        ("term", "Car", 2),
        ("definition", "grey", 2),
        ("item", "old", 1),
        ("definition", "then", 2),
        ("term", "loose", 1),
    ]


def test_quotations_are_nested_and_hold_other_blocks() -> None:
    html = (
        "<blockquote>a<blockquote><p>b</p></blockquote><ul><li>c<blockquote><p>d</p><p>e</blockquote></ul></blockquote>"
    )
    assert _kinds(html) == [
        ("quotation", "a", 0),
        ("quotation", "b", 1),
        ("item", "c", 1),
        ("quotation", "d", 1),
        ("quotation", "e", 1),
    ]


def test_text_after_an_inner_list_belongs_to_the_outer_item() -> None:
    assert _kinds("<ul><li>a<ol><li>b</ol>c</ul>d") == [
        ("item", "a", 1),
        ("item", "b", 2),
        ("item", "c", 1),
        ("paragraph", "d", 0),
    ]


def test_a_button_that_is_a_heading_is_read_and_any_other_left_out() -> None:
    content = _read("<h3><button>Why?</button></h3><p>Because. <button>Copy</button></p><h3><select>a</select>b</h3>")
    assert [block.text for block in content.blocks] == ["Why?", "Because.", "b"]
    assert [part.reason for part in content.chrome] == ["tag button", "tag select"]


def test_a_heading_is_read_without_the_sign_its_address_is_copied_from() -> None:
    assert _texts("<h2>One <a href=#one>¶</a></h2><h2><a href=#two>Two</a></h2><h2>3 <a href=/three>#</a></h2>") == [
        "One",
        "Two",
        "3 #",
    ]


def test_each_picture_of_a_gallery_is_a_figure_and_so_is_its_caption() -> None:
    html = """<figure><figure><img src=a.jpg><figcaption>one</figcaption></figure><figure><img src=b.jpg></figure>
        <figcaption>Doors. Photos: Ana Brix</figcaption></figure>"""
    assert [block.figure for block in _blocks(html)] == [
        Figure(image=f"{PICTURES}a.jpg", caption="one"),
        Figure(image=f"{PICTURES}b.jpg"),
        Figure(caption="Doors.", credit="Ana Brix"),
    ]


TABLE = "<tr><th>Town<th>Dead<tr><td>Orn<td>5"


@pytest.mark.parametrize(
    ("html", "texts"),
    [
        (f"<table>{TABLE}</table><figcaption>Toll</figcaption>", ["Toll\nTown | Dead\nOrn | 5"]),
        (f"<figcaption>Toll</figcaption><table>{TABLE}</table>", ["Toll\nTown | Dead\nOrn | 5"]),
        (f"<table><caption>A</caption>{TABLE}</table><figcaption>B</figcaption>", ["A\nTown | Dead\nOrn | 5", "B"]),
        ("<table><tr><td>a</table><figcaption>B</figcaption>", ["a", "B"]),
        ("<pre>a</pre><figcaption>B</figcaption>", ["a", "B"]),
        (f"<table>{TABLE}</table>", ["Town | Dead\nOrn | 5"]),
        ("<figcaption></figcaption><blockquote>a</blockquote>", ["a"]),
    ],
    ids=["below", "above", "two", "no data", "verbatim", "none", "empty"],
)
def test_the_caption_of_a_figure_is_that_of_the_table_in_it(html: str, texts: list[str]) -> None:
    assert _texts(f"<figure>{html}</figure>") == texts


def test_the_caption_of_a_quotation_says_whose_it_is() -> None:
    html = "<figure><blockquote>said</blockquote><figcaption>by whom</figcaption></figure><p>b</p>"
    assert [kind for kind, _, _ in _kinds(html)] == ["quotation", "quotation", "paragraph"]


def test_a_picture_with_a_caption_is_a_figure_whatever_holds_it() -> None:
    html = "<p>a</p><div><a href=/b><img src=b.jpg></a><p class=wp-caption-text>A bridge [Press]</p></div>"
    assert _blocks(html)[1].figure == Figure(image=f"{PICTURES}b.jpg", caption="A bridge", credit="Press")


def test_links_in_a_table_are_kept() -> None:
    (block,) = _blocks("<table><tr><th>Town<th>Source<tr><td>Orn<td><a href=/o>a letter</a></table>")
    assert block.text == "Town | Source\nOrn | a letter"
    assert block.header_rows == 1
    assert block.marks == (Mark(kind="link", start=20, end=28, target="https://h.example/o"),)


def test_tables_in_a_table_of_data_follow_it() -> None:
    inner = "<table><tr><th>To<th>Dead<tr><td>Sill<td>2<table><tr><th>x<th>y</table></table>"
    html = f"<table>{TABLE}{inner}<table><tr><td>loose</table><tr><td>Tull<td>7{inner.replace('To', 'By')}</table>"
    assert _texts(html) == [
        "Town | Dead\nOrn | 5 loose\nTull | 7",
        "To | Dead\nSill | 2",
        "x | y",
        "By | Dead\nSill | 2",
        "x | y",
    ]
