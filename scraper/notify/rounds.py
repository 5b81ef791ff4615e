"""Rounds: what is done for all targets after a crawl. First what is new is put into the outbox, then that is sent.

New is what a target was not told yet, whenever it was captured: a change that somebody released meanwhile, that was
imported, or that a crawl found which was killed before it could tell. A target that is looked at for the first time
counts as told of all that there is.
"""

import asyncio
import os
import re
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ..archive import Archive, FailureRow, HeldRow
from ..errors import KeyUnusable, ScraperError
from ..fetch.guard import in_a_thread_of_its_own
from ..fetch.politeness import Sleep
from . import mail, relay, webhook
from .config import Mail, Notify, Relay, Target, Webhook
from .digest import Trouble, payload
from .entry import Entry, authority_of, entry_of, line
from .noise import RulesOf, flags_of, is_noise, no_rules, quiet
from .outbox import LONGEST_WAIT, MOST_WAITING, Message, Outbox, Told, message_id
from .secret import read_secret

_MOST_FAILING = 10_000  # URLs whose failure is remembered, so that it is told once
_BAD = frozenset({"failed", "truncated", "refused"})
_RELAY_S = 60.0

Post = Callable[[Target, Notify, Message, Callable[[], datetime]], Awaitable["Sent"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What came of one message: whether it was taken, and what was wrong, "" for nothing.

    *wait_s* is how long the other side asks us to wait, *is_stopped* that it wants no more, *left* whom of several the
    message has not reached yet (None for all).
    """

    is_taken: bool
    problem: str = ""
    wait_s: float | None = None
    is_stopped: bool = False
    left: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _News:
    """All there is to be told now, whoever was told of it before."""

    changes: Mapping[str, int]
    held: Mapping[str, HeldRow]
    newest: int
    sources: Mapping[str, Trouble]


async def prepare(archive: Archive, config: Notify, outbox: Outbox) -> None:
    """Has targets that are new be told of what comes from now on; to be done before a crawl."""
    if all(outbox.told(target.name) for target in config.targets):
        return
    async with outbox.turn():
        now = _now(archive, ())
        for target in config.targets:
            if outbox.told(target.name) is None:
                outbox.keep_told(target.name, _all_of(now, archive.failures(0)))


async def gather(
    archive: Archive,
    config: Notify,
    outbox: Outbox,
    *,
    now: datetime,
    troubles: Sequence[Trouble] = (),
    rules_of: RulesOf = no_rules,
) -> None:
    """Puts a message into the outbox for each target that has something to be told, or wants one always.

    A change of nothing but what *rules_of* its page ignore is nothing to be told; a message says how many there were.

    Only for who has the outbox's turn. A target for which many messages wait, or that wants no more, gets none; what
    is new stays untold then.
    """
    found = _now(archive, troubles)
    entries_of = _Entries(archive, config, rules_of)
    for target in config.targets:
        told = outbox.told(target.name)
        waiting = outbox.waiting(target.name)
        if told is None:
            outbox.keep_told(target.name, _all_of(found, archive.failures(0)))
        elif len(waiting) < MOST_WAITING and not any(message.is_stopped for message in waiting):
            message, told = _message(entries_of, target, found, told, now)
            if message:
                outbox.put(message)
            outbox.keep_told(target.name, told)


async def send(
    config: Notify,
    outbox: Outbox,
    *,
    now: Callable[[], datetime],
    say: Callable[[str], None],
    post: Post | None = None,
    is_asked: bool = False,
) -> bool:
    """Sends what waits, all targets at once, and says whether nothing is left.

    Only for who has the outbox's turn. What fails is kept, and said. Messages that are to wait, or whose target wants
    no more, are tried where somebody *is_asked* for it. One that fails when it has waited for 30 days is given up.
    """
    waiting = {target.name: outbox.waiting(target.name) for target in config.targets}
    for message in outbox.waiting():
        if message.target not in waiting:
            say(f"{message.target}: a message of {message.made_at:%Y-%m-%d} waits, and nothing is called so any more")
    lines = await asyncio.gather(
        *(
            _send_all(config, outbox, target, waiting[target.name], now, post or post_one, is_asked=is_asked)
            for target in config.targets
        )
    )
    for told in lines:
        for one in told:
            say(one)
    return not outbox.waiting()


async def post_one(
    target: Target, config: Notify, message: Message, now: Callable[[], datetime], sleep: Sleep = asyncio.sleep
) -> Sent:
    """What came of sending *message* to *target*. Whatever is wrong is in what it gives; nothing is raised."""
    try:
        match target:
            case Webhook():
                return await _post_webhook(target, config, message, now, sleep)
            case Mail():
                return await _post_mail(target, config, message)
            case Relay():
                return await _post_relay(target, config, message)
    except ScraperError as error:
        return Sent(is_taken=False, problem=line(str(error), 300))


async def _send_all(  # noqa: PLR0913 -- what `send` was given
    config: Notify,
    outbox: Outbox,
    target: Target,
    waiting: Sequence[Message],
    now: Callable[[], datetime],
    post: Post,
    *,
    is_asked: bool,
) -> list[str]:
    """Sends the messages that wait for a target, oldest first, up to the first that fails; lines to be said."""
    lines = []
    for message in waiting:
        sent = await post(target, config, message, now) if is_asked or _may_go(message, now()) else None
        if sent and sent.problem:
            lines.append(f"{target.name}: {sent.problem}")
        if sent and sent.is_taken and not sent.left:
            outbox.remove(message)
            continue
        if now() - message.made_at > LONGEST_WAIT and not is_asked:
            outbox.remove(message)
            why = sent.problem if sent else message.said
            lines.append(f"{target.name}: a message of {message.made_at:%Y-%m-%d} was given up: {why}")
            continue
        if sent:
            outbox.put(_kept(message, sent, now()))
            lines.append(f"{target.name}: kept; the next crawl or `fonds notify --retry` sends it again")
        if sent and sent.is_stopped:
            lines.append(f"{target.name}: it says that it wants no more; take it out of the file, or --retry")
        break
    return lines


def _may_go(message: Message, now: datetime) -> bool:
    """Whether *message* may be tried without anybody asking for it."""
    return not message.is_stopped and (message.not_before is None or message.not_before <= now)


def _kept(message: Message, sent: Sent, now: datetime) -> Message:
    """*message* after an attempt that did not do."""
    return replace(
        message,
        attempts=message.attempts + 1,
        said=sent.problem,
        not_before=None if sent.wait_s is None else now + timedelta(seconds=sent.wait_s),
        is_stopped=sent.is_stopped,
        left=message.left if sent.left is None else sent.left,
    )


def _now(archive: Archive, troubles: Iterable[Trouble]) -> _News:
    return _News(
        changes=archive.news_keys("publisher"),
        held={f"{row.url} {row.captured_at.isoformat()}": row for row in archive.held()},
        newest=archive.newest_number(),
        # What counts something says so with another number each time.
        sources={re.sub(r"\d+", "#", f"{one.source}: {one.text}"): one for one in troubles},
    )


def _all_of(found: _News, failing: Iterable[FailureRow]) -> Told:
    return Told(
        changes=frozenset(found.changes),
        held=frozenset(found.held),
        failing=frozenset([row.url for row in failing][-_MOST_FAILING:]),
        sources=frozenset(found.sources),
        through=found.newest,
    )


class _Entries:
    """The entries of versions by their numbers; each version is looked at once, for however many targets."""

    def __init__(self, archive: Archive, config: Notify, rules_of: RulesOf) -> None:
        self.archive = archive
        self.config = config
        self._rules_of = rules_of
        self._known: dict[int, Entry | None] = {}

    def of(self, numbers: Collection[int]) -> tuple[list[Entry], int]:
        """The entries of those that are more than noise, and how many are not."""
        new = set(numbers) - self._known.keys()
        if new:
            authority = authority_of(self.archive)
            for row in self.archive.news_of(new):
                changes = quiet(self.archive, row, self._rules_of)
                entry = entry_of(
                    row,
                    authority=authority,
                    base=self.config.base,
                    changes=changes,
                    flags=flags_of(self.archive, row, changes, self._rules_of),
                )
                self._known[row.version_id] = None if is_noise(row, changes) else entry
        found = [self._known[number] for number in numbers if number in self._known]
        entries = [entry for entry in found if entry]
        return entries, len(found) - len(entries)


def _message(
    entries_of: _Entries, target: Target, found: _News, told: Told, now: datetime
) -> tuple[Message | None, Told]:
    """The message for *target*, None where there is nothing to say, and what it is told with that."""
    archive = entries_of.archive
    parts = set(target.include)
    keys = found.changes.keys() - told.changes
    held = [row for key, row in found.held.items() if key not in told.held]
    # An archive that was restored from a copy has fewer captures than there were.
    failures = archive.failures(min(told.through, found.newest))
    still = {url for url in told.failing if _is_failing(archive, url)}
    fresh = [row for row in failures if row.url not in still]
    sources = [one for key, one in found.sources.items() if key not in told.sources]
    entries, ignored = entries_of.of([found.changes[key] for key in keys] if "changes" in parts else [])
    said = payload(
        made_at=now,
        title=entries_of.config.title,
        changes=entries,
        held=held if "held" in parts else (),
        failures=fresh if "failures" in parts else (),
        sources=sources if "failures" in parts else (),
        ignored=ignored,
    )
    is_news = any(said["data"]["counts"].values())
    after = Told(
        changes=told.changes | keys,
        held=frozenset(found.held),
        failing=frozenset(sorted(still | {row.url for row in fresh})[:_MOST_FAILING]),
        sources=frozenset(found.sources),
        through=found.newest,
    )
    if not is_news and not target.always:
        return None, after
    tells = replace(after, changes=frozenset(keys))
    number = message_id(target.name, said, tells)
    return Message(id=number, target=target.name, made_at=now, payload=said, tells=tells), after


def _is_failing(archive: Archive, url: str) -> bool:
    newest = archive.newest(url)
    return newest is not None and newest.outcome in _BAD


async def _post_webhook(
    target: Webhook, config: Notify, message: Message, now: Callable[[], datetime], sleep: Sleep
) -> Sent:
    secret = _secret(target.secret_env, target.secret_file, config)
    found = await webhook.post(target, secret, message.id, message.payload, now=now, sleep=sleep)
    return Sent(is_taken=not found.problem, problem=found.problem, wait_s=found.wait_s, is_stopped=found.is_gone)


async def _post_mail(target: Mail, config: Notify, message: Message) -> Sent:
    password = _secret(target.password_env, target.password_file, config) if target.user else ""
    made = mail.mail_of(target, message.id, message.payload, message.made_at)
    # Who was taken from the file since is not written to any more.
    to = target.to if message.left is None else tuple(one for one in message.left if one in target.to)
    if not to:
        return Sent(is_taken=True)
    found = await mail.post(target, password, made, to=to)
    return Sent(is_taken=found.is_taken, problem=found.problem, left=found.left if found.is_taken else None)


async def _post_relay(target: Relay, config: Notify, message: Message) -> Sent:
    url = _secret(target.url_env, target.url_file, config)
    try:
        async with asyncio.timeout(_RELAY_S):
            problem = await in_a_thread_of_its_own(lambda: relay.post(url, message.payload))
    except TimeoutError:
        problem = f"not sent within {_RELAY_S:g} s"
    return Sent(is_taken=not problem, problem=problem)


def _secret(variable: str | None, file: str | None, config: Notify) -> str:
    try:
        return read_secret(variable, file, folder=config.folder, environment=os.environ)
    except KeyUnusable as error:
        raise KeyUnusable(f"{error}; nothing was sent") from error
