"""The archive: one SQLite file that keeps captures as the truth and versions as what was read from them."""

from sqlite3 import sqlite_version as SQLITE_VERSION  # noqa: N812 -- a constant, whatever its module calls it

from .archive import Archive
from .connection import WAL_FIXED, is_wal_affected
from .rows import (
    AccountRow,
    CaptureRow,
    Cause,
    ChangeRow,
    CrawlRow,
    Difference,
    FrontierRow,
    FrontierState,
    HeldRow,
    Hit,
    How,
    PageRow,
    PageState,
    PageUrlRow,
    ScheduleRow,
    SiteRow,
    StaleRow,
    Validators,
    Verdict,
    VersionKind,
    VersionRow,
    VisitRow,
)

__all__ = [
    "SQLITE_VERSION",
    "WAL_FIXED",
    "AccountRow",
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
    "How",
    "PageRow",
    "PageState",
    "PageUrlRow",
    "ScheduleRow",
    "SiteRow",
    "StaleRow",
    "Validators",
    "Verdict",
    "VersionKind",
    "VersionRow",
    "VisitRow",
    "is_wal_affected",
]
