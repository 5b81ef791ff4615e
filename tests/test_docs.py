"""README and docs say what is so: their commands print what stands there, their Python runs, their links lead."""

import os
import pty
import re
import runpy
import shlex
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import click
import pytest

from parsers import guard
from scraper.bounds import Bounds, ParserBounds
from scraper.cli.main import fonds
from scraper.sources import Source

PROJECT = Path(__file__).resolve().parents[1]
DOCS = [PROJECT / "README.md", PROJECT / "CONTRIBUTING.md", *sorted((PROJECT / "docs").rglob("*.md"))]
PICTURE = runpy.run_path(str(PROJECT / "docs" / "picture.py"))
_BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_EXIT = re.compile(r"# exits with (\d+)")
_LINK = re.compile(r"\]\(([^()\s]+)\)")
# Of the demo's times and ports no two runs have the same; midnights are from imports of a given day.
_VARYING = (
    (re.compile(r"\d{4}-\d\d-\d\d[T ](?!00:00:00)\d\d:\d\d:\d\d"), "TIME"),
    (re.compile(r"1:\d{4,5}\b"), "1:PORT"),
)


@dataclass(frozen=True)
class Block:
    kind: str
    path: str
    text: str


def _blocks(path: Path) -> list[Block]:
    return [Block(*(part or "" for part in found)) for found in _BLOCK.findall(path.read_text(encoding="utf-8"))]


