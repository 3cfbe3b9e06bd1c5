"""Scores and bands for people: in official order, with what is not known, never as a league table.

Belongs here: frames of scores, bands and reasons to look at a unit, with Vietnamese words.
Does not belong here: computing them (``evaluation``), orders of merit (``fairness``, for analysts).
"""

from __future__ import annotations

import pandas as pd

from pipelines.analysis.access import Tables
from pipelines.analysis.shown import NO_DATA
from pipelines.catalogue.criteria import STAGES
from pipelines.catalogue.load import load_catalogue
from pipelines.vietnamese.numbers import format_number

EXAMPLE = "VÍ DỤ, không phải quy định"


def bands_in_order(wh: Tables, period: str, criteria_set: str) -> pd.DataFrame:
    """Bands of units in official order.

    Returns:
        unit_id, name, points (text: "86,5", "70 đến 92" while something is missing), band,
        possible ("Khá đến Tốt", or the band), forced_by, coverage, is_example.
    """
    rows = wh.table("eval.bands")
    mine = rows[rows["period"].eq(period) & rows["criteria_set"].eq(criteria_set)]
    units = wh.table("ref.units").set_index("unit_id")
    frame = mine.assign(
        name=mine["unit_id"].map(units["name"]),
        order=mine["unit_id"].map(units["official_order"]),
        points_vi=[
            _span(low, high) for low, high in zip(mine["lower"], mine["upper"], strict=True)
        ],
        possible=[
            low if low == high else f"{low} đến {high}"
            for low, high in zip(mine["band_lower"], mine["band_upper"], strict=True)
        ],
    )
    columns = ["unit_id", "name", "points_vi", "band", "possible", "forced_by", "coverage"]
    ordered = frame.sort_values(["order", "unit_id"])[[*columns, "is_example"]]
    return ordered.rename(columns={"points_vi": "points"}).reset_index(drop=True)


def band_counts(wh: Tables, period: str, criteria_set: str) -> pd.DataFrame:
    """How many units are in each band for sure, and how many could be.

    The share is over all units of the population: a unit that says nothing is in none of them for
    sure, so that silence improves nothing.

    Returns:
        band, sure, possible, units, share (percent of all units that are in it for sure); the
        highest band first, units that are in no band for sure last.
    """
    entry = load_catalogue().criteria[criteria_set]
    rows = wh.table("eval.bands")
    mine = rows[rows["period"].eq(period) & rows["criteria_set"].eq(criteria_set)]
    names = [band.label_vi for band in entry.bands]
    place = {name: at for at, name in enumerate(names)}
    best, worst = mine["band_upper"].map(place), mine["band_lower"].map(place)
    lines = [
        {
            "band": name,
            "sure": int(((best == at) & (worst == at)).sum()),
            "possible": int(((best <= at) & (worst >= at)).sum()),
        }
        for at, name in enumerate(names)
    ]
    open_units = int((best != worst).sum())
    lines.append({"band": entry.unrated_vi, "sure": open_units, "possible": open_units})
    frame = pd.DataFrame(lines).assign(units=len(mine))
    return frame.assign(share=frame["sure"] / len(mine) * 100 if len(mine) else float("nan"))


def score_sheet(wh: Tables, period: str, criteria_set: str, unit_id: str) -> pd.DataFrame:
    """The score sheet of a unit: every line with its three stages side by side.

    Returns:
        section_vi, label_vi, max_points, found (the figure read at the highest stage), self,
        verified, decided (texts), reason, evidence.
    """
    lines = wh.table("ref.criteria")
    lines = lines[lines["criteria_set"] == criteria_set].sort_values("position")
    rows = wh.table("eval.scores")
    mine = rows[
        rows["period"].eq(period)
        & rows["criteria_set"].eq(criteria_set)
        & rows["unit_id"].eq(unit_id)
    ]
    frame = lines[["criterion", "section_vi", "label_vi", "max_points"]].set_index("criterion")
    for stage in STAGES:
        there = mine[mine["stage"] == stage].set_index("criterion").reindex(frame.index)
        frame[stage] = [
            None if pd.isna(low) else _span(low, high)
            for low, high in zip(there["lower"], there["upper"], strict=True)
        ]
    # the rows stand by stage, the highest last
    placed = mine.assign(at=mine["stage"].map({name: at for at, name in enumerate(STAGES)}))
    told = placed.sort_values("at").groupby("criterion")[["found", "reason", "evidence"]].last()
    return frame.join(told).reset_index(drop=True)


def where_to_look(wh: Tables, period: str) -> pd.DataFrame:
    """Units with their reasons, as ``eval.targeting`` orders them; for the inspection plan only.

    Returns:
        position, unit_id, name, on_vi, text_vi.
    """
    rows = wh.table("eval.targeting")
    mine = rows[rows["period"] == period]
    names = wh.table("ref.units").set_index("unit_id")["name"]
    frame = mine.assign(name=mine["unit_id"].map(names)).sort_values(["position", "reason"])
    return frame[["position", "unit_id", "name", "on_vi", "text_vi"]].reset_index(drop=True)


def _span(low: float, high: float) -> str:
    if pd.isna(low) or pd.isna(high):
        return NO_DATA
    if abs(high - low) < 1e-9:
        return _points(low)
    return f"{_points(low)} đến {_points(high)}"


def _points(value: float) -> str:
    return format_number(value, 0 if abs(value - round(value)) < 1e-9 else 2)
