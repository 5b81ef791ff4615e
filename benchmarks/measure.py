"""What a command costs: CPU seconds and peak memory of a whole process, contestants alternated in rounds."""

import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from threading import Timer
from typing import TypeVar

_LIMIT_S = 600.0
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one run of a command took: *cpu_s* in user and system mode, of the process and those it waited for.

    *peak_mb* is the most memory it had resident, in MB of a million bytes. Less than this process has itself is never
    told: the system counts from before the command replaced a copy of it.
    """

    cpu_s: float
    wall_s: float
    peak_mb: float
    code: int


def run(command: Sequence[str], *, folder: Path, environment: Mapping[str, str]) -> Cost:
    """The cost of *command* in *folder*, where its output is kept as out.txt and err.txt; it is ended after 600 s."""
    begun = time.monotonic()
    with (
        (folder / "out.txt").open("wb") as out,
        (folder / "err.txt").open("wb") as err,
        subprocess.Popen(  # noqa: S603 -- our own commands
            command, cwd=folder, env=dict(environment), stdin=subprocess.DEVNULL, stdout=out, stderr=err
        ) as process,
    ):
        limit = Timer(_LIMIT_S, process.kill)
        limit.start()
        try:
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        except BaseException:
            process.kill()
            raise
        finally:
            limit.cancel()
    return Cost(
        cpu_s=used.ru_utime + used.ru_stime,
        wall_s=time.monotonic() - begun,
        peak_mb=used.ru_maxrss * 1024 / 1e6,
        code=process.returncode,
    )


def alternated(contestants: Mapping[str, Callable[[], _T]], rounds: int) -> dict[str, list[_T]]:
    """What each contestant gave in each round: one after the other, in reverse order in every second round.

    A machine that slows down or speeds up while it measures then does so for all alike.
    """
    found: dict[str, list[_T]] = {name: [] for name in contestants}
    for number in range(rounds):
        for name in list(contestants) if number % 2 == 0 else reversed(list(contestants)):
            found[name].append(contestants[name]())
    return found


def median_cpu(costs: Sequence[Cost]) -> float:
    """The median of the CPU seconds of *costs*."""
    return median(cost.cpu_s for cost in costs)


def greatest_peak(costs: Sequence[Cost]) -> float:
    """The most memory any of *costs* had, in MB."""
    return max(cost.peak_mb for cost in costs)
