"""A report site for benchmarks: invented words and countries, the same bytes each time it is made.

300 reports of 20 to 120 KB in markup that is mostly frame, as site builders write it, 15 lists of 20 reports, a feed, a
sitemap, robots.txt; links to pages that moved, that are gone and that fail. Who follows all links from the home page
fetches what `answers` says: 317 pages with status 200, 121 with 301, 34 with 404, 9 with 500.
"""

import gzip
import json
import os
import zlib
from collections.abc import Iterator, Mapping
from html import escape
from itertools import accumulate
from pathlib import Path
from random import Random

REPORTS = 300
REPORTS_A_LIST = 20
LISTS = REPORTS // REPORTS_A_LIST
MOVED, GONE, BROKEN = 121, 34, 9
PUBLISHER = "Ostrel Observatory"
_SEED = 20_241
_LEAST_BYTES, _MOST_BYTES = 20_000, 120_000
_FIRST_CHANGED = 1_650_000_000
_CHANGED_EVERY_S = 40_000
_RELATED = 10
_BYTES_OF_THE_REST = 2_500  # of the page's end, which comes after its length is decided
_START = "b br d dr f g gr h k kl l m n p pr r s sk st t tr v vel z".split()
_VOWEL = "a e i o u ae ei ia or".split()
_END = ["", "", "l", "m", "n", "nd", "r", "rd", "s", "st", "th", "x"]
_STAGES = ("Stage 3: Discrimination", "Stage 6: Polarization", "Stage 7: Preparation", "Stage 8: Persecution")


def moved(number: int) -> str:
    """The path that leads to report *number* by a redirect."""
    return f"/old/{number}"


def report(number: int) -> str:
    """The path of report *number*, from 1."""
    return f"/report/{number}.html"


def listing(number: int) -> str:
    """The path of the list *number*, from 1."""
    return f"/reports/{number}.html"


def answers() -> Mapping[str, int]:
    """The status of each path that links from the home page lead to; robots.txt and the sitemap are not among them."""
    odd = _odd_links(_chance())
    statuses = {"old": 301, "gone": 404, "broken": 500}
    return {
        "/": 200,
        "/feed.xml": 200,
        **{listing(number): 200 for number in range(1, LISTS + 1)},
        **{report(number): 200 for number in range(1, REPORTS + 1)},
        **{path: statuses[path.split("/")[1]] for path in odd},
    }


def files(base: str) -> Iterator[tuple[str, bytes]]:
    """The site's files, path and content. *base*, without a slash at its end, is told in sitemap and feed alone."""
    chance = _chance()
    odd = _odd_links(chance)
    language = _Language(chance)
    frame = _frame(chance)
    titles = [f"{language.country()} {kind} Report" for kind in chance.choices(("Country", "Annual"), k=REPORTS)]
    for number, title in enumerate(titles, start=1):
        # Each odd link stands on two pages, so that a crawler meets it again.
        strange = [*odd[number - 1 :: REPORTS], *odd[(number + 149) % REPORTS :: REPORTS]]
        yield report(number), _report(number, title, strange, frame=frame, language=language, chance=chance)
    for number in range(1, LISTS + 1):
        yield listing(number), _listing(number, titles, frame)
    yield "/index.html", _home(frame)
    yield "/private/minutes.html", b"<!DOCTYPE html><title>Not for robots</title>"
    # It names no sitemap: not all crawlers read one, and all are to find the same pages.
    yield "/robots.txt", b"User-agent: *\nDisallow: /private/\n"
    yield "/sitemap.xml", _sitemap(base)
    yield "/feed.xml", _feed(base, titles)


