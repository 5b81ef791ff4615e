"""How much a page may hold: what is left of it, and what had to be left out."""

from collections import Counter
from dataclasses import dataclass, field

MOST_CHANGED = 4_000_000  # characters of HTML for what changed; a browser shows that within seconds
MOST_STOOD = 1_000_000  # for what did not


@dataclass(slots=True)
class Room:
    """What is left for what changed and for what stood, in characters of HTML, and what was *left_out*, counted."""

    changed: int = MOST_CHANGED
    stood: int = MOST_STOOD
    left_out: Counter[str] = field(default_factory=Counter)

    @property
    def is_full(self) -> bool:
        """Whether something that changed found no room."""
        return self.changed < 0

    def takes_changed(self, html: str) -> bool:
        """Whether *html* finds room among what changed; if so, it has taken it."""
        self.changed -= len(html)
        return self.changed >= 0

    def takes_stood(self, html: str) -> bool:
        """Whether *html* finds room among what stood; if so, it has taken it."""
        self.stood -= len(html)
        return self.stood >= 0
