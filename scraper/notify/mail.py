"""Mail: a digest as text and HTML, over a server whose address the guard lets through."""

import asyncio
import smtplib
import socket
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from email.utils import format_datetime
from ipaddress import ip_address
from typing import Any, BinaryIO

from ..errors import AddressRefused, FetchError
from ..fetch.delivery import refusal
from ..fetch.guard import Resolve, checked_addresses, in_a_thread_of_its_own, resolve
from .config import Mail
from .digest import as_html, as_text, subject
from .entry import line

_TOTAL_S, _STEP_S = 60.0, 15.0
_MAX_ANSWER_BYTES = 65_536
_OUR_NAME = "fonds.invalid"  # what we call ourselves there; that of this machine is nobody's business
_READY = 220
_PASSING = range(400, 500)


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What came of a mail: whether the server took it for anybody, and what was wrong, "" for nothing.

    *left* are the recipients that it may take it for later.
    """

    is_taken: bool = False
    problem: str = ""
    left: tuple[str, ...] = ()


def mail_of(mail: Mail, message_id: str, payload: Mapping[str, Any], made_at: datetime) -> EmailMessage:
    """The mail that says *payload*: the same each time it is made."""
    domain = mail.sender.rpartition("@")[2]
    made = EmailMessage(policy=POLICY)
    made["From"] = Address(display_name="fonds", addr_spec=mail.sender)
    made["To"] = [Address(addr_spec=address) for address in mail.to]
    made["Subject"] = subject(payload)
    made["Date"] = format_datetime(made_at)
    made["Message-ID"] = f"<{message_id}@{domain}>"
    made["List-Id"] = f"<{mail.name}.fonds.{domain}>"
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answer by a machine
    made["X-Auto-Response-Suppress"] = "All"
    made.set_content(as_text(payload), cte="quoted-printable")
    made.add_alternative(as_html(payload), subtype="html", cte="quoted-printable")
    made.set_boundary(f"=_{message_id}")
    return made


async def post(  # noqa: PLR0913 -- what is sent, to whom, and what tests pass in
    mail: Mail,
    password: str,
    made: EmailMessage,
    *,
    to: tuple[str, ...] = (),
    resolver: Resolve = resolve,
    tls: ssl.SSLContext | None = None,
    total_s: float = _TOTAL_S,
) -> Posted:
    """What came of sending *made* to those of *to*, else all that *mail* names. Nothing the network does is raised."""
    sending = _Sending(mail, password, made, to or mail.to, tls)
    try:
        async with asyncio.timeout(total_s):
            sending.addresses = await checked_addresses(
                mail.host, mail.at, allowed=frozenset(mail.allow_addresses), resolver=resolver
            )
            return await in_a_thread_of_its_own(sending.run)
    except AddressRefused as error:
        return Posted(problem=refusal(error))
    except FetchError as error:
        return Posted(problem=error.message)
    except TimeoutError:
        return Posted(problem=f"not sent within {total_s:g} s")
    except (smtplib.SMTPException, OSError, ValueError) as error:
        return Posted(problem=_said(error))
    finally:
        sending.drop()


class _Sending:
    """One connection to a mail server, in a thread; `drop` ends it from another one."""

    def __init__(
        self, mail: Mail, password: str, made: EmailMessage, to: tuple[str, ...], tls: ssl.SSLContext | None
    ) -> None:
        self.addresses: tuple[str, ...] = ()
        self._mail = mail
        self._password = password
        self._made = made
        self._to = to
        self._tls = tls
        self._client: _Client | None = None

    def run(self) -> Posted:
        mail = self._mail
        tls = (self._tls or ssl.create_default_context()) if mail.encryption != "none" else None
        self._client = _Client(self._connect, tls if mail.encryption == "tls" else None)
        with self._client as client:
            greeting = client.connect(mail.host.strip("[]"), mail.at)
            if greeting[0] != _READY:
                raise smtplib.SMTPConnectError(*greeting)
            if mail.encryption == "starttls":
                client.starttls(context=tls)
            if mail.user:
                client.login(mail.user, self._password)
            try:
                refused = client.send_message(self._made, from_addr=mail.sender, to_addrs=list(self._to))
            except smtplib.SMTPRecipientsRefused as error:
                refused = error.recipients
        later = tuple(sorted(address for address, (code, _) in refused.items() if code in _PASSING))
        is_taken = len(refused) < len(self._to)
        if not refused:
            return Posted(is_taken=is_taken)
        told = ", ".join(f"{address}: {_answer(*answer)}" for address, answer in sorted(refused.items()))
        return Posted(is_taken=is_taken, problem=line(f"refused: {told}", 300), left=later)

    def drop(self) -> None:
        """Ends whatever is under way."""
        stream = self._client.sock if self._client else None
        if stream is not None:
            with suppress(OSError):
                stream.shutdown(socket.SHUT_RDWR)  # which wakes who waits for it; to close it would not

    def _connect(self, _: str, port: int) -> socket.socket:
        failure = OSError("no address")
        for address in self.addresses:
            stream = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
            try:
                stream.settimeout(_STEP_S)
                stream.connect((address, port))
                self._check_peer(stream, address)
            except OSError as error:
                failure = error
                stream.close()
            except BaseException:
                stream.close()
                raise
            else:
                return stream
        raise failure

    def _check_peer(self, stream: socket.socket, address: str) -> None:
        peer = str(stream.getpeername()[0])
        # Some addresses lead elsewhere than they say: 0.0.0.0 to 127.0.0.1.
        if ip_address(peer) != ip_address(address):
            raise AddressRefused(url=self._mail.host, address=peer)


class _Client(smtplib.SMTP):
    """A client over a socket that *connects* gives, by *tls* from the start where given; answers are bounded."""

    def __init__(self, connects: Callable[[str, int], socket.socket], tls: ssl.SSLContext | None) -> None:
        super().__init__(local_hostname=_OUR_NAME, timeout=_STEP_S)
        self._connects = connects
        self._context = tls

    def connect(self, host: str = "localhost", port: int = 0, source_address: Any = None) -> tuple[int, bytes]:
        """As of its base; the host is what a certificate must be for."""
        self._host = host
        return super().connect(host, port, source_address)

    def getreply(self) -> tuple[int, bytes]:
        """As of its base."""
        if self.file is None and self.sock is not None:
            self.file = _Bounded(self.sock.makefile("rb"))
        return super().getreply()

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        stream = self._connects(host, port)
        return self._context.wrap_socket(stream, server_hostname=host) if self._context else stream


class _Bounded:
    """What a server says, up to so many bytes: it may go on for ever with one answer of many lines."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._left = _MAX_ANSWER_BYTES

    def readline(self, size: int) -> bytes:
        found = self._file.readline(size)
        self._left -= len(found)
        if self._left < 0:
            raise OSError(f"over {_MAX_ANSWER_BYTES:,} bytes of answers")
        return found

    def close(self) -> None:
        self._file.close()


def _said(error: Exception) -> str:
    """*error* in one line. What a server says when it refuses a login may hold what it was told: its number alone."""
    match error:
        case smtplib.SMTPAuthenticationError():
            return f"the server refused the login ({error.smtp_code})"
        case smtplib.SMTPSenderRefused():
            return f"the server refused the sender: {_answer(error.smtp_code, error.smtp_error)}"
        case smtplib.SMTPResponseException():
            return f"the server answered {_answer(error.smtp_code, error.smtp_error)}"
        case UnicodeError():
            return "found a user or a password with letters beyond ASCII, which the server cannot be told"
        case ssl.SSLError():
            return line(f"no trusted TLS connection: {error.reason or error}", 300)
        case _:
            return line(str(error) or type(error).__name__, 300)


def _answer(code: int, text: bytes | str) -> str:
    return line(f"{code} {text.decode('utf-8', 'replace') if isinstance(text, bytes) else text}", 200)
