"""The annex of figures ("biểu số liệu") of a report: the same tables in both copies.

Belongs here: tables of the whole, of dossiers, new countryside, inspections, parts of a longer
period, and which annex they stand in. Does not belong here: tables unit by unit (``unit_tables``),
what stands behind the figures (``behind``).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from pipelines.reports.composed.material import About, Material, Part
from pipelines.reports.composed.sheet import Field, share, sheet
from pipelines.reports.composed.unit_tables import MISSING, unit_tables
from pipelines.reports.numbering import Numbers
from pipelines.reports.papers.model import Annex, Block, Table
from pipelines.vietnamese.numbers import NO_DATA, format_number, format_rate

NTM_CRITERIA = 19
_UNITS = {
    "agency": ("Cơ quan, đơn vị sự nghiệp", "các cơ quan, đơn vị sự nghiệp"),
    "enterprise": ("Doanh nghiệp", "các doanh nghiệp"),
}
_CHANGES = (
    "Tăng, giảm của tỷ lệ tính bằng điểm phần trăm; “–”: không có, hoặc có số của cùng kỳ nhưng"
    " không so sánh được."
)
_SECTIONS = {
    "I": "I. Lãnh đạo, chỉ đạo, tổ chức thực hiện",
    "II.1": "II.1. Ở {communes}",
    "II.2": "II.2. Ở cơ quan hành chính, đơn vị sự nghiệp",
    "II.3": "II.3. Ở doanh nghiệp",
    "III": "III. Mặt trận Tổ quốc và các đoàn thể",
}


def annexes(material: Material, numbers: Numbers) -> list[Annex]:
    """The annexes of figures.

    Args:
        material: What they are made from.
        numbers: Counts the tables.

    Returns:
        Of the whole, of communes, of agencies, of enterprises; those without data are left out.
    """
    about = material.about
    found = [Annex(f"Tổng hợp số liệu {about.area}", tuple(_whole(material, numbers)))]
    kinds = {"commune": (f"Các {about.communes}", f"các {about.communes}")} | _UNITS
    for unit_type, (title, who) in kinds.items():
        blocks: list[Block] = []
        if unit_type == "commune" and len(material.ntm):
            blocks.append(ntm(material, numbers))
        if unit_type in material.units:
            who = (
                title[:1].lower() + title[1:] if unit_type == "commune" else f"các {title.lower()}"
            )
            blocks += unit_tables(
                material.units[unit_type],
                material.figures,
                numbers=numbers,
                name=unit_type,
                who=who,
            )
        if blocks:
            found.append(Annex(title, tuple(blocks)))
    return found


def _whole(material: Material, numbers: Numbers) -> list[Table]:
    tables = [figures(material, numbers)]
    if material.parts is not None:
        tables += parts(material.parts, material.about, numbers)
    for by, groups in material.dossiers.items():
        if len(groups):
            tables.append(dossiers(groups, by, numbers))
    if len(material.inspections):
        tables.append(inspections(material.inspections, numbers))
    return tables


def figures(material: Material, numbers: Numbers) -> Table:
    """Every figure of the whole with its parts, the same period and the target."""
    frame = in_sections(material.figures, material.about.communes)
    rows = frame.to_dict("records")
    frame = frame.assign(
        same=[_reference(row, "same") for row in rows],
        change=[_change(row) for row in rows],
        target=[_reference(row, "target") for row in rows],
        unit_vi=frame["unit_vi"].fillna(""),
    )
    same = str(frame["same_label"].iloc[0]) if len(frame) else "Cùng kỳ"
    beside = [
        Field("same", same, "number", width=1.4),
        Field("change", "Tăng, giảm so với cùng kỳ", "number", width=1.4),
    ]
    # a review has no period before it that is its like
    is_beside = bool(frame["same_period"].any())
    fields = [
        Field("label", "Chỉ số", width=4.2),
        Field("unit_vi", "Đơn vị tính", "short", width=1.2),
        Field("numerator_shown", "Tử số hoặc tổng số", "number", width=1.3, value="numerator"),
        Field("denominator_shown", "Mẫu số", "number", width=1.1, value="denominator"),
        Field("shown", "Kết quả", "number", width=1.4, value="value", figure="figure_id"),
        *beside[: 2 * is_beside],
        Field("target", "Chỉ tiêu", "number", width=1.2),
    ]
    return sheet(
        frame,
        fields,
        title=f"Kết quả chung {material.about.area}",
        number=numbers.table("figures"),
        group="part",
        notes=(_CHANGES,) if is_beside else (),
    )


def in_sections(frame: pd.DataFrame, communes: str) -> pd.DataFrame:
    """Figures in the order of the report's sections; ``part`` names the section."""
    keys = [_section(str(section)) for section in frame["section"]]
    place = {key: at for at, key in enumerate(_SECTIONS)}
    named = frame.assign(
        part=[_SECTIONS[key].format(communes=communes) for key in keys],
        at=[place[key] for key in keys],
    )
    return named.sort_values("at", kind="stable", ignore_index=True).drop(columns="at")


def _section(section: str) -> str:
    """The part of the table that a section of the report belongs to."""
    first, *rest = section.split(".")
    if first == "II" and rest and f"II.{rest[0]}" in _SECTIONS:
        return f"II.{rest[0]}"
    return first if first in _SECTIONS else "I"


def _reference(row: Mapping[Hashable, Any], name: str) -> str:
    """A figure of the same period or a target; "–" where there is no such thing."""
    shown = str(row[f"{name}_shown"])
    if shown != NO_DATA:
        return shown
    return NO_DATA if name == "same" and row["same_period"] else "–"


def _change(row: Mapping[Hashable, Any]) -> str:
    return str(row["same_difference"]) or "–"


