from collections.abc import Iterator
from pathlib import Path

import pytest
from building import URL, capture, day

from parsers.record import Account, Chrome, Flag, Match, Record
from parsers.registry import Claim
from scraper import Archive
from scraper.errors import UsageError
from scraper.explain import Explanation, Ledger, explain, explain_capture, render_explanation
from scraper.explain.explanation import Learned
from scraper.explain.render import bar
from scraper.ledger import Past
from scraper.loader import load

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
POST = FIXTURES / "wix/post/german.html"
SENTENCE = "The port of Tovash is closed to all ships since the morning of the third of May. "


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "archive.db", create=True) as opened:
        yield opened


def _page(text: str, title: str = "Velmora", foot: str = "") -> str:
    return f"<nav>Home</nav><main><h1>{title}</h1><p>{text}</p>{foot}</main>"


def _shown(found: Explanation, *, width: int = 100) -> list[str]:
    return render_explanation(found, width=width, colour=False).splitlines()


def test_the_layout_is_named_with_what_it_is_recognised_by_and_why_no_other_is() -> None:
    lines = _shown(explain(POST.read_bytes(), url="https://h.example/p"), width=200)
    assert """layout      wix/post, revision 2; '#site-root article[data-hook="post"]' matches 1""" in lines
    assert "  not       wix/santa: '#SITE_ROOT #masterPage' matches 0, expected some" in lines
    assert """  not       wix/thunderbolt: 'article[data-hook="post"]' matches 1, expected none""" in lines


def test_chrome_has_its_reason_and_its_words_and_what_nobody_claims_is_told() -> None:
    chrome = "<nav>Home News</nav><nav>More</nav>"
    page = f"<!doctype html>{chrome}<main><h1>Velmora</h1><p>{SENTENCE * 9}</main><div>Left over here</div>"
    lines = _shown(explain(page.encode(), url="https://h.example/p"))
    assert "       3  tag nav: Home News | More" in lines
    assert lines[lines.index("Claimed by nobody") + 1] == "  · Left over here"
    assert "            █     154 report     96%" in lines


def test_the_selectors_that_never_matched_stand_in_one_line() -> None:
    lines = _shown(explain(POST.read_bytes(), url="https://h.example/p"), width=400)
    chrome = [line for line in lines if line.startswith("  chrome")]
    assert sum("0 × " in line for line in chrome) == 1
    assert any(line.endswith("1 × #SITE_HEADER") for line in chrome)


def test_a_text_has_no_layouts_to_choose_from() -> None:
    lines = _shown(explain(f"Velmora\n\n{SENTENCE * 9}".encode(), url="https://h.example/p"))
    assert "layout      text, revision 2; no layouts are for text/plain" in lines


def _explanation(**changed: object) -> Explanation:
    record = Record(url="https://h.example/p", media_type="text/html", layout="article", revision=1)
    values = {"record": record, "claims": (), "ledger": (), "flags": ()}
    return Explanation(**values | changed)  # type: ignore[arg-type]


def test_several_layouts_that_claim_a_page_are_told_of() -> None:
    claims = tuple(Claim(layout=f"acme/{name}", recognise="main", found=1) for name in "ab")
    lines = _shown(_explanation(claims=claims))
    assert "layout      article, revision 1; 2 layouts recognise it, expected 1" in lines
    assert "  not       acme/a: 'main' matches 1" in lines


def test_a_layout_that_recognises_a_page_and_could_not_read_it_is_told_of() -> None:
    claims = (
        Claim(layout="acme/a", recognise="main", found=1),
        Claim(layout="acme/b", recognise="aside", found=0),
    )
    lines = _shown(_explanation(claims=claims))
    assert "layout      article, revision 1; the layout that recognises it could not read it" in lines
    assert "layout      article, revision 1; no layout recognises the page" in _shown(_explanation(claims=claims[1:]))


def test_a_name_that_is_to_match_once_is_told_of_where_it_does_not() -> None:
    claim = Claim(layout="acme/a", recognise="main", found=1, once="p", found_once=2)
    assert not claim.holds
    assert "  not       acme/a: 'p' matches 2, expected 1" in _shown(_explanation(claims=(claim,)))
    assert Claim(layout="acme/a", recognise="main", found=1, once="p", found_once=1).holds


def test_a_page_of_nobody_known_is_told_of() -> None:
    lines = _shown(explain(_page(SENTENCE * 9).encode(), url="https://h.example/p", content_type="text/html"))
    assert any(line.endswith("; no site's page, no platform's signs") for line in lines)


