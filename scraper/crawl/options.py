"""How far a crawl goes, and what is left of that while it runs."""

import time
from dataclasses import dataclass, field

from ..bounds import Bounds
from .traps import TrapBounds


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How far a run goes. *limit* is pages fetched, *max_time_s* seconds; what is left stays due for the next run.

    *connections* bounds the requests under way over all hosts. Without *parse* captures are kept unread, and the next
    crawl that parses reads them. Known pages whose URL key is in *not_due* are left out. *allow_addresses* are
    "host:port" let through the address guard besides those of the sources.
    """

    limit: int | None = None
    max_time_s: float | None = None
    connections: int = 16
    parse: bool = True
    not_due: frozenset[str] = frozenset()
    allow_addresses: frozenset[str] = frozenset()
    bounds: Bounds = field(default_factory=Bounds)
    traps: TrapBounds = field(default_factory=TrapBounds)


DEFAULT = Options()


class Budget:
    """What *limit* and *max_time_s* leave, shared by all sources of a run."""

    def __init__(self, options: Options) -> None:
        self._left = options.limit
        self._ends_at = None if options.max_time_s is None else time.monotonic() + options.max_time_s

    @property
    def is_spent(self) -> bool:
        """Whether nothing more is to be fetched."""
        return self._left == 0 or (self._ends_at is not None and time.monotonic() >= self._ends_at)

    @property
    def left_s(self) -> float | None:
        """Seconds that are left, None where they are not bounded."""
        return None if self._ends_at is None else max(0.0, self._ends_at - time.monotonic())

    def take(self) -> bool:
        """Whether one more page may be fetched; counts it."""
        if self.is_spent:
            return False
        if self._left is not None:
            self._left -= 1
        return True
