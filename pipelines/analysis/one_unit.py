"""Everything about one unit in a period: facts, figures, reports, cells, findings, duties, scores.

Belongs here: frames of a single unit. Does not belong here: units side by side (``indicators``,
``fairness``), the letter to a unit (``orchestration``).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipelines.analysis.comparisons import beside
from pipelines.analysis.decisions import decisions
from pipelines.analysis.fairness import peer_groups
from pipelines.analysis.findings import findings_all
from pipelines.analysis.indicators import pillars, presented
from pipelines.analysis.opening import Opened, chosen
from pipelines.analysis.quality import leaf_periods
from pipelines.analysis.reporting import form_numbers, reporting_by_unit
from pipelines.analysis.scope import members, of_period
from pipelines.analysis.scores import bands_in_order, score_sheet
from pipelines.analysis.series import short_name
from pipelines.analysis.shown import DUTY_STATES, STATUSES, UNIT_TYPES, show, show_flag
from pipelines.catalogue.changing import on_day
from pipelines.catalogue.load import load_catalogue
from pipelines.places.units import within
from pipelines.vietnamese.dates import format_date
from pipelines.vietnamese.numbers import NO_DATA, format_money, format_number

_STATES = {
    "not_applicable": "không áp dụng",
    "missing": NO_DATA,
    "withheld": "không ghi lại để bảo vệ người liên quan",
    "quarantined": "tạm giữ, chờ đơn vị trả lời",
}
_HALVES = "half"


@dataclass(frozen=True)
class OneUnit:
    """A unit as a page names it; ``facts`` are what a reader must know first: label → text."""

    unit_id: str
    name: str
    unit_type: str
    facts: dict[str, str]


def unit_of(opened: Opened, unit_id: str = "") -> OneUnit:
    """A unit of the period's scope.

    Args:
        opened: The period.
        unit_id: Id of the unit; the first commune of the official list when empty.

    Raises:
        UnknownChoice: No such unit below the scope; the nearest ids are named.
    """
    scope = opened.scope
    units, came = opened.wh.table("ref.units"), opened.wh.table("ref.unit_successions")
    inside = within(units, scope.scope_id, scope.ends_on, came).set_index("unit_id")
    communes = members(opened.wh, "qcdc_communes", scope)["unit_id"]
    first = str(communes.iloc[0]) if len(communes) else scope.scope_id
    key = first if unit_id == "" else chosen(unit_id, list(inside.index), "đơn vị", example=first)
    row = inside.loc[key]
    kind = str(row["unit_type"])
    facts = {
        "Mã đơn vị": key,
        "Loại": UNIT_TYPES.get(kind, kind),
        "Thuộc": str(units.set_index("unit_id")["name"].get(str(row["parent_id"]), scope.name)),
        "Kỳ báo cáo": scope.label_vi,
        "Số liệu tính đến ngày": format_date(scope.data_to),
    }
    return OneUnit(key, str(row["name"]), kind, facts | _peers_named(opened, key))


def _peers_named(opened: Opened, unit_id: str) -> dict[str, str]:
    groups = peer_groups(opened.wh, opened.scope.ends_on).set_index("unit_id")["group"]
    group = groups.get(unit_id)
    return {"Nhóm tương đồng": str(group)} if isinstance(group, str) else {}


def unit_figures(opened: Opened, unit: OneUnit) -> pd.DataFrame:
    """Indicators of a unit beside a year before and the median of the units of its kind.

    Returns:
        group (pillar), label, unit_vi, shown, fraction, same_shown, same_difference, median_shown;
        and figure_id, value, median.
    """
    wh, period = opened.wh, opened.period
    values = of_period(wh.table("eval.indicator_values"), period)
    values = values[values["view"] == "as_reported"]
    order = pillars(wh, period).dropna(subset=["indicator"])[["indicator", "pillar_label"]]
    mine = presented(wh, values[values["scope_id"] == unit.unit_id])
    frame = order.merge(mine, on="indicator")
    if frame.empty:
        return frame.assign(group="", same_shown="", same_difference="", median_shown="")
    frame = beside(wh, period, frame).assign(group=frame["pillar_label"])
    kinds = wh.table("ref.units").set_index("unit_id")["unit_type"]
    peers = values[values["scope_id"].map(kinds) == unit.unit_type]
    medians = peers.groupby("indicator")["value"].median()
    frame = frame.assign(median=frame["indicator"].map(medians))
    rows = frame.to_dict("records")
    said = [show(row["median"], _share(row), int(row["digits"])) for row in rows]
    return frame.assign(
        median_shown=pd.Series(said, frame.index, dtype="str"),
        same_difference=frame["same_difference"].replace("", "–"),
    )


def why_not_compared(figures: pd.DataFrame) -> str:
    """Why a year before cannot be compared, each reason once; empty where it can.

    Args:
        figures: From ``unit_figures``.
    """
    if "same_why" not in figures:
        return ""
    reasons = dict.fromkeys(str(why) for why in figures["same_why"] if why)
    return f"“–”: không so sánh được với cùng kỳ. {' '.join(reasons)}" if reasons else ""


def _share(row: Mapping[Hashable, Any]) -> str:
    """How a median is shown: it may lie between two counts."""
    if row["format"] in {"rate", "ratio"}:
        return "rate"
    return str(row["format"]) if float(row["median"] or 0).is_integer() else "number"


def unit_over_time(opened: Opened, unit: OneUnit) -> pd.DataFrame:
    """Headline figures and rates of a unit in every half-year that the warehouse has.

    Returns:
        label, unit_vi, and a column per half-year named as officials name it; empty texts where
        nothing is known of the unit.
    """
    wh = opened.wh
    periods = wh.table("ref.periods")
    halves = periods[(periods["kind"] == _HALVES) & (periods["ends_on"] <= _end(opened))]
    values = wh.table("eval.indicator_values")
    values = values[values["scope_id"].eq(unit.unit_id) & values["view"].eq("as_reported")]
    frame = presented(wh, values[values["period"].isin(halves["period"])])
    frame = frame[frame["headline"].astype(bool) | (frame["format"] == "rate")]
    names = halves.sort_values("ends_on").set_index("period")["label_vi"].map(short_name)
    there = [name for key, name in names.items() if key in set(frame["period"])]
    frame = frame.assign(period_label=frame["period"].map(names))
    wide = frame.pivot_table(
        index=["place", "label", "unit_vi"],
        columns="period_label",
        values="shown",
        aggfunc="first",
        dropna=False,
        observed=True,
    )
    wide = wide.dropna(how="all").reindex(columns=there).fillna(NO_DATA)
    wide.columns.name = None
    return wide.reset_index().drop(columns="place")


def _end(opened: Opened) -> pd.Timestamp:
    return pd.Timestamp(opened.scope.ends_on)


def unit_reports(opened: Opened, unit: OneUnit) -> pd.DataFrame:
    """Reports that the unit owes: form_title, due_date, received_at, state_vi, versions."""
    frame = reporting_by_unit(opened.wh, opened.period)
    frame = frame[frame["unit_id"] == unit.unit_id]
    frame = frame.assign(form_title=frame["form"].map(form_numbers()))
    columns = ["form_title", "due_date", "received_at", "state_vi", "versions"]
    return frame[columns].reset_index(drop=True)


def unit_files(opened: Opened, unit: OneUnit) -> pd.DataFrame:
    """Files that the unit sent: received_at, form_title, status_vi, channel, path, reason."""
    files = opened.wh.table("intake.submissions")
    files = files[files["period"].isin(leaf_periods(opened)) & (files["provider"] == unit.unit_id)]
    frame = files.assign(
        form_title=files["form"].map(form_numbers()).fillna(files["form"]),
        status_vi=files["status"].map(STATUSES).fillna(files["status"]),
    )
    columns = ["received_at", "form_title", "status_vi", "channel", "path", "reason"]
    return frame.sort_values("received_at")[columns].reset_index(drop=True)


def unit_cells(opened: Opened, unit: OneUnit) -> pd.DataFrame:
    """Every value of the unit with the cell it came from.

    Returns:
        group (block), label, value_vi, unit_vi, provider_name, address; in the order of the
        catalogue.
    """
    wh = opened.wh
    rows = of_period(wh.table("core.observations"), opened.period)
    rows = rows[rows["unit_id"] == unit.unit_id]
    said = on_day(load_catalogue(), opened.scope.ends_on).elements
    place = {name: at for at, name in enumerate(said)}
    rows = rows[rows["element"].isin(place)].assign(at=rows["element"].map(place))
    rows = rows.sort_values("at", ignore_index=True)
    paths = wh.table("intake.submissions").set_index("submission_id")["path"]
    names = wh.table("ref.units").set_index("unit_id")["name"]
    entries = rows.to_dict("records")
    return pd.DataFrame(
        {
            "label": [said[row["element"]].label_vi for row in entries],
            "value_vi": [_value(row, said[row["element"]].type) for row in entries],
            "unit_vi": [said[row["element"]].unit_vi for row in entries],
            "provider_name": rows["provider"].map(names).fillna(rows["provider"]),
            "address": [_address(row, paths) for row in entries],
        }
    )


def _value(row: Mapping[Hashable, Any], kind: str) -> str:
    if row["state"] not in {"value", "zero"}:
        return _STATES.get(str(row["state"]), str(row["state"]))
    number = 0.0 if row["state"] == "zero" and pd.isna(row["value"]) else row["value"]
    if pd.isna(number):
        return str(row["text"])
    if kind == "bool":
        return show_flag(number)
    if kind == "money":
        return format_money(number)
    sign = "" if row["qualifier"] in {None, "="} or pd.isna(row["qualifier"]) else row["qualifier"]
    return f"{sign} {format_number(number, 0 if float(number).is_integer() else 2)}".strip()


def _address(row: Mapping[Hashable, Any], paths: pd.Series) -> str:
    path = paths.get(row["submission_id"])
    if not isinstance(path, str):
        return "–"
    place = [f"trang {row['sheet']}"] if isinstance(row["sheet"], str) else []
    place += [f"ô {row['cell']}"] if isinstance(row["cell"], str) else []
    return ", ".join([path.split("/")[-1], *place])


def unit_findings(opened: Opened, unit: OneUnit) -> pd.DataFrame:
    """Findings about the unit's figures or in its files; the columns of ``findings_all``."""
    found = [findings_all(opened.wh, leaf) for leaf in leaf_periods(opened)]
    frame = pd.concat(found, ignore_index=True)
    sender = frame["submission_id"].str.split("/").str[1]
    return frame[(frame["unit_id"] == unit.unit_id) | (sender == unit.unit_id)].reset_index(
        drop=True
    )


