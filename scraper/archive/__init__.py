"""The archive: one SQLite file that keeps captures as the truth and versions as what was read from them."""

from sqlite3 import sqlite_version as SQLITE_VERSION  # noqa: N812 -- a constant, whatever its module calls it

from .archive import Archive, Notary
from .connection import WAL_FIXED, is_wal_affected
from .evidence import Evidence, Head, Leaf, Seal
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
from .witnesses import SeenRow, WitnessKind, WitnessRow

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
    "Evidence",
    "FrontierRow",
    "FrontierState",
    "Head",
    "HeldRow",
    "Hit",
    "How",
    "Leaf",
    "Notary",
    "PageRow",
    "PageState",
    "PageUrlRow",
    "ScheduleRow",
    "Seal",
    "SeenRow",
    "SiteRow",
    "StaleRow",
    "Validators",
    "Verdict",
    "VersionKind",
    "VersionRow",
    "VisitRow",
    "WitnessKind",
    "WitnessRow",
    "is_wal_affected",
]
