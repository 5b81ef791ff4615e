"""The report: what was claimed, what was measured, and whether it holds."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

_AS = {"x": "{:.2f}x", "MB": "{:.0f} MB", "ms": "{:.3g} ms", "share": "{:.3f}", "s": "{:.2f} s"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What is claimed: *measure*, in *unit*, is at least, or at most, *must*, and better still *aim*."""

    measure: str
    bound: Literal["at least", "at most"]
    must: float
    aim: float
    unit: Literal["x", "MB", "ms", "s", "share"] = "x"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A goal with the *value* measured for it and what that comes from; None says that *basis* tells why not."""

    goal: Goal
    value: float | None
    basis: str

    @property
    def verdict(self) -> str:
        """How it stands: "aim", "must", "missed", or "not measured"."""
        if self.value is None:
            return "not measured"
        sign = 1 if self.goal.bound == "at least" else -1
        if sign * self.value >= sign * self.goal.aim:
            return "aim"
        return "must" if sign * self.value >= sign * self.goal.must else "missed"


def cpu_claim(goal: Goal, *, ours: float, theirs: float) -> Claim:
    """The claim by CPU seconds: theirs over ours where the goal says "at least", else ours over theirs."""
    value = theirs / ours if goal.bound == "at least" else ours / theirs
    return Claim(goal=goal, value=value, basis=f"{ours:.3f} CPU s against {theirs:.3f}")


def table(claims: Sequence[Claim]) -> str:
    """*claims* as a Markdown table."""
    columns = ("measure", "measured", "must", "aim", "holds", "from")
    return markdown(columns, [_row(claim) for claim in claims])


def markdown(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = (columns, ["---"] * len(columns), *rows)
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def result(claims: Sequence[Claim], parts: Mapping[str, object]) -> str:
    """The JSON text of the result file: the claims with their verdicts, and *parts* as they are."""
    told = [asdict(claim) | {"verdict": claim.verdict} for claim in claims]
    return json.dumps({"claims": told, **parts}, indent=1, default=asdict) + "\n"


def _row(claim: Claim) -> tuple[str, ...]:
    goal, shown = claim.goal, _AS[claim.goal.unit].format
    measured = "–" if claim.value is None else shown(claim.value)
    return goal.measure, measured, f"{goal.bound} {shown(goal.must)}", shown(goal.aim), claim.verdict, claim.basis
