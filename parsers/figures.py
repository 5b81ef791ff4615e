"""Pictures: which one it is whatever its size, and the words below it."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress

import ada_url

from .normal import shown
from .record import Figure
from .tree import Tree

# Everything behind "/v1/" is a rendition: size, quality, a blur for the placeholder.
_WIX_MEDIA = re.compile(
    r"(?:wixstatic\.com/media/|^wix:image://v1/|^(?:media/)?(?=[^/]*~mv2))(?P<name>[^/?#]+?)(?:_srz_[^/]*)?(?:[/?#]|$)"
)
_SIZE_SUFFIX = re.compile(r"-\d{2,4}x\d{2,4}(?=\.\w{3,4}$)")
_SUFFIX = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg|bmp|tiff?)$", re.IGNORECASE)
_SIZE_PARAMETER = re.compile(
    r"(?:w|h|s|q|width|height|size|quality|fit|crop|resize|scale|auto|format|fm|dpr|strip|ssl)=", re.IGNORECASE
)
_LABEL = (
    r"(?:photo(?:graph)?s?|fotos?|images?|pictures?|credits?|sources?|photo credits?)\s?(?:credits?)?"
    r"\s?(?::|by\b|courtesy of\b)\s?"
)
_CREDIT = (
    re.compile(r"^(?P<caption>.*?)\s?\[(?P<credit>[^\[\]]{2,120})\]\.?$"),
    re.compile(
        r"^(?P<caption>(?:.*?[.!?,;|–—-])??)\s?[\[(]?\s?" + _LABEL + r"(?P<credit>[^\[\]()]{2,120}?)[\])]?\.?$",
        re.IGNORECASE,
    ),
    re.compile(
        r"^(?P<caption>.*?)\s?[\[(]\s?" + _LABEL + r"(?P<credit>[^\[\]()]{2,120}?)[\])]\.?$",
        re.IGNORECASE,
    ),
    re.compile(
        r"^(?P<caption>.*?)\s(?:Photo(?:graph)?|Foto|Image|Picture|Credit|Source)s?:\s?(?P<credit>[^\[\]():]{2,120}?)\.?$"
    ),
    re.compile(r"^(?P<caption>.*?)\s?\(?©\s?(?P<credit>[^()©]{2,120}?)\)?\.?$"),
)
_CREDIT_LABEL = re.compile(_LABEL, re.IGNORECASE)
_CAPTION_LENGTH = 1_000
_CREDIT_REACH = 160  # a credit, its label and its brackets stand in the last signs of a caption
# Scripts put the picture's address here until it is looked at; what stands in "src" by then is a blank.
_SOURCES = ("data-pin-media", "data-src", "data-lazy-src", "data-original", "src")
_SOURCE_SETS = ("data-srcset", "data-lazy-srcset", "srcset")
_BLANK = re.compile(r"(?:blank|placeholder|spacer|transparent|pixel|loading|1x1)[^/]{0,40}$", re.IGNORECASE)
_SIZE = re.compile(r"\d++(?:\.\d++)?[wx]")
_SIZE_END = re.compile(r"(?<=\d[wx]),")
_CREDITED = re.compile(r"(?:^|[\s_-])(?:credits?|copyright|photographer)(?=$|[\s_-])", re.IGNORECASE)
_SMALL = 60  # nodes in a picture with all its words
_REACH = 3


def split_credit(text: str) -> tuple[str, str]:
    """The caption and the credit in *text*: "A bridge [Agency]", "A bridge. Photo: Agency", "A bridge © Agency"."""
    if len(text) <= _CAPTION_LENGTH:
        head, tail = text[:-_CREDIT_REACH], text[-_CREDIT_REACH:]
        for form in _CREDIT:
            if match := form.match(tail):
                return (head + match["caption"]).strip(), _CREDIT_LABEL.sub("", match["credit"].strip())
    return text, ""


def read_figure(tree: Tree, place: int, caption: int | None, *, base_url: str) -> Figure:
    """The figure that the element at *place* is or holds; all fields are "" where it has no picture and no caption.

    *caption* is the element with its words. The image is absolute.
    """
    words, credit = read_caption(tree, caption) if caption is not None else ("", "")
    if not credit:
        credit = next((_CREDIT_LABEL.sub("", tree.text(node)) for node in _credited(tree, place)), "")
    return Figure(image=absolute_image(_image(tree, place), base_url), caption=words, credit=credit)


def absolute_image(identity: str, base_url: str) -> str:
    """The address that *identity* is on a page at *base_url*; as it is where it is none."""
    if identity and not identity.startswith("wix:"):
        with suppress(ValueError):
            return ada_url.join_url(base_url, identity)
    return identity


def read_caption(tree: Tree, caption: int) -> tuple[str, str]:
    """The words of *caption* and the credit in them."""
    words = tree.text(caption)
    for place in _credited(tree, caption):
        credit = tree.text(place)
        if credit and words.endswith(credit):
            return words.removesuffix(credit).rstrip(" |–—-/"), _CREDIT_LABEL.sub("", credit)
    return split_credit(words)


def find_captioned(tree: Tree) -> frozenset[int]:
    """The elements that are a picture with its caption, where only the class of the caption says so."""
    found: set[int] = set()
    for place, attributes in tree.attributes.items():
        name = attributes.get("class")
        if name and "caption" in name and tree.tags[place] not in {"figcaption", "caption", "img"}:
            holder = None if _is_hidden(tree, place) else _holder(tree, place)
            if holder is not None:
                found.add(holder)
    return frozenset(found)


def image_identity(address: str) -> str:
    """*address* without what names only a size or a quality: two renditions of one picture give one identity."""
    address = shown(address)
    if address.startswith(("data:", "blob:", "about:")):
        return ""
    if wix := _WIX_MEDIA.search(address):
        return f"wix:{wix['name']}"
    path, _, query = address.partition("#")[0].partition("?")
    if _SUFFIX.search(path):
        return _SIZE_SUFFIX.sub("", path)
    # A path without a picture's suffix is a program's: which picture it gives, its query says.
    naming = [part for part in query.split("&") if part and not _SIZE_PARAMETER.match(part)]
    return "?".join([path, "&".join(naming)]) if naming else path


def _credited(tree: Tree, place: int) -> Iterator[int]:
    for node in range(place + 1, tree.ends[place]):
        if (name := tree.attribute(node, "class")) and _CREDITED.search(name):
            yield node


def _holder(tree: Tree, caption: int) -> int | None:
    """The nearest element above *caption* that has a picture and hardly more words; None where there is none."""
    if tree.first(caption, "img") is not None or not any(tree.texts[caption : tree.ends[caption]]):
        return None
    holder = caption
    for _ in range(_REACH):
        holder = tree.parents[holder]
        if holder < 0 or tree.ends[holder] - holder > _SMALL:
            return None
        if tree.first(holder, "img") is not None:
            more = len(tree.text(holder)) - len(tree.text(caption))
            return holder if more <= _SMALL and tree.tags[holder] not in {"body", "main", "article", "table"} else None
    return None


def _is_hidden(tree: Tree, place: int) -> bool:
    return place in tree.hidden or tree.within(place, tree.hidden)


def _image(tree: Tree, place: int) -> str:
    nodes = range(place, tree.ends[place])
    described = [info for node in (*nodes[1:], place) if (info := tree.attribute(node, "data-image-info"))]
    if described:
        with suppress(ValueError, KeyError, TypeError, AttributeError):
            return image_identity(json.loads(described[0])["imageData"]["uri"])
    images = [node for tag in ("img", "source") for node in nodes if tree.tags[node] == tag]
    addresses = [address for image in images for address in _addresses(tree, image)]
    identities = [identity for address in addresses if (identity := image_identity(address))]
    return next((identity for identity in identities if not _BLANK.search(identity)), next(iter(identities), ""))


def _addresses(tree: Tree, image: int) -> Iterator[str]:
    """Where the picture at *image* may be had, the surest first."""
    if tree.tags[image] == "img":
        yield from (tree.attribute(image, name) for name in _SOURCES)
    for name in _SOURCE_SETS:
        yield _largest(tree.attribute(image, name))


def _largest(source_set: str) -> str:
    """The address in a `srcset` that is given for the largest size, "" where there is none."""
    largest, most, address = "", -1.0, ""
    for word in _SIZE_END.sub(" ", source_set).split():
        size = word.rstrip(",")
        if not _SIZE.fullmatch(size):
            address = size
            largest = largest or address
        elif float(size[:-1]) > most:
            largest, most = address, float(size[:-1])
    return largest
