"""What points add up to: totals with bounds, bands, forced downgrades.

Belongs here: the arithmetic of a whole score sheet. Does not belong here: the points of one line
(``scales``, ``scores``).

A total that holds a criterion nobody knows anything about is an interval, and so is its band; a
unit is put in a band only where every total that is possible lies in it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.criteria import STAGES, Bonus, CriteriaSet, Forced
from pipelines.catalogue.model import Catalogue
from pipelines.evaluation.scales import TOLERANCE
from pipelines.evaluation.scores import Known, reading_of

ENDS = ("points", "lower", "upper")


def bands(
    *,
    catalogue: Catalogue,
    criteria_set: CriteriaSet,
    scored: pd.DataFrame,
    known: Known,
    is_half: bool,
) -> pd.DataFrame:
    """Totals and bands of the highest stage that each unit has reached.

    Args:
        catalogue: Table contracts.
        criteria_set: The set.
        scored: ``eval.scores`` of the set and period.
        known: What forced rules read, at the highest stage.
        is_half: Whether the period is shorter than a year: most sets give no band then.

    Returns:
        ``eval.bands``: ``points`` is empty while a criterion is unknown; ``lower`` and ``upper``
        hold every total that is possible, ``band_lower`` and ``band_upper`` their bands after
        forced downgrades; ``band`` is the one both agree on, else "chưa xếp loại".
    """
    contract = table_contract(catalogue, "eval.bands")
    if scored.empty:
        return contract.empty()
    last = _highest(scored)
    units = list(dict.fromkeys(last["unit_id"]))
    table = totals(criteria_set, last).reindex(units)
    shares = _sections(criteria_set, last)
    ranks = {end: _rank(criteria_set, table[end]) for end in ("lower", "upper")}
    causes: list[list[str]] = [[] for _ in units]
    unrated = np.zeros(len(units), dtype=bool)
    for rule in criteria_set.forced:
        sure, possible = _applies(rule, units, known, shares)
        ranks["upper"] = _forced(criteria_set, rule, ranks["upper"], sure)
        ranks["lower"] = _forced(criteria_set, rule, ranks["lower"], possible)
        unrated |= possible & rule.unrated
        for at in np.flatnonzero(sure):
            causes[at].append(rule.label_vi)
    names = np.array([band.label_vi for band in criteria_set.bands], dtype=object)
    agreed = (ranks["lower"] == ranks["upper"]) & ~unrated
    shown = agreed & (not is_half or criteria_set.half_year_bands)
    band = np.where(shown, names[ranks["upper"]], criteria_set.unrated_vi)
    stage = last.drop_duplicates("unit_id").set_index("unit_id")["stage"].reindex(units)
    marked = last.groupby("unit_id")["is_illustrative"].any().reindex(units)
    out = table.reset_index(names="unit_id").assign(
        period=str(last["period"].iloc[0]),
        criteria_set=criteria_set.id,
        stage=stage.to_numpy(),
        band=band,
        band_lower=names[ranks["lower"]],
        band_upper=names[ranks["upper"]],
        forced_by=pd.array(["; ".join(each) or None for each in causes], dtype="str"),
        is_example=criteria_set.example,
        is_illustrative=marked.to_numpy(),
    )
    return contract.conform(out[[column.name for column in contract.columns]])


def totals(criteria_set: CriteriaSet, scored: pd.DataFrame) -> pd.DataFrame:
    """Totals of one stage by unit.

    Returns:
        points, lower, upper, apart (bonus shown beside the total), coverage: share of the points
        at stake that is known. Lines left out as "not applicable" scale the others up.
    """
    beside = {c.id for c in criteria_set.criteria if c.is_beside}
    apart = {
        c.id
        for c in criteria_set.criteria
        if isinstance(c.scale, Bonus) and c.scale.counted == "apart"
    }
    counted = scored["max_points"].notna()
    rated = scored[counted & ~scored["criterion"].isin(beside)].groupby("unit_id")
    added = scored[counted & scored["criterion"].isin(beside - apart)].groupby("unit_id")
    units = list(dict.fromkeys(scored["unit_id"]))
    out = pd.DataFrame(index=pd.Index(units, name="unit_id"))
    at_stake = rated["max_points"].sum().reindex(units)
    for end in ENDS:
        base = _whole_sum(rated, end).reindex(units) / at_stake * criteria_set.points
        more = _whole_sum(added, end).reindex(units, fill_value=0.0)
        out[end] = (base + more).clip(0.0, criteria_set.points)
    aside = scored[scored["criterion"].isin(apart)].groupby("unit_id")
    out["apart"] = _whole_sum(aside, "points").reindex(units)
    # a unit to which no line applies has nothing to be measured by: everything is possible
    nothing = at_stake.isna()
    out["lower"], out["upper"] = (
        out["lower"].mask(nothing, 0.0),
        out["upper"].mask(nothing, criteria_set.points),
    )
    known = scored["max_points"].where(scored["points"].notna() & counted)
    share = known[~scored["criterion"].isin(beside)].groupby(scored["unit_id"]).sum()
    out["coverage"] = (share.reindex(units) / at_stake).where(~nothing, 0.0)
    return out


def _whole_sum(groups: pd.api.typing.DataFrameGroupBy, column: str) -> pd.Series:
    """Sums that are not known where one summand is not."""
    return groups[column].agg(lambda each: each.sum(skipna=False))


def _highest(scored: pd.DataFrame) -> pd.DataFrame:
    """The rows of the highest stage of each unit."""
    place = scored["stage"].map({stage: at for at, stage in enumerate(STAGES)})
    return scored[place == place.groupby(scored["unit_id"]).transform("max")]


def _rank(criteria_set: CriteriaSet, points: pd.Series) -> np.ndarray:
    """Place of the band that points fall in, 0 the highest; lower bounds are inclusive."""
    lows = [band.at_least for band in criteria_set.bands]
    reached = np.array([points.to_numpy() >= low - TOLERANCE for low in lows])
    return reached.argmax(axis=0)


def _sections(criteria_set: CriteriaSet, scored: pd.DataFrame) -> pd.DataFrame:
    """Least and highest share of the points of any section, percent, by unit."""
    section = {c.id: c.section for c in criteria_set.rated}
    rows = scored[scored["criterion"].isin(section) & scored["max_points"].notna()]
    groups = rows.groupby([rows["unit_id"], rows["criterion"].map(section)])
    sums = groups[["lower", "upper", "max_points"]].sum()
    shares = pd.DataFrame({end: sums[end] / sums["max_points"] * 100 for end in ("lower", "upper")})
    return shares.groupby("unit_id").min()


def _applies(
    rule: Forced, units: list[str], known: Known, shares: pd.DataFrame
) -> tuple[np.ndarray, np.ndarray]:
    """Where a rule applies for sure, and where it may."""
    if rule.reads is None:
        of_units = shares.reindex(units)
        limit = float(rule.section_below or 0) - TOLERANCE
        sure = (of_units["upper"] < limit).to_numpy()
        possible = ~(of_units["lower"] >= limit).to_numpy()
        return sure, possible
    reading = reading_of(rule.reads, units, known)
    limit = rule.at_least - TOLERANCE
    sure = (reading.lower >= limit) & ~reading.exempt
    possible = ~(reading.upper < limit) & ~reading.exempt
    return sure, possible


def _forced(
    criteria_set: CriteriaSet, rule: Forced, ranks: np.ndarray, where: np.ndarray
) -> np.ndarray:
    lowest = len(criteria_set.bands) - 1
    if rule.unrated:
        return ranks
    if rule.down is not None:
        return np.where(where, np.minimum(ranks + rule.down, lowest), ranks)
    names = [band.id for band in criteria_set.bands]
    cap = names.index(str(rule.at_most))
    return np.where(where, np.maximum(ranks, cap), ranks)
