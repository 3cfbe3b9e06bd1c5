"""Where an inspection is worth its day: reasons by unit, duties that are open, what was found.

Belongs here: ``eval.targeting`` and what stands beside it, unit by unit. Does not belong here: a
plan of inspections (that is the committee's), any hidden score.
"""

from __future__ import annotations

import pandas as pd

from pipelines.analysis.access import Tables
from pipelines.analysis.programme import planned_units
from pipelines.analysis.scope import of_period, unit_names
from pipelines.analysis.scores import where_to_look
from pipelines.analysis.shown import DUTY_STATES, STAGES

REASONS = {
    "report": "Chế độ báo cáo",
    "finding": "Phát hiện khi kiểm tra số liệu",
    "coverage": "Thiếu số liệu",
    "difference": "Báo cáo khác kết quả kiểm tra",
    "limitation": "Hạn chế quá thời hạn khắc phục",
    "inspection": "Lâu chưa được kiểm tra",
}


def reasons_by_unit(wh: Tables, period: str) -> pd.DataFrame:
    """Units with all their reasons, those with most kinds of reason first.

    Returns:
        unit_id, unit, reasons (how many kinds), text_vi (all reasons), on_vi (what to look at),
        on_plan (whether the year's plan names the unit), beyond (kinds of reason besides the time
        since the last inspection).
    """
    frame = where_to_look(wh, period)
    columns = ["unit_id", "unit", "reasons", "text_vi", "on_vi", "on_plan", "beyond"]
    if frame.empty:
        return pd.DataFrame(columns=columns)
    rows = of_period(wh.table("eval.targeting"), period)
    kinds = rows.groupby("unit_id")["reason"].nunique()
    others = rows[rows["reason"] != "inspection"].groupby("unit_id")["reason"].nunique()
    grouped = frame.groupby(["position", "unit_id", "name"], sort=True)
    told = grouped.agg(
        text_vi=("text_vi", " ".join), on_vi=("on_vi", lambda said: "; ".join(dict.fromkeys(said)))
    ).reset_index()
    planned = planned_units(wh, period)
    return told.assign(
        unit=told["name"],
        reasons=told["unit_id"].map(kinds),
        on_plan=told["unit_id"].isin(planned),
        beyond=told["unit_id"].map(others).fillna(0).astype("int64"),
    )[columns]


def reasons_by_kind(wh: Tables, period: str) -> pd.DataFrame:
    """How many units each kind of reason names: group (the kind), units."""
    rows = of_period(wh.table("eval.targeting"), period)
    counts = rows.groupby("reason")["unit_id"].nunique()
    made = [(label, int(counts[key])) for key, label in REASONS.items() if key in counts.index]
    return pd.DataFrame(made, columns=["group", "units"])


def open_duties(wh: Tables, period: str) -> pd.DataFrame:
    """Duties of the law that a unit has not fulfilled, or of which nothing is known.

    Returns:
        unit, duty_label, duty_state_vi, said, due_on, legal; units in official order.
    """
    rows = of_period(wh.table("eval.duties"), period)
    rows = rows[rows["state"].isin(["not_done", "missing"])]
    units = wh.table("ref.units")[["unit_id", "name", "official_order"]]
    frame = rows.merge(units, on="unit_id").assign(
        unit=lambda f: f["name"],
        duty_label=lambda f: f["label_vi"],
        duty_state_vi=lambda f: f["state"].map(DUTY_STATES),
        said=lambda f: f["text_vi"],
    )
    frame = frame.sort_values(["official_order", "unit_id", "duty"])
    columns = ["unit", "duty_label", "duty_state_vi", "said", "due_on", "legal"]
    return frame[columns].reset_index(drop=True)


def checked_beside(wh: Tables, period: str) -> pd.DataFrame:
    """What inspections found beside what units reported.

    Returns:
        unit, label, stage_vi, reported, checked, difference, reason, evidence, decided_on.
    """
    rows = of_period(wh.table("eval.checked"), period)
    labels = wh.table("ref.elements").set_index("element")["label_vi"]
    frame = rows.assign(
        unit=rows["unit_id"].map(unit_names(wh)).fillna(rows["unit_id"]),
        label=rows["element"].map(labels).fillna(rows["element"]),
        stage_vi=rows["stage"].map(STAGES).fillna(rows["stage"]),
        checked=rows["found"],
    )
    columns = ["unit", "label", "stage_vi", "reported", "checked", "difference"]
    return frame[[*columns, "reason", "evidence", "decided_on"]].reset_index(drop=True)
