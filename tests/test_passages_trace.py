import pytest
from building import day, record
from tracing import versions

from parsers.record import Block, Figure, Record
from scraper.passages import Shown, Trace, trace
from scraper.passages.units import units

CLOSED = "The council closed four markets in a single night."
SEEN = "At least 41 traders have not been seen since."
RADIO = "State radio calls the minority silt in the nets."
TITLE = "Velmora Country Report"


def _trace(*records: Record | None, at: int | None = None, read_anew: tuple[int, ...] = ()) -> Trace:
    return trace(versions(*records, read_anew=read_anew), at=at)


def _of(found: Trace, text: str) -> Shown:
    (one,) = [shown for shown in (*found.shown, *found.gone) if shown.unit.text == text]
    return one


def _life(shown: Shown) -> list[tuple[str, int, int, str]]:
    """How a passage came to each of its stays, from which version to which, and how it ended."""
    return [(stay.how, stay.since.seq, stay.last.seq, stay.fate) for stay in shown.passage.stays]


def test_a_passage_is_followed_from_its_first_version() -> None:
    found = _trace(record(CLOSED), record(f"{CLOSED} {SEEN}"), record(CLOSED, SEEN))
    shown = _of(found, SEEN)
    assert _life(shown) == [("new", 2, 3, "")]
    assert (shown.stay.since.after, shown.stay.since.by, shown.stay.since.capture_id) == (day(3), day(11), 3)
    assert (shown.unit.path, shown.unit.start) == ("/blocks/1/text", 0)
    assert (shown.stay.unit.path, shown.stay.unit.start) == ("/blocks/0/text", len(CLOSED) + 1)
    assert _of(found, CLOSED).stay.since.after is None


def test_a_passage_that_moved_is_the_same() -> None:
    found = _trace(record(CLOSED, RADIO, SEEN), record(SEEN, CLOSED, RADIO))
    assert [_life(shown) for shown in found.shown] == [[("new", 1, 2, "")]] * 4


def test_an_edited_sentence_keeps_its_origin() -> None:
    edited = SEEN.replace("41", "63")
    found = _trace(record(CLOSED, SEEN), record(CLOSED, edited), record(CLOSED, edited, RADIO))
    shown = _of(found, edited)
    assert _life(shown) == [("new", 1, 1, "edited"), ("edited", 2, 3, "")]
    assert (shown.stay.before, shown.stay.class_) == (SEEN, "words")
    assert shown.passage.stays[0].until == shown.stay.since
    assert not found.gone


def test_a_sentence_that_grew_is_the_same() -> None:
    grown = "Stage 8: Persecution and Stage 10: Denial."
    assert _life(_of(_trace(record("Stage 8: Persecution."), record(grown)), grown))[1][0] == "edited"


def test_a_sentence_that_moved_and_was_edited_is_the_same() -> None:
    edited = SEEN.replace("41", "63")
    found = _trace(record(SEEN, CLOSED, RADIO), record(CLOSED, RADIO, edited))
    assert _life(_of(found, edited)) == [("new", 1, 1, "edited"), ("edited", 2, 2, "")]


def test_capital_letters_are_a_cosmetic_edit_and_typography_is_none() -> None:
    found = _trace(record(CLOSED, "It was “full”."), record(CLOSED.upper(), 'It was "full".'))
    assert _of(found, CLOSED.upper()).stay.class_ == "cosmetic"
    assert _life(_of(found, 'It was "full".')) == [("new", 1, 2, "")]


def test_another_sentence_in_its_place_is_another() -> None:
    found = _trace(record(CLOSED, SEEN), record(CLOSED, RADIO))
    assert _life(_of(found, RADIO)) == [("new", 2, 2, "")]
    (gone,) = found.gone
    assert _life(gone) == [("new", 1, 1, "dropped")]
    assert gone.stay.last.last_seen == day(3)
    assert gone.stay.until
    assert gone.stay.until.by == day(11)


