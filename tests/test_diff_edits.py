"""Reports edited as editors do, each with the line that is told of it."""

import pytest

from parsers import Record, parse
from scraper import compare
from scraper.diff import Changes, applied, diff, inverted

CLOSED = (
    "Quessary has been closed to reporters since the flood of 2019. Two of those who wrote about it died in prison."
)
RAID = (
    "In March 2024, soldiers of the Third Column surrounded the village of Tarn and took away 41 fishermen. Their "
    "boats were sold at auction in the same week."
)
DENIAL = (
    "The Ministry of Dykes has denied that anyone was taken. It says that the fishermen left for the coast to look for "
    "work."
)
PRICE = (
    "The price of a boat fell by half after the auction. Traders from the coast bought most of them and resold them to "
    "the army."
)
REWRITTEN = (
    "Boats lost half of their worth once the army began to sell them. Most went to merchants of the coast, who passed "
    "them on to the military at a profit."
)
STAGES = (
    "Delta Watch considers Quessary to be at Stage 4: Dehumanization, Stage 7: Preparation, and Stage 8: Persecution."
)
FOUR = STAGES.replace("and Stage 8: Persecution", "Stage 8: Persecution, and Stage 9: Extermination")
RELEASE = "The government of Quessary must release the fishermen of Tarn."
OBSERVERS = "The Council of the Delta should send observers to the dykes before the rains."
BORDERS = "Neighbouring states should keep their borders open to those who flee."
OPEN = "Neighbouring states should keep their borders open to all who flee, day and night."
TABLE = """| District | 2022 | 2023 |
| --- | --- | --- |
| Tarn | 12 | 88 |
| Lower Dyke | 3 | 41 |
| Coast | 0 | 7 |"""
TABLE_LATER = TABLE.replace("| Coast", "| Upper Dyke | 1 | 19 |\n| Coast").replace("2023 |", "To May 2024 |")
PLACES = (
    "the harbour of Tarn, closed since March;", "the north dyke, where 200 men work without pay;",
    "the old customs house, now a prison;", "the school at Lower Dyke, used as a barracks.",
)  # fmt: skip
QUOTATION = "> We were counted at the well, and counted again at the dyke. At the dyke there were fewer of us."
PICTURE = "![Boats for sale at Tarn \\[Delta Watch\\]](https://delta.example/boats-1.jpg)"
TRANSLATION = """## Résumé

Le Quessary est fermé aux journalistes. En mars 2024, des soldats ont emmené 41 pêcheurs du village de Tarn.

Delta Watch demande leur libération."""


def report(
    *parts: str, recommends: tuple[str, ...] = (RELEASE, OBSERVERS, BORDERS), day: str = "May 5, 2024"
) -> Record:
    head = ("# Quessary Country Report", "By Lio Hart", day, CLOSED)
    asked = "\n".join(f"{number}. {text}" for number, text in enumerate(recommends, 1))
    text = "\n\n".join([*head, *parts, "## What must be done", "Delta Watch recommends:", asked])
    return parse(text.encode(), url="https://delta.example/quessary", content_type="text/markdown")


def listed(*places: str) -> str:
    return "Four places are closed:\n\n" + "\n".join(f"- {place}" for place in places)


FEWER = QUOTATION.replace("At the dyke there", "There")
EDITED = (PLACES[0], PLACES[1].replace("200", "350"), *PLACES[2:])
SECTIONS = ("## The raid", RAID, DENIAL, "## The market", PRICE, STAGES)
PLAIN = report(*SECTIONS)
# What was done, the report before and after, the line that is told, and how many words it counts.
PAIRS: dict[str, tuple[Record, Record, str, int]] = {
    "a section rewritten": (
        PLAIN,
        report(*SECTIONS[:4], REWRITTEN, STAGES),
        "1 paragraph added (30 words); 1 paragraph dropped (25 words)",
        55,
    ),
    "two paragraphs made one": (
        PLAIN,
        report("## The raid", f"{RAID} {DENIAL}", *SECTIONS[3:]),
        "the same words in 1 paragraph instead of 2",
        0,
    ),
    "two paragraphs made one, a number edited": (
        PLAIN,
        report("## The raid", f"{RAID.replace('41', '43')} {DENIAL}", *SECTIONS[3:]),
        "1 word in 2 paragraphs that are 1 now; 1 number",
        1,
    ),
    "a list in another order, an item edited": (
        report(listed(*PLACES)),
        report(listed(PLACES[2], *EDITED[:2], PLACES[3])),
        "1 word in 1 list item; 1 list item moved; 1 number",
        1,
    ),
    "a row put into a table, a column renamed": (
        report(TABLE),
        report(TABLE_LATER),
        "3 words in 1 table; 1 row added (4 words); 1 number; 1 date",
        7,
    ),
    "a recommendation reworded and numbered anew": (
        PLAIN,
        report(*SECTIONS, recommends=(RELEASE, OPEN, OBSERVERS)),
        "1 recommendation reworded; 4 words in 1 list item; 1 list item moved",
        4,
    ),
    "three stages made four": (
        PLAIN,
        report(*SECTIONS[:5], FOUR),
        "stage 9 added; 5 words in 1 paragraph; 1 number",
        5,
    ),
    "a section renamed and moved": (
        PLAIN,
        report("## Boats for sale", PRICE, *SECTIONS[:3], STAGES),
        "3 words in 1 heading; 2 passages moved",
        3,
    ),
    "the date line": (PLAIN, report(*SECTIONS, day="May 19, 2024"), "published 2024-05-05 → 2024-05-19", 0),
    "a quotation put right": (
        report(RAID, QUOTATION, DENIAL),
        report(RAID, FEWER, DENIAL),
        "3 words in 1 quotation",
        3,
    ),
    "a paragraph made a list": (
        report(RAID, f"Four places are closed: {' '.join(PLACES)}"),
        report(RAID, listed(*PLACES)),
        "the same words in 5 paragraphs instead of 1",
        0,
    ),
    "a paragraph made a list, a number edited": (
        report(RAID, f"Four places are closed: {' '.join(PLACES)}"),
        report(RAID, listed(*EDITED)),
        "1 word in 1 paragraph that is 5 passages now; 1 number",
        1,
    ),
    "a translation added": (PLAIN, report(*SECTIONS, TRANSLATION), "3 passages added (25 words)", 25),
    "another picture above the same caption": (
        report(RAID, PICTURE),
        report(RAID, PICTURE.replace("boats-1", "boats-2")),
        "image of 1 picture changed",
        0,
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_an_edit_is_told_in_a_line(name: str) -> None:
    before, after, line, words = PAIRS[name]
    changes = compare(before, after)
    assert isinstance(changes, Changes)
    assert (changes.summary, changes.words_changed) == (line, words)
    assert applied(changes, before) == after
    assert inverted(changes) == diff(after, before)
