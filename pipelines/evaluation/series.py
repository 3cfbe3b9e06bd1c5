"""A figure part by part of a longer period, and where the thread breaks.

A break says that the parts before and after it do not measure the same: the law was replaced, the
units of the scope are others, or other forms ask. Where the map changed the same figures stand
once more on today's map, on which no boundary breaks the thread. What is unknown stays unknown.

Belongs here: values of the parts → ``eval.series``. Does not belong here: composing the value of
the whole (``composing``, ``indicators``), one period beside another (``comparisons``).
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import pandas as pd

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.model import Catalogue
from pipelines.evaluation.breaks import Breaks, boundary_break, members_on

KEY = ["scope_id", "indicator"]
_FACTS = [
    "numerator", "denominator", "value", "state", "expected_units", "reporting_units", "coverage",
    "is_illustrative",
]  # fmt: skip
_REPORTED, _TODAY = "as_reported", "as_today"
_SAME = [*KEY, "part", "value", "state", "expected_units", "reporting_units"]


def series(
    *,
    parts: Mapping[str, pd.DataFrame | None],
    tables: Mapping[str, pd.DataFrame],
    catalogue: Catalogue,
    period: str,
) -> pd.DataFrame:
    """Every figure of a longer period part by part.

    Args:
        parts: ``eval.indicator_values`` by part in calendar order; None where a part has received
            nothing. No parts: the period is not made of others.
        tables: ``ref.units`` and ``ref.periods``.
        catalogue: Indicators, forms, documents.
        period: Key of the whole.

    Returns:
        ``eval.series``: a row per scope, indicator and part, missing ones too; of view
        ``as_today`` only those of scopes with other figures there. ``change`` is the difference
        from the part before, ``from_first`` from the first known part: both only where both
        figures are whole and no break lies between.
    """
    contract = table_contract(catalogue, "eval.series")
    views = {view: _said(parts, view) for view in (_REPORTED, _TODAY)}
    views[_TODAY] = _moved(views[_TODAY], views[_REPORTED])
    found = [
        _threads(said, list(parts), tables, catalogue, view=view)
        for view, said in views.items()
        if len(said)
    ]
    if not found:
        return contract.empty()
    return contract.conform(
        pd.concat(found).assign(period=period)[[column.name for column in contract.columns]]
    )


def _said(parts: Mapping[str, pd.DataFrame | None], view: str) -> pd.DataFrame:
    """The figures of all parts in a view."""
    frames = [
        values.loc[values["view"] == view, [*KEY, *_FACTS]].assign(part=part)
        for part, values in parts.items()
        if values is not None
    ]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _moved(today: pd.DataFrame, reported: pd.DataFrame) -> pd.DataFrame:
    """The figures on today's map of scopes that have others there than were reported."""
    if today.empty:
        return today
    rows = [set(map(tuple, frame[_SAME].astype("str").to_numpy())) for frame in (today, reported)]
    scopes = {row[0] for row in rows[0] - rows[1]}
    return today[today["scope_id"].isin(scopes)]


def _threads(
    said: pd.DataFrame,
    parts: list[str],
    tables: Mapping[str, pd.DataFrame],
    catalogue: Catalogue,
    *,
    view: str,
) -> pd.DataFrame:
    pairs = said[KEY].drop_duplicates()
    marked = said.groupby("scope_id")["is_illustrative"].any()
    frame = pairs.merge(pd.DataFrame({"part": parts}), how="cross")
    frame = frame.merge(said, on=[*KEY, "part"], how="left")
    frame["state"] = frame["state"].fillna("missing")
    for column in ("expected_units", "reporting_units"):
        frame[column] = frame[column].astype("Int64")
    frame["is_illustrative"] = frame["scope_id"].map(marked).astype(bool)
    frame["coverage"] = frame["coverage"].mask(frame["expected_units"].isna(), 0.0)
    frame["order"] = frame["part"].map({part: place for place, part in enumerate(parts)})
    frame = frame.sort_values([*KEY, "order"], ignore_index=True)
    frame["why"] = _reasons(frame, parts, tables, catalogue, by_map=view == _REPORTED)
    frame["break_before"] = frame["why"].notna()
    return _with_ends(_with_changes(frame)).assign(view=view)


def _with_changes(frame: pd.DataFrame) -> pd.DataFrame:
    """Differences between whole figures of one unbroken stretch."""
    stretch = frame.groupby(KEY)["break_before"].cumsum()
    whole = frame["value"].where(frame["coverage"] >= 1)
    before = whole.groupby([frame[name] for name in KEY] + [stretch]).shift()
    first = frame["value"].notna()
    opening = frame[first].drop_duplicates(KEY, keep="first")[[*KEY, "order"]]
    start = frame[KEY].merge(opening, on=KEY, how="left")["order"]
    at_start = frame["order"] == start
    base = frame[at_start].set_index(KEY)
    keys = pd.MultiIndex.from_frame(frame[KEY])
    reference = whole[at_start].set_axis(base.index).reindex(keys).to_numpy()
    since = stretch[at_start].set_axis(base.index).reindex(keys).to_numpy()
    comparable = (stretch.to_numpy() == since) & ~at_start & (frame["order"] > start)
    return frame.assign(change=whole - before, from_first=(whole - reference).where(comparable))


def _with_ends(frame: pd.DataFrame) -> pd.DataFrame:
    """Which part is the first and which the last that is known."""
    known = frame[frame["value"].notna()]
    first, last = (known.drop_duplicates(KEY, keep=keep).index for keep in ("first", "last"))
    return frame.assign(is_first=frame.index.isin(first), is_last=frame.index.isin(last))


def _reasons(
    frame: pd.DataFrame,
    parts: list[str],
    tables: Mapping[str, pd.DataFrame],
    catalogue: Catalogue,
    *,
    by_map: bool,
) -> pd.Series:
    """Why the thread breaks before a part; empty where it does not."""
    ends = {
        str(key): pd.Timestamp(day).date()
        for key, day in zip(
            tables["ref.periods"]["period"], tables["ref.periods"]["ends_on"], strict=True
        )
    }
    scopes = list(frame["scope_id"].unique())
    inside = {
        part: members_on(scopes, tables, catalogue, ends[part]) if by_map else {} for part in parts
    }
    breaks = Breaks(catalogue)
    why: dict[tuple[str, str, str], str] = {}
    for before, part in pairwise(parts):
        of_indicator = {
            str(name): breaks.between(catalogue.indicators[str(name)], ends[before], ends[part])
            for name in frame["indicator"].unique()
        }
        for scope, name in frame[KEY].drop_duplicates().itertuples(index=False):
            population = catalogue.indicators[name].population
            reasons = [
                *of_indicator[name],
                *boundary_break(inside[before], inside[part], (scope, population)),
            ]
            if reasons:
                why[scope, name, part] = " ".join(reasons)
    keys = frame[[*KEY, "part"]].itertuples(index=False, name=None)
    return pd.Series([why.get(key) for key in keys], index=frame.index, dtype="str")
