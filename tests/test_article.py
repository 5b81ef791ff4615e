import pytest

from parsers.article import read_article
from parsers.page import Page
from parsers.record import Figure, Record

PROSE = (
    "The people of the highlands were driven out of their villages by the army, and nobody has let them return. " * 2
)


def _read(html: str) -> Record:
    return read_article(Page(html.encode(), url="https://www.h.example/p", content_type="text/html; charset=utf-8"))


def _texts(html: str) -> list[str]:
    return [block.text for block in _read(html).blocks]


BODY = f"<p>{PROSE}one</p><p>{PROSE}two</p>"
EXPECTED = [f"{PROSE}one", f"{PROSE}two"]


def test_the_lead_is_named_once() -> None:
    head = "<meta property=article:published_time content=2024-05-03><meta property=og:image content=/orn.jpg>"
    assert _read(f"{head}<main>{BODY}</main>").lead == Figure(image="https://www.h.example/orn.jpg")
    shown = _read(f"{head}<main>{BODY}<figure><img src=https://cdn.h.example/orn.jpg></figure></main>")
    assert shown.lead is None
    assert [figure.image for figure in shown.figures] == ["https://cdn.h.example/orn.jpg"]


@pytest.mark.parametrize(
    "html",
    [
        BODY,
        f"<div><div>{BODY}</div></div>",
        f"<main>{BODY}</main>",
        f"<div role=main>{BODY}</div>",
        f"<article>{BODY}</article><article><p>teaser</p></article>",
        f"<article><p>teaser</p></article><div>{BODY}</div>",
        f"<section><p>{PROSE}one</p></section><section><p>{PROSE}two</p></section>",
        f"<div itemprop=articleBody>{BODY}</div><p>Below it</p>",
    ],
    ids=["bare", "wrapped", "main", "role", "teaser below", "article elsewhere", "spread", "article body"],
)
def test_the_content_is_what_holds_nearly_all_the_prose(html: str) -> None:
    assert _texts(html) == EXPECTED


@pytest.mark.parametrize(
    "chrome",
    [
        "<nav><a href=/>Home</a></nav>",
        "<header><p>Acme</p></header>",
        "<footer><p>Acme, Orn</p></footer>",
        "<aside>See also</aside>",
        "<div role=navigation>Home</div>",
        "<div role=dialog>We use cookies</div>",
        "<div aria-modal=true>Sign up</div>",
        "<div class='post-share share-buttons'>Share</div>",
        "<div id=cookie-banner>We use cookies</div>",
        "<div class=related-posts><p>Other</p></div>",
        "<p hidden>secret</p>",
        "<div style='display:none'>secret</div>",
        "<button>Share</button>",
        "<ul><li><a href=/a>Home</a><li><a href=/b>Reports</a><li><a href='https://h.example/c'>About</a></ul>",
        "<!-- comment --><script>x</script>",
    ],
)
def test_what_stands_around_the_report_is_left_out(chrome: str) -> None:
    assert _texts(f"<main>{chrome}<p>{PROSE}one</p>{chrome}<p>{PROSE}two</p>{chrome}</main>") == EXPECTED


@pytest.mark.parametrize(
    ("part", "text"),
    [
        ("<div class='navy shared-values with-sidebar'><p>Words.</p></div>", "Words."),
        ("<header><h1>Orn</h1><p>Words.</p></header>", "Words."),
        (
            "<ul>" + "".join(f"<li><a href='https://o.example/{name}'>{name}</a>" for name in ("One", "Two", "Three")),
            "Two",
        ),
        ("<p>Words and <a href=/a>one</a> <a href=/b>two</a> <a href=/c>three</a>.</p>", "Words and one two three."),
    ],
    ids=["whole words of a class", "header with the title", "links that lead away", "links within a sentence"],
)
def test_what_only_looks_like_chrome_stays(part: str, text: str) -> None:
    assert text in _texts(f"<main>{BODY}{part}</main>")


def test_a_part_that_holds_much_of_the_page_is_no_chrome() -> None:
    assert _texts(f"<div class=sidebar>{BODY}</div><p>a</p>")[:2] == EXPECTED


def test_a_page_that_is_thin_without_its_chrome_is_read_with_it() -> None:
    columns = "".join(f"<div class=sidebar><p>{PROSE}{place}</p></div>" for place in ("one", "two", "three"))
    assert _texts(columns) == [f"{PROSE}{place}" for place in ("one", "two", "three")]


def test_the_title_and_what_the_page_says_of_itself_are_read() -> None:
    found = _read(
        f"""<html lang=en><title>The fall of Orn | Acme</title><meta property="og:site_name" content="Acme">
        <meta name=author content="Ana Brix"><meta property="article:published_time" content="2024-05-03">
        <meta property="article:modified_time" content="2024-05-04"><link rel=canonical href="https://h.example/c">
        <h1>Acme</h1><main><h1>The fall of Orn</h1>{BODY}</main><nav>Home</nav>"""
    )
    assert (found.title, found.authors, found.site_name) == ("The fall of Orn", ("Ana Brix",), "Acme")
    assert (found.published, found.modified, found.language) == ("2024-05-03", "2024-05-04", "en")
    assert (found.canonical_url, found.layout, found.media_type) == ("https://h.example/c", "article", "text/html")
    assert [block.text for block in found.blocks] == EXPECTED


@pytest.mark.parametrize("html", ["", "<body></body>", "<frameset><frame src=a></frameset>", "<script>x</script>"])
def test_a_page_without_text_has_no_blocks(html: str) -> None:
    assert _read(html).blocks == ()
    assert _read(html).title == ""
