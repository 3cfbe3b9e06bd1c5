"""Fair comparison of a period's units, ready to be shown: names in front, official order.

Belongs here: which rows of the warehouse the measures of ``fairness`` are asked about. Does not
belong here: the measures themselves (``fairness``), anything that leaves the house ranked.
"""

from __future__ import annotations

import pandas as pd

from pipelines.analysis.fairness import (
    beside_peers,
    funnel,
    peer_groups,
    rank_stability,
    too_perfect,
)
from pipelines.analysis.opening import Opened, chosen
from pipelines.analysis.scope import members, named, of_period
from pipelines.analysis.scores import band_counts, bands_in_order

GROUPINGS = ("area", "kind", "size")
# headings of ``counts``
COUNTED = {
    "sure": "Số đơn vị chắc chắn",
    "possible": "Số đơn vị có thể",
    "units": "Tổng số đơn vị",
    "share": "Tỷ lệ chắc chắn",
}
_RATES = ("rate", "ratio")


def sets_of(opened: Opened, criteria_set: str = "") -> str:
    """A set of criteria of the period; the first one when none is named.

    Raises:
        UnknownChoice: No such set in the period.
    """
    known = sorted(of_period(opened.wh.table("eval.bands"), opened.latest)["criteria_set"].unique())
    if criteria_set == "":
        return known[0] if known else ""
    return chosen(criteria_set, known, "bộ tiêu chí")


def bands(opened: Opened, criteria_set: str = "") -> pd.DataFrame:
    """``bands_in_order`` of the newest figures, coverage in percent; no rows without scores."""
    key = sets_of(opened, criteria_set)
    frame = bands_in_order(opened.wh, opened.latest, key)
    return frame.assign(coverage=100 * frame["coverage"])


def counts(opened: Opened, criteria_set: str = "") -> pd.DataFrame:
    """``band_counts`` of the newest figures; no rows without scores."""
    key = sets_of(opened, criteria_set)
    if not key:
        return pd.DataFrame(columns=["band", "sure", "possible", "units", "share"])
    return band_counts(opened.wh, opened.latest, key)


def peers(opened: Opened, indicator: str, grouping: str = "area") -> pd.DataFrame:
    """A figure of every commune beside the median of its group.

    Args:
        opened: The period.
        indicator: Id of the indicator.
        grouping: ``area``, ``size`` or ``kind``.

    Returns:
        unit, group, value, peers, median, difference, source.

    Raises:
        UnknownChoice: No such indicator or grouping.
    """
    known = list(opened.wh.table("ref.indicators")["indicator"])
    values = _communes(opened)
    mine = values[values["indicator"] == chosen(indicator, known, "chỉ số")]
    groups = peer_groups(opened.wh, opened.scope.ends_on, chosen(grouping, GROUPINGS, "cách nhóm"))
    groups = groups[groups["unit_id"].isin(_ids(opened))]
    frame = named(opened.wh, beside_peers(mine, groups))
    columns = ["unit", "group", "value", "peers", "median", "difference", "source"]
    return frame[columns].assign(group=frame["group"].fillna("không có trong danh sách"))


def stability(opened: Opened, criteria_set: str = "", stage: str = "self") -> pd.DataFrame:
    """How firm an order by a set of criteria would be.

    Returns:
        unit, place_now, place_5, place_50, place_95, firm; in official order, not by place.
    """
    scored = of_period(opened.wh.table("eval.scores"), opened.latest)
    mine = scored["criteria_set"].eq(sets_of(opened, criteria_set)) & scored["stage"].eq(stage)
    if not mine.any():
        return pd.DataFrame(columns=["unit", "place_now", "place_5", "place_50", "place_95"])
    frame = rank_stability(scored[mine]).rename(columns={"place": "place_now"})
    return named(opened.wh, frame)


def chance(opened: Opened, indicator: str) -> pd.DataFrame:
    """Rates of the communes within what chance alone would make of the common rate.

    Raises:
        UnknownChoice: No such indicator.
    """
    known = list(opened.wh.table("ref.indicators")["indicator"])
    values = _communes(opened)
    mine = values[values["indicator"] == chosen(indicator, known, "chỉ số")]
    return named(opened.wh, funnel(mine))


def perfect(opened: Opened) -> pd.DataFrame:
    """Communes with how many of their rates are exactly 100%: unit, rates, full, flagged."""
    about = opened.wh.table("ref.indicators")
    rates = list(about.loc[about["format"].isin(_RATES), "indicator"])
    return named(opened.wh, too_perfect(_communes(opened), rates))


def _ids(opened: Opened) -> list[str]:
    return list(members(opened.wh, "qcdc_communes", opened.scope)["unit_id"])


def _communes(opened: Opened) -> pd.DataFrame:
    values = of_period(opened.wh.table("eval.indicator_values"), opened.latest)
    return values[values["view"].eq("as_reported") & values["scope_id"].isin(_ids(opened))]
