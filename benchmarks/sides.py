"""Two ways to do one piece of work, timed in turn, each in a process of its own.

Belongs here: interleaving, medians, memory peaks. Does not belong here: what is timed.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import psutil

_MIB = 1024  # ru_maxrss counts kibibytes on Linux
_LOOK_SECONDS = 0.1


@dataclass(frozen=True)
class Side:
    """What the rounds of one side gave.

    Attributes:
        seconds: Median wall time of the work itself; start and imports are not in it.
        peak_mib: Largest memory of the process and all its workers together, pages they share
            counted once.
        result: What the last round returned (hashes, counts, the times of its stages).
        cpu_seconds: Median user and system time of the work, workers included with their start;
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
            seen[name].append(_watched(command))
    return [_side(seen[name]) for name in names]


def _watched(command: Sequence[str]) -> dict[str, object]:
    """Run a side; what it reports, with the memory and time of its workers.

    Workers of a fork server are nobody's children when they end: the system's own sums miss them.
    """
    memory, spent = 0.0, dict[int, float]()
    # a file takes whatever a side prints; a pipe would stop it when full
    with tempfile.TemporaryFile() as out:
        with subprocess.Popen(command, stdout=out) as running:
            main = psutil.Process(running.pid)
            while running.poll() is None:
                memory = max(memory, _look(main, spent))
                time.sleep(_LOOK_SECONDS)
        out.seek(0)
        printed = out.read()
    if running.returncode:
        raise subprocess.CalledProcessError(running.returncode, command)
    told: dict[str, object] = json.loads(printed.splitlines()[-1])
    workers = max(sum(spent.values()), float(str(told["children_seconds"])))
    told["cpu_seconds"] = float(str(told["own_seconds"])) + workers
    told["peak_mib"] = max(float(str(told["peak_mib"])), memory)
    return told


def _look(main: psutil.Process, spent: dict[int, float]) -> float:
    """MiB that the process and its descendants hold now; the descendants' time so far."""
    held = 0
    with contextlib.suppress(psutil.NoSuchProcess):
        held += main.memory_full_info().pss
        for process in main.children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
                held += process.memory_full_info().pss
                times = process.cpu_times()
                spent[process.pid] = times.user + times.system
    return held / _MIB**2


def _side(runs: Sequence[Mapping[str, object]]) -> Side:
    seconds = statistics.median(float(str(run["seconds"])) for run in runs)
    spent = statistics.median(float(str(run["cpu_seconds"])) for run in runs)
    peak = max(float(str(run["peak_mib"])) for run in runs)
    result = runs[-1]["result"]
    return Side(seconds, peak, result if isinstance(result, dict) else {}, spent)


def report(given: Sequence[str]) -> None:
    """Do one side's work in this process and print what ``compare`` reads.

    Args:
        given: Module, key of its ``SIDES``, arguments. The module is imported here, so that
            worker processes, which import the main module again, need not import it.
    """
    module, name, *arguments = given
    sides: Mapping[str, Callable[..., Mapping[str, object]]] = importlib.import_module(module).SIDES
    before, began = os.times(), time.perf_counter()
    result = sides[name](*arguments)
    seconds, after = time.perf_counter() - began, os.times()
    told = {
        "seconds": seconds,
        "own_seconds": sum(after[:2]) - sum(before[:2]),
        "children_seconds": sum(after[2:4]) - sum(before[2:4]),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MIB,
        "result": result,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    report(sys.argv[1:])
