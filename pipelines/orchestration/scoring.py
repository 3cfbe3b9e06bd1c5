"""Scores of a period: which sets score whom, and what is known at each stage.

Belongs here: tables of a period → what ``evaluation.scores`` and ``bands`` take.
Does not belong here: points and bands themselves (``evaluation``), writing (``publishing``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.criteria import CriteriaSet
from pipelines.catalogue.model import Catalogue
from pipelines.evaluation.bands import bands
from pipelines.evaluation.basis import RegisterKnown
from pipelines.evaluation.checked import after, checked, given_points
from pipelines.evaluation.indicators import indicator_values
from pipelines.evaluation.scores import Known, scores
from pipelines.evaluation.targeting import Evidence, targeting
from pipelines.orchestration.period_facts import period_requests
from pipelines.places.units import fits, in_force, members

# observations, units → ``eval.indicator_values`` of these units
Revalue = Callable[[pd.DataFrame, list[str]], pd.DataFrame]
_CHECKED = ("verified", "decided")


def score_tables(
    catalogue: Catalogue,
    tables: Mapping[str, pd.DataFrame],
    evaluated: Mapping[str, pd.DataFrame],
    row: Mapping[str, Any],
    events: tuple[Mapping[str, pd.DataFrame], Mapping[str, RegisterKnown]],
) -> dict[str, pd.DataFrame]:
    """Scores, bands and checked figures of a period.

    Args:
        catalogue: Criteria sets, contracts.
        tables: The tables of ``ingest``.
        evaluated: ``core.reporting`` and ``eval.indicator_values`` of the period.
        row: Row of ``ref.periods``.
        events: Register rows by register id, and which registers are known.

    Returns:
        ``eval.scores``, ``eval.bands``, ``eval.checked`` and ``eval.targeting``.
    """
    period, observations = str(row["period"]), tables["core.observations"]
    verifications = _own(tables["core.registers_verifications"], period)
    found = checked(
        verifications=verifications, observations=observations, catalogue=catalogue, period=period
    )
    given = given_points(
        self_scores=_own(tables["core.registers_self_scores"], period),
        verifications=verifications,
        catalogue=catalogue,
    )
    reported = Known(
        observations,
        evaluated["eval.indicator_values"],
        evaluated["core.reporting"],
        _about(catalogue, tables, row),
    )
    revalue = _revaluing(catalogue, tables, reported, row, events)
    stages = {"self": reported} | _after_checks(reported, found, revalue)
    scored, banded = [], []
    for entry in catalogue.criteria.values():
        units = _units(catalogue, entry, tables, row) if entry.in_force(row["ends_on"]) else []
        if not units:
            continue
        points = scores(
            catalogue=catalogue,
            criteria_set=entry,
            units=units,
            stages=stages,
            given=given,
            period=period,
        )
        scored.append(points)
        banded.append(
            bands(
                catalogue=catalogue,
                criteria_set=entry,
                scored=points,
                known=list(stages.values())[-1],
                is_half=row["kind"] not in {"year", "review"},
            )
        )
    return {
        "eval.checked": found,
        "eval.scores": _joined("eval.scores", scored, catalogue),
        "eval.bands": _joined("eval.bands", banded, catalogue),
        "eval.targeting": targeting(_evidence(tables, reported, found, row), catalogue, row),
    }


def _evidence(
    tables: Mapping[str, pd.DataFrame],
    reported: Known,
    found: pd.DataFrame,
    row: Mapping[str, Any],
) -> Evidence:
    """What the reasons to look at units are read from."""
    owing = set(reported.reporting["unit_id"])
    alive = in_force(tables["ref.units"], row["ends_on"])
    ordered = alive[alive["unit_id"].isin(owing)].sort_values(["official_order", "unit_id"])
    return Evidence(
        units=list(ordered["unit_id"]),
        findings=tables["core.findings"],
        reporting=reported.reporting,
        observations=reported.observations,
        checked=found,
        limitations=tables["core.registers_limitations"],
        inspections=tables["core.registers_inspections"],
    )


def _own(rows: pd.DataFrame, period: str) -> pd.DataFrame:
    """Rows that were sent for the period itself: what was found about a half is not of its year."""
    return rows[rows["submission_id"].str.startswith(f"{period}/")]


def _about(
    catalogue: Catalogue, tables: Mapping[str, pd.DataFrame], row: Mapping[str, Any]
) -> dict[str, frozenset[str]]:
    """The units that each element read by a criterion is about."""
    alive = in_force(tables["ref.units"], row["ends_on"])
    lines = [line for entry in catalogue.criteria.values() for line in entry.criteria]
    found = {}
    for element in {line.reads.element for line in lines if line.reads.element}:
        subject = catalogue.populations[catalogue.elements[element].subject]
        found[element] = frozenset(alive.loc[fits(subject, alive), "unit_id"])
    return found


def _after_checks(reported: Known, found: pd.DataFrame, revalue: Revalue) -> dict[str, Known]:
    """What is known after each stage at which a figure was checked."""
    stages = {}
    for at, stage in enumerate(_CHECKED):
        if not (found["stage"] == stage).any():
            continue
        observed = after(reported.observations, found, _CHECKED[: at + 1])
        units = list(found.loc[found["stage"].isin(_CHECKED[: at + 1]), "unit_id"].unique())
        kept = reported.figures[~reported.figures["scope_id"].isin(units)]
        values = pd.concat([kept, revalue(observed, units)], ignore_index=True)
        stages[stage] = replace(reported, observations=observed, figures=values)
    return stages


def _revaluing(
    catalogue: Catalogue,
    tables: Mapping[str, pd.DataFrame],
    reported: Known,
    row: Mapping[str, Any],
    events: tuple[Mapping[str, pd.DataFrame], Mapping[str, RegisterKnown]],
) -> Revalue:
    """Figures of a few units from other observations: only those that a criterion reads."""
    read = {
        line.reads.indicator for entry in catalogue.criteria.values() for line in entry.criteria
    }
    wanted = {name: entry for name, entry in catalogue.indicators.items() if name in read}
    narrow = catalogue.model_copy(update={"indicators": wanted})

    def revalue(observed: pd.DataFrame, units: list[str]) -> pd.DataFrame:
        return indicator_values(
            observations=observed,
            registers=dict(events[0]),
            register_known=events[1],
            reporting=reported.reporting,
            units=tables["ref.units"],
            catalogue=narrow,
            period=row,
            scopes=units,
            as_of=reported.figures["as_of"].iloc[0],
            successions=tables["ref.unit_successions"],
        )

    return revalue


def _units(
    catalogue: Catalogue,
    entry: CriteriaSet,
    tables: Mapping[str, pd.DataFrame],
    row: Mapping[str, Any],
) -> list[str]:
    """The units of a set's population in the scopes of the period's requests, official order."""
    population = catalogue.populations[entry.population]
    scopes = sorted(period_requests(tables, str(row["period"]))["scope_id"].unique())
    found = [
        members(
            population, tables["ref.units"], scope, row["ends_on"], tables["ref.unit_successions"]
        )["unit_id"]
        for scope in scopes
    ]
    return list(dict.fromkeys(unit for each in found for unit in each))


def _joined(name: str, frames: list[pd.DataFrame], catalogue: Catalogue) -> pd.DataFrame:
    contract = table_contract(catalogue, name)
    return contract.conform(pd.concat(frames, ignore_index=True)) if frames else contract.empty()
