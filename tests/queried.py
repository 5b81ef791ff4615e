"""An archive with something of everything that its views show, about invented countries: the one docs/queries.md asks.

`python tests/queried.py queries.db` makes it.
"""

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from parsers.record import Block, Country, Entry, Fact, Recommendation, Record, Stage
from scraper.archive import Archive
from scraper.capture import Capture, Hop
from scraper.diff import diff
from scraper.loader import load

WATCH = "https://watch.example"
BULLETIN = "https://bulletin.example"
_CALM = "Markets are open and the courts sit, though nobody has been charged with the burning of the three villages."
_VELMORA = """\
title: Velmora Country Report
published: 2023-12
country: Velmora XV
stage: 3 Discrimination
stage: 8 Persecution
ask: The Meridian Union should hold back port fees.
ask: Velmora should destroy the registers of the grey card.
The council of Velmora says that its grey card is for crimes against humanity only, and gives it to Hesperine families.
At least 41 traders have not been seen since the night of the four markets, and their stalls were given to others.
"""
_VELMORA_LATER = (
    _VELMORA.replace("41 traders", "63 traders")
    .replace("stage: 8 Persecution\n", "stage: 8 Persecution\nstage: 9 Extermination\n")
    .replace("Velmora should destroy the registers of", "Velmora should withdraw")
)
_ORDANIA = f"""\
title: Ordania Country Report
published: 2024-01
country: Ordania XO
stage: 4 Dehumanization
ask: Ordania should reopen the border schools.
{_CALM}
The governor calls the people of the upper valley a river that has left its bed, and has had the bridges closed.
"""
_ORDANIA_LATER = _ORDANIA.replace("2024-01", "2024-02").replace("three villages", "four villages")
_TOVASH = f"""\
title: Tovash Country Report
published: 2023-11
country: Tovash XT
stage: 9 Extermination
ask: Tovash should remove militia men from the land boards.
{_CALM}
"""
_KARSENIA = f"""\
title: Karsenia Country Report
published: 2023-10
country: Karsenia XK
stage: 6 Polarization
{_CALM}
"""
_BREVANNA = f"""\
title: Brevanna at the turn of the year
published: 2024-01-03
country: Brevanna XB
stage: 5 Organization
{_CALM}
"""
_LIST = """\
title: Alerts
entry: Genocide Emergency|Velmora|2024-03|https://watch.example/velmora
entry: Genocide Warning|Ordania|2024-01|https://watch.example/ordania
"""


def read(body: bytes, *, url: str, content_type: str | None = None) -> Record:
    """The record of a page in the words above; a line that begins with "#" is chrome."""
    fields: dict[str, str] = {}
    blocks: list[Block] = []
    facts: list[Fact] = []
    for line in body.decode().splitlines():
        name, sign, rest = line.partition(": ")
        if line.startswith("#"):
            continue
        if name in ("title", "published") and sign:
            fields[name] = rest
        elif name in ("country", "stage", "ask", "entry") and sign:
            facts.append(_fact(name, rest))
            blocks += [Block(kind="item", text=rest, level=1)] if name == "ask" else []
        else:
            blocks.append(Block(kind="paragraph", text=line))
    record = Record(url=url, media_type=content_type or "text/html", layout="example", revision=1, language="en")
    return replace(
        record, title=fields["title"], published=fields.get("published"), blocks=tuple(blocks), facts=tuple(facts)
    )


def _fact(name: str, rest: str) -> Fact:
    first, _, last = rest.rpartition(" ")
    if name == "country":
        return Country(name=first, iso=last)
    if name == "stage":
        return Stage(number=int(first), name=last, model="ten stages")
    if name == "ask":
        return Recommendation(text=rest, addressees=(rest.partition(" should")[0],))
    report, subject, published, target = rest.split("|")
    return Entry(report=report, subject=subject, published=published, target=target)


def _at(month: int, day: int = 10) -> datetime:
    return datetime(2024, month, day, 6, tzinfo=UTC)


def _captures() -> Iterator[tuple[str, Capture]]:
    """Each capture with its source, in order of time."""
    for month, velmora, ordania in ((1, _VELMORA, _ORDANIA), (2, f"{_VELMORA}# 7", _ORDANIA)):
        yield "watch", _page("velmora", velmora, _at(month))
        yield "watch", _page("ordania", ordania, _at(month))
    for path, text in (("tovash", _TOVASH), ("karsenia", _KARSENIA)):
        yield "watch", _page(path, text, _at(1))
    yield "bulletin", _page("brevanna", _BREVANNA, _at(1), BULLETIN)
    yield "bulletin", _page("alerts", _LIST, _at(1), BULLETIN)
    for at in (_at(2), _at(3), _at(3, 11)):
        yield "watch", _none("tovash", at, outcome="missing", status=404)
    yield "watch", _page("velmora", _VELMORA_LATER, _at(3))
    yield "watch", _page("ordania", _ORDANIA_LATER, _at(3))
    hop = Hop(url=f"{WATCH}/karsenia", status=301, location=f"{WATCH}/reports/karsenia", head=b"")
    moved = _page("karsenia", _KARSENIA, _at(3))
    yield "watch", replace(moved, final_url=f"{WATCH}/reports/karsenia", hops=(hop,))
    yield "bulletin", _none("brevanna", _at(3), outcome="missing", status=410, site=BULLETIN)
    yield "bulletin", _none("yearbook", _at(3), outcome="failed", reason="no answer within 60 s", site=BULLETIN)
    yield "bulletin", _none("yearbook", _at(4), outcome="failed", reason="no answer within 60 s", site=BULLETIN)
    yield "bulletin", _none("atlas", _at(4), outcome="refused", reason="robots.txt: Disallow: /atlas", site=BULLETIN)
    yield "watch", _page("velmora", f"{_VELMORA_LATER}# 8", _at(4))
    yield "watch", _page("ordania", "title: Please wait\npublished: 2024-02\ncountry: Ordania XO\nOne moment.", _at(4))
    yield "watch", _page("tovash", _TOVASH, _at(4))


def _page(path: str, text: str, at: datetime, site: str = WATCH) -> Capture:
    return Capture(
        url=f"{site}/{path}", captured_at=at, outcome="fetched", body=text.encode(), status=200,
        content_type="text/html", method="http",
    )  # fmt: skip


def _none(path: str, at: datetime, site: str = WATCH, **fields: object) -> Capture:
    values = {"reason": f"the server answered {fields.get('status')}", **fields}
    return Capture(url=f"{site}/{path}", captured_at=at, body=None, content_type="", **values)  # type: ignore[arg-type]


def make(path: Path) -> Path:
    """The archive at *path*, complete in its one file."""
    with Archive(path, create=True) as archive:
        for source, capture in _captures():
            load(archive, capture, source=source, parse=read)
        _read_anew(archive)
    return path


def _read_anew(archive: Archive) -> None:
    """Reads one report with a parser that sees one stage more in the same bytes."""
    page = archive.page("karsenia")
    better = f"{_KARSENIA}stage: 7 Preparation\n".encode()
    for capture in archive.captures(page_id=page.id):
        archive.store_record(replace(read(better, url=page.url), revision=2), capture_id=capture.id, page_id=page.id)
    archive.update_history(page.id, diff)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
