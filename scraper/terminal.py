"""Text on its way to a terminal: the one place where what a page says is made harmless."""

import unicodedata

_KEPT = "\n\t\u200c\u200d"  # the two joiners carry meaning in Persian and in Indic scripts


def printable(text: str) -> str:
    r"""*text* with every control, format, surrogate and unassigned sign shown as an escape ("\x1b"), not obeyed.

    Line feeds, tabs and the two zero-width joiners stay. Bidirectional controls are among the escaped, so no line can
    be shown in another order than it is stored in.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(sign if sign in _KEPT or unicodedata.category(sign)[0] != "C" else _escape(sign) for sign in text)


def _escape(sign: str) -> str:
    return sign.encode("unicode_escape").decode("ascii")
