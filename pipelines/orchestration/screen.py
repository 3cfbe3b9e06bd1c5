"""What a person sees in the terminal: tables, problems, progress.

Belongs here: Rich output in Vietnamese. Does not belong here: finding out what to show.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pandas as pd
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from pipelines.orchestration.problems import Problem
from pipelines.orchestration.running import STEPS_VI, OnStep

# piped output has no width of its own, and 80 columns break Vietnamese labels to pieces
_PIPED_WIDTH = 140
_SHORT = 20


def console(*, stderr: bool = False) -> Console:
    """A console on the present standard output or error stream."""
    stream = sys.stderr if stderr else sys.stdout
    wide = None if stream.isatty() or "COLUMNS" in os.environ else _PIPED_WIDTH
    return Console(file=stream, width=wide, highlight=False, markup=False)


def show_table(out: Console, frame: pd.DataFrame, title: str = "") -> None:
    """A frame as a table; missing cells are empty, short cells (figures) are never broken."""
    table = Table(title=title or None, title_justify="left", header_style="bold")
    texts = frame.astype("object").where(frame.notna(), "")
    for name in texts.columns:
        longest = max((len(str(value)) for value in texts[name]), default=0)
        table.add_column(str(name), overflow="fold", no_wrap=longest <= _SHORT)
    for values in texts.itertuples(index=False):
        table.add_row(*(str(value) for value in values))
    out.print(table)


def print_json(document: object) -> None:
    """A JSON document, and nothing else, on the standard output."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def records(frame: pd.DataFrame) -> list[dict[str, object]]:
    """Rows for JSON: missing is null, times are ISO texts."""
    text = frame.to_json(orient="records", date_format="iso", force_ascii=False)
    return json.loads(text)


def show_problem(problem: Problem) -> None:
    """A problem on the error stream."""
    out = console(stderr=True)
    out.print(f"{problem.code}: {problem.title}", style="bold red", soft_wrap=True)
    out.print(f"  Thấy:         {problem.found}", soft_wrap=True)
    out.print(f"  Mong đợi:     {problem.expected}", soft_wrap=True)
    out.print(f"  Việc cần làm: {problem.action}", soft_wrap=True)


def tell(text: str) -> None:
    """A line about what happens, on the error stream."""
    console(stderr=True).print(text, soft_wrap=True)


@contextmanager
def steps_shown(about: str = "") -> Iterator[OnStep]:
    """Show the steps of a run while they happen, on the error stream.

    Where it is no terminal a line per finished step is printed instead.

    Args:
        about: Stands before each step, to tell runs apart.
    """
    prefix = f"{about} – " if about else ""
    # a run redirects the standard streams to its log; the person's terminal is kept aside
    with os.fdopen(os.dup(2), "w", encoding="utf-8") as terminal:
        out = Console(file=terminal, highlight=False, markup=False)
        if out.is_terminal:
            yield from _live(out, prefix)
        else:
            yield lambda step, state: _line(out, prefix, step, state)


def _live(out: Console, prefix: str) -> Iterator[OnStep]:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=out, transient=True) as progress:
        task = progress.add_task(f"{prefix}Chuẩn bị", total=len(STEPS_VI))

        def on_step(step: str, state: str) -> None:
            if state == "started":
                progress.update(task, description=f"{prefix}{STEPS_VI.get(step, step)}")
            else:
                progress.advance(task)

        yield on_step


def _line(out: Console, prefix: str, step: str, state: str) -> None:
    words = {"done": "xong", "failed": "dừng lại"}
    if state in words:
        out.print(f"{prefix}{STEPS_VI.get(step, step)}: {words[state]}")
