"""Bounds: between which values a figure can lie, given what has not been reported.

Belongs here: totals of reporters → lower and upper of a value.
Does not belong here: what one reporter may still say (``measures``), ranks (``ranking``).

A bound is empty (NaN) where a figure is unbounded on that side or cannot exist.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipelines.catalogue.model import Indicator


def factor(indicator: Indicator) -> float:
    """What a quotient is multiplied with: rates are percent."""
    return 100.0 if indicator.display.format in {"rate", "ratio"} else 1.0


def best_case(ledger: pd.DataFrame) -> pd.DataFrame:
    """What each reporter adds to the highest possible quotient.

    Where the numerator is a part of the denominator, it never exceeds it: as long as the rate is
    below one, it rises most when the unknown part is as large as its whole may be.

    Args:
        ledger: Columns n, n_high, d, d_low, d_high, known, is_part; one row per reporter.

    Returns:
        Frame n_best, d_best on the ledger's index.
    """
    part = ledger["n_high"].clip(upper=ledger["d_high"])
    whole = part.clip(lower=ledger["d_low"])
    open_part = ledger["is_part"] & ~ledger["known"]
    return pd.DataFrame(
        {
            "n_best": part.where(open_part, ledger["n_high"]),
            "d_best": whole.where(open_part, ledger["d_low"]),
        }
    )


def bounds(totals: pd.DataFrame, value: pd.Series) -> pd.DataFrame:
    """Lower and upper bound of figures.

    Args:
        totals: One row per figure. Sums over reporters: n_low, n_high, d_high, n_best, d_best;
            and what the indicator says: has_denominator, bounded, factor.
        value: The value itself; a bound is never tighter than it, because a total over the known
            units may lie below what the others must at least add.

    Returns:
        Frame lower, upper on the index of ``totals``, in the unit of ``value``.
    """
    quotient = _quotients(totals)
    with_denominator = totals["has_denominator"]
    lower = quotient["lower"].where(with_denominator, totals["n_low"])
    upper = quotient["upper"].where(with_denominator, totals["n_high"])
    limits = pd.DataFrame({"lower": lower, "upper": upper}).replace([np.inf, -np.inf], np.nan)
    unbounded = limits.isna()
    has_value = value.notna()
    limits["lower"] = limits["lower"].where(~has_value, limits["lower"].clip(upper=value))
    limits["upper"] = limits["upper"].where(~has_value, limits["upper"].clip(lower=value))
    return limits.mask(unbounded)


def _quotients(totals: pd.DataFrame) -> pd.DataFrame:
    times, bounded = totals["factor"], totals["bounded"]
    lower = totals["n_low"] / totals["d_high"] * times
    upper = totals["n_best"] / totals["d_best"] * times
    lower = lower.where(~bounded, lower.fillna(0.0).clip(lower=0.0, upper=times))
    upper = upper.where(~bounded, upper.fillna(times).clip(lower=0.0, upper=times))
    # a whole that can only be nothing has no rate
    possible = totals["d_high"] > 0
    return pd.DataFrame({"lower": lower.where(possible), "upper": upper.where(possible)})
