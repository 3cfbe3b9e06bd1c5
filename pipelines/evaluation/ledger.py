"""Ledgers: who says what about the numerator and the denominator of an indicator.

Belongs here: pairing the two sides reporter by reporter, what counts while something is unknown.
Does not belong here: what a reporter says (``measures``), the value of a figure (``indicators``).
"""

from __future__ import annotations

import pandas as pd

from pipelines.catalogue.model import Indicator, UnitsMeasure
from pipelines.evaluation.basis import Basis
from pipelines.evaluation.bounds import best_case
from pipelines.evaluation.measures import family, reporters

_RANGES = ["n", "n_low", "n_high", "d", "d_low", "d_high"]
_FLAGS = ["known", "exempt", "is_n", "is_d", "always_d", "counts", "is_part", "parted"]
_LEDGER = ["scope_id", "unit_id", *_RANGES, *_FLAGS]
SUMS = [*_RANGES, "n_best", "d_best", "expected", "reporting", "n_known", "d_known", "parted"]


def count_known(ledger: pd.DataFrame) -> pd.DataFrame:
    """Leave out of the sums what is not known; say what each row counts for."""
    known, always = ledger["known"].astype(bool), ledger["always_d"].astype(bool)
    best = best_case(ledger.assign(known=known))
    return ledger.assign(
        n=ledger["n"].where(known, 0.0),
        d=ledger["d"].where(known | always, 0.0),
        n_best=best["n_best"],
        d_best=best["d_best"],
        expected=ledger["counts"].astype("int64"),
        reporting=(known & ledger["counts"]).astype("int64"),
        parted=ledger["parted"].astype("int64"),
        n_known=(known & ledger["is_n"]).astype("int64"),
        d_known=((known | always) & ledger["is_d"]).astype("int64"),
    )


def make_ledger(indicator: Indicator, basis: Basis) -> pd.DataFrame:
    """What every reporter says about the numerator and the denominator of an indicator.

    Numerator and denominator of one family (units, registers, owed reports) are paired: a
    reporter is known when both of its sides are, so that half an answer neither flatters nor
    deflates a rate. Sides of different families stand in rows of their own.

    Returns:
        Frame scope_id, unit_id, known, exempt; n and d with their ranges; is_n and is_d (what a
        row speaks of), always_d (its denominator counts even while its numerator is unknown),
        counts (among the expected), is_part (the numerator is a part of the denominator), parted
        (known of the whole unit, not of its part in the scope).
    """
    top = _side(reporters(indicator.numerator, indicator.population, basis), "n")
    if indicator.denominator is None:
        return _stack([top])
    fixed = isinstance(indicator.denominator, UnitsMeasure)
    bottom = _side(reporters(indicator.denominator, indicator.population, basis), "d")
    bottom["always_d"] = fixed
    if family(indicator.numerator) == family(indicator.denominator):
        return _pair(top, bottom).assign(is_part=indicator.bounded)
    return _stack([top, bottom.assign(counts=not fixed)])


def _side(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Rename the range of one side of a quotient."""
    named = frame.rename(columns={"value": name, "low": f"{name}_low", "high": f"{name}_high"})
    flags = {"is_n": name == "n", "is_d": name == "d", "always_d": False, "counts": True}
    return named.assign(**flags, is_part=False)


def _pair(top: pd.DataFrame, bottom: pd.DataFrame) -> pd.DataFrame:
    return top.assign(
        d=bottom["d"],
        d_low=bottom["d_low"],
        d_high=bottom["d_high"],
        known=top["known"] & bottom["known"],
        exempt=top["exempt"] | bottom["exempt"],
        parted=top["parted"] | bottom["parted"],
        is_d=True,
        always_d=bottom["always_d"],
    )


def _stack(sides: list[pd.DataFrame]) -> pd.DataFrame:
    """Rows of their own for each side: what one does not speak of it adds nothing to."""
    return pd.concat(sides, ignore_index=True).reindex(columns=_LEDGER).fillna(0.0)
