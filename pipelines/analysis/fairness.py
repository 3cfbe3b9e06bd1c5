"""Fair comparison, for the analyst: peers, how firm an order is, chance in small numbers.

Belongs here: frames that put a unit beside units like it. Does not belong here: anything that
leaves the house in order of merit (the report keeps the official order).
"""

from __future__ import annotations

import datetime as dt
from math import comb
from statistics import NormalDist

import numpy as np
import pandas as pd

from pipelines.analysis.access import Tables

# one draw of weights and gaps per repetition; the same seed gives the same table
_DRAWS, _SEED = 1000, 20210610
# weights may be up to a fifth off: what sets of provinces differ by
_WEIGHT_SPREAD = 0.2
_SMALL = 5
_FULL = 100.0


def peer_groups(wh: Tables, day: dt.date, grouping: str = "area") -> pd.DataFrame:
    """The group of every commune on a day, from dated official lists.

    Args:
        wh: The warehouse.
        day: The day whose lists count.
        grouping: ``kind`` (town or commune, from ``ref.units``), else a grouping of
            ``ref.unit_groups``, for instance ``area`` (khu vực I, II, III) or ``size``.

    Returns:
        unit_id, name, group, source; the group is missing where no list names the unit: a unit is
        never put among peers by guessing.
    """
    units = wh.table("ref.units")
    when = pd.Timestamp(day)
    alive = units["valid_from"].le(when) & (units["valid_to"].isna() | units["valid_to"].ge(when))
    chosen = units[alive & units["unit_type"].eq("commune")]
    frame = chosen[["unit_id", "name", "official_order"]].sort_values("official_order")
    if grouping == "kind":
        kinds = {"xa": "Xã", "phuong": "Phường", "thi_tran": "Thị trấn"}
        group = chosen.set_index("unit_id")["kind"].map(kinds)
        listed = pd.DataFrame({"group": group, "source": chosen.set_index("unit_id")["source"]})
    else:
        lists = wh.table("ref.unit_groups")
        current = lists["valid_from"].le(when)
        current &= lists["valid_to"].isna() | lists["valid_to"].ge(when)
        mine = lists[current & lists["grouping"].eq(grouping)]
        listed = mine.drop_duplicates("unit_id", keep="last").set_index("unit_id")
        listed = listed[["group", "source"]]
    return frame.drop(columns="official_order").join(listed, on="unit_id").reset_index(drop=True)


def beside_peers(values: pd.DataFrame, groups: pd.DataFrame) -> pd.DataFrame:
    """A figure of units beside the median of their group.

    Args:
        values: scope_id, value of one indicator.
        groups: ``peer_groups``.

    Returns:
        unit_id, name, group, value, peers (known units of the group), median, difference; the
        median is missing in groups of fewer than three known units.
    """
    figure = values.set_index("scope_id")["value"]
    frame = groups.assign(value=groups["unit_id"].map(figure))
    by_group = frame.groupby("group")["value"]
    frame["peers"] = by_group.transform("count").fillna(0).astype("int64")
    median = by_group.transform("median")
    frame["median"] = median.where(frame["peers"] >= 3)
    return frame.assign(difference=frame["value"] - frame["median"])


def rank_stability(scores: pd.DataFrame, draws: int = _DRAWS, seed: int = _SEED) -> pd.DataFrame:
    """How far the place of a unit hangs on the weights and on what is missing.

    Args:
        scores: ``eval.scores`` of one set, period and stage.
        draws: Repetitions.
        seed: Equal seeds give equal tables.

    Returns:
        By unit, official order kept: place with the set's own weights and everything missing at
        its lower bound, and the 5th, 50th and 95th percentile of the place over draws in which
        each line's weight is up to a fifth off and each unknown line lies anywhere in its bounds;
        ``firm`` where the 90% range is at most a quarter of the units.
    """
    units = list(dict.fromkeys(scores["unit_id"]))
    lines = list(dict.fromkeys(scores["criterion"]))
    most, low, high = (
        scores.pivot_table(index="unit_id", columns="criterion", values=name, dropna=False)
        .reindex(index=units, columns=lines)
        .to_numpy(dtype="float64")
        for name in ("max_points", "lower", "upper")
    )
    counts = ~np.isnan(most)
    low, high = np.where(counts, low, 0.0), np.where(counts, high, 0.0)
    rng = np.random.default_rng(seed)
    places = np.empty((draws, len(units)))
    for draw in range(draws):
        weights = rng.uniform(1 - _WEIGHT_SPREAD, 1 + _WEIGHT_SPREAD, size=len(lines))
        points = low + rng.random(low.shape) * (high - low)
        at_stake = (np.where(counts, most, 0.0) * weights).sum(axis=1)
        places[draw] = _places((points * weights).sum(axis=1) / at_stake)
    own = _places(low.sum(axis=1) / np.where(counts, most, 0.0).sum(axis=1))
    ends = np.percentile(places, [5, 50, 95], axis=0)
    return pd.DataFrame(
        {
            "unit_id": units,
            "place": own.astype("int64"),
            "place_5": ends[0],
            "place_50": ends[1],
            "place_95": ends[2],
            "firm": ends[2] - ends[0] <= len(units) / 4,
        }
    )


