"""Tables of a report: Vietnamese headings, official order, numerator and denominator beside rates.

Belongs here: columns and headings of every table, numbers as officials write them, "chưa có số
liệu" for what is missing. Does not belong here: which rows are shown (``analysis``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from pipelines.reports.html import Html, badge, escape, mark, no_data
from pipelines.vietnamese.dates import format_date
from pipelines.vietnamese.numbers import NO_DATA, format_number, format_rate

NUMBER, CENTRE, NAME, UNIT = "qcdc-number", "qcdc-centre", "qcdc-name", "qcdc-who"


@dataclass(frozen=True)
class Column:
    """A column: field of the frame, heading, kind of content.

    ``kind``: ``name``, ``unit`` (a short text in one line), ``text``, ``count`` (0 stays 0),
    ``number`` (a ready text, right), ``percent``, ``date``, ``time``, ``badge``.
    """

    field: str
    label: str
    kind: str = "text"


_CLASSES = {"count": NUMBER, "number": NUMBER, "percent": NUMBER, "name": NAME, "unit": UNIT}
_CLASSES |= dict.fromkeys(("date", "time", "badge"), CENTRE)


def table(
    frame: pd.DataFrame,
    columns: Sequence[Column],
    *,
    number: int | str,
    title: str,
    illustrative: bool,
    unit: str = "",
    remark: str = "",
    group: str = "",
    total: bool = False,
) -> Html:
    """A frame as a table in the form of an annex.

    Args:
        frame: Rows in the order they are to stand in.
        columns: What is shown; a running number "TT" comes first.
        number: Of the table ("Biểu số 01"), or a text such as "06.1".
        title: After the number.
        illustrative: Marks the table.
        unit: "Đơn vị tính".
        remark: Below the table.
        group: Field whose changes put a heading row; not a column itself.
        total: Whether the last row is a total, in bold and without a running number.
    """
    head = "".join(f'<th scope="col">{escape(c.label)}</th>' for c in columns)
    numbers = "".join(f"<th>({n})</th>" for n in range(1, len(columns) + 1))
    body = _body(frame, columns, group, total)
    if frame.empty:
        body = f'<tr><td colspan="{len(columns) + 1}">Không có dòng nào.</td></tr>'
    side = f"<em>Đơn vị tính: {escape(unit)}</em>" if unit else ""
    below = f"<p>{escape(remark)}</p>" if remark else ""
    place = f"{number:02d}" if isinstance(number, int) else number
    name = f"Biểu số {place}: {title}"
    return Html(
        f'<div class="qcdc qcdc-table"><div class="qcdc-caption"><strong>{escape(name)}</strong>'
        f"{side}{mark(illustrative)}</div>"
        f'<div class="qcdc-scroll"><table aria-label="{escape(name)}"><thead><tr>'
        f'<th scope="col">TT</th>{head}</tr><tr class="qcdc-numbers"><th>(A)</th>{numbers}</tr>'
        f"</thead><tbody>{body}</tbody></table></div>{below}</div>",
        name,
    )


def headline(figures: pd.DataFrame, *, number: int, illustrative: bool) -> Html:
    """Headline figures beside the published ones."""
    columns = [
        Column("label", "Chỉ số", "name"),
        Column("numerator_shown", "Tử số", "number"),
        Column("denominator_shown", "Mẫu số", "number"),
        Column("value_shown", "Giá trị", "number"),
        Column("published", "Đã công bố", "number"),
        Column("agrees", "Đối chiếu", "badge"),
        Column("coverage_shown", "Độ phủ", "number"),
    ]
    frame = figures.assign(value_shown=with_exact(figures))
    return table(
        frame,
        columns,
        number=number,
        title="Số liệu chính, đối chiếu với số đã công bố",
        illustrative=illustrative,
        remark="Độ phủ: số đơn vị đã có số liệu từ nguồn chính thức trên số đơn vị phải có.",
    )


def published(parts: pd.DataFrame, *, number: int, illustrative: bool) -> Html:
    """Every printed number beside the recomputed one."""
    names = {"numerator": "tử số", "denominator": "mẫu số", "value": "giá trị"}
    frame = parts.assign(
        part_vi=parts["part"].map(names).fillna(parts["part"]),
        computed_shown=[_trimmed(value) for value in parts["computed"]],
    )
    columns = [
        Column("label", "Chỉ số", "name"),
        Column("part_vi", "Phần", "unit"),
        Column("shown_as", "Số đã in", "number"),
        Column("computed_shown", "Tính lại từ biểu mẫu", "number"),
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
        Column("numerator_shown", "Tử số hoặc tổng số", "number"),
        Column("denominator_shown", "Mẫu số", "number"),
        Column("value_shown", "Giá trị", "number"),
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


def communes(frame: pd.DataFrame, *, number: str, illustrative: bool) -> Html:
    """Communes side by side under one pillar: rows are communes, columns indicators.

    Args:
        frame: Rows of one pillar: unit_id, unit, official_order, label, format, shown, fraction.
        number: Of the table.
        illustrative: Marks the table.
    """
    cells = frame.assign(cell=[_commune_cell(row) for row in frame.to_dict("records")])
    labels = list(dict.fromkeys(frame["label"]))
    rows = [
        {"official_order": order, "unit": unit} | dict(zip(own["label"], own["cell"], strict=True))
        for (order, unit), own in cells.groupby(["official_order", "unit"], sort=True)
    ]
    wide = pd.DataFrame(rows, columns=["official_order", "unit", *labels])
    pillar = frame["pillar_label"].iloc[0] if len(frame) else ""
    return table(
        wide,
        [Column("unit", "Đơn vị", "unit"), *(Column(name, name, "number") for name in labels)],
        number=number,
        title=f"{pillar}: số liệu của từng xã, thị trấn",
        illustrative=illustrative,
        remark="Theo thứ tự danh mục, không xếp hạng. Dưới mỗi tỷ lệ là tử số/mẫu số.",
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


def _body(frame: pd.DataFrame, columns: Sequence[Column], group: str, total: bool) -> str:
    rows, last = [], None
    for place, row in enumerate(frame.to_dict("records"), start=1):
        if group and row[group] != last:
            last = row[group]
            heading = f'<th scope="colgroup" colspan="{len(columns) + 1}">{escape(last)}</th>'
            rows.append(f'<tr class="qcdc-group">{heading}</tr>')
        is_total = total and place == len(frame)
        first = "" if is_total else str(place)
        cells = "".join(_cell(row.get(c.field), c) for c in columns)
        kind = ' class="qcdc-total"' if is_total else ""
        rows.append(f'<tr{kind}><td class="{CENTRE}">{first}</td>{cells}</tr>')
    return "".join(rows)


def _cell(value: object, column: Column) -> str:
    kind = _CLASSES.get(column.kind)
    attribute = f' class="{kind}"' if kind else ""
    return f"<td{attribute}>{_content(value, column.kind)}</td>"


def _content(value: object, kind: str) -> str:
    if kind == "badge":
        return badge(value)
    if isinstance(value, Html):
        return value.markup
    if value is None or pd.isna(value) or value == NO_DATA:  # type: ignore[call-overload] # a scalar
        return no_data()
    if kind == "count":
        return _trimmed(float(str(value)))
    if kind == "percent":
        return format_rate(float(str(value)), 2).replace(",00%", "%")
    if isinstance(value, pd.Timestamp):
        clock = f" {value:%H:%M}" if kind == "time" else ""
        return format_date(value) + clock
    return escape(value)


def _trimmed(value: float) -> str:
    """A number with as many decimals as it has, at most two."""
    text = format_number(value, 2)
    return text.rstrip("0").rstrip(",") if "," in text else text


def _commune_cell(row: dict) -> Html:
    shown = no_data() if row["shown"] == NO_DATA else escape(row["shown"])
    parts = f"<small>{escape(row['fraction'])}</small>" if row["format"] == "rate" else ""
    return Html(shown + ("" if row["shown"] == NO_DATA else parts), str(row["shown"]))
