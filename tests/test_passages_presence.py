from datetime import datetime

from building import day, record
from tracing import versions

from parsers.record import AlertLevel, Country, Entry, Fact, Recommendation, Record, Stage
from scraper.passages import Timeline, Track, timeline
from scraper.passages.presence import Stretch, stretches

DENIAL = Stage(number=10, name="Denial", model="ten stages")
GREY = Recommendation(text="The council should withdraw the grey card.")
GREY_NOW = Recommendation(text="The council should withdraw the grey card at once.")


def _stating(*facts: Fact, **fields: str) -> Record:
    return record("A text.", facts=facts, **{"published": "2023-12"} | fields)


def _track(found: Timeline, kind: str, text: str = "") -> Track:
    (track,) = [one for one in found.tracks if one.kind == kind and text in one.text]
    return track


def _spans(track: Track) -> list[tuple[int, int, datetime | None, datetime, datetime | None]]:
    return [
        (span.first.seq, span.last.seq, span.since.after, span.since.by, span.until and span.until.by)
        for span in track.spans
    ]


def test_a_fact_appears_between_two_captures_and_goes_between_two() -> None:
    found = timeline(versions(_stating(), _stating(DENIAL), _stating(DENIAL), _stating()))
    assert _spans(_track(found, "stage")) == [(2, 3, day(3), day(11), day(31))]


def test_what_was_there_from_the_first_has_no_time_before() -> None:
    found = timeline(versions(_stating(DENIAL), _stating(DENIAL)))
    assert _spans(_track(found, "stage")) == [(1, 2, None, day(1), None)]


def test_a_fact_that_came_back_has_two_spans() -> None:
    found = timeline(versions(_stating(DENIAL), _stating(), _stating(DENIAL)))
    assert _spans(_track(found, "stage")) == [(1, 1, None, day(1), day(11)), (3, 3, day(13), day(21), None)]


def test_what_a_parser_reads_anew_is_no_edit() -> None:
    found = timeline(versions(_stating(), _stating(DENIAL), read_anew=(2,)))
    (span,) = _track(found, "stage").spans
    assert (span.is_read, span.since.after, span.since.by) == (True, None, day(1))
    lost = timeline(versions(_stating(DENIAL), _stating(), read_anew=(2,)))
    (span,) = _track(lost, "stage").spans
    assert span.is_unread


def test_a_page_that_is_gone_states_nothing() -> None:
    found = timeline(versions(_stating(DENIAL), None))
    assert _spans(_track(found, "title")) == [(1, 1, None, day(1), day(11))]


def test_a_date_that_was_not_stated_and_one_that_is_no_longer() -> None:
    found = timeline(versions(record("A text."), _stating(), record("A text.")))
    assert _spans(_track(found, "published")) == [(2, 2, day(3), day(11), day(21))]


def test_a_recommendation_that_was_re_worded_tells_of_the_one_before() -> None:
    found = timeline(versions(_stating(GREY), _stating(GREY_NOW)))
    assert _track(found, "recommendation", "at once").instead_of == GREY.text
    assert not _track(found, "recommendation", "card.").instead_of


def test_a_wording_that_came_back_replaced_nothing_when_it_first_appeared() -> None:
    found = timeline(versions(_stating(GREY), _stating(GREY_NOW), _stating(GREY)))
    assert _track(found, "recommendation", "at once").instead_of == GREY.text
    assert not _track(found, "recommendation", "card.").instead_of


def test_statements_are_in_the_order_of_a_report() -> None:
    facts = (
        GREY,
        DENIAL,
        Stage(number=3, name="Discrimination", model="eight stages"),
        AlertLevel(name="Genocide Warning", level=2),
        Country(name="Velmora"),
        Country(name="Kenya", iso="KE"),
        Entry(report="Country Report", subject="Ordania", published="2024-01"),
    )
    found = timeline(versions(_stating(*facts, modified="2024-01-05")))
    assert [f"{track.kind}: {track.text}" for track in found.tracks] == [
        "title: Velmora Country Report",
        "published: 2023-12",
        "modified: 2024-01-05",
        "country: Velmora",
        "country: Kenya (KE)",
        "alert: Genocide Warning, level 2",
        "stage: 3 Discrimination (eight stages)",
        "stage: 10 Denial",
        "recommendation: The council should withdraw the grey card.",
        "entry: Country Report: Ordania, 2024-01",
    ]


def _told(*records: Record | None, read_anew: tuple[int, ...] = ()) -> list[Stretch]:
    found = timeline(versions(*records, read_anew=read_anew))
    return stretches(_track(found, "stage").spans, day(1), found.versions[-1].last_seen)


def test_nobody_knows_what_was_between_two_captures() -> None:
    assert _told(_stating(), _stating(DENIAL), _stating()) == [
        Stretch(day(1), day(3), False),
        Stretch(day(3), day(11), None),
        Stretch(day(11), day(13), True),
        Stretch(day(13), day(21), None),
        Stretch(day(21), day(23), False),
    ]


def test_nobody_knows_what_was_there_before_a_parser_could_read_it() -> None:
    assert _told(_stating(), _stating(), _stating(DENIAL), read_anew=(3,)) == [
        Stretch(day(1), day(11), None),
        Stretch(day(11), day(13), True),
    ]


def test_nobody_knows_whether_what_a_parser_lost_is_there_still() -> None:
    assert _told(_stating(DENIAL), _stating(), record("Another text."), read_anew=(2,)) == [
        Stretch(day(1), day(3), True),
        Stretch(day(3), day(23), None),
    ]
