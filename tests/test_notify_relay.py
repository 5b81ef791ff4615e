"""apprise, where it is installed, at a real server; without it one clear line."""

import json
from datetime import UTC, datetime
from importlib.util import find_spec

import pytest
from pytest_httpserver import HTTPServer

from scraper.errors import KeyUnusable, UsageError
from scraper.notify import trial_payload
from scraper.notify.relay import post

PAYLOAD = trial_payload(datetime(2024, 3, 1, tzinfo=UTC), "Watch archive")
is_there = pytest.mark.skipif(not find_spec("apprise"), reason="apprise, the extra notify, is not installed")


@is_there
@pytest.mark.filterwarnings("default")
def test_a_message_goes_through_apprise(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/hook", method="POST").respond_with_json({})
    assert post(f"json://127.0.0.1:{httpserver.port}/hook", PAYLOAD) == ""
    sent = json.loads(httpserver.log[0][0].data)
    assert (sent["title"], sent["message"]) == ("Watch archive: a test", "This is a test: messages come.")


@is_there
@pytest.mark.filterwarnings("default")
def test_what_fails_and_what_is_no_service_is_told_without_the_url(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/hook").respond_with_data("", status=500)
    assert post(f"json://127.0.0.1:{httpserver.port}/hook", PAYLOAD) == "apprise could not send it"
    with pytest.raises(KeyUnusable, match=r"^apprise knows no such URL$"):
        post("nosuch://hunter2", PAYLOAD)


@pytest.mark.skipif(bool(find_spec("apprise")), reason="apprise is installed")
def test_without_apprise_it_says_what_to_install() -> None:
    with pytest.raises(UsageError, match=r"pip install 'fonds\[notify\]'"):
        post("json://127.0.0.1:9/", PAYLOAD)
