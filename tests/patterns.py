"""Every regular expression of a package on a megabyte of its worst input; run as a program, it prints those too slow.

The patterns are found in the source, so that none is forgotten; their worst inputs are made from their own structure:
what stands before a repetition, and what it repeats, over and over, then a sign that it cannot end with.
"""

import ast
import json
import random
import re
import re._constants as sre
import re._parser as sre_parser
import resource
import signal
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from time import process_time
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
MEGABYTE = 1_000_000
SAMPLE = 4_096  # enough to tell what is quadratic from what is not
USES = {
    "compile": "", "search": "finditer", "finditer": "finditer", "findall": "finditer", "sub": "finditer",
    "subn": "finditer", "split": "finditer", "match": "match", "fullmatch": "fullmatch",
}  # fmt: skip
# How much longer than a plain look for words a pattern may take, and the least that can be told from noise. One of
# hundreds of words takes 25 times as long and goes back over nothing; one that goes back takes thousands of times.
RATIO, LEAST_S = 40, 0.5
_MOST_INPUTS = 120
_MOST_OF_A_SAMPLE_S = 0.03
# Inputs that no structure tells: what pages, addresses and dates are made of.
CATALOGUE = (
    " ", "\n", "\t", "a", "A", "0", "1", "<", ">", "&", '"', "'", "-", ".", ",", "/", "=", ";", ":", "é", "\0", "\x80",
    "a ", "a.", "A ", "a-", "a,", "1 ", "1.", "1/", "12 ", "2024-", "&amp;", "<a ", "<!--", "-->", "<a>", "</", "<p><",
    "http://", "a@", "A. ", "(", ")", "[", "](", "**", "* a", "| ", "|a", "a\n", "\n\n", "May ", "By ", "\r\n",
)  # fmt: skip


@dataclass
class Found:
    """A pattern, where it stands, the methods it is used by ("" for any), and how many signs it gets at most."""

    pattern: re.Pattern[Any]
    places: list[str] = field(default_factory=list)
    uses: set[str] = field(default_factory=set)
    reach: int = MEGABYTE


# ---- finding them


def found_in(package: str, made: dict[str, list[str]], ours: Iterable[str]) -> list[Found]:
    """All patterns of *package* but in the modules *ours*, which see no foreign text.

    *made* has examples of those that are compiled while it runs, by module and source.
    """
    patterns: dict[tuple[object, int], Found] = {}
    unknown = []
    for path in sorted((PROJECT / package).rglob("*.py")):
        name = ".".join(path.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__")
        if name.startswith(tuple(ours)):
            continue
        module, tree = import_module(name), ast.parse(path.read_text(encoding="utf-8"))
        held = {id(pattern): pattern for pattern in _held(vars(module))}
        calls = list(_calls(tree))
        for call in calls:
            source = ast.unparse(call.args[0])
            try:
                values: Iterable[Any] = (eval(source, vars(module)),)  # noqa: S307 -- our own source
            except NameError:
                values = made.get(f"{name}: {source}", ())
                if not values and not held:
                    unknown.append(f"{name}:{call.lineno}: {source}")
            flags = call.keywords[0].value if call.keywords else call.args[-1]
            number = int(eval(ast.unparse(flags), vars(module))) if "re." in ast.unparse(flags) else 0  # noqa: S307
            for value in values:
                compiled = re.compile(value, number)
                one = patterns.setdefault((compiled.pattern, compiled.flags), Found(compiled))
                one.places.append(f"{name}:{call.lineno}")
                one.uses.add(USES[_method(call)] or _use_of(call, tree))
        for pattern in held.values():
            one = patterns.setdefault((pattern.pattern, pattern.flags), Found(pattern))
            if not one.places:
                one.places.append(name)
                one.uses.add("")
    if unknown:
        raise SystemExit(f"made while it runs, and no example given: {unknown}")
    return list(patterns.values())


def _method(call: ast.Call) -> str:
    assert isinstance(call.func, ast.Attribute)
    return call.func.attr


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr=method)) if method in USES:
                yield node
            case ast.ImportFrom(module="re"):
                raise SystemExit("`from re import` hides patterns from this test")


def _use_of(call: ast.Call, tree: ast.AST) -> str:
    """The method by which what *call* compiles is used, where it has a name and is used by one that is anchored."""
    names = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and node.value is call
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    methods = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in names
    }
    return methods.pop() if len(methods) == 1 and methods <= {"match", "fullmatch"} else ""


