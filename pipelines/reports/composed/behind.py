"""Annexes of the lookup copy alone: who has not reported, how sure figures are, what was found.

Belongs here: tables of reports, intervals, findings, decisions, evidence. Does not belong here:
the annex of figures (``official``), the pages of evidence themselves (``site``).
"""

from __future__ import annotations

import pandas as pd

from pipelines.reports.annex import trimmed
from pipelines.reports.composed.material import Checked, Material
from pipelines.reports.composed.sheet import Field, counted, share, sheet
from pipelines.reports.numbering import Numbers
from pipelines.reports.papers.model import Annex, Block, Paragraph, Run, Table

MANY_FINDINGS = 200
_STATES = ("owed", "on_time", "late", "returned", "missing")
_PART = {"numerator": "tử số", "denominator": "mẫu số", "value": "giá trị"}


def reports_annex(material: Material, numbers: Numbers) -> Annex:
    """Who has not reported, first; then the states of all reports, then who was late."""
    checked = material.checked
    late = checked.reports[checked.reports["state"] == "late"]
    blocks: list[Block] = [
        _missing_reports(material.absent, numbers),
        _matrix(checked.matrix, numbers),
    ]
    if len(late):
        blocks.append(_late(late, numbers))
    if len(checked.missing):
        blocks.append(_blanks(checked.missing, numbers))
    return Annex("Báo cáo chưa có, tình hình nộp báo cáo", tuple(blocks))


def behind_annexes(material: Material, numbers: Numbers) -> list[Annex]:
    """How sure the figures are; findings and decisions; evidence; what changed."""
    checked = material.checked
    found = [Annex("Độ phủ, khoảng giá trị, đối chiếu", tuple(_sureness(material, numbers)))]
    found.append(Annex("Kết quả kiểm tra số liệu, quyết định", tuple(_found(checked, numbers))))
    if len(checked.evidence):
        found.append(Annex("Tài liệu minh chứng", (_evidence(checked.evidence, numbers),)))
    if checked.changed:
        found.append(Annex("Thay đổi so với bản đã ban hành", checked.changed))
    return found


def _missing_reports(rows: pd.DataFrame, numbers: Numbers) -> Table:
    fields = [
        Field("unit", "Đơn vị", width=2.5),
        Field("form_title", "Biểu", width=4),
        Field("state_vi", "Tình trạng", "short", width=1.2),
        Field("due_date", "Hạn nộp", "date", width=1.2),
    ]
    return sheet(
        rows,
        fields,
        title="Danh sách báo cáo chưa có (chưa nộp, bị trả lại chưa nộp lại)",
        number=numbers.table("missing reports"),
        notes=("Dùng trong nội bộ; theo thứ tự danh mục, không phải xếp hạng.",),
    )


def _matrix(matrix: pd.DataFrame, numbers: Numbers) -> Table:
    total: dict[str, object] = {name: int(matrix[name].sum()) for name in _STATES}
    total |= {
        "group": "Tổng cộng",
        "rate": share(int(matrix["on_time"].sum()), int(matrix["owed"].sum())),
    }
    fields = [
        Field("group", "Nhóm đơn vị", width=3),
        Field("owed", "Phải nộp", "count"),
        Field("on_time", "Đúng hạn", "count"),
        Field("late", "Trễ hạn", "count"),
        Field("returned", "Trả lại", "count"),
        Field("missing", "Chưa nộp", "count"),
        Field("rate", "Tỷ lệ đúng hạn", "percent", formula="(6)=(2)/(1)×100"),
    ]
    return sheet(
        matrix.assign(rate=100 * matrix["on_time"] / matrix["owed"]),
        fields,
        title="Tình hình nộp báo cáo",
        number=numbers.table("matrix"),
        unit="báo cáo",
        total=total,
    )


def _late(rows: pd.DataFrame, numbers: Numbers) -> Table:
    fields = [
        Field("unit", "Đơn vị", width=2.5),
        Field("form_title", "Biểu", width=4),
        Field("due_date", "Hạn nộp", "date", width=1.2),
        Field("received_at", "Nhận lúc", "time", width=1.5),
        Field("versions", "Số lần nộp", "count"),
    ]
    return sheet(
        rows,
        fields,
        title="Báo cáo nộp trễ hạn",
        number=numbers.table("late"),
        notes=("Dùng trong nội bộ; theo thứ tự danh mục, không phải xếp hạng.",),
    )


def _blanks(rows: pd.DataFrame, numbers: Numbers) -> Table:
    fields = [
        Field("unit", "Đơn vị", width=2.5),
        Field("elements", "Chỉ tiêu", width=5),
        Field("reason", "Lý do", width=2),
        Field("missing", "Số chỉ tiêu thiếu", "count"),
    ]
    return sheet(
        rows,
        fields,
        title="Chỉ tiêu chưa có số liệu",
        number=numbers.table("blanks"),
        notes=("Chỉ tiêu thiếu không được tính là 0; tỷ lệ liên quan có độ phủ thấp hơn.",),
    )


def _sureness(material: Material, numbers: Numbers) -> list[Table]:
    checked = material.checked
    tables = [_coverage(checked.coverage, numbers)]
    if len(checked.partial):
        tables.append(_intervals(checked.partial, numbers))
    if len(checked.published):
        tables.append(_published(checked.published, numbers))
    return tables


def _coverage(frame: pd.DataFrame, numbers: Numbers) -> Table:
    fields = [
        Field("label", "Mẫu tính", width=4),
        Field("expected_units", "Phải có", "count"),
        Field("reporting_units", "Đã có", "count"),
        Field("rate", "Độ phủ", "percent", formula="(3)=(2)/(1)×100"),
    ]
    return sheet(
        frame.assign(rate=100 * frame["coverage"]),
        fields,
        title="Độ phủ của số liệu",
        number=numbers.table("coverage"),
        unit="đơn vị",
        notes=("Theo chỉ số ít đơn vị có số liệu nhất của từng mẫu tính.",),
    )


