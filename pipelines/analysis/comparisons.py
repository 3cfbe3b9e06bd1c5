"""Figures beside the same period, the previous one and the target, as texts.

Belongs here: eval.comparisons joined to figures, names of the periods, reasons in words.
Does not belong here: comparing (``evaluation``), what a table or card looks like (``reports``).
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from pipelines.analysis.access import Tables
from pipelines.analysis.indicators import headline, pillars
from pipelines.analysis.scope import of_period
from pipelines.analysis.shown import (
    MET,
    NOT_JUDGED,
    NOT_MET,
    show_difference,
    show_reference,
)
from pipelines.vietnamese.numbers import NO_DATA

HEADLINE_GROUP = "Số liệu chính"
_KEY = ["scope_id", "indicator"]
_KEPT = [
    *("reference", "reference_period", "difference", "comparable", "why_not", "note"),
    *("met", "source"),
]
_SAID = ["shown", "difference", "why", "note"]
_PERIODS = {"same": "same_period", "previous": "previous"}


def headline_beside(wh: Tables, period: str) -> pd.DataFrame:
    """Headline figures with what they are compared with.

    Args:
        wh: The warehouse.
        period: Key of the period.

    Returns:
        The columns of ``indicators.headline`` and those of ``beside``.
    """
    return beside(wh, period, headline(wh, period))


def compared(wh: Tables, period: str, *, counts: bool = False) -> pd.DataFrame:
    """Headline figures, then the other rates under the pillars of the period's regime.

    Args:
        wh: The warehouse.
        period: Key of the period.
        counts: Whether figures that are no rates follow, too.

    Returns:
        The columns of ``scope_values`` and ``beside``, and group: "Số liệu chính" or the pillar.
    """
    first = headline(wh, period).assign(group=HEADLINE_GROUP)
    rest = pillars(wh, period).dropna(subset=["indicator"])
    rest = rest[((rest["format"] == "rate") | counts) & ~rest["headline"].astype(bool)]
    rest = rest.assign(group=rest["pillar_label"], headline=False)
    return beside(wh, period, pd.concat([first, rest[_shared(first, rest)]], ignore_index=True))


def beside(wh: Tables, period: str, figures: pd.DataFrame) -> pd.DataFrame:
    """Figures of a scope with their references as texts.

    Args:
        wh: The warehouse.
        period: Key of the period.
        figures: Rows with scope_id, indicator, format, digits.

    Returns:
        The rows with, for ``same`` and ``previous``: <name>_label ("Cùng kỳ 2020"),
        <name>_period (whether there is such a period), <name>_shown, <name>_difference (empty
        where the two must not be compared), <name>_why, <name>_note (what must be known of a
        comparison that may be made);
        and target_shown, target_verdict (empty where there is nothing to judge), target_why,
        target_source. Missing references are "chưa có số liệu"; a reason is given only where
        there is a reference.
    """
    rows = of_period(wh.table("eval.comparisons"), period)
    labels = period_labels(wh, period)
    periods = wh.table("ref.periods")
    names = dict(zip(periods["period"], periods["label_vi"], strict=True))
    frame = figures.reset_index(drop=True)
    own = periods[periods["period"] == period].iloc[0]
    there = {name for name in _PERIODS.values() if pd.notna(own[name])}
    for name, against in _PERIODS.items():
        found = _of(rows, against, frame)
        told = [_against_period(row, names) for row in found.to_dict("records")]
        texts = pd.DataFrame(told, columns=_SAID, dtype="str")
        said = {f"{name}_label": labels[name], f"{name}_period": against in there}
        frame = frame.assign(**said).join(texts.add_prefix(f"{name}_"))
    found = _of(rows, "target", frame)
    told = [_against_target(row) for row in found.to_dict("records")]
    texts = pd.DataFrame(told, columns=["shown", "verdict", "why", "source"], dtype="str")
    return frame.join(texts.add_prefix("target_"))


def period_labels(wh: Tables, period: str) -> dict[str, str]:
    """What the compared periods are called: ``same`` "Cùng kỳ 2020", ``previous`` its own name."""
    periods = wh.table("ref.periods")
    row = periods[periods["period"] == period].iloc[0]
    same = periods.loc[periods["period"] == row["same_period"], "legal_year"]
    previous = periods.loc[periods["period"] == row["previous"], "label_vi"]
    return {
        "same": f"Cùng kỳ {same.iloc[0]}" if len(same) else "Cùng kỳ năm trước",
        "previous": f"Kỳ trước ({previous.iloc[0]})" if len(previous) else "Kỳ trước",
    }


def _shared(first: pd.DataFrame, second: pd.DataFrame) -> list[str]:
    return [name for name in first.columns if name in second.columns]


def _of(rows: pd.DataFrame, against: str, figures: pd.DataFrame) -> pd.DataFrame:
    """The comparisons of one kind, row by row beside the figures."""
    chosen = rows.loc[rows["against"] == against, [*_KEY, *_KEPT]]
    wanted = figures[[*_KEY, "format", "digits"]]
    return wanted.merge(chosen, on=_KEY, how="left", validate="many_to_one")


def _against_period(row: Mapping[Hashable, Any], names: Mapping[str, str]) -> dict[str, str]:
    display, digits = str(row["format"]), int(row["digits"])
    if pd.isna(row["reference"]):
        return {"shown": NO_DATA, "difference": "", "why": "", "note": ""}
    texts = {"shown": show_reference(row["reference"], display, digits), "note": ""}
    if row["comparable"]:
        difference = show_difference(row["difference"], display, digits)
        return texts | {"difference": difference, "why": "", "note": _named(row, "note", names)}
    why = _named(row, "why_not", names)
    return texts | {"difference": "", "why": why}


def _named(row: Mapping[Hashable, Any], field: str, names: Mapping[str, str]) -> str:
    """A sentence about the other period, by its name; empty where nothing is said."""
    if pd.isna(row[field]):
        return ""
    key = str(row["reference_period"])
    # a year is a key too, and stands in the numbers of documents: 145/2020/NĐ-CP
    return re.sub(rf"(?<![/\d]){re.escape(key)}(?![/\d-])", names.get(key, key), str(row[field]))


def _against_target(row: Mapping[Hashable, Any]) -> dict[str, str]:
    if pd.isna(row["reference"]):
        return {"shown": NO_DATA, "verdict": "", "why": "", "source": ""}
    texts = {
        "shown": show_reference(row["reference"], str(row["format"]), int(row["digits"])),
        "source": str(row["source"]),
    }
    if not row["comparable"]:
        return texts | {"verdict": NOT_JUDGED, "why": str(row["why_not"])}
    verdict = "" if pd.isna(row["met"]) else MET if row["met"] else NOT_MET
    return texts | {"verdict": verdict, "why": ""}
