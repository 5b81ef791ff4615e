"""Bodies kept: once by their digest, beside an earlier body of the same page where that is shorter, always verified.

The scheme is called zdelta-1: docs/decisions/0009-bodies-by-difference.md.
"""

import sqlite3
from hashlib import sha256

from ...packing import Recipe, find_recipe
from .bases import Node, Origin, base_of, content_of, host_of, keep_copy, keyframe_node, newest, offer
from .frames import packed, unpacked
from .load import MOST_BASE_BYTES
from .recent import Host, Keyframe, Recent
from .row import DamagedBody, Form, id_of, insert

# A difference of more than half of what the body takes alone: that is another page, and a new window begins.
_MOST_SHARE = 0.5
_HOST_SHARE = 0.8  # a page beside its host's keyframe must save a fifth
_LEAST_BASE_BYTES = 64
_CLEARLY_LESS = 12  # a page packed alone is hardly less than this part of its length


def store_body(connection: sqlite3.Connection, data: bytes, digest: str, origin: Origin, recent: Recent) -> int:
    """The number of the body *data* with *digest*, stored now unless it was before.

    Part of the transaction that is open. What came packed is kept so, unless its content can be stored beside an
    earlier body and packed again into the same bytes. Raises DamagedBody where what is stored would not give them back.
    """
    known = id_of(connection, digest)
    if known is not None:
        return known
    if len(data) > MOST_BASE_BYTES or len(origin.content or b"") > MOST_BASE_BYTES:
        return insert(connection, digest, len(data), _as_it_came(data) if origin.coding else alone(data))
    if origin.coding:
        return _store_packed(connection, data, digest, origin, recent)
    host = host_of(connection, origin, recent)
    form = _form(connection, data, origin, host, recent)
    number = insert(connection, digest, len(data), form)
    if form.base_id is None:
        offer(host, origin, Keyframe(number, digest, ""), len(data))
    _remember(recent, host, digest, "", data, is_later=form.codec == "delta")
    return number


# Plain bodies -------------------------------------------------------------------------------------------------------


def _form(connection: sqlite3.Connection, data: bytes, origin: Origin, host: Host, recent: Recent) -> Form:
    beside = _beside_earlier(connection, data, origin, recent)
    if beside and len(beside.data) * _CLEARLY_LESS <= len(data):
        return beside
    first = _first(connection, data, origin, host, recent)
    return beside if beside and len(beside.data) <= _MOST_SHARE * len(first.data) else first


def _first(connection: sqlite3.Connection, data: bytes, origin: Origin, host: Host, recent: Recent) -> Form:
    """The first of a window: beside the keyframe of its host, or alone."""
    beside = _beside_keyframe(connection, data, origin, host, recent)
    if beside is None:
        return alone(data)
    # To pack it alone as well, only to compare, is not worth its time where others of the host were not near.
    if host.share is None or len(beside.data) > _HOST_SHARE * host.share * len(data):
        form = alone(data)
        host.share = len(form.data) / len(data)
        if len(beside.data) > _HOST_SHARE * len(form.data):
            return form
    host.helped()
    keep_copy(connection, host, origin.host)
    return beside


def alone(data: bytes) -> Form:
    """How a body is stored that depends on no other."""
    frame = packed(data)
    if len(frame) >= len(data):
        return _as_it_came(data)
    _verify(data, frame, None)
    return Form(codec="zstd", data=frame)


def _as_it_came(data: bytes) -> Form:
    return Form(codec="raw", data=data)


# Packed bodies ------------------------------------------------------------------------------------------------------


def _store_packed(connection: sqlite3.Connection, data: bytes, digest: str, origin: Origin, recent: Recent) -> int:
    """Keeps what came packed: its content beside another body, with a recipe; else as it came.

    The first body of a page is kept as it came: to pack it again would cost a crawl half as much as all its other work.
    """
    content = origin.content
    if content is None:
        return insert(connection, digest, len(data), _as_it_came(data))
    host = host_of(connection, origin, recent)
    is_new = newest(connection, origin) is None
    if not is_new and host.is_worth_trying(origin.coding):
        beside = _content_beside(connection, content, len(data), origin, host, recent)
        recipe = _recipe(data, content, origin.coding, host) if beside else None
        if beside and recipe:
            content_id = _store_content(connection, content, beside, recent)
            again = Form(codec="again", data=recipe.to_bytes(), base_id=content_id)
            return insert(connection, digest, len(data), again)
    number = insert(connection, digest, len(data), _as_it_came(data))
    if is_new and host.keyframe is None:
        offer(host, origin, Keyframe(number, digest, origin.coding), len(content))
    _remember(recent, host, digest, origin.coding, content, is_later=not is_new)
    return number


def _content_beside(
    connection: sqlite3.Connection, content: bytes, size: int, origin: Origin, host: Host, recent: Recent
) -> Form | None:
    """The *content* beside another body where that is much less than the *size* received."""
    beside = _beside_earlier(connection, content, origin, recent)
    if beside:
        return beside if len(beside.data) <= _MOST_SHARE * size else None
    beside = _beside_keyframe(connection, content, origin, host, recent)
    if beside is None or len(beside.data) > _HOST_SHARE * size:
        return None
    keep_copy(connection, host, origin.host)
    return beside


def _recipe(data: bytes, content: bytes, coding: str, host: Host) -> Recipe | None:
    found = find_recipe(data, content, coding, host.recipes.get(coding))
    if found or coding not in host.recipes:
        host.recipes[coding] = found
    return found


def _store_content(connection: sqlite3.Connection, content: bytes, form: Form, recent: Recent) -> int:
    digest = sha256(content).hexdigest()
    known = id_of(connection, digest)
    if known is not None:
        return known
    recent.stored.put(digest, "", content)
    return insert(connection, digest, len(content), form)


def _remember(recent: Recent, host: Host, digest: str, coding: str, data: bytes, *, is_later: bool) -> None:
    """Keeps at hand what the next body may be stored beside: in a crawl most pages come but once, their hosts often."""
    if is_later or (host.keyframe and host.keyframe.sha256 == digest):
        recent.stored.put(digest, coding, data)


# Bases --------------------------------------------------------------------------------------------------------------


def _beside_earlier(connection: sqlite3.Connection, data: bytes, origin: Origin, recent: Recent) -> Form | None:
    """*data* beside an earlier body of its page, None where there is none or a new window begins."""
    before = newest(connection, origin)
    node = None if before is None else base_of(connection, before)
    return None if node is None else _beside(connection, data, node, "delta", recent)


def _beside_keyframe(
    connection: sqlite3.Connection, data: bytes, origin: Origin, host: Host, recent: Recent
) -> Form | None:
    if not origin.is_markup or host.keyframe is None or not host.has_hope:
        return None
    node = keyframe_node(connection, host.keyframe)
    return None if node is None else _beside(connection, data, node, "host", recent)


def _beside(connection: sqlite3.Connection, data: bytes, node: Node, codec: str, recent: Recent) -> Form | None:
    base = content_of(connection, node, recent)
    if base is None or len(base) < _LEAST_BASE_BYTES:
        return None
    frame = packed(data, base)
    _verify(data, frame, base)
    return Form(codec=codec, data=frame, base_id=node.id, base_coding=node.coding)


def _verify(data: bytes, frame: bytes, base: bytes | None) -> None:
    """Raises DamagedBody unless *frame* gives *data*: compared byte for byte, which is quicker than a digest."""
    if unpacked(frame, len(data), base) != data:
        raise DamagedBody(f"a body of {len(data):,} bytes: compressed bytes do not give back the original")
