import pytest

from scraper.diff.dates import dates_changed
from scraper.diff.words import edits


@pytest.mark.parametrize(
    ("before", "after", "pairs"),
    [
        ("on 7 March 2024.", "on 9 March 2024.", [("7 March 2024", "9 March 2024")]),
        ("on March 7, 2024.", "on April 7, 2024.", [("March 7, 2024", "April 7, 2024")]),
        ("since 2024-03-07 here", "since 2024-03-09 here", [("2024-03-07", "2024-03-09")]),
        ("In December 2023 it", "In May it", [("December 2023", "")]),
        ("It burnt.", "It burnt on 7 March 2024.", [("", "7 March 2024")]),
        ("since 2021 here", "since 2022 here", []),  # a number
        ("On 7 March 2024 two fled.", "On 7 March 2024 ten fled.", []),
        ("7 March 2024", "March 7, 2024", []),  # the same day
        ("2024年3月7日，村庄被烧。", "2024年3月9日，村庄被烧。", [("2024年3月7日", "2024年3月9日")]),
        ("From 1 May 2023 to 2 May 2023.", "From 3 May 2023 to 4 May 2023.", [
            ("1 May 2023", "3 May 2023"), ("2 May 2023", "4 May 2023"),
        ]),
    ],
)  # fmt: skip
def test_dates_that_differ_are_told_as_they_are_written(before: str, after: str, pairs: list[tuple[str, str]]) -> None:
    assert list(dates_changed(edits(before, after).runs)) == pairs
    assert [pair[::-1] for pair in dates_changed(edits(after, before).runs)] == pairs
