"""Bodies: bytes kept once by their digest, mostly as what differs from earlier ones, checked at each read."""

from .bases import Origin
from .load import DamagedBody, NotMadeHere, RedactedBody, largest_bytes, load_body, load_content
from .recent import Recent
from .store import store_body

__all__ = [
    "DamagedBody",
    "NotMadeHere",
    "Origin",
    "Recent",
    "RedactedBody",
    "largest_bytes",
    "load_body",
    "load_content",
    "store_body",
]