def test_untested_rules_are_worth_knowing() -> None:
    page = FIXTURES / "hrw/news/bird-counters.html"
    lines = _shown(explain(page.read_bytes(), url="https://www.hrw.org/news/bird-counters"), width=200)
    assert any(line.strip().startswith("untested: the rules of site 'hrw' are untested:") for line in lines)


def test_what_was_not_counted_is_told() -> None:
    assert "words       not counted" in _shown(_explanation())


def test_the_past_stands_behind_a_selector() -> None:
    past = Past(field="chrome", selector="nav", counts=(2, 2), captures=(3, 1))
    match = Match(field="chrome", selector="nav", found=0)
    lines = _shown(_explanation(ledger=(Ledger(match=match, past=past),)))
    assert "  chrome      0 × nav, before 2 in captures 1 and 3" in lines


def test_long_lists_are_cut_and_say_so() -> None:
    record = Record(
        url="https://h.example/p",
        media_type="text/html",
        layout="article",
        revision=1,
        chrome=tuple(Chrome(text="x" * 200, reason=f"tag {number}", words=1) for number in range(40)),
        account=Account(report=1, chrome=40, unclaimed=30, passages=tuple("abcdefghijklmnopqrstuvwxyz")),
    )
    lines = _shown(_explanation(record=record), width=250)
    assert "  and 10 more; --format json has all" in lines
    assert "  and 6 more" in lines
    assert f"       1  tag 1: {'x' * 159}…" in lines


def test_a_flag_that_holds_the_record_back_says_so() -> None:
    flags = (Flag(name="layout", detail="no layout", holds=True), Flag(name="unclaimed", detail="much"))
    assert _shown(_explanation(flags=flags))[-2:] == [
        "  layout (holds the record back): no layout",
        "  unclaimed: much",
    ]


@pytest.mark.parametrize(
    ("account", "signs"),
    [
        (Account(report=30, chrome=10, unclaimed=0), "█" * 30 + "▒" * 10),
        (Account(report=999, chrome=1, unclaimed=1), "█" * 38 + "▒·"),
        (Account(report=1, chrome=1, unclaimed=1), "█" * 14 + "▒" * 13 + "·" * 13),
        (Account(report=0, chrome=0, unclaimed=0), ""),
    ],
    ids=["two", "a little", "thirds", "nothing"],
)
def test_the_bar_has_a_sign_for_each_share_that_there_is(account: Account, signs: str) -> None:
    assert bar(account) == signs


def test_nothing_that_a_page_says_is_obeyed_by_a_terminal() -> None:
    hostile = "\x1b[2J\x9b\u202e" + "x"
    record = Record(
        url=f"https://h.example/{hostile}",
        media_type="text/html",
        layout="article",
        revision=1,
        title=hostile,
        authors=(hostile,),
        published="2024",
        published_from=hostile,
        chrome=(Chrome(text=hostile, reason=hostile, words=1),),
        account=Account(report=1, chrome=1, unclaimed=1, passages=(hostile,)),
    )
    match = Match(field="title", selector=hostile, found=1)
    claim = Claim(layout=hostile, recognise=hostile, found=1)
    flag = Flag(name=hostile, detail=hostile)
    found = _explanation(record=record, claims=(claim,), ledger=(Ledger(match=match),), flags=(flag,))
    text = render_explanation(found, width=80, colour=False)
    assert all(sign == "\n" or sign.isprintable() for sign in text)


def test_a_capture_is_shown_beside_its_past_and_what_is_stored(archive: Archive) -> None:
    for number in (1, 2, 3):
        load(archive, capture(_page(f"{SENTENCE * 9} Day {number}."), day(number)))
    cut = load(archive, capture("<nav>Home</nav><main><p>Only the first of May is told of now.</p></main>", day(4)))
    found = explain_capture(archive, cut.capture_id)
    assert found.stored is not None
    assert (found.stored.version, found.stored.difference) == (None, "")
    assert found.stored.held.startswith("the text shrank from")
    assert [flag.name for flag in found.flags if "selector" in flag.name or "field" in flag.name] == ["field-lost"]
    lines = _shown(found)
    assert f"  held back: {found.stored.held}" in lines
    assert any(line.endswith("in capture 3") and "report" in line for line in lines)


def test_a_capture_says_which_version_it_shows(archive: Archive) -> None:
    for number in (1, 2):
        load(archive, capture(_page(f"{SENTENCE * 9} Day {number}."), day(number)))
    last = load(archive, capture(_page(f"{SENTENCE * 9} Day 2."), day(3)))
    lines = _shown(explain_capture(archive, last.capture_id))
    assert "In the archive: capture 3 of 2024-01-03 00:00 UTC" in lines
    assert "  shows version 2" in lines
    assert "  today's parser reads the same report as article, revision 4 did" in lines


