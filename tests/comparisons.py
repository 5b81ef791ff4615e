"""Pairs of records whose comparison has everything that a page of it can show."""

from dataclasses import replace
from typing import Any

from building import record

from parsers.record import Block, Figure, Mark, Recommendation, Record, Stage
from parsers.tables import row_text

RULE = "Velmora has been ruled by a military council since March 2019, and its assembly was dissolved in the same week."
RIVER = "The river people speak their own language, and 1,200 of their families were moved to camps near the border."
COURT = "The Council of States should refer the situation to the court."
PRESS = (
    "Independent newspapers were closed within a year of the coup, and eleven editors are still held without charge."
)
ROADS = "The roads to the south are closed, “as they were in winter”, and no convoy has reached the valley since May."
WELLS = "Nine wells were filled with stones by the army. The herds that were left died before the rains of that year."


def prose(text: str) -> Block:
    return Block(kind="paragraph", text=text)


def heading(text: str, level: int = 2) -> Block:
    return Block(kind="heading", text=text, level=level)


def table(*rows: tuple[str, ...], header_rows: int = 1) -> Block:
    text = "\n".join(filter(None, map(row_text, rows)))
    return Block(kind="table", text=text, rows=rows, header_rows=header_rows)


def linked(text: str, words: str, target: str) -> Block:
    start = text.index(words)
    mark = Mark(kind="link", start=start, end=start + len(words), target=target)
    return Block(kind="paragraph", text=text, marks=(mark,))


def report(*blocks: Block, **fields: Any) -> Record:
    return replace(record("", title="Velmora Country Report", language="en"), blocks=blocks, **fields)


ROWS = (
    ("District", "2021", "2022", "Source"),
    ("Ankara Hills", "12", "14", "UN"),
    ("Berru", "3", "7", "UN"),
    ("Cossa Valley", "101", "130", "Red Cross"),
    ("Dunmar", "0", "2", "Ministry"),
    ("Esk", "5", "5", "UN"),
    ("Gorm Plain", "44", "46", "Commission of the river people"),
    ("Hale and Hale North", "17", "18", "Commission of the river people"),
    ("Isk", "0", "1", "Commission of the river people"),
)
NEW_ROWS = (
    ("District", "2022", "2021", "2023", "Source"),
    ("Berru", "7", "3", "9", "UN"),
    ("Cossa Valley", "130", "101", "146", "Red Cross and Red Crescent"),
    ("Ankara Hills", "14", "12", "15", "UN"),
    ("Esk", "5", "5", "6", "UN"),
    ("Fell", "1", "1", "4", "UN"),
    ("Gorm Plain", "46", "44", "48", "Commission of the river people"),
    ("Hale and Hale North", "18", "17", "19", "Commission of the river people"),
    ("Isk", "1", "0", "2", "Commission of the river people"),
)

BEFORE = report(
    heading("Background"),
    prose(RULE),
    prose(RIVER),
    prose(PRESS),
    heading("Figures"),
    table(*ROWS),
    Block(kind="figure", text="A camp", figure=Figure(image="https://watch.example/1.jpg", caption="A camp")),
    prose(ROADS),
    heading("What should be done"),
    Block(kind="item", text=COURT, level=1),
    linked("A law of that year forbids it.", "law", "https://law.example/1"),
    prose(f"{WELLS} {RULE.replace('military', 'second')}"),
    prose("This passage is gone from the report, and nothing stands in its place now or ever."),
    facts=(Stage(number=8, name="Persecution", model="ten stages"), Recommendation(text=COURT)),
)
AFTER = report(
    heading("Background"),
    prose(RULE.replace("dissolved", "suspended")),
    prose(PRESS),
    heading("Figures"),
    table(*NEW_ROWS),
    Block(kind="figure", text="A camp", figure=Figure(image="https://watch.example/2.jpg", caption="A camp")),
    prose(ROADS.replace("“", '"').replace("”", '"')),
    heading("What should be done"),
    Block(kind="item", text=COURT.replace("should", "must"), level=1),
    linked("A law of that year forbids it.", "law", "https://law.example/2"),
    prose(WELLS),
    prose(RULE.replace("military", "second")),
    prose("A passage that was never there before: forty people were heard by the commission."),
    prose("And one more, on the hospital of Cossa, which has had no doctor since the spring."),
    prose(RIVER.replace("1,200", "1,900")),
    facts=(
        Stage(number=9, name="Extermination", model="ten stages"),
        Recommendation(text=COURT.replace("should", "must")),
    ),
    published="2024-03",
)
ARABIC = (
    report(
        prose("أطلق المجلس العسكري النار على المتظاهرين في مارس 2019، وحُلّ البرلمان في الأسبوع نفسه."),
        prose("ينبغي لمجلس الدول أن يحيل الحالة إلى المحكمة (ICC)."),
        title="تقرير فيلمورا",
        language="ar",
    ),
    report(
        prose("أطلق المجلس العسكري النار على المتظاهرين في أبريل 2019، وحُلّ البرلمان في الأسبوع نفسه."),
        prose("يجب لمجلس الدول أن يحيل الحالة إلى المحكمة (ICJ)."),
        prose("فقرة جديدة عن تقرير UNHCR لعام 2024."),
        title="تقرير فيلمورا القُطري",
        language="ar",
    ),
)
LOOKS = (report(prose(ROADS), prose(COURT)), report(prose(ROADS.replace("“", '"').replace("”", '"')), prose(COURT)))
NAMES = ("version 3", "version 4")
HEAD = (
    ("Page", "https://watch.example/velmora"),
    ("Interval", "between 4 March and 9 March 2024"),
    ("Did they say so?", "silent edit: words changed, the stated date did not"),
    ("Did they say so?", "no notice of a correction was found"),
)
