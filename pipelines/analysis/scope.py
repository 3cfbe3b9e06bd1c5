"""What a report of a period is about: which scope, cut-off, round.

Belongs here: deriving the scope from the period's request, names and order of units.
Does not belong here: figures.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from pipelines.analysis.access import Tables
from pipelines.analysis.shown import ROUNDS
from pipelines.catalogue.periods import parts_of
from pipelines.places.units import within
from pipelines.vietnamese.dates import format_date
from pipelines.vietnamese.numbers import NO_DATA, format_ratio
from pipelines.warehouse.errors import WarehouseError

# what ``scope_facts`` says of what came in, which means nothing before a period is evaluated
RECEIVED = frozenset(
    {"Lần tiếp nhận gần nhất", "Báo cáo được chấp nhận", "Kỳ đã nhận được báo cáo"}
)


class NoRequest(WarehouseError):  # noqa: N818 — names the state, not a mishap
    """No request sets the scope of the period."""

    code: ClassVar[str] = "QCDC-A02"


@dataclass(frozen=True)
class ReportScope:
    """The frame of a period's report."""

    period: str
    label_vi: str
    scope_id: str
    name: str
    starts_on: dt.date
    ends_on: dt.date
    data_to: dt.date
    due_date: dt.date
    round_vi: str
    as_of: pd.Timestamp | None
    is_illustrative: bool


def report_scope(wh: Tables, period: str) -> ReportScope:
    """The scope of a period, from its requests.

    Args:
        wh: The warehouse.
        period: Key of the period.

    Returns:
        Scope, names, dates; ``as_of`` is None when nothing was evaluated.

    Raises:
        NoRequest: The period has no request or is unknown.
    """
    requests = requests_of(wh, period)
    periods = of_period(wh.table("ref.periods"), period)
    if requests.empty or periods.empty:
        known = ", ".join(sorted(wh.table("ref.requests")["period"].unique())) or "(không có)"
        raise NoRequest(
            f"Kỳ {period} chưa có công văn yêu cầu báo cáo.",
            "no request for the period",
            f"các kỳ có trong ref.requests: {known}",
            f"ít nhất một dòng của kỳ {period} trong raw/reference/requests.csv",
            "Bổ sung công văn vào raw/reference/requests.csv rồi chạy lại qcdc run.",
        )
    row = periods.iloc[0]
    newest = _widest(wh, _newest(requests), row["ends_on"].date())
    request = newest.sort_values(["round", "due_date"]).iloc[0]
    values = of_period(wh.table("eval.indicator_values"), period)
    return ReportScope(
        period=period,
        label_vi=str(row["label_vi"]),
        scope_id=str(request["scope_id"]),
        name=str(unit_names(wh).get(request["scope_id"], request["scope_id"])),
        starts_on=row["starts_on"].date(),
        ends_on=row["ends_on"].date(),
        data_to=request["data_to"].date(),
        due_date=request["due_date"].date(),
        round_vi=ROUNDS.get(str(request["round"]), str(request["round"])),
        as_of=values["as_of"].max() if len(values) else None,
        is_illustrative=bool(requests["is_illustrative"].any()),
    )


def requests_of(wh: Tables, period: str) -> pd.DataFrame:
    """The requests of a period; where it asks for nothing itself, those of its parts."""
    requests = wh.table("ref.requests")
    own = of_period(requests, period)
    parts = parts_of(wh.table("ref.periods"), period) if own.empty else []
    found = [requests_of(wh, part) for part in parts]
    return pd.concat(found, ignore_index=True) if found else own


def _newest(requests: pd.DataFrame) -> pd.DataFrame:
    """Those of the newest part."""
    return requests[requests["data_to"] == requests["data_to"].max()]


