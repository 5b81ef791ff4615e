import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.jsonld import kinds, read_linked, read_things, text

REPORT = '{"@type": "Report", "headline": "The fall of Orn"}'


@pytest.mark.parametrize(
    ("script", "types"),
    [
        (REPORT, [("report",)]),
        (f"[{REPORT}, {REPORT}, 3, null]", [("report",), ("report",)]),
        (f'{{"@graph": [{REPORT}], "@context": "x"}}', [(), ("report",)]),
        (f'{{"@type": "WebPage", "mainEntity": {REPORT}}}', [("webpage",), ("report",)]),
        ('{"@type": ["schema:Report", "https://schema.example/Thing", 4]}', [("report", "thing")]),
        ("", []),
        ('"a text"', []),
    ],
    ids=["object", "list", "graph", "main entity", "types", "nothing", "no object"],
)
def test_lists_graphs_and_main_entities_are_opened(script: str, types: list[tuple[str, ...]]) -> None:
    assert [kinds(thing) for thing in read_things([script])] == types


@pytest.mark.parametrize(
    "script",
    [
        '{"@type": "Report", "headline": "The fall of Orn",}',
        '{"@type": "Report", "headline": "The fall\n\tof Orn"}',
        f"<!-- {REPORT} -->",
        f"//<![CDATA[\n{REPORT}\n//]]>",
        f"/* <![CDATA[ */ {REPORT} /* ]]> */",
        f"{REPORT};",
        REPORT.replace('"', "&quot;"),
        r'{"@type": "Report", "headline": "The fall of Orn", "about": "Orn\'s walls"}',
    ],
    ids=["comma", "control characters", "comment", "CDATA", "CDATA in comments", "semicolon", "entities", "escape"],
)
def test_the_usual_mistakes_are_mended(script: str) -> None:
    (thing,) = read_things([script])
    assert text(thing["headline"]) == "The fall of Orn"


def test_objects_one_after_another_are_all_read() -> None:
    assert len(read_things([f"{REPORT}\n{REPORT}, {REPORT} {{"])) == 3


@pytest.mark.parametrize("script", ["{", '{"a": }', "[" * 100_000, '{"a":' * 50_000, " " * 500_001])
def test_what_is_no_json_is_passed_over(script: str) -> None:
    assert [thing for thing in read_things([script, REPORT]) if "headline" in thing] == [
        {"@type": "Report", "headline": "The fall of Orn"}
    ]


def test_no_more_than_two_thousand_objects_are_read() -> None:
    assert len(read_things([f"[{', '.join([REPORT] * 3_000)}]"])) == 2_000


def test_texts_have_their_entities_read() -> None:
    assert text("Salt &amp; Stone") == "Salt & Stone"
    assert text([None, "", "Orn", "Velmora"]) == "Orn"
    assert text(["", 3]) == text(4) == text(None) == ""


def _linked(*scripts: str, address: str = "", title: str = "") -> list[str]:
    linked = read_linked(read_things(scripts), addresses=[address], titles=[title])
    return [text(article.get("headline")) for article in linked.articles]


def test_the_article_of_a_page_has_its_address_or_its_title() -> None:
    ours = '{"@type": "NewsArticle", "headline": "Ours", "url": "https://www.h.example/ours/?from=here"}'
    page = '{"@type": "NewsArticle", "headline": "Same", "mainEntityOfPage": {"@id": "http://h.example/ours#top"}}'
    plain = '{"@type": "NewsArticle", "headline": "Plain", "mainEntityOfPage": "https://h.example/ours"}'
    other = '{"@type": "NewsArticle", "headline": "Other", "url": "https://h.example/other", "@id": 7}'
    assert _linked(other, ours, page, plain, address="https://h.example/ours") == ["Ours", "Same", "Plain"]
    assert _linked(other, ours, title="ours!") == ["Ours"]
    assert _linked(other, ours) == ["Other"]
    assert _linked('{"@type": "Place"}') == []


def test_an_object_is_known_by_its_identity_wherever_it_stands() -> None:
    things = read_things(
        [
            '[{"@type": "Article", "author": {"@id": "#ana"}}, {"@id": "#ana", "name": "Ana Brix"}, {"@id": "#ana"}]',
            '[{"@type": "Product"}, {"@type": "WebPage"}]',
        ]
    )
    linked = read_linked(things, addresses=[], titles=[])
    assert linked.named(linked.articles[0]["author"]) == {"@id": "#ana", "name": "Ana Brix"}
    assert linked.named({"@id": "#nobody", "name": "Colm"}) == {"@id": "#nobody", "name": "Colm"}
    assert linked.named({"@id": 3}) == {"@id": 3}
    assert linked.named("Ana") == {}
    assert linked.is_product
    assert len(linked.pages) == 1
    assert linked.first("headline") == ""


@given(
    st.recursive(
        st.none() | st.booleans() | st.text() | st.integers(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(
                    ["@type", "@graph", "@id", "url", "author", "headline", "mainEntityOfPage", "publisher"]
                ),
                inner,
            )
        ),
    ),
    st.text(),
)
def test_no_json_raises(value: object, tail: str) -> None:

    things = read_things([json.dumps(value), json.dumps(value) + tail, tail])
    linked = read_linked(things, addresses=["https://h.example/a"], titles=["Orn"])
    assert all(isinstance(linked.named(thing.get("author")), dict) for thing in linked.articles)
