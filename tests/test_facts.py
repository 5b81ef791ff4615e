import re
from string import ascii_lowercase
from typing import Any

import pytest
from building import record

from parsers.facts import country, folded, with_facts
from parsers.record import AlertLevel, Block, Country, Figure, Recommendation, Record, Stage


def _read(*blocks: Block | str, title: str = "Velmora Country Report", **fields: Any) -> Record:
    made = tuple(Block(kind="paragraph", text=block) if isinstance(block, str) else block for block in blocks)
    return with_facts(record(title=title, blocks=made, **{"published": "2024-05"} | fields))


def _country(title: str, headline: str = "") -> Country | None:
    found = _read(title=title, headline=headline)
    return next((fact for fact in found.facts if isinstance(fact, Country)), None)


def _stages(*blocks: Block | str, **fields: Any) -> list[tuple[int, str]]:
    return [(fact.number, fact.name) for fact in _read(*blocks, **fields).facts if isinstance(fact, Stage)]


def _recommendations(*blocks: Block | str) -> list[str]:
    return [fact.text for fact in _read(*blocks).facts if isinstance(fact, Recommendation)]


def _heading(text: str, level: int = 2) -> Block:
    return Block(kind="heading", text=text, level=level)


def _item(text: str) -> Block:
    return Block(kind="item", text=text, level=1)


@pytest.mark.parametrize(
    ("name", "iso", "former"),
    [
        ("Sudan", "SD", False),
        ("DRC", "CD", False),
        ("Congo", "CG", False),
        ("CAR", "CF", False),
        ("Burma", "MM", False),
        ("Kosovo", "XK", False),
        ("Côte d’Ivoire", "CI", False),
        ("Türkiye", "TR", False),
        ("中国", "CN", False),
        ("Zaire", "ZR", True),
        ("USSR", "SU", True),
        ("Yugoslavia", "YU", True),
        ("Czechoslovakia", "CS", True),
        ("East Germany", "DD", True),
    ],
)
def test_a_country_is_known_by_any_of_its_names(name: str, iso: str, former: bool) -> None:
    assert country(name) == Country(name=name, iso=iso, former=former)


@pytest.mark.parametrize(
    "name",
    ["Velmora", "Scotland", "Abkhazia", "Tibet", "European Union", "United Nations", "Fail", "In", "it", "Me", ""],
)
def test_what_is_no_state_is_no_country(name: str) -> None:
    assert country(name) is None


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
        (["Acme considers Sudan to be at Stage 9: Extermination."], Country(name="Sudan", iso="SD")),
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


THREE_SIX_TEN = [(3, "Discrimination"), (6, "Polarization"), (10, "Denial")]


@pytest.mark.parametrize(
    "lines",
    [
        ["Acme considers Velmora to be at Stage 3: Discrimination, Stage 6: Polarization. Stage 10:\u00a0Denial."],
        ["Acme considers it to be at Stages 3 (Discrimination), 6 (“Polarisation”), and 10 (Denial)."],
        ["Velmora is at Discrimination (Stage 3), Polarization (Stage 6) and Denial (Stage 10)."],
        ["Velmora is at stage three, Discrimination, stage six – Polarization and stage ten: Denial."],
        ["Genocide Stages:", "Three - Discrimination", "Six - Polarization", "Ten - Denial"],
        ["Genocide Stage: 3 Discrimination", "Genocide Stage: 6 Polarization", "Genocide Stage: 10 Denial"],
        ["Stages of genocide:", "III. Discrimination", "VI. Polarization", "X. Denial"],
        ["III. Discrimination", "Words.", "VI. Polarization", "X. Denial"],
        ["Stage 3: Discrimination", "Stage 6: Polarization", "Stage 10: Denial"],
        ["Genocide Stages:", "Discrimination", "Polarization", "Denial"],
        ["Velmora is at Stage 3 of genocide: Discrimination, and now at Stages 6 Polarization and 10 Denial."],
        ["Genocide in Velmora is at Stages 3, 6 and 10."],
    ],
    ids=[
        "sentence",
        "parentheses",
        "backwards",
        "words",
        "list of words",
        "one a line",
        "Roman",
        "Roman without a list",
        "labelled lines",
        "names alone",
        "of genocide",
        "numbers alone",
    ],
)
def test_stages_are_read_however_they_are_written(lines: list[str]) -> None:
    assert _stages(*lines) == THREE_SIX_TEN


