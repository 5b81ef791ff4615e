"""Crawl: from a source to captures of its pages, and an account of how much of it was reached."""

from .coverage import CoverageRow, coverage_rows
from .options import Options
from .result import Coverage, CrawlResult, Event, Report
from .run import crawl, get
from .traps import TrapBounds

__all__ = [
    "Coverage",
    "CoverageRow",
    "CrawlResult",
    "Event",
    "Options",
    "Report",
    "TrapBounds",
    "coverage_rows",
    "crawl",
    "get",
]
