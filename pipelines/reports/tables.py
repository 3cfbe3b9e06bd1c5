"""Tables of a report: Vietnamese headings, official order, numerator and denominator beside rates.

Belongs here: columns and headings of every table. Does not belong here: the form of a table
(``annex``), which rows are shown (``analysis``).
"""

from __future__ import annotations

import pandas as pd

from pipelines.reports import beside
from pipelines.reports.annex import Column, table, trimmed
from pipelines.reports.html import Html

_PUBLISHED = (Column("published", "Đã công bố", "number"), Column("agrees", "Đối chiếu", "badge"))


def headline(figures: pd.DataFrame, *, number: int, illustrative: bool) -> Html:
    """Headline figures beside the same period, their targets and the published ones, if any."""
    published = bool((figures["published"] != "").any())
    same = [Column("same", beside.heading(figures, "same"), "reference")]
    columns = [
        Column("label", "Chỉ số", "name"),
        Column("numerator_shown", "Tử số", "number", "numerator"),
        Column("denominator_shown", "Mẫu số", "number", "denominator"),
        Column("value_shown", "Giá trị", "number", "value"),
        *same[: beside.has(figures, "same")],
        Column("target", "Chỉ tiêu", "reference"),
        *_PUBLISHED[: 2 * published],
        Column("coverage_shown", "Độ phủ", "number"),
    ]
    remark = "Độ phủ: số đơn vị đã có số liệu từ nguồn chính thức trên số đơn vị phải có."
    return table(
        beside.cells(figures).assign(value_shown=with_exact(figures)),
        columns,
        number=number,
        title="Số liệu chính" + ", đối chiếu với số đã công bố" * published,
        illustrative=illustrative,
        remark=_with_sources(remark, figures),
    )


def comparisons(figures: pd.DataFrame, *, number: int, illustrative: bool) -> Html:
    """Figures beside the same period, the previous one and the target, and why not."""
    columns = [
        Column("label", "Chỉ số", "name"),
        Column("value_shown", "Kỳ này", "number", "value"),
        Column("same_value", beside.heading(figures, "same"), "reference"),
        Column("difference", "Chênh lệch so với cùng kỳ", "number"),
        Column("previous", beside.heading(figures, "previous"), "reference"),
        Column("target_value", "Chỉ tiêu", "reference"),
        Column("why", "Vì sao không so sánh, so sánh thế nào", "reason"),
    ]
    remark = (
        "Chênh lệch của tỷ lệ tính bằng điểm phần trăm. “–”: có số của cùng kỳ nhưng không so sánh"
        " được, lý do ở cột cuối."
    )
    return table(
        beside.cells(figures).assign(value_shown=with_exact(figures)),
        columns,
        number=number,
        title="So sánh với cùng kỳ, kỳ trước và chỉ tiêu",
        illustrative=illustrative,
        group="group",
        remark=_with_sources(remark, figures),
    )


def published(parts: pd.DataFrame, *, number: int, illustrative: bool) -> Html:
    """Every printed number beside the recomputed one."""
    names = {"numerator": "tử số", "denominator": "mẫu số", "value": "giá trị"}
    frame = parts.assign(
        part_vi=parts["part"].map(names).fillna(parts["part"]),
        computed_shown=[trimmed(value) for value in parts["computed"]],
    )
    columns = [
        Column("label", "Chỉ số", "name"),
        Column("part_vi", "Phần", "unit"),
        Column("shown_as", "Số đã in", "number"),
        Column("computed_shown", "Tính lại từ biểu mẫu", "number", "computed"),
        Column("agrees", "Đối chiếu", "badge"),
    ]
    return table(
        frame,
        columns,
        number=number,
        title="Từng con số đã công bố",
        illustrative=illustrative,
    )


def reporting(matrix: pd.DataFrame, *, number: int, illustrative: bool) -> Html:
    """Owed reports by group and state, with the total."""
    states = ["owed", "on_time", "late", "returned", "missing"]
    total = pd.DataFrame([{"group": "Tổng cộng"} | matrix[states].sum().to_dict()])
    frame = pd.concat([matrix, total], ignore_index=True)
    frame["rate"] = 100 * frame["on_time"] / frame["owed"]
    columns = [
        Column("group", "Nhóm đơn vị", "name"),
        Column("owed", "Phải nộp", "count"),
        Column("on_time", "Đúng hạn", "count"),
        Column("late", "Trễ hạn", "count"),
        Column("returned", "Trả lại", "count"),
        Column("missing", "Chưa nộp", "count"),
        Column("rate", "Tỷ lệ đúng hạn (3)/(2)", "percent"),
    ]
    return table(
        frame,
        columns,
        number=number,
        title="Tình hình nộp báo cáo",
        illustrative=illustrative,
        unit="báo cáo",
        total=True,
    )


