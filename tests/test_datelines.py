import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.datelines import dates_the_report
from parsers.dates import find_dates
from parsers.jsonld import read_linked
from parsers.nearby import lines_near, times
from parsers.page import Page
from parsers.when import _LABEL, read_days

PROSE = "<p>The people told us of their fields and walls, and of what they saw in the months of the long war.</p>" * 6
SENTENCES = (
    "Velmora became independent on 4 July 1962.",
    "The Treaty of Orun, signed on 5 May 1955, ended the war between both states.",
    "Orun fell on 12 June 2011.",
    "Orun fell on 12 June 2011",
    "On 12 June 2011 Orun fell.",
    "12 June 2011: Orun falls",
    "12 June 2011 – Orun falls to the rebels",
    "The Treaty of Orun, 5 May 1955",
    "Released from prison on 3 May 2024",
    "The decree was published on 5 May 1955 by the council.",
    "1 January 2023 – 31 December 2023",
    "Date of birth: 4 July 1962",
    "Velmora wurde am 4. Juli 1962 unabhängig.",
    "Orun tomba le 12 juin 2011.",
    "Орун пал 12 июня 2011 года.",
    "استقلت فيلمورا في 4 يوليو 1962",
    "奥伦在2011年6月12日陷落",
    "2011年6月12日、オルンは陥落した。",
    "Orun <a href=/x>fell</a> on <time datetime=2011-06-12>12 June 2011</time>.",
    "The war ended <time datetime=2011-06-12>long ago</time>.",
)
LINES = (
    "3 May 2024",
    "Published 3 May 2024",
    "3 May 2024 | Report",
    "Report | 3 May 2024",
    "By Ana Brix on 3 May 2024",
    "By Ana Brix, 3 May 2024",
    "London, 3 May 2024 –",
    "London, 3 May 2024 – The council has said no.",
    "(Nairobi, 3 May 2024)",
    "Published by the office of the council on 3 May 2024",
    "This report was first published on 3 May 2024",
    "Date of publication: 3 May 2024",
    "Friday 3 May 2024 10.12 BST",
    "3 May 2024 · 5 min read",
    "3 May 2024 (updated 5 May 2024)",
    "Publié le 3 mai 2024 à 10h12",
    "by orun77 » 3 May 2024",
    "by anabrix » 3 May 2024",
    "mardi 3 mai 2024",
    "Veröffentlicht am 3. Mai 2024 um 15:44",
    "Дата публикации: 3 мая 2024",
    "تاريخ النشر: 3 مايو 2024",
    "الجمعة 3 مايو 2024",
    "2024年5月3日 公開",
    "发布于2024年5月3日",
    "Ana Brix | <time datetime=2024-05-03>2 days ago</time>",
)


def _published(below: str) -> str | None:
    html = f"<body><h1>Report on Velmora</h1>{below}{PROSE}"
    page = Page(html.encode(), url="https://h.example/p", content_type="text/html; charset=utf-8")
    lines = lines_near(page.tree, page.tree.tags.index("h1"))
    linked = read_linked((), addresses=[], titles=[])
    day = read_days({}, linked, lines, times(page.tree), address=page.url, language="").published
    return day.edtf if day else None


@pytest.mark.parametrize("tag", ["p", "div", "h2", "li", "blockquote", "figcaption"])
@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_day_in_a_sentence_dates_no_report(sentence: str, tag: str) -> None:
    assert _published(f"<{tag}>{sentence}</{tag}>") is None
    assert _published(f"<p>The people told us of it.</p><{tag}>{sentence}</{tag}>") is None


@pytest.mark.parametrize("line", LINES)
def test_a_day_beside_labels_and_names_dates_the_report(line: str) -> None:
    assert _published(f"<p>{line}</p>") == "2024-05-03"


@pytest.mark.parametrize("tag", ["h2", "li"])
def test_in_a_heading_a_name_beside_a_day_tells_what_was_then(tag: str) -> None:
    assert _published(f"<{tag}>Orun Falls, 12 June 2011</{tag}>") is None
    assert _published(f"<{tag}>12 June 2011, Orun</{tag}>") is None
    assert _published(f"<{tag}>Published 3 May 2024</{tag}>") == "2024-05-03"
    assert _published(f"<{tag}>3 May 2024</{tag}>") == "2024-05-03"


def test_a_day_in_what_is_quoted_or_below_a_picture_dates_no_report() -> None:
    assert _published("<blockquote><p>3 May 2024</p></blockquote><figcaption>4 May 2024</figcaption>") is None


def test_many_words_with_a_capital_letter_are_no_names() -> None:
    assert _published(f"<p>3 May 2024 {'Orun ' * 12}</p>") == "2024-05-03"
    assert _published(f"<p>3 May 2024 {'Orun ' * 13}</p>") is None


def test_a_time_in_a_long_line_is_not_looked_at_closely() -> None:
    assert (
        _published("<p>word</p>" * 70 + "<p><time datetime=2024-05-03>then</time>" + "<b>a</b> " * 40) == "2024-05-03"
    )


@given(st.text(), st.text())
def test_no_text_raises(before: str, after: str) -> None:
    text = f"{before} 3 May 2024 {after}"
    spans = [(mention.start, mention.end) for mention in find_dates(text)]
    for at in range(len(spans)):
        assert dates_the_report(text, spans, at, label=_LABEL, is_item=False) in {True, False}
