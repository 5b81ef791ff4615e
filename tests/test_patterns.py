"""No regular expression goes back over what it has read: each gets a megabyte of its worst input.

`patterns.py` finds them all in the source and makes the inputs, in a process of its own with bounded CPU time.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from parsers import figures, signs
from scraper.diff import units

HERE = Path(__file__).with_name("patterns.py")
PARTS = 4  # each finds all patterns first
WORST = 12 if os.environ.get("FONDS_SOAK") else 2
# Examples of what is compiled only as it is needed, by module and source.
MADE = {
    "parsers.guard: b'<[a-zA-Z][^>]{%d}' % (4 * bounds.attributes)": ["<[a-zA-Z][^>]{4000}"],
    "parsers.links: b'</' + name": ["</script"],
    "scraper.archive.search: re.escape(term)": ["term"],
    "scraper.diff.units: form": [
        form for kind in (units._IN_ASCII, units._IN_WORDS, units._IN_ANY) for form in units._forms(*kind[:2])
    ],
}
# What these read is written by whoever runs fonds: its own demonstration, and source files.
OURS = ["scraper.demo", "scraper.sources"]
# By a part of their source, those that are only ever given so many signs.
SHORT = {
    "(?P<credit>": figures._CREDIT_REACH,
    figures._LABEL: figures._CREDIT_REACH,
    "(?P<strong>": signs._LONGEST,
}


def _tried(**asked: object) -> dict[str, object]:
    run = subprocess.run([sys.executable, str(HERE), json.dumps(asked)], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.mark.parametrize(("package", "part"), [*(("parsers", part) for part in range(PARTS)), ("scraper", 0)])
def test_each_pattern_reads_a_megabyte_of_its_worst_input_in_one_go(package: str, part: int) -> None:
    parts = PARTS if package == "parsers" else 1
    result = _tried(package=package, part=part, parts=parts, count=WORST, made=MADE, short=SHORT, ours=OURS)
    assert result["slow"] == {}
    assert result["patterns"] > 5
    assert result["inputs"] == result["patterns"] * WORST


SLOW = [r"\s+$", r"(a+)+b", r"<[^>]*>", r"^(.*?)\s*\[x\]$", r"a++b"]
GOOD = [r"(?<!\s)\s++$", r"(?<!a)a++b", r"<[^<>]*+>", r"a{1,20}b"]


def test_what_goes_back_is_found_and_what_does_not_is_passed() -> None:
    result = _tried(patterns=[*SLOW, *GOOD], count=2)
    assert sorted(result["slow"]) == sorted(f" {source!r}" for source in SLOW)
