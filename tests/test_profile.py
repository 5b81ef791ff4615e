import pytest
from building import record
from hypothesis import given
from hypothesis import strategies as st

from parsers.learned import outlined
from parsers.outline import Line, Outline, Sort
from parsers.profile import LearnedLine, Profile, end_run, start_run

BODY = Line(key="body", words=40, sort=Sort.SENTENCE)


def _lines(*sorts: str) -> list[Line]:
    """One line for each sort, known by "a", "b" and so on; "?" before it says that nobody knows it."""
    return [
        Line(key="?" if sort.startswith("?") else chr(97 + place), words=3, sort=sort.removeprefix("?"))
        for place, sort in enumerate(sorts)
    ]


KNOWN = frozenset("abcdefgh")


@pytest.mark.parametrize(
    ("sorts", "run"),
    [
        ("s s ?s", 2),
        ("?s s s", 0),
        ("n s s", 0),  # never chrome
        ("s n s", 1),
        ("2 s ?s", 0),  # the report is below the heading
        ("2 s 2 ?s", 2),
        ("2 s ?2 ?s", 2),
        ("2 3 s ?2 ?s", 3),
        ("2 s ?3 ?s", 0),
        ("7 ?s", 0),
        ("7 2 ?s", 1),
        ("s 2 ?s", 1),
        ("2 s", 2),
        ("i i ?i ?s", 0),  # a part of a list
        ("s i i ?i ?s", 1),
        ("i i ?s", 2),
        ("k k ?s", 2),
    ],
)
def test_from_the_start_lines_are_chrome_while_they_are_known(sorts: str, run: int) -> None:
    assert start_run(_lines(*sorts.split()), KNOWN) == run


@pytest.mark.parametrize(
    ("sorts", "run"),
    [
        ("?s s s", 2),
        ("s s ?s", 0),
        ("s s n", 0),
        ("s n s", 1),
        ("?s 2 s", 2),
        ("?s 2 ?l ?l", 3),  # links below a known heading
        ("?s 7 ?k ?k s", 4),
        ("?s s ?l ?l", 0),
        ("?s ?2 ?l ?l s", 1),
        ("?s s ?l s", 1),
        ("?s 2 ?l s ?l", 0),
        ("?s 2 ?l ?s s", 1),
        ("?s ?i i i", 0),
        ("?s ?i i i s", 1),
        ("?s i i", 2),
        ("?s l l", 2),
        ("i s s", 3),
    ],
)
def test_from_the_end_lines_are_chrome_while_they_are_known(sorts: str, run: int) -> None:
    assert end_run(_lines(*sorts.split()), KNOWN) == run


def test_a_page_without_lines_has_no_chrome() -> None:
    assert (start_run([], KNOWN), end_run([], KNOWN)) == (0, 0)


def _profile(start: str = "", inside: str = "", end: str = "", suffix: str = "") -> Profile:
    places = (("start", start), ("inside", inside), ("end", end))
    lines = [LearnedLine(place=place, key=key) for place, keys in places for key in keys]  # type: ignore[arg-type]
    return Profile.of("watch.test", lines, suffix)


def test_lines_are_taken_at_their_own_place_alone() -> None:
    lines = [*_lines("s", "s"), BODY, *_lines("s", "s", "s", "s")[2:], BODY, *_lines("s", "s")]
    assert _profile(start="ab", end="cd").taken(lines) == (0, 1)
    assert _profile(end="ab").taken(lines) == (6, 7)
    assert _profile(inside="cd").taken(lines) == (3, 4)
    assert _profile(start="a", inside="c", end="b").taken(lines) == (0, 3, 7)


@pytest.mark.parametrize("sort", ["2", "7", "i", "t", "p", "n"])
def test_what_is_no_appeal_stays_inside_of_a_report(sort: str) -> None:
    assert _profile(inside="a").taken([BODY, *_lines(sort), BODY]) == ()


def test_a_long_line_stays_inside_of_a_report() -> None:
    assert _profile(inside="a").taken([BODY, Line(key="a", words=60, sort=Sort.SENTENCE), BODY]) == ()


def test_a_page_that_would_say_next_to_nothing_keeps_all() -> None:
    few = Line(key="few", words=19, sort=Sort.SENTENCE)
    assert _profile(end="a").taken([few, *_lines("s")]) == ()
    assert _profile(start="a", end="a").taken(_lines("s")) == ()


def test_a_profile_is_known_by_what_it_takes_off() -> None:
    assert _profile(end="ab").id == _profile(end="ba").id
    assert len({_profile(end="ab").id, _profile(start="ab").id, _profile(end="ab", suffix=" | W").id}) == 3
    assert Profile.of("other.test", _profile(end="ab").lines).id != _profile(end="ab").id


def test_the_effect_on_a_page_is_what_it_loses_and_what_its_title_does() -> None:
    page = Outline(layout="article", title="Velmora | Watch", lines=(BODY, *_lines("s")))
    other = Outline(layout="article", title="Velmora", lines=(BODY,))
    assert _profile(end="b").effect(page) == _profile().effect(page)
    assert _profile(end="a").effect(page) != _profile().effect(page)
    assert _profile(suffix=" | Watch").effect(page) != _profile().effect(page)
    assert _profile(end="a", suffix=" | Watch").effect(other) == _profile().effect(other)


@given(st.lists(st.sampled_from(["s", "?s", "2", "3", "7", "i", "?i", "l", "?l", "k", "?k", "n", "f"]), max_size=12))
def test_runs_are_within_the_page_and_of_known_lines_or_links(sorts: list[str]) -> None:
    lines = _lines(*sorts)
    known = frozenset(line.key for line in lines) - {"?"}
    start, end = start_run(lines, known), end_run(lines, known)
    assert 0 <= start <= len(lines) >= end >= 0
    assert all(line.key in known and line.sort != Sort.NEVER for line in lines[:start])
    assert all(line.key in known or line.is_link for line in lines[len(lines) - end :])


def test_a_record_that_is_all_known_lines_stays() -> None:
    outline = outlined(record("About us, in a few words.", "Give to us, and we go on."))
    profile = Profile.of("example.org", [LearnedLine(place="end", key=line.key) for line in outline.lines])
    assert profile.taken(outline.lines) == ()
