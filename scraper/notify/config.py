"""The file of feeds and notifications, `notify.toml` in the folder that holds the folder of sources."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from msgspec import Meta

from ..declaration import expected, read_toml, shown, table, that
from ..errors import NotifyError, UsageError
from ..sources import is_address
from ..urls import clean, host, port

FILE = "notify.toml"
MAX_ENTRIES = 1000
_MAX_TARGETS = 100
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[?[0-9A-Fa-f:]{2,45}\]?")
# As most servers take them; nothing that could begin another header or another recipient.
_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
T = TypeVar("T")


def _is_path(text: str) -> bool:
    return 0 < len(text) <= 1000 and text.isprintable()


def _is_words(text: str) -> bool:
    return len(text) <= 200 and text.isprintable()


_Url = Annotated[str, clean]
_Name = Annotated[str, that(lambda text: _NAME.fullmatch(text) is not None)]
_Variable = Annotated[str, that(lambda text: _VARIABLE.fullmatch(text) is not None)]
_Path = Annotated[str, that(_is_path)]
_Words = Annotated[str, that(_is_words)]
_Address = Annotated[str, that(is_address)]
_Mail = Annotated[str, that(lambda text: _MAIL.fullmatch(text) is not None)]
Part = Literal["changes", "held", "failures"]

FORMATS = {".atom": "atom", ".xml": "atom", ".json": "json"}  # of feeds, by how the names of their files end
_A_NAME = "a name of a-z, 0-9, _ and -, at most 64 characters"
_A_VARIABLE = "the name of an environment variable, never the secret itself"
_A_FILE = "the path of a file that only its owner may read"
_ADDRESSES = 'a list of addresses with ports such as "127.0.0.1:8000"'


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFile:
    """A feed that is written after each crawl; *format* is None where the name of the file says it."""

    to: _Path = field(metadata=expected("the path of the file to write"))
    format: Literal["atom", "json"] | None = field(default=None, metadata=expected('"atom" or "json"'))
    source: _Words | None = field(default=None, metadata=expected("the name of a source"))
    page: _Words | None = field(default=None, metadata=expected("a page: its URL, a unique end of that, or its number"))
    country: _Words | None = field(default=None, metadata=expected("the name of a country, or its ISO code"))
    cause: Literal["publisher", "parser"] = field(default="publisher", metadata=expected('"publisher" or "parser"'))
    limit: Annotated[int, Meta(ge=1, le=MAX_ENTRIES)] = field(
        default=50, metadata=expected("a whole number from 1 to 1,000")
    )
    url: _Url | None = field(default=None, metadata=expected("the http(s) URL where the file is published"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    """What all that is notified has: its *name*, and what it is told of; *always* also that there is nothing to say."""

    name: _Name = field(metadata=expected(_A_NAME))
    include: Annotated[tuple[Part, ...], Meta(min_length=1, max_length=3)] = field(
        default=("changes",), metadata=expected('a list of "changes", "held" and "failures"')
    )
    always: bool = field(default=False, metadata=expected("true or false"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook(_Target):
    """A URL that gets each digest by POST, signed with what *secret_env* or *secret_file* names."""

    url: _Url = field(metadata=expected("an https URL"))
    secret_env: _Variable | None = field(default=None, metadata=expected(_A_VARIABLE, secret=True))
    secret_file: _Path | None = field(default=None, metadata=expected(_A_FILE))
    allow_addresses: tuple[_Address, ...] = field(default=(), metadata=expected(_ADDRESSES))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail(_Target):
    """Addresses that get each digest by mail, over the server at *host*; *user* logs in there, "" for nobody."""

    host: Annotated[str, that(lambda text: _HOST.fullmatch(text) is not None)] = field(
        metadata=expected("the name of a mail server")
    )
    port: Annotated[int, Meta(ge=1, le=65_535)] | None = field(
        default=None, metadata=expected("a whole number from 1 to 65,535")
    )
    encryption: Literal["starttls", "tls", "none"] = field(
        default="starttls", metadata=expected('"starttls", "tls" or "none"')
    )
    user: _Words = field(default="", metadata=expected("a user's name on the server, at most 200 characters"))
    password_env: _Variable | None = field(default=None, metadata=expected(_A_VARIABLE, secret=True))
    password_file: _Path | None = field(default=None, metadata=expected(_A_FILE))
    sender: _Mail = field(metadata=expected("a mail address such as fonds@example.org, without a name"))
    to: Annotated[tuple[_Mail, ...], Meta(min_length=1, max_length=100)] = field(
        metadata=expected("a list of 1 to 100 mail addresses, without names")
    )
    allow_addresses: tuple[_Address, ...] = field(default=(), metadata=expected(_ADDRESSES))

    @property
    def at(self) -> int:
        """The port: the one given, else the usual one for how the connection is encrypted."""
        return self.port or {"starttls": 587, "tls": 465, "none": 25}[self.encryption]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay(_Target):
    """A service that the library apprise knows how to reach, by the URL that *url_env* or *url_file* names."""

    url_env: _Variable | None = field(default=None, metadata=expected(_A_VARIABLE, secret=True))
    url_file: _Path | None = field(default=None, metadata=expected(_A_FILE))


Target = Webhook | Mail | Relay


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify:
    """What is written and sent after each crawl.

    *title* is what the archive is called in it, *base* the URL under which its own web pages are, "" for none. Relative
    paths are from *folder*.
    """

    folder: Path
    title: str = ""
    base: str = ""
    feeds: tuple[FeedFile, ...] = ()
    targets: tuple[Target, ...] = ()

    def target(self, name: str) -> Target:
        """The target called *name*. Raises UsageError where there is none."""
        found = {target.name: target for target in self.targets}
        if name not in found:
            known = ", ".join(found) or "none"
            raise UsageError(f"no notification '{name}' in {self.folder / FILE}; there is: {known}")
        return found[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    title: _Words = field(default="", metadata=expected("what the archive is called, at most 200 characters"))
    base: _Url = field(default="", metadata=expected("the http(s) URL under which the archive's web pages are"))


KINDS: Mapping[str, type[FeedFile | Webhook | Mail | Relay]] = {
    "feed": FeedFile, "webhook": Webhook, "mail": Mail, "apprise": Relay,
}  # fmt: skip


def load_notify(path: Path) -> Notify | None:
    """What the file *path* says, None where there is no such file.

    Raises NotifyError with all its mistakes, UsageError where it cannot be read.
    """
    if not path.exists():
        return None
    values = read_toml(path, NotifyError)
    mistakes: list[str] = []
    head = table(_Head, {name: value for name, value in values.items() if name not in KINDS}, mistakes)
    found = {kind: list(_tables(kind, values.get(kind, []), mistakes)) for kind in KINDS}
    targets = [*found["webhook"], *found["mail"], *found["apprise"]]
    mistakes += _twice(_names(values), found["feed"], path.parent)
    if mistakes:
        raise NotifyError(str(path), tuple(mistakes))
    return Notify(folder=path.parent, **head, feeds=tuple(found["feed"]), targets=tuple(targets))


def kind_of(target: Target) -> str:
    """What the file calls the kind of *target*."""
    return next(name for name, kind in KINDS.items() if isinstance(target, kind))


def _tables(kind: str, found: Any, mistakes: list[str]) -> Iterator[Any]:
    if not isinstance(found, list) or len(found) > _MAX_TARGETS:
        mistakes.append(f"{kind}: found {shown(found)}, expected at most {_MAX_TARGETS} tables, each below [[{kind}]]")
        return
    for place, values in enumerate(found):
        where = f"{kind}[{place}]"
        if not isinstance(values, dict):
            mistakes.append(f"{where}: found {shown(values)}, expected a table below [[{kind}]]")
            continue
        taken = _one(KINDS[kind], values, mistakes, where)
        if taken is not None:
            yield taken


def _one(kind: type[T], values: Mapping[str, Any], mistakes: list[str], where: str) -> T | None:
    needed = {item.name: None for item in fields(kind) if item.default is MISSING}  # type: ignore[arg-type]
    before = len(mistakes)
    taken = table(kind, needed | dict(values), mistakes, where=f"{where}.")
    if len(mistakes) > before:
        return None
    made = kind(**taken)
    checks: dict[type, Callable[[Any], Iterable[str]]] = {
        FeedFile: _wrong_feed, Webhook: _wrong_webhook, Mail: _wrong_mail, Relay: _wrong_relay,
    }  # fmt: skip
    mistakes += [f"{where}.{line}" for line in checks[kind](made)]
    return made


def _wrong_feed(feed: FeedFile) -> Iterator[str]:
    scopes = [name for name in ("source", "page", "country") if getattr(feed, name) is not None]
    if len(scopes) > 1:
        yield f"{scopes[1]}: found beside {scopes[0]}, expected one of source, page and country at most"
    if feed.format is None and Path(feed.to).suffix.lower() not in FORMATS:
        yield f"to: found '{feed.to}' and no format, expected a name that ends in {', '.join(FORMATS)}, or a format"


def _wrong_webhook(webhook: Webhook) -> Iterator[str]:
    place = f"{host(webhook.url)}:{port(webhook.url)}"
    if webhook.url.startswith("http:") and place not in webhook.allow_addresses:
        yield f"url: found http, expected https; http only where allow_addresses has {place}"
    yield from _wrong_secret("secret", webhook.secret_env, webhook.secret_file)


def _wrong_mail(mail: Mail) -> Iterator[str]:
    if mail.encryption == "none" and f"{mail.host}:{mail.at}" not in mail.allow_addresses:
        yield f'encryption: found "none", expected it only where allow_addresses has {mail.host}:{mail.at}'
    if mail.user:
        yield from _wrong_secret("password", mail.password_env, mail.password_file)
        if mail.encryption == "none":
            yield 'user: found one with encryption = "none", expected no password to go over an open connection'
    elif mail.password_env or mail.password_file:
        yield "user: missing, expected whose password it is"


def _wrong_relay(relay: Relay) -> Iterator[str]:
    yield from _wrong_secret("url", relay.url_env, relay.url_file)


def _wrong_secret(what: str, variable: str | None, file: str | None) -> Iterator[str]:
    if (variable is None) == (file is None):
        found = "neither" if variable is None else "both"
        yield f"{what}_env: found {found} this {'nor' if variable is None else 'and'} {what}_file, expected one of them"


def _names(values: Mapping[str, Any]) -> Iterator[str]:
    """What targets are called, those with mistakes among them."""
    for kind in KINDS:
        tables = values.get(kind, []) if kind != "feed" else []
        for found in tables if isinstance(tables, list) else []:
            if isinstance(found, dict) and isinstance(found.get("name"), str):
                yield found["name"]


def _twice(names: Iterable[str], feeds: Iterable[FeedFile], folder: Path) -> Iterator[str]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield f"name: found '{name}' twice, expected another one for each webhook, mail and apprise"
        seen.add(name)
    files: set[Path] = set()
    for feed in feeds:
        path = folder / feed.to
        if path in files:
            yield f"feed: found two that are written to {feed.to}, expected another file for each"
        files.add(path)
