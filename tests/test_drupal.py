"""Drupal pages written in small; whole ones are in `fixtures/drupal`."""

import pytest
from building import prose

from parsers import Record, parse
from parsers.layout import read_layout
from parsers.page import Page
from parsers.platforms.drupal import LAYOUTS, VIEW

PROSE = prose(4)
NODE = "<article class='node node--view-mode-full' data-history-node-id=3>{}</article>"
GENERATOR = "<meta name=Generator content='Drupal 10 (https://www.drupal.org)'>"


def _page(inside: str, body: str = "path-node page-node-type-report") -> str:
    return f"{GENERATOR}<body class='{body}'><header>Menu</header><main><h1>Orn fell</h1>{inside}</main></body>"


def _read(html: str) -> Record:
    return parse(html.encode(), url="https://acme.example/p", content_type="text/html; charset=utf-8")


@pytest.mark.parametrize(
    ("html", "layout"),
    [
        (_page(NODE.format(f"<div class='field field--name-body'>{PROSE}</div><p>Around</p>")), "drupal/node"),
        (
            _page(f"<div class='field field-name-body'>{PROSE}</div><p>Around</p>", body="page-node node-type-report"),
            "drupal/node-7",
        ),
    ],
    ids=["from 8 on", "7"],
)
def test_the_body_of_a_node_is_known_by_the_name_drupal_gives_it(html: str, layout: str) -> None:
    record = _read(html)
    assert (record.layout, record.title, len(record.blocks)) == (layout, "Orn fell", 4)
    assert "Around" not in record.text


@pytest.mark.parametrize(
    "html",
    [
        _page(NODE.format(f"<div class=field--name-body>{PROSE}</div>") * 2),
        _page(NODE.format(f"<div class=field--name-field-text>{PROSE}</div>")),
        _page(f"<div class=field--name-body>{PROSE}</div>", body="path-frontpage"),
    ],
    ids=["two bodies", "a field of its own", "no node"],
)
def test_where_the_body_is_not_certain_no_layout_claims_the_page(html: str) -> None:
    record = _read(html)
    assert record.layout == "article"
    assert "layout" not in [flag.name for flag in record.flags]


def test_a_body_that_is_no_more_than_a_summary_is_not_taken_for_the_report() -> None:
    summary = "<div class='field field--name-body'><p>What follows is told in eleven parts.</p></div>"
    html = _page(NODE.format(f"{summary}<div class=field--name-field-parts>{prose(12)}</div>"))
    record = _read(html)
    assert record.layout == "article"
    assert record.flags == ()
    assert "driven out" in record.text


def test_a_view_is_a_list_for_publishers_of_which_that_is_known() -> None:
    rows = "".join(
        f"<div class=views-row><h3><a href=/node/{name}>{name}</a></h3><time>3 May</time></div>"
        for name in ("Orn", "Sill")
    )
    html = _page(f"<div class=view-content>{rows}</div>", body="path-reports")
    page = Page(html.encode(), url="https://acme.example/")
    assert VIEW.recognises(page)
    record = read_layout(VIEW, page, family="acme")
    assert [block.text for block in record.blocks] == ["Orn", "Sill"]
    assert record.links[0].target == "https://acme.example/node/Orn"
    assert not any(layout.recognises(page) for layout in LAYOUTS)
