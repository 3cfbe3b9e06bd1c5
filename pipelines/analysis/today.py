"""The figures of a period on today's map, where it is another one.

Belongs here: ``eval.indicator_values`` of view ``as_today`` for the communes of today that hold
something of the report's scope. Does not belong here: carrying figures over (``evaluation.views``).
"""

from __future__ import annotations

import pandas as pd

from pipelines.analysis.access import Tables
from pipelines.analysis.indicators import pillars, presented
from pipelines.analysis.scope import of_period, report_scope
from pipelines.places.units import within

_KEY = ["scope_id", "indicator"]
_SAID = ["state", "numerator", "denominator", "value", "text", "expected_units"]


def today(wh: Tables, period: str) -> pd.DataFrame:
    """Communes of today whose figures of the period are not those that one unit reported.

    Args:
        wh: The warehouse.
        period: Key of the period.

    Returns:
        One row per commune of today and indicator of communes that belongs to a pillar, in
        official order: unit_id, unit, official_order, pillar_label, pillar_order and the columns
        of ``scope_values``; ``shown`` is the text where there is no value to show ("2/4 xã cũ
        đạt", "không tách được"). No rows where the map has not changed.
    """
    values = of_period(wh.table("eval.indicator_values"), period)
    changed = _changed(values, _communes(wh, period))
    shared = pillars(wh, period).dropna(subset=["indicator"])
    shared = shared[shared["population"].isin(["qcdc_communes", "qcdc_grassroots"])]
    chosen = values[
        (values["view"] == "as_today")
        & values["scope_id"].isin(changed)
        & values["indicator"].isin(shared["indicator"])
    ]
    frame = presented(wh, chosen)
    frame["shown"] = frame["text"].where(frame["text"].notna(), frame["shown"])
    frame["fraction"] = frame["fraction"].where(frame["text"].isna(), "")
    units = wh.table("ref.units").rename(columns={"unit_id": "scope_id", "name": "unit"})
    frame = frame.merge(units[["scope_id", "unit", "official_order"]], on="scope_id")
    frame = frame.merge(shared[["indicator", "pillar_label", "pillar_order"]], on="indicator")
    frame = frame.rename(columns={"scope_id": "unit_id"})
    order = ["pillar_order", "place", "official_order", "unit_id"]
    return frame.sort_values(order, ignore_index=True)


def made_from(wh: Tables, period: str) -> pd.DataFrame:
    """Which units of the period each changed commune of today holds.

    Args:
        wh: The warehouse.
        period: Key of the period.

    Returns:
        unit_id, unit, official_order, since (first day of the commune), made_from (names of the
        units of the period, those that went over in part say so).
    """
    values = of_period(wh.table("eval.indicator_values"), period)
    changed = _changed(values, _communes(wh, period))
    units = wh.table("ref.units").set_index("unit_id")
    came = wh.table("ref.unit_successions")
    came = came[came["kind"].isin(["merge", "split", "rename", "type_change"])]
    rows = []
    for unit in changed:
        own = came[came["successor"] == unit].drop_duplicates("predecessor")
        names = [
            str(units["name"].get(old, old)) + (" (một phần)" if share == "part" else "")
            for old, share in zip(own["predecessor"], own["share"], strict=True)
        ]
        rows.append(
            {
                "unit_id": unit,
                "unit": units["name"].get(unit, unit),
                "official_order": int(units["official_order"].get(unit, 0)),
                "since": units["valid_from"].get(unit),
                "made_from": "; ".join(names),
            }
        )
    columns = ["unit_id", "unit", "official_order", "since", "made_from"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.sort_values(["official_order", "unit_id"], ignore_index=True)


def _changed(values: pd.DataFrame, communes: set[str]) -> list[str]:
    """Communes of today with a figure that they did not report themselves."""
    now = values[(values["view"] == "as_today") & values["scope_id"].isin(communes)]
    then = values.loc[values["view"] == "as_reported", [*_KEY, *_SAID]]
    both = now.merge(then, on=_KEY, how="left", suffixes=("", "_then"), indicator="found")
    other = both["found"] == "left_only"
    for name in _SAID:
        own, before = both[name], both[f"{name}_then"]
        other |= (own != before) & ~(own.isna() & before.isna())
    return sorted(both.loc[other, "scope_id"].unique())


def _communes(wh: Tables, period: str) -> set[str]:
    """Communes of today; with a district or province of today, those below it."""
    units = wh.table("ref.units")
    scope = report_scope(wh, period)
    values = of_period(wh.table("eval.indicator_values"), period)
    seen = set(values.loc[values["view"] == "as_today", "scope_id"])
    known = units[units["unit_id"].isin(seen) & (units["unit_type"] == "commune")]
    if scope.scope_id not in seen:
        return set(known["unit_id"])
    newest = pd.to_datetime(known["valid_from"]).max()
    day = max(pd.Timestamp(scope.ends_on), newest) if pd.notna(newest) else scope.ends_on
    came = wh.table("ref.unit_successions")
    below = within(units, scope.scope_id, pd.Timestamp(day).date(), came)
    return set(known["unit_id"]) & set(below["unit_id"])
