import pytest

from parsers.jsonld import read_linked
from parsers.leads import lead_image
from parsers.page import Page
from parsers.record import Figure

ARTICLE = '<meta property="article:published_time" content="2024-05-03">'


def _lead(html: str) -> Figure | None:
    page = Page(f"<body>{html}".encode(), url="https://h.example/p", content_type="text/html; charset=utf-8")
    return lead_image(page, read_linked(page.json_ld, addresses=[], titles=[]))


@pytest.mark.parametrize(
    ("html", "image"),
    [
        (
            f"{ARTICLE}<meta property=og:image content=https://h.example/orn-1200x630.jpg?v=3>",
            "https://h.example/orn.jpg",
        ),
        (f"{ARTICLE}<meta name=twitter:image content=/orn.png>", "https://h.example/orn.png"),
        (f"{ARTICLE}<meta property=og:image content=/site-logo.png>", None),
        (f"{ARTICLE}<meta property=og:image content=/card?title=orn>", None),
        ("<meta property=og:image content=/orn.jpg>", None),
        (ARTICLE, None),
    ],
    ids=["rendition", "twitter", "logo", "program", "no article", "none"],
)
def test_the_lead_is_what_an_article_names(html: str, image: str | None) -> None:
    assert _lead(html) == (Figure(image=image) if image else None)


@pytest.mark.parametrize(
    "image",
    [
        '"/orn.jpg"',
        '["/orn.jpg", "/other.jpg"]',
        '{"url": "/orn.jpg"}',
        '{"contentUrl": "/orn.jpg", "url": "/page"}',
        '[{"@id": "#image"}]',
    ],
)
def test_the_lead_may_stand_in_json_ld(image: str) -> None:
    graph = f'[{{"@type": "Article", "image": {image}}}, {{"@id": "#image", "url": "/orn.jpg"}}]'
    assert _lead(f'<script type="application/ld+json">{graph}</script>') == Figure(image="https://h.example/orn.jpg")


def test_the_lead_has_the_caption_it_is_shown_with() -> None:
    shown = (
        "<figure><img src=/a.jpg></figure>"
        "<figure><img src=//cdn.h.example/orn.jpg><figcaption>The walls [Orn Press]</figcaption></figure>"
    )
    assert _lead(f"{ARTICLE}<meta property=og:image content=/orn.jpg>{shown}") == Figure(
        image="https://cdn.h.example/orn.jpg", caption="The walls", credit="Orn Press"
    )
