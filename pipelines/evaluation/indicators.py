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
from pipelines.catalogue.model import Catalogue, Indicator, NthLargestMeasure
from pipelines.evaluation.basis import Basis, RegisterKnown, make_basis, period_end
from pipelines.evaluation.bounds import bounds, factor
from pipelines.evaluation.ledger import SUMS, count_known, make_ledgers
from pipelines.evaluation.levels import OWN, own_basis, shared_with_others
from pipelines.evaluation.ranking import rank_rows
from pipelines.evaluation.scopes import Scopes

VIEW = "as_reported"
NOT_SPLITTABLE = "not_splittable"
NOT_SPLIT_VI = "không tách được"


def indicator_values(
    *,
    observations: pd.DataFrame,
    registers: dict[str, pd.DataFrame],
    register_known: Mapping[str, RegisterKnown],
    reporting: pd.DataFrame,
    units: pd.DataFrame,
    catalogue: Catalogue,
    period: Mapping[str, object],
    scopes: list[str],
    as_of: dt.datetime,
    successions: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Values of all indicators in force, as reported (``levels``: and what a hub said itself).

    Args:
        observations: ``core.observations``; other periods are left out.
        registers: ``core.registers_<id>`` by register id.
        register_known: Whether an accepted file of the register's authority exists (a register
            without one is missing, not empty); for one that units keep, the units that sent rows.
        reporting: ``core.reporting``.
        units: ``ref.units``.
        catalogue: Indicators, elements, populations.
        period: Row of ``ref.periods``: period, window_from, window_to, ends_on.
        scopes: Units whose figures are wanted; administrative levels with units below them get
            every indicator, the others the indicators shown per unit to whose population they or
            units below them belong.
        as_of: When this was known.
        successions: ``ref.unit_successions``; says below whom units stand whose parent has ended.

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
        successions=successions,
    )
    contract = table_contract(catalogue, "eval.indicator_values")
    day = period_end(period)
    current = [entry for entry in catalogue.indicators.values() if entry.in_force(day)]
    if not current or not scopes:
        return contract.empty()
    table = valued(current, basis).assign(view=VIEW)
    both = shared_with_others(current, basis.scopes)
    if both:
        table = pd.concat([table, valued(both, own_basis(basis)).assign(view=OWN)])
    shown = illustrative_scopes(basis.scopes, units, observations)
    table["is_illustrative"] = table["scope_id"].isin(shown)
    return contract.conform(table.assign(period=str(period["period"]), as_of=as_of))


def valued(indicators: list[Indicator], basis: Basis) -> pd.DataFrame:
    """Figures of indicators in the scopes of a basis.

    Returns:
        ``eval.indicator_values`` without period, view, as_of, is_illustrative.
    """
    ranks = [entry for entry in indicators if isinstance(entry.numerator, NthLargestMeasure)]
    sums = [entry for entry in indicators if entry not in ranks]
    tables = [_ranks(entry, basis) for entry in ranks]
    table = pd.concat([*tables, *([_sums(sums, basis)] if sums else [])], ignore_index=True)
    table["coverage"] = table["reporting_units"] / table["expected_units"].where(
        table["expected_units"] > 0
    )
    return table


def _wanted(indicator: Indicator, basis: Basis) -> list[str]:
    """The scopes in which an indicator is computed."""
    hubs = basis.scopes.hubs
    belongs = set(basis.scopes.members[indicator.population]["scope_id"])
    shown = belongs if indicator.per_unit else set()
    areas = [scope for scope in basis.scopes.areas if scope not in hubs or scope in shown]
    return areas + [scope for scope in basis.scopes.singles if scope in shown]


def _ranks(indicator: Indicator, basis: Basis) -> pd.DataFrame:
    population, wanted = basis.scopes.members[indicator.population], _wanted(indicator, basis)
    population = population[population["scope_id"].isin(wanted)]
    ranks = rank_rows(indicator, population, basis).reindex(wanted)
    ranks = ranks.rename_axis("scope_id").reset_index()
    expected = ranks["expected"].fillna(0).astype("int64")
    reporting = ranks["reporting"].fillna(0).astype("int64")
    settled = ranks["value"].notna() | (reporting == expected)
    return pd.DataFrame(
        {
            "indicator": indicator.id,
            "scope_id": ranks["scope_id"],
            "numerator": ranks["value"],
            "denominator": np.nan,
            "value": ranks["value"],
            "state": _states(ranks["value"], settled, expected),
            "text": pd.NA,
            "expected_units": expected,
            "reporting_units": reporting,
            "lower": ranks["lower"],
            "upper": ranks["upper"],
        }
    )


def _sums(indicators: list[Indicator], basis: Basis) -> pd.DataFrame:
    """Figures that add reporters up, all indicators at once."""
    ledger = make_ledgers(indicators, basis)
    active = count_known(ledger[~ledger["exempt"]])
    wanted = pd.MultiIndex.from_tuples(
        [(entry.id, scope) for entry in indicators for scope in _wanted(entry, basis)],
        names=["indicator", "scope_id"],
    )
    totals = active.groupby(["indicator", "scope_id"])[SUMS].sum().reindex(wanted).fillna(0.0)
    said = pd.DataFrame.from_dict(
        {
            entry.id: [entry.denominator is not None, entry.bounded, factor(entry)]
            for entry in indicators
        },
        orient="index",
        columns=["has_denominator", "bounded", "factor"],
    )
    return _of_totals(totals.reset_index().join(said, on="indicator"))


def _of_totals(totals: pd.DataFrame) -> pd.DataFrame:
    asked, parted = totals["expected"] > 0, totals["parted"] > 0
    n_known, d_known = asked & (totals["n_known"] > 0), asked & (totals["d_known"] > 0)
    alone = ~totals["has_denominator"]
    numerator = totals["n"].where(n_known & ~parted)
    denominator = totals["d"].where(d_known & ~parted)
    quotient = numerator / denominator.where(denominator != 0) * totals["factor"]
    value = quotient.where(~alone, numerator)
    limits = bounds(totals, value)
    states = _states(value, n_known & (d_known | alone), totals["expected"])
    return pd.DataFrame(
        {
            "indicator": totals["indicator"],
            "scope_id": totals["scope_id"],
            "numerator": numerator,
            "denominator": denominator,
            "value": value,
            "state": states.mask(parted, NOT_SPLITTABLE),
            "text": pd.Series(pd.NA, index=totals.index, dtype="str").mask(parted, NOT_SPLIT_VI),
            "expected_units": totals["expected"].astype("int64"),
            "reporting_units": totals["reporting"].astype("int64"),
            # where nobody is asked there is nothing that could become anything
            "lower": limits["lower"].where(asked),
            "upper": limits["upper"].where(asked),
        }
    )


def _states(value: pd.Series, known: pd.Series, expected: pd.Series) -> pd.Series:
    """State of a figure: nobody to ask and nothing to divide by are not the same as missing."""
    states = pd.Series("value", index=value.index, dtype="str")
    states[value == 0] = "zero"
    states[value.isna()] = "not_applicable"
    states[~known & (expected > 0)] = "missing"
    return states


def illustrative_scopes(
    scopes: Scopes, units: pd.DataFrame, observations: pd.DataFrame
) -> set[str]:
    """Scopes that hold an illustrative unit or an illustrative figure."""
    flagged = set(units.loc[units["is_illustrative"], "unit_id"])
    flagged |= set(observations.loc[observations["is_illustrative"], "unit_id"])
    inside = scopes.inside
    return set(inside.loc[inside["unit_id"].isin(flagged), "scope_id"])
