"""What a process remembers of the bodies it stored: the newest bytes, and what packs each host's pages well."""

from collections import OrderedDict
from dataclasses import dataclass, field

from ...packing import Recipe

RECENT_BYTES = 16 * 2**20
_LEAST_MISSES = 4  # so many first pages in a row that another one helped little, and the next one stands for the host
_MOST_MISSES = 12
_LOOK_AGAIN = 64


@dataclass(frozen=True, slots=True)
class Keyframe:
    """A body that other pages of a host are stored beside: its *coding* is undone first."""

    body_id: int
    sha256: str
    coding: str


@dataclass(slots=True)
class Host:
    """What is known of a host: its keyframe (*is_read* once the archive was asked for it) and how well it helps.

    *share* is what a page of it packed alone takes of its length, None until one was. *recipes* are how it packs, by
    coding, None where that was not found out; *tries* how often it was tried in vain since.
    """

    keyframe: Keyframe | None = None
    is_read: bool = False
    is_copied: bool = False
    share: float | None = None
    misses: int = 0
    recipes: dict[str, Recipe | None] = field(default_factory=dict)
    tries: dict[str, int] = field(default_factory=dict)

    def helped(self) -> None:
        """The keyframe was worth it."""
        self.misses = 0

    def missed(self, instead: Keyframe) -> None:
        """It was not; after some pages another one stands for the host, after many it is left."""
        self.misses += 1
        if self.misses % _LEAST_MISSES == 0:
            self.keyframe, self.is_copied = instead, False

    @property
    def has_hope(self) -> bool:
        """Whether the host's pages have enough in common to go on trying."""
        return self.keyframe is not None and self.misses < _MOST_MISSES

    def is_worth_trying(self, coding: str) -> bool:
        """Whether a recipe may be found: a host of which none was found is tried again only now and then."""
        if self.recipes.get(coding, ...) is not None:
            return True
        self.tries[coding] = self.tries.get(coding, 0) + 1
        return self.tries[coding] % _LOOK_AGAIN == 0


class Bytes:
    """Bodies by their digest and the coding that was undone in them, no more than *most_bytes* of them.

    By digest, as a number may be given again after a transaction that failed.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._found: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._size = 0

    def get(self, digest: str, coding: str) -> bytes | None:
        """The body with *digest*, its *coding* undone; None where it is not remembered."""
        data = self._found.get((digest, coding))
        if data is not None:
            self._found.move_to_end((digest, coding))
        return data

    def put(self, digest: str, coding: str, data: bytes) -> None:
        """Remembers *data*, and no longer what was not asked for the longest time."""
        if (digest, coding) in self._found or len(data) > self._most_bytes:
            return
        self._found[digest, coding] = data
        self._size += len(data)
        while self._size > self._most_bytes:
            self._size -= len(self._found.popitem(last=False)[1])


class Recent:
    """*stored* is what others may be stored beside, each as its digest says.

    *bases* is what was met on the way to other bodies: their digests were not looked at, so these are for reading only,
    where the digest of what comes of them is.
    """

    def __init__(self) -> None:
        self.hosts: dict[str, Host] = {}
        self.stored = Bytes(RECENT_BYTES)
        self.bases = Bytes(RECENT_BYTES)

    def host(self, name: str) -> Host:
        """What is known of the host *name*."""
        return self.hosts.setdefault(name, Host())

    def forget(self) -> None:
        """What was stored in a transaction that failed is not there."""
        self.hosts.clear()