def _intervals(frame: pd.DataFrame, numbers: Numbers) -> Table:
    fields = [
        Field("label", "Chỉ số", width=4),
        Field("shown", "Giá trị", "number", value="value", figure="figure_id"),
        Field("interval", "Có thể nằm trong khoảng", "number", width=2),
        Field("coverage_shown", "Độ phủ", "number"),
    ]
    return sheet(
        frame,
        fields,
        title="Tỷ lệ chưa đủ đơn vị và khoảng của giá trị",
        number=numbers.table("intervals"),
        notes=("Khoảng: khi các đơn vị chưa có số liệu đều không đạt, hoặc đều đạt.",),
    )


def _published(parts: pd.DataFrame, numbers: Numbers) -> Table:
    agrees = parts["agrees"].astype("object").map({True: "khớp", False: "không khớp"})
    fields = [
        Field("label", "Chỉ số", width=4),
        Field("part_vi", "Phần", "short"),
        Field("shown_as", "Số đã in", "number"),
        Field("computed_vi", "Tính lại từ biểu", "number", value="computed"),
        Field("agrees_vi", "Đối chiếu", "short"),
    ]
    return sheet(
        parts.assign(
            part_vi=parts["part"].map(_PART).fillna(parts["part"]),
            computed_vi=_plain(parts["computed"]),
            agrees_vi=agrees.fillna("–"),
        ),
        fields,
        title="Đối chiếu với từng con số đã công bố",
        number=numbers.table("published"),
    )


def _found(checked: Checked, numbers: Numbers) -> list[Block]:
    fields = [
        Field("rule", "Quy tắc", width=1.4),
        Field("action_vi", "Việc cần làm", width=5),
        Field("findings", "Số phát hiện", "count"),
        Field("submissions", "Số lần nộp", "count"),
    ]
    blocks: list[Block] = [
        sheet(
            checked.findings,
            fields,
            title="Kết quả kiểm tra số liệu theo quy tắc",
            number=numbers.table("findings"),
            group="severity_vi",
        )
    ]
    if len(checked.samples):
        blocks.append(_each(checked.samples, numbers))
    if len(checked.decisions):
        blocks.append(_decisions(checked.decisions, numbers))
    return blocks


def _each(rows: pd.DataFrame, numbers: Numbers) -> Table:
    where = rows["path"].fillna(rows["submission_id"]).map(lambda path: str(path).split("/")[-1])
    cells = [
        f"{file}, {sheet_name}!{cell}" if pd.notna(cell) else str(file)
        for file, sheet_name, cell in zip(where, rows["sheet"], rows["cell"], strict=True)
    ]
    shown = rows.assign(
        where=cells,
        unit=rows["unit"].fillna("–"),
        expected=rows["expected"].fillna("–"),
        decision_vi=rows["decision"].fillna("chưa"),
    ).head(MANY_FINDINGS)
    more = len(rows) - len(shown)
    fields = [
        Field("rule", "Quy tắc", width=1.4),
        Field("unit", "Đơn vị", width=1.6),
        Field("where", "Tệp, trang, ô", width=2.4),
        Field("message_vi", "Thấy gì", width=4),
        Field("expected", "Mong đợi", width=2),
        Field("decision_vi", "Quyết định", "short", width=1.1),
    ]
    return sheet(
        shown,
        fields,
        title="Từng phát hiện",
        number=numbers.table("each finding"),
        group="severity_vi",
        notes=(f"Còn {counted(more)} phát hiện nữa ở trang minh chứng." if more else "",),
    )


def _decisions(rows: pd.DataFrame, numbers: Numbers) -> Table:
    fields = [
        Field("decision_id", "Mã", width=1.3),
        Field("unit", "Đơn vị", width=1.6),
        Field("place", "Trang, ô", width=1.4),
        Field("what", "Quyết định", width=3),
        Field("by", "Người quyết định, lúc nào", width=2.2),
        Field("decided_why", "Lý do", width=2.5),
        Field("effect", "Hiệu lực", "short", width=1.2),
    ]
    return sheet(
        rows.assign(
            by=rows["decided_by"] + ", " + rows["said_at"],
            unit=rows["unit"].fillna("–"),
            place=rows["place"].replace("", "–"),
        ),
        fields,
        title="Quyết định của Ban Chỉ đạo về số liệu",
        number=numbers.table("decisions"),
    )


def _evidence(rows: pd.DataFrame, numbers: Numbers) -> Table:
    names = ["unit", "element_label", "kind", "number", "title", "path"]
    shown = rows.assign(**{name: rows[name].astype("object").fillna("–") for name in names})
    fields = [
        Field("unit", "Đơn vị", width=1.6),
        Field("element_label", "Chỉ tiêu", width=2.5),
        Field("kind", "Loại", "short"),
        Field("number", "Số, ký hiệu", "short", width=1.2),
        Field("title", "Trích yếu", width=3),
        Field("path", "Tệp", width=3),
    ]
    return sheet(
        shown, fields, title="Tài liệu minh chứng", number=numbers.table("evidence documents")
    )


def reviewed(checked: Checked) -> list[Paragraph]:
    """Who has looked the papers over."""
    said = checked.reviews or ("Chưa có ai xác nhận đã rà soát.",)
    return [Paragraph((Run(text),), style="note") for text in said]


def _plain(numbers: pd.Series) -> list[str]:
    return [trimmed(float(value)) if pd.notna(value) else "–" for value in numbers]
