import gzip
import random
import sqlite3
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import brotli
import pytest
from building import URL, capture, day
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scraper.archive import Archive
from scraper.archive.bodies import Recent, check
from scraper.capture import Capture
from scraper.errors import ArchiveError, UsageError


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive(tmp_path_factory.mktemp("bodies") / "a.db", create=True) as archive:
        yield archive


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=5000), st.tuples(st.binary(max_size=20), st.integers(0, 500)).map(lambda p: p[0] * p[1])
    )
)
def test_any_bytes_are_read_back_as_they_were_stored(archive: Archive, data: bytes) -> None:
    assert archive.body(archive.store_capture(capture(data))) == data


def test_equal_bodies_are_stored_once(archive: Archive) -> None:
    before = archive.db["body"].count
    first, second = (archive.store_capture(capture(b"twice")) for _ in range(2))
    assert first != second
    assert archive.db["body"].count == before + 1


def test_a_repetitive_body_is_compressed(tmp_path: Path) -> None:
    with Archive(tmp_path / "a.db", create=True) as archive:
        archive.store_capture(capture(b"<p>of the same</p>" * 1000))
        [row] = archive.db.query("select codec, bytes, length(data) as stored from body")
    assert row["codec"] == "zstd"
    assert row["stored"] < row["bytes"] / 50


def test_a_capture_without_a_body_says_so(archive: Archive) -> None:
    number = archive.store_capture(capture(None, outcome="failed"))
    with pytest.raises(UsageError, match="has no body"):
        archive.body(number)


def test_an_unknown_capture_is_named(archive: Archive) -> None:
    with pytest.raises(UsageError, match="no capture 99999"):
        archive.body(99999)


@pytest.mark.parametrize("table", ["body", "headers", "capture"])
@pytest.mark.parametrize("statement", ["update {} set id = id", "delete from {}"])
def test_evidence_is_never_changed_or_removed(archive: Archive, table: str, statement: str) -> None:
    archive.store_capture(capture(b"evidence"))
    with pytest.raises(sqlite3.IntegrityError, match=f"table {table} is evidence"), archive.transaction():
        archive.db.execute(statement.format(table))


@pytest.mark.parametrize("damage", ["substr(data, 1, 10) || x'00' || substr(data, 12)", "x'00'", "data || data", "x''"])
@pytest.mark.parametrize("data", [b"<p>of the same</p>" * 100, bytes(range(256))], ids=["zstd", "raw"])
def test_a_damaged_body_is_never_given_out(tmp_path: Path, data: bytes, damage: str) -> None:
    with Archive(tmp_path / "a.db", create=True) as archive:
        number = archive.store_capture(capture(data))
        archive.db.execute("drop trigger body_no_update")
        archive.db.execute(f"update body set data = cast({damage} as blob)")  # noqa: S608
        with pytest.raises(ArchiveError, match=f"capture {number}: body [0-9a-f]{{16}}.*restore it from a backup"):
            archive.body(number)


def test_a_body_that_claims_less_than_it_unpacks_to_is_refused(tmp_path: Path) -> None:
    with Archive(tmp_path / "a.db", create=True) as archive:
        number = archive.store_capture(capture(b"0" * 1_000_000))
        archive.db.execute("drop trigger body_no_update")
        archive.db.execute("update body set bytes = 10")
        with pytest.raises(ArchiveError, match="not one whole frame"):
            archive.body(number)


@pytest.mark.parametrize(
    ("damage", "message"),
    [("x'00'", "are no Zstandard frame"), ("substr(data, 1, 12) || x'00' || substr(data, 14)", "are a damaged Zstand")],
)
def test_what_is_wrong_with_a_frame_is_said_in_words_of_ours(tmp_path: Path, damage: str, message: str) -> None:
    with Archive(tmp_path / "a.db", create=True) as archive:
        archive.store_capture(capture(b"<p>of the same</p>" * 100))
        archive.db.execute("drop trigger body_no_update")
        archive.db.execute(f"update body set data = cast({damage} as blob)")  # noqa: S608
        [found] = check(archive.db)
        assert f"the stored bytes {message}" in found.what


# Bodies beside others ------------------------------------------------------------------------------------------------

_WORDS = "the report says that people of valley were driven out by army and nobody let them return again since".split()
_DEPTHS = """with recursive leaning (id, depth) as (
        select id, 0 from body where base_id is null union all
        select body.id, depth + 1 from leaning join body on body.base_id = leaning.id and body.codec <> 'again'
    ) select depth, count(*) from leaning group by depth"""


