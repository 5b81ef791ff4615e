import pytest

from parsers import parse
from parsers.entries import entries, is_list
from parsers.record import Block, Entry, Mark

SUDAN = Entry(report="Genocide Emergency", subject="Sudan", level=3, iso="SD", published="2024-05")
SAHARA = Entry(report="Genocide Warning", subject="West Velmora", level=2)
REPORT = Entry(report="Country Report", subject="The Democratic Republic of the Congo", iso="CD")
LINES = (
    "Genocide Emergency: Sudan, May 2024",
    "Genocide Warning: West Velmora",
    "Country Report: The Democratic Republic of the Congo",
)


def _blocks(*lines: str) -> list[Block]:
    return [Block(kind="paragraph", text=line) for line in lines]


def test_each_line_of_a_list_is_an_entry() -> None:
    assert entries(_blocks(*LINES)) == (SUDAN, SAHARA, REPORT)
    assert is_list(_blocks(*LINES))


@pytest.mark.parametrize(
    ("line", "entry"),
    [
        ("Genocide Watch: Armenians in Israel", ("Genocide Watch", "Armenians in Israel", 1, "IL", None)),
        ("GENOCIDE WARNING ALERT: CAR, 3 March 2023", ("Genocide Warning", "CAR", 2, "CF", "2023-03-03")),
        ("Sudan: Genocide Emergency", ("Genocide Emergency", "Sudan", 3, "SD", None)),
        ("Special Report on the events at Orn", ("Special Report", "the events at Orn", None, None, None)),
    ],
)
def test_an_entry_has_kind_subject_level_country_and_date(line: str, entry: tuple[object, ...]) -> None:
    found = entries(_blocks(line, *LINES))[0]
    assert (found.report, found.subject, found.level, found.iso, found.published) == entry


def test_the_date_may_stand_in_the_line_below() -> None:
    found = entries(_blocks(LINES[0], "Genocide Warning: Chad", "June 2023", "Words.", LINES[1]))
    assert [entry.published for entry in found] == ["2024-05", "2023-06", None]


def test_an_entry_leads_to_its_report() -> None:
    mark = Mark(kind="link", start=0, end=5, target="https://acme.example/sudan")
    bold = Mark(kind="strong", start=0, end=5)
    blocks = [Block(kind="item", text=LINES[0], level=1, marks=(bold, mark)), *_blocks(*LINES)]
    assert [entry.target for entry in entries(blocks)] == [mark.target, "", "", ""]


@pytest.mark.parametrize(
    "lines",
    [
        LINES[:2],
        (*LINES, *["A paragraph of the report."] * 7),
        ("Country Report",) * 3,
        ("The report says of it all",) * 3,
        ("In this Country Report: " + "word " * 20,) * 3,
        (),
    ],
    ids=["too few", "among other lines", "no subject", "no kind", "sentences", "empty"],
)
def test_a_report_that_names_others_is_no_list(lines: tuple[str, ...]) -> None:
    assert entries(_blocks(*lines)) == ()


@pytest.mark.parametrize(("first", "title"), [(("Countries at Risk",), "Countries at Risk"), ((), "")])
def test_a_list_has_no_head_of_a_report(first: tuple[str, ...], title: str) -> None:
    body = "\n\n".join([*first, *LINES, "May 2021", "By Ana Brix"])
    record = parse(body.encode(), url="https://acme.example/list", content_type="text/plain")
    assert (record.title, record.published, record.authors) == (title, None, ())
    assert len(record.facts) == 3
