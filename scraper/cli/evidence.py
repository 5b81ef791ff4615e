"""Commands on the archive as evidence: init, verify, checkpoint."""

import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import KeyUnusable, NotProved, UsageError
from ..wording import counted
from .context import Settings
from .output import data, format_option, instant, listing, note
from .outside import read_roots
from .progress import OneLine
from .signing import key_path, new_key, next_key, notary

if TYPE_CHECKING:
    from ..archive import Archive
    from ..archive.fixity import Verification
    from ..log import Checkpoint

_FINDINGS = 1
_LISTED = 20  # captures that a line names
_MOST_NOTE = 100_000
_ALL = 100.0  # percent


@click.command()
@click.option("--name", default="", metavar="NAME", help="What the log is called, such as example.org/archive.")
@click.option("--rotate", is_flag=True, help="Makes a new key, which the old one signs, in place of the archive's.")
@click.option("--lost", is_flag=True, help="With --rotate: the old key cannot be had. That is put on record.")
@click.option(
    "--old-key", type=click.Path(path_type=Path), metavar="FILE",
    help="With --rotate: the file of the old key [default: the archive's, in ~/.config/fonds].",
)  # fmt: skip
@click.pass_obj
def init(settings: Settings, name: str, rotate: bool, lost: bool, old_key: Path | None) -> None:
    """Makes an archive and the key that signs its checkpoints, where they are absent; says where they are.

    The key file stays outside the archive and belongs to whoever runs fonds (mode 0600). Keep a copy of it elsewhere,
    and print the public key that is shown: by it anybody can tell that a checkpoint is yours. $FONDS_KEY_PASSPHRASE
    locks a new key; crawls need it too.

    \b
    Examples:
      fonds init
      fonds init --name example.org/archive
      fonds --key /media/stick/new.key init --rotate --old-key /media/stick/old.key
    """
    from ..archive import Archive

    if old_key and (lost or not rotate):
        raise UsageError("--old-key: it goes with --rotate, and without --lost")

    settings.archive.parent.mkdir(parents=True, exist_ok=True)
    with Archive(settings.archive, create=True, notary=notary(settings.archive, settings.key)) as archive:
        keys = archive.public_keys()
        if keys and name and name != keys[-1].name:
            raise UsageError(f"{archive.path}: its log is called '{keys[-1].name}', and that never changes")
        if not keys:
            path = new_key(archive, settings.key, settings.now(), name=name)
        elif rotate:
            path = next_key(archive, settings.key, settings.now(), old_path=old_key, is_lost=lost)
        else:
            path = settings.key or key_path(keys[-1])
            if not path.exists():
                raise KeyUnusable(f"{path}: no key there; name it by --key, or make another by --rotate --lost")
        key = archive.public_keys()[-1]
        archive.checkpoint(settings.now())
    data(f"archive     {settings.archive}")
    data(f"key         {path}")
    data(f"public key  {key.text}")


