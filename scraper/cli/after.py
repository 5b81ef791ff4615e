"""After a crawl: feeds are written and notifications sent as `notify.toml` says; what goes wrong there is only said."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from ..errors import MistakenFile, ScraperError, UsageError
from .context import Settings
from .output import note

if TYPE_CHECKING:
    from pathlib import Path

    from ..archive import Archive
    from ..notify import Notify, Trouble
    from ..sources import Source


class News:
    """What the file beside the folder of sources asks for; nothing where there is none.

    *is_mistaken* says that it has mistakes. They are told, each once, and the crawl goes on: what is not kept in time
    is gone, a message can be sent later.
    """

    def __init__(self, settings: Settings, archive: "Archive", say: Callable[[str], None] = note) -> None:
        self._settings = settings
        self._archive = archive
        self._say = say
        self._told = ""
        self.is_mistaken = False

    async def prepare(self) -> None:
        """To be done before a crawl: who is told for the first time is told of what comes from now on."""
        config = self._config()
        if config and config.targets:
            from ..notify import Outbox, prepare

            try:
                await prepare(self._archive, config, Outbox.beside(self._settings.archive))
            except ScraperError as error:
                self._say(f"notifications: {error}")

    async def tell(self, sources: "Sequence[Source]") -> None:
        """To be done after a crawl: writes the feeds, and sends what is new and what waits."""
        config = self._config()
        if not config:
            return
        from asyncio import sleep

        from ..notify import Outbox, gather, send, write_feeds
        from ..rulebook import Rulebook

        rules_of = Rulebook(self._settings.sources, self._say).of
        for line in write_feeds(self._archive, config, rules_of):
            if line:
                self._say(line)
            await sleep(0)  # other crawls have answers waiting
        if not config.targets:
            return
        outbox, now = Outbox.beside(self._settings.archive), self._settings.now
        wants_troubles = any("failures" in target.include for target in config.targets)
        try:
            async with outbox.turn():
                troubles = list(_troubles(self._archive, sources, self._settings)) if wants_troubles else []
                await gather(self._archive, config, outbox, now=now(), troubles=troubles, rules_of=rules_of)
                await send(config, outbox, now=now, say=lambda line: self._say(f"notification {line}"))
        except ScraperError as error:
            self._say(f"notifications: {error}")

    def _config(self) -> "Notify | None":
        path = notify_file(self._settings)
        if not path.exists():
            self.is_mistaken = False
            return None
        from ..notify import load_notify

        try:
            found = load_notify(path)
        except (MistakenFile, UsageError) as error:
            self.is_mistaken = True
            if str(error) != self._told:
                self._told = str(error)
                for line in f"{error}".splitlines():
                    self._say(f"fonds: {line}")
                self._say("no feed is written and nothing is sent; the crawl goes on")
            return None
        self.is_mistaken, self._told = False, ""
        return found


def notify_file(settings: Settings) -> "Path":
    """The file of feeds and notifications: beside the folder of sources."""
    folder = settings.sources
    return (folder if folder.name not in ("", "..") else folder.resolve()).parent / "notify.toml"


def _troubles(archive: "Archive", sources: "Sequence[Source]", settings: Settings) -> "Iterator[Trouble]":
    """What is wrong with sources as a whole: what the last crawl did not find as expected, and silence."""
    from ..crawl.health import health
    from ..notify import Trouble

    crawls = archive.crawls()
    for one in health(archive, sources, settings.now()):
        crawl = next((crawl for crawl in reversed(crawls) if crawl.id == one.crawl_id), None)
        for finding in crawl.findings if crawl else ():
            name, _, text = finding.partition(": ")
            if name == one.source:
                yield Trouble(source=name, text=text)
        if one.silent_since:
            since = f"{one.silent_since:%Y-%m-%d}"
            yield Trouble(source=one.source, text=f"no new version since {since}, twice as long as ever before")
