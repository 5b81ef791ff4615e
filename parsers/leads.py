"""The lead image of an article: the one that the page names as its own, with the caption that it shows it with."""

import re
from collections.abc import Iterator
from itertools import islice

from .figures import absolute_image, image_identity, read_figure
from .jsonld import LinkedData, text
from .nearby import places_of
from .page import Page
from .record import Figure
from .tree import Tree

_STANDS_FOR_NONE = re.compile(
    r"logo|default|placeholder|fallback|avatar|favicon|(?:^|[/_-])(?:icon|share|social|og|opengraph)(?=[._-])",
    re.IGNORECASE,
)
_MOST = 50  # figures of a page that are looked at
_IS_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)$|^wix:", re.IGNORECASE)


def lead_image(page: Page, linked: LinkedData) -> Figure | None:
    """The picture that the article on *page* names as its own; None for pages that are none, and for a site's logo."""
    if not linked.articles and not page.meta("article:published_time"):
        return None
    identity = next(filter(_is_lead, map(image_identity, _named(page, linked))), "")
    if not identity:
        return None
    figures = islice(places_of(page.tree, "figure"), _MOST)
    shown = next((place for place in figures if _shows(page.tree, place, file_name(identity))), None)
    if shown is None:
        return Figure(image=absolute_image(identity, page.url))
    return read_figure(page.tree, shown, page.tree.first(shown, "figcaption"), base_url=page.url)


def file_name(identity: str) -> str:
    """What tells a picture from others, whatever host gives it."""
    return identity.rpartition("/")[2]


def _named(page: Page, linked: LinkedData) -> Iterator[str]:
    for article in linked.articles:
        images = article.get("image")
        for image in images[:1] if isinstance(images, list) else [images]:
            known = linked.named(image)
            yield text(known.get("contentUrl")) or text(known.get("url")) or text(image)
    yield page.meta("og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src")


def _is_lead(identity: str) -> bool:
    return bool(_IS_PICTURE.search(identity)) and not _STANDS_FOR_NONE.search(file_name(identity))


def _shows(tree: Tree, figure: int, name: str) -> bool:
    """Whether a picture in the element at *figure* has *name* in its addresses."""
    images = (tree.attributes.get(place) for place in tree.below(figure, "img", "source"))
    return any(name in value for attributes in images if attributes for value in attributes.values() if value)
