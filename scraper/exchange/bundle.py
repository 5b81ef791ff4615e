"""Bundle: the evidence of one capture as files, which anybody can check without fonds. The same bytes each time."""

import os
import shutil
import zipfile
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from tempfile import mkdtemp

from ..archive import Evidence, Leaf, Seal
from ..errors import UsageError
from ..files import sync
from ..log import SignedNote
from .readme import readme_of
from .warc import warc_of

_PROOF = "c2sp.org/tlog-proof@v1"
_VERIFIER = Path(__file__).with_name("verifier.py")
_NAMES = ("leaf", "removal")
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip file can say


def bundle_of(found: Evidence) -> dict[str, bytes]:
    """The files of a bundle by name, a slash between folders."""
    files = {"README.txt": readme_of(found).encode(), "verify.py": _VERIFIER.read_bytes()}
    files["capture.warc"] = warc_of(found)
    for name, leaf in zip(_NAMES, found.leaves, strict=False):
        files[f"{name}.json"] = leaf.record
    for seal in found.seals:
        folder = f"checkpoint-{seal.checkpoint.size}"
        files |= {f"{folder}/{name}": content for name, content in _sealed(seal, found.leaves).items()}
    signed = {signature[:2] for seal in found.seals for signature in SignedNote.parsed(seal.checkpoint.note).signatures}
    keys = [key.text for key in found.keys if (key.name, key.id) in signed]
    witnesses = [_lines(row.token)[0] for seal in found.seals for row in seal.said if row.kind == "cosignature"]
    for name, lines in (("public-key.txt", keys), ("witness-keys.txt", witnesses)):
        if lines:
            files[name] = "".join(f"{line}\n" for line in dict.fromkeys(lines)).encode()
    return dict(sorted(files.items()))


def _sealed(seal: Seal, leaves: tuple[Leaf, ...]) -> dict[str, bytes]:
    """The files of one checkpoint: its note as time authorities saw it, proofs with all signatures, their answers."""
    note = seal.checkpoint.note
    cosigned = "".join(f"{_lines(row.token)[1]}\n" for row in seal.said if row.kind == "cosignature")
    # Where nobody signed it yet, a blank line is still to come before the signatures.
    whole = note + ("\n" if cosigned and not SignedNote.parsed(note).signatures else "") + cosigned
    files = {"note.txt": note.encode()}
    for name, leaf, proof in zip(_NAMES, leaves, seal.proofs, strict=False):
        lines = [_PROOF, f"index {leaf.seq}", *(b64encode(part).decode() for part in proof), "", whole]
        files[f"{name}.tlog-proof"] = "\n".join(lines).encode()
    tokens = [row.token for row in seal.said if row.kind == "rfc3161"]
    files |= {f"time-{number}.tsr": token for number, token in enumerate(tokens, start=1)}
    roots = dict.fromkeys(row.token.strip() + b"\n" for row in seal.said if row.kind == "certificates")
    return files | ({"roots.pem": b"".join(roots)} if roots else {})


def _lines(token: bytes) -> list[str]:
    return token.decode().split("\n")


def write_bundle(files: Mapping[str, bytes], to: Path, name: str) -> None:
    """Writes the files to the folder *to*, or to one zip file where that ends in ".zip": all of them or none.

    *name* is the folder that the zip file unpacks to.

    Raises UsageError where there is something already, or it cannot be written.
    """
    if os.path.lexists(to):
        raise UsageError(f"{to}: there is something already; nothing was written")
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(mkdtemp(prefix=f".{to.name}.", dir=to.parent))
        try:
            made = _zip(files, draft / to.name, name) if to.suffix == ".zip" else _folder(files, draft / to.name)
            # A link is refused where there is something; a folder replaces an empty one at most.
            os.link(made, to) if made.is_file() else made.rename(to)
            sync(to.parent)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        raise UsageError(f"{to}: cannot be written: {error.strerror or error}; nothing was") from error


def _folder(files: Mapping[str, bytes], folder: Path) -> Path:
    folder.mkdir()
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        sync(path)
    for path in (*folder.iterdir(), folder):
        if path.is_dir():
            sync(path)
    return folder


def _zip(files: Mapping[str, bytes], path: Path, folder: str) -> Path:
    """The zip file: not packed and without dates, so that no version of a library makes it another one."""
    with zipfile.ZipFile(path, "x", zipfile.ZIP_STORED) as whole:
        for name, content in files.items():
            entry = zipfile.ZipInfo(f"{folder}/{name}", _EPOCH)
            entry.create_system = 3  # Unix, as the rights that follow are
            entry.external_attr = 0o644 << 16
            whole.writestr(entry, content)
    sync(path)
    return path
