"""A figure beside the same period, the previous period and the target — and whether it may be.

Belongs here: differences, and why two figures must not be compared.
Does not belong here: computing the figures (``indicators``), wording them in reports.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pandas as pd

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.integrity import measure_elements
from pipelines.catalogue.model import Catalogue

KEY = ["scope_id", "indicator"]
_TOLERANCE = 1e-9
AGAINST = {"same_period": "same_period", "previous": "previous"}

NO_VALUE = "Kỳ này chưa có số liệu."
NO_REFERENCE = "Kỳ {period} chưa có số liệu."
NO_PERIOD = "Không có kỳ để so sánh."
OTHER_POPULATION = "Số đơn vị phải có khác nhau: {now} và {then}."
PARTIAL = "Độ phủ chưa đủ: {now} kỳ này, {then} kỳ {period}."
YEARLY = "Chỉ tiêu tính cho cả năm, không so với kỳ liền trước."
PARTIAL_TARGET = "Độ phủ chưa đủ: {now}."


def comparisons(
    *,
    values: pd.DataFrame,
    earlier: Mapping[str, pd.DataFrame],
    targets: pd.DataFrame,
    catalogue: Catalogue,
    period: Mapping[str, object],
) -> pd.DataFrame:
    """Set every figure of a period beside its references.

    Args:
        values: ``eval.indicator_values`` of the period.
        earlier: ``eval.indicator_values`` of earlier periods, by period; a period that is not
            there has no figures.
        targets: ``ref.targets``.
        catalogue: Holds the indicators and the contract.
        period: Row of ``ref.periods``.

    Returns:
        ``eval.comparisons``: per figure a row for the same period and the previous one, and one
        for the target where there is one in force at the period's end. ``difference`` is given
        wherever both numbers are known; ``comparable`` says whether it means anything.
    """
    now = values[values["view"] == "as_reported"]
    parts = [_against_period(now, earlier, name, period, catalogue) for name in AGAINST]
    parts.append(_against_target(now, targets, period, catalogue))
    frame = pd.concat(parts, ignore_index=True).assign(period=str(period["period"]))
    contract = table_contract(catalogue, "eval.comparisons")
    return contract.conform(frame[[column.name for column in contract.columns]])


def _against_period(
    now: pd.DataFrame,
    earlier: Mapping[str, pd.DataFrame],
    against: str,
    period: Mapping[str, object],
    catalogue: Catalogue,
) -> pd.DataFrame:
    other = period.get(AGAINST[against])
    key = str(other) if isinstance(other, str) else None
    then = earlier.get(key or "", now.iloc[:0])
    then = then[then["view"] == "as_reported"]
    columns = [*KEY, "value", "expected_units", "reporting_units", "coverage"]
    frame = now.merge(then[columns], on=KEY, how="left", suffixes=("", "_then"))
    frame["against"] = against
    frame["reference"] = frame["value_then"]
    frame["reference_period"] = pd.Series(key, index=frame.index, dtype="str")
    frame["source"] = pd.Series(pd.NA, index=frame.index, dtype="str")
    # a half-year and the one before it lie in one year or in two; years do not share a year
    within = against == "previous" and period.get("kind") not in {"year", "review"}
    yearly = frame["indicator"].isin(_yearly(catalogue)) if within else False
    reasons = [
        (frame["value"].isna(), NO_VALUE),
        (pd.Series(key is None, index=frame.index), NO_PERIOD),
        (frame["value_then"].isna(), NO_REFERENCE.format(period=key)),
        (pd.Series(yearly, index=frame.index), YEARLY),
        (
            frame["expected_units"] != frame["expected_units_then"],
            _worded(frame, OTHER_POPULATION, "expected_units", "expected_units_then"),
        ),
        (
            (frame["coverage"] < 1) | (frame["coverage_then"] < 1),
            _partial(frame, key),
        ),
    ]
    return _judged(frame, reasons)


def _against_target(
    now: pd.DataFrame, targets: pd.DataFrame, period: Mapping[str, object], catalogue: Catalogue
) -> pd.DataFrame:
    end = _timestamp(period["ends_on"])
    standing = targets[
        (targets["valid_from"] <= end) & (targets["valid_to"].isna() | (targets["valid_to"] >= end))
    ].rename(columns={"value": "reference"})
    newest = standing.sort_values("valid_from").drop_duplicates(KEY, keep="last")
    frame = now.merge(newest[[*KEY, "reference", "source"]], on=KEY, how="inner")
    frame["against"] = "target"
    frame["reference_period"] = pd.Series(pd.NA, index=frame.index, dtype="str")
    better = frame["indicator"].map({i.id: i.better for i in catalogue.indicators.values()})
    reached = (frame["value"] >= frame["reference"] - _TOLERANCE).where(
        better == "higher", frame["value"] <= frame["reference"] + _TOLERANCE
    )
    unknown = frame["value"].isna() | (better == "none")
    frame["met"] = reached.astype("boolean").mask(unknown)
    reasons = [
        (frame["value"].isna(), NO_VALUE),
        (frame["coverage"] < 1, _partial_now(frame)),
    ]
    return _judged(frame, reasons)


def _judged(frame: pd.DataFrame, reasons: list[tuple[pd.Series, str | pd.Series]]) -> pd.DataFrame:
    """Difference, and the first reason that forbids the comparison."""
    why = pd.Series(pd.NA, index=frame.index, dtype="str")
    for applies, text in reversed(reasons):
        why = why.mask(applies.fillna(value=False).astype(bool), text)
    if "met" not in frame:
        frame["met"] = pd.Series(pd.NA, index=frame.index, dtype="boolean")
    return frame.assign(
        difference=frame["value"] - frame["reference"], why_not=why, comparable=why.isna()
    )


def _yearly(catalogue: Catalogue) -> set[str]:
    """Indicators that stand on an element of the whole year."""
    return {
        indicator.id
        for indicator in catalogue.indicators.values()
        for measure in (indicator.numerator, indicator.denominator)
        for element in measure_elements(measure)
        if catalogue.elements[element].refers_to == "year"
    }


def _worded(frame: pd.DataFrame, text: str, now: str, then: str) -> pd.Series:
    pairs = zip(frame[now], frame[then], strict=True)
    return pd.Series([text.format(now=_whole(a), then=_whole(b)) for a, b in pairs], frame.index)


def _partial(frame: pd.DataFrame, key: str | None) -> pd.Series:
    pairs = zip(
        _share(frame, ""),
        _share(frame, "_then"),
        strict=True,
    )
    return pd.Series([PARTIAL.format(now=a, then=b, period=key) for a, b in pairs], frame.index)


def _partial_now(frame: pd.DataFrame) -> pd.Series:
    return pd.Series([PARTIAL_TARGET.format(now=a) for a in _share(frame, "")], frame.index)


def _share(frame: pd.DataFrame, suffix: str) -> list[str]:
    pairs = zip(frame[f"reporting_units{suffix}"], frame[f"expected_units{suffix}"], strict=True)
    return [f"{_whole(a)}/{_whole(b)}" for a, b in pairs]


def _whole(number: float) -> str:
    return "-" if pd.isna(number) else f"{number:.0f}"


def _timestamp(day: object) -> pd.Timestamp:
    if isinstance(day, dt.date):
        return pd.Timestamp(day)
    msg = f"the period's end is no date: {day!r}"
    raise TypeError(msg)
