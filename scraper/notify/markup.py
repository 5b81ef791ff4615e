"""The beginning of a report as HTML for feeds: a few plain elements, every text escaped."""

from html import escape
from itertools import islice

from parsers.record import Record

from ..diff.summary import fact_name
from ..terminal import printable
from ..wording import counted

_MOST_FACTS = 60
_BEGINNING = 1_200  # characters of a first version


def beginning_html(record: Record) -> str:
    """How a report begins, with its facts."""
    facts = [f"<li>{_text(fact_name(fact))}</li>" for fact in islice(record.facts, _MOST_FACTS)]
    if len(record.facts) > _MOST_FACTS:
        facts.append(f"<li>… {counted(len(record.facts) - _MOST_FACTS, 'more fact')}</li>")
    parts = [f"<p><strong>Facts</strong></p>\n<ul>{''.join(facts)}</ul>"] if facts else []
    left = _BEGINNING
    paragraphs = []
    for block in record.blocks:
        if left <= 0:
            paragraphs.append("<p>…</p>")
            break
        if block.text:
            paragraphs.append(f"<p>{_text(block.text[:left])}{'…' if len(block.text) > left else ''}</p>")
            left -= len(block.text)
    return "\n".join([*parts, *paragraphs])


def paragraph(text: str) -> str:
    """*text* as a paragraph."""
    return f"<p>{_text(text)}</p>"


def _text(text: str) -> str:
    return escape(printable(text))
