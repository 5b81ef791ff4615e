from dataclasses import replace

import pytest
from building import record

from parsers.head import with_head
from parsers.record import Block, Figure, Record

PROSE = (
    "The people of the highlands have been driven out of their villages by the army in the course of a campaign that "
    "has now lasted for more than six years, and that nobody in the capital speaks of."
)


def _lines(*texts: str) -> tuple[Block, ...]:
    return tuple(Block(kind="paragraph", text=text) for text in texts)


def _head(*lines: str, title: str = "", organisation: str = "", masthead: tuple[str, ...] = ()) -> Record:
    return with_head(record(*lines, PROSE, title=title), organisation=organisation, masthead=masthead)


def _texts(one: Record) -> list[str]:
    return [block.text for block in one.blocks]


def test_the_lines_over_the_prose_name_date_and_sign_the_report() -> None:
    found = _head("Orn has fallen", "Velmora Country Report", "May 2024", "By Ana Brix, Velmora Monitor")
    assert (found.title, found.headline) == ("Velmora Country Report", "Orn has fallen")
    assert (found.published, found.authors, found.organisation) == ("2024-05", ("Ana Brix",), "Velmora Monitor")
    assert found.byline == "By Ana Brix, Velmora Monitor"
    assert _texts(found) == [PROSE]


def test_a_day_that_the_page_gives_stays_but_for_a_month_in_the_head() -> None:
    page = record("Velmora Country Report", "3 May 2024", PROSE)
    assert with_head(page).published_from == "report head"
    dated = replace(page, published="2024-05-04", published_from="meta date")
    assert (with_head(dated).published, with_head(dated).published_from) == ("2024-05-04", "meta date")
    monthly = replace(dated, blocks=_lines("Velmora Country Report", "May 2024", PROSE))
    assert (with_head(monthly).published, with_head(monthly).published_from) == ("2024-05", "report head")


def test_the_lead_of_the_page_stays_where_the_head_shows_none() -> None:
    named = replace(record("May 2024", PROSE), lead=Figure(image="/orn.jpg"))
    assert with_head(named).lead == Figure(image="/orn.jpg")


def test_degrees_are_no_authors() -> None:
    assert _head("By Ana Brix, MD, PhD").authors == ("Ana Brix",)


def test_the_title_of_the_page_is_the_headline_over_a_report_with_a_name() -> None:
    found = _head("Velmora Country Report", "May 2024", title="Orn has fallen")
    assert (found.title, found.headline) == ("Velmora Country Report", "Orn has fallen")
    assert _head("Velmora Country Report", "May 2024", title="Velmora country report").headline == ""


def test_the_title_of_the_page_never_gives_way_to_another_line() -> None:
    found = _head("Special feature", "Velmora Country Report", "May 2024", title="Orn has fallen")
    assert (found.title, found.headline) == ("Velmora Country Report", "Orn has fallen")
    assert _texts(found) == ["Special feature", PROSE]
    found = _head("Orn has fallen", "Velmora Country Report", "May 2024", title="Orn has fallen")
    assert (found.headline, _texts(found)) == ("Orn has fallen", [PROSE])


def test_the_name_stands_at_most_one_line_below_the_date() -> None:
    found = _head("May 2024", "Velmora Country Report", title="Orn has fallen")
    assert (found.title, found.headline) == ("Velmora Country Report", "Orn has fallen")
    lines = ("By Ana Brix", "They left.", "Velmora Country Report")
    found = _head(*lines, title="Orn has fallen")
    assert (found.title, found.headline) == ("Orn has fallen", "")
    assert _texts(found) == ["They left.", "Velmora Country Report", PROSE]


def test_the_level_of_an_alert_is_no_name() -> None:
    assert _head("Genocide Watch Alert Level 1", "By Ana Brix", title="Orn has fallen").title == "Orn has fallen"


def test_the_kind_of_an_alert_may_end_the_name() -> None:
    found = _head("Orn has fallen", "Velmora: Genocide Emergency", "They left.", "May 2024")
    assert (found.title, found.headline) == ("Velmora: Genocide Emergency", "Orn has fallen")


def test_a_report_without_a_name_keeps_the_title_of_the_page() -> None:
    found = _head("Orn has fallen", "May 2024", title="The fall of Orn")
    assert (found.title, found.headline) == ("The fall of Orn", "")
    assert _texts(found) == ["Orn has fallen", PROSE]