def to_be_urged(reports: pd.DataFrame, *, number: int, illustrative: bool) -> Html:
    """Units to be urged, in official order; for the working copy."""
    columns = [
        Column("unit", "Đơn vị", "unit"),
        Column("state_vi", "Tình trạng", "unit"),
        Column("due_date", "Hạn nộp", "date"),
        Column("received_at", "Nhận lúc", "time"),
        Column("versions", "Số lần nộp", "count"),
    ]
    received = reports["received_at"].astype("object").where(reports["received_at"].notna(), "–")
    return table(
        reports.assign(received_at=received),
        columns,
        number=number,
        title="Báo cáo cần đôn đốc",
        illustrative=illustrative,
        remark="Dùng trong nội bộ; theo thứ tự danh mục, không phải xếp hạng.",
    )


def pillars(frame: pd.DataFrame, *, number: int, illustrative: bool) -> Html:
    """All indicators of all pillars."""
    columns = [
        Column("label", "Chỉ số", "name"),
        Column("unit_vi", "Đơn vị tính"),
        Column("numerator_shown", "Tử số hoặc tổng số", "number", "numerator"),
        Column("denominator_shown", "Mẫu số", "number", "denominator"),
        Column("value_shown", "Giá trị", "number", "value"),
        Column("coverage_shown", "Độ phủ", "number"),
    ]
    return table(
        frame.assign(value_shown=with_exact(frame)),
        columns,
        number=number,
        title="Kết quả theo trụ cột",
        illustrative=illustrative,
        group="pillar_label",
    )


def dossiers(groups: pd.DataFrame, *, by: str, number: int, illustrative: bool) -> Html:
    """Dossiers by channel or field (``by`` names it in Vietnamese), with the total."""
    counts = ["received", "resolved", "pending", "late"]
    total = pd.DataFrame([{"group": "Tổng cộng"} | groups[counts].sum().to_dict()])
    frame = pd.concat([groups, total], ignore_index=True)
    frame["rate"] = 100 * frame["resolved"] / frame["received"]
    columns = [
        Column("group", by, "name"),
        Column("received", "Tiếp nhận", "count"),
        Column("resolved", "Đã giải quyết", "count"),
        Column("pending", "Đang giải quyết", "count"),
        Column("late", "Trả sau ngày hẹn", "count"),
        Column("rate", "Tỷ lệ đã giải quyết (3)/(2)", "percent"),
    ]
    return table(
        frame,
        columns,
        number=number,
        title=f"Hồ sơ thủ tục hành chính theo {by.lower()}",
        illustrative=illustrative,
        unit="hồ sơ",
        total=True,
    )


def inspections(rows: pd.DataFrame, *, number: int, illustrative: bool) -> Html:
    """The year's plan row by row, kiểm tra and giám sát apart."""
    columns = [
        Column("unit", "Đơn vị", "unit"),
        Column("planned_month", "Tháng theo kế hoạch", "count"),
        Column("status", "Tình trạng"),
        Column("done_on", "Ngày thực hiện", "date"),
    ]
    frame = rows.assign(done_on=rows["done_on"].astype("object").where(rows["done"], "–"))
    return table(
        frame,
        columns,
        number=number,
        title="Kế hoạch kiểm tra, giám sát của năm",
        illustrative=illustrative,
        group="kind",
        remark="Kế hoạch là của cả năm; “–” là chưa thực hiện, không phải chậm.",
    )


def findings(summary: pd.DataFrame, *, number: int, illustrative: bool) -> Html:
    """Findings by severity and rule."""
    columns = [
        Column("rule", "Quy tắc", "unit"),
        Column("findings", "Số phát hiện", "count"),
        Column("submissions", "Số lần nộp", "count"),
        Column("action_vi", "Việc cần làm", "name"),
    ]
    return table(
        summary,
        columns,
        number=number,
        title="Kết quả kiểm tra số liệu theo quy tắc",
        illustrative=illustrative,
        group="severity_vi",
    )


