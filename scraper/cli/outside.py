"""Commands by which others vouch for an archive: timestamp, cosign."""

from contextlib import suppress
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from ..errors import KeyUnusable, NotProved, UsageError
from .context import Settings, address_option
from .output import data, instant, note
from .signing import signer_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..archive import Archive, CheckpointRow, SeenRow
    from ..log import Checkpoint, TimeQuery, TimeToken, VerifierKey, WitnessKey, WitnessRequest

T = TypeVar("T")

_FORK = 1
_MOST_NOTE = 1_000_000
_MOST_TOKEN = 200_000
_MOST_ROOTS = 1_000_000
_SQLITE = b"SQLite format 3\0"
_QUERY, _REPLY = "application/timestamp-query", "application/timestamp-reply"
_TOTAL_S = 60.0


@click.command()
@click.option("--authority", envvar="FONDS_TSA", metavar="URL", help="The time authority to ask [default: $FONDS_TSA].")
@click.option(
    "--ca", "roots", type=click.Path(path_type=Path), metavar="FILE",
    help="The authority's root, in PEM, as you know it from elsewhere: what is not signed under it is not kept.",
)  # fmt: skip
@click.option(
    "--request", "query_path", type=click.Path(path_type=Path), metavar="FILE",
    help="Writes the query to FILE, for a machine that has a network. With --response: the query that it answers.",
)  # fmt: skip
@click.option("--response", type=click.Path(path_type=Path), metavar="FILE", help="Keeps the answer in FILE.")
@address_option
@click.pass_obj
def timestamp(
    settings: Settings,
    authority: str | None,
    roots: Path | None,
    query_path: Path | None,
    response: Path | None,
    addresses: tuple[str, ...],
) -> None:
    """Has a time authority sign when it saw the newest checkpoint (RFC 3161), and keeps what it says.

    Nothing but a digest is sent. Who trusts the authority knows from then on that all the archive held was there by
    that time. Without --ca the answer is kept with its certificates unchecked, and that is said.

    \b
    Examples:
      fonds timestamp --authority https://tsa.example/tsr --ca tsa-root.pem
      fonds timestamp --request query.tsq
      curl -H 'Content-Type: application/timestamp-query' --data-binary @query.tsq https://tsa.example/tsr -o answer.tsr
      fonds timestamp --request query.tsq --response answer.tsr --ca tsa-root.pem
    """
    from ..log import read_time_query, time_query, with_time_library

    with_time_library()
    trusted = read_roots(roots)
    if response is None and query_path is None and not authority:
        raise UsageError("name a time authority by --authority or $FONDS_TSA, or a file for the query by --request")
    with settings.open_archive() as archive:
        if response is not None:
            if query_path is None:
                raise UsageError("--response: name the query that it answers, too: --request FILE")
            query = _named(query_path, lambda: read_time_query(_read(query_path, _MOST_TOKEN)))
            row = archive.checkpoint_with(query.imprint)
            if row is None:
                raise UsageError(f"{query_path}: the query is for no checkpoint of this archive")
            answer = _read(response, _MOST_TOKEN)
        else:
            row = _newest(settings, archive)
            query = time_query(row.note.encode())
            if query_path is not None:
                _write_query(archive, query_path, query.encoded)
                note(f"{query_path}: a query for checkpoint {row.size}; keep it until its answer is here")
                return
            answer = _asked(str(authority), query, addresses)
        token = _named(response or str(authority), lambda: _checked(answer, query, trusted))
        _keep(settings, archive, row, answer, trusted)
    if not row.is_signed:
        note(f"{settings.archive}: checkpoint {row.size} is not signed; fonds init makes a key")
    data(f"checkpoint  {row.size}")
    data(f"time        {instant(token.at)}")
    data(f"authority   {token.authority}")
    data(f"trusted     {f'under {roots}' if roots else 'not checked: no --ca was given'}")


