"""Which room may import which: every module imports only from the right of its own place, and nothing goes round.

The rooms of `scraper` in their order: cli, then demo, crawl, exchange and notify, reparse, learning, loader,
rereading, quiet, claims, passages, then archive, fetch and diff, then markdown, prose and sources, then
insignificant, then urls, capture, terminal, coding, packing, worker, log and declaration, bounds, and errors.
`scraper` imports `parsers`, never the reverse.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
# From left to right. Rooms that share a place do not import each other.
SCRAPER = (
    "cli",
    "demo crawl explain exchange notify",
    "reparse",
    "learning backtest",
    "loader",
    "rereading",
    "quiet",
    "claims",
    "passages",
    "archive fetch diff",
    "markdown rulebook",
    "prose sources fixture doubts reading shelf",
    "insignificant",
    "urls capture terminal coding packing worker ledger log declaration",
    "bounds files",
    "errors version wording",
)
PARSERS = (
    "registry", "sites", "platforms", "article markdown facts pdf origins",
    "modules",
    "layout text head effective learned learning content", "edits",
    "stages recommendations account trim survey", "entries", "blocks rules metadata links kinds",
    "titles when leads people", "names inline",
    "figures tables chrome countries passages footnotes typed_notes nearby datelines", "page dates",
    "tree decode guard line commonmark jsonld", "record profile notices months",
    "normal errors outline signs phrases",
)  # fmt: skip
PLACES = {
    f"{package}.{room}": place
    for package, order in (("scraper", SCRAPER), ("parsers", PARSERS))
    for place, rooms in enumerate(order)
    for room in rooms.split()
}
ONLY_IN = {
    "sqlite3": "scraper.archive", "sqlite_utils": "scraper.archive", "httpx2": "scraper.fetch",
    "selectolax": "parsers", "bs4": "parsers", "playwright": "scraper.fetch", "click": "scraper.cli",
    "msgspec": "scraper.sources scraper.insignificant scraper.declaration scraper.notify scraper.worker scraper.log",
    "re2": "scraper.insignificant", "apprise": "scraper.notify", "smtplib": "scraper.notify",
    "cryptography": "scraper.log", "rfc3161_client": "scraper.log", "pypdf": "parsers.pdf", "pypdfium2": "parsers.pdf",
}  # fmt: skip
# A parser has no clock, chance, file, network or SQL. Bytes in memory are a file for pypdf, which reads nothing else.
NOT_PURE = set("asyncio datetime http io os pathlib random shutil socket sqlite3 ssl subprocess tempfile time".split())
FILES = {
    ".".join(path.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__"): path
    for package in ("parsers", "scraper")
    for path in sorted((PROJECT / package).rglob("*.py"))
}


def _imported(module: str) -> Iterator[str]:
    """The full names that *module* imports, wherever in it; of our own packages the modules, of others as written."""
    parts = module.split(".") + ["__init__"] * (FILES[module].name == "__init__.py")
    for node in ast.walk(ast.parse(FILES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join([*(parts[: -node.level] if node.level else []), *([node.module] if node.module else [])])
            for alias in node.names:
                yield f"{base}.{alias.name}" if f"{base}.{alias.name}" in FILES else base


GRAPH = {module: sorted(set(_imported(module))) for module in FILES}


def _room(module: str) -> str:
    return ".".join(module.split(".")[:2])


def test_every_module_is_in_a_room_with_a_place() -> None:
    assert {_room(module) for module in FILES} - {"parsers", "scraper"} == set(PLACES)


@pytest.mark.parametrize("module", FILES)
def test_a_module_imports_only_from_the_right_of_its_room(module: str) -> None:
    here = _room(module)
    for name in GRAPH[module]:
        there = _room(name)
        if name.partition(".")[0] not in {"parsers", "scraper"} or there == here or module in {"parsers", "scraper"}:
            continue
        if module.startswith("parsers"):
            assert not name.startswith("scraper"), f"{module} imports {name}: parsers know nothing of scraper"
        if there in PLACES and there.startswith(module.partition(".")[0]):
            assert PLACES[here] < PLACES[there], f"{module} imports {name}"


def test_no_import_goes_round() -> None:
    own = {module: [name for name in names if name in FILES] for module, names in GRAPH.items()}
    assert list(TopologicalSorter(own).static_order())


@pytest.mark.parametrize(("library", "room"), ONLY_IN.items())
def test_a_library_is_imported_in_one_room_only(library: str, room: str) -> None:
    users = [module for module, names in GRAPH.items() if any(name.partition(".")[0] == library for name in names)]
    assert users
    rooms = tuple(f"{name}." for name in room.split())
    assert [module for module in users if not f"{module}.".startswith(rooms)] == []


def test_parsers_have_no_clock_file_network_or_sql() -> None:
    parsers = {module: set(names) for module, names in GRAPH.items() if module.startswith("parsers")}
    parsers["parsers.pdf.links"].remove("io")
    assert {module: NOT_PURE.intersection(names) for module, names in parsers.items() if NOT_PURE & names} == {}


def test_no_site_imports_another_site() -> None:
    sites = {module: names for module, names in GRAPH.items() if module.startswith("parsers.sites.")}
    assert sites
    assert [module for module, names in sites.items() if any(name.startswith("parsers.sites") for name in names)] == []


def test_help_loads_none_of_the_heavy_libraries() -> None:
    code = (
        "import sys, scraper.cli\ntry: scraper.cli.main(['--help'])\nexcept SystemExit: print('MODULES', *sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in result.stdout.partition("MODULES")[2].split()}
    assert "click" in loaded
    assert loaded & {"httpx2", "sqlite_utils", "msgspec", "selectolax", "bs4", "asyncio", "rich"} == set()
