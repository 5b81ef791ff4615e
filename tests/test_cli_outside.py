import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from authority import Authority
from commands import Result, Run, one_line, runner
from judge import judge
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from scraper.archive import Archive
from scraper.log import Checkpoint, SignedNote, WitnessKey, WitnessRequest, read_public_key

PROJECT = Path(__file__).resolve().parents[1]
REPLY = "application/timestamp-reply"
WORDS = (
    "The report says that the people of the valley were driven out by the army, "
    "and that nobody has let them return to it since, number {}."
)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("clock") / "tsa", chain=True)


@pytest.fixture
def fonds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    for name in ("FONDS_KEY", "FONDS_KEY_PASSPHRASE", "FONDS_TSA"):
        monkeypatch.delenv(name, raising=False)
    return runner(tmp_path, monkeypatch, capsys)


def _made(fonds: Run, name: str, *, captures: int = 1) -> str:
    """An archive with a key and captures; its public key."""
    ran = fonds("--archive", f"{name}.db", "init", "--name", f"example.org/{name}")
    assert ran.code == 0, ran.err
    _import(fonds, name, *range(captures))
    return ran.out.splitlines()[-1].partition("  ")[2]


def _import(fonds: Run, name: str, *numbers: int) -> None:
    for number in numbers:
        Path("page.txt").write_text(WORDS.format(number))
        url = f"https://www.example.org/{number}"
        ran = fonds("--archive", f"{name}.db", "import", "page.txt", "--url", url, "--at", "2024-01-01")
        assert ran.code == 0, ran.err


def _serve(server: HTTPServer, authority: Authority) -> tuple[str, ...]:
    """The options by which the authority is asked over HTTP."""

    def serve(request: Request) -> Response:
        assert (request.method, request.content_type) == ("POST", "application/timestamp-query")
        return Response(authority.answer(request.data), content_type=REPLY)

    server.expect_request("/tsr").respond_with_handler(serve)
    place = f"{server.host}:{server.port}"
    return "--authority", f"http://{place}/tsr", "--allow-address", place


def _told(ran: Result) -> dict[str, str]:
    assert ran.code == 0, ran.err
    return dict(line.split(maxsplit=1) for line in ran.out.splitlines())


# Time ----------------------------------------------------------------------------------------------------------------


def test_an_authority_is_asked_and_what_it_says_is_verified(
    fonds: Run, authority: Authority, httpserver: HTTPServer
) -> None:
    _made(fonds, "first")
    options = _serve(httpserver, authority)
    told = _told(fonds("--archive", "first.db", "timestamp", *options, "--ca", authority.root))
    assert (told["authority"], told["trusted"]) == ("CN=Clock,O=Town hall of Velmora", f"under {authority.root}")
    ran = fonds("--archive", "first.db", "verify", "--ca", authority.root)
    assert ran.code == 0
    assert f"checkpoint {told['checkpoint']} was seen at {told['time']} by CN=Clock" in ran.err
    assert "not checked" not in ran.err.split("was seen at")[1]
    assert "certificates not checked: --ca names its root" in fonds("--archive", "first.db", "verify").err


def test_the_archive_is_not_named_to_the_authority(fonds: Run, authority: Authority, httpserver: HTTPServer) -> None:
    _made(fonds, "first")
    fonds("--archive", "first.db", "timestamp", *_serve(httpserver, authority))
    [(request, _)] = httpserver.log
    assert len(request.data) < 80
    assert b"example" not in request.data


