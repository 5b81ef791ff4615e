import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from parsers.errors import FieldError
from parsers.line import Words
from parsers.record import Block, Mark
from parsers.tables import cells_with_marks, is_data, read_table, row_text, table_caption, written_table
from parsers.tree import Tree, read_tree


def _table(inside: str, attributes: str = "") -> tuple[Tree, int]:
    root = LexborHTMLParser(f"<table {attributes}>{inside}</table>").root
    assert root is not None
    tree = read_tree(root)
    return tree, tree.tags.index("table")


def _read(inside: str, caption: str = "") -> Block:
    tree, table = _table(inside)

    def words(cell: int) -> Words:
        """The text of a cell, strong where it has a `b`, a link where it has an `a`."""
        text = tree.text(cell)
        kinds = ("strong" if tree.first(cell, "b") else "", "link" if tree.first(cell, "a") else "")
        return text, tuple(
            Mark(kind=kind, start=0, end=len(text), target="/x" * (kind == "link")) for kind in kinds if kind
        )

    return read_table(tree, table, (caption, ()), words)[0]


def grid(inside: str) -> tuple[tuple[str, ...], ...]:
    return _read(inside).rows


def test_spans_are_repeated_and_short_rows_filled() -> None:
    rows = "<tr><th>Town<th colspan=2>Dead<tr><td rowspan=2>Orn<td>1<td>2<tr><td>3<tr><td>Sill"
    assert grid(rows) == (
        ("Town", "Dead", "Dead"),
        ("Orn", "1", "2"),
        ("Orn", "3", ""),
        ("Sill", "", ""),
    )


@pytest.mark.parametrize("span", ["0", "-1", "x", "", "1.5", "²", "999999"])
def test_a_span_that_is_no_number_is_one(span: str) -> None:
    assert grid(f"<tr><td colspan='{span}'>a<td>b") == (("a", "b"),)


def test_what_is_no_cell_is_passed_over() -> None:
    assert grid("<tr><script>x</script><td>a") == (("a",),)
    assert grid("") == ()


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        ("<tr>" + "<td colspan=600>a" * 2, "table: columns"),
        ("<tr><td colspan=1000 rowspan=300>a" + "<tr>" * 299, "table: cells"),
        ("<tr>" + "<td rowspan=20000>a" * 11 + "<tr>" * 19_999, "table: cells"),
        ("<tr>" * 20_001, "table: rows"),
        (f"<tr><td colspan=900>{'a' * 1_000}", "table: repeated characters"),
    ],
)
def test_a_table_over_a_bound_is_refused_before_it_is_built(rows: str, named: str) -> None:
    with pytest.raises(FieldError) as caught:
        grid(rows)
    assert caught.value.selector == named


@pytest.mark.parametrize(
    ("rows", "attributes", "expected"),
    [
        ("<tr><td>a<td>b<tr><td>c<td>d", "", True),
        ("<tr><th>a<th>b", "", True),
        ("<caption>Dead</caption><tr><td>a<td>b", "", True),
        ("<tr><td>a<td>b", "", False),
        ("<tr><td>a<tr><td>b", "", False),
        ("<tr><td>a<td>b<tr><td>c<td>d", "role=presentation", False),
        ("<tr><td>a<td><h2>b</h2><tr><td>c<td>d", "", False),
        ("<tr><td>a<td><table><tr><td>b</table><tr><td>c<td>d", "", False),
        ("", "", False),
        ("<thead><tr><td>a<td>b", "", True),
        ("<tr><th>a<td><table><tr><td>b</table>", "", True),
        ("<tr><th>a<td><h1>b</h1>", "", False),
        ("<tr><td>a<td><ul><li>b</ul><tr><td>c<td>d", "", True),
        (f"<tr><td>a<td><ul><li>{'long ' * 60}</ul><tr><td>c<td>d", "", False),
        (f"<tr><td>a<td>{'long ' * 100}<tr><td>c<td>d", "", False),
        (f"<tr><td>a<td>{'long ' * 100}<tr><td>c<td>{'long ' * 100}", "", True),
    ],
    ids=(
        "data,head,caption,one row,one column,presentation,heading,nested,empty,thead,nested with head,a page,lists,"
        "long lists,mostly one cell,long cells"
    ).split(","),
)
def test_a_table_that_arranges_a_page_is_no_data(rows: str, attributes: str, expected: bool) -> None:
    assert is_data(*_table(rows, attributes)) is expected


