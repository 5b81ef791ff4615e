from pathlib import Path

import pytest

from scraper.errors import SourceError, UsageError
from scraper.sources import Scope, Source, load_source, load_sources
from scraper.urls import address

GOOD = """
title = "Example Observatory"
contact = "https://example.org/us"
seeds = ["https://reports.example.org/list"]
include = ["https://reports.example.org/report/*"]
exclude = ["*?print=*"]
delay_s = 5
expect_pages = [2, 40]
allow_addresses = ["127.0.0.1:8000", "[::1]:8000"]
"""


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_source_file_becomes_a_source_named_after_it(tmp_path: Path) -> None:
    source = load_source(write(tmp_path, "observatory", GOOD))
    assert source.name == "observatory"
    assert source.seeds == ("https://reports.example.org/list",)
    assert source.delay_s == 5.0
    assert source.expect_pages == (2, 40)
    assert source.depth == 1
    assert source.max_pages == 10_000


def test_every_mistake_is_reported_at_once_with_field_found_and_expected(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "Bad Name",
        'titel = "x"\nseeds = ["ftp://h/", 5]\ndelay_s = "fast"\ndepth = 99\nmax_pages = true\ncontact = "no one"\n'
        'expect_pages = [5, 2]\ninclude = "x"\nallow_addresses = ["127.0.0.1"]\n',
    )
    with pytest.raises(SourceError) as caught:
        load_source(path)
    lines = caught.value.mistakes
    assert [line.split(":")[0] for line in lines] == [
        "name", "title", "seeds[0]", "seeds[1]", "contact", "include", "depth", "delay_s", "max_pages",
        "expect_pages", "allow_addresses[0]", "titel",
    ]  # fmt: skip
    assert "delay_s: found 'fast', expected seconds, a number from 0 to 3,600" in lines
    assert "titel: unknown field; did you mean title?" in lines
    assert "title: missing, expected the publisher's name, 1 to 200 characters" in lines
    assert all(str(path) in line for line in str(caught.value).splitlines())


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b'title = "x\n', "not valid TOML: .*line 1"),
        (b'title = "x"\nseeds = ["\xff"]', "line 2: found byte 0xff, expected UTF-8"),
        (b'name = "y"', "name: found 'y', expected no such field"),
        (b"x = " + b"[" * 5000, "not valid TOML"),
        (b" " * 1_000_001, "expected a short TOML file"),
    ],
)
def test_a_file_that_is_no_source_says_where_and_why(tmp_path: Path, content: bytes, found: str) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=found):
        load_source(path)


def test_mistakes_of_several_files_are_reported_together(tmp_path: Path) -> None:
    write(tmp_path, "good", GOOD)
    write(tmp_path, "one", 'title = "x"')
    write(tmp_path, "two", 'title = ""\nseeds = ["https://h/"]')
    with pytest.raises(SourceError) as caught:
        load_sources(tmp_path)
    assert [line.split(":")[0] for line in caught.value.mistakes] == ["one.toml", "two.toml"]


def test_only_the_sources_asked_for_are_read(tmp_path: Path) -> None:
    write(tmp_path, "good", GOOD)
    write(tmp_path, "broken", "?")
    assert [source.name for source in load_sources(tmp_path, ["good", "good"])] == ["good"]
    with pytest.raises(UsageError, match=r"no source 'goud' .* there is: good"):
        load_sources(tmp_path, ["goud"])


def test_an_absent_folder_or_file_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="found no folder of sources"):
        load_sources(tmp_path / "none")
    with pytest.raises(UsageError, match="cannot be read"):
        load_source(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://reports.example.org/report/a", ""),
        ("http://reports.example.org:443/report/a", "not in include"),
        ("https://reports.example.org/report/a?print=1", "exclude *?print=*"),
        ("https://reports.example.org/list", "not in include"),
        ("https://example.org/report/a", "other host"),
    ],
)
def test_scope_names_the_rule_that_keeps_a_url_out(tmp_path: Path, url: str, reason: str) -> None:
    source = load_source(write(tmp_path, "observatory", GOOD))
    assert source.scope_reason(url) == reason
    assert source.in_scope(url) is (reason == "")


def test_without_include_a_source_is_its_hosts() -> None:
    source = Source(name="x", title="X", seeds=("http://127.0.0.1:8000/",))
    assert source.in_scope("http://127.0.0.1:8000/any")
    assert not source.in_scope("http://127.0.0.1:8001/any")


def test_a_source_may_start_from_sitemaps_or_feeds_alone_but_from_nowhere_it_may_not(tmp_path: Path) -> None:
    source = load_source(write(tmp_path, "fed", 'title = "x"\nfeeds = ["https://news.example/feed"]'))
    assert source.entrances == ("https://news.example/feed",)
    assert source.in_scope("https://news.example/report")
    with pytest.raises(SourceError, match="or sitemaps or feeds to start from") as caught:
        load_source(write(tmp_path, "lost", "titel = 5\nseeds = []"))
    assert [line.split(":")[0] for line in caught.value.mistakes] == ["seeds", "title", "titel"]
    with pytest.raises(SourceError, match="seeds: missing"):
        load_source(write(tmp_path, "lost", 'title = "x"'))


def test_a_listing_is_read_for_its_links_only() -> None:
    source = Source(
        name="x", title="X", seeds=("https://h.example/",), listings=("*/list?page=*",), exclude=("*&sort=*",)
    )
    scope = Scope(source)
    assert source.scope_reason("https://h.example/list?page=2") == "listing */list?page=*: read for its links only"
    assert scope.is_listing(address("https://h.example/list?page=2"))
    assert not scope.is_listing(address("https://h.example/list?page=2&sort=up"))
    assert not scope.is_listing(address("https://other.example/list?page=2"))


def test_the_sources_of_the_project_are_valid() -> None:
    sources = load_sources(Path(__file__).resolve().parents[1] / "data" / "sources")
    assert "genocidewatch" in {source.name for source in sources}
    assert all(source.delay_s >= 5 for source in sources)


def test_what_is_insignificant_is_declared_with_all_mistakes_told(tmp_path: Path) -> None:
    rule = "[[insignificant]]\nname = \"visitor counter\"\ntext = '''Read [\\d,]+ times'''\n"
    (found,) = load_source(write(tmp_path, "observatory", f"{GOOD}\n{rule}")).insignificant
    assert (found.name, found.text) == ("visitor counter", r"Read [\d,]+ times")
    assert load_source(write(tmp_path, "plain", GOOD)).insignificant == ()

    path = write(tmp_path, "wrong", f'{GOOD}depth = 99\n{rule}[[insignificant]]\nname = "b"\ntext = "("\n')
    with pytest.raises(SourceError) as caught:
        load_source(path)
    assert [line.split(":")[0] for line in caught.value.mistakes] == ["insignificant[1].text", "depth"]
