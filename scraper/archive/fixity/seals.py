"""Checkpoints as signed notes, and the keys that have signed them."""

from base64 import b64decode
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from ...errors import KeyUnusable, NotProved
from ...log import Checkpoint, SignedNote, VerifierKey
from ..signing import statement
from .findings import Finding, Work, one_line

Seal = Sequence[Any]  # size, root, note


def findings(work: Work, seals: Sequence[Seal]) -> Iterator[Finding]:
    """What is wrong with the notes of checkpoints, and whether the key expected is that of the archive."""
    keys = _keys(work)
    wanted = work.extent.key
    if wanted is not None and wanted.public not in [key.public for key in keys]:
        found = f"the archive is signed by key {keys[-1].id}" if keys else "the archive has no key"
        yield Finding(check="key", what=f"{found}, expected key {wanted.id}")
    origins = set()
    signed = 0
    for size, root, note in seals:
        work.done.checkpoints += 1
        try:
            signers = _signers_of(size, root, note, keys)
            origins.add(note.partition("\n")[0])
        except (NotProved, KeyUnusable, TypeError, AttributeError, UnicodeEncodeError) as error:
            yield Finding(check="signature", what=f"checkpoint {size}: {one_line(error)}")
            continue
        work.done.signed_by += [key.id for key in signers if key.id not in work.done.signed_by]
        signed = size if signers else signed
        if not signers and "\n\n" in note:
            yield Finding(check="signature", what=f"checkpoint {size} is signed by no key of the archive")
    # An unsigned one may be that of a crawl that could not have the key; then the next one that can signs for it.
    if keys and seals and signed < work.done.covered:
        what = f"no signature of the archive's key covers leaves {signed} to {work.done.covered - 1}"
        captures = work.rows.captures_between(signed, work.done.covered)
        yield Finding(check="signature", what=f"{what}; fonds checkpoint signs them", captures=captures)
    if len(origins) > 1:
        yield Finding(check="checkpoint", what=f"these are checkpoints of {len(origins)} logs, expected those of one")


def key_findings(work: Work) -> Iterator[Finding]:
    """What is wrong with the keys: each stands in the log, signed by itself and by the one before it."""
    stored = {since: (key_id, key) for key_id, key, since in work.rows.all("select id, key, since from public_key")}
    told = {act.get("seq"): act for act in work.acts.get("key", [])}
    before = ""
    for seq in sorted(told if work.start else {*stored, *told}, key=str):
        act, (key_id, key) = told.get(seq, {}), stored.get(seq, ("", ""))
        try:
            signers = _signers_of_change(act, key_id, key, before or str(act.get("previous", "")) * bool(work.start))
        except (NotProved, KeyUnusable, LookupError, TypeError, ValueError, AttributeError) as error:
            yield Finding(check="key", what=f"the key of leaf {seq}: {one_line(error)}")
        else:
            if before and before not in signers:
                what = f"key {key_id} took the place of another, and that one has not signed it"
                yield Finding(check="key", what=what, is_damage=False)
        before = str(act.get("key", before))


def _keys(work: Work) -> list[VerifierKey]:
    found = []
    for (text,) in work.rows.all("select key from public_key order by since"):
        with suppress(KeyUnusable, AttributeError, TypeError):
            found.append(VerifierKey.parsed(text))
    return found


def _signers_of(size: object, root: object, text: str, keys: Sequence[VerifierKey]) -> list[VerifierKey]:
    """Which of *keys* have signed the note of a checkpoint. Raises NotProved where it is not that checkpoint's."""
    note = SignedNote.parsed(text)
    told = Checkpoint.parsed(note.text)
    if (told.size, told.root, told.text) != (size, root, note.text):
        raise NotProved("its note tells of another size or root")
    return note.signers(keys)


def _signers_of_change(act: dict[str, Any], key_id: str, key: str, before: str) -> set[str]:
    """The keys, as text, that have signed that *key* is the archive's from here on. Raises NotProved."""
    if act.get("key") != key or VerifierKey.parsed(key).id != key_id:
        raise NotProved("it is not the one that the log tells of")
    if str(act.get("previous", "")) != before:
        raise NotProved("it does not follow the key before it")
    words = statement({name: str(act[name]) for name in ("previous", "key", "at") if name in act})
    found = set()
    for text in filter(None, (key, before)):
        public = VerifierKey.parsed(text)
        signature = act["signatures"].get(public.id)
        if signature is not None:
            if not public.has_signed(words, b64decode(signature, validate=True)):
                raise NotProved(f"the signature of key {public.id} on it does not fit")
            found.add(text)
    if key not in found:
        raise NotProved("it has not signed that itself")
    return found
