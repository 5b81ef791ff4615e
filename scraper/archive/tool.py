"""The program that records: its version, and digests of the source it runs from."""

import os
import platform
import sqlite3
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.util import find_spec

from ..log import Value
from ..version import VERSION


@cache
def tool() -> Mapping[str, Value]:
    """What makes records: fonds, Python and SQLite by version, our packages by digests of their source."""
    return {
        "fonds": VERSION,
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "scraper_sha256": _digest("scraper"),
        "parsers_sha256": _digest("parsers"),
    }


def _digest(package: str) -> str:
    """SHA-256 over the modules of *package*, each by name and digest, in the order of their names."""
    spec = find_spec(package)
    found: dict[str, str] = {}
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        for place, _, names in os.walk(folder):
            for name in names:
                if name.endswith(".py"):
                    path = f"{place}/{name}"
                    with open(path, "rb", buffering=0) as file:  # noqa: PTH123 -- each crawl begins with this
                        found[path.removeprefix(f"{folder}/")] = sha256(file.read()).hexdigest()
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(found.items()))
    return sha256(lines.encode()).hexdigest()
