import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from parsers.errors import FieldError
from parsers.tables import grid, is_data, lines
from parsers.tree import Tree, read_tree


def _table(inside: str, attributes: str = "") -> tuple[Tree, int]:
    root = LexborHTMLParser(f"<table {attributes}>{inside}</table>").root
    assert root is not None
    tree = read_tree(root)
    return tree, tree.tags.index("table")


def test_spans_are_repeated_and_short_rows_filled() -> None:
    rows = "<tr><th>Town<th colspan=2>Dead<tr><td rowspan=2>Orn<td>1<td>2<tr><td>3<tr><td>Sill"
    assert grid(*_table(rows)) == (
        ("Town", "Dead", "Dead"),
        ("Orn", "1", "2"),
        ("Orn", "3", ""),
        ("Sill", "", ""),
    )


@pytest.mark.parametrize("span", ["0", "-1", "x", "", "1.5", "²", "999999"])
def test_a_span_that_is_no_number_is_one(span: str) -> None:
    assert grid(*_table(f"<tr><td colspan='{span}'>a<td>b")) == (("a", "b"),)


def test_what_is_no_cell_is_passed_over() -> None:
    assert grid(*_table("<tr><script>x</script><td>a")) == (("a",),)
    assert grid(*_table("")) == ()


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        ("<tr>" + "<td colspan=600>a" * 2, "table: columns"),
        ("<tr>" + "<td colspan=1000 rowspan=300>a", "table: cells"),
        ("<tr>" + "<td rowspan=20000>a" * 11, "table: cells"),
    ],
)
def test_a_table_over_a_bound_is_refused_before_it_is_built(rows: str, named: str) -> None:
    with pytest.raises(FieldError) as caught:
        grid(*_table(rows))
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
    ],
    ids=["data", "head", "caption", "one row", "one column", "presentation", "heading", "nested", "empty"],
)
def test_a_table_that_arranges_a_page_is_no_data(rows: str, attributes: str, expected: bool) -> None:
    assert is_data(*_table(rows, attributes)) is expected


def test_a_line_has_each_cell_once_and_in_its_column() -> None:
    rows = "<tr><th colspan=3>Dead<tr><td>Orn<td>5<td>5<tr><td>Sill<td><td>5<tr><td>Tull<td>5<td><tr><td><td><td>"
    assert lines(*_table(rows)) == ("Dead", "Orn | 5 | 5", "Sill | | 5", "Tull | 5")


@given(st.lists(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), max_size=4), max_size=4))
def test_every_row_has_the_same_length(spans: list[list[tuple[int, int]]]) -> None:
    cells = ("".join(f"<td colspan={across} rowspan={down}>a" for across, down in row) for row in spans)
    rows = grid(*_table("".join(f"<tr>{row}</tr>" for row in cells)))
    assert len(rows) == len(spans)
    assert len({len(row) for row in rows}) <= 1
