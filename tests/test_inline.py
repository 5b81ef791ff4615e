import pytest
from selectolax.lexbor import LexborHTMLParser

from parsers.footnotes import find_notes
from parsers.inline import Inline
from parsers.line import Words
from parsers.record import Mark
from parsers.tree import read_tree

BASE = "https://h.example/reports/velmora"


def _read(html: str) -> tuple[Words, list[str]]:
    """The words of the first `div`, and why parts of it were left out."""
    root = LexborHTMLParser(html).root
    assert root is not None
    tree = read_tree(root)
    reasons: list[str] = []
    inline = Inline(
        tree=tree,
        base_url=BASE,
        dropped=tree.hidden,
        notes=find_notes(tree),
        leave_out=lambda _, reason: reasons.append(reason),
    )
    return inline.words(tree.tags.index("div")), reasons


def test_blocks_and_line_breaks_are_spaces_and_spans_are_none() -> None:
    assert _read("<div><p>a</p>b<ul><li>c<li>d</ul><span>e</span>f<br>g</div>h")[0] == ("a b c d ef g", ())


def test_links_and_emphasis_are_marks() -> None:
    (text, marks), _ = _read("<div>The <b>army</b> took <a href=/orn><em>Orn</em></a></div>")
    assert text == "The army took Orn"
    assert marks == (
        Mark(kind="strong", start=4, end=8),
        Mark(kind="emphasis", start=14, end=17),
        Mark(kind="link", start=14, end=17, target="https://h.example/orn"),
    )


def test_what_is_not_shown_is_left_out() -> None:
    html = "<div>a<script>b</script><i hidden>c</i><table><tr><th>d<td>e</table>f</div>"
    assert _read(html) == (("a f", ()), ["hidden"])


@pytest.mark.parametrize(
    ("quotation", "shown"),
    [
        ("<q>all quiet</q>", "“all quiet”"),
        ("<q>all quiet </q>", "“all quiet”"),
        ("<q>“all quiet”</q>", "“all quiet”"),
        ("<q>«tout calme»</q>", "«tout calme»"),
        ("<q>he said <q>no</q></q>", "“he said “no””"),
    ],
)
def test_a_quotation_has_its_marks_once(quotation: str, shown: str) -> None:
    assert _read(f"<div>It was {quotation}, then.</div>")[0][0] == f"It was {shown}, then."


def test_the_sign_of_a_footnote_leads_to_its_place() -> None:
    (text, (mark,)), _ = _read("<div>Orn fell.<sup><a href=#n>1</a></sup></div><ol><li id=n>A letter.</ol>")
    assert (text, mark.kind, text[mark.start : mark.end]) == ("Orn fell.[1]", "note", "[1]")


def test_what_leads_back_from_a_footnote_is_passed_over() -> None:
    sign = "<p>Orn fell.<sup><a id=s href=#n>1</a></sup></p>"
    assert _read(f"{sign}<div><p id=n><a href=#s>↑</a> A letter.</p></div>")[0][0] == "A letter."
