"""What is exported as WARC is read by others as it was received: by warcio and, where it is here, FastWARC."""

import io
from pathlib import Path
from typing import Any

import pytest
from sealed import MOVED, PACKED, PAGE, REQUEST, captures, filled
from warcio.archiveiterator import ArchiveIterator
from warcio.cli import main as warcio

from scraper.archive import Archive
from scraper.exchange import warc_of

KINDS = {
    "plain": ["warcinfo", "request", "response"],
    "packed": ["warcinfo", "request", "response"],
    "moved": ["warcinfo", "response", "response", "request", "response"],
    "chunked": ["warcinfo", "request", "response"],
    "empty": ["warcinfo", "request", "response"],
    "unchanged": ["warcinfo", "request", "response"],
    "missing": ["warcinfo", "request", "response"],
    "unheard": ["warcinfo"],
    "truncated": ["warcinfo", "request", "response"],
    "imported": ["warcinfo", "resource"],
    "by fields": ["warcinfo", "metadata", "metadata", "resource"],
    "accented": ["warcinfo", "request", "response"],
}


@pytest.fixture(scope="module")
def warcs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    path = tmp_path_factory.mktemp("warc") / "a.db"
    numbers = filled(path)
    with Archive(path) as archive:
        found = {name: archive.evidence_of(number, archive.seals_for(1)) for name, number in numbers.items()}
        assert found["plain"] == archive.evidence_of(numbers["plain"], archive.seals_for(1))
    return {name: warc_of(one) for name, one in found.items()}


def _read(data: bytes) -> list[tuple[str, dict[str, str], bytes]]:
    """The records as warcio has them: kind, header, and the whole block."""
    return [
        (record.rec_type, dict(record.rec_headers.headers), record.raw_stream.read())
        for record in ArchiveIterator(io.BytesIO(data), no_record_parse=True)
    ]


@pytest.mark.parametrize("name", KINDS)
def test_each_kind_of_capture_has_the_records_that_it_should(warcs: dict[str, bytes], name: str) -> None:
    records = _read(warcs[name])
    assert [kind for kind, _, _ in records] == KINDS[name]
    assert len({header["WARC-Record-ID"] for _, header, _ in records}) == len(records)
    assert {header["WARC-Date"] for _, header, _ in records} == {records[0][1]["WARC-Date"]}


def test_what_was_sent_and_received_is_there_byte_for_byte(warcs: dict[str, bytes]) -> None:
    made = captures()
    for name, body in (("plain", PAGE), ("packed", PACKED), ("chunked", b"10\r\n" + PAGE), ("unchanged", b"")):
        _, (_, asked, request), (_, header, response) = _read(warcs[name])
        assert request == REQUEST
        assert response == made[name].response_head + body
        assert (header["WARC-IP-Address"], header["Content-Type"]) == (
            "192.0.2.1",
            "application/http; msgtype=response",
        )
        assert asked["WARC-Target-URI"] == header["WARC-Target-URI"] == made[name].url
    blocks = [block for _, _, block in _read(warcs["moved"])]
    assert blocks[1:] == [MOVED, MOVED, REQUEST, made["moved"].response_head + PAGE]
    urls = [header.get("WARC-Target-URI") for _, header, _ in _read(warcs["moved"])]
    assert urls == [None, *(f"https://example.org/reports/velmora/{n}" for n in (1, 2, 3, 3))]


def test_what_did_not_come_whole_says_so(warcs: dict[str, bytes]) -> None:
    assert _read(warcs["truncated"])[-1][1]["WARC-Truncated"] == "unspecified"
    assert "WARC-Truncated" not in _read(warcs["plain"])[-1][1]


def test_what_came_without_heads_is_a_resource(warcs: dict[str, bytes]) -> None:
    _, (_, header, block) = _read(warcs["imported"])
    assert (header["Content-Type"], block) == ("text/html", PAGE)
    _, (_, _, asked), (_, _, answered), (_, _, block) = _read(warcs["by fields"])
    assert (asked, answered, block) == (b'[["Accept", "*/*"]]', b'[["Age", "1"]]', PAGE)


def test_warcio_finds_every_digest_right(warcs: dict[str, bytes], tmp_path: Path) -> None:
    for number, data in enumerate(warcs.values()):
        (tmp_path / f"{number}.warc").write_bytes(data)
    with pytest.raises(SystemExit) as leaving:
        warcio(["check", *(str(path) for path in tmp_path.iterdir())])
    assert leaving.value.code == 0
    (tmp_path / "damaged.warc").write_bytes(warcs["plain"].replace(b"valley", b"Valley"))
    with pytest.raises(SystemExit) as leaving:
        warcio(["check", str(tmp_path / "damaged.warc")])
    assert leaving.value.code == 1


def test_fastwarc_reads_the_same(warcs: dict[str, bytes]) -> None:
    fastwarc: Any = pytest.importorskip("fastwarc.warc")
    for data in warcs.values():
        theirs = [
            (record.headers["WARC-Type"], record.reader.read())
            for record in fastwarc.ArchiveIterator(io.BytesIO(data), parse_http=False)
        ]
        assert theirs == [(kind, block) for kind, _, block in _read(data)]
