"""An archive in memory: what one must tell of its captures, by the simplest means that say it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from scraper.archive import CaptureRow, VersionRow
from scraper.capture import Capture

MISSES, OVER = 3, timedelta(hours=40)


@dataclass(frozen=True, slots=True)
class Seen:
    """A capture as it was made, what it *says* where it is a page that can be read, and whether its bytes are gone."""

    number: int
    capture: Capture
    says: str
    is_page: bool
    is_removed: bool = False

    @property
    def shows(self) -> str:
        """What it shows of its page: "removed", "" for nothing, an outcome, or what the page says."""
        if self.capture.outcome == "fetched":
            return "removed" if self.is_removed else self.says
        return self.capture.outcome if self.is_page and self.capture.outcome in ("not-modified", "missing") else ""


@dataclass(slots=True)
class Version:
    """A version: what it says ("" for a page that is gone), by which captures, and when it was seen."""

    says: str
    first: Seen
    last: Seen


class Model:
    """The captures in the order they were made."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []

    def copy(self) -> "Model":
        """The same, to come back to."""
        other = Model()
        other.seen = list(self.seen)
        return other

    def add(self, number: int, capture: Capture, says: str = "") -> None:
        """*capture* was made; its bytes are not kept where they were removed before."""
        content = capture.content
        is_removed = capture.body is not None and any(
            one.is_removed and (one.capture.body == capture.body or (content and one.capture.content == content))
            for one in self.seen
        )
        is_known = any(one.capture.url == capture.url and one.capture.outcome == "fetched" for one in self.seen)
        is_page = is_known or capture.outcome == "fetched"
        self.seen.append(Seen(number, capture, says, is_page, is_removed))

    def with_bytes(self) -> list[Seen]:
        """The captures that have a body still."""
        return [one for one in self.seen if one.capture.body is not None and not one.is_removed]

    def alike(self, number: int) -> list[int]:
        """The captures with the bytes or the content of one, and with those of these."""
        found = {number}
        while True:
            bodies = {one.capture.body for one in self.seen if one.number in found}
            contents = {one.capture.content for one in self.seen if one.number in found} - {None}
            more = {
                one.number
                for one in self.seen
                if one.capture.body is not None and (one.capture.body in bodies or one.capture.content in contents)
            }
            if more <= found:
                return sorted(found)
            found |= more

    def remove(self, numbers: Iterable[int]) -> None:
        """The bytes of these captures are removed."""
        gone = set(numbers)
        self.seen = [replace(one, is_removed=True) if one.number in gone else one for one in self.seen]

    def versions(self, url: str) -> list[Version]:
        """The versions of the page at *url*."""
        found: list[Version] = []
        misses: list[Seen] = []
        answer = ""  # what a 304 speaks of
        seen = (one for one in self.seen if one.capture.url == url and one.shows)
        for one in sorted(seen, key=lambda one: (one.capture.captured_at, one.number)):
            shows = answer if one.shows == "not-modified" else one.shows
            if one.shows not in ("not-modified", "missing"):
                answer = "" if shows == "removed" else shows
            if shows == "removed":
                misses = []
            elif shows == "missing":
                misses = self._missed(found, misses, one)
            elif shows:
                misses = []
                self._show(found, shows, one)
        return found

    def _missed(self, found: list[Version], misses: list[Seen], one: Seen) -> list[Seen]:
        if not found:
            return []
        if not found[-1].says:
            found[-1].last = one
            return misses
        misses = [*misses, one]
        lasted = one.capture.captured_at - misses[0].capture.captured_at
        if one.capture.status == 410 or (len(misses) >= MISSES and lasted >= OVER):
            found.append(Version("", misses[0], one))
        return misses

    def _show(self, found: list[Version], says: str, one: Seen) -> None:
        if found and found[-1].says == says:
            found[-1].last = one
        else:
            found.append(Version(says, one, one))


def told(row: CaptureRow) -> tuple[object, ...]:
    """What a stored capture tells, as `expected` has it of one that was made."""
    return (row.id, row.url, row.captured_at, row.outcome, row.status, row.body_bytes, row.content_bytes)


def expected(one: Seen) -> tuple[object, ...]:
    """As `told`."""
    made = one.capture
    size = None if made.body is None else len(made.body)
    content = None if made.content is None else len(made.content)
    return (one.number, made.url, made.captured_at, made.outcome, made.status, size, content)


def told_of_version(row: VersionRow) -> tuple[object, ...]:
    """What a stored version tells, as `expected_version` has it."""
    return (row.kind, row.capture_id, row.first_seen, row.last_capture_id, row.last_seen)


def expected_version(version: Version) -> tuple[int | str | datetime, ...]:
    """As `told_of_version`."""
    first, last = version.first, version.last
    kind = "record" if version.says else "tombstone"
    return (kind, first.number, first.capture.captured_at, last.number, last.capture.captured_at)
