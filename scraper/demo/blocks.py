"""The body of a post as Wix's rich content viewer renders it (builds of 2025): one report as viewer blocks."""

import json
import re
from collections.abc import Iterable, Iterator
from html import escape

from .build import Build, block_key
from .report import Report

_INLINE = re.compile(r"\[(?P<words>[^\]]+)\]\((?P<href>[^)]+)\)|\*\*(?P<strong>[^*]+)\*\*|\*(?P<em>[^*]+)\*")


def report_blocks(report: Report, build: Build) -> str:
    """The blocks of *report* in order, each followed by the viewer's empty marker that names its type."""
    numbered = enumerate(_blocks(report, build), start=1)
    rendered = "".join(
        f'<div data-breakout="normal">{markup}</div><div type="{kind}" data-hook="rcv-block{number}"></div>'
        for number, (kind, markup) in numbered
    )
    return (
        f'<div type="first" data-hook="rcv-block-first"></div><div class="{build.css("blocks")}">{rendered}</div>'
        '<div type="last" data-hook="rcv-block-last"></div>'
    )


def inline(text: str, build: Build) -> str:
    """*text* with its links and emphasis as the viewer's spans.

    The first run is cut in two spans in the middle, wherever that falls, as happens to text that was retyped.
    """
    parts: list[str] = []
    end = 0
    for match in _INLINE.finditer(text):
        parts += [_run(text[end : match.start()], cut=not parts), _marked(match, build)]
        end = match.end()
    return "".join([*parts, _run(text[end:], cut=not parts)])


def _blocks(report: Report, build: Build) -> Iterator[tuple[str, str]]:
    yield "image", _figure(report, build)
    yield _empty(report, build, "above")
    yield ("paragraph" if report.title_tag == "p" else "heading"), _line(report, build, report.title, report.title_tag)
    for line in (report.dated, report.byline):
        yield "paragraph", _line(report, build, line)
    for paragraph in report.paragraphs:
        yield _empty(report, build, paragraph)
        yield "paragraph", _line(report, build, paragraph)
    yield _empty(report, build, "assessment")
    for line in report.assessment:
        yield "paragraph", _line(report, build, line)
    yield _empty(report, build, "recommendations")
    yield "paragraph", _line(report, build, "Vesper Watch recommends:\u00a0")
    yield "bulleted-list", _list(report, build, report.recommendations)
    yield _empty(report, build, "below")


def _figure(report: Report, build: Build) -> str:
    photograph = report.photograph
    key = block_key(report.slug, photograph.image)
    words = escape(f"{photograph.caption} [{photograph.credit}]")
    info = {
        "containerId": key,
        "alignType": "center",
        "displayMode": "fill",
        "isLQIP": True,
        "isSEOBot": False,
        "lqipTransition": "blur",
        "encoding": "AVIF",
        "imageData": {
            "width": photograph.width,
            "height": photograph.height,
            "uri": photograph.image,
            "name": "",
            "displayMode": "fill",
        },
    }
    return (
        f'<div class="{build.css("plugin")}" id="viewer-{key}"><div class="{build.css("plugin-size", "center")}">'
        f'<figure class="{build.css("figure")}" data-hook="figure-IMAGE">'
        f'<div data-hook="image-viewer" class="{build.css("image-viewer")}">'
        f'<div style="--dim-height:{photograph.height};--dim-width:{photograph.width}" id="{key}"'
        f' class="{build.css("image", "rounded")}" data-hook="image-viewer-{key}">'
        f'<wow-image id="{photograph.image}" class="undefined {build.css("wow")}"'
        f' data-image-info="{escape(json.dumps(info, separators=(",", ":")))}" data-motion-part="BG_IMG {key}"'
        ' data-bg-effect-name="" data-has-ssr-src="true" data-animate-blur="" data-is-responsive="true">'
        f'<img src="{build.placeholder(photograph.image)}" alt="{escape(photograph.caption)}"'
        ' style="width:100%;height:100%;object-fit:cover;object-position:50% 50%"'
        f' data-pin-media="{build.rendition(photograph.image, photograph.width, photograph.height)}"/>'
        f'</wow-image></div><button class="{build.css("expand")}" type="button" data-hook="image-expand-button"'
        ' aria-label="Expand image"><svg viewBox="0 0 19 19"><path d="M15 8V4l-4 4-1-1 4-4h-3V2h5v6z"></path></svg>'
        f'</button></div><figcaption class="{build.css("caption-box")}"><div id="viewer-{key}-caption">'
        f'<span class="{build.css("caption")}" dir="auto">{words}</span></div></figcaption></figure></div></div>'
    )


def _line(report: Report, build: Build, text: str, tag: str = "p") -> str:
    return (
        f'<{tag} class="{build.css(f"block-{tag}", "text", "align")}" dir="auto"'
        f' id="viewer-{block_key(report.slug, text)}"><span class="{build.css("line")}">{inline(text, build)}</span>'
        f"</{tag}>"
    )


def _empty(report: Report, build: Build, before: str) -> tuple[str, str]:
    key = block_key(report.slug, f"empty line at {before}")
    markup = (
        f'<div class="{build.css("block-p", "text", "align")}" dir="auto" id="viewer-{key}">'
        f'<span class="{build.css("line")}"><br role="presentation"/></span></div>'
    )
    return "empty-line", markup


def _list(report: Report, build: Build, items: Iterable[str]) -> str:
    rendered = "".join(
        f'<li dir="auto" class="{build.css("item")}" aria-level="1">{_line(report, build, item)}</li>' for item in items
    )
    return f'<ul class="{build.css("list")}" dir="auto">{rendered}</ul>'


def _run(text: str, *, cut: bool) -> str:
    middle = len(text) // 2 if cut else 0
    return "".join(f"<span>{escape(part, quote=False)}</span>" for part in (text[:middle], text[middle:]) if part)


def _marked(match: re.Match[str], build: Build) -> str:
    if match["href"]:
        return (
            f'<a href="{escape(match["href"])}" target="_blank" rel="noopener noreferrer" data-hook="web-link"'
            f' class="{build.css("link")}"><span style="text-decoration:underline">{_run(match["words"], cut=False)}'
            "</span></a>"
        )
    if match["strong"]:
        return f'<strong style="font-weight:700">{_run(match["strong"], cut=False)}</strong>'
    return f'<em style="font-style:italic">{_run(match["em"], cut=False)}</em>'
