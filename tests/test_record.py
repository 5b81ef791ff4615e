from dataclasses import asdict, replace

import pytest
from building import record
from hypothesis import given
from hypothesis import strategies as st

from parsers.record import (
    Account,
    AlertLevel,
    Block,
    Chrome,
    Country,
    Fact,
    Figure,
    Flag,
    Link,
    Mark,
    Match,
    Recommendation,
    Record,
    Stage,
    block_from_dict,
)

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
FIGURES = st.builds(Figure, image=WORDS, caption=WORDS, credit=WORDS)
MARKS = st.builds(
    Mark,
    kind=st.sampled_from(["link", "emphasis", "strong", "note"]),
    start=st.integers(0, 9),
    end=st.integers(0, 20),
    target=WORDS,
)
BLOCKS = st.builds(
    Block,
    kind=st.sampled_from(["heading", "paragraph", "item", "table", "figure"]),
    text=WORDS,
    level=st.integers(0, 6),
    ordered=st.booleans(),
    marks=st.tuples(MARKS) | st.just(()),
    rows=st.tuples(st.tuples(WORDS, WORDS)) | st.just(()),
    header_rows=st.integers(0, 1),
    figure=st.none() | FIGURES,
)
FACTS: st.SearchStrategy[Fact] = st.one_of(
    st.builds(Country, name=WORDS, iso=st.none() | st.just("VM"), former=st.booleans()),
    st.builds(AlertLevel, name=WORDS, level=st.integers(1, 3)),
    st.builds(Stage, number=st.integers(1, 10), name=WORDS, model=WORDS, agrees=st.booleans()),
    st.builds(Recommendation, text=WORDS, addressees=st.lists(WORDS, max_size=3).map(tuple)),
)
NUMBERS = st.integers(0, 9)
RECORDS = st.builds(
    Record,
    url=WORDS,
    media_type=WORDS,
    layout=WORDS,
    revision=st.integers(1, 9),
    title=WORDS,
    headline=WORDS,
    masthead=st.tuples(WORDS) | st.just(()),
    byline=WORDS,
    authors=st.tuples(WORDS, WORDS) | st.just(()),
    published=st.none() | st.just("2024-05"),
    lead=st.none() | FIGURES,
    blocks=st.lists(BLOCKS, max_size=3).map(tuple),
    facts=st.lists(FACTS, max_size=3).map(tuple),
    flags=st.lists(st.builds(Flag, name=WORDS, detail=WORDS, holds=st.booleans()), max_size=2).map(tuple),
    published_from=WORDS,
    modified_from=WORDS,
    chrome=st.lists(st.builds(Chrome, text=WORDS, reason=WORDS, words=NUMBERS), max_size=2).map(tuple),
    account=st.none()
    | st.builds(Account, report=NUMBERS, chrome=NUMBERS, unclaimed=NUMBERS, passages=st.tuples(WORDS)),
    matches=st.lists(st.builds(Match, field=WORDS, selector=WORDS, found=NUMBERS), max_size=2).map(tuple),
    profile=WORDS,
)

MENU = Chrome(text="menu", reason="tag nav", words=1)
REPORT = record(
    "The army took the town of Orn, it says.",
    headline="Orn has fallen",
    authors=("Ana Brix",),
    organisation="Velmora Monitor",
    published="2024-05",
    facts=(
        Country(name="Velmora"),
        Stage(number=9, name="Extermination", model="ten stages"),
        Recommendation(text="The Union must act, now.", addressees=("Union",)),
    ),
)


@given(RECORDS)
def test_a_record_read_back_from_its_json_is_the_same(one: Record) -> None:
    again = Record.from_json(one.to_json())
    assert again == one
    assert again.to_dict() == one.to_dict()
    assert again.digests == one.digests
    assert again.to_json() == one.to_json()


@given(BLOCKS)
def test_a_block_read_back_from_its_values_is_the_same(block: Block) -> None:
    assert block_from_dict(block.to_dict()) == block
    assert block_from_dict(block.to_dict()).digest == block.digest


def test_values_without_optional_fields_make_a_record() -> None:
    values = {"url": "u", "media_type": "text/html", "layout": "test", "revision": 1}
    assert Record.from_dict(values) == Record(url="u", media_type="text/html", layout="test", revision=1)
    assert block_from_dict({"kind": "paragraph", "text": "a"}) == Block(kind="paragraph", text="a")


def test_the_json_is_canonical() -> None:
    text = record("Zoë").to_json()
    assert text.startswith('{"account":null,"authors":[],"blocks":[{"figure":null,"header_rows":0,"kind":"paragraph"')
    assert "Zoë" in text


