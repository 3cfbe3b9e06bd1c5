"""``make bench``: P1 to P12 with goal, measured, verdict. A timing is never an assertion of tests.

Belongs here: which rows are run, at which size, whether they are kept. Does not belong here: the
work (``pNN_*.py``), how rows look (``page``).
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import time
from collections.abc import Iterator, Sequence

from benchmarks import finding
from benchmarks.page import PAGE, details, overview, page
from benchmarks.results import (
    RESULTS,
    Machine,
    Measurement,
    load,
    merged,
    save,
    this_commit,
    this_machine,
)
from benchmarks.rows import GOALS, Row, Verdict, not_measured

_ROUNDS_SMALL, _ROUNDS_FULL = 3, 5


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure the rows asked for, print them, keep them where ``--write`` says so.

    Returns:
        0 where every row asked for was measured, met or missed; 1 where one was not.
    """
    given = _parsed(arguments)
    if given.page:
        PAGE.write_text(page(load()), encoding="utf-8")
        return 0
    machine = this_machine()
    measured: list[Measurement] = []
    for module, row, commit in _rows(given):
        print(details(row), flush=True)
        size = "full" if given.full else "small"
        one = Measurement(module, size, row, given.date, commit, given.rounds, machine)
        measured.append(one)
        if given.write and row.verdict is not Verdict.NOT_MEASURED:
            _keep(one)
    print(_summary(measured, machine))
    return int(any(one.row.verdict is Verdict.NOT_MEASURED for one in measured))


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("rows", nargs="*", choices=[[], *GOALS], help="default: all")
    sizes = parser.add_mutually_exclusive_group()
    sizes.add_argument("--small", action="store_true", help="minutes for all rows; the default")
    sizes.add_argument("--full", action="store_true", help="the sizes of the goals; hours")
    parser.add_argument("--rounds", type=int, help="of each side, in turn; small 3, full 5")
    parser.add_argument("--profile", action="store_true", help="top functions of our own sides")
    parser.add_argument("--write", action="store_true", help=f"keep in {RESULTS.name} and the page")
    parser.add_argument("--page", action="store_true", help="only write the page again")
    today = dt.datetime.now(dt.UTC).date().isoformat()
    parser.add_argument("--date", default=today, help="kept with the rows; default: today")
    given = parser.parse_args(arguments)
    given.rounds = given.rounds or (_ROUNDS_FULL if given.full else _ROUNDS_SMALL)
    return given


def _rows(given: argparse.Namespace) -> Iterator[tuple[str, Row, str]]:
    """Each row asked for with its module's name and commit, as soon as it is measured."""
    options = ["--rounds", str(given.rounds)]
    options += [f"--{name}" for name in ("full", "profile") if getattr(given, name)]
    for goal, modules in finding.modules().items():
        if given.rows and goal not in given.rows:
            continue
        if not modules:
            reason = f"no benchmarks/p{goal[1:]:0>2}_*.py is there."
            yield goal, not_measured(goal, reason), ""
        for module in modules:
            began, commit = time.monotonic(), this_commit()
            row = finding.measure(goal, module, options)
            print(f"{module}: {time.monotonic() - began:.0f} s in all", file=sys.stderr)
            yield module, row, commit


def _keep(one: Measurement) -> None:
    """Merge into what is kept now: another row may have been kept meanwhile."""
    kept = merged(load(), [one])
    save(kept)
    PAGE.write_text(page(kept), encoding="utf-8")


def _summary(measured: Sequence[Measurement], machine: Machine) -> str:
    lines = [f"{machine.cpu}, {machine.cores} cores, {machine.memory_gib} GiB"]
    return "\n".join([*lines, *overview([one.row for one in measured])])


if __name__ == "__main__":
    sys.exit(main())
