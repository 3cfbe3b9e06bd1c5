"""The two steps of a period as plain functions: where the four neighbours of level 4 meet.

Belongs here: which pure function feeds which. Does not belong here: Dagster (``*_asset``),
writing (``warehouse``), any logic of a room.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from pipelines.catalogue.contracts import table_contract, table_names
from pipelines.catalogue.model import Catalogue
from pipelines.catalogue.periods import halves_within
from pipelines.catalogue.reference import reference_frames
from pipelines.evaluation.basis import RegisterKnown
from pipelines.evaluation.comparisons import comparisons
from pipelines.evaluation.figures import figures
from pipelines.evaluation.invariants import check
from pipelines.evaluation.longer import of_length
from pipelines.evaluation.published import compare
from pipelines.evaluation.reporting import reporting
from pipelines.evaluation.series import series
from pipelines.evaluation.views import both_views
from pipelines.intake.batch import IntakeBatch, Reader, read_batch, read_in_workers
from pipelines.intake.journal import last_time, read_journal
from pipelines.intake.requested import is_requested, with_unrequested
from pipelines.orchestration.decided import Told, corrected_batch, decisions_table, told
from pipelines.orchestration.judging import judge
from pipelines.orchestration.period_facts import (
    NoInput,
    expected_pairs,
    period_requests,
    period_row,
    scopes_of,
)
from pipelines.orchestration.scoring import score_tables
from pipelines.orchestration.stages import JUDGING, READING, stage
from pipelines.places.naming import Directory
from pipelines.places.units import population_frame
from pipelines.validation.accept import observations, registers, settle
from pipelines.validation.changes import changes
from pipelines.validation.decided import decide
from pipelines.validation.gate import InvariantBroken, check_submitted, check_tables
from pipelines.validation.rules import find

Tables = dict[str, pd.DataFrame]
_EVALUATED = ("core.reporting",)


@dataclass(frozen=True)
class Made:
    """What the evaluation of a period that is made of others takes from them.

    Attributes:
        row: Row of ``ref.periods`` with the days that its parts' events lie between.
        reporting: ``core.reporting`` of all parts.
        reports: The same by the units of the period's last day.
        register_known: Registers that are known in every part.
        origins: Observations with their addresses.
        parts: ``eval.indicator_values`` by part, None where a part has none.
    """

    row: dict[str, Any]
    reporting: pd.DataFrame
    reports: pd.DataFrame
    register_known: Mapping[str, RegisterKnown]
    origins: pd.DataFrame
    parts: Mapping[str, pd.DataFrame | None]


def ingest_tables(catalogue: Catalogue) -> list[str]:
    """Tables that ``ingest`` fills."""
    schemas = ("ref.", "intake.", "core.")
    return [n for n in table_names(catalogue) if n.startswith(schemas) and n not in _EVALUATED]


def evaluate_tables(catalogue: Catalogue) -> list[str]:
    """Tables that ``evaluate`` fills."""
    schemas = ("eval.", "report.")
    return [n for n in table_names(catalogue) if n.startswith(schemas) or n in _EVALUATED]


def journal_path(root: Path, period: str) -> Path:
    """The journal of a period."""
    return root / "raw" / period / "journal.jsonl"


def reference_tables(root: Path, catalogue: Catalogue) -> Tables:
    """All ``ref.*`` tables."""
    tables = reference_frames(catalogue, root / "raw" / "reference")
    contract = table_contract(catalogue, "ref.populations")
    members_over_time = population_frame(catalogue, tables["ref.units"])
    return tables | {contract.name: contract.conform(members_over_time)}


def ingest(
    root: Path,
    catalogue: Catalogue,
    period: str,
    *,
    read: Reader = read_in_workers,
    history: Mapping[str, pd.DataFrame] | None = None,
    rows_before: Mapping[str, pd.DataFrame] | None = None,
) -> Tables:
    """Everything that follows from the files of a period, nothing written.

    Args:
        root: The project's root.
        catalogue: What is measured.
        period: Key of the period.
        read: Reads the files.
        history: ``core.observations`` of earlier periods, which rules compare with; what is in
            force in this period does not depend on it.
        rows_before: Register rows of the period before by register id, likewise.

    Returns:
        Every table of ``ingest_tables``, conformed.

    Raises:
        NoInput: The period has no receipt.
        InvariantBroken: Masks and pandera disagree, or a table breaks its contract.
    """
    tables = reference_tables(root, catalogue)
    catalogue = of_length(catalogue, period_row(tables, period))
    entries = read_journal(journal_path(root, period)).entries
    units = tables["ref.units"]
    said = told(root, tables["ref.periods"], period, entries)
    with stage(READING):
        batch = read_batch(
            root,
            catalogue,
            entries,
            period=period,
            units=units,
            names=tables["ref.unit_names"],
            successions=tables["ref.unit_successions"],
            decisions=said.decisions,
            read=read,
        )
    if batch.submissions.empty:
        msg = f"raw/{period}/ has no receipt"
        raise NoInput(msg, _halves_instead(tables, period))
    check_conservation(batch)
    batch, said = corrected_batch(batch, said, catalogue, units)
    before = {"history": history, "rows_before": rows_before}
    return tables | _accept(batch, said, catalogue, period, tables, before)


def _halves_instead(tables: Mapping[str, pd.DataFrame], period: str) -> list[str]:
    """The half-years to run for a longer or shorter period without requests of its own."""
    row = period_row(tables, period)
    if row["kind"] == "half" or not period_requests(tables, period).empty:
        return []
    return halves_within(tables["ref.periods"], row["starts_on"], row["ends_on"])


def check_conservation(batch: IntakeBatch) -> None:
    """Every cell that the scan counted has exactly one fate.

    Raises:
        InvariantBroken: Names the sheets whose fates do not add up.
    """
    counted = {
        (submission_id, sheet): cells
        for submission_id, sheets in batch.independent.items()
        for sheet, cells in sheets.items()
        if cells
    }
    sums = batch.accounts.groupby(["submission_id", "sheet"], as_index=False)["cells"].sum()
    keys = zip(sums["submission_id"], sums["sheet"], strict=True)
    fates = dict(zip(keys, sums["cells"], strict=True))
    wrong = sorted(key for key in counted.keys() | fates if counted.get(key) != fates.get(key))
    if wrong:
        lines = [
            f"{key}: {counted.get(key)} counted, {fates.get(key)} with a fate" for key in wrong
        ]
        raise InvariantBroken("GATE-CELLS", lines[:20])


@stage(JUDGING)
def _accept(
    batch: IntakeBatch,
    said: Told,
    catalogue: Catalogue,
    period: str,
    tables: Mapping[str, pd.DataFrame],
    before: Mapping[str, Mapping[str, pd.DataFrame] | None],
) -> Tables:
    units = tables["ref.units"]
    faults = with_unrequested(
        batch.faults,
        batch.submissions,
        period_requests(tables, period),
        Directory.of(tables),
        period_row(tables, period)["ends_on"],
    )
    sent = batch.submissions.assign(is_requested=is_requested(batch.submissions, faults))
    found = find(
        **before,
        verdicts=said.decisions.verdicts,
        submissions=sent,
        entries=batch.entries,
        rows=batch.rows,
        row_letters=batch.row_letters,
        faults=faults,
        units=units,
        catalogue=catalogue,
        period=period,
    )
    found = decide(found, said.decisions.verdicts, sent, catalogue)
    submissions = settle(sent, found)
    ends_on = period_row(tables, period)["ends_on"]
    observed = observations(
        submissions=submissions,
        entries=batch.entries,
        units=units,
        expected=expected_pairs(catalogue, tables, period),
        catalogue=catalogue,
        period=period,
        period_end=ends_on,
    )
    check_submitted(
        submissions=submissions,
        entries=batch.entries,
        rows=batch.rows,
        catalogue=catalogue,
        period=period,
        findings=found,
    )
    kept = registers(
        submissions=submissions, rows=batch.rows, units=units, catalogue=catalogue, period=period
    )
    raw = {
        "intake.submissions": submissions,
        "intake.accounts": batch.accounts,
        "intake.quarantine": batch.quarantine,
        "intake.quotes": batch.quotes,
        "core.observations": observed,
        "core.findings": found,
        "core.decisions": decisions_table(said, batch.entries, found, submissions, units),
        "core.evidence": batch.evidence,
        "core.changes": changes(
            submissions=submissions,
            entries=batch.entries,
            rows=batch.rows,
            row_letters=batch.row_letters,
            catalogue=catalogue,
            period=period,
        ),
        **kept,
    }
    out = {}
    for name, frame in raw.items():
        contract = table_contract(catalogue, name)
        out[name] = contract.conform(frame[[c.name for c in contract.columns]])
    check_tables(out, catalogue)
    return out


def evaluate_values(
    catalogue: Catalogue,
    period: str,
    tables: Mapping[str, pd.DataFrame],
    as_of: dt.datetime,
    made: Made | None = None,
) -> Tables:
    """Reporting and indicators of a period: what other periods are compared with.

    Args:
        catalogue: What is measured.
        period: Key of the period.
        tables: The tables of ``ingest``.
        as_of: When this was known; by default the caller gives ``period_as_of``.
        made: Of a period that is made of others, what they give.

    Returns:
        ``core.reporting`` and ``eval.indicator_values``.
    """
    reported = made.reporting if made else report_states(catalogue, period, tables)
    row = made.row if made else period_row(tables, period)
    values = both_views(
        observations=tables["core.observations"],
        registers=register_rows(catalogue, tables),
        register_known=made.register_known if made else registers_known(catalogue, tables),
        reporting=made.reports if made else reported,
        units=tables["ref.units"],
        successions=tables["ref.unit_successions"],
        catalogue=of_length(catalogue, row),
        period=row,
        scopes=scopes_of(catalogue, tables, period),
        as_of=as_of,
    )
    return {"core.reporting": reported, "eval.indicator_values": values}


def report_states(
    catalogue: Catalogue, period: str, tables: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """``core.reporting`` of a period with files of its own."""
    return reporting(
        requests=period_requests(tables, period),
        submissions=tables["intake.submissions"],
        units=tables["ref.units"],
        catalogue=catalogue,
        period=period,
        period_end=period_row(tables, period)["ends_on"],
        evidence=tables["core.evidence"],
        successions=tables["ref.unit_successions"],
    )


def register_rows(catalogue: Catalogue, tables: Mapping[str, pd.DataFrame]) -> Tables:
    """The register tables by register id."""
    return {name: tables[register.table] for name, register in catalogue.registers.items()}


def evaluate(
    catalogue: Catalogue,
    period: str,
    tables: Mapping[str, pd.DataFrame],
    as_of: dt.datetime,
    earlier: Mapping[str, pd.DataFrame] | None = None,
    made: Made | None = None,
) -> Tables:
    """Indicators, comparisons, reconciliation, figures with their evidence.

    Args:
        catalogue: What is measured.
        period: Key of the period.
        tables: The tables of ``ingest``.
        as_of: When this was known; by default the caller gives ``period_as_of``.
        earlier: ``eval.indicator_values`` of the periods this one is compared with.
        made: Of a period that is made of others, what they give.

    Returns:
        Every table of ``evaluate_tables``.
    """
    row = made.row if made else period_row(tables, period)
    evaluated = evaluate_values(catalogue, period, tables, as_of, made)
    values = evaluated["eval.indicator_values"]
    beside = comparisons(
        values=values,
        earlier=earlier or {},
        targets=tables["ref.targets"],
        catalogue=catalogue,
        period=row,
        tables=tables,
    )
    compared = compare(
        published=tables["ref.published"], values=values, catalogue=catalogue, period=period
    )
    shown = figures(
        values=values,
        observations=tables["core.observations"],
        registers=register_rows(catalogue, tables),
        submissions=tables["intake.submissions"],
        units=tables["ref.units"],
        catalogue=catalogue,
        period_row=row,
        release_id=f"{period}/draft",
        evidence=tables["core.evidence"],
        successions=tables["ref.unit_successions"],
        origins=made.origins if made else None,
    )
    rows = register_rows(catalogue, tables)
    known = made.register_known if made else registers_known(catalogue, tables)
    law = judge(catalogue, tables, row, rows, known, made.origins if made else None)

    return (
        evaluated
        | law
        | score_tables(catalogue, tables, evaluated, row, (rows, known))
        | {
            "eval.series": series(
                parts=made.parts if made else {},
                tables=tables,
                catalogue=catalogue,
                period=period,
            ),
            "eval.comparisons": beside,
            "eval.published": compared,
            "report.figures": shown,
        }
    )


def registers_known(
    catalogue: Catalogue, tables: Mapping[str, pd.DataFrame]
) -> dict[str, RegisterKnown]:
    """Whether an office's register is there; for one that units keep, who sent rows."""
    submissions = tables["intake.submissions"]
    accepted = submissions["status"].isin(["accepted", "accepted_with_warnings"])
    forms = set(submissions.loc[accepted, "form"].dropna())
    shown = {sheet.register_id for form in forms for sheet in catalogue.forms[form].sheets}
    return {
        name: frozenset(tables[register.table]["unit_id"])
        if register.authority == "self"
        else name in shown and not (register.optional and tables[register.table].empty)
        for name, register in catalogue.registers.items()
    }


def check_invariants(catalogue: Catalogue, period: str, tables: Mapping[str, pd.DataFrame]) -> None:
    """Raise ``InvariantBroken`` when the tables of a period contradict each other."""
    units, row = tables["ref.units"], period_row(tables, period)
    check(tables=tables, units=units, catalogue=catalogue, period=row)


def period_as_of(root: Path, period: str) -> dt.datetime:
    """The time of the period's last journal line: "now" without a clock."""
    return last_time(read_journal(journal_path(root, period)).entries)
