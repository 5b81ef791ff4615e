"""What all publishers have in common; what each is like is in `fixtures`."""

from pathlib import Path

import pytest

from parsers import parse
from parsers.layout import Site
from parsers.registry import all_sites

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
UNTESTED = [site for site in all_sites() if site.untested]
PROSE = "".join(
    f"<p>The people of {name} were driven out of their villages by the army in the spring, and none has returned.</p>"
    for name in ("Orn", "Sill", "Low Anner", "Tessaly")
)


def _url(site: Site) -> str:
    return site.serves[0].replace("http*", "https").replace("*", "reports/orn")


@pytest.mark.parametrize("site", all_sites(), ids=lambda site: site.name)
def test_a_publisher_is_named_after_its_module_and_owns_its_addresses(site: Site) -> None:
    assert site.organisation
    assert [other.name for other in all_sites() if other.owns(_url(site))] == [site.name]
    assert (FIXTURES / site.name).is_dir()


def test_those_nobody_held_against_a_page_say_so() -> None:
    assert {"amnesty", "crisisgroup", "fidh", "freedomhouse", "hrw", "ohchr"} == {site.name for site in UNTESTED}


@pytest.mark.parametrize("site", UNTESTED, ids=lambda site: site.name)
def test_a_record_by_untested_rules_says_so_and_is_not_held(site: Site) -> None:
    pages = [path for path in (FIXTURES / site.name).glob("*/*.html") if "~" not in path.stem]
    assert pages
    for path in pages:
        record = parse(path.read_bytes(), url=_url(site))
        assert record.layout == f"{site.name}/{path.parent.name}"
        assert [flag.name for flag in record.flags] == ["untested"]
        assert site.untested in record.flags[0].detail


@pytest.mark.parametrize("site", UNTESTED, ids=lambda site: site.name)
def test_a_page_that_untested_rules_do_not_fit_is_read_all_the_same(site: Site) -> None:
    record = parse(f"<main><h1>Orn fell</h1>{PROSE}</main>".encode(), url=_url(site), content_type="text/html")
    assert (record.layout, record.held, len(record.blocks)) == ("article", (), 4)
    assert [flag.name for flag in record.flags] == ["layout"]
