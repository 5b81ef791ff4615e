import pytest

from parsers.normal import bare
from parsers.titles import Headings, choose_title, without_site


@pytest.mark.parametrize(
    ("headings", "stated", "title"),
    [
        (Headings(every=["Acme", "Velmora report"]), ["Velmora Report"], "Velmora report"),
        (Headings(every=["Report", "The fall of Orn"]), ["The fall of Orn: a report"], "The fall of Orn"),
        (Headings(every=["Velmora fell"], outside=["Velmora fell"]), ["How Velmora was lost"], "Velmora fell"),
        (Headings(every=["What they saw"], outside=["What they saw"]), ["The fall of Orn"], "The fall of Orn"),
        (
            Headings(every=["What they saw"], outside=["What they saw"], inside=["What they saw"]),
            ["The fall of Orn"],
            "What they saw",
        ),
        (Headings(every=["Log in"]), ["The fall of Orn"], "The fall of Orn"),
        (
            Headings(every=["Help", "What they saw"], outside=["Help", "What they saw"], inside=["Saw"]),
            ["The fall of Orn"],
            "Saw",
        ),
        (Headings(every=["Acme"], outside=["Acme"]), ["The fall of Orn"], "The fall of Orn"),
        (Headings(every=["word " * 31], outside=["word " * 31]), ["The word"], "The word"),
        (Headings(every=["The fall of Orn ¶"], outside=["The fall of Orn ¶"]), [], "The fall of Orn"),
        (Headings(every=["—"], outside=["—"]), [], "—"),
        (Headings(), ["", "The fall of Orn"], "The fall of Orn"),
        (Headings(), [], ""),
    ],
    ids=[
        "repeated", "longest", "a common word", "nothing in common", "in the content", "in chrome", "several",
        "the site", "a text", "permalink", "no words", "stated", "none",
    ],
)  # fmt: skip
def test_the_title_is_the_heading_most_like_what_is_stated(headings: Headings, stated: list[str], title: str) -> None:
    assert choose_title(headings, stated, sites=["acme"]) == title


def test_an_address_of_one_letter_speaks_against_no_heading() -> None:
    headings = Headings(every=["What they saw"], outside=["What they saw"], inside=["What they saw"])
    assert choose_title(headings, ["Acme - all of it"], slug="a") == "What they saw"
    assert choose_title(headings, ["中国报告全文"], slug="报告") == "中国报告全文"


def test_the_address_speaks_against_a_heading_that_it_does_not_have() -> None:
    headings = Headings(every=["What they saw"], outside=["What they saw"], inside=["What they saw"])
    assert choose_title(headings, ["The fall of Orn"], slug="the fall of orn") == "The fall of Orn"
    assert choose_title(headings, ["The fall of Orn"], slug="what they saw") == "What they saw"


@pytest.mark.parametrize(
    ("heading", "stated", "title"),
    [
        ("Culture: The fall of Orn", ["The fall of Orn"], "The fall of Orn"),
        ("The fall of Orn", ["Velmora: The fall of Orn"] * 2, "Velmora: The fall of Orn"),
        ("The fall of Orn", ["Velmora: The fall of Orn", "The fall of Orn"], "The fall of Orn"),
        ("The fall of Orn", ["Velmora: The fall of Orn", "Orn, fallen"], "The fall of Orn"),
        ("The fall of Orn", ["Before the fall of Orn"] * 2, "The fall of Orn"),
    ],
)
def test_words_before_a_colon_count_where_the_titles_agree(heading: str, stated: list[str], title: str) -> None:
    assert choose_title(Headings(every=[heading]), stated) == title


@pytest.mark.parametrize(
    ("title", "site", "expected"),
    [
        ("Velmora Report | Acme", "Acme", "Velmora Report"),
        ("Acme – Velmora Report", "Acme", "Velmora Report"),
        ("Velmora – A Report - Acme", "Acme", "Velmora – A Report"),
        ("Velmora - Orn", "Acme", "Velmora - Orn"),
        ("The fall of Orn | Acme", "", "The fall of Orn"),
        ("Orn | A very long name of a site", "", "Orn | A very long name of a site"),
        ("Velmora Report", "Acme", "Velmora Report"),
        ("Velmora-Report", "Report", "Velmora-Report"),
        ("Velmora Report | Acme Herald", "The Acme Herald", "Velmora Report"),
        ("Velmora Report | Acme Herald Online", "Acme Herald", "Velmora Report"),
        ("Velmora Report | AcmeHerald", "Acme Herald", "Velmora Report"),
        ("Velmora Report | Office of Salt and Stone", "oss", "Velmora Report"),
        ("オルン陥落：アクメ", "アクメ", "オルン陥落"),
        (" | Acme", "Acme", " | Acme"),
        ("Acme | ", "Acme", "Acme | "),
    ],
)
def test_the_name_of_the_site_is_no_part_of_the_title(title: str, site: str, expected: str) -> None:
    assert without_site(title, [bare(site)] if site else [], is_named=bool(site)) == expected


def test_further_names_are_cut_too() -> None:
    assert without_site("Velmora Report | stats", ["acme office", "stats"], is_named=True) == "Velmora Report"