def _newest(settings: Settings, archive: "Archive") -> "CheckpointRow":
    row = archive.checkpoint(settings.now())
    if row is None:
        raise UsageError(f"{settings.archive}: nothing is in the log yet")
    return row


def _checked(answer: bytes, query: "TimeQuery", trusted: bytes) -> "TimeToken":
    from ..log import check_chain, read_time_token

    token = read_time_token(answer, query)
    if trusted:
        check_chain(answer, trusted)
    return token


def _keep(settings: Settings, archive: "Archive", row: "CheckpointRow", answer: bytes, trusted: bytes) -> None:
    from ..archive import WitnessRow

    now = settings.now()
    with archive.transaction():
        if not archive.add_witness(WitnessRow(size=row.size, kind="rfc3161", token=answer, added_at=now)):
            note(f"{settings.archive}: this answer is kept already")
        if trusted:
            archive.add_witness(WitnessRow(size=row.size, kind="certificates", token=trusted, added_at=now))


def _asked(authority: str, query: "TimeQuery", addresses: tuple[str, ...]) -> bytes:
    from ..fetch import Bounds, Manners, post
    from .running import finished

    bounds = Bounds(total_s=_TOTAL_S, wire_bytes=_MOST_TOKEN, body_bytes=_MOST_TOKEN)
    manners = Manners(allow_addresses=frozenset(addresses), bounds=bounds)
    headers = {"Content-Type": _QUERY, "Accept": _REPLY}
    reply = finished(post(authority, query.encoded, headers, manners=manners))
    if reply.media_type != _REPLY:
        raise UsageError(f"{authority}: found an answer of type '{reply.media_type}', expected {_REPLY}")
    return reply.content


@click.command()
@click.argument("asked", metavar="[NOTE|ARCHIVE]", required=False)
@click.option("--add", "answer", metavar="FILE", help="Keeps the cosignature that a witness gave on a checkpoint here.")
@click.option(
    "--public-key", metavar="KEY",
    help="The other archive's public key, or with --add the witness's; or a file. Needed the first time.",
)  # fmt: skip
@click.pass_obj
def cosign(settings: Settings, asked: str | None, answer: str | None, public_key: str | None) -> None:
    """Cosigns the checkpoint of another archive, as its witness; or keeps what a witness signed.

    NOTE is what the other archive wrote by `fonds checkpoint --since`, ARCHIVE its file. Signed is only what goes on
    from the last checkpoint that this archive saw of that log; what it saw is put on record in its own log. The
    cosigned checkpoint is printed. Exit code 1: the other archive has signed what does not go on from there; that is
    put on record, too.

    \b
    Examples:
      fonds checkpoint --since 0 > request.txt
      fonds cosign request.txt --public-key example.org/first+1a2b3c4d+ATyU... > cosigned.txt
      fonds cosign --add cosigned.txt --public-key example.org/second+5e6f7a8b+AT0k...
    """
    if (asked is None) == (answer is None):
        raise UsageError("name a checkpoint to cosign, or by --add the file of one that was cosigned")
    with settings.open_archive() as archive:
        if answer is not None:
            _add(settings, archive, answer, public_key)
        else:
            _cosign(settings, archive, str(asked), public_key)


