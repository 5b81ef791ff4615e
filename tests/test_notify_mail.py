"""Mail: at a real server, with and without TLS, and at servers that mean harm."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from certificates import Tls, certified
from mail_server import Box, mail_server, raw_mail_server

from scraper.archive import FailureRow
from scraper.notify import Mail
from scraper.notify.digest import payload
from scraper.notify.entry import Entry
from scraper.notify.mail import Posted, mail_of, post

NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)
ENTRY = Entry(
    id="tag:fonds.invalid,2024-03-01:fonds:publisher:00", link="https://example.org/velmora", web="",
    title="Velmora Country Report", summary="stage 9 added", class_="facts", cause="publisher", source="watch",
    country="Velmora", words_changed=2, numbers_changed=1, seq=2, seen_after=None, first_seen=NOW,
)  # fmt: skip
HOSTILE = "Report\r\nBcc: all@example.org\r\n\r\n<script>alert(1)</script> \x1b[31m\u202e"


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    return certified(tmp_path_factory.mktemp("tls"), "mail.example")


def mail(port: int, **values: object) -> Mail:
    usual: dict[str, object] = {
        "name": "newsroom", "host": "mail.example", "port": port, "encryption": "none", "sender": "fonds@example.org",
        "to": ("a@example.org", "b@example.org"), "allow_addresses": (f"127.0.0.1:{port}",),
    }  # fmt: skip
    return Mail(**usual | values)  # type: ignore[arg-type]


def made(target: Mail, *entries: Entry) -> EmailMessage:
    return mail_of(target, "msg_0123", payload(made_at=NOW, title="Watch archive", changes=entries or (ENTRY,)), NOW)


async def here(_: str, __: int) -> tuple[str, ...]:
    return ("127.0.0.1",)


def sent(
    box: Box,
    *,
    client: ssl.SSLContext | None = None,
    starttls: ssl.SSLContext | None = None,
    tls: ssl.SSLContext | None = None,
    password: str = "",
    **values: object,
) -> Posted:
    async def go() -> Posted:
        async with mail_server(box, starttls=starttls, tls=tls) as port:
            target = mail(port, **values)
            return await post(target, password, made(target), resolver=here, tls=client)

    return asyncio.run(go())


def test_a_digest_arrives_as_text_and_html_with_the_heads_that_machines_look_at() -> None:
    box = Box()
    assert sent(box) == Posted(is_taken=True)
    (found,) = box.mails
    assert box.recipients == [["a@example.org", "b@example.org"]]
    assert box.names == ["fonds.invalid"]  # what this machine is called is not told
    assert found["Subject"] == "Watch archive: 1 change"
    assert found["From"] == "fonds <fonds@example.org>"
    assert found["Message-ID"] == "<msg_0123@example.org>"
    assert found["List-Id"] == "<newsroom.fonds.example.org>"
    assert found["Auto-Submitted"] == "auto-generated"
    assert found["Date"] == "Fri, 01 Mar 2024 12:00:00 +0000"
    assert found.get_content_type() == "multipart/alternative"
    text, html = (found.get_body((kind,)) for kind in ("plain", "html"))
    assert text
    assert html
    assert "- Velmora Country Report (watch, Velmora)\n  facts: stage 9 added\n" in text.get_content().replace("\r", "")
    assert '<a href="https://example.org/velmora" rel="noreferrer">Velmora Country Report</a>' in html.get_content()


def test_the_same_digest_is_the_same_mail() -> None:
    assert made(mail(25)).as_bytes() == made(mail(25)).as_bytes()


def test_a_page_can_add_no_head_and_no_recipient() -> None:
    box = Box()
    from scraper.notify.entry import line

    async def go() -> Posted:
        async with mail_server(box) as port:
            target = mail(port)
            entry = replace(ENTRY, title=line(HOSTILE, 200), summary=line(HOSTILE, 200), source=line(HOSTILE, 200))
            failure = FailureRow(
                capture_id=1, url=f"https://example.org/{HOSTILE}", captured_at=NOW, outcome="failed", reason=HOSTILE
            )
            digest = payload(made_at=NOW, title=HOSTILE, changes=[entry], failures=[failure])
            return await post(target, "", mail_of(target, "msg_1", digest, NOW), resolver=here)

    assert asyncio.run(go()).is_taken
    (found,), (raw,) = box.mails, box.raw
    assert found["Bcc"] is None
    assert box.recipients == [["a@example.org", "b@example.org"]]
    assert b"\nBcc:" not in raw
    html, text = (part.get_content() for part in (found.get_body(("html",)), found.get_body(("plain",))) if part)
    assert "<script" not in html
    assert not [sign for sign in text + html if sign in "\x1b\u202e"]


def test_by_starttls_the_mail_goes_encrypted_and_logs_in_after_that(tls: Tls) -> None:
    box = Box(password="right")
    found = sent(
        box, starttls=tls.server, client=tls.client, encryption="starttls", user="fonds", password_env="P",
        password="right",
    )  # fmt: skip
    assert found == Posted(is_taken=True)
    assert (box.encrypted, box.logins) == ([True], [("fonds", "right")])


def test_by_tls_the_connection_is_encrypted_from_the_start(tls: Tls) -> None:
    box = Box()
    assert sent(box, tls=tls.server, client=tls.client, encryption="tls").is_taken
    assert len(box.mails) == 1


def test_without_starttls_on_the_other_side_nothing_is_sent(tls: Tls) -> None:
    box = Box(password="right")
    found = sent(box, client=tls.client, encryption="starttls", user="fonds", password_env="P", password="right")
    assert (found.is_taken, found.problem) == (False, "STARTTLS extension not supported by server.")
    assert (box.mails, box.logins) == ([], [])


@pytest.mark.parametrize("encryption", ["starttls", "tls"])
def test_a_certificate_for_another_name_or_by_nobody_we_trust_ends_it(tls: Tls, encryption: str) -> None:
    way = {"starttls": tls.server} if encryption == "starttls" else {"tls": tls.server}
    for values, client in (({"host": "other.example"}, tls.client), ({}, ssl.create_default_context())):
        box = Box()
        found = sent(box, client=client, encryption=encryption, **way, **values)  # type: ignore[arg-type]
        assert not found.is_taken
        assert found.problem.startswith("no trusted TLS connection")
        assert box.mails == []


def test_a_login_that_is_refused_says_so_without_the_password(tls: Tls) -> None:
    box = Box(password="right")
    found = sent(
        box, starttls=tls.server, client=tls.client, encryption="starttls", user="fonds", password_env="P",
        password="wrong-hunter2",
    )  # fmt: skip
    assert found.problem == "the server refused the login (535)"
    assert box.mails == []
    odd = sent(
        box, starttls=tls.server, client=tls.client, encryption="starttls", user="fonds", password_env="P",
        password="pässword",
    )  # fmt: skip
    assert odd.problem == "found a user or a password with letters beyond ASCII, which the server cannot be told"


def test_who_is_refused_for_now_is_left_and_who_is_refused_for_good_is_told() -> None:
    box = Box(refuses={"a@example.org": "451 try later", "c@example.org": "550 nobody"})
    found = sent(box, to=("a@example.org", "b@example.org", "c@example.org"))
    assert found == Posted(
        is_taken=True,
        problem="refused: a@example.org: 451 try later, c@example.org: 550 nobody",
        left=("a@example.org",),
    )
    assert box.recipients == [["b@example.org"]]
    nobody = sent(Box(refuses={"a@example.org": "451 later", "b@example.org": "550 no"}))
    assert (nobody.is_taken, nobody.left) == (False, ("a@example.org",))


def test_private_addresses_get_nothing_unless_they_are_allowed() -> None:
    box = Box()

    async def go() -> list[Posted]:
        async with mail_server(box) as port:
            names = ("mail.example", "127.0.0.1", "[::ffff:7f00:1]")
            targets = [mail(port, host=name, allow_addresses=()) for name in names]
            return [await post(target, "", made(target), resolver=here) for target in targets]

    for found in asyncio.run(go()):
        assert "is private or reserved; nothing was sent" in found.problem
    assert box.mails == []


Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def _endless(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"220-and so on\r\n" * 100)
        await writer.drain()


async def _silent(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def _dripping(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"220-x\r\n")
        await writer.drain()
        await asyncio.sleep(0.05)


async def _nonsense(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    await writer.drain()


async def _busy(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"421 \x1b[31mbusy\r\n")
    await writer.drain()


async def _gone(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 hello\r\n")
    await writer.drain()


@pytest.mark.parametrize(
    ("serve", "said"),
    [
        (_endless, "Connection unexpectedly closed: over 65,536 bytes of answers"),
        (_silent, "not sent within 0.5 s"),
        (_dripping, "not sent within 0.5 s"),
        (_nonsense, "the server answered -1"),
        (_busy, "the server answered 421 \\x1b[31mbusy"),
        (_gone, "Connection unexpectedly closed"),
    ],
)  # fmt: skip
def test_a_server_that_does_harm_is_left_and_told_of(serve: Serve, said: str) -> None:
    async def go() -> Posted:
        async with raw_mail_server(serve) as port:
            target = mail(port)
            return await post(target, "", made(target), resolver=here, total_s=0.5)

    found = asyncio.run(go())
    assert not found.is_taken
    assert found.problem.startswith(said)


def test_nobody_there_is_told() -> None:
    async def go() -> Posted:
        async with raw_mail_server(_silent) as port:
            target = mail(port)
        return await post(target, "", made(target), resolver=here)

    assert "refused" in asyncio.run(go()).problem


def test_a_name_without_an_address_is_told(tmp_path: Path) -> None:
    async def nowhere(name: str, _: int) -> tuple[str, ...]:
        from scraper.errors import FetchError

        raise FetchError(f"no address found for host '{name}'", url=name, transient=False)

    found = asyncio.run(post(mail(25), "", made(mail(25)), resolver=nowhere))
    assert found.problem == "no address found for host 'mail.example'"
