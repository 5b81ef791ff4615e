"""notify.toml: what it may hold, and every mistake at once."""

from dataclasses import fields
from pathlib import Path

import pytest

from scraper.errors import NotifyError, UsageError
from scraper.notify import Mail, Relay, Webhook, kind_of, load_notify
from scraper.notify.config import KINDS

PROJECT = Path(__file__).resolve().parents[1]
GOOD = """
title = "Watch archive"
base = "https://archive.example/"

[[feed]]
to = "public/changes.atom"

[[feed]]
to = "public/velmora.json"
country = "Velmora"
limit = 10

[[webhook]]
name = "desk"
url = "https://hooks.example.org/fonds"
secret_env = "DESK_SECRET"
include = ["changes", "failures"]

[[mail]]
name = "newsroom"
host = "mail.example.org"
user = "fonds"
password_file = "mail.key"
sender = "fonds@example.org"
to = ["desk@example.org"]

[[apprise]]
name = "chat"
url_env = "CHAT_URL"
always = true
"""


_OPEN = '[[mail]]\nname="a"\nhost="h"\nsender="a@b"\nto=["a@b"]\nencryption="none"\n'


def write(folder: Path, text: str) -> Path:
    path = folder / "notify.toml"
    path.write_text(text, encoding="utf-8")
    return path


def mistakes(folder: Path, text: str) -> tuple[str, ...]:
    with pytest.raises(NotifyError) as caught:
        load_notify(write(folder, text))
    return caught.value.mistakes


def test_a_good_file_is_what_it_says(tmp_path: Path) -> None:
    found = load_notify(write(tmp_path, GOOD))
    assert found
    assert (found.title, found.base, found.folder) == ("Watch archive", "https://archive.example/", tmp_path)
    assert [(feed.to, feed.country, feed.limit) for feed in found.feeds] == [
        ("public/changes.atom", None, 50),
        ("public/velmora.json", "Velmora", 10),
    ]
    desk, newsroom, chat = found.targets
    assert isinstance(desk, Webhook)
    assert isinstance(newsroom, Mail)
    assert isinstance(chat, Relay)
    assert [kind_of(target) for target in found.targets] == ["webhook", "mail", "apprise"]
    assert (desk.include, desk.always, chat.always) == (("changes", "failures"), False, True)
    assert (newsroom.encryption, newsroom.at) == ("starttls", 587)
    with pytest.raises(UsageError, match=r"no notification 'desc' in .*; there is: desk, newsroom, chat"):
        found.target("desc")


def test_no_file_is_nothing_to_do(tmp_path: Path) -> None:
    assert load_notify(tmp_path / "notify.toml") is None


def test_every_mistake_is_reported_at_once(tmp_path: Path) -> None:
    lines = mistakes(
        tmp_path,
        """
        titel = "x"
        base = "ftp://x/"
        webhook = [5]
        apprise = "all"
        [[feed]]
        limit = 0
        [[feed]]
        to = "a.atom"
        page = "1"
        country = "Velmora"
        [[mail]]
        name = "News Room"
        host = "mail example"
        port = 70000
        encryption = "ssl"
        sender = "Us <us@example.org>"
        to = ["a@example.org", "b@example.org\\nBcc: c@example.org", 7]
        include = []
        """,
    )
    assert [line.partition(":")[0] for line in lines] == [
        "base", "titel", "feed[0].to", "feed[0].limit", "feed[1].country", "webhook[0]", "mail[0].name",
        "mail[0].include", "mail[0].host", "mail[0].port", "mail[0].encryption", "mail[0].sender", "mail[0].to[1]",
        "mail[0].to[2]", "apprise",
    ]  # fmt: skip
    assert "titel: unknown field; did you mean title?" in lines
    assert "feed[0].to: missing, expected the path of the file to write" in lines
    assert all("\n" not in line for line in lines)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[webhook]]\nname="a"\nurl="http://x.org/"\nsecret_env="A"', "webhook[0].url: found http, expected https"),
        ('[[webhook]]\nname="a"\nurl="https://x.org/"', "webhook[0].secret_env: found neither this nor secret_file"),
        (
            '[[webhook]]\nname="a"\nurl="https://example.org/"\nsecret_env="A"\nsecret_file="b"',
            "webhook[0].secret_env: found both this and secret_file",
        ),
        ('[[apprise]]\nname="a"', "apprise[0].url_env: found neither this nor url_file"),
        (
            '[[mail]]\nname="a"\nhost="h"\nsender="a@b"\nto=["a@b"]\nencryption="none"',
            'mail[0].encryption: found "none", expected it only where allow_addresses has h:25',
        ),
        (
            f'{_OPEN}user="u"\npassword_env="P"\nallow_addresses=["h:25"]',
            "mail[0].user: found one with encryption = \"none\"",
        ),
        (
            '[[mail]]\nname="a"\nhost="h"\nsender="a@b"\nto=["a@b"]\npassword_env="P"',
            "mail[0].user: missing, expected whose password it is",
        ),
        (
            '[[webhook]]\nname="a"\nurl="https://x.org/"\nsecret_env="A"\n[[apprise]]\nname="a"\nurl_env="B"',
            "name: found 'a' twice",
        ),
        ('[[feed]]\nto="a.atom"\n[[feed]]\nto="a.atom"\nlimit=3', "feed: found two that are written to a.atom"),
        ('[[feed]]\nto="a.txt"', "feed[0].to: found 'a.txt' and no format, expected a name that ends in .atom, .xml"),
        ("x = [", "not valid TOML"),
    ],
)  # fmt: skip
def test_each_mistake_names_its_place(tmp_path: Path, text: str, said: str) -> None:
    (line,) = mistakes(tmp_path, text)
    assert line.startswith(said)


def test_a_name_that_stands_twice_is_told_beside_other_mistakes(tmp_path: Path) -> None:
    one, two = mistakes(tmp_path, '[[webhook]]\nname="a"\nurl=1\nsecret_env="A"\n[[apprise]]\nname="a"\nurl_env="B"')
    assert one.startswith("webhook[0].url: found 1")
    assert two.startswith("name: found 'a' twice")


def test_a_webhook_without_tls_is_for_an_address_that_is_allowed(tmp_path: Path) -> None:
    text = '[[webhook]]\nname="a"\nurl="http://127.0.0.1:9/x"\nsecret_env="A"\nallow_addresses=["127.0.0.1:9"]'
    assert load_notify(write(tmp_path, text))


def test_a_secret_that_was_written_into_the_file_is_not_shown(tmp_path: Path) -> None:
    written = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw+/"
    (line,) = mistakes(tmp_path, f'[[webhook]]\nname="a"\nurl="https://x.org/"\nsecret_env="{written}"\n')
    expected = "expected the name of an environment variable, never the secret itself"
    assert line == f"webhook[0].secret_env: found something else, {expected}"


def test_every_field_is_in_the_docs() -> None:
    words = (PROJECT / "docs" / "notify.md").read_text(encoding="utf-8")
    named = {(kind, item.name) for kind, table in KINDS.items() for item in fields(table)}
    assert [name for name in sorted(named) if f"`{name[1]}`" not in words] == []
    assert all(f"[[{kind}]]" in words for kind in KINDS)
