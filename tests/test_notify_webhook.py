"""Webhooks: signed after Standard Webhooks, at a real server."""

import asyncio
import hmac
import json
from base64 import b64decode, b64encode
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from pytest_httpserver import HTTPServer

from scraper.errors import KeyUnusable
from scraper.notify import Webhook, trial_payload
from scraper.notify.webhook import body_of, post, signature, signing_keys

NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)
SECRET = "whsec_" + b64encode(bytes(range(32))).decode()
OLD = "whsec_" + b64encode(bytes(range(32, 64))).decode()


def verified(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """What a receiver does by the text of the specification."""
    key = b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mine = b64encode(hmac.new(key, signed, sha256).digest()).decode()
    given = [part.partition(",") for part in headers["webhook-signature"].split(" ")]
    return any(version == "v1" and hmac.compare_digest(mine, sign) for version, _, sign in given)


def hook(server: HTTPServer) -> Webhook:
    place = f"{server.host}:{server.port}"
    return Webhook(name="desk", url=server.url_for("/hook"), secret_file="key", allow_addresses=(place,))


def test_the_signature_is_that_of_the_published_vector() -> None:
    keys = signing_keys("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    found = signature(keys, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_receiver_can_verify_what_arrives(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/hook", method="POST").respond_with_data("")
    payload = trial_payload(NOW, "Wächter “archive”")
    found = asyncio.run(post(hook(httpserver), f"{SECRET}\n{OLD}", "msg_1", payload, now=lambda: NOW))
    assert not found.problem
    request = httpserver.log[0][0]
    headers = {name.lower(): value for name, value in request.headers.items()}
    assert verified(SECRET, headers, request.data)
    assert verified(OLD, headers, request.data)  # while a key is rotated both do
    assert not verified(SECRET, headers | {"webhook-id": "msg_2"}, request.data)
    assert not verified(SECRET, headers, request.data + b" ")
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert headers["content-type"] == "application/json"
    assert json.loads(request.data) == payload
    assert request.data == body_of(payload)
    httpserver.check()


def test_each_attempt_has_its_own_time_and_the_same_id(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/hook").respond_with_data("", status=503)
    times = iter([NOW, NOW.replace(minute=5), NOW.replace(minute=10), *[NOW] * 9])
    moments: list[datetime] = []

    def now() -> datetime:
        moments.append(next(times))
        return moments[-1]

    async def sleep(_: float) -> None:
        pass

    asyncio.run(post(hook(httpserver), SECRET, "msg_1", {"type": "x"}, now=now, sleep=sleep))
    requests = [request for request, _ in httpserver.log]
    assert [request.headers["webhook-id"] for request in requests] == ["msg_1"] * 3
    assert len({request.headers["webhook-timestamp"] for request in requests}) > 1
    for request in requests:
        assert verified(SECRET, {name.lower(): value for name, value in request.headers.items()}, request.data)


@pytest.mark.parametrize(
    "secret",
    [
        "hunter2hunter2hunter2hunter2hunter2",
        "whsec_",
        "whsec_!!!!",
        "whsec_" + b64encode(bytes(23)).decode(),
        "whsec_" + b64encode(bytes(65)).decode(),
        f"{SECRET} {b64encode(bytes(32)).decode()}",
    ],
)
def test_a_secret_that_is_none_is_refused_without_a_word_of_it(secret: str) -> None:
    with pytest.raises(KeyUnusable) as caught:
        signing_keys(secret)
    assert str(caught.value) == "the secret of a webhook is not as expected: whsec_ and 24 to 64 bytes in base64"
