"""Row modules: which there are, and one measured in a process of its own.

Belongs here: names, the process, what a failure says. Does not belong here: what a row measures.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from pydantic import TypeAdapter

from benchmarks.profiles import top_functions
from benchmarks.rows import GOALS, Given, Row, Verdict, not_measured

_ROW = TypeAdapter(Row)
_PACKAGE = Path(__file__).parent
_APART = {"p09_pages": "P9-pages"}  # a goal of two parts, each with its verdict
_MODULES = ("p[0-9][0-9]_*.py", "y_*.py")


def modules(folder: Path = _PACKAGE) -> dict[str, list[str]]:
    """Goal → names of its row modules, every goal named.

    Args:
        folder: Package to look in.
    """
    found: dict[str, list[str]] = {goal: [] for goal in GOALS}
    for pattern in _MODULES:
        for path in sorted(folder.glob(pattern)):
            found[_goal_of(path.stem)].append(path.stem)
    return found


def _goal_of(module: str) -> str:
    if module in _APART:
        return _APART[module]
    head = module.partition("_")[0].upper()
    return head if head == "Y" else f"P{int(head[1:])}"


def measure(goal: str, module: str, options: Sequence[str], package: str = "benchmarks") -> Row:
    """Measure one row in a process of its own, which may fail without taking others with it.

    Args:
        goal: Key of ``GOALS``.
        module: Its row module's name without its package.
        options: ``--full``, ``--profile``, ``--rounds N``.
        package: Where the row module is.

    Returns:
        The row, or one that says that its module failed.
    """
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "row.json"
        command = [sys.executable, "-m", "benchmarks.finding", f"{package}.{module}", str(out)]
        done = subprocess.run([*command, *options], check=False)
        if done.returncode or not out.is_file():
            return not_measured(goal, f"{module} ended with exit code {done.returncode}.")
        return _ROW.validate_json(out.read_bytes())


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure one row module here and write its row where ``measure`` looks for it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.finding")
    parser.add_argument("module")
    parser.add_argument("out", type=Path)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        given = Given(asked.full, asked.rounds, Path(folder))
        row: Row = importlib.import_module(asked.module).row(given)
        if row.own and (asked.profile or row.verdict is Verdict.MISSED):
            row = dataclasses.replace(row, profile=top_functions(row.own))
    # the arguments name the scratch folder, which is gone when anybody reads the row
    asked.out.write_bytes(_ROW.dump_json(dataclasses.replace(row, own=None)))


if __name__ == "__main__":
    main()
