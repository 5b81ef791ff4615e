"""Webhooks: a digest by POST, signed after Standard Webhooks 1.0.0 (HMAC-SHA256, "v1")."""

import asyncio
import hmac
import json
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from ..capture import Headers
from ..errors import KeyUnusable
from ..fetch import Manners
from ..fetch.delivery import BOUNDS, Delivery, deliver
from ..fetch.politeness import Sleep
from .config import Webhook

_PREFIX = "whsec_"
_LEAST_BYTES, _MOST_BYTES = 24, 64


def signing_keys(secret: str) -> tuple[bytes, ...]:
    """The keys of *secret*, "whsec_" and base64; of several, a space or a line apart, each signs: so they are rotated.

    Raises KeyUnusable, without a word of it, where it is no such secret.
    """
    keys = []
    for part in secret.split():
        try:
            key = b64decode(part.removeprefix(_PREFIX), validate=True)
        except (Error, ValueError):
            key = b""
        if not part.startswith(_PREFIX) or not _LEAST_BYTES <= len(key) <= _MOST_BYTES:
            form = f"{_PREFIX} and {_LEAST_BYTES} to {_MOST_BYTES} bytes in base64"
            raise KeyUnusable(f"the secret of a webhook is not as expected: {form}")
        keys.append(key)
    return tuple(keys)


def signature(keys: Iterable[bytes], message_id: str, at: int, body: bytes) -> str:
    """The header `webhook-signature` for *body*: one signature by each of *keys*."""
    signed = f"{message_id}.{at}.".encode() + body
    return " ".join(f"v1,{b64encode(hmac.new(key, signed, sha256).digest()).decode()}" for key in keys)


def body_of(payload: Mapping[str, Any]) -> bytes:
    """*payload* as it is sent: the same bytes each time."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


async def post(
    webhook: Webhook,
    secret: str,
    message_id: str,
    payload: Mapping[str, Any],
    *,
    now: Callable[[], datetime],
    sleep: Sleep = asyncio.sleep,
) -> Delivery:
    """What came of sending *payload*. Raises KeyUnusable for a *secret* that is none."""
    keys, body = signing_keys(secret), body_of(payload)

    def headers() -> Headers:
        at = int(now().timestamp())  # of the attempt: receivers refuse old ones, so that nobody can send it again
        return (
            ("Content-Type", "application/json"),
            ("Accept-Encoding", "identity"),
            ("webhook-id", message_id),
            ("webhook-timestamp", str(at)),
            ("webhook-signature", signature(keys, message_id, at, body)),
        )

    manners = Manners(allow_addresses=frozenset(webhook.allow_addresses), bounds=BOUNDS)
    return await deliver(webhook.url, body, headers, manners=manners, now=now, sleep=sleep)
