"""Across the map of 2025: which unit went where, and whether sums stay what they were.

Belongs here: successions of the period's units in words, both views of place beside each other.
Does not belong here: carrying figures over (``evaluation``), figures of today's communes
(``today``).
"""

from __future__ import annotations

import pandas as pd

from pipelines.analysis.opening import Opened
from pipelines.analysis.scope import members, of_period, unit_names
from pipelines.analysis.shown import show
from pipelines.analysis.today import made_from

KINDS = {
    "merge": "nhập",
    "split": "tách",
    "rename": "đổi tên",
    "type_change": "đổi loại",
    "transfer": "chuyển cấp trên",
}
SHARES = {"whole": "toàn bộ", "part": "một phần"}
_COUNTED = ("count", "number", "money")


def successions(opened: Opened) -> pd.DataFrame:
    """Where the communes of the period went, or where those of a later period came from.

    Returns:
        predecessor, successor, kind_vi, share_vi, since, basis, in official order of the period's
        communes; one that the map left as it was has no row.
    """
    wh = opened.wh
    communes = members(wh, "qcdc_communes", opened.scope)
    place = dict(zip(communes["unit_id"], communes.index, strict=True))
    every = wh.table("ref.unit_successions")
    every = every[every["kind"].isin(KINDS)]
    later = every["on"] > pd.Timestamp(opened.scope.ends_on)
    rows, side = every[later & every["predecessor"].isin(place)], "predecessor"
    if rows.empty:
        rows, side = every[~later & every["successor"].isin(place)], "successor"
    names = unit_names(wh)
    frame = rows.assign(at=rows[side].map(place), kind_vi=rows["kind"].map(KINDS))
    keys = ["at", "predecessor", "successor", "share", "on"]
    grouped = frame.groupby(keys, sort=True)
    joined = grouped.agg(kind_vi=("kind_vi", ", ".join), basis=("basis", "last")).reset_index()
    return pd.DataFrame(
        {
            "predecessor": joined["predecessor"].map(names),
            "successor": joined["successor"].map(names),
            "kind_vi": joined["kind_vi"],
            "share_vi": joined["share"].map(SHARES).fillna(joined["share"]),
            "since": joined["on"],
            "basis": joined["basis"],
        }
    )


def both_views(opened: Opened) -> pd.DataFrame:
    """Counts added over the communes of the period and over those of today.

    Returns:
        label, unit_vi, as_reported_shown, as_today_shown, agrees (whether the sums are equal;
        empty where a part could not be split); only counts: statuses are listed, never added.
    """
    wh = opened.wh
    values = of_period(wh.table("eval.indicator_values"), opened.period)
    about = wh.table("ref.indicators").set_index("indicator")
    counted = about.index[about["format"].isin(_COUNTED) & about["denominator"].isna()]
    values = values[values["indicator"].isin(counted)]
    then = set(members(wh, "qcdc_communes", opened.scope)["unit_id"])
    units = wh.table("ref.units").set_index("unit_id")
    today = values[values["view"] == "as_today"]
    now = today[today["scope_id"].map(units["unit_type"]) == "commune"]
    before = values[values["view"].eq("as_reported") & values["scope_id"].isin(then)]
    rows = []
    for indicator in about.index[about.index.isin(now["indicator"])]:
        old, new = (part[part["indicator"] == indicator] for part in (before, now))
        sums = old["value"].sum(min_count=1), new["value"].sum(min_count=1)
        split = new["state"].eq("not_splittable").any()
        known = not split and pd.notna(sums[0]) and pd.notna(sums[1])
        entry = about.loc[indicator]
        rows.append(
            {
                "label": entry["label_vi"],
                "unit_vi": entry["unit_vi"],
                "as_reported_shown": show(sums[0], str(entry["format"]), int(entry["digits"])),
                "as_today_shown": show(sums[1], str(entry["format"]), int(entry["digits"])),
                "agrees": abs(sums[0] - sums[1]) < 1e-6 if known else None,
            }
        )
    columns = ["label", "unit_vi", "as_reported_shown", "as_today_shown", "agrees"]
    return pd.DataFrame(rows, columns=columns).astype({"agrees": "boolean"})


def holding(opened: Opened) -> pd.DataFrame:
    """Communes of today and what they hold of the period: unit, since, made_from."""
    return made_from(opened.wh, opened.period)[["unit", "since", "made_from"]]
