"""Two ways to do one piece of work, timed in turn, each in a process of its own.

Belongs here: interleaving, medians, memory peaks. Does not belong here: what is timed.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

_MIB = 1024  # ru_maxrss counts kibibytes on Linux


@dataclass(frozen=True)
class Side:
    """What the rounds of one side gave.

    Attributes:
        seconds: Median wall time of the work itself; start and imports are not in it.
        peak_mib: Largest memory of the process and of any of its children.
        result: What the last round returned (hashes, counts, the times of its stages).
        cpu_seconds: Median user and system time of the work, of the process and of its children;
            what to compare on a machine that others use.
    """

    seconds: float
    peak_mib: float
    result: Mapping[str, object]
    cpu_seconds: float = 0.0


def compare(module: str, names: Sequence[str], arguments: Sequence[str], rounds: int) -> list[Side]:
    """Run each side so many times, in turn, and take medians.

    Args:
        module: A module with a ``SIDES`` dict of functions that take the arguments.
        names: Keys of ``SIDES``.
        arguments: Passed on.
        rounds: How often each side runs.

    Raises:
        subprocess.CalledProcessError: A side failed.
    """
    seen: dict[str, list[dict[str, object]]] = {name: [] for name in names}
    for _ in range(rounds):
        for name in names:
            command = [sys.executable, "-m", "benchmarks.sides", module, name, *arguments]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
            seen[name].append(json.loads(done.stdout.splitlines()[-1]))
    return [_side(seen[name]) for name in names]


def _side(runs: Sequence[Mapping[str, object]]) -> Side:
    seconds = statistics.median(float(str(run["seconds"])) for run in runs)
    spent = statistics.median(float(str(run["cpu_seconds"])) for run in runs)
    peak = max(float(str(run["peak_mib"])) for run in runs)
    result = runs[-1]["result"]
    return Side(seconds, peak, result if isinstance(result, dict) else {}, spent)


def _cpu_seconds() -> float:
    return sum(os.times()[:4])


def report(given: Sequence[str]) -> None:
    """Do one side's work in this process and print what ``compare`` reads.

    Args:
        given: Module, key of its ``SIDES``, arguments. The module is imported here, so that
            worker processes, which import the main module again, need not import it.
    """
    module, name, *arguments = given
    sides: Mapping[str, Callable[..., Mapping[str, object]]] = importlib.import_module(module).SIDES
    spent, began = _cpu_seconds(), time.perf_counter()
    result = sides[name](*arguments)
    seconds, spent = time.perf_counter() - began, _cpu_seconds() - spent
    peaks = [
        resource.getrusage(who).ru_maxrss / _MIB
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    measured = {"seconds": seconds, "cpu_seconds": spent, "peak_mib": max(peaks)}
    print(json.dumps(measured | {"result": result}))


if __name__ == "__main__":
    report(sys.argv[1:])
