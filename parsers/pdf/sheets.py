"""The pages of a PDF as sheets: pieces of text with their places, ruled lines, dots and pictures, by pdfium.

Places are in points from the top left corner as the text of the page runs: a page of turned text is turned upright.
"""

import ctypes
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ..errors import TooComplex, UnreadableBody
from .bounds import BOUNDS, Bounds

_BOLD = re.compile(r"bold|black|heavy|semibold|demi(?!light)", re.IGNORECASE)
_ITALIC = re.compile(r"italic|oblique", re.IGNORECASE)
RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_BOLD_WEIGHT = 600
_ASKEW = math.radians(3)
_THIN = 3.0
_LARGEST = 20_000.0  # points; a page is at most 14,400
_DOT = 8.0
_INK = 0.25
_BAND = 24.0
_MOST_BANDS = 1_000
_SIGNS = {0: 0xFFFD, 0x02: 0x2D, 0xFFFE: 0x2D}  # the last two are pdfium's for a hyphen at the end of a line
_UNNAMED = frozenset({0, 0xFFFD})


class Box(NamedTuple):
    """A rectangle: left, top, right, bottom."""

    x0: float
    y0: float
    x1: float
    y1: float


class Bands:
    """Rectangles, each with a word on it, that are found by height."""

    def __init__(self, boxes: Iterable[tuple[Box, str]]) -> None:
        self._bands: dict[int, list[tuple[Box, str]]] = {}
        for box, word in boxes:
            for band in range(int(box.y0 // _BAND), int(box.y1 // _BAND) + 1)[:_MOST_BANDS]:
                self._bands.setdefault(band, []).append((box, word))

    def at(self, height: float) -> Iterator[tuple[Box, str]]:
        """Those that reach over *height*."""
        return (found for found in self._bands.get(int(height // _BAND), ()) if found[0].y0 <= height <= found[0].y1)


class Piece(NamedTuple):
    """Letters of one look without a space between them. *y* is the baseline; *spaced*: a space stands before it.

    *run* numbers the text object of the file it is from, *target* is where a link over it leads.
    """

    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool
    italic: bool
    spaced: bool
    run: int
    target: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One page. *turned* is text that does not run as the page does, *unnamed* counts letters that name no sign."""

    width: float
    height: float
    pieces: tuple[Piece, ...] = ()
    rules: tuple[Box, ...] = ()
    dots: tuple[Box, ...] = ()
    pictures: int = 0
    turned: tuple[str, ...] = ()
    signs: int = 0
    unnamed: int = 0


Links = dict[int, list[tuple[Box, str]]]


@contextmanager
def opened(body: bytes, bounds: Bounds = BOUNDS) -> Iterator[Any]:
    """The document in *body*, for `read_sheets`.

    Raises UnreadableBody for a file that cannot be opened, TooComplex for one of too many pages.
    """
    import pypdfium2  # noqa: PLC0415 -- a C library of an extra; few captures are PDFs

    try:
        document = pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise UnreadableBody("the PDF is encrypted and asks for a password", found="an encrypted PDF") from error
        raise UnreadableBody(f"the PDF is damaged: {error}", found="a damaged PDF") from error
    try:
        if len(document) > bounds.pages:
            raise TooComplex(bound="pages", limit=bounds.pages, found=len(document))
        yield document
    finally:
        document.close()


def read_sheets(document: Any, links: Links, bounds: Bounds = BOUNDS) -> tuple[list[Sheet], int]:
    """The pages of *document* and how many of them could not be read.

    *links* are those of each page in the file's own places. Raises TooComplex for a document over a bound.
    """
    from pypdfium2 import PdfiumError  # noqa: PLC0415 -- as above

    sheets: list[Sheet] = []
    unread = signs = 0
    for number in range(len(document)):
        try:
            page = document[number]
        except PdfiumError:
            unread += 1
            sheets.append(Sheet(width=1, height=1))
            continue
        reader = _Reader(page, links.get(number, []))
        signs += reader.count
        if signs > bounds.characters:
            raise TooComplex(bound="characters", limit=bounds.characters, found=signs)
        sheets.append(reader.sheet(bounds.drawings))
        reader.text.close()
        page.close()
    return sheets, unread


class _Look(NamedTuple):
    """What the letters of a text object have in common. *turn* counts quarter turns, -1 for text that stands askew."""

    size: float
    bold: bool
    italic: bool
    turn: int
    run: int


@dataclass(slots=True)
class _Word:
    """A piece while it grows, in the file's own places."""

    look: _Look
    box: list[float]
    origin: tuple[float, float]
    spaced: bool
    codes: list[int] = field(default_factory=list)

    @property
    def text(self) -> str:
        text = "".join(map(chr, self.codes))
        if any(0xD800 <= code < 0xE000 for code in self.codes):
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return text


class _Reader:
    """Reads one page."""

    def __init__(self, page: Any, links: list[tuple[Box, str]]) -> None:
        import pypdfium2.raw  # noqa: PLC0415 -- as above

        self.raw: Any = pypdfium2.raw
        self.page = page
        self.links = links
        self.text = page.get_textpage()
        self.count: int = self.raw.FPDFText_CountChars(self.text)
        self.bounds: tuple[float, float, float, float] = page.get_mediabox()
        self.looks: dict[int, _Look] = {}
        self.unnamed = self.signs = 0

    def sheet(self, most_drawings: int) -> Sheet:
        words = list(self.words())
        turns = Counter[int]()
        for word in words:
            turns[word.look.turn] += len(word.codes)
        turn = max(range(4), key=lambda each: (turns[each], -each))
        left, bottom, right, top = self.bounds
        width, height = (right - left, top - bottom) if turn % 2 == 0 else (top - bottom, right - left)
        links = Bands((self.upright(box, turn), target) for box, target in self.links)
        upright = [word for word in words if word.look.turn == turn]
        pieces = [self.piece(word, turn, links) for word in upright]
        rules, dots, pictures = self.drawings(turn, most_drawings)
        return Sheet(
            width=width,
            height=height,
            pieces=tuple(piece for piece in pieces if _is_on(piece, width, height)),
            rules=rules,
            dots=dots,
            pictures=pictures,
            turned=_joined(word for word in words if word.look.turn != turn),
            signs=self.signs,
            unnamed=self.unnamed,
        )

    def words(self) -> Iterator[_Word]:
        """The pieces in the order of the file. In a script from right to left each letter is one, spaces too."""
        raw, text = self.raw, self.text
        rect, codes = raw.FS_RECTF(), [raw.FPDFText_GetUnicode(text, index) for index in range(self.count)]
        from_right = any(0x590 <= code < 0x900 or 0xFB1D <= code < 0xFF00 for code in codes)
        word: _Word | None = None
        spaced = True
        for index, code in enumerate(codes):
            if code in (13, 10) or (not from_right and chr(code).isspace()):
                spaced = True
                continue
            thing = raw.FPDFText_GetTextObject(text, index)
            if not thing:
                spaced = True  # a space that stands only in the geometry
                continue
            self.signs += 1
            self.unnamed += code in _UNNAMED
            raw.FPDFText_GetLooseCharBox(text, index, rect)
            box = [rect.left, rect.bottom, rect.right, rect.top]
            look = self.look(thing, index)
            sign = _SIGNS.get(code, code)
            if word and not spaced and look == word.look and not from_right:
                word.codes.append(sign)
                word.box = [*map(min, word.box[:2], box[:2]), *map(max, word.box[2:], box[2:])]
                continue
            if word:
                yield word
            word = _Word(look=look, box=box, origin=self.origin(index), spaced=spaced, codes=[sign])
            spaced = False
        if word:
            yield word

    def origin(self, index: int) -> tuple[float, float]:
        x, y = ctypes.c_double(), ctypes.c_double()
        self.raw.FPDFText_GetCharOrigin(self.text, index, x, y)
        return x.value, y.value

    def look(self, thing: Any, index: int) -> _Look:
        """The look of the letter at *index*, which is the same for all of its text object *thing*."""
        key = ctypes.addressof(thing.contents)
        if key not in self.looks:
            matrix, flags, name = self.raw.FS_MATRIX(), ctypes.c_int(), ctypes.create_string_buffer(256)
            self.raw.FPDFText_GetMatrix(self.text, index, matrix)
            self.raw.FPDFText_GetFontInfo(self.text, index, name, 256, flags)
            font = name.value.decode("utf-8", "replace")
            size = self.raw.FPDFText_GetFontSize(self.text, index) * math.hypot(matrix.c, matrix.d)
            turns = math.atan2(matrix.b, matrix.a) / (math.pi / 2)
            is_askew = abs(turns - round(turns)) * (math.pi / 2) > _ASKEW
            is_bold = bool(_BOLD.search(font)) or self.raw.FPDFText_GetFontWeight(self.text, index) >= _BOLD_WEIGHT
            self.looks[key] = _Look(
                size=round(size, 2) if 0.1 < size < _LARGEST else 1.0,
                bold=is_bold,
                italic=bool(_ITALIC.search(font)),
                turn=-1 if is_askew else round(turns) % 4,
                run=len(self.looks),
            )
        return self.looks[key]

    def piece(self, word: _Word, turn: int, links: Bands) -> Piece:
        box = self.upright(Box(*word.box), turn)
        x, y = self.turned(*word.origin, turn)
        middle, height = (box.x0 + box.x1) / 2, y - 0.3 * word.look.size
        targets = (to for area, to in links.at(height) if area.x0 <= middle <= area.x1)
        text, look = word.text, word.look
        # Boxes of Arabic letters are only as wide as their ink; those in one shape with another begin where that does.
        x0 = x if RTL.search(text) and 0 < box.x0 - x < _INK * look.size else box.x0
        return Piece(text, x0, box.x1, y, look.size, look.bold, look.italic, word.spaced, look.run, next(targets, ""))

    def upright(self, box: Box, turn: int) -> Box:
        (x0, y0), (x1, y1) = self.turned(box.x0, box.y0, turn), self.turned(box.x1, box.y1, turn)
        return Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))

    def turned(self, x: float, y: float, turn: int) -> tuple[float, float]:
        left, bottom, right, top = self.bounds
        return ((x - left, top - y), (y - bottom, x - left), (right - x, y - bottom), (top - y, right - x))[turn]

    def drawings(self, turn: int, most: int) -> tuple[tuple[Box, ...], tuple[Box, ...], int]:
        """The thin lines, the small dots and how many pictures there are."""
        raw = self.raw
        rules, dots, pictures, paths = [], [], 0, 0
        for thing in self.page.get_objects(max_depth=3):
            if thing.type == raw.FPDF_PAGEOBJ_IMAGE:
                pictures += 1
            if thing.type != raw.FPDF_PAGEOBJ_PATH:
                continue
            paths += 1
            if paths > most:
                return (), (), pictures
            box = self.upright(Box(*thing.get_bounds()), turn)
            width, height = box.x1 - box.x0, box.y1 - box.y0
            if max(width, height) <= _DOT:
                dots.append(box)
            elif min(width, height) <= _THIN and max(width, height) < _LARGEST:
                rules.append(box)
        return tuple(rules), tuple(dots), pictures


def _is_on(piece: Piece, width: float, height: float) -> bool:
    middle = (piece.x0 + piece.x1) / 2
    return 0 <= middle <= width and 0 <= piece.y <= height + piece.size


def _joined(words: Iterator[_Word]) -> tuple[str, ...]:
    text = "".join(f"{' ' if word.spaced else ''}{word.text}" for word in words).strip()
    return (text,) if text else ()
