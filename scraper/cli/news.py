"""Commands that tell others: feed, notify."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import UsageError
from ..wording import counted
from .after import notify_file
from .context import Settings
from .output import data, format_option, listing, note
from .running import finished

if TYPE_CHECKING:
    from ..notify import Notify, Outbox, Target

_FINDINGS = 1


@click.command()
@click.option("--to", "path", type=click.Path(path_type=Path), required=True, metavar="FILE", help="Where to write it.")
@click.option("--source", help="Only changes of this source.")
@click.option("--page", help="Only changes of this page.")
@click.option("--country", help="Only changes of reports on this country: its name, or its ISO code.")
@click.option(
    "--cause", type=click.Choice(["publisher", "parser"]), default="publisher", show_default=True,
    help="What the publisher changed, or what a better parser reads.",
)  # fmt: skip
@click.option("--format", "form", type=click.Choice(["atom", "json"]), help="[default: by the file's ending]")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="The newest so many.")
@click.option("--title", default="", help="What the archive is called.")
@click.option("--base", metavar="URL", help="Where the archive's own web pages are, for links to them.")
@click.option("--url", metavar="URL", help="Where the feed will be published.")
@click.pass_obj
def feed(
    settings: Settings, path: Path, source: str | None, page: str | None, country: str | None, cause: str,
    form: str | None, limit: int, title: str, base: str | None, url: str | None,
) -> None:  # fmt: skip
    """Writes a feed of changes to FILE, Atom or JSON Feed: of all pages, a source, a page or a country.

    One entry for each change, the first version of a page and pages that are gone too. The same archive gives the same
    file; one that is the same already is left alone. `fonds crawl` writes feeds by itself where notify.toml names them.

    \b
    Examples:
      fonds feed --to changes.atom
      fonds feed --to velmora.json --page velmora
      fonds feed --to kenya.atom --country Kenya --limit 100
    """
    from ..notify import Wanted, feed_of, format_of, write_feed
    from ..urls import clean

    if sum(scope is not None for scope in (source, page, country)) > 1:
        raise UsageError("found more than one of --source, --page and --country, expected one of them at most")
    wanted = Wanted(
        source=source, page=page, country=country, cause=cause, limit=limit, title=title,
        base=clean(base) if base else "", url=clean(url) if url else "",
    )  # fmt: skip
    chosen = format_of(path, form)
    with settings.open_archive() as archive:
        made = feed_of(archive, wanted)
    is_new = write_feed(made, path, chosen)
    count = len(made.items)
    data(f"{path}: {counted(count, 'entry', 'entries')}, {'written' if is_new else 'as it was'}")


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--test", "is_test", is_flag=True, help="Sends a test message to each, and says what came of it.")
@click.option("--retry", "is_retry", is_flag=True, help="Sends what waits, whatever it waits for.")
@format_option
@click.pass_obj
def notify(settings: Settings, names: tuple[str, ...], is_test: bool, is_retry: bool, form: str | None) -> None:
    """Lists who is notified after a crawl, by notify.toml, and what waits to be sent; tests, or sends that again.

    The file is beside the folder of sources. Exit code 1 says that a message waits, or that a test message was not
    taken; 2 that the file is missing or has mistakes.

    \b
    Examples:
      fonds notify
      fonds notify --test newsroom
      fonds notify --retry
    """
    from ..notify import FILE, Outbox, load_notify

    path = notify_file(settings)
    config = load_notify(path)
    if config is None:
        raise UsageError(f"{path}: found no such file, expected the feeds and notifications; docs/notify.md has one")
    if is_test and is_retry:
        raise UsageError("found --test and --retry, expected one of them")
    targets = [config.target(name) for name in names] or list(config.targets)
    outbox = Outbox.beside(settings.archive)
    if is_test:
        if not targets:
            raise UsageError(
                f"{path}: names nobody to be notified; a table below [[webhook]] or [[mail]] in {FILE} does"
            )
        _test(settings, config, targets, form)
    elif is_retry:
        _retry(settings, config, targets, outbox)
    else:
        _list(config, targets, outbox, form)


def _list(config: "Notify", targets: "list[Target]", outbox: "Outbox", form: str | None) -> None:
    from ..notify import kind_of

    rows: list[dict[str, Any]] = []
    for target in targets:
        waiting = outbox.waiting(target.name)
        rows.append(
            {
                "name": target.name,
                "kind": kind_of(target),
                "include": list(target.include),
                "waiting": len(waiting),
                "since": waiting[0].made_at if waiting else None,
                "attempts": waiting[0].attempts if waiting else 0,
                "problem": waiting[0].said if waiting else "",
            }
        )
    columns = ("name", "kind", "waiting", "since", "attempts", "problem")
    listing(rows, form, columns=columns, empty=f"nobody is notified; feeds: {len(config.feeds)}")
    if any(row["waiting"] for row in rows):
        raise click.exceptions.Exit(_FINDINGS)


def _retry(settings: Settings, config: "Notify", targets: "list[Target]", outbox: "Outbox") -> None:
    from dataclasses import replace

    from ..notify import send

    chosen = replace(config, targets=tuple(targets))

    async def work() -> bool:
        async with outbox.turn():
            return await send(
                chosen, outbox, now=settings.now, say=lambda said: note(f"notification {said}"), is_asked=True
            )

    if not outbox.waiting():
        note("nothing waits to be sent")
        return
    finished(work())
    left = sum(len(outbox.waiting(target.name)) for target in targets)
    data(f"{left:,} left to be sent" if left else "all sent")
    if left:
        raise click.exceptions.Exit(_FINDINGS)


def _test(settings: Settings, config: "Notify", targets: "list[Target]", form: str | None) -> None:
    import asyncio

    from ..notify import Message, Sent, Told, message_id, post_one, trial_payload

    said = trial_payload(settings.now(), config.title)

    async def work() -> list[Sent]:
        messages = [
            Message(
                id=message_id(target.name, said, Told()), target=target.name, made_at=settings.now(), payload=said,
                tells=Told(),
            )
            for target in targets
        ]  # fmt: skip
        pairs = zip(targets, messages, strict=True)
        return list(await asyncio.gather(*(post_one(target, config, one, settings.now) for target, one in pairs)))

    found = finished(work())
    rows = [
        {"name": target.name, "taken": sent.is_taken, "problem": sent.problem}
        for target, sent in zip(targets, found, strict=True)
    ]
    listing(rows, form, columns=("name", "taken", "problem"), empty="")
    if not all(sent.is_taken for sent in found):
        raise click.exceptions.Exit(_FINDINGS)


COMMANDS = (feed, notify)