def _held(value: object, depth: int = 4) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth and isinstance(value, dict):
        for name, item in value.items():
            if not str(name).startswith("__"):
                yield from _held(item, depth - 1)
    elif depth and isinstance(value, (list, tuple, set, frozenset)):
        for item in value:
            yield from _held(item, depth - 1)
    elif depth and is_dataclass(value) and not isinstance(value, type):
        for part in fields(value):
            yield from _held(getattr(value, part.name, None), depth - 1)


# ---- what they look for


def _text(items: Iterable[tuple[Any, Any]], chance: random.Random) -> str:
    """A text that parsed *items* match, or nearly do."""
    return "".join(_one(operator, argument, chance) for operator, argument in items)


def _one(operator: Any, argument: Any, chance: random.Random) -> str:
    match str(operator):
        case "LITERAL":
            return chr(argument)
        case "NOT_LITERAL":
            return "a" if argument != ord("a") else "b"
        case "ANY":
            return "a"
        case "IN":
            return _member(argument, chance)
        case "BRANCH":
            return _text(chance.choice(argument[1]), chance)
        case "SUBPATTERN":
            return _text(argument[3], chance)
        case "ATOMIC_GROUP":
            return _text(argument, chance)
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            return _text(argument[2], chance) * max(1, argument[0])
    return ""


_CATEGORY = {"DIGIT": "7", "NOT_DIGIT": "x", "SPACE": " ", "NOT_SPACE": "x", "WORD": "w", "NOT_WORD": "-"}


def _member(members: list[tuple[Any, Any]], chance: random.Random) -> str:
    """A sign of a class."""
    if str(members[0][0]) == "NEGATE":
        inside = re.compile(_class(members))
        return next((sign for sign in "a 1-<\n.é\x01" if inside.fullmatch(sign)), "a")
    operator, argument = chance.choice(members)
    match str(operator):
        case "RANGE":
            return chr(argument[0])
        case "CATEGORY":
            return _CATEGORY[str(argument).removeprefix("CATEGORY_")]
    return chr(argument)


def _class(members: list[tuple[Any, Any]]) -> str:
    parts = []
    for operator, argument in members[1:]:
        match str(operator):
            case "RANGE":
                parts.append(f"{re.escape(chr(argument[0]))}-{re.escape(chr(argument[1]))}")
            case "CATEGORY":
                name = str(argument).removeprefix("CATEGORY_")
                letter = {"DIGIT": "d", "SPACE": "s", "WORD": "w"}[name.removeprefix("NOT_")]
                parts.append("\\" + (letter.upper() if name.startswith("NOT_") else letter))
            case _:
                parts.append(re.escape(chr(argument)))
    return f"[^{''.join(parts)}]"


def _stems(items: Iterable[tuple[Any, Any]], before: str, chance: random.Random) -> Iterator[tuple[str, str]]:
    """What stands before each part of a pattern, and the part: at every depth."""
    for operator, argument in items:
        yield before, _one(operator, argument, chance)
        match str(operator):
            case "BRANCH":
                for branch in argument[1]:
                    yield from _stems(branch, before, chance)
            case "SUBPATTERN":
                yield from _stems(argument[3], before, chance)
            case "ATOMIC_GROUP":
                yield from _stems(argument, before, chance)
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                yield from _stems(argument[2], before, chance)
            case "ASSERT" | "ASSERT_NOT":
                yield from _stems(argument[1], before, chance)
        before += _one(operator, argument, chance)


def shapes(pattern: re.Pattern[Any]) -> list[tuple[str, str, str]]:
    """Inputs as what they begin with, what they repeat and what they end with; the same each time."""
    chance = random.Random(1)
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    parsed = sre_parser.parse(source, pattern.flags & ~sre.SRE_FLAG_UNICODE)
    stems = list(dict.fromkeys(stem for _ in range(3) for stem in _stems(parsed, "", chance)))
    chance.shuffle(stems)
    made = dict.fromkeys([("", unit, end) for unit in CATALOGUE for end in ("", "\x01")])
    for before, part in stems:
        whole = before + part
        for shape in (
            ("", whole, "\x01"), (before, part, "\x01"), ("", whole + " ", ""), ("", before, part),
            (whole, " ", "\x01"), (whole, "a", "\x01"), ("", part + " ", "\x01"),
            (before, part + "a", "\x01"), ("", "a" + whole, ""),
        ):  # fmt: skip
            made[shape] = None
    for (before, part), (_, other) in pairwise(stems):
        made[(before, part + other, "\x01")] = None
    kept = [shape for shape in made if shape[1]]
    head = len(CATALOGUE) * 2
    return [*kept[:head], *chance.sample(kept[head:], min(len(kept) - head, _MOST_INPUTS))]


