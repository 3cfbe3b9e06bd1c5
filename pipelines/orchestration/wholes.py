"""Periods that are made of others: a year from its halves, a review from its years.

Belongs here: tables of the parts → what evaluation needs of the whole, the tables that are kept.
Does not belong here: how figures go over time (``evaluation.composing``), where the tables of a
half come from (the caller), writing (``publishing``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.model import Catalogue
from pipelines.evaluation.basis import RegisterKnown
from pipelines.evaluation.carrying import carried, carried_known, carried_rows
from pipelines.evaluation.composing import compose, cumulative_breaks, origins, union_rows
from pipelines.evaluation.longer import is_long
from pipelines.orchestration import steps
from pipelines.orchestration.inputs import leaves_with_input
from pipelines.orchestration.period_facts import NoInput, leaves_of, made_of, period_row
from pipelines.places.bridging import bridge
from pipelines.places.succession import TERRITORY, TRANSFER
from pipelines.places.units import in_force

Tables = dict[str, pd.DataFrame]
# the tables of a period with files of its own, or None where it has received nothing
Leaf = Callable[[str], Mapping[str, pd.DataFrame] | None]
Values = Callable[[str], pd.DataFrame | None]
OBSERVED, SENT, FILED, VALUES = (
    "core.observations",
    "intake.submissions",
    "core.evidence",
    "eval.indicator_values",
)


@dataclass(frozen=True)
class Whole:
    """A period as its parts give it.

    Attributes:
        period: Its key.
        parts: By part in calendar order; none for a period with files of its own.
        observed: ``core.observations``.
        origins: The addressed observations behind them.
        registers: Rows by register id.
        register_known: Registers that are known in every part.
        reporting: ``core.reporting``, the units as they were.
        reports: The same by the units of the period's last day.
        submissions: ``intake.submissions`` of all leaves.
        evidence: ``core.evidence`` of all leaves.
        findings: Cumulative figures that are not the sum of the parts.
    """

    period: str
    parts: dict[str, Whole]
    observed: pd.DataFrame
    origins: pd.DataFrame
    registers: dict[str, pd.DataFrame]
    register_known: dict[str, RegisterKnown]
    reporting: pd.DataFrame
    reports: pd.DataFrame
    submissions: pd.DataFrame
    evidence: pd.DataFrame
    findings: pd.DataFrame


class Composer:
    """Composes periods of one project; what was composed once is not composed again.

    Args:
        root: The project's root.
        catalogue: What is measured.
        leaf: Gives the tables of a period with files of its own.
        reference: ``ref.*`` tables.
    """

    def __init__(
        self, root: Path, catalogue: Catalogue, leaf: Leaf, reference: Mapping[str, pd.DataFrame]
    ) -> None:
        self._root, self._catalogue, self._leaf = root, catalogue, leaf
        self._reference = dict(reference)
        self._made: dict[str, Whole] = {}

    def whole(self, period: str) -> Whole:
        """A period from its parts.

        Raises:
            NoInput: None of the periods it stands on has received anything.
        """
        if not leaves_with_input(self._root, self._reference, period):
            leaves = leaves_of(self._reference, period)
            msg = f"none of {', '.join(leaves)} has a receipt"
            raise NoInput(msg, parts=leaves)
        return self._of(period)

    def tables(self, period: str) -> Tables:
        """What ``ingest`` keeps of a composed period: no receipts, no cells of its own."""
        whole = self.whole(period)
        names = steps.ingest_tables(self._catalogue)
        empty = {
            name: table_contract(self._catalogue, name).empty()
            for name in names
            if not name.startswith("ref.")
        }
        rows = {
            self._catalogue.registers[name].table: rows for name, rows in whole.registers.items()
        }
        kept = {OBSERVED: whole.observed, "core.findings": whole.findings, **rows}
        conformed = {n: table_contract(self._catalogue, n).conform(f) for n, f in kept.items()}
        return self._reference | empty | conformed

    def values(self, period: str) -> pd.DataFrame:
        """``eval.indicator_values`` of a composed period, nothing written."""
        tables, made = self.evaluated(period, lambda _: None)
        as_of = self.as_of(period)
        return steps.evaluate_values(self._catalogue, period, tables, as_of, made)[VALUES]

    def evaluated(self, period: str, values_of: Values) -> tuple[Tables, steps.Made]:
        """What ``steps.evaluate`` takes for a composed period.

        Args:
            period: Key of the period.
            values_of: Gives the ``eval.indicator_values`` of its parts.

        Returns:
            Its tables, with the submissions and documents of all its leaves; what its parts give.
        """
        whole = self.whole(period)
        tables = self.tables(period) | {SENT: whole.submissions, FILED: whole.evidence}
        leaves = [period_row(self._reference, key) for key in leaves_of(self._reference, period)]
        row = period_row(self._reference, period) | {
            "window_from": min(each["window_from"] for each in leaves),
            "window_to": max(each["window_to"] for each in leaves),
        }
        made = steps.Made(
            row=row,
            reporting=whole.reporting,
            reports=whole.reports,
            register_known=whole.register_known,
            origins=whole.origins,
            parts={part: values_of(part) for part in whole.parts},
        )
        return tables, made

    def as_of(self, period: str) -> dt.datetime:
        """The time of the last journal line of all leaves."""
        leaves = leaves_with_input(self._root, self._reference, period)
        return max(steps.period_as_of(self._root, leaf) for leaf in leaves)

    def _of(self, period: str) -> Whole:
        if period not in self._made:
            parts = made_of(self._reference, period)
            self._made[period] = self._joined(period, parts) if parts else self._single(period)
        return self._made[period]

    @cached_property
    def _nothing(self) -> Tables:
        names = [n for n in steps.ingest_tables(self._catalogue) if not n.startswith("ref.")]
        return {name: table_contract(self._catalogue, name).empty() for name in names}

    def _single(self, period: str) -> Whole:
        found = self._leaf(period)
        tables = self._reference | (self._nothing if found is None else dict(found))
        reports = steps.report_states(self._catalogue, period, tables)
        return Whole(
            period=period,
            parts={},
            observed=tables[OBSERVED],
            origins=tables[OBSERVED],
            registers=steps.register_rows(self._catalogue, tables),
            register_known=steps.registers_known(self._catalogue, tables),
            reporting=reports,
            reports=reports,
            submissions=tables[SENT],
            evidence=tables[FILED],
            findings=table_contract(self._catalogue, "core.findings").empty(),
        )

    def _joined(self, period: str, keys: list[str]) -> Whole:
        row = period_row(self._reference, period)
        parts = {key: self._of(key) for key in keys}
        every = [self._here(part, row["ends_on"]) for part in parts.values()]
        observed = {part.period: part.observed for part in every}
        years = all(is_long(period_row(self._reference, key)) for key in keys)
        whole = compose(
            parts=observed,
            alive=self._alive(period, keys),
            catalogue=self._catalogue,
            period=period,
            years=years,
        )
        # what has come together since January is the sum of periods that begin there
        opens = not years and row["starts_on"].timetuple().tm_yday == 1
        return Whole(
            period=period,
            parts=parts,
            observed=whole,
            origins=origins(
                parts={part.period: part.origins for part in every},
                catalogue=self._catalogue,
                years=years,
            ),
            registers={
                name: union_rows([part.registers[name] for part in every], register, period)
                for name, register in self._catalogue.registers.items()
            },
            register_known={
                name: self._known_in_all({part.period: part.register_known[name] for part in every})
                for name in self._catalogue.registers
            },
            reporting=_stacked([part.reporting for part in every], period),
            reports=_stacked([part.reports for part in every], period),
            submissions=_stacked([part.submissions for part in every], period),
            evidence=_stacked([part.evidence for part in every], period),
            findings=cumulative_breaks(
                whole=whole, parts=observed, catalogue=self._catalogue, period=period
            )
            if opens
            else table_contract(self._catalogue, "core.findings").empty(),
        )

    def _here(self, part: Whole, day: dt.date) -> Whole:
        """A part as the units of a later day would have told it."""
        before = period_row(self._reference, part.period)["ends_on"]
        came = self._reference["ref.unit_successions"]
        between = came["on"].between(pd.Timestamp(before), pd.Timestamp(day), inclusive="right")
        if not (between & came["kind"].isin(TERRITORY)).any():
            return part
        edges = bridge(self._reference["ref.units"], came, before, day)
        known = part.register_known
        return replace(
            part,
            observed=carried(part.observed, edges, self._catalogue),
            origins=carried_rows(part.origins, edges, parts=True),
            registers={n: carried_rows(rows, edges) for n, rows in part.registers.items()},
            register_known={
                name: carried_known(known[name], rows, edges)
                for name, rows in part.registers.items()
            },
            reports=carried_rows(part.reports, edges),
        )

    def _known_in_all(self, known: dict[str, RegisterKnown]) -> RegisterKnown:
        """An office's register is known when every part's file is there.

        One that units keep, of the units that sent rows in every part of their life.
        """
        kept = {part: said for part, said in known.items() if isinstance(said, frozenset)}
        if not kept:
            return all(bool(said) for said in known.values())
        alive = {part: self._standing(part) for part in kept}
        return frozenset(
            unit
            for unit in frozenset.union(*kept.values())
            if all(unit in said or unit not in alive[part] for part, said in kept.items())
        )

    def _standing(self, key: str) -> set[str]:
        """The units that exist at the end of one of the leaves of a part."""
        leaves = leaves_of(self._reference, key)
        ends = {period_row(self._reference, leaf)["ends_on"] for leaf in leaves}
        units = self._reference["ref.units"]
        return {str(unit) for day in ends for unit in in_force(units, day)["unit_id"]}

    def _alive(self, period: str, keys: list[str]) -> pd.DataFrame:
        """Which unit a figure is expected of in which part.

        A unit that took over from others during the period owes the figures of before, too: they
        were theirs, and without them its own are not those of the whole period.
        """
        came = self._reference["ref.unit_successions"]
        came = came[came["kind"].isin((*TERRITORY, TRANSFER))]
        last = period_row(self._reference, period)["ends_on"]
        standing = set(in_force(self._reference["ref.units"], last)["unit_id"])
        frames = []
        for key in keys:
            ends_on = pd.Timestamp(period_row(self._reference, key)["ends_on"])
            heirs = set(came.loc[came["on"] > ends_on, "successor"]) & standing
            owing = sorted(self._standing(key) | heirs)
            frames.append(pd.DataFrame({"unit_id": owing, "part": key}))
        return pd.concat(frames, ignore_index=True)


def _stacked(frames: list[pd.DataFrame], period: str) -> pd.DataFrame:
    return pd.concat(frames, ignore_index=True).assign(period=period)
