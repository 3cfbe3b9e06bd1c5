"""Villages: what a commune gathers from its villages, from the register of their meetings.

Belongs here: register rows of villages by commune and village. Does not belong here: the counts
of communes that are indicators (they come from eval.indicator_values).
"""

from __future__ import annotations

import pandas as pd

from pipelines.analysis.access import Tables
from pipelines.analysis.scope import of_period
from pipelines.vietnamese.text import normalise

_SUMS = ["meetings", "passed", "households_asked", "households_present", "votes_for"]


def village_meetings(wh: Tables, period: str) -> pd.DataFrame:
    """Meetings of every village, below its commune.

    A village is known by its name inside its commune: "Thôn 1" of two communes is two villages,
    in capitals or not. A village without a meeting has no row: registers do not list villages.

    Returns:
        unit_id, unit, village (as first written), meetings, passed, households_asked,
        households_present and votes_for (households times meetings), attendance (percent of all
        households, empty where none were asked); communes in official order, then villages.
    """
    rows = of_period(wh.table("core.registers_meetings"), period).sort_values(
        ["submission_id", "row"]
    )
    counted = pd.DataFrame(
        {
            "unit_id": rows["unit_id"],
            "key": [normalise(str(name)).casefold() for name in rows["village"]],
            "village": rows["village"],
            "meetings": 1,
            "passed": (rows["decision"] == "Thông qua").astype("int64"),
            "households_asked": rows["households_total"],
            "households_present": rows["households_present"],
            "votes_for": rows["votes_for"],
        }
    )
    grouped = counted.groupby(["unit_id", "key"], sort=False)
    table = grouped[_SUMS].sum().assign(village=grouped["village"].first()).reset_index()
    asked = table["households_asked"].astype("float64")
    table["attendance"] = 100 * table["households_present"] / asked.where(asked > 0)
    units = wh.table("ref.units")[["unit_id", "name", "official_order"]]
    named = table.merge(units.rename(columns={"name": "unit"}), on="unit_id")
    ordered = named.sort_values(["official_order", "unit_id", "key"], ignore_index=True)
    return ordered[["unit_id", "unit", "village", *_SUMS, "attendance"]]
