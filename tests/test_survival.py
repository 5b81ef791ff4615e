"""Kills, failing disks, hostile servers, lying name servers and clocks: what was promised is kept.

The programs that do this to us are beside the checkout (../shared/bench/trust); without them these tests are skipped.
FONDS_SOAK=1 (`make soak`) runs all of it for hours; else a short form. Each prints what it counted.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from urllib.request import urlopen

import pytest

from scraper.archive import Archive

SOAK = bool(os.environ.get("FONDS_SOAK"))
PROJECT = Path(__file__).resolve().parents[1]
TOOLS = PROJECT.parent / "shared" / "bench" / "trust"
HERE = Path(__file__).with_name("survival.py")
PROGRAM = [sys.executable, "-c", "from scraper.cli import main; main()"]
FONDS = f"{sys.executable} -c 'from scraper.cli import main; main()'"
# One of each kind of trouble, those that are over quickly.
SHORT = """
    /enc/gzip-bomb /enc/br-bomb /enc/zstd-bomb /enc/gzip-cut /enc/gzip-lie /body/infinite /body/chunk-cut
    /head/many /head/100-flood /head/charset-codec /head/304 /redir/loop /redir/leak /redir/canary /redir/meta
    /ssrf/file /ssrf/circled /ssrf/mapped /ssrf/meta /ssrf/ten /ssrf-links
    /site/p0.html#robots=huge /site/p0.html#robots=cross /site/p0.html#robots=canary
    /map/laughs.xml /map/xxe.xml /map/bomb.xml.gz /trap/leaf /html/nest /html/adoption /html/ansi /html/surrogate
""".split()
# Names and addresses that are never to be asked for anything, by whichever of their addresses.
INSIDE = """
    mixed.test private.test meta.test mapped.test six.test 127.0.0.1 169.254.169.254 10.0.0.1 [::1] [::]
    [::ffff:127.0.0.1] 0
""".split()
LEADING_INSIDE = "rebind to-rebind to-loopback to-meta to-private-name to-mapped".split()
BEHAVIOURS = 199
WRITES_OF_A_CRAWL = 1_000  # a crawl of 20 pages makes about 2,000; fewer says that they are not seen

pytestmark = pytest.mark.skipif(not TOOLS.is_dir(), reason="the hostile programs are not beside this checkout")
Said = Callable[[str, object], None]


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of all processes of a test, by which those are found that it left behind."""
    mark = f"FONDS_SURVIVAL={tmp_path}"
    yield os.environ | dict([mark.split("=")]) | {"PYTHONPATH": str(PROJECT), "COLUMNS": "200"}
    left = [int(process.name) for process in Path("/proc").glob("[1-9]*") if _is_marked(process, mark)]
    for number in left:
        os.kill(number, signal.SIGKILL)
    assert left == []


def _is_marked(process: Path, mark: str) -> bool:
    try:
        return mark.encode() in (process / "environ").read_bytes().split(b"\0")
    except OSError:  # it is gone, or another user's
        return False


def _alone(*command: str) -> list[str]:
    """*command* where no network is but this machine's loopback, so that no name or address leads outside."""
    if subprocess.run(["unshare", "-n", "-m", "true"], capture_output=True, check=False).returncode:
        pytest.skip("a network namespace needs root; without one a hostile page could lead outside")
    return ["unshare", "-n", "sh", "-c", 'ip link set lo up; exec "$@"', "alone", *command]


def _report(text: str) -> dict[str, object]:
    """The JSON line with which the programs end."""
    return json.loads(next(line for line in reversed(text.splitlines()) if line.startswith("{")))


# Hostile servers -----------------------------------------------------------------------------------------------------


