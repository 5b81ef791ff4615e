"""What is damaged is found, named with the captures it takes with it and no others, and put right where it can be."""

import gzip
import random
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from building import capture, old_archive
from test_archive_bodies import codecs, coded, edited, prose

from scraper import packing
from scraper.archive import Archive
from scraper.archive.bodies import Damage, DamagedBody, check, load_body, redact, repair
from scraper.archive.bodies.frames import packed
from scraper.archive.bodies.row import Form, rewrite, row_of
from scraper.errors import ArchiveError
from scraper.packing import Recipe

PAGES, VERSIONS = 3, 12


def _fill(archive: Archive) -> dict[int, bytes]:
    """Pages of one host with some versions each, one of them packed; what was received, by capture."""
    template = prose(0)
    received = {}
    for version in range(VERSIONS):
        for page in range(PAGES):
            content = edited(template + prose(page + 1, 60), version)
            url = f"https://example.org/{page}"
            made = coded(content, url=url) if page == 2 else capture(content, url=url)
            received[archive.store_capture(made)] = made.body or b""
    received[archive.store_capture(capture(template, url="https://example.org/same"))] = template
    received[archive.store_capture(capture(template, url="https://example.org/too"))] = template
    return received


@pytest.fixture
def received() -> dict[int, bytes]:
    return {}


@pytest.fixture
def archive(tmp_path: Path, received: dict[int, bytes]) -> Iterator[Archive]:
    with Archive(tmp_path / "a.db", create=True) as archive:
        received |= _fill(archive)
        yield archive


def _connection(archive: Archive) -> sqlite3.Connection:
    return archive.db.conn


def _check(archive: Archive) -> list[Damage]:
    return list(check(_connection(archive)))


def _spoil(archive: Archive, body_id: int, change: str, table: str = "body") -> None:
    """Alters a row past all guards, as a fault of the disk does."""
    key = "id" if table == "body" else "body_id"
    with archive.transaction():
        guard = archive.db.execute("select sql from sqlite_master where name = 'body_no_update'").fetchone()[0]
        archive.db.execute("drop trigger body_no_update")
        archive.db.execute("pragma ignore_check_constraints = on")
        archive.db.execute(f"update {table} set {change} where {key} = ?", (body_id,))  # noqa: S608
        archive.db.execute("pragma ignore_check_constraints = off")
        archive.db.execute(guard)


def _unreadable(archive: Archive, received: dict[int, bytes]) -> tuple[int, ...]:
    """The captures whose bytes cannot be had as they were received."""
    lost = []
    for number, data in received.items():
        try:
            assert archive.received(number) == data
        except ArchiveError:
            lost.append(number)
    return tuple(lost)