def test_the_text_sets_blocks_apart_and_items_below_each_other() -> None:
    blocks = (
        Block(kind="heading", text="Head", level=2),
        Block(kind="figure", text="caption", figure=Figure(image="i", caption="caption")),
        Block(kind="paragraph", text="Words."),
        Block(kind="item", text="one", level=1),
        Block(kind="item", text="two", level=1),
        Block(kind="paragraph", text="End."),
    )
    assert replace(REPORT, blocks=blocks).text == "Head\n\nWords.\n\none\ntwo\n\nEnd."


def test_links_are_given_with_their_words() -> None:
    marks = (Mark(kind="strong", start=0, end=3), Mark(kind="link", start=4, end=8, target="https://h.example/"))
    one = replace(REPORT, blocks=(Block(kind="paragraph", text="See here.", marks=marks),))
    assert one.links == (Link(text="here", target="https://h.example/"),)


def test_the_lead_figure_comes_before_those_between_the_blocks() -> None:
    lead, inside = Figure(image="lead"), Figure(image="inside")
    blocks = (Block(kind="figure", text="", figure=inside),)
    assert replace(REPORT, blocks=blocks).figures == (inside,)
    assert replace(REPORT, blocks=blocks, lead=lead).figures == (lead, inside)


def test_only_flags_that_hold_keep_a_record_from_becoming_a_version() -> None:
    flags = [Flag(name="note", detail="d"), Flag(name="layout", detail="d", holds=True)]
    assert record("a").with_flags(flags).held == (flags[1],)
    assert record("a").with_flags(flags[:1]).with_flags(flags[1:]).flags == tuple(flags)


def _marked(*marks: Mark) -> Record:
    return replace(REPORT, blocks=(Block(kind="paragraph", text=REPORT.blocks[0].text, marks=marks),))


def _worded(text: str) -> Record:
    return replace(REPORT, blocks=(Block(kind="paragraph", text=text),))


def _stated(*facts: Fact) -> Record:
    return replace(REPORT, facts=facts)


LINKED = _marked(Mark(kind="link", start=4, end=8, target="https://h.example/a"))
RELINKED = _marked(Mark(kind="link", start=4, end=8, target="https://h.example/b"))


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        (REPORT, replace(REPORT, chrome=(MENU,), byline="By Ana", masthead=("M",), layout="other"), ""),
        (REPORT, REPORT.with_flags([Flag(name="a", detail="b")]), ""),
        (REPORT, _marked(Mark(kind="strong", start=0, end=3)), ""),
        (REPORT, replace(REPORT, blocks=(replace(REPORT.blocks[0], kind="item", level=1),)), ""),
        (LINKED, RELINKED, "content"),
        (replace(REPORT, lead=Figure(image="i")), replace(REPORT, lead=Figure(image="j")), "content"),
        (_worded("It took ‘Orn’ – it says."), _worded("It took 'Orn' - it says."), "content"),
        (REPORT, _worded("The Army took the town of Orn; it says!"), "content text"),
        (REPORT, _worded("The army left the town of Orn, it says."), "content text cosmetic"),
        (REPORT, replace(REPORT, title="Tessaly"), "content text cosmetic"),
        (REPORT, replace(REPORT, lead=Figure(caption="A bridge")), "content text cosmetic"),
        (REPORT, replace(REPORT, published="2024-06"), "content facts"),
        (REPORT, _stated(*reversed(REPORT.facts)), ""),
        (REPORT, _stated(*REPORT.facts[:2]), "content facts"),
        (REPORT, _stated(*REPORT.facts[:2], Recommendation(text="The Union must act now")), "content"),
    ],
    ids=[
        "chrome, byline, masthead and layout",
        "flags",
        "emphasis",
        "list marker",
        "link target",
        "picture",
        "typography",
        "case and punctuation",
        "a word",
        "title",
        "caption",
        "date",
        "order of the facts",
        "a recommendation dropped",
        "a comma in a recommendation",
    ],
)
def test_each_digest_ignores_what_it_says(before: Record, after: Record, changed: str) -> None:
    first, second = asdict(before.digests), asdict(after.digests)
    assert {name for name in first if first[name] != second[name]} == set(changed.split())


def test_a_caption_is_counted_once() -> None:
    figure = Figure(image="i", caption="A bridge", credit="Agency")
    one = replace(REPORT, blocks=(Block(kind="figure", text="A bridge", figure=figure),))
    other = replace(REPORT, blocks=(Block(kind="paragraph", text="A bridge"), Block(kind="paragraph", text="Agency")))
    assert one.digests.text == other.digests.text


@given(RECORDS)
def test_knowing_its_digests_makes_no_other_record(known: Record) -> None:
    digests = known.digests
    unknown = Record.from_json(known.to_json())
    assert (known, hash(known), repr(known)) == (unknown, hash(unknown), repr(unknown))
    assert "_digests" not in known.to_dict()
    assert replace(known, title="another " + known.title).digests != digests
