"""WARC 1.1 (ISO 28500:2017): the exchange of one capture as records, byte for byte as it is kept.

Records are written here and not by warcio, which reads the heads of HTTP and writes its own form of them: then neither
would have the digest that is on record.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from ..archive import Evidence, Head
from ..version import VERSION

_HTTP = "application/http; msgtype="


def warc_of(found: Evidence) -> bytes:
    """The records of a capture: a description, each redirect, the request, the answer. The same bytes each time.

    What came otherwise than over HTTP, or was kept without its exact head, is a resource, with the fields of its heads
    as metadata. Chunks are not kept as they came: a body stands in one piece, whatever its head says of them.
    """
    leaf = json.loads(found.leaves[0].record)
    described = f"software: fonds/{VERSION}\r\nformat: WARC File Format 1.1\r\nconformsTo: {_SPECIFICATION}\r\n"
    records = [_record("warcinfo", leaf, "", described.encode(), {"Content-Type": "application/warc-fields"})]
    records += [
        _record("response", leaf, url, head, {"Content-Type": f"{_HTTP}response", "WARC-Truncated": "unspecified"}, hop)
        for hop, (url, head) in enumerate(found.hops)
        if head
    ]
    return b"".join([*records, *_last(found, leaf)])


_SPECIFICATION = "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"


def _last(found: Evidence, leaf: Mapping[str, Any]) -> Iterator[bytes]:
    """The request and what it came to."""
    url = str(leaf.get("final_url", leaf["url"]))
    body = found.body
    for name, head in (("request", found.request), ("response", found.response)):
        if head.exact and name == "request":
            yield _record(name, leaf, url, head.exact, {"Content-Type": f"{_HTTP}{name}"})
        elif not head.exact and not head.is_empty:
            yield _fields(name, leaf, url, head)
    if found.response.exact:
        more = {"Content-Type": f"{_HTTP}response"}
        if body is not None:
            more["WARC-Payload-Digest"] = _digest(body)
        elif "body" in leaf:
            more["WARC-Truncated"] = "unspecified"  # what was removed
        if leaf["outcome"] == "truncated":
            more["WARC-Truncated"] = "unspecified"
        yield _record("response", leaf, url, found.response.exact + (body or b""), more)
    elif body is not None:
        yield _record(
            "resource", leaf, url, body, {"Content-Type": leaf.get("content_type") or "application/octet-stream"}
        )


def _fields(name: str, leaf: Mapping[str, Any], url: str, head: Head) -> bytes:
    """The fields of a head whose exact bytes are not known, as they are kept."""
    return _record("metadata", leaf, url, head.fields.encode("ascii"), {"Content-Type": "application/json"}, name)


def _record(
    kind: str, leaf: Mapping[str, Any], url: str, block: bytes, fields: Mapping[str, str], part: object = ""
) -> bytes:
    """A record with its header. Its id is made of what is on record, so that it is the same each time."""
    name = f"{leaf['url']} {leaf['captured_at']} {leaf['seq']} {leaf['response_sha256']} {kind} {part}"
    header = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:{uuid5(NAMESPACE_URL, name)}>",
        "WARC-Date": leaf["captured_at"],
        **({"WARC-Target-URI": url} if url else {}),
        **_address(kind, leaf, part),
        "WARC-Block-Digest": _digest(block),
        **fields,
        "Content-Length": str(len(block)),
    }
    lines = "".join(f"{name}: {_one_line(value)}\r\n" for name, value in header.items())
    return f"WARC/1.1\r\n{lines}\r\n".encode() + block + b"\r\n\r\n"


def _address(kind: str, leaf: Mapping[str, Any], part: object) -> dict[str, str]:
    """The server's address, without its port, of the request and the answer to it."""
    address = leaf.get("address", "")
    if kind not in {"request", "response"} or part != "" or not address:
        return {}
    return {"WARC-IP-Address": address.rpartition(":")[0].strip("[]")}


def _one_line(value: str) -> str:
    return " ".join(value.split())


def _digest(data: bytes) -> str:
    """As WARC writers and readers name SHA-256: in base 32."""
    return f"sha256:{base64.b32encode(sha256(data).digest()).decode()}"
