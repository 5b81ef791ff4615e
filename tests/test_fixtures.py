"""The path of a fixture is its assertion: `fixtures/<family>/<layout>/<case>` must be read by that layout alone."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from parsers import Record, parse
from parsers.layout import Layout
from parsers.page import Page
from parsers.registry import PLATFORMS, all_sites
from scraper.fixture import GENERIC, Fixture

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
PAGES = sorted(path for path in FIXTURES.glob("*/*/*") if path.suffix in {".html", ".txt", ".md"})
FAMILIES = {**PLATFORMS, **{site.name: site.layouts for site in all_sites()}}
_CANONICAL = re.compile(
    r'<link\b[^>]*\brel="canonical"[^>]*\bhref="([^"]+)"|<link\b[^>]*\bhref="([^"]+)"[^>]*\brel="canonical"'
)


def _name(path: Path) -> str:
    return path.relative_to(FIXTURES).as_posix()


def _url(path: Path) -> str:
    """Where the page was published: by what stands beside it, or by itself, or else by its place."""
    if stated := Fixture(page=path).stated():
        return str(stated["url"])
    if path.suffix == ".html":
        found = _CANONICAL.search(path.read_text(encoding="utf-8"))
        assert found, f"{_name(path)} has no canonical link, so its address is unknown"
        return found[1] or found[2]
    return f"https://www.{path.parent.parent.name}.com/single-post/{path.stem}"


def _record(path: Path) -> Record:
    return parse(path.read_bytes(), url=_url(path), content_type=_content_type(path))


def _content_type(path: Path) -> str | None:
    """The content type that was kept because the page does not say of itself how it is to be read."""
    return Fixture(page=path).stated().get("content_type")


def _layouts() -> Iterator[tuple[str, Layout]]:
    for family, layouts in FAMILIES.items():
        for layout in layouts:
            yield family, layout


@pytest.mark.parametrize("path", PAGES, ids=_name)
def test_the_folder_names_the_layout(path: Path) -> None:
    record = _record(path)
    family, layout = path.parent.parent.name, path.parent.name
    assert record.layout == (f"{family}/{layout}" if path.suffix == ".html" and family != GENERIC else layout)


@pytest.mark.parametrize("path", [path for path in PAGES if "~" not in path.stem], ids=_name)
def test_the_record_is_the_accepted_one(path: Path) -> None:
    complaint = Fixture(page=path).complaint(_record(path), _content_type(path) or "")
    if complaint:
        pytest.fail(complaint.replace(f"{FIXTURES}/", ""))


@pytest.mark.parametrize("path", [path for path in PAGES if "~" in path.stem], ids=_name)
def test_another_build_of_the_page_gives_an_equal_record(path: Path) -> None:
    original = path.with_stem(path.stem.partition("~")[0])
    assert _record(path) == replace(_record(original), url=_url(path))
    assert path.read_bytes() != original.read_bytes()


@pytest.mark.parametrize(("family", "layout"), list(_layouts()), ids=lambda value: getattr(value, "version", value))
def test_every_layout_has_a_page_and_every_selector_matches_in_some_page(family: str, layout: Layout) -> None:
    pages = [Page(path.read_bytes(), url="https://example.org/") for path in PAGES if path.suffix == ".html"]
    claimed = [page for page in pages if layout.recognises(page)]
    assert claimed, f"no fixture for {family}/{layout.version}"
    unused = [
        selector for selector in layout.chrome + layout.pictures if not any(page.first(selector) for page in pages)
    ]
    assert unused == []


def test_no_two_layouts_of_a_family_claim_one_page() -> None:
    for path in (path for path in PAGES if path.suffix == ".html"):
        page = Page(path.read_bytes(), url="https://example.org/")
        for family, layouts in FAMILIES.items():
            claims = [layout.version for layout in layouts if layout.recognises(page)]
            assert len(claims) <= 1, f"{_name(path)} is claimed by {claims} of {family}"


def test_every_accepted_record_belongs_to_a_page() -> None:
    orphans = [path for path in FIXTURES.glob("*/*/*.json") if not list(path.parent.glob(f"{path.stem}.[!j]*"))]
    assert orphans == []
