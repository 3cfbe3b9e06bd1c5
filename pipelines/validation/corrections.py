"""Declared corrections in the place of what cells hold, before any rule looks.

Belongs here: applying corrections behind their guard. Does not belong here: reading them
(``intake.decisions``), typing a corrected value (``intake.corrected``), verdicts on findings
(``decided``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipelines.validation.raw_findings import PLACE
from pipelines.vietnamese.text import normalise

# what stands behind a value in ``core.observations.decided``
CORRECT = "correct"
_GUARD = "guard_holds"
_NO_CELL = "không có ô này trong biểu hoặc sổ"
_BLANK = "ô để trống"
_VALUES = ("state", "value", "qualifier", "text")


@dataclass(frozen=True)
class Applied:
    """What the rules look at after corrections.

    Attributes:
        entries: Entries with the corrected values; ``decided`` says ``correct`` there.
        rows: Register rows by register id, corrected.
        faults: Faults without those of corrected cells, with one for each guard that failed.
        fits: Of each correction, whether it was applied.
    """

    entries: pd.DataFrame
    rows: dict[str, pd.DataFrame]
    faults: pd.DataFrame
    fits: pd.Series


def apply(
    entries: pd.DataFrame,
    rows: Mapping[str, pd.DataFrame],
    faults: pd.DataFrame,
    corrected: pd.DataFrame,
) -> Applied:
    """Put declared corrections in the place of what the cells hold.

    Args:
        entries: One row per expected value cell.
        rows: Register rows by register id.
        faults: What the intake saw wrong.
        corrected: Corrections with what their cells hold and the value typed
            (``intake.corrected.CORRECTED_COLUMNS``).

    Returns:
        The same frames, corrected. A correction whose cell does not hold what was expected is
        not applied: it becomes a fault that says both.
    """
    marked = entries if "decided" in entries else entries.assign(decided=_nothing(entries.index))
    if corrected.empty:
        return Applied(marked, dict(rows), faults, pd.Series([], dtype="bool"))
    holds, expect = (_spelled(corrected[name]) for name in ("holds", "expect"))
    exists = corrected["element"].notna()
    fits = (exists & (holds == expect)).astype("bool")
    usable = corrected[fits]
    of_form = usable[usable["register_id"].isna()]
    of_register = usable[usable["register_id"].notna()]
    done = fits & ~(corrected["register_id"].notna() & corrected["operator"].notna())
    return Applied(
        entries=_correct_entries(marked, of_form),
        rows=_correct_rows(rows, of_register),
        faults=_faults(faults, corrected, fits),
        fits=done,
    )


def _nothing(index: pd.Index) -> pd.Series:
    return pd.Series(pd.NA, index=index, dtype="str")


def _spelled(texts: pd.Series) -> pd.Series:
    """Contents to compare: blank is blank, whatever stands for it."""
    return texts.map(lambda text: normalise(text) if isinstance(text, str) else "")


def _correct_entries(entries: pd.DataFrame, corrected: pd.DataFrame) -> pd.DataFrame:
    if corrected.empty:
        return entries
    out = entries.reset_index(drop=True)
    places = pd.MultiIndex.from_frame(out[PLACE])
    at = places.get_indexer(pd.MultiIndex.from_frame(corrected[PLACE]))
    for place, record in zip(at, corrected.to_dict("records"), strict=True):
        for name in _VALUES:
            value = record[name]
            out.loc[place, name] = pd.NA if _is_missing(value) else value
        out.loc[place, "decided"] = CORRECT
    return out


def _correct_rows(
    rows: Mapping[str, pd.DataFrame], corrected: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    out = dict(rows)
    for record in corrected[corrected["operator"].isna()].to_dict("records"):
        register, column = str(record["register_id"]), str(record["element"])
        frame = out[register].copy()
        here = (
            (frame["submission_id"] == record["submission_id"])
            & (frame["sheet"] == record["sheet"])
            & (frame["row"] == record["row"])
        )
        value = record["value"]
        frame.loc[here, column] = None if _is_missing(value) else value
        out[register] = frame
    return out


def _faults(faults: pd.DataFrame, corrected: pd.DataFrame, fits: pd.Series) -> pd.DataFrame:
    """Faults of corrected cells go; guards that fail and corrections that are no value come."""
    mended = pd.MultiIndex.from_frame(corrected.loc[fits, PLACE])
    left = faults[~pd.MultiIndex.from_frame(faults[PLACE]).isin(mended)]
    stale = corrected[~fits]
    found = stale["holds"].astype("str").fillna(_BLANK).where(stale["element"].notna(), _NO_CELL)
    guards = stale.assign(
        operator=_GUARD, found=found, expected=stale["expect"].astype("str").fillna(_BLANK)
    )
    wrong = corrected[fits & corrected["operator"].notna()]
    wrong = wrong.assign(found=wrong["given"])
    more = [part.reindex(columns=faults.columns) for part in (guards, wrong) if len(part)]
    return pd.concat([left, *more], ignore_index=True) if more else left


def _is_missing(value: Any) -> bool:  # noqa: ANN401 — a scalar of any column
    return value is None or bool(pd.isna(value))