def test_a_capture_that_is_read_differently_today_says_how(archive: Archive) -> None:
    def poor(body: bytes, **_: object) -> Record:
        return Record(url=URL, media_type="text/html", layout="article", revision=1, title="Velmora")

    loaded = load(archive, capture(_page(SENTENCE * 9)), parse=poor)
    found = explain_capture(archive, loaded.capture_id)
    assert found.stored is not None
    assert found.stored.difference
    assert any("reads it differently than article, revision 1 did: " in line for line in _shown(found, width=300))


def test_a_capture_that_no_parser_could_read_is_read_anew(archive: Archive) -> None:
    def failing(body: bytes, **_: object) -> Record:
        raise ValueError

    loaded = load(archive, capture(_page(SENTENCE * 9)), parse=failing)
    lines = _shown(explain_capture(archive, loaded.capture_id))
    assert lines[-1] == "  nothing was read from it when it was kept: the parser failed: ValueError:"


def test_a_capture_that_belongs_to_no_page_has_no_past(archive: Archive) -> None:
    number = archive.store_capture(capture(_page(SENTENCE * 9)))
    found = explain_capture(archive, number)
    assert found.stored is not None
    assert _shown(found)[-1] == "  nothing was read from it when it was kept"


def test_a_capture_without_a_body_cannot_be_explained(archive: Archive) -> None:
    load(archive, capture(_page(SENTENCE * 9)))
    number = load(archive, capture(None, day(2), outcome="failed", status=None)).capture_id
    with pytest.raises(UsageError):
        explain_capture(archive, number)


def test_learned_chrome_is_shown_with_the_pages_it_was_seen_on(archive: Archive) -> None:
    foot = "<p>The Saltmarsh Desk lives from what its readers give. Please give what you can.</p>"
    for name in ("anner", "brin", "corvel", "dunmar", "esk"):
        url = f"https://example.org/{name}"
        text = " ".join(f"{name} {word}" for word in SENTENCE.split() * 5)
        load(archive, capture(_page(text, name.title(), foot), url=url, final_url=url))
    archive.learn("example.org")
    found = explain_capture(archive, 1)
    [line] = found.learned
    assert (line.place, line.pages, len(line.seen_on)) == ("end", 5, 5)
    [shown] = [shown.strip() for shown in _shown(found, width=200) if "at the end of 5 pages: " in shown]
    assert shown.startswith("at the end of 5 pages: https://example.org/anner https://")
    assert shown.endswith(" …")
    assert shown.count("https://") == 3
    assert found.to_dict()["learned"][0]["seen_on"] == line.seen_on


def test_the_explanation_is_plain_values(archive: Archive) -> None:
    for number in (1, 2):
        load(archive, capture(_page(f"{SENTENCE * 9} Day {number}."), day(number)))
    values = explain_capture(archive, 2).to_dict()
    assert values["layout"] == "article"
    assert values["shares"]["unclaimed"] == 0
    assert sum(values["shares"].values()) == pytest.approx(1)
    [h1] = [line for line in values["ledger"] if line["selector"] == "h1"]
    assert h1 == {"field": "title", "selector": "h1", "found": 1, "past": [{"capture": 1, "found": 1}]}
    assert values["stored"]["capture"] == 2
    assert values["stored"]["before"]["capture_id"] == 1
    assert explain(b"<p>One.", url="https://h.example/p").to_dict()["stored"] is None
    assert _explanation().to_dict()["shares"] is None


def test_the_evidence_for_a_line_that_was_taken_off_twice_stands_once() -> None:
    part, other = Chrome(text="Give", reason="learned", words=1), Chrome(text="Home", reason="tag nav", words=1)
    record = Record(
        url="https://h.example/p",
        media_type="text/html",
        layout="article",
        revision=1,
        chrome=(part, part, other, part),
    )
    evidence = Learned(text="Give", place="end", pages=2, seen_on=("https://h.example/a", "https://h.example/b"))
    lines = _shown(_explanation(record=record, learned=(evidence,)))
    told = [line.strip() for line in lines if "of 2 pages" in line]
    assert told == ["at the end of 2 pages: https://h.example/a https://h.example/b"]


def test_the_past_of_other_pages_is_not_called_before(archive: Archive) -> None:
    for name in ("anner", "brin"):
        url = f"https://example.org/{name}"
        load(archive, capture(_page(f"{name} {SENTENCE * 9}", name.title()), url=url, final_url=url))
    lines = _shown(explain_capture(archive, 1))
    assert "  title       1 × h1, 1 in capture 2 of other pages" in lines
    assert not any(", before " in line for line in lines)