@pytest.mark.parametrize(
    "lines",
    [
        ["The army is at stage 2 of its plan."],
        ["Denial of food, and persecution."],
        ["2. Persecution", "1. Background"],
        ["The talks are at an early stage."],
        ["They met in three towns."],
    ],
    ids=["a plan", "names alone", "numbered headings", "an early stage", "no stage"],
)
def test_other_stages_are_none(lines: list[str]) -> None:
    assert _stages(*lines) == []


SIX, NINE = (6, "Polarization"), (9, "Extermination")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Rwanda was at Stage 9: Extermination. Chad is not at Stage 10: Denial. It is at Stage 6: Polarization.",
            [SIX],
        ),
        ("Acme no longer considers Velmora to be at Stage 9: Extermination.", []),
        ("Velmora has never reached Stage 9: Extermination, Stage 10: Denial, but is at Stage 6: Polarization.", [SIX]),
        ("Velmora isn’t at Stage 9: Extermination.", []),
        ("Velmora was once at Stage 6: Polarization and is now at Stage 9: Extermination.", [NINE]),
        ("Velmora had been at Polarization (Stage 6).", []),
        ("Velmora is not only at Stage 6: Polarization, but also at Stage 9: Extermination.", [SIX, NINE]),
        ("Acme considers Velmora, which has not signed, to be at Stage 6: Polarization.", [SIX]),
        ("Where people were killed, Velmora is at Stage 9: Extermination.", [NINE]),
        ("Genocide in Velmora is not at Stage 9. It is at Stage 6.", [(6, "Polarization")]),
    ],
    ids=[
        "sentences",
        "no longer",
        "a list of denied ones",
        "isn't",
        "then and now",
        "backwards",
        "not only",
        "an aside",
        "another verb",
        "numbers alone",
    ],
)
def test_a_stage_that_is_denied_or_past_is_none(text: str, expected: list[tuple[int, str]]) -> None:
    assert _stages(text, published="2015-03") == expected


def test_a_line_of_a_list_counts_only_in_a_report_on_a_country_or_below_its_opening() -> None:
    assert _stages("X. Denial", title="Orn has fallen") == []
    assert _stages("Genocide Stages:", "X. Denial", title="Orn has fallen") == [(10, "Denial")]
    assert _stages("Genocide Stages:", "X. Denial", "End.", "Denial", title="Orn has fallen") == [(10, "Denial")]


def test_the_first_statement_of_a_stage_counts() -> None:
    assert _stages("Velmora is at Stage 3: Discrimination.", "It is at Stage 3: Denial.") == [(3, "Discrimination")]


def _models(sentence: str, published: str | None) -> list[tuple[int, str, str, bool]]:
    found = _read(sentence, published=published).facts
    return [(fact.number, fact.name, fact.model, fact.agrees) for fact in found if isinstance(fact, Stage)]


TEN, EIGHT = "ten stages", "eight stages"


