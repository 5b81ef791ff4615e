"""WordPress pages written in small; whole ones of every builder are in `fixtures/wordpress`."""

from itertools import pairwise
from pathlib import Path

import pytest
from building import prose

from parsers import Record, parse
from parsers.layout import read_layout
from parsers.page import Page
from parsers.platforms.wordpress import LAYOUTS, LIST

HOST = "https://www.heronrights.example"
FIXTURES = sorted((Path(__file__).resolve().parents[1] / "fixtures" / "wordpress").glob("*/*.html"))
PROSE = prose(4)
BODIES = {
    "block": "wp-block-post-content entry-content",
    "elementor": "elementor-widget-theme-post-content",
    "divi": "et_pb_post_content",
    "newspaper": "td-post-content",
    "avada": "fusion-content-tb",
    "classic": "entry-content",
}


def _page(inside: str, body: str = "single postid-7") -> str:
    return (
        f"<link rel=stylesheet href=/wp-content/style.css><body class='{body}'><header>Menu</header>"
        f"<h1>Orn fell</h1>{inside}<aside>Other</aside></body>"
    )


def _read(html: str) -> Record:
    return parse(html.encode(), url="https://acme.example/p", content_type="text/html; charset=utf-8")


@pytest.mark.parametrize("name", BODIES)
def test_the_body_is_known_by_the_name_that_wordpress_or_the_builder_gives_it(name: str) -> None:
    page = _page(f"<div class='{BODIES[name]}'>{PROSE}</div><p>Around the report stands something else.</p>")
    record = _read(page)
    assert record.layout == f"wordpress/{name}"
    assert (record.title, len(record.blocks)) == ("Orn fell", 4)
    assert "something else" not in record.text


@pytest.mark.parametrize(
    "html",
    [
        _page(f"<div class=entry-content>{PROSE}</div><div class=entry-content>{PROSE}</div>"),
        _page(f"<div class=entry-content>{PROSE}</div>", body="archive category"),
        _page(f"<main>{PROSE}</main>"),
        _page(f"<div class=entry-content>words alone {PROSE}</div>").replace("<p>", "<div>").replace("</p>", "</div>"),
    ],
    ids=["two bodies", "archive", "no body", "no paragraphs"],
)
def test_where_the_body_is_not_certain_no_layout_claims_the_page(html: str) -> None:
    record = _read(html)
    assert record.layout == "article"
    assert "layout" not in [flag.name for flag in record.flags]


def test_a_body_inside_a_builders_is_the_builders() -> None:
    page = _page(f"<div class=et_pb_post_content><div class=entry-content>{PROSE}</div></div>")
    assert _read(page).layout == "wordpress/divi"


def test_where_two_platforms_claim_a_page_none_does() -> None:
    both = _page(
        f"<div class=entry-content>{PROSE}</div><div class='node--view-mode-full'>"
        f"<div class=field--name-body>{PROSE}</div></div>",
        body="postid-7 path-node",
    )
    assert _read(both).layout == "article"


@pytest.mark.parametrize(
    "chrome",
    [
        "<div class=sharedaddy>Share this</div>",
        "<div class=jp-relatedposts><p>Related words of another post that nobody wants to read here</p></div>",
        "<ul class=wp-block-latest-posts><li><a href=/b>Newer</a></li></ul>",
        "<nav>All posts</nav>",
        "<div class=comments>First!</div>",
    ],
)
def test_what_plugins_and_blocks_put_into_a_body_is_chrome(chrome: str) -> None:
    plain = _read(_page(f"<div class=entry-content>{PROSE}</div>"))
    assert _read(_page(f"<div class=entry-content>{PROSE}{chrome}</div>")).digests == plain.digests


def test_another_theme_or_builder_around_a_post_makes_no_other_record() -> None:
    posts = [path for path in FIXTURES if path.parent.name != "classic" or path.stem == "post"]
    assert len(posts) == 7
    records = [_read(path.read_text(encoding="utf-8")) for path in posts]
    assert len({record.layout for record in records}) == 6
    # Whether a picture stands over the post is the theme's to say.
    assert all(one.text == other.text for one, other in pairwise(records))
    assert all([link.target for link in record.links] == [f"{HOST}/register/"] for record in records)


def test_an_archive_is_a_list_for_publishers_of_which_that_is_known() -> None:
    entries = "".join(
        f"<article class=hentry><h2 class=entry-title><a href=/{name}>{name}</a></h2><p>Teaser</p></article>"
        for name in ("Orn", "Sill")
    )
    html = _page(f"<h1>Reports</h1><main>{entries}</main>", body="archive")
    page = Page(html.encode(), url="https://acme.example/")
    assert LIST.recognises(page)
    assert [block.text for block in read_layout(LIST, page, family="acme").blocks] == ["Orn", "Sill"]
    assert not any(layout.recognises(page) for layout in LAYOUTS)
