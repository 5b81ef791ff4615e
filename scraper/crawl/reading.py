"""Reading: the parser for one capture, which it reads once however often it is asked, and ahead of who needs it."""

from parsers.errors import ParserError
from parsers.profile import Profile
from parsers.record import Record

from ..archive import Archive
from ..capture import Capture
from ..worker import WORKER


class Reading:
    """`parsers.parse` for one capture, with what *archive* knows of its site's chrome.

    What it made of a body, be it an error, is not made again.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._made: dict[tuple[bytes, str], Record | ParserError] = {}

    def __call__(
        self, body: bytes, *, url: str, content_type: str | None = None, profile: Profile | None = None
    ) -> Record:
        """What `parsers.parse` gives and raises."""
        profile = profile or self._archive.profile_of(url)
        key = (body, profile.id if profile else "")
        if key not in self._made:
            try:
                self._made[key] = WORKER.parse(body, url=url, content_type=content_type, profile=profile)
            except ParserError as error:
                self._made[key] = error
        made = self._made[key]
        if isinstance(made, ParserError):
            raise made
        return made

    async def go_ahead(self, capture: Capture) -> None:
        """Reads *capture* while other tasks go on: who asks later, with the archive in hand, need not wait for it."""
        body, url = capture.content, capture.final_url or capture.url
        if body is None:
            return
        profile = self._archive.profile_of(url)
        key = (body, profile.id if profile else "")
        try:
            self._made[key] = await WORKER.parse_ahead(
                body, url=url, content_type=capture.content_type or None, profile=profile
            )
        except ParserError as error:
            self._made[key] = error


def is_to_be_read(archive: Archive, capture: Capture) -> bool:
    """Whether the loader will want *capture* read: it has content that the archive has not read on this page yet."""
    if capture.outcome != "fetched" or capture.content is None:
        return False
    page_id = archive.known_page(capture.url)
    return page_id is None or archive.read_alike(page_id, capture) is None
