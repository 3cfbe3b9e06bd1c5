"""P10: how the cost of a half-year grows with the units that send a workbook.

A fixed part (the catalogue, workers that start) makes the first slope look better than it
is, so the steepest of both slopes counts. Periods are the row Y's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from itertools import pairwise

from benchmarks.country import build_country
from benchmarks.p09_country import fresh
from benchmarks.rows import Check, Given, Own, Row, lines_of
from benchmarks.sides import Side, compare
from benchmarks.workload import PERIOD

_SMALL, _FULL = 26, 207
_TIMES = (1, 4, 16)
_EXPONENT = 1.05


def row(given: Given) -> Row:
    """CPU seconds at three sizes; the exponent between each two."""
    base = given.sized(_SMALL, _FULL)
    sides: list[Side] = []
    for times in _TIMES:
        root = given.scratch / f"x{times}"
        root.mkdir()
        build_country(root, base * times)
        sides += compare(__name__, ["fresh"], [str(root)], given.rounds)
    pairs = list(pairwise(zip(_TIMES, sides, strict=True)))
    slopes = [
        math.log(large.cpu_seconds / small.cpu_seconds) / math.log(more / fewer)
        for (fewer, small), (more, large) in pairs
    ]
    cpu = ", ".join(f"{side.cpu_seconds:.1f}" for side in sides)
    peaks = ", ".join(f"{side.peak_mib:.0f}" for side in sides)
    rows = ", ".join(str(side.result["rows"]) for side in sides)
    return Row(
        id="P10",
        size=" / ".join(f"{base * times}" for times in _TIMES) + f" communes, {PERIOD}",
        checks=(Check("exponent", max(slopes), _EXPONENT),),
        seconds=sides[-1].seconds,
        cpu_seconds=sides[-1].cpu_seconds,
        peak_mib=sides[-1].peak_mib,
        output=str(sides[-1].result["hash"]),
        fast_path=lines_of("pipelines/orchestration/steps.py"),
        notes=(
            f"CPU seconds {cpu}; MiB {peaks}; rows of all tables {rows}.",
            "Slopes: " + ", ".join(f"{slope:.2f}" for slope in slopes) + ".",
            "Units and their workbooks grow together; rows of registers and periods do not.",
        ),
        own=Own(__name__, "fresh", (str(given.scratch / f"x{_TIMES[-1]}"),)),
    )


SIDES: dict[str, Callable[..., Mapping[str, object]]] = {"fresh": fresh}
