from typing import Any

import pytest
from building import record

from parsers.facts import with_facts
from parsers.record import AlertLevel, Block, Country, Entry, Figure, Record


def _read(*blocks: Block | str, title: str = "Velmora Country Report", **fields: Any) -> Record:
    made = tuple(Block(kind="paragraph", text=block) if isinstance(block, str) else block for block in blocks)
    return with_facts(record(title=title, blocks=made, **{"published": "2024-05"} | fields))


def _country(title: str, headline: str = "") -> Country | None:
    found = _read(title=title, headline=headline)
    return next((fact for fact in found.facts if isinstance(fact, Country)), None)


@pytest.mark.parametrize(
    ("title", "name", "iso"),
    [
        ("Sudan Country Report", "Sudan", "SD"),
        ("Country Report: Sudan", "Sudan", "SD"),
        ("Country Report - Sudan, May 2024", "Sudan", "SD"),
        ("Country Report on Burma 2023", "Burma", "MM"),
        ("Nigeria 2023 Country Report", "Nigeria", "NG"),
        ("Special Report on Burma", "Burma", "MM"),
        ("Genocide Emergency: Sudan, May 2024", "Sudan", "SD"),
        ("May 2024 Genocide Warning: Sudan", "Sudan", "SD"),
        ("Genocide Emergency: Sudan (updated May 2024)", "Sudan", "SD"),
        ("Genocide Emergency Update: Sudan", "Sudan", "SD"),
        ("Genocide Emergency Alert for Sudan", "Sudan", "SD"),
        ("Genocide Warning: The Democratic Republic of the Congo", "Democratic Republic of the Congo", "CD"),
        ("Country Report: Democratic Republic of the Congo (DRC)", "DRC", "CD"),
        ("Genocide Warning: Armenians in Israel", "Israel", "IL"),
        ("Genocide Warning: The Jumma People in Bangladesh", "Bangladesh", "BD"),
        ("Genocide Watch: Manipur, India", "India", "IN"),
        ("Country Report: Sudan – the war goes on", "Sudan", "SD"),
        ("Update: Sudan Country Report", "Sudan", "SD"),
        ("The Jumma People in Bangladesh - Genocide Warning", "Bangladesh", "BD"),
        ("Sudan: Genocide Emergency", "Sudan", "SD"),
        ("Sudan, Genocide Emergency, May 2024", "Sudan", "SD"),
        ("Velmora Country Report", "Velmora", None),
        ("Country Report: Velmora, May 2024", "Velmora", None),
        ("Sudan", "Sudan", "SD"),
    ],
)
def test_the_name_of_a_report_says_which_country_it_is_about(title: str, name: str, iso: str | None) -> None:
    assert _country(title) == Country(name=name, iso=iso)


@pytest.mark.parametrize(
    "title",
    [
        "Genocide Watch: West Velmora",
        "Genocide Warning: Abkhazia",
        "Special Report: Hate speech",
        "Country Report",
        "Orn has fallen",
        "",
    ],
)
def test_a_title_that_names_none_gives_none(title: str) -> None:
    assert _country(title) is None


def test_the_headline_is_asked_after_the_title() -> None:
    assert _country("Orn has fallen", headline="Sudan Country Report") == Country(name="Sudan", iso="SD")


def test_the_publisher_is_not_the_country() -> None:
    found = _read(title="Acme Country Report: Velmora", organisation="Acme")
    assert found.facts == (Country(name="Velmora"),)


@pytest.mark.parametrize(
    ("title", "name", "level"),
    [
        ("Genocide Watch: Sudan", "Genocide Watch", 1),
        ("Genocide Warning: Sudan", "Genocide Warning", 2),
        ("GENOCIDE EMERGENCY: Sudan", "Genocide Emergency", 3),
        ("Genocide Emergency Alert: Sudan", "Genocide Emergency", 3),
        ("Genocide Emergency Update: Sudan", "Genocide Emergency", 3),
        ("Genocide Emergency – Sudan", "Genocide Emergency", 3),
        ("Sudan: Genocide Emergency", "Genocide Emergency", 3),
        ("The Jumma People in Bangladesh - Genocide Warning", "Genocide Warning", 2),
    ],
)
def test_the_kind_of_an_alert_is_its_level(title: str, name: str, level: int) -> None:
    assert AlertLevel(name=name, level=level) in _read(title=title).facts
    assert AlertLevel(name=name, level=level) in _read(title="Orn has fallen", headline=title).facts


