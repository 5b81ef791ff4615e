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


@pytest.mark.parametrize(
    "html",
    [
        f"<div class=paywall style='display:none'>{BODY}</div><p>Subscribe to read on.</p>",
        f"<div hidden id=S:0><main>{BODY}</main></div>",
        f"<section class=comment-wrap><h1>Orn</h1>{BODY}</section>",
        f"<article><p>{PROSE}one</p><footer><h2>Method</h2><p>{PROSE}two</p></footer></article>",
    ],
    ids=["behind a wall", "until a script shows it", "by its heading", "with a footer of its own"],
)
def test_the_report_is_read_though_what_holds_it_is_called_otherwise(html: str) -> None:
    assert [text for text in _texts(html) if text != "Method"][:2] == EXPECTED


def test_what_nobody_calls_a_report_is_none_though_the_report_is_short() -> None:
    short = "The governor wrote two letters on 3 May, and only the first of them was published."
    dialog = f"<div role=dialog><p>{PROSE}</p></div>"
    assert _texts(f"{dialog}<div aria-modal=true>{dialog}</div><main><p>{short}</p></main>") == [short]


def test_of_several_bodies_none_is_the_report() -> None:
    halves = "".join(f"<div class=article-body><p>{PROSE}{name}</p></div>" for name in ("one", "two"))
    assert _texts(f"<main><div>{halves}</div></main>") == EXPECTED


def test_a_lead_and_a_picture_between_heading_and_body_belong_to_the_report() -> None:
    found = _read(
        f"""<main><header class=article-header><h1>Orn</h1><p class=dek>The army drove the people of the highlands out,
        and nobody has let them return to their houses.</p><p class=date>3 May 2024, by the desk of the
        highlands</p></header>
        <figure><img src=/a.jpg><figcaption>A bridge</figcaption></figure><nav>Home</nav><ul><li>Orn: what is known of
        the order to close the road</ul><div class=article-body>{BODY}</div></main>"""
    )
    assert [block.kind for block in found.blocks] == ["paragraph", "figure", "paragraph", "paragraph"]
    assert found.blocks[0].text.startswith("The army drove")


def test_what_a_dialog_says_before_the_report_is_no_lead_of_it() -> None:
    dialog = f"<div class=cookie-consent role=dialog><h1>Cookies</h1><p>{PROSE}</p></div>"
    found = _read(f"{dialog}<main><h2>Orn</h2>{BODY}</main>")
    assert [block.text for block in found.blocks if block.kind == "paragraph"] == EXPECTED


@pytest.mark.parametrize(
    ("part", "is_kept"),
    [
        ("<div class=widget><p>Other</p></div>", False),
        ("<div class=gallery><figure><img src=a.jpg><figcaption>A bridge</figcaption></figure></div>", True),
        ("<div class=post-date>Friday, as it was</div>", False),
    ],
)
def test_what_is_loose_is_left_out_at_the_edge_of_the_report(part: str, is_kept: bool) -> None:
    whole = _read(f"<main><div class=article-body>{BODY}{part}</div></main>")
    assert (len(whole.blocks) > 2) is is_kept
    inside = _read(f"<main><div class=article-body><p>{PROSE}one</p>{part}<p>{PROSE}two</p></div></main>")
    assert len(inside.blocks) == 3


def test_every_word_of_a_page_is_accounted_for() -> None:
    found = _read(f"<nav>Home News</nav><h1>Orn</h1><main>{BODY}<p>Share</main><div>Left over here</div>")
    assert found.account is not None
    words = len(f"{PROSE} one {PROSE} two Orn".split())
    assert (found.account.report, found.account.chrome, found.account.unclaimed) == (words, 3, 3)
    assert found.account.passages == ("Left over here",)
    assert [(part.text, part.reason) for part in found.chrome] == [("Home News", "tag nav"), ("Share", "tail")]
