"""Text on its way into a column."""

from functools import lru_cache

from ..urls import url_key

# As `url_key`; on its way into the archive a capture asks for those of its URLs many times over.
key_of = lru_cache(maxsize=1024)(url_key)

_UNSTORABLE = {0: 0xFFFD} | dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)


def storable(text: str) -> str:
    """*text* with NUL and lone surrogates, which SQLite cuts at or refuses, as U+FFFD."""
    return text if text.isascii() and "\0" not in text else text.translate(_UNSTORABLE)
