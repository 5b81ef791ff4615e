"""Fetch: copies of pages over the network, bounded, polite and guarded. The only room that speaks HTTP."""

from ..bounds import Bounds
from .fetcher import Fetcher, Manners
from .politeness import Hold, Politeness
from .retry import retry_after_s
from .robots import Decision, Rules, rules_of
from .service import Reply, post

__all__ = [
    "Bounds",
    "Decision",
    "Fetcher",
    "Hold",
    "Manners",
    "Politeness",
    "Reply",
    "Rules",
    "post",
    "retry_after_s",
    "rules_of",
]
