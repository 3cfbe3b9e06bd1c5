"""Tables of the law: what judged each kind of unit, how many units fulfil each duty.

Belongs here: columns and headings of these tables. Does not belong here: the form of a table
(``annex``), counting (``analysis.law``).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from pipelines.reports.annex import Column, table
from pipelines.reports.html import Html, escape

UNCHECKED = "chưa kiểm chứng"
_STRADDLED = '<br><span class="qcdc-straddled">Văn bản thay đổi trong kỳ</span>'


def judged(rows: pd.DataFrame, *, number: int, illustrative: bool) -> Html:
    """Which law judged whom, and on which map.

    Args:
        rows: From ``analysis.law.judged``.
        number: Of the table.
        illustrative: Marks the table.
    """
    columns = [
        Column("label", "Đối tượng", "name"),
        Column("said", "Căn cứ"),
        Column("documents", "Văn bản"),
    ]
    said = pd.Series([_said(row) for row in rows.to_dict("records")], rows.index, dtype="object")
    return table(
        rows.assign(said=said, documents=rows["documents"].replace("", "–")),
        columns,
        number=number,
        title="Căn cứ đánh giá",
        illustrative=illustrative,
        remark="Văn bản có hiệu lực ở ngày cuối kỳ là căn cứ của cả kỳ.",
    )


def duties(rows: pd.DataFrame, *, number: int, illustrative: bool) -> Html:
    """How many units fulfil each duty.

    Args:
        rows: From ``analysis.law.duties``.
        number: Of the table.
        illustrative: Marks the table.
    """
    columns = [
        Column("label", "Nghĩa vụ", "name"),
        Column("legal", "Điều, khoản"),
        Column("owed", "Số đơn vị phải thực hiện", "count"),
        Column("done", "Đã thực hiện", "count"),
        Column("not_done", "Chưa thực hiện", "count"),
        Column("waiting", "Chưa thực hiện, còn thời hạn", "reference"),
        Column("missing", "Chưa có số liệu", "count"),
    ]
    entries = rows.to_dict("records")
    waiting = pd.Series([_waiting(row) for row in entries], rows.index, dtype="object")
    legal = pd.Series([_legal(row) for row in entries], rows.index, dtype="object")
    return table(
        rows.assign(waiting=waiting, legal=legal),
        columns,
        number=number,
        title="Nghĩa vụ theo luật và số đơn vị đã thực hiện",
        illustrative=illustrative,
        unit="đơn vị",
        group="group",
        remark="Đếm đơn vị, không xếp hạng. Nghĩa vụ của cả năm chỉ được kết luận khi hết hạn."
        " (3) = (4) + (5) + (6) + (7), không kể đơn vị mà nghĩa vụ không áp dụng.",
    )


def _said(row: Mapping[Hashable, Any]) -> Html:
    more = _STRADDLED if row["straddles"] else ""
    return Html(escape(row["text"]) + more + _checked(row, row["text"]), str(row["text"]))


def _legal(row: Mapping[Hashable, Any]) -> Html:
    return Html(escape(row["legal"]) + _checked(row, row["legal"]), str(row["legal"]))


def _checked(row: Mapping[Hashable, Any], text: str) -> str:
    """A mark beside what nobody has checked, unless the text says so itself."""
    if row["verified"] or UNCHECKED in text.lower():
        return ""
    return f"<small>({UNCHECKED})</small>"


def _waiting(row: Mapping[Hashable, Any]) -> Html:
    count = int(row["not_yet_due"])
    due = f"<small>{escape(row['due'])}</small>" if count and row["due"] else ""
    return Html(f"{count}{due}", str(count))
