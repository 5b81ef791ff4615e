"""Words that depend on a number."""


def counted(count: int, one: str, many: str | None = None) -> str:
    """A number and its noun: "1 link", "2 links", "1,000 links"; *many* where it is not *one* with an s."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
