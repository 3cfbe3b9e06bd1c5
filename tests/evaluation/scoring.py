"""Small criteria sets and what is known of a few units, for the tests of scores and bands."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.criteria import CriteriaSet
from pipelines.catalogue.load import load_catalogue
from pipelines.evaluation.bands import bands
from pipelines.evaluation.scores import Known, scores

CATALOGUE = load_catalogue()
PERIOD = "2021"
BANDS = [
    {"id": "good", "label_vi": "Tốt", "at_least": 90},
    {"id": "fair", "label_vi": "Khá", "at_least": 70},
    {"id": "average", "label_vi": "Trung bình", "at_least": 50},
    {"id": "weak", "label_vi": "Yếu", "at_least": 0},
]
NOTHING_GIVEN = pd.DataFrame(
    {
        name: pd.Series(dtype="float64" if name == "points" else "str")
        for name in (
            "unit_id",
            "criteria_set",
            "criterion",
            "stage",
            "points",
            "reason",
            "evidence",
        )
    }
)


def line(name: str, points: float, scale: dict, reads: dict, **more: object) -> dict:
    return {
        "id": name,
        "label_vi": name,
        "section": "all",
        "max_points": points,
        "scale": scale,
        "reads": reads,
        "not_applicable": "full",
    } | more


def made_set(lines: Sequence[dict], **more: object) -> CriteriaSet:
    """A set with one section that holds all lines that count."""
    beside = {"bonus", "penalty"}
    total = sum(each["max_points"] for each in lines if each["scale"]["kind"] not in beside)
    entry = {
        "id": "thu",
        "label_vi": "Thử",
        "population": "qcdc_communes",
        "points": total,
        "example": True,
        "basis_vi": "Thử",
        "sections": [{"id": "all", "label_vi": "Tất cả", "points": total}],
        "criteria": list(lines),
        "bands": BANDS,
    }
    return CriteriaSet.model_validate(entry | more)


def known(
    answers: Mapping[tuple[str, str], object],
    rates: Mapping[tuple[str, str], object] | None = None,
    reports: Mapping[tuple[str, str], str] | None = None,
) -> Known:
    """Answers by (unit, element), rates by (unit, indicator), report states by (unit, form).

    A rate is a figure, its two bounds, or None for "nothing to divide".
    """
    seen = [_observed(*pair, said) for pair, said in answers.items()]
    figures = [_figure(*pair, said) for pair, said in (rates or {}).items()]
    owed = [
        {"unit_id": unit, "form": form, "state": state, "is_illustrative": True}
        for (unit, form), state in (reports or {}).items()
    ]
    return Known(
        observations=_frame("core.observations", seen),
        figures=_frame("eval.indicator_values", figures),
        reporting=_frame("core.reporting", owed),
    )


def _observed(unit: str, element: str, said: object) -> dict[str, object]:
    state, qualifier, value = "value", "=", None
    if said is None or said == "x":
        state, qualifier = ("missing" if said is None else "not_applicable"), None
    elif isinstance(said, str):
        qualifier, value = said[0], float(said[1:])
    else:
        value = float(said)  # type: ignore[arg-type] # a number or an answer
        state = "zero" if value == 0 else "value"
    return {
        "unit_id": unit,
        "element": element,
        "state": state,
        "qualifier": qualifier,
        "value": value,
    }


def _figure(unit: str, indicator: str, said: object) -> dict[str, object]:
    row: dict[str, object] = {"scope_id": unit, "indicator": indicator, "view": "as_reported"}
    if said is None:
        return row | {"state": "not_applicable", "value": None, "lower": None, "upper": None}
    if isinstance(said, tuple):
        return row | {"state": "missing", "value": None, "lower": said[0], "upper": said[1]}
    return row | {"state": "value", "value": said, "lower": said, "upper": said}


def _frame(table: str, rows: list[dict[str, object]]) -> pd.DataFrame:
    columns = [column.name for column in table_contract(CATALOGUE, table).columns]
    return pd.DataFrame(rows, columns=columns) if rows else table_contract(CATALOGUE, table).empty()


def scored(
    entry: CriteriaSet, what: Known | Mapping[str, Known], units: list[str], given=NOTHING_GIVEN
) -> pd.DataFrame:
    stages = {"self": what} if isinstance(what, Known) else what
    return scores(
        catalogue=CATALOGUE,
        criteria_set=entry,
        units=units,
        stages=stages,
        given=given,
        period=PERIOD,
    )


def banded(
    entry: CriteriaSet, what: Known, units: list[str], *, is_half: bool = False
) -> dict[str, dict[str, Any]]:
    """Rows of ``eval.bands`` by unit."""
    table = bands(
        catalogue=CATALOGUE,
        criteria_set=entry,
        scored=scored(entry, what, units),
        known=what,
        is_half=is_half,
    )
    rows = table.to_dict("records")
    return {str(row["unit_id"]): {str(key): value for key, value in row.items()} for row in rows}
