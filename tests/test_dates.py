from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.dates import date_line, find_dates, is_edtf, is_later, iso_day, stated_day
from parsers.months import MONTHS


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
        ("12/31/2023", "2023-12-31"),
        ("05/05/2023", "2023-05-05"),
        ("31-12-2023", "2023-12-31"),
        ("2023/12/31", "2023-12-31"),
        ("2023. 12. 31", "2023-12-31"),
        ("31-Dec-2023", "2023-12-31"),
        ("2023. december 31.", "2023-12-31"),
        ("9. mai 2024", "2024-05-09"),
        ("14 stycznia 2025", "2025-01-14"),
        ("14 января 2025", "2025-01-14"),
        ("14 Ağustos 2025", "2025-08-14"),
        ("14 जनवरी 2025", "2025-01-14"),
        ("14 يناير 2025", "2025-01-14"),
        ("١٤ مايو ٢٠٢٤", "2024-05-14"),
        ("14 تشرين الثاني 2024", "2024-11-14"),
        ("١ كانون الأول ٢٠٢٤", "2024-12-01"),
        ("14 غشت 2024", "2024-08-14"),
        ("१४ जनवरी २०२५", "2025-01-14"),
        ("(٢٠٢٤)", "2024"),
        ("2025年1月14日", "2025-01-14"),
        ("2025년 1월", "2025-01"),
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
        "set 2024",
        "Orn 2024, 3",
        "13/13/2024",
        "2024年13月",
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


def test_a_date_of_two_readings_is_read_as_the_caller_knows() -> None:
    readings = {
        known: [mention.edtf for mention in find_dates("03/04/2026", month_first=known)]
        for known in (True, False, None)
    }
    assert readings == {True: ["2026-03-04"], False: ["2026-04-03"], None: []}


@pytest.mark.parametrize(
    ("stated", "day"),
    [
        ("2024-05-03T10:00:00Z", "2024-05-03"),
        ("2024-05-03 10:00:00.0", "2024-05-03"),
        ("20240503", "2024-05-03"),
        ("20240503T101500Z", "2024-05-03"),
        ("20241503", None),
        ("Fri, 05/31/2024 - 11:38", "2024-05-31"),
        ("31/05/2024 09:21:40", "2024-05-31"),
        ("31.05.2024 09:21", "2024-05-31"),
        ("Fri May 31 19:20:36 CEST 2024", "2024-05-31"),
        ("fredag 31. mai 2024 - 13:26", "2024-05-31"),
        ("Published May 31st, 2024 at 4:05 pm", "2024-05-31"),
        ("31 mai 2024 à 10h30", "2024-05-31"),
        ("May 2024", None),
        ("31 May 2024 to 2 June 2024", None),
        ("31 May 2024" + " " * 80, None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_field_for_a_date_gives_its_one_day_in_any_form(stated: str, day: str | None) -> None:
    assert stated_day(stated) == day


def test_every_name_of_a_month_is_read_beside_a_day() -> None:
    read = {name: date_line(f"14 {name} 2025") for name in MONTHS}
    assert read == {name: f"2025-{number:02}-14" for name, number in MONTHS.items()}


@given(st.text(), st.booleans())
def test_no_text_raises(text: str, month_first: bool) -> None:
    for mention in find_dates(text, month_first=month_first):
        assert text[mention.start : mention.end]
    assert stated_day(text, month_first=month_first) is None or text


@pytest.mark.parametrize("edtf", ["2024", "2024-05", "2024-05-14", "2024-02-29", "2024-23"])
def test_dates_as_they_are_given_are_edtf(edtf: str) -> None:
    assert is_edtf(edtf)


@pytest.mark.parametrize("text", ["", "14 May", "2024-5-1", "2024-02-30", "2024-13", "2024-22-01", "20240514", "٢٠٢٤"])
def test_others_are_not(text: str) -> None:
    assert not is_edtf(text)
