from parsers.line import Line, without_start
from parsers.record import Mark


def test_words_join_as_they_stand() -> None:
    line = Line()
    for raw in ("Vel", "mora ", " fell", "\n", ".", "", " "):
        line.read(raw, raw.strip())
    assert line.take() == ("Velmora fell .", ())
    assert (line.parts, line.gap) == ([], False)


def test_space_before_the_first_word_is_none() -> None:
    line = Line()
    line.read(" ", "")
    line.read(" Orn", "Orn")
    assert line.take() == ("Orn", ())


def test_a_mark_goes_on_over_blocks() -> None:
    line = Line()
    line.open("link", "/a")
    line.add("one")
    first = line.take()
    line.add("two")
    line.close()
    assert first == ("one", (Mark(kind="link", start=0, end=3, target="/a"),))
    assert line.take() == ("two", first[1])


def test_a_mark_without_words_and_a_link_to_nowhere_are_none() -> None:
    line = Line()
    line.open("strong")
    line.close()
    line.open("link")
    line.add("Orn")
    line.close()
    assert line.take() == ("Orn", ())


def test_marks_are_dropped_where_composing_signs_would_move_them() -> None:
    line = Line()
    line.add("Zoe")
    line.open("strong")
    line.add("\u0308 fell")
    line.close()
    assert line.take() == ("Zoë fell", ())


def test_marks_move_with_a_start_that_is_cut_off() -> None:
    marks = (
        Mark(kind="strong", start=0, end=1),
        Mark(kind="link", start=0, end=6, target="/a"),
        Mark(kind="emphasis", start=4, end=6),
    )
    assert without_start("•  Orn", marks, 1) == (
        "Orn",
        (Mark(kind="link", start=0, end=3, target="/a"), Mark(kind="emphasis", start=1, end=3)),
    )
