"""Three forms of one text: as shown, without typography, without case and punctuation.

The forms decide what counts as the same: `shown` is what a record holds, two texts that agree in `plain` differ only
in quotation marks, dashes or spaces, two that agree in `bare` differ at most in case and punctuation as well.
"""

import re
import unicodedata

# Soft hyphen, zero-width space and joiners that only guide line breaking, word joiner, byte order mark, and the
# bidirectional marks: none is a sign a reader sees. ZWNJ and ZWJ stay: they carry meaning in Persian.
_INVISIBLE = "\u00ad\u200b\u200e\u200f\u2060\ufeff\u202a-\u202e\u2066-\u2069"
_UNSTORABLE = "\0\ud800-\udfff"
_NOT_SHOWN = re.compile(f"[{_INVISIBLE}{_UNSTORABLE}]")
_IS_UNSTORABLE = re.compile(f"[{_UNSTORABLE}]")
_TYPOGRAPHY = {
    **dict.fromkeys("‘’‚‛′ʼ`´", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    "…": "...",
}
_TAKEN_FOR = {"\u0130": "i", "\u0131": "i", "\u017f": "s", "\u212a": "k"}
ENDS = tuple(".!?:;…\"'”’»。！？」』।؟۔)")  # how a sentence may end
_WIDE = re.compile("[\u0e00-\u0e7f\u1000-\u109f\u1780-\u17ff\u2e80-\ud7af\uf900-\ufaff]")
_WORD = re.compile(r"[^\W_]+")
# Signs of scripts that set no spaces between words.
_UNSPACED = re.compile("[\u0e00-\u0e7f\u1000-\u109f\u1780-\u17ff\u2e80-\ud7af\uf900-\ufaff]")
_ASCII_WORDS = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}

# Every text of a page passes here several times. `str.translate` takes a look-up for each sign of a text that is not
# ASCII, a hundred times as long as looking for the few signs that are another in the form asked for.


def storable(text: str) -> str:
    """*text* without what no column can hold (NUL, lone surrogates become U+FFFD) and what no reader sees."""
    if text.isascii():
        return text.replace("\0", "\ufffd")
    if not _NOT_SHOWN.search(text):
        return text
    return _NOT_SHOWN.sub(lambda sign: "\ufffd" if _IS_UNSTORABLE.match(sign[0]) else "", text)


def shown(text: str) -> str:
    """*text* as a reader sees it: NFC, runs of white space (no-break spaces too) as one space, invisible signs gone.

    NUL and lone surrogates, which no column can hold, become U+FFFD.
    """
    if text.isascii() and "\0" not in text:
        return " ".join(text.split())
    return unicodedata.normalize("NFC", " ".join(storable(text).split()))


def plain(text: str) -> str:
    """`shown` with one form of quotation mark, apostrophe, dash and ellipsis."""
    line = shown(text)
    if line.isascii():
        return line.replace("`", "'")
    for sign, common in _TYPOGRAPHY.items():
        if sign in line:
            line = line.replace(sign, common)
    return line


def bare(text: str) -> str:
    """`plain` in one case and without punctuation: words and numbers, one space apart."""
    line = plain(text)
    words = line.translate(_ASCII_WORDS).split() if line.isascii() else _WORD.findall(line.casefold())
    return " ".join(words)


def folded(text: str) -> str:
    """*text* in small letters, with all that `re.IGNORECASE` takes for an ASCII letter as that, "?" for other signs.

    Of the same length: made to look for words in, at a fifth of the cost of `str.casefold`.
    """
    if text.isascii():
        return text.lower()
    for sign, letter in _TAKEN_FOR.items():
        text = text.replace(sign, letter)
    return text.encode("ascii", "replace").decode("ascii").lower()


def count_words(text: str) -> int:
    """How many words *text* has, which is `shown`; two signs of a script that sets no spaces are one word more."""
    spaced = text.count(" ") + 1 if text else 0
    return spaced if text.isascii() else spaced + len(_UNSPACED.findall(text)) // 2


def width(text: str) -> int:
    """The length of *text*; a sign of a script that sets no spaces between words counts as two and a half."""
    return len(text) if text.isascii() else len(text) + len(_WIDE.findall(text)) * 3 // 2
