"""Bodies: bytes kept once by their digest, mostly as what differs from earlier ones, checked at each read."""

from .bases import Origin
from .check import Damage, check
from .load import Content, NotMadeHere, RedactedBody, largest_bytes, load_body, load_content
from .recent import Recent
from .repair import Repaired, redact, repair, withheld
from .row import DamagedBody
from .store import store_body

__all__ = [
    "Content",
    "Damage",
    "DamagedBody",
    "NotMadeHere",
    "Origin",
    "Recent",
    "RedactedBody",
    "Repaired",
    "check",
    "largest_bytes",
    "load_body",
    "load_content",
    "redact",
    "repair",
    "store_body",
    "withheld",
]
