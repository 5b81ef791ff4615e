"""PDF to blocks: text by pdfium, links and what the file says of itself by pypdf."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from ..blocks import Content, chrome_of, line_reason
from ..dates import is_later
from ..errors import MissingLibrary, UnreadableBody
from ..normal import bare, shown
from ..record import Chrome, Flag
from ..typed_notes import with_typed_notes
from .blocks import blocks_of
from .bounds import check
from .columns import in_columns
from .flow import joined_over_breaks, without_notes
from .grids import Table, plain_tables, ruled_tables
from .groups import groups_of, in_rows
from .lines import Line, joined, read_lines
from .links import About, read_about
from .margins import furniture, words_of_furniture
from .setting import setting_of
from .sheets import Sheet, opened, read_sheets
from .words import Words, words_of

__all__ = ["Pdf", "read_pdf"]

_HEADER = b"%PDF-"
_HEADER_REACH = 1_024
_TITLE_REACH = 12
_UNNAMED = 0.3
_WORDS_AROUND = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Pdf:
    """What a PDF holds: its blocks, what was taken off, what it says of itself, and what a reader should know."""

    content: Content
    about: About
    flags: tuple[Flag, ...] = ()

    @property
    def title(self) -> str:
        """The report's own name: the heading that the file's title agrees with, else its highest; "" where it has none.

        The file's title alone counts for nothing: it is as often the name of the file it was made from.
        """
        headings = [block for block in self.content.blocks[:_TITLE_REACH] if block.kind == "heading"]
        said = f"{bare(self.about.title)} "
        agreed = [block for block in headings if said.startswith(f"{bare(block.text)} ")]
        return min(agreed or headings, key=lambda block: block.level).text if headings else ""

    @property
    def authors(self) -> tuple[str, ...]:
        """Who the file says has written it, where the report's own words name them too; others are only its makers."""
        named = bare(self.about.author)
        words = f" {bare(' '.join(block.text for block in self.content.blocks))} "
        return (self.about.author,) if named and f" {named} " in words else ()

    @property
    def modified(self) -> str | None:
        """The day the file was changed after it was made; None where it was not, or does not say."""
        made, changed = self.about.made, self.about.changed
        return changed if made and changed and is_later(changed, made) else None


def read_pdf(body: bytes, *, chrome_lines: tuple[str, ...] = ()) -> Pdf:
    """The report in *body*; lines known as chrome, everywhere or by *chrome_lines*, are left out, as in plain text.

    Raises UnreadableBody for a file that is encrypted or damaged, MissingLibrary where the libraries that read PDF are
    not installed; TooComplex for one over a bound of `parsers.pdf.bounds`.
    """
    try:
        import pypdf  # noqa: F401, PLC0415 -- an extra; few captures are PDFs
        import pypdfium2  # noqa: F401, PLC0415
    except ImportError as error:
        message = "reading PDF needs pypdfium2 and pypdf, which are not installed: pip install 'fonds[pdf]'"
        raise MissingLibrary(message, found="a PDF") from error
    if _HEADER not in body[:_HEADER_REACH]:
        raise UnreadableBody("expected a PDF, found no header of one", found="no PDF")
    check(body)
    with opened(body) as document:
        about, links = read_about(body)
        sheets, unread = read_sheets(document, links)
    content = _content(sheets, about, chrome_lines)
    return Pdf(content=content, about=about, flags=tuple(_flags(sheets, unread, about, content)))


def _content(sheets: list[Sheet], about: About, chrome_lines: tuple[str, ...]) -> Content:
    pages = [read_lines(sheet, number) for number, sheet in enumerate(sheets)]
    furnished = furniture(sheets, pages, about.labels)
    words = words_of([line for lines in pages for line in lines])
    columns: list[list[Line | Table]] = []
    chrome: list[Chrome] = []
    for sheet, lines in zip(sheets, pages, strict=True):
        chrome += [chrome_of(shown(text), "turned text") for text in sheet.turned]
        chrome += [chrome_of(shown(words_of_furniture(line)), furnished[line]) for line in lines if line in furnished]
        tables, left = ruled_tables(sheet, [line for line in lines if line not in furnished], words)
        columns += [_with_tables(column, words) for column in in_columns([*left, *tables])]
    setting = setting_of([[part for part in column if isinstance(part, Line)] for column in columns], sheets, words)
    groups = [group for number, column in enumerate(columns) for group in groups_of(column, setting, number)]
    text, notes = without_notes(groups, setting)
    blocks = with_typed_notes(blocks_of([*joined_over_breaks(text, setting), *notes], setting))
    known = {bare(line) for line in chrome_lines}
    noise = {at: reason for at, block in enumerate(blocks) if (reason := line_reason(block.text, known))}
    chrome += [chrome_of(blocks[at].text, reason) for at, reason in noise.items()]
    return Content(blocks=tuple(block for at, block in enumerate(blocks) if at not in noise), chrome=tuple(chrome))


def _with_tables(column: list[Line | Table], words: Words) -> list[Line | Table]:
    """*column* with the tables that are plain without rules, and otherwise one line for each baseline."""
    found: list[Line | Table] = []
    for is_line, parts in groupby(column, key=lambda part: isinstance(part, Line)):
        if not is_line:
            found += parts
            continue
        for part in plain_tables(in_rows(part for part in parts if isinstance(part, Line)), words):
            found.append(part if isinstance(part, Table) else joined(part))
    return found


def _first_unnamed(content: Content) -> str:
    """The words around the first sign without a letter, as the end of a sentence; "" where the text has dropped it."""
    for block in content.blocks:
        words = block.text.split()
        for at, word in enumerate(words):
            if "\ufffd" in word:
                return f", first in '{' '.join(words[max(at - _WORDS_AROUND, 0) : at + _WORDS_AROUND + 1])}'"
    return ""


def _flags(sheets: list[Sheet], unread: int, about: About, content: Content) -> Iterator[Flag]:
    """What a reader should know of the file."""
    if unread:
        detail = f"{unread} of {len(sheets)} pages are damaged and were not read"
        yield Flag(name="pages-unread", detail=detail, value=str(unread), holds=True)
    signs, unnamed = sum(sheet.signs for sheet in sheets), sum(sheet.unnamed for sheet in sheets)
    pictures = sum(sheet.pictures > 0 for sheet in sheets)
    if not signs:
        detail = f"no text layer: {pictures} of {len(sheets)} pages are pictures" if pictures else "no text"
        yield Flag(name="no-report", detail=detail, value="0", holds=True)
    elif unnamed:
        detail = f"the fonts do not say which letters {unnamed:,} of {signs:,} signs are{_first_unnamed(content)}"
        yield Flag(name="unnamed-signs", detail=detail, value=str(unnamed), holds=unnamed > _UNNAMED * signs)
    if about.problem:
        yield Flag(name="links-unread", detail=f"links and dates of the file could not be read: {about.problem}")
    if about.made:
        detail = f"the file says that it was made on {about.made}, which is no date of publication"
        yield Flag(name="made-on", detail=detail, value=about.made)
