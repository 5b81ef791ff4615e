"""What can go wrong in a parser.

ParserError
 +-- UnreadableBody     no text can be had from these bytes, or no parser reads this media type
 |    +-- MissingLibrary   a library that reads it is not installed
 +-- TooComplex         refused before a tree was built: too large, too deep, too many attributes
 +-- ParserStopped      more CPU time or memory than a page may cost, or a crash; its process was ended
 +-- ParserFailed       a mistake in a parser
 +-- RuleError          a mistake in the rules of a site: a selector that is none, a field of the wrong kind
 +-- LayoutError        the page is not what its layout promises
      +-- UnknownLayout    no layout of the site recognises the markup
      +-- AmbiguousLayout  more than one does
      +-- FieldError       a required field is missing, or matched more often than it should
      +-- DoubtfulBody     the report seems to stand elsewhere than a layout says
"""


class ParserError(Exception):
    """The root of all errors raised by this package."""


class UnreadableBody(ParserError):
    """No text can be had from the body. *found* says what it looked like instead."""

    def __init__(self, message: str, *, found: str) -> None:
        super().__init__(message)
        self.found = found


class MissingLibrary(UnreadableBody):
    """What would read the body is not installed; elsewhere it can be read."""


class TooComplex(ParserError):
    """The body is over a bound, mostly of `parsers.guard`; *bound* names it, *found* is the count reached."""

    def __init__(self, *, bound: str, limit: int, found: int) -> None:
        super().__init__(f"body over the bound: {bound} {found:,}, at most {limit:,}")
        self.bound = bound
        self.limit = limit
        self.found = found


class ParserStopped(ParserError):
    """The process that parsed the page was ended by a bound, or crashed."""


class ParserFailed(ParserError):
    """A mistake in a parser: what it raised, and where."""

    @classmethod
    def of(cls, error: Exception) -> "ParserFailed":
        """The mistake behind *error*, with the line that raised it."""
        place = error.__traceback__
        while place and place.tb_next:
            place = place.tb_next
        where = f" ({place.tb_frame.f_globals.get('__name__')}, line {place.tb_lineno})" if place else ""
        return cls(f"the parser failed: {type(error).__name__}: {error}{where}")


class RuleError(ParserError):
    """A mistake in the rules of a site. *where* is the layout, site or module, *field* the field; "" until it is known.

    Only who writes the rules can mend it, so it is no LayoutError: nothing is read in place of what was meant.
    """

    def __init__(self, *, found: str, expected: str, field: str = "", where: str = "") -> None:
        super().__init__(found, expected)
        self.found = found
        self.expected = expected
        self.field = field
        self.where = where

    def __str__(self) -> str:
        """The place as far as it is known, what was found and what expected."""
        return ": ".join(filter(None, (self.where, self.field, f"found {self.found}, expected {self.expected}")))


class LayoutError(ParserError):
    """The page is not what a layout promises; the parser is unsure and says so."""


class UnknownLayout(LayoutError):
    """No layout of *site* recognises the markup."""

    def __init__(self, *, site: str) -> None:
        super().__init__(f"no layout of site '{site}' recognises this page")
        self.site = site


class AmbiguousLayout(LayoutError):
    """Several layouts recognise the markup; exactly one should."""

    def __init__(self, *, layouts: tuple[str, ...]) -> None:
        super().__init__(f"{len(layouts)} layouts recognise this page, expected 1: {', '.join(layouts)}")
        self.layouts = layouts


class FieldError(LayoutError):
    """A selector matched another number of elements than its rule demands."""

    def __init__(self, selector: str, *, found: int, expected: str) -> None:
        super().__init__(f"'{selector}' matched {found} elements, expected {expected}")
        self.selector = selector
        self.found = found
        self.expected = expected


class DoubtfulBody(LayoutError):
    """Less than half of the page's prose stands where the layout says that the report does; both are in characters."""

    def __init__(self, *, inside: int, found: int) -> None:
        super().__init__(f"the body holds {inside:,} characters of prose, the page {found:,}; expected most of them")
        self.inside = inside
        self.found = found