def test_hostile_behaviours_cost_one_clear_line_each(
    tmp_path: Path, environment: dict[str, str], record_property: Said
) -> None:
    script = tmp_path / "probe.sh"
    # The server and the one who asks share the namespace.
    script.write_text(f"""
        {sys.executable} {TOOLS}/hostile.py --ready {tmp_path}/ready --mb 1024 & server=$!
        while [ ! -f {tmp_path}/ready ]; do sleep 0.1; done
        port=$({sys.executable} -c 'import json; print(json.load(open("{tmp_path}/ready"))["a"])')
        {sys.executable} {TOOLS}/probe.py --strict --ready {tmp_path}/ready --deadline 60 --rss-mb 300 --wire-mb 60 \\
            --cmd "{FONDS} --archive {{work}}/a.db get --allow-address 127.0.0.1:$port {{url}}" "$@"
        code=$?; kill $server; wait $server; exit $code
    """)
    only = () if SOAK else ("--paths", ",".join(SHORT))
    run = subprocess.run(_alone("sh", str(script), *only), env=environment, capture_output=True, text=True, check=False)
    failed = [line for line in run.stdout.splitlines() if line.startswith(("FAIL", "mism"))]
    result = _report(run.stdout)
    record_property("hostile behaviours", f"{result['entries']} tried, {result['failed']} failed")
    assert not failed, "\n".join(failed)
    assert run.returncode == 0, run.stderr
    assert result["entries"] == (BEHAVIOURS if SOAK else len(SHORT))


