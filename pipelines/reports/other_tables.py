"""Tables of what stands beside the figures: adjustments, photographs, sources, recipients.

Belongs here: columns and headings of these tables. Does not belong here: the form of a table
(``annex``), what is in them (``analysis.evidence``, ``analysis.wording``).
"""

from __future__ import annotations

import pandas as pd

from pipelines.reports.annex import Column, table
from pipelines.reports.html import Html, escape


def photographs(rows: pd.DataFrame, *, number: int, illustrative: bool) -> Html:
    """Captions of the photographs, and whose they are; the files stay where they are."""
    columns = [
        Column("unit", "Đơn vị", "unit"),
        Column("title", "Chú thích", "name"),
        Column("credit", "Ảnh của"),
        Column("path", "Tệp"),
    ]
    shown = rows.assign(
        **{name: rows[name].fillna("–") for name in ("unit", "title", "credit", "path")}
    )
    return table(shown, columns, number=number, title="Ảnh minh chứng", illustrative=illustrative)


def sources(rows: pd.DataFrame) -> Html:
    """Where the printed figures come from, in one sentence each; nothing when there are none."""
    said = [
        f"“{row['title_vi']}”, {row['publisher_vi']}, {row['published_vi']}"
        for row in rows.to_dict("records")
    ]
    text = f"Nguồn của số đã công bố: {'; '.join(said)}." if said else ""
    return Html(f'<p class="qcdc qcdc-sources">{escape(text)}</p>' if said else "", text)


def recipients(rows: pd.DataFrame, *, number: int, illustrative: bool) -> Html:
    """Who is sent the report and who is charged with what."""
    columns = [
        Column("label_vi", "Nơi nhận", "name"),
        Column("branch_vi", "Khối"),
        Column("level_vi", "Cấp"),
        Column("duty_vi", "Trách nhiệm"),
        Column("legal", "Căn cứ"),
    ]
    shown = rows.assign(**{name: _dashed(rows[name]) for name in ("duty_vi", "legal")})
    return table(
        shown, columns, number=number, title="Nơi nhận và trách nhiệm", illustrative=illustrative
    )


def _dashed(texts: pd.Series) -> pd.Series:
    return texts.fillna("").replace("", "–")


def adjusted(rows: pd.DataFrame, *, number: int, illustrative: bool) -> Html:
    """An analyst's adjustments beside the computed figures, who made them and why.

    Args:
        rows: From ``analysis.adjustments``.
        number: Of the table.
        illustrative: Marks the table.
    """
    columns = [
        Column("label", "Chỉ số", "name"),
        Column("unit", "Đơn vị", "unit"),
        Column("computed_shown", "Số tính từ biểu mẫu", "number", "computed"),
        Column("adjusted_shown", "Điều chỉnh của người phân tích", "number", "adjusted"),
        Column("difference_shown", "Chênh lệch", "number"),
        Column("why", "Lý do", "reason"),
        Column("by", "Ai, lúc nào"),
        Column("changed", "Sau khi điều chỉnh", "reason"),
    ]
    by = rows["who"] + ", " + rows["at_vi"]
    shown = rows.assign(by=by, changed=_dashed(rows["changed"].astype("object")))
    return table(
        shown,
        columns,
        number=number,
        title="Điều chỉnh của người phân tích, bên cạnh số tính từ biểu mẫu",
        illustrative=illustrative,
        remark="Số tính từ biểu mẫu không thay đổi; văn bản trình ký dùng số tính từ biểu mẫu.",
    )
