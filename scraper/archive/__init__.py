"""The archive: one SQLite file that keeps captures as the truth and versions as what was read from them."""

from sqlite3 import sqlite_version as SQLITE_VERSION  # noqa: N812 -- a constant, whatever its module calls it

from .archive import Archive, Notary
from .asked import need_source, pages_on
from .connection import WAL_FIXED, is_wal_affected
from .evidence import Evidence, Head, Leaf, Seal
from .fields import FieldRow, field_rows
from .looks import LookRow
from .news import FailureRow, NewsRow, NewsScope
from .queue import CLASSES, Place, QueueRow, QueueScope, significance
from .redactions import Takedown
from .reparsing import Reread
from .rows import (
    AccountRow,
    AlarmRow,
    BesideRow,
    CaptureRow,
    Cause,
    ChangeRow,
    Compared,
    CrawlRow,
    Difference,
    FlagRow,
    FrontierRow,
    FrontierState,
    HeldRow,
    Hit,
    How,
    PageRow,
    PageState,
    PageUrlRow,
    Quoted,
    ReadableRow,
    RedactionRow,
    ScheduleRow,
    SiteRow,
    StaleRow,
    UnflaggedRow,
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
    "CLASSES",
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
    "Compared",
    "CrawlRow",
    "Difference",
    "Evidence",
    "FailureRow",
    "FieldRow",
    "FlagRow",
    "FrontierRow",
    "FrontierState",
    "Head",
    "Held",
    "HeldRow",
    "Hit",
    "How",
    "Leaf",
    "LookRow",
    "NewsRow",
    "NewsScope",
    "Notary",
    "PageRow",
    "PageState",
    "PageUrlRow",
    "Place",
    "QueueRow",
    "QueueScope",
    "Quoted",
    "ReadableRow",
    "RedactionRow",
    "Reread",
    "ScheduleRow",
    "Seal",
    "SeenRow",
    "SiteRow",
    "StaleRow",
    "Takedown",
    "UnflaggedRow",
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
    "need_source",
    "pages_on",
    "significance",
]