def inflated(shape: tuple[str, str, str], size: int, pattern: re.Pattern[Any]) -> Any:
    """An input of *size* signs, of the type that *pattern* reads."""
    start, unit, end = shape
    text = start + unit * (max(1, size - len(start) - len(end)) // len(unit)) + end
    return text if isinstance(pattern.pattern, str) else text.encode("latin-1", "replace")


# ---- how long they take


class _TooLong(Exception):
    pass


def _give_up(*_: object) -> None:
    raise _TooLong


def spent(found: Found, text: Any, most_s: float, times: int = 1) -> float:
    """CPU seconds that the pattern takes for *text* by the ways it is used, *times* over; infinite past *most_s*."""
    ways = {use for use in found.uses if use} or {"finditer", "fullmatch"}
    start = process_time()
    signal.setitimer(signal.ITIMER_PROF, most_s)
    try:
        try:
            for _ in range(times):
                if "finditer" in ways or "" in found.uses:
                    deque(found.pattern.finditer(text), maxlen=0)
                if "match" in ways:
                    found.pattern.match(text)
                if "fullmatch" in ways or "" in found.uses:
                    found.pattern.fullmatch(text)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
    except _TooLong:  # which may also come just before the timer is stopped
        return float("inf")
    return process_time() - start


def spent_on_a_megabyte(found: Found, shape: tuple[str, str, str], most_s: float) -> float:
    """CPU seconds for inputs of the given shape that have a million signs together."""
    return spent(found, inflated(shape, found.reach, found.pattern), most_s, MEGABYTE // found.reach)


def worst(found: Found, count: int) -> list[tuple[str, str, str]]:
    """The shapes that cost the pattern most at a small size, and of these at a larger one."""
    chosen = shapes(found.pattern)
    for size, most in ((SAMPLE, 6 * count), (4 * SAMPLE, count)):
        cost: dict[tuple[str, str, str], float] = {}
        for shape in chosen:
            cost[shape] = spent(found, inflated(shape, min(size, found.reach), found.pattern), _MOST_OF_A_SAMPLE_S)
            if list(cost.values()).count(float("inf")) == most:
                break  # none can be worse
        chosen = sorted(cost, key=lambda shape: cost[shape], reverse=True)[:most]
    return chosen


def _bound_s() -> float:
    """CPU seconds that a megabyte may cost on this machine as it is now."""
    words = Found(re.compile(r"\w+"), uses={"finditer"})
    return max(LEAST_S, RATIO * min(spent(words, "word " * (MEGABYTE // 5), 60) for _ in range(3)))


def _is_slow(found: Found, shape: tuple[str, str, str], bound_s: float) -> bool:
    """Whether a megabyte takes too long, each of three times: what else the machine does may slow one of them."""
    part = inflated(shape, min(4 * SAMPLE, found.reach), found.pattern)
    if all(spent(found, part, _MOST_OF_A_SAMPLE_S) == float("inf") for _ in range(3)):
        return True  # a sixtieth of it does already
    for _ in range(3):
        if spent_on_a_megabyte(found, shape, bound_s) <= bound_s:
            return False
        bound_s = _bound_s()
    return True


def slow_ones(patterns: Iterable[Found], count: int) -> tuple[dict[str, str], int]:
    """The *patterns* that take too long for a megabyte of one of their *count* worst inputs, and how many it were."""
    slow, tried, bound = {}, 0, _bound_s()
    for one in patterns:
        for shape in worst(one, count):
            tried += 1
            if _is_slow(one, shape, bound):
                slow[f"{' '.join(one.places[:1])} {one.pattern.pattern!r:.90}"] = f"{shape!r:.200}"
                break
    return slow, tried


if __name__ == "__main__":
    # One argument, as JSON: the package, which part of how many parts, how many inputs, and what is made as it runs.
    resource.setrlimit(resource.RLIMIT_CPU, (3_600, 3_600))
    signal.signal(signal.SIGPROF, _give_up)
    sys.path.insert(0, str(PROJECT))
    asked = json.loads(sys.argv[1])
    if "patterns" in asked:
        found = [Found(re.compile(source)) for source in asked["patterns"]]
    else:
        found = found_in(asked["package"], asked["made"], asked["ours"])[asked["part"] :: asked["parts"]]
        for one in found:
            reaches = [reach for source, reach in asked["short"].items() if source in str(one.pattern.pattern)]
            one.reach = min([one.reach, *reaches])
    slow, tried = slow_ones(found, asked["count"])
    sys.stdout.write(json.dumps({"patterns": len(found), "inputs": tried, "slow": slow}))
