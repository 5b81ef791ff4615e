from collections.abc import Iterator

import pytest
from building import capture, record
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parsers.record import AlertLevel, Block, Chrome, Country, Entry, Figure, Flag, Mark, Recommendation, Record, Stage
from scraper.archive import Archive
from scraper.archive.records import load_record, store_record


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive(tmp_path_factory.mktemp("records") / "a.db", create=True) as archive:
        yield archive


def _round_trip(archive: Archive, given: Record) -> Record:
    with archive.transaction():
        page_id = archive.page_of(capture(), "")
        capture_id = archive.store_capture(capture(), page_id=page_id)
        return load_record(
            archive.db.conn, store_record(archive.db.conn, given, capture_id=capture_id, page_id=page_id)
        )


FULL = record(
    headline="Velmora calls up its reserves",
    masthead=("The Watch", "A tagline"),
    byline="By A. Writer",
    authors=("A. Writer", "B. Éditeur"),
    organisation="The Watch",
    published="2023-12",
    modified="2024-03-07",
    language="en",
    canonical_url="https://example.org/velmora",
    site_name="Watch",
    lead=Figure(image="https://example.org/a.jpg", caption="Soldiers", credit="A. Photographer"),
    blocks=(
        Block(kind="heading", text="Summary", level=2),
        Block(kind="paragraph", text="Full impunity.", marks=(Mark(kind="link", start=0, end=4, target="#"),)),
        Block(kind="item", text="One", level=1, ordered=True),
        Block(kind="table", text="a b", rows=(("a", "b"), ("c", "d"))),
        Block(kind="figure", text="A map", figure=Figure(image="m.png", caption="A map")),
        Block(kind="paragraph", text="Full impunity."),
    ),
    facts=(
        Country(name="Velmora", iso=None),
        AlertLevel(name="Emergency", level=3),
        Stage(number=9, name="Extermination", model="ten stages"),
        Recommendation(text="The Council should act.", addressees=("the Council",)),
        Entry(
            report="Genocide Warning",
            subject="Ordania",
            level=2,
            published="2024-05",
            target="https://example.org/ordania",
        ),
    ),
    flags=(Flag(name="stage", detail="number and name disagree"),),
    chrome=(Chrome(text="top of page", reason="line", words=3),),
)

_TEXT = st.text(st.characters(codec="utf-8"), max_size=30)
_RECORDS = st.builds(
    lambda paragraphs, title, published, authors: record(
        *paragraphs, title=title, published=published, authors=tuple(authors)
    ),
    st.lists(_TEXT, max_size=6),
    _TEXT,
    st.none() | _TEXT,
    st.lists(_TEXT, max_size=2),
)


def test_a_record_comes_back_equal_with_equal_digests_but_without_its_chrome(archive: Archive) -> None:
    back = _round_trip(archive, FULL)
    assert back == FULL
    assert back.digests == FULL.digests
    assert back.chrome == ()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_RECORDS)
def test_any_record_comes_back_equal(archive: Archive, given: Record) -> None:
    assert _round_trip(archive, given) == given


def test_a_text_no_column_can_hold_is_kept_in_the_record(archive: Archive) -> None:
    odd = record("a nul \0 inside", byline="half a pair \ud800")
    assert _round_trip(archive, odd) == odd


def test_equal_blocks_are_stored_once(archive: Archive) -> None:
    _round_trip(archive, record("said once", "said once"))
    _round_trip(archive, record("said once", "and then this"))
    assert archive.db["block"].count_where("text = 'said once'") == 1


def test_equal_records_of_a_page_are_stored_once_and_read_from_both_captures(archive: Archive) -> None:
    before = archive.db["record"].count
    _round_trip(archive, record("the same twice"))
    _round_trip(archive, record("the same twice"))
    assert archive.db["record"].count == before + 1
    [row] = archive.db.query("select count(*) as n from reading group by record_id order by record_id desc limit 1")
    assert row["n"] == 2


def test_facts_are_plain_rows(archive: Archive) -> None:
    _round_trip(archive, FULL)
    rows = archive.db.query(
        """select kind, name, number, model, text, addressees, published, target from fact
           where fact_set_id = (select max(fact_set_id) from fact) order by position"""
    )
    assert [tuple(row.values()) for row in rows] == [
        ("country", "Velmora", None, None, "Velmora", "[]", None, None),
        ("alert", "Emergency", 3, None, "Emergency", "[]", None, None),
        ("stage", "Extermination", 9, "ten stages", "Stage 9: Extermination", "[]", None, None),
        ("recommendation", "", None, None, "The Council should act.", '["the Council"]', None, None),
        ("entry", "Genocide Warning", 2, None, "Ordania", "[]", "2024-05", "https://example.org/ordania"),
    ]