def _flipped(archive: Archive, body_id: int, bit: int) -> str:
    [data] = archive.db.execute("select data from body where id = ?", (body_id,)).fetchone()
    spoilt = bytearray(data)
    spoilt[bit // 8 % len(data)] ^= 1 << bit % 8
    return f"data = x'{spoilt.hex()}'"


def _with(archive: Archive, where: str) -> int:
    return int(archive.db.execute(f"select id from body where {where} order by id limit 1").fetchone()[0])  # noqa: S608


def test_nothing_is_said_of_what_is_whole(archive: Archive, received: dict[int, bytes]) -> None:
    assert set(codecs(archive)) == {"raw", "zstd", "delta", "host", "again"}
    assert _check(archive) == []
    assert _unreadable(archive, received) == ()


def test_bodies_of_an_archive_of_an_older_fonds_are_whole(tmp_path: Path) -> None:
    for version in (1, 2, 3):
        with Archive(old_archive(tmp_path / f"{version}.db", version)) as archive:
            assert _check(archive) == []


@pytest.mark.parametrize("seed", range(40))
def test_any_flipped_bit_is_found_and_names_exactly_the_captures_that_cannot_be_read(
    archive: Archive, received: dict[int, bytes], seed: int
) -> None:
    chance = random.Random(seed)
    body_id = chance.randrange(archive.db["body"].count) + 1
    own = tuple(
        number
        for number in received
        if archive.capture(number).body_sha256 == row_of(_connection(archive), body_id).sha256
    )
    _spoil(archive, body_id, _flipped(archive, body_id, chance.randrange(10**6)))
    [damage] = _check(archive)
    assert damage.body_id == body_id
    lost = _unreadable(archive, received)
    assert damage.captures == (lost if damage.is_lost else own)
    assert damage.is_lost == bool(lost)


@pytest.mark.parametrize(
    "change",
    [
        "sha256 = replace(sha256, substr(sha256, 1, 1), 'x')", "bytes = bytes + 1", "codec = 'zsud'", "codec = 'raw'",
        "base_coding = 'gzhp'", "seal = seal + 1", "data = cast('text' as blob)", "base_id = 1", "base_id = id",
    ],
)  # fmt: skip
@pytest.mark.parametrize("codec", ["delta", "host", "again"])
def test_any_value_of_a_row_that_is_altered_is_found(archive: Archive, codec: str, change: str) -> None:
    number = archive.db.execute("select max(id) from body where codec = ?", (codec,)).fetchone()[0]
    if change == "base_id = 1" and codec == "host":
        change = "base_id = 2"
    _spoil(archive, number, change)
    assert number in {damage.body_id for damage in _check(archive)}


def test_a_damaged_body_is_told_of_once_with_all_it_takes_with_it(archive: Archive, received: dict[int, bytes]) -> None:
    first = _with(archive, "codec = 'host'")
    _spoil(archive, first, "data = x'00'")
    [damage] = _check(archive)
    assert (damage.body_id, damage.is_lost) == (first, True)
    assert damage.captures == _unreadable(archive, received) == tuple(range(2, 3 * VERSIONS, 3))
    with pytest.raises(ArchiveError, match=rf"capture 5: body [0-9a-f]{{16}}: body {damage.sha256[:16]}, which it is"):
        archive.received(5)


def test_bases_that_go_on_and_on_are_followed_so_far_and_no_further(tmp_path: Path) -> None:
    received = {}
    with Archive(tmp_path / "deep.db", create=True) as archive:
        for number in range(14):
            content = edited(prose(0), number)
            received[archive.store_capture(capture(content, url=f"https://{number}.example.org/"))] = content
        connection = _connection(archive)
        with archive.transaction():
            for number in range(2, 15):
                form = Form(codec="delta", data=packed(received[number], received[number - 1]), base_id=number - 1)
                rewrite(connection, row_of(connection, number), form)
        [damage] = _check(archive)
        assert "over 8 bodies, each stored beside the next" in damage.what
        assert damage.captures == tuple(range(10, 15))
        assert load_body(connection, 9) == received[9]
        for number in damage.captures:
            with pytest.raises(DamagedBody, match="over 8 bodies"):
                load_body(connection, number)


def test_some_bodies_alone_are_looked_at_with_what_they_lean_on(archive: Archive) -> None:
    first = _with(archive, "codec = 'host'")
    _spoil(archive, first, "data = x'00'")
    leaning = _with(archive, f"base_id = {first}")
    [damage] = check(_connection(archive), [leaning])
    assert (damage.body_id, damage.captures) == (first, (2, 5))
    assert list(check(_connection(archive), [1])) == []


def test_the_second_copy_of_a_hosts_keyframe_stands_in_for_it(archive: Archive, received: dict[int, bytes]) -> None:
    _spoil(archive, 1, "data = x'00'")
    assert _unreadable(archive, received) == ()
    [damage] = _check(archive)
    assert (damage.body_id, damage.captures, damage.is_lost) == (1, (1,), False)
    assert "its second copy is whole" in damage.what
    with archive.transaction():
        assert repair(_connection(archive), [damage]).mended == (1,)
    assert _check(archive) == []


def test_a_damaged_second_copy_is_made_anew(archive: Archive) -> None:
    _spoil(archive, 1, "data = x'00'", table="body_copy")
    [damage] = _check(archive)
    assert (damage.body_id, damage.is_lost, damage.what) == (1, False, "its second copy is damaged")
    with archive.transaction():
        repair(_connection(archive), [damage])
    assert _check(archive) == []


def test_what_is_lost_comes_back_from_another_archive(
    archive: Archive, received: dict[int, bytes], tmp_path: Path
) -> None:
    with Archive(tmp_path / "other.db", create=True) as other:
        _fill(other)
        for body_id in (
            1,
            _with(archive, "codec = 'host'"),
            _with(archive, "codec = 'delta'"),
            _with(archive, "codec = 'raw'"),
        ):
            _spoil(archive, body_id, "data = x'00'")
        _spoil(archive, 1, "data = x'00'", table="body_copy")
        damages = _check(archive)
        assert _unreadable(archive, received) == tuple(received)
        with archive.transaction():
            assert repair(_connection(archive), damages, _connection(other)).lost == ()
    for _ in range(3):  # what was hidden behind another damage shows when that is mended
        with Archive(tmp_path / "other.db") as other, archive.transaction():
            repair(_connection(archive), _check(archive), _connection(other))
    assert _check(archive) == []
    assert _unreadable(archive, received) == ()
    assert archive.store_capture(capture(prose(77), url="https://example.org/0"))


def test_without_another_archive_what_is_lost_is_named_and_stays(archive: Archive, received: dict[int, bytes]) -> None:
    first = _with(archive, "codec = 'host'")
    _spoil(archive, first, "data = x'00'")
    [damage] = _check(archive)
    with archive.transaction():
        repaired = repair(_connection(archive), [damage])
    assert repaired.mended == ()
    assert len(repaired.lost) == len(damage.captures) == VERSIONS
    assert _unreadable(archive, received) == damage.captures


def test_what_still_decodes_leans_on_what_is_lost_no_more(archive: Archive, received: dict[int, bytes]) -> None:
    first = _with(archive, "codec = 'host'")
    _spoil(archive, first, f"sha256 = '{'0' * 64}'")
    [damage] = _check(archive)
    assert damage.captures == (2,)
    with archive.transaction():
        repaired = repair(_connection(archive), [damage])
    assert repaired.lost == (first,)
    assert len(repaired.mended) == 5  # the others lean on these
    assert _unreadable(archive, received) == (2,)
    assert archive.db.execute("select count(*) from body where base_id = ?", (first,)).fetchone() == (0,)


def test_a_damaged_recipe_is_made_good_by_another_of_the_same_server(
    archive: Archive, received: dict[int, bytes]
) -> None:
    number = _with(archive, "codec = 'again'")
    _spoil(archive, number, "data = cast(replace(cast(data as text), '6', '5') as blob)")
    [damage] = _check(archive)
    assert damage.captures == _unreadable(archive, received)
    assert "its content is not" in damage.what
    assert archive.body(damage.captures[0]) == gzip.decompress(received[damage.captures[0]])
    with archive.transaction():
        assert repair(_connection(archive), [damage]).mended == (number,)
    assert _check(archive) == []
    assert _unreadable(archive, received) == ()


def test_what_another_library_packed_is_told_apart_from_damage(archive: Archive) -> None:
    row = row_of(_connection(archive), _with(archive, "codec = 'again'"))
    # As if the library here packed otherwise than the one that is on record.
    recipe = replace(Recipe.from_bytes(row.data), library="zlib 9.9", level=1)
    with archive.transaction():
        form = Form(codec="again", data=recipe.to_bytes(), base_id=row.base_id)
        rewrite(_connection(archive), row, form)
    [damage] = _check(archive)
    assert (damage.body_id, damage.is_elsewhere, damage.is_lost) == (row.id, True, False)
    [number] = damage.captures
    here = packing.library_of("gzip")
    with pytest.raises(ArchiveError, match=f"its content is whole.*that took zlib 9.9, and this is {here}") as caught:
        archive.received(number)
    assert "backup" not in str(caught.value)
    assert archive.body(number).startswith(b"<p>")
    with archive.transaction():
        assert repair(_connection(archive), [damage]).mended == ()


def test_bases_that_go_round_are_found(archive: Archive) -> None:
    number = _with(archive, "codec = 'delta' and id in (select base_id from body where codec = 'delta')")
    leaning = _with(archive, f"base_id = {number}")
    _spoil(archive, number, f"base_id = {leaning}")
    assert {number, leaning} <= {damage.body_id for damage in _check(archive)}
    with pytest.raises(ArchiveError, match="each stored beside the next"):
        archive.received(_check(archive)[0].captures[0])


def test_redacted_bodies_give_nothing_and_what_leant_on_them_stands_alone(
    archive: Archive, received: dict[int, bytes]
) -> None:
    first = _with(archive, "codec = 'host'")
    with archive.transaction():
        redact(_connection(archive), [1, first])
    assert _unreadable(archive, received) == (1, 2)
    with pytest.raises(ArchiveError, match=r"capture 2: body .* its bytes were removed on purpose; their digest"):
        archive.body(2)
    assert _check(archive) == []
    assert archive.db["body_copy"].count == 0
    assert archive.store_capture(capture(prose(0) + b"!", url="https://example.org/0"))


def test_a_packed_body_is_redacted_with_its_content(archive: Archive, received: dict[int, bytes]) -> None:
    again, base = archive.db.execute("select id, base_id from body where codec = 'again' order by id").fetchone()
    with archive.transaction():
        redact(_connection(archive), [again, base])
    [number] = _unreadable(archive, received)
    with pytest.raises(ArchiveError, match="removed on purpose"):
        archive.body(number)
    assert _check(archive) == []


# The door ------------------------------------------------------------------------------------------------------------


def test_a_door_left_open_cannot_be_committed(archive: Archive) -> None:
    archive.db.conn.execute("begin immediate")
    archive.db.execute("insert into rewriting (body_id) values (1)")
    archive.db.execute("update body set data = x'00' where id = 1")
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        archive.db.execute("commit")
    archive.db.execute("rollback")
    assert _check(archive) == []


@pytest.mark.parametrize(
    "statement",
    [
        "update body set sha256 = 'x' where id = 1", "update body set bytes = 1 where id = 1",
        "update body set id = 999 where id = 1", "update body set data = x'00' where id = 2",
        "delete from body where id = 1",
        "insert or replace into body values (1, 'x', 'raw', 1, null, '', 0, x'00')",
        "insert or replace into body select 999, sha256, 'raw', 1, null, '', 0, x'00' from body where id = 1",
    ],
)  # fmt: skip
def test_an_open_door_lets_nothing_else_through(archive: Archive, statement: str) -> None:
    with archive.transaction():
        archive.db.execute("insert into rewriting (body_id) values (1)")
        with pytest.raises(sqlite3.IntegrityError, match="table body is evidence"):
            archive.db.execute(statement)
        archive.db.execute("delete from rewriting")


def test_another_connection_never_sees_the_door_open(archive: Archive) -> None:
    with Archive(archive.path) as other, archive.transaction():
        archive.db.execute("insert into rewriting (body_id) values (1)")
        assert other.db["rewriting"].count == 0
        archive.db.execute("delete from rewriting")


def test_nothing_is_redacted_where_something_that_leans_on_it_cannot_be_read(
    archive: Archive, received: dict[int, bytes]
) -> None:
    first = _with(archive, "codec = 'host'")
    leaning = _with(archive, f"base_id = {first}")
    _spoil(archive, leaning, "data = x'00'")
    before = _unreadable(archive, received)
    with pytest.raises(DamagedBody), archive.transaction():
        redact(_connection(archive), [first])
    assert _unreadable(archive, received) == before


def _cut(archive: Archive, statement: str) -> None:
    """Does to the table of bodies what no trigger lets anybody do, as somebody with another program might."""
    connection = _connection(archive)
    guards = connection.execute(
        "select name, sql from sqlite_master where type = 'trigger' and tbl_name = 'body'"
    ).fetchall()
    connection.execute("pragma foreign_keys = off")
    with archive.transaction():
        for name, _ in guards:
            connection.execute(f"drop trigger {name}")
        connection.execute(statement)
        for _, sql in guards:
            connection.execute(sql)
    connection.execute("pragma foreign_keys = on")


@pytest.mark.parametrize("asked", [None, "all", "its own"])
@pytest.mark.parametrize(
    "change",
    ["update body set base_id = {leaning} where id = {body}", "update body set base_id = 9999 where id = {body}",
     "delete from body where id = {body}"],
)  # fmt: skip
def test_bodies_that_no_base_leads_to_are_told_of_whoever_asks(
    archive: Archive, received: dict[int, bytes], change: str, asked: str | None
) -> None:
    body = _with(archive, "codec = 'delta' and id in (select base_id from body where codec = 'delta')")
    leaning = _with(archive, f"base_id = {body}")
    captures = [row["id"] for row in archive.db.query(f"select id from capture where body_id = {body}")]  # noqa: S608
    every = [row["id"] for row in archive.db.query("select id from body")]
    _cut(archive, change.format(body=body, leaning=leaning))
    found = list(check(_connection(archive), {None: None, "all": every, "its own": [body]}[asked]))
    assert set(captures) <= {number for damage in found for number in damage.captures}
    if asked != "its own":
        assert set(_unreadable(archive, received)) == {number for damage in found for number in damage.captures}


@pytest.mark.parametrize("codec", ["raw", "host", "delta", "again", "zstd"])
def test_a_row_that_is_gone_comes_back_with_the_digest_on_record(
    archive: Archive, received: dict[int, bytes], tmp_path: Path, codec: str
) -> None:
    body = _with(archive, f"codec = '{codec}'")
    with Archive(tmp_path / "other.db", create=True) as other:
        _fill(other)
        _cut(archive, f"delete from body where id = {body}")  # noqa: S608
        assert _unreadable(archive, received)
        for _ in range(2):
            with archive.transaction():
                repair(_connection(archive), _check(archive), _connection(other))
    assert _check(archive) == []
    assert _unreadable(archive, received) == ()


def test_the_second_copy_of_a_row_that_is_gone_is_enough(archive: Archive, received: dict[int, bytes]) -> None:
    [body] = [row["body_id"] for row in archive.db.query("select min(body_id) as body_id from body_copy")]
    _cut(archive, f"delete from body where id = {body}")  # noqa: S608
    assert _unreadable(archive, received)
    with archive.transaction():
        assert body in repair(_connection(archive), _check(archive)).mended
    assert _unreadable(archive, received) == ()
