"""History: what a report states as facts, over time: its title, dates, country, alert, stages, recommendations."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from parsers.normal import bare
from parsers.record import AlertLevel, Country, Entry, Fact, Recommendation, Record, Stage

from ..diff import diff
from .presence import Span, spans
from .revision import Revision

if TYPE_CHECKING:
    from ..archive import VersionRow

KINDS = ("title", "published", "modified", "country", "alert", "stage", "recommendation", "entry")


class Statement(NamedTuple):
    """What a version states: of which *kind*, in which order, and in words."""

    kind: str
    rank: int
    key: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One statement over time. *instead_of* is what it replaced, re-worded, when it first appeared; "" if nothing."""

    kind: str
    text: str
    spans: tuple[Span, ...]
    instead_of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The statements of a page, by kind, number and appearance, and its *versions*, oldest first."""

    tracks: tuple[Track, ...]
    versions: "tuple[VersionRow, ...]"


def timeline(revisions: Iterable[Revision]) -> Timeline:
    """What *revisions*, oldest first, state. Each is looked at once and not kept."""
    work = _Work()
    for revision in revisions:
        work.add(revision)
    tracks = [
        Track(
            kind=statement.kind,
            text=statement.text,
            spans=spans((version, index in work.seen[key]) for index, version in enumerate(work.versions)),
            instead_of=work.instead_of.get(key, ""),
        )
        for key, statement in sorted(work.statements.items(), key=lambda item: (_place(item[1].kind), item[1].rank))
    ]
    return Timeline(tracks=tuple(tracks), versions=tuple(work.versions))


def statements(record: Record) -> Iterator[Statement]:
    """What *record* states."""
    values = (("title", record.title), ("published", record.published), ("modified", record.modified))
    for kind, value in values:
        if value:
            yield Statement(kind, 0, value, value)
    for fact in record.facts:
        yield _statement(fact)


@dataclass(slots=True)
class _Work:
    """All statements by what names them, in the order of their first appearance, and the versions that have each."""

    versions: "list[VersionRow]" = field(default_factory=list)
    statements: dict[tuple[str, str], Statement] = field(default_factory=dict)
    seen: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    instead_of: dict[tuple[str, str], str] = field(default_factory=dict)
    before: Record | None = None

    def add(self, revision: Revision) -> None:
        index = len(self.versions)
        self.versions.append(revision.version)
        if revision.record is None:
            return
        if self.before and revision.version.cause == "publisher" and self.before.facts != revision.record.facts:
            self._note_reworded(self.before, revision.record)
        for statement in statements(revision.record):
            key = (statement.kind, statement.key)
            self.statements.setdefault(key, statement)
            self.seen.setdefault(key, set()).add(index)
        self.before = revision.record

    def _note_reworded(self, before: Record, after: Record) -> None:
        for change in diff(before, after).facts:
            if change.before and change.after:
                old, new = _statement(change.before), _statement(change.after)
                if old.key != new.key and (new.kind, new.key) not in self.seen:  # else what it replaced came later
                    self.instead_of.setdefault((new.kind, new.key), old.text)


def _place(kind: str) -> int:
    return KINDS.index(kind)


def _statement(fact: Fact) -> Statement:
    match fact:
        case Country():
            text = f"{fact.name} ({fact.iso})" if fact.iso else fact.name
            return Statement(fact.kind, 0, text, text)
        case AlertLevel():
            return Statement(fact.kind, fact.level, str(fact.level), f"{fact.name}, level {fact.level}")
        case Stage():
            text = f"{fact.number} {fact.name}".rstrip()
            told = f"{text} ({fact.model})" if fact.model not in ("", "ten stages") else text
            return Statement(fact.kind, fact.number, told, told)
        case Recommendation():
            return Statement(fact.kind, 0, bare(fact.text), fact.text)
        case Entry():
            text = f"{fact.report}: {fact.subject}{f', {fact.published}' if fact.published else ''}"
            return Statement(fact.kind, 0, text, text)
