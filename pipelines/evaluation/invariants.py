"""Invariants: what must hold whatever was sent; a breach stops the run before its commit.

Belongs here: checks across the tables of an evaluated period.
Does not belong here: faults of a submission (``validation``), the cell accounts (``intake``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

import pandas as pd

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.integrity import measure_elements
from pipelines.catalogue.model import Catalogue, Indicator, NthLargestMeasure
from pipelines.evaluation.basis import (
    KNOWN_STATES,
    counted_populations,
    period_end,
    used_elements,
)
from pipelines.evaluation.measures import family
from pipelines.evaluation.scopes import find_scopes
from pipelines.places.units import parents_on

_TOLERANCE = 1e-9
_REJECTED = frozenset({"returned", "unreadable", "refused", "duplicate"})
_SHOWN = 5


class InvariantBroken(Exception):  # noqa: N818 — the name the other rooms know
    """The tables contradict themselves or each other; ``problems`` lists everything found."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(
            "INVARIANT: " + "; ".join(problems) + ". Nothing was published; report this error."
        )


def check(
    *,
    tables: Mapping[str, pd.DataFrame],
    units: pd.DataFrame,
    catalogue: Catalogue,
    period: Mapping[str, object],
) -> None:
    """Check the tables of one evaluated period.

    Args:
        tables: By table name; ``intake.submissions``, ``core.observations``,
            ``eval.indicator_values`` must be there, any other table with a contract may be and
            has its key checked; ``ref.unit_successions`` says below whom units stand.
        units: ``ref.units``.
        catalogue: Contracts, indicators, populations.
        period: Row of ``ref.periods``.

    Raises:
        InvariantBroken: Lists every invariant that does not hold, with examples.
    """
    values = tables["eval.indicator_values"]
    submissions = tables["intake.submissions"]
    observations = tables["core.observations"]
    observations = observations[observations["period"] == str(period["period"])]
    day = period_end(period)
    # on today's map old units are expected where they went
    reported = values[values["view"] == "as_reported"]
    places = (units, tables.get("ref.unit_successions"))
    problems = [
        *_keys(tables, catalogue),
        *_ranges(values, catalogue),
        *_missing_is_not_zero(tables),
        *_origins(tables, submissions),
        *_populations(reported, observations, places, catalogue, day),
    ]
    if problems:
        raise InvariantBroken(problems)


def _named(what: str, rows: pd.DataFrame, columns: list[str]) -> Iterator[str]:
    """A problem with its first examples, or nothing."""
    if rows.empty:
        return
    examples = rows[columns].head(_SHOWN).astype("str").agg("/".join, axis=1)
    yield f"{what}: {len(rows)} rows, e.g. {', '.join(examples)}"


def _keys(tables: Mapping[str, pd.DataFrame], catalogue: Catalogue) -> Iterator[str]:
    for name, table in tables.items():
        key = table_contract(catalogue, name).key
        yield from _named(f"{name}: key stands twice", table[table.duplicated(key)], key)


def _ranges(values: pd.DataFrame, catalogue: Catalogue) -> Iterator[str]:
    where = ["indicator", "scope_id"]
    parts_of_a_whole = [
        entry.id
        for entry in catalogue.indicators.values()
        if entry.bounded and entry.denominator is not None
    ]
    over = values["numerator"] > values["denominator"] + _TOLERANCE
    over &= values["indicator"].isin(parts_of_a_whole)
    yield from _named("numerator above denominator", values[over], where)
    wrong = (values["coverage"] < 0) | (values["coverage"] > 1)
    wrong |= values["reporting_units"] > values["expected_units"]
    yield from _named("coverage outside 0–1", values[wrong], where)
    slack = _TOLERANCE * values["value"].abs().clip(lower=1.0)
    outside = values["value"] < values["lower"] - slack
    outside |= values["value"] > values["upper"] + slack
    outside |= values["lower"] > values["upper"] + slack.fillna(_TOLERANCE)
    yield from _named("value outside its bounds", values[outside], where)


