"""Entries laid wide: one row per submission and unit, one column per element.

Belongs here: the shape that rules and pandera schemas work on, and where each value stands.
Does not belong here: rules.
"""

from __future__ import annotations

import numpy as np
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
    known = entries["state"].isin(KNOWN_STATES)
    numbers = _scatter(entries, elements, entries["value"].where(known).astype("float64"))
    texts = _scatter(entries, elements, entries["text"].where(known))
    columns = {}
    for name in elements:
        dtype = element_dtype(catalogue.elements[name])
        if dtype == "float64":
            columns[name] = numbers[name]
        else:
            typed = texts[name] if dtype == "str" else pd.to_datetime(texts[name])
            columns[name] = typed.astype(dtype)
    return pd.DataFrame(columns, index=numbers.index)


def wide_states(entries: pd.DataFrame, elements: list[str]) -> pd.DataFrame:
    """States by submission and unit; NaN where the sheet does not ask the unit for the element."""
    return _scatter(entries, elements, entries["state"])


def _scatter(entries: pd.DataFrame, elements: list[str], values: pd.Series) -> pd.DataFrame:
    """Lay one value per entry into a frame of units × elements, in one pass."""
    index = pd.MultiIndex.from_frame(entries[ROW].drop_duplicates().sort_values(ROW))
    # of an element that stands twice the first counts, and the last assignment stays
    wanted = entries["element"].isin(elements).to_numpy()
    backwards = entries[wanted].iloc[::-1]
    rows = index.get_indexer(pd.MultiIndex.from_frame(backwards[ROW]))
    columns = pd.Index(elements).get_indexer(pd.Index(backwards["element"]))
    dtype = "float64" if values.dtype == "float64" else "object"
    matrix = np.full((len(index), len(elements)), np.nan, dtype=dtype)
    matrix[rows, columns] = values.to_numpy(dtype=dtype)[wanted][::-1]
    return pd.DataFrame(matrix, index=index, columns=elements)
