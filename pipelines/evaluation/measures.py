"""Measures: what every unit, register or owed report adds to a numerator or denominator.

Whoever may add something is a *reporter*. For each the frames below hold the known ``value`` and
the range ``low`` to ``high`` of what it could still report; both are the value once it is known.

Belongs here: observations, register rows and reports → reporters of a measure.
Does not belong here: adding them up (``indicators``), ranges of figures (``bounds``).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipelines.catalogue.model import (
    CountMeasure,
    Element,
    Measure,
    ReportsMeasure,
    RowFilter,
    RowsMeasure,
    SumMeasure,
    UnitsMeasure,
)
from pipelines.evaluation.basis import Basis, Reported, Window


def family(measure: Measure) -> str:
    """Who reports to a measure: ``unit``, ``register`` or ``report``."""
    if isinstance(measure, RowsMeasure):
        return "register"
    return "report" if isinstance(measure, ReportsMeasure) else "unit"


def reporters(measure: Measure, population: str, basis: Basis) -> pd.DataFrame:
    """Everyone who may add to a measure, in every scope.

    Returns:
        Frame scope_id, unit_id, value, low, high, known, exempt, parted. One row per unit of the
        population, per scope (a register) or per owed report; measures of one family have the
        same rows in the same order. Of a unit that lies in the scope in part only its share
        counts; where nobody stated one and there is something to share, the row is ``parted``
        and not known, between nothing and all of it.

    Raises:
        TypeError: The measure ranks units instead of adding them up.
    """
    if isinstance(measure, RowsMeasure):
        known = basis.register_known.get(measure.register_id, False)
        if isinstance(known, frozenset):
            return _keepers(measure, population, basis, known)
        return _register_reporters(measure, basis, known)
    if isinstance(measure, ReportsMeasure):
        return _report_reporters(measure, basis)
    members = basis.scopes.members[population]
    facts = unit_facts(measure, basis).reindex(members["unit_id"]).reset_index()
    return _shared(facts.assign(scope_id=members["scope_id"].to_numpy()), shares(members))


def unit_facts(measure: Measure, basis: Basis) -> pd.DataFrame:
    """What every unit adds to a measure of elements or units.

    Returns:
        Frame indexed by unit_id: value, low, high, known, exempt.
    """
    reported = basis.reported
    if isinstance(measure, UnitsMeasure):
        size = np.full(len(reported.numbers), float(measure.times))
        everyone = np.ones(len(size), dtype=bool)
        return _facts(reported, size, size, everyone, ~everyone)
    if isinstance(measure, CountMeasure):
        known, matches = element_equals(reported, measure.element, measure.equals)
        exempt = reported.exempt[measure.element].to_numpy()
        low = matches.astype("float64")
        return _facts(reported, low, np.where(known, low, 1.0), known, exempt)
    if isinstance(measure, SumMeasure):
        return _sum_facts(measure, basis)
    msg = f"a measure of kind {measure.kind} is not a sum over units"
    raise TypeError(msg)


def element_equals(
    reported: Reported, element: str, wanted: bool | float | str
) -> tuple[np.ndarray, np.ndarray]:
    """Where an element is known, and where it is known and equals a value."""
    if isinstance(wanted, str):
        known = reported.texts[element].notna().to_numpy()
        return known, (reported.texts[element] == wanted).fillna(value=False).to_numpy(dtype=bool)
    values = reported.numbers[element].to_numpy()
    return ~np.isnan(values), values == float(wanted)


def element_range(element: Element) -> tuple[float, float]:
    """The smallest and the largest value that a unit can add through an element."""
    if element.type == "bool":
        return 0.0, 1.0
    low = -np.inf if element.minimum is None else element.minimum
    high = np.inf if element.maximum is None else element.maximum
    # a unit that answers "not applicable" adds nothing
    return (min(low, 0.0), max(high, 0.0)) if element.allows_not_applicable else (low, high)


def row_counts(measure: RowsMeasure, basis: Basis, by: list[str]) -> pd.DataFrame:
    """Number of register rows that pass every filter.

    Args:
        measure: The register and its filters.
        basis: Holds the register; an absent one has no rows.
        by: Columns of the register to count by.

    Returns:
        Frame with the columns ``by`` and ``rows``; combinations without rows are left out.
    """
    rows = basis.registers.get(measure.register_id)
    if rows is None:
        none = {column: pd.Series(dtype="str") for column in by}
        return pd.DataFrame(none).assign(rows=pd.Series(dtype="int64"))
    keep = pd.Series(data=True, index=rows.index)
    for test in measure.where:
        keep &= passes(rows[test.column], test, basis.window)
    return rows.loc[keep].groupby(by).size().rename("rows").reset_index()


def passes(column: pd.Series, test: RowFilter, window: Window) -> pd.Series:
    """Where a register column passes a test; an empty cell passes only ``is_present: false``.

    Raises:
        ValueError: The filter holds no test.
    """
    if test.in_window:
        mask = column.between(*window, inclusive="both")
    elif test.is_present is not None:
        mask = column.notna() == test.is_present
    elif test.among is not None:
        mask = column.isin(test.among)
    elif test.not_before is not None:
        mask = column >= pd.Timestamp(test.not_before)
    elif test.equals is not None:
        mask = column == test.equals
    else:
        msg = f"the filter on column {test.column} tests nothing"
        raise ValueError(msg)
    return mask.fillna(value=False).astype(bool)


def shares(inside: pd.DataFrame) -> np.ndarray:
    """How much of each unit lies in its scope: 1, less where it is stated, NaN where it is not."""
    if "share" in inside:
        return inside["share"].to_numpy(dtype="float64")
    return np.ones(len(inside))


def _shared(frame: pd.DataFrame, share: np.ndarray) -> pd.DataFrame:
    """Reporters, each with the share of what it says that belongs to the scope."""
    unstated = np.isnan(share)
    low = np.where(unstated, np.minimum(frame["low"], 0.0), frame["low"] * share)
    high = np.where(unstated, np.maximum(frame["high"], 0.0), frame["high"] * share)
    known = frame["known"].to_numpy(dtype=bool)
    # a part of nothing is nothing
    parted = known & unstated & (low < high)
    value = np.where(unstated, 0.0, frame["value"] * share)
    return frame.assign(value=value, low=low, high=high, known=known & ~parted, parted=parted)


def _sum_facts(measure: SumMeasure, basis: Basis) -> pd.DataFrame:
    reported = basis.reported
    values = reported.numbers[measure.elements].to_numpy()
    exempt = reported.exempt[measure.elements].to_numpy()
    answered = ~np.isnan(values)
    # what does not apply adds nothing; only where nothing applies the unit does not count
    settled = np.where(exempt, 0.0, values)
    ranges = np.array([element_range(basis.catalogue.elements[e]) for e in measure.elements])
    low = np.where(answered | exempt, settled, ranges[:, 0]).sum(axis=1)
    high = np.where(answered | exempt, settled, ranges[:, 1]).sum(axis=1)
    nothing_applies = np.all(exempt, axis=1, keepdims=True).ravel()
    known = np.all(answered | exempt, axis=1, keepdims=True).ravel() & ~nothing_applies
    return _facts(reported, low, high, known, nothing_applies)


def _facts(
    reported: Reported, low: np.ndarray, high: np.ndarray, known: np.ndarray, exempt: np.ndarray
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "value": np.where(known, low, 0.0),
            "low": low,
            "high": high,
            "known": known,
            "exempt": exempt,
        },
        index=reported.numbers.index,
    )


def _keepers(
    measure: RowsMeasure, population: str, basis: Basis, known: frozenset[str]
) -> pd.DataFrame:
    """A register that units keep themselves: a unit that sent no row is unknown, not zero."""
    members = basis.scopes.members[population]
    by_unit = row_counts(measure, basis, ["unit_id"]).set_index("unit_id")["rows"]
    sent = members["unit_id"].isin(list(known)).to_numpy()
    rows = members["unit_id"].map(by_unit).fillna(0.0).to_numpy(dtype="float64")
    value = np.where(sent, rows, 0.0)
    frame = pd.DataFrame(
        {
            "scope_id": members["scope_id"].to_numpy(),
            "unit_id": members["unit_id"].to_numpy(),
            "value": value,
            "low": value,
            "high": np.where(sent, rows, np.inf),
            "known": sent,
            "exempt": False,
        }
    )
    return _shared(frame, shares(members))


def _register_reporters(measure: RowsMeasure, basis: Basis, known: bool) -> pd.DataFrame:
    scopes = [*basis.scopes.areas, *basis.scopes.singles]
    by_unit = row_counts(measure, basis, ["unit_id"]).set_index("unit_id")["rows"]
    inside = basis.scopes.inside
    rows, share = inside["unit_id"].map(by_unit).fillna(0.0), shares(inside)

    def counted(share: np.ndarray) -> np.ndarray:
        sums = (rows * share).groupby(inside["scope_id"]).sum()
        return sums.reindex(scopes, fill_value=0.0).to_numpy(dtype="float64") * known

    least, most = counted(np.nan_to_num(share, nan=0.0)), counted(np.nan_to_num(share, nan=1.0))
    parted = least < most
    return pd.DataFrame(
        {
            "scope_id": scopes,
            "unit_id": scopes,
            "value": np.where(parted, 0.0, least),
            "low": least,
            "high": most if known else np.inf,
            "known": known & ~parted,
            "exempt": False,
            "parted": parted,
        }
    )


def _report_reporters(measure: ReportsMeasure, basis: Basis) -> pd.DataFrame:
    owed = basis.scopes.inside.merge(basis.reporting[["unit_id", "state"]], on="unit_id")
    chosen = owed["state"].isin(measure.states) if measure.states else owed["state"].notna()
    value = chosen.astype("float64")
    frame = owed[["scope_id", "unit_id"]].assign(value=value, low=value, high=value)
    return _shared(frame.assign(known=True, exempt=False), shares(owed))