def dossiers(groups: pd.DataFrame, by: str, numbers: Numbers) -> Table:
    """Dossiers by field or channel with the total."""
    counts = ["received", "resolved", "pending", "late"]
    total: dict[str, object] = dict(groups[counts].sum())
    rate = 100 * groups["resolved"] / groups["received"]
    total |= {"group": "Tổng cộng", "rate": share(total["resolved"], total["received"])}  # type: ignore[arg-type] # sums
    fields = [
        Field("group", by, width=3),
        Field("received", "Tiếp nhận", "count"),
        Field("resolved", "Đã giải quyết", "count"),
        Field("rate", "Tỷ lệ đã giải quyết", "percent", formula="(3)=(2)/(1)×100"),
        Field("pending", "Đang giải quyết", "count"),
        Field("late", "Trả sau ngày hẹn", "count"),
    ]
    return sheet(
        groups.assign(rate=rate),
        fields,
        title=f"Hồ sơ thủ tục hành chính theo {by.lower()}",
        number=numbers.table(f"dossiers {by}"),
        unit="hồ sơ",
        total=total,
    )


def inspections(plan: pd.DataFrame, numbers: Numbers) -> Table:
    """The year's plan row by row, kiểm tra and giám sát apart."""
    done = plan["done_on"].astype("object").where(plan["done"].astype(bool), "–")
    fields = [
        Field("unit", "Đơn vị", width=3),
        Field("planned_month", "Tháng theo kế hoạch", "count"),
        Field("status", "Tình trạng", "short", width=1.5),
        Field("done_on", "Ngày thực hiện", "date", width=1.3),
    ]
    count = int(plan["done"].sum())
    return sheet(
        plan.assign(done_on=done),
        fields,
        title="Kế hoạch kiểm tra, giám sát của năm",
        number=numbers.table("inspections"),
        group="kind",
        notes=("Kế hoạch là của cả năm; “–”: chưa thực hiện.",),
        total={
            "unit": "Tổng cộng",
            "planned_month": None,
            "status": f"{count}/{len(plan)} đã thực hiện",
            "done_on": None,
        },
    )


def ntm(material: Material, numbers: Numbers) -> Table:
    """New-countryside criteria of each commune."""
    frame = material.ntm
    known = frame["criteria_met"].notna()
    rest = (NTM_CRITERIA - frame["criteria_met"]).where(known)
    recognised = frame["recognised"].map({True: "Đã công nhận", False: "Chưa"})
    shown = frame.assign(
        met=[MISSING if pd.isna(n) else format_number(n) for n in frame["criteria_met"]],
        rest=[MISSING if pd.isna(n) else format_number(n) for n in rest],
        rest_value=rest,
        recognised_vi=recognised.astype("object").where(frame["recognised"].notna(), MISSING),
    )
    count = int(frame["recognised"].fillna(value=False).sum())
    total = {
        "unit": "Tổng cộng",
        "met": format_number(frame["criteria_met"].sum()) if known.any() else MISSING,
        "criteria_met": frame["criteria_met"].sum(),
        "rest": format_number(rest.sum()) if known.any() else MISSING,
        "rest_value": rest.sum(),
        "recognised_vi": f"{count}/{len(frame)} ({format_rate(share(count, len(frame)), 1)})",
    }
    fields = [
        Field("unit", "Đơn vị", width=2.5),
        Field("met", "Số tiêu chí đạt", "number", value="criteria_met"),
        Field(
            "rest",
            "Số tiêu chí chưa đạt",
            "number",
            formula=f"(2)={NTM_CRITERIA}-(1)",
            value="rest_value",
        ),
        Field("recognised_vi", "Công nhận đạt chuẩn", "short", width=1.5),
    ]
    return sheet(
        shown,
        fields,
        title="Xây dựng nông thôn mới",
        number=numbers.table("ntm"),
        unit="tiêu chí",
        notes=(f"Số tại ngày chốt, theo thứ tự danh mục; “{MISSING}”: chưa có số liệu.",),
        total=total,
    )


def parts(said: Part, about: About, numbers: Numbers) -> list[Table]:
    """Every figure of a longer period part by part, breaks numbered."""
    cells = said.rows.assign(
        cell=[
            _marked(str(shown), list(breaks))
            for shown, breaks in zip(said.rows["shown"], said.rows["breaks"], strict=True)
        ]
    )
    wide = cells.pivot_table(index="indicator", columns="part", values="cell", aggfunc="first")
    frame = said.figures.merge(wide.reset_index(), on="indicator", how="left")
    change = frame["change_shown"].where(frame["change_shown"] != "", "–")
    frame = frame.assign(change=change, unit_vi=frame["unit_vi"].fillna(""))
    for key in said.names:
        frame[key] = frame[key].fillna(NO_DATA) if key in frame else NO_DATA
    fields = [
        Field("label", "Chỉ số", width=4),
        Field("unit_vi", "Đơn vị tính", "short", width=1.2),
        *(Field(key, name, "number", width=1.3) for key, name in said.names.items()),
        Field("shown", "Cả kỳ", "number", width=1.4),
        Field("change", "Đầu kỳ đến cuối kỳ", "number", width=1.3),
    ]
    reasons = [f"({number}) {text}" for number, text in sorted(said.reasons.items())]
    lead = "Số trong ngoặc sau một giá trị: từ kỳ ấy không so sánh được với trước đó, vì:"
    return [
        sheet(
            frame,
            fields,
            title=f"Diễn biến từng kỳ, {about.label[:1].lower()}{about.label[1:]}",
            number=numbers.table("parts"),
            group="group",
            notes=(lead, *reasons) if reasons else (),
        )
    ]


def _marked(shown: str, breaks: list[int]) -> str:
    return f"{shown} ({', '.join(map(str, breaks))})" if breaks else shown
