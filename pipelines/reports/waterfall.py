"""What a figure became, and through what: the picture of a change.

Belongs here: drawing the legs of a change in their fixed order. Does not belong here: computing
legs (``evaluation.legs``), the table beside the picture (``what_changed_table``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from pipelines.reports import style
from pipelines.reports.style import BLANK, DEEP, INK, LIGHT, MIDDLE, SOFT, Chart, Look
from pipelines.vietnamese.numbers import NO_DATA, format_number, round_half_up

BEFORE, AFTER = "before", "after"
_ENDS = Look("Số liệu của bản", DEEP)
_MORE, _LESS = Look("Làm tăng", MIDDLE, "///"), Look("Làm giảm", LIGHT, "...")
_ROW = 0.36  # inches


def waterfall(
    legs: pd.DataFrame,
    title: str,
    *,
    number: int,
    illustrative: bool,
    digits: int = 0,
    suffix: str = "",
) -> Chart:
    """From the figure of one release to that of the next, cause by cause.

    Rows, not columns: names of causes are long. The axis need not begin at zero, so the two
    figures are marks, not bars; only what a cause changed has a length.

    Args:
        legs: leg, label_vi, amount, start, end, from the release before to the release after, in
            the order in which they are drawn (``what_changed_table.waterfall_frame``). Legs
            ``before`` and ``after`` are the two figures (amount unused); without them the first
            start and the last end are drawn. Start, end or amount nan where nothing is known.
        title: Of the picture.
        number: Of the figure.
        illustrative: Marks the picture.
        digits: Decimal places.
        suffix: "%" for rates, whose changes are then told in "điểm %".
    """
    rows = _with_ends(legs).to_dict("records")
    low, high = _range(rows)
    room = (high - low) * 0.34
    with style.house_style():
        figure = style.canvas(title, 0.75 + _ROW * len(rows), illustrative=illustrative)
        axes = figure.add_subplot()
        for place, row in enumerate(rows):
            _leg(axes, place, row, (low, high), _text(row, digits, suffix))
        _joints(axes, rows)
        axes.set_yticks(range(len(rows)), [style.wrapped(r["label_vi"], 34) for r in rows])
        axes.set_xlim(low, high + room)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        _axis(axes, (low, high), digits, suffix)
        style.legend(axes, (_ENDS, _MORE, _LESS))
        return style.save(
            figure,
            alt=title
            + ". "
            + "; ".join(f"{row['label_vi']}: {_text(row, digits, suffix)}" for row in rows),
            caption=style.caption(number, title, illustrative)
            + " Trục không nhất thiết bắt đầu từ 0; chiều dài thanh là phần thay đổi.",
        )


def _with_ends(legs: pd.DataFrame) -> pd.DataFrame:
    """The legs between the two figures."""
    if len(legs) == 0 or {BEFORE, AFTER} <= set(legs["leg"]):
        return legs
    first, last = legs["start"].iloc[0], legs["end"].iloc[-1]
    ends = [
        {"leg": BEFORE, "label_vi": "Bản trước", "start": first, "end": first},
        {"leg": AFTER, "label_vi": "Bản sau", "start": last, "end": last},
    ]
    return pd.concat([pd.DataFrame(ends[:1]), legs, pd.DataFrame(ends[1:])], ignore_index=True)


def _range(rows: list[dict[Any, Any]]) -> tuple[float, float]:
    """Limits around everything drawn; a hand's breadth where nothing changes."""
    known = [float(row[n]) for row in rows for n in ("start", "end") if pd.notna(row[n])]
    low, high = min(known, default=0.0), max(known, default=1.0)
    gap = (high - low) * 0.12 or max(abs(high) * 0.05, 1.0)
    return (0.0 if 0 <= low < gap else low - gap), high + gap


def _leg(
    axes: Axes, place: int, row: Mapping[Any, Any], limits: tuple[float, float], text: str
) -> None:
    start, end = row["start"], row["end"]
    right = limits[1]
    if pd.notna(end) and row["leg"] in {BEFORE, AFTER}:
        axes.plot(end, place, "D", color=DEEP, markersize=8, zorder=3)
    elif pd.notna(start) and pd.notna(end) and start == end:
        axes.plot([end] * 2, [place - 0.28, place + 0.28], color=INK, linewidth=1.4, zorder=3)
    elif pd.notna(start) and pd.notna(end):
        look = _MORE if end > start else _LESS
        axes.barh(place, end - start, left=start, height=0.56, zorder=2, **look.patch())
    elif pd.notna(end):
        axes.plot(end, place, "o", color=DEEP, markersize=6, zorder=3)
    else:
        axes.axhspan(place - 0.28, place + 0.28, xmax=0.7, facecolor=BLANK, edgecolor=SOFT,
                     hatch="xxx", linewidth=0.7)  # fmt: skip
    bold = "bold" if row["leg"] in {BEFORE, AFTER} else "normal"
    axes.text(right, place, text, va="center", fontsize=8.5, fontweight=bold)


def _joints(axes: Axes, rows: list[dict[Any, Any]]) -> None:
    """Thin lines from the end of a leg to the start of the next."""
    for place, row in enumerate(rows[:-1]):
        if pd.notna(row["end"]):
            axes.plot([row["end"]] * 2, [place, place + 1], color=SOFT, linewidth=0.8,
                      linestyle=(0, (3, 2)), zorder=1)  # fmt: skip


def _axis(axes: Axes, limits: tuple[float, float], digits: int, suffix: str) -> None:
    """Ticks only where something is drawn, with decimals only where they need them."""
    axes.spines["bottom"].set_bounds(*limits)
    axes.set_xticks([tick for tick in axes.get_xticks() if limits[0] <= tick <= limits[1]])
    whole = all(float(tick).is_integer() for tick in axes.get_xticks())
    style.vietnamese_axis(axes, "x", 0 if whole else max(digits, 1), suffix)
    axes.grid(axis="x")
    style.bare(axes, "left")


def _text(row: Mapping[Any, Any], digits: int, suffix: str) -> str:
    """The figure, or the change with its sign."""
    if row["leg"] in {BEFORE, AFTER}:
        return NO_DATA if pd.isna(row["end"]) else format_number(row["end"], digits) + suffix
    amount = row["amount"]
    if pd.isna(amount):
        return _came_or_went(row, digits, suffix)
    rounded = round_half_up(float(amount), digits)
    if amount == 0:
        return "không đổi"
    unit = " điểm %" if suffix == "%" else suffix
    sign = "+" if amount > 0 else "−"
    if rounded == 0:
        return f"{sign} dưới {format_number(10**-digits, digits)}{unit}"
    return f"{sign}{format_number(abs(rounded), digits)}{unit}"


def _came_or_went(row: Mapping[Any, Any], digits: int, suffix: str) -> str:
    """A leg through which a figure came to be known, or no longer is; else one without a figure."""
    if pd.isna(row["start"]) and pd.notna(row["end"]):
        return f"có số liệu: {format_number(row['end'], digits)}{suffix}"
    if pd.notna(row["start"]) and pd.isna(row["end"]):
        return "không còn số liệu"
    return NO_DATA
