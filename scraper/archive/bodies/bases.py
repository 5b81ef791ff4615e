"""Which body another one is stored beside: the earlier ones of its page by their order, or its host's keyframe.

The bodies of a page stand in windows of 81, in the order they were stored. The base of the one at place n, counted from
0, is the one at n with its last digit to the base 3 cleared that is not 0 yet: at most four are decoded before it. The
first of a window stands alone or beside the keyframe of its host (codec "host"), the others beside one of their window
("delta").
"""

import sqlite3
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from .load import MOST_BASE_BYTES, NotMadeHere, RedactedBody, base_content, load_body
from .recent import Host, Keyframe, Recent
from .row import DamagedBody

_RADIX, WINDOW = 3, 81
_MARKUP = ("text/html", "application/xhtml+xml")
_LEAST_KEYFRAME_BYTES = 2048
_MOST_DEPTH = 5
_NODE = "select id, sha256, codec, bytes, base_id, base_coding from body where id = ?"
_WINDOW = """with recursive member (id, depth) as (
        select ?, 0 union all
        select body.id, member.depth + 1 from member join body on body.base_id = member.id and body.codec = 'delta'
        limit 82
    ) select id, depth from member order by id"""
# The newest by number, which is the order they were stored in. A page that moved has none at its new URL: then any
# body of it will do, and the index by time has one.
_NEWEST = (
    """select body_id, content_type, coding, content_sha256 from capture
       where url_key = ? and outcome = ? and body_id is not null order by id desc limit 1""",
    """select body_id, content_type, coding, content_sha256 from capture
       where page_id = ? and outcome = ? and body_id is not null order by order_at desc limit 1""",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a body comes from: by it an earlier body is found that it may be like.

    *content* is the body with its *coding* undone, None where there is no coding, or no whole content.
    """

    url: str
    url_key: str
    page_id: int | None = None
    outcome: str = "fetched"
    content_type: str = ""
    coding: str = ""
    content: bytes | None = None

    @property
    def host(self) -> str:
        """Host and port that answered."""
        return urlsplit(self.url).netloc.lower()

    @property
    def is_markup(self) -> bool:
        """Whether it is a page, which may have its template in common with others of the host."""
        return self.outcome == "fetched" and media_type(self.content_type) in _MARKUP


@dataclass(frozen=True, slots=True)
class Node:
    """A body that another may be stored beside, with the *coding* to undo first."""

    id: int
    sha256: str
    codec: str
    size: int
    base_id: int | None
    base_coding: str
    coding: str = ""


def media_type(content_type: str) -> str:
    """The type without its parameters."""
    return content_type.partition(";")[0].strip().lower()


def newest(connection: sqlite3.Connection, origin: Origin) -> Node | None:
    """The content of the newest body of the page, None where there is none of this type and outcome."""
    for question, value in zip(_NEWEST, (origin.url_key, origin.page_id), strict=True):
        row = None if value is None else connection.execute(question, (value, origin.outcome)).fetchone()
        if row is None:
            continue
        body_id, content_type, coding, content_sha256 = row
        if content_sha256 is None or media_type(content_type) != media_type(origin.content_type):
            return None
        node = _node(connection, body_id, coding)
        if node.codec == "again" and node.base_id is not None:
            return _node(connection, node.base_id, "")
        return node
    return None


def base_of(connection: sqlite3.Connection, node: Node) -> Node | None:
    """What the body after *node* is stored beside, None where a new window begins."""
    first = node
    for _ in range(WINDOW):
        if first.codec != "delta" or first.base_id is None:
            break
        first = _node(connection, first.base_id, first.base_coding)
    members = connection.execute(_WINDOW, (first.id,)).fetchall()
    place = len(members)
    if place >= WINDOW:
        return None
    chosen, depth = members[_base_place(place)]
    if depth >= _MOST_DEPTH:  # a window that was repaired may have lost its order
        return None
    return first if chosen == first.id else _node(connection, chosen, "")


def _base_place(place: int) -> int:
    """*place* with its last digit to the base cleared that is not 0."""
    digit = 1
    while place // digit % _RADIX == 0:
        digit *= _RADIX
    return place - place // digit % _RADIX * digit


def content_of(connection: sqlite3.Connection, node: Node, recent: Recent) -> bytes | None:
    """The bytes that a body is stored beside; None where they cannot be had or are too many."""
    if node.codec == "redacted":  # its bytes may still be at hand
        return None
    data = recent.stored.get(node.sha256, node.coding)
    if data is None and node.size <= MOST_BASE_BYTES:
        try:
            data = base_content(load_body(connection, node.id), node.coding)
        except (DamagedBody, RedactedBody, NotMadeHere):
            return None
        recent.stored.put(node.sha256, node.coding, data)
    return data


def host_of(connection: sqlite3.Connection, origin: Origin, recent: Recent) -> Host:
    """What is known of the host that answered."""
    host = recent.host(origin.host)
    if not host.is_read:
        host.is_read = True
        row = connection.execute(
            """select body.id, body.sha256, body_copy.coding from body_copy join body on body.id = body_copy.body_id
               where host = ? order by body.id desc limit 1""",
            (origin.host,),
        ).fetchone()
        if row:
            host.keyframe, host.is_copied = Keyframe(*row), True
    return host


def keyframe_node(connection: sqlite3.Connection, keyframe: Keyframe) -> Node | None:
    """The keyframe of a host as something to be stored beside, None where it is no longer what it was."""
    node = _node(connection, keyframe.body_id, keyframe.coding)
    return node if node.sha256 == keyframe.sha256 and node.base_id is None else None


def keep_copy(connection: sqlite3.Connection, host: Host, name: str) -> None:
    """Keeps the keyframe of a host twice, as soon as another page depends on it."""
    if host.keyframe is None or host.is_copied:
        return
    connection.execute(
        """insert into body_copy (body_id, host, coding, data) select id, ?, ?, data from body where id = ?
           on conflict do nothing""",
        (name, host.keyframe.coding, host.keyframe.body_id),
    )
    host.is_copied = True


def offer(host: Host, origin: Origin, keyframe: Keyframe, size: int) -> None:
    """Lets a page that stands alone be the keyframe of its host where there is none, or none that helps."""
    if not origin.is_markup or not _LEAST_KEYFRAME_BYTES <= size <= MOST_BASE_BYTES:
        return
    if host.keyframe is None:
        host.keyframe = keyframe
    else:
        host.missed(keyframe)


def _node(connection: sqlite3.Connection, body_id: int, coding: str) -> Node:
    return replace(Node(*connection.execute(_NODE, (body_id,)).fetchone()), coding=coding)
