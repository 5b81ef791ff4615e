"""Commands by which something leaves the archive in a form that others read: export."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import UsageError
from .context import Settings
from .output import data, note

if TYPE_CHECKING:
    from ..archive import Archive


@click.command()
@click.option("--evidence", "capture", type=int, metavar="CAPTURE", help="What vouches for this capture, in a bundle.")
@click.option(
    "--checkpoint", "size", type=int, metavar="SIZE",
    help="With --evidence: also under the checkpoint of SIZE leaves, such as one that was printed.",
)  # fmt: skip
@click.option(
    "--to", type=click.Path(path_type=Path), required=True, metavar="PATH",
    help="A folder that is not there yet, or FILE.zip.",
)  # fmt: skip
@click.pass_obj
def export(settings: Settings, capture: int | None, size: int | None, to: Path) -> None:
    """Writes evidence that can be checked without fonds, and without trusting whoever runs it.

    A bundle has the bytes of a capture as received (WARC), its record in the log, the proof that it is under a signed
    checkpoint, what time authorities and witnesses say of that, a README and verify.py: one file, which needs Python
    alone. It is checked before it is written. The same archive gives the same bytes.

    \b
    Examples:
      fonds export --evidence 41 --to evidence-41.zip
      fonds export --evidence 41 --to evidence-41
    """
    if capture is None:
        raise UsageError("say what to export: --evidence CAPTURE")
    from ..exchange import bundle_of, check, write_bundle
    from ..exchange.verifier import WRONG, Known

    with settings.open_archive() as archive:
        sizes = _sizes(settings, archive, capture)
        if size is not None:
            sizes = sorted({*sizes, _named_size(archive, capture, size)})
        found = archive.evidence_of(capture, sizes)
    files = bundle_of(found)
    wrong = [line for line in check(files, Known()) if line.state == WRONG]
    if wrong:
        what = f"{wrong[0].what}: {wrong[0].found}"
        raise UsageError(f"capture {capture}: the bundle would not verify: {what}; nothing was written: fonds verify")
    write_bundle(files, to, f"evidence-{capture}")
    data(str(to))
    if not any(seal.checkpoint.is_signed for seal in found.seals):
        note(f"{to}: no checkpoint over this capture is signed: it shows no more than whoever wrote it says")


def _sizes(settings: Settings, archive: "Archive", capture: int) -> list[int]:
    """The checkpoints that the bundle has; where no signed one covers the capture yet one is made, if it can be."""
    covered = max(leaf.seq for leaf in archive.log_leaves(capture)) + 1
    sizes = archive.seals_for(covered)
    newest = archive.checkpoint_of(sizes[-1]) if sizes else None
    if newest is not None and newest.is_signed:
        return sizes
    if archive.can_sign:
        archive.checkpoint(settings.now())
    elif not sizes:
        raise UsageError(
            f"capture {capture}: no checkpoint covers it yet, and the key that signs is not at hand; "
            f"fonds checkpoint makes one where it is"
        )
    return archive.seals_for(covered)


def _named_size(archive: "Archive", capture: int, size: int) -> int:
    if archive.checkpoint_of(size) is None:
        raise UsageError(f"--checkpoint: the archive has no checkpoint of {size} leaves")
    if size <= archive.log_leaves(capture)[0].seq:
        raise UsageError(f"--checkpoint: capture {capture} came after the checkpoint of {size} leaves")
    return size


COMMANDS = (export,)
