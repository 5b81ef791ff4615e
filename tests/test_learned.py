from dataclasses import replace

import pytest
from building import URL, record

from parsers import parse
from parsers.learned import REACH, blocks_at, outlined, without
from parsers.outline import GAP, Line, Sort, site_of
from parsers.profile import LearnedLine, Profile
from parsers.record import AlertLevel, Block, Chrome, Entry, Figure, Mark, Recommendation, Record, Stage

SITE = site_of(URL)
ABOUT = "Harbour Watch is an independent observatory of ports and the people who work in them."
LONG = "The commission met in Velmora and heard forty witnesses over three days of public hearings."


def _sort(block: Block, **fields: object) -> str:
    [line] = outlined(record(blocks=(block,), **fields)).lines
    return line.sort


def _paragraph(text: str, target: str = "") -> Block:
    marks = (Mark(kind="link", start=0, end=len(text), target=target),) if target else ()
    return Block(kind="paragraph", text=text, marks=marks)


@pytest.mark.parametrize(
    ("block", "sort"),
    [
        (Block(kind="heading", text="Background", level=2), "2"),
        (_paragraph("Key findings"), Sort.LABEL),
        (_paragraph(ABOUT), Sort.SENTENCE),
        (_paragraph("Support the work of those who watch the harbours of the world"), Sort.TEXT),
        (_paragraph("Call 555 0100"), Sort.PARTICULAR),
        (_paragraph("© 2024 Harbour Watch"), Sort.TEXT),
        (Block(kind="item", text="Grain", level=1), Sort.ITEM),
        (_paragraph("Donate now", f"https://{SITE}/donate"), Sort.LINK),
        (_paragraph("Follow us", "https://elsewhere.test/"), Sort.LABEL),
        (replace(_paragraph("Ports", f"https://{SITE}/ports"), kind="item", level=1), Sort.LINKED_ITEM),
        (Block(kind="figure", text="", figure=Figure(image="/badge.png")), Sort.FIGURE),
        (Block(kind="table", text="a b", rows=(("a", "b"),)), Sort.NEVER),
        (Block(kind="quotation", text=ABOUT), Sort.NEVER),
        (_paragraph(f"“{ABOUT}”"), Sort.NEVER),
        (_paragraph("December 2023"), Sort.NEVER),
        (_paragraph("By Ana Brix"), Sort.NEVER),
        (Block(kind="heading", text="References", level=2), Sort.NEVER),
        (_paragraph("Sources:"), Sort.NEVER),
    ],
)
def test_a_line_says_what_it_is(block: Block, sort: str) -> None:
    assert _sort(block) == sort


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("The council should act.", Recommendation(text="The council should act.")),
        ("Velmora is at Stage 9.", Stage(number=9, name="Extermination", model="ten stages")),
        ("Extermination", Stage(number=9, name="Extermination", model="ten stages")),
        ("Genocide Warning for Velmora", AlertLevel(name="Genocide Warning", level=2)),
        ("Ordania, May of last year", Entry(report="Genocide Warning", subject="Ordania")),
    ],
)
def test_what_states_a_fact_is_never_chrome(text: str, fact: object) -> None:
    assert _sort(_paragraph(text), facts=(fact,)) == Sort.NEVER
    assert _sort(_paragraph(text)) != Sort.NEVER


def test_a_link_says_where_it_leads_on_its_own_site() -> None:
    own, other = (outlined(record(blocks=(_paragraph("A", url),))).lines[0] for url in (URL, "https://x.test/"))
    assert (bool(own.leads), other.leads) == (True, "")


def test_of_a_long_record_the_middle_is_left_out() -> None:
    long = record(*(f"Paragraph {number} of three hundred." for number in range(300)))
    outline = outlined(long)
    assert len(outline.lines) == 2 * REACH + 1
    assert outline.lines[REACH] == Line(key=GAP, words=5 * (300 - 2 * REACH), sort=Sort.NEVER)
    assert outline.lines[-1] == outlined(record("Paragraph 299 of three hundred.")).lines[0]
    places = (0, REACH - 1, REACH + 1, 2 * REACH)
    texts = [block.text.split()[1] for block in blocks_at(long.blocks, outline, places)]
    assert texts == ["0", f"{REACH - 1}", f"{300 - REACH}", "299"]


