"""Figures of a period from inputs that are laid out in a folder of their own.

Belongs here: a hybrid's root, ingest and evaluation by ``steps``, what was computed or read before.
Does not belong here: what the inputs are (``states``, ``hybrids``), comparing (``what_changed``).
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pandas as pd

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.load import catalogue_hash
from pipelines.catalogue.model import Catalogue
from pipelines.intake.batch import FileReading, FileTask, Reader, read_in_workers
from pipelines.intake.journal import read_journal
from pipelines.intake.receipts import sha256_of
from pipelines.orchestration import steps
from pipelines.orchestration.carried import rows_before
from pipelines.orchestration.earlier import history
from pipelines.orchestration.hybrids import UNIT_FACTS, Hybrid, whole
from pipelines.orchestration.inputs import calendar, leaves_with_input
from pipelines.orchestration.period_facts import leaves_of, made_of
from pipelines.orchestration.problems import KNOWN, Problem, Stopped, problem_of
from pipelines.orchestration.release_problems import inputs_lost
from pipelines.orchestration.states import State
from pipelines.orchestration.wholes import Composer
from pipelines.places.naming import Directory

VALUES, SENT = "eval.indicator_values", "intake.submissions"


@dataclass(frozen=True)
class Computed:
    """``eval.indicator_values`` of a hybrid, and ``intake.submissions`` behind them."""

    figures: pd.DataFrame
    submissions: pd.DataFrame


@dataclass
class Figures:
    """Figures of hybrids; equal inputs are computed once, and no file is read twice alike.

    Attributes:
        period: Key of the period.
        read: Reads the files.
    """

    period: str
    read: Reader = read_in_workers
    _made: dict[str, Computed] = field(default_factory=dict)
    _read: dict[tuple[str, FileTask], FileReading] = field(default_factory=dict)
    _leaves: dict[str, list[str]] = field(default_factory=dict)

    def of(self, hybrid: Hybrid, name: str) -> Computed:
        """The figures of a hybrid; none where nothing has been received.

        Raises:
            Stopped: It cannot be computed; tells which state.
        """
        key = hybrid.key(self._needs(hybrid))
        if key not in self._made:
            try:
                self._made[key] = self._compute(hybrid)
            except KNOWN as error:
                raise Stopped(_cannot(name, problem_of(error, self.period))) from error
        return self._made[key]

    def same(self, one: Hybrid, other: Hybrid) -> bool:
        """Whether two hybrids have the same figures, because their inputs are equal."""
        return one.key(self._needs(one)) == other.key(self._needs(other))

    def require(self, state: State) -> None:
        """Stop where figures of a state would be others than they were: received files are lost.

        Raises:
            Stopped: Names the release.
        """
        needed = self._needs(whole(state))
        lost = [name for name in state.lost if name.split("/")[0] in needed]
        if lost:
            raise Stopped(inputs_lost(f"{self.period}/{state.name}", lost))

    def _needs(self, hybrid: Hybrid) -> list[str]:
        """The periods whose files the figures stand on."""
        asked = hybrid.facts.get("requests.csv", b"")
        context = sha256_of(asked + str(hybrid.catalogue.periods).encode())
        if context not in self._leaves:
            with tempfile.TemporaryDirectory(prefix="qcdc-") as folder:
                hybrid.write_facts(Path(folder))
                tables = calendar(Path(folder), hybrid.catalogue)
                self._leaves[context] = leaves_of(tables, self.period)
        return hybrid.needs(self._leaves[context])

    def _compute(self, hybrid: Hybrid) -> Computed:
        with tempfile.TemporaryDirectory(prefix="qcdc-") as folder:
            root = Path(folder)
            hybrid.write(root, self._needs(hybrid))
            tables = calendar(root, hybrid.catalogue)
            if not leaves_with_input(root, tables, self.period):
                empty = [table_contract(hybrid.catalogue, name).empty() for name in (VALUES, SENT)]
                return Computed(*empty)
            return _Root(root, hybrid.catalogue, tables, self._reader(hybrid)).of(self.period)

    def _reader(self, hybrid: Hybrid) -> Reader:
        """Reads what was not read alike before."""
        context = _context(hybrid)

        def read(
            catalogue: Catalogue, directory: Directory, tasks: Sequence[FileTask]
        ) -> list[FileReading]:
            fresh = [task for task in tasks if (context, task) not in self._read]
            found = self.read(catalogue, directory, fresh)
            self._read.update(((context, t), f) for t, f in zip(fresh, found, strict=True))
            return [self._read[context, task] for task in tasks]

        return read


def _context(hybrid: Hybrid) -> str:
    """What a reading depends on beside the file: the catalogue without figures, the units."""
    asked = hybrid.catalogue.model_copy(update={"indicators": {}, "criteria": {}})
    units = [hybrid.facts[name] for name in UNIT_FACTS if name in hybrid.facts]
    return sha256_of(catalogue_hash(asked).encode() + b"".join(units))


@dataclass(frozen=True)
class _Root:
    """A root with the inputs of a hybrid, its calendar, and how its files are read."""

    root: Path
    catalogue: Catalogue
    tables: steps.Tables
    read: Reader

    def of(self, period: str) -> Computed:
        """Figures of a period with files of its own, or of one that is made of others."""
        leaf = cache(self._leaf)
        leaves = [leaf(key) for key in leaves_of(self.tables, period)]
        sent = pd.concat([own[SENT] for own in leaves if own is not None], ignore_index=True)
        if made_of(self.tables, period):
            reference = steps.reference_tables(self.root, self.catalogue)
            whole_of = Composer(self.root, self.catalogue, leaf, reference)
            return Computed(whole_of.values(period), sent)
        as_of = steps.period_as_of(self.root, period)
        own = leaf(period) or {}
        values = steps.evaluate_values(self.catalogue, period, own, as_of)[VALUES]
        return Computed(values, sent)

    def _leaf(self, period: str) -> steps.Tables | None:
        """The tables of a period with files of its own; what it is held against where it counts."""
        if not leaves_with_input(self.root, self.tables, period):
            return None
        entries = read_journal(steps.journal_path(self.root, period)).entries
        if not any(entry.get("action") == "return" for entry in entries):
            return self._ingest(period)
        before = cache(self._ingest)
        return self._ingest(
            period,
            history=history(self.root, self.catalogue, period, _nothing, before),
            rows_before=rows_before(self.root, self.catalogue, period, lambda _: _nothing, before),
        )

    def _ingest(self, period: str, **before: Mapping[str, pd.DataFrame]) -> steps.Tables:
        return steps.ingest(self.root, self.catalogue, period, read=self.read, **before)


def _nothing(_: str) -> None:
    """What is committed: a hybrid never is."""


def _cannot(name: str, problem: Problem) -> Problem:
    """What stopped the computing, and of which state."""
    return Problem(
        problem.code,
        f"Không tính được số liệu: {name}. {problem.title}",
        problem.found,
        problem.expected,
        problem.action,
        problem.exit_code,
    )
