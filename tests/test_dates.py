from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.dates import date_line, find_dates, is_later, iso_day


@pytest.mark.parametrize(
    ("line", "edtf"),
    [
        ("December 2023", "2023-12"),
        ("December, 2023", "2023-12"),
        ("Sept. 2023", "2023-09"),
        ("3 May 2024", "2024-05-03"),
        ("May 3rd, 2024", "2024-05-03"),
        ("1st of May, 2023", "2023-05-01"),
        ("Friday, 3 May 2024", "2024-05-03"),
        ("Published: 3 May 2024", "2024-05-03"),
        ("Last updated on 5 Jan 2024", "2024-01-05"),
        ("2. Okt. 2022", "2022-10-02"),
        ("1er août 2024", "2024-08-01"),
        ("5 de mayo de 2023", "2023-05-05"),
        ("2024-05-03", "2024-05-03"),
        ("2024-05-03T10:00:00.000Z", "2024-05-03"),
        ("2024-05", "2024-05"),
        ("31.12.2023", "2023-12-31"),
        ("Spring 2024", "2024-21"),
        ("(2024)", "2024"),
        ("29 February 2024", "2024-02-29"),
    ],
)
def test_a_date_keeps_the_precision_it_was_given_in(line: str, edtf: str) -> None:
    assert date_line(line) == edtf


@pytest.mark.parametrize(
    "line",
    [
        "03/04/2026",
        "2024-02-30",
        "2024-13-01",
        "2024-13",
        "29.02.2023",
        "31.04.2023",
        "Jun 9",
        "2 days ago",
        "May 2024 - June 2024",
        "The army took Orn in May 2024",
        "1,200 men",
        "Sunday",
        "",
    ],
)
def test_what_is_no_date_or_one_of_two_is_none(line: str) -> None:
    assert date_line(line) is None


def test_dates_in_a_sentence_are_found_in_order_with_their_place() -> None:
    text = "From March 7 2024, after the talks of December 2023 and the winter 2022, in 2021."
    found = list(find_dates(text))
    assert [mention.edtf for mention in found] == ["2024-03-07", "2023-12", "2022-24"]
    assert [text[mention.start : mention.end] for mention in found] == ["March 7 2024", "December 2023", "winter 2022"]


@pytest.mark.parametrize(
    ("value", "day"),
    [
        (" 2024-05-03 ", "2024-05-03"),
        ("2024-05-03T23:59:59.999+02:00", "2024-05-03"),
        ("2024-05-03 10:00", "2024-05-03"),
        ("2023-02-29", None),
        ("2024-05", None),
        ("3 May 2024", None),
        ("", None),
    ],
)
def test_metadata_gives_a_day_only_as_iso_8601(value: str, day: str | None) -> None:
    assert iso_day(value) == day


@pytest.mark.parametrize(
    ("one", "than", "expected"),
    [
        ("2024-03-07", "2023-12", True),
        ("2024-03-07", "2024", False),
        ("2024-03-07", "2024-03", False),
        ("2024", "2024-01", False),
        ("2025", "2024-12-31", True),
        ("2024-22", "2024-03", False),
        ("2024-22", "2023-12", True),
    ],
)
def test_later_means_wholly_later(one: str, than: str, expected: bool) -> None:
    assert is_later(one, than) is expected


@given(st.text())
def test_no_two_dates_of_a_text_overlap(text: str) -> None:
    found = list(find_dates(f"{text} May 2024 {text} 3 May 2024 2024-05-03 {text}"))
    assert all(before.end <= after.start for before, after in pairwise(found))


@given(st.dates(min_value=date(1500, 1, 1), max_value=date(2099, 12, 31)))
def test_every_day_written_by_iso_8601_is_read_back(day: date) -> None:
    assert date_line(str(day)) == str(day)
    assert iso_day(str(day)) == str(day)
