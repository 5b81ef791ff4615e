"""What stands within a line: links, emphasis, quotation marks, the signs of footnotes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import ada_url

from .footnotes import Notes
from .line import Line, Words
from .record import MarkKind
from .tables import is_data
from .tree import BLOCK, TEXT, Tree

_MARKS: dict[str, MarkKind] = {"em": "emphasis", "i": "emphasis", "strong": "strong", "b": "strong"}
_QUOTES = ("“", "”", "„", "«", "»", "‹", "›", '"', "‘", "’", "'", "「", "『")
_EMAIL_SHIELD = "/cdn-cgi/l/email-protection"  # Cloudflare; its hexadecimal tail changes at each answer


@dataclass(slots=True, kw_only=True)
class Inline:
    """How the elements within lines are read; *leave_out* is told of each part that is *dropped*, and why.

    *called* are the footnotes that signs have led to, by place.
    """

    tree: Tree
    base_url: str
    dropped: Mapping[int, str]
    notes: Notes
    leave_out: Callable[[int, str], object]
    called: dict[int, None] = field(default_factory=dict)
    _targets: dict[str, str] = field(default_factory=dict)

    def open(self, line: Line, tag: str, place: int) -> str:
        """Begins what the element at *place* means for *line*; under the name given, `close` ends it."""
        if tag == "a":
            href = self.tree.attribute(place, "href")
            if (target := self._targets.get(href)) is None:
                target = self._targets[href] = self.target(href)
            line.open("link", target)
        elif tag in _MARKS:
            line.open(_MARKS[tag])
        elif tag == "q" and not self.tree.words(place).startswith(_QUOTES):
            line.add("“")  # browsers show the marks, though none stand in the page
        else:
            return ""
        return tag

    def close(self, line: Line, name: str) -> None:
        """Ends what `open` began under *name*."""
        if name == "q":
            line.gap = False
            line.add("”")
        else:
            line.close()

    def sign(self, line: Line, place: int) -> None:
        """Adds the sign of a footnote that stands at *place*; its target is the note's place until all are known."""
        shown, note = self.notes.signs[place]
        self.called[note] = None
        line.open("note", f"#{note}")
        line.add(shown)
        line.close()

    def words(self, place: int) -> Words:
        """All words below *place* as one line, without those of a table of data in it."""
        tree, line = self.tree, Line()
        opened: list[tuple[int, str]] = []
        node, last = place + 1, tree.ends[place]
        while node < last:
            while opened and opened[-1][0] <= node:
                self._leave(line, opened.pop()[1])
            tag = tree.tags[node]
            line.gap = line.gap or tag in BLOCK or tag == "br" or (tag != TEXT and bool(tree.raws[node]))
            if tag == TEXT:
                line.read(tree.raws[node], tree.texts[node])
                node += 1
            elif self._is_passed_over(line, node, tag):
                node = tree.ends[node]
            else:
                opened.append((tree.ends[node], "block" if tag in BLOCK else self.open(line, tag, node)))
                node += 1
        while opened:
            self._leave(line, opened.pop()[1])
        return line.take()

    def target(self, href: str) -> str:
        """Where a link leads, absolute; "" for one that leads nowhere or whose tail changes at each answer."""
        href = href.strip()
        if not href or href.startswith(("javascript:", "data:", "about:")) or _EMAIL_SHIELD in href:
            return ""
        if href.startswith("#"):
            return href
        try:
            return ada_url.join_url(self.base_url, href)
        except ValueError:
            return href

    def _leave(self, line: Line, name: str) -> None:
        if name == "block":
            line.gap = True
        elif name:
            self.close(line, name)

    def _is_passed_over(self, line: Line, node: int, tag: str) -> bool:
        """Whether nothing below *node* is to be read here; a sign is, at once."""
        if node in self.notes.silent:
            return True
        if reason := self.dropped.get(node):
            self.leave_out(node, reason)
            return True
        if node in self.notes.signs:
            self.sign(line, node)
            return True
        return tag == "table" and is_data(self.tree, node)
