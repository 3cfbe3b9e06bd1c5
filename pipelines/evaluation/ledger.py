"""Ledgers: who says what about the numerator and the denominator of an indicator.

Belongs here: pairing the two sides reporter by reporter, what counts while something is unknown.
Does not belong here: what a reporter says (``measures``), the value of a figure (``indicators``).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from pipelines.catalogue.model import Indicator, UnitsMeasure
from pipelines.evaluation.basis import Basis
from pipelines.evaluation.bounds import best_case
from pipelines.evaluation.measures import Columns, family, reporters

_RANGES = ["n", "n_low", "n_high", "d", "d_low", "d_high"]
_FLAGS = ["known", "exempt", "is_n", "is_d", "always_d", "counts", "is_part", "parted"]
LEDGER = ["scope_id", "unit_id", *_RANGES, *_FLAGS]
SUMS = [*_RANGES, "n_best", "d_best", "expected", "reporting", "n_known", "d_known", "parted"]


def count_known(ledger: pd.DataFrame) -> pd.DataFrame:
    """Leave out of the sums what is not known; say what each row counts for."""
    known, always = ledger["known"], ledger["always_d"]
    best = best_case(ledger)
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
    return pd.DataFrame(_columns(indicator, basis))


def make_ledgers(indicators: Iterable[Indicator], basis: Basis) -> pd.DataFrame:
    """The ledgers of several indicators below each other; column indicator says whose."""
    entries = list(indicators)
    ledgers = [_columns(entry, basis) for entry in entries]
    # one frame of all: a frame for each would cost more than what stands in it
    joined = {name: np.concatenate([each[name] for each in ledgers]) for name in LEDGER}
    whose = np.repeat([entry.id for entry in entries], [len(each["n"]) for each in ledgers])
    return pd.DataFrame({"indicator": whose, **joined})


def _columns(indicator: Indicator, basis: Basis) -> Columns:
    top = _side(reporters(indicator.numerator, indicator.population, basis), "n")
    if indicator.denominator is None:
        return _stack([top])
    fixed = isinstance(indicator.denominator, UnitsMeasure)
    bottom = _side(reporters(indicator.denominator, indicator.population, basis), "d")
    everywhere = np.ones(len(bottom["known"]), dtype=bool)
    bottom["always_d"] = everywhere & fixed
    if family(indicator.numerator) == family(indicator.denominator):
        return _pair(top, bottom, indicator.bounded)
    bottom["counts"] = everywhere & (not fixed)
    return _stack([top, bottom])


def _side(said: Columns, name: str) -> Columns:
    """Call the range of one side of a quotient by the name of the side."""
    none = np.zeros(len(said["known"]), dtype=bool)
    return {
        **{key: said[key] for key in ("scope_id", "unit_id", "known", "exempt", "parted")},
        name: said["value"],
        f"{name}_low": said["low"],
        f"{name}_high": said["high"],
        "is_n": none | (name == "n"),
        "is_d": none | (name == "d"),
        "always_d": none,
        "counts": ~none,
        "is_part": none,
    }


def _pair(top: Columns, bottom: Columns, bounded: bool) -> Columns:
    paired = {
        **top,
        **{key: bottom[key] for key in ("d", "d_low", "d_high", "always_d")},
        "known": top["known"] & bottom["known"],
        "exempt": top["exempt"] | bottom["exempt"],
        "parted": top["parted"] | bottom["parted"],
        "is_d": np.ones(len(top["known"]), dtype=bool),
        "is_part": np.full(len(top["known"]), bounded),
    }
    return {name: paired[name] for name in LEDGER}


def _stack(sides: list[Columns]) -> Columns:
    """Rows of their own for each side: what one does not speak of it adds nothing to."""
    return {
        name: np.concatenate([side.get(name, np.zeros(len(side["known"]))) for side in sides])
        for name in LEDGER
    }
