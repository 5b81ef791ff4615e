"""Kills, failing disks, hostile servers and lying name servers: what was promised is kept.

The programs that do this to us are beside the checkout (../shared/bench/trust); without them these tests are skipped.
FONDS_SOAK=1 (`make soak`) runs all of it for hours; else a short form. Each prints what it counted.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

SOAK = bool(os.environ.get("FONDS_SOAK"))
PROJECT = Path(__file__).resolve().parents[1]
TOOLS = PROJECT.parent / "shared" / "bench" / "trust"
HERE = Path(__file__).with_name("survival.py")
FONDS = f"{sys.executable} -c 'from scraper.cli import main; main()'"
# One of each kind of trouble, those that are over quickly.
SHORT = """
    /enc/gzip-bomb /enc/br-bomb /enc/zstd-bomb /enc/gzip-cut /enc/gzip-lie /body/infinite /body/reset /body/short
    /body/cl-two /body/chunk-cut /body/chunk-ext /head/many /head/100-flood /head/charset-codec /head/304
    /redir/loop /redir/leak /redir/canary /redir/meta /ssrf/file /ssrf/circled /ssrf/mapped /ssrf/meta /ssrf/ten
    /ssrf-links /site/p0.html#robots=huge /site/p0.html#robots=wildcards /site/p0.html#robots=cross
    /site/p0.html#robots=canary /map/laughs.xml /map/xxe.xml /map/bomb.xml.gz /trap/100k /html/nest /html/attrs
    /html/adoption /html/ansi /html/surrogate /html/ws /hist/flaky
""".split()
NAMES = """
    good.test/page rebind.test/page mixed.test/ private.test/ meta.test/ mapped.test/ six.test/ good.test/to-rebind
    good.test/to-loopback good.test/to-meta good.test/to-private-name good.test/to-mapped good.test/to-other
""".split()

pytestmark = pytest.mark.skipif(not TOOLS.is_dir(), reason="the hostile programs are not beside this checkout")
Said = Callable[[str, object], None]


@pytest.fixture
def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(PROJECT), "COLUMNS": "200"}


def _alone(*command: str) -> list[str]:
    """*command* where no network is but this machine's loopback, so that no name or address leads outside."""
    if subprocess.run(["unshare", "-n", "true"], capture_output=True, check=False).returncode:
        pytest.skip("a network namespace needs root; without one a hostile page could lead outside")
    return ["unshare", "-n", "sh", "-c", 'ip link set lo up; exec "$@"', "alone", *command]


