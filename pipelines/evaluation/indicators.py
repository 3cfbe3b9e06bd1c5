"""Indicators: numerator, denominator, value, coverage and bounds of every figure in every scope.

Belongs here: adding reporters up, the state of a figure.
Does not belong here: what a reporter adds (``measures``), printing (``figures``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pandas as pd

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.model import Catalogue, Indicator, NthLargestMeasure, UnitsMeasure
from pipelines.evaluation.bounds import best_case, bounds, factor
from pipelines.evaluation.measures import (
    Basis,
    Window,
    family,
    read_reported,
    reporters,
    used_elements,
)
from pipelines.evaluation.ranking import rank_rows
from pipelines.evaluation.scopes import Scopes, find_scopes

VIEW = "as_reported"
_SUMS = ["n", "n_low", "n_high", "d", "d_low", "d_high", "n_best", "d_best"]
_COUNTS = ["expected", "reporting", "n_known", "d_known"]


def indicator_values(
    *,
    observations: pd.DataFrame,
    registers: dict[str, pd.DataFrame],
    register_known: dict[str, bool],
    reporting: pd.DataFrame,
    units: pd.DataFrame,
    catalogue: Catalogue,
    period: Mapping[str, object],
    scopes: list[str],
    as_of: dt.datetime,
) -> pd.DataFrame:
    """Values of all indicators in force, as reported.

    Args:
        observations: ``core.observations``; other periods are left out.
        registers: ``core.registers_<id>`` by register id.
        register_known: Whether an accepted file of the register's authority exists; a register
            without one is missing, not empty.
        reporting: ``core.reporting``.
        units: ``ref.units``.
        catalogue: Indicators, elements, populations.
        period: Row of ``ref.periods``: period, window_from, window_to, ends_on.
        scopes: Units whose figures are wanted; those with units below them get every indicator,
            the others the indicators shown per unit whose population they belong to.
        as_of: When this was known.

    Returns:
        ``eval.indicator_values``: one row per scope and indicator. Rates are percent 0–100,
        coverage is 0–1, bounds are in the unit of the value; nothing is rounded.

    Raises:
        UnknownScopeError: A scope does not exist at the end of the period.
    """
    basis = make_basis(
        observations=observations,
        registers=registers,
        register_known=register_known,
        reporting=reporting,
        units=units,
        catalogue=catalogue,
        period=period,
        scopes=scopes,
    )
    contract = table_contract(catalogue, "eval.indicator_values")
    day = period_end(period)
    current = [entry for entry in catalogue.indicators.values() if entry.in_force(day)]
    tables = [_one_indicator(indicator, basis) for indicator in current]
    if not tables or not scopes:
        return contract.empty()
    table = pd.concat(tables, ignore_index=True)
    table["coverage"] = table["reporting_units"] / table["expected_units"].where(
        table["expected_units"] > 0
    )
    shown = _illustrative_scopes(basis.scopes, units, observations)
    table["is_illustrative"] = table["scope_id"].isin(shown)
    return contract.conform(table.assign(period=str(period["period"]), view=VIEW, as_of=as_of))


def make_basis(
    *,
    observations: pd.DataFrame,
    registers: dict[str, pd.DataFrame],
    register_known: dict[str, bool],
    reporting: pd.DataFrame,
    units: pd.DataFrame,
    catalogue: Catalogue,
    period: Mapping[str, object],
    scopes: list[str],
) -> Basis:
    """What the indicators of a period stand on; arguments as in ``indicator_values``."""
    key = str(period["period"])
    found = find_scopes(scopes, units, catalogue.populations.values(), period_end(period))
    elements = {e for entry in catalogue.indicators.values() for e in used_elements(entry)}
    reported = read_reported(
        observations[observations["period"] == key],
        pd.Index(found.inside["unit_id"].unique(), name="unit_id"),
        sorted(elements),
    )
    return Basis(
        catalogue=catalogue,
        scopes=found,
        reported=reported,
        registers={name: rows[rows["period"] == key] for name, rows in registers.items()},
        register_known=register_known,
        reporting=reporting[reporting["period"] == key],
        window=period_window(period),
    )


def period_end(period: Mapping[str, object]) -> dt.date:
    """The last day of a period."""
    return pd.Timestamp(period["ends_on"]).date()  # type: ignore[arg-type] # a date by contract


def period_window(period: Mapping[str, object]) -> Window:
    """First and last day whose events belong to a period; reviews have only their own dates."""
    first, last = period.get("window_from"), period.get("window_to")
    if pd.isna(first) or pd.isna(last):  # type: ignore[call-overload] # dates by contract
        first, last = period["starts_on"], period["ends_on"]
    return pd.Timestamp(first), pd.Timestamp(last)  # type: ignore[arg-type] # dates by contract


def make_ledger(indicator: Indicator, basis: Basis) -> pd.DataFrame:
    """What every reporter adds to the numerator and the denominator of an indicator.

    Numerator and denominator of one family (units, registers, owed reports) are paired: a
    reporter is known when both of its sides are, so that half an answer neither flatters nor
    deflates a rate. Sides of different families stand in rows of their own.

    Returns:
        Frame scope_id, unit_id, known, exempt, n and d with their ranges and best cases;
        ``expected``, ``n_known`` and ``d_known`` say what a row counts for, ``always_d`` that
        its denominator counts even while its numerator is unknown.
    """
    top = _side(reporters(indicator.numerator, indicator.population, basis), "n")
    if indicator.denominator is None:
        ledger, paired = top.assign(d=0.0, d_low=0.0, d_high=0.0), False
    else:
        fixed = isinstance(indicator.denominator, UnitsMeasure)
        bottom = _side(reporters(indicator.denominator, indicator.population, basis), "d")
        paired = family(indicator.numerator) == family(indicator.denominator)
        ledger = _pair(top, bottom) if paired else _stack(top, bottom, counts=not fixed)
        ledger["always_d"] = fixed & ledger["is_d"]
    best = best_case(ledger, bounded=paired and indicator.bounded)
    return _counted(ledger.assign(n_best=best["n_best"], d_best=best["d_best"]))


def _side(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Rename the range of one side of a quotient."""
    named = frame.rename(columns={"value": name, "low": f"{name}_low", "high": f"{name}_high"})
    return named.assign(is_n=name == "n", is_d=name == "d", counts=True, always_d=False)