def prose(seed: int, words: int = 1500) -> bytes:
    """Markup that shares nothing with that of another *seed*."""
    chance = random.Random(seed)
    return b"<p>" + b" ".join(b"%s%d" % (chance.choice(_WORDS).encode(), chance.randrange(99)) for _ in range(words))


def edited(page: bytes, number: int) -> bytes:
    """*page* as its version *number* says it."""
    at = number * 97 % len(page)
    return page[:at] + b"<b>edit %d</b>" % number + page[at:]


def gzipped(content: bytes, level: int = 6) -> bytes:
    return gzip.compress(content, level, mtime=0)


def coded(content: bytes, coding: str = "gzip", **fields: object) -> Capture:
    packed = {"gzip": gzipped, "br": lambda data: brotli.compress(data, quality=5), "deflate": zlib.compress}[coding]
    return capture(packed(content), **{"coding": coding, "decoded": content} | fields)


def depths(archive: Archive) -> dict[int, int]:
    return dict(archive.db.execute(_DEPTHS).fetchall())


def codecs(archive: Archive) -> list[str]:
    return [codec for (codec,) in archive.db.execute("select codec from body order by id")]


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "a.db", create=True) as archive:
        yield archive


@st.composite
def sequences(draw: st.DrawFn) -> list[Capture]:
    """Captures of a few pages of two hosts, in any order: edits, returns to what was before, any coding, any bytes."""
    pages = [prose(seed, 60) for seed in range(3)]
    made = []
    for _ in range(draw(st.integers(1, 25))):
        which = draw(st.integers(0, 2))
        content = draw(
            st.one_of(st.just(pages[which]), st.builds(edited, st.just(pages[which]), st.integers(0, 40)), st.binary())
        )
        pages[which] = content if len(content) > 100 else pages[which]
        url = f"https://{draw(st.sampled_from(['one', 'two']))}.example/{which}"
        kind = draw(st.sampled_from(["text/html", "text/html; charset=utf-8", "application/pdf"]))
        coding = draw(st.sampled_from(["", "gzip", "br", "deflate", "broken"]))
        fields = {"url": url, "content_type": kind, "outcome": draw(st.sampled_from(["fetched", "fetched", "failed"]))}
        if coding == "broken":
            made.append(capture(content, coding="gzip", **fields))
        else:
            made.append(coded(content, coding, **fields) if coding else capture(content, **fields))
    return made


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sequences(), st.booleans())
def test_any_sequence_of_bodies_is_read_back_as_it_was_stored(
    tmp_path_factory: pytest.TempPathFactory, made: list[Capture], forgets: bool
) -> None:
    with Archive(tmp_path_factory.mktemp("sequence") / "a.db", create=True) as archive:
        numbers = []
        for one in made:
            page = archive.page_of(one, "watch")
            numbers.append(archive.store_capture(one, page_id=page))
            if forgets:
                archive._recent = Recent()
        for number, one in zip(numbers, made, strict=True):
            assert archive.received(number) == one.body
            if one.content is not None:
                assert archive.body(number) == one.content
        assert max(depths(archive)) <= 6


def test_versions_of_a_page_are_stored_beside_earlier_ones_at_most_five_deep(fresh: Archive) -> None:
    page = prose(1)
    contents = [edited(page, number) for number in range(163)]
    numbers = [fresh.store_capture(capture(content)) for content in contents]
    assert [fresh.body(number) for number in numbers] == contents
    assert set(depths(fresh)) == {0, 1, 2, 3, 4, 5}
    assert (codecs(fresh).count("delta"), codecs(fresh).count("host")) == (160, 2)
    [size] = fresh.db.execute("select sum(length(data)) from body").fetchone()
    assert size < 0.02 * sum(map(len, contents))


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate"])
def test_packed_versions_are_stored_by_content_and_recipe(fresh: Archive, coding: str) -> None:
    made = [coded(edited(prose(1), number), coding, at=day(number)) for number in range(1, 41)]
    numbers = [fresh.store_capture(one) for one in made]
    for number, one in zip(numbers, made, strict=True):
        assert (fresh.received(number), fresh.body(number)) == (one.body, one.decoded)
    assert codecs(fresh)[0] == "raw"
    assert codecs(fresh).count("again") >= 38
    [size] = fresh.db.execute("select sum(length(data)) from body").fetchone()
    assert size < 0.1 * sum(len(one.body or b"") for one in made)