def test_a_line_has_each_cell_once_and_in_its_column() -> None:
    rows = "<tr><th colspan=3>Dead<tr><td>Orn<td>5<td>5<tr><td>Sill<td><td>5<tr><td>Tull<td>5<td><tr><td><td><td>"
    assert _read(rows).text.split("\n") == ["Dead", "Orn | 5 | 5", "Sill | | 5", "Tull | 5"]


@given(st.lists(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), max_size=4), max_size=4))
def test_every_row_has_the_same_length(spans: list[list[tuple[int, int]]]) -> None:
    cells = ("".join(f"<td colspan={across} rowspan={down}>a" for across, down in row) for row in spans)
    rows = grid("".join(f"<tr>{row}</tr>" for row in cells))
    assert len(rows) == len(spans)
    assert len({len(row) for row in rows}) <= 1


@pytest.mark.parametrize(
    ("rows", "heads"),
    [
        ("<tr><td>a<td>b<tr><td>c<td>d", 0),
        ("<tr><th>a<th>b<tr><td>c<td>d", 1),
        ("<tr><td><th>b<tr><th>c<td>d", 1),
        ("<tr><th colspan=2>a<tr><th>b<th>c<tr><td>d<td>e", 2),
        ("<tr><th>a<td>b<tr><th>c<td>d", 0),
        ("<thead><tr><td>a<td>b<tr><td>c<td>d<tbody><tr><td>e<td>f", 2),
        ("<thead><tr><td>a<td>b<tr><td>c<td>d", 1),
        ("<tr><th>a<th>b<tr><th>c<th>d", 1),
        ("<tr><td><b>a</b><td><b>b</b><tr><td>c<td>d", 1),
        ("<tr><td><b>a</b><td><b>b</b><tr><td><b>c</b><td><b>d</b>", 0),
        ("<tr><td><b>a</b><td>b<tr><td>c<td>d", 0),
        ("<tr><td><td><tr><td>c<td>d", 0),
    ],
    ids=("none,th,corner,two rows,names of rows,thead,thead alone,th alone,strong,all strong,one strong,empty").split(
        ","
    ),
)
def test_head_rows_are_counted(rows: str, heads: int) -> None:
    assert _read(rows).header_rows == heads


def test_a_head_is_strong_of_itself() -> None:
    block = _read("<tr><th><b>a</b><th>b<tr><td><b>c</b><td>d")
    assert block.marks == (Mark(kind="strong", start=6, end=7),)


def test_a_table_in_a_cell_is_not_entered() -> None:
    assert grid("<tr><td>a<td>b<table><tr><td>c<td>d</table><tr><td>e<td>f") == (("a", "b c d"), ("e", "f"))


CAPTIONED = "<tr><th>Town<th>Dead<tr><td rowspan=2><a>Orn</a><td>5<tr><td>7<tr><td><td><a>Orn</a>"


@pytest.mark.parametrize("caption", ["", "Dead by town", "Town by town", "Town", "| odd"])
def test_cells_are_found_again_with_their_marks(caption: str) -> None:
    block = _read(CAPTIONED, caption)
    link = (Mark(kind="link", start=0, end=3, target="/x"),)
    assert table_caption(block) == caption
    assert cells_with_marks(block) == [
        [("Town", ()), ("Dead", ())],
        [("Orn", link), ("5", ())],
        [("Orn", ()), ("7", ())],
        [("", ()), ("Orn", link)],
    ]


def test_marks_of_a_caption_are_in_no_cell() -> None:
    link = Mark(kind="link", start=0, end=4, target="/x")
    block = written_table([[("Town", ()), ("Dead", ())], [("Orn", ()), ("5", ())]], heads=1, caption=("Toll", (link,)))
    assert (block.text, block.marks) == ("Toll\nTown | Dead\nOrn | 5", (link,))
    assert all(marks == () for row in cells_with_marks(block) for _, marks in row)


def test_a_table_that_was_written_is_a_block() -> None:
    strong = Mark(kind="strong", start=0, end=1)
    assert written_table([[("a", ()), ("", ())], [("b", (strong,)), ("c", ())]], heads=1, caption=("A", ())) == Block(
        kind="table",
        text="A\na\nb | c",
        marks=(Mark(kind="strong", start=4, end=5),),
        rows=(("a", ""), ("b", "c")),
        header_rows=1,
    )


def test_a_row_is_a_line() -> None:
    assert row_text(["a", "", "b", ""]) == "a | | b"
    assert row_text(["", "b"]) == "| b"
    assert row_text(["", ""]) == ""
