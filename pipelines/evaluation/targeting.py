"""Where to look next: every unit with the reasons to visit it, each spelt out.

Belongs here: findings, coverage, differences, time since the last inspection → reasons in words.
Does not belong here: a plan of inspections (that is the committee's), any weighing of reasons.

There is no score behind the order: units stand by how many kinds of reason they have, then in
official order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.model import Catalogue
from pipelines.evaluation.basis import KNOWN_STATES
from pipelines.vietnamese.dates import format_date
from pipelines.vietnamese.numbers import format_number

KINDS = ("report", "finding", "coverage", "difference", "limitation", "inspection")
# a unit that was inspected within a year is not named for want of an inspection
LONG_MONTHS = 12
_NAMED = 3
_STATES = {"missing": "chưa gửi", "late": "gửi trễ", "returned": "bị trả lại, chưa gửi lại"}


@dataclass(frozen=True)
class Evidence:
    """What the reasons are read from, all of one period unless said otherwise.

    Attributes:
        units: Unit ids looked at, in official order.
        findings: ``core.findings``.
        reporting: ``core.reporting``.
        observations: ``core.observations``.
        checked: ``eval.checked``.
        limitations: ``core.registers_limitations``.
        inspections: ``core.registers_inspections``: the plan of the year and what was done.
    """

    units: list[str]
    findings: pd.DataFrame
    reporting: pd.DataFrame
    observations: pd.DataFrame
    checked: pd.DataFrame
    limitations: pd.DataFrame
    inspections: pd.DataFrame


def targeting(evidence: Evidence, catalogue: Catalogue, period: Mapping[str, Any]) -> pd.DataFrame:
    """Reasons to look at units.

    Args:
        evidence: What the reasons are read from.
        catalogue: Labels.
        period: Row of ``ref.periods``.

    Returns:
        ``eval.targeting``: a row per unit and kind of reason, with what to look at and the reason
        as a sentence; ``position`` orders the units. A unit without a reason has no row.
    """
    contract = table_contract(catalogue, "eval.targeting")
    day = period["ends_on"]
    rows = [
        *_reports(evidence, catalogue),
        *_findings(evidence, catalogue),
        *_coverage(evidence, catalogue),
        *_differences(evidence, catalogue),
        *_limitations(evidence, day),
        *_inspections(evidence, day),
    ]
    if not rows:
        return contract.empty()
    frame = pd.DataFrame(rows, columns=["unit_id", "reason", "count", "on_vi", "text_vi"])
    frame = frame[frame["unit_id"].isin(evidence.units)]
    kinds = frame.groupby("unit_id")["reason"].nunique()
    place = {unit: at for at, unit in enumerate(evidence.units)}
    ranked = sorted(kinds.index, key=lambda unit: (-int(kinds[unit]), place[str(unit)]))
    frame["position"] = frame["unit_id"].map({unit: at for at, unit in enumerate(ranked, start=1)})
    marked = evidence.reporting
    shown = set(marked.loc[marked["is_illustrative"], "unit_id"])
    frame["is_illustrative"] = frame["unit_id"].isin(shown)
    frame = frame.assign(period=str(period["period"]))
    return contract.conform(frame[[column.name for column in contract.columns]])


Reason = tuple[str, str, int, str, str]


def _reports(evidence: Evidence, catalogue: Catalogue) -> Iterator[Reason]:
    open_reports = evidence.reporting[evidence.reporting["state"].isin(list(_STATES))]
    for unit, rows in open_reports.groupby("unit_id", sort=False):
        told = [
            f"{catalogue.forms[str(row.form)].number_vi} {_STATES[str(row.state)]}"
            f" (hạn {format_date(pd.Timestamp(str(row.due_date)).date())})"
            for row in rows.itertuples()
        ]
        yield (str(unit), "report", len(rows), "Chế độ báo cáo", f"{_listed(told)}.")


def _findings(evidence: Evidence, catalogue: Catalogue) -> Iterator[Reason]:
    found = evidence.findings[evidence.findings["is_primary"]]
    accepted = found["decision"].eq("accept")
    for unit, rows in found[~accepted].groupby("unit_id", sort=False):
        named = rows.dropna(subset=["element"]).drop_duplicates("element")
        about = [
            _label(element, catalogue, rule)
            for element, rule in zip(named["element"], named["rule"], strict=True)
        ]
        words = {"error": "lỗi", "warning": "cảnh báo", "review": "điểm cần xem lại"}
        counts = rows["severity"].value_counts()
        told = [f"{counts[name]} {word}" for name, word in words.items() if name in counts]
        if unit:
            text = f"Số liệu gửi lên có {', '.join(told)}."
            yield (str(unit), "finding", len(rows), _listed(about) or "Số liệu báo cáo", text)


def _coverage(evidence: Evidence, catalogue: Catalogue) -> Iterator[Reason]:
    forms = [catalogue.forms[str(form)] for form in evidence.reporting["form"].unique()]
    must = {item.element for form in forms for item in form.elements() if item.compulsory}
    owed = evidence.observations[evidence.observations["element"].isin(must)]
    for unit, rows in owed.groupby("unit_id", sort=False):
        asked = rows[rows["state"] != "not_applicable"]
        silent = asked[~asked["state"].isin(list(KNOWN_STATES))]
        if len(silent):
            about = [_label(element, catalogue) for element in silent["element"]]
            text = f"Chưa có số liệu {len(silent)}/{len(asked)} chỉ tiêu phải có."
            yield (str(unit), "coverage", len(silent), _listed(about), text)


def _differences(evidence: Evidence, catalogue: Catalogue) -> Iterator[Reason]:
    table = evidence.checked
    differs = table[table["difference"].fillna(0) != 0]
    for unit, rows in differs.groupby("unit_id", sort=False):
        told = [
            f"{_label(row.element, catalogue)}: báo cáo {_shown(row.reported)},"
            f" kiểm tra ghi nhận {_shown(row.found)}"
            for row in rows.itertuples()
        ]
        about = [_label(element, catalogue) for element in rows["element"].unique()]
        yield (str(unit), "difference", len(rows), _listed(about), f"{_listed(told)}.")


def _limitations(evidence: Evidence, day: dt.date) -> Iterator[Reason]:
    table = evidence.limitations
    due = pd.to_datetime(table["due_on"]) <= pd.Timestamp(day)
    overdue = table[due & table["status"].ne("Đã khắc phục")]
    for unit, rows in overdue.groupby("unit_id", sort=False):
        text = f"{len(rows)} hạn chế đã quá thời hạn khắc phục."
        yield (str(unit), "limitation", len(rows), _listed(list(rows["area"].unique())), text)


def _inspections(evidence: Evidence, day: dt.date) -> Iterator[Reason]:
    done = evidence.inspections[evidence.inspections["done_on"].notna()]
    last = done.groupby("unit_id")["done_on"].max()
    for unit in evidence.units:
        on = "Nhận thức; lãnh đạo, chỉ đạo; kết quả"
        if unit not in last.index:
            yield (
                unit,
                "inspection",
                0,
                on,
                "Sổ kiểm tra của kỳ không ghi lần kiểm tra nào đã thực hiện.",
            )
            continue
        when = pd.Timestamp(last[unit]).date()
        months = (day.year - when.year) * 12 + day.month - when.month
        if months > LONG_MONTHS:
            text = f"Lần kiểm tra gần nhất ngày {format_date(when)}, đã {months} tháng."
            yield (unit, "inspection", months, on, text)


def _label(element: object, catalogue: Catalogue, rule: object = "") -> str:
    """What an element is called; of a rule about a register, its column or the register."""
    entry = catalogue.elements.get(str(element))
    if entry:
        return entry.label_vi
    asked = catalogue.rules.get(str(rule))
    register = catalogue.registers.get(str(getattr(asked, "register_id", "")))
    columns = register.columns if register else []
    labels = [column.label_vi for column in columns if column.id == str(element)]
    return labels[0] if labels else register.label_vi if register else str(element)


def _listed(words: list[str]) -> str:
    """The first few, and how many more there are."""
    more = len(words) - _NAMED
    return "; ".join(words[:_NAMED]) + (f"; và {more} nội dung khác" if more > 0 else "")


def _shown(figure: object) -> str:
    number = float(str(figure))
    return format_number(number, 0 if number == round(number) else 2)
