"""What is learned of a site from its pages, as laws: pages are lines of text here, told apart by their first sign."""

import random
from collections.abc import Iterable

import pytest
from building import record
from hypothesis import given
from hypothesis import strategies as st

from parsers.learned import outlined
from parsers.learning import Lesson, Sighting, learn
from parsers.outline import key_of
from parsers.record import Block, Figure, Mark, Recommendation

SITE = "https://watch.test"
DAY = 86_400.0
ABOUT = "Harbour Watch is an independent observatory of ports and the people who work in them."
APPEAL = "Please give to Harbour Watch today, so that we can go on with what we do."
QUOTED = "The minister said that the convoy was stopped at the bridge and turned back by soldiers of the guard."


def prose(name: str, count: int = 4) -> list[str]:
    """Paragraphs that no other name has."""
    return [
        f"{name} {number}: the commission of {name} heard witness {number} of {name} for two days, in public."
        for number in range(count)
    ]


def block(text: str) -> Block:
    """A block of *text*; "# " makes it a heading, "* " an item, "> " a quotation, "[path] " a link to that page."""
    sign, _, rest = text.partition(" ")
    if sign == "#":
        return Block(kind="heading", text=rest, level=2)
    if sign == "!":
        return Block(kind="figure", text="", figure=Figure(image=rest))
    if sign.startswith("["):
        mark = Mark(kind="link", start=0, end=len(rest), target=f"{SITE}{sign[1:-1]}")
        return Block(kind="paragraph", text=rest, marks=(mark,))
    kind = {"*": "item", ">": "quotation"}.get(sign)
    return Block(kind=kind, text=rest) if kind else Block(kind="paragraph", text=text)  # type: ignore[arg-type]


def seen(path: str, *texts: str, at: float = 0.0, titles: tuple[str, ...] = (), **fields: object) -> Sighting:
    """A page with a block for each text, as it was seen on a day."""
    url = f"{SITE}{path}"
    outline = outlined(record(url=url, blocks=tuple(map(block, texts)), **fields), titles=titles)
    return Sighting(page=url, first=at * DAY, last=at * DAY, outline=outline)


def learned(lesson: Lesson, *, among: Iterable[str], place: str = "") -> list[str]:
    """Which of the texts *among* are learned (at *place*)."""
    keys = {line.key for line in lesson.lines if not place or line.place == place}
    blocks = ((text, block(text)) for text in among)
    return [
        text for text, made in blocks if key_of(made.kind, made.text, made.figure.image if made.figure else "") in keys
    ]


def test_of_one_page_nothing_is_learned() -> None:
    assert learn([]) == Lesson()
    assert learn([seen("/a", *prose("A"), ABOUT), seen("/a", *prose("A"), ABOUT, at=2)]) == Lesson()


def test_a_second_page_suffices() -> None:
    lesson = learn([seen("/a", *prose("A"), APPEAL, ABOUT), seen("/b", *prose("B"), APPEAL, ABOUT, at=1)])
    assert learned(lesson, among=(APPEAL, ABOUT), place="end") == [APPEAL, ABOUT]
    assert {line.pages for line in lesson.lines} == {(f"{SITE}/a", f"{SITE}/b")}
    assert (len(lesson.lines), lesson.pages, lesson.seen_to) == (2, 2, DAY)


def test_what_pages_begin_with_is_learned_too() -> None:
    lesson = learn([seen("/a", APPEAL, *prose("A"), ABOUT), seen("/b", APPEAL, *prose("B"))])
    assert learned(lesson, among=(APPEAL, ABOUT), place="start") == [APPEAL]
    assert len(lesson.lines) == 1


def test_a_paragraph_that_another_page_quotes_in_its_middle_stays() -> None:
    pages = [seen("/a", *prose("A"), QUOTED, ABOUT), seen("/b", *prose("B"), QUOTED, *prose("C"), ABOUT)]
    assert learned(learn(pages), among=(QUOTED, ABOUT)) == [ABOUT]


def test_a_paragraph_that_another_page_quotes_at_its_end_stays_once_there_are_others() -> None:
    pages = [
        seen("/a", *prose("A"), QUOTED, ABOUT),
        seen("/b", *prose("B"), QUOTED, ABOUT),
        seen("/c", *prose("C"), ABOUT),
    ]
    assert learned(learn(pages), among=(QUOTED, ABOUT)) == [ABOUT]


