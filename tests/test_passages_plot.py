import re
import xml.etree.ElementTree as ET
from datetime import timedelta

from building import record
from tracing import versions

from parsers.record import Fact, Recommendation, Record, Stage
from scraper.passages import timeline
from scraper.passages.drawing import drawing
from scraper.passages.plot import Chart, columns, cut, plot

STAGE = Stage(number=9, name="Extermination", model="ten stages")
SVG = "{http://www.w3.org/2000/svg}"


def _stating(*facts: Fact, **fields: str) -> Record:
    return record("A text.", facts=facts, **fields)


def _chart(*records: Record | None, name: str = "Velmora") -> Chart:
    return Chart(name, timeline(versions(*records)))


def _parsed(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 -- what we have just made


def test_presence_doubt_and_absence_are_drawn() -> None:
    lines = plot([_chart(_stating(), _stating(STAGE), _stating())], width=60).splitlines()
    assert lines[0].split() == ["2024-01-01", "2024-01-23"]
    assert re.fullmatch(r"stage 9 Extermination\s+·+░+█+░+·+", lines[2])
    assert {columns(line) for line in lines[1:3]} == {60}
    assert lines[-1].strip() == "█ there   ░ between two captures, nobody knows   · not there"


def test_a_moment_of_presence_is_seen_at_any_width() -> None:
    charts = [_chart(*[_stating()] * 40, _stating(STAGE), *[_stating()] * 40)]
    for width in (30, 60, 100, 200):
        assert "█" in plot(charts, width=width).splitlines()[2]


def test_one_capture_is_drawn() -> None:
    chart = _chart(_stating(STAGE))
    at_once = chart.timeline.versions[0].first_seen
    assert at_once < chart.timeline.versions[0].last_seen - timedelta(hours=1)
    assert "█" * 20 in plot([chart], width=60)


def test_pages_of_one_country_share_one_axis() -> None:
    lines = plot([_chart(_stating(), name="A"), _chart(_stating(STAGE), None, name="B")], width=80).splitlines()
    assert lines[1] == "A"
    assert lines[3] == "B"
    assert lines[2].endswith("█")  # what was not looked at is neither there nor absent
    assert columns(lines[2]) < columns(lines[4])


def test_nothing_is_drawn_of_nothing() -> None:
    assert plot([], width=80) == ""
    assert plot([Chart("A", timeline([]))], width=80) == ""


def test_wide_and_hostile_labels_keep_their_columns() -> None:
    hostile = Recommendation(text="国連は調査団を派遣すべきである。国連は調査団を派遣すべきである。\x1b[31m\u202eabc")
    lines = plot([_chart(_stating(hostile, STAGE))], width=70).splitlines()
    assert all(columns(line) == 70 for line in lines[1:-1])
    assert "\x1b" not in "".join(lines)
    assert cut("国連は調査団", 5) == "国連…"


def test_the_drawing_is_one_file_that_needs_nothing_else() -> None:
    hostile = Recommendation(text='</text><script>alert(1)</script>&\x00\x1b"')
    text = drawing([_chart(_stating(hostile), _stating(STAGE))], title="Reports on <Velmora>")
    root = _parsed(text)
    assert {element.tag.removeprefix(SVG) for element in root.iter()} == {
        "svg", "title", "desc", "style", "defs", "pattern", "line", "rect", "text", "g",
    }  # fmt: skip
    assert re.findall(r"https?:[^\"]*", text) == ["http://www.w3.org/2000/svg"]
    assert "prefers-color-scheme: dark" in text


def test_the_drawing_can_be_read_aloud() -> None:
    root = _parsed(drawing([_chart(_stating(), _stating(STAGE), _stating())], title="Velmora"))
    assert (root.get("role"), root.get("aria-labelledby")) == ("img", "title desc")
    title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert title.text == "Velmora, 2024-01-01 to 2024-01-23"
    assert desc is not None
    assert desc.text
    assert (
        "stage 9 Extermination: from after 2024-01-03 and by 2024-01-11 to 2024-01-13, gone by 2024-01-21." in desc.text
    )


def test_bars_of_the_drawing_are_as_long_as_the_time() -> None:
    root = _parsed(drawing([_chart(_stating(), _stating(STAGE), _stating())], title="Velmora"))
    lane = list(root.iter(f"{SVG}g"))[1]
    bars = [(bar.get("class"), float(bar.get("x", 0)), float(bar.get("width", 0))) for bar in lane.iter(f"{SVG}rect")]
    assert [name for name, _, _ in bars] == ["unknown", "unknown", "there"]
    first, second, there = (width for _, _, width in bars)
    assert abs(first - second) < 0.2
    assert abs(first / there - 4) < 0.1


def test_a_drawing_of_nothing_says_so() -> None:
    assert "Nothing is stated." in drawing([], title="Velmora")