def test_of_a_short_record_every_block_is_a_line() -> None:
    short = record("One.", "Two.", "Three.")
    assert [block.text for block in blocks_at(short.blocks, outlined(short), (0, 2))] == ["One.", "Three."]


def test_what_is_taken_off_is_on_record_as_chrome() -> None:
    picture = Block(kind="figure", text="", figure=Figure(image="/badge.png"))
    whole = record(blocks=(_paragraph(LONG), _paragraph(ABOUT), _paragraph(ABOUT), picture))
    rest = without(whole, [*whole.blocks[2:]])
    assert rest.blocks == whole.blocks[:2]
    assert rest.chrome == (
        Chrome(text=ABOUT, reason="learned", words=15),
        Chrome(text="/badge.png", reason="learned", words=0),
    )


PAGE = f"""<!doctype html><html lang=en><head><title>Velmora | Harbour Watch</title>
<meta property="og:title" content="Velmora"></head>
<body><main><article><h1>Velmora</h1><p>{LONG}</p>
<p>It says so in its own words, at length and with its sources, and names those who gave the orders.</p>
<p>{ABOUT}</p></article></main></body></html>""".encode()


def _parse(profile: Profile | None = None) -> Record:
    return parse(PAGE, url=URL, content_type="text/html", profile=profile)


def _profile(*texts: str, place: str = "end", site: str = SITE) -> Profile:
    keys = [outlined(record(text)).lines[0].key for text in texts]
    return Profile.of(site, [LearnedLine(place=place, key=key) for key in keys])  # type: ignore[arg-type]


def test_a_page_is_read_without_what_is_learned() -> None:
    whole, rest = _parse(), _parse(profile := _profile(ABOUT))
    assert whole.text == f"{rest.text}\n\n{ABOUT}"
    assert rest.chrome[-1] == Chrome(text=ABOUT, reason="learned", words=15)
    assert (whole.profile, rest.profile) == ("", profile.id)
    assert whole.outline == rest.outline
    assert whole.outline is not None
    assert (whole.outline.title, whole.outline.titles) == ("Velmora", ("Velmora | Harbour Watch", "Velmora"))


def test_a_profile_that_does_not_apply_changes_nothing_but_its_mention() -> None:
    assert _parse(_profile("Another line.")) == _parse()
    assert _parse(_profile("Another line.")).profile != ""


def test_a_title_is_read_without_what_the_site_adds_to_it() -> None:
    body = PAGE.replace(b"<h1>Velmora</h1>", b"<h2>Velmora</h2>").replace(b'content="Velmora"', b'content=""')
    suffix = Profile.of(SITE, (), " at Harbour Watch")
    whole, rest = (
        parse(body.replace(b" | ", b" at "), url=URL, content_type="text/html", profile=one) for one in (None, suffix)
    )
    assert (whole.title, rest.title) == ("Velmora at Harbour Watch", "Velmora")
    assert rest.text.startswith(LONG)
    assert whole.outline == rest.outline
    assert suffix.without_suffix(" at Harbour Watch") == " at Harbour Watch"


def test_the_title_of_a_page_is_its_headline_where_the_report_has_another() -> None:
    assert outlined(record("One.", headline="Velmora orders")).title == "Velmora orders"
    assert outlined(record("One.")).title == "Velmora Country Report"


def test_a_text_without_markup_has_no_title_outside_it() -> None:
    outline = parse(f"{LONG}\n\n{ABOUT}".encode(), url=URL, content_type="text/plain").outline
    assert outline is not None
    assert outline.titles == ()


def test_an_outline_is_no_part_of_a_record_or_its_text() -> None:
    whole = _parse()
    assert replace(whole, outline=None) == whole
    assert "outline" not in whole.to_dict()
    assert Record.from_json(whole.to_json()).outline is None
