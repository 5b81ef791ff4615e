"""An archive with captures of all kinds, which others vouch for: for what leaves an archive."""

import gzip
from datetime import timedelta
from pathlib import Path

from authority import Authority
from building import URL, capture, day

from scraper.archive import Archive, WitnessRow
from scraper.capture import Capture, Hop
from scraper.log import Signer, cosigned, time_query

PAGE = b"<p>The report says that the people of the valley were driven out.</p>"
REQUEST = b"GET /reports/velmora HTTP/1.1\r\nHost: example.org\r\n\r\n"
PACKED = gzip.compress(PAGE * 20, 6, mtime=0)
MOVED = b"HTTP/1.1 301 Moved\r\nLocation: /new\r\nContent-Length: 0\r\n\r\n"


def head(*lines: str, status: str = "200 OK") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode()


def _over_http(body: bytes | None, number: int, *lines: str, **fields: object) -> Capture:
    exact = {"request_head": REQUEST, "response_head": head(*lines), "address": "192.0.2.1:443"}
    return capture(body, day(number), **exact | fields)  # type: ignore[arg-type]


def captures() -> dict[str, Capture]:
    """One capture of each kind that is stored in another way, by name, in the order they were made."""
    hops = tuple(Hop(url=f"{URL}/{n}", status=301, location=f"{URL}/{n + 1}", head=MOVED) for n in (1, 2))
    gone = head("Content-Length: 0", status="404 Not Found")
    return {
        "plain": _over_http(PAGE, 1, f"Content-Length: {len(PAGE)}"),
        "packed": _over_http(PACKED, 2, "Content-Encoding: gzip", coding="gzip", decoded=PAGE * 20),
        "moved": _over_http(PAGE, 3, url=f"{URL}/1", final_url=f"{URL}/3", hops=hops),
        "chunked": _over_http(b"10\r\n" + PAGE, 4, "Transfer-Encoding: chunked"),
        "empty": _over_http(b"", 5, "Content-Length: 0"),
        "unchanged": _over_http(None, 6, outcome="not-modified", status=304),
        "missing": _over_http(None, 7, outcome="missing", status=404, response_head=gone, reason="it answered 404"),
        "unheard": capture(
            None, day(8), outcome="failed", status=None, reason="no connection: refused", content_type=""
        ),
        "truncated": _over_http(PAGE[:20], 9, "Content-Length: 69", outcome="truncated", reason="it broke off"),
        "imported": capture(PAGE, day(10), method="import", status=None),
        "by fields": capture(
            PAGE, day(11), request_headers=(("Accept", "*/*"),), response_headers=(("Age", "1"),), method="browser"
        ),
        "accented": _over_http("Aïda said: “no”.".encode(), 12, url=f"{URL}/a%C3%AFda", reason="“odd”, it says"),
    }


def filled(path: Path, signer: Signer | None = None) -> dict[str, int]:
    """Makes an archive with all of them under one checkpoint; their numbers by name."""
    with Archive(path, create=True) as archive:
        if signer:
            archive.adopt_key(signer, day(1))
        numbers = {name: archive.store_capture(one) for name, one in captures().items()}
        archive.checkpoint(day(20))
    return numbers


def vouched(path: Path, authority: Authority, witness: Signer) -> int:
    """Has an authority and a witness vouch for the newest checkpoint, and gives its size."""
    with Archive(path) as archive:
        row = archive.newest_checkpoint()
        assert row
        at = day(20) + timedelta(hours=1)
        answer = authority.answer(time_query(row.note.encode()).encoded)
        seen = cosigned(row.text, witness, at)
        for kind, token in (
            ("rfc3161", answer),
            ("certificates", authority.root.read_bytes()),
            ("cosignature", f"{seen.key.text}\n{seen.line}".encode()),
        ):
            assert archive.add_witness(WitnessRow(size=row.size, kind=kind, token=token, added_at=at))  # type: ignore[arg-type]
        return row.size


def more(path: Path, number: int, signer: Signer | None = None) -> None:
    """One capture more, and a checkpoint over it."""
    with Archive(path, notary=lambda _: signer) as archive:
        archive.store_capture(capture(b"later", day(20 + number), url=f"{URL}/later/{number}"))
        archive.checkpoint(day(20 + number))