@pytest.mark.parametrize(
    ("byline", "authors", "organisation", "published"),
    [
        ("By Ana Brix", ("Ana Brix",), "", None),
        ("by: Ana Brix.", ("Ana Brix",), "", None),
        ("Written by Ana Brix and Colm O’Neill-Brown", ("Ana Brix", "Colm O’Neill-Brown"), "", None),
        ("By Ana Brix, Colm Adair & Ines Harrow", ("Ana Brix", "Colm Adair", "Ines Harrow"), "", None),
        ("Author: Ursula von der Orn", ("Ursula von der Orn",), "", None),
        ("By Ana Brix, Research Director, Velmora Monitor", ("Ana Brix",), "Velmora Monitor", None),
        ("By Velmora Monitor Staff", (), "Velmora Monitor Staff", None),
        ("By Ana Brix, Colm Adair, and Ines Harrow", ("Ana Brix", "Colm Adair", "Ines Harrow"), "", None),
        ("By Staff", (), "", None),
        ("By the Editorial Team", (), "", None),
        ("Par Anne Brix et Zoë de la Tour", ("Anne Brix", "Zoë de la Tour"), "", None),
        ("Por Ana Brix y Inés Harrow", ("Ana Brix", "Inés Harrow"), "", None),
        ("Von Eva Brix, Mai 2024", ("Eva Brix",), "", "2024-05"),
        ("By Ana Brix on 3 May 2024", ("Ana Brix",), "", "2024-05-03"),
        ("By Ana Brix | May 3, 2024", ("Ana Brix",), "", "2024-05-03"),
        ("By Ana Brix, May 2024.", ("Ana Brix",), "", "2024-05"),
    ],
)
def test_a_byline_names_people_their_organisation_and_a_date(
    byline: str, authors: tuple[str, ...], organisation: str, published: str | None
) -> None:
    found = _head("Velmora Country Report", byline)
    assert (found.byline, found.authors, found.organisation) == (byline, authors, organisation)
    assert found.published == published
    assert _texts(found) == [PROSE]


@pytest.mark.parametrize(
    "line",
    [
        "By bus to Orn",
        "By the river Sill",
        "By May 2024",
        "Driven out by Ana Brix",
        "By Ana Brix One Two Three Four Five",
        "By Ana Brix in Orn",
        "Par Avion",
        "Von Sieg zu Sieg",
        "Von Hannover nach Orn",
    ],
)
def test_a_line_that_only_starts_so_is_no_byline(line: str) -> None:
    found = _head("Velmora Country Report", line)
    assert (found.byline, found.authors) == ("", ())
    assert line in _texts(found)


def test_the_publisher_is_no_author() -> None:
    found = _head("Velmora Country Report", "By Ana Brix, Acme", organisation="Acme")
    assert (found.authors, found.organisation) == (("Ana Brix",), "Acme")


def test_the_publisher_may_stand_below_the_byline() -> None:
    found = _head("Velmora Country Report", "May 2024", "By Ana Brix", "Velmora Monitor")
    assert (found.organisation, _texts(found)) == ("Velmora Monitor", [PROSE])


def test_a_caption_below_the_byline_is_not_the_publisher() -> None:
    found = _head("Velmora Country Report", "May 2024", "By Ana Brix", "A bridge [Velmora Press]")
    assert found.organisation == ""


def test_who_recommends_is_the_publisher() -> None:
    one = record("Velmora Country Report", "May 2024", PROSE, "Acme Watch recommends:", title="")
    assert with_head(one).organisation == "Acme Watch"
    assert with_head(record(PROSE, "Acme Watch considers it so.")).organisation == "Acme Watch"
    assert with_head(record(PROSE, site_name="Acme")).organisation == "Acme"


def test_the_masthead_is_the_publisher_and_a_short_line_below() -> None:
    found = _head(
        "Acme",
        "Alliance of Watchers",
        "Velmora Country Report",
        "May 2024",
        organisation="Acme",
        masthead=("Old Acme",),
    )
    assert found.masthead == ("Acme", "Alliance of Watchers")
    assert found.headline == ""
    assert _head("Old Acme", "Velmora Country Report", "May 2024", masthead=("OLD ACME",)).masthead == ("Old Acme",)


