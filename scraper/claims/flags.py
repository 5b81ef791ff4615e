"""Flags: did they say so? What the versions of a page show of edits, dates and notices, as a function of the versions.

An edit is words that differ, by the publisher; typography, case, punctuation, links and what moved are none. Nothing is
told of a step where another reading, not the publisher, may be the cause.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, TypeVar, cast

from parsers.normal import bare, count_words, plain
from parsers.record import Record

from ..archive import FlagRow, Quoted
from ..passages.revision import Revision, Sight
from ..passages.trace import Passage, Stay, trace
from ..passages.units import Unit, units
from ..wording import counted
from .flag import SAID, Evidence, Flag, Name
from .notices import notice_in
from .stated import Dated, later_evidence, new_dates, stated_dates

if TYPE_CHECKING:
    from ..archive import VersionRow
    from ..diff import Changes

_Flag = TypeVar("_Flag", bound=Flag | FlagRow)
_LINE = "line"  # the kind of what stands around the title
_SHOWN = 6  # passages that are named as evidence of one flag
_LEAST_WORDS = 4  # of a passage whose return is told: "Background" comes and goes
# The first of these that a version has is what is said of it; others follow it.
_ORDER: tuple[Name, ...] = (
    "reverted", "silent-edit", "notice-given", "notice-absent", "date-without-edit", "text-returned",
    "later-than-published",
)  # fmt: skip
_IMPLIED: dict[Name, Name] = {"notice-absent": "silent-edit"}


def flags(revisions: Iterable[Revision], steps: Mapping[int, Sequence[FlagRow]] | None = None) -> tuple[Flag, ...]:
    """The flags on all versions of a page, by version; *revisions* are oldest first, each looked at once.

    *steps* are those on what led to each version, by its number, where these are known already.
    """
    work = _Work(steps=steps)
    watched = (work.step(revision) for revision in revisions)
    first = next(watched, None)
    if first is None:
        return ()
    passages = trace(_chained(first, watched)).passages
    back = reverted(work.versions)
    found = [*work.flags, *back, *_returned(passages, work.tombstones, {flag.seq for flag in back})]
    return tuple(sorted(found, key=lambda flag: (flag.seq, _ORDER.index(flag.name))))


def step_flags(before: Revision, after: Revision) -> tuple[Flag, ...]:
    """The flags on the change from one version to the next with a record; none where nobody can tell whose it is."""
    if before.record is None or after.record is None or after.version.cause != "publisher":
        return ()
    return placed(flags_between(before.record, after.record), sight(before.version), sight(after.version))


def flags_between(before: Record, after: Record) -> tuple[FlagRow, ...]:
    """The flags on an edit by the publisher that made *after* of *before*, wherever in an archive these stand."""
    return tuple(_of_step(before, after))


def placed(found: Iterable[FlagRow], before: Sight, after: Sight) -> tuple[Flag, ...]:
    """The flags *found* between the records of two versions, with the captures that show their evidence."""
    sides = {"before": before, "after": after}
    return tuple(
        Flag(
            name=cast("Name", row.name),
            seq=after.seq,
            detail=row.detail,
            after=after.after,
            by=after.by,
            evidence=tuple(_evidence(sides[one.side], one) for one in row.evidence),
        )
        for row in found
    )


def reverted(versions: "Iterable[VersionRow]") -> tuple[Flag, ...]:
    """The flags on those of *versions*, oldest first, by which the publisher took an edit back."""
    first_with: dict[str, VersionRow] = {}
    before, found = "", []
    for version in versions:
        if version.kind == "tombstone":
            continue
        earlier = first_with.setdefault(version.content_digest, version)
        if earlier is not version and version.cause == "publisher" and before != version.content_digest:
            detail = f"says again what version {earlier.seq} said, first seen {earlier.first_seen:%Y-%m-%d}"
            evidence = (Evidence(seq=earlier.seq, capture_id=earlier.capture_id, path="", text=""),)
            found.append(_flag("reverted", version, detail, evidence))
        before = version.content_digest
    return tuple(found)


def standing(record: Record) -> Record:
    """*record* without passages of which nothing is left: those that rules match as a whole."""
    left = tuple(block for block in record.blocks if block.text or block.figure)
    return record if len(left) == len(record.blocks) else replace(record, blocks=left)


def said(found: "Iterable[Flag | FlagRow]") -> str:
    """What the flags on one version come to, in a few words: "silent edit", "says so: correction"."""
    return ", ".join(SAID[cast("Name", name)] for name in dict.fromkeys(flag.name for flag in weightiest(found)))


def weightiest(found: Iterable[_Flag]) -> list[_Flag]:
    """The flags on one version without those that follow from others, in the order in which they are told."""
    flags = sorted(found, key=lambda flag: _ORDER.index(cast("Name", flag.name)))
    names: set[str] = {flag.name for flag in flags}
    return [flag for flag in flags if _IMPLIED.get(cast("Name", flag.name)) not in names]


@dataclass(slots=True)
class _Work:
    """What is known of the versions so far: those with a record, the last of them, and the tombstones."""

    steps: Mapping[int, Sequence[FlagRow]] | None
    flags: list[Flag] = field(default_factory=list)
    versions: "list[VersionRow]" = field(default_factory=list)
    before: Revision | None = None
    tombstones: set[int] = field(default_factory=set)

    def step(self, revision: Revision) -> Revision:
        version, record = revision
        if record is None:
            self.tombstones.add(version.seq)
            return revision
        before = self.before
        known = before.record if before else None
        self.flags += _later(version, record, () if known is None else later_evidence(known))
        if before:
            self.flags += self._step(before, revision)
        self.versions.append(version)
        self.before = revision
        return revision

    def _step(self, before: Revision, revision: Revision) -> tuple[Flag, ...]:
        if self.steps is None:
            return step_flags(before, revision)
        found = self.steps.get(revision.version.seq, ())
        return placed(found, sight(before.version), sight(revision.version))


def _chained(first: Revision, others: Iterator[Revision]) -> Iterator[Revision]:
    yield first
    yield from others


def _of_step(before: Record, after: Record) -> Iterator[FlagRow]:
    dropped, added = _differing(before, after)
    notices = [(unit, notice) for unit in added if (notice := notice_in(unit.text))]
    dates = new_dates(before, after)
    dropped, added = _edited(dropped, added)
    if notices:
        kinds = ", ".join(dict.fromkeys(notice.kind for _, notice in notices))
        told = f"{kinds}: “{_short(notices[0][0].text)}”"
        yield FlagRow(name="notice-given", detail=told, evidence=_quoted("after", [unit for unit, _ in notices]))
    edits = (*_quoted("before", dropped[:_SHOWN]), *_quoted("after", added[:_SHOWN]))
    if not edits:
        if dates and _is_same(before, after):
            detail = f"{_new(dates)}, and no word of the text is another"
            yield FlagRow(name="date-without-edit", detail=detail, evidence=_dates_of(before, after, dates))
        return
    if notices:
        return
    told = _counted(dropped, added)
    if not dates:
        stated = stated_dates(after)
        detail = f"{told}; the page states {_told(stated) or 'no date'}, as before, and has no new notice"
        yield FlagRow(name="silent-edit", detail=detail, evidence=(*_dates_of(before, after, stated), *edits))
    detail = f"{told}; no new notice says so{f'; {_new(dates)}' if dates else ''}"
    yield FlagRow(name="notice-absent", detail=detail, evidence=edits)


def _differing(before: Record, after: Record) -> tuple[list[Unit], list[Unit]]:
    """The passages, and the lines around the title, that only one of two records has, but for typography.

    Where these are of two media types, only those in which a word differs: what one form does not carry, the publisher
    has not dropped.
    """
    ours, theirs = ([*units(record), *_signed(record)] for record in (before, after))
    if before.media_type != after.media_type:
        from ..diff import diff  # noqa: PLC0415 -- costs start-up time, and this is rare

        places = _reworded(diff(before, after))
        ours, theirs = (
            [unit for unit in side if _place(unit) in found] for side, found in zip((ours, theirs), places, strict=True)
        )
    only_ours, only_theirs = _apart(ours, theirs, lambda text: text)
    return _apart(only_ours, only_theirs, plain)


def _apart(ours: Sequence[Unit], theirs: Sequence[Unit], read: Callable[[str], str]) -> tuple[list[Unit], list[Unit]]:
    """Those of either side whose text, as it is *read*, the other has not."""
    before, after = ({read(unit.text) for unit in side} for side in (ours, theirs))
    return [one for one in ours if read(one.text) not in after], [one for one in theirs if read(one.text) not in before]


def _reworded(changes: "Changes") -> tuple[set[str], set[str]]:
    """The fields and blocks, on each side, whose words differ."""
    blocks = [block for block in changes.blocks if block.class_ == "words"]
    fields = {f"/{field.path.split('/')[1]}" for field in changes.fields if field.class_ == "words"}
    return (
        {*fields, *(f"/blocks/{block.before_index}" for block in blocks)},
        {*fields, *(f"/blocks/{block.after_index}" for block in blocks)},
    )


def _place(unit: Unit) -> str:
    """The field or the block that *unit* stands in."""
    _, name, *inside = unit.path.split("/")
    return f"/blocks/{inside[0]}" if name == "blocks" else f"/{name}"


def _edited(dropped: Sequence[Unit], added: Sequence[Unit]) -> tuple[list[Unit], list[Unit]]:
    """Those of the passages whose words only one side has, notices apart; none where sentences only end elsewhere."""
    if _words(dropped) == _words(added):
        return [], []
    before, after = ({bare(unit.text) for unit in side} for side in (dropped, added))
    return (
        [unit for unit in dropped if _is_edit(unit, after)],
        [unit for unit in added if _is_edit(unit, before)],
    )


def _is_edit(unit: Unit, others: set[str]) -> bool:
    words = bare(unit.text)
    return bool(words) and unit.kind != _LINE and words not in others and not notice_in(unit.text)


def _signed(record: Record) -> Iterator[Unit]:
    """The lines around the title of a report, which are no passages of it."""
    lines = [("/byline", record.byline), *((f"/masthead/{n}", line) for n, line in enumerate(record.masthead))]
    return (Unit(path, 0, len(line), _LINE, line) for path, line in lines if line)


def _is_same(before: Record, after: Record) -> bool:
    """Whether nothing but typography and dates differs: no sign, no order, no link and no picture."""
    return (
        standing(before).digests.text == standing(after).digests.text
        and [link.target for link in before.links] == [link.target for link in after.links]
        and [figure.image for figure in before.figures] == [figure.image for figure in after.figures]
    )


def _words(found: Sequence[Unit]) -> list[str]:
    return [word for unit in found for word in bare(unit.text).split()]


def _later(version: "VersionRow", record: Record, known: Sequence[Dated]) -> Iterator[Flag]:
    """What is from a later day than the report gives for itself, where the version before did not have it."""
    old = {(one.edtf, one.text) for one in known}
    new = [one for one in later_evidence(record) if (one.edtf, one.text) not in old]
    if new:
        detail = f"“{_short(new[0].text)}” is later than {_told(stated_dates(record))}"
        evidence = [_at(version, one) for one in (*stated_dates(record), *new)]
        yield _flag("later-than-published", version, detail, evidence)


def _returned(passages: Iterable[Passage], tombstones: set[int], taken_back: set[int]) -> Iterator[Flag]:
    """That passages came back which an earlier version had and one between them had not."""
    back: dict[int, list[tuple[Stay, Stay]]] = {}
    for passage in passages:
        for before, stay in _came_back(passage):
            left = before.until
            if left and left.seq not in tombstones and stay.since.seq not in taken_back:
                back.setdefault(stay.since.seq, []).append((before, stay))
    for pairs in back.values():
        _, first = pairs[0]
        more = f", and {len(pairs) - 1:,} more" if len(pairs) > 1 else ""
        detail = f"“{_short(first.unit.text)}”{more}: back after {_absence(*pairs[0])}"
        evidence = [
            Evidence(seq=sight.seq, capture_id=sight.capture_id, path=unit.path, text=unit.text)
            for before, stay in pairs[:_SHOWN]
            for sight, unit in ((before.since, before.unit), (stay.since, stay.unit))
        ]
        yield Flag(
            name="text-returned",
            seq=first.since.seq,
            detail=detail,
            after=first.since.after,
            by=first.since.by,
            evidence=tuple(evidence),
        )


def _came_back(passage: Passage) -> Iterator[tuple[Stay, Stay]]:
    """The stays of *passage* that have the words of an earlier one, with that one."""
    earlier: dict[str, Stay] = {}
    for stay in passage.stays:
        words = bare(stay.unit.text)
        before = earlier.get(words)
        is_back = before is not None and stay.how in ("returned", "edited") and stay.class_ != "cosmetic"
        if before and is_back and count_words(words) >= _LEAST_WORDS:
            yield before, stay
        earlier[words] = stay


def _absence(before: Stay, stay: Stay) -> str:
    left: Sight | None = before.until
    if left is None or left.seq == stay.since.seq - 1:
        return f"version {stay.since.seq - 1} without it"
    return f"versions {left.seq} to {stay.since.seq - 1} without it"


def _flag(name: Name, version: "VersionRow", detail: str, evidence: Iterable[Evidence]) -> Flag:
    return Flag(
        name=name,
        seq=version.seq,
        detail=detail,
        after=version.seen_after,
        by=version.first_seen,
        evidence=tuple(evidence),
    )


def sight(version: "VersionRow") -> Sight:
    """When what *version* shows was seen first, and by which capture."""
    return Sight(version.seq, version.capture_id, version.seen_after, version.first_seen)


def _evidence(sight: Sight, quoted: Quoted) -> Evidence:
    return Evidence(seq=sight.seq, capture_id=sight.capture_id, path=quoted.path, text=quoted.text)


def _quoted(side: Literal["before", "after"], found: Iterable[Unit]) -> tuple[Quoted, ...]:
    return tuple(Quoted(side=side, path=unit.path, text=unit.text) for unit in found)


def _at(version: "VersionRow", dated: Dated) -> Evidence:
    return Evidence(seq=version.seq, capture_id=version.capture_id, path=dated.path, text=dated.text)


def _dates_of(before: Record, after: Record, dates: Iterable[Dated]) -> tuple[Quoted, ...]:
    """What each of *dates* was, and what it is."""
    sides: tuple[tuple[Literal["before", "after"], Record], ...] = (("before", before), ("after", after))
    return tuple(
        Quoted(side=side, path=one.path, text=getattr(record, one.path[1:]) or "")
        for one in dates
        for side, record in sides
    )


def _told(dates: Iterable[Dated]) -> str:
    return " and ".join(f"{one.path[1:]} {one.edtf}" for one in dates)


def _new(dates: Sequence[Dated]) -> str:
    return f"{_told(dates)} {'is' if len(dates) == 1 else 'are'} new"


def _counted(dropped: Sequence[Unit], added: Sequence[Unit]) -> str:
    """How much was edited: "2 passages edited", of those that one side has the more."""
    count = max(len(dropped), len(added))
    what = "edited" if dropped and added else "added" if added else "dropped"
    return f"{counted(count, 'passage')} {what}"


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79].rstrip()}…"
