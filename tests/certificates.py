"""Certificates by openssl, for servers on 127.0.0.1."""

import hashlib
import shutil
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

_SELF_SIGNED = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"


def openssl(folder: Path, *arguments: str) -> str:
    """What openssl prints where it is run in *folder*; the test is skipped where there is none."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed (make system)")
    return subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


@dataclass(frozen=True)
class Tls:
    """A server with a certificate, the only one that *client* trusts; *digest* is its SHA-256."""

    server: ssl.SSLContext
    client: ssl.SSLContext
    digest: str


def certified(folder: Path, name: str) -> Tls:
    """A certificate for *name*, signed by itself, and a client that trusts it alone."""
    named = ("-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}")
    openssl(folder, *_SELF_SIGNED.split(), *named, "-keyout", "key.pem", "-out", "certificate.pem")
    certificate = folder / "certificate.pem"
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate, folder / "key.pem")
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.load_verify_locations(certificate)
    der = ssl.PEM_cert_to_DER_cert(certificate.read_text())
    return Tls(server=server, client=client, digest=hashlib.sha256(der).hexdigest())
