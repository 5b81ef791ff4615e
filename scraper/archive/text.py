"""Text on its way into a column."""

_UNSTORABLE = {0: 0xFFFD} | dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)


def storable(text: str) -> str:
    """*text* with NUL and lone surrogates, which SQLite cuts at or refuses, as U+FFFD."""
    return text if text.isascii() and "\0" not in text else text.translate(_UNSTORABLE)
