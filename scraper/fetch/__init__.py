"""Fetch: copies of pages over the network, bounded, polite and guarded. The only room that speaks HTTP."""

from ..bounds import Bounds
from .fetcher import Fetcher, Manners
from .politeness import Politeness
from .robots import Decision, Rules, rules_of

__all__ = ["Bounds", "Decision", "Fetcher", "Manners", "Politeness", "Rules", "rules_of"]
