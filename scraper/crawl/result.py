"""What a crawl gives: an event for each thing done, and in the end the coverage of each source."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from ..learning import Learned

# By the loader's word: what shows the present state of a page, and what a person should look at.
SEEN = frozenset({"new", "changed", "unchanged", "not-modified", "held", "unparsed", "kept", "redacted"})
_TROUBLE = frozenset({"failed", "truncated", "held", "unparsed", "refused"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A capture that is committed: what became of *url*. *outcome* is the loader's, *detail* one line, "" for none."""

    source: str
    url: str
    outcome: str
    capture_id: int
    detail: str = ""


Report = Callable[[Event], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much of a source a crawl reached.

    *expected* pages are in scope, of which *remaining* are still due and the rest is in *outcomes*, by the loader's
    word; what was captured before an interruption counts too. *skipped* counts URLs left out, by reason. *findings*
    are lines for a person: what was not as the source promises.
    """

    source: str
    expected: int
    remaining: int
    outcomes: dict[str, int]
    skipped: dict[str, int]
    findings: tuple[str, ...] = ()

    @property
    def captured(self) -> int:
        """Pages of which this crawl has seen the present state."""
        return sum(count for outcome, count in self.outcomes.items() if outcome in SEEN)

    @property
    def has_trouble(self) -> bool:
        """Whether a person should look: failed, refused or held pages, or findings."""
        return bool(self.findings) or any(self.outcomes.get(outcome) for outcome in _TROUBLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlResult:
    """A crawl as a whole. *resumed* says that it went on where another stopped, *finished* that nothing is left due.

    *learned* is what came to be known as chrome of the sites, or no longer is.
    """

    crawl_id: int
    resumed: bool
    finished: bool
    coverage: tuple[Coverage, ...]
    learned: tuple[Learned, ...] = ()

    @property
    def has_trouble(self) -> bool:
        """Whether a person should look at any of its sources."""
        return any(coverage.has_trouble for coverage in self.coverage)

    @property
    def counts(self) -> dict[str, int]:
        """Outcomes over all sources."""
        total: Counter[str] = Counter()
        for coverage in self.coverage:
            total.update(coverage.outcomes)
        return dict(total)