def _pair(top: pd.DataFrame, bottom: pd.DataFrame) -> pd.DataFrame:
    return top.assign(
        d=bottom["d"],
        d_low=bottom["d_low"],
        d_high=bottom["d_high"],
        known=top["known"] & bottom["known"],
        exempt=top["exempt"] | bottom["exempt"],
        is_d=True,
    )


def _stack(top: pd.DataFrame, bottom: pd.DataFrame, *, counts: bool) -> pd.DataFrame:
    bottom = bottom.assign(n=0.0, n_low=0.0, n_high=0.0, counts=counts)
    return pd.concat([top.assign(d=0.0, d_low=0.0, d_high=0.0), bottom], ignore_index=True)


def _counted(ledger: pd.DataFrame) -> pd.DataFrame:
    """Leave out of the sums what is not known; say what each row counts for."""
    known = ledger["known"]
    has_d = known | ledger["always_d"]
    return ledger.assign(
        n=ledger["n"].where(known, 0.0),
        d=ledger["d"].where(has_d, 0.0),
        expected=ledger["counts"].astype("int64"),
        reporting=(known & ledger["counts"]).astype("int64"),
        n_known=(known & ledger["is_n"]).astype("int64"),
        d_known=(has_d & ledger["is_d"]).astype("int64"),
    )


def _one_indicator(indicator: Indicator, basis: Basis) -> pd.DataFrame:
    population = basis.scopes.members[indicator.population]
    chosen = list(basis.scopes.areas)
    if indicator.per_unit:
        belongs = set(population["unit_id"])
        chosen += [scope for scope in basis.scopes.singles if scope in belongs]
    if isinstance(indicator.numerator, NthLargestMeasure):
        rows = _ranked(rank_rows(indicator, population, basis).reindex(chosen))
    else:
        ledger = make_ledger(indicator, basis)
        active = ledger[~ledger["exempt"]]
        totals = active.groupby("scope_id")[[*_SUMS, *_COUNTS]].sum().reindex(chosen).fillna(0)
        rows = _valued(totals, indicator)
    rows = rows.rename_axis("scope_id").reset_index()
    return rows.assign(indicator=indicator.id)


def _valued(totals: pd.DataFrame, indicator: Indicator) -> pd.DataFrame:
    has_denominator = indicator.denominator is not None
    known = (totals["expected"] > 0) & (totals["n_known"] > 0)
    numerator = totals["n"].where(known)
    if has_denominator:
        denominator = totals["d"].where((totals["expected"] > 0) & (totals["d_known"] > 0))
        known &= denominator.notna()
        value = numerator / denominator.where(denominator != 0) * factor(indicator)
    else:
        denominator = pd.Series(np.nan, index=totals.index)
        value = numerator
    limits = bounds(totals, indicator, value)
    return pd.DataFrame(
        {
            "numerator": numerator,
            "denominator": denominator,
            "value": value,
            "state": _states(value, known, totals["expected"]),
            "expected_units": totals["expected"].astype("int64"),
            "reporting_units": totals["reporting"].astype("int64"),
            # where nobody is expected there is nothing that could become anything
            "lower": limits["lower"].where(totals["expected"] > 0),
            "upper": limits["upper"].where(totals["expected"] > 0),
        }
    )


def _ranked(ranks: pd.DataFrame) -> pd.DataFrame:
    expected = ranks["expected"].fillna(0).astype("int64")
    reporting = ranks["reporting"].fillna(0).astype("int64")
    settled = ranks["value"].notna() | (reporting == expected)
    return pd.DataFrame(
        {
            "numerator": ranks["value"],
            "denominator": np.nan,
            "value": ranks["value"],
            "state": _states(ranks["value"], settled, expected),
            "expected_units": expected,
            "reporting_units": reporting,
            "lower": ranks["lower"],
            "upper": ranks["upper"],
        }
    )


def _states(value: pd.Series, known: pd.Series, expected: pd.Series) -> pd.Series:
    """State of a figure: nobody to ask and nothing to divide by are not the same as missing."""
    states = pd.Series("value", index=value.index, dtype="str")
    states[value == 0] = "zero"
    states[value.isna()] = "not_applicable"
    states[~known & (expected > 0)] = "missing"
    return states


def _illustrative_scopes(
    scopes: Scopes, units: pd.DataFrame, observations: pd.DataFrame
) -> set[str]:
    """Scopes that hold an illustrative unit or an illustrative figure."""
    flagged = set(units.loc[units["is_illustrative"], "unit_id"])
    flagged |= set(observations.loc[observations["is_illustrative"], "unit_id"])
    inside = scopes.inside
    return set(inside.loc[inside["unit_id"].isin(flagged), "scope_id"])
