"""The pictures of a report, one function each: a frame in, a finished picture out.

Belongs here: what is drawn. Does not belong here: how charts look in general (``style``), which
rows are drawn (``analysis``).

Every function takes ``number`` (of the figure) and ``illustrative``, says the same in the
alternative text as in the picture, and writes exact numbers beside what it draws.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import MaxNLocator

from pipelines.reports import style
from pipelines.reports.style import BLANK, DEEP, INK, LIGHT, MIDDLE, SOFT, Chart, Look
from pipelines.vietnamese.numbers import NO_DATA, format_count, format_number, format_ratio

NTM_CRITERIA = 19
REPORTING_LOOKS = {
    "on_time": Look("Đúng hạn", DEEP),
    "late": Look("Trễ hạn", MIDDLE, "///"),
    "returned": Look("Trả lại", LIGHT, "..."),
    "missing": Look("Chưa nộp", BLANK, "xxx"),
}


def dossier_flow(flow: pd.DataFrame, *, number: int, illustrative: bool) -> Chart:
    """Dossiers received and resolved, month by month.

    Args:
        flow: month (datetime), received, resolved.
        number: Of the figure.
        illustrative: Marks the picture.
    """
    title = "Hồ sơ tiếp nhận và giải quyết theo tháng"
    looks = (Look("Tiếp nhận", DEEP), Look("Giải quyết", LIGHT, "///"))
    with style.house_style():
        figure = style.canvas(title, 2.9, illustrative=illustrative)
        axes = figure.add_subplot()
        places = range(len(flow))
        for shift, look, name in zip((-0.21, 0.21), looks, ("received", "resolved"), strict=True):
            bars = axes.bar([p + shift for p in places], flow[name], width=0.4, **look.patch())
            axes.bar_label(bars, [format_number(v) for v in flow[name]], fontsize=7.5, padding=2)
        axes.set_xticks(list(places), [f"{m.month:02d}/{m.year}" for m in flow["month"]])
        axes.yaxis.set_major_locator(MaxNLocator(6, integer=True))
        style.vietnamese_axis(axes, "y")
        axes.set_ylabel("Hồ sơ")
        axes.margins(y=0.12)
        axes.grid(axis="y")
        style.bare(axes, "left")
        _legend(axes, looks)
        return style.save(
            figure,
            alt=title + ". " + "; ".join(_flow_words(row) for row in flow.to_dict("records")),
            caption=_caption(number, title, illustrative),
        )


def reporting_matrix(matrix: pd.DataFrame, *, number: int, illustrative: bool) -> Chart:
    """Owed reports by group and state.

    Args:
        matrix: group, owed and one count per state.
        number: Of the figure.
        illustrative: Marks the picture.
    """
    title = "Tình hình nộp báo cáo theo nhóm đơn vị"
    with style.house_style():
        figure = style.canvas(title, 0.55 + 0.42 * len(matrix), illustrative=illustrative)
        axes = figure.add_subplot()
        left = pd.Series(0, index=matrix.index)
        for state, look in REPORTING_LOOKS.items():
            bars = axes.barh(matrix.index, matrix[state], left=left, height=0.62, **look.patch())
            for bar, count in zip(bars, matrix[state], strict=True):
                if count:
                    _on_bar(axes, bar, format_number(count), look)
            left = left + matrix[state]
        for place, row in matrix.iterrows():
            share = format_ratio(row["on_time"], row["owed"])
            axes.text(row["owed"] + 0.4, place, f"{share} đúng hạn", va="center", fontsize=8.5)  # type: ignore[arg-type] # a range index
        axes.set_yticks(matrix.index, list(matrix["group"]))
        axes.set_xlim(0, matrix["owed"].max() * 1.24)
        axes.invert_yaxis()
        axes.set_xticks([])
        style.bare(axes, "left", "bottom")
        _legend(axes, REPORTING_LOOKS.values())
        return style.save(
            figure,
            alt=title + ". " + "; ".join(_reporting_words(r) for r in matrix.to_dict("records")),
            caption=_caption(number, title, illustrative),
        )


def pillar_profile(pillars: pd.DataFrame, *, number: int, illustrative: bool) -> Chart:
    """Rates under each pillar; where units are missing, the interval they could lead to.

    Args:
        pillars: pillar_label, label, format, value, lower, upper, shown, fraction, coverage,
            coverage_shown; rows that are no rates are left out.
        number: Of the figure.
        illustrative: Marks the picture.
    """
    rates = pillars[pillars["format"] == "rate"].reset_index(drop=True)
    groups = list(rates.groupby("pillar_label", sort=False))
    title = "Các tỷ lệ theo trụ cột"
    rows = len(rates) + len(groups)
    with style.house_style():
        figure = style.canvas(title, 0.5 + 0.34 * rows, illustrative=illustrative)
        axes = figure.add_subplot()
        ticks: list[str] = []
        for label, group in groups:
            ticks.append(str(label).upper())
            for row in group.to_dict("records"):
                _rate_row(axes, len(ticks), row)
                ticks.append(_wrapped(row["label"]))
        axes.set_yticks(range(len(ticks)), ticks, fontsize=8)
        for tick in axes.get_yticklabels():
            if tick.get_text().isupper():
                tick.set_fontweight("bold")
        _percent_axis(axes, len(ticks), room=118)
        return style.save(
            figure,
            alt=title + ". " + "; ".join(_rate_words(r) for r in rates.to_dict("records")),
            caption=_caption(number, title, illustrative)
            + " Vạch ngang: khoảng có thể khi các đơn vị còn thiếu có số liệu.",
        )


def intervals(values: pd.DataFrame, *, number: int, illustrative: bool) -> Chart:
    """Figures that stand on fewer units than expected: value and bounds.

    Args:
        values: label, value, lower, upper (percent), shown, fraction, coverage_shown.
        number: Of the figure.
        illustrative: Marks the picture.
    """
    title = "Các tỷ lệ chưa đủ đơn vị: giá trị và khoảng có thể"
    with style.house_style():
        figure = style.canvas(title, 0.5 + 0.3 * max(len(values), 1), illustrative=illustrative)
        axes = figure.add_subplot()
        for place, row in enumerate(values.to_dict("records")):
            _rate_row(axes, place, row)
        axes.set_yticks(
            range(len(values)), [_wrapped(name) for name in values["label"]], fontsize=8
        )
        _percent_axis(axes, len(values), room=118)
        return style.save(
            figure,
            alt=title + ". " + "; ".join(_rate_words(r) for r in values.to_dict("records")),
            caption=_caption(number, title, illustrative),
        )


def ntm_distribution(communes: pd.DataFrame, *, number: int, illustrative: bool) -> Chart:
    """New-countryside criteria of each commune, in official order, against the 19 of the set.

    Args:
        communes: unit, criteria_met (nan when missing), recognised (nullable boolean).
        number: Of the figure.
        illustrative: Marks the picture.
    """
    title = "Số tiêu chí nông thôn mới đã đạt của từng xã"
    looks = {
        True: Look("Đã được công nhận", DEEP),
        False: Look("Chưa được công nhận", LIGHT, "///"),
        None: Look("Chưa rõ đã công nhận hay chưa", BLANK, "xxx"),
    }
    known = [None if pd.isna(flag) else bool(flag) for flag in communes["recognised"]]
    with style.house_style():
        figure = style.canvas(title, 0.7 + 0.235 * len(communes), illustrative=illustrative)
        axes = figure.add_subplot()
        for place, (flag, met) in enumerate(zip(known, communes["criteria_met"], strict=True)):
            if pd.isna(met):
                axes.text(0.2, place, NO_DATA, va="center", fontsize=8, style="italic")
                continue
            axes.barh(place, met, height=0.66, **looks[flag].patch())
            axes.text(met - 0.25, place, format_number(met), va="center", ha="right",
                      fontsize=8, fontweight="bold", color=looks[flag].text_colour,
                      bbox=_plate(looks[flag]))  # fmt: skip
        axes.axvline(NTM_CRITERIA, color=INK, linestyle=(0, (4, 2)), linewidth=1.2)
        axes.set_yticks(range(len(communes)), list(communes["unit"]), fontsize=8)
        axes.set_xlim(0, NTM_CRITERIA + 1)
        axes.set_xticks([0, 5, 10, 15, NTM_CRITERIA])
        axes.set_xlabel(f"Số tiêu chí đạt (vạch đứt: đủ {NTM_CRITERIA} tiêu chí)")
        axes.invert_yaxis()
        style.bare(axes, "left")
        _legend(axes, [looks[flag] for flag in looks if flag in known])
        words = zip(communes["unit"], communes["criteria_met"], strict=True)
        return style.save(
            figure,
            alt=title + ". " + "; ".join(f"{u}: {format_number(m)}" for u, m in words),
            caption=_caption(number, title, illustrative),
        )


def conferences(units: pd.DataFrame, *, number: int, illustrative: bool) -> Chart:
    """One square per agency and enterprise: has it held its conference?

    Args:
        units: label (of the group), unit, held (nullable boolean), in official order.
        number: Of the figure.
        illustrative: Marks the picture.
    """
    title = "Hội nghị CCVC, người lao động: mỗi ô là một đơn vị"
    looks = {
        "yes": Look("Đã tổ chức", DEEP),
        "no": Look("Chưa tổ chức", BLANK),
        "unknown": Look(NO_DATA.capitalize(), LIGHT, "..."),
    }
    units = units.assign(kind=units["held"].map({True: "yes", False: "no"}).fillna("unknown"))
    return _squares(units, looks, title, number=number, illustrative=illustrative)


def inspections(rows: pd.DataFrame, *, number: int, illustrative: bool) -> Chart:
    """One square per planned inspection or supervision of the year: is it done?

    Args:
        rows: kind, done (bool), planned_month.
        number: Of the figure.
        illustrative: Marks the picture.
    """
    title = "Kế hoạch kiểm tra, giám sát của năm và kết quả đã thực hiện"
    looks = {"yes": Look("Đã thực hiện", DEEP), "no": Look("Chưa thực hiện", BLANK)}
    cells = pd.DataFrame(
        {
            "label": rows["kind"],
            "kind": rows["done"].map({True: "yes", False: "no"}),
            "text": rows["planned_month"].map(lambda month: f"T{month}"),
        }
    )
    return _squares(
        cells,
        looks,
        title,
        number=number,
        illustrative=illustrative,
        note=" T: tháng theo kế hoạch.",
    )


def _squares(
    cells: pd.DataFrame,
    looks: dict[str, Look],
    title: str,
    *,
    number: int,
    illustrative: bool,
    note: str = " Số trong ô: thứ tự của đơn vị.",
) -> Chart:
    groups = list(cells.groupby("label", sort=False))
    # at least 16 columns, so that few squares are not drawn as giants
    columns = max([16, *(len(group) for _, group in groups)])
    words = []
    with style.house_style():
        figure = style.canvas(title, 0.4 + 0.66 * len(groups), illustrative=illustrative)
        axes = figure.add_subplot()
        for place, (label, group) in enumerate(groups):
            share = format_ratio(int((group["kind"] == "yes").sum()), len(group))
            words.append(f"{label}: {share} {looks['yes'].label.lower()}")
            base = 2.1 * place
            axes.text(0, base - 0.25, f"{label}: {share}", fontsize=9, va="bottom")
            texts = group.get("text", [f"{n:02d}" for n in range(1, len(group) + 1)])
            for column, (kind, text) in enumerate(zip(group["kind"], texts, strict=True)):
                _square(axes, column, base, looks[kind], text)
        axes.set_xlim(-0.05, columns + 0.05)
        axes.set_ylim(2.1 * len(groups) - 0.9, -1)
        axes.set_aspect("equal", anchor="W")
        axes.axis("off")
        present = set(cells["kind"])
        handles = [Patch(**look.patch()) for kind, look in looks.items() if kind in present]
        figure.legend(handles=handles, loc="outside lower left", ncols=len(handles))
        return style.save(
            figure,
            alt=title + ". " + "; ".join(words),
            caption=_caption(number, title, illustrative) + note,
        )


def _square(axes: Axes, column: int, base: float, look: Look, text: str) -> None:
    patch = {key: value for key, value in look.patch().items() if key != "label"}
    axes.add_patch(Rectangle((column + 0.06, base), 0.88, 0.88, **patch))
    axes.text(column + 0.5, base + 0.45, text, ha="center", va="center", fontsize=7,
              color=look.text_colour, bbox=_plate(look))  # fmt: skip


def _rate_row(axes: Axes, place: int, row: dict) -> None:
    """A dot at the value, a bar between the bounds, the exact numbers at the right."""
    text = f"{row['shown']} ({row['fraction']})"
    if pd.isna(row["value"]):
        text = NO_DATA
    if pd.notna(row["lower"]) and pd.notna(row["upper"]) and row["lower"] < row["upper"]:
        axes.plot([row["lower"], row["upper"]], [place] * 2, color=MIDDLE, linewidth=5,
                  solid_capstyle="butt", zorder=2)  # fmt: skip
        text += f", độ phủ {row['coverage_shown']}"
    if pd.notna(row["value"]):
        axes.plot([0, row["value"]], [place] * 2, color=SOFT, linewidth=0.8, zorder=1)
        axes.plot(row["value"], place, "o", color=DEEP, markersize=5.5, zorder=3, clip_on=False)
    axes.text(104, place, text, va="center", fontsize=8)


def _percent_axis(axes: Axes, rows: int, *, room: float) -> None:
    axes.set_xlim(0, 100 + room)
    axes.set_ylim(rows - 0.4, -0.6)
    axes.set_xticks([0, 20, 40, 60, 80, 100])
    style.vietnamese_axis(axes, "x", suffix="%")
    axes.spines["bottom"].set_bounds(0, 100)
    axes.grid(axis="x")
    style.bare(axes, "left")


def _on_bar(axes: Axes, bar: Rectangle, text: str, look: Look) -> None:
    axes.text(bar.get_x() + bar.get_width() / 2, bar.get_y() + bar.get_height() / 2, text,
              ha="center", va="center", fontsize=8.5, fontweight="bold",
              color=look.text_colour, bbox=_plate(look))  # fmt: skip


def _plate(look: Look) -> dict[str, Any] | None:
    """Plain ground under a number that stands on a hatch."""
    if not look.hatch:
        return None
    return {"boxstyle": "square,pad=0.12", "facecolor": look.fill, "edgecolor": "none"}


def _legend(axes: Axes, looks: Iterable[Look]) -> None:
    """What the fills mean, between title and picture."""
    handles = [Patch(**look.patch()) for look in looks]
    axes.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        ncols=len(handles),
        borderaxespad=0.3,
    )


def _wrapped(label: object) -> str:
    """A row label in lines of bearable length."""
    return textwrap.fill(str(label), 42)


def _caption(number: int, title: str, illustrative: bool) -> str:
    return f"Hình {number:02d}. {title}." + (f" {style.ILLUSTRATIVE}." if illustrative else "")


def _flow_words(row: dict) -> str:
    month = f"tháng {row['month'].month:02d}/{row['month'].year}"
    return f"{month}: {format_number(row['received'])} và {format_number(row['resolved'])}"


def _reporting_words(row: dict) -> str:
    states = [f"{look.label.lower()} {row[s]}" for s, look in REPORTING_LOOKS.items() if row[s]]
    return f"{row['group']}: {format_count(row['owed'])} báo cáo ({', '.join(states)})"


def _rate_words(row: dict) -> str:
    return f"{row['label']}: {row['shown']} ({row['fraction']})"
