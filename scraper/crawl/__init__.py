"""Crawl: from a source to captures of its pages, and an account of how much of it was reached."""

from .result import Coverage, CrawlResult, Event
from .run import Options, crawl, get

__all__ = ["Coverage", "CrawlResult", "Event", "Options", "crawl", "get"]
