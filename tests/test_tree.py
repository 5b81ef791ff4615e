import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from parsers.tree import TEXT, Tree, hides, read_tree


def _tree(html: str) -> Tree:
    root = LexborHTMLParser(html).root
    assert root is not None
    return read_tree(root)


def test_nodes_stand_in_the_order_of_the_page() -> None:
    tree = _tree("<!-- a --><body class=x><p>one <b>two</b></p> <?php x ?><script>three</script><i></i>\n four")
    assert tree.tags == ["html", "body", "p", TEXT, "b", TEXT, "i", TEXT]
    assert tree.parents == [-1, 0, 1, 2, 2, 4, 1, 1]
    assert tree.ends == [8, 8, 6, 4, 6, 6, 7, 8]
    assert tree.raws == ["", "", "", "one ", "", "two", " ", "\n four"]
    assert tree.texts == ["", "", "", "one", "", "two", "", "four"]
    assert tree.attributes == {1: {"class": "x"}}


def test_an_empty_page_has_no_words() -> None:
    tree = _tree("")
    assert tree.tags == ["html", "body"]
    assert tree.words(0) == tree.text(0) == ""
    assert tree.named("p") == ()


def test_a_place_answers_what_is_in_it_and_around_it() -> None:
    tree = _tree("<body><ul id=a><li>one</li> <li><p>two</ul><p>three")
    ul = tree.tags.index("ul")
    assert tree.attribute(ul, "id") == "a"
    assert tree.attribute(ul, "class") == tree.attribute(0, "id") == ""
    assert [tree.tags[child] for child in tree.children(ul)] == ["li", "li"]
    assert [tree.tags[found] for found in tree.below(ul, "p", "li", "ol")] == ["li", "li", "p"]
    assert [tree.text(place) for place in tree.named("p")] == ["two", "three"]
    assert tree.below(ul, "p") == [tree.first(ul, "p")] == [tree.tags.index("p")]
    assert tree.first(ul, "ol") is None
    assert tree.first(tree.named("p")[1], "li") is None
    assert tree.within(tree.tags.index("p"), {ul})
    assert not tree.within(ul, {ul})


def test_an_element_of_the_page_is_found_again() -> None:
    page = LexborHTMLParser("<body><p>one<p>two</p><noscript><p>three</p></noscript>")
    assert page.root is not None
    tree = read_tree(page.root)
    assert [tree.text(place) for place in tree.places(page.css("p"))] == ["one", "two"]
    assert [tree.tags[place] for place in tree.places(reversed(page.css("body, p:first-child")))] == ["p", "body"]
    assert tree.places([]) == []


@pytest.mark.parametrize(
    ("html", "text", "words"),
    [
        ("<span>Vel</span><b>mora</b> fell", "Velmora fell", "Vel mora fell"),
        ("one<br>two", "one two", "one two"),
        ("<p>one</p>two<div>three</div><p></p>", "one two three", "one two three"),
        ("a<script>b</script>\u200b &nbsp; c", "a c", "a c"),
    ],
    ids=["inline", "break", "blocks", "unseen"],
)
def test_the_text_of_a_place_keeps_words_whole_and_blocks_apart(html: str, text: str, words: str) -> None:
    tree = _tree(html)
    assert tree.text(0) == text
    assert tree.words(0) == words


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"hidden": None}, True),
        ({"style": "display: none"}, True),
        ({"style": "Visibility:HIDDEN;color:red"}, True),
        ({"style": "color:red"}, False),
        ({"style": None}, False),
        ({}, False),
    ],
)
def test_hidden_is_what_says_so(attributes: dict[str, str | None], expected: bool) -> None:
    assert hides(attributes) is expected


@pytest.mark.parametrize("attributes", ["class=accordion-body", "id=answer-3", "role=tabpanel"])
def test_what_a_reader_opens_is_not_hidden(attributes: str) -> None:
    assert not _tree(f"<div {attributes} hidden>a</div>").hidden
    assert not _tree(f"<div {attributes}><p hidden>a</div>").hidden


def test_what_is_hidden_is_known_by_its_place() -> None:
    tree = _tree("<p hidden>a<p style='display:none'>b<p style='color:red'>c<p>d")
    assert [tree.text(place) for place in tree.hidden] == ["a", "b"]


PIECES = st.sampled_from([*(f"<{tag}>" for tag in ("p", "div", "b", "table", "td", "/div", "/b", "svg")), "a", " "])


@given(st.lists(PIECES, max_size=40))
def test_what_is_below_a_node_is_a_slice(pieces: list[str]) -> None:
    tree = _tree("".join(pieces))
    for place, parent in enumerate(tree.parents):
        assert place < tree.ends[place] <= len(tree.tags)
        assert parent < place
        assert parent == -1 or tree.ends[place] <= tree.ends[parent]
        assert [child for child, above in enumerate(tree.parents) if above == place] == list(tree.children(place))
