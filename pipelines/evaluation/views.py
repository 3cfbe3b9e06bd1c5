"""The second view of place: the figures of a period on today's map.

Belongs here: what was reported by the units of a day → figures of the units of today.
Does not belong here: what became of a unit (``places.bridging``), figures as reported
(``indicators``).

Counts of units that went over as a whole add up, and rates are recomputed from what was added. A
unit that was divided adds its share where a document states one; else the figure is
``not_splittable`` and lies between nothing and the whole of the divided unit. What a unit either
fulfils or not, and ranks, are ``listed`` by the old units and never added — unless the unit of
today is the old one under another name.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping

import numpy as np
import pandas as pd

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.model import Catalogue, CountMeasure, Indicator, NthLargestMeasure
from pipelines.evaluation.basis import (
    Basis,
    RegisterKnown,
    counted_populations,
    make_basis,
    period_end,
)
from pipelines.evaluation.indicators import VIEW as REPORTED
from pipelines.evaluation.indicators import illustrative_scopes, indicator_values, valued
from pipelines.evaluation.ranking import ranked_units
from pipelines.evaluation.scopes import Scopes, hubs_among, members_of
from pipelines.places.bridging import bridge, newest_map, same_land
from pipelines.places.units import everything_inside, in_force, parents_on
from pipelines.vietnamese.numbers import format_number

VIEW = "as_today"
LISTED = "listed"
_KINDS = {"xa": "xã", "phuong": "phường", "thi_tran": "thị trấn"}


def both_views(
    *,
    observations: pd.DataFrame,
    registers: dict[str, pd.DataFrame],
    register_known: Mapping[str, RegisterKnown],
    reporting: pd.DataFrame,
    units: pd.DataFrame,
    successions: pd.DataFrame,
    catalogue: Catalogue,
    period: Mapping[str, object],
    scopes: list[str],
    as_of: dt.datetime,
) -> pd.DataFrame:
    """``eval.indicator_values`` of a period: as reported, and on today's map.

    Arguments as in ``indicator_values`` and ``as_today``.
    """
    reported = indicator_values(
        observations=observations,
        registers=registers,
        register_known=register_known,
        reporting=reporting,
        units=units,
        catalogue=catalogue,
        period=period,
        scopes=scopes,
        as_of=as_of,
        successions=successions,
    )
    today = as_today(
        reported=reported,
        observations=observations,
        registers=registers,
        register_known=register_known,
        reporting=reporting,
        units=units,
        successions=successions,
        catalogue=catalogue,
        period=period,
        as_of=as_of,
    )
    contract = table_contract(catalogue, "eval.indicator_values")
    return contract.conform(pd.concat([reported, today]))


def as_today(
    *,
    reported: pd.DataFrame,
    observations: pd.DataFrame,
    registers: dict[str, pd.DataFrame],
    register_known: Mapping[str, RegisterKnown],
    reporting: pd.DataFrame,
    units: pd.DataFrame,
    successions: pd.DataFrame,
    catalogue: Catalogue,
    period: Mapping[str, object],
    as_of: dt.datetime,
    today: dt.date | None = None,
) -> pd.DataFrame:
    """Figures of a period for the units of today.

    Args:
        reported: ``eval.indicator_values`` as reported; its scopes are carried over.
        observations: As in ``indicator_values``, like registers, register_known, reporting,
            units, catalogue, period and as_of.
        registers: ``core.registers_<id>`` by register id.
        register_known: Whether a register is there.
        reporting: ``core.reporting``.
        units: ``ref.units``.
        successions: ``ref.unit_successions``.
        catalogue: Indicators, elements, populations.
        period: Row of ``ref.periods``.
        as_of: When this was known.
        today: Day of the map; by default that of the newest one on record.

    Returns:
        ``eval.indicator_values`` of view ``as_today``. A scope that was abolished has no row; one
        that did not change has the figures as reported. Numerator and denominator of a listed
        figure count old units; expected and reporting units are old units everywhere.
    """
    contract = table_contract(catalogue, "eval.indicator_values")
    reported = reported[reported["view"] == REPORTED]
    asked = list(dict.fromkeys(reported["scope_id"]))
    if not asked:
        return contract.empty()
    day = period_end(period)
    map_day = max(today or newest_map(units, successions), day)
    edges = bridge(units, successions, day, map_day)
    found = _today_scopes(asked, edges, units, successions, (day, map_day))
    kept = _unchanged(found, asked, units, successions, day)
    same = reported[reported["scope_id"].isin(kept)].assign(view=VIEW)
    found = _without(found, kept)
    current = [entry for entry in catalogue.indicators.values() if entry.in_force(day)]
    if not current or not [*found.areas, *found.singles]:
        return contract.conform(same)
    members = members_of(found.inside, units, counted_populations(catalogue), day)
    basis = make_basis(
        observations=observations,
        registers=registers,
        register_known=register_known,
        reporting=reporting,
        units=units,
        catalogue=catalogue,
        period=period,
        scopes=dataclasses.replace(found, members=members),
    )
    table = pd.concat([_added(current, basis), _listed(current, basis, edges, units)])
    shown = illustrative_scopes(basis.scopes, units, observations)
    table["is_illustrative"] = table["scope_id"].isin(shown)
    table = table.assign(period=str(period["period"]), view=VIEW, as_of=as_of)
    return contract.conform(pd.concat([same, contract.conform(table)]))


def is_status(indicator: Indicator) -> bool:
    """Whether units either fulfil it or not, or stand in an order: nothing to add up."""
    sides = (indicator.numerator, indicator.denominator)
    return any(isinstance(side, (CountMeasure, NthLargestMeasure)) for side in sides)


def _today_scopes(
    asked: list[str],
    edges: pd.DataFrame,
    units: pd.DataFrame,
    successions: pd.DataFrame,
    days: tuple[dt.date, dt.date],
) -> Scopes:
    """The scopes of today that hold something of the scopes asked for, and what lies in each."""
    day, map_day = days
    targets = list(dict.fromkeys(edges.loc[edges["unit_id"].isin(asked), "today_id"]))
    above_then = set(parents_on(units, day, successions).dropna())
    above_now = set(parents_on(units, map_day, successions).dropna())
    areas_then = [scope for scope in asked if scope in above_then]
    from_areas = set(edges.loc[edges["unit_id"].isin(areas_then), "today_id"])
    areas = [scope for scope in targets if scope in above_now | from_areas]
    singles = [scope for scope in targets if scope not in areas]
    ended = set(in_force(units, day)["unit_id"]) - set(edges["unit_id"])
    whole = edges[edges["today_id"].isin(areas) & (edges["share"] == 1)]
    then = everything_inside(units, whole["unit_id"], day, successions)
    # what left no trace on today's map still reported inside the area that is now this one
    left = then[then["unit_id"].isin(ended)].merge(
        whole.rename(columns={"unit_id": "scope_id"})[["scope_id", "today_id"]], on="scope_id"
    )
    left = left[["today_id", "unit_id"]].drop_duplicates().rename(columns={"today_id": "scope_id"})
    now = everything_inside(units, areas, map_day, successions)
    parts = [_own(edges, singles), _held(edges, now), left.assign(share=1.0)]
    inside = pd.concat(parts, ignore_index=True)
    return Scopes(areas, singles, _ordered(inside, units), {}, hubs_among(areas, units))


def _own(edges: pd.DataFrame, singles: list[str]) -> pd.DataFrame:
    own = edges[edges["today_id"].isin(singles)]
    return own.rename(columns={"today_id": "scope_id"})[["scope_id", "unit_id", "share"]]


def _held(edges: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Old units in the areas of today; one with all its parts in one lies there as a whole."""
    held = now.rename(columns={"unit_id": "today_id"}).merge(edges, on="today_id")
    grouped = held.groupby(["scope_id", "unit_id"], sort=False)["share"]
    frame = grouped.sum(min_count=1, skipna=False).reset_index()
    parts = frame["unit_id"].map(edges["unit_id"].value_counts())
    here = grouped.size().to_numpy()
    return frame.assign(share=frame["share"].mask(here == parts, 1.0))


