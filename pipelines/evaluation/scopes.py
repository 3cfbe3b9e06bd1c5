"""Who is inside which scope, and who counts in which population there.

Belongs here: scope → units, worked out once for all indicators of a period.
Does not belong here: the hierarchy itself and what a population is (``places``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from pipelines.catalogue.model import Population
from pipelines.places.units import (
    ADMINISTRATION,
    everything_inside,
    fits,
    in_force,
    parents_on,
)


class UnknownScopeError(ValueError):
    """A scope that does not exist on the day of the evaluation."""


@dataclass(frozen=True)
class Scopes:
    """The scopes of an evaluation.

    Attributes:
        areas: Scopes with units below them.
        hubs: Those of the areas that are units with reports of their own (a commune with schools):
            indicators that are shown per unit are computed, of everything in the area. In the
            other areas every indicator is.
        singles: Units without units below: only indicators that are shown per unit.
        inside: scope_id, unit_id of everything in a scope, itself included; official order. On
            the map of another day also ``share``: how much of the unit lies there, NaN for a
            part that nobody measured.
        members: For each population the rows of ``inside`` that count in it.
    """

    areas: list[str]
    singles: list[str]
    inside: pd.DataFrame
    members: dict[str, pd.DataFrame]
    hubs: frozenset[str] = frozenset()


def find_scopes(
    scope_ids: Iterable[str],
    units: pd.DataFrame,
    populations: Iterable[Population],
    day: dt.date,
    successions: pd.DataFrame | None = None,
) -> Scopes:
    """Work out units and populations of scopes on a day.

    Args:
        scope_ids: Scopes to evaluate.
        units: ``ref.units``.
        populations: Populations that indicators count.
        day: Hierarchies and populations change; those of this day are meant.
        successions: ``ref.unit_successions``; with it units whose parent has ended stand below
            what took over from it.

    Raises:
        UnknownScopeError: A scope does not exist that day.
    """
    asked = list(dict.fromkeys(scope_ids))
    alive = in_force(units, day)
    unknown = sorted(set(asked) - set(alive["unit_id"]))
    if unknown:
        msg = f"scopes {unknown} do not exist on {day}; check ref.units or the scopes asked for"
        raise UnknownScopeError(msg)
    parents = set(parents_on(units, day, successions).dropna())
    areas = [scope for scope in asked if scope in parents]
    singles = [scope for scope in asked if scope not in parents]
    inside = pd.concat(
        [
            everything_inside(units, areas, day, successions),
            pd.DataFrame({"scope_id": singles, "unit_id": singles}, dtype="str"),
        ],
        ignore_index=True,
    )
    members = members_of(inside, units, populations, day)
    return Scopes(areas, singles, inside, members, hubs_among(areas, units))


def hubs_among(areas: Iterable[str], units: pd.DataFrame) -> frozenset[str]:
    """The areas that report about themselves, like a commune, and not only hold others."""
    levels = units.loc[units["unit_type"].isin(ADMINISTRATION), "unit_id"]
    return frozenset(areas) - frozenset(levels)


def members_of(
    inside: pd.DataFrame, units: pd.DataFrame, populations: Iterable[Population], day: dt.date
) -> dict[str, pd.DataFrame]:
    """The rows of ``inside`` that count in each population on a day, by population."""
    alive = in_force(units, day)
    members = {}
    for population in populations:
        fitting = alive.loc[fits(population.on(day), alive), "unit_id"]
        chosen = inside["unit_id"].isin(fitting) & population.in_force(day)
        members[population.id] = inside[chosen]
    return members