def _widest(wh: Tables, requests: pd.DataFrame, day: dt.date) -> pd.DataFrame:
    """Those of the scope that holds the others, where several scopes are asked."""
    scopes = list(dict.fromkeys(requests["scope_id"]))
    if len(scopes) == 1:
        return requests
    units, came = wh.table("ref.units"), wh.table("ref.unit_successions")
    held = {
        other
        for scope in scopes
        for other in within(units, scope, day, came)["unit_id"]
        if other != scope
    }
    outermost = [scope for scope in scopes if scope not in held] or scopes
    return requests[requests["scope_id"] == outermost[0]]


def scope_facts(
    wh: Tables, scope: ReportScope, parts: Mapping[str, str] | None = None
) -> dict[str, str]:
    """What a reader must know before the first figure: label → text.

    Args:
        wh: The warehouse.
        scope: Of the report.
        parts: Names of the periods that a longer one is made of: they stand in place of a due
            date and a round, which the longer one does not have.
    """
    reports = of_period(wh.table("core.reporting"), scope.period)
    accepted = int(reports["state"].isin(["on_time", "late"]).sum())
    return {
        "Phạm vi": scope.name,
        "Kỳ báo cáo": f"{scope.label_vi} ({format_date(scope.starts_on)}–"
        f"{format_date(scope.ends_on)})",
        "Số liệu tính đến ngày": format_date(scope.data_to),
        **(_made_of(parts, reports) if parts else _asked(scope)),
        "Lần tiếp nhận gần nhất": NO_DATA
        if scope.as_of is None
        else f"{scope.as_of:%H:%M %d/%m/%Y}",
        "Báo cáo được chấp nhận": format_ratio(accepted, len(reports)),
        "Bản": f"{scope.period}/draft (bản làm việc, dùng trong nội bộ)",
    }


def _asked(scope: ReportScope) -> dict[str, str]:
    return {"Hạn nộp": format_date(scope.due_date), "Vòng báo cáo": scope.round_vi}


def _made_of(parts: Mapping[str, str], reports: pd.DataFrame) -> dict[str, str]:
    received = reports.loc[reports["received_at"].notna(), "part"]
    asked = len(reports["part"].unique())
    return {
        "Gồm các kỳ": "; ".join(parts.values()),
        "Kỳ đã nhận được báo cáo": format_ratio(len(received.unique()), asked),
    }


def published_on(wh: Tables, period: str) -> pd.Timestamp | None:
    """The day the compared figures were published; None when there are none."""
    days = of_period(wh.table("ref.published"), period)["published_on"].dropna()
    return days.max() if len(days) else None


def of_period(frame: pd.DataFrame, period: str) -> pd.DataFrame:
    """The rows of one period."""
    return frame[frame["period"] == period]


def unit_names(wh: Tables) -> pd.Series:
    """Names by unit_id."""
    return wh.table("ref.units").set_index("unit_id")["name"]


def named(wh: Tables, frame: pd.DataFrame, key: str = "unit_id") -> pd.DataFrame:
    """A frame with the names of its units in front, in official order."""
    units = wh.table("ref.units").set_index("unit_id")
    names = frame[key].map(units["name"]).fillna(frame[key])
    order = frame[key].map(units["official_order"])
    shown = frame.assign(order=order)
    if "unit" not in frame.columns:
        shown.insert(0, "unit", names)
    return shown.sort_values(["order", key], kind="stable", ignore_index=True).drop(columns="order")


def members(wh: Tables, population: str, scope: ReportScope) -> pd.DataFrame:
    """Units of a population below the scope at the period's end, in official order.

    Returns:
        Columns unit_id, name, unit_type, kind, official_order.
    """
    end = pd.Timestamp(scope.ends_on)
    who = wh.table("ref.populations")
    who = who[(who["population"] == population) & (who["valid_from"] <= end)]
    who = who[who["valid_to"].isna() | (who["valid_to"] >= end)]
    units, came = wh.table("ref.units"), wh.table("ref.unit_successions")
    inside = within(units, scope.scope_id, scope.ends_on, came)
    chosen = inside[inside["unit_id"].isin(who["unit_id"])]
    columns = ["unit_id", "name", "unit_type", "kind", "official_order"]
    return chosen.sort_values(["official_order", "unit_id"])[columns].reset_index(drop=True)
