"""Fetch: copies of pages over the network, bounded, polite and guarded. The only room that speaks HTTP."""

from ..bounds import Bounds
from .fetcher import Fetcher, Manners
from .politeness import Hold, Politeness
from .retry import retry_after_s
from .robots import Decision, Rules, rules_of

__all__ = ["Bounds", "Decision", "Fetcher", "Hold", "Manners", "Politeness", "Rules", "retry_after_s", "rules_of"]