def _in_the_lab(
    tmp_path: Path, environment: dict[str, str], *command: str
) -> tuple[list[str], subprocess.CompletedProcess[str]]:
    """What was asked of private addresses while *command* ran, and how it ended."""
    _alone("true")
    lab = tmp_path / "lab"
    lab.mkdir()
    run = subprocess.run(
        ["sh", str(TOOLS / "netlab.sh"), *command],
        env=environment | {"LAB": str(lab)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (lab / "up").exists(), run.stderr
    canary = lab / "canary.jsonl"
    return canary.read_text().splitlines() if canary.exists() else [], run


def _get(tmp_path: Path, *urls: str) -> tuple[str, ...]:
    return (*PROGRAM, "--archive", str(tmp_path / "a.db"), "get", *urls)


def _outcomes(run: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """The outcome of each URL that a `get` told of."""
    assert "Traceback" not in run.stderr
    return {url.rstrip(":"): outcome for outcome, url, *_ in map(str.split, run.stdout.splitlines())}


def test_addresses_inside_are_never_asked_whatever_their_name(
    tmp_path: Path, environment: dict[str, str], record_property: Said
) -> None:
    urls = [f"http://{name}/" for name in INSIDE]
    hits, run = _in_the_lab(tmp_path, environment, *_get(tmp_path, *urls))
    record_property("names and addresses inside", f"{len(urls)} asked for, {len(hits)} canary hits")
    assert hits == []
    assert Counter(_outcomes(run).values()) == {"refused": len(urls)}, run.stdout
    assert run.returncode == 1


@pytest.mark.parametrize("path", LEADING_INSIDE if SOAK else LEADING_INSIDE[:3])
def test_a_page_or_a_name_that_turns_inside_is_refused(
    path: str, tmp_path: Path, environment: dict[str, str], record_property: Said
) -> None:
    url = "http://rebind.test/page" if path == "rebind" else f"http://good.test/{path}"
    hits, run = _in_the_lab(tmp_path, environment, *_get(tmp_path, url))
    record_property("names that turn inside", f"{path}: {len(hits)} canary hits")
    assert hits == []
    assert _outcomes(run) == {url: "refused"}


def test_public_names_are_read(tmp_path: Path, environment: dict[str, str]) -> None:
    urls = ["http://good.test/page", "http://other.test/x"]
    hits, run = _in_the_lab(tmp_path, environment, *_get(tmp_path, *urls))
    assert hits == []
    assert (_outcomes(run), run.returncode) == (dict.fromkeys(urls, "new"), 0)


def test_the_canaries_live(tmp_path: Path, environment: dict[str, str]) -> None:
    ask = "import urllib.request as r; [r.urlopen(u) for u in ('http://127.0.0.1/', 'http://[::1]/')]"
    hits, run = _in_the_lab(tmp_path, environment, sys.executable, "-c", ask)
    assert (len(hits), run.returncode) == (2, 90)


# An honest site ------------------------------------------------------------------------------------------------------


class Site:
    """An honest site, of which the edition sets the text of all pages, and a source file for it."""

    def __init__(self, port: int, folder: Path) -> None:
        self.origin = f"http://127.0.0.1:{port}"
        self.sources = folder / "sources"
        self.sources.mkdir()
        self.set(reset=1, pages=20, edition=0)
        self.source()

    def source(self, **fields: object) -> None:
        values = {
            "title": "Honest site", "seeds": [f"{self.origin}/site/"], "include": [f"{self.origin}/site/p*.html"],
            "delay_s": 0.0, "pace": 0.0, "connections": 4, "allow_addresses": [self.origin.removeprefix("http://")],
            "jitter_s": 0.0,
        } | fields  # fmt: skip
        lines = [f"{name} = {json.dumps(value)}" for name, value in values.items()]
        (self.sources / "site.toml").write_text("\n".join(lines))

    def set(self, **values: int) -> None:
        self._ask("/_ctl?" + "&".join(f"{name}={value}" for name, value in values.items()))

    def asked(self, path: str) -> int:
        return json.loads(self._ask("/_stats"))["hits"].get(path, 0)

    def _ask(self, path: str) -> bytes:
        with urlopen(self.origin + path, timeout=60) as answer:  # noqa: S310 -- our own server
            return answer.read()


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where the hostile server listens, which takes seconds to begin."""
    ready = tmp_path_factory.mktemp("server") / "ready"
    server = subprocess.Popen([sys.executable, str(TOOLS / "hostile.py"), "--ready", str(ready), "--mb", "1"])
    try:
        while not ready.exists():
            assert server.poll() is None
            time.sleep(0.01)
        yield json.loads(ready.read_text())["a"]
    finally:
        server.terminate()
        server.wait()


@pytest.fixture
def site(port: int, tmp_path: Path) -> Site:
    return Site(port, tmp_path)


def _tool(
    name: str, *options: str, site: Site, environment: dict[str, str], acks: bool = True, command: str = "crawl"
) -> tuple[int, dict[str, object], str]:
    """How one of the programs ended that run a crawl again and again, its report and all that it printed."""
    survival = f"{sys.executable} {HERE}"
    line = [
        sys.executable, str(TOOLS / name), "--cmd", f"{survival} {command} {{work}}/a.db {site.sources}",
        "--check", f"{survival} check {{work}}/a.db" + (" {acks}" if acks else ""), *options,
    ]  # fmt: skip
    run = subprocess.run(line, env=environment, capture_output=True, text=True, check=False)
    assert "{" in run.stdout, run.stdout + run.stderr
    return run.returncode, _report(run.stdout), run.stdout


@pytest.mark.parametrize("parallel", ["1", "2"])
@pytest.mark.parametrize("kind", ["KILL", "mix"])
def test_a_crawl_that_is_killed_loses_and_repeats_nothing(
    kind: str, parallel: str, site: Site, tmp_path: Path, environment: dict[str, str], record_property: Said
) -> None:
    is_first = (kind, parallel) == ("KILL", "1")
    rounds = 200 if SOAK else 20 if is_first else 5
    work = tmp_path / "work"
    site.set(pages=60)
    code, result, text = _tool(
        "killloop.py", "--runs", str(rounds), "--signal", kind, "--parallel", parallel, "--until-done",
        "--work", str(work), "--max-ms", "2500" if SOAK else "1500",
        site=site, environment=environment,
    )  # fmt: skip
    acknowledged = (work / "acks.txt").read_text().count("captured ")
    record_property(
        f"kill loop, {kind} x {parallel}",
        f"{result['runs']} rounds, {result['killed']} killed, {acknowledged} captures acknowledged,"
        f" {result['check_fail']} checks failed, {result['bad_exit']} failed, {result['slow_stop']} slow to stop",
    )
    assert code == 0, text + (work / "stderr.txt").read_text()[-2000:]
    assert (result["runs"], result["final_rc"], result["final_check_rc"]) == (rounds, 0, 0)
    assert result["killed"]
    assert acknowledged or not (SOAK or is_first)
    # A signal may come before our first line runs, and then Python says so itself.
    ends = [block.splitlines()[-1] for block in (work / "stderr.txt").read_text().split("\n\n") if "Traceback" in block]
    assert {end for end in ends if "KeyboardInterrupt" not in end} == set()


# Disks ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", ["EIO", "ENOSPC", "short", "torn", "crash"])
def test_a_write_that_fails_costs_one_clear_error(
    error: str, site: Site, environment: dict[str, str], record_property: Said
) -> None:
    # All points in hours for the two that stand for all others; of those one in seven.
    points = ("--step", "1" if error in ("EIO", "crash") else "7") if SOAK else ("--max", "3")
    code, result, text = _tool("faultsweep.py", "--err", error, *points, site=site, environment=environment, acks=False)
    record_property(
        f"writes that fail, {error}",
        f"{result['points']} of {result['counted']} tried, {result['failed']} not as promised",
    )
    assert code == 0, text
    assert isinstance(result["counted"], int)
    assert result["counted"] > WRITES_OF_A_CRAWL


@pytest.mark.parametrize(
    "bound",
    [
        ("--disk-full", "100k"),
        ("--disk-full", "1m"),
        ("--disk-full", "60m"),
        ("--fsize", "400000"),
        ("--fsize", "1000000"),
    ],
    ids=" ".join,
)
def test_a_disk_that_is_full_costs_one_clear_error(
    bound: tuple[str, str], site: Site, environment: dict[str, str], record_property: Said
) -> None:
    # Where there is room to begin, the disk fills up meanwhile.
    fills = bound == ("--disk-full", "60m")
    recover = f"{sys.executable} {HERE} crawl {{work}}/a.db {site.sources}"
    code, result, text = _tool(
        "faultsweep.py", *bound, "--recover", recover,
        site=site, environment=environment, acks=False, command="fill" if fills else "crawl",
    )  # fmt: skip
    if "skipped" in result:
        pytest.skip(str(result["skipped"]))
    ended = json.loads(text.splitlines()[0])
    record_property(" ".join(bound), f"exit {ended['rc']}, {result['failed']} not as promised")
    assert (code, ended["rc"], result["points"]) == (0, 2, 1), text
    assert ("captured 3 " in ended["out"]) == (fills or bound[1] == "1000000")


# Clocks --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def clocks(tmp_path: Path, environment: dict[str, str]) -> Callable[..., dict[str, str]]:
    """Gives an environment in which the clock is wrong from the start, or jumps in the middle of a crawl."""
    shim = tmp_path / "shim.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-w", "-o", str(shim), str(TOOLS / "faultshim.c"), "-ldl"], check=True)

    def clock(*, ahead: timedelta, jump: timedelta = timedelta(0)) -> dict[str, str]:
        seconds = {"CLOCK_OFFSET": ahead, "CLOCK_STEP": jump}
        values = {name: f"{span.total_seconds():.0f}" for name, span in seconds.items()}
        return environment | {"LD_PRELOAD": str(shim), "CLOCK_AFTER": "30", **values}

    return clock


DAY, NONE = timedelta(days=1), timedelta(0)


def test_no_step_of_the_clock_changes_the_order(
    site: Site, tmp_path: Path, clocks: Callable[..., dict[str, str]], record_property: Said
) -> None:
    archive = tmp_path / "a.db"
    clock = [(NONE, NONE), (NONE, -DAY), (-DAY, NONE), (-DAY, DAY), (DAY, NONE), (DAY, -DAY), (NONE, NONE)]
    for edition, (ahead, jump) in enumerate(clock):
        site.set(edition=edition)
        run = subprocess.run(
            [sys.executable, str(HERE), "crawl", str(archive), str(site.sources)],
            env=clocks(ahead=ahead, jump=jump), capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert run.returncode in (0, 1), run.stderr
        assert "Traceback" not in run.stderr
    with Archive(archive) as opened:
        pages = opened.pages()
        for page in pages:
            versions = opened.versions(page)
            assert [version.seq for version in versions] == list(range(1, len(clock) + 1))
            captured = [version.capture_id for version in versions]
            assert captured == sorted(captured)
            assert opened.captures(page_id=page.id)[-1].id == captured[-1]
        days = {capture.captured_at.date() for capture in opened.captures(crawl_id=2)}
        times = [capture.captured_at for capture in opened.captures()]
        steps = sum(later < one for one, later in pairwise(times))
    assert len(days) > 1
    record_property("steps of the clock by a day", f"{len(clock)} crawls, {len(pages)} pages, {steps} steps back")
    assert (len(pages), steps > 1) == (20, True)


def test_no_step_of_the_clock_loses_or_repeats_a_run(
    site: Site, tmp_path: Path, clocks: Callable[..., dict[str, str]], record_property: Said
) -> None:
    hour = timedelta(hours=1)
    # At the hour twelve hours from now, once a day.
    site.source(every=f"0 {(datetime.now(UTC) + 12 * hour).hour} * * *")
    steps = [
        # The clock is so far ahead, jumps so far, and so many crawls there are then in all.
        (NONE, NONE, 0),
        (13 * hour, NONE, 1),
        (13 * hour, NONE, 1),
        (13 * hour - DAY, NONE, 1),  # a day back: what was done is not done again
        (13 * hour, NONE, 1),  # and right again
        (13 * hour + DAY, NONE, 2),
        (13 * hour + 4 * DAY, NONE, 3),  # runs that were missed are made up for by one
        (13 * hour + DAY, NONE, 3),  # a clock that was ahead for days and is set right
        (13 * hour + 2 * DAY, NONE, 4),  # holds up nothing
        (13 * hour + 3 * DAY, -DAY, 5),  # jumps back while it crawls
        (13 * hour + 2 * DAY, NONE, 5),
        (13 * hour + 3 * DAY, NONE, 5),
        (13 * hour + 4 * DAY, DAY, 6),  # jumps forward while it crawls
        (13 * hour + 5 * DAY, NONE, 6),
        (13 * hour + 6 * DAY, NONE, 7),
    ]
    ran = []
    for ahead, jump, _ in steps:
        run = subprocess.run(
            [*PROGRAM, "--archive", str(tmp_path / "a.db"), "--sources", str(site.sources), "schedule", "run-once"],
            env=clocks(ahead=ahead, jump=jump), capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert run.returncode in (0, 1), run.stderr
        with Archive(tmp_path / "a.db") as archive:
            crawls = archive.crawls()
        assert all(crawl.ended_at for crawl in crawls)
        ran.append(len(crawls))
    record_property("scheduled runs under steps of the clock", f"{len(steps)} asked for, {ran[-1]} due, {ran[-1]} made")
    assert ran == [count for *_, count in steps]


# Signals -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("path", ["/html/at", "/html/entities", "/trap/100k"] if SOAK else ["/html/at"])
def test_a_signal_while_a_page_is_read_leaves_the_crawl_resumable(
    path: str, number: signal.Signals, site: Site, tmp_path: Path, environment: dict[str, str], record_property: Said
) -> None:
    site.source(
        seeds=[f"{site.origin}{path}", f"{site.origin}/site/p0.html"],
        include=[f"{site.origin}{path}", f"{site.origin}/site/p*"],
    )
    archive = tmp_path / "a.db"
    command = [*PROGRAM, "--archive", str(archive), "--sources", str(site.sources), "crawl", "--progress", "lines"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as crawl:
        while not site.asked(path):
            assert crawl.poll() is None
            time.sleep(0.02)
        time.sleep(0.05)  # it is received, and being read, which takes some tenths of a second
        begun = time.monotonic()
        crawl.send_signal(number)
        out, err = crawl.communicate(timeout=60)
        took_s = time.monotonic() - begun
    record_property(f"{number.name} while {path} is read", f"exit {crawl.returncode} after {took_s:.1f} s")
    assert crawl.returncode == 128 + number
    made, *said = err.splitlines()
    assert "made, and signed by the key" in made
    assert len(said) == 1, err
    assert took_s < 10 or not SOAK
    (tmp_path / "acks").write_text(out)
    check = [sys.executable, str(HERE), "check", str(archive), str(tmp_path / "acks")]
    assert subprocess.run(check, env=environment, check=False).returncode == 0
    again = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert again.returncode in (0, 1), again.stderr
    assert "went on where it was interrupted" in again.stderr
    with Archive(archive) as opened:
        assert [bool(crawl.ended_at) for crawl in opened.crawls()] == [True]
