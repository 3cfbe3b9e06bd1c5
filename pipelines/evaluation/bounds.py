"""Bounds: between which values a figure can lie, given what has not been reported.

Belongs here: totals of reporters → lower and upper of a value.
Does not belong here: what one reporter may still say (``measures``), ranks (``ranking``).

A bound is empty (NaN) where a figure is unbounded on that side or cannot exist.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipelines.catalogue.model import Indicator


def best_case(ledger: pd.DataFrame, *, bounded: bool) -> pd.DataFrame:
    """What each reporter adds to the highest possible rate.

    In a bounded rate a part never exceeds its whole: as long as the rate is below one, it rises
    most when the unknown part is as large as its whole may be.

    Args:
        ledger: Columns n, n_high, d, d_low, d_high, known; one row per reporter.
        bounded: Whether the numerator is a part of the denominator, reporter by reporter.

    Returns:
        Frame n_best, d_best on the ledger's index.
    """
    if not bounded:
        return pd.DataFrame({"n_best": ledger["n_high"], "d_best": ledger["d_low"]})
    part = ledger["n_high"].clip(upper=ledger["d_high"])
    whole = part.clip(lower=ledger["d_low"])
    return pd.DataFrame(
        {
            "n_best": part.where(~ledger["known"], ledger["n"]),
            "d_best": whole.where(~ledger["known"], ledger["d"]),
        }
    )


def bounds(totals: pd.DataFrame, indicator: Indicator, value: pd.Series) -> pd.DataFrame:
    """Lower and upper bound of an indicator in every scope.

    Args:
        totals: Sums over reporters: n_low, n_high, d_high, n_best, d_best.
        indicator: Says whether there is a denominator and whether the rate is bounded.
        value: The value itself; a bound is never tighter than it, because a total over the known
            units may lie below what the others must at least add.

    Returns:
        Frame lower, upper on the index of ``totals``, in the unit of ``value``.
    """
    if indicator.denominator is None:
        lower, upper = totals["n_low"], totals["n_high"]
    else:
        lower, upper = _quotients(totals, indicator)
    finite = pd.DataFrame({"lower": lower, "upper": upper}).replace([np.inf, -np.inf], np.nan)
    has_value = value.notna()
    finite["lower"] = finite["lower"].where(~has_value, np.minimum(finite["lower"], value))
    finite["upper"] = finite["upper"].where(~has_value, np.maximum(finite["upper"], value))
    return finite


def factor(indicator: Indicator) -> float:
    """What a quotient is multiplied with: rates are percent."""
    return 100.0 if indicator.display.format in {"rate", "ratio"} else 1.0


def _quotients(totals: pd.DataFrame, indicator: Indicator) -> tuple[pd.Series, pd.Series]:
    times = factor(indicator)
    lower = totals["n_low"] / totals["d_high"] * times
    upper = totals["n_best"] / totals["d_best"] * times
    if indicator.bounded:
        lower, upper = lower.fillna(0.0).clip(0.0, times), upper.fillna(times).clip(0.0, times)
    # a whole that can only be nothing has no rate
    possible = totals["d_high"] > 0
    return lower.where(possible), upper.where(possible)
