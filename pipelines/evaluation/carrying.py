"""Figures of a part of a longer period, carried to the map of its last day.

Belongs here: what units of an earlier day reported → units of a later day, before it is composed.
Does not belong here: what became of a unit (``places.bridging``), the view on today's map
(``views``), going over time (``composing``).

Counts of units that went over as a whole add up. A unit that was divided adds its share where one
was stated; else the figure is missing. Answers, ranks, rates, texts and dates are never added:
they go over only with land that stayed in one piece.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.model import Catalogue, SumMeasure, UnitsMeasure
from pipelines.evaluation.basis import RegisterKnown
from pipelines.evaluation.composing import PAIR, add, common, marked
from pipelines.places.bridging import same_land

_ADDED = frozenset({"count", "money", "area"})
_SAID = ["value", "qualifier", "text", "note"]


def carried(observed: pd.DataFrame, edges: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Observations on a later map.

    Args:
        observed: ``core.observations`` of one period.
        edges: ``places.bridging.bridge`` from the map of its last day to the later one.
        catalogue: Says which elements are counts.

    Returns:
        ``core.observations``: of a unit with one predecessor of the same land that one's own rows;
        of one that others went into, sums known where all of them are. A unit that ended and
        became nothing keeps its rows.
    """
    contract = table_contract(catalogue, "core.observations")
    same = same_land(edges)
    images = edges[edges["unit_id"].isin(same)].set_index("unit_id")["today_id"]
    stays = observed["unit_id"].isin(same) | ~observed["unit_id"].isin(edges["unit_id"])
    kept = observed[stays]
    kept = kept.assign(unit_id=kept["unit_id"].map(images).fillna(kept["unit_id"]))
    mixed = observed[~stays].merge(edges, on="unit_id")
    if mixed.empty:
        return contract.conform(kept)
    joined = _joined(mixed.assign(unit_id=mixed["today_id"]), catalogue)
    joined["period"] = str(observed["period"].iloc[0])
    every = pd.concat([kept, joined[[column.name for column in contract.columns]]])
    return contract.conform(every)


def _joined(mixed: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """One row per unit of the later map and element."""
    grid = marked(mixed)
    # a part of nothing is nothing
    unmeasured = grid["known"] & grid["share"].isna() & (grid["number"] != 0)
    grid = grid.assign(
        number=np.where(grid["number"] == 0, 0.0, grid["number"] * grid["share"]),
        known=grid["known"] & ~unmeasured,
        unknown=grid["unknown"] | unmeasured,
        state=grid["state"].mask(unmeasured, "missing"),
    )
    sums = add(grid).merge(common(grid), on=PAIR, how="left")
    lost = ~sums["element"].isin(_added(catalogue)) & (sums["state"] != "not_applicable")
    said = {name: sums[name].mask(lost) for name in _SAID}
    return sums.assign(
        **said,
        state=sums["state"].mask(lost, "missing"),
        source="derived",
        decided=None,
        submission_id=None,
        sheet=None,
        cell=None,
    )


def _added(catalogue: Catalogue) -> set[str]:
    """The elements that add up over units: counts, but for those that every unit owes so many of.

    Two communes that each published four months of schedules have not published eight.
    """
    owed = {
        name
        for entry in catalogue.indicators.values()
        if isinstance(entry.denominator, UnitsMeasure) and isinstance(entry.numerator, SumMeasure)
        for name in entry.numerator.elements
    }
    return {e.id for e in catalogue.elements.values() if e.type in _ADDED} - owed


def carried_rows(rows: pd.DataFrame, edges: pd.DataFrame, *, parts: bool = False) -> pd.DataFrame:
    """Rows about units, with the units of a later map in their place.

    Args:
        rows: Any frame with ``unit_id``; what ended and became nothing keeps its id.
        edges: As in ``carried``.
        parts: Whether a unit that was divided stands once for each of the units it lies in
            (where a figure comes from); else its rows keep its id, for nobody knows where they
            belong.
    """
    lies = edges if parts else edges[edges["share"] == 1]
    if parts:
        there = rows.merge(lies[["unit_id", "today_id"]], on="unit_id", how="left")
        return there.assign(unit_id=there["today_id"].fillna(there["unit_id"]))[[*rows.columns]]
    images = lies.set_index("unit_id")["today_id"]
    return rows.assign(unit_id=rows["unit_id"].map(images).fillna(rows["unit_id"]))


def carried_known(known: RegisterKnown, rows: pd.DataFrame, edges: pd.DataFrame) -> RegisterKnown:
    """Whether a register is known on a later map.

    One that an office keeps is not where it holds rows about a unit that was divided; of one that
    units keep, a unit's is known where all that went into it sent theirs.
    """
    if isinstance(known, bool):
        divided = set(edges.loc[edges["share"] != 1, "unit_id"])
        return known and not rows["unit_id"].isin(divided).any()
    whole = (edges["share"] == 1) & edges["unit_id"].isin(list(known))
    complete = whole.groupby(edges["today_id"]).all()
    gone = known - set(edges["unit_id"])
    return frozenset(complete.index[complete].astype(str)) | gone
