"""A figure beside the same period, the previous period and the target — and whether it may be.

Where other units lay in a scope then, its reference is that of the same land: the earlier figure on
today's map, told with a note. Where that cannot be known the two are not compared; nor are they
across a change of law or of what the forms ask.

Belongs here: differences, and why two figures must not be compared.
Does not belong here: computing the figures (``indicators``), wording them in reports.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.integrity import measure_elements
from pipelines.catalogue.model import Catalogue
from pipelines.evaluation.basis import period_end
from pipelines.evaluation.breaks import Breaks, Members, members_on

KEY = ["scope_id", "indicator"]
_TOLERANCE = 1e-9
AGAINST = {"same_period": "same_period", "previous": "previous"}

NO_VALUE = "Kỳ này chưa có số liệu."
NO_REFERENCE = "Kỳ {period} chưa có số liệu."
NO_PERIOD = "Không có kỳ để so sánh."
OTHER_POPULATION = "Số đơn vị phải có khác nhau: {now} và {then}."
PARTIAL = "Độ phủ chưa đủ: {now} kỳ này, {then} kỳ {period}."
YEARLY = "Chỉ tiêu tính cho cả năm, không so với kỳ liền trước."
LISTED = "Kỳ {period} tính trên bản đồ hiện nay: chỉ liệt kê được theo đơn vị cũ, không cộng."
NOT_SPLIT = "Kỳ {period} tính trên bản đồ hiện nay: không tách được phần của đơn vị cũ đã chia."
NOT_THERE = "Đơn vị, phạm vi này chưa có ở kỳ {period}."
OTHER_MAP = "Địa giới, đơn vị khác kỳ {period}."
BRIDGED = "Kỳ {period} tính lại trên bản đồ hiện nay, từ {units} đơn vị cũ."
PARTIAL_TARGET = "Độ phủ chưa đủ: {now}."


def comparisons(
    *,
    values: pd.DataFrame,
    earlier: Mapping[str, pd.DataFrame],
    targets: pd.DataFrame,
    catalogue: Catalogue,
    period: Mapping[str, object],
    tables: Mapping[str, pd.DataFrame] | None = None,
) -> pd.DataFrame:
    """Set every figure of a period beside its references.

    Args:
        values: ``eval.indicator_values`` of the period.
        earlier: ``eval.indicator_values`` of earlier periods, by period; a period that is not
            there has no figures.
        targets: ``ref.targets``.
        catalogue: Holds the indicators and the contract.
        period: Row of ``ref.periods``.
        tables: ``ref.units``, ``ref.unit_successions`` and ``ref.periods``; without them nothing
            is known of changes of map, law and forms.

    Returns:
        ``eval.comparisons``: per figure a row for the same period and the previous one, and one
        for the target where there is one in force at the period's end. ``difference`` is given
        wherever both numbers are known; ``comparable`` says whether it means anything, ``note``
        what else a reader must know.
    """
    now = _settled(values)
    parts = [
        _against_period(now, earlier, name, period, catalogue, _since(name, period, tables))
        for name in AGAINST
    ]
    parts.append(_against_target(now, targets, period, catalogue))
    frame = pd.concat(parts, ignore_index=True).assign(period=str(period["period"]))
    contract = table_contract(catalogue, "eval.comparisons")
    return contract.conform(frame[[column.name for column in contract.columns]])


@dataclass(frozen=True)
class Since:
    """The last days of two periods and the maps to look them up on."""

    before: dt.date
    now: dt.date
    tables: Mapping[str, pd.DataFrame]


def _since(
    against: str, period: Mapping[str, object], tables: Mapping[str, pd.DataFrame] | None
) -> Since | None:
    """What lies between a period and the one it is set beside; None where nothing is known."""
    other = period.get(AGAINST[against])
    if tables is None or not isinstance(other, str):
        return None
    ends = tables["ref.periods"].set_index("period")["ends_on"]
    return Since(pd.Timestamp(ends[other]).date(), period_end(period), tables)


def _settled(values: pd.DataFrame) -> pd.DataFrame:
    """The figures as reported; ``settled`` where they are the same on today's map."""
    now = values[values["view"] == "as_reported"]
    today = values.loc[values["view"] == "as_today", [*KEY, "expected_units"]]
    both = now[KEY].merge(today, on=KEY, how="left")["expected_units"].to_numpy()
    return now.assign(settled=now["expected_units"].to_numpy() == both)


