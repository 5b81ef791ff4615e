"""Passages and facts over time: since when a report says something, in which versions, and what says it elsewhere.

All but `check` and `revisions`, which ask an archive, are functions of versions and their records.
"""

from .check import Check, Holding, check
from .history import KINDS, Timeline, Track, timeline
from .presence import Span
from .revision import Revision, Sight, revisions
from .trace import Passage, Shown, Stay, Trace, trace

__all__ = [
    "KINDS",
    "Check",
    "Holding",
    "Passage",
    "Revision",
    "Shown",
    "Sight",
    "Span",
    "Stay",
    "Timeline",
    "Trace",
    "Track",
    "check",
    "revisions",
    "timeline",
    "trace",
]
