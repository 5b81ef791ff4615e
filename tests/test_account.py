import gzip
import re
from calendar import month_name
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser, LexborNode

from parsers import Record, parse
from parsers.account import account_of, account_of_text, parts_around, with_account
from parsers.normal import bare, count_words, shown
from parsers.page import Page
from parsers.record import Account, Chrome
from parsers.tree import SILENT, hides

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
PAGES = sorted(FIXTURES.glob("*/*/*.html"))
TEXTS = sorted([*FIXTURES.glob("*/*/*.txt"), *FIXTURES.glob("*/*/*.md")])
URL = "https://www.genocidewatch.com/single-post/x"
_DAY = re.compile(
    r"[0-9]+|january|february|march|april|may|june|july|august|september|october|november|december|"
    r"januar|februar|märz|mai|juni|juli|oktober|dezember"
)
_LABELS = ("photograph", "photo", "foto")
SENTENCE = "The port of Tovash is closed to all ships since the morning of the third of May. "


def _name(path: Path) -> str:
    return path.relative_to(FIXTURES).as_posix()


def _parsed(html: str, url: str = "https://h.example/p") -> Record:
    return parse(html.encode(), url=url, content_type="text/html; charset=utf-8")


def _shown_texts(node: LexborNode | None) -> Iterator[str]:
    """The texts of a page found in another way than the account does: down the tree that selectors search."""
    if node is None or node.tag in SILENT or (node.is_element_node and hides(node.attributes)):
        return
    if node.is_text_node:
        yield shown(node.text_content or "")
    for child in node.iter(include_text=True):
        yield from _shown_texts(child)


def _shown_words(html: str) -> int:
    return sum(map(count_words, _shown_texts(LexborHTMLParser(html).root)))


def _whole(account: Account | None) -> int:
    assert account is not None
    assert min(account.report, account.chrome, account.unclaimed) >= 0
    return account.report + account.chrome + account.unclaimed


@pytest.mark.parametrize("path", PAGES, ids=_name)
def test_the_shares_of_a_page_add_up_to_all_its_visible_words(path: Path) -> None:
    body = path.read_bytes()
    record = parse(body, url=URL if "genocidewatch" in path.parts else "https://h.example/p")
    assert _whole(record.account) == _shown_words(body.decode())


@pytest.mark.parametrize("path", PAGES, ids=_name)
def test_no_visible_word_of_a_page_is_lost(path: Path) -> None:
    body = path.read_bytes()
    record = parse(body, url=URL if "genocidewatch" in path.parts else "https://h.example/p")
    assert record.account is not None
    cut = sum(part.words - count_words(part.text) for part in record.chrome if part.text.endswith("…"))
    assert len(_left(_shown_texts(LexborHTMLParser(body.decode()).root), record)) <= cut


@pytest.mark.parametrize("path", TEXTS, ids=_name)
def test_every_word_of_a_text_is_the_report_s_or_chrome(path: Path) -> None:
    record = parse(path.read_bytes(), url=URL)
    assert _left(re.sub(r"\]\([^()]*\)", "]", path.read_text(encoding="utf-8")).split(), record) == set()
    assert record.account is not None
    assert record.account.unclaimed == 0
    assert record.account.chrome == sum(part.words for part in record.chrome)


def _left(texts: Iterable[str], record: Record) -> set[str]:
    """Those of *texts* that the record has nowhere, dates aside: they stand in it in another form."""
    figures = [figure for figure in (record.lead, *(block.figure for block in record.blocks)) if figure]
    passages = record.account.passages if record.account else ()
    claimed = (
        record.title, record.headline, *record.masthead, record.byline, record.organisation, *record.authors,
        *(block.text for block in record.blocks), *(part.text for part in record.chrome), *passages,
        *(f"{figure.caption} {figure.credit}" for figure in figures),
        *(f"{month} {(record.published or '')[:4]}" for month in month_name),
    )  # fmt: skip
    # A text may be a part of a word ("<b>O</b>nce"), or stand in parts in several fields, as a caption with its credit.
    letters = "\n".join(_letters(text) for text in claimed)
    words = {*bare(" ".join(claimed)).split(), *_LABELS}
    return {
        text
        for text in texts
        if _letters(text) not in letters
        and not all(_DAY.fullmatch(word) or word in words for word in bare(text).split())
    }


def _letters(text: str) -> str:
    return bare(text).replace(" ", "")


_PIECES = st.lists(
    st.sampled_from(
        [
            "<nav>", "</nav>", "<main>", "</main>", "<div>", "</div>", "<p>", "<ul>", "<li>", "</ul>", "</table>",
            "<table><tr><td>", "<div hidden>", "<span style='display:none'>", "</span>", "<script>", "</script>",
            "<aside>", "</aside>", "<button>", "</button>", "<figure>", "<img src=a.jpg>", "<figcaption>", "</figure>",
            "<h1>", "</h1>", "<blockquote>", "</blockquote>", "<a href=/b>", "</a>", "<pre>", "</pre>", "<!-- no -->",
            "Tovash", SENTENCE, "読売新聞オンライン", " ", "<br>", "<select><option>", "</select>", "top of page",
            "<div class=related>",
        ]
    ),
    max_size=40,
)  # fmt: skip


@given(_PIECES)
def test_the_shares_of_any_page_add_up(pieces: list[str]) -> None:
    html = "".join(pieces)
    assert _whole(_parsed(html).account) == _shown_words(html)


