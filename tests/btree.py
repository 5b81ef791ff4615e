"""Where in an SQLite file the rows of tables and the entries of indexes stand, by its published format."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

_INTERIOR = {2: 12, 5: 12}
_HEADER = {**_INTERIOR, 10: 8, 13: 8}


@dataclass(frozen=True)
class Cell:
    """The bytes of one row of a table, or of one entry of an index: where they stand, in pieces."""

    name: str
    row: int | None
    pieces: tuple[tuple[int, int], ...]

    @property
    def places(self) -> list[int]:
        return [place for start, end in self.pieces for place in range(start, end)]


def cells(path: Path) -> list[Cell]:
    """The cells of all tables and indexes of the file, without those that only lead to others."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        roots = connection.execute("select name, rootpage from sqlite_master where rootpage > 0").fetchall()
        reserved = path.read_bytes()[20]
        page_bytes = connection.execute("pragma page_size").fetchone()[0]
    data = path.read_bytes()
    return [cell for name, root in roots for cell in _walk(data, name, root, page_bytes, page_bytes - reserved)]


def _walk(data: bytes, name: str, number: int, page_bytes: int, usable: int) -> Iterator[Cell]:
    base = (number - 1) * page_bytes
    head = base + (100 if number == 1 else 0)
    kind = data[head]
    count = int.from_bytes(data[head + 3 : head + 5], "big")
    for index in range(count):
        pointer = head + _HEADER[kind] + 2 * index
        place = base + int.from_bytes(data[pointer : pointer + 2], "big")
        start = place
        if kind in _INTERIOR:
            yield from _walk(data, name, int.from_bytes(data[place : place + 4], "big"), page_bytes, usable)
            place += 4
        if kind == 5:
            continue
        size, place = _varint(data, place)
        row = None
        if kind == 13:
            row, place = _varint(data, place)
        local = _local(size, usable, is_table=kind == 13)
        pieces = [(start, place + local + (4 if local < size else 0))]
        left, following = size - local, int.from_bytes(data[place + local : place + local + 4], "big")
        while left > 0:
            begin = (following - 1) * page_bytes
            taken = min(left, usable - 4)
            # The last one leads to none: what stands there in place of a number is read by nobody.
            pieces.append((begin + (0 if left > taken else 4), begin + 4 + taken))
            left, following = left - taken, int.from_bytes(data[begin : begin + 4], "big")
        yield Cell(name, row, tuple(pieces))
    if kind in _INTERIOR:
        yield from _walk(data, name, int.from_bytes(data[head + 8 : head + 12], "big"), page_bytes, usable)


def _local(size: int, usable: int, *, is_table: bool) -> int:
    """How many bytes of a payload stand in the page itself."""
    most = usable - 35 if is_table else (usable - 12) * 64 // 255 - 23
    least = (usable - 12) * 32 // 255 - 23
    if size <= most:
        return size
    wanted = least + (size - least) % (usable - 4)
    return wanted if wanted <= most else least


def _varint(data: bytes, place: int) -> tuple[int, int]:
    value = 0
    for count in range(9):
        byte = data[place]
        place += 1
        if count == 8:
            return value << 8 | byte, place
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            break
    return value, place
