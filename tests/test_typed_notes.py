from parsers.record import Block, Mark
from parsers.typed_notes import with_typed_notes


def _paragraphs(*texts: str) -> tuple[Block, ...]:
    return tuple(Block(kind="paragraph", text=text) for text in texts)


def test_a_paragraph_that_begins_with_a_sign_above_it_is_a_note() -> None:
    strong = Mark(kind="strong", start=0, end=3)
    first, *others = _paragraphs(
        "Orn fell.[1] It burnt.[*] So it is [9].", "[1] A letter.", "[*]Another, as [1] says.", "End."
    )
    assert with_typed_notes([Block(kind="paragraph", text=first.text, marks=(strong,)), *others]) == (
        Block(
            kind="paragraph",
            text=first.text,
            marks=(
                strong,
                Mark(kind="note", start=9, end=12, target="#1"),
                Mark(kind="note", start=22, end=25, target="#2"),
            ),
        ),
        Block(kind="footnote", text="A letter."),
        Block(kind="footnote", text="Another, as [1] says."),
        Block(kind="paragraph", text="End."),
    )


def test_blocks_without_such_signs_stay() -> None:
    for blocks in (
        _paragraphs("Orn fell.", "It burnt."),
        _paragraphs("Orn fell.[1]", "It burnt."),
        _paragraphs("[1] A letter.", "Orn fell.[1]"),
        (Block(kind="preformatted", text="log [1]"), *_paragraphs("[1] A letter.")),
        (Block(kind="footnote", text="Known."), *_paragraphs("Orn fell.[1]", "[1] A letter.")),
    ):
        assert with_typed_notes(blocks) == blocks


def test_numbered_paragraphs_of_a_judgment_are_no_notes() -> None:
    blocks = _paragraphs("[1] The appeal fails, as said in [3].", "[2] It is late.", "[3] It was brought late.")
    assert with_typed_notes(blocks) == blocks
