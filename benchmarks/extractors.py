"""The systems that are compared, each as a function from a page to what it reads; imported when it is asked for.

Every peer is used the way its documentation recommends for the main text: without comments, with tables.
"""

from collections.abc import Callable

from .scores import Extraction

Extract = Callable[[bytes, str], Extraction]


def fonds() -> Extract:
    """The whole record, by `parsers.parse`."""
    from parsers import parse

    def extract(html: bytes, url: str) -> Extraction:
        record = parse(html, url=url, content_type="text/html")
        return Extraction(text=record.text, title=record.title, date=record.published or "", authors=record.authors)

    return extract


def trafilatura() -> Extract:
    """Text and metadata, by `bare_extraction`."""
    from trafilatura import bare_extraction

    def extract(html: bytes, url: str) -> Extraction:
        found = bare_extraction(html, url=url or None, include_comments=False, include_tables=True, with_metadata=True)
        if found is None:
            return Extraction(title="", date="", authors=())
        authors = tuple((found.author or "").split("; "))
        return Extraction(text=found.text or "", title=found.title or "", date=found.date or "", authors=authors)

    return extract


def resiliparse() -> Extract:
    """The main text alone; it reads no metadata."""
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import detect_encoding
    from resiliparse.parse.html import HTMLTree

    def extract(html: bytes, url: str) -> Extraction:
        tree = HTMLTree.parse_from_bytes(html, detect_encoding(html))
        return Extraction(
            text=extract_plain_text(tree, main_content=True, alt_texts=False, links=False, form_fields=False)
        )

    return extract


EXTRACTORS: dict[str, Callable[[], Extract]] = {"fonds": fonds, "trafilatura": trafilatura, "resiliparse": resiliparse}
