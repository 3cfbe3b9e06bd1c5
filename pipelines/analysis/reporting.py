"""Who sent what, when.

Belongs here: counts and lists of owed reports by state. Does not belong here: deciding a state
(``evaluation``).
"""

from __future__ import annotations

import pandas as pd

from pipelines.analysis.access import Tables
from pipelines.analysis.scope import of_period
from pipelines.analysis.setting import setting
from pipelines.analysis.shown import REPORTING_STATES
from pipelines.catalogue.load import load_catalogue

_GROUPS: dict[str, str] = {
    "agency": "Cơ quan, đơn vị sự nghiệp",
    "enterprise": "Doanh nghiệp",
}
_OTHERS = "Cơ quan cung cấp số liệu"


def reporting_by_unit(wh: Tables, period: str) -> pd.DataFrame:
    """Every owed report of the period, in official order.

    Returns:
        unit_id, unit, group, official_order, form, form_title, due_date, received_at, state,
        state_vi, versions.
    """
    units = wh.table("ref.units")[["unit_id", "name", "unit_type", "official_order"]]
    forms = wh.table("ref.forms").drop_duplicates("form")[["form", "title_vi"]]
    frame = of_period(wh.table("core.reporting"), period).merge(units, on="unit_id", how="left")
    frame = frame.merge(forms, on="form", how="left")
    frame = frame.rename(columns={"name": "unit", "title_vi": "form_title"})
    frame["group"] = frame["unit_type"].map(_groups(wh, period)).fillna(_OTHERS)
    frame["state_vi"] = frame["state"].map(REPORTING_STATES)
    return frame.sort_values(["official_order", "unit_id", "form"], ignore_index=True)


def reporting_matrix(wh: Tables, period: str) -> pd.DataFrame:
    """Owed reports by group of units and state.

    Returns:
        One row per group, in the order communes, agencies, enterprises, offices: group, owed,
        then one count per state (on_time, late, returned, missing).
    """
    frame = reporting_by_unit(wh, period)
    counts = pd.crosstab(frame["group"], frame["state"])
    counts = counts.reindex(
        index=[g for g in [*_groups(wh, period).values(), _OTHERS] if g in counts.index],
        columns=list(REPORTING_STATES),
        fill_value=0,
    )
    counts.insert(0, "owed", counts.sum(axis=1))
    counts.columns.name = None
    return counts.rename_axis("group").reset_index()


def form_numbers() -> dict[str, str]:
    """Numbers of the forms as officials call them, by id: "Biểu 01-XA"."""
    return {form.id: form.number_vi for form in load_catalogue().forms.values()}


def to_be_urged(wh: Tables, period: str) -> pd.DataFrame:
    """Reports that were late, returned or never came: for the working copy only."""
    frame = reporting_by_unit(wh, period)
    return frame[frame["state"] != "on_time"].reset_index(drop=True)


def _groups(wh: Tables, period: str) -> dict[str, str]:
    return {"commune": setting(wh, period).communes.capitalize()} | _GROUPS
