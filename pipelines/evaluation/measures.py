"""Measures: what every unit, register or owed report adds to a numerator or denominator.

Whoever may add something is a *reporter*. For each the columns below hold the known ``value`` and
the range ``low`` to ``high`` of what it could still report; both are the value once it is known.
They are plain arrays: a province has hundreds of measures, and frames cost more than what is in
them.

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
from pipelines.evaluation.basis import Basis, Reported, Window, shares

# arrays of one length by name
Columns = dict[str, np.ndarray]


def family(measure: Measure) -> str:
    """Who reports to a measure: ``unit``, ``register`` or ``report``."""
    if isinstance(measure, RowsMeasure):
        return "register"
    return "report" if isinstance(measure, ReportsMeasure) else "unit"


def reporters(measure: Measure, population: str, basis: Basis) -> Columns:
    """Everyone who may add to a measure, in every scope.

    Returns:
        Columns scope_id, unit_id, value, low, high, known, exempt, parted. One row per unit of the
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
    places = basis.places[population]
    facts = unit_facts(measure, basis)
    said = {name: column[places.units] for name, column in facts.items()}
    return _shared({"scope_id": places.scope_id, "unit_id": places.unit_id, **said}, places.share)


def unit_facts(measure: Measure, basis: Basis) -> Columns:
    """What every unit adds to a measure of elements or units.

    Returns:
        Columns value, low, high, known, exempt; a row per unit of ``basis.reported``.
    """
    reported = basis.reported
    if isinstance(measure, UnitsMeasure):
        size = np.full(len(reported.numbers), float(measure.times))
        everyone = np.ones(len(size), dtype=bool)
        return _facts(size, size, everyone, ~everyone)
    if isinstance(measure, CountMeasure):
        known, matches = element_equals(reported, measure.element, measure.equals)
        exempt = reported.exempt[measure.element].to_numpy()
        low = matches.astype("float64")
        return _facts(low, np.where(known, low, 1.0), known, exempt)
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


def _shared(said: Columns, share: np.ndarray) -> Columns:
    """Reporters, each with the share of what it says that belongs to the scope."""
    unstated = np.isnan(share)
    low = np.where(unstated, np.minimum(said["low"], 0.0), said["low"] * share)
    high = np.where(unstated, np.maximum(said["high"], 0.0), said["high"] * share)
    # a part of nothing is nothing
    parted = said["known"] & unstated & (low < high)
    value = np.where(unstated, 0.0, said["value"] * share)
    known = said["known"] & ~parted
    return {**said, "value": value, "low": low, "high": high, "known": known, "parted": parted}


def _sum_facts(measure: SumMeasure, basis: Basis) -> Columns:
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
    return _facts(low, high, known, nothing_applies)


def _facts(low: np.ndarray, high: np.ndarray, known: np.ndarray, exempt: np.ndarray) -> Columns:
    value = np.where(known, low, 0.0)
    return {"value": value, "low": low, "high": high, "known": known, "exempt": exempt}


def _keepers(measure: RowsMeasure, population: str, basis: Basis, known: frozenset[str]) -> Columns:
    """A register that units keep themselves: a unit that sent no row is unknown, not zero."""
    places = basis.places[population]
    by_unit = row_counts(measure, basis, ["unit_id"]).set_index("unit_id")["rows"]
    sent = np.isin(places.unit_id, list(known))
    rows = by_unit.reindex(places.unit_id, fill_value=0).to_numpy(dtype="float64")
    value = np.where(sent, rows, 0.0)
    said = {
        "scope_id": places.scope_id,
        "unit_id": places.unit_id,
        "value": value,
        "low": value,
        "high": np.where(sent, rows, np.inf),
        "known": sent,
        "exempt": np.zeros(len(sent), dtype=bool),
    }
    return _shared(said, places.share)


def _register_reporters(measure: RowsMeasure, basis: Basis, known: bool) -> Columns:
    scopes = np.array([*basis.scopes.areas, *basis.scopes.singles], dtype=object)
    by_unit = row_counts(measure, basis, ["unit_id"]).set_index("unit_id")["rows"]
    inside = basis.inside
    rows = by_unit.reindex(inside.unit_id, fill_value=0).to_numpy(dtype="float64")

    def counted(share: np.ndarray) -> np.ndarray:
        sums = np.bincount(inside.scopes, weights=rows * share, minlength=len(scopes))
        return sums * known

    unstated = np.isnan(inside.share)
    least = counted(np.where(unstated, 0.0, inside.share))
    most = counted(np.where(unstated, 1.0, inside.share))
    parted = least < most
    return {
        "scope_id": scopes,
        "unit_id": scopes,
        "value": np.where(parted, 0.0, least),
        "low": least,
        "high": most if known else np.full(len(scopes), np.inf),
        "known": known & ~parted,
        "exempt": np.zeros(len(scopes), dtype=bool),
        "parted": parted,
    }


def _report_reporters(measure: ReportsMeasure, basis: Basis) -> Columns:
    owed = basis.scopes.inside.merge(basis.reporting[["unit_id", "state"]], on="unit_id")
    chosen = owed["state"].isin(measure.states) if measure.states else owed["state"].notna()
    value = chosen.to_numpy(dtype="float64")
    everyone = np.ones(len(value), dtype=bool)
    said = {
        "scope_id": owed["scope_id"].to_numpy(dtype=object),
        "unit_id": owed["unit_id"].to_numpy(dtype=object),
        "value": value,
        "low": value,
        "high": value,
        "known": everyone,
        "exempt": ~everyone,
    }
    return _shared(said, shares(owed))
