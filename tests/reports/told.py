"""Figures and values for sentences, made by hand."""

import datetime as dt
from typing import Any

import pandas as pd

from pipelines.catalogue.narrative import NARRATIVE_FACTS
from pipelines.reports.narrative_values import Values

DAY = dt.date(2021, 6, 30)
NAN = float("nan")
FACTS: dict[str, str | None] = dict.fromkeys(NARRATIVE_FACTS, "…")


def figure(name: str, value: float = 7.0, **more: object) -> dict[str, Any]:
    return {
        "indicator": name,
        "label": f"Nhãn {name}",
        "numerator": value,
        "denominator": 2 * value,
        "value": value,
        "shown": f"{value:g}%",
        "exact": "",
        "fraction": f"{value:g}/{2 * value:g}",
        "interval": "",
        "state": "value",
        "expected_units": 16,
        "reporting_units": 16,
        "coverage_shown": "16/16",
        "figure_id": f"p/{name}@s",
        **more,
    }


def values(*figures: dict[str, Any], day: dt.date = DAY, **more: Any) -> Values:
    return Values.of(day, pd.DataFrame(figures or [figure("none")]), FACTS, **more)
