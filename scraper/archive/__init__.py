"""The archive: one SQLite file that keeps captures as the truth and versions as what was read from them."""

from .archive import Archive
from .rows import (
    CaptureRow,
    Cause,
    ChangeRow,
    CrawlRow,
    Difference,
    FrontierRow,
    FrontierState,
    HeldRow,
    Hit,
    PageRow,
    PageState,
    Validators,
    Verdict,
    VersionKind,
    VersionRow,
)

__all__ = [
    "Archive",
    "CaptureRow",
    "Cause",
    "ChangeRow",
    "CrawlRow",
    "Difference",
    "FrontierRow",
    "FrontierState",
    "HeldRow",
    "Hit",
    "PageRow",
    "PageState",
    "Validators",
    "Verdict",
    "VersionKind",
    "VersionRow",
]