@given(_PIECES)
def test_no_passage_that_nobody_claims_is_silent_or_long(pieces: list[str]) -> None:
    account = _parsed("".join(pieces)).account
    assert account is not None
    assert bool(account.passages) == (account.unclaimed > 0)
    assert len(account.passages) <= 50
    assert all(passage and len(passage) <= 200 for passage in account.passages)


def _tree(html: str):  # type: ignore[no-untyped-def]
    return Page(html.encode(), url="https://h.example/p").tree


def test_each_word_is_claimed_by_the_innermost_of_report_and_chrome() -> None:
    tree = _tree(
        "<nav>Home <b>News</b></nav><main><p>One two<aside>Ad</aside></main><p>Left <i>over</i> here<p hidden>No"
    )
    nav, main, aside = (tree.tags.index(tag) for tag in ("nav", "main", "aside"))
    found = account_of(tree, [main], [nav, aside], told=())
    assert found == Account(report=2, chrome=3, unclaimed=3, passages=("Left over here",))


def test_what_says_the_title_again_is_claimed() -> None:
    tree = _tree("<h1>Velmora: Report</h1><main><p>One</main><p>Other")
    assert account_of(tree, [tree.tags.index("main")], [], told=("Velmora – report",)).passages == ("Other",)


def test_a_long_passage_is_cut_and_many_are_counted() -> None:
    tree = _tree("".join(f"<p>{number} {'word ' * 60}" for number in range(60)))
    found = account_of(tree, [], [], told=())
    assert (len(found.passages), found.unclaimed) == (50, 60 * 61)
    assert {len(passage) for passage in found.passages} == {200}


def test_chrome_around_the_report_is_listed_in_the_order_of_the_page() -> None:
    tree = _tree("<nav>Home<ul><li>News</ul></nav><main>One<aside>Ad</aside></main><aside></aside><footer>End</footer>")
    chrome = {place: f"tag {tag}" for place, tag in enumerate(tree.tags) if tag in {"nav", "ul", "aside", "footer"}}
    before, behind = parts_around(tree, [tree.tags.index("main")], chrome)
    assert before == [Chrome(text="Home News", reason="tag nav", words=2)]
    assert behind == [Chrome(text="End", reason="tag footer", words=1)]


def test_a_text_without_markup_is_report_or_chrome() -> None:
    chrome = (Chrome(text="top of page", reason="line", words=3),)
    assert account_of_text(["One two", ""], chrome) == Account(report=2, chrome=3, unclaimed=0)


def test_what_is_told_to_be_chrome_later_moves_from_the_report() -> None:
    record = _parsed(f"<main><p>{SENTENCE * 4}<p>Top of page<p>Load more</main>")
    assert record.account == Account(report=68, chrome=5, unclaimed=0)
    assert [part.reason for part in record.chrome] == ["line", "line"]


def test_a_record_without_an_account_stays_without() -> None:
    record = Record(url="https://h.example/p", media_type="text/html", layout="article", revision=1)
    assert with_account(record, record) is record


def _flags(record: Record) -> list[tuple[str, bool]]:
    return [(flag.name, flag.holds) for flag in record.flags]


WIX = (
    '<div id="site-root"><article data-hook="post"><h1 data-hook="post-title">Velmora</h1>'
    '<div data-hook="post-description"><p>{report}</p></div></article><p>{rest}</p></div>'
)


@pytest.mark.parametrize(
    ("report", "rest", "flags"),
    [(20, 1, []), (20, 4, [("unclaimed", False)]), (4, 8, [("unclaimed", True)]), (2, 2, [])],
    ids=["little", "much", "more than the report", "few words"],
)
def test_a_layout_that_leaves_much_of_the_page_is_flagged_and_more_than_it_reads_is_held(
    report: int, rest: int, flags: list[tuple[str, bool]]
) -> None:
    record = _parsed(WIX.format(report=SENTENCE * report, rest=SENTENCE * rest))
    assert record.layout == "wix/post"
    assert _flags(record) == flags


@pytest.mark.parametrize(("unclaimed", "flags"), [(600, []), (700, [("unclaimed", False)])], ids=["much", "too much"])
def test_the_generic_extractor_has_a_limit_of_its_own_and_is_never_held(
    unclaimed: int, flags: list[tuple[str, bool]]
) -> None:
    account = Account(report=400, chrome=600, unclaimed=unclaimed, passages=("One",))
    record = Record(url="https://h.example/p", media_type="text/html", layout="article", revision=1, account=account)
    assert _flags(with_account(record, record)) == flags


def test_few_real_pages_have_much_that_nobody_claims(
    shared_data: Path, record_property: Callable[[str, object], None]
) -> None:
    flagged: Counter[bool] = Counter()
    for path in _real_pages(shared_data):
        record = parse(gzip.decompress(path.read_bytes()), url="https://h.example/p")
        flagged["unclaimed" in {flag.name for flag in record.flags}] += 1
    record_property("flagged as unclaimed", f"{flagged[True]} of {flagged.total()} real pages")
    assert flagged[True] <= 0.03 * flagged.total()


def _real_pages(shared_data: Path) -> Iterator[Path]:
    for folder in ("wix", "reports", "revisions", "extraction/scrapinghub/html", "extraction/fundus/html"):
        yield from sorted((shared_data / folder).glob("*.html.gz"))


def test_what_is_hidden_between_paragraphs_is_told_once() -> None:
    record = _parsed(f"<main><h1>Velmora</h1><p>{SENTENCE * 4}</p><p hidden>Secret words</p><p>{SENTENCE * 4}</main>")
    assert record.chrome == (Chrome(text="Secret words", reason="hidden", words=2),)
