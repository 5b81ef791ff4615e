"""Same bytes, same record: in any process, and whatever a page is cut, doubled or damaged into.

Pages of the fixtures are mutated: 10,000 of them here, two hundred thousand with FONDS_SOAK=1.
"""

import os
import re
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from struct import Struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import parsers
from parsers.errors import ParserError
from parsers.record import Record
from scraper.worker import Worker

PROJECT = Path(__file__).resolve().parents[1]
URL = "https://example.org/reports/velmora"
SOAK = bool(os.environ.get("FONDS_SOAK"))
PAGES = [path for path in sorted((PROJECT / "fixtures").rglob("*")) if path.suffix in {".html", ".md", ".txt"}]
TYPES = {".html": "text/html; charset=utf-8", ".md": "text/markdown", ".txt": "text/plain"}
UNSTORABLE = re.compile("[\0\ud800-\udfff]")

# What another process makes of the pages: a line with a digest for each, and one of all their words' order.
PROGRAM = """
import sys
from hashlib import sha256
from pathlib import Path
import parsers
for line in sys.stdin:
    name, media_type = line.rstrip("\\n").split("\\t")
    try:
        text = parsers.parse(Path(name).read_bytes(), url=sys.argv[1], content_type=media_type).to_json()
    except parsers.ParserError as error:
        text = f"{type(error).__name__}: {error}"
    print(sha256(text.encode()).hexdigest())
"""


def _digest(path: Path) -> str:
    try:
        text = parsers.parse(path.read_bytes(), url=URL, content_type=TYPES[path.suffix]).to_json()
    except ParserError as error:
        text = f"{type(error).__name__}: {error}"
    return sha256(text.encode()).hexdigest()


def _elsewhere(python: str, **environment: str) -> list[str]:
    names = "".join(f"{path}\t{TYPES[path.suffix]}\n" for path in PAGES)
    run = subprocess.run(
        [python, "-c", PROGRAM, URL],
        input=names,
        env=os.environ | {"PYTHONPATH": str(PROJECT)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.split()


def _interpreters() -> list[str]:
    """Other Pythons here that have what the parsers need."""
    found = filter(None, (shutil.which(f"python3.{minor}") for minor in range(11, 20)))
    others = [python for python in found if Path(python).resolve() != Path(sys.executable).resolve()]
    named = os.environ.get("FONDS_PYTHONS", "").split()
    check = "import sys, parsers.registry; assert sys.version_info >= (3, 11)"
    return [
        python
        for python in dict.fromkeys([*others, *named])
        if not subprocess.run(
            [python, "-c", check], env=os.environ | {"PYTHONPATH": str(PROJECT)}, capture_output=True, check=False
        ).returncode
    ]


@pytest.fixture(scope="module")
def here() -> list[str]:
    return [_digest(path) for path in PAGES]


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "0", "TZ": "Asia/Kathmandu", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "4294967295", "TZ": "America/St_Johns", "LC_ALL": "tr_TR.UTF-8", "PYTHONUTF8": "0"},
    ],
    ids=["hash seed 0, Kathmandu, C", "another hash seed, St John's, Turkish"],
)
def test_another_process_reads_the_same_records(here: list[str], environment: dict[str, str]) -> None:
    assert len(here) > 100
    assert _elsewhere(sys.executable, **environment) == here


def test_every_other_python_here_reads_the_same_records(here: list[str]) -> None:
    interpreters = _interpreters()
    if not interpreters:
        pytest.skip("no other Python with the libraries is here; FONDS_PYTHONS names some")
    for python in interpreters:
        assert _elsewhere(python) == here, python


# Mutations -----------------------------------------------------------------------------------------------------------

PARTS = 10
CASES = (200_000 if SOAK else 10_000) // PARTS
MOST_BYTES = 6_000
SMALL = [path for path in PAGES if path.stat().st_size <= MOST_BYTES]
TAG = re.compile(rb"<[^<>]*+>")
INSERTED = (
    b"\x00", b"\xff", b"\xed\xa0\x80", b"\xe2\x80\xae", b"&#xD800;", b"<", b">", b"</", b"<!--", b"-->", b'"', b"'",
    b"&", b"\r", b"\x0c", b"<table><td>", b"</table>", b"<td rowspan=9999 colspan=-1>", b"<svg>", b"</svg>",
    b"<math>", b"<template>", b"<b><p>", b"<select>", b"<plaintext>", b"<script>", b"</script>", b"<title>",
    b"</body>", b"<article>", b"<base href=//[>", b'<a href="http://[::1">', b"<li><dl><dt>", b"<frameset>",
    b"<image>", b"<p hidden>", b"<nav>", b"<h1>", b"<time datetime=99999-99-99>",
    b'<meta property="article:published_time" content="2024-13-45T99">',
    b'<script type="application/ld+json">{"@type":"Article","author":[1,{"name":{}}],"datePublished":{}}</script>',
    b"\n\n# ", b"](", b"**", b"|--|\n", b"> > ", b"Stage 99999999999999999999: ", b"12 January 99999", b"[^1]",
    b"<sup><a href=#fn1>1",
)  # fmt: skip
Mutation = tuple[int, int, int, int]
MUTATION = Struct(">BHHB")
MOST = 6