@pytest.mark.parametrize(
    "title",
    [
        "Genocide Watch",
        "Genocide Watch says Orn fell",
        "Was it a Genocide Warning: Orn",
        "No peace: Genocide Emergency",
        "Sudan Country Report",
        "Sudan",
    ],
)
def test_other_titles_are_no_alert(title: str) -> None:
    assert not any(isinstance(fact, AlertLevel) for fact in _read(title=title).facts)


@pytest.mark.parametrize(
    ("line", "name", "level"),
    [
        ("Genocide Watch Alert Level 1", "Genocide Watch", 1),
        ("Genocide Alert Level: 2", "Genocide Warning", 2),
        ("Genocide Emergency Alert Level 3.", "Genocide Emergency", 3),
    ],
)
def test_a_line_may_give_the_level_of_an_alert(line: str, name: str, level: int) -> None:
    assert AlertLevel(name=name, level=level) in _read("Words.", line, title="Orn has fallen").facts


def test_a_sentence_about_levels_raises_no_alert() -> None:
    facts = _read("The Genocide Alert Level 3 was raised.", "Genocide Alert Level 4").facts
    assert not any(isinstance(fact, AlertLevel) for fact in facts)


@pytest.mark.parametrize(
    ("sentences", "expected"),
    [
        (["Words.", "Acme considers Sudan to be at Stage 9: Extermination."], Country(name="Sudan", iso="SD")),
        (["Acme places the people in Sudan at genocide stage nine."], Country(name="Sudan", iso="SD")),
        (["Acme considers Sudan to be at Stage 9.", "It considers Sudan at Denial."], Country(name="Sudan", iso="SD")),
        (["Acme considers Sudan to be at Stage 9.", "It considers Chad at Stage 3."], None),
        (["Acme considers Velmora to be at Stage 9."], None),
        (["Acme considers it to be at Stage 9."], None),
        (["Acme considers Sudan a friend."], None),
    ],
    ids=["sentence", "people in", "twice", "two countries", "invented", "it", "no stage"],
)
def test_without_a_name_the_country_is_the_one_said_to_be_at_a_stage(
    sentences: list[str], expected: Country | None
) -> None:
    found = [fact for fact in _read(*sentences, title="Orn has fallen").facts if isinstance(fact, Country)]
    assert found == ([expected] if expected else [])


def test_the_name_of_the_report_goes_before_what_its_sentences_consider() -> None:
    facts = _read("Acme considers Sudan to be at Stage 9.", title="Chad Country Report").facts
    assert facts[0] == Country(name="Chad", iso="TD")


def test_a_picture_dated_after_the_report_is_flagged() -> None:
    lead = Figure(caption="Orn on March 7 2024")
    (flag,) = _read(lead=lead, published="2023-12").flags
    assert (flag.name, flag.value, flag.holds) == ("later-than-published", "2024-03-07", False)
    assert flag.detail == "a figure's caption says 'March 7 2024', the report is dated 2023-12"
    assert _read(lead=lead, published="2024-03").flags == ()
    assert _read(lead=lead, published=None).flags == ()


def test_the_facts_of_a_list_are_its_entries_alone() -> None:
    lines = ["Genocide Emergency: Sudan, May 2024", "Genocide Warning: Chad", "Country Report: Velmora"]
    found = _read(*lines, "Acme considers Sudan to be at Stage 9: Extermination.", title="Countries at Risk").facts
    assert [type(fact) for fact in found] == [Entry] * 3


def test_a_long_title_is_no_name() -> None:
    assert _country(f"{'Genocide Emergency: Sudan ' * 30}") is None