def write(root: Path, base: str) -> None:
    """Writes the site to *root*, each file with a gzip twin, changed over three years."""
    for number, (path, content) in enumerate(files(base)):
        place = root / path.removeprefix("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        _put(place, content, changed=_FIRST_CHANGED + number * _CHANGED_EVERY_S)


def write_bombs(root: Path, size: int) -> tuple[str, str]:
    """Writes two pages that unpack to *size* bytes, packed only; their paths.

    The first is zeros, a thousand times smaller packed, which a bound on the ratio stops. The second is about a hundred
    times smaller, as a page of one repeated frame may rightly be: only a bound on its size stops it.
    """
    parts = {"/zeros.html": bytes(1_000_000), "/frame.html": _chance().randbytes(9_000).ljust(1_000_000, b" ")}
    for path, part in parts.items():
        packer = zlib.compressobj(6, wbits=31)
        packed = b"".join(packer.compress(part) for _ in range(size // len(part))) + packer.flush()
        (root / f"{path.removeprefix('/')}.gz").write_bytes(packed)
    return "/zeros.html", "/frame.html"


def _put(place: Path, content: bytes, *, changed: int) -> None:
    for path, data in ((place, content), (place.with_name(f"{place.name}.gz"), gzip.compress(content, 6, mtime=0))):
        path.write_bytes(data)
        os.utime(path, (changed, changed))


def _chance() -> Random:
    return Random(_SEED)  # noqa: S311 -- to be foreseen is what is wanted of it


def _odd_links(chance: Random) -> list[str]:
    numbers = range(1, REPORTS + 1)
    paths = [moved(number) for number in chance.sample(numbers, MOVED)]
    paths += [f"/gone/{number}.html" for number in chance.sample(numbers, GONE)]
    paths += [f"/broken/{number}" for number in range(1, BROKEN + 1)]
    chance.shuffle(paths)
    return paths


class _Language:
    """Words of no language, common and rare ones as in a real text."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._words = list(dict.fromkeys(self._word(chance.choice((1, 1, 2, 2, 3))) for _ in range(6_000)))
        self._weights = list(accumulate(1 / (rank + 3) ** 0.9 for rank in range(len(self._words))))

    def country(self) -> str:
        return f"{self._word(2).capitalize()}{self._chance.choice(('ia', 'ova', 'esh', 'mark'))}"

    def sentence(self) -> str:
        words = self._chance.choices(self._words, cum_weights=self._weights, k=self._chance.randint(7, 26))
        if self._chance.random() < 0.25:
            words[-2] = f"{self._chance.randint(2, 99_999):,}"
        return f"{' '.join(words).capitalize()}{self._chance.choice(('.', '.', '.', '?', '; é – ü.'))}"

    def paragraph(self) -> str:
        return " ".join(self.sentence() for _ in range(self._chance.randint(2, 7)))

    def _word(self, syllables: int) -> str:
        pick = self._chance.choice
        return "".join(pick(_START) + pick(_VOWEL) + pick(_END) for _ in range(syllables))


def _styles(chance: Random, count: int) -> str:
    rule = "#comp-{:08x}{{--bg:var(--color_{});grid-area:{}/1/{}/2;margin:0 0 {}px calc((100% - 980px)*{:.4f});\
font:normal normal normal {}px/1.4em madefor-display,sans-serif}}"
    number = chance.randint
    return "\n".join(
        rule.format(
            chance.getrandbits(32), number(1, 36), number(1, 4), number(2, 5), number(0, 90), chance.random(),
            number(11, 60),
        )
        for _ in range(count)
    )  # fmt: skip


def _frame(chance: Random) -> str:
    return f'<style data-href="main">{_styles(chance, 22)}</style>'


def _head(title: str, path: str, frame: str) -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)} | {PUBLISHER}</title>'
        f'<link rel="canonical" href="{path}"><meta property="og:site_name" content="{PUBLISHER}">'
        f'<meta property="og:title" content="{escape(title)}">{frame}</head>'
    )


def _menu() -> str:
    items = "".join(
        f'<li class="wixui-horizontal-menu__item" data-testid="menu-item"><a data-testid="linkElement" target="_self"'
        f' href="{listing(number)}">Reports {number}</a></li>'
        for number in range(1, 11)
    )
    return f'<header id="SITE_HEADER"><nav><ul><li><a href="/">Home</a></li>{items}</ul></nav></header>'


def _footer() -> str:
    return (
        f'<footer id="SITE_FOOTER"><p>{PUBLISHER} <a href="/">Home</a> <a href="/feed.xml">RSS</a>'
        ' <a href="mailto:desk@ostrel.example">Write to us</a></p></footer>'
    )


def _body(main: str) -> str:
    return (
        f'<body><div id="SITE_CONTAINER"><div id="site-root">{_menu()}<main id="PAGES_CONTAINER">{main}</main>'
        f"{_footer()}</div></div>"
    )


def _rich(identity: int, tag: str, words: str) -> str:
    return (
        f'<div id="comp-{identity:08x}" class="comp-{identity:08x} wixui-rich-text" data-testid="richTextElement">'
        f'<{tag} class="font_8 wixui-rich-text__text" style="font-size:16px; line-height:1.7em;">'
        f'<span style="font-family:avenir-lt-w01_35-light1475496,sans-serif;" class="wixui-rich-text__text">'
        f"{escape(words, quote=False)}</span></{tag}></div>"
    )


def _table(chance: Random) -> str:
    rows = ("".join(f"<td>{chance.randint(0, 9_999)}</td>" for _ in range(5)) for _ in range(8))
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"


def _data(chance: Random, language: _Language, count: int) -> str:
    """What the site builder's scripts start from: a good part of such a page, and of no use to a reader."""
    parts = {
        f"comp-{chance.getrandbits(32):08x}": {
            "isHidden": False, "html": language.sentence(), "svgId": f"{chance.getrandbits(160):040x}",
            "link": {"href": f"https://static.ostrel.example/{chance.getrandbits(128):032x}"},
        }
        for _ in range(count)
    }  # fmt: skip
    return f'<script type="application/json" id="wix-warmup-data">{json.dumps({"platform": parts})}</script>'


def _report(number: int, title: str, strange: list[str], *, frame: str, language: _Language, chance: Random) -> bytes:
    length = chance.randint(_LEAST_BYTES, _MOST_BYTES)
    head = _head(title, report(number), f'{frame}<style id="css_page">{_styles(chance, 12)}</style>')
    data = _data(chance, language, length // 4_500)
    parts = [_rich(number, "h1", title), _rich(number, "p", f"By {PUBLISHER}, {chance.randint(1, 28)} March 2024")]
    parts += [_rich(number, "p", f"{title.split(maxsplit=1)[0]} is at {chance.choice(_STAGES)}.")]
    words = length - len(head) - len(data) - len(_body("")) - _BYTES_OF_THE_REST
    while sum(map(len, parts)) < words:
        identity = chance.getrandbits(32)
        parts.append(_rich(identity, "p", language.paragraph()))
        if len(parts) % 6 == 0:
            parts.append(_rich(identity, "h2", language.sentence()[:60]))
        if len(parts) % 11 == 0:
            parts.append(_table(chance))
    wishes = "".join(f"<li><p>{escape(language.sentence(), quote=False)}</p></li>" for _ in range(3))
    parts.append(f"{_rich(number, 'p', f'{PUBLISHER} recommends:')}<ul>{wishes}</ul>")
    main = "".join(parts) + _related(number, strange, language, chance)
    return f"{head}{_body(main)}{data}</body></html>\n".encode()


def _related(number: int, strange: list[str], language: _Language, chance: Random) -> str:
    usual = [report(chance.randint(1, REPORTS)) for _ in range(_RELATED)]
    links = [*usual[:-1], f"{usual[-1]}#part-{number % 5}", *strange]
    items = "".join(f'<li><a href="{link}">{escape(language.sentence()[:50], quote=False)}</a></li>' for link in links)
    after = f'<a href="{report(number % REPORTS + 1)}" rel="next">Next</a>'
    return f'<nav aria-label="Related"><ul>{items}</ul>{after}</nav>'


def _listing(number: int, titles: list[str], frame: str) -> bytes:
    first = (number - 1) * REPORTS_A_LIST + 1
    numbers = range(first, first + REPORTS_A_LIST)
    items = "".join(f'<li><a href="{report(item)}">{escape(titles[item - 1])}</a></li>' for item in numbers)
    more = f'<a rel="next" href="{listing(number + 1)}">More</a>' if number < LISTS else ""
    main = f"<h1>Reports</h1><ul>{items}</ul>{more}"
    return f"{_head(f'Reports {number}', listing(number), frame)}{_body(main)}</body></html>\n".encode()


def _home(frame: str) -> bytes:
    main = (
        f'<h1>{PUBLISHER}</h1><p><a href="{listing(1)}">All reports</a> <a href="/private/minutes.html">Minutes</a></p>'
    )
    return f"{_head('Home', '/', frame)}{_body(main)}</body></html>\n".encode()


def _sitemap(base: str) -> bytes:
    items = "".join(f"<url><loc>{base}{report(number)}</loc></url>" for number in range(1, REPORTS + 1))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{items}</urlset>\n'
    ).encode()


def _feed(base: str, titles: list[str]) -> bytes:
    items = "".join(
        f"<item><title>{escape(title)}</title><link>{base}{report(number)}</link><guid>{number}</guid></item>"
        for number, title in enumerate(titles[:50], start=1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<rss version="2.0"><channel><title>{PUBLISHER}</title><link>{base}/</link>{items}</channel></rss>\n'
    ).encode()
