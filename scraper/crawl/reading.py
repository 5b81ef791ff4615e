"""Reading: the parser for one capture, which it reads once however often it is asked, and ahead of who needs it."""

from parsers.errors import ParserError
from parsers.record import Record

from ..archive import Archive
from ..capture import Capture
from ..worker import WORKER


class Reading:
    """`parsers.parse` for one capture. What it made of a body, be it an error, is not made again."""

    def __init__(self) -> None:
        self._made: dict[bytes, Record | ParserError] = {}

    def __call__(self, body: bytes, *, url: str, content_type: str | None = None) -> Record:
        """What `parsers.parse` gives and raises."""
        if body not in self._made:
            try:
                self._made[body] = WORKER.parse(body, url=url, content_type=content_type)
            except ParserError as error:
                self._made[body] = error
        made = self._made[body]
        if isinstance(made, ParserError):
            raise made
        return made

    async def go_ahead(self, capture: Capture) -> None:
        """Reads *capture* while other tasks go on: who asks later, with the archive in hand, need not wait for it."""
        body = capture.content
        if body is None:
            return
        try:
            self._made[body] = await WORKER.parse_ahead(
                body, url=capture.final_url or capture.url, content_type=capture.content_type or None
            )
        except ParserError as error:
            self._made[body] = error


def is_to_be_read(archive: Archive, capture: Capture) -> bool:
    """Whether the loader will want *capture* read: it has content that the archive has not read on this page yet."""
    if capture.outcome != "fetched" or capture.content is None:
        return False
    page_id = archive.known_page(capture.url)
    return page_id is None or archive.read_alike(page_id, capture) is None
