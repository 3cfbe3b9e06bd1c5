"""One square per unit or event, in rows: the form of a picture.

Belongs here: placing squares, their rows, legend. Does not belong here: what a square means
(``charts``).
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle

from pipelines.reports import style
from pipelines.reports.style import Chart, Look
from pipelines.vietnamese.numbers import format_ratio

FEWEST, MOST = 16, 32  # squares in a row: few are no giants, many stay legible
_HEAD = 1.2  # room for the words above a group, in squares


def squares(
    cells: pd.DataFrame,
    looks: Mapping[str, Look],
    title: str,
    *,
    number: int,
    illustrative: bool,
    note: str = " Số trong ô: thứ tự của đơn vị.",
) -> Chart:
    """Groups of squares below each other.

    Args:
        cells: label (of the group), kind (key of ``looks``), text (in the square; the running
            number in the group when there is no such column).
        looks: Fill and name of each kind; "yes" is counted.
        title: Of the picture.
        number: Of the figure.
        illustrative: Marks the picture.
        note: What the text in a square means.
    """
    groups = list(cells.groupby("label", sort=False))
    columns = min(MOST, max([FEWEST, *(len(group) for _, group in groups)]))
    tall = sum(_HEAD + -(-len(group) // columns) for _, group in groups)
    words = []
    with style.house_style():
        height = 0.35 + tall * style.WIDTH / columns
        figure = style.canvas(title, height, illustrative=illustrative)
        axes = figure.add_subplot()
        top = 0.0
        for label, group in groups:
            share = format_ratio(int((group["kind"] == "yes").sum()), len(group))
            words.append(f"{label}: {share} {looks['yes'].label.lower()}")
            top += _HEAD
            axes.text(0, top - 0.25, f"{label}: {share}", fontsize=9, va="bottom")
            texts = group.get("text", [f"{n:02d}" for n in range(1, len(group) + 1)])
            for place, (kind, text) in enumerate(zip(group["kind"], texts, strict=True)):
                row, column = divmod(place, columns)
                _square(axes, column, top + row, looks[kind], text)
            top += -(-len(group) // columns)
        axes.set_xlim(-0.05, columns + 0.05)
        axes.set_ylim(top + 0.05, 0.1)
        axes.set_aspect("equal", anchor="W")
        axes.axis("off")
        present = set(cells["kind"])
        handles = [Patch(**look.patch()) for kind, look in looks.items() if kind in present]
        if handles:
            figure.legend(handles=handles, loc="outside lower left", ncols=len(handles))
        return style.save(
            figure,
            alt=title + ". " + "; ".join(words),
            caption=style.caption(number, title, illustrative) + note,
        )


def _square(axes: Axes, column: int, top: float, look: Look, text: str) -> None:
    patch = {key: value for key, value in look.patch().items() if key != "label"}
    axes.add_patch(Rectangle((column + 0.06, top), 0.88, 0.88, **patch))
    axes.text(column + 0.5, top + 0.45, text, ha="center", va="center", fontsize=7,
              color=look.text_colour, bbox=style.plate(look))  # fmt: skip
