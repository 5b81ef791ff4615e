import pytest

from parsers.errors import FieldError
from parsers.page import Page
from parsers.rules import attr, date, first_of, first_text, json_ld, meta, names, no_words, nobody, nothing, text

PAGE = Page(
    b"""<meta name=author content="Ana Brix"><h1>Velmora <b>report</b></h1><p class=a></p><p class=a>two</p>
    <time datetime=" 2024-05-03T10:00:00Z ">3 May</time><i>On 3 May 2024 it fell</i><u>May 2024</u>""",
    url="https://h.example/",
)


def test_text_is_that_of_the_one_element() -> None:
    assert text("h1")(PAGE) == "Velmora report"
    with pytest.raises(FieldError):
        text("p")(PAGE)
    with pytest.raises(FieldError):
        text("h2")(PAGE)


def test_first_text_passes_over_what_is_empty() -> None:
    assert first_text("p.a")(PAGE) == "two"
    assert first_text("h2")(PAGE) == ""


def test_attr_and_meta_are_empty_where_there_is_none() -> None:
    assert attr("time", "datetime")(PAGE) == "2024-05-03T10:00:00Z"
    assert attr("time", "title")(PAGE) == ""
    assert attr("h2", "title")(PAGE) == ""
    assert meta("none", "author")(PAGE) == "Ana Brix"
    assert meta("none")(PAGE) == ""


LINKED = Page(
    b"""<script type="application/ld+json">{"@graph": [{"author": "Nobody"}, {"@type": "Report", "author": [{"name":
    "Ana Brix"}, {"name": "Colm Adair"}], "datePublished": "2024-05-03", "pages": 7, "keywords": []}]}</script>""",
    url="https://h.example/",
)


def test_what_json_ld_says_is_read_by_its_path() -> None:
    assert json_ld("author", "name")(LINKED) == "Ana Brix"
    assert json_ld("author")(LINKED) == "Nobody"
    assert json_ld("pages")(LINKED) == ""
    assert json_ld("keywords", "name")(LINKED) == ""
    assert json_ld("datePublished")(PAGE) == ""


def test_first_of_is_the_first_that_is_not_empty() -> None:
    assert first_of(text("time"), text("h1"))(PAGE) == "3 May"
    assert first_of(meta("none"), text("h1"))(PAGE) == "Velmora report"
    assert first_of(meta("none"), meta("other"))(PAGE) == ""


@pytest.mark.parametrize(
    ("rule", "edtf"),
    [
        (attr("time", "datetime"), "2024-05-03"),
        (text("u"), "2024-05"),
        (text("i"), "2024-05-03"),
        (text("h1"), None),
        (meta("none"), None),
    ],
    ids=["metadata", "line", "sentence", "no date", "nothing"],
)
def test_a_date_is_read_from_what_a_rule_gives(rule: object, edtf: str | None) -> None:
    assert callable(rule)
    assert date(rule)(PAGE) == edtf


def test_the_first_rule_that_gives_a_date_counts_and_is_named() -> None:
    rule = date(meta("article:published_time"), text("h1"), attr("time", "datetime"), text("u"))
    assert rule.stated(PAGE) == ("2024-05-03", "time datetime")
    assert date(meta("none"), json_ld("datePublished")).stated(LINKED) == ("2024-05-03", "JSON-LD datePublished")
    assert date(lambda _: "May 2024").stated(PAGE) == ("2024-05", "layout")
    assert date(meta("none")).stated(PAGE) == (None, "")
    assert date().stated(PAGE) == (None, "")


def test_a_name_is_one_of_a_tuple() -> None:
    assert names(meta("author"))(PAGE) == ("Ana Brix",)
    assert names(meta("none"))(PAGE) == ()


def test_a_field_that_a_layout_never_states_is_absent() -> None:
    assert nothing(PAGE) is None  # type: ignore[func-returns-value]
    assert nobody(PAGE) == ()
    assert no_words(PAGE) == ""
