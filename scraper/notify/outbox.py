"""The outbox: what each target was told, and what it is still to be sent, as small files beside the archive.

For each target there is one file of what it was told, and one for each message that waits. A message names what it
tells, and is written before that counts as told; it is removed once it was taken. So a process that is killed at any
moment loses no change and tells none in two messages; a message itself may come twice, by the same id.
"""

import asyncio
import fcntl
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from ..errors import ArchiveBusy, ArchiveError
from ..files import clear_drafts, write_whole

MOST_WAITING = 20  # messages of a target; what comes then stays untold, and is in one message once these are gone
LONGEST_WAIT = timedelta(days=30)
_MAX_FILE_BYTES = 50_000_000
_SCHEMA = "fonds-outbox-1"
_TOLD, _MESSAGE, _LOCK = "told.json", "message.json", "lock"
_LOOK_S, _PATIENCE_S = 0.2, 60.0
_PRIVATE = 0o600


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a target was told: *changes* and *held* by key, *failing* URLs, what is wrong with *sources* by line.

    *through* is the number of the newest capture that was looked at for failures.
    """

    changes: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()
    failing: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    through: int = 0

    def with_(self, other: "Told") -> "Told":
        """All that either says."""
        return Told(
            changes=self.changes | other.changes,
            held=self.held | other.held,
            failing=self.failing | other.failing,
            sources=self.sources | other.sources,
            through=max(self.through, other.through),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message that waits for *target*: *payload* is what it says, *tells* what counts as told by it.

    *said* is why it could not be sent the last time, *not_before* when it may be tried again. *is_stopped* says that
    the target wants no more. *left* are those it is still to reach, None for all.
    """

    id: str
    target: str
    made_at: datetime
    payload: Mapping[str, Any] = field(repr=False)
    tells: Told = field(repr=False)
    attempts: int = 0
    said: str = ""
    not_before: datetime | None = None
    is_stopped: bool = False
    left: tuple[str, ...] | None = None


def message_id(target: str, payload: Mapping[str, Any], tells: Told) -> str:
    """An id that is the same for the same message, and no other's."""
    content = json.dumps([target, payload, _plain(tells)], sort_keys=True)
    return f"msg_{sha256(content.encode()).hexdigest()[:32]}"


class Outbox:
    """The outbox in *folder*. Only `waiting` is for everybody; the rest is for who has the `turn`."""

    def __init__(self, folder: Path, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self.folder = folder
        self._sleep = sleep

    @classmethod
    def beside(cls, archive: Path) -> "Outbox":
        """The outbox of *archive*, by whatever name that was opened."""
        real = archive.resolve()
        return cls(real.with_name(f"{real.name}.outbox"))

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """The right to write here, for as long as it is entered. ArchiveBusy where another process has it for long."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self.folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _PRIVATE)
        except OSError as error:
            raise ArchiveError(f"nothing can be written there: {error.strerror}", path=str(self.folder)) from error
        try:
            waited_s = 0.0
            while not _is_taken(handle):
                if waited_s >= _PATIENCE_S:
                    message = "another process is sending notifications; the next crawl tells what this one has found"
                    raise ArchiveBusy(message, path=str(self.folder))
                await self._sleep(_LOOK_S)
                waited_s += _LOOK_S
            clear_drafts(self.folder)
            yield
        except OSError as error:
            raise ArchiveError(f"{error.strerror or error}", path=str(self.folder)) from error
        finally:
            os.close(handle)  # which gives the lock back

    def told(self, target: str) -> Told | None:
        """What *target* was told, messages that wait included; None for one that was never looked at."""
        kept: Told | None = self._read(self.folder / f"{target}.{_TOLD}", _told_of)
        for message in self.waiting(target):
            kept = (kept or Told()).with_(message.tells)
        return kept

    def keep_told(self, target: str, told: Told) -> None:
        """Keeps what *target* was told."""
        content = {"schema": _SCHEMA, "target": target, **_plain(told)}
        write_whole(self.folder / f"{target}.{_TOLD}", _bytes(content), mode=_PRIVATE)

    def put(self, message: Message) -> None:
        """Keeps *message* until it was taken; one that is there is replaced."""
        values = asdict(message) | {"tells": _plain(message.tells), "made_at": message.made_at.isoformat()}
        values["not_before"] = message.not_before.isoformat() if message.not_before else None
        write_whole(self._path(message), _bytes({"schema": _SCHEMA, **values}), mode=_PRIVATE)

    def remove(self, message: Message) -> None:
        """Forgets *message*, which was taken or given up; what it tells counts as told from then on too."""
        told = self.told(message.target)
        if told:
            self.keep_told(message.target, told)
        self._path(message).unlink(missing_ok=True)

    def waiting(self, target: str | None = None) -> list[Message]:
        """The messages that wait (for one target), oldest first. A file that is none of ours is left out."""
        pattern = f"{target or '*'}.*.{_MESSAGE}"
        found = (self._read(path, _message_of) for path in sorted(self.folder.glob(pattern)))
        return sorted(
            (message for message in found if message and target in (None, message.target)),
            key=lambda message: (message.made_at, message.id),
        )

    def _path(self, message: Message) -> Path:
        return self.folder / f"{message.target}.{message.id.removeprefix('msg_')}.{_MESSAGE}"

    @staticmethod
    def _read(path: Path, made: Callable[[Mapping[str, Any]], Any]) -> Any:
        """What *made* makes of the file, None where there is none or it is not as we write it."""
        with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            if path.stat().st_size <= _MAX_FILE_BYTES:
                values = json.loads(path.read_bytes())
                return made(values) if values["schema"] == _SCHEMA else None
        return None


def _is_taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _bytes(values: Mapping[str, Any]) -> bytes:
    return (json.dumps(values, ensure_ascii=True, sort_keys=True) + "\n").encode()


def _plain(told: Told) -> dict[str, Any]:
    return {name: sorted(value) if isinstance(value, frozenset) else value for name, value in asdict(told).items()}


def _told_of(values: Mapping[str, Any]) -> Told:
    sets = {name: _texts(values[name]) for name in ("changes", "held", "failing", "sources")}
    return Told(**sets, through=int(values["through"]))


def _message_of(values: Mapping[str, Any]) -> Message:
    left = values["left"]
    return Message(
        id=str(values["id"]),
        target=str(values["target"]),
        made_at=datetime.fromisoformat(values["made_at"]),
        payload=dict(values["payload"]),
        tells=_told_of(values["tells"]),
        attempts=int(values["attempts"]),
        said=str(values["said"]),
        not_before=datetime.fromisoformat(values["not_before"]) if values["not_before"] else None,
        is_stopped=bool(values["is_stopped"]),
        left=None if left is None else tuple(_texts(left)),
    )


def _texts(values: Iterable[Any]) -> frozenset[str]:
    return frozenset(str(value) for value in values)