def _beside(
    now: pd.DataFrame, then: pd.DataFrame, since: Since | None, catalogue: Catalogue
) -> pd.DataFrame:
    """Every figure with the reference of the same land.

    Returns:
        The rows of ``now`` with ``_then`` columns; ``moved`` where other units lie in the scope,
        ``bridged`` where the reference is that of today's map.
    """
    columns = [*KEY, "value", "state", "expected_units", "reporting_units", "coverage"]
    frame = now.assign(moved=_moved(now, since, catalogue))
    sides = {view: then.loc[then["view"] == view, columns] for view in ("as_reported", "as_today")}
    frame = frame.merge(sides["as_reported"], on=KEY, how="left", suffixes=("", "_then"))
    frame = frame.merge(sides["as_today"], on=KEY, how="left", suffixes=("", "_map"))
    frame["bridged"] = frame["moved"] & frame["settled"] & frame["expected_units_map"].notna()
    for name in columns[2:]:
        frame[f"{name}_then"] = frame[f"{name}_map"].where(frame["bridged"], frame[f"{name}_then"])
    return frame


def _moved(now: pd.DataFrame, since: Since | None, catalogue: Catalogue) -> pd.Series:
    """Where a scope holds other units of the population than on the earlier day."""
    if since is None:
        return pd.Series(data=False, index=now.index)
    scopes = [str(scope) for scope in now["scope_id"].unique()]
    days = (since.before, since.now)
    before, after = (members_on(scopes, since.tables, catalogue, day) for day in days)
    populations = {entry.id: entry.population for entry in catalogue.indicators.values()}
    keys = zip(now["scope_id"], now["indicator"].map(populations), strict=True)
    return pd.Series([_differs(before, after, key) for key in keys], index=now.index, dtype=bool)


def _differs(before: Members, after: Members, key: tuple[str, str]) -> bool:
    return before.get(key, frozenset()) != after.get(key, frozenset())


def _new_rules(now: pd.DataFrame, since: Since | None, catalogue: Catalogue) -> pd.Series:
    """What changed in law and forms by indicator; empty where nothing did."""
    found: dict[str, str] = {}
    if since is not None:
        breaks = Breaks(catalogue)
        for name in now["indicator"].unique():
            indicator = catalogue.indicators[str(name)]
            texts = breaks.between(indicator, since.before, since.now)
            if texts:
                found[str(name)] = " ".join(texts)
    return now["indicator"].map(found).astype("str")


def _against_period(
    now: pd.DataFrame,
    earlier: Mapping[str, pd.DataFrame],
    against: str,
    period: Mapping[str, object],
    catalogue: Catalogue,
    since: Since | None,
) -> pd.DataFrame:
    other = period.get(AGAINST[against])
    key = str(other) if isinstance(other, str) else None
    frame = _beside(now, earlier.get(key or "", now.iloc[:0]), since, catalogue)
    frame["against"] = against
    frame["reference"] = frame["value_then"]
    frame["reference_period"] = pd.Series(key, index=frame.index, dtype="str")
    frame["source"] = pd.Series(pd.NA, index=frame.index, dtype="str")
    notes = [BRIDGED.format(period=key, units=_whole(n)) for n in frame["expected_units_then"]]
    frame["note"] = pd.Series(notes, index=frame.index, dtype="str").where(
        frame["bridged"] & frame["value_then"].notna()
    )
    return _judged(frame, _reasons(frame, key, against, period, since, catalogue))


def _reasons(
    frame: pd.DataFrame,
    key: str | None,
    against: str,
    period: Mapping[str, object],
    since: Since | None,
    catalogue: Catalogue,
) -> list[tuple[pd.Series, str | pd.Series]]:
    """Why two figures must not be compared, the weightiest first."""
    # a half-year and the one before it lie in one year or in two; years do not share a year
    within = against == "previous" and period.get("kind") not in {"year", "review"}
    yearly = frame["indicator"].isin(_yearly(catalogue)) if within else False
    rules = _new_rules(frame, since, catalogue)
    return [
        (frame["value"].isna(), NO_VALUE),
        (pd.Series(key is None, index=frame.index), NO_PERIOD),
        (frame["state_then"] == "listed", LISTED.format(period=key)),
        (frame["state_then"] == "not_splittable", NOT_SPLIT.format(period=key)),
        (frame["moved"] & frame["expected_units_then"].isna(), NOT_THERE.format(period=key)),
        (frame["value_then"].isna(), NO_REFERENCE.format(period=key)),
        (pd.Series(yearly, index=frame.index), YEARLY),
        (rules.notna(), rules),
        (
            ~frame["bridged"] & (frame["expected_units"] != frame["expected_units_then"]),
            _worded(frame, OTHER_POPULATION, "expected_units", "expected_units_then"),
        ),
        (frame["moved"] & ~frame["bridged"], OTHER_MAP.format(period=key)),
        (
            (frame["coverage"] < 1) | (frame["coverage_then"] < 1),
            _partial(frame, key),
        ),
    ]


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
    frame["note"] = pd.Series(pd.NA, index=frame.index, dtype="str")
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
