"""What a difference changes, field by field, as it is stored in rows."""

from building import record

from parsers.record import AlertLevel, Country, Entry, Figure, Recommendation, Stage
from scraper.archive import field_rows
from scraper.diff import diff

VELMORA = Country(name="Velmora", iso="XV")
STAGE = Stage(number=9, name="Extermination", model="ten stages")


def _rows(before: dict[str, object], after: dict[str, object]) -> list[tuple[str, str | None, str | None]]:
    return [tuple(row) for row in field_rows(diff(record("Text.", **before), record("Text.", **after)).to_dict())]  # type: ignore[misc]


def test_fields_by_name_with_their_text() -> None:
    assert _rows({"published": "2024-03"}, {"title": "Velmora in May"}) == [
        ("title", "Velmora Country Report", "Velmora in May"),
        ("published", "2024-03", None),
    ]
    assert _rows({"authors": ("Nela Oskarin", "Ivo Tal")}, {"authors": ("Ivo Tal",)}) == [
        ("authors", "Nela Oskarin; Ivo Tal", "Ivo Tal")
    ]
    lead = {"lead": Figure(image="/a.jpg", caption="The border.")}
    assert _rows({}, lead) == [("lead", None, "/a.jpg; The border.")]


def test_facts_by_kind_and_name() -> None:
    assert _rows({"facts": (STAGE,)}, {"facts": ()}) == [("stage/9", "Extermination, ten stages", None)]
    other = Stage(number=9, name="Denial", model="ten stages", agrees=False)
    assert _rows({"facts": (STAGE,)}, {"facts": (other,)}) == [
        ("stage/9", "Extermination, ten stages", "Denial, ten stages, number and name disagree")
    ]
    former = Country(name="Old Tovash", former=True)
    assert _rows({"facts": (VELMORA,)}, {"facts": (former,)}) == [
        ("country/XV", "Velmora", None),
        ("country/Old Tovash", None, "Old Tovash, a former country"),
    ]
    assert _rows({}, {"facts": (AlertLevel(name="Warning", level=2),)}) == [("alert/2", None, "Warning")]


def test_what_is_asked_for_by_its_words_and_entries_by_their_subject() -> None:
    asked = Recommendation(text="Open the border.", addressees=("Velmora", "the council"))
    assert _rows({}, {"facts": (asked, Recommendation(text="Let people return."))}) == [
        ("recommendation", None, "Open the border. (Velmora, the council)"),
        ("recommendation", None, "Let people return."),
    ]
    entry = Entry(report="Warning", subject="Velmora", level=2, iso="XV", published="2024-05", target="/velmora")
    assert _rows({}, {"facts": (entry,)}) == [("entry/Velmora", None, "Warning, 2, XV, 2024-05, /velmora")]


def test_where_nothing_is_compared_there_are_none() -> None:
    assert field_rows({}) == []