@pytest.mark.parametrize("quotation", [f"> {QUOTED}", f"“{QUOTED}”"])
def test_a_quotation_is_never_learned(quotation: str) -> None:
    assert learn([seen(f"/{name}", *prose(name), quotation) for name in "ABCD"]).lines == ()


def test_a_teaser_on_a_list_is_the_reports_own() -> None:
    reports = [seen(f"/{name}", *prose(name)) for name in "ab"]
    cards = [line for name in "ab" for line in (prose(name)[0], f"[/{name}] Read on about {name}")]
    assert learn([*reports[:1], seen("/", *cards, *prose("L"))]).lines == ()
    assert learn([*reports, seen("/", *cards)]).lines == ()


def test_what_begins_a_report_and_stands_on_a_page_without_a_link_to_it_is_no_teaser() -> None:
    pages = [seen("/a", APPEAL, *prose("a")), seen("/b", APPEAL, "[/c] On C", *prose("b"))]
    assert learned(learn(pages), among=(APPEAL,)) == [APPEAL]


def test_a_report_at_two_addresses_loses_nothing() -> None:
    assert learn([seen("/a", *prose("A"), ABOUT), seen("/a?print=1", *prose("A"), ABOUT)]).lines == ()
    long = prose("A", 200)
    edited = [*long[:100], "One more sentence, put in by somebody in the middle of it.", *long[100:]]
    assert learn([seen("/a", *long), seen("/old/a", *edited)]).lines == ()


def test_two_editions_of_a_report_lose_nothing() -> None:
    first, second = prose("A", 9), prose("A", 9)
    second[3:5] = prose("B", 2)
    assert learn([seen("/2023", *first), seen("/2024", *second)]).lines == ()


def test_two_editions_that_only_begin_and_end_alike_lose_nothing() -> None:
    same = prose("A", 12)
    pages = [seen(f"/{name}", *same[:6], *prose(name), *same[6:]) for name in ("2023", "2024")]
    assert learn(pages).lines == ()


def test_near_copies_count_once_beside_other_pages() -> None:
    copies = [seen("/a", *prose("A"), QUOTED, ABOUT), seen("/a?print=1", *prose("A"), QUOTED, ABOUT)]
    others = [seen("/b", *prose("B"), ABOUT), seen("/c", *prose("C"), ABOUT)]
    assert learned(learn([*copies, *others]), among=(QUOTED, ABOUT, *prose("A"))) == [ABOUT]


def test_two_short_reports_that_end_alike_lose_nothing() -> None:
    ends = "It says so in its own words, at length and with its sources."
    assert learn([seen("/a", prose("A")[0], ends), seen("/b", prose("B")[0], ends)]).lines == ()


def test_a_page_that_says_little_tells_nothing() -> None:
    assert learn([seen("/a", *prose("A"), ABOUT), seen("/contact", "Write to us.", ABOUT)]).lines == ()


def test_two_reports_on_one_subject_may_end_alike() -> None:
    titles = ("The tale of the grain ship: what witnesses say", "The tale of the grain ship, and its crew")
    pages = [seen(f"/{name}", *prose(name), ABOUT, title=titles[name == "B"]) for name in "AB"]
    assert learn(pages).lines == ()
    others = [seen(f"/{name}", *prose(name), ABOUT, title=f"On {name}") for name in "CD"]
    assert learned(learn([*pages, *others]), among=(ABOUT,)) == [ABOUT]


@pytest.mark.parametrize("line", [" ".join([ABOUT] * 6), "Call 555 0100"], ids=["long", "particular"])
def test_a_long_line_and_one_of_particulars_take_four_pages(line: str) -> None:
    pages = [seen(f"/{name}", *prose(name, 40), line) for name in "ABCD"]
    assert learned(learn(pages[:3]), among=(line,)) == []
    assert learned(learn(pages), among=(line,)) == [line]


def test_one_page_in_three_is_enough_and_less_is_not() -> None:
    with_line = [seen(f"/{name}", *prose(name), ABOUT) for name in "ABCD"]
    without = [seen(f"/{name}", *prose(name)) for name in "EFGHIJKLM"]
    assert learned(learn([*with_line, *without[:8]]), among=(ABOUT,)) == [ABOUT]
    assert learned(learn([*with_line, *without]), among=(ABOUT,)) == []


def test_the_chrome_of_one_layout_is_learned_beside_another() -> None:
    posts = [seen(f"/{name}", *prose(name), ABOUT, layout="wix/post") for name in "AB"]
    others = [seen(f"/{name}", *prose(name), layout="wix/studio") for name in "CDEFGH"]
    assert learned(learn([*posts, *others]), among=(ABOUT,)) == [ABOUT]


