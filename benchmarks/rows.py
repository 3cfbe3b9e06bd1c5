"""What one row of the benchmarks says: its goal, what was measured, its peers, its cost in code.

Belongs here: ``Row`` and what it is made of, the goals P1 to P12, what a row module is given. Does
not belong here: the work (``pNN_*.py``), timing (``sides``), keeping and printing (``results``,
``page``).

A row module is ``benchmarks/pNN_what.py``. It has ``SIDES``, functions that ``sides.compare`` runs
each in a process of its own, and ``row(given: Given) -> Row``::

    def row(given: Given) -> Row:
        workbooks = given.sized(200, 10_600)
        build_root(given.scratch, workbooks)
        arguments = [str(given.scratch)]
        peer, ours = compare(__name__, ["peer", "pipeline"], arguments, given.rounds)
        return Row(
            id="P1",
            size=f"{workbooks} workbooks",
            checks=(Check("ratio", ours.seconds / peer.seconds, 2.5, "×", stretch=1.5),),
            seconds=ours.seconds,
            peers=(Peer("fastexcel, parse only", peer.seconds, "keeps row counts only"),),
            peak_mib=ours.peak_mib,
            output=str(ours.result["hash"]),
            fast_path=lines_of("pipelines/intake/batch.py"),
            own=Own(__name__, "pipeline", tuple(arguments)),
        )

The frame gives an empty ``given.scratch`` and removes it, profiles ``own`` where a goal is missed
or ``--profile`` asks for it, and takes a row module that fails for not measured.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).parents[1]
_T = TypeVar("_T")
_FAR = 2.0  # a goal missed by more than this needs a proposal
_NOT_CODE = frozenset({
    tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT,
    tokenize.ENCODING, tokenize.ENDMARKER,
})  # fmt: skip


class Verdict(StrEnum):
    """Whether a goal is reached."""

    MET = "met"
    MISSED = "missed"
    NOT_MEASURED = "not measured"


@dataclass(frozen=True)
class Goal:
    """A goal as performance.md words it.

    Attributes:
        work: What is done.
        text: What is to be reached.
    """

    work: str
    text: str


GOALS: Mapping[str, Goal] = {
    "P1": Goal(
        "10.600 workbooks, raw file → committed observations, findings, accounts, every check on",
        "≤ 2.5 × the fastest reader's mere parse, equal threads (stretch 1.5 ×); ≤ 1.5 GiB",
    ),
    "P2": Goal(
        "validate a 10 M-row register, 14 rules, 1 % bad, from the catalogue",
        "≤ 1.0 × the same rules in hand-written DuckDB SQL (stretch 0.6 ×)",
    ),
    "P3": Goal(
        "30 % bad rows ÷ none; failure rows = violations exactly",
        "≤ 1.5",
    ),
    "P4": Goal(
        "peak memory of validate + commit, 50 M ÷ 5 M rows",
        "≤ 1.2, and ≤ 400 MB over imports",
    ),
    "P5": Goal(
        "all indicators of a period over a 50 M-row register",
        "≤ 1.0 × decoding the same columns with pyarrow; memory flat",
    ),
    "P6": Goal(
        "one changed workbook among 10.600 / none changed, beyond start-up",
        "≤ 3 s / ≤ 2 s, same table hashes as a full rebuild",
    ),
    "P7": Goal(
        "the pipeline under Dagster ÷ the same functions called plainly, at the size of P9",
        "≤ 1.1; events do not grow with the number of units",
    ),
    "P8": Goal(
        "the half-year report: notebook → HTML, DOCX, XLSX",
        "≤ 30 s on 2 cores",
    ),
    "P9": Goal(
        "whole-country half-year: 3.321 units × ~150 values, raw → evaluated",
        "≤ 2 min, ≤ 2 GiB on 2 cores",
    ),
    "P9-pages": Goal("its unit pages, apart: template + inline SVG", "≥ 20 pages/s"),
    "P10": Goal(
        "cost as work grows 1× / 4× / 16× (workbooks, rows, periods)",
        "exponent ≤ 1.05",
    ),
    "P11": Goal(
        "the same job through Dask, 1 → 2 workers",
        "same table hashes; the engine's overhead as a ratio",
    ),
    "P12": Goal("warehouse bytes ÷ CSV bytes", "≤ 0.15"),
    "Y": Goal(
        "halves, years, reviews of ten years ÷ of one year",
        "≤ 12 (not one of P1 to P12)",
    ),
}


@dataclass(frozen=True)
class Check:
    """One number of a goal.

    Attributes:
        what: Its name: ``ratio``, ``peak``.
        value: As measured.
        limit: What it may reach.
        unit: ``×``, ``s``, ``MiB``, ``pages/s`` or nothing.
        stretch: A second, harder limit.
        at_least: The limit is a floor, not a ceiling.
    """

    what: str
    value: float
    limit: float
    unit: str = ""
    stretch: float | None = None
    at_least: bool = False

    @classmethod
    def holds(cls, what: str, held: bool) -> Check:
        """A goal that is reached or not, as equal hashes are."""
        return cls(what, float(held), 1.0, at_least=True)

    @property
    def met(self) -> bool:
        """Within the limit."""
        return self._within(self.limit)

    @property
    def stretched(self) -> bool:
        """Within the harder limit, where there is one."""
        return self.stretch is not None and self._within(self.stretch)

    @property
    def times_off(self) -> float:
        """How many times the limit is missed by; 1 or less where it is met."""
        over, under = (self.limit, self.value) if self.at_least else (self.value, self.limit)
        return over / under if under else float("inf")

    def _within(self, limit: float) -> bool:
        return self.value >= limit if self.at_least else self.value <= limit


@dataclass(frozen=True)
class Peer:
    """Another way to do the work, timed in turn with ours.

    Attributes:
        name: The tool and how it is used.
        seconds: Median.
        output: Hash of its output, or why its output is not ours.
        peak_mib: Largest memory.
        ratio: Ours ÷ the peer's, where the checks do not say it.
    """

    name: str
    seconds: float
    output: str
    peak_mib: float | None = None
    ratio: float | None = None


@dataclass(frozen=True)
class Own:
    """Which side is the pipeline's own, so that it can be profiled.

    Attributes:
        module: ``__name__`` of the row module.
        side: Key of its ``SIDES``.
        arguments: As given to ``compare``.
    """

    module: str
    side: str
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """One goal, measured once.

    Attributes:
        id: A key of ``GOALS``.
        size: At which size it ran, in words.
        checks: The numbers of the goal; none where nothing was measured.
        seconds: Median of our side.
        cpu_seconds: Median of user and system time of our side and its children.
        peers: In the order to print.
        peak_mib: Largest memory of our side.
        output: Hash of our output.
        fast_path: File → lines of code, see ``lines_of``.
        notes: Sentences: what the outputs are, what to know, why nothing was measured.
        proposal: What would bring a goal nearer that is missed by more than 2 ×.
        own: What is profiled.
        profile: Top functions, filled in by the frame.
    """

    id: str
    size: str
    checks: tuple[Check, ...]
    seconds: float | None = None
    cpu_seconds: float | None = None
    peers: tuple[Peer, ...] = ()
    peak_mib: float | None = None
    output: str = ""
    fast_path: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    proposal: str = ""
    own: Own | None = None
    profile: tuple[str, ...] = ()

    @property
    def goal(self) -> Goal:
        """What performance.md asks for."""
        return GOALS[self.id]

    @property
    def verdict(self) -> Verdict:
        """Met where every check is, not measured where there is none."""
        if not self.checks:
            return Verdict.NOT_MEASURED
        return Verdict.MET if all(check.met for check in self.checks) else Verdict.MISSED

    @property
    def stretched(self) -> bool:
        """Every check that has a harder limit is within it, and there is one."""
        harder = [check for check in self.checks if check.stretch is not None]
        return bool(harder) and all(check.stretched for check in harder)

    @property
    def far_off(self) -> bool:
        """Missed by more than twice the limit: a proposal is due."""
        return any(not check.met and check.times_off > _FAR for check in self.checks)


@dataclass(frozen=True)
class Given:
    """What a row module is told.

    Attributes:
        full: The sizes of performance.md; else sizes at which all rows take minutes together.
        rounds: How often each side runs.
        scratch: An empty folder, removed after the row.
    """

    full: bool
    rounds: int
    scratch: Path

    def sized(self, small: _T, full: _T) -> _T:
        """The one or the other size."""
        return full if self.full else small


def not_measured(goal_id: str, reason: str) -> Row:
    """A row that says why there is no number."""
    return Row(id=goal_id, size="", checks=(), notes=(reason,))


def lines_of(*paths: str) -> dict[str, int]:
    """Lines of code of source files, without blank lines, comments and docstrings.

    Args:
        paths: Relative to the project, as ``pipelines/intake/batch.py``.

    Returns:
        Path → lines.

    Raises:
        FileNotFoundError: There is no such file.
    """
    return {path: _code_lines((ROOT / path).read_text(encoding="utf-8")) for path in paths}


def _code_lines(source: str) -> int:
    told = _docstring_lines(ast.parse(source))
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in _NOT_CODE:
            lines.update(range(token.start[0], token.end[0] + 1))
    return len(lines - told)


def _docstring_lines(tree: ast.Module) -> set[int]:
    lines: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            text = first.value if isinstance(first, ast.Expr) else None
            if first and isinstance(text, ast.Constant) and isinstance(text.value, str):
                lines.update(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    return lines
