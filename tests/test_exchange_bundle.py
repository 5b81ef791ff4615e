"""A bundle of evidence is whole or not there, is the same each time, and holds without fonds and against forgers."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from base64 import b64decode, b64encode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from authority import Authority
from building import day
from judge import judge
from sealed import PAGE, captures, filled, more, vouched

from scraper.archive import Archive, bodies, leaves
from scraper.errors import UsageError
from scraper.exchange import Known, Line, bundle_of, check, exit_code, write_bundle
from scraper.exchange.verifier import Key, Refused, _records, main, read_bundle, read_checkpoint, read_key
from scraper.log import Checkpoint, Signer, WitnessKey, canonical, leaf_hash, new_key, signed

Files = dict[str, bytes]
PROJECT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def signer() -> Signer:
    return new_key("archive.example/log")


@pytest.fixture(scope="module")
def witness() -> Signer:
    return new_key("witness.example/w")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("clock") / "tsa", chain=True)


@pytest.fixture(scope="module")
def archive(
    tmp_path_factory: pytest.TempPathFactory, signer: Signer, witness: Signer, authority: Authority
) -> tuple[Path, dict[str, int]]:
    """An archive that an authority and a witness vouch for, and what came after."""
    path = tmp_path_factory.mktemp("archive") / "a.db"
    numbers = filled(path, signer)
    vouched(path, authority, witness)
    more(path, 1, signer)
    return path, numbers


def _bundle(path: Path, number: int) -> Files:
    with Archive(path) as archive:
        covered = max(leaf.seq for leaf in archive.log_leaves(number)) + 1
        return bundle_of(archive.evidence_of(number, archive.seals_for(covered)))


@pytest.fixture(scope="module")
def bundles(archive: tuple[Path, dict[str, int]]) -> dict[str, Files]:
    path, numbers = archive
    return {name: _bundle(path, number) for name, number in numbers.items()}


@pytest.fixture(scope="module")
def known(signer: Signer, witness: Signer, authority: Authority) -> Known:
    return Known(keys=(_key(signer),), witnesses=(_key(witness)._replace(kind=4),), roots=authority.root.read_bytes())


@pytest.fixture
def files(bundles: dict[str, Files]) -> Files:
    return dict(bundles["plain"])


def _key(signer: Signer) -> Key:
    return read_key(signer.key.text)


def _wrong(lines: list[Line]) -> str:
    return "; ".join(f"{line.what}: {line.found}" for line in lines if line.state == "WRONG")


# Whole ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", captures())
def test_every_kind_of_capture_makes_a_bundle_that_holds(bundles: dict[str, Files], known: Known, name: str) -> None:
    lines = check(bundles[name], known)
    assert [line for line in lines if line.state != "ok"] == []
    assert exit_code(lines) == 0


def test_it_has_the_newest_checkpoint_and_the_one_that_others_vouch_for(files: Files) -> None:
    first, newest = sorted({int(name.split("/")[0].split("-")[1]) for name in files if "/" in name})
    assert {name.split("/")[1] for name in files if name.startswith(f"checkpoint-{first}/")} == {
        "note.txt", "leaf.tlog-proof", "time-1.tsr", "roots.pem",
    }  # fmt: skip
    assert {name.split("/")[1] for name in files if name.startswith(f"checkpoint-{newest}/")} == {
        "note.txt", "leaf.tlog-proof",
    }  # fmt: skip
    assert files[f"checkpoint-{first}/leaf.tlog-proof"].count("—".encode()) == 2
    assert set(files) - {name for name in files if "/" in name} == {
        "README.txt", "verify.py", "leaf.json", "capture.warc", "public-key.txt", "witness-keys.txt",
    }  # fmt: skip


def test_without_anything_from_outside_it_only_agrees_with_itself(files: Files, known: Known) -> None:
    lines = check(files, Known())
    assert exit_code(lines) == 3
    assert any("only shows that the bundle agrees with itself" in line.found for line in lines)
    assert any("--public-key or --checkpoint" in line.found for line in lines)
    printed = files["checkpoint-17/note.txt"].decode().partition("\n\n")[0]
    for text in (printed, printed.replace("\n", "\r\n"), files["checkpoint-17/note.txt"].decode()):
        lines = check(files, Known(checkpoint=read_checkpoint(text)))
        assert _wrong(lines) == ""
        assert any(line.found == "checkpoint-17 is the one that you gave" for line in lines)


@pytest.mark.parametrize(
    ("origin", "size", "code", "message"),
    [
        ("archive.example/log", 16, 3, "(16) is not in this bundle: ask for fonds export --evidence 3 --checkpoint 16"),
        ("archive.example/log", 1, 3, "(1) was made before this capture and says nothing of it"),
        ("other.example/log", 17, 3, "is of the log other.example/log, and this bundle of archive.example/log"),
        ("archive.example/log", 17, 1, "checkpoint-17 is not the one that you gave"),
    ],
)
def test_a_checkpoint_that_is_not_in_it_is_open_and_one_with_another_root_is_wrong(
    files: Files, known: Known, origin: str, size: int, code: int, message: str
) -> None:
    given = read_checkpoint(Checkpoint(origin=origin, size=size, root=bytes(32)).text)
    number = json.loads(files["leaf.json"])["capture"]
    lines = check(files, known._replace(checkpoint=given))
    assert exit_code(lines) == code
    [line] = [line for line in lines if line.state != "ok"]
    assert message.replace("--evidence 3", f"--evidence {number}") in line.found


def test_a_root_that_is_not_this_authority_s_is_open_and_hides_no_forgery(
    files: Files, known: Known, tmp_path: Path
) -> None:
    other = known._replace(roots=Authority(tmp_path / "other").root.read_bytes())
    lines = check(files, other)
    assert exit_code(lines) == 3
    [line] = [line for line in lines if line.state != "ok"]
    assert "its certificates do not lead to the root that you gave" in line.found
    forged = dict(files)
    _moved_token(forged, {})
    assert "is no token of this checkpoint: message imprint mismatch" in _wrong(check(forged, other))
    _retimed(files, {})
    assert "is no token of this checkpoint" in _wrong(check(files, other))
    files[f"{OLD}/time-1.tsr"] = b"soon"
    assert "is no time token" in _wrong(check(files, other))


def test_the_judge_of_logs_accepts_what_is_in_it(files: Files, signer: Signer) -> None:
    theirs = judge()
    for name in (name for name in files if name.endswith("leaf.tlog-proof")):
        text = theirs.note_verify(files[name.replace("leaf.tlog-proof", "note.txt")], signer.key.text)
        _, size, root = text.split("\n")[:3]
        first, index, *proof = files[name].decode().partition("\n\n")[0].split("\n")
        assert first == "c2sp.org/tlog-proof@v1"
        place, hashes, found = int(index.split()[1]), list(map(b64decode, proof)), theirs.leaf(files["leaf.json"])
        assert theirs.verify_inclusion(found, place, int(size), hashes, b64decode(root))
        assert not theirs.verify_inclusion(theirs.leaf(b"{}"), place, int(size), hashes, b64decode(root))
        assert not theirs.verify_inclusion(found, place + 1, int(size), hashes, b64decode(root))
        with pytest.raises(ValueError, match="does not verify"):
            theirs.note_verify(files[f"{name.partition('/')[0]}/note.txt"].replace(b"\n", b" \n", 1), signer.key.text)


def test_an_archive_that_nobody_signed_says_so(tmp_path: Path) -> None:
    number = filled(tmp_path / "a.db")["plain"]
    files = _bundle(tmp_path / "a.db", number)
    assert "NOT SIGNED" in files["README.txt"].decode()
    assert "public-key.txt" not in files
    lines = check(files, Known())
    assert exit_code(lines) == 3
    assert any("nobody whose key is here has signed it" in line.found for line in lines)


def test_a_witness_of_an_unsigned_checkpoint_is_heard_too(
    tmp_path: Path, authority: Authority, witness: Signer
) -> None:
    number = filled(tmp_path / "a.db")["plain"]
    vouched(tmp_path / "a.db", authority, witness)
    lines = check(_bundle(tmp_path / "a.db", number), Known(witnesses=(_key(witness)._replace(kind=4),)))
    assert _wrong(lines) == ""
    assert any("seen by witness.example/w" in line.found and line.state == "ok" for line in lines)


def test_bytes_that_were_removed_are_said_to_be(
    tmp_path: Path, signer: Signer, known: Known, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.db"
    number = filled(path, signer)["accented"]
    with Archive(path, notary=lambda _: signer) as archive:
        with archive.transaction():
            row = archive.capture(number)
            [(body_id,)] = archive.db.execute("select body_id from capture where id = ?", (number,)).fetchall()
            bodies.redact(archive.db.conn, [body_id])
            leaves.add(archive.db.conn, "redaction", {"reason": "a court", "at": "2024-02-01"}, capture_id=number)
        archive.checkpoint(day(30))
    files = _bundle(path, number)
    assert "REMOVED" in files["README.txt"].decode()
    assert "can hold them against it" in files["README.txt"].decode()
    lines = check(files, known)
    assert _wrong(lines) == ""
    assert exit_code(lines) == 3
    assert any("removed, on record: a court" in line.found for line in lines)
    assert any(str(row.body_sha256)[:16] in line.found and line.state == "OPEN" for line in lines)
    write_bundle(files, tmp_path / "ev", "evidence")
    assert main([str(tmp_path / "ev")]) == 3
    told = " ".join(capsys.readouterr().out.split())
    assert "What this shows: the digest of the bytes was recorded" in told
    assert "The bytes were removed, which is on record" in told
    assert "these bytes were recorded" not in told
    for name in [name for name in files if name.endswith("removal.tlog-proof")]:
        del files[name]
    assert "has the record of the removal" in _wrong(check(files, known))
    del files["removal.json"]
    assert "another digest" in _wrong(check(files, known))


# Forged --------------------------------------------------------------------------------------------------------------

OLD, NEW = "checkpoint-15", "checkpoint-17"


def _flip(name: str, place: int) -> Callable[[Files, dict[str, Files]], None]:
    def forge(files: Files, _: dict[str, Files]) -> None:
        data = bytearray(files[name])
        data[place] ^= 1
        files[name] = bytes(data)

    return forge


def _letter(name: str, place: int) -> Callable[[Files, dict[str, Files]], None]:
    """Puts another letter of base64 in place of one: what it gives is other bytes, and never none."""

    def forge(files: Files, _: dict[str, Files]) -> None:
        data = bytearray(files[name])
        data[place] = ord("B" if data[place] == ord("A") else "A")
        files[name] = bytes(data)

    return forge


def _change(name: str, old: bytes, new: bytes) -> Callable[[Files, dict[str, Files]], None]:
    def forge(files: Files, _: dict[str, Files]) -> None:
        assert old in files[name]
        files[name] = files[name].replace(old, new, 1)

    return forge


def _take(name: str, other: str, theirs: str = "") -> Callable[[Files, dict[str, Files]], None]:
    def forge(files: Files, bundles: dict[str, Files]) -> None:
        files[name] = bundles[other][theirs or name]

    return forge


def _without(name: str) -> Callable[[Files, dict[str, Files]], None]:
    return lambda files, _: files.__delitem__(name)


def _redone(files: Files, _: dict[str, Files]) -> None:
    """All that a forger without the key can do: another body, its digests in record and WARC, a log made for it."""
    body, old = PAGE.replace(b"valley", b"Valley"), sha256(PAGE).hexdigest()
    leaf = json.loads(files["leaf.json"]) | {"seq": 0}
    leaf["body"]["sha256"] = sha256(body).hexdigest()
    assert old not in json.dumps(leaf)
    files["leaf.json"] = canonical(leaf)
    warc = files["capture.warc"].replace(PAGE, body)
    block = warc[warc.index(b"HTTP/1.1 200") : warc.rindex(b"\r\n\r\n")]
    for name, was, now in (("Payload", PAGE, body), ("Block", block.replace(body, PAGE), block)):
        labels = [f"WARC-{name}-Digest: sha256:{b64_32(part)}".encode() for part in (was, now)]
        assert labels[0] in warc
        warc = warc.replace(*labels)
    files["capture.warc"] = warc
    forger = new_key("archive.example/log")
    root = leaf_hash(files["leaf.json"])
    note = signed(Checkpoint(origin="archive.example/log", size=1, root=root).text, forger)
    for name in [name for name in files if name.startswith("checkpoint-")]:
        del files[name]
    files["checkpoint-1/note.txt"] = note.encode()
    files["checkpoint-1/leaf.tlog-proof"] = f"c2sp.org/tlog-proof@v1\nindex 0\n\n{note}".encode()
    files["public-key.txt"] = f"{forger.key.text}\n".encode()


def b64_32(data: bytes) -> str:
    from base64 import b32encode

    return b32encode(sha256(data).digest()).decode()


def _second_body(files: Files, _: dict[str, Files]) -> None:
    """A record more, well formed, that nothing speaks of."""
    warc = files["capture.warc"]
    last = warc[warc.rindex(b"WARC/1.1") :]
    files["capture.warc"] = warc + last


def _padded(files: Files, _: dict[str, Files]) -> None:
    files["leaf.json"] = json.dumps(json.loads(files["leaf.json"])).encode()


def _twice(files: Files, _: dict[str, Files]) -> None:
    files["leaf.json"] = files["leaf.json"].replace(b'{"address"', b'{"address":"192.0.2.9:1","address"', 1)


def _longer_proof(files: Files, _: dict[str, Files]) -> None:
    name = f"{OLD}/leaf.tlog-proof"
    head, blank, note = files[name].partition(b"\n\n")
    files[name] = head + b"\n" + b64encode(bytes(32)) + blank + note


def _removed(files: Files, _: dict[str, Files]) -> None:
    """The body taken out, and a removal that no log has."""
    leaf = json.loads(files["leaf.json"])
    removal = {"v": 1, "seq": 12, "kind": "redaction", "capture": leaf["capture"], "reason": "a court"}
    files["removal.json"] = canonical(removal)
    files["capture.warc"] = _cut_body(files["capture.warc"])


def _cut_body(warc: bytes) -> bytes:
    head = warc[warc.index(b"HTTP/1.1 200") : warc.index(PAGE)]
    block = head + PAGE
    cut = warc.replace(block, head)
    cut = cut.replace(f"sha256:{b64_32(block)}".encode(), f"sha256:{b64_32(head)}".encode())
    cut = cut.replace(f"WARC-Payload-Digest: sha256:{b64_32(PAGE)}\r\n".encode(), b"")
    return cut.replace(
        f"Content-Length: {len(block)}\r\n\r\nHTTP".encode(), f"Content-Length: {len(head)}\r\n\r\nHTTP".encode()
    )


def _rebody(files: Files, _: dict[str, Files]) -> None:
    body = PAGE.replace(b"valley", b"Valley")
    warc = files["capture.warc"]
    block = warc[warc.index(b"HTTP/1.1 200") : warc.rindex(b"\r\n\r\n")]
    for was, now in ((PAGE, body), (block, block.replace(PAGE, body))):
        warc = warc.replace(b64_32(was).encode(), b64_32(now).encode())
    files["capture.warc"] = warc.replace(PAGE, body)


def _resigned(files: Files, _: dict[str, Files]) -> None:
    old = files[f"{NEW}/note.txt"]
    text, blank, line = old.decode().rpartition("\n\n")
    forged = new_key("archive.example/log").sign(f"{text}\n".encode())
    token = b64decode(line.split()[2])[:4] + forged
    note = f"{text}{blank}— archive.example/log {b64encode(token).decode()}\n".encode()
    files[f"{NEW}/note.txt"] = note
    files[f"{NEW}/leaf.tlog-proof"] = files[f"{NEW}/leaf.tlog-proof"].replace(old, note)


def _retimed(files: Files, _: dict[str, Files]) -> None:
    """The year in the token's time: GeneralizedTime of twenty-something."""
    name = f"{OLD}/time-1.tsr"
    place = files[name].index(b"\x18\x0f20") + 5
    data = bytearray(files[name])
    data[place] = data[place] ^ 1
    files[name] = bytes(data)


