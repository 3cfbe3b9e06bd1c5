"""What citizens say in PAPI beside what units report: two things, side by side, never added.

Belongs here: frames of the survey with their year's own labels, and what may not be compared.
Does not belong here: the figures themselves (``ref.papi``), pictures.
"""

from __future__ import annotations

import pandas as pd

from pipelines.analysis.access import Tables
from pipelines.catalogue.load import load_catalogue


def papi_over_time(wh: Tables, dimension: int | None = None) -> pd.DataFrame:
    """Scores by province and year.

    Args:
        wh: The warehouse.
        dimension: 1 to 8 for the parts of one dimension; None for the dimensions themselves.

    Returns:
        year, province, place, label_vi (that year's own), score, most, comparable_from (first year
        of the unbroken run), source; ordered by place and year.
    """
    rows = wh.table("ref.papi")
    whole = rows["measure"].str.fullmatch(r"d\d")
    chosen = rows[whole if dimension is None else ~whole & rows["dimension"].eq(dimension)]
    names = wh.table("ref.units").set_index("unit_id")["name"]
    frame = chosen.assign(province=chosen["scope_id"].map(names))
    columns = [
        "year",
        "province",
        "place",
        "label_vi",
        "score",
        "most",
        "comparable_from",
        "source",
    ]
    return frame.sort_values(["measure", "scope_id", "year"])[columns].reset_index(drop=True)


def papi_beside_reports(wh: Tables, period: str, scope_id: str) -> pd.DataFrame:
    """What citizens were last asked on a like matter beside what units report.

    Args:
        wh: The warehouse.
        period: Key of the period.
        scope_id: The scope whose figures stand beside the survey.

    Returns:
        reported (label of the indicator), value, asked (label of the measure in its year), year,
        province, score, most, source: the newest survey that ended before the period does. The
        two are on different scales and of different places; the frame says so by keeping both.
    """
    values = wh.table("eval.indicator_values")
    mine = values[
        values["period"].eq(period)
        & values["scope_id"].eq(scope_id)
        & values["view"].eq("as_reported")
    ]
    labels = wh.table("ref.indicators").set_index("indicator")["label_vi"]
    pairs = pd.DataFrame(
        [
            (measure.id, indicator)
            for measure in load_catalogue().papi.measures
            for indicator in measure.asked_like
        ],
        columns=["measure", "indicator"],
    )
    survey = wh.table("ref.papi")
    survey = survey[survey["year"] < _year(wh, period)]
    survey = survey[survey["year"] == survey["year"].max()]
    names = wh.table("ref.units").set_index("unit_id")["name"]
    frame = pairs.merge(mine[["indicator", "value", "state"]], on="indicator")
    frame = frame.merge(survey, on="measure")
    frame = frame.assign(
        reported=frame["indicator"].map(labels),
        asked=frame["label_vi"],
        province=frame["scope_id"].map(names),
    )
    columns = ["reported", "value", "state", "asked", "year", "province", "score", "most", "source"]
    return frame[columns].sort_values(["asked", "reported", "province"], ignore_index=True)


def _year(wh: Tables, period: str) -> int:
    periods = wh.table("ref.periods")
    return int(pd.Timestamp(periods.loc[periods["period"] == period, "ends_on"].iloc[0]).year)


def papi_limits() -> list[str]:
    """What may not be compared, and whom the figures are to be attributed to, in Vietnamese."""
    papi = load_catalogue().papi
    return [*papi.not_comparable_vi, papi.attribution_vi]
