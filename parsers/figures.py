"""Pictures: which one it is whatever its size, and the words below it."""

import json
import re
from contextlib import suppress

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
    r"(?:photo(?:graph)?s?|fotos?|images?|pictures?|credits?|sources?|photo credits?)\s*(?:credits?)?"
    r"\s*(?::|by\b|courtesy of\b)\s*"
)
_CREDIT = (
    re.compile(r"^(?P<caption>.*?)\s*\[(?P<credit>[^\[\]]{2,120})\]\.?$"),
    re.compile(
        r"^(?P<caption>(?:.*?[.!?,;|–—-])??)\s*[\[(]?\s*" + _LABEL + r"(?P<credit>[^\[\]()]{2,120}?)[\])]?\.?$",
        re.IGNORECASE,
    ),
    re.compile(
        r"^(?P<caption>.*?)\s*[\[(]\s*" + _LABEL + r"(?P<credit>[^\[\]()]{2,120}?)[\])]\.?$",
        re.IGNORECASE,
    ),
    re.compile(
        r"^(?P<caption>.*?)\s+(?:Photo(?:graph)?|Foto|Image|Picture|Credit|Source)s?:\s*(?P<credit>[^\[\]():]{2,120}?)\.?$"
    ),
    re.compile(r"^(?P<caption>.*?)\s*\(?©\s*(?P<credit>[^()]{2,120}?)\)?\.?$"),
)
_CREDIT_LABEL = re.compile(_LABEL, re.IGNORECASE)
_CAPTION_LENGTH = 1_000


def split_credit(text: str) -> tuple[str, str]:
    """The caption and the credit in *text*: "A bridge [Agency]", "A bridge. Photo: Agency", "A bridge © Agency"."""
    if len(text) <= _CAPTION_LENGTH:
        for form in _CREDIT:
            if match := form.match(text):
                return match["caption"].strip(), _CREDIT_LABEL.sub("", match["credit"].strip())
    return text, ""


def read_figure(tree: Tree, place: int) -> Figure:
    """The figure that the element at *place* is or holds; all fields are "" where it has no picture and no caption."""
    caption = tree.first(place, "figcaption")
    words, credit = split_credit(tree.text(caption)) if caption is not None else ("", "")
    return Figure(image=_image(tree, place), caption=words, credit=credit)


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


def _image(tree: Tree, place: int) -> str:
    nodes = range(place, tree.ends[place])
    described = [info for node in (*nodes[1:], place) if (info := tree.attribute(node, "data-image-info"))]
    if described:
        with suppress(ValueError, KeyError, TypeError, AttributeError):
            return image_identity(json.loads(described[0])["imageData"]["uri"])
    for image in (node for node in nodes if tree.tags[node] == "img"):
        for name in ("data-pin-media", "data-src", "src"):
            if identity := image_identity(tree.attribute(image, name)):
                return identity
    return ""