@pytest.mark.parametrize(
    ("stages", "published", "expected"),
    [
        ("Stage 7: Extermination", None, [(7, "Extermination", EIGHT, True)]),
        ("Stage 7: Preparation", None, [(7, "Preparation", TEN, True)]),
        ("Stage 1: Classification", "2009-03", [(1, "Classification", EIGHT, True)]),
        ("Stage 1: Classification", "2024-05", [(1, "Classification", TEN, True)]),
        ("Stage 1: Classification", None, [(1, "Classification", "", True)]),
        ("Stage 7", "2009-03", [(7, "Extermination", EIGHT, True)]),
        ("Stage 7", "2024-05", [(7, "Preparation", TEN, True)]),
        ("Stage 7", None, [(7, "", "", True)]),
        ("Stage 9", None, [(9, "Extermination", TEN, True)]),
        (
            "Stage 8: Extermination and Stage 10: Denial",
            "2024-05",
            [(8, "Extermination", TEN, False), (10, "Denial", TEN, True)],
        ),
        (
            "Stage 3: Oppression and Stage 9: Extermination",
            "2024-05",
            [(3, "Oppression", TEN, False), (9, "Extermination", TEN, True)],
        ),
        ("Stage 3: Oppression", None, [(3, "Oppression", "", False)]),
        ("Stage 9: Denial", "2009-03", [(9, "Denial", TEN, False)]),
        ("Stage 7: Extermination", "2012-12", [(7, "Extermination", EIGHT, True)]),
        ("Stage 7: Extermination", "2013-01", [(7, "Extermination", TEN, False)]),
        (
            "Stage 6: Preparation and Stage 7: Extermination",
            "2013-01",
            [(6, "Preparation", EIGHT, True), (7, "Extermination", EIGHT, True)],
        ),
        (
            "Stage 1: Classification and Stage 7: Extermination",
            "2013-01",
            [(1, "Classification", TEN, True), (7, "Extermination", TEN, False)],
        ),
        (
            "Stage 6: Preparation, Stage 7: Extermination and Stage 9: Denial",
            "2009-03",
            [(6, "Preparation", TEN, False), (7, "Extermination", TEN, False), (9, "Denial", TEN, False)],
        ),
    ],
)
def test_a_stage_is_one_of_the_model_it_counts_in(
    stages: str, published: str | None, expected: list[tuple[int, str, str, bool]]
) -> None:
    assert _models(f"Genocide Watch considers Velmora to be at {stages}.", published) == expected


def test_a_name_alone_in_no_known_model_is_no_stage() -> None:
    assert _stages("Genocide Stages:", "Denial", published=None) == []
    assert _stages("Genocide Stages:", "Discrimination", published="2009-03") == [(3, "Discrimination")]


def test_a_contradiction_is_flagged_with_its_evidence() -> None:
    (flag,) = _read("Velmora is at Stage 8: Extermination and Stage 10: Denial.").flags
    assert (flag.name, flag.value, flag.holds) == ("stage-disagrees", "8", False)
    assert flag.detail == "stage 8 is called 'Extermination', which is not its name among the ten stages"
    (flag,) = _read("Velmora is at Stage 3: Oppression.", published=None).flags
    assert flag.detail.endswith("among the stages of any model")


