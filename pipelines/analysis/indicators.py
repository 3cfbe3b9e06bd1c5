"""Indicators with everything a reader needs beside the figure.

Belongs here: eval.indicator_values joined with names, display, published figures.
Does not belong here: computing an indicator (``evaluation``).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from functools import cache
from typing import Any

import pandas as pd

from pipelines.analysis.access import Tables
from pipelines.analysis.scope import members, of_period, report_scope
from pipelines.analysis.shown import (
    NONE,
    NOT_APPLICABLE,
    NOTHING_HAPPENED,
    show,
    show_coverage,
    show_exact_rate,
    show_interval,
)
from pipelines.catalogue.changing import on_day
from pipelines.catalogue.integrity import measure_elements
from pipelines.catalogue.load import load_catalogue
from pipelines.vietnamese.numbers import (
    format_count,
    format_money,
    format_number,
    format_ratio,
)

_ABOUT = [
    *("indicator", "label", "definition_vi", "unit_vi", "pillar", "section", "population"),
    *("headline", "format", "digits", "divided"),
]
_PARTS = ["numerator", "denominator", "value"]


def scope_values(wh: Tables, period: str) -> pd.DataFrame:
    """Every indicator of the report's scope, in the order of the catalogue.

    Args:
        wh: The warehouse.
        period: Key of the period.

    Returns:
        One row per indicator: indicator, label, unit, section, pillar, population, headline,
        format, digits, numerator, denominator, value (percent for rates), lower, upper, state,
        expected_units, reporting_units, coverage (0–1), figure_id, and as texts shown, exact,
        fraction, interval, coverage_shown, numerator_shown, denominator_shown.
    """
    scope = report_scope(wh, period)
    values = of_period(wh.table("eval.indicator_values"), period)
    values = values[(values["scope_id"] == scope.scope_id) & (values["view"] == "as_reported")]
    return presented(wh, values)


def partly_covered(wh: Tables, period: str) -> pd.DataFrame:
    """Rates of the scope that stand on fewer units than expected; columns of ``scope_values``."""
    frame = scope_values(wh, period)
    partial = (frame["coverage"] < 1) & frame["lower"].notna() & frame["upper"].notna()
    return frame[partial & (frame["format"] == "rate")].reset_index(drop=True)


def headline(wh: Tables, period: str) -> pd.DataFrame:
    """Headline figures of the scope beside the published ones.

    Returns:
        The columns of ``scope_values`` and published (text as printed, empty when nothing was
        published), quote, agrees (nullable boolean).
    """
    frame = scope_values(wh, period)
    return _with_published(wh, period, frame[frame["headline"]])


def published_parts(wh: Tables, period: str) -> pd.DataFrame:
    """Each printed number beside the recomputed one.

    Returns:
        indicator, label, part, shown_as, value, computed, agrees, quote.
    """
    compared = of_period(wh.table("eval.published"), period)
    quotes = wh.table("ref.published")[["source", "period", "indicator", "part", "quote"]]
    labels = wh.table("ref.indicators")[["indicator", "label_vi"]]
    frame = compared.merge(quotes, on=["source", "period", "indicator", "part"], how="left")
    frame = frame.merge(labels, on="indicator", how="left").rename(columns={"label_vi": "label"})
    place = _places("indicators")
    order = frame["indicator"].map(place).fillna(len(place))
    parts = frame["part"].map({name: n for n, name in enumerate(_PARTS)}).fillna(len(_PARTS))
    frame = frame.assign(place=order, part_place=parts).sort_values(["place", "part_place"])
    return frame[
        ["indicator", "label", "part", "shown_as", "value", "computed", "agrees", "quote"]
    ].reset_index(drop=True)


def pillars(wh: Tables, period: str) -> pd.DataFrame:
    """Indicators under the pillars of the period's regime (four until 2023-06-30, then six).

    Returns:
        The columns of ``scope_values`` and pillar_label, pillar_order; sorted by pillar. A
        pillar without indicators is one row with an empty indicator.
    """
    scope = report_scope(wh, period)
    catalogue = load_catalogue()
    known = pd.DataFrame(
        [
            {"pillar": pillar.id, "pillar_label": pillar.label_vi, "pillar_order": pillar.order}
            for pillar in catalogue.pillars.values()
            if pillar.in_force(scope.ends_on)
        ]
    )
    frame = known.merge(scope_values(wh, period), on="pillar", how="left")
    return frame.sort_values("pillar_order", kind="stable", ignore_index=True)


def communes_side_by_side(wh: Tables, period: str) -> pd.DataFrame:
    """Indicators of each commune, in official order (the town first); no ranking.

    Returns:
        One row per commune and indicator that belongs to a pillar: unit_id, unit, kind,
        official_order, pillar_label, pillar_order and the columns of ``scope_values``.
    """
    scope = report_scope(wh, period)
    communes = members(wh, "qcdc_communes", scope)
    shared = pillars(wh, period).dropna(subset=["indicator"])
    shared = shared[shared["population"].isin(["qcdc_communes", "qcdc_grassroots"])]
    values = of_period(wh.table("eval.indicator_values"), period)
    values = values[
        values["scope_id"].isin(communes["unit_id"])
        & values["indicator"].isin(shared["indicator"])
        & (values["view"] == "as_reported")
    ]
    frame = presented(wh, values).merge(
        communes.rename(columns={"unit_id": "scope_id", "name": "unit"})[
            ["scope_id", "unit", "kind", "official_order"]
        ],
        on="scope_id",
    )
    order = shared[["indicator", "pillar_label", "pillar_order"]]
    frame = frame.merge(order, on="indicator").rename(columns={"scope_id": "unit_id"})
    return frame.sort_values(
        ["pillar_order", "place", "official_order", "unit_id"], ignore_index=True
    )


def coverage_overview(wh: Tables, period: str) -> pd.DataFrame:
    """How many units each population's figures stand on, told by its least covered indicator.

    Returns:
        population, label, expected_units, reporting_units, coverage (0–1).
    """
    frame = scope_values(wh, period)
    day = pd.Timestamp(report_scope(wh, period).ends_on)
    labels = wh.table("ref.populations")
    # the newest wording of the period's time
    labels = labels[labels["valid_from"] <= day].sort_values("valid_from", kind="stable")
    names = labels.drop_duplicates("population", keep="last").set_index("population")["label_vi"]
    worst = frame.loc[frame.groupby("population", sort=False)["coverage"].idxmin()]
    worst = worst.assign(label=worst["population"].map(names).fillna(worst["population"]))
    columns = ["population", "label", "expected_units", "reporting_units", "coverage"]
    return worst[columns].reset_index(drop=True)


def evidence_example(wh: Tables, period: str) -> str:
    """The id of a headline figure, to show how one is traced; empty when there is none."""
    figures = headline(wh, period)
    rates = figures[figures["numerator"] < figures["denominator"]]
    chosen = rates if len(rates) else figures
    return str(chosen["figure_id"].iloc[-1]) if len(chosen) else ""


def presented(wh: Tables, values: pd.DataFrame) -> pd.DataFrame:
    """Rows of ``eval.indicator_values`` with names and texts: the columns of ``scope_values``."""
    about = wh.table("ref.indicators").rename(columns={"label_vi": "label"})
    about["divided"] = about["denominator"].notna()
    about["money"] = about["indicator"].isin(of_money())
    frame = _in_their_time(wh, values.merge(about[[*_ABOUT, "money"]], on="indicator"))
    place = frame["indicator"].map(_places("indicators"))
    frame = frame.assign(
        place=place.fillna(place.max()),
        figure_id=frame["period"] + "/" + frame["indicator"] + "@" + frame["scope_id"],
    )
    shown = [_texts(row) for row in frame.to_dict("records")]
    texts = pd.DataFrame(shown, index=frame.index, columns=list(_TEXTS), dtype="str")
    return pd.concat([frame, texts], axis=1).sort_values(
        ["place", "indicator", "scope_id"], ignore_index=True
    )


def _in_their_time(wh: Tables, frame: pd.DataFrame) -> pd.DataFrame:
    """Figures under the names and pillars that their own period gives them."""
    catalogue = load_catalogue()
    ends = wh.table("ref.periods").set_index("period")["ends_on"]
    parts = [frame.iloc[:0]]
    for period, rows in frame.groupby("period", sort=False):
        said = on_day(catalogue, pd.Timestamp(ends[period]).date()).indicators
        labels = {name: entry.label_vi for name, entry in said.items()}
        pillars = {name: entry.pillar for name, entry in said.items()}
        parts.append(
            rows.assign(
                label=rows["indicator"].map(labels).fillna(rows["label"]).astype("str"),
                pillar=rows["indicator"].map(pillars).astype("str"),
            )
        )
    return pd.concat(parts).loc[frame.index]


_TEXTS = (
    *("shown", "exact", "fraction", "interval", "coverage_shown"),
    *("numerator_shown", "denominator_shown"),
)


def _texts(row: Mapping[Hashable, Any]) -> dict[str, str]:
    top, bottom, value = (_number(row[n]) for n in ("numerator", "denominator", "value"))
    display, digits, divided = str(row["format"]), int(row["digits"]), bool(row["divided"])
    shown = show(value, display, digits, numerator=top, denominator=bottom)
    if row["state"] == "not_applicable":
        shown = NOTHING_HAPPENED if bottom == 0 else NOT_APPLICABLE
    is_share = divided and display in {"rate", "ratio"}
    interval = show_interval(_number(row["lower"]), _number(row["upper"]), display, digits)
    return {
        "shown": shown,
        "exact": show_exact_rate(value, digits) if display == "rate" else "",
        "fraction": fraction(top, bottom, money=bool(row["money"])) if is_share else "",
        "interval": interval,
        "coverage_shown": show_coverage(int(row["reporting_units"]), int(row["expected_units"])),
        "numerator_shown": _part(top),
        "denominator_shown": _part(bottom) if divided else NONE,
    }


def fraction(top: float | None, bottom: float | None, *, money: bool) -> str:
    """Parts of a rate; sums of money in millions, the unit said once."""
    if not money or top is None or bottom is None:
        return format_ratio(top, bottom)
    texts = [format_money(part).split(" ", 1) for part in (top, bottom)]
    units = {unit for _, unit in texts}
    if len(units) > 1:
        return "/".join(" ".join(text) for text in texts)
    return f"{texts[0][0]}/{texts[1][0]} {texts[1][1]}"


@cache
def of_money() -> frozenset[str]:
    """Ids of the indicators whose numerator is a sum of money."""
    catalogue = load_catalogue()
    return frozenset(
        entry.id
        for entry in catalogue.indicators.values()
        if any(
            catalogue.elements[name].type == "money" for name in measure_elements(entry.numerator)
        )
    )


def _part(value: float | None) -> str:
    """A numerator or denominator; labour days may be halves."""
    if value is None or value.is_integer():
        return format_count(value, pad=False)
    return format_number(value, 1)


def _number(value: object) -> float | None:
    return None if pd.isna(value) else float(value)  # type: ignore[arg-type, call-overload] # a scalar


def _with_published(wh: Tables, period: str, frame: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for indicator, parts in published_parts(wh, period).groupby("indicator", sort=False):
        by_part = parts.set_index("part")["shown_as"]
        fraction = "/".join(by_part[name] for name in _PARTS[:2] if name in by_part.index)
        texts = [text for text in (fraction, by_part.get("value", "")) if text]
        rows.append(
            {
                "indicator": indicator,
                "published": " = ".join(texts),
                "quote": parts["quote"].iloc[0],
                "agrees": bool(parts["agrees"].all()),
            }
        )
    columns = ["indicator", "published", "quote", "agrees"]
    beside = pd.DataFrame(rows, columns=columns).astype({"agrees": "boolean"})
    merged = frame.merge(beside, on="indicator", how="left")
    return merged.fillna({"published": "", "quote": ""})


def _places(kind: str) -> dict[str, int]:
    """Order of entries in the catalogue: tables are sorted by key and do not keep it."""
    return {name: place for place, name in enumerate(getattr(load_catalogue(), kind))}
