import pytest

from parsers.nearby import Named, elements_named, lines_near, places_of, times
from parsers.page import Page


def _page(html: str) -> Page:
    return Page(html.encode(), url="https://h.example/p", content_type="text/html; charset=utf-8")


def _lines(html: str) -> list[tuple[int, str]]:
    tree = _page(html).tree
    return [(line.place, line.text) for line in lines_near(tree, tree.tags.index("h1"))]


def test_lines_are_those_a_reader_sees() -> None:
    html = (
        "<h1>Orn</h1><p>By <a href=/ana>Ana <b>Brix</b></a><span>3 May</span><br>two<div>three <i>four</i></div>"
        "five<nav>menu</nav><p hidden>no<p>&#8203;<p>six<footer>end</footer>"
    )
    assert _lines(html) == [(1, "By Ana Brix 3 May"), (2, "two"), (3, "three four"), (4, "five"), (5, "six")]


def test_a_piece_knows_what_holds_it() -> None:
    tree = _page(
        "<div class=all><h1>Orn</h1><div class=a><div id=b><p itemprop=c><span rel=d>"
        "<a href=/ana><time datetime=2024-05-03>3 May</time></a></span></p></div></div></div>"
    ).tree
    (line,) = lines_near(tree, tree.tags.index("h1"))
    (piece,) = line.pieces
    assert (piece.text, line.names_of(piece.holder), piece.stamp, piece.target) == (
        "3 May",
        "b c d",
        "2024-05-03",
        "/ana",
    )


def test_the_names_of_a_line_are_those_of_its_pieces() -> None:
    tree = _page("<h1>Orn</h1><p class=a><b class=b>Ana</b> <i>Brix</i>").tree
    (line,) = lines_near(tree, tree.tags.index("h1"))
    assert line.names == "a b a"


def test_what_was_open_ends_with_its_element() -> None:
    tree = _page("<h1>Orn</h1><p><a href=/ana>Ana</a> <time datetime=2024-05-03>3 May</time> end</p>").tree
    (line,) = lines_near(tree, tree.tags.index("h1"))
    assert [(piece.stamp, piece.target) for piece in line.pieces] == [("", "/ana"), ("2024-05-03", ""), ("", "")]


def test_a_time_without_words_counts() -> None:
    tree = _page("<h1>Orn</h1><p><time datetime=2024-05-03></time></p>").tree
    (line,) = lines_near(tree, tree.tags.index("h1"))
    assert (line.text, line.pieces[0].stamp) == ("", "2024-05-03")


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        ("<article><p>one</article><article><p>two</article>", ["one"]),
        ("<p>one<h2><a href=/x>Other</a></h2><p>two", ["one"]),
        ("<p>one<a href=/x><h3>Other</h3></a><p>two", ["one"]),
        ("<p>one<h2>Part</h2><p>two", ["one", "Part", "two"]),
        ("<p>" + "word " * 200 + "<p>two", ["word " * 199 + "word"]),
        ("<p>a" * 100, ["a"] * 60),
    ],
    ids=["second article", "linked heading", "heading in a link", "own heading", "prose", "many"],
)
def test_lines_end_where_another_page_is_told_of_or_the_prose_is_on(html: str, lines: list[str]) -> None:
    assert [text for _, text in _lines(f"<h1>Orn</h1>{html}")] == lines


def test_lines_above_are_those_of_a_small_part() -> None:
    assert _lines("<main><div><p>one<p>two<h1>Orn</h1></div></main>") == [(-1, "two"), (-2, "one")]
    assert _lines("<div><p>far<div><p>" + "<i>menu</i> " * 15 + "<div><p>one<h1>Orn</h1></div></div></div>") == [
        (-1, "one")
    ]
    assert _lines("<h1>Orn</h1>") == []
    assert _lines("<div>1<div>2<div>3<div>4<h1>Orn</h1></div></div></div></div>") == [(-1, "4"), (-2, "3"), (-3, "2")]


def test_places_are_those_of_a_tag_in_order() -> None:
    tree = _page("<h1>a</h1><p><h1>b</h1>").tree
    assert [tree.text(place) for place in places_of(tree, "h1")] == ["a", "b"]
    assert list(places_of(tree, "h6")) == []


def test_times_are_those_outside_links_and_menus() -> None:
    tree = _page(
        "<nav><time>1</time></nav><a href=/x><time>2</time></a><footer><time>3</time></footer>"
        "<article class=post><footer class=end><time datetime=2024>4</time></footer></article>"
    ).tree
    assert list(times(tree)) == [Named("4", "end post", "2024", "4")]


def test_elements_are_found_by_class_rel_or_itemprop() -> None:
    tree = _page(
        "<p class=post-author>Ana</p><p itemprop=author>Colm</p><a rel=author href=/x>Ines</a><p class=other>x</p>"
        "<p class=post-author>Ana</p><p class=post-author></p><p class=post-author>" + "long " * 50 + "</p>"
    ).tree
    assert [piece.text for piece in elements_named(tree, lambda names: "uthor" in names, 100)] == [
        "Ana",
        "Colm",
        "Ines",
        "Ana",
    ]