def _missing_is_not_zero(tables: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    values, observations = tables["eval.indicator_values"], tables["core.observations"]
    known = values["state"].isin(KNOWN_STATES)
    odd = known != values["value"].notna()
    yield from _named("state and value disagree", values[odd], ["indicator", "scope_id"])
    filled = ~observations["state"].isin(KNOWN_STATES) & observations["value"].notna()
    yield from _named(
        "an observation without value holds one", observations[filled], ["unit_id", "element"]
    )


def _origins(tables: Mapping[str, pd.DataFrame], submissions: pd.DataFrame) -> Iterator[str]:
    """Every figure and register row comes from a submission that was accepted."""
    usable = set(submissions.loc[~submissions["status"].isin(_REJECTED), "submission_id"])
    for name, table in tables.items():
        if name != "core.observations" and not name.startswith("core.registers_"):
            continue
        named = table[table["submission_id"].notna()]
        stray = named[~named["submission_id"].isin(usable)]
        yield from _named(f"{name}: no accepted submission", stray, ["submission_id"])
        if name == "core.observations":
            reported = named["state"].isin(KNOWN_STATES) & (named["source"] == "form")
            lost = named[reported & named["cell"].isna()]
            yield from _named(f"{name}: a value without cell", lost, ["unit_id", "element"])


def _populations(
    values: pd.DataFrame,
    observations: pd.DataFrame,
    places: tuple[pd.DataFrame, pd.DataFrame | None],
    catalogue: Catalogue,
    day: dt.date,
) -> Iterator[str]:
    """Expected units are the population less those it does not apply to; none was dropped."""
    current = {entry.id: entry for entry in catalogue.indicators.values() if entry.in_force(day)}
    units, successions = places
    parents = set(parents_on(units, day, successions).dropna())
    areas = values[values["scope_id"].isin(parents)]
    scopes = find_scopes(areas["scope_id"], units, counted_populations(catalogue), day, successions)
    inside = {
        name: rows.groupby("scope_id")["unit_id"].agg(set).to_dict()
        for name, rows in scopes.members.items()
    }
    exempt = {
        name: _exempt(entry, observations) for name, entry in current.items() if _asks_units(entry)
    }
    for scope, rows in areas.groupby("scope_id"):
        absent = sorted(set(current) - set(rows["indicator"]))
        if absent and scope not in scopes.hubs:
            yield f"indicators without a row in {scope}: {absent[:_SHOWN]}"
        expected = rows.set_index("indicator")["expected_units"]
        for name, found in expected.items():
            if name not in exempt:
                continue
            units_there = inside[current[str(name)].population].get(scope, set())
            size = len(units_there - exempt[str(name)])
            if size != found:
                yield f"{name} in {scope}: {found} units expected, the population has {size}"


def _asks_units(indicator: Indicator) -> bool:
    """Whether only units report to an indicator."""
    sides = [side for side in (indicator.numerator, indicator.denominator) if side is not None]
    return all(family(side) == "unit" for side in sides)


def _exempt(indicator: Indicator, observations: pd.DataFrame) -> set[str]:
    """Units to which a side of the indicator does not apply."""
    asked = observations["element"].isin(used_elements(indicator))
    answers = observations[asked & (observations["state"] == "not_applicable")]
    if answers.empty:
        return set()
    grid = pd.crosstab(answers["unit_id"], answers["element"]) > 0
    left_out: set[str] = set()
    for side in (indicator.numerator, indicator.denominator):
        elements = measure_elements(side)
        if elements:
            applies_not = grid.reindex(columns=elements, fill_value=False)
            # a sum is left out when none of its elements applies, a rank when any does not
            some = applies_not.any(axis=1)
            ranked = isinstance(side, NthLargestMeasure)
            left_out |= set(grid.index[some if ranked else applies_not.all(axis=1)])
    return left_out