def test_a_line_that_was_dropped_stays_chrome_of_what_was_seen_before() -> None:
    old = [seen(f"/{name}", *prose(name), ABOUT, at=1) for name in "AB"]
    again = [seen(f"/{name}", *prose(name), at=100) for name in "AB"]
    new = [seen(f"/{name}", *prose(name), at=100) for name in "CDEFGHIJKLMN"]
    assert learned(learn([*old, *again, *new]), among=(ABOUT,)) == [ABOUT]


def test_a_line_known_well_stays_chrome_though_one_page_goes_on_to_show_it() -> None:
    old = [seen(f"/{name}", *prose(name), ABOUT, at=1) for name in "ABC"]
    new = [seen(f"/{name}", *prose(name), at=100) for name in "DEFGHIJKLMN"]
    straggler = seen("/A", *prose("A"), ABOUT, at=200)
    assert learned(learn([*old, *new, straggler]), among=(ABOUT,)) == [ABOUT]
    assert learned(learn([*old[:2], *new, straggler]), among=(ABOUT,)) == []


def test_links_to_other_pages_below_a_known_heading_are_not_learned_but_the_heading_is() -> None:
    pages = [
        seen(f"/{name}", *prose(name), "# Related reports", f"[/{other}] On {other}", ABOUT)
        for name, other in zip("ABCD", "BCDA", strict=True)
    ]
    assert learned(learn(pages), among=("# Related reports", "[/B] On B", ABOUT)) == ["# Related reports", ABOUT]


def test_a_heading_of_the_report_is_no_chrome_though_all_reports_have_it() -> None:
    pages = [seen(f"/{name}", "# Summary", *prose(name), "# Sources", f"* {prose(name)[0]}") for name in "ABCD"]
    assert learn(pages).lines == ()


def test_a_part_of_a_list_is_no_chrome() -> None:
    pages = [seen(f"/{name}", *prose(name), f"* Grain of {name}", "* Salt", "* Iron") for name in "ABCD"]
    assert learn(pages).lines == ()


def test_what_states_a_fact_on_any_page_is_chrome_on_none() -> None:
    demand = "The council should send observers to the harbour."
    fact = Recommendation(text=demand, addressees=("council",))
    plain_pages = [seen(f"/{name}", *prose(name), demand) for name in "ABC"]
    assert learned(learn(plain_pages), among=(demand,)) == [demand]
    assert learn([*plain_pages, seen("/D", *prose("D"), demand, facts=(fact,))]).lines == ()


def test_an_appeal_inside_of_most_reports_is_learned_and_a_sentence_of_some_is_not() -> None:
    pages = [
        seen(
            f"/{name}",
            *prose(name)[:2],
            APPEAL,
            *prose(name)[2:],
            "! /badge.png",
            *([QUOTED] if name in "AB" else []),
            *prose(f"{name}2"),
        )
        for name in "ABCD"
    ]
    assert learned(learn(pages), among=(APPEAL, QUOTED, "! /badge.png"), place="inside") == [APPEAL, "! /badge.png"]
    assert learn(pages[:2]).lines == ()


def test_a_passage_that_reports_share_inside_is_no_appeal() -> None:
    passage = [f"Sentence {number} of the law that all of them are about." for number in range(3)]
    pages = [seen(f"/{name}", *prose(name), *passage, *prose(f"{name}2")) for name in "ABCD"]
    assert learned(learn(pages), among=passage) in ([], [passage[0]], [passage[2]], [passage[1]])


def test_a_line_between_two_known_ones_of_which_some_pages_have_none_is_learned_of_the_others() -> None:
    pages = [seen(f"/{name}", *prose(name), APPEAL, ABOUT) for name in "ABC"] + [seen("/D", *prose("D"), ABOUT)]
    assert learned(learn(pages), among=(APPEAL, ABOUT), place="end") == [APPEAL, ABOUT]


def test_a_line_behind_what_is_each_pages_own_is_not_at_the_end() -> None:
    pages = [seen(f"/{name}", *prose(name), ABOUT, f"Page {name} was seen {ord(name)} times.") for name in "AB"]
    assert learn(pages).lines == ()


