"""What a PDF says of itself and where its links lead, by pypdf."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from ..normal import shown
from .bounds import BOUNDS
from .sheets import Box, Links

_DATE = re.compile(r"(?:D:)?(\d{4})(?:(\d{2})(?:(\d{2}))?)?")
_TEXT = 500
_FAR = 100_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What the file says of itself. *made* and *changed* are EDTF, None where it does not say; days the file was made.

    *labels* are what it calls its pages; *problem* is one line on what could not be read.
    """

    title: str = ""
    author: str = ""
    language: str = ""
    made: str | None = None
    changed: str | None = None
    labels: tuple[str, ...] = ()
    problem: str = ""


def read_about(body: bytes) -> tuple[About, Links]:
    """What *body* says of itself, and its links to the web by page, in the file's own places."""
    import logging  # noqa: PLC0415 -- as below

    from pypdf import PdfReader  # noqa: PLC0415 -- an extra; few captures are PDFs

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its warnings are for those who write PDFs
    links: Links = {}
    try:
        reader = PdfReader(BytesIO(body))
        about = _about(reader)
        for number, page in enumerate(reader.pages):
            links[number] = list(_links(page))
    except Exception as error:  # a damaged file makes pypdf raise whatever it meets; the text is pdfium's
        return About(problem=shown(f"{type(error).__name__}: {error}")[:_TEXT]), links
    return about, links


def _about(reader: Any) -> About:
    said = reader.metadata or {}
    root = reader.trailer["/Root"]
    return About(
        title=_text(said.get("/Title")),
        author=_text(said.get("/Author")),
        language=_text(root.get("/Lang")),
        made=_date(said.get("/CreationDate")),
        changed=_date(said.get("/ModDate")),
        labels=tuple(reader.page_labels) if "/PageLabels" in root else (),
    )


def _links(page: Any) -> Iterator[tuple[Box, str]]:
    annotations = page.get("/Annots")
    for entry in (annotations.get_object() or ())[: BOUNDS.links] if annotations is not None else ():
        link = entry.get_object()
        action = link.get("/A") if link else None
        target = action.get_object().get("/URI") if action else None
        if not target:
            continue
        x0, y0, x1, y1 = (min(max(float(value), -_FAR), _FAR) for value in link["/Rect"])
        yield Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)), shown(_text(target))


def _text(value: Any) -> str:
    value = value.get_object() if value is not None else ""
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return shown(text)[:_TEXT] if value else ""


def _date(value: Any) -> str | None:
    """A date of PDF, "D:20240305…", as EDTF; None for what is none."""
    match = _DATE.match(_text(value))
    if not match:
        return None
    year, month, day = match.groups()
    if not month or not 1 <= int(month) <= 12:
        return year
    return f"{year}-{month}" + (f"-{day}" if day and 1 <= int(day) <= 31 else "")
