"""As `scrapy_again`, with each answer kept in SQLite as `scrapy_archive` keeps it."""

from collections.abc import Iterator
from typing import Any, ClassVar

from scrapy.http import Response
from scrapy_again import Again  # Scrapy runs a spider from its own folder
from scrapy_archive import Keep, answer


class AgainKept(Again):
    """The pages of a file, one URL a line, and a row for each answer."""

    name = "again-kept"
    custom_settings: ClassVar[dict[str, Any]] = {**Again.custom_settings, "ITEM_PIPELINES": {Keep: 1}}

    def parse(self, response: Response) -> Iterator[dict[str, Any]]:
        """The answer as it is kept."""
        yield answer(response)