def test_without_a_root_it_is_kept_and_said_to_be_unchecked(
    fonds: Run, authority: Authority, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    _made(fonds, "first")
    _, url, *rest = _serve(httpserver, authority)
    monkeypatch.setenv("FONDS_TSA", url)
    assert _told(fonds("--archive", "first.db", "timestamp", *rest))["trusted"] == "not checked: no --ca was given"


def test_what_is_not_under_the_root_is_not_kept(
    fonds: Run, authority: Authority, httpserver: HTTPServer, tmp_path: Path
) -> None:
    _made(fonds, "first")
    other = Authority(tmp_path / "other")
    ran = fonds("--archive", "first.db", "timestamp", *_serve(httpserver, authority), "--ca", other.root)
    assert "no trusted root" in one_line(ran)
    assert "nothing was kept" in ran.err
    with Archive("first.db") as archive:
        assert archive.witnesses() == []


@pytest.mark.parametrize(
    ("status", "kind", "body", "message"),
    [
        (
            200,
            "text/html",
            b"<h1>Welcome</h1>",
            "found an answer of type 'text/html', expected application/timestamp-reply",
        ),
        (200, REPLY, b"<h1>Welcome</h1>", "DER element"),
        (200, REPLY, b"\x30\x05\x30\x03\x02\x01\x02", "has not granted a token: rejected"),
        (503, REPLY, b"", "the service answered 503"),
        (200, REPLY, bytes(300_000), "over 200,000 bytes"),
    ],
)
def test_what_an_authority_should_not_answer_is_one_line(
    fonds: Run, httpserver: HTTPServer, status: int, kind: str, body: bytes, message: str
) -> None:
    _made(fonds, "first")
    httpserver.expect_request("/tsr").respond_with_data(body, status=status, content_type=kind)
    place = f"{httpserver.host}:{httpserver.port}"
    ran = fonds("--archive", "first.db", "timestamp", "--authority", f"http://{place}/tsr", "--allow-address", place)
    assert message in one_line(ran)


def test_a_private_address_is_refused_as_any_other(fonds: Run, httpserver: HTTPServer) -> None:
    _made(fonds, "first")
    ran = fonds("--archive", "first.db", "timestamp", "--authority", httpserver.url_for("/tsr"))
    assert "is private or reserved; nothing was sent" in one_line(ran)


def test_a_machine_without_a_network_hands_files_over(fonds: Run, authority: Authority) -> None:
    _made(fonds, "first")
    assert fonds("--archive", "first.db", "timestamp", "--request", "q.tsq").code == 0
    _import(fonds, "first", 7)  # the archive goes on meanwhile
    Path("a.tsr").write_bytes(authority.answer(Path("q.tsq").read_bytes()))
    answered = ("timestamp", "--request", "q.tsq", "--response", "a.tsr", "--ca", authority.root)
    told = _told(fonds("--archive", "first.db", *answered))
    again = fonds("--archive", "first.db", *answered)
    assert "this answer is kept already" in again.err
    assert again.out == fonds("--archive", "first.db", *answered).out
    with Archive("first.db") as archive:
        assert [(row.kind, row.size) for row in archive.witnesses()] == [
            ("rfc3161", int(told["checkpoint"])), ("certificates", int(told["checkpoint"])),
        ]  # fmt: skip
        newest = archive.newest_checkpoint()
        assert newest
        assert newest.size > int(told["checkpoint"])


def test_the_next_query_takes_the_place_of_one_that_was_answered(fonds: Run, authority: Authority) -> None:
    _made(fonds, "first")
    run = ("--archive", "first.db", "timestamp", "--request", "q.tsq")
    fonds(*run)
    first = Path("q.tsq").read_bytes()
    Path("a.tsr").write_bytes(authority.answer(first))
    assert "is not replaced" in one_line(fonds(*run))
    assert Path("q.tsq").read_bytes() == first
    assert fonds(*run, "--response", "a.tsr").code == 0
    ran = fonds(*run)  # of the same checkpoint: the answer to the query before is none to this one
    assert ran.code == 0, ran.err
    second = Path("q.tsq").read_bytes()
    assert second != first
    assert "is not replaced" in one_line(fonds(*run))
    Path("q.tsq").write_text("mine")
    assert "is not replaced" in one_line(fonds(*run))
    assert Path("q.tsq").read_text() == "mine"


def test_files_that_do_not_fit_are_one_line(fonds: Run, authority: Authority) -> None:
    _made(fonds, "first")
    _made(fonds, "second", captures=2)
    run = ("--archive", "first.db", "timestamp")
    assert "name a time authority" in one_line(fonds(*run))
    fonds("--archive", "second.db", "timestamp", "--request", "other.tsq")
    fonds(*run, "--request", "q.tsq")
    assert "is not replaced" in one_line(fonds(*run, "--request", "q.tsq"))
    Path("a.tsr").write_bytes(authority.answer(Path("other.tsq").read_bytes()))
    assert "name the query that it answers" in one_line(fonds(*run, "--response", "a.tsr"))
    assert "of something else" in one_line(fonds(*run, "--request", "q.tsq", "--response", "a.tsr"))
    assert "for no checkpoint of this archive" in one_line(fonds(*run, "--request", "other.tsq", "--response", "a.tsr"))
    assert "absent: cannot be read" in one_line(fonds(*run, "--request", "q.tsq", "--response", "absent"))
    assert "a.tsr: found no certificates" in one_line(fonds(*run, "--request", "x", "--ca", "a.tsr"))
    assert "found no query" in one_line(fonds(*run, "--request", "a.tsr", "--response", "a.tsr"))
    Path("README.md").write_text("# Velmora\n" * 99)
    line = one_line(fonds(*run, "--request", "q.tsq", "--response", "README.md"))
    assert "README.md: it is no answer of a time authority (" in line
    assert "README.md: found no query" in one_line(fonds(*run, "--request", "README.md", "--response", "a.tsr"))
    Archive("empty.db", create=True).close()
    assert "nothing is in the log yet" in one_line(fonds("--archive", "empty.db", "timestamp", "--request", "x"))


# Witnesses -----------------------------------------------------------------------------------------------------------


def _shown_query() -> str:
    """How the page tells to get the notes of a fork."""
    page = (PROJECT / "docs" / "evidence.md").read_text(encoding="utf-8")
    return page.partition("```sql\n")[2].partition("```")[0]


def _request(fonds: Run, name: str, since: int) -> str:
    ran = fonds("--archive", f"{name}.db", "checkpoint", "--note", "--since", since)
    assert ran.code == 0, ran.err
    Path("request").write_text(ran.out)
    return ran.out


def _cosign(fonds: Run, *more: object, asked: str = "request") -> Result:
    ran = fonds("--archive", "witness.db", "cosign", asked, *more)
    if ran.code == 0:
        Path("cosigned").write_text(ran.out)
    return ran


def _size(text: str) -> int:
    return int(WitnessRequest.parsed(text).note.split("\n")[1])


def _leaves(kind: str) -> list[dict[str, object]]:
    with Archive("witness.db") as archive:
        rows = archive.db.execute("select record from leaf where kind = ? order by seq", (kind,)).fetchall()
    return [json.loads(record) for (record,) in rows]


@pytest.mark.parametrize("way", ["file", "archive"])
def test_two_archives_vouch_for_each_other_step_by_step(fonds: Run, way: str) -> None:
    first, witness = _made(fonds, "first"), _made(fonds, "witness")
    size = 0
    for number in range(1, 4):
        request = _request(fonds, "first", size)
        asked = "request" if way == "file" else "first.db"
        ran = _cosign(fonds, *(("--public-key", first) if number == 1 else ()), asked=asked)
        assert ran.code == 0, ran.err
        assert ran.out.startswith(WitnessRequest.parsed(request).note)
        assert ran.out.count("—") == 2
        kept = fonds("--archive", "first.db", "cosign", "--add", "cosigned", "--public-key", witness)
        assert (kept.code, kept.out) == (0, "")
        assert f"checkpoint {_size(request)} as example.org/witness saw it at" in kept.err
        size = _size(request)
        assert len(_leaves("witnessed")) == number
        _import(fonds, "first", number)
    ran = fonds("--archive", "first.db", "verify")
    assert ran.code == 0
    assert ran.err.count("by example.org/witness") == 2  # the first and the newest of three
    assert fonds("--archive", "witness.db", "verify").code == 0
    assert "was kept already" in fonds("--archive", "first.db", "cosign", "--add", "cosigned").err


def test_the_judge_of_logs_accepts_the_proof_in_a_request_and_no_other(fonds: Run) -> None:
    theirs = judge()
    _made(fonds, "first", captures=3)
    old = Checkpoint.parsed(SignedNote.parsed(WitnessRequest.parsed(_request(fonds, "first", 0)).note).text)
    _import(fonds, "first", *range(3, 9))
    request = WitnessRequest.parsed(_request(fonds, "first", old.size))
    new = Checkpoint.parsed(SignedNote.parsed(request.note).text)
    assert theirs.verify_consistency(old.size, new.size, request.proof, old.root, new.root)
    assert not theirs.verify_consistency(old.size, new.size, request.proof[:-1], old.root, new.root)
    assert not theirs.verify_consistency(old.size, new.size, request.proof, new.root, new.root)
    assert not theirs.verify_consistency(old.size - 1, new.size, request.proof, old.root, new.root)


def test_the_same_checkpoint_is_cosigned_again_and_is_no_news(fonds: Run) -> None:
    first = _made(fonds, "first")
    _made(fonds, "witness")
    _request(fonds, "first", 0)
    assert _cosign(fonds, "--public-key", first).code == 0
    assert _cosign(fonds).code == 0
    assert len(_leaves("witnessed")) == 1
    Path("note").write_text(fonds("--archive", "first.db", "checkpoint", "--note").out)
    assert _cosign(fonds, asked="note").code == 0


def test_a_log_is_not_known_before_its_key_is_named(fonds: Run) -> None:
    first, second = _made(fonds, "first"), _made(fonds, "second")
    _made(fonds, "witness")
    _request(fonds, "first", 0)
    assert "is not known here; name its public key" in one_line(_cosign(fonds))
    assert "is not signed by key" in one_line(_cosign(fonds, "--public-key", second))
    assert _leaves("witnessed") == []
    Path("key").write_text(first)
    assert _cosign(fonds, "--public-key", "key").code == 0


def test_a_log_that_went_back_is_refused_with_both_sizes(fonds: Run) -> None:
    first = _made(fonds, "first")
    shutil.copy("first.db", "early.db")
    early = _size(_request(fonds, "first", 0))
    _import(fonds, "first", 5, 6)
    late = _size(_request(fonds, "first", 0))
    _made(fonds, "witness")
    assert _cosign(fonds, "--public-key", first).code == 0
    _request(fonds, "early", 0)
    for asked in ("request", "early.db"):
        line = one_line(_cosign(fonds, asked=asked))
        assert f"found a checkpoint of {early} leaves, expected at least {late}" in line
    assert len(_leaves("witnessed")) == 1


@pytest.mark.parametrize("way", ["file", "archive"])
@pytest.mark.parametrize("longer", [0, 1], ids=["as long", "longer"])
def test_two_histories_are_put_on_record_and_not_cosigned(fonds: Run, way: str, longer: int) -> None:
    first = _made(fonds, "first")
    shutil.copy("first.db", "forked.db")
    _import(fonds, "first", 5)
    size = _size(_request(fonds, "first", 0))
    _made(fonds, "witness")
    assert _cosign(fonds, "--public-key", first).code == 0
    _import(fonds, "forked", 6, *range(7, 7 + longer))
    _request(fonds, "forked", size)
    for _ in range(2):
        ran = _cosign(fonds, asked="request" if way == "file" else "forked.db")
        assert (ran.code, ran.out) == (1, "")
        [line] = ran.err.splitlines()
        assert line.endswith("not cosigned, and put on record")
        assert f"{size} leaves" in line
    [fork] = _leaves("fork")
    assert fork["origin"] == "example.org/first"
    assert fork["note"] == WitnessRequest.parsed(Path("request").read_text()).note
    ran = fonds("--archive", "witness.db", "verify", "--format", "json")
    assert ran.code == 0
    [found] = json.loads(ran.out)
    assert (found["check"], found["is_damage"]) == ("witness", False)
    assert found["what"].startswith(
        "another log: two checkpoints of example.org/first that do not go together, in leaf"
    )
    assert f"{size} leaves" in found["what"]
    with closing(sqlite3.connect("witness.db")) as connection:
        rows = connection.execute(_shown_query()).fetchall()
    assert [(row[1], row[2]) for row in rows] == [("witnessed", "example.org/first"), ("fork", "example.org/first")]
    assert rows[1][-1] == fork["note"]
    # What goes on from what was seen is cosigned all the same.
    _import(fonds, "first", 9)
    _request(fonds, "first", size)
    assert _cosign(fonds).code == 0


def test_a_request_from_elsewhere_says_from_where_it_should_be(fonds: Run) -> None:
    first = _made(fonds, "first")
    _made(fonds, "witness")
    size = _size(_request(fonds, "first", 0))
    assert _cosign(fonds, "--public-key", first).code == 0
    _import(fonds, "first", 5)
    _request(fonds, "first", size - 1)
    assert one_line(_cosign(fonds)).endswith(f"fonds checkpoint --since {size}")
    _made(fonds, "other")
    Path("request").write_text(Path("request").read_text())
    ran = fonds("--archive", "other.db", "cosign", "request", "--public-key", first)
    assert "none were seen here; --since 0" in one_line(ran)
    assert "expected at most the" in one_line(fonds("--archive", "first.db", "checkpoint", "--since", "999"))


def test_a_changed_key_of_the_other_archive_must_be_named(fonds: Run) -> None:
    first = _made(fonds, "first")
    _made(fonds, "witness")
    size = _size(_request(fonds, "first", 0))
    assert _cosign(fonds, "--public-key", first).code == 0
    second = fonds("--archive", "first.db", "init", "--rotate").out.splitlines()[-1].partition("  ")[2]
    _request(fonds, "first", size)
    assert "where its owner has another one now" in one_line(_cosign(fonds))
    assert _cosign(fonds, "--public-key", second).code == 0
    assert read_public_key(str(_leaves("witnessed")[-1]["key"])) == read_public_key(second)


def test_a_cosignature_is_kept_for_a_checkpoint_of_ours_by_the_key_named_alone(fonds: Run) -> None:
    first, witness = _made(fonds, "first"), _made(fonds, "witness")
    other = _made(fonds, "other", captures=2)
    _request(fonds, "first", 0)
    _cosign(fonds, "--public-key", first)
    add = ("--archive", "first.db", "cosign", "--add")
    assert "no cosignature by a witness known here" in one_line(fonds(*add, "cosigned"))
    assert "no cosignature by key" in one_line(fonds(*add, "cosigned", "--public-key", other))
    assert "is none of this archive" in one_line(
        fonds("--archive", "other.db", "cosign", "--add", "cosigned", "--public-key", witness)
    )
    text = Path("cosigned").read_text()
    Path("forged").write_text(text[:-8] + ("AAAA" if text[-8:-4] != "AAAA" else "BBBB") + text[-4:])
    assert "does not fit the checkpoint" in one_line(fonds(*add, "forged", "--public-key", witness))
    Path("lines").write_text("".join(line for line in text.splitlines(keepends=True) if "witness" in line))
    Path("key").write_text(WitnessKey.of(read_public_key(witness)).text)
    assert fonds(*add, "lines", "--public-key", "key").code == 0
    assert fonds("--archive", "first.db", "verify").code == 0


def test_what_is_no_checkpoint_and_who_is_no_witness_is_one_line(fonds: Run) -> None:
    _made(fonds, "first")
    cosign = ("--archive", "first.db", "cosign")
    Path("junk").write_bytes(b"\xff\x00")
    Path("words").write_text("no checkpoint at all\n")
    assert "name a checkpoint to cosign" in one_line(fonds(*cosign))
    assert "name a checkpoint to cosign" in one_line(fonds(*cosign, "a", "--add", "b"))
    assert "junk: cannot be read" in one_line(fonds(*cosign, "junk"))
    assert "absent: cannot be read" in one_line(fonds(*cosign, "absent"))
    assert "words: found no checkpoint" in one_line(fonds(*cosign, "words"))
    assert "an archive is no witness of its own" in one_line(fonds(*cosign, "first.db"))
    Archive("empty.db", create=True).close()
    assert "it has no checkpoint yet" in one_line(fonds(*cosign, "empty.db"))
    assert "it has no key to cosign by" in one_line(fonds("--archive", "empty.db", "cosign", "first.db"))


def test_a_copy_of_an_archive_is_no_witness_either(fonds: Run) -> None:
    first = _made(fonds, "first")
    shutil.copy("first.db", "witness.db")
    _request(fonds, "first", 0)
    assert "an archive is no witness of its own" in one_line(_cosign(fonds, "--public-key", first))


def test_an_archive_without_a_key_may_be_dated_and_that_is_said(fonds: Run, authority: Authority) -> None:
    Archive("first.db", create=True).close()
    _import(fonds, "first", 1)
    run = ("--archive", "first.db", "timestamp", "--request", "q.tsq")
    fonds(*run)
    Path("a.tsr").write_bytes(authority.answer(Path("q.tsq").read_bytes()))
    assert "is not signed; fonds init makes a key" in fonds(*run, "--response", "a.tsr").err
    assert fonds("--archive", "first.db", "verify").code == 0


def test_without_the_library_that_is_said_and_the_rest_is_verified(fonds: Run, authority: Authority) -> None:
    _made(fonds, "first")
    run = ("--archive", "first.db", "timestamp", "--request", "q.tsq")
    fonds(*run)
    Path("a.tsr").write_bytes(authority.answer(Path("q.tsq").read_bytes()))
    assert fonds(*run, "--response", "a.tsr").code == 0
    program = "import sys; sys.modules['rfc3161_client'] = None; from scraper.cli import main; main()"
    told = [
        subprocess.run(
            [sys.executable, "-c", program, "--archive", "first.db", *command],
            env=os.environ | {"PYTHONPATH": str(PROJECT)}, capture_output=True, text=True, check=False,
        )
        for command in (["verify"], ["timestamp", "--request", "other.tsq"])
    ]  # fmt: skip
    assert (told[0].returncode, told[1].returncode) == (0, 2)
    assert "not looked at, 1 times: time tokens need the library rfc3161-client" in told[0].stdout
    assert "pip install 'fonds[evidence]'" in told[1].stderr
