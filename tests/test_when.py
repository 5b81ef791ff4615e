import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.jsonld import read_linked
from parsers.nearby import lines_near, times
from parsers.page import Page
from parsers.when import Day, Days, read_days

URL = "https://h.example/p"
TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs"]))  # a page with control bytes is no text


def _days(html: str, *, url: str = URL, language: str = "") -> Days:
    page = Page(f"<body>{html}".encode(), url=url, content_type="text/html; charset=utf-8")
    linked = read_linked(page.json_ld, addresses=[url], titles=[])
    lines = lines_near(page.tree, page.tree.tags.index("h1")) if "<h1" in html else ()
    return read_days(page.metas, linked, lines, times(page.tree), address=url, language=language)


def _published(html: str, **known: str) -> tuple[str, str] | None:
    day = _days(html, **known).published
    return (day.edtf, day.rests_on) if day else None


def _ld(thing: str) -> str:
    return f'<script type="application/ld+json">{{"@type": {thing}}}</script>'


PROPERTY = "<meta property=article:published_time content="
ITEM = "<meta itemprop=datePublished content="


@pytest.mark.parametrize(
    ("html", "day", "rests_on"),
    [
        (f"{PROPERTY}2024-05-03T10:00:00Z>", "2024-05-03", "meta article:published_time"),
        (f"{PROPERTY}2024-05-03>{PROPERTY}2024-05-02>", "2024-05-03", "meta article:published_time"),
        ("<meta name=DC.date.issued content=2024-05-03>", "2024-05-03", "meta dc.date.issued"),
        ("<meta name=date content='May 3, 2024'>", "2024-05-03", "meta date"),
        ("<meta name=date content=yesterday>", "", ""),
        (_ld('"Report", "datePublished": "Fri May 03 19:20:36 CEST 2024"'), "2024-05-03", "JSON-LD datePublished"),
        (_ld('"Report", "datePublished": 5'), "", ""),
        (_ld('"Event", "datePublished": "2024-05-03"'), "", ""),
        (_ld('"WebPage", "datePublished": "2024-05-03"'), "", ""),
        (_ld('"WebPage", "datePublished": "2024-05-03", "author": "Ana"'), "2024-05-03", "JSON-LD datePublished"),
        (_ld('"Product"') + f"{ITEM}2024-05-03>", "", ""),
        (f"{ITEM}2024-05-03>{ITEM}2024-04-03>", "", ""),
        (f"{ITEM}2024-05-03>{ITEM}2024-06-03>", "2024-05-03", "meta datepublished"),
        ("", "", ""),
    ],
)
def test_metadata_says_when_a_report_was_published(html: str, day: str, rests_on: str) -> None:
    assert _published(html) == ((day, rests_on) if day else None)


@pytest.mark.parametrize(
    ("below", "published", "modified"),
    [
        ("<p>3 May 2024", "2024-05-03", None),
        ("<p>Published on<p>3 May 2024", "2024-05-03", None),
        ("<p>Updated 5 May 2024<p>Published 3 May 2024", "2024-05-03", "2024-05-05"),
        ("<p>Published 3 May 2024, last updated 5 May 2024", "2024-05-03", "2024-05-05"),
        ("<p>Last updated: 5 May 2024", None, "2024-05-05"),
        ("<p>Stand: 05.05.2024", None, "2024-05-05"),
        ("<p>à jour du 5 mai 2024", None, "2024-05-05"),
        ("<p class=last-updated>5 May 2024", None, "2024-05-05"),
        ("<p class=posted-on>3 May 2024", "2024-05-03", None),
        ("<p>Reviewed 3 May 2024", None, None),
        ("<p>© 3 May 2024", None, None),
        ("<p>May 2024", None, None),
        ("<p class=date>Published: May 2024", "2024-05", None),
        ("<p>Published<p>Spring 2024", "2024-21", None),
        ("<p class=posted-on>May 2024", None, None),
        ("<p>Updated: May 2024", None, None),
        ("<p>Published: May 2024<p>5 May 2024", "2024-05-05", None),
        ("<p>١٤ مايو ٢٠٢٤", "2024-05-14", None),
        ("<p>The law was published in May 2024 and is read still", None, None),
        ("<p>2 days ago", None, None),
        ("<p><time datetime=2024-05-03T10:00>2 days ago</time>", "2024-05-03", None),
        ("<p class=related>3 May 2024", None, None),
        ("<p>The walls that stood for longer than any of us knew fell at last on 3 May 2024 in the night", None, None),
        ("<p>" + "word " * 80 + "3 May 2024", None, None),
        ("<p>2024年5月3日 公開", "2024-05-03", None),
    ],
)
def test_the_lines_near_the_title_say_it_too(below: str, published: str | None, modified: str | None) -> None:
    days = _days(f"<h1>The fall of Orn</h1>{below}", language="de")
    rests_on = "time datetime" if "<time" in below else "byline"
    assert days.published == (Day(edtf=published, rests_on=rests_on) if published else None)
    assert days.modified == (Day(edtf=modified, rests_on="byline") if modified else None)


