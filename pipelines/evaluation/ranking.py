"""Ranks: the n-th largest value among the units of a scope, and what it could still become.

Belongs here: ``nth_largest`` measures. Does not belong here: sums and counts (``measures``).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipelines.catalogue.model import Indicator, NthLargestMeasure
from pipelines.evaluation.basis import Basis
from pipelines.evaluation.measures import element_equals, element_range


class RankingError(ValueError):
    """An indicator asks for a quotient of a rank."""


def ranked_units(measure: NthLargestMeasure, basis: Basis) -> pd.DataFrame:
    """What is known about every unit for a rank.

    Returns:
        Frame indexed by unit_id: low and high of the element, known, exempt, passes (it stands
        in the ranking for certain) and may_pass.
    """
    reported, element = basis.reported, basis.catalogue.elements[measure.element]
    values = reported.numbers[measure.element].to_numpy()
    exempt = reported.exempt[measure.element].to_numpy()
    decided = passes = np.ones(len(values), dtype=bool)
    if measure.where is not None:
        decided, passes = element_equals(reported, measure.where.element, measure.where.equals)
        exempt = exempt | reported.exempt[measure.where.element].to_numpy()
    answered = ~np.isnan(values)
    low, high = element_range(element)
    return pd.DataFrame(
        {
            "low": np.where(answered, values, low),
            "high": np.where(answered, values, high),
            "known": answered & decided & ~exempt,
            "exempt": exempt,
            "passes": passes & ~exempt,
            "may_pass": np.logical_or(passes, ~decided) & ~exempt,
        },
        index=reported.numbers.index,
    )


def rank_rows(indicator: Indicator, population: pd.DataFrame, basis: Basis) -> pd.DataFrame:
    """Rank of an indicator in every scope.

    Args:
        indicator: Its numerator is an ``nth_largest``, without denominator.
        population: Frame scope_id, unit_id of the units that count.
        basis: What was reported.

    Returns:
        Frame indexed by scope_id: value, expected, reporting, lower, upper. ``value`` is empty
        where fewer than n units stand in the ranking; so is a bound where fewer may.

    Raises:
        RankingError: The indicator has a denominator.
    """
    measure = indicator.numerator
    if not isinstance(measure, NthLargestMeasure) or indicator.denominator is not None:
        msg = f"{indicator.id}: a rank stands alone, without denominator"
        raise RankingError(msg)
    facts = ranked_units(measure, basis)
    rows = {}
    for scope, inside in population.groupby("scope_id"):
        units = facts.loc[inside["unit_id"]]
        active = units[~units["exempt"]]
        value = _nth(active.loc[active["known"] & active["passes"], "low"], measure.n)
        # units that join a ranking only push its n-th place up
        lower = _nth(active.loc[active["passes"], "low"], measure.n)
        upper = _nth(active.loc[active["may_pass"], "high"], measure.n)
        rows[scope] = {
            "value": value,
            "expected": len(active),
            "reporting": int(active["known"].sum()),
            "lower": lower if np.isnan(value) else min(lower, value),
            "upper": upper,
        }
    columns = ["value", "expected", "reporting", "lower", "upper"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def _nth(values: pd.Series, n: int) -> float:
    ordered = np.sort(values.to_numpy(dtype="float64"))[::-1]
    return float(ordered[n - 1]) if len(ordered) >= n else float("nan")
