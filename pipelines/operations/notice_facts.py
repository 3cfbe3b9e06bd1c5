"""Gathering what notices follow from: the warehouse, the reference facts, the journals.

Belongs here: reading. Does not belong here: what is due (``notice_rows``).
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd

from pipelines.analysis import open_warehouse
from pipelines.analysis.access import Tables
from pipelines.analysis.scope import of_period
from pipelines.catalogue.model import Catalogue
from pipelines.catalogue.periods import period_frame
from pipelines.catalogue.reference import read_facts
from pipelines.evaluation.reporting import reporting
from pipelines.intake.journal import read_journal
from pipelines.operations.failures import failures_of
from pipelines.operations.notice_rows import NoticeFacts
from pipelines.orchestration.answering import office_of
from pipelines.orchestration.period_facts import period_requests, period_row
from pipelines.orchestration.steps import journal_path
from pipelines.reports.leads import leads

# how far back a silence is followed
_PERIODS_BACK = 8


def notice_facts(
    root: Path, catalogue: Catalogue, period: str, now: dt.datetime, remind_days: tuple[int, ...]
) -> NoticeFacts:
    """What the notices of a period follow from.

    A period that nothing was received or evaluated of is there too: what its requests ask for is
    missing, so that units are reminded before the first file comes.

    Args:
        root: The project's root.
        catalogue: What is measured.
        period: Key of the period.
        now: The clock.
        remind_days: Days before the due date on which units are reminded.
    """
    warehouse = open_warehouse(root=root)
    tables = _asked(root, catalogue)
    units, row = tables["ref.units"], period_row(tables, period)
    reported = _reported(warehouse, catalogue, period, tables)
    owing = reported.loc[reported["period"] == period, "unit_id"].unique()
    return NoticeFacts(
        period=period,
        label=str(row["label_vi"]),
        now=now,
        reporting=reported,
        submissions=of_period(warehouse.table("intake.submissions"), period),
        findings=of_period(warehouse.table("core.findings"), period),
        units=units,
        entries=read_journal(journal_path(root, period)).entries,
        areas=leads(
            warehouse.table("core.registers_assignments"),
            warehouse.table("core.registers_committee_members"),
            pd.Timestamp(now.date()),
        ),
        senders=_senders(units, set(owing), row["ends_on"]),
        form_names={form.id: form.number_vi for form in catalogue.forms.values()},
        sheets=frozenset(s.name for form in catalogue.forms.values() for s in form.sheets),
        remind_days=remind_days,
        before={
            key: read_journal(journal_path(root, key)).entries
            for key in _earlier(catalogue, period)
        },
        failures=failures_of(root, period),
    )


def _asked(root: Path, catalogue: Catalogue) -> dict[str, pd.DataFrame]:
    """The reference tables that say who owes what by when; the others are not needed here."""
    facts = ("units", "unit_successions", "requests")
    folder = root / "raw" / "reference"
    tables = {f"ref.{name}": read_facts(catalogue, folder, name) for name in facts}
    return tables | {"ref.periods": period_frame(catalogue.periods)}


def _senders(units: pd.DataFrame, owing: set[str], day: dt.date) -> dict[str, str]:
    """The office that writes to each unit; asked once for all units in the same places."""
    found: dict[str, str] = {}
    known: dict[str, str] = {}
    for key, rows in units[units["unit_id"].isin(owing)].groupby("unit_id"):
        unit = str(key)
        places = rows[["kind", "parent_id", "valid_from", "valid_to"]].to_csv(index=False)
        if places not in known:
            known[places] = office_of(units, unit, day)
        found[unit] = known[places]
    return found


def _reported(
    warehouse: Tables, catalogue: Catalogue, period: str, tables: dict[str, pd.DataFrame]
) -> pd.DataFrame:
    known = warehouse.table("core.reporting")
    if (known["period"] == period).any():
        return known
    asked = reporting(
        requests=period_requests(tables, period),
        submissions=warehouse.table("intake.submissions").head(0),
        units=tables["ref.units"],
        catalogue=catalogue,
        period=period,
        period_end=period_row(tables, period)["ends_on"],
        successions=tables["ref.unit_successions"],
    )
    return pd.concat([known, asked], ignore_index=True) if len(known) else asked


def _earlier(catalogue: Catalogue, period: str) -> list[str]:
    """Earlier periods of the same kind, the newest first."""
    periods = period_frame(catalogue.periods).set_index("period")
    row = periods.loc[period]
    same = periods[(periods["kind"] == row["kind"]) & (periods["ends_on"] < row["starts_on"])]
    return [str(key) for key in same.sort_values("ends_on").index[::-1][:_PERIODS_BACK]]