@click.command()
@click.option(
    "--since",
    metavar="CHECKPOINT",
    help="Verifies what came after CHECKPOINT (a file with its lines, or its size), and that the log goes on from it.",
)
@click.option("--capture", type=int, metavar="ID", help="Verifies one capture: for a citation.")
@click.option(
    "--sample",
    type=click.FloatRange(0, 100, min_open=True),
    default=_ALL,
    metavar="P",
    help="Looks at P percent of bodies and records only, others each time; at the whole log all the same.",
)
@click.option(
    "--public-key", metavar="KEY", help="The key it should be signed by, as you know it from elsewhere; or a file."
)
@click.option("--repair", is_flag=True, help="Puts right what can be, then verifies again.")
@click.option(
    "--from",
    "backup",
    type=click.Path(path_type=Path),
    metavar="BACKUP",
    help="With --repair: takes bytes that are damaged here from this backup.",
)
@click.option(
    "--ca", "roots", type=click.Path(path_type=Path), metavar="FILE",
    help="The roots, in PEM, that the certificates of time authorities should lead to.",
)  # fmt: skip
@format_option
@click.pass_obj
def verify(
    settings: Settings, since: str | None, capture: int | None, sample: float, public_key: str | None, repair: bool,
    backup: Path | None, roots: Path | None, form: str | None,
) -> None:  # fmt: skip
    """Checks that everything is as it was recorded, and names the captures that are not.

    The file, each leaf of the log and the rows it speaks of, the tree and all checkpoints, their signatures, the bytes
    of each body, the digests of records, what time authorities and witnesses say of checkpoints. Exit code 0: nothing
    is wrong; 1: something is; 2: it could not be looked at.

    --repair stores damaged bodies anew where their bytes are still to be had, with the digest on record: from a second
    copy, from what still decodes, from BACKUP. Indexes are built anew, missing nodes of the log computed. What is left
    then decides about the exit code, and a line says what to do about it; what is only noted, such as removals on
    record, does not.

    \b
    Examples:
      fonds verify
      fonds verify --since printed-checkpoint.txt
      fonds verify --capture 41
      fonds verify --sample 5 --format json
      fonds verify --repair --from /mnt/backups/archive.db
    """
    from ..archive.fixity import Extent, Verification
    from ..log import read_public_key

    if backup and not repair:
        raise UsageError("--from: found it alone, expected --repair before it")
    if repair and (since or capture is not None or sample < _ALL):
        raise UsageError("--repair: found it with --since, --capture or --sample; it looks at everything")
    with settings.open_archive() as archive:
        if capture is not None:
            archive.capture(capture)
        extent = Extent(
            since=_since(archive, since) if since else None, capture=capture, share=sample / 100,
            seed=time.time_ns(), key=read_public_key(public_key) if public_key else None,
            roots=read_roots(roots),
        )  # fmt: skip
        done = Verification()
        told = OneLine()
        found = list(archive.verify(extent, done, told))
        mended = list(archive.mend(found, backup)) if repair else []
        if mended:
            done = Verification()
            found = list(archive.verify(extent, done, told))
        told.end()
    damage = sum(finding.is_damage for finding in found)
    rows = [asdict(one) | {"is_damage": False} for one in mended] + [asdict(finding) for finding in found]
    states = [{"state": "mended"}] * len(mended)
    states += [{"state": "left" if finding.is_damage else "noted"} for finding in found]
    shown = [
        (state if repair else {}) | row | {"captures": _few(row["captures"]) if _is_table(form) else row["captures"]}
        for state, row in zip(states, rows, strict=True)
    ]
    fine = f"{settings.archive}: {_extent(done)}: nothing is wrong"
    columns = ("state",) * repair + ("check", "captures", "what")
    listing(shown, form, columns=columns, empty=fine)
    if mended:
        count = counted(len(mended), "thing is", "things are")
        note(f"{settings.archive}: {count} mended; what follows is of looking again")
    if rows:
        note(f"{settings.archive}: {_extent(done)}: {_wrong(damage)}" if damage else fine)
    note(f"{settings.archive}: {_sealed(done)}")
    if damage and repair:
        for line in _advice({finding.check for finding in found if finding.is_damage}, backup):
            note(f"{settings.archive}: {line}")
    for line in _said(done):
        note(f"{settings.archive}: {line}")
    if damage:
        raise click.exceptions.Exit(_FINDINGS)


def _advice(checks: set[str], backup: Path | None) -> list[str]:
    """What to do about what a repair has left, a line for each way, by the *checks* that found it."""
    ways = {
        "body": "--from another backup may have the bytes" if backup else "--from BACKUP takes the bytes from a backup",
        "signature": "fonds checkpoint signs what no key has signed",
    }
    rest = sorted(checks - set(ways))
    lines = [f"left: {check}: {way}" for check, way in ways.items() if check in checks]
    # Reading a page anew finds a damaged record by its digest and keeps it, so that is no way.
    return lines + ([f"left: {', '.join(rest)}: fonds restore puts a whole backup in its place"] if rest else [])


