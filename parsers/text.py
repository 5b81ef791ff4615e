"""The plain text of a page, as a reader copied it or a browser dumped it, to blocks."""

import re
from collections.abc import Iterator

from .blocks import Content, chrome_of, line_reason
from .dates import date_line
from .normal import bare, shown
from .record import Block, Chrome
from .tables import row_text
from .typed_notes import with_typed_notes

_BULLET = re.compile(r"(?P<indent>\s*)(?:[•●○◦▪‣·*+–-]|o(?=\s{2}))\s+(?P<text>\S.*)")
_NUMBERED = re.compile(r"(?P<indent>\s*)\(?(?P<number>\d{1,3}|[a-z]|[ivx]{1,5})[.)]\s+(?P<text>\S.*)")
_CELL = re.compile(r"\S+(?: \S+)*")
_RULE = re.compile(r"[\s─━=+|-]+")
_FIGURE = re.compile(r"(?=.*\d)[\d.,:/%()+\s$€£–-]+|[–—-]|n/?a", re.IGNORECASE)
_FEWEST_ROWS = 3
_SHORT_LINE = 60
_MOST_SHORT_LINES = 8
_WIDEST = 140  # characters; who breaks lines at all breaks them before that


def read_text(text: str, *, chrome_lines: tuple[str, ...] = ()) -> Content:
    """The blocks of *text*: paragraphs stand apart by blank lines, items begin with a bullet or a number.

    A browser's dump has each item of a list and each row of a table on a line of its own, with tabs between cells; who
    types a table sets its figures below each other. Lines known as chrome, everywhere or by *chrome_lines*, are left
    out.
    """
    known = {bare(line) for line in chrome_lines}
    blocks: list[Block] = []
    chrome: list[Chrome] = []
    for kind, lines in _groups(text, chrome, known):
        if kind == "item":
            match = _BULLET.fullmatch(lines[0]) or _NUMBERED.fullmatch(lines[0])
            words = match["text"] if match else lines[0]
            depth = 1 + min((len(match["indent"].expandtabs(4)) if match else 0) // 4, 5)
            ordered = bool(match and "number" in match.groupdict())
            blocks.append(Block(kind="item", text=shown(" ".join([words, *lines[1:]])), level=depth, ordered=ordered))
        elif kind == "row" and len(lines) > 1:
            blocks.append(_table([line.split("\t") for line in lines]))
        elif kind == "paragraph" and (rows := _columns(lines)):
            blocks.append(_table(rows))
        else:
            blocks.extend(Block(kind="paragraph", text=line) for part in _unwrapped(lines) for line in paragraphs(part))
    return Content(blocks=with_typed_notes(blocks), chrome=tuple(chrome))


def paragraphs(lines: list[str]) -> list[str]:
    """The paragraphs that *lines* with no blank line between them make: each its own where all are short, else one.

    Short lines one below the other are a head, an address or a list without bullets; long ones are wrapped prose.
    """
    shown_lines = [shown(line) for line in lines]
    apart = 1 < len(lines) <= _MOST_SHORT_LINES and all(len(line) <= _SHORT_LINE for line in shown_lines)
    return shown_lines if apart else [" ".join(shown_lines)]


def _unwrapped(lines: list[str]) -> list[list[str]]:
    """*lines* each apart where they were not broken to fit a width: they are too long, or end with room to spare."""
    lengths = [len(shown(line)) for line in lines]
    first_words = [len(line.split(maxsplit=1)[0]) for line in lines]
    spare = sum(max(lengths) > length + word for length, word in zip(lengths, first_words[1:], strict=False))
    apart = max(lengths) > _WIDEST or 2 * spare >= len(lines) - 1 > 0
    return [[line] for line in lines] if apart and max(lengths) > _SHORT_LINE else [lines]


def _table(lines: list[list[str]]) -> Block:
    rows = [[shown(cell) for cell in line] for line in lines]
    width = max(map(len, rows))
    text = "\n".join(line for row in rows if (line := row_text(row)))
    return Block(kind="table", text=text, rows=tuple((*row, *[""] * (width - len(row))) for row in rows))


def _columns(lines: list[str]) -> list[list[str]]:
    """The cells of *lines* that are typed as a table, a rule below its head left out; [] where they are none.

    Cells stand apart by two spaces or more, each below the one before it, and one column is of figures: prose in two
    columns is no table.
    """
    rows = [list(_CELL.finditer(line)) for line in lines if not _RULE.fullmatch(line)]
    if len(rows) < _FEWEST_ROWS or len(rows[0]) < 2 or len(set(map(len, rows))) > 1:
        return []
    columns = list(zip(*rows, strict=True))
    are_aligned = all(
        len({cell.start() for cell in column}) == 1 or len({cell.end() for cell in column}) == 1 for column in columns
    )
    has_figures = any(all(_FIGURE.fullmatch(cell[0]) for cell in column[1:]) for column in columns[1:])
    return [[cell[0] for cell in row] for row in rows] if are_aligned and has_figures else []


def _groups(text: str, chrome: list[Chrome], known: set[str]) -> Iterator[tuple[str, list[str]]]:
    """Lines that belong together, each group with its kind; chrome goes to *chrome* and ends a group."""
    kind, group = "paragraph", list[str]()
    for line in text.splitlines():
        words = shown(line)
        # "3. Mai 2024" is a day.
        marked = _BULLET.fullmatch(line) or (None if date_line(words) else _NUMBERED.fullmatch(line))
        content = shown(marked["text"]) if marked else words
        noise = line_reason(content, known) if words else ""
        if noise:
            chrome.append(chrome_of(content, noise))
        is_row = "\t" in line.lstrip() and not marked
        if group and (not words or marked or noise or is_row != (kind == "row")):
            yield kind, group
            group = []
        if words and not noise:
            kind = ("item" if marked else "row" if is_row else "paragraph") if not group else kind
            group.append(line)
    if group:
        yield kind, group