def _places(shares: np.ndarray) -> np.ndarray:
    """Places from the highest share on; equal shares share the best place."""
    rounded = np.round(shares, 9)
    return (rounded[None, :] > rounded[:, None]).sum(axis=1) + 1.0


def funnel(values: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Rates of units within what chance alone makes of the common rate.

    Args:
        values: scope_id, numerator, denominator of one rate, counts.
        level: Share of units of the common rate that lie within the limits.

    Returns:
        By unit: rate, common (of all units together, percent), low, high (limits for its
        denominator: exact binomial below 100, normal above), outside, small: fewer than five
        cases, too few to say anything.
    """
    known = values.dropna(subset=["numerator", "denominator"])
    known = known[known["denominator"] > 0]
    total = known["denominator"].sum()
    common = known["numerator"].sum() / total if total else float("nan")
    limits = [_limits(common, int(n), level) for n in known["denominator"]]
    rate = known["numerator"] / known["denominator"] * _FULL
    frame = pd.DataFrame(
        {
            "unit_id": known["scope_id"].to_numpy(),
            "numerator": known["numerator"].to_numpy(),
            "denominator": known["denominator"].to_numpy(),
            "rate": rate.to_numpy(),
            "common": common * _FULL,
            "low": [low for low, _ in limits],
            "high": [high for _, high in limits],
        }
    )
    frame["small"] = frame["denominator"] < _SMALL
    outside = (frame["rate"] < frame["low"] - 1e-9) | (frame["rate"] > frame["high"] + 1e-9)
    return frame.assign(outside=outside & ~frame["small"])


def _limits(common: float, cases: int, level: float) -> tuple[float, float]:
    """Percent between which the rate of so many cases lies by chance."""
    tail = (1 - level) / 2
    if cases >= _FULL:
        half = NormalDist().inv_cdf(1 - tail) * (common * (1 - common) / cases) ** 0.5
        return max(common - half, 0.0) * _FULL, min(common + half, 1.0) * _FULL
    chance = np.array(
        [comb(cases, k) * common**k * (1 - common) ** (cases - k) for k in range(cases + 1)]
    )
    below = chance.cumsum()
    low = int(np.argmax(below > tail))
    high = int(np.argmax(below >= 1 - tail))
    return low / cases * _FULL, high / cases * _FULL


def too_perfect(values: pd.DataFrame, rates: list[str]) -> pd.DataFrame:
    """Units all of whose rates are exactly 100%: to be looked at, not to be doubted as such.

    Args:
        values: ``eval.indicator_values`` of units in one period, as reported.
        rates: Indicators that are rates.

    Returns:
        unit_id, rates (known), full (exactly 100%), flagged: at least five known and all full.
    """
    mine = values[values["indicator"].isin(rates) & values["value"].notna()]
    full = mine["value"].sub(_FULL).abs().lt(1e-9)
    counts = full.groupby(mine["scope_id"]).agg(["size", "sum"])
    frame = counts.rename(columns={"size": "rates", "sum": "full"}).rename_axis("unit_id")
    frame = frame.reset_index()
    return frame.assign(flagged=(frame["rates"] >= _SMALL) & (frame["rates"] == frame["full"]))
