from parsers import Block, Figure, Mark, Record, Stage
from scraper.prose import as_text, note_labels


def _record(*blocks: Block, **fields: str) -> Record:
    return Record(
        url="https://example.org/", media_type="text/html", layout="test", revision=1, blocks=blocks, **fields
    )


def _sign(label: str, number: int) -> Block:
    """A paragraph with the sign of a footnote."""
    mark = Mark(kind="note", start=4, end=6 + len(label), target=f"#{number}")
    return Block(kind="paragraph", text=f"Orn.[{label}]", marks=(mark,))


def test_every_kind_of_block_is_written() -> None:
    record = _record(
        Block(kind="heading", text="Harbours", level=2),
        Block(kind="item", text="one", level=1, ordered=True),
        Block(kind="item", text="deeper", level=2),
        Block(kind="quotation", text="We left."),
        Block(kind="quotation", text="“He said no.”", level=1),
        Block(kind="preformatted", text="a\n b"),
        Block(kind="table", text="Port | Boats\nSarrel | 4", rows=(("Port", "Boats"), ("Sarrel", "4|5"))),
        Block(kind="figure", text="A quay", figure=Figure(image="quay.jpg", caption="A quay", credit="Lind")),
        Block(kind="term", text="guest", level=1),
        Block(kind="definition", text="A prisoner.", level=1),
        _sign("*", 1),
        Block(kind="footnote", text="A letter."),
    )
    assert as_text(record) == (
        "Harbours\n\n  - one\n    - deeper\n\n    “We left.”\n\n        “He said no.”\n\na\n b\n\n"
        "Port | Boats\nSarrel | 4\n\n[Figure: A quay [Lind]]\n\nguest\n\n    A prisoner.\n\nOrn.[*]\n\n[*] A letter.\n"
    )


def test_footnotes_are_called_as_their_signs_are_or_by_number() -> None:
    notes = (Block(kind="footnote", text="a"), Block(kind="footnote", text="b"))
    assert note_labels(_record(_sign("*", 1), _sign("7", 2), *notes)) == ["*", "7"]
    assert note_labels(_record(_sign("7", 2), *notes)) == ["1", "7"]
    assert note_labels(_record(_sign("2", 1), *notes)) == ["1", "2"]
    assert note_labels(_record(_sign("note 3", 1), *notes)) == ["1", "2"]
    assert note_labels(_record()) == []


def test_text_ends_with_facts_and_what_is_worth_knowing() -> None:
    stage = Stage(number=9, name="Denial", model="ten stages", agrees=False)
    text = as_text(Record(url="u", media_type="text/html", layout="test", revision=1, title="T", facts=(stage,)))
    assert text == "T\n\nFacts\n  stage           9 Denial of the ten stages (number and name disagree)\n"
