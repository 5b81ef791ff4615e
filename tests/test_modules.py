import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from parsers.errors import RuleError
from parsers.layout import Layout, Site
from parsers.modules import Sites, mistakes, read_site, read_sites
from parsers.rules import attr, date, text

HEAD = "from parsers.layout import Layout, Site\nfrom parsers.rules import text\n"
LAYOUT = Layout(version="2024-05", recognise="main", body="main", title=text("h1"), published=date(attr("time", "x")))
SITE = Site(name="acme", serves=("https://acme.example/*",), layouts=(LAYOUT,))
CSS = "expected a CSS selector"
NAMES = 'expected a tuple of names, such as ("Ana Brix",)'
Write = Callable[[str], str]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Writes a module and says its name."""
    monkeypatch.syspath_prepend(tmp_path)

    def module(code: str) -> str:
        (tmp_path / "publisher.py").write_text(HEAD + code, encoding="utf-8")
        return "publisher"

    yield module
    sys.modules.pop("publisher", None)


def test_a_module_holds_a_site(write: Write) -> None:
    assert read_site(write("SITE = Site(name='acme', serves=('https://a.example/*',), layouts=())")).name == "acme"


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("SITE = Site(", "publisher.py, line 3: found SyntaxError: '(' was never closed, expected a module that"),
        ("\nx = SITE", "publisher.py, line 4: found NameError: name 'SITE' is not defined, expected"),
        ("import parsers.none", "publisher.py, line 3: found ModuleNotFoundError: No module named 'parsers.none', exp"),
        ("", "publisher.py: found no SITE, expected a module that can be imported and holds SITE = Site(...)"),
        ("SITE = 'acme'", "publisher.py: found a SITE that is of the kind str, expected"),
        (
            "SITE = Site(name='acme', serves='https://a.example/*', layouts=())",
            "publisher.py, line 3: site 'acme': serves: found 'https://a.example/*' (str), expected a tuple of URLs",
        ),
    ],
    ids=["syntax", "name", "import", "nothing", "text", "value"],
)
def test_a_module_without_a_site_is_told_with_its_file_and_line(write: Write, code: str, line: str) -> None:
    with pytest.raises(RuleError) as caught:
        read_site(write(code))
    assert str(caught.value).startswith(line)


def test_a_module_that_is_not_there_has_no_line() -> None:
    with pytest.raises(RuleError, match=r"^nowhere\.py: found ModuleNotFoundError"):
        read_site("nowhere")


def _fails(_: object) -> Any:
    raise KeyError


@pytest.mark.parametrize(
    ("changed", "lines"),
    [
        ({}, []),
        ({"recognise": "main[["}, ["acme/2024-05: recognise: found 'main[[', " + CSS]),
        ({"chrome": ("p", "a[[", "b[[")}, [f"acme/2024-05: chrome: found '{a}[[', {CSS}" for a in "ab"]),
        (
            {"published": date(text("p"), attr("main[[", "x"))},
            ["acme/2024-05: published: found 'main[[', " + CSS],
        ),
        ({"authors": lambda _: "Ana"}, ["acme/2024-05: authors: found 'Ana' (str), " + NAMES]),
        ({"title": _fails, "modified": lambda page: page.maybe("p") and ""}, []),
        ({"title": lambda page: page.one("title") and page.maybe("head, body, html")}, []),
    ],
    ids=["none", "recognise", "chrome", "second rule", "kind", "rules that want a page", "too many"],
)  # fmt: skip
def test_mistakes_are_found_without_a_page(changed: dict[str, Any], lines: list[str]) -> None:
    site = replace(SITE, layouts=(replace(LAYOUT, **changed),))
    assert list(map(str, mistakes(site))) == lines


def test_modules_that_hold_no_site_cost_the_pages_of_others_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    package = tmp_path / "publishers"
    package.mkdir()
    line = "SITE = Site(name='{0}', serves=('https://{1}.example/*',), layouts=())"
    for module, code in {
        "a": line.format("acme", "a"), "b": line.format("acme", "b"), "c": line.format("wix", "c"), "d": "SITE =",
    }.items():  # fmt: skip
        (package / f"{module}.py").write_text(HEAD + code, encoding="utf-8")
    sites = read_sites("publishers", [str(package)], platforms={"wix"})
    assert [str(error).partition(", expected")[0] for error in sites.mistakes()] == [
        "publishers/b.py: name: found 'acme' a second time",
        "publishers/c.py: name: found 'wix' a second time",
        "publishers/d.py, line 3: found SyntaxError: invalid syntax",
    ]
    owner = sites.of("https://a.example/x")
    assert owner is not None
    assert owner.name == "acme"
    for ask in (sites.all, lambda: sites.of("https://b.example/x")):
        with pytest.raises(RuleError, match="a second time"):
            ask()


def test_without_mistakes_a_page_may_be_nobodys() -> None:
    sites = Sites(found=(SITE,))
    assert (sites.all(), sites.of("https://b.example/"), sites.mistakes()) == ((SITE,), None, ())
