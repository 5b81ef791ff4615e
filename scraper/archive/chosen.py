"""The condition of a query whose filters may be left out: as SQL that the indexes still serve."""

from collections.abc import Mapping


def chosen(filters: Mapping[str, object]) -> tuple[str, list[object]]:
    """The clause "where ..." for those of *filters*, SQL with one mark by value, that have a value, and these values.

    One statement for all cases, "(:x is null or column = :x)", would read the whole table each time.
    """
    given = {sql: value for sql, value in filters.items() if value is not None}
    condition = " and ".join(given)
    return f"where {condition}" if condition else "", [*given.values()]
