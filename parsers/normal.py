"""Three forms of one text: as shown, without typography, without case and punctuation.

The forms decide what counts as the same: `shown` is what a record holds, two texts that agree in `plain` differ only
in quotation marks, dashes or spaces, two that agree in `bare` differ at most in case and punctuation as well.
"""

import re
import unicodedata

# Soft hyphen, zero-width space and joiners that only guide line breaking, word joiner, byte order mark, and the
# bidirectional marks: none is a sign a reader sees. ZWNJ and ZWJ stay: they carry meaning in Persian.
_INVISIBLE = dict.fromkeys(
    [0x00AD, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
_UNSTORABLE = {0: 0xFFFD} | dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)
_SHOWN = _INVISIBLE | _UNSTORABLE
_TYPOGRAPHY = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′ʼ`´", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        "…": "...",
    }
)
_NOT_WORD = re.compile(r"[\W_]+")


def storable(text: str) -> str:
    """*text* without what no column can hold (NUL, lone surrogates become U+FFFD) and what no reader sees."""
    return text.translate(_SHOWN)


def shown(text: str) -> str:
    """*text* as a reader sees it: NFC, runs of white space (no-break spaces too) as one space, invisible signs gone.

    NUL and lone surrogates, which no column can hold, become U+FFFD.
    """
    return unicodedata.normalize("NFC", " ".join(storable(text).split()))


def plain(text: str) -> str:
    """`shown` with one form of quotation mark, apostrophe, dash and ellipsis."""
    return shown(text).translate(_TYPOGRAPHY)


def bare(text: str) -> str:
    """`plain` in one case and without punctuation: words and numbers, one space apart."""
    return _NOT_WORD.sub(" ", plain(text).casefold()).strip()
