"""Shelf: records that are to be kept together in one step, put aside meanwhile: in memory while they are few."""

from tempfile import SpooledTemporaryFile
from typing import Self, cast

from parsers.record import Record

from .worker import wire

_IN_MEMORY = 16_000_000  # bytes; a page with thousands of versions takes more, and goes to a file without a name


class Shelf:
    """Records by number, in the order they were put there. Gone when it is closed."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 -- closed by `close`
        self._ends = [0]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def put(self, record: Record) -> int:
        """The number that *record* has from now on."""
        self._file.seek(self._ends[-1])
        self._file.write(wire.encode_result(record))
        self._ends.append(self._file.tell())
        return len(self._ends) - 2

    def __getitem__(self, number: int) -> Record:
        self._file.seek(self._ends[number])
        packed = self._file.read(self._ends[number + 1] - self._ends[number])
        return cast("Record", wire.decode_reply("parse", packed))
