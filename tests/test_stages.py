from typing import Any

import pytest
from building import record

from parsers.facts import with_facts
from parsers.record import Block, Record, Stage


def _read(*blocks: Block | str, title: str = "Velmora Country Report", **fields: Any) -> Record:
    made = tuple(Block(kind="paragraph", text=block) if isinstance(block, str) else block for block in blocks)
    return with_facts(record(title=title, blocks=made, **{"published": "2024-05"} | fields))


def _stages(*blocks: Block | str, **fields: Any) -> list[tuple[int, str]]:
    return [(fact.number, fact.name) for fact in _read(*blocks, **fields).facts if isinstance(fact, Stage)]


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
        ["Acme counts ten stages of genocide.", "Velmora is at Stages 3, 6 and 10."],
        ["Velmora is at the third stage, Discrimination, the 6th stage: Polarization and the tenth stage (Denial)."],
        ["Discrimination, the third stage of genocide, Polarization (stage VI) and Denial, the 10th stage, are here."],
        ["Third stage: Discrimination", "Sixth Stage of Genocide – Polarization", "Tenth stage: Denial"],
        ["Genocide in Velmora is at the third, sixth and tenth stages."],
        ["Genocide Stages: 3, 6 & 10"],
        ["Stages 3 and 6", "Stage 10"],
        ["Stages 3, 6 and 10: Discrimination, Polarization and Denial"],
        ["Velmora is at Stage 3 of 10: Discrimination, at Stage 6 of 10: Polarization and at Stage 10."],
        ["In Velmora stages three, 6: Polarization are reached; genocide is at stage X."],
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
        "numbers of a model named before",
        "ordinals",
        "ordinals backwards",
        "lines of ordinals",
        "ordinals alone",
        "a label and numbers",
        "lines of numbers",
        "numbers, then names",
        "of ten",
        "the last is named",
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
        ["Genocide is at the first stage of the plan they made."],
        ["At the stage I described, genocide is denied."],
        ["Is Stage 9 of genocide"],
        ["Velmora is at Stage 3: Testing."],
        ["Acme counts ten stages of genocide.", "The software is at Stage 3: Testing."],
        ["Velmora is at Stages 6, 7 and 8."],
    ],
    ids=[
        "a plan",
        "names alone",
        "numbered headings",
        "an early stage",
        "no stage",
        "stage of a plan",
        "I",
        "question",
        "a name of no model",
        "a name of no model where one is spoken of",
        "numbers of no model",
    ],
)
def test_other_stages_are_none(lines: list[str]) -> None:
    assert _stages(*lines) == []


EIGHT_TO_TEN = [(8, "Persecution"), (9, "Extermination"), (10, "Denial")]


@pytest.mark.parametrize(
    "line",
    [
        "Acme considers genocide in Velmora to be at Stages 8-10.",
        "Acme considers genocide in Velmora to be at stages 8 through 10.",
        "Acme considers Velmora to be at Stages 8 to 10: Persecution, Extermination and Denial.",
        "Genocide Stages: 8 – 10",
        "Stages VIII-X",
        "Stage 8-10",
        "Eighth to tenth stages",
        "Genocide in Velmora is at the eighth to tenth stages.",
    ],
)
def test_a_range_is_all_of_its_stages(line: str) -> None:
    assert _stages(line) == EIGHT_TO_TEN


def test_what_stands_behind_a_stage_is_counted_only_if_it_is_one() -> None:
    assert _stages("Genocide in Velmora is at Stage 8, and 10 people died.") == [(8, "Persecution")]
    assert _stages("Genocide in Velmora is at Stage 8 and 9.") == EIGHT_TO_TEN[:2]


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
    (flag,) = _read("Genocide in Velmora is at Stage 3: Oppression.", published=None).flags
    assert flag.detail.endswith("among the stages of any model")