def test_a_line_with_a_credit_is_the_lead_figure() -> None:
    found = _head("Orn has fallen", "A bridge at Orn [Press]", "Velmora Country Report", "May 2024")
    assert found.lead == Figure(caption="A bridge at Orn", credit="Press")
    assert (found.headline, _texts(found)) == ("Orn has fallen", [PROSE])


def test_a_picture_takes_the_caption_in_the_line_below_it() -> None:
    picture = Block(kind="figure", text="", figure=Figure(image="a.jpg"))
    blocks = (picture, *_lines("A bridge at Orn [Press]", "Velmora Country Report", "May 2024", PROSE))
    found = with_head(record(title="Orn has fallen", blocks=blocks))
    assert found.lead == Figure(image="a.jpg", caption="A bridge at Orn", credit="Press")
    blocks = (picture, *_lines("Orn fell", "Velmora Country Report", "May 2024", PROSE))
    found = with_head(record(title="", blocks=blocks))
    assert (found.lead, found.headline) == (Figure(image="a.jpg"), "Orn fell")


def test_a_picture_with_its_own_caption_is_the_lead() -> None:
    figure = Figure(image="a.jpg", caption="A bridge")
    head = (
        *_lines("Velmora Country Report"),
        Block(kind="figure", text="A bridge", figure=figure),
        *_lines("May 2024"),
    )
    assert with_head(record(title="", blocks=(*head, *_lines(PROSE)))).lead == figure
    assert with_head(record(title="", blocks=head)).lead == figure


def test_the_line_over_a_date_is_the_name_but_not_a_caption_or_a_picture() -> None:
    assert _head("The fall of Orn", "May 2024").title == "The fall of Orn"
    assert _head("A bridge [Press]", "May 2024").title == ""
    picture = Block(kind="figure", text="", figure=Figure(image="a.jpg"))
    assert with_head(record(title="", blocks=(picture, *_lines("May 2024", PROSE)))).title == ""
    assert _head("May 2024").title == ""


def test_a_report_without_a_head_is_named_by_its_first_line() -> None:
    assert _head("The fall of Orn", "Words about it").title == "The fall of Orn"
    assert with_head(record(PROSE, title="")).title == ""
    item = Block(kind="item", text="one", level=1)
    assert with_head(record(title="", blocks=(item,))).title == ""
    assert with_head(record(title="")).title == ""
    assert with_head(record("The fall of Orn", title="Orn")).title == "Orn"


def test_a_date_below_the_prose_is_no_head() -> None:
    found = with_head(record("The fall of Orn", PROSE, "May 2024", "By Ana Brix", title="Orn"))
    assert (found.published, found.authors) == (None, ())
    assert _texts(found) == ["The fall of Orn", PROSE, "May 2024", "By Ana Brix"]


def test_a_head_has_at_most_twelve_lines() -> None:
    lines = [f"Line {number} of a list" for number in range(12)]
    assert _head(*lines, "May 2024", title="Orn").published is None


def test_the_authors_of_the_page_stay_where_no_byline_names_any() -> None:
    one = record("Velmora Country Report", "May 2024", PROSE, authors=("Ana Brix",), published="2024-05-03")
    assert with_head(one).authors == ("Ana Brix",)
    assert with_head(one).published == "2024-05"


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("Tomas Ekhart, Harbour Watch", ("Tomas Ekhart",)),
        ("Tomas Ekhart and Ana Brix, Harbour Watch", ("Tomas Ekhart", "Ana Brix")),
        ("Kelvane, Harbour Watch", ()),
        ("a letter, Harbour Watch", ()),
    ],
)
def test_names_before_the_publishers_own_are_a_byline_without_by(line: str, authors: tuple[str, ...]) -> None:
    lines = ("Kelvane Country Report", line, "7 November 2022", "The harbour was closed to every boat in spring.")
    blocks = tuple(Block(kind="paragraph", text=text) for text in lines)
    record = Record(url="u", media_type="text/plain", layout="text", revision=1, blocks=blocks)
    assert with_head(record, organisation="Harbour Watch").authors == authors


def test_what_is_longer_than_any_title_is_none() -> None:
    long = "a" * 501
    assert (_head(long).title, _texts(_head(long))) == ("", [long, PROSE])
    assert _head(long, "3 May 2024").title == ""
    assert _head(long[1:]).title == long[1:]
