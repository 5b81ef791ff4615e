"""Wix pages written in small; whole ones of every generation are in `fixtures/wix`."""

import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from parsers import Record, parse
from parsers.page import Page
from parsers.platforms.wix import LAYOUTS

PROSE = (
    "<p>The people of the highlands were driven out of their villages by the army, and nobody let them return.</p>" * 2
)
SITE = "<meta property='og:site_name' content=Acme>"


def _santa(inside: str, head: str = SITE) -> str:
    return (
        f"{head}<body><div id=SITE_ROOT><div id=masterPage><header id=SITE_HEADER>Menu</header>"
        f"<footer id=SITE_FOOTER>Foot</footer><main id=PAGES_CONTAINER>{inside}</main></div></div>"
    )


def _thunderbolt(inside: str, head: str = SITE) -> str:
    return (
        f"{head}<body><div id=SCROLL_TO_TOP><span>top of page</span></div><div id=site-root><div id=masterPage>"
        f"<header id=SITE_HEADER>Menu</header><main id=PAGES_CONTAINER><div id=SITE_PAGES>{inside}</div></main>"
        "<footer id=SITE_FOOTER>Foot</footer></div></div><div id=SCROLL_TO_BOTTOM><span>bottom of page</span></div>"
    )


def _studio(inside: str, head: str = SITE) -> str:
    return (
        f"{head}<body class=responsive><div id=site-root><div id=masterPage><div id=SITE_PAGES><header id=comp-a>Menu"
        f"</header><main id=PAGE_SECTIONSabc>{inside}</main><footer id=comp-b>Foot</footer></div></div></div>"
    )


def _post(inside: str = PROSE) -> str:
    return (
        "<article data-hook=post><header><div data-hook=post-title><h1 data-hook=post-title>Orn fell</h1></div>"
        "<span data-hook=user-name>Ana Brix</span><span data-hook=time-ago>2 days ago</span></header>"
        f"<section data-hook=post-description>{inside}</section>"
        "<footer data-hook=post-footer><nav data-hook=tag-cloud-root>Tags</nav></footer></article>"
        "<section data-hook=recent-posts><article data-hook=recent-post-list-item><p data-hook=post-description>"
        "Other</p></article></section>"
    )


def _read(html: str) -> Record:
    return parse(html.encode(), url="https://acme.example/p", content_type="text/html; charset=utf-8")


PAGES = {
    "santa": _santa(PROSE),
    "thunderbolt": _thunderbolt(PROSE),
    "studio": _studio(PROSE),
    "post": _thunderbolt(_post()),
    "post in studio": _studio(_post()),
}


@pytest.mark.parametrize("name", PAGES)
def test_each_generation_is_recognised_by_one_layout_alone(name: str) -> None:
    page = Page(PAGES[name].encode(), url="https://acme.example/p")
    assert [layout.version for layout in LAYOUTS if layout.recognises(page)] == [name.partition(" ")[0]]


