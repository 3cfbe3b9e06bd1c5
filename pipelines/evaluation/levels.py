"""Units that report and hold others: what they said themselves, beside the figures of all inside.

Belongs here: the own figures of units that are both reporter and aggregator (view ``own``).
Does not belong here: the figures of an area (``indicators``), other maps (``views``).

From 2025-07-01 a commune reports about itself and gathers what its schools and other units send.
Its figure in ``eval.indicator_values`` is that of everything inside; where it also answers for
itself alone, that answer is a row of view ``own``: neither lost nor added twice.
"""

from __future__ import annotations

import dataclasses

import pandas as pd

from pipelines.catalogue.model import Indicator
from pipelines.evaluation.basis import Basis
from pipelines.evaluation.scopes import Scopes

OWN = "own"


def own_basis(basis: Basis) -> Basis:
    """The basis of the units that report and hold others, each without what is below it."""
    hubs = [scope for scope in basis.scopes.areas if scope in basis.scopes.hubs]
    return dataclasses.replace(basis, scopes=_alone(basis.scopes, hubs))


def shared_with_others(indicators: list[Indicator], scopes: Scopes) -> list[Indicator]:
    """The indicators shown per unit that a unit and units below it both answer somewhere."""
    found = []
    for indicator in indicators:
        members = scopes.members[indicator.population]
        itself = members["scope_id"] == members["unit_id"]
        both = set(members.loc[itself, "scope_id"]) & set(members.loc[~itself, "scope_id"])
        if indicator.per_unit and both & scopes.hubs:
            found.append(indicator)
    return found


def _alone(scopes: Scopes, hubs: list[str]) -> Scopes:
    def own(rows: pd.DataFrame) -> pd.DataFrame:
        return rows[rows["scope_id"].isin(hubs) & (rows["scope_id"] == rows["unit_id"])]

    members = {name: own(rows) for name, rows in scopes.members.items()}
    return Scopes(areas=[], singles=hubs, inside=own(scopes.inside), members=members)
