import gzip
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from benchmarks import diff, edits, matchers, records, rooms, site, storage, versions
from benchmarks.collection import collection
from benchmarks.measure import Cost, alternated, greatest_peak, median_cpu, run
from benchmarks.peers import Peer
from benchmarks.report import Claim, Goal, cpu_claim, table
from benchmarks.series import Revision, series
from benchmarks.stores import STORES
from parsers import Block, Record, parse
from scraper import compare

BASE = "http://127.0.0.1:8000"
LESS = Goal(measure="less", bound="at least", must=2.5, aim=4)
LITTLE_MORE = Goal(measure="little more", bound="at most", must=2, aim=1.2)


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return dict(site.files(BASE))


def test_the_site_is_the_same_each_time(files: dict[str, bytes]) -> None:
    assert dict(site.files(BASE)) == files


def test_links_from_the_home_page_lead_to_the_answers_that_are_told(files: dict[str, bytes]) -> None:
    answers = site.answers()
    assert Counter(answers.values()) == {200: 317, 301: 121, 404: 34, 500: 9}
    linked = {
        link.partition(b"#")[0].decode()
        for body in files.values()
        for link in re.findall(rb'<a [^>]*href="(/[^"]*)"', body)
    }
    assert linked - {"/private/minutes.html"} == answers.keys()
    served = {"/" if path == "/index.html" else path for path in files}
    assert {path for path, status in answers.items() if status == 200} <= served


def test_reports_have_the_size_that_is_told(files: dict[str, bytes]) -> None:
    sizes = [len(body) for path, body in files.items() if path.startswith("/report/")]
    assert len(sizes) == site.REPORTS
    assert min(sizes) >= 19_000
    assert max(sizes) <= 121_000


def test_the_parser_reads_a_report_of_the_site(files: dict[str, bytes]) -> None:
    record = parse(files[site.report(7)], url=f"{BASE}{site.report(7)}", content_type="text/html")
    assert record.layout == "wix/thunderbolt"
    assert record.title.endswith("Report")
    assert {fact.kind for fact in record.facts} >= {"stage", "recommendation"}
    assert not any(flag.holds for flag in record.flags)


def test_bombs_unpack_to_the_size_asked_for(tmp_path: Path) -> None:
    for path in site.write_bombs(tmp_path, 3_000_000):
        packed = (tmp_path / f"{path[1:]}.gz").read_bytes()
        assert len(gzip.decompress(packed)) == 3_000_000


def _keeping(answers: Mapping[str, int], *, keeps_redirects: bool = True) -> Peer:
    kept = [(f"{BASE}{path}", status) for path, status in answers.items()]
    return Peer(name="peer", command=lambda *_: [], kept=lambda _: iter(kept), keeps_redirects=keeps_redirects)


def test_who_kept_what_was_served_does_not_differ(tmp_path: Path) -> None:
    answers = site.answers()
    assert _keeping({**answers, "/robots.txt": 200}).difference(tmp_path) == ""
    whole = {path: status for path, status in answers.items() if status != 301}
    assert _keeping(whole, keeps_redirects=False).difference(tmp_path) == ""


def test_a_page_that_was_not_kept_is_named(tmp_path: Path) -> None:
    answers = {path: status for path, status in site.answers().items() if path != "/feed.xml"}
    difference = _keeping({**answers, "/private/minutes.html": 200}).difference(tmp_path)
    assert difference == "peer: 2 of 481 answers are not as served; /feed.xml: found None, expected 200"


@pytest.mark.parametrize(
    ("goal", "value", "verdict"),
    [
        (LESS, 4.0, "aim"), (LESS, 2.5, "must"), (LESS, 2.4, "missed"), (LESS, None, "not measured"),
        (LITTLE_MORE, 1.2, "aim"), (LITTLE_MORE, 2.0, "must"), (LITTLE_MORE, 2.1, "missed"),
    ],
)  # fmt: skip
def test_a_claim_holds_by_its_bound(goal: Goal, value: float | None, verdict: str) -> None:
    assert Claim(goal=goal, value=value, basis="").verdict == verdict


def test_a_claim_divides_what_is_greater_by_what_is_claimed_less() -> None:
    assert cpu_claim(LESS, ours=2.0, theirs=8.0).value == 4.0
    assert cpu_claim(LITTLE_MORE, ours=3.0, theirs=2.0).value == 1.5


