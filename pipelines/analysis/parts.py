"""The parts of a longer period side by side, also before the longer period has been evaluated.

Belongs here: the thread of a year or review from what is there of its parts. Does not belong here:
breaks and changes (``series``, once the period has been evaluated), what a table looks like.
"""

from __future__ import annotations

import pandas as pd

from pipelines.analysis.comparisons import HEADLINE_GROUP
from pipelines.analysis.indicators import presented
from pipelines.analysis.opening import Opened
from pipelines.analysis.scope import of_period
from pipelines.analysis.series import Series, series, short_name
from pipelines.analysis.shown import NONE, show_coverage
from pipelines.catalogue.load import load_catalogue
from pipelines.vietnamese.numbers import NO_DATA

_ABOUT = ["group", "indicator", "label", "unit_vi", "format", "digits", "headline"]
# what a part says of a figure
_SAID = [
    *("numerator", "denominator", "value", "state", "shown", "fraction", "coverage_shown"),
    *("expected_units", "reporting_units", "coverage"),
]
_NOT_YET = "chưa đánh giá cả kỳ"


def thread(opened: Opened) -> Series:
    """A longer period part by part.

    Args:
        opened: A year or review.

    Returns:
        As ``series``; where the period itself has not been evaluated, the figures of its parts as
        they were reported, the whole "chưa có số liệu", and no word about breaks.
    """
    if opened.evaluated:
        return series(opened.wh, opened.period)
    rows = _rows(opened)
    figures = rows.drop_duplicates("indicator", keep="last")[_ABOUT]
    figures = figures.sort_values(["indicator"], kind="stable")
    place = {name: at for at, name in enumerate(dict.fromkeys(rows["indicator"]))}
    figures = figures.assign(at=figures["indicator"].map(place)).sort_values("at")
    figures = figures.drop(columns="at").reset_index(drop=True)
    figures = figures.assign(shown=NO_DATA, fraction="", change_shown=NONE, change_why=_NOT_YET)
    parts = {key: short_name(name) for key, name in opened.known_parts.items()}
    return Series(parts, rows, figures, {})


def coverage(said: Series) -> pd.DataFrame:
    """On how many units the headline figures stand, part by part.

    Returns:
        label, and a column per part: units that have reported of those expected.
    """
    rows = said.rows[said.rows["headline"].astype(bool)]
    shown = [
        show_coverage(int(row["reporting_units"]), int(row["expected_units"]))
        if pd.notna(row["expected_units"])
        else NO_DATA
        for row in rows.to_dict("records")
    ]
    rows = rows.assign(known=pd.Series(shown, rows.index, dtype="str"))
    wide = rows.pivot_table(index="indicator", columns="part", values="known", aggfunc="first")
    frame = rows.drop_duplicates("indicator")[["indicator", "label"]].merge(
        wide.reset_index(), on="indicator"
    )
    return frame.rename(columns=said.parts)


def _rows(opened: Opened) -> pd.DataFrame:
    """Figures of the scope in every part, in the order of pillars and of the catalogue."""
    pillars = {
        entry.id: (entry.order, entry.label_vi)
        for entry in load_catalogue().pillars.values()
        if entry.in_force(opened.scope.ends_on)
    }
    values = opened.wh.table("eval.indicator_values")
    values = values[values["scope_id"].eq(opened.scope.scope_id) & values["view"].eq("as_reported")]
    made = [_part(opened, of_period(values, key), key) for key in opened.known_parts]
    frame = pd.concat(made or [_part(opened, values.iloc[:0], "")], ignore_index=True)
    first = frame["headline"].astype(bool)
    frame = frame[frame["pillar"].isin(pillars) | first]
    frame = frame.assign(
        group=frame["pillar"]
        .map({name: label for name, (_, label) in pillars.items()})
        .mask(first, HEADLINE_GROUP),
        pillar_order=frame["pillar"]
        .map({name: at for name, (at, _) in pillars.items()})
        .mask(first, 0),
    )
    return _gaps_told(frame, opened).sort_values(
        ["pillar_order", "place", "indicator", "at"], ignore_index=True
    )


def _gaps_told(frame: pd.DataFrame, opened: Opened) -> pd.DataFrame:
    """The figures with a row for every part, also for one that says nothing of a figure."""
    every = frame.drop_duplicates("indicator", keep="last")[[*_ABOUT, "place", "pillar_order"]]
    names = opened.known_parts.items()
    parts = pd.DataFrame(
        [(key, at, short_name(name)) for at, (key, name) in enumerate(names)],
        columns=["part", "at", "part_label"],
    )
    whole = every.merge(parts, how="cross")
    whole = whole.merge(frame[["indicator", "part", *_SAID]], on=["indicator", "part"], how="left")
    return whole.assign(
        shown=whole["shown"].fillna(NO_DATA),
        fraction=whole["fraction"].fillna(""),
        coverage_shown=whole["coverage_shown"].fillna(""),
        breaks=pd.Series([[] for _ in range(len(whole))], whole.index, dtype="object"),
        break_before=False,
        is_first=False,
        is_last=False,
    )


def _part(opened: Opened, values: pd.DataFrame, key: str) -> pd.DataFrame:
    frame = presented(opened.wh, values)
    partial = frame["coverage"] < 1
    return frame.assign(part=key, coverage_shown=frame["coverage_shown"].where(partial, ""))
