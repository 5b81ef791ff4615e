"""The queue of changes: its order, what it is narrowed by, and what its changes are known by."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from building import capture, day, missing, record
from hypothesis import given
from hypothesis import strategies as st
from queried import make

from parsers.record import Country, Fact, Recommendation, Record, Stage
from scraper.archive import CLASSES, Archive, ChangeRow, NewsScope, QueueRow, QueueScope, significance
from scraper.claims import change_flags, compare, flags_between
from scraper.loader import load

WATCH = "https://watch.example"
# What each version of a page says: words, the stages it states, what it asks for, its date.
Says = tuple[str, tuple[int, ...], str, str]
_PLAIN: Says = ("The council met in the north of the valley.", (3,), "Open the lagoon.", "2024-01")


def parse(body: bytes, *, url: str, content_type: str | None = None) -> Record:
    text, stages, asks, published = body.decode().split("|")
    facts: list[Fact] = [Country(name="Velmora", iso="XV")]
    facts += [Stage(number=int(one), name=f"Stage {one}", model="ten stages") for one in stages.split()]
    facts += [Recommendation(text=asks, addressees=())]
    made = record(*text.split("/"), url=url, facts=tuple(facts), published=published)
    return replace(made, media_type=content_type or "text/html")


def body(says: Says) -> str:
    return "|".join((says[0], " ".join(map(str, says[1])), *says[2:]))


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """A page for each kind of change, each with two versions a day apart."""
    text, stages, asks, published = _PLAIN
    later: dict[str, Says | None] = {
        "cosmetic": (text.upper(), stages, asks, published),
        "dated": (text.replace("north", "south"), stages, asks, "2024-02"),
        "silent": (text.replace("north", "south"), stages, asks, published),
        "numbers": (text.replace("north", "41 and 7"), stages, asks, published),
        "date": (text, stages, asks, "2024-03"),
        "asked": (text, stages, "Close the lagoon.", published),
        "stage": (text, (3, 8), asks, published),
        "both": (text.replace("north", "south"), (3, 8), asks, published),
        "gone": None,
    }
    with Archive(tmp_path / "a.db", create=True) as archive:
        for number, (name, says) in enumerate(later.items(), 1):
            source, url = "odd" if number % 2 else "even", f"{WATCH}/{name}"
            load(archive, capture(body(_PLAIN), day(number), url=url), source=source, parse=parse)
            if says:
                load(archive, capture(body(says), day(number + 1), url=url), source=source, parse=parse)
            else:
                load(archive, replace(missing(day(number + 1), 410), url=url), source=source, parse=parse)
        yield archive


def rows(archive: Archive, **scope: object) -> list[QueueRow]:
    return list(archive.queued(archive.queue(QueueScope(**scope))))  # type: ignore[arg-type]


def names(archive: Archive, **scope: object) -> list[str]:
    return [row.url.rpartition("/")[2] for row in rows(archive, **scope)]


def test_the_most_significant_comes_first(archive: Archive) -> None:
    found = names(archive)
    assert found == ["gone", "both", "stage", "asked", "dated", "date", "numbers", "silent", "cosmetic"]


def test_or_the_newest(archive: Archive) -> None:
    assert names(archive, order="time") == [
        "gone", "both", "stage", "asked", "date", "numbers", "silent", "dated", "cosmetic",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ({"classes": ("words", "gone")}, ["gone", "numbers", "silent"]),
        ({"flags": ("silent-edit",)}, ["both", "numbers", "silent"]),
        ({"flags": ("date-without-edit", "silent-edit")}, ["both", "date", "numbers", "silent"]),
        ({"source": "even"}, ["both", "asked", "dated", "numbers"]),
        ({"country": "velmora", "classes": ("cosmetic",)}, ["cosmetic"]),
        ({"country": "xv", "classes": ("cosmetic",)}, ["cosmetic"]),
        ({"country": "Ordania"}, []),
        ({"since": day(9)}, ["gone", "both"]),
        ({"since": date(2024, 1, 3), "until": date(2024, 1, 4)}, ["dated", "silent"]),
        ({"causes": ("parser",)}, []),
    ],
)
def test_it_is_narrowed(archive: Archive, scope: dict[str, object], expected: list[str]) -> None:
    assert names(archive, **scope) == expected


def test_its_rows_are_those_that_changes_has(archive: Archive) -> None:
    def key(row: ChangeRow | QueueRow) -> tuple[object, ...]:
        return row.page_id, row.before_seq, row.after_seq, row.summary, row.first_seen, row.words_changed, row.title

    assert {key(row) for row in rows(archive)} == {key(row) for row in archive.changes()}


def test_what_makes_no_version_is_asked_for_by_its_cause(tmp_path: Path) -> None:
    with Archive(make(tmp_path / "queried.db")) as archive:
        causes = ("publisher", "parser", "chrome", "capture fault")
        for cause in causes:
            stored = sorted((row.capture_id, row.summary) for row in archive.changes(cause=cause))
            assert stored
            assert sorted((row.capture_id, row.summary) for row in rows(archive, causes=(cause,))) == stored
        assert [row.class_ for row in rows(archive, classes=("held",))] == ["held"]
        assert "held" not in {row.class_ for row in rows(archive)}
        places = archive.queue(QueueScope(causes=causes), keyed=True)
        assert len({place.key for place in places}) == len(places)
        versions = archive.news_keys("publisher") | archive.news_keys("parser")
        # A change that leads to a version is known as that version is to feeds.
        between = [place.key for place in archive.queue(QueueScope(), keyed=True)]
        assert set(between) <= versions.keys()
        firsts = {row.key for row in archive.news(NewsScope()) if row.class_ == "new"}
        assert versions.keys() - set(between) == firsts


def test_a_row_has_the_flags_of_its_change_with_where_they_stand(archive: Archive) -> None:
    (row,) = [row for row in rows(archive) if row.url.endswith("both")]
    before, after = archive.versions(f"{WATCH}/both")
    assert row.flags == flags_between(archive.record(before), archive.record(after))
    silent, absent = change_flags(row)
    assert (silent.name, silent.seq, silent.after, silent.by) == ("silent-edit", 2, day(8), day(9))
    assert {(one.seq, one.capture_id) for one in absent.evidence} == {(1, before.capture_id), (2, after.capture_id)}


def test_one_that_is_not_there_any_more_is_passed_over_and_none_is_taken_for_another(archive: Archive) -> None:
    before = {row.difference_id: row.capture_id for row in rows(archive)}
    places = archive.queue(QueueScope())
    archive.merge(f"{WATCH}/both", f"{WATCH}/cosmetic", compare)
    found = list(archive.queued(places))
    assert {row.capture_id for row in found} < {place.capture_id for place in places}
    assert all(before[row.difference_id] == row.capture_id for row in found)


def test_what_comes_first_is_found_in_an_index_alone(archive: Archive) -> None:
    asked: list[str] = []
    archive.db.conn.set_trace_callback(asked.append)
    archive.queue(QueueScope())
    archive.db.conn.set_trace_callback(None)
    [question] = [text for text in asked if "significance" in text]
    plan = [row[3] for row in archive.db.execute(f"explain query plan {question}")]
    assert "SEARCH difference USING COVERING INDEX difference_weight (cause=?)" in plan
    assert "SEARCH flag USING COVERING INDEX flag_name (name=? AND difference_id=?)" in plan
    assert not [line for line in plan if line.startswith("SCAN")]


weights = st.tuples(
    st.sampled_from(CLASSES), st.integers(0, 5), st.integers(0, 1), st.integers(0, 2**21), st.integers(0, 2**21)
)


@given(weights, weights)
def test_significance_goes_by_class_then_fact_then_silence_then_numbers_then_words(
    one: tuple[str, int, int, int, int], other: tuple[str, int, int, int, int]
) -> None:
    most = 2**20 - 1

    def in_words(weight: tuple[str, int, int, int, int]) -> tuple[int, ...]:
        class_, fact, silent, numbers, words = weight
        return -CLASSES.index(class_), -fact, silent, min(numbers, most), min(words, most)

    assert (significance(*one) > significance(*other)) == (in_words(one) > in_words(other))
    assert significance(*one) < 2**63


@given(st.lists(st.tuples(st.sampled_from(range(4)), st.sampled_from(range(5))), max_size=12))
def test_the_order_is_total_and_does_not_depend_on_how_the_archive_came_about(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[int, int]]
) -> None:
    text, stages, asks, published = _PLAIN
    says = [_PLAIN, (text, (3, 8), asks, published), (text.upper(), stages, asks, published),
            (text.replace("met", "slept"), stages, asks, published), (text, stages, "Nothing.", published)]  # fmt: skip
    made = [
        capture(body(says[what]), day(at), url=f"{WATCH}/{page}", method="import")
        for at, (page, what) in enumerate(edits, 1)
    ]
    folder = tmp_path_factory.mktemp("queue")
    orders = []
    for number, captures in enumerate((made, made[::-1])):
        with Archive(folder / f"{number}.db", create=True) as archive:
            for one in captures:
                load(archive, one, source="watch", parse=parse)
            by_weight, by_time = rows(archive), rows(archive, order="time")
            assert {row.difference_id for row in by_weight} == {row.difference_id for row in by_time}
            assert by_weight == sorted(by_weight, key=lambda row: CLASSES.index(row.class_))
            assert by_time == sorted(by_time, key=lambda row: row.first_seen, reverse=True)
            orders.append([(row.url, row.first_seen, row.summary) for row in by_weight])
    assert orders[0] == orders[1]