def _report(text: str) -> dict[str, object]:
    """The JSON line with which the programs end."""
    return json.loads(next(line for line in reversed(text.splitlines()) if line.startswith("{")))


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
        code=$?; kill $server; exit $code
    """)
    only = () if SOAK else ("--paths", ",".join(SHORT))
    run = subprocess.run(_alone("sh", str(script), *only), env=environment, capture_output=True, text=True, check=False)
    failed = [line for line in run.stdout.splitlines() if line.startswith(("FAIL", "mism"))]
    result = _report(run.stdout)
    record_property("hostile behaviours", f"{result['entries']} tried, {result['failed']} failed")
    assert not failed, "\n".join(failed)
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("name", NAMES if SOAK else NAMES[1:4])
def test_a_name_that_leads_inside_reaches_nothing(
    name: str, tmp_path: Path, environment: dict[str, str], record_property: Said
) -> None:
    _alone("true")
    lab = tmp_path / "lab"
    lab.mkdir()
    command = ["sh", str(TOOLS / "netlab.sh"), "sh", "-c", f"{FONDS} --archive {tmp_path}/a.db get http://{name}"]
    run = subprocess.run(command, env=environment | {"LAB": str(lab)}, capture_output=True, text=True, check=False)
    canary = lab / "canary.jsonl"
    hits = canary.read_text().splitlines() if canary.exists() else []
    record_property("names that lead inside", f"{name}: {len(hits)} canary hits, exit {run.returncode}")
    assert hits == []
    # The public names are read; one that turns inside is refused, at whichever look-up it does.
    if "rebind" not in name:
        assert run.returncode == (0 if name in ("good.test/page", "good.test/to-other") else 1), run.stderr
    assert "Traceback" not in run.stderr


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """The address of an honest site of 40 pages (20 for the disk), and a source file for it."""
    ready = tmp_path / "ready"
    server = subprocess.Popen(
        [sys.executable, str(TOOLS / "hostile.py"), "--ready", str(ready), "--mb", "1", "--pages", "20"]
    )
    try:
        while not ready.exists():
            assert server.poll() is None
        port = json.loads(ready.read_text())["a"]
        sources = tmp_path / "sources"
        sources.mkdir()
        (sources / "site.toml").write_text(f"""
            title = "Honest site"
            seeds = ["http://127.0.0.1:{port}/site/"]
            include = ["http://127.0.0.1:{port}/site/p*.html"]
            delay_s = 0
            pace = 0
            connections = 4
            allow_addresses = ["127.0.0.1:{port}"]
        """)
        yield f"http://127.0.0.1:{port}/site/"
    finally:
        server.terminate()
        server.wait()


def _tool(
    name: str, *options: str, sources: Path, environment: dict[str, str], acks: bool = True
) -> tuple[int, dict[str, object], str]:
    command = [
        sys.executable, str(TOOLS / name), "--cmd", f"{sys.executable} {HERE} crawl {{work}}/a.db {sources}",
        "--check", f"{sys.executable} {HERE} check {{work}}/a.db" + (" {acks}" if acks else ""), *options,
    ]  # fmt: skip
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert "{" in run.stdout, run.stderr
    return run.returncode, _report(run.stdout), run.stdout


@pytest.mark.parametrize("parallel", ["1", "2"])
@pytest.mark.parametrize("signal", ["KILL", "mix"])
def test_a_crawl_that_is_killed_loses_and_repeats_nothing(
    signal: str, parallel: str, site: str, tmp_path: Path, environment: dict[str, str], record_property: Said
) -> None:
    rounds = 200 if SOAK else 20 if (signal, parallel) == ("KILL", "1") else 5
    code, result, text = _tool(
        "killloop.py", "--runs", str(rounds), "--signal", signal, "--parallel", parallel, "--until-done",
        "--work", str(tmp_path / "work"), "--max-ms", "1500" if not SOAK else "4000",
        sources=tmp_path / "sources", environment=environment,
    )  # fmt: skip
    record_property(
        f"kill loop, {signal} x {parallel}",
        f"{result['runs']} rounds, {result['killed']} killed, {result['check_fail']} checks failed,"
        f" {result['slow_stop']} slow to stop, last run exit {result['final_rc']}",
    )
    assert code == 0, text


@pytest.mark.parametrize("error", ["EIO", "ENOSPC", "torn", "crash"])
def test_a_write_that_fails_costs_one_clear_error(
    error: str, site: str, tmp_path: Path, environment: dict[str, str], record_property: Said
) -> None:
    points = "100000" if SOAK else "4"
    code, result, text = _tool(
        "faultsweep.py", "--err", error, "--max", points,
        sources=tmp_path / "sources", environment=environment, acks=False,
    )  # fmt: skip
    record_property(
        f"writes that fail, {error}",
        f"{result['points']} of {result['counted']} tried, {result['failed']} not as promised",
    )
    assert code == 0, text


@pytest.mark.parametrize("bound", [("--disk-full", "1m"), ("--fsize", "400000")], ids=["disk full", "file size limit"])
def test_a_disk_that_is_full_costs_one_clear_error(
    bound: tuple[str, str], site: str, tmp_path: Path, environment: dict[str, str], record_property: Said
) -> None:
    code, result, text = _tool(
        "faultsweep.py", *bound, sources=tmp_path / "sources", environment=environment, acks=False
    )
    record_property(f"{bound[0]} {bound[1]}", f"{result.get('points', result)} tried, {result.get('failed')} failed")
    assert code == 0, text


def test_no_step_of_the_clock_changes_the_order(
    site: str, tmp_path: Path, environment: dict[str, str], record_property: Said
) -> None:
    shim = tmp_path / "shim.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-w", "-o", str(shim), str(TOOLS / "faultshim.c"), "-ldl"], check=True)
    archive, sources = tmp_path / "a.db", tmp_path / "sources"
    for step in ("0", "-86400", "86400", "0"):
        run = subprocess.run(
            [sys.executable, str(HERE), "crawl", str(archive), str(sources)],
            env=environment | {"LD_PRELOAD": str(shim), "CLOCK_STEP": step},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert run.returncode in (0, 1), run.stderr
        assert "Traceback" not in run.stderr
    checked = subprocess.run([sys.executable, str(HERE), "check", str(archive)], env=environment, check=False)
    assert checked.returncode == 0
    from scraper.archive import Archive

    with Archive(archive) as opened:
        for page in opened.pages():
            assert [version.seq for version in opened.versions(page)] == [1]
            assert opened.captures(page_id=page.id)[-1].id == opened.versions(page)[-1].last_capture_id
        record_property("clock steps of a day", f"4 crawls, {len(opened.pages())} pages, order by sequence kept")
