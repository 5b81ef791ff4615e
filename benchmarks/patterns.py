"""What patterns cost that somebody wrote without thinking of hostile pages: `python -m benchmarks.patterns`.

Each engine finds all matches of each pattern in one text of 100,000 characters, in a process of its own that is ended
after eight seconds. `regex` is left out where it is not installed.
"""

import importlib.util
import re
import subprocess
import sys
import time

from .report import markdown

_LIMIT_S = 8
_LETTERS, _DIGITS = "a" * 100_000, "1 " * 50_000 + "x"
_PROSE = "the people of the valley were driven out " * 2_440
PATTERNS = (
    (r"(a+)+$", f"{_LETTERS}!"),
    (r"(a|aa)+$", f"{_LETTERS}!"),
    (r"(\d+\s*)+$", _DIGITS),
    (r"a*a*a*a*b", f"{_LETTERS}!"),
    (r"(\w+\s?)+\.$", _PROSE),
    (r".*.*views", _PROSE),
    (r"a.*z|a", _LETTERS),
    (r"(?i)read [\d,]+ times", _PROSE),
)


def seconds(engine: str, number: int) -> float | None:
    """How long *engine* takes for the pattern *number*; None where it does not end in time."""
    command = [sys.executable, "-m", "benchmarks.patterns", engine, str(number)]
    try:
        found = subprocess.run(command, capture_output=True, check=True, timeout=_LIMIT_S, text=True)  # noqa: S603 -- ourselves
    except subprocess.TimeoutExpired:
        return None
    return float(found.stdout)


def once(engine: str, number: int) -> float:
    """The same, in this process."""
    pattern, text = PATTERNS[number]
    if engine == "fonds":
        from scraper.insignificant import Rule  # noqa: PLC0415 -- the others are measured without it

        rule = Rule(name="tried", text=pattern)
        rule.spans("")
        begun = time.perf_counter()
        rule.spans(text)
    else:
        module = re if engine == "re" else importlib.import_module(engine)
        compiled = module.compile(pattern)
        begun = time.perf_counter()
        for _ in compiled.finditer(text):
            pass
    return time.perf_counter() - begun


def main() -> None:
    """Prints the table."""
    engines = ["fonds", "re", *(["regex"] if importlib.util.find_spec("regex") else [])]
    rows = []
    for number, (pattern, _) in enumerate(PATTERNS):
        found = [seconds(engine, number) for engine in engines]
        shown = [f"over {_LIMIT_S} s" if one is None else f"{one * 1000:,.1f} ms" for one in found]
        rows.append([f"`{pattern}`".replace("|", "\\|"), *shown])
    sys.stdout.write(markdown(["pattern", *engines], rows))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.stdout.write(str(once(sys.argv[1], int(sys.argv[2]))))
    else:
        main()
