"""PAPI, the survey of citizens: what was asked in which year, and what may not be compared.

Belongs here: the model of its dimensions and measures, its figures with their year's own labels.
Does not belong here: reading the CSV of figures (``reference``), showing them (``analysis``).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING

import pandas as pd

from pipelines.catalogue.base import Entry

if TYPE_CHECKING:
    from pipelines.catalogue.model import Catalogue

# a dimension has ten points, shared equally by its parts
DIMENSION_POINTS = 10


class Dimension(Entry):
    """One of the six, from 2018 eight, dimensions."""

    id: int
    label_vi: str
    label_en: str
    from_year: int


class Place(Entry):
    """Where a measure stands in the questionnaire over some years (None: still)."""

    place: str
    from_year: int
    to_year: int | None = None

    def holds(self, year: int) -> bool:
        """Whether the measure stood there in a year."""
        return self.from_year <= year and (self.to_year is None or year <= self.to_year)


class PapiMeasure(Entry):
    """What citizens were asked, whatever its number; ``asked_like``: indicators of like matter."""

    id: str
    label_vi: str
    label_en: str
    places: list[Place]
    asked_like: list[str] = []
    evidence_vi: str = ""


class Papi(Entry):
    """The survey: attribution, limits, dimensions, measures."""

    attribution_vi: str = ""
    not_comparable_vi: list[str] = []
    dimensions: list[Dimension] = []
    measures: list[PapiMeasure] = []

    def measure_at(self, place: str, year: int) -> PapiMeasure | None:
        """What stood at a place of the questionnaire in a year."""
        found = (
            measure
            for measure in self.measures
            if any(each.place == place and each.holds(year) for each in measure.places)
        )
        return next(found, None)


def papi_problems(catalogue: Catalogue, papi: Papi) -> Iterator[str]:
    """Places claimed twice in a year, indicators and dimensions that are not there."""
    dimensions = {str(each.id) for each in papi.dimensions}
    claims = [(measure.id, each) for measure in papi.measures for each in measure.places]
    for (one, here), (other, there) in combinations(claims, 2):
        first = max(here.from_year, there.from_year)
        if here.place == there.place and here.holds(first) and there.holds(first):
            yield f"PAPI {here.place} of {first} is both {one} and {other}"
    for measure in papi.measures:
        for indicator in measure.asked_like:
            if indicator not in catalogue.indicators:
                yield f"PAPI {measure.id}: no indicator {indicator}"
        for each in measure.places:
            if each.place.partition(".")[0] not in dimensions:
                yield f"PAPI {measure.id}: no dimension for {each.place}"


def papi_frame(papi: Papi, facts: pd.DataFrame) -> pd.DataFrame:
    """Figures with the labels of their own year.

    Args:
        papi: What was asked when.
        facts: year, scope_id, measure, score (of parts of a dimension), source.

    Returns:
        One row per year, province and measure, and one per dimension (measure ``d1`` …, the sum of
        its parts): place, label_vi, label_en, dimension, dimension_vi, most (points at best),
        comparable_from: the first year of the unbroken run with the same parts in the dimension.

    Raises:
        ValueError: A figure stands where its measure was not asked.
    """
    measures = {measure.id: measure for measure in papi.measures}
    places = [
        _place(measures[str(m)], int(y))
        for m, y in zip(facts["measure"], facts["year"], strict=True)
    ]
    wrong = facts[[place is None for place in places]]
    if len(wrong):
        row = wrong.iloc[0]
        msg = f"papi.csv: {row['measure']} was not asked in {row['year']}; check papi.yaml"
        raise ValueError(msg)
    frame = facts.assign(place=pd.array(places, dtype="str"))
    frame["dimension"] = frame["place"].str.partition(".")[0].astype("int64")
    frame["label_vi"] = frame["measure"].map({m.id: m.label_vi for m in papi.measures})
    frame["label_en"] = frame["measure"].map({m.id: m.label_en for m in papi.measures})
    whole = _dimensions(papi, frame)
    parts = frame.groupby(["year", "scope_id", "dimension"])["measure"].agg(frozenset)
    keys = pd.MultiIndex.from_frame(frame[["year", "scope_id", "dimension"]])
    frame["most"] = DIMENSION_POINTS / parts.reindex(keys).map(len).to_numpy()
    every = pd.concat([whole, frame], ignore_index=True)
    names = {each.id: each.label_vi for each in papi.dimensions}
    every["dimension_vi"] = every["dimension"].map(names)
    since = _runs(parts)
    lookup = zip(every["scope_id"], every["dimension"], every["year"], strict=True)
    every["comparable_from"] = [since[key] for key in lookup]
    return every


def _place(measure: PapiMeasure, year: int) -> str | None:
    return next((each.place for each in measure.places if each.holds(year)), None)


def _dimensions(papi: Papi, frame: pd.DataFrame) -> pd.DataFrame:
    keys = ["year", "scope_id", "dimension"]
    sums = frame.groupby(keys, as_index=False).agg(
        score=("score", "sum"), source=("source", "first")
    )
    by_id = {each.id: each for each in papi.dimensions}
    return sums.assign(
        measure="d" + sums["dimension"].astype("str"),
        place=sums["dimension"].astype("str"),
        label_vi=[by_id[int(each)].label_vi for each in sums["dimension"]],
        label_en=[by_id[int(each)].label_en for each in sums["dimension"]],
        most=float(DIMENSION_POINTS),
    )


def _runs(parts: pd.Series) -> dict[tuple[str, int, int], int]:
    """First year of the run of years in which a dimension had the same parts."""
    since: dict[tuple[str, int, int], int] = {}
    last: dict[tuple[str, int], tuple[frozenset[str], int, int]] = {}
    rows = parts.rename("asked").reset_index().sort_values("year")
    for year, scope, dimension, asked in rows.itertuples(index=False, name=None):
        before = last.get((scope, dimension))
        goes_on = before is not None and before[0] == asked and before[2] == year - 1
        start = before[1] if before is not None and goes_on else year
        last[scope, dimension] = (asked, start, year)
        since[scope, dimension, year] = start
    return since
