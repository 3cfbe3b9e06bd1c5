"""What changed between two states of a period: which leg moved which figure by how much.

The changes of the second state are taken over leg by leg, in the order of ``LEGS``, and the period
is computed anew after each: an amount belongs to the leg with which it came, and what two changes
do together belongs to the later one.

Belongs here: states → figures after each leg → legs; what since the last issue. Does not belong
here: what belongs to which leg (``hybrids``), the arithmetic (``evaluation.legs``), tables for
readers (``reports.what_changed_table``).
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import get_args

import pandas as pd

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.load import catalogue_hash
from pipelines.catalogue.model import Catalogue, UnitType
from pipelines.evaluation.legs import COLUMNS, LEGS, legs
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
from pipelines.reports.what_changed_table import LEGS_VI, Words

VALUES, SENT = "eval.indicator_values", "intake.submissions"


@dataclass(frozen=True)
class Change:
    """What changed between two states of a period.

    Attributes:
        period: Its key.
        before: Name of the first state.
        after: Name of the second.
        legs: ``evaluation.legs.COLUMNS``.
        moved: Legs whose inputs are not equal, in order.
        words: What scopes, indicators and the two states are called.
        scope_id: The scope that the period's requests ask figures of first.
        is_illustrative: Whether anything behind the figures is.
        problem: Why the states could not be compared; legs are empty then.
    """

    period: str
    before: str
    after: str
    legs: pd.DataFrame
    moved: tuple[str, ...]
    words: Words
    scope_id: str
    is_illustrative: bool
    problem: Problem | None = None


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
        None where no release of the period stands; ``problem`` tells where they could not be
        compared, for instance because received files are lost.
    """
    standing = in_force(releases_of(read_journal(steps.journal_path(root, period)).entries))
    if standing is None:
        return None
    try:
        return compare(root, period, standing.release_id, DRAFT, view)
    except Stopped as stopped:
        number = standing.release_id.rpartition("/")[2]
        words = Words(pd.DataFrame(), {}, name_vi(number), name_vi(DRAFT))
        nothing = pd.DataFrame(columns=pd.Index(COLUMNS))
        return Change(
            period, number, DRAFT, nothing, (), words, "", is_illustrative=False,
            problem=stopped.problem,
        )  # fmt: skip


def compare(
    root: Path,
    period: str,
    before: str | Path,
    after: str | Path,
    view: str = "as_reported",
) -> Change:
    """``what_changed`` with everything that a reader must be told beside the legs.

    Args:
        root: The project's root.
        period: Key of the period.
        before: The first state.
        after: The second.
        view: The view of places that is looked at.

    Raises:
        Stopped: There is no such state, it cannot be computed, or files of it are lost.
        LegsBroken: Legs do not add up.
    """
    first, second = (state_of(root, period, which) for which in (before, after))
    return compare_states(first, second, period, view)


def compare_states(
    first: State,
    second: State,
    period: str,
    view: str = "as_reported",
    figures: Figures | None = None,
) -> Change:
    """``compare`` for states that are at hand.

    Args:
        first: The state before.
        second: The state after.
        period: Key of the period.
        view: The view of places that is looked at.
        figures: Figures of the period that were computed before, to be used again.
    """
    figures = figures or Figures(period)
    ends = [figures.of(whole(state), name_vi(state.name)) for state in (first, second)]
    known = (known_of(first, ends[0].submissions), known_of(second, ends[1].submissions))
    between = hybrids(first, second, known)
    titles = [f"{name_vi(second.name)}, tính đến “{LEGS_VI[leg]}”" for leg in LEGS]
    computed = [figures.of(each, name) for each, name in zip(between, ["", *titles], strict=True)]
    scopes, scope_id = _scopes(first, second, period)
    return Change(
        period=period,
        before=first.name,
        after=second.name,
        legs=legs([each.figures for each in computed], view),
        moved=tuple(
            leg for leg, a, b in zip(LEGS, computed, computed[1:], strict=False) if a is not b
        ),
        words=Words(_indicators(first, second), scopes, name_vi(first.name), name_vi(second.name)),
        scope_id=scope_id,
        is_illustrative=any(bool(end.figures["is_illustrative"].any()) for end in ends),
    )


def name_vi(state: str) -> str:
    """What a state is called: "Bản đang lập", "Bản 01"."""
    return "Bản đang lập" if state == DRAFT else f"Bản {state}"


def _indicators(before: State, after: State) -> pd.DataFrame:
    """Indicators of both, the second's words first: what ``reports.what_changed_table`` takes."""
    both = after.catalogue.indicators | {
        name: entry
        for name, entry in before.catalogue.indicators.items()
        if name not in after.catalogue.indicators
    }
    return pd.DataFrame(
        [
            {
                "indicator": name,
                "label_vi": entry.label_vi,
                "format": entry.display.format,
                "headline": entry.headline,
                "denominator": None if entry.denominator is None else entry.denominator.kind,
            }
            for name, entry in both.items()
        ]
    )


def _scopes(before: State, after: State, period: str) -> tuple[dict[str, str], str]:
    """Names of units in official order, the scope that is asked for first; and that scope."""
    kinds = {kind: place for place, kind in enumerate(get_args(UnitType))}
    units = pd.concat([_read(after, "units.csv"), _read(before, "units.csv")], ignore_index=True)
    units = units.drop_duplicates("unit_id")
    units = units.assign(
        kind=units["unit_type"].map(kinds), order=pd.to_numeric(units["official_order"])
    ).sort_values(["kind", "order"], kind="stable")
    names = dict(zip(units["unit_id"], units["name"], strict=True))
    asked = _read(after, "requests.csv")
    wanted = [*asked.loc[asked["period"] == period, "scope_id"], *asked["scope_id"], ""]
    return {name: names[name] for name in wanted[:1] if name in names} | names, wanted[0]


def _read(state: State, name: str) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(state.facts[name]), dtype="str", keep_default_na=False)


@dataclass(frozen=True)
class _Computed:
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
    _made: dict[str, _Computed] = field(default_factory=dict)
    _read: dict[tuple[str, FileTask], FileReading] = field(default_factory=dict)
    _leaves: dict[str, list[str]] = field(default_factory=dict)

    def of(self, hybrid: Hybrid, name: str) -> _Computed:
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

    def _compute(self, hybrid: Hybrid) -> _Computed:
        with tempfile.TemporaryDirectory(prefix="qcdc-") as folder:
            root = Path(folder)
            hybrid.write(root, self._needs(hybrid))
            tables = calendar(root, hybrid.catalogue)
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

    def of(self, period: str) -> _Computed:
        """Figures of a period with files of its own, or of one that is made of others."""
        leaf = cache(self._leaf)
        leaves = [leaf(key) for key in leaves_of(self.tables, period)]
        sent = pd.concat([own[SENT] for own in leaves if own is not None], ignore_index=True)
        if made_of(self.tables, period):
            reference = steps.reference_tables(self.root, self.catalogue)
            whole_of = Composer(self.root, self.catalogue, leaf, reference)
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
        f"Không tính được số liệu: {name}. {problem.title}",
        problem.found,
        problem.expected,
        problem.action,
        problem.exit_code,
    )
