"""The program that records: its version, and digests of the source it runs from."""

import platform
import sqlite3
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

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
    folders = [Path(place) for place in (spec.submodule_search_locations or ())] if spec else []
    files = sorted((path.relative_to(folder).as_posix(), path) for folder in folders for path in folder.rglob("*.py"))
    lines = "".join(f"{sha256(path.read_bytes()).hexdigest()}  {name}\n" for name, path in files)
    return sha256(lines.encode()).hexdigest()
