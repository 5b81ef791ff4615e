"""A feed as Atom (RFC 4287): the same bytes for the same feed."""

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from .entry import rfc3339
from .feed import Feed, Item

_NAMESPACE = "http://www.w3.org/2005/Atom"
_AUTHOR = "fonds"


def atom(feed: Feed) -> bytes:
    """*feed* as an Atom document in UTF-8.

    *updated* is when the newest entry was first seen, and of an entry likewise; nothing says when the file was made.
    """
    root = Element("feed", {"xmlns": _NAMESPACE})
    _add(root, "id", feed.id)
    _add(root, "title", feed.title)
    if feed.note:
        _add(root, "subtitle", feed.note)
    _add(root, "updated", rfc3339(feed.updated))
    # The author of the entries: that of the reports is not known to have written what is said of them here.
    _add(SubElement(root, "author"), "name", _AUTHOR)
    _add(root, "generator", "fonds")
    if feed.url:
        SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": feed.url})
    if feed.link:
        SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": feed.link})
    for item in feed.items:
        _add_entry(root, item)
    indent(root, space=" ")
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _add_entry(root: Element, item: Item) -> None:
    entry, element = item.entry, SubElement(root, "entry")
    _add(element, "id", entry.id)
    _add(element, "title", f"{entry.title}: {entry.told}")
    _add(element, "updated", rfc3339(entry.first_seen))
    _add(element, "published", rfc3339(entry.first_seen))
    SubElement(element, "link", {"rel": "alternate", "type": "text/html", "href": entry.web or entry.link})
    if entry.web:
        SubElement(element, "link", {"rel": "via", "href": entry.link})
    for scheme, term in (
        ("class", entry.class_), ("cause", entry.cause), ("source", entry.source), ("country", entry.country),
    ):  # fmt: skip
        if term:
            SubElement(element, "category", {"scheme": f"tag:fonds.invalid,2024:{scheme}", "term": term})
    _add(element, "summary", entry.told)
    _add(element, "content", item.html, type="html")


def _add(parent: Element, name: str, text: str, **attributes: str) -> None:
    SubElement(parent, name, attributes).text = text