def _cosign(settings: Settings, archive: "Archive", asked: str, public_key: str | None) -> None:
    from ..archive import SeenRow
    from ..log import Checkpoint, SignedNote, cosigned

    keys = archive.public_keys()
    if not keys:
        raise KeyUnusable(f"{settings.archive}: it has no key to cosign by; fonds init makes one")
    signer = signer_of(keys[-1], settings.key)
    with archive.transaction():
        request = _request(settings, archive, asked)
        told = _named(asked, lambda: Checkpoint.parsed(SignedNote.parsed(request.note).text))
        seen = archive.newest_seen(told.origin)
        key = _key_of(asked, told, request.note, seen, public_key)
        if key.public in [own.public for own in keys]:
            raise UsageError(f"{asked}: it is signed by this archive's own key: an archive is no witness of its own")
        now = settings.now()
        here = SeenRow(checkpoint=told, key=key, seen_at=now)
        why = _problem(asked, request, told, seen)
        if why:
            archive.add_fork(here, request.note, why)
        elif seen is None or seen.checkpoint != told or seen.key != key:
            archive.add_seen(here, request.note)
        archive.checkpoint(now)
    if why:
        note(f"fonds: {asked}: {why}; not cosigned, and put on record")
        raise click.exceptions.Exit(_FORK)
    text = SignedNote.parsed(request.note).text
    signatures = request.note[len(text) + 1 :]
    data(f"{text}\n{signatures}{cosigned(text, signer, now.astimezone(UTC)).line}".removesuffix("\n"))


def _request(settings: Settings, archive: "Archive", asked: str) -> "WitnessRequest":
    """What is asked of the witness: as the file says, or made from the other archive."""
    from ..log import WitnessRequest

    path = Path(asked)
    if asked == "-" or not _is_database(path):
        return _named(asked, lambda: WitnessRequest.parsed(_text(asked)))
    from ..archive import Archive
    from ..log import Checkpoint

    if path.resolve() == settings.archive.resolve():
        raise UsageError(f"{asked}: an archive is no witness of its own")
    with Archive(path) as other:
        newest = other.newest_checkpoint()
        if newest is None:
            raise UsageError(f"{asked}: it has no checkpoint yet")
        seen = archive.newest_seen(Checkpoint.parsed(newest.text).origin)
        old = seen.checkpoint.size if seen else 0
        proof = other.consistency(old, newest.size) if old <= newest.size else []
    return WitnessRequest(old=old, proof=tuple(proof), note=newest.note)


def _key_of(asked: str, told: "Checkpoint", text: str, seen: "SeenRow | None", public_key: str | None) -> "VerifierKey":
    """The key that the other archive's checkpoint must be, and is, signed by."""
    from ..log import SignedNote, read_public_key

    if public_key is None and seen is None:
        raise KeyUnusable(
            f"{asked}: the log '{told.origin}' is not known here; name its public key, as you know it from its owner, "
            f"by --public-key"
        )
    key = read_public_key(public_key) if public_key else seen.key if seen else None
    signers = _named(asked, lambda: SignedNote.parsed(text).signers([key] if key else []))
    if key is None or not signers or key.name != told.origin:
        known = "" if public_key or not seen else "; where its owner has another one now, name that by --public-key"
        raise UsageError(f"{asked}: it is not signed by key {key.id if key else ''} of '{told.origin}'{known}")
    return key


def _problem(asked: str, request: "WitnessRequest", told: "Checkpoint", seen: "SeenRow | None") -> str:
    """Why the checkpoint is none of the log that was seen, "" where it is.

    Raises UsageError where that cannot be told, or the checkpoint is an earlier one.
    """
    from ..log import is_consistent

    if seen is None:
        if request.old:
            raise UsageError(f"{asked}: it asks from {request.old} leaves on, and none were seen here; --since 0")
        return ""
    last, at = seen.checkpoint, instant(seen.seen_at)
    if told.size < last.size:
        raise UsageError(
            f"{asked}: found a checkpoint of {told.size} leaves, expected at least {last.size}, seen here on {at}: the "
            f"log went back, or this is an old file"
        )
    if told.size == last.size:
        return "" if told.root == last.root else f"another log of {told.size} leaves than the one seen here on {at}"
    if request.old != last.size:
        what = (
            f"found what leads from {request.old} leaves to {told.size}, expected from {last.size}, seen here on {at}"
        )
        raise UsageError(f"{asked}: {what}: fonds checkpoint --since {last.size}")
    if is_consistent(last.size, told.size, request.proof, last.root, told.root):
        return ""
    return f"the log of {told.size} leaves is not shown to go on from the {last.size} leaves seen here on {at}"


