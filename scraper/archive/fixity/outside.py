"""What others say of checkpoints: time tokens and cosignatures, held against checkpoint and signature."""

from collections.abc import Iterator, Sequence
from typing import Any

from ...errors import KeyUnusable, NotProved
from ...log import (
    SignedNote,
    WitnessKey,
    check_chain,
    cosignatures,
    read_certificates,
    read_time_token,
    with_cryptography,
    with_time_library,
)
from .findings import Finding, Said, Work, one_line

_KEPT = """
select witness.id, witness.size, witness.kind, witness.token, checkpoint.note
from witness left join checkpoint on checkpoint.size = witness.size where witness.size >= ? order by witness.size, id
"""


def findings(work: Work, least: int) -> Iterator[Finding]:
    """What is wrong with what others say of checkpoints of *least* leaves or more."""
    missing: dict[str, int] = {}
    for number, size, kind, token, note in work.rows.all(_KEPT, least):
        if lack := _lack(kind):
            missing[lack] = missing.get(lack, 0) + 1
            continue
        try:
            work.done.said.extend(_said(work, size, kind, token, note))
        except (NotProved, KeyUnusable, TypeError, ValueError, AttributeError) as error:
            yield Finding(check="witness", what=f"{kind} {number} on checkpoint {size}: {one_line(error)}")
    for lack, count in missing.items():
        what = f"what others say of checkpoints was not looked at, {count} times: {lack}"
        yield Finding(check="witness", what=what, is_damage=False)


def fork_findings(work: Work) -> Iterator[Finding]:
    """What the archive saw as a witness of logs that forked: to be known, and no damage here."""
    for act in work.acts.get("fork", []):
        try:
            what = f"two checkpoints of {act['origin']} that do not go together, in leaf {act['seq']}: {act['why']}"
        except KeyError:
            yield Finding(check="witness", what=f"leaf {act.get('seq')} does not say which log forked")
        else:
            yield Finding(check="witness", what=one_line(f"another log: {what}"), is_damage=False)


def _lack(kind: object) -> str:
    """Which library is not here that this kind needs, "" for none."""
    try:
        (with_cryptography if kind == "cosignature" else with_time_library)()
    except KeyUnusable as error:
        return one_line(error)
    return ""


def _said(work: Work, size: int, kind: str, token: bytes, note: Any) -> Sequence[Said]:
    if not isinstance(note, str):
        raise NotProved("there is no such checkpoint")
    if kind == "rfc3161":
        return [_time(work, size, token, note)]
    if kind == "cosignature":
        return [_cosignature(size, token, note)]
    if kind == "certificates":
        read_certificates(token)
        return []
    raise NotProved("it is of a kind that is not known here")


def _time(work: Work, size: int, token: bytes, note: str) -> Said:
    found = read_time_token(token)
    if not found.is_of(note.encode()):
        raise NotProved("the token is of something else than this checkpoint")
    if work.extent.roots:
        check_chain(token, work.extent.roots)
    return Said(size=size, kind="time", by=found.authority, at=found.at, is_trusted=bool(work.extent.roots))


def _cosignature(size: int, token: bytes, note: str) -> Said:
    key, _, line = token.decode().partition("\n")
    witness = WitnessKey.parsed(key)
    # As it would stand under the checkpoint.
    found = cosignatures(SignedNote.parsed(f"{SignedNote.parsed(note).text}\n{line}"), [witness])
    if len(found) != 1 or found[0].line != line:
        raise NotProved("it is no cosignature by its own key")
    return Said(size=size, kind="cosignature", by=witness.name, at=found[0].at)
