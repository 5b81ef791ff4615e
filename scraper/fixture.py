"""Fixtures: a page to test a parser with, and beside it the record that a person has read and accepted.

`<folder>/<family>/<layout>/<case>.html` says by its place what must read it. The accepted record is `<case>.json`; one
that nobody has read yet is `<case>.json.unread`, and the tests fail until it was renamed.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parsers.record import Record

from .errors import UsageError

GENERIC = "generic"  # the family of pages that no site or platform claims
_SUFFIXES = {"text/html": ".html", "text/markdown": ".md", "text/plain": ".txt", "application/pdf": ".pdf"}
_NOT_IN_A_NAME = re.compile(r"[^a-z0-9]++")
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]*+")
_NAME_LENGTH = 60
# What a record tells of its page beside the report itself.
_AROUND = frozenset({"account", "chrome", "matches", "modified_from", "published_from"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixture:
    """One page to test with, by where it stands."""

    page: Path

    @property
    def golden(self) -> Path:
        """Where the accepted record stands."""
        return self.page.with_suffix(".json")

    @property
    def unread(self) -> Path:
        """Where a record stands that waits for a reader."""
        return self.page.with_suffix(".json.unread")

    def stated(self) -> dict[str, Any]:
        """What stands beside the page, accepted or not; empty where nothing does."""
        found = next((path for path in (self.golden, self.unread) if path.exists()), None)
        values: dict[str, Any] = json.loads(found.read_text(encoding="utf-8")) if found else {}
        return values

    def write(self, body: bytes, record: Record, content_type: str) -> None:
        """Puts down the page, byte for byte, and its record to be read. UsageError where one of them is there."""
        for path in (self.page, self.golden, self.unread):
            if path.exists():
                raise UsageError(f"{path}: is there already; a fixture is never replaced, name another case with --as")
        self.page.parent.mkdir(parents=True, exist_ok=True)
        self.page.write_bytes(body)
        self.put_down(record, content_type)

    def put_down(self, record: Record, content_type: str) -> None:
        """Writes *record* as one that waits for a reader."""
        self.unread.write_text(_golden(record, content_type), encoding="utf-8")

    def complaint(self, record: Record, content_type: str = "") -> str:
        """Why *record*, read from the page now, is not the accepted one; "" where it is.

        A first record, one by a later revision of its layout, and one that tells otherwise what was taken off, is put
        down to be read.
        """
        waiting = f"read it against the page, then rename it to {self.golden.name}"
        if self.unread.exists():
            return f"{self.unread} was not read yet: {waiting}"
        if not self.golden.exists():
            self.put_down(record, content_type)
            return f"{self.unread} was written now: {waiting}"
        accepted, found = self.stated(), json.loads(_golden(record, content_type))
        if accepted == found:
            return ""
        of_layout = f"revision {found['revision']} of {found['layout']}"
        changed = sorted(name for name in found if found[name] != accepted.get(name))
        is_same_layout = (accepted["layout"], accepted["revision"]) == (found["layout"], found["revision"])
        if is_same_layout and not set(changed) <= _AROUND:
            return (
                f"{self.golden} was accepted, and {of_layout} now reads the page otherwise: {', '.join(changed)}. "
                "Undo what changed the record, or raise the revision"
            )
        self.put_down(record, content_type)
        return f"{self.unread} was written now by {of_layout}: {waiting}"


def fixture(folder: Path, record: Record, *, family: str, case: str, layout: str = "") -> Fixture:
    """Where a page that reads as *record* belongs; *layout* names one that is still to be written.

    Raises UsageError for a name that is none, and for a media type that no fixture has.
    """
    suffix = _SUFFIXES.get(record.media_type)
    if suffix is None:
        raise UsageError(f"found {record.media_type}, expected a page of one of {', '.join(_SUFFIXES)}")
    read_as, _, version = record.layout.rpartition("/")
    for name in (case, layout or version):
        if not _NAME.fullmatch(name):
            raise UsageError(f"found '{name}', expected a name of small letters, figures, dots and hyphens")
    return Fixture(page=folder / (read_as or family) / (layout or version) / f"{case}{suffix}")


def case_of(url: str) -> str:
    """A name for the page at *url*: the last part of its path that has letters or figures."""
    path = url.partition("://")[2].partition("?")[0].partition("#")[0].partition("/")[2]
    parts = [_NOT_IN_A_NAME.sub("-", part.lower()).strip("-") for part in path.split("/")]
    return next((part[:_NAME_LENGTH].strip("-") for part in reversed(parts) if part), "index")


def _golden(record: Record, content_type: str) -> str:
    """*record* as text, with the content type that the page needs to be read so."""
    values = record.to_dict() | ({"content_type": content_type} if content_type else {})
    return json.dumps(values, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
