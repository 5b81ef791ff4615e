"""What is stored of a page's history is what its captures tell, whatever came in which order."""

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from building import URL, capture, day, parse_lines, record
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.record import Flag
from scraper.archive import Archive, versions
from scraper.archive.history import derive
from scraper.diff import diff
from scraper.loader import load

DOUBT = Flag(name="doubt", detail="two layouts", holds=True)
_LONG = [f"Paragraph {number} of a long report." for number in range(12)]
RECORDS = {
    "first": record(*_LONG),
    "second": record(*_LONG, "One more."),
    "short": record("Short."),
    "unsure": record(*_LONG, "Unsure.").with_flags((DOUBT,)),
}
_SEEN = st.sampled_from(
    [*RECORDS, "first, second", "unread", "same", "missing", "gone", "soft-404", "truncated", "failed"]
)
_STEP = st.tuples(_SEEN, st.integers(-2, 3), st.booleans())


def _see(archive: Archive, page_id: int, what: str, hours: int, is_import: bool) -> None:
    """Stores a capture that shows *what*, *hours* after the last by our clock."""
    outcome = {"same": "not-modified", "gone": "missing"}.get(what, what)
    outcome = outcome if outcome in ("not-modified", "missing", "truncated", "failed") else "fetched"
    at = day(1) + timedelta(hours=hours)
    made = capture(
        what if outcome == "fetched" else None,
        at,
        outcome=outcome,
        status=410 if what == "gone" else 200,
        method="import" if is_import else "http",
    )
    number = archive.store_capture(made, page_id=page_id)
    for name in what.split(", "):
        if name in RECORDS:
            archive.store_record(RECORDS[name], capture_id=number, page_id=page_id)
    if what == "soft-404":
        archive.store_effective(number, 404, "soft-404", "")


@settings(max_examples=40)
@given(st.lists(_STEP, max_size=14))
def test_the_stored_history_is_always_the_one_derived_from_all_captures(
    steps: list[tuple[str, int, bool]],
) -> None:
    with TemporaryDirectory() as folder, Archive(Path(folder) / "a.db", create=True) as archive:
        archive.db.execute("pragma synchronous = off")
        page_id, hours = archive.page_of(capture(), "watch"), 100
        for what, later, is_import in steps:
            hours += later
            _see(archive, page_id, what, hours, is_import)
            if what == "unread" and not is_import:
                continue  # kept to be read later
            told = archive.update_history(page_id, diff)
            whole = derive(versions.observations(archive._conn, page_id), lambda *_: False)
            assert told.drafts == whole.drafts
            assert versions._stored(archive._conn, page_id) == list(whole.drafts)
            assert told.told.items() <= whole.told.items()
            assert archive.page(URL).state == told.state == whole.state
            assert {row.capture_id for row in archive.held()} <= set(whole.held)


def _work(archive: Archive, captures: int) -> int:
    """How many steps SQLite takes to load one more capture of a page that has *captures*."""
    load(archive, capture("\n".join(_LONG), day(1)), parse=parse_lines)
    with archive.transaction():
        for number in range(captures):
            same = capture(None, day(1) + timedelta(hours=number), outcome="not-modified", status=304)
            archive.store_capture(same, page_id=1)
    steps = [0]

    def count() -> None:
        steps[0] += 1

    archive.update_history(1, diff)
    archive._conn.set_progress_handler(count, 1)
    assert load(archive, capture(None, day(900), outcome="not-modified", status=304)).outcome == "not-modified"
    assert load(archive, capture("\n".join(_LONG), day(901)), parse=parse_lines).outcome == "unchanged"
    archive._conn.set_progress_handler(None, 0)
    assert archive.page(URL).last_seen == day(901)
    return steps[0]


def test_one_more_sight_of_a_page_costs_hardly_more_the_oftener_it_was_seen(tmp_path: Path) -> None:
    with Archive(tmp_path / "few.db", create=True) as few, Archive(tmp_path / "many.db", create=True) as many:
        # To derive the history anew takes over 100 steps for each capture.
        assert _work(many, 500) - _work(few, 100) < 10 * 400
