"""Histories: whether the versions of pages are those that their captures tell. They are derived, and no evidence."""

import sqlite3
from collections.abc import Iterator

from .. import versions
from .findings import EVERY, Finding, Work, one_line

_PAGES = "select id from page where merged_into is null order by id"


def findings(work: Work) -> Iterator[Finding]:
    """The pages whose stored versions are others than today's fonds makes of their captures.

    Somebody changed them, or an earlier fonds made them. No damage, as all of it can be made again.
    """
    pages = [number for (number,) in work.rows.all(_PAGES)]
    for place, number in enumerate(pages):
        if place % EVERY == 0:
            work.progress("histories", place, len(pages))
        try:
            captures = versions.deviation(work.rows.connection, number)
        except (sqlite3.Error, ValueError, LookupError, TypeError, AttributeError) as error:
            what = f"page {number}: its versions cannot be compared with its captures: {one_line(error)}"
            yield Finding(check="version", what=what, is_damage=False)
            continue
        if captures:
            what = f"page {number}: its versions are not those that its captures tell"
            what = f"{what}; fonds reparse {number} makes them anew"
            yield Finding(check="version", what=what, captures=captures, is_damage=False)