def test_a_day_of_publication_anywhere_goes_before_that_of_an_update() -> None:
    updated = "<h1>Orn</h1><p>Updated 5 May 2024"
    assert _published(f"<meta name=published content='May 3, 2024'>{updated}") == ("2024-05-03", "meta published")
    assert _published(f"{updated}{'<p>words' * 60}<p><time>2024-05-03</time>") == ("2024-05-03", "time datetime")
    assert _published(updated) is None  # a day that moves with each touch would make a version of it


def test_a_month_gives_way_to_a_day_within_it() -> None:
    month = "<h1>Orn</h1><p>Published: May 2024"
    far = f"{month}{'<p>words' * 60}<p>"
    assert _published(f"<meta name=published content=2024-05-03>{month}") == ("2024-05-03", "meta published")
    assert _published(f"{far}<time>2024-05-03</time>") == ("2024-05-03", "time datetime")
    assert _published(f"{far}<time>2024-06-03</time>") == ("2024-05", "byline")
    assert _published("<h1>Orn</h1><p><time datetime=2024-05-03>May 2024</time>") == ("2024-05-03", "time datetime")


def test_a_line_is_believed_against_metadata_that_tells_of_a_later_edition() -> None:
    meta = '<meta property="article:published_time" content="2024-05-03">'
    assert _published(f"{meta}<h1>Orn</h1><p>1 May 2024") == ("2024-05-01", "byline")
    assert _published(f"{meta}<h1>Orn</h1><p>5 May 2024") == ("2024-05-03", "meta article:published_time")


@pytest.mark.parametrize(
    ("days", "published"),
    [
        (["2024-05-03"], "2024-05-03"),
        (["2024-05-03", "2024-05-03"], "2024-05-03"),
        (["2024-05-03", "2024-05-04", "2024-05-09"], "2024-05-03"),
        (["2024-05-03", "2024-05-04"], None),
        (["2024-05-03", "2024-05-02", "2024-05-01"], None),
        (["yesterday"], None),
    ],
    ids=["one", "the same", "a thread", "two", "a list", "no day"],
)
def test_times_far_from_the_title_count_where_they_do_not_go_back(days: list[str], published: str | None) -> None:
    html = "".join(f"<p><time datetime={day}>then</time>" for day in days)
    assert _published(html) == ((published, "time datetime") if published else None)


def test_times_of_other_pages_and_of_changes_do_not_count() -> None:
    assert _published("<p class=related-posts><time>2024-05-03</time>") is None
    assert _published("<p>far<time class=updated>Updated 2024-05-03</time>") is None


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://h.example/2024/05/03/orn", "2024-05-03"),
        ("https://h.example/news/2024-5-3", "2024-05-03"),
        ("https://h.example/2024/02/30/orn", None),
        ("https://h.example/2024/05/orn", None),
    ],
)
def test_the_address_of_an_article_is_the_last_to_be_asked(url: str, day: str | None) -> None:
    assert _published(_ld('"NewsArticle"'), url=url) == ((day, "address") if day else None)
    assert _published("<meta property=og:type content=article>", url=url) == ((day, "address") if day else None)
    assert _published("<p>no article", url=url) is None


@pytest.mark.parametrize(
    ("language", "day"),
    [
        ("en-US", "2024-03-04"),
        ("en_us", "2024-03-04"),
        ("en-GB", "2024-04-03"),
        ("de", "2024-04-03"),
        ("en", None),
        ("", None),
    ],
)
def test_a_date_of_two_readings_is_read_as_its_language_does(language: str, day: str | None) -> None:
    assert _published("<h1>Orn</h1><p>03/04/2024", language=language) == ((day, "byline") if day else None)


@pytest.mark.parametrize(
    ("html", "day", "rests_on"),
    [
        ("<meta property=og:updated_time content=2024-05-04>", "2024-05-04", "meta og:updated_time"),
        (_ld('["Thing", "NewsArticle"], "dateModified": "2024-05-05"'), "2024-05-05", "JSON-LD dateModified"),
        (_ld('"Report", "dateModified": 5'), "", ""),
        ("", "", ""),
    ],
)
def test_the_day_of_the_last_change_is_what_metadata_says(html: str, day: str, rests_on: str) -> None:
    assert _days(html).modified == (Day(edtf=day, rests_on=rests_on) if day else None)
    assert _days(html).published is None


@given(TEXT, TEXT, TEXT)
def test_no_text_raises(content: str, line: str, language: str) -> None:
    linked = read_linked(({"@type": "Article", "datePublished": content},), addresses=[], titles=[])
    page = Page(f"<h1>Orn</h1><p>{line.replace('<', '')}".encode(errors="replace"), url=URL, content_type="text/html")
    lines = lines_near(page.tree, page.tree.tags.index("h1"))
    days = read_days({"date": (content,)}, linked, lines, [], address=content, language=language)
    assert days.published is None or days.published.rests_on
