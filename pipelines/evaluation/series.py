"""A figure part by part of a longer period, and where the thread breaks.

A break says that the parts before and after it do not measure the same: the law was replaced, the
units of the scope are others, or other forms ask. Nothing is bridged here; what is unknown stays
unknown.

Belongs here: values of the parts → ``eval.series``. Does not belong here: composing the value of
the whole (``composing``, ``indicators``), one period beside another (``comparisons``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from itertools import pairwise

import pandas as pd

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.model import Catalogue, Indicator
from pipelines.evaluation.basis import used_elements
from pipelines.evaluation.scopes import find_scopes
from pipelines.places.units import in_force
from pipelines.vietnamese.dates import format_date

KEY = ["scope_id", "indicator"]
_FACTS = [
    "numerator", "denominator", "value", "state", "expected_units", "reporting_units", "coverage",
    "is_illustrative",
]  # fmt: skip
_VIEW = "as_reported"
# what a document is about, by the units that an indicator counts
_LAW_OF = {"commune": "XA", "agency": "CQ", "enterprise": "DN"}
Members = Mapping[tuple[str, str], frozenset[str]]


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
        ``eval.series``: a row per scope, indicator and part, missing ones too. ``change`` is
        the difference from the part before, ``from_first`` from the first known part: both only
        where both figures are whole and no break lies between.
    """
    contract = table_contract(catalogue, "eval.series")
    known = [_of_part(part, values) for part, values in parts.items() if values is not None]
    if not known:
        return contract.empty()
    said = pd.concat(known, ignore_index=True)
    pairs = said[KEY].drop_duplicates()
    marked = said.groupby("scope_id")["is_illustrative"].any()
    frame = pairs.merge(pd.DataFrame({"part": list(parts)}), how="cross")
    frame = frame.merge(said, on=[*KEY, "part"], how="left")
    frame["state"] = frame["state"].fillna("missing")
    for column in ("expected_units", "reporting_units"):
        frame[column] = frame[column].astype("Int64")
    frame["is_illustrative"] = frame["scope_id"].map(marked).astype(bool)
    frame["coverage"] = frame["coverage"].mask(frame["expected_units"].isna(), 0.0)
    frame["order"] = frame["part"].map({part: place for place, part in enumerate(parts)})
    frame = frame.sort_values([*KEY, "order"], ignore_index=True)
    frame["why"] = _reasons(frame, list(parts), tables, catalogue)
    frame["break_before"] = frame["why"].notna()
    shown = _with_ends(_with_changes(frame))
    return contract.conform(
        shown.assign(period=period)[[column.name for column in contract.columns]]
    )


def _of_part(part: str, values: pd.DataFrame) -> pd.DataFrame:
    rows = values[values["view"] == _VIEW]
    return rows[[*KEY, *_FACTS]].assign(part=part)


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
) -> pd.Series:
    """Why the thread breaks before a part; empty where it does not."""
    ends = {
        str(key): pd.Timestamp(day).date()
        for key, day in zip(
            tables["ref.periods"]["period"], tables["ref.periods"]["ends_on"], strict=True
        )
    }
    scopes = list(frame["scope_id"].unique())
    inside = {part: _members(scopes, tables, catalogue, ends[part]) for part in parts}
    why: dict[tuple[str, str, str], str] = {}
    for before, part in pairwise(parts):
        of_indicator = {
            str(name): list(
                _new_rules(catalogue.indicators[str(name)], catalogue, ends[before], ends[part])
            )
            for name in frame["indicator"].unique()
        }
        for scope, name in frame[KEY].drop_duplicates().itertuples(index=False):
            population = catalogue.indicators[name].population
            reasons = [
                *of_indicator[name],
                *_boundary(inside[before], inside[part], (scope, population)),
            ]
            if reasons:
                why[scope, name, part] = " ".join(reasons)
    keys = frame[[*KEY, "part"]].itertuples(index=False, name=None)
    return pd.Series([why.get(key) for key in keys], index=frame.index, dtype="str")


def _members(
    scopes: list[str], tables: Mapping[str, pd.DataFrame], catalogue: Catalogue, day: dt.date
) -> Members:
    """Units by scope and population on a day; nobody in a scope that does not exist."""
    units = tables["ref.units"]
    alive = set(in_force(units, day)["unit_id"])
    counted = {entry.population for entry in catalogue.indicators.values()}
    populations = [catalogue.populations[name] for name in sorted(counted)]
    found = find_scopes(
        [scope for scope in scopes if scope in alive],
        units,
        populations,
        day,
        tables.get("ref.unit_successions"),
    )
    return {
        (str(scope), name): frozenset(rows["unit_id"])
        for name, members in found.members.items()
        for scope, rows in members.groupby("scope_id")
    }


def _boundary(before: Members, after: Members, key: tuple[str, str]) -> Iterator[str]:
    then, now = before.get(key, frozenset()), after.get(key, frozenset())
    if then != now:
        yield f"Địa giới, đơn vị: thêm {len(now - then)}, bớt {len(then - now)}."


def _new_rules(
    indicator: Indicator, catalogue: Catalogue, before: dt.date, now: dt.date
) -> Iterator[str]:
    """Law and definition between the ends of two parts."""
    elements = used_elements(indicator)
    cited = {c.document for c in indicator.legal}
    cited |= {c.document for name in elements for c in catalogue.elements[name].legal}
    kinds = catalogue.populations[indicator.population].unit_types
    about = {_LAW_OF[kind] for kind in kinds if kind in _LAW_OF}
    for document in catalogue.documents.values():
        ended = document.valid_to
        concerned = document.id in cited or about & set(document.scope)
        if ended and document.replaced_by and before <= ended < now and concerned:
            newer = catalogue.documents[document.replaced_by].number
            yield (
                f"Pháp luật: {document.number} hết hiệu lực {format_date(ended)},"
                f" thay bằng {newer}."
            )
    then, current = (_asking(elements, catalogue, day) for day in (before, now))
    if then != current:
        words = [", ".join(sorted(forms)) or "chưa có biểu" for forms in (then, current)]
        yield f"Định nghĩa: biểu {words[0]} → {words[1]}."


def _asking(elements: list[str], catalogue: Catalogue, day: dt.date) -> set[str]:
    """Forms in force that ask one of the elements."""
    wanted = set(elements)
    return {
        form.id
        for form in catalogue.forms.values()
        if form.in_force(day) and wanted & {item.element for item in form.elements()}
    }