def test_what_cannot_be_packed_again_is_kept_as_it_came(fresh: Archive) -> None:
    contents = [edited(prose(1), number) for number in range(3)]
    for content in contents:
        unusual = zlib.compressobj(6, zlib.DEFLATED, 31, 3)
        packed = unusual.compress(content) + unusual.flush()
        number = fresh.store_capture(capture(packed, coding="gzip", decoded=content))
        assert (fresh.received(number), fresh.body(number)) == (packed, content)
    assert codecs(fresh) == ["raw", "raw", "raw"]


def test_the_same_content_packed_anew_costs_next_to_nothing(fresh: Archive) -> None:
    page = prose(1)
    for number in range(5):
        packed = gzip.compress(page, 6, mtime=number)
        stored = fresh.store_capture(capture(packed, coding="gzip", decoded=page))
        assert fresh.received(stored) == packed
    [size] = fresh.db.execute("select sum(length(data)) from body where id > 1").fetchone()
    assert size < 800


def test_pages_of_a_host_are_stored_beside_its_first_one_which_is_kept_twice(fresh: Archive) -> None:
    template = prose(0)
    for number in range(6):
        made = capture(template + prose(number + 1, 40), url=f"https://example.org/{number}")
        assert fresh.body(fresh.store_capture(made)) == made.body
    assert codecs(fresh) == ["zstd", *["host"] * 5]
    assert fresh.db.execute("select body_id, host, coding from body_copy").fetchall() == [(1, "example.org", "")]
    with Archive(fresh.path) as again:  # another process finds it too
        again.store_capture(capture(template + prose(9, 40), url="https://example.org/9"))
        assert codecs(again)[-1] == "host"


def test_pages_that_share_nothing_stand_alone(fresh: Archive) -> None:
    for number in range(20):
        fresh.store_capture(capture(prose(number, 600), url=f"https://example.org/{number}"))
    assert set(codecs(fresh)) == {"zstd"}
    assert fresh.db["body_copy"].count == 0


def test_another_type_and_another_page_under_the_same_url_begin_anew(fresh: Archive) -> None:
    page = prose(1)
    fresh.store_capture(capture(page))
    fresh.store_capture(capture(edited(page, 1), content_type="application/json"))
    fresh.store_capture(capture(prose(2), content_type="application/json; charset=utf-8"))
    assert codecs(fresh) == ["zstd", "zstd", "zstd"]
    fresh.store_capture(capture(edited(prose(2), 1), content_type="application/json"))
    assert codecs(fresh)[-1] == "delta"


def test_bodies_of_over_8_mib_stand_alone(fresh: Archive) -> None:
    large = random.Random(1).randbytes(70_000) * 130
    numbers = [fresh.store_capture(capture(large + bytes([number]))) for number in range(2)]
    assert codecs(fresh) == ["zstd", "zstd"]
    assert fresh.body(numbers[1]) == large + b"\x01"


def test_a_page_that_moved_is_stored_beside_what_it_said_before(fresh: Archive) -> None:
    page = prose(1)
    first = capture(page)
    number = fresh.page_of(first, "watch")
    fresh.store_capture(first, page_id=number)
    fresh.store_capture(replace(first, url=f"{URL}/moved", body=edited(page, 1)), page_id=number)
    assert codecs(fresh) == ["zstd", "delta"]


def test_nothing_is_stored_beside_what_was_never_committed(fresh: Archive) -> None:
    page = prose(1)
    for url in (URL, f"{URL}/other"):
        with pytest.raises(RuntimeError), fresh.transaction():
            fresh.store_capture(capture(page, url=url))
            raise RuntimeError
        number = fresh.store_capture(capture(edited(page, 5), url=url))
        assert fresh.body(number) == edited(page, 5)
    assert fresh.db["body"].count == 1


def test_a_body_beside_a_damaged_one_is_stored_alone(fresh: Archive) -> None:
    page = prose(1)
    fresh.store_capture(capture(page))
    with fresh.transaction():
        fresh.db.execute("drop trigger body_no_update")
        fresh.db.execute("update body set data = x'00'")
    fresh._recent = Recent()
    number = fresh.store_capture(capture(edited(page, 1)))
    assert fresh.body(number) == edited(page, 1)
    assert codecs(fresh)[-1] == "zstd"
