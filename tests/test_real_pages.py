"""Real pages as served: two Wix posts, five report pages, and 44 labelled pairs of revisions."""

import csv
import gzip
import json
import re
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from parsers import parse
from scraper import Archive
from scraper.capture import Capture
from scraper.diff import diff
from scraper.loader import load

STRIVE = ("strive-magazin.de.dating", "https://www.strive-magazine.de/post/das-dating-dilemma-erfolgreicher-frauen")
KEEN = ("wcxb-1651", "https://www.keenschoolofmusic.com/post/why-music-lessons")


def _words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.lower()))


def _unpacked(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes())


@pytest.mark.parametrize(
    ("name", "url", "title", "author", "published"),
    [
        (*STRIVE, "Das Dating-Dilemma erfolgreicher Frauen", "Bianca Praetorius", "2022-10-02"),
        (
            *KEEN,
            "Why Music Lessons Are the Best Form of Self-Care for Kids, Teens, and Adults",
            "Kalyn Keen",
            "2025-06-09",
        ),
    ],
    ids=["build of 2022", "build of 2025"],
)
def test_a_wix_post_is_read_without_its_chrome(
    shared_data: Path, name: str, url: str, title: str, author: str, published: str
) -> None:
    record = parse(_unpacked(shared_data / "wix" / f"{name}.html.gz"), url=url, content_type="text/html; charset=utf-8")
    assert record.layout == "wix/post"
    assert (record.title, record.authors, record.published) == (title, (author,), published)
    assert len(record.blocks) > 15
    for chrome in ("top of page", "bottom of page", "Recent Posts", "See All", "min read", "All Posts", "Facebook"):
        assert chrome not in record.text
    assert not record.held


def test_a_wix_post_holds_the_words_of_its_truth_file(shared_data: Path) -> None:
    name, url = KEEN
    record = parse(_unpacked(shared_data / "wix" / f"{name}.html.gz"), url=url)
    truth = json.loads((shared_data / "wix" / f"{name}.truth.json").read_text(encoding="utf-8"))["ground_truth"]
    found, wanted = _words(record.text), _words(truth["main_content"])
    common = (found & wanted).total()
    assert common / found.total() >= 0.95
    assert common / wanted.total() >= 0.95


@pytest.mark.parametrize(
    ("name", "layout"), [("wcxb-0064", "article"), ("wcxb-0174", "wordpress/classic"), ("wcxb-5290", "article")]
)
def test_a_report_page_of_no_site_holds_the_words_of_its_truth_file(shared_data: Path, name: str, layout: str) -> None:
    record = parse(_unpacked(shared_data / "reports" / f"{name}.html.gz"), url="https://example.org/report")
    truth = json.loads((shared_data / "reports" / f"{name}.truth.json").read_text(encoding="utf-8"))["ground_truth"]
    found, wanted = _words(record.text), _words(truth["main_content"])
    common = (found & wanted).total()
    assert 2 * common / (found.total() + wanted.total()) >= 0.9
    assert record.layout == layout


def test_revisions_make_a_version_where_the_text_changed_and_none_where_only_chrome_did(
    shared_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shared_data / "revisions"
    with (folder / "pairs.csv").open(encoding="utf-8", newline="") as file:
        pairs = list(csv.DictReader(file))
    right: Counter[str] = Counter()
    alike: Counter[str] = Counter()
    labels = Counter(pair["label"] for pair in pairs)
    with Archive(tmp_path / "archive.db", create=True) as archive:
        for number, pair in enumerate(pairs):
            url = f"https://example.org/{number}"
            contents = set()
            for hour, side in enumerate(("before", "after")):
                seen = datetime.fromisoformat(pair["seen"]).replace(hour=hour)
                capture = Capture(
                    url=url, final_url=url, captured_at=seen, outcome="fetched", method="import",
                    body=_unpacked(folder / pair[side]), content_type="text/html",
                )  # fmt: skip
                loaded = load(archive, capture)
                contents |= {record.digests.content for record in archive.records(loaded.capture_id)}
            expected = 2 if pair["label"] == "content" else 1
            right[pair["label"]] += len(archive.versions(url)) == expected
            alike[pair["label"]] += len(contents) == expected
    with capsys.disabled():
        scores = ", ".join(f"{label} {right[label]} of {count}" for label, count in labels.items())
        print(f"\nrevisions: {right.total()} of {len(pairs)} right ({scores})")  # noqa: T201 -- the score is the point
        print(f"records alike: {alike.total()} of {len(pairs)} right")  # noqa: T201
    assert right == labels
    # One page holds most of its words in dialogs about cookies, and calls the part with its report "legal": of that the
    # dialogs are read, and the page as it is later, without them, is held back beside it.
    assert alike == labels - Counter({"chrome": 1})


def test_labelled_pairs_differ_in_words_where_the_text_changed_and_at_most_in_looks_where_it_did_not(
    shared_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shared_data / "revisions"
    weighty: Counter[str] = Counter()
    labels: Counter[str] = Counter()
    with (folder / "pairs.csv").open(encoding="utf-8", newline="") as file:
        for pair in csv.DictReader(file):
            before, after = (
                parse(_unpacked(folder / pair[side]), url="https://report.example/a") for side in ("before", "after")
            )
            labels[pair["label"]] += 1
            weighty[pair["label"]] += diff(before, after).class_ in ("words", "facts")
    with capsys.disabled():
        print(f"\nclassed as words or facts: {dict(weighty)} of {dict(labels)}")  # noqa: T201 -- the score is the point
    # The page that is read by its dialogs about cookies before, and by its report after: see above.
    assert weighty == Counter({"content": labels["content"], "chrome": 1})