def test_of_many_pages_some_are_compared() -> None:
    pages = [seen(f"/{number}", *prose(str(number)), ABOUT) for number in range(60)]
    assert learned(learn(pages), among=(ABOUT,)) == [ABOUT]
    copies = [seen(f"/copy/{number}", *prose("A"), QUOTED, ABOUT) for number in range(60)]
    assert learned(learn(copies), among=(QUOTED, ABOUT)) == []


NOW = "How many people crossed the strait cannot be told by us any more, as the lists are gone."


def crossed(name: str) -> str:
    return f"By what we know {ord(name)} people crossed the strait from there since the winter began."


def edited(names: str, *tail: str, at: float = 9) -> list[Sighting]:
    """Pages that once had a last sentence of their own, and later one that all of them share."""
    before = [seen(f"/{name}", *prose(name), crossed(name), *tail, at=1) for name in names]
    return [*before, *(seen(f"/{name}", *prose(name), NOW, *tail, at=at) for name in names)]


@pytest.mark.parametrize("count", range(2, 8))
def test_what_took_the_place_of_words_of_each_pages_own_is_no_chrome(count: int) -> None:
    names = "ABCDEFG"
    waiting = [seen(f"/{name}", *prose(name), crossed(name), at=1) for name in names[count:]]
    assert learn([*edited(names[:count]), *waiting]).lines == ()
    assert learned(learn(edited(names[:count], ABOUT)), among=(NOW, ABOUT)) == [ABOUT]


def test_words_of_their_own_in_the_place_of_what_pages_shared_show_that_it_was_no_chrome() -> None:
    pages = [seen(f"/{name}", *prose(name), NOW, at=1) for name in "ABCD"]
    assert learned(learn(pages), among=(NOW,)) == [NOW]
    told = [seen(f"/{name}", *prose(name), crossed(name), at=9) for name in "AB"]
    assert learn([*pages, *told]).lines == ()


def test_an_edit_that_other_pages_came_with_is_no_chrome_of_theirs() -> None:
    later = [seen(f"/{name}", *prose(name), NOW, at=9) for name in "CDEFGH"]
    assert learn([*edited("AB"), *later]).lines == ()


def test_where_two_pages_had_the_same_words_in_its_place_it_is_an_edit_too() -> None:
    same = [seen(f"/{name}", *prose(name), crossed("Z"), at=1) for name in "XY"]
    now = [seen(f"/{name}", *prose(name), NOW, at=9) for name in "XY"]
    assert learn([*edited("ABC"), *same, *now]).lines == ()


def test_what_begins_reports_and_took_the_place_of_their_own_words_is_no_chrome() -> None:
    before = [seen(f"/{name}", APPEAL, crossed(name), *prose(name), at=1) for name in "ABCD"]
    after = [seen(f"/{name}", APPEAL, NOW, *prose(name), at=9) for name in "ABCD"]
    assert learned(learn([*before, *after]), among=(APPEAL, NOW)) == [APPEAL]


def test_a_sentence_inside_of_reports_that_took_the_place_of_their_own_is_no_appeal() -> None:
    def page(name: str, line: str, at: float) -> Sighting:
        return seen(f"/{name}", *prose(name), line, *prose(f"{name}2"), at=at)

    before = [page(name, crossed(name), 1) for name in "ABCD"]
    assert learned(learn([page(name, NOW, 9) for name in "ABCD"]), among=(NOW,)) == [NOW]
    assert learn([*before, *(page(name, NOW, 9) for name in "ABCD")]).lines == ()


def test_what_came_to_pages_beside_an_edit_of_theirs_is_learned() -> None:
    before = [seen(f"/{name}", *prose(name), crossed(name), at=1) for name in "ABCD"]
    after = [seen(f"/{name}", *prose(name), f"{crossed(name)} So we say.", ABOUT, at=9) for name in "ABCD"]
    assert learned(learn([*before, *after]), among=(ABOUT,)) == [ABOUT]


def test_a_footer_in_place_of_another_is_learned() -> None:
    pages = [seen(f"/{name}", *prose(name), ABOUT, at=1) for name in "AB"]
    pages += [seen(f"/{name}", *prose(name), APPEAL, at=9) for name in "AB"]
    assert learned(learn(pages), among=(ABOUT, APPEAL)) == [ABOUT, APPEAL]


def test_a_page_alone_in_which_a_footer_took_the_place_of_a_last_paragraph_tells_nothing() -> None:
    cut = [seen("/Z", *prose("Z"), crossed("Z"), at=1), seen("/Z", *prose("Z"), ABOUT, at=9)]
    others = [seen(f"/{name}", *prose(name), ABOUT, at=9) for name in "ABC"]
    assert learned(learn([*cut, *others]), among=(ABOUT,)) == [ABOUT]
    assert learn([*cut, *others[:2]]).lines == ()