def _mutations(drawn: bytes) -> list[Mutation]:
    """Between one and MOST changes: what kind, at which two places, and a value."""
    count = 1 + drawn[0] % MOST
    return [(kind % 7, *rest) for kind, *rest in MUTATION.iter_unpack(drawn[1 : 1 + count * MUTATION.size])]


# Drawn in one piece: a number at a time takes longer than to read the page.
DRAWN = 1 + MOST * MUTATION.size
mutations = st.binary(min_size=DRAWN, max_size=DRAWN).map(_mutations)


def mutated(body: bytes, changes: list[Mutation]) -> bytes:
    """*body* with bytes flipped, tags left out, doubled or moved, parts cut off and odd ones put in."""
    for kind, first, second, value in changes:
        place = first * len(body) // 65_536
        tags = list(TAG.finditer(body)) if kind in (1, 2, 3) else []
        if kind == 0:
            body = body[:place] + bytes([value]) + body[place + 1 :]
        elif kind == 6:
            body = body[:place] if value % 2 else body[place:]
        elif kind == 5:
            body = body[:place] + body[place + second % 200 :]
        elif not tags:
            body = body[:place] + INSERTED[value % len(INSERTED)] + body[place:]
        else:
            tag = tags[first * len(tags) // 65_536]
            other = tags[second * len(tags) // 65_536]
            if kind == 1:
                body = body[: tag.start()] + body[tag.end() :]
            elif kind == 2:
                body = body[: tag.start()] + tag[0] * (1 + value % 20) + body[tag.end() :]
            else:
                body = body[: tag.start()] + other[0] + body[tag.end() :]
    return body


def _stands(record: Record) -> str:
    """The record as text, once all that a record promises has been looked at."""
    text = record.to_json()
    again = Record.from_json(text)
    assert (again, again.digests) == (record, record.digests)
    assert again.to_json() == text
    assert not UNSTORABLE.search(text)
    return text


@pytest.mark.parametrize("part", range(PARTS))
def test_a_damaged_page_gives_a_record_that_stands_or_an_error_of_ours(part: int) -> None:
    pages = [(path.read_bytes(), TYPES[path.suffix]) for path in SMALL[part::PARTS]]
    tried = 0

    @settings(max_examples=CASES, database=None)
    @given(st.sampled_from(pages), mutations)
    def check(page: tuple[bytes, str], changes: list[Mutation]) -> None:
        nonlocal tried
        tried += 1
        body = mutated(page[0], changes)
        try:
            text = _stands(parsers.parse(body, url=URL, content_type=page[1]))
        except ParserError:
            return
        if tried % 8 == 0:
            assert parsers.parse(body, url=URL, content_type=page[1]).to_json() == text

    check()
    assert tried >= CASES


@given(st.binary(max_size=400), st.sampled_from(["text/html", "text/plain", "text/markdown", "application/pdf", None]))
def test_any_bytes_give_a_record_that_stands_or_an_error_of_ours(body: bytes, media_type: str | None) -> None:
    try:
        _stands(parsers.parse(body, url=URL, content_type=media_type))
    except ParserError:
        return


def test_a_damaged_page_reads_the_same_in_the_worker() -> None:
    worker = Worker()

    @settings(max_examples=2_000 if SOAK else 200, database=None)
    @given(st.sampled_from([(path.read_bytes(), TYPES[path.suffix]) for path in SMALL]), mutations)
    def check(page: tuple[bytes, str], changes: list[Mutation]) -> None:
        body = mutated(page[0], changes)
        told = []
        for parse in (parsers.parse, worker.parse):
            try:
                told.append(parse(body, url=URL, content_type=page[1]).to_json())
            except ParserError as error:
                told.append(f"{type(error).__name__}: {error}")
        assert told[0] == told[1]

    try:
        check()
    finally:
        worker.close()
