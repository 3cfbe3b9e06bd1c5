"""The pictures of a report, one function each: a frame in, a finished picture out.

Belongs here: what is drawn. Does not belong here: how charts look in general (``style``), which
rows are drawn (``analysis``).

Every function takes ``number`` (of the figure) and ``illustrative``, says the same in the
alternative text as in the picture, and writes exact numbers beside what it draws.
"""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from pipelines.reports import style
from pipelines.reports.many_units import spread
from pipelines.reports.squares import squares
from pipelines.reports.style import BLANK, DEEP, INK, LIGHT, MIDDLE, SOFT, Chart, Look
from pipelines.vietnamese.numbers import NO_DATA, format_count, format_number, format_ratio

NTM_CRITERIA = 19
MONTHS = 14  # more than these are drawn as quarters
FEW = 0.018  # of the longest bar: a shorter piece has no room for its number
ROWS = 30  # more units than these are counted, not drawn one by one
REPORTING_LOOKS = {
    "on_time": Look("Đúng hạn", DEEP),
    "late": Look("Trễ hạn", MIDDLE, "///"),
    "returned": Look("Trả lại", LIGHT, "..."),
    "missing": Look("Chưa nộp", BLANK, "xxx"),
}

NTM_LOOKS = {
    "yes": Look("Đã được công nhận", DEEP),
    "no": Look("Chưa được công nhận", LIGHT, "///"),
    "unknown": Look("Chưa rõ đã công nhận hay chưa", BLANK, "xxx"),
}


