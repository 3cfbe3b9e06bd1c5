"""Entries laid wide: one row per submission and unit, one column per element.

Belongs here: the shape that rules and pandera schemas work on, and where each value stands.
Does not belong here: rules.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipelines.catalogue.model import Catalogue, Form
from pipelines.catalogue.schemas import element_dtype

KNOWN_STATES = ("value", "zero")
ROW = ["submission_id", "unit_id"]


def asked(form: Form) -> list[str]:
    """The elements that a form asks, each once, in order."""
    return list(dict.fromkeys(item.element for item in form.elements()))


def typed(entries: pd.DataFrame) -> pd.DataFrame:
    """Entries with numbers as numbers, which a frame without rows may not have."""
    return entries.astype({"value": "float64", "compulsory": "bool"})


@dataclass(frozen=True)
class Wide:
    """Entries laid wide; all frames have the index (submission_id, unit_id).

    Attributes:
        known: Numbers and answers float64 (yes = 1, no = 0), dates datetime64, the rest str.
            NaN wherever no value is known: blank, not applicable, quarantined, not asked.
        states: NaN where the sheet does not ask the unit for the element.
    """

    known: pd.DataFrame
    states: pd.DataFrame


def lay_wide(entries: pd.DataFrame, elements: list[str], catalogue: Catalogue) -> Wide:
    """Values and states by submission and unit.

    Args:
        entries: Long entries (submission_id, unit_id, element, state, value, text).
        elements: The columns wanted.
        catalogue: Knows the types.
    """
    # of an element that stands twice in a sheet the first counts: the last assignment stays
    backwards = entries[entries["element"].isin(elements)].iloc[::-1]
    index = pd.MultiIndex.from_frame(backwards[ROW].drop_duplicates().sort_values(ROW))
    rows = index.get_indexer(pd.MultiIndex.from_frame(backwards[ROW]))
    columns = pd.Index(elements).get_indexer(pd.Index(backwards["element"]))

    def scatter(values: pd.Series, dtype: str) -> pd.DataFrame:
        matrix = np.full((len(index), len(elements)), np.nan, dtype=dtype)
        matrix[rows, columns] = values.to_numpy(dtype=dtype)
        return pd.DataFrame(matrix, index=index, columns=elements)

    is_known = backwards["state"].isin(KNOWN_STATES)
    numbers = scatter(backwards["value"].where(is_known), "float64")
    texts = scatter(backwards["text"].where(is_known), "object")
    dtypes = {name: element_dtype(catalogue.elements[name]) for name in elements}
    columns_of = {
        name: numbers[name]
        if dtype == "float64"
        else (texts[name] if dtype == "str" else pd.to_datetime(texts[name])).astype(dtype)
        for name, dtype in dtypes.items()
    }
    return Wide(pd.DataFrame(columns_of, index=index), scatter(backwards["state"], "object"))
