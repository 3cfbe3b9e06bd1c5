"""Dated units: who is where, who counts in which population.

Belongs here: walking the hierarchy by date, populations of a scope.
Does not belong here: what a unit reported (``evaluation``), matching names (``intake``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

import pandas as pd

from pipelines.catalogue.model import Catalogue, Population
from pipelines.places.succession import heirs

# levels of administration: they hold units, and other offices speak about them
ADMINISTRATION = ("country", "province", "district")


def in_force(units: pd.DataFrame, day: dt.date) -> pd.DataFrame:
    """The units that exist on a day (``valid_to`` is the last day)."""
    when = pd.Timestamp(day)
    open_end = units["valid_to"].isna() | (units["valid_to"] >= when)
    return units[(units["valid_from"] <= when) & open_end]


def within(
    units: pd.DataFrame,
    scope_id: str,
    day: dt.date,
    successions: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """A scope and everything below it on a day, in official order.

    Args:
        units: ``ref.units``.
        scope_id: Unit that bounds the scope.
        day: Hierarchies change; the one of this day is walked.
        successions: ``ref.unit_successions``; with it a unit whose parent has ended stands below
            what took over from the parent.

    Returns:
        Rows of ``units``; empty when the scope does not exist that day.
    """
    alive = in_force(units, day)
    parents = parents_on(units, day, successions)
    inside = {scope_id} & set(alive["unit_id"])
    while True:
        grown = inside | set(alive.loc[parents.isin(inside), "unit_id"])
        if grown == inside:
            break
        inside = grown
    return alive[alive["unit_id"].isin(inside)].sort_values(["official_order", "unit_id"])


def everything_inside(
    units: pd.DataFrame,
    scope_ids: Iterable[str],
    day: dt.date,
    successions: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """``within`` for many scopes at once, whose hierarchy is walked only once.

    Returns:
        Frame scope_id, unit_id: scopes in the order given, each once, what is in each in official
        order; a scope that does not exist that day has no row.
    """
    alive = in_force(units, day)
    parent = dict(
        zip(alive["unit_id"], parents_on(units, day, successions).astype("object"), strict=True)
    )
    found = {scope: [] for scope in scope_ids}
    for unit in alive.sort_values(["official_order", "unit_id"])["unit_id"]:
        above, seen = unit, set()
        while isinstance(above, str) and above in parent and above not in seen:
            if above in found:
                found[above].append(unit)
            seen.add(above)
            above = parent[above]
    rows = [(scope, unit) for scope, inside in found.items() for unit in inside]
    return pd.DataFrame(rows, columns=["scope_id", "unit_id"]).astype("str")


def parents_on(
    units: pd.DataFrame, day: dt.date, successions: pd.DataFrame | None = None
) -> pd.Series:
    """The parent of every unit of a day, on the index of ``in_force``.

    With ``ref.unit_successions`` a parent that has ended is replaced by what took over from it:
    communes that went on after their district stand below the province.
    """
    alive = in_force(units, day)
    if successions is None:
        return alive["parent_id"]
    return _living(alive["parent_id"], set(alive["unit_id"]), heirs(successions))


def _living(parents: pd.Series, alive: set[str], taken_over: Mapping[str, str]) -> pd.Series:
    """Parents, each replaced by its heir until one is alive."""
    found = parents
    for _ in range(len(taken_over)):
        ended = found.notna() & ~found.isin(alive) & found.isin(list(taken_over))
        if not ended.any():
            break
        found = found.mask(ended, found.map(taken_over))
    return found


def fits(population: Population, units: pd.DataFrame) -> pd.Series:
    """Which units the population's predicate takes."""
    mask = units["unit_type"].isin(population.unit_types)
    if population.kinds is not None:
        mask &= units["kind"].isin(population.kinds)
    return mask


def members(
    population: Population,
    units: pd.DataFrame,
    scope_id: str,
    day: dt.date,
    successions: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The units of a population inside a scope on a day, in official order.

    A population outside its own validity has no members. ``successions`` as in ``within``.
    """
    inside = within(units, scope_id, day, successions)
    if not population.in_force(day):
        return inside.iloc[:0]
    return inside[fits(population.on(day), inside)]


def scope_of(
    units: pd.DataFrame, unit_id: str, day: dt.date, successions: pd.DataFrame | None = None
) -> str:
    """The scope a unit reports to: its parent on that day, or itself when it has none.

    ``successions`` as in ``within``: without it a unit whose parent has ended stands alone.
    """
    alive = set(in_force(units, day)["unit_id"])
    parents = units.loc[units["unit_id"] == unit_id, "parent_id"]
    if successions is not None:
        parents = _living(parents, alive, heirs(successions))
    parent = parents.iloc[0] if len(parents) else None
    return str(parent) if pd.notna(parent) and parent in alive else unit_id


def population_frame(catalogue: Catalogue, units: pd.DataFrame) -> pd.DataFrame:
    """Membership over time: one row per population and unit (columns of ``ref.populations``).

    The dates are where the unit's and the population's validity overlap.
    """
    parts = []
    for population in catalogue.populations.values():
        versions = population.versions()
        ends = [*(day - dt.timedelta(days=1) for day, _ in versions[1:] if day), None]
        for (since, version), until in zip(versions, ends, strict=True):
            first = max(population.valid_from, since or dt.date.min)
            last = min(population.valid_to or dt.date.max, until or dt.date.max)
            if first <= last:
                parts.append(_stretch(version, units, first, last))
    return pd.concat(parts, ignore_index=True)


def _stretch(
    population: Population, units: pd.DataFrame, first: dt.date, last: dt.date
) -> pd.DataFrame:
    """Who counts from a day to a day, where units of that time fit; ``date.max``: no end."""
    start = pd.Timestamp(first)
    chosen = units[fits(population, units)]
    valid_from = chosen["valid_from"].where(chosen["valid_from"] >= start, start)
    valid_to = chosen["valid_to"]
    if last < dt.date.max:
        valid_to = valid_to.where(valid_to <= pd.Timestamp(last), pd.Timestamp(last))
    rows = pd.DataFrame(
        {
            "population": population.id,
            "unit_id": chosen["unit_id"],
            "label_vi": population.label_vi,
            "valid_from": valid_from,
            "valid_to": valid_to,
            "basis": population.basis,
        }
    )
    # a unit that had ended before, or came after, is of another time
    return rows[rows["valid_to"].isna() | (rows["valid_from"] <= rows["valid_to"])]
