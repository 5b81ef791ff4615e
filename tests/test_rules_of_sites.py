"""What is wrong with the rules of one site is told in a line, and costs the pages of others nothing."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
PAGE = """<main class=bulletin><h1>Saltern</h1><p>The people of the coast were driven out of their houses by the army
in spring, and none of them was let back until the harbour froze again in winter.</p></main>"""
RULES = """from parsers.layout import Layout, Site
from parsers.rules import text

BULLETIN = Layout(version="2024-05", recognise="main.bulletin", body="main", title=text("h1"), {more})
SITE = Site(name="{name}", serves=("https://www.marram.example/*",), layouts=(BULLETIN,))
"""
OURS, OTHERS = "https://www.marram.example/a", "https://www.hrw.org/news/2024/05/01/saltern"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project to write modules in."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("parsers", "scraper"):
        shutil.copytree(PROJECT / name, folder / name, ignore=shutil.ignore_patterns("*.pyc.*"))
    (folder / "data" / "sources").mkdir(parents=True)
    (folder / "page.html").write_text(PAGE, encoding="utf-8")
    return folder


def _fonds(folder: Path, *arguments: str) -> tuple[int, list[str]]:
    """The exit code, and the lines on stderr."""
    code = "from scraper.cli import main; main()"
    environment = os.environ | {"PYTHONPATH": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stderr.splitlines()


@pytest.mark.parametrize(
    ("rules", "line"),
    [
        (
            RULES.format(name="marram", more="chrome=('main[[',)"),
            "marram/2024-05: chrome: found 'main[[', expected a CSS",
        ),
        (RULES.format(name="marram", more="unless='main[['"), "marram/2024-05: unless: found 'main[[', expected a CSS"),
        (
            RULES.format(name="marram", more="chrome='p'"),
            "parsers/sites/marram.py, line 4: layout '2024-05': chrome: fo",
        ),
        (RULES.format(name="marram", more="("), "parsers/sites/marram.py, line 4: found SyntaxError: "),
        (
            RULES.format(name="hrw", more=""),
            "parsers/sites/marram.py: name: found 'hrw' a second time, expe",
        ),
    ],
    ids=["selector", "unless", "kind", "syntax", "name"],
)
def test_a_mistake_is_told_by_the_page_it_concerns_and_by_the_check(checkout: Path, rules: str, line: str) -> None:
    (checkout / "parsers" / "sites" / "marram.py").write_text(rules, encoding="utf-8")
    code, lines = _fonds(checkout, "parse", "page.html", "--url", OURS)
    assert (code, len(lines)) == (2, 1)
    assert line in lines[0]
    code, lines = _fonds(checkout, "sources", "check")
    assert (code, len(lines)) == (1, 1)
    assert lines[0].startswith(line)
    code, lines = _fonds(checkout, "parse", "page.html", "--url", OTHERS)
    assert (code, len(lines)) == (0, 0)
