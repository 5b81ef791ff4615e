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
# Combining signs, which `\w` leaves out: of Latin, Hebrew (but not its hyphen), Arabic, Syriac, Thaana, Indic, Tibetan
# and unspaced scripts; and the two joiners. What is a letter among them is none.
COMBINING = (
    "\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc"
    "\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u07a6-\u07b0\u08d3-\u08ff\u0900-\u0963\u0966-\u0dff"
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd\u0f18\u0f19\u0f35\u0f37\u0f39\u0f71-\u0f84"
    "\u0f86\u0f87\u0f8d-\u0fbc\u102b-\u103e\u1056-\u1059\u17b4-\u17d3\u200c\u200d"
)
_SIGNED_WORD = re.compile(rf"[^\W_](?:[^\W_]|[{COMBINING}](?<!\w))*+")
# What an Arabic or a Hebrew text may have or lack and say the same: signs of vowels, and lengthened letters.
_POINTS = re.compile(
    "[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]"
)
# Signs of full width are as wide as a Chinese one; "İ" in small letters would be an "i" with two dots. Digits past the
# first plane are left out: looking for them would take twice as long.
_LOOKS = {
    **{chr(code): str(unicodedata.decimal(chr(code))) for code in range(0x80, 0x10000) if chr(code).isdecimal()},
    **{chr(0xFEE0 + code): chr(code) for code in range(0x21, 0x7F)},
    "\u0130": "i",
    "\u200c": "",
    "\u200d": "",
}
_LOOKING_SO = re.compile(f"[{''.join(_LOOKS)}]")
_HAS_SIGNS = re.compile(f"[{''.join(_LOOKS)}\u0640{COMBINING}]")
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


def uncased(text: str) -> str:
    """`plain` in one case, without points of Arabic and Hebrew, joiners and full width, digits as 0 to 9."""
    line = plain(text)
    in_one_case = line.casefold()
    if line.isascii() or not _HAS_SIGNS.search(in_one_case):
        return in_one_case
    line = _LOOKING_SO.sub(lambda sign: _LOOKS[sign[0]], _POINTS.sub("", line)).casefold()
    return unicodedata.normalize("NFC", line)


def bare(text: str) -> str:
    """`plain` in one case and without punctuation: words and numbers, one space apart, digits as 0 to 9.

    Signs of vowels are part of a word where it is another without them (Hindi, Thai), and left out where texts may have
    or lack them (Arabic, Hebrew). Letters with and without an accent are two: "résumé" is not "resume".
    """
    line = plain(text)
    if line.isascii():
        return " ".join(line.translate(_ASCII_WORDS).split())
    line = uncased(line)
    return " ".join((_SIGNED_WORD if _HAS_SIGNS.search(line) else _WORD).findall(line))


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
