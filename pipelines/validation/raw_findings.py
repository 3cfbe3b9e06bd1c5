"""Raw findings: which rule is violated where, before anything is put into words.

Belongs here: their shape, addresses of blamed cells, rules of a period.
Does not belong here: rules themselves, messages.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import pandas as pd

from pipelines.catalogue.changing import on_day
from pipelines.catalogue.integrity import term_names
from pipelines.catalogue.model import Catalogue, Rule
from pipelines.catalogue.periods import period_frame

PLACE = ["submission_id", "sheet", "cell"]
KEY = [*PLACE, "rule", "unit_id", "element"]
RAW = [*KEY, "found", "expected", "proposed", "why"]
_QUOTED_AT_MOST = 5


def raw(frame: pd.DataFrame | dict[str, object], index: pd.Index | None = None) -> pd.DataFrame:
    """A frame of raw findings; columns that are not given are missing."""
    if isinstance(frame, dict) and not frame:
        return _none().copy()
    given = pd.DataFrame(frame, index=index)
    if not len(given):
        return _none().copy()
    return given.reindex(columns=RAW).astype("str").reset_index(drop=True)


@cache
def _none() -> pd.DataFrame:
    """No findings: most rules find none in most files, and frames are slow to make."""
    return pd.DataFrame(columns=RAW, dtype="str")


def together(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Raw findings in one frame, one row per key; what several of a key found is joined."""
    frames = [part for part in parts if len(part)]
    if not frames:
        return raw({})
    all_of_them = pd.concat(frames, ignore_index=True)
    repeated = all_of_them.duplicated(KEY, keep=False)
    if not repeated.any():
        return all_of_them
    joined = [
        group.head(1).assign(found=_joined(group["found"]))
        for _, group in all_of_them[repeated].groupby(KEY, dropna=False, sort=False)
    ]
    return pd.concat([all_of_them[~repeated], *joined], ignore_index=True).astype("str")


def _joined(found: pd.Series) -> str | float:
    texts = list(dict.fromkeys(found.dropna()))
    more = "; …" if len(texts) > _QUOTED_AT_MOST else ""
    return "; ".join(texts[:_QUOTED_AT_MOST]) + more if texts else float("nan")


def blame_order(rule: Rule) -> list[str]:
    """Elements or columns that may carry the finding, the first with a cell does."""
    left = term_names(rule.left)
    # a repeated row is told apart by its code, the last of the columns, not by its unit
    left = left[::-1] if rule.operator == "unique" else left
    named, right = [rule.element] if rule.element else [], term_names(rule.right)
    # what follows from the left is what has to be put right
    sides = [*right, *left] if rule.operator == "implies_equal" else [*left, *right]
    return list(dict.fromkeys([*named, *sides]))


def at_period(catalogue: Catalogue, period: str) -> Catalogue:
    """The catalogue as it stands at the period's end, with the rules in force then.

    Of a period that the catalogue does not have no day is known: the rules without an end apply.
    That the period is unknown is what the intake says of the file (``identified``).
    """
    ends = period_frame(catalogue.periods).set_index("period")["ends_on"]
    if period in ends.index:
        catalogue = on_day(catalogue, ends[period])
    rules = {
        rule.id: rule
        for rule in catalogue.rules.values()
        if (rule.in_force(ends[period]) if period in ends.index else rule.valid_to is None)
    }
    return catalogue.model_copy(update={"rules": rules})
