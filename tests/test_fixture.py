import json
from dataclasses import replace
from pathlib import Path

import pytest
from building import record

from parsers.record import Chrome
from scraper.errors import UsageError
from scraper.fixture import Fixture, case_of, fixture

READ = record("The harbour board met.", layout="acme/2024-05", url="https://acme.example/a")


def _accepted(folder: Path) -> Fixture:
    made = Fixture(page=folder / "acme" / "2024-05" / "a.html")
    made.write(b"<main>", READ, "")
    made.unread.rename(made.golden)
    return made


def test_the_place_of_a_page_says_what_must_read_it(tmp_path: Path) -> None:
    assert fixture(tmp_path, READ, family="other", case="a").page == tmp_path / "acme/2024-05/a.html"
    generic = replace(READ, layout="article")
    assert fixture(tmp_path, generic, family="generic", case="a").page == tmp_path / "generic/article/a.html"
    text = replace(READ, layout="text", media_type="text/plain")
    assert fixture(tmp_path, text, family="acme", case="a").page == tmp_path / "acme/text/a.txt"
    assert fixture(tmp_path, generic, family="acme", case="a", layout="2025").page == tmp_path / "acme/2025/a.html"


@pytest.mark.parametrize("name", ["../a", "A", "a b", "", ".a", "a/b", "a~b"])
def test_a_name_that_leads_elsewhere_is_none(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="expected a name"):
        fixture(tmp_path, READ, family="acme", case=name)
    with pytest.raises(UsageError, match="expected a name"):
        fixture(tmp_path, READ, family="acme", case="a", layout=f"{name}/.")


def test_a_media_type_without_fixtures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="found image/png, expected a page"):
        fixture(tmp_path, replace(READ, media_type="image/png"), family="acme", case="a")


@pytest.mark.parametrize(
    ("url", "case"),
    [
        ("https://acme.example/reports/Velmora_Country%20Report.html?a=b#c", "velmora-country-20report-html"),
        ("https://acme.example/reports/--/", "reports"),
        ("https://acme.example/", "index"),
        ("https://acme.example", "index"),
        (f"https://acme.example/{'long-' * 30}", "-".join(["long"] * 12)),
    ],
)
def test_a_case_is_named_by_the_end_of_its_url(url: str, case: str) -> None:
    assert case_of(url) == case


def test_a_page_is_put_down_byte_for_byte_and_nothing_is_replaced(tmp_path: Path) -> None:
    made = Fixture(page=tmp_path / "acme" / "2024-05" / "a.html")
    made.write(b"\xff\r\n<main>", READ, "text/html; charset=x")
    assert made.page.read_bytes() == b"\xff\r\n<main>"
    assert made.stated() == json.loads(json.dumps(READ.to_dict())) | {"content_type": "text/html; charset=x"}
    assert not made.golden.exists()
    with pytest.raises(UsageError, match="is there already"):
        made.write(b"other", READ, "")
    made.page.unlink()
    made.unread.rename(made.golden)
    with pytest.raises(UsageError, match=r"a\.json: is there already"):
        made.write(b"other", READ, "")
    assert not made.page.exists()


def test_a_first_record_is_a_complaint_until_it_was_renamed(tmp_path: Path) -> None:
    made = Fixture(page=tmp_path / "a.html")
    assert made.stated() == {}
    assert made.complaint(READ).endswith(
        "a.json.unread was written now: read it against the page, then rename it to a.json"
    )
    assert made.complaint(READ).endswith(
        "a.json.unread was not read yet: read it against the page, then rename it to a.json"
    )
    made.unread.rename(made.golden)
    assert made.complaint(READ) == ""


def test_an_accepted_record_changes_only_with_the_revision(tmp_path: Path) -> None:
    made = _accepted(tmp_path)
    other = replace(READ, title="Another", language="en")
    assert made.complaint(READ) == ""
    complaint = made.complaint(other)
    assert "revision 1 of acme/2024-05 now reads the page otherwise: digests, language, title." in complaint
    assert complaint.endswith("Undo what changed the record, or raise the revision")
    assert not made.unread.exists()
    around = replace(READ, chrome=(Chrome(text="Menu", reason="tag nav", words=1),))
    assert "a.json.unread was written now by revision 1 of acme/2024-05" in made.complaint(around)
    made.unread.unlink()
    assert "was written now by revision 2 of acme/2024-05" in made.complaint(replace(other, revision=2))
    assert "was not read yet" in made.complaint(READ)
    made.unread.replace(made.golden)
    assert made.complaint(replace(other, revision=2)) == ""
    assert "a.json.unread was written now by revision 2 of acme/2025" in made.complaint(
        replace(other, layout="acme/2025", revision=2)
    )