@pytest.mark.parametrize("name", PAGES)
def test_no_word_around_the_report_is_in_its_record(name: str) -> None:
    record = _read(PAGES[name])
    assert [block.text for block in record.blocks] == [PROSE[3 : len(PROSE) // 2 - 4]] * 2
    assert {"Menu", "Foot"} <= {part.text for part in record.chrome}
    assert record.held == ()


def test_what_was_taken_off_is_listed_in_the_order_of_the_page() -> None:
    assert tuple(part.text for part in _read(PAGES["post"]).chrome) == (
        "top of page",
        "Menu",
        "Ana Brix",
        "2 days ago",
        "Tags",
        "Other",
        "Foot",
        "bottom of page",
    )


@pytest.mark.parametrize("frame", [_santa, _thunderbolt, _studio], ids=["santa", "thunderbolt", "studio"])
@pytest.mark.parametrize(
    ("heading", "head", "title"),
    [
        ("<h2>Before</h2><h1>Velmora <span>Coun</span><span>try</span></h1>", SITE, "Velmora Country"),
        ("<h1>\u200b</h1><h6>Velmora</h6>", SITE, "Velmora"),
        ("", f"{SITE}<meta property='og:title' content='Velmora | Acme'>", "Velmora"),
        ("", f"{SITE}<title>Velmora - A report – ACME</title>", "Velmora - A report"),
        ("", f"{SITE}<title>Velmora - Orn</title>", "Velmora - Orn"),
        ("", "<title>Velmora | Acme</title>", "Velmora"),
        ("", "<title>Velmora - Acme</title>", "Velmora - Acme"),
    ],
    ids=["h1", "h6", "og:title", "title", "no site in it", "site unknown", "dash and site unknown"],
)
def test_the_title_is_the_first_heading_else_the_page_title_without_the_site(
    frame: object, heading: str, head: str, title: str
) -> None:
    assert callable(frame)
    assert _read(frame(heading + PROSE, head)).title == title


def test_a_post_is_dated_and_signed_by_its_metadata_and_not_by_what_a_visitor_sees() -> None:
    head = (
        "<meta property='article:published_time' content='2024-05-03T02:37:00.000Z'>"
        "<meta property='article:modified_time' content='2024-05-04T02:37:00.000Z'>"
        "<meta property='article:author' content='Colm Adair'>"
    )
    record = _read(_thunderbolt(_post(), head))
    assert (record.title, record.published, record.modified) == ("Orn fell", "2024-05-03", "2024-05-04")
    assert record.authors == ("Colm Adair",)
    assert "days ago" not in record.text


def test_a_post_without_metadata_is_signed_by_its_head() -> None:
    record = _read(PAGES["post"])
    assert (record.authors, record.published) == (("Ana Brix",), None)
    unsigned = PAGES["post"].replace("Ana Brix", "").replace(">Orn fell<", "><")
    assert _read(unsigned).authors == ()
    assert _read(unsigned.replace(SITE, "<title>Velmora</title>")).title == "Velmora"


@pytest.mark.parametrize(
    "widget",
    [
        "<button>Read more</button>",
        "<form>Subscribe</form>",
        "<nav>All posts</nav>",
        "<div class=StylableButton254><a href=/a>Donate</a></div>",
        "<a data-hook='button-viewer x' href=/a>Donate</a>",
        "<div data-hook=post-list><article>Other</article></div>",
        "<p>Follow Acme for more updates:</p>",
        "<p>Grey Facebook Icon</p>",
        "<iframe src=x>Words</iframe>",
    ],
)
def test_widgets_between_the_paragraphs_are_no_part_of_the_report(widget: str) -> None:
    plain = _read(PAGES["thunderbolt"])
    assert _read(_thunderbolt(PROSE + widget)).digests == plain.digests
    assert _read(_thunderbolt(_post(PROSE + widget))).digests == _read(PAGES["post"]).digests


def test_a_rebuilt_page_gives_the_same_record() -> None:
    picture = "https://static.wixstatic.com/media/ab_00ff~mv2.jpg/v1/fill/w_{}/a.jpg"
    figure = "<figure data-hook=figure-IMAGE><div data-hook=image-viewer><img src='{}'></div></figure>"
    builds = [
        _thunderbolt(_post(f"<div class={mark}><p>\u200b</p>{PROSE}{figure.format(picture.format(width))}</div>"))
        for mark, width in (("x1Yz", 147), ("q9Ab", 940))
    ]
    assert all(_read(one) == _read(other) for one, other in pairwise(builds))


def test_lines_of_a_head_may_be_split_by_breaks() -> None:
    record = _read(_thunderbolt(f"<p>Velmora Country Report<br>May 2024<br>By Ana Brix</p>{PROSE}"))
    assert (record.title, record.published, record.authors) == ("Velmora Country Report", "2024-05", ("Ana Brix",))


def test_a_photograph_of_the_old_viewer_is_a_figure() -> None:
    record = _read(
        _santa(f"{PROSE}<div class=wp3 title=x><img src='https://static.wixstatic.com/media/ab.jpg/v1/a' alt=''></div>")
    )
    assert [figure.image for figure in record.figures] == ["wix:ab.jpg"]


def test_a_page_that_is_only_a_frame_of_another_is_held() -> None:
    assert [flag.name for flag in _read(_thunderbolt("<iframe src=x></iframe>")).held] == ["no-report"]


FIXTURES = sorted((Path(__file__).resolve().parents[1] / "fixtures").glob("*/*/*.html"))
POSTS = [path for path in FIXTURES if path.parent.name == "post"]
WIX = [
    path for path in FIXTURES if 'content="Wix.com' in path.read_text(encoding="utf-8") and "effective" not in str(path)
]
HASHED = re.compile(r"(?<![\w-])(?=\w{0,5}[A-Z])(?=\w{0,5}[a-z0-9])[A-Za-z0-9_]{6}(?![\w-])")
BANNER = (
    "<div id=WIX_ADS><span data-hook=freemium-text>This site was designed with the .com website builder.</span></div>"
)


def _other_classes(html: str) -> str:
    return re.sub(r'class="[^"]*"', lambda found: HASHED.sub(lambda name: name[0][::-1] + "q", found[0]), html)


def _seen(words: str) -> Callable[[str], str]:
    form = re.compile(r'(data-hook="time-ago" title=")[^"]*(">)[^<]*')
    return lambda html: form.sub(rf"\g<1>{words}\g<2>{words}", html)


CHROME_ONLY: dict[str, Callable[[str], str]] = {
    "published version": lambda html: re.sub(r'(Published-Version" content=)"\d+"', r'\1"9999"', html),
    "session": lambda html: re.sub(r'"(requestId|svSession|token)":"[^"]*"', r'"\1":"other"', html),
    "hashed classes": _other_classes,
    "size of pictures": lambda html: re.sub(r"/v1/fill/w_\d+,h_\d+", "/v1/fill/w_91,h_51,blur_3", html),
    "encoding of pictures": lambda html: re.sub(r"/v1/(?:fill|fit|crop)/[^/]*", "/v1/fit/w_7,h_7,enc_avif", html),
    "relative date": _seen("3 days ago"),
    "date without a year": _seen("Jun 9"),
    "German date": _seen("vor 3 Tagen"),
    "Japanese date": _seen("6月9日"),
    "banner": lambda html: html.replace('<div id="SITE_CONTAINER">', f'<div id="SITE_CONTAINER">{BANNER}'),
    "no banner": lambda html: re.sub(r'<div id="WIX_ADS".*?</a></div>', "", html),
    "statistics": lambda html: html.replace('data-hook="post-stats">', 'data-hook="post-stats">8,120 views in all'),
    "recent posts": lambda html: html.replace(
        'data-hook="recent-posts">', 'data-hook="recent-posts"><article data-hook=recent-post-list-item>Newer</article>'
    ),
    "buttons": lambda html: html.replace("<footer", "<button>Subscribe to our letter</button><footer"),
}


@pytest.mark.parametrize("change", CHROME_ONLY.values(), ids=CHROME_ONLY)
def test_what_the_builder_changes_around_a_report_makes_no_other_record(change: Callable[[str], str]) -> None:
    changed = 0
    for path in WIX:
        html = path.read_text(encoding="utf-8")
        if (other := change(html)) != html:
            changed += 1
            assert _read(other).digests == _read(html).digests, path
    assert changed > 0


@pytest.mark.parametrize("path", POSTS, ids=lambda path: path.stem)
def test_the_date_of_a_post_is_what_its_metadata_says_in_either_form(path: Path) -> None:
    html = path.read_text(encoding="utf-8")
    no_meta = re.sub(r'<meta property="article:(?:published|modified)_time"[^>]*>', "", html)
    assert no_meta != html
    assert _read(no_meta).published == _read(html).published
    assert _read(no_meta).modified == _read(html).modified


@pytest.mark.parametrize(
    ("seen", "published"),
    [("Sep 8, 2022", "2022-09-08"), ("8. Sept. 2022", "2022-09-08"), ("Sep 8", None), ("2 days ago", None)],
)
def test_what_a_visitor_sees_is_a_date_only_where_nothing_else_says_it_and_it_is_whole(
    seen: str, published: str | None
) -> None:
    assert _read(PAGES["post"].replace("2 days ago", seen)).published == published
    stated = (
        '<script type="application/ld+json">{"@type": "BlogPosting", "datePublished": "2020-01-02T03:04:05Z"}</script>'
    )
    assert _read(_thunderbolt(_post(), SITE + stated).replace("2 days ago", seen)).published == "2020-01-02"


def _list(*titles: str) -> str:
    entries = (
        f"<article data-hook=post-list-item><a href=/post/{place}><img src=a.jpg></a><a href=/post/{place}>"
        f"<div data-hook=post-title><p>{title}</p></div></a>"
        "<div data-hook=post-description><p>Teaser</p><p>two</p></div>"
        "<span data-hook=user-name>Ana Brix</span><span data-hook=time-ago>Jan 4</span></article>"
        for place, title in enumerate(titles)
    )
    return f"<div data-hook=post-list>{''.join(entries)}</div>"


@pytest.mark.parametrize("frame", [_thunderbolt, _studio], ids=["thunderbolt", "studio"])
def test_the_list_of_a_blog_is_a_record_of_its_entries(frame: Callable[[str], str]) -> None:
    record = _read(frame(_list("Orn fell", "A letter")))
    assert (record.layout, record.held) == ("wix/list", ())
    assert [(block.kind, block.text) for block in record.blocks] == [("item", "Orn fell"), ("item", "A letter")]
    assert [link.target for link in record.links] == ["https://acme.example/post/0", "https://acme.example/post/1"]
    assert {"Jan 4", "Teaser two", "Ana Brix"} <= {part.text for part in record.chrome}
    assert _read(frame("<p>Reports</p>" + _list("Orn fell", "A letter"))).layout == "wix/list"


def test_an_empty_list_is_held() -> None:
    assert [flag.name for flag in _read(_thunderbolt(_list())).held] == ["no-report"]
