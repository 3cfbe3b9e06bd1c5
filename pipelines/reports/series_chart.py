"""The picture of figures over years: dots, and lines that stop where the thread breaks.

Belongs here: small panels of one figure each, on one time axis. Does not belong here: finding
breaks and numbering their reasons (``analysis.series``), pictures of one period (``charts``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from pipelines.reports import style
from pipelines.reports.style import DEEP, INK, Chart
from pipelines.vietnamese.numbers import NO_DATA

COLUMNS = 2
_PANEL = 1.75  # inches
_GREYED = "#7a8594"


def over_time(
    rows: pd.DataFrame,
    parts: Mapping[str, str],
    reasons: Mapping[int, str],
    *,
    number: int,
    illustrative: bool,
) -> Chart:
    """Headline figures part by part, one panel each.

    Args:
        rows: label, indicator, format, digits, part, value, shown, break_before, breaks; in the
            order of ``parts`` within an indicator.
        parts: Short names by key: the time axis.
        reasons: Reasons of breaks by number.
        number: Of the figure.
        illustrative: Marks the picture.

    Returns:
        Dots where something is known, joined only inside an unbroken stretch of neighbours; a
        dashed line with the number of its reasons at each break; "chưa có số liệu" where nothing
        is known. Figures that are never known have no panel and are named in the caption.
    """
    known = rows.groupby("indicator", sort=False)["value"].transform("count") > 0
    panels = list(rows[known].groupby("indicator", sort=False))
    unknown = list(dict.fromkeys(rows.loc[~known, "label"]))
    title = "Diễn biến các số liệu chính"
    height = max(1, -(-len(panels) // COLUMNS)) * _PANEL
    with style.house_style():
        figure = style.canvas(title, height, illustrative=illustrative)
        grid = figure.subplots(max(1, -(-len(panels) // COLUMNS)), COLUMNS, squeeze=False)
        for axes, (_, panel) in zip(grid.flat, panels, strict=False):
            _panel(axes, panel.reset_index(drop=True), list(parts.values()))
        for axes in list(grid.flat)[len(panels) :]:
            axes.axis("off")
        return style.save(
            figure,
            alt=title + ". " + "; ".join(_words(panel) for _, panel in panels),
            caption=style.caption(number, title, illustrative) + _notes(rows, reasons, unknown),
        )


def _panel(axes: Axes, panel: pd.DataFrame, ticks: Sequence[str]) -> None:
    values = panel["value"]
    stretch = panel["break_before"].astype(bool).cumsum() + values.isna().cumsum()
    for _, part in panel[values.notna()].groupby(stretch[values.notna()]):
        axes.plot(part.index, part["value"], "-o", color=DEEP, markersize=5, linewidth=1.4)
    low, high = _room(axes, values, str(panel["format"].iloc[0]))
    for place, row in enumerate(panel.to_dict("records")):
        _point(axes, place, row, low, high)
    axes.set_title(
        style.wrapped(panel["label"].iloc[0]), loc="left", fontsize=8.5, fontweight="bold"
    )
    axes.set_xlim(-0.5, len(panel) - 0.5)
    axes.set_xticks(range(len(panel)), [style.wrapped(tick, 14) for tick in ticks], fontsize=7.5)
    axes.yaxis.set_major_locator(MaxNLocator(3, integer=True))
    style.vietnamese_axis(axes, "y", suffix="%" if panel["format"].iloc[0] == "rate" else "")
    axes.tick_params(axis="y", labelsize=7.5)
    axes.grid(axis="y")
    style.bare(axes, "left")


def _room(axes: Axes, values: pd.Series, display: str) -> tuple[float, float]:
    """Limits that begin at zero and leave room for numbers above and marks of breaks."""
    top = 100.0 if display == "rate" else max(float(values.max()), 1.0)
    axes.set_ylim(0, top * 1.38)
    axes.set_yticks([])
    return 0.0, top * 1.38


def _point(axes: Axes, place: int, row: Mapping[Any, Any], low: float, high: float) -> None:
    if row["break_before"]:
        axes.axvline(place - 0.5, color=INK, linestyle=(0, (4, 3)), linewidth=1)
        marks = ",".join(str(number) for number in row["breaks"])
        axes.text(place - 0.47, high, f"({marks})", fontsize=6.5, va="top", color=INK)
    if pd.isna(row["value"]):
        axes.text(place, low + 0.06 * (high - low), style.wrapped(row["shown"], 9), ha="center",
                  va="bottom", fontsize=6.5, style="italic", color=_GREYED)  # fmt: skip
        return
    axes.text(place, row["value"] + 0.05 * (high - low), row["shown"], ha="center", va="bottom",
              fontsize=7.5, bbox={"boxstyle": "square,pad=0.1", "facecolor": "#ffffff",
                                  "edgecolor": "none"})  # fmt: skip


def _words(panel: pd.DataFrame) -> str:
    said = []
    for row in panel.to_dict("records"):
        broken = f" (đứt trước kỳ này, lý do {_listed(row['breaks'])})" if row["breaks"] else ""
        said.append(f"{row['part_label']} {row['shown']}{broken}")
    return f"{panel['label'].iloc[0]}: {', '.join(said)}"


def _notes(rows: pd.DataFrame, reasons: Mapping[int, str], unknown: Sequence[str]) -> str:
    """What the dashed lines mean, in numbers that the picture shows."""
    used = sorted({number for numbers in rows["breaks"] for number in numbers})
    text = " Điểm chỉ nối với điểm liền kề khi tính như nhau."
    if used:
        listed = " ".join(f"({number}) {reasons[number]}" for number in used)
        text += f" Vạch đứt: hai bên không so sánh được. {listed}"
    if unknown:
        text += f" {NO_DATA.capitalize()} ở mọi kỳ: {'; '.join(unknown)}."
    return text


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(f"({number})" for number in numbers)