def test_pages_that_took_a_footer_on_beside_what_they_had_outnumber_those_that_were_cut() -> None:
    cut = [seen(f"/{name}", *prose(name), crossed(name), at=1) for name in "YZ"]
    cut += [seen(f"/{name}", *prose(name), ABOUT, at=9) for name in "YZ"]
    others = [seen(f"/{name}", *prose(name), at=1) for name in "ABC"]
    others += [seen(f"/{name}", *prose(name), ABOUT, at=9) for name in "ABC"]
    assert learned(learn([*cut, *others]), among=(ABOUT,)) == [ABOUT]


def test_the_year_of_a_copyright_and_links_are_no_edits() -> None:
    def page(name: str, year: int, at: float) -> Sighting:
        return seen(f"/{name}", *prose(name), f"© {year} Harbour Watch", f"[/{year + ord(name)}] Go on", at=at)

    pages = [page(name, 2010 + number, 1) for number, name in enumerate("ABCD")]
    pages += [page(name, 2024, 9) for name in "ABCD"]
    assert learned(learn(pages), among=("© 2024 Harbour Watch",)) == ["© 2024 Harbour Watch"]


def test_what_pages_showed_in_another_layout_tells_of_no_edit() -> None:
    pages = [seen(f"/{name}", *prose(name), crossed(name), at=1, layout="wix/post") for name in "ABCD"]
    pages += [seen(f"/{name}", *prose(name), NOW, at=9, layout="wix/studio") for name in "ABCD"]
    assert learned(learn(pages), among=(NOW,)) == [NOW]


@pytest.mark.parametrize(
    ("titles", "suffix"),
    [
        (("Velmora | Harbour Watch", "Tovash | Harbour Watch"), " | Harbour Watch"),
        (("Velmora | Reports | Harbour Watch", "Tovash | Reports | Harbour Watch"), " | Reports | Harbour Watch"),
        (("Velmora | Reports | Watch", "Tovash | News | Watch", "Ordania | News | Watch"), " | Watch"),
        (("Velmora - the north", "Tovash - the south"), ""),
        (("Velmora | Watch", "Velmora | Watch"), ""),
        (("Velmora | Watch", "Tovash"), ""),
        (("Harbour Watch", "Harbour Watch"), ""),
        ((" | Watch", " | Watch"), ""),
    ],
)
def test_what_most_titles_end_in_is_the_sites(titles: tuple[str, ...], suffix: str) -> None:
    pages = [seen(f"/{number}", *prose(f"{number}"), titles=(title,)) for number, title in enumerate(titles)]
    assert learn(pages).suffix == suffix


_TEXTS = [*prose("A", 3), *prose("B", 3), ABOUT, APPEAL, QUOTED, "# Related", "[/p1] On one", "* Salt", "7 of 9"]
_SIGHTINGS = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 40), st.lists(st.sampled_from(_TEXTS), max_size=7)), max_size=9
)


@given(_SIGHTINGS, st.randoms(use_true_random=False))
def test_what_is_learned_does_not_depend_on_the_order(
    given_: list[tuple[int, int, list[str]]], order: random.Random
) -> None:
    pages = [seen(f"/p{number}", *texts, at=at) for number, at, texts in given_]
    assert learn(pages) == learn(order.sample(pages, len(pages)))


@given(_SIGHTINGS)
def test_no_line_is_learned_of_a_page_alone_nor_one_that_nobody_showed(
    given_: list[tuple[int, int, list[str]]],
) -> None:
    pages = [seen(f"/p{number}", *texts, at=at) for number, at, texts in given_]
    shown = {line.key for one in pages for line in one.outline.lines}
    for line in learn(pages).lines:
        assert line.key in shown
        assert len(line.pages) > 1


@given(st.integers(2, 9), st.lists(st.sampled_from([ABOUT, APPEAL]), min_size=1, max_size=2, unique=True))
def test_what_all_pages_end_in_is_learned_however_many_there_are(count: int, tail: list[str]) -> None:
    lesson = learn(seen(f"/{number}", *prose(str(number), 6), *tail) for number in range(count))
    assert learned(lesson, among=tail, place="end") == tail
    assert len(lesson.lines) == len(tail)
