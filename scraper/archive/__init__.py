"""The archive: one SQLite file that keeps captures as the truth and versions as what was read from them."""

from sqlite3 import sqlite_version as SQLITE_VERSION  # noqa: N812 -- a constant, whatever its module calls it

from .archive import Archive, Notary
from .connection import WAL_FIXED, is_wal_affected
from .rows import (
    AccountRow,
    AlarmRow,
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
from .signing import CheckpointRow
from .wordings import Held, Wording

__all__ = [
    "SQLITE_VERSION",
    "WAL_FIXED",
    "AccountRow",
    "AlarmRow",
    "Archive",
    "CaptureRow",
    "Cause",
    "ChangeRow",
    "CheckpointRow",
    "CrawlRow",
    "Difference",
    "FrontierRow",
    "FrontierState",
    "Held",
    "HeldRow",
    "Hit",
    "How",
    "Notary",
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
    "Wording",
    "is_wal_affected",
]
