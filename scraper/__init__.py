"""fonds: keeps every revision of published reports as evidence and shows what changed.

The Python door is `Archive` and `compare`; both are loaded when first used, so that the command line starts quickly.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .archive import Archive
    from .diff import diff as compare

__all__ = ["Archive", "compare"]


def __getattr__(name: str) -> object:
    if name == "Archive":
        from .archive import Archive  # noqa: PLC0415 -- sqlite_utils costs start-up time

        return Archive
    if name == "compare":
        from .diff import diff  # noqa: PLC0415

        return diff
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