def dossier_flow(flow: pd.DataFrame, *, number: int, illustrative: bool) -> Chart:
    """Dossiers received and resolved, month by month.

    Args:
        flow: month (datetime), received, resolved.
        number: Of the figure.
        illustrative: Marks the picture.
    """
    title = "Hồ sơ tiếp nhận và giải quyết theo tháng"
    if len(flow) > MONTHS:
        flow, title = _by_quarter(flow), "Hồ sơ tiếp nhận và giải quyết theo quý"
    # numbers of neighbours stand side by side only while there is room
    upright = 90 if len(flow) > 8 else 0
    looks = (Look("Tiếp nhận", DEEP), Look("Giải quyết", LIGHT, "///"))
    with style.house_style():
        figure = style.canvas(title, 2.9, illustrative=illustrative)
        axes = figure.add_subplot()
        places = range(len(flow))
        for shift, look, name in zip((-0.21, 0.21), looks, ("received", "resolved"), strict=True):
            bars = axes.bar([p + shift for p in places], flow[name], width=0.4, **look.patch())
            axes.bar_label(bars, [format_number(v) for v in flow[name]], fontsize=7.5, padding=2,
                           rotation=upright)  # fmt: skip
        axes.set_xticks(list(places), [_month(row) for row in flow.to_dict("records")])
        if len(flow) > MONTHS:
            axes.tick_params(axis="x", labelrotation=90)
        axes.yaxis.set_major_locator(MaxNLocator(6, integer=True))
        style.vietnamese_axis(axes, "y")
        axes.set_ylabel("Hồ sơ")
        axes.margins(y=0.3 if upright else 0.12)
        axes.grid(axis="y")
        style.bare(axes, "left")
        style.legend(axes, looks)
        return style.save(
            figure,
            alt=title + ". " + "; ".join(_flow_words(row) for row in flow.to_dict("records")),
            caption=style.caption(number, title, illustrative),
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
        left, longest = pd.Series(0, index=matrix.index), max(matrix["owed"].max(), 1)
        for state, look in REPORTING_LOOKS.items():
            bars = axes.barh(matrix.index, matrix[state], left=left, height=0.62, **look.patch())
            for bar, count in zip(bars, matrix[state], strict=True):
                if count >= FEW * longest:
                    _on_bar(axes, bar, format_number(count), look)
            left = left + matrix[state]
        for place, row in enumerate(matrix.to_dict("records")):
            share = format_ratio(row["on_time"], row["owed"])
            axes.text(
                row["owed"] + 0.007 * longest, place, f"{share} đúng hạn", va="center", fontsize=8.5
            )  # type: ignore[arg-type] # a range index
        axes.set_yticks(matrix.index, list(matrix["group"]))
        axes.set_xlim(0, longest * 1.24)
        axes.invert_yaxis()
        axes.set_xticks([])
        style.bare(axes, "left", "bottom")
        style.legend(axes, REPORTING_LOOKS.values())
        return style.save(
            figure,
            alt=title + ". " + "; ".join(_reporting_words(r) for r in matrix.to_dict("records")),
            caption=style.caption(number, title, illustrative),
        )


def pillar_profile(pillars: pd.DataFrame, *, number: int, illustrative: bool) -> Chart:
    """Rates under each pillar; where units are missing, the interval they could lead to.

    Args:
        pillars: Of one pillar or several: pillar_label, label, format, value, lower, upper,
            shown, fraction, coverage, coverage_shown; rows that are no rates are left out.
        number: Of the figure.
        illustrative: Marks the picture.
    """
    rates = pillars[pillars["format"] == "rate"].reset_index(drop=True)
    groups = list(rates.groupby("pillar_label", sort=False))
    title = "Các tỷ lệ theo trụ cột"
    if len(groups) == 1:
        title = f"Các tỷ lệ của trụ cột {groups[0][0]}"
    rows = len(rates) + (len(groups) if len(groups) > 1 else 0)
    with style.house_style():
        height = 0.5 + _row_height(rates["label"]) * rows
        figure = style.canvas(title, height, illustrative=illustrative)
        axes = figure.add_subplot()
        ticks: list[str] = []
        for label, group in groups:
            ticks += [str(label).upper()] if len(groups) > 1 else []
            for row in group.to_dict("records"):
                _rate_row(axes, len(ticks), row)
                ticks.append(style.wrapped(row["label"]))
        axes.set_yticks(range(len(ticks)), ticks, fontsize=8)
        for tick in axes.get_yticklabels():
            if tick.get_text().isupper():
                tick.set_fontweight("bold")
        _percent_axis(axes, len(ticks), room=118)
        return style.save(
            figure,
            alt=title + ". " + "; ".join(_rate_words(r) for r in rates.to_dict("records")),
            caption=style.caption(number, title, illustrative)
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
        height = 0.5 + _row_height(values["label"]) * max(len(values), 1)
        figure = style.canvas(title, height, illustrative=illustrative)
        axes = figure.add_subplot()
        for place, row in enumerate(values.to_dict("records")):
            _rate_row(axes, place, row)
        axes.set_yticks(
            range(len(values)), [style.wrapped(name) for name in values["label"]], fontsize=8
        )
        _percent_axis(axes, len(values), room=118)
        return style.save(
            figure,
            alt=title + ". " + "; ".join(_rate_words(r) for r in values.to_dict("records")),
            caption=style.caption(number, title, illustrative),
        )


def ntm_distribution(communes: pd.DataFrame, *, number: int, illustrative: bool) -> Chart:
    """New-countryside criteria of each commune, in official order, against the 19 of the set.

    Args:
        communes: unit, criteria_met (nan when missing), recognised (nullable boolean). More than
            ``ROWS`` are counted by number of criteria.
        number: Of the figure.
        illustrative: Marks the picture.
    """
    many = len(communes) > ROWS
    title = "Số tiêu chí nông thôn mới đã đạt của từng xã"
    title = "Số xã theo số tiêu chí nông thôn mới đã đạt" if many else title
    kinds = communes["recognised"].map({True: "yes", False: "no"}).fillna("unknown")
    height = 2.9 if many else 0.7 + 0.235 * len(communes)
    with style.house_style():
        figure = style.canvas(title, height, illustrative=illustrative)
        axes = figure.add_subplot()
        if many:
            met = communes["criteria_met"]
            words = spread(axes, met, kinds, NTM_LOOKS, most=NTM_CRITERIA)
            axes.set_xlabel("Số tiêu chí đạt")
            axes.set_ylabel("Số xã")
        else:
            words = _ntm_rows(axes, communes, kinds)
        style.legend(axes, [look for kind, look in NTM_LOOKS.items() if kind in set(kinds)])
        return style.save(
            figure,
            alt=title + ". " + "; ".join(words),
            caption=style.caption(number, title, illustrative),
        )


def _ntm_rows(axes: Axes, communes: pd.DataFrame, kinds: pd.Series) -> list[str]:
    """A bar for each commune; the picture in words."""
    for place, (kind, met) in enumerate(zip(kinds, communes["criteria_met"], strict=True)):
        if pd.isna(met):
            axes.text(0.2, place, NO_DATA, va="center", fontsize=8, style="italic")
            continue
        look = NTM_LOOKS[kind]
        axes.barh(place, met, height=0.66, **look.patch())
        axes.text(met - 0.25, place, format_number(met), va="center", ha="right", fontsize=8,
                  fontweight="bold", color=look.text_colour, bbox=style.plate(look))  # fmt: skip
    axes.axvline(NTM_CRITERIA, color=INK, linestyle=(0, (4, 2)), linewidth=1.2)
    axes.set_yticks(range(len(communes)), list(communes["unit"]), fontsize=8)
    axes.set_xlim(0, NTM_CRITERIA + 1)
    axes.set_xticks([0, 5, 10, 15, NTM_CRITERIA])
    axes.set_xlabel(f"Số tiêu chí đạt (vạch đứt: đủ {NTM_CRITERIA} tiêu chí)")
    axes.invert_yaxis()
    style.bare(axes, "left")
    words = zip(communes["unit"], communes["criteria_met"], strict=True)
    return [f"{unit}: {format_number(met)}" for unit, met in words]


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
    return squares(units, looks, title, number=number, illustrative=illustrative)


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
    return squares(
        cells,
        looks,
        title,
        number=number,
        illustrative=illustrative,
        note=" T: tháng theo kế hoạch.",
    )


def _rate_row(axes: Axes, place: int, row: dict) -> None:
    """A dot at the value, a bar between the bounds, the exact numbers at the right."""
    text = f"{row['shown']} ({row['fraction']})"
    if pd.isna(row["value"]):
        text = NO_DATA
    if pd.notna(row["lower"]) and pd.notna(row["upper"]) and row["lower"] < row["upper"]:
        # what has been done beyond a plan has no upper end on this axis
        ends = [min(row[name], 100) for name in ("lower", "upper")]
        axes.plot(ends, [place] * 2, color=MIDDLE, linewidth=5,
                  solid_capstyle="butt", zorder=2)  # fmt: skip
        text += f", độ phủ {row['coverage_shown']}"
    if pd.notna(row["value"]):
        at = min(row["value"], 100)
        axes.plot([0, at], [place] * 2, color=SOFT, linewidth=0.8, zorder=1)
        axes.plot(at, place, "o", color=DEEP, markersize=5.5, zorder=3, clip_on=False)
    axes.text(104, place, text, va="center", fontsize=8)


def _row_height(labels: pd.Series) -> float:
    """Inches of a row in which the longest label fits, however many lines it takes."""
    lines = max([style.wrapped(label).count("\n") + 1 for label in labels], default=1)
    return max(0.34, 0.14 * lines + 0.07)


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
              color=look.text_colour, bbox=style.plate(look))  # fmt: skip


def _by_quarter(flow: pd.DataFrame) -> pd.DataFrame:
    quarters = flow["month"].dt.to_period("Q")
    totals = flow.groupby(quarters)[["received", "resolved"]].sum()
    return totals.rename_axis("quarter").reset_index()


def _month(row: dict) -> str:
    if "quarter" in row:
        return f"Q{row['quarter'].quarter}/{row['quarter'].year}"
    return f"{row['month'].month:02d}/{row['month'].year}"


def _flow_words(row: dict) -> str:
    month = _month(row) if "quarter" in row else f"tháng {_month(row)}"
    return f"{month}: {format_number(row['received'])} và {format_number(row['resolved'])}"


def _reporting_words(row: dict) -> str:
    states = [f"{look.label.lower()} {row[s]}" for s, look in REPORTING_LOOKS.items() if row[s]]
    return f"{row['group']}: {format_count(row['owed'])} báo cáo ({', '.join(states)})"


def _rate_words(row: dict) -> str:
    return f"{row['label']}: {row['shown']} ({row['fraction']})"
