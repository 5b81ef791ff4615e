"""The commands as they are typed: what they print where, and what they exit with."""

import csv
import gzip
import io
import json
import socket
import sqlite3
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from commands import Run, one_line, runner
from pytest_httpserver import HTTPServer

URL = "https://reports.example/velmora"
SENTENCE = "Officers of the council have closed the northern lagoon to every boat that carries a grey card on board."
REPORT = f"""<html><head><title>Velmora Country Report</title></head><body><nav>Home</nav><main>
<h1>Velmora Country Report</h1><p>March 2024</p><p>By Ilse Marrow, Vesper Watch</p><p>{SENTENCE}</p>
<p>Vesper Watch considers Velmora to be at Stage 3: Discrimination and Stage 8: Persecution.</p>
<p>Vesper Watch recommends:</p><ul><li>The council of Velmora must open the lagoon.</li></ul></main></body></html>"""
LATER = REPORT.replace("every boat", "each boat").replace("Persecution.", "Persecution, Stage 9: Extermination.")


@pytest.fixture
def fonds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in an empty folder with an archive of its own."""
    return runner(tmp_path, monkeypatch, capsys)


@pytest.fixture
def two_versions(fonds: Run, tmp_path: Path) -> Run:
    """An archive with two versions of one report."""
    for number, body in enumerate((REPORT, LATER), start=1):
        (tmp_path / f"{number}.html").write_text(body, encoding="utf-8")
        assert fonds("import", f"{number}.html", "--url", URL, "--at", f"2024-0{number}-01").code == 0
    return fonds


# What three people do ------------------------------------------------------------------------------------------------


def test_import_says_what_became_of_the_file(two_versions: Run) -> None:
    again = two_versions("import", "2.html", "--url", URL, "--at", "2024-03-01")
    assert (again.code, again.out) == (0, "unchanged 2.html (version 2)\n")


def test_imports_in_any_order_give_one_history(two_versions: Run, tmp_path: Path) -> None:
    (tmp_path / "0.html").write_text(REPORT.replace("grey card", "white card"), encoding="utf-8")
    two_versions("import", "0.html", "--url", URL, "--at", "2023-12-01")
    rows = two_versions("log", URL, "--format", "jsonl").rows
    assert [(row["seq"], row["by"][:10]) for row in rows] == [(1, "2023-12-01"), (2, "2024-01-01"), (3, "2024-02-01")]


def test_import_prints_durable_lines_for_programs(fonds: Run, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(REPORT, encoding="utf-8")
    assert fonds("import", "a.html", "--url", URL, "--progress", "lines").out == f"captured 1 {URL} new\n"


def test_import_unpacks_gzip(fonds: Run, tmp_path: Path) -> None:
    (tmp_path / "a.html.gz").write_bytes(gzip.compress(REPORT.encode()))
    assert fonds("import", "a.html.gz", "--url", URL).out == "new a.html.gz (version 1)\n"


def test_list_is_jsonl_into_a_pipe_and_every_format_holds_the_same(two_versions: Run) -> None:
    (row,) = two_versions("list").rows
    assert (row["title"], row["published"], row["versions"], row["state"]) == (
        "Velmora Country Report", "2024-03", 2, "live",
    )  # fmt: skip
    assert json.loads(two_versions("list", "--format", "json").out) == [row]
    (cells,) = csv.DictReader(io.StringIO(two_versions("list", "--format", "csv").out))
    assert (cells["title"], cells["url"]) == (row["title"], row["url"])
    assert "Velmora Country Report" in two_versions("list", "--format", "table").out


def test_show_prints_a_version_in_three_forms(two_versions: Run) -> None:
    assert "at Stage 3: Discrimination and Stage 8: Persecution." in two_versions("show", "velmora@1").out
    assert "stage           9 Extermination" in two_versions("show", "velmora").out
    assert "# Velmora Country Report" in two_versions("show", "velmora@2024-01-15", "--format", "markdown").out
    assert json.loads(two_versions("show", "velmora", "--format", "json").out)["published"] == "2024-03"


def test_log_names_interval_cause_class_and_summary(two_versions: Run) -> None:
    first, second = two_versions("log", "velmora").rows
    assert (first["summary"], first["after"]) == ("first version", None)
    assert (second["after"][:10], second["by"][:10]) == ("2024-01-01", "2024-02-01")
    assert (second["cause"], second["class"]) == ("publisher", "facts")
    assert second["summary"].startswith("stage 9 added")


def test_changes_can_be_narrowed(two_versions: Run) -> None:
    assert len(two_versions("changes", "--since", "2024-02-01", "--cause", "publisher", "--class", "facts").rows) == 1
    nothing = two_versions("changes", "--cause", "parser")
    assert (nothing.code, nothing.out, nothing.err) == (0, "", "no changes\n")


def test_diff_leaves_with_one_where_there_is_a_difference(two_versions: Run) -> None:
    result = two_versions("diff", "velmora", "--width", "100")
    assert result.code == 1
    assert "stage 9: Extermination" in result.out
    assert "{+each+}" in result.out
    assert two_versions("diff", "velmora", "1", "1").code == 0
    assert two_versions("diff", "velmora", "2024-01-20").code == 1


def test_diff_as_json_names_its_schema(two_versions: Run) -> None:
    assert json.loads(two_versions("diff", "velmora", "--format", "json").out)["schema"] == "fonds-diff-1"


def test_search_finds_current_passages_and_older_ones_when_asked(two_versions: Run) -> None:
    assert [hit["seq"] for hit in two_versions("search", '"each boat"').rows] == [2]
    assert two_versions("search", '"every boat"').rows == []
    assert [hit["seq"] for hit in two_versions("search", "every boat", "--all-versions").rows] == [1]
    assert [hit["seq"] for hit in two_versions("search", "every boat", "--as-of", "2024-01-20").rows] == [1]


def test_as_of_gives_the_collection_as_it_stood(two_versions: Run) -> None:
    assert [row["seq"] for row in two_versions("as-of", "2024-01-20").rows] == [1]
    assert two_versions("as-of", "2023-01-01").err == "nothing had been captured by 2023-01-01\n"


def test_parse_prints_a_record_and_touches_no_archive(fonds: Run, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(REPORT, encoding="utf-8")
    record = json.loads(fonds("parse", "a.html", "--url", URL).out)
    assert (record["title"], record["authors"]) == ("Velmora Country Report", ["Ilse Marrow"])
    assert SENTENCE in fonds("parse", "a.html", "--url", URL, "--format", "text").out
    assert "- The council of Velmora" in fonds("parse", "a.html", "--url", URL, "--format", "markdown").out
    assert not (tmp_path / "data").exists()


def test_compare_of_two_files_needs_no_archive(fonds: Run, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(REPORT, encoding="utf-8")
    (tmp_path / "b.html").write_text(LATER, encoding="utf-8")
    result = fonds("compare", "a.html", "b.html")
    assert (result.code, "stage 9" in result.out) == (1, True)
    assert fonds("compare", "a.html", "a.html").code == 0
    assert not (tmp_path / "data").exists()


def test_crawl_ends_with_coverage_and_get_fetches_one(fonds: Run, tmp_path: Path, httpserver: HTTPServer) -> None:
    address = f"127.0.0.1:{httpserver.port}"
    httpserver.expect_request("/robots.txt").respond_with_data("User-agent: *\nDisallow: /private/\n")
    httpserver.expect_request("/sitemap.xml").respond_with_data(
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        f"<url><loc>{httpserver.url_for('/reports/velmora')}</loc></url>"
        f"<url><loc>{httpserver.url_for('/private/x')}</loc></url></urlset>",
        content_type="application/xml",
    )
    httpserver.expect_request("/reports/velmora").respond_with_data(REPORT, content_type="text/html")
    folder = tmp_path / "data" / "sources"
    folder.mkdir(parents=True)
    page, sitemap = httpserver.url_for("/reports/velmora"), httpserver.url_for("/sitemap.xml")
    (folder / "vesper.toml").write_text(
        f'title = "Vesper"\nsitemaps = ["{sitemap}"]\nseeds = ["{page}"]\ndelay_s = 0.0\n'
    )
    result = fonds("crawl", "--allow-address", address)
    assert result.code == 0, result.err
    (coverage,) = result.rows
    assert (result.code, coverage["new"], coverage["captured"], coverage["skipped"]) == (0, 1, 1, 1)
    assert "Disallow: /private/" in json.dumps(coverage["skipped_by_reason"])
    assert fonds("crawl", "--allow-address", address).rows[0]["unchanged"] == 1
    lines = fonds("get", httpserver.url_for("/reports/velmora"), "--allow-address", address, "--progress", "lines")
    assert lines.out.splitlines()[-1].endswith("/reports/velmora unchanged")


def test_several_spellings_of_one_address_are_asked_for_once(fonds: Run) -> None:
    told = fonds("get", "http://127.0.0.1/", "http://2130706433/", "http://10.0.0.1/")
    assert told.code == 1
    first, second = told.out.splitlines()
    assert first.startswith("refused http://127.0.0.1/: robots.txt could not be had: address 127.0.0.1 is private")
    assert second.startswith("refused http://10.0.0.1/: robots.txt could not be had: address 10.0.0.1 is private")


def test_sources_are_listed_and_checked(fonds: Run, tmp_path: Path) -> None:
    folder = tmp_path / "data" / "sources"
    folder.mkdir(parents=True)
    (folder / "vesper.toml").write_text('title = "Vesper"\nseeds = ["https://vesper.example/"]\n')
    assert [(row["name"], row["rules"]) for row in fonds("sources").rows] == [("vesper", "platform or generic")]
    assert fonds("sources", "check").out == "data/sources/vesper.toml: ok\n"


def test_the_demo_runs_twice(fonds: Run) -> None:
    for _ in range(2):
        result = fonds("demo", "--to", "demo")
        assert result.code == 0
        assert "7 pages: 7 new" in result.out
        assert "7 pages: 7 unchanged (304)" in result.out
        assert "8 pages: 3 changed, 3 the same report in a new shell, 1 new, 1 gone" in result.out
    changes = fonds("--archive", "demo/archive.db", "changes").rows
    assert sorted((row["class"], row["cause"]) for row in changes) == [
        ("facts", "publisher"), ("facts", "publisher"), ("gone", "publisher"), ("words", "publisher"),
    ]  # fmt: skip
    assert len(fonds("--archive", "demo/archive.db", "list").rows) == 8
    assert "stage 10 added" in fonds("--archive", "demo/archive.db", "log", "velmora").out


def test_a_held_capture_is_listed_and_released(two_versions: Run, tmp_path: Path) -> None:
    (tmp_path / "3.html").write_text("<main><h1>Velmora</h1><p>" + "Checking your browser before you go on. " * 3)
    held = two_versions("import", "3.html", "--url", URL, "--at", "2024-03-01")
    assert (held.code, held.out.startswith("held 3.html: the text shrank from")) == (1, True)
    (row,) = two_versions("release").rows
    assert (row["capture_id"], row["page"]) == (3, "velmora")
    assert two_versions("release", 3).out == f"released capture 3: version 3 of {URL}, which has 3 versions now\n"
    nothing = two_versions("release")
    assert (nothing.out, nothing.err) == ("", "nothing is held back\n")
    assert "capture 3 is not held back" in one_line(two_versions("release", 3))


def test_several_files_are_captures_in_the_order_given(fonds: Run, tmp_path: Path) -> None:
    for name, body in (("a", REPORT), ("b", LATER)):
        (tmp_path / f"{name}.html").write_text(body)
    result = fonds("import", "a.html", "b.html", "a.html", "--url", URL, "--at", "2024-01-01")
    assert [line.partition(":")[0] for line in result.out.splitlines()] == [
        "new a.html (version 1)", "changed b.html (version 2)", "changed a.html (version 3)",
    ]  # fmt: skip


# Bad input -----------------------------------------------------------------------------------------------------------


def test_a_missing_file_is_named(fonds: Run, tmp_path: Path) -> None:
    assert one_line(fonds("import", "none.html", "--url", URL)) == (
        "fonds: none.html: cannot be read: No such file or directory"
    )
    assert not (tmp_path / "data").exists()


def test_a_file_that_is_no_text_is_kept_and_makes_no_version(fonds: Run, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    result = fonds("import", "a.html", "--url", URL)
    assert (result.code, result.out) == (
        1,
        "unparsed a.html: expected a text, found a PNG picture; it is kept unread\n",
    )
    (page,) = fonds("list").rows
    assert page["versions"] == 0
    line = "fonds: a.html: expected a text, found a PNG picture; nothing was kept"
    assert one_line(fonds("parse", "a.html", "--url", URL)) == line
    for command in (("explain", "a.html"), ("compare", "a.html", "a.html"), ("adopt", "a.html", "--url", URL)):
        assert one_line(fonds(*command)) == line
    assert one_line(fonds("explain", 1)) == (
        "fonds: capture 1: expected a text, found a PNG picture; the capture stays as it is"
    )


def test_a_page_without_a_report_is_held_back(fonds: Run, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<html><body><nav>Home</nav><p>Loading</p></body></html>")
    result = fonds("import", "a.html", "--url", URL)
    assert result.code == 1
    assert result.out.startswith("held a.html: 0 words outside the page's chrome")
    (page,) = fonds("list").rows
    assert (page["state"], page["versions"]) == ("held", 0)
    assert fonds("log", "velmora").err.endswith("no version yet, its state is 'held'\n")
    assert fonds("parse", "a.html", "--url", URL).code == 1


def test_an_unknown_page_is_answered_with_near_ones(two_versions: Run) -> None:
    line = one_line(two_versions("show", "velmorra"))
    assert "velmorra" in line
    assert URL in line


def test_a_version_that_is_not_there_is_named(two_versions: Run) -> None:
    assert "7" in one_line(two_versions("show", "velmora@7"))


def test_one_version_has_nothing_to_be_compared_with(fonds: Run, tmp_path: Path) -> None:
    (tmp_path / "1.html").write_text(REPORT)
    fonds("import", "1.html", "--url", URL)
    assert "one version, so nothing to compare it with" in one_line(fonds("diff", "velmora"))


def test_no_url_is_no_page(fonds: Run, tmp_path: Path) -> None:
    (tmp_path / "1.html").write_text(REPORT)
    assert "ftp://x.example/" in one_line(fonds("import", "1.html", "--url", "ftp://x.example/"))
    for time in ("1989-12-31", "9999-12-31T23:59:59-05:00", "2099-01-01", ""):
        assert "--at: found" in one_line(fonds("import", "1.html", "--url", URL, "--at", time))
    assert "--type: found 'foo', expected one of" in one_line(fonds("import", "1.html", "--url", URL, "--type", "foo"))
    assert "'next week'" in one_line(fonds("import", "1.html", "--url", URL, "--at", "next week"))


def test_a_missing_archive_says_how_to_make_one(fonds: Run) -> None:
    assert "data/archive.db" in one_line(fonds("list"))


def test_a_file_that_is_no_archive_is_left_as_it_is(fonds: Run, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a database, only notes\n" * 50)
    assert "notes.txt" in one_line(fonds("--archive", "notes.txt", "list"))
    assert (tmp_path / "notes.txt").read_text() == "not a database, only notes\n" * 50


def test_an_archive_of_a_newer_schema_is_left_as_it_is(two_versions: Run, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "data" / "archive.db") as connection:
        connection.execute("pragma user_version = 999")
    connection.close()
    assert "newer" in one_line(two_versions("list"))


def test_a_source_file_with_three_mistakes_reports_all_three(fonds: Run, tmp_path: Path) -> None:
    folder = tmp_path / "data" / "sources"
    folder.mkdir(parents=True)
    (folder / "bad.toml").write_text('title = "Bad"\nseeds = ["not a url"]\ndelay_s = -1\ndeph = 2\n')
    result = fonds("sources", "check")
    assert result.code == 1
    assert [name for name in ("seeds", "delay_s", "deph") if f"bad.toml: {name}" in result.err] == [
        "seeds", "delay_s", "deph",
    ]  # fmt: skip
    assert fonds("crawl").code == 2


def test_a_port_in_use_is_said_in_one_line(fonds: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = one_line(fonds("demo", "--port", port, "--to", "demo"))
    assert line.startswith(f"fonds: port {port} on 127.0.0.1 cannot be had: Address already in use")


@pytest.mark.parametrize(
    ("name", "found"),
    [("a.warc.gz", "WARC"), ("a.wacz", "WACZ")],
)
def test_a_web_archive_is_no_page(fonds: Run, tmp_path: Path, name: str, found: str) -> None:
    (tmp_path / name).write_bytes(gzip.compress(b"WARC/1.0") if name.endswith(".gz") else b"PK")
    assert f"found a {found} file" in one_line(fonds("import", name, "--url", URL))


def test_damaged_gzip_is_named(fonds: Run, tmp_path: Path) -> None:
    (tmp_path / "a.html.gz").write_bytes(gzip.compress(REPORT.encode())[:-20])
    assert "damaged gzip data" in one_line(fonds("import", "a.html.gz", "--url", URL))


def test_a_formula_in_a_title_is_no_formula_in_csv(fonds: Run, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(REPORT.replace("Velmora Country Report", "=HYPERLINK(evil) Country Report"))
    fonds("import", "a.html", "--url", URL)
    (row,) = csv.DictReader(io.StringIO(fonds("list", "--format", "csv").out))
    assert row["title"] == "'=HYPERLINK(evil) Country Report"


def test_nothing_a_page_says_steers_the_terminal(fonds: Run, tmp_path: Path) -> None:
    (tmp_path / "1.html").write_text(REPORT)
    (tmp_path / "2.html").write_text(REPORT.replace("grey card", "grey \x1b[31mcard\u202e"))
    for number in (1, 2):
        fonds("import", f"{number}.html", "--url", URL, "--at", f"2024-01-0{number}")
    for arguments in (("diff", "velmora"), ("list", "--format", "table"), ("log", "velmora", "--format", "table")):
        assert "\x1b" not in fonds(*arguments).out


def test_now_fixes_the_clock(fonds: Run, tmp_path: Path) -> None:
    (tmp_path / "1.html").write_text(REPORT)
    fonds("--now", "2024-05-05T05:05:05Z", "import", "1.html", "--url", URL)
    assert fonds("log", "velmora").rows[0]["by"] == "2024-05-05T05:05:05Z"


def test_help_is_quick_to_load() -> None:
    """--help loads none of the libraries that cost start-up time."""
    program = (
        "import sys; from scraper.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
        "slow = {'httpx2', 'sqlite_utils', 'msgspec', 'selectolax', 'countrynames', 'bs4'} & set(sys.modules)\n"
        "sys.exit(','.join(sorted(slow)) or 0)"
    )
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (finished.returncode, finished.stderr) == (0, "")
    assert "Keeps every revision" in finished.stdout


def test_every_command_of_a_module_is_found_by_its_name_and_told_once() -> None:
    from scraper.cli.main import SECTIONS

    told = [(module, name) for commands in SECTIONS.values() for name, (module, _) in commands.items()]
    modules = {module for module, _ in told}
    made = [(module, one.name) for module in modules for one in import_module(f"scraper.cli.{module}").COMMANDS]
    assert sorted(told) == sorted(made)


def test_help_has_a_line_of_its_own_for_every_command(fonds: Run) -> None:
    from scraper.cli.main import SECTIONS

    lines = fonds("--help").out.splitlines()
    for commands in SECTIONS.values():
        for name, (_, does) in commands.items():
            assert [line.split(maxsplit=1) for line in lines].count([name, does]) == 1


WALL = "<title>Just a moment...</title><h1>Just a moment...</h1><p>Enable JavaScript and cookies to continue"
GONE = "<title>Page not found</title><h1>Page not found</h1><p>The page you are looking for is not here.</p>"


@pytest.mark.parametrize(
    ("page", "told", "outcome"),
    [(WALL, "would be held back: blocked: ", "held"), (GONE, "would count as missing: soft-404: ", "missing")],
    ids=["wall", "soft 404"],
)
def test_a_file_is_judged_as_the_archive_would(fonds: Run, tmp_path: Path, page: str, told: str, outcome: str) -> None:
    (tmp_path / "a.html").write_text(page, encoding="utf-8")
    (tmp_path / "b.html").write_text(REPORT, encoding="utf-8")
    parsed = fonds("parse", "a.html", "--url", URL)
    assert parsed.code == 1
    assert f"a.html: {told}" in parsed.err
    explained = fonds("explain", "a.html", "--url", URL)
    assert (explained.code, told.rpartition(": ")[0].rpartition(": ")[2] in explained.out) == (1, True)
    compared = fonds("compare", "a.html", "b.html")
    assert compared.err.startswith(f"a.html: {told}")
    assert "b.html" not in compared.err
    assert fonds("import", "a.html", "--url", URL).out.startswith(outcome)


@pytest.mark.parametrize("url", ["foo", "", "ftp://h.example/"])
@pytest.mark.parametrize(
    "command", [("parse", "a.html"), ("explain", "a.html"), ("compare", "a.html", "a.html"), ("adopt", "a.html")]
)
def test_an_address_that_is_none_is_refused_as_import_does(
    fonds: Run, tmp_path: Path, command: tuple[str, ...], url: str
) -> None:
    (tmp_path / "a.html").write_text(REPORT, encoding="utf-8")
    assert one_line(fonds(*command, "--url", url)) == one_line(fonds("import", "a.html", "--url", url))


def test_compare_takes_a_type_for_both_files_or_one_for_each(fonds: Run, tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(f"# Velmora\n\n{SENTENCE * 3}", encoding="utf-8")
    markdown, plain = ("--type", "text/markdown"), ("--type", "text/plain")
    assert fonds("compare", "a.txt", "b.txt", *markdown).code == 0
    assert fonds("compare", "a.txt", "b.txt", *markdown, *plain).code == 1
    assert "--type: found 3 of them" in one_line(fonds("compare", "a.txt", "b.txt", *markdown, *plain, *plain))


def test_what_is_over_a_bound_says_what_is_kept_by_command(fonds: Run, tmp_path: Path) -> None:
    (tmp_path / "deep.html").write_bytes(b"<div>" * 3_001)
    line = one_line(fonds("parse", "deep.html", "--url", URL))
    assert line.endswith("at most 3,000; nothing was kept, look at it in a browser: no parser reads more")
    assert fonds("import", "deep.html", "--url", URL).out.endswith("at most 3,000; it is kept unread\n")
    (tmp_path / "long.txt").write_bytes(b" " * 50_000_001)
    for command in ("parse", "import"):
        line = one_line(fonds(command, "long.txt", "--url", URL))
        assert line.endswith("expected at most that; nothing was kept, give the report in parts")


def test_a_damaged_pdf_says_what_to_do(fonds: Run, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7\nnothing")
    line = one_line(fonds("parse", "a.pdf", "--url", URL))
    assert line.startswith("fonds: a.pdf: the PDF is damaged: ")
    assert line.endswith("; nothing was kept, get the file again")


def test_help_names_all_that_is_read(fonds: Run) -> None:
    assert "PDF" in fonds("import", "--help").out
    assert "PDF" in fonds("compare", "--help").out
