"""What a difference changes, field by field: title, dates, people, facts."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple


class FieldRow(NamedTuple):
    """A field or a fact as text *before* and *after*, None where it is not there.

    *path* is the field (published, authors, lead/caption), or the kind of a fact with what names it: stage/9,
    country/XY, alert/2, entry/Velmora. What is asked for has no name, so that its path is recommendation alone.
    """

    path: str
    before: str | None
    after: str | None


def field_rows(detail: Mapping[str, Any]) -> list[FieldRow]:
    """The fields and facts that the difference *detail* changes (`Changes.to_dict()`, {} where it has none)."""
    fields = [
        FieldRow(path=change["path"].removeprefix("/"), before=_text(change["before"]), after=_text(change["after"]))
        for change in detail.get("fields", ())
    ]
    return [*fields, *(row for change in detail.get("facts", ()) for row in _fact_rows(change))]


def _fact_rows(change: Mapping[str, Any]) -> Iterator[FieldRow]:
    """A fact that goes by another name now is one that is gone, and another one."""
    before, after = change["before"], change["after"]
    if before and after and _path(before) == _path(after):
        yield FieldRow(_path(after), _said(before), _said(after))
        return
    if before:
        yield FieldRow(_path(before), _said(before), None)
    if after:
        yield FieldRow(_path(after), None, _said(after))


def _path(fact: Mapping[str, Any]) -> str:
    match fact["kind"]:
        case "stage":
            return f"stage/{fact['number']}"
        case "country":
            return f"country/{fact['iso'] or fact['name']}"
        case "alert":
            return f"alert/{fact['level']}"
        case "entry":
            return f"entry/{fact['subject']}"
        case kind:
            return str(kind)


def _said(fact: Mapping[str, Any]) -> str:
    """All that the fact says besides what is in its path."""
    match fact["kind"]:
        case "stage":
            doubt = "" if fact["agrees"] else "number and name disagree"
            parts = [fact["name"], fact["model"], doubt]
        case "country":
            parts = [fact["name"], "a former country" if fact["former"] else ""]
        case "entry":
            level = "" if fact["level"] is None else str(fact["level"])
            parts = [fact["report"], level, fact["iso"], fact["published"], fact["target"]]
        case "recommendation":
            return f"{fact['text']} ({', '.join(fact['addressees'])})" if fact["addressees"] else str(fact["text"])
        case _:
            parts = [fact["name"]]
    return ", ".join(filter(None, parts))


def _text(value: Any) -> str | None:
    """A field as text: names one after the other, of a figure its picture and its words."""
    if isinstance(value, Mapping):
        return "; ".join(filter(None, (value["image"], value["caption"], value["credit"])))
    return "; ".join(value) if isinstance(value, list | tuple) else value
