"""The site's own knowledge; whole pages are in `fixtures/genocidewatch`."""

from dataclasses import replace
from pathlib import Path

import pytest

from parsers import AlertLevel, Country, Entry, Fact, Record, Stage, parse
from parsers.registry import all_sites
from parsers.sites.genocidewatch import SITE
from scraper import compare
from scraper.prose import as_text

PROSE = "The people of the highlands were driven out of their villages by the army, and nobody let them return. " * 2
URL = "https://www.genocidewatch.com/single-post/velmora"


def _read(*lines: str, url: str = URL) -> Record:
    return parse("\n\n".join(lines).encode(), url=url, content_type="text/plain")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (URL, True),
        ("http://genocidewatch.com/countries-at-risk", True),
        ("https://old.genocidewatch.com/a?lightbox=b", True),
        ("https://notgenocidewatch.com/a", False),
        ("https://h.example/www.genocidewatch.com/", False),
    ],
)
def test_the_site_owns_its_hosts(url: str, expected: bool) -> None:
    assert SITE.owns(url) is expected
    assert SITE in all_sites()


def test_an_alert_names_its_country_and_level() -> None:
    record = _read("Genocide Emergency: Sudan, May 2024", PROSE, "Genocide Stage: 9 Extermination")
    assert record.title == "Genocide Emergency: Sudan, May 2024"
    assert record.facts == (
        Country(name="Sudan", iso="SD"),
        AlertLevel(name="Genocide Emergency", level=3),
        Stage(number=9, name="Extermination", model="ten stages"),
    )


def test_the_publisher_is_known_and_its_masthead_taken_off() -> None:
    record = _read("Genocide Watch", "Alliance Against Genocide", "Velmora Country Report", "May 2024", PROSE)
    assert record.organisation == "Genocide Watch"
    assert record.masthead == ("Genocide Watch", "Alliance Against Genocide")
    assert (record.title, record.published) == ("Velmora Country Report", "2024-05")


def test_lines_around_its_reports_are_chrome() -> None:
    around = (
        "top of page",
        "Follow Genocide Watch for more updates:",
        "Read Alert",
        "Search Results",
        "bottom of page",
    )
    record = _read("Velmora Country Report", "May 2024", PROSE, *around)
    assert tuple(part.text for part in record.chrome) == around
    assert _read(PROSE, "Search Results", url="https://h.example/a").chrome == ()


def test_a_report_of_before_2012_counts_eight_stages() -> None:
    record = _read("Velmora Country Report", "March 2009", PROSE, "Genocide Watch considers Velmora to be at Stage 6.")
    assert Stage(number=6, name="Preparation", model="eight stages") in record.facts


def test_a_page_of_another_builder_is_held() -> None:
    record = parse(f"<main><p>{PROSE}</p></main>".encode(), url=URL, content_type="text/html")
    assert [(flag.name, flag.detail) for flag in record.held] == [
        ("layout", "no layout of site 'genocidewatch' recognises this page")
    ]
    assert record.layout == "article"
    assert record.text == PROSE.strip()


FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "genocidewatch"
TWINS = [
    pytest.param(text, html, id=f"{text.parent.name}/{text.stem}")
    for text in sorted([*FIXTURES.glob("text/*.txt"), *FIXTURES.glob("markdown/*.md")])
    for html in sorted(FIXTURES.glob(f"*/{text.stem}.html"))
]


@pytest.mark.parametrize(("text", "html"), TWINS)
def test_a_page_and_its_text_state_the_same_facts(text: Path, html: Path) -> None:
    one, other = (parse(path.read_bytes(), url=URL) for path in (text, html))
    assert [_without_links(fact) for fact in one.facts] == [_without_links(fact) for fact in other.facts]
    assert one.digests.facts == other.digests.facts
    assert one.facts
    assert not compare(one, other).facts


def _without_links(fact: Fact) -> Fact:
    return replace(fact, target="") if isinstance(fact, Entry) else fact


def test_a_list_of_alerts_is_a_record_of_its_entries() -> None:
    record = _read("Countries at Risk", "Genocide Emergency: Sudan, May 2024", "Read Alert", *ENTRIES)
    assert record.title == "Countries at Risk"
    assert record.facts == (
        Entry(report="Genocide Emergency", subject="Sudan", level=3, iso="SD", published="2024-05"),
        Entry(report="Genocide Warning", subject="West Velmora", level=2),
        Entry(report="Country Report", subject="Orn"),
    )
    assert record.held == ()


ENTRIES = ("Genocide Warning: West Velmora", "Country Report: Orn", "A teaser of some words, cut where it ends with...")


def test_what_changes_in_a_list_is_named_entry_by_entry() -> None:
    before = _read("Genocide Watch: Sudan, May 2024", "Genocide Watch: Chad", *ENTRIES)
    after = _read("Genocide Warning: Sudan, June 2024", "Genocide Emergency: Tovash", *ENTRIES)
    changes = compare(before, after)
    assert changes.class_ == "facts"
    assert [change.op for change in changes.facts] == ["changed", "dropped", "added"]
    assert changes.summary.startswith("1 entry added, 1 dropped, 1 changed")
    assert "entry           Genocide Warning: Sudan, 2024-06" in as_text(after)
    assert "entry           Genocide Emergency: Tovash\n" in as_text(after)
