from pathlib import Path

from building import capture, day, record

from parsers.record import Match, Record
from scraper import Archive
from scraper.crawl.health import health
from scraper.loader import load
from scraper.sources import load_sources

SOURCE = 'title = "Acme"\ncontact = "mailto:a@example.org"\nseeds = ["https://example.org/reports"]\n'


def _dated(body: bytes, *, url: str, content_type: str | None = None) -> Record:
    text = body.decode()
    found = Match(field="published", selector="time", found=int("undated" not in text))
    chrome = Match(field="chrome", selector="nav", found=int("bare" not in text))
    return record(text, url=url, published="2024-03" if found.found else None, matches=(found, chrome))


def _crawl(archive: Archive, number: int, *texts: str) -> None:
    crawl = archive.begin_crawl(["acme"], day(number))
    for place, text in enumerate(texts):
        url = f"https://example.org/reports/{place}"
        loaded = capture(f"{text} {number}", day(number), url=url, final_url=url)
        load(archive, loaded, source="acme", crawl_id=crawl.id, parse=_dated)
    archive.end_crawl(crawl.id, day(number), {})


def _attention(archive: Archive, folder: Path) -> tuple[str, ...]:
    (folder / "acme.toml").write_text(SOURCE, encoding="utf-8")
    [found] = health(archive, load_sources(folder, ()), day(9))
    return found.attention


def test_rules_that_find_nothing_any_more_need_attention_until_the_next_crawl(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive.db", create=True) as archive:
        for number in (1, 2, 3):
            _crawl(archive, number, "The first text.", "The second text.", "The third text.")
        assert _attention(archive, tmp_path) == ()
        _crawl(archive, 4, "An undated text.", "A bare undated text.", "The third text.")
        assert _attention(archive, tmp_path) == (
            "published is gone on 2 pages; `fonds explain 10` says more",
            "selectors for chrome match nothing any more on 1 page; `fonds explain 11` says more",
        )
        _crawl(archive, 5, "The first text.", "The second text.", "The third text.")
        assert _attention(archive, tmp_path) == ()
