"""What a source says is insignificant: rules, each a name and a pattern, and where they match.

Patterns are of RE2, which reads a text once whatever the pattern is: pages are hostile, and those who write a pattern
do not know which text it will meet. Decision 14 has the figures.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from functools import lru_cache
from typing import Annotated, Any, Literal, get_args

from msgspec import Meta

from parsers.record import BlockKind

from .declaration import expected, shown, table, that

TABLE = "insignificant"  # what such tables are called in a source file
_MOST_RULES = 50
_MOST_CHARS = 1_000  # of a pattern
# Each match may take another look at the whole rest of a text.
_MOST_STEPS = 20_000_000
FieldKind = Literal["title", "headline", "byline", "masthead", "authors", "organisation", "lead"]
Kind = BlockKind | FieldKind
KINDS = tuple(sorted(get_args(BlockKind) + get_args(FieldKind)))
# As in a record, where one sign stands for one: RE2 knows spaces of ASCII only.
_SPACES = str.maketrans(
    dict.fromkeys(
        "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " "
    )
)


def _is_name(text: str) -> bool:
    return 0 < len(text) <= 100 and text.isprintable() and text == " ".join(text.split())


def _is_line(text: str) -> bool:
    return len(text) <= 500 and text.isprintable()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What the pattern *text* matches is insignificant: it counts as no change, and is shown as ignored by *name*.

    *kinds* are the kinds of passages that it is for, all where there is none; *why* is for people.
    """

    name: Annotated[str, that(_is_name)] = field(metadata=expected("a name of 1 to 100 characters, in one line"))
    text: Annotated[str, Meta(min_length=1, max_length=_MOST_CHARS)] = field(
        metadata=expected(f"a regular expression of 1 to {_MOST_CHARS:,} characters, as RE2 has them")
    )
    kinds: Annotated[tuple[Kind, ...], Meta(max_length=len(KINDS))] = field(
        default=(), metadata=expected(f"a list of kinds of passages: {', '.join(KINDS)}")
    )
    why: Annotated[str, that(_is_line)] = field(default="", metadata=expected("one line of at most 500 characters"))

    def is_for(self, kinds: Collection[str]) -> bool:
        """Whether passages of one of these *kinds* are looked at."""
        return not self.kinds or any(kind in self.kinds for kind in kinds)

    def spans(self, text: str) -> tuple[tuple[int, int], ...]:
        """Where the pattern matches in *text*: start and end, in order, none empty and none in another.

        None at all where there are so many matches in so long a text that they cannot be found in time: then nothing is
        ignored.
        """
        return tuple(_found(self.text, text))


def pattern_mistake(text: str) -> str:
    """What is wrong with a pattern, in a few words; "" for nothing."""
    import re2  # noqa: PLC0415 -- costs start-up time

    try:
        found = _compiled(text)
    except re2.error as error:
        # The bytes of an error are those of the pattern.
        said = error.args[0] if error.args else ""
        return (said.decode(errors="replace") if isinstance(said, bytes) else str(said)) or "it cannot be read"
    return "it matches an empty text" if found.search("") else ""


def declared(found: Any, mistakes: list[str]) -> tuple[Rule, ...]:
    """The rules in the tables *found*, those without mistakes; what is wrong is added to *mistakes*, with the place."""
    if not isinstance(found, list) or len(found) > _MOST_RULES:
        mistakes.append(f"{TABLE}: found {shown(found)}, expected at most {_MOST_RULES} tables, each below [[{TABLE}]]")
        return ()
    rules = tuple(rule for place, values in enumerate(found) if (rule := _one(values, f"{TABLE}[{place}]", mistakes)))
    names = [rule.name for rule in rules]
    twice = dict.fromkeys(name for name in names if names.count(name) > 1)
    mistakes += [f"{TABLE}: found the name {shown(name)} twice, expected another one for each rule" for name in twice]
    return rules


def _one(values: Any, where: str, mistakes: list[str]) -> Rule | None:
    if not isinstance(values, Mapping):
        mistakes.append(f"{where}: found {shown(values)}, expected a table below [[{TABLE}]]")
        return None
    needed = {item.name: None for item in fields(Rule) if item.default is MISSING}
    before = len(mistakes)
    taken = table(Rule, needed | dict(values), mistakes, where=f"{where}.")
    if taken.get("text") and (wrong := pattern_mistake(taken["text"])):
        mistakes.append(
            f"{where}.text: found {shown(taken['text'])}, expected a regular expression as RE2 has them: {wrong}"
        )
    return Rule(**taken) if len(mistakes) == before else None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Any:
    import re2  # noqa: PLC0415 -- costs start-up time

    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)


def _found(pattern: str, text: str) -> Sequence[tuple[int, int]]:
    most = _MOST_STEPS // max(1, len(text))
    # A half of a surrogate pair is no UTF-8; what stands for it is one sign too.
    readable = text.translate(_SPACES).encode(errors="replace").decode()
    spans = []
    for count, match in enumerate(_compiled(pattern).finditer(readable)):
        if count >= most:
            return ()
        if match.end() > match.start():
            spans.append(match.span())
    return spans
