"""Pictures of so many units that a row for each would not fit a page.

Belongs here: how many units have which number. Does not belong here: pictures with a row or
square for each unit (``charts``).
"""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from pipelines.reports import style
from pipelines.reports.style import INK, Look
from pipelines.vietnamese.numbers import NO_DATA, format_count, format_number


def spread(
    axes: Axes, values: pd.Series, kinds: pd.Series, looks: dict[str, Look], *, most: int
) -> list[str]:
    """Columns: how many units have reached each number.

    Args:
        axes: Where to draw.
        values: The number of each unit, nan when missing.
        kinds: What each unit is told apart by, a key of ``looks``.
        looks: Fill of each kind, in the order in which they are stacked.
        most: The largest number there can be; a dashed line stands there.

    Returns:
        The picture in words, one per column, the units without data last.
    """
    known = values.notna()
    counts = pd.crosstab(values[known].astype("int64"), kinds[known])
    counts = counts.reindex(index=range(most + 1), columns=list(looks), fill_value=0)
    below = pd.Series(0, index=counts.index)
    for kind, look in looks.items():
        axes.bar(counts.index, counts[kind], bottom=below, width=0.8, **look.patch())
        below = below + counts[kind]
    for number, count in below.items():
        if count:
            axes.text(float(str(number)), count, format_number(count), ha="center", va="bottom",
                      fontsize=8)  # fmt: skip
    axes.axvline(most - 0.5, color=INK, linestyle=(0, (4, 2)), linewidth=1)
    axes.set_xticks(range(most + 1))
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    style.vietnamese_axis(axes, "y")
    axes.set_ylim(0, max(int(below.max()), 1) * 1.14)  # pieces without height would hold it down
    axes.grid(axis="y")
    style.bare(axes, "left")
    words = [f"{format_count(n)} xã đạt {number}" for number, n in below[::-1].items() if n]
    silent = int((~known).sum())
    return [*words, f"{format_count(silent)} xã {NO_DATA}"] if silent else words