def test_what_came_back_has_two_stays() -> None:
    found = _trace(record(CLOSED, SEEN), record(CLOSED), record(SEEN, CLOSED))
    assert _life(_of(found, SEEN)) == [("new", 1, 1, "dropped"), ("returned", 3, 3, "")]


def test_what_came_back_is_not_taken_for_an_edit_of_what_left() -> None:
    near = SEEN.replace("41", "63")
    found = _trace(record(SEEN, CLOSED), record(CLOSED), record(CLOSED, near), record(CLOSED, SEEN))
    assert _life(_of(found, SEEN)) == [("new", 1, 1, "dropped"), ("returned", 4, 4, "")]


def test_a_page_that_is_gone_has_no_passages_and_all_are_gone() -> None:
    found = _trace(record(CLOSED, SEEN), None)
    assert found.shown == ()
    assert [shown.unit.text for shown in found.gone] == [TITLE, CLOSED, SEEN]


def test_a_page_that_came_back_has_its_passages_back() -> None:
    assert _life(_of(_trace(record(SEEN), None, record(SEEN)), SEEN)) == [
        ("new", 1, 1, "dropped"),
        ("returned", 3, 3, ""),
    ]


def test_an_earlier_version_is_told_with_what_became_of_it() -> None:
    edited = SEEN.replace("41", "63")
    found = _trace(record(CLOSED, SEEN), record(CLOSED, edited), record(CLOSED), at=1)
    shown = _of(found, SEEN)
    assert (shown.stay.last.seq, shown.stay.fate) == (1, "edited")
    assert _of(_trace(record(CLOSED), record(SEEN), at=2), CLOSED).stay.fate == "dropped"
    assert [one.unit.text for one in _trace(record(CLOSED), record(SEEN), at=1).gone] == []


def test_what_only_another_parser_reads_is_no_edit() -> None:
    better = SEEN.replace("41", "forty-one")
    found = _trace(record(CLOSED, SEEN), record(better, RADIO), read_anew=(2,))
    assert _life(_of(found, better)) == [("new", 1, 2, "")]
    radio = _of(found, RADIO)
    assert _life(radio) == [("read", 2, 2, "")]
    assert (radio.stay.since.after, radio.stay.since.by) == (None, day(1))
    assert _life(_of(found, CLOSED)) == [("new", 1, 1, "unread")]


def test_what_a_parser_lost_and_found_was_there_all_the_time() -> None:
    found = _trace(record(CLOSED, SEEN), record(CLOSED), record(CLOSED, SEEN), read_anew=(2, 3))
    assert _life(_of(found, SEEN)) == [("new", 1, 3, "")]


def test_there_has_to_be_a_version() -> None:
    with pytest.raises(ValueError, match="no such version"):
        _trace()
    with pytest.raises(ValueError, match="no such version"):
        _trace(record(CLOSED), at=2)


def test_the_passages_of_a_record_have_places() -> None:
    rows = (("Year", "Dead"), ("2023", "41"))
    blocks = (
        Block(kind="heading", text="What happened. And why", level=2),
        Block(kind="table", text="Raids\nYear | Dead\n2023 | 41", rows=rows, header_rows=1),
        Block(kind="figure", text="A market", figure=Figure(caption="A market. It burnt.", credit="A. B.")),
    )
    found = units(record(blocks=blocks, headline="Markets", lead=Figure(caption="A gate")))
    assert [(unit.path, unit.kind, unit.text) for unit in found] == [
        ("/title", "title", TITLE),
        ("/headline", "headline", "Markets"),
        ("/lead/caption", "lead", "A gate"),
        ("/blocks/0/text", "heading", "What happened. And why"),
        ("/blocks/1/text", "table", "Raids"),
        ("/blocks/1/rows/0", "table", "Year | Dead"),
        ("/blocks/1/rows/1", "table", "2023 | 41"),
        ("/blocks/2/figure/caption", "figure", "A market."),
        ("/blocks/2/figure/caption", "figure", "It burnt."),
        ("/blocks/2/figure/credit", "figure", "A. B."),
    ]
