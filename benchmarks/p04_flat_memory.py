"""P4: memory to judge and write a register does not grow with it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.p02_registers import PATH
from benchmarks.registers import NAME, write_apart
from benchmarks.rows import Check, Given, Own, Row, lines_of
from benchmarks.sides import compare
from benchmarks.workload import PERIOD
from pipelines.catalogue.load import load_catalogue
from pipelines.orchestration.bulk_register import take_register

_GOAL, _MORE_MIB = 1.2, 400.0


def row(given: Given) -> Row:
    """Two registers, one ten times the other, each read, judged and written."""
    small, large = given.sized((500_000, 5_000_000), (5_000_000, 50_000_000))
    files = [
        write_apart(given.scratch / f"{name}.parquet", rows, 0.01)
        for name, rows in (("small", small), ("large", large))
    ]
    arguments = [str(file) for file in files]
    less, more = compare(__name__, ["small", "large"], arguments, min(given.rounds, 3))
    peaks = [float(str(side.result["peak_mib"])) for side in (less, more)]
    imports = float(str(more.result["imports_mib"]))
    return Row(
        id="P4",
        size=f"{small:,} and {large:,} rows".replace(",", ".") + ", read, judged, written",
        checks=(
            Check("peak", peaks[1] / peaks[0], _GOAL, "×"),
            Check("over imports", peaks[1] - imports, _MORE_MIB, "MiB"),
        ),
        seconds=more.seconds,
        cpu_seconds=more.cpu_seconds,
        peak_mib=peaks[1],
        output=str(more.result["hash"]),
        fast_path=lines_of(*PATH, "pipelines/warehouse/parts.py"),
        notes=(
            f"Small: {less.seconds:.1f} s, peak {less.peak_mib:.0f} MiB, {less.result['hash']}.",
            f"Imports alone {more.result['imports_mib']} MiB.",
            f"{more.result['rows']} rows taken, {more.result['files']} files.",
        ),
        own=Own(__name__, "large", tuple(arguments)),
        proposal="Give freed memory back at once: a part is 200 MiB, as much again stays.",
    )


def small(file: str, _: str) -> Mapping[str, object]:
    """The small register."""
    return _taken(Path(file))


def large(_: str, file: str) -> Mapping[str, object]:
    """The large one."""
    return _taken(Path(file))


def _taken(file: Path) -> Mapping[str, object]:
    imports = _mib("VmRSS")
    root = file.with_suffix(".root")
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    made = take_register(root, load_catalogue(), NAME, PERIOD, file, is_illustrative=True)
    return {
        "imports_mib": imports,
        "peak_mib": _mib("VmHWM"),
        "rows": made.entry.rows,
        "files": len(made.entry.files),
        "hash": made.entry.hash[:16],
    }


def _mib(name: str) -> float:
    """What the kernel says of this program's memory; what its parent took is not in it."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    line = next(line for line in lines if line.startswith(f"{name}:"))
    return int(line.split()[1]) / 1024


SIDES: dict[str, Callable[..., Mapping[str, object]]] = {"small": small, "large": large}