def unit_decisions(opened: Opened, unit: OneUnit) -> pd.DataFrame:
    """Decisions about the unit's figures or files: the columns of ``decisions``."""
    frame = decisions(opened.wh, opened.period)
    mine = (frame["unit_id"] == unit.unit_id) | (frame["provider"] == unit.unit_id)
    return frame[mine].reset_index(drop=True)


def unit_duties(opened: Opened, unit: OneUnit) -> pd.DataFrame:
    """Duties of the law: duty_label, duty_state_vi, said, due_on, legal."""
    rows = of_period(opened.wh.table("eval.duties"), opened.period)
    rows = rows[rows["unit_id"] == unit.unit_id]
    frame = rows.assign(
        duty_label=rows["label_vi"],
        duty_state_vi=rows["state"].map(DUTY_STATES).fillna(rows["state"]),
        said=rows["text_vi"],
    )
    columns = ["duty_label", "duty_state_vi", "said", "due_on", "legal"]
    return frame[columns].reset_index(drop=True)


def unit_bands(opened: Opened, unit: OneUnit) -> pd.DataFrame:
    """Points and bands by set of criteria: set_vi, points, band, possible, forced_by, coverage."""
    wh, period = opened.wh, opened.period
    sets = of_period(wh.table("eval.bands"), period)
    keys = sorted(sets.loc[sets["unit_id"] == unit.unit_id, "criteria_set"].unique())
    names = wh.table("ref.criteria").drop_duplicates("criteria_set").set_index("criteria_set")
    made = [
        bands_in_order(wh, period, key).assign(criteria_set=key, set_vi=names.loc[key, "set_vi"])
        for key in keys
    ]
    columns = ["criteria_set", "set_vi", "points", "band", "possible", "forced_by", "coverage"]
    frame = pd.concat(made) if made else pd.DataFrame(columns=["unit_id", *columns])
    frame = frame[frame["unit_id"] == unit.unit_id]
    return frame[columns].assign(coverage=100 * frame["coverage"]).reset_index(drop=True)


def unit_scores(opened: Opened, unit: OneUnit) -> pd.DataFrame:
    """Score sheets of all sets: set_vi and the columns of ``score_sheet``."""
    bands = unit_bands(opened, unit)
    made = [
        score_sheet(opened.wh, opened.period, key, unit.unit_id).assign(set_vi=name)
        for key, name in zip(bands["criteria_set"], bands["set_vi"], strict=True)
    ]
    return pd.concat(made, ignore_index=True) if made else pd.DataFrame({"set_vi": []})
