"""The archive: one SQLite file that keeps captures as the truth and versions as what was read from them."""

from sqlite3 import sqlite_version as SQLITE_VERSION  # noqa: N812 -- a constant, whatever its module calls it

from .archive import Archive, Notary
from .connection import WAL_FIXED, is_wal_affected
from .evidence import Evidence, Head, Leaf, Seal
from .fields import FieldRow, field_rows
from .news import FailureRow, NewsRow, NewsScope
from .redactions import Takedown
from .reparsing import Reread
from .rows import (
    AccountRow,
    AlarmRow,
    BesideRow,
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
    ReadableRow,
    RedactionRow,
    ScheduleRow,
    SiteRow,
    StaleRow,
    Validators,
    Verdict,
    VersionCause,
    VersionKind,
    VersionRow,
    VisitRow,
)
from .signing import CheckpointRow
from .witnesses import SeenRow, WitnessKind, WitnessRow
from .wordings import Held, Wording

__all__ = [
    "SQLITE_VERSION",
    "WAL_FIXED",
    "AccountRow",
    "AlarmRow",
    "Archive",
    "BesideRow",
    "CaptureRow",
    "Cause",
    "ChangeRow",
    "CheckpointRow",
    "CrawlRow",
    "Difference",
    "Evidence",
    "FailureRow",
    "FieldRow",
    "FrontierRow",
    "FrontierState",
    "Head",
    "Held",
    "HeldRow",
    "Hit",
    "How",
    "Leaf",
    "NewsRow",
    "NewsScope",
    "Notary",
    "PageRow",
    "PageState",
    "PageUrlRow",
    "ReadableRow",
    "RedactionRow",
    "Reread",
    "ScheduleRow",
    "Seal",
    "SeenRow",
    "SiteRow",
    "StaleRow",
    "Takedown",
    "Validators",
    "Verdict",
    "VersionCause",
    "VersionKind",
    "VersionRow",
    "VisitRow",
    "WitnessKind",
    "WitnessRow",
    "Wording",
    "field_rows",
    "is_wal_affected",
]
