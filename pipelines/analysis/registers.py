"""Registers: dossiers and inspections.

Belongs here: grouping register rows for tables and charts. Does not belong here: the counts that
are indicators (they come from eval.indicator_values).
"""

from __future__ import annotations

import pandas as pd

from pipelines.analysis.access import Tables
from pipelines.analysis.scope import of_period, unit_names


def dossier_flow(wh: Tables, period: str) -> pd.DataFrame:
    """Dossiers received and resolved by month.

    Returns:
        month (first day, datetime), received, resolved, open_at_end (received so far minus
        resolved so far); every month between the first and the last, none left out.
    """
    rows = of_period(wh.table("core.registers_dossiers"), period)
    received = _by_month(rows["received_on"])
    resolved = _by_month(rows["resolved_on"])
    both = pd.concat({"received": received, "resolved": resolved}, axis=1)
    if both.empty:
        return pd.DataFrame(
            {"month": pd.Series(dtype="datetime64[us]"), "received": [], "resolved": []}
        ).assign(open_at_end=pd.Series(dtype="int64"))
    months = pd.period_range(both.index.min(), both.index.max(), freq="M")
    both = both.reindex(months).fillna(0).astype("int64")
    both["open_at_end"] = (both["received"] - both["resolved"]).cumsum()
    month = both.index.to_timestamp()  # type: ignore[attr-defined] # a PeriodIndex
    return both.reset_index(drop=True).assign(month=month)[
        ["month", "received", "resolved", "open_at_end"]
    ]


def dossier_summary(wh: Tables, period: str, by: str = "channel") -> pd.DataFrame:
    """Dossiers by channel or field: how many came, how many are resolved, how many late.

    Args:
        wh: The warehouse.
        period: Key of the period.
        by: ``channel`` or ``field``.

    Returns:
        group, received, resolved, pending, late (resolved after the due day); largest first.
    """
    rows = of_period(wh.table("core.registers_dossiers"), period)
    done = rows["resolved_on"].notna()
    counted = pd.DataFrame(
        {
            "group": rows[by],
            "received": 1,
            "resolved": done.astype("int64"),
            "pending": (~done).astype("int64"),
            "late": (done & (rows["resolved_on"] > rows["due_on"])).astype("int64"),
        }
    )
    totals = counted.groupby("group", sort=True).sum().reset_index()
    return totals.sort_values(["received", "group"], ascending=[False, True], ignore_index=True)


def inspections(wh: Tables, period: str) -> pd.DataFrame:
    """The year's plan of inspections and supervisions, row by row.

    Returns:
        kind, unit, planned_month, status, done_on, done (bool), sorted by kind and month.
    """
    rows = of_period(wh.table("core.registers_inspections"), period)
    frame = rows.assign(
        unit=rows["unit_id"].map(unit_names(wh)).fillna(rows["unit_id"]),
        done=rows["done_on"].notna(),
    )
    # "Kiểm tra" before "Giám sát", as the plan says it
    frame = frame.sort_values(["kind", "planned_month", "unit"], ascending=[False, True, True])
    return frame[["kind", "unit", "planned_month", "status", "done_on", "done"]].reset_index(
        drop=True
    )


def inspection_summary(wh: Tables, period: str) -> pd.DataFrame:
    """Plan of the year against done, kiểm tra and giám sát apart.

    Returns:
        kind, planned, done, open.
    """
    rows = inspections(wh, period)
    totals = rows.groupby("kind", sort=False)["done"].agg(planned="size", done="sum").reset_index()
    totals["open"] = totals["planned"] - totals["done"]
    return totals


def _by_month(days: pd.Series) -> pd.Series:
    return days.dropna().dt.to_period("M").value_counts(sort=False)
