"""The archive: one SQLite file that keeps captures as the truth and versions as what was read from them."""

from .archive import Archive
from .connection import WAL_FIXED, is_wal_affected
from .rows import (
    CaptureRow,
    Cause,
    ChangeRow,
    CrawlRow,
    FrontierRow,
    FrontierState,
    HeldRow,
    Hit,
    How,
    PageRow,
    PageState,
    PageUrlRow,
    ScheduleRow,
    Validators,
    Verdict,
    VersionKind,
    VersionRow,
    VisitRow,
)

__all__ = [
    "WAL_FIXED",
    "Archive",
    "CaptureRow",
    "Cause",
    "ChangeRow",
    "CrawlRow",
    "FrontierRow",
    "FrontierState",
    "HeldRow",
    "Hit",
    "How",
    "PageRow",
    "PageState",
    "PageUrlRow",
    "ScheduleRow",
    "Validators",
    "Verdict",
    "VersionKind",
    "VersionRow",
    "VisitRow",
    "is_wal_affected",
]