def _add(settings: Settings, archive: "Archive", answer: str, public_key: str | None) -> None:
    from ..archive import WitnessRow
    from ..log import Checkpoint, SignedNote, cosignatures

    text = _text(answer)
    newest = archive.newest_checkpoint()
    if newest is not None and text.startswith("— "):  # the lines alone, as a witness on the network answers
        text = f"{newest.text}\n{text}"
    signed = _named(answer, lambda: SignedNote.parsed(text))
    told = _named(answer, lambda: Checkpoint.parsed(signed.text))
    row = archive.checkpoint_of(told.size)
    if row is None or row.text != signed.text:
        raise UsageError(f"{answer}: the checkpoint of '{told.origin}' with {told.size} leaves is none of this archive")
    keys = _witness_keys(archive, public_key)
    found = _named(answer, lambda: cosignatures(signed, keys))
    if not found:
        expected = (
            f"key {keys[0].id} of '{keys[0].name}'" if public_key else "a witness known here: name it by --public-key"
        )
        raise KeyUnusable(f"{answer}: found no cosignature by {expected}")
    for one in found:
        token = f"{one.key.text}\n{one.line}".encode()
        is_new = archive.add_witness(
            WitnessRow(size=row.size, kind="cosignature", token=token, added_at=settings.now())
        )
        kept = "kept" if is_new else "was kept already"
        note(f"{settings.archive}: checkpoint {row.size} as {one.key.name} saw it at {instant(one.at)}: {kept}")


def _witness_keys(archive: "Archive", public_key: str | None) -> "list[WitnessKey]":
    """The key named, by itself or by a file; else those of all witnesses whose cosignatures the archive has."""
    from ..log import WitnessKey

    if public_key is None:
        tokens = [row.token.decode() for row in archive.witnesses() if row.kind == "cosignature"]
        return [WitnessKey.parsed(key) for key in dict.fromkeys(token.partition("\n")[0] for token in tokens)]
    return [WitnessKey.parsed(_text(public_key) if "+" not in public_key else public_key)]


def read_roots(path: Path | None) -> bytes:
    """The certificates, in PEM, in the file that --ca names, b"" for None. Raises KeyUnusable, UsageError."""
    from ..log import read_certificates

    if path is None:
        return b""
    content = _read(path, _MOST_ROOTS)
    try:
        read_certificates(content)
    except KeyUnusable as error:
        raise KeyUnusable(f"{path}: {error}") from error
    return content


def _named(name: object, work: "Callable[[], T]") -> "T":
    """What *work* gives, its NotProved as an error that names the file."""
    try:
        return work()
    except NotProved as error:
        raise UsageError(f"{name}: {error}; nothing was kept") from error


def _read(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    if len(content) > most:
        raise UsageError(f"{path}: found more than {most:,} bytes, expected at most that")
    return content


def _text(name: str) -> str:
    try:
        with click.open_file(name, encoding="utf-8") as file:
            return str(file.read(_MOST_NOTE))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{name}: cannot be read: {getattr(error, 'strerror', '') or error}") from error


def _is_database(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(_SQLITE)) == _SQLITE
    except OSError:
        return False


def _write_query(archive: "Archive", path: Path, content: bytes) -> None:
    from ..files import write_whole

    if path.exists() and not _is_answered(archive, path):
        raise UsageError(f"{path}: there is a file already; a query that waits for its answer is not replaced")
    try:
        write_whole(path, content)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error


def _is_answered(archive: "Archive", path: Path) -> bool:
    """Whether the file at *path* is a query, and the archive has the answer to it."""
    from ..log import read_time_query, read_time_token

    try:
        query = read_time_query(_read(path, _MOST_TOKEN))
    except (NotProved, UsageError):
        return False
    for row in archive.witnesses():
        with suppress(NotProved):
            if row.kind == "rfc3161" and read_time_token(row.token, query):
                return True
    return False


COMMANDS = (timestamp, cosign)