def finding_samples(rows: pd.DataFrame, *, number: int, illustrative: bool) -> Html:
    """What was seen, where."""
    where = rows["path"].fillna(rows["submission_id"]).map(lambda path: str(path).split("/")[-1])
    cells = [
        f"{file}, trang {sheet}, ô {cell}" if pd.notna(cell) else str(file)
        for file, sheet, cell in zip(where, rows["sheet"], rows["cell"], strict=True)
    ]
    columns = [
        Column("rule", "Quy tắc", "unit"),
        Column("unit", "Đơn vị"),
        Column("where", "Tệp, trang, ô"),
        Column("message_vi", "Thấy gì", "name"),
        Column("expected", "Mong đợi"),
    ]
    return table(
        rows.assign(
            where=cells, unit=rows["unit"].fillna("–"), expected=rows["expected"].fillna("–")
        ),
        columns,
        number=number,
        title="Phát hiện tiêu biểu",
        illustrative=illustrative,
        group="severity_vi",
    )


def decisions(rows: pd.DataFrame, *, number: int | str, illustrative: bool) -> Html:
    """What coordinators have decided, whether it still stands, who and why."""
    told = rows["told_by"].map(
        lambda office: f"; {office} cho biết" if isinstance(office, str) else ""
    )
    columns = [
        Column("decision_id", "Mã quyết định", "unit"),
        Column("unit", "Đơn vị"),
        Column("place", "Trang, ô"),
        Column("what", "Quyết định", "name"),
        Column("by", "Người quyết định, lúc nào"),
        Column("decided_why", "Lý do", "reason"),
        Column("effect", "Hiệu lực"),
    ]
    by = rows["decided_by"] + ", " + rows["said_at"] + told
    shown = rows.assign(by=by, unit=rows["unit"].fillna("–"), place=rows["place"].replace("", "–"))
    return table(
        shown,
        columns,
        number=number,
        title="Quyết định của Ban Chỉ đạo về số liệu",
        illustrative=illustrative,
        remark="Số đã sửa theo quyết định không làm thay đổi tệp của đơn vị.",
    )


def missing(rows: pd.DataFrame, *, number: int, illustrative: bool) -> Html:
    """Who has not given which data."""
    columns = [
        Column("unit", "Đơn vị", "unit"),
        Column("missing", "Số chỉ tiêu thiếu", "count"),
        Column("elements", "Chỉ tiêu"),
        Column("reason", "Lý do"),
    ]
    return table(
        rows,
        columns,
        number=number,
        title="Chưa có số liệu",
        illustrative=illustrative,
        remark="Chỉ tiêu thiếu không được tính là 0; các tỷ lệ liên quan có độ phủ thấp hơn.",
    )


def missing_indicators(rows: pd.DataFrame, *, number: int, illustrative: bool) -> Html:
    """Figures that cannot be given for want of data."""
    columns = [
        Column("label", "Chỉ số", "name"),
        Column("reporting_units", "Đơn vị đã có", "count"),
        Column("expected_units", "Đơn vị phải có", "count"),
    ]
    return table(
        rows,
        columns,
        number=number,
        title="Chỉ số chưa có số liệu",
        illustrative=illustrative,
    )


def coverage(frame: pd.DataFrame, *, number: int, illustrative: bool) -> Html:
    """How many units the figures stand on."""
    columns = [
        Column("label", "Mẫu tính", "name"),
        Column("expected_units", "Phải có", "count"),
        Column("reporting_units", "Đã có", "count"),
        Column("coverage", "Độ phủ (3)/(2)", "percent"),
    ]
    return table(
        frame.assign(coverage=100 * frame["coverage"]),
        columns,
        number=number,
        title="Độ phủ của số liệu",
        illustrative=illustrative,
        unit="đơn vị",
        remark="Theo chỉ số ít đơn vị có số liệu nhất của từng mẫu tính.",
    )


def with_exact(frame: pd.DataFrame) -> list[str]:
    """The printed value, and the exact one in brackets where rounding hides something."""
    return [
        f"{shown} ({exact})" if exact else shown
        for shown, exact in zip(frame["shown"], frame["exact"], strict=True)
    ]


def _with_sources(remark: str, figures: pd.DataFrame) -> str:
    return f"{remark} {beside.sources_note(beside.source_places(figures))}".strip()
