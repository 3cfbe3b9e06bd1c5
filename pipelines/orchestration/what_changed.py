"""What changed between two states of a period: which leg moved which figure by how much.

The changes of the second state are taken over leg by leg, in the order of ``LEGS``, and the period
is computed anew after each: an amount belongs to the leg with which it came, and what two changes
do together belongs to the later one.

Belongs here: states → figures after each leg → legs; what since the last issue. Does not belong
here: what belongs to which leg (``hybrids``), the arithmetic (``evaluation.legs``), tables for
readers (``reports.what_changed_table``).
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
from pipelines.evaluation.legs import LEGS, legs
from pipelines.intake.batch import FileReading, FileTask, Reader, read_in_workers
from pipelines.intake.journal import read_journal
from pipelines.intake.receipts import sha256_of
from pipelines.intake.releases import in_force, releases_of
from pipelines.orchestration import steps
from pipelines.orchestration.carried import rows_before
from pipelines.orchestration.earlier import history
from pipelines.orchestration.hybrids import UNIT_FACTS, Hybrid, hybrids, known_of, whole
from pipelines.orchestration.inputs import calendar, leaves_with_input
from pipelines.orchestration.period_facts import leaves_of, made_of
from pipelines.orchestration.problems import KNOWN, Problem, Stopped, problem_of
from pipelines.orchestration.states import DRAFT, State, state_of
from pipelines.orchestration.wholes import Composer
from pipelines.places.naming import Directory

VALUES, SENT = "eval.indicator_values", "intake.submissions"
LEGS_VI = {
    "boundary": "Địa giới, đơn vị",
    "catalogue": "Danh mục, yêu cầu báo cáo",
    "corrections": "Đính chính, xử lý",
    "resubmissions": "Báo cáo nộp lại",
    "new_reports": "Báo cáo mới",
}


@dataclass(frozen=True)
class Change:
    """What changed between two states of a period.

    Attributes:
        period: Its key.
        before: Name of the first state.
        after: Name of the second.
        legs: ``evaluation.legs.COLUMNS``.
        moved: Legs whose inputs are not equal, in order.
        lost: Receipts of issued releases whose bytes are nowhere any more: their figures could
            not be computed again.
    """

    period: str
    before: str
    after: str
    legs: pd.DataFrame
    moved: tuple[str, ...]
    lost: tuple[str, ...] = ()


def what_changed(
    root: Path, period: str, before: str | Path, after: str | Path, view: str = "as_reported"
) -> pd.DataFrame:
    """What changed between two states of a period, leg by leg.

    Args:
        root: The project's root.
        period: Key of the period.
        before: ``draft``, the number of an issued release (``01``), or a folder with ``raw/``.
        after: Likewise.
        view: The view of places that is looked at.

    Returns:
        ``evaluation.legs.COLUMNS``: scope_id, indicator, part, before, one column per leg, after,
        the states and the legs with which figures came and went.

    Raises:
        Stopped: There is no such state, or it cannot be computed.
        LegsBroken: Legs do not add up.
    """
    return compare(root, period, before, after, view).legs


def since_last_issue(root: Path, period: str, view: str = "as_reported") -> Change | None:
    """What changed between the release that stands and the draft.

    Args:
        root: The project's root.
        period: Key of the period.
        view: The view of places that is looked at.

    Returns:
        None where no release of the period stands.
    """
    standing = in_force(releases_of(read_journal(steps.journal_path(root, period)).entries))
    if standing is None:
        return None
    return compare(root, period, standing.release_id, DRAFT, view)


def compare(
    root: Path, period: str, before: str | Path, after: str | Path, view: str = "as_reported"
) -> Change:
    """``what_changed`` with the names of the states and what was not found any more."""
    first, second = (state_of(root, period, which) for which in (before, after))
    figures = _Figures(period)
    ends = [figures.of(whole(state), state.name) for state in (first, second)]
    known = (known_of(first, ends[0].submissions), known_of(second, ends[1].submissions))
    between = hybrids(first, second, known)
    computed = [figures.of(each, name) for each, name in zip(between, _names(second), strict=True)]
    keys = [figures.key(each) for each in between]
    return Change(
        period=period,
        before=first.name,
        after=second.name,
        legs=legs([each.figures for each in computed], view),
        moved=tuple(leg for leg, a, b in zip(LEGS, keys, keys[1:], strict=False) if a != b),
        lost=tuple(sorted({*first.lost, *second.lost})),
    )


def _names(after: State) -> list[str]:
    return ["", *(f"{after.name}, đến phần “{LEGS_VI[leg]}”" for leg in LEGS)]


@dataclass(frozen=True)
class _Computed:
    """``eval.indicator_values`` of a hybrid, and ``intake.submissions`` behind them."""

    figures: pd.DataFrame
    submissions: pd.DataFrame


@dataclass
class _Figures:
    """Figures of hybrids; equal inputs are computed once, and no file is read twice alike."""

    period: str
    _made: dict[str, _Computed] = field(default_factory=dict)
    _read: dict[tuple[str, FileTask], FileReading] = field(default_factory=dict)

    def of(self, hybrid: Hybrid, name: str) -> _Computed:
        """The figures of a hybrid; none where nothing has been received.

        Raises:
            Stopped: It cannot be computed; tells which state.
        """
        key = self.key(hybrid)
        if key not in self._made:
            try:
                self._made[key] = self._compute(hybrid)
            except KNOWN as error:
                raise Stopped(_cannot(name, problem_of(error, self.period))) from error
        return self._made[key]

    def key(self, hybrid: Hybrid) -> str:
        """What the figures follow from."""
        return hybrid.key(self._needs(hybrid))

    def _needs(self, hybrid: Hybrid) -> list[str]:
        """The periods whose files the figures stand on."""
        with tempfile.TemporaryDirectory(prefix="qcdc-") as folder:
            hybrid.write_facts(Path(folder))
            tables = calendar(Path(folder), hybrid.catalogue)
            return hybrid.needs(leaves_of(tables, self.period))

    def _compute(self, hybrid: Hybrid) -> _Computed:
        with tempfile.TemporaryDirectory(prefix="qcdc-") as folder:
            root = Path(folder)
            hybrid.write(root, self._needs(hybrid))
            tables = steps.reference_tables(root, hybrid.catalogue)
            if not leaves_with_input(root, tables, self.period):
                empty = [table_contract(hybrid.catalogue, name).empty() for name in (VALUES, SENT)]
                return _Computed(*empty)
            return _Root(root, hybrid.catalogue, tables, self._reader(hybrid)).of(self.period)

    def _reader(self, hybrid: Hybrid) -> Reader:
        """Reads what was not read alike before."""
        context = _context(hybrid)

        def read(
            catalogue: Catalogue, directory: Directory, tasks: Sequence[FileTask]
        ) -> list[FileReading]:
            fresh = [task for task in tasks if (context, task) not in self._read]
            found = read_in_workers(catalogue, directory, fresh)
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
    """A root with the inputs of a hybrid, and how its files are read."""

    root: Path
    catalogue: Catalogue
    tables: steps.Tables
    read: Reader

    def of(self, period: str) -> _Computed:
        """Figures of a period with files of its own, or of one that is made of others."""
        leaf = cache(self._leaf)
        leaves = [leaf(key) for key in leaves_of(self.tables, period)]
        sent = pd.concat([own[SENT] for own in leaves if own is not None], ignore_index=True)
        if made_of(self.tables, period):
            whole_of = Composer(self.root, self.catalogue, leaf, self.tables)
            return _Computed(whole_of.values(period), sent)
        as_of = steps.period_as_of(self.root, period)
        own = leaf(period) or {}
        values = steps.evaluate_values(self.catalogue, period, own, as_of)[VALUES]
        return _Computed(values, sent)

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
        f"Không tính được số liệu của bản {name}. {problem.title}",
        problem.found,
        problem.expected,
        problem.action,
        problem.exit_code,
    )
