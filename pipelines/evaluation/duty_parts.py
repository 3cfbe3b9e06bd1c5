"""What the parts of a longer period tell about a duty that the whole does not.

A regime that began within the period is new to some of its parts: what only the newer forms ask
is judged by the parts under them, and what is owed in every half is counted half by half.

Belongs here: addressed observations of the parts → numbers of the whole, for duties. Does not
belong here: composing what stands in the tables (``composing``), judging (``duties``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from pipelines.catalogue.model import Catalogue
from pipelines.catalogue.over_time import over_time
from pipelines.catalogue.regimes import Duty, Regime
from pipelines.evaluation.basis import Reported

_HALF = 6
_HOW = {"add": "sum", "distinct": "max", "any": "max", "all": "min"}


@dataclass(frozen=True)
class Parts:
    """The parts of a period that have files of their own.

    Attributes:
        origins: Known observations of the parts, each with its own period.
        ends: Last day of every part, in calendar order.
    """

    origins: pd.DataFrame
    ends: Mapping[str, dt.date]

    def under(self, regime: Regime) -> list[str]:
        """The parts that a regime judges."""
        return [part for part, day in self.ends.items() if regime.in_force(day)]


@dataclass(frozen=True)
class Told:
    """What is known for a duty.

    Attributes:
        reported: Elements by unit, completed by what the parts under the regime tell.
        lower: What the parts are known to add up to at least.
        since: First day that counts where that is not the whole period.
    """

    reported: Reported
    lower: pd.DataFrame
    since: dt.date | None


def told_by_parts(
    duty: Duty, regime: Regime, reported: Reported, parts: Parts, catalogue: Catalogue
) -> Told:
    """Complete what is known of the elements of a duty.

    Args:
        duty: What is demanded.
        regime: Of the last day.
        reported: Elements of the whole by unit.
        parts: What it is made of.
        catalogue: Elements, and which form asks them when.
    """
    under = parts.under(regime)
    straddles = len(under) < len(parts.ends)
    numbers, lower = reported.numbers.copy(), reported.numbers.copy()
    # where one side of a duty is new, the other is that of the same parts
    is_new = straddles and not all(
        _asked_before(name, under, parts, catalogue) for name in duty.asked()
    )
    is_since = is_new
    for name in duty.asked():
        element = catalogue.elements[name]
        mine = parts.origins[parts.origins["element"] == name]
        rule = over_time(element)
        counted = duty.per == "half" and element.type == "bool"
        if counted or is_new:
            how = "sum" if counted else _HOW.get(rule, "last")
            numbers[name] = _all_told(mine, under, how).reindex(numbers.index)
            is_since |= straddles
        if counted or rule == "add":
            chosen = mine[mine["period"].isin(under)] if counted else mine
            lower[name] = chosen.groupby("unit_id")["value"].sum().reindex(numbers.index)
        if duty.kind == "at_least" and rule == "add" and duty.per != "period":
            stretches = _by_stretch(mine, duty, parts, under if is_new else list(parts.ends))
            lower[name] = stretches.reindex(numbers.index)
            # more in one year does not make up for none in another
            numbers[name] = lower[name].where(numbers[name].notna())
    since = regime.valid_from if is_since else None
    return Told(replace(reported, numbers=numbers), lower, since)


def _all_told(rows: pd.DataFrame, under: list[str], how: str) -> pd.Series:
    """One number by unit, of units that every part under the regime knows."""
    groups = rows[rows["period"].isin(under)].groupby("unit_id")
    return groups["value"].agg(how).where(groups["period"].nunique() == len(under))


def _by_stretch(rows: pd.DataFrame, duty: Duty, parts: Parts, leaves: list[str]) -> pd.Series:
    """What counts of every unit: in each year, or half, no more than is needed in it."""
    ends = {leaf: parts.ends[leaf] for leaf in leaves}
    stretch = {
        leaf: (day.year, duty.per == "half" and day.month > _HALF) for leaf, day in ends.items()
    }
    mine = rows[rows["period"].isin(leaves)]
    sums = mine.groupby(["unit_id", mine["period"].map(stretch)])["value"].sum()
    return sums.clip(upper=duty.needed).groupby("unit_id").sum()


def compose_alike(duty: Duty, catalogue: Catalogue, *, years: bool) -> bool:
    """Whether both sides of a share go over time in the same way, so that it stays a share."""
    ways = {over_time(catalogue.elements[name], years=years) for name in duty.asked()}
    return duty.kind != "share" or len(ways) == 1


def _asked_before(name: str, under: list[str], parts: Parts, catalogue: Catalogue) -> bool:
    """Whether a form of an earlier part asks an element, too."""
    earlier = [day for part, day in parts.ends.items() if part not in under]
    return any(
        name in {item.element for item in form.elements()}
        for form in catalogue.forms.values()
        if any(form.in_force(day) for day in earlier)
    )