A, B, C = "The Union must act.", "Russia should leave.", "Release them."


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        (["Acme recommends:", _item(A), _item(C), "End.", _item(B)], [A, C]),
        (["Acme recommends:", A, B, "Words.", A], [A, B]),
        (["Acme urges all states to help:", _item(C)], [C]),
        (["Acme makes the following recommendations", _item(C)], [C]),
        (["Recommendations", _item(C)], [C]),
        (["Recommendations for Velmora", _item(C)], [C]),
        ([_heading("Recommendations"), "Some words first.", _item(A), "End.", _item(B)], [A]),
        ([_heading("Recommendations to the government"), _item(C)], [C]),
        ([_heading("What Acme recommends"), _item(C)], [C]),
        (
            [_heading("Recommendations"), _heading("Velmora", 3), _item(A), "Words.", _heading("Tessaly", 3), _item(B)],
            [A, B],
        ),
        ([_heading("Recommendations"), _heading("Velmora"), _item(A), _heading("Tessaly"), _item(B)], [A, B]),
        ([_heading("Recommendations"), _heading("Velmora", 3), _item(A), _heading("More", 2), _item(C)], [A]),
        ([_heading("Recommendations"), _item(A), _heading("References"), _item(C)], [A]),
        ([_heading("Recommendations"), _heading("Velmora"), _item(A), _heading("Sources"), _item(C)], [A]),
        ([_heading("Recommendations"), "Acme recommends:", _heading("Velmora", 3), _item(A)], [A]),
        (["Acme recommends:", _heading("To Velmora", 3), _item(C)], [C]),
        (["Recommendations:", "Velmora:", _item(A), "Tessaly:", _item(B), "Sources:", _item(C)], [A, B]),
        (
            ["Acme recommends:", Block(kind="figure", text="", figure=Figure(image="a")), _item(A)],
            [A],
        ),
        (["Acme recommends that the Union acts.", _item(C)], []),
        (["Acme ignored the recommendations.", _item(C)], []),
        ([_item(A)], []),
        ([_heading("Background"), _item(A), A], []),
        ([Block(kind="quotation", text="Recommendations:"), _item(C)], []),
    ],
    ids=[
        "items",
        "paragraphs",
        "urges",
        "no colon",
        "a line",
        "a line with a subject",
        "heading and words",
        "heading with a subject",
        "heading that ends so",
        "sub-headings",
        "sub-headings of one level",
        "the next section",
        "references",
        "sources as sub-heading",
        "heading and sentence",
        "sub-heading below a sentence",
        "lines as sub-headings",
        "a picture between",
        "a sentence",
        "a mention",
        "no opening",
        "another heading",
        "a quotation",
    ],
)
def test_recommendations_are_what_follows_their_opening(blocks: list[Block | str], expected: list[str]) -> None:
    assert _recommendations(*blocks) == expected


@pytest.mark.parametrize(
    ("sentence", "addressees"),
    [
        ("The UN Security Council should act.", ("UN Security Council",)),
        ("The US and South Korea should act.", ("US", "South Korea")),
        ("The UNSC, US, and EU should act.", ("UNSC", "US", "EU")),
        ("Russia must leave.", ("Russia",)),
        ("All the states are urged to help.", ("states",)),
        ("Both Velmora and Tessaly should talk.", ("Velmora", "Tessaly")),
        ("Trinidad and Tobago should ratify it.", ("Trinidad and Tobago",)),
        ("To end the war, the Union must act.", ("Union",)),
        ("The Union, which met in May, should act.", ("Union",)),
        ("There should be peace.", ()),
        ("No one should be left behind.", ()),
        ("Release them.", ()),
        ("the Union should act.", ()),
        ("Should the Union act?", ()),
        (", must go.", ()),
        ("A " + "very " * 30 + "long subject must end.", ()),
    ],
)
def test_addressees_are_those_named_before_the_verb(sentence: str, addressees: tuple[str, ...]) -> None:
    found = [fact for fact in _read("Acme recommends:", _item(sentence)).facts if isinstance(fact, Recommendation)]
    assert found == [Recommendation(text=sentence, addressees=addressees)]


def test_a_picture_dated_after_the_report_is_flagged() -> None:
    lead = Figure(caption="Orn on March 7 2024")
    (flag,) = _read(lead=lead, published="2023-12").flags
    assert (flag.name, flag.value, flag.holds) == ("later-than-published", "2024-03-07", False)
    assert flag.detail == "a figure's caption says 'March 7 2024', the report is dated 2023-12"
    assert _read(lead=lead, published="2024-03").flags == ()
    assert _read(lead=lead, published=None).flags == ()


def test_folding_misses_no_sign_that_a_form_takes_for_a_letter() -> None:
    every_sign = "".join(map(chr, range(0x110000)))
    for letter in ascii_lowercase:
        assert {folded(sign) for sign in re.findall(letter, every_sign, re.IGNORECASE)} == {letter}
