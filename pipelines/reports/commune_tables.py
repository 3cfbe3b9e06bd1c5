"""Tables with a row for each commune, and of what the communes of today hold.

Belongs here: columns, headings and splitting of these tables. Does not belong here: the form of a
table (``annex``), figures on today's map (``analysis.today``), succession (``places``).
"""

from __future__ import annotations

import pandas as pd

from pipelines.reports.annex import Column, table
from pipelines.reports.html import Html, escape, no_data
from pipelines.vietnamese.numbers import NO_DATA

MANY = 30  # more communes stand under the headings of their kinds
KINDS = {"xa": "Xã", "phuong": "Phường", "thi_tran": "Thị trấn"}
WIDE = 9  # indicators beside each other; more stand in further tables


def communes(
    frame: pd.DataFrame,
    *,
    number: str,
    illustrative: bool,
    title: str = "số liệu của từng xã, thị trấn",
    remark: str = "Dưới mỗi tỷ lệ là tử số/mẫu số.",
) -> Html:
    """Communes side by side under one pillar: rows are communes, columns indicators.

    Args:
        frame: Rows of one pillar: unit_id, unit, official_order, label, format, shown, fraction;
            kind, where many communes are told apart by it.
            More than ``WIDE`` indicators are split over further tables.
        number: Of the table.
        illustrative: Marks the table.
        title: What stands after the name of the pillar.
        remark: What is said below besides the order of the rows.
    """
    labels = list(dict.fromkeys(frame["label"]))
    count = max(1, -(-len(labels) // WIDE))
    size = -(-len(labels) // count)
    pieces = [labels[n : n + size] for n in range(0, len(labels), size)] or [[]]
    pillar = frame["pillar_label"].iloc[0] if len(frame) else ""
    shown = [
        _communes(
            frame[frame["label"].isin(piece)],
            piece,
            number=number,
            illustrative=illustrative,
            title=f"{pillar}: {title}" + ", tiếp theo" * (place > 0),
            remark=f"Theo thứ tự danh mục, không xếp hạng. {remark}",
        )
        for place, piece in enumerate(pieces)
    ]
    return Html("".join(piece.markup for piece in shown), shown[0].summary)


def _communes(
    frame: pd.DataFrame,
    labels: list[str],
    *,
    number: str,
    illustrative: bool,
    title: str,
    remark: str,
) -> Html:
    """Communes beside as many indicators as a page is wide."""
    cells = frame.copy()
    cells["cell"] = pd.Series([_commune_cell(row) for row in frame.to_dict("records")], frame.index)
    rows = [
        {"official_order": order, "unit": unit, "kind": own.get("kind", pd.Series([""])).iloc[0]}
        | dict(zip(own["label"], own["cell"], strict=True))
        for (order, unit), own in cells.groupby(["official_order", "unit"], sort=True)
    ]
    wide = pd.DataFrame(rows, columns=["official_order", "unit", "kind", *labels])
    by_kind = len(wide) > MANY and len(wide["kind"].unique()) > 1
    if by_kind:
        place = {kind: at for at, kind in enumerate(KINDS)}
        wide = wide.assign(at=wide["kind"].map(place).fillna(len(place)))
        wide = wide.sort_values(["at", "official_order"], kind="stable", ignore_index=True)
        wide["kind"] = wide["kind"].map(KINDS).fillna(wide["kind"])
    return table(
        wide,
        [Column("unit", "Đơn vị", "unit"), *(Column(name, name, "number") for name in labels)],
        number=number,
        title=title,
        illustrative=illustrative,
        remark=remark,
        group="kind" if by_kind else "",
    )


def made_from(rows: pd.DataFrame, *, number: int, illustrative: bool) -> Html:
    """Which units of the period each commune of today holds."""
    columns = [
        Column("unit", "Đơn vị hiện nay", "unit"),
        Column("since", "Từ ngày", "date"),
        Column("made_from", "Hình thành từ các đơn vị của kỳ báo cáo", "name"),
    ]
    return table(
        rows.assign(made_from=rows["made_from"].replace("", "–")),
        columns,
        number=number,
        title="Đơn vị hiện nay và các đơn vị cũ",
        illustrative=illustrative,
    )


def _commune_cell(row: dict) -> Html:
    shown = no_data() if row["shown"] == NO_DATA else escape(row["shown"])
    parts = f"<small>{escape(row['fraction'])}</small>" if row["fraction"] else ""
    known = row.get("value")
    value = None if pd.isna(known) or row["format"] == "ratio" else float(known)  # type: ignore[call-overload, arg-type] # a scalar cell
    return Html(shown + ("" if row["shown"] == NO_DATA else parts), str(row["shown"]), value)
