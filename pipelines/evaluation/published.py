"""Published figures beside the ones computed from the workbooks.

Belongs here: printed number and computed number → whether they agree.
Does not belong here: computing (``indicators``), what was printed (``raw/reference``).
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.model import Catalogue
from pipelines.vietnamese.numbers import round_half_up

PARTS = ["numerator", "denominator", "value"]
_DECIMALS = re.compile(r"[0-9],([0-9]+)")
# an amount printed in millions is precise to the million
_SCALES = {"nghìn": 3, "ngàn": 3, "triệu": 6, "tỷ": 9, "tỉ": 9}


def compare(
    *, published: pd.DataFrame, values: pd.DataFrame, catalogue: Catalogue, period: str
) -> pd.DataFrame:
    """Set every printed number of a period beside the computed one.

    Args:
        published: ``ref.published``; other periods are left out.
        values: ``eval.indicator_values``.
        catalogue: Holds the contract.
        period: Period to compare.

    Returns:
        ``eval.published``: one row per printed number. ``computed`` is unrounded and empty where
        nothing is known; such a number does not agree.
    """
    printed = published[published["period"] == period]
    computed = values.loc[values["view"] == "as_reported"].melt(
        id_vars=["scope_id", "period", "indicator"],
        value_vars=PARTS,
        var_name="part",
        value_name="computed",
    )
    table = printed.merge(computed, on=["scope_id", "period", "indicator", "part"], how="left")
    flagged = set(values.loc[values["is_illustrative"], "scope_id"])
    table["is_illustrative"] = table["scope_id"].isin(flagged)
    columns = [table[name] for name in ("computed", "value", "shown_as")]
    agreeing = [agrees(*row) for row in zip(*columns, strict=True)]
    table["agrees"] = pd.Series(agreeing, index=table.index, dtype="bool")
    return table_contract(catalogue, "eval.published").conform(
        table.drop(columns=["quote", "published_on"])
    )


def agrees(computed: float, printed: float, shown_as: str) -> bool:
    """Whether a computed number, rounded half up as it was printed, is the printed one."""
    if np.isnan(computed):
        return False
    return round_half_up(computed, printed_digits(shown_as)) == printed


def printed_digits(shown_as: str) -> int:
    """Decimals to which a number was printed: "87%" 0, "17,4" 1, "46,9 tỷ" −8."""
    decimals = _DECIMALS.search(shown_as)
    digits = len(decimals[1]) if decimals else 0
    words = re.findall(r"[^\W\d_]+", shown_as.lower())
    return digits - sum(_SCALES.get(word, 0) for word in words)