def test_the_table_says_what_could_not_be_measured() -> None:
    lines = table([Claim(goal=LESS, value=None, basis="wget: not installed")]).splitlines()
    assert lines[2] == "| less | – | at least 2.50x | 4.00x | not measured | wget: not installed |"


def test_every_second_round_is_in_reverse_order() -> None:
    order: list[str] = []
    contestants = {name: lambda name=name: order.append(name) for name in "ab"}
    assert alternated(contestants, 3) == {"a": [None] * 3, "b": [None] * 3}
    assert "".join(order) == "abbaab"


def test_medians_and_peaks_are_of_all_rounds() -> None:
    costs = [Cost(cpu_s=cpu_s, wall_s=1, peak_mb=peak_mb, code=0) for cpu_s, peak_mb in ((1, 7), (9, 8), (2, 5))]
    assert median_cpu(costs) == 2
    assert greatest_peak(costs) == 8


def test_a_cost_has_the_exit_code_and_the_children_in_it(tmp_path: Path) -> None:
    burn = "import time\nwhile time.process_time() < 0.1: pass"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {burn!r}]); sys.exit(3)"
    cost = run([sys.executable, "-c", code], folder=tmp_path, environment={})
    assert cost.code == 3
    assert cost.cpu_s > 0.1


def test_files_belong_to_the_room_they_are_in() -> None:
    project = Path(rooms.__file__).parents[1]
    assert rooms.room_of_file(str(project / "scraper" / "archive" / "bodies.py")) == "scraper.archive"
    assert rooms.room_of_file(str(project / "parsers" / "sites" / "genocidewatch.py")) == "parsers"
    assert rooms.room_of_file("/usr/lib/python3.11/asyncio/events.py") == "scraper.fetch"
    assert rooms.room_of_file("/usr/lib/python3.11/json/decoder.py") == ""


def test_shares_add_up_to_all_seconds() -> None:
    seconds = {"parsers": 2.0, "scraper.archive": 1.0, "scraper.fetch": 0.5, "imports": 0.25, "elsewhere": 0.25}
    shares = rooms.shares(seconds)
    assert shares["parse"] == 2.0
    assert shares[rooms.OTHER] == 0.25
    assert sum(shares.values()) == 4.0


def test_the_seconds_of_a_command_are_told_by_room(tmp_path: Path) -> None:
    result = tmp_path / "rooms.json"
    command = [sys.executable, "-m", "benchmarks.rooms", str(result), "--version"]
    subprocess.run(command, cwd=Path(rooms.__file__).parents[1], capture_output=True, check=True)
    seconds = json.loads(result.read_text(encoding="utf-8"))
    assert seconds[rooms.START] > 0
    assert seconds["imports"] > 0


REVISIONS = [
    Revision("one", f"page {page}", b"<p>of the same</p>" * 100 + b"%d %d" % (page, turn))
    for turn in range(3)
    for page in range(2)
]


@pytest.mark.parametrize("name", STORES)
def test_every_store_gives_back_what_it_was_given(tmp_path: Path, name: str) -> None:
    store = STORES[name](tmp_path)
    store.write(REVISIONS)
    assert 0 < store.kept().size < 200_000
    if not name.startswith("git"):
        assert [store.read(number) for number in range(len(REVISIONS))] == [one.body for one in REVISIONS]


def test_series_come_in_the_order_of_a_crawl(tmp_path: Path) -> None:
    rows = "a,a/1,2024-01-02,content,y,z\na,a/1,2024-01-01,content,x,y\nb,b/1,2024-01-01,content,v,w\n"
    (tmp_path / "pairs.csv").write_text(f"service,page,seen,label,before,after\n{rows}", encoding="utf-8")
    for name in "vwxyz":
        (tmp_path / name).write_bytes(gzip.compress(name.encode()))
    assert [(one.url, one.body) for one in series(tmp_path)] == [
        ("a/1", b"x"), ("b/1", b"v"), ("a/1", b"y"), ("b/1", b"w"), ("a/1", b"z"),
    ]  # fmt: skip


