"""Which law judged what in a period, and how far its duties are fulfilled.

Belongs here: ``eval.judged`` and ``eval.duties`` of the report's scope with names, counts of units
by duty. Does not belong here: judging (``evaluation``), what a table looks like (``reports``).
"""

from __future__ import annotations

import pandas as pd

from pipelines.analysis.access import Tables
from pipelines.analysis.scope import of_period, report_scope
from pipelines.analysis.setting import setting
from pipelines.places.units import within
from pipelines.vietnamese.dates import format_date

STATES = ("done", "not_done", "not_yet_due", "missing")
_GROUPS = {"agency": "Cơ quan, đơn vị sự nghiệp", "enterprise": "Doanh nghiệp", "map": "Bản đồ"}
_ORDER = ("commune", "agency", "enterprise", "map")
_UNVERIFIED = "chưa kiểm chứng"


def judged(wh: Tables, period: str) -> pd.DataFrame:
    """The law that judged each kind of unit, and the map.

    Args:
        wh: The warehouse.
        period: Key of the period.

    Returns:
        subject, label, text (whole sentences), straddles and verified (bool), documents (numbers
        of the documents, those not checked against a source say so; empty for the map);
        communes, agencies, enterprises, map. No rows where nothing was judged.
    """
    rows = of_period(wh.table("eval.judged"), period)
    rows = rows[rows["scope_id"] == report_scope(wh, period).scope_id]
    labels = _labels(wh, period)
    numbers = _numbers(wh)
    frame = pd.DataFrame(
        {
            "subject": rows["subject"],
            "label": rows["subject"].map(labels).fillna(rows["subject"]),
            "text": rows["text_vi"],
            "straddles": rows["straddles"].astype(bool),
            "verified": rows["verified"].astype(bool),
            "documents": [_listed(ids, numbers) for ids in rows["documents"]],
        }
    )
    place = {name: at for at, name in enumerate(_ORDER)}
    order = frame["subject"].map(place).fillna(len(place))
    return (
        frame.assign(at=order).sort_values(["at", "subject"], ignore_index=True).drop(columns="at")
    )


def duties(wh: Tables, period: str) -> pd.DataFrame:
    """How many units fulfil each duty of the law; never which ones.

    Args:
        wh: The warehouse.
        period: Key of the period.

    Returns:
        One row per duty: group, duty, label, legal, verified (bool), owed (units it applies to),
        one count per state (done, not_done, not_yet_due, missing), due (text: until when it can
        still be done; empty where no unit has time left). Units to which a duty does not apply
        are counted nowhere.
    """
    scope = report_scope(wh, period)
    inside = within(
        wh.table("ref.units"), scope.scope_id, scope.ends_on, wh.table("ref.unit_successions")
    )
    rows = of_period(wh.table("eval.duties"), period)
    rows = rows[rows["unit_id"].isin(inside["unit_id"]) & rows["state"].isin(STATES)]
    counts = pd.crosstab(rows["duty"], rows["state"]).reindex(columns=list(STATES), fill_value=0)
    counts.columns.name = None
    frame = counts.reset_index()
    frame["owed"] = frame[list(STATES)].sum(axis=1)
    first = rows.drop_duplicates("duty").set_index("duty")
    for name, column in (("label", "label_vi"), ("legal", "legal"), ("verified", "verified")):
        frame[name] = frame["duty"].map(first[column])
    about = wh.table("ref.duties").drop_duplicates("duty").set_index("duty")
    kinds = frame["duty"].map(about["unit_type"])
    frame["group"] = kinds.map(_labels(wh, period)).fillna("Khác")
    frame["due"] = frame["duty"].map(_still_due(rows)).fillna("")
    place = {name: at for at, name in enumerate(_ORDER)}
    frame = frame.assign(at=kinds.map(place).fillna(len(place)))
    return frame.sort_values(["at", "duty"], ignore_index=True).drop(columns="at")


def _still_due(rows: pd.DataFrame) -> pd.Series:
    """Per duty the day until which units that have not fulfilled it still can."""
    waiting = rows[rows["state"] == "not_yet_due"].dropna(subset=["due_on"])
    days = waiting.groupby("duty")["due_on"].max()
    texts = [f"còn thời hạn đến {format_date(pd.Timestamp(day))}" for day in days]
    return pd.Series(texts, days.index, dtype="str")


def _labels(wh: Tables, period: str) -> dict[str, str]:
    return {"commune": setting(wh, period).communes.capitalize()} | _GROUPS


def _numbers(wh: Tables) -> dict[str, str]:
    documents = wh.table("ref.documents")
    return {
        row["document"]: row["number"] + ("" if row["verified"] else f" ({_UNVERIFIED})")
        for row in documents.to_dict("records")
    }


def _listed(ids: object, numbers: dict[str, str]) -> str:
    named = [name for name in str(ids).split(";") if name] if pd.notna(ids) else []  # type: ignore[call-overload] # a scalar
    return "; ".join(numbers.get(name, name) for name in named)