def _cut(files: Files, _: dict[str, Files]) -> None:
    files["capture.warc"] = files["capture.warc"][:-5]


def _bodiless(files: Files, _: dict[str, Files]) -> None:
    files["capture.warc"] = _cut_body(files["capture.warc"])


def _no_checkpoint(files: Files, _: dict[str, Files]) -> None:
    for name in [name for name in files if name.startswith("checkpoint")]:
        del files[name]


def _moved_token(files: Files, _: dict[str, Files]) -> None:
    files[f"{NEW}/time-1.tsr"] = files[f"{OLD}/time-1.tsr"]


def _no_token(files: Files, _: dict[str, Files]) -> None:
    files[f"{OLD}/time-1.tsr"] = b"soon"


def _no_object(files: Files, _: dict[str, Files]) -> None:
    files["leaf.json"] = b"[]"


WARC, LEAF, PROOF, NOTE = "capture.warc", "leaf.json", f"{OLD}/leaf.tlog-proof", f"{OLD}/note.txt"
FORGERIES: dict[str, tuple[Callable[[Files, dict[str, Files]], None], str]] = {
    "a bit of the body": (_flip(WARC, -20), "a response has another digest than its header says"),
    "a body and its WARC digests": (_rebody, "capture.warc: the body has another digest than the leaf says"),
    "a bit of the request": (_change(WARC, b"GET /reports", b"GET /Reports"), "a request has another digest"),
    "a head": (_change(WARC, b"HTTP/1.1 200 OK", b"HTTP/1.1 203 OK"), "a response has another digest"),
    "a date in the WARC": (_change(WARC, b"WARC-Date: 2024", b"WARC-Date: 2023"), "a warcinfo is dated 2023"),
    "a URL in the WARC": (_change(WARC, b"URI: https://e", b"URI: https://f"), "is of https://fxample.org"),
    "an address in the WARC": (_change(WARC, b"192.0.2.1", b"192.0.2.2"), "names the address 192.0.2.2"),
    "a WARC that was cut": (_cut, "was cut short"),
    "the WARC of another capture": (_take(WARC, "packed"), "capture.warc: "),
    "a record more": (_second_body, "has a response that the leaf does not speak of"),
    "no body": (_bodiless, "another digest than the leaf says"),
    "no body, and a removal": (_removed, "has the record of the removal"),
    "a field of the leaf": (
        _change(LEAF, b'"status":200', b'"status":201'),
        "does not lead from leaf.json to the root",
    ),
    "a time of the leaf": (_change(LEAF, b"2024-01-01", b"2023-01-01"), "and the leaf says 2023"),
    "a leaf in another form": (_padded, "not in its canonical form"),
    "a name twice in the leaf": (_twice, "a name stands twice in it"),
    "the leaf of another capture": (_take(LEAF, "packed"), "capture.warc: "),
    "a leaf of another kind": (_change(LEAF, b'"kind":"capture"', b'"kind":"release"'), "expected that of a capture"),
    "a leaf that is no object": (_no_object, "leaf.json: it is no record"),
    "a leaf with another shape": (_change(LEAF, b'"body":{', b'"hops":[7],"body":{'), "not in its canonical form"),
    "a hash of the proof": (_flip(PROOF, 40), f"{OLD}: "),
    "the index of the proof": (_change(PROOF, b"index 2", b"index 3"), "is for index 3"),
    "a proof that is too long": (_longer_proof, "does not lead from leaf.json to the root"),
    "the proof of another capture": (_take(PROOF, "packed"), "is for index 3"),
    "the root": (_flip(NOTE, 30), f"{OLD}: "),
    "the size": (_change(NOTE, b"\n15\n", b"\n16\n"), "it is one of 16 leaves"),
    "the note of another checkpoint": (_take(NOTE, "plain", f"{NEW}/note.txt"), "it is one of 17 leaves"),
    "the name of the log": (_change(NOTE, b"archive", b"Archive"), "under another checkpoint than note.txt"),
    "a signature": (_flip(f"{NEW}/note.txt", -12), f"{NEW}: "),
    "a signature, in both files": (_resigned, "does not fit the checkpoint"),
    "a cosignature": (_letter(PROOF, -30), "the cosignature of witness.example/w does not fit"),
    "a token of another checkpoint": (_moved_token, "no token of this checkpoint"),
    "a bit of the token's time": (_retimed, "no token of this checkpoint"),
    "no token at all": (_no_token, "it is no time token"),
    "no leaf": (_without(LEAF), "leaf.json is missing"),
    "no WARC": (_without(WARC), "capture.warc is missing"),
    "no proof": (_without(f"{NEW}/leaf.tlog-proof"), "leaf.tlog-proof is missing"),
    "no checkpoint": (_no_checkpoint, "there is none"),
    "everything, by another key": (_redone, "none is signed by the key of archive.example/log that you gave"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_bundle_is_refused_and_the_thing_named(
    files: Files, bundles: dict[str, Files], known: Known, name: str
) -> None:
    forge, message = FORGERIES[name]
    forge(files, bundles)
    lines = check(files, known)
    assert exit_code(lines) == 1
    assert message in _wrong(lines)


def test_a_log_made_anew_agrees_with_itself_and_says_so(files: Files) -> None:
    """Without the key from elsewhere nobody can tell; what is printed must not sound as if they could."""
    _redone(files, {})
    lines = check(files, Known())
    assert exit_code(lines) == 3
    assert any("only shows that the bundle agrees with itself" in line.found for line in lines)


def test_every_flipped_bit_of_what_is_signed_is_refused(files: Files, known: Known) -> None:
    """Of leaf, notes, proofs and WARC. A line of nobody known is not heard; what no leaf has in a header may change."""
    light = {name: content for name, content in files.items() if not name.endswith(".tsr")}
    whole = check(light, known)
    blocks = [record.block for record in _records(files["capture.warc"])]
    for name in [name for name in files if name.endswith(("leaf.json", "note.txt", "tlog-proof", "warc"))]:
        for place in range(0, len(files[name]) * 8, 57):
            flipped = bytearray(files[name])
            flipped[place // 8] ^= 1 << place % 8
            lines = check(light | {name: bytes(flipped)}, known)
            is_refused = exit_code(lines) == 1 or len(lines) < len(whole)
            assert is_refused or [record.block for record in _records(bytes(flipped))] == blocks, f"{name} {place}"


# By itself -----------------------------------------------------------------------------------------------------------


def _alone(
    folder: Path, *arguments: str, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """verify.py as somebody runs it who has a Python and nothing else."""
    return subprocess.run(
        [sys.executable, "-I", "-S", "verify.py", *arguments],
        cwd=folder, env=environment or {"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_verifier_runs_with_nothing_but_python(
    files: Files, tmp_path: Path, signer: Signer, witness: Signer, authority: Authority
) -> None:
    write_bundle(files, tmp_path / "ev", "evidence")
    shutil.copy(authority.root, tmp_path / "root.pem")
    (tmp_path / "key").write_text(signer.key.text)
    ran = _alone(tmp_path / "ev")
    assert (ran.returncode, ran.stderr) == (3, "")
    assert "does NOT show: that the site sent these bytes" in ran.stdout
    given = ("--public-key", "../key", "--witness", WitnessKey.of(witness.key).text, "--ca", "../root.pem")
    ran = _alone(tmp_path / "ev", *given)
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
    assert "OPEN" not in ran.stdout
    (tmp_path / "ev" / "capture.warc").write_bytes(files["capture.warc"].replace(b"valley", b"Valley"))
    ran = _alone(tmp_path / "ev", *given)
    assert ran.returncode == 1
    assert "WRONG  capture.warc: a response has another digest than its header says" in ran.stdout
    assert "This bundle shows nothing" in ran.stdout


def test_without_openssl_the_token_is_left_open(files: Files, tmp_path: Path, signer: Signer) -> None:
    write_bundle(files, tmp_path / "ev", "evidence")
    ran = _alone(tmp_path / "ev", "--public-key", signer.key.text, environment={"PATH": str(tmp_path)})
    assert ran.returncode == 3
    assert "time-1.tsr: not checked: there is no openssl here" in ran.stdout


def test_a_zip_file_is_read_as_it_is_and_packed_anew(files: Files, tmp_path: Path, signer: Signer) -> None:
    write_bundle(files, tmp_path / "ev.zip", "evidence-1")
    assert read_bundle(tmp_path / "ev.zip") == files
    with zipfile.ZipFile(tmp_path / "flat.zip", "w", zipfile.ZIP_DEFLATED) as flat:
        for name, content in files.items():
            flat.writestr(name, content)
    assert read_bundle(tmp_path / "flat.zip") == files
    shutil.copy(PROJECT / "scraper" / "exchange" / "verifier.py", tmp_path / "verify.py")
    assert _alone(tmp_path, "ev.zip", "--public-key", signer.key.text).returncode == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("absent",), "absent: found no such file, expected a bundle: its folder or its zip file"),
        (("verify.py",), "neither a folder nor a zip file"),
        ((".", "--public-key", "a+b+c"), "found 'a+b+c', expected a public key such as example.org/log+"),
        ((".", "--public-key", "absent"), "found 'absent', expected a public key such as example.org/log+"),
        ((".", "--public-key", "README.txt"), "found 'README.txt', expected a public key"),
        ((".", "--witness", "absent"), "found 'absent', expected a public key"),
        ((".", "--ca", "absent"), "absent: No such file or directory; expected the root of a time authority, in PEM"),
        ((".", "--ca", "README.txt"), "README.txt: found no certificate, expected the root of a time authority"),
        ((".", "--checkpoint", "absent"), "absent: No such file or directory; expected the lines of a checkpoint"),
        ((".", "--checkpoint", "README.txt"), "expected the lines of a checkpoint"),
    ],
)
def test_what_cannot_be_looked_at_is_one_line(
    files: Files, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    write_bundle(files, tmp_path / "ev", "evidence")
    ran = _alone(tmp_path / "ev", *arguments)
    assert (ran.returncode, ran.stdout) == (2, "")
    [line] = ran.stderr.splitlines()
    assert message in line


def test_a_file_that_is_no_part_of_it_is_said(files: Files, known: Known) -> None:
    assert exit_code(check(files | {"notes.txt": b"mine", "checkpoint-9/more": b""}, known)) == 3


def test_bombs_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("a", bytes(201_000_000))
    with pytest.raises(Refused, match="more in that file than any bundle holds"):
        read_bundle(tmp_path / "bomb.zip")
    with zipfile.ZipFile(tmp_path / "twice.zip", "w") as twice, pytest.warns(UserWarning, match="Duplicate"):
        for _ in range(2):
            twice.writestr("leaf.json", b"")
    with pytest.raises(Refused, match="a name stands twice"):
        read_bundle(tmp_path / "twice.zip")


def test_the_verifier_is_for_python_3_9_and_imports_nothing_but_its_library() -> None:
    import ast

    tree = ast.parse(
        (PROJECT / "scraper" / "exchange" / "verifier.py").read_text(encoding="utf-8"), feature_version=(3, 9)
    )
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


# Written -------------------------------------------------------------------------------------------------------------


def test_the_same_archive_gives_the_same_bytes(
    archive: tuple[Path, dict[str, int]], files: Files, tmp_path: Path
) -> None:
    path, numbers = archive
    copy = Path(shutil.copy(path, tmp_path / "copy.db"))
    assert _bundle(copy, numbers["plain"]) == files
    for name in ("one.zip", "two.zip"):
        write_bundle(files, tmp_path / name, "evidence-1")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


@pytest.mark.parametrize("name", ["ev", "ev.zip"])
def test_nothing_is_ever_replaced(files: Files, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(UsageError, match="there is something already"):
        write_bundle(files, tmp_path / name, "evidence")
    assert (tmp_path / name).read_text() == "mine"
    assert list(tmp_path.iterdir()) == [tmp_path / name]


def test_where_nothing_can_be_written_nothing_is(files: Files, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        write_bundle(files, tmp_path / "file" / "ev", "evidence")


_KILLED = """
import os, signal, sys
from pathlib import Path
from scraper.exchange import write_bundle
from scraper.exchange.verifier import read_bundle

files = read_bundle(Path(sys.argv[1]))
sync = os.fsync

def at(number):
    def fsync(handle):
        nonlocal number
        number -= 1
        if not number:
            os.kill(os.getpid(), signal.SIGKILL)
        sync(handle)
    return fsync

for name in ("ev", "ev.zip"):
    for number in range(1, 99):
        to = Path(sys.argv[2], str(number), name)
        child = os.fork()
        if not child:
            os.fsync = at(number)
            write_bundle(files, to, "evidence")
            os._exit(0)
        _, status = os.waitpid(child, 0)
        assert not to.exists() or read_bundle(to) == files, (name, number)
        if not status:
            print(name, number)
            break
        write_bundle(files, Path(f"{to}.again"), "evidence")
"""


def test_a_bundle_is_whole_or_not_there_whenever_it_is_killed(files: Files, tmp_path: Path) -> None:
    write_bundle(files, tmp_path / "ev", "evidence")
    ran = subprocess.run(
        [sys.executable, "-c", _KILLED, tmp_path / "ev", tmp_path / "killed"], capture_output=True, text=True,
        env=os.environ | {"PYTHONPATH": str(PROJECT)}, check=False,
    )  # fmt: skip
    assert ran.stderr == ""
    points = {name: int(number) for name, number in map(str.split, ran.stdout.splitlines())}
    assert points["ev"] > len(files)
    assert points["ev.zip"] > 2


def test_a_key_that_was_changed_since_is_given_beside_the_new_one(
    tmp_path: Path, signer: Signer, witness: Signer, authority: Authority
) -> None:
    path, second = tmp_path / "a.db", new_key(signer.key.name)
    number = filled(path, signer)["plain"]
    vouched(path, authority, witness)
    with Archive(path) as archive:
        archive.adopt_key(second, day(30), old=signer)
        archive.checkpoint(day(30))
    files = _bundle(path, number)
    assert files["public-key.txt"].decode().splitlines() == [signer.key.text, second.key.text]
    new_alone, both = (_key(second),), (_key(signer), _key(second))
    outside = Known(witnesses=(_key(witness)._replace(kind=4),), roots=authority.root.read_bytes())
    lines = check(files, outside._replace(keys=new_alone))
    assert exit_code(lines) == 3
    assert any("with the key in the bundle: not the one given" in line.found for line in lines)
    assert exit_code(check(files, outside._replace(keys=both))) == 0
