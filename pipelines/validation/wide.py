"""Entries laid wide: one row per submission and unit, one column per element.

Belongs here: the shape that rules and pandera schemas work on, and where each value stands.
Does not belong here: rules.
"""

from __future__ import annotations

import pandas as pd

from pipelines.catalogue.model import Catalogue, Form
from pipelines.catalogue.schemas import element_dtype

KNOWN_STATES = ("value", "zero")
ROW = ["submission_id", "unit_id"]


def asked(form: Form) -> list[str]:
    """The elements that a form asks, each once, in order."""
    return list(dict.fromkeys(item.element for item in form.elements()))


def wide_values(entries: pd.DataFrame, elements: list[str], catalogue: Catalogue) -> pd.DataFrame:
    """Values by submission and unit.

    Args:
        entries: Long entries (submission_id, unit_id, element, state, value, text).
        elements: The columns wanted.
        catalogue: Knows the types.

    Returns:
        Index (submission_id, unit_id); numbers and answers float64 (yes = 1, no = 0), dates
        datetime64, the rest str. NaN wherever no value is known: blank, not applicable,
        quarantined, not asked.
    """
    index = _index(entries)
    known = entries[entries["state"].isin(KNOWN_STATES)]
    columns = {}
    for name in elements:
        dtype = element_dtype(catalogue.elements[name])
        source = "value" if dtype == "float64" else "text"
        series = _column(known, name, source).reindex(index)
        if source == "text" and dtype != "str":
            series = pd.to_datetime(series)
        columns[name] = series.astype(dtype)
    return pd.DataFrame(columns, index=index)


def wide_states(entries: pd.DataFrame, elements: list[str]) -> pd.DataFrame:
    """States by submission and unit; NaN where the sheet does not ask the unit for the element."""
    index = _index(entries)
    return pd.DataFrame(
        {name: _column(entries, name, "state").reindex(index) for name in elements}, index=index
    )


def _index(entries: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(entries[ROW].drop_duplicates().sort_values(ROW))


def _column(entries: pd.DataFrame, element: str, source: str) -> pd.Series:
    own = entries[entries["element"] == element].drop_duplicates(ROW)
    return own.set_index(ROW)[source]
