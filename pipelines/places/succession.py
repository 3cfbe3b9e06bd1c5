"""What became of units: who comes after whom, and under whom a unit stands on a day.

Belongs here: walking ``ref.unit_successions``. Does not belong here: names (``naming``), carrying
figures across (``evaluation``).
"""

from __future__ import annotations

import datetime as dt

import pandas as pd

# of the kinds of succession these say where people and land went
TERRITORY = ("merge", "split", "rename", "type_change")
# this one says only under whom the units stand that were below
TRANSFER = "transfer"
_MAX_STEPS = 20


def successors(successions: pd.DataFrame, unit_id: str, day: dt.date) -> list[str]:
    """The units that a unit has become by a day, through all steps in between.

    Args:
        successions: ``ref.unit_successions``.
        unit_id: Unit that has ended.
        day: Successions up to and including this day count.

    Returns:
        Unit ids in order; empty when nothing is on record. A code used again for other land is no
        succession.
    """
    known = successions[successions["kind"].isin(TERRITORY)]
    known = known[known["on"] <= pd.Timestamp(day)]
    found, frontier = [], [unit_id]
    for _ in range(_MAX_STEPS):
        after = known[known["predecessor"].isin(frontier)]
        frontier = list(dict.fromkeys(after["successor"].astype(str)))
        found += [unit for unit in frontier if unit not in found]
        if not frontier:
            break
    ended = set(known.loc[known["predecessor"].isin(found), "predecessor"])
    return [unit for unit in found if unit not in ended]


def heirs(successions: pd.DataFrame) -> dict[str, str]:
    """Under whom units stand whose own parent has ended: ended unit → the one that took over.

    Only where the whole of it went to one unit.
    """
    whole = successions[successions["share"] == "whole"]
    whole = whole[whole["kind"].isin((*TERRITORY, TRANSFER))]
    single = whole.drop_duplicates(["predecessor", "successor"])
    single = single[~single.duplicated("predecessor", keep=False)]
    return dict(
        zip(single["predecessor"].astype(str), single["successor"].astype(str), strict=True)
    )
