"""Tables of longer periods: parts side by side, a year beside the one before.

Belongs here: columns, headings and footnotes of these tables. Does not belong here: the form of a
table (``annex``), which figures and breaks there are (``analysis.series``).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, Protocol

import pandas as pd

from pipelines.reports import beside
from pipelines.reports.annex import Column, table
from pipelines.reports.html import Html, escape, no_data
from pipelines.reports.tables import with_exact
from pipelines.vietnamese.numbers import NO_DATA

_BREAK = "Vạch đứt ┆ và số trong ngoặc: từ kỳ ấy trở đi không so sánh được với trước đó."

_MOVED = " Bản đồ đã đổi giữa các kỳ: mọi kỳ được đặt trên bản đồ hôm nay."


class Series(Protocol):
    """What ``analysis.series.series`` gives: this room does not know that one."""

    @property
    def parts(self) -> dict[str, str]:
        """Short names of the parts by key."""
        ...

    @property
    def rows(self) -> pd.DataFrame:
        """One row per figure and part."""
        ...

    @property
    def figures(self) -> pd.DataFrame:
        """One row per figure."""
        ...

    @property
    def reasons(self) -> dict[int, str]:
        """Why the series breaks, by number."""
        ...

    @property
    def moved(self) -> bool:
        """Whether the figures stand on today's map."""
        ...


def parts(said: Series, *, number: int, illustrative: bool) -> Html:
    """Every figure part by part, breaks marked, their reasons below.

    Args:
        said: From ``analysis.series.series``.
        number: Of the table.
        illustrative: Marks the table.
    """
    made = [_cell(row) for row in said.rows.to_dict("records")]
    cells = said.rows.assign(cell=pd.Series(made, said.rows.index, dtype="object"))
    wide = cells.pivot_table(index="indicator", columns="part", values="cell", aggfunc="first")
    frame = said.figures.merge(wide.reset_index(), on="indicator", how="left")
    changes = [_change(row) for row in frame.to_dict("records")]
    wholes = [_piece(row["shown"], [row["fraction"]]) for row in frame.to_dict("records")]
    frame = frame.assign(
        change=pd.Series(changes, frame.index, dtype="object"),
        whole=pd.Series(wholes, frame.index, dtype="object"),
    )
    columns = [
        Column("label", "Chỉ số", "name"),
        *(Column(key, name, "reference") for key, name in said.parts.items()),
        Column("whole", "Cả kỳ", "reference"),
        Column("change", "Kỳ đầu đến kỳ cuối có số liệu", "reference"),
    ]
    shown = table(
        frame,
        columns,
        number=number,
        title="Từng kỳ đặt cạnh nhau",
        illustrative=illustrative,
        group="group",
        remark="Dưới mỗi tỷ lệ là tử số/mẫu số; ở kỳ chưa đủ đơn vị có thêm độ phủ. Chênh lệch"
        " của tỷ lệ tính bằng điểm phần trăm." + _MOVED * said.moved,
    )
    return Html(shown.markup + _reasons(said.reasons), shown.summary)


def last_year(figures: pd.DataFrame, *, number: int, illustrative: bool) -> Html:
    """A year beside the one before: both values, the difference, the change in percent.

    Args:
        figures: From ``analysis.series.beside_last_year``.
        number: Of the table.
        illustrative: Marks the table.
    """
    said = figures["same_why"].where(figures["same_why"] != "", figures["same_note"])
    columns = [
        Column("label", "Chỉ số", "name"),
        Column("unit_vi", "Đơn vị tính"),
        Column("value_shown", "Năm nay", "number", "value"),
        Column("same_value", "Năm trước", "reference"),
        Column("difference", "Tăng, giảm", "number"),
        Column("percent", "Tăng, giảm (%)", "number"),
        Column("target_value", "Chỉ tiêu", "reference"),
        Column("said", "Vì sao không so sánh, so sánh thế nào", "reason"),
    ]
    return table(
        beside.cells(figures).assign(value_shown=with_exact(figures), said=said),
        columns,
        number=number,
        title="So sánh với năm trước",
        illustrative=illustrative,
        group="group",
        remark="Tỷ lệ tăng, giảm bằng điểm phần trăm nên không có cột %. “–”: có số của năm trước"
        " nhưng không so sánh được, lý do ở cột cuối. "
        + beside.sources_note(beside.source_places(figures)),
    )


def _cell(row: Mapping[Hashable, Any]) -> Html:
    coverage = f"độ phủ {row['coverage_shown']}" if row["coverage_shown"] else ""
    said = _piece(row["shown"], [row["fraction"], coverage])
    value = None if pd.isna(row["value"]) or row["format"] == "ratio" else float(row["value"])
    if not row["breaks"]:
        return Html(said.markup, said.summary, value)
    marks = ",".join(str(number) for number in row["breaks"])
    return Html(
        f'<span class="qcdc-break" title="Đứt: xem lý do dưới biểu">┆<sup>({marks})</sup></span>'
        f" {said.markup}",
        f"┆({marks}) {row['shown']}",
        value,
    )


def _piece(shown: str, small: list[str]) -> Html:
    """A value, what it stands on below it."""
    if shown == NO_DATA:
        return Html(no_data(), NO_DATA)
    below = " · ".join(escape(text) for text in small if text)
    return Html(escape(shown) + (f"<small>{below}</small>" if below else ""), shown)


def _change(row: Mapping[Hashable, Any]) -> Html:
    if row["change_shown"] == NO_DATA:
        return Html(no_data(), NO_DATA)
    why = f"<small>{escape(row['change_why'])}</small>" if row["change_why"] else ""
    change = f'<span class="qcdc-whole">{escape(row["change_shown"])}</span>'
    return Html(change + why, str(row["change_shown"]))


def _reasons(reasons: Mapping[int, str]) -> str:
    if not reasons:
        return ""
    items = "".join(
        f"<li value={number}>{escape(text)}</li>" for number, text in sorted(reasons.items())
    )
    return f'<div class="qcdc qcdc-reasons"><p>{_BREAK}</p><ol>{items}</ol></div>'
