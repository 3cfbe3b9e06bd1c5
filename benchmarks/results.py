"""What was measured when, on which machine and at which commit: ``benchmarks/results.json``.

Belongs here: the committed measurements, from which the page is made; a row measured later takes
the place of the same row at the same size. Does not belong here: how they look (``page``).
"""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Literal

import psutil
from pydantic import TypeAdapter

from benchmarks.rows import ROOT, Row

RESULTS = ROOT / "benchmarks" / "results.json"
LIBRARIES = (
    "pandas", "pyarrow", "polars", "duckdb", "numpy", "pandera", "python-calamine", "fastexcel",
    "openpyxl", "dagster", "distributed", "obstore", "nbconvert", "papermill",
)  # fmt: skip
_GIB = 2**30
_MEASURED_CODE = ("pipelines", "benchmarks/*.py", "notebooks")


@dataclass(frozen=True)
class Machine:
    """Where it was measured.

    Attributes:
        cpu: Model, as the system names it.
        cores: Cores that the process may use.
        memory_gib: Memory.
        python: Version.
        libraries: Name → version.
    """

    cpu: str
    cores: int
    memory_gib: float
    python: str
    libraries: Mapping[str, str]


@dataclass(frozen=True)
class Measurement:
    """A row with its circumstances.

    Attributes:
        module: The row module's name without its package: ``p08_report``.
        size: ``small`` or ``full``.
        row: What was measured.
        date: Day, ``2026-11-25``.
        commit: Short hash; ``+`` behind it where the code had changes not committed.
        rounds: How often each side ran.
        machine: Where.
    """

    module: str
    size: Literal["small", "full"]
    row: Row
    date: str
    commit: str
    rounds: int
    machine: Machine


_KEPT = TypeAdapter(list[Measurement])


def load(path: Path = RESULTS) -> list[Measurement]:
    """The kept measurements; none where nothing has been kept.

    Raises:
        pydantic.ValidationError: The file is not of this version of the rows.
    """
    return _KEPT.validate_json(path.read_bytes()) if path.is_file() else []


def merged(kept: Iterable[Measurement], new: Iterable[Measurement]) -> list[Measurement]:
    """Kept measurements with the new ones in the place of the same row at the same size.

    Returns:
        In the order of modules, full before small.
    """
    every = {(each.module, each.size): each for each in [*kept, *new]}
    return [every[key] for key in sorted(every)]


def save(measurements: Iterable[Measurement], path: Path = RESULTS) -> None:
    """Write the kept measurements, one change a line."""
    path.write_bytes(_KEPT.dump_json(list(measurements), indent=1) + b"\n")


def this_machine() -> Machine:
    """What this process runs on."""
    return Machine(
        cpu=_cpu_model(),
        cores=len(os.sched_getaffinity(0)),
        memory_gib=round(psutil.virtual_memory().total / _GIB, 1),
        python=platform.python_version(),
        libraries={name: version(name) for name in LIBRARIES},
    )


def this_commit() -> str:
    """Short hash of the code that is measured; empty without git."""
    head = _git("rev-parse", "--short", "HEAD")
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", *_MEASURED_CODE)
    return f"{head}+" if changed else head


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(ROOT), *arguments],  # noqa: S607 # as on the developer's PATH
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return ""  # a copy without git is measured too
    return done.stdout.strip()


def _cpu_model() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.is_file() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.machine()