def _ordered(inside: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    order = units.set_index("unit_id")["official_order"]
    place = inside["unit_id"].map(order)
    ordered = inside.assign(place=place).sort_values(["scope_id", "place", "unit_id"])
    return ordered.drop(columns="place").reset_index(drop=True)


def _unchanged(
    found: Scopes, asked: list[str], units: pd.DataFrame, successions: pd.DataFrame, day: dt.date
) -> set[str]:
    """Scopes that hold exactly the units they held, each as a whole and under its own id."""
    kept = set()
    by_scope = dict(list(found.inside.groupby("scope_id")))
    inside = everything_inside(units, [s for s in found.areas if s in asked], day, successions)
    held = inside.groupby("scope_id")["unit_id"].agg(set).to_dict()
    for scope in {*found.areas, *found.singles} & set(asked):
        now = by_scope[scope]
        then = held.get(scope, {scope}) if scope in found.areas else {scope}
        if set(now["unit_id"]) == then and bool((now["share"] == 1).all()):
            kept.add(scope)
    return kept


def _without(found: Scopes, kept: set[str]) -> Scopes:
    return Scopes(
        [scope for scope in found.areas if scope not in kept],
        [scope for scope in found.singles if scope not in kept],
        found.inside[~found.inside["scope_id"].isin(kept)],
        {},
        found.hubs,
    )


def _added(indicators: list[Indicator], basis: Basis) -> pd.DataFrame:
    """What adds up, and rates of it."""
    sums = [entry for entry in indicators if not is_status(entry)]
    return valued(sums, basis) if sums else pd.DataFrame()


def _listed(
    indicators: list[Indicator], basis: Basis, edges: pd.DataFrame, units: pd.DataFrame
) -> pd.DataFrame:
    """Statuses and ranks: a value only where every unit still is the same land."""
    statuses = [entry for entry in indicators if is_status(entry)]
    if not statuses:
        return pd.DataFrame()
    # a unit that went over in part has its status as a whole
    members = {name: rows.assign(share=1.0) for name, rows in basis.scopes.members.items()}
    whole = dataclasses.replace(basis, scopes=dataclasses.replace(basis.scopes, members=members))
    table = valued(statuses, whole)
    same, tables = same_land(edges), []
    for name, rows in table.groupby("indicator", sort=False):
        indicator = basis.catalogue.indicators[str(name)]
        inside = members[indicator.population]
        mixed = set(inside.loc[~inside["unit_id"].isin(same), "scope_id"])
        tables.append(_worded(rows, indicator, mixed, whole, units))
    return pd.concat(tables) if tables else table


def _worded(
    rows: pd.DataFrame, indicator: Indicator, mixed: set[str], basis: Basis, units: pd.DataFrame
) -> pd.DataFrame:
    """The rows of one status; where units were mixed, words in place of a value."""
    listed = rows["scope_id"].isin(mixed) & (rows["reporting_units"] > 0)
    kinds = units.set_index("unit_id")["kind"]
    inside = basis.scopes.members[indicator.population]
    texts = rows["text"].astype("object")
    for at in rows.index[listed]:
        row = rows.loc[at]
        old = inside.loc[inside["scope_id"] == row["scope_id"], "unit_id"]
        noun = _noun(old.map(kinds))
        if isinstance(indicator.numerator, NthLargestMeasure):
            texts[at] = _order(indicator.numerator, basis, list(old), noun)
        else:
            texts[at] = _fulfilled(row, noun)
    gone = listed | rows["scope_id"].isin(mixed)
    return rows.assign(
        text=texts,
        state=rows["state"].mask(listed, LISTED),
        **{name: rows[name].mask(gone) for name in ("value", "lower", "upper")},
    )


def _fulfilled(row: pd.Series, noun: str) -> str:
    """How many of the old units fulfil it: "2/4 xã cũ đạt, 1 xã chưa có số liệu"."""
    text = f"{row['numerator']:.0f}/{row['expected_units']} {noun} cũ đạt"
    silent = int(row["expected_units"] - row["reporting_units"])
    return f"{text}, {silent} {noun} chưa có số liệu" if silent else text


def _order(measure: NthLargestMeasure, basis: Basis, old: list[str], noun: str) -> str:
    """The values of the old units that stand in a ranking, the largest first."""
    facts = ranked_units(measure, basis).loc[old]
    values = facts.loc[facts["known"] & facts["passes"], "low"].to_numpy(dtype="float64")
    ordered = np.sort(values)[::-1]
    shown = "; ".join(format_number(value, 0 if value % 1 == 0 else 1) for value in ordered)
    return f"{noun} cũ: {shown}" if shown else f"không có {noun} cũ nào trong diện xếp hạng"


def _noun(kinds: pd.Series) -> str:
    words = {_KINDS.get(str(kind), "đơn vị") for kind in kinds}
    order = [*_KINDS.values(), "đơn vị"]
    return ", ".join(word for word in order if word in words) or "đơn vị"