def _since(archive: "Archive", named: str) -> "Checkpoint":
    """The checkpoint that *named* is: the number of leaves of one in the archive, or a file with its lines."""
    from ..log import Checkpoint, SignedNote

    if named.isascii() and named.isdigit() and not Path(named).exists():
        row = archive.checkpoint_of(int(named))
        if row is None:
            raise UsageError(f"--since: the archive has no checkpoint of {named} leaves")
        return Checkpoint.parsed(row.text)
    try:
        with click.open_file(named, encoding="utf-8") as file:
            text = file.read(_MOST_NOTE)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--since: {named} cannot be read: {getattr(error, 'strerror', '') or error}") from error
    try:
        return Checkpoint.parsed(SignedNote.parsed(text if text.endswith("\n") else f"{text}\n").text)
    except NotProved as error:
        raise UsageError(f"--since: {named}: {error}") from error


def _extent(done: "Verification") -> str:
    parts = (
        (done.leaves, "leaf", "leaves"), (done.captures, "capture"), (done.bodies, "body", "bodies"),
        (done.records, "record"), (done.checkpoints, "checkpoint"),
    )  # fmt: skip
    told = [counted(*part) for part in parts]
    if done.redacted:
        told.append(f"{counted(done.redacted, 'capture')} redacted on record")
    return ", ".join(told)


def _wrong(count: int) -> str:
    return f"{counted(count, 'thing is', 'things are')} wrong"


def _sealed(done: "Verification") -> str:
    if not done.checkpoints:
        return "no checkpoint was looked at; fonds checkpoint makes one"
    if not done.signed_by:
        return "checkpoints are not signed; fonds init makes a key"
    return f"signed by key {', '.join(done.signed_by)}; --public-key says whether that is the right one"


def _said(done: "Verification") -> list[str]:
    """What others say: of each the first checkpoint, as all before it was there by then, and the newest."""
    lines = []
    for by in dict.fromkeys((one.kind, one.by) for one in done.said):
        of_one = [one for one in done.said if (one.kind, one.by) == by]
        for one in dict.fromkeys((of_one[0], of_one[-1])):
            trusted = "" if one.kind != "time" or one.is_trusted else ", certificates not checked: --ca names its root"
            lines.append(f"checkpoint {one.size} was seen at {instant(one.at)} by {one.by}{trusted}")
    return lines


def _is_table(form: str | None) -> bool:
    from .output import chosen_form

    return chosen_form(form) in ("table", "csv")


def _few(captures: list[int]) -> str:
    shown = " ".join(map(str, captures[:_LISTED]))
    return f"{shown} and {len(captures) - _LISTED:,} more" if len(captures) > _LISTED else shown


@click.command()
@click.option("--note", "whole", is_flag=True, help="Prints the signed note, as it is kept.")
@click.option(
    "--since", type=click.IntRange(0), metavar="SIZE",
    help="Prints it as a request to a witness that last saw SIZE leaves (0: none), with the proof that it goes on.",
)  # fmt: skip
@click.pass_obj
def checkpoint(settings: Settings, whole: bool, since: int | None) -> None:
    """Prints the newest checkpoint, three lines to print or to post; makes one where captures came since.

    Whoever has these lines can tell later that nothing before them was changed, dropped or put in:
    `fonds verify --since FILE`. Print them, mail them, put them where you cannot take them back.

    \b
    Examples:
      fonds checkpoint
      fonds checkpoint --note > checkpoint.txt
      fonds checkpoint --since 0 > request.txt
    """
    from ..log import WitnessRequest

    with settings.open_archive() as archive:
        keys = archive.public_keys()
        made = archive.checkpoint(settings.now())
        if made is None:
            raise UsageError(f"{settings.archive}: nothing is in the log yet")
        if since is not None and since > made.size:
            raise UsageError(f"--since: found {since} leaves, expected at most the {made.size} that there are")
        text = made.text if since is None and not whole else made.note
        if since is not None:
            proof = tuple(archive.consistency(since, made.size))
            text = WitnessRequest(old=since, proof=proof, note=made.note).text
    data(text.removesuffix("\n"))
    if not made.is_signed:
        note(f"{settings.archive}: not signed{'' if keys else '; fonds init makes a key'}")


COMMANDS = (init, verify, checkpoint)