def _name(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


def _having(*kinds: str) -> list[Path]:
    return [path for path in DOCS if any(block.kind in kinds for block in _blocks(path))]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of a demo's archive, and what the demo printed."""
    folder = tmp_path_factory.mktemp("demo")
    return folder, PICTURE["demo_output"](folder)


@pytest.fixture
def checkout(tmp_path: Path, demo: tuple[Path, str]) -> Path:
    """A copy of the project in which `make demo` has run, to be written in."""
    for name in ("parsers", "scraper", "fixtures", "tests", "data/sources"):
        # What is compiled already goes with it, but for files that another process is writing.
        shutil.copytree(PROJECT / name, tmp_path / name, ignore=shutil.ignore_patterns("*.pyc.*"))
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    shutil.copytree(demo[0], tmp_path / "data" / "demo")
    return tmp_path


def _run(command: list[str], folder: Path) -> tuple[int, str]:
    """The exit code of *command* and all it prints on a terminal of 100 columns without colours."""
    # A reader's shell has none of these; under CI a program may print more than it does for a person.
    foreign = ("PYTEST_", "COV_", "CI", "BUILD_NUMBER", "FORCE_COLOR", "FONDS_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    environment |= {
        "PATH": f"{Path(sys.executable).parent}:{environment['PATH']}", "PYTHONPATH": str(folder),
        "FONDS_ARCHIVE": "data/demo/archive.db", "NO_COLOR": "1", "COLUMNS": "100", "TERM": "xterm",
    }  # fmt: skip
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        printed = b"".join(_read(ours))
        os.close(ours)
    # A terminal makes "\r\n" of every line's end, and so two of those of HTTP. What is written over nobody sees.
    return process.returncode, re.sub(r"[^\n]*\r", "", re.sub(r"\r+\n", "\n", printed.decode()))


def _read(terminal: int) -> Iterator[bytes]:
    while True:
        try:
            yield os.read(terminal, 65_536)
        except OSError:  # how Linux says that the other end of a terminal is closed
            return


def _settled(text: str) -> list[str]:
    for varying, name in _VARYING:
        text = varying.sub(name, text)
    return [line.rstrip() for line in text.strip().splitlines()]


def _check(expected: str, printed: str) -> None:
    """*printed* is *expected*, where a line "…" stands for any lines and " …" at a line's end for the rest of it."""
    pattern = "".join(
        r"(?:.*\n)*" if line == "…" else re.escape(line.removesuffix("…")) + (r".*\n" if line.endswith(" …") else r"\n")
        for line in _settled(expected)
    )
    found = "".join(f"{line}\n" for line in _settled(printed))
    assert re.fullmatch(pattern, found), f"expected:\n{expected}\nprinted:\n{printed}"


def _commands(block: Block) -> Iterator[tuple[str, str]]:
    """Each command of a console block, with what stands below it."""
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, output = part.replace("\\\n", " ").partition("\n")
        yield command, output


@pytest.mark.parametrize("path", _having("console", "python"), ids=_name)
def test_what_a_page_tells_to_type_prints_what_stands_there(path: Path, checkout: Path) -> None:
    blocks = _blocks(path)
    for block, following in zip(blocks, [*blocks[1:], Block("", "", "")], strict=True):
        if block.path:
            (checkout / block.path).parent.mkdir(parents=True, exist_ok=True)
            (checkout / block.path).write_text(block.text, encoding="utf-8")
        elif block.kind == "console":
            for command, expected in _commands(block):
                code, printed = _run(["bash", "-c", command], checkout)
                named = _EXIT.search(command)
                assert code == (int(named[1]) if named else 0), f"{command}\n{printed}"
                _check(expected, printed)
        elif block.kind == "python":
            code, printed = _run([sys.executable, "-c", block.text], checkout)
            assert code == 0, printed
            if following.kind == "text":
                _check(following.text, printed)


@pytest.mark.parametrize("path", _having("sql"), ids=_name)
def test_the_sql_of_a_page_runs_on_an_archive(path: Path, demo: tuple[Path, str]) -> None:
    connection = sqlite3.connect(demo[0] / "archive.db")
    for block in _blocks(path):
        if block.kind == "sql":
            connection.execute(block.text).fetchall()
    connection.close()


def _fonds_lines(path: Path) -> Iterator[list[str]]:
    """The arguments of each call of fonds in the blocks that are not run."""
    for block in _blocks(path):
        if block.kind == "sh":
            words = (shlex.split(line, comments=True) for line in block.text.splitlines())
            yield from (line[1:] for line in words if line and Path(line[0]).name == "fonds")


def _commands_of(group: click.Group, context: click.Context) -> dict[str, click.Command]:
    found = ((name, group.get_command(context, name)) for name in group.list_commands(context))
    return {name: command for name, command in found if command}


@pytest.mark.parametrize("path", _having("sh"), ids=_name)
def test_what_a_page_tells_to_type_elsewhere_exists(path: Path) -> None:
    commands = _commands_of(fonds, click.Context(fonds))
    for arguments in _fonds_lines(path):
        place = next(index for index, word in enumerate(arguments) if word in commands)
        context = fonds.make_context("fonds", arguments[: place + 1])
        commands[arguments[place]].make_context(arguments[place], arguments[place + 1 :], parent=context)


def _all_commands(group: click.Group, before: str = "fonds") -> Iterator[tuple[str, click.Command]]:
    for name, command in _commands_of(group, click.Context(group)).items():
        yield f"{before} {name}", command
        if isinstance(command, click.Group):
            yield from _all_commands(command, f"{before} {name}")


def test_every_command_is_in_the_docs() -> None:
    words = " ".join(path.read_text(encoding="utf-8") for path in DOCS)
    commands = [name for name, _ in _all_commands(fonds)]
    assert {"fonds crawl", "fonds schedule run-once"} < set(commands)
    assert [name for name in commands if not re.search(rf"\b{name}\b", words)] == []


def test_the_help_of_every_command_has_an_example() -> None:
    assert [name for name, command in _all_commands(fonds) if f"  {name}" not in (command.help or "")] == []


def test_every_field_of_a_source_file_is_in_the_docs() -> None:
    words = (PROJECT / "docs" / "add-a-site.md").read_text(encoding="utf-8")
    named = {field.name for field in fields(Source)} - {"name"}
    assert [name for name in sorted(named) if f"| `{name}` |" not in words] == []


def test_the_bounds_in_the_docs_are_those_of_the_code() -> None:
    words = (PROJECT / "docs" / "operations.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"(?:\| |once )`(\w+)`(?: \| | \()([\d,]+)", words))
    bounds = asdict(Bounds()) | asdict(ParserBounds()) | asdict(guard.Bounds())
    assert told == {name: f"{value:,.0f}" for name, value in bounds.items()}


@pytest.mark.parametrize("path", [*DOCS, PROJECT / "CHANGELOG.md"], ids=_name)
def test_links_between_files_lead_somewhere(path: Path) -> None:
    targets = [target.partition("#")[0] for target in _LINK.findall(path.read_text(encoding="utf-8"))]
    inside = [target for target in targets if target and not target.startswith(("http://", "https://"))]
    assert [target for target in inside if not (path.parent / target).exists()] == []


def test_every_page_of_the_docs_is_reached_from_the_readme() -> None:
    linked = {
        (PROJECT / target).resolve() for target in _LINK.findall((PROJECT / "README.md").read_text(encoding="utf-8"))
    }
    assert [path for path in DOCS[1:] if path not in linked] == []


def test_the_picture_is_what_the_demo_prints(demo: tuple[Path, str]) -> None:
    drawn = (PROJECT / "docs" / "demo.svg").read_text(encoding="utf-8")
    assert PICTURE["picture"](demo[1]) == drawn, "the demo prints something else now: make picture"
