"""What docs/queries.md asks is answered so by other programs than fonds, and they leave the file as it is."""

# ruff: noqa: S608 -- our own words

import csv
import json
import re
import shutil
import sqlite3
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

import pytest
from queried import make

PAGE = Path(__file__).resolve().parents[1] / "docs" / "queries.md"
_ASKED = re.compile(r"((?:^.+\n)+)\n```sql\n([^`]*)```\n\n```text\n([^`]*)```$", re.MULTILINE)
QUESTIONS = {question: (sql, told) for question, sql, told in _ASKED.findall(PAGE.read_text(encoding="utf-8"))}
SQLITE3 = shutil.which("sqlite3")
PROGRAMS = Path(sys.executable).parent


def _short(question: str) -> str:
    return question.partition("?")[0][:60]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The archive that is asked; every program must leave it byte for byte as it was."""
    path = make(tmp_path_factory.mktemp("queried") / "archive.db")
    before = sha256(path.read_bytes()).hexdigest()
    yield path
    assert sha256(path.read_bytes()).hexdigest() == before


@pytest.fixture(scope="module")
def views(archive: Path) -> dict[str, int]:
    """The views, with their numbers of rows."""
    with closing(sqlite3.connect(f"{archive.as_uri()}?mode=ro", uri=True)) as connection:
        names = [name for (name,) in connection.execute("select name from sqlite_master where type = 'view'")]
        return {name: connection.execute(f"select count(*) from {name}").fetchone()[0] for name in names}


def _answer(archive: Path, sql: str) -> tuple[list[str], list[tuple[object, ...]]]:
    with closing(sqlite3.connect(f"{archive.as_uri()}?mode=ro", uri=True)) as connection:
        cursor = connection.execute(sql)
        return [column[0] for column in cursor.description], cursor.fetchall()


def _run(*command: str, folder: Path) -> str:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


def _columns(names: list[str], rows: list[tuple[object, ...]]) -> str:
    """The rows as the shell of SQLite prints them in columns."""
    cells = [names, *(["" if cell is None else str(cell) for cell in row] for row in rows)]
    widths = [max(_width(line[place]) for line in cells) for place in range(len(names))]
    cells.insert(1, ["-" * width for width in widths])
    lines = (
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True))
        for line in cells
    )
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _width(text: str) -> int:
    return sum(not unicodedata.combining(sign) for sign in text)


def test_there_are_as_many_questions_as_are_promised() -> None:
    assert len(QUESTIONS) >= 12


@pytest.mark.parametrize("question", QUESTIONS, ids=_short)
def test_each_question_is_answered_as_it_stands_there(archive: Path, question: str) -> None:
    sql, told = QUESTIONS[question]
    names, rows = _answer(archive, sql)
    assert rows
    assert _columns(names, rows) == told


@pytest.mark.parametrize("question", QUESTIONS, ids=_short)
def test_the_shell_of_sqlite_prints_what_stands_there(archive: Path, question: str) -> None:
    if SQLITE3 is None:
        pytest.skip("sqlite3, SQLite's own shell, is not installed: Python's module has answered alone")
    sql, told = QUESTIONS[question]
    printed = _run(SQLITE3, "-readonly", "-header", "-column", str(archive), sql, folder=archive.parent)
    assert "".join(f"{line.rstrip()}\n" for line in printed.splitlines()) == told


def test_every_view_has_rows_and_the_file_describes_it(archive: Path, views: dict[str, int]) -> None:
    assert min(views.values()) > 0, views
    for view in views:
        names, _ = _answer(archive, f"select * from {view} limit 0")
        _, told = _answer(archive, f"""select "column" from description where object = '{view}' and "column" <> ''""")
        assert {name for (name,) in told} == set(names)


def test_sqlite_utils_reads_tables_views_rows_and_questions(archive: Path, views: dict[str, int]) -> None:
    program = [sys.executable, "-I", "-m", "sqlite_utils"]
    counted = json.loads(_run(*program, "views", "archive.db", "--counts", folder=archive.parent))
    assert {row["view"]: row["count"] for row in counted} == views
    tables = json.loads(_run(*program, "tables", "archive.db", folder=archive.parent))
    assert {"capture", "version", "record", "description"} <= {row["table"] for row in tables}
    for view, count in views.items():
        rows = json.loads(_run(*program, "rows", "archive.db", view, folder=archive.parent))
        assert len(rows) == count


@pytest.mark.parametrize("question", list(QUESTIONS)[::4], ids=_short)
def test_sqlite_utils_answers(archive: Path, question: str) -> None:
    names, rows = _answer(archive, QUESTIONS[question][0])
    command = [sys.executable, "-I", "-m", "sqlite_utils", "archive.db", QUESTIONS[question][0], "--csv"]
    printed = list(csv.reader(_run(*command, folder=archive.parent).splitlines()))
    assert printed == [names, *(["" if cell is None else str(cell) for cell in row] for row in rows)]


@contextmanager
def _datasette(archive: Path) -> Iterator[str]:
    """Datasette with the archive, at the address that is given."""
    command = [str(PROGRAMS / "datasette"), "serve", str(archive), "-p", "0"]
    with subprocess.Popen(command, cwd=archive.parent, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr
            told = []
            for line in process.stderr:
                told.append(line)
                if found := re.search(r"running on (http://127\.0\.0\.1:\d+)", line):
                    yield found[1]
                    return
            raise AssertionError("".join(told))
        finally:
            process.terminate()
            process.communicate()


def _asked(url: str) -> bytes:
    with urlopen(url, timeout=20) as answer:  # noqa: S310 -- our own server
        return bytes(answer.read())


def test_datasette_serves_every_view_and_answers_every_question(archive: Path, views: dict[str, int]) -> None:
    if not (PROGRAMS / "datasette").exists():
        pytest.skip("datasette is not installed: pip install 'fonds[web]'")
    with _datasette(archive) as address:
        assert json.loads(_asked(f"{address}/-/versions.json"))["sqlite"]["version"] == sqlite3.sqlite_version
        [database] = json.loads(_asked(f"{address}/-/databases.json"))
        assert (database["name"], database["is_mutable"]) == ("archive", True)
        assert b"report_version" in _asked(f"{address}/archive")
        for view, count in views.items():
            rows = json.loads(_asked(f"{address}/archive/{view}.json?_shape=array"))
            assert len(rows) == min(count, 100), view
            assert view.encode() in _asked(f"{address}/archive/{view}")
        for sql, _ in QUESTIONS.values():
            names, rows = _answer(archive, sql)
            found = json.loads(_asked(f"{address}/archive.json?_shape=arrays&sql={quote(sql)}"))
            assert (found["columns"], [tuple(row) for row in found["rows"]]) == (names, rows)


def test_duckdb_reads_the_views(archive: Path, views: dict[str, int]) -> None:
    duckdb = pytest.importorskip("duckdb", reason="DuckDB is not installed")
    connection = duckdb.connect()
    try:
        connection.execute("install sqlite; load sqlite;")
    except duckdb.Error as error:
        pytest.skip(f"DuckDB has no reader of SQLite here: {str(error).splitlines()[0]}")
    connection.execute(f"attach '{archive}' as archive (type sqlite, read_only)")
    found = {view: connection.execute(f"select count(*) from archive.{view}").fetchone()[0] for view in views}
    assert found == views