def test_what_is_claimed_of_a_store_is_a_ratio_to_its_peers() -> None:
    ours, plain = storage.Cost(10.0, 50.0, 0.2, 1.0, 4), storage.Cost(100.0, 100.0, 0.1, 0.5, 0)
    told = storage.claims("pages", {"fonds": ours, "zstd-3": plain, "zstd-9": plain})
    assert [claim.value for claim in told] == [0.1, None, None, 0.5, 2.0, 4]


def test_the_collection_is_the_same_each_time_and_shaped_as_told() -> None:
    made = list(collection(3000))
    assert [(one.page, one.seq, one.at, one.record) for one in collection(3000)] == [
        (one.page, one.seq, one.at, one.record) for one in made
    ]
    assert (len(made), made[-1].page) == (3000, 59)
    passages = [block for one in made for block in one.record.blocks]
    assert 20 < len(passages) / len(made) < 50
    assert 12 < len(passages) / len(set(passages)) < 30


@pytest.mark.parametrize("name", records.STORES)
def test_every_store_of_versions_tells_the_same_as_of_a_time(tmp_path: Path, name: str) -> None:
    store, made = records.STORES[name](tmp_path), list(collection(150))
    store.prepare(made)
    store.write(made)
    store.finish()
    assert store.size() > 0
    for one in made[::7]:
        assert store.texts(one.page, f"{one.at:%Y-%m-%dT%H:%M:%S.%fZ}") == [block.text for block in one.record.blocks]


def test_what_is_claimed_of_versions_is_a_ratio_to_json() -> None:
    asked = dict.fromkeys(("as of", "country and stage", "phrase"), (0.1, 0.2))
    ours, peer = versions.Cost(1.0, 2.0, 25, asked, ""), versions.Cost(3.0, 4.0, 100, asked, "")
    beside = versions.Beside(1000, 0.1, 0.5, 3.0, 0, 10)
    costs = {versions.OURS: ours, versions.PEER: peer, versions.SEARCHABLE: peer}
    told = versions.claims(costs, dict.fromkeys((versions.OURS, versions.PEER, versions.ALONE), beside))
    assert [claim.value for claim in told] == [0.25, 3.0, 3.0, 0.1, 0.1, 0.1, 0.5, 0]
    assert not any(claim.verdict == "missed" for claim in told)


def test_made_pairs_are_the_same_each_time_and_of_their_size() -> None:
    pairs = edits.made("5 KB", 3)

    assert edits.made("5 KB", 3) == pairs
    assert edits.of_size(pairs, "5 KB", 10)
    assert not edits.of_size(pairs, "50 KB", 10)


def test_paragraphs_are_moved_half_a_report_away() -> None:
    pairs = edits.made("50 KB", 2)

    for edited in (False, True):
        for (before, after), text in edits.moved(pairs, edited=edited):
            places = [[block.text for block in record.blocks] for record in (before, after)]
            assert len(places[0]) == len(places[1])
            assert len(set(places[1]) - set(places[0])) == edited
            assert text in places[1]
        assert diff.moves(pairs, edited=edited) == (2, 2)


def test_a_matcher_that_takes_too_long_is_stopped() -> None:
    with pytest.raises(matchers.TooSlow):
        matchers.cpu_ms(lambda: sum(number for number in range(10**12)), limit_s=0.05)


def test_matchers_agree_on_what_is_the_same() -> None:
    texts = [block.text for block in edits.made("5 KB", 1)[0].before.blocks]

    assert matchers.blocks(texts, texts) == []
    assert {step[0] for step in matchers.words_and_spaces(texts, texts)} == {"equal"}
    assert matchers.are_near(" ".join(texts), " ".join(texts))
    assert matchers.bare("“The  Army’s” 5%") == "the army s 5%"


def test_pairs_are_judged_by_their_words() -> None:
    pairs = edits.made("5 KB", 3)
    looks = [edits.Pair(before, edits.record([*before.blocks[:-1], *_shouted(before)])) for before, _ in pairs]

    found = diff.judged([*pairs, *looks])

    assert (found.words, found.words_flagged, found.looks, found.looks_raised) == (3, 3, 3, 0)


def _shouted(record: Record) -> list[Block]:
    return [Block(kind="paragraph", text=record.blocks[-1].text.upper())]


def test_words_shown_are_fewer_than_those_of_whole_paragraphs() -> None:
    [pair] = edits.made("5 KB", 1)

    ours, theirs = diff.shown(pair, compare(*pair))

    assert 0 < ours < theirs
