"""Where a row's own side spends its time, workers and threads included.

Belongs here: sampling a side and naming its top functions. Does not belong here: timing
(``sides``), flame graphs of the documentation (``flame``).
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from benchmarks.rows import ROOT, Own

TOP = 10
_RATE = 50  # samples a second: enough for tenths of a per cent over some seconds
# py-spy names each process by its command line, which has machine paths in it
_PROCESS = re.compile(r'process \d+:".*?"(?:;|(?= \d+$))')
_LEAF = 0.02  # a library function is named where it takes so much itself


def top_functions(own: Own, top: int = TOP) -> tuple[str, ...]:
    """Run the side once more under a sampling profiler.

    Args:
        own: Which side.
        top: How many functions.

    Returns:
        Lines ``self % with callees % function (file)``, the largest with callees first: functions
        of the pipelines, and others that take time themselves; threads that wait are not counted.

    Raises:
        subprocess.CalledProcessError: The side or the profiler failed.
    """
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "stacks.txt"
        record(own, raw, "raw")
        return ranked(raw.read_text(encoding="utf-8").splitlines(), top)


def record(own: Own, out: Path, form: str) -> None:
    """Sample one run of a side.

    Args:
        own: Which side.
        out: File to write.
        form: ``raw`` (a line per stack) or ``flamegraph`` (SVG).

    Raises:
        subprocess.CalledProcessError: The side or the profiler failed.
    """
    spy = Path(sys.executable).with_name("py-spy")
    asked = [str(spy), "record", "--subprocesses", "--function", "--rate", str(_RATE)]
    asked += ["--format", form, "--output", str(out), "--"]
    side = [sys.executable, "-m", "benchmarks.sides", own.module, own.side, *own.arguments]
    subprocess.run(asked + side, check=True, capture_output=True, cwd=ROOT)


def ranked(stacks: Iterable[str], top: int) -> tuple[str, ...]:
    """Functions of sampled stacks, the largest first.

    Args:
        stacks: Lines ``outer;…;inner count``, as py-spy writes them.
        top: How many functions.
    """
    alone, inclusive, total = Counter[str](), Counter[str](), 0
    for line in stacks:
        stack, _, count = _PROCESS.sub("", line).rpartition(" ")
        if not stack:
            continue
        frames = [_named(frame) for frame in stack.split(";")]
        total += int(count)
        alone[frames[-1]] += int(count)
        for frame in set(frames):
            inclusive[frame] += int(count)
    shown = [
        (name, n)
        for name, n in inclusive.most_common()
        if "(pipelines/" in name or alone[name] > _LEAF * total
    ]
    return tuple(
        f"{100 * alone[name] / total:5.1f} % {100 * n / total:5.1f} % {name}"
        for name, n in shown[:top]
    )


def _named(frame: str) -> str:
    """``function (file)`` with the file named from its package on, not from the machine's root."""
    function, _, file = frame.partition(" (")
    file = file.rstrip(")").replace(f"{ROOT}/", "")
    return f"{function} ({file.rpartition('site-packages/')[2].rpartition('lib/python3')[2]})"
