from pathlib import Path

import pytest

from parsers import Block, Figure, Mark, Record, Stage, parse
from scraper import compare
from scraper.prose import as_markdown, as_text

POSTS = sorted((Path(__file__).resolve().parents[1] / "fixtures").glob("*/*/*report.html"))


def _record(*blocks: Block, **fields: str) -> Record:
    return Record(
        url="https://example.org/", media_type="text/html", layout="test", revision=1, blocks=blocks, **fields
    )


@pytest.mark.parametrize("path", POSTS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_markdown_is_read_back_as_the_same_report(path: Path) -> None:
    url = "https://example.org/single-post/report"
    record = parse(path.read_bytes(), url=url)
    again = parse(as_markdown(record).encode(), url=url, content_type="text/markdown")
    changes = compare(record, again)
    assert again.digests.facts == record.digests.facts
    assert (changes.class_, changes.blocks, changes.facts) == ("none", (), ())


def test_marks_are_written_in_place_and_special_signs_escaped() -> None:
    link = Mark(kind="link", start=4, end=9, target="https://example.org/a")
    strong = Mark(kind="strong", start=0, end=14)
    block = Block(kind="paragraph", text="the *port* law", marks=(link, strong))
    assert as_markdown(_record(block)) == r"**the [\*port](<https://example.org/a>)\* law**" + "\n"


def test_every_kind_of_block_is_written() -> None:
    record = _record(
        Block(kind="heading", text="Harbours", level=2),
        Block(kind="item", text="one", level=1, ordered=True),
        Block(kind="item", text="deeper", level=2),
        Block(kind="quotation", text="We left."),
        Block(kind="preformatted", text="a\n b"),
        Block(kind="table", text="Port | Boats\nSarrel | 4", rows=(("Port", "Boats"), ("Sarrel", "4|5"))),
        Block(kind="figure", text="A quay", figure=Figure(image="quay.jpg", caption="A quay", credit="Lind")),
    )
    assert as_markdown(record) == (
        "### Harbours\n\n1. one\n  - deeper\n\n> We left.\n\n    a\n     b\n\n"
        "| Port | Boats |\n| --- | --- |\n| Sarrel | 4\\|5 |\n\n![A quay \\[Lind\\]](<quay.jpg>)\n"
    )
    assert as_text(record) == (
        "Harbours\n\n  - one\n    - deeper\n\n    “We left.”\n\na\n b\n\n"
        "Port | Boats\nSarrel | 4\n\n[Figure: A quay [Lind]]\n"
    )


def test_text_ends_with_facts_and_what_is_worth_knowing() -> None:
    stage = Stage(number=9, name="Denial", model="ten stages", agrees=False)
    text = as_text(Record(url="u", media_type="text/html", layout="test", revision=1, title="T", facts=(stage,)))
    assert text == "T\n\nFacts\n  stage           9 Denial of the ten stages (number and name disagree)\n"
