"""Pictures: which one it is whatever its size, and the words below it."""

import json
import re
from contextlib import suppress

from .normal import shown
from .page import Element, text_of
from .record import Figure

# Everything behind "/v1/" is a rendition: size, quality, a blur for the placeholder.
_WIX_MEDIA = re.compile(r"(?:wixstatic\.com/|^)(?:media/)?([0-9a-zA-Z]+_[0-9a-f]{8,}~mv2\w*\.\w{3,5})")
_SIZE_SUFFIX = re.compile(r"-\d{2,4}x\d{2,4}(?=\.\w{3,4}$)")
_CREDIT = (
    re.compile(r"^(?P<caption>.*?)\s*\[(?P<credit>[^\[\]]{2,120})\]\.?$"),
    re.compile(
        r"^(?P<caption>.*?)\s*[\[(]?\s*(?:photo(?:graph)?|foto|image|picture|credit|source)s?\s*(?:credit)?"
        r"\s*(?::|by\b)\s*(?P<credit>[^\[\]()]{2,120}?)[\])]?\.?$",
        re.IGNORECASE,
    ),
    re.compile(r"^(?P<caption>.*?)\s*\(?©\s*(?P<credit>[^()]{2,120}?)\)?\.?$"),
)
_CREDIT_LABEL = re.compile(
    r"(?:photo(?:graph)?s?|images?|pictures?|credit|source|photo credit|foto)\s*(?:credit)?\s*(?::|by\b)\s*",
    re.IGNORECASE,
)
_CAPTION_LENGTH = 1_000


def split_credit(text: str) -> tuple[str, str]:
    """The caption and the credit in *text*: "A bridge [Agency]", "A bridge. Photo: Agency", "A bridge © Agency"."""
    if len(text) <= _CAPTION_LENGTH:
        for form in _CREDIT:
            if match := form.match(text):
                return match["caption"].strip(), _CREDIT_LABEL.sub("", match["credit"].strip())
    return text, ""


def read_figure(element: Element) -> Figure:
    """The figure that *element* is or holds; all fields are "" where there is neither picture nor caption."""
    caption = element.css_first("figcaption")
    words, credit = split_credit(text_of(caption)) if caption else ("", "")
    return Figure(image=_image(element), caption=words, credit=credit)


def image_identity(address: str) -> str:
    """*address* without what names only a size or a quality: two renditions of one picture give one identity."""
    address = shown(address)
    if address.startswith(("data:", "blob:", "about:")):
        return ""
    if wix := _WIX_MEDIA.search(address):
        return f"wix:{wix[1]}"
    return _SIZE_SUFFIX.sub("", address.partition("#")[0].partition("?")[0])


def _image(element: Element) -> str:
    info = element.css_first("[data-image-info]")
    if info or "data-image-info" in element.attributes:
        with suppress(ValueError, KeyError, TypeError, AttributeError):
            holder = info or element
            return image_identity(json.loads(holder.attributes["data-image-info"] or "")["imageData"]["uri"])
    for image in element.css("img") or ([element] if element.tag == "img" else []):
        attributes = image.attributes
        for name in ("data-pin-media", "data-src", "src"):
            if identity := image_identity(attributes.get(name) or ""):
                return identity
    return ""
