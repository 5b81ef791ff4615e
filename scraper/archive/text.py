"""Text on its way into a column."""

import re
from functools import lru_cache

from ..urls import url_key

# As `url_key`; on its way into the archive a capture asks for those of its URLs many times over.
key_of = lru_cache(maxsize=1024)(url_key)

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def storable(text: str) -> str:
    """*text* with NUL and lone surrogates, which SQLite cuts at or refuses, as U+FFFD."""
    return text.replace("\0", "\ufffd") if text.isascii() else _UNSTORABLE.sub("\ufffd", text)
