import pytest

from parsers.kinds import alert_level, alert_name, report_name, subject


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("Velmora Country Report", ("Velmora ", "Country Report", "")),
        ("Genocide Warning: Velmora, May 2024", ("", "Genocide Warning", ": Velmora, May 2024")),
        ("Annual Human Rights Report", ("Annual ", "Human Rights Report", "")),
        ("Velmora has fallen", None),
        ("x" * 600 + " Country Report", None),
    ],
)
def test_a_name_tells_the_kind_of_report(line: str, parts: tuple[str, ...] | None) -> None:
    match = report_name(line)
    assert (match and match.group("before", "kind", "after")) == parts


def test_an_alert_has_a_level_and_one_way_to_write_it() -> None:
    kinds = ["genocide WATCH", "Genocide warning alert", "Genocide Emergency", "Country Report"]
    assert [alert_level(kind) for kind in kinds] == [1, 2, 3, None]
    assert [alert_name(kind) for kind in kinds] == [
        "Genocide Watch",
        "Genocide Warning",
        "Genocide Emergency",
        "Country Report",
    ]


@pytest.mark.parametrize(
    ("words", "about"),
    [
        (" on Burma, May 2024", "Burma"),
        (": Velmora (updated May 2024)", "Velmora"),
        ("May 2024 ", ""),
        ("- Velmora 2023", "Velmora"),
        ("", ""),
    ],
)
def test_a_subject_is_without_its_date(words: str, about: str) -> None:
    assert subject(words) == about
