"""How every chart looks, and how it becomes bytes.

Belongs here: fonts, colours, hatches, number formats of axes, legends and captions, the mark
"SỐ LIỆU MINH HỌA", deterministic SVG and PNG with an alternative text, the picture of a paper.
Does not belong here: what is drawn (``charts``).
"""

from __future__ import annotations

import base64
import io
import textwrap
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter

from pipelines.reports.html import ILLUSTRATIVE, escape
from pipelines.reports.labels import FONT, text_width
from pipelines.reports.papers.model import Picture
from pipelines.vietnamese.numbers import format_number

WIDTH = 8.2  # inches; a page of A4 shows it at nine tenths
PRINTED = 200  # dots per inch of what word processors are given
_POINTS = 1 / 72
INK = "#1a2230"
SOFT = "#4b5666"
LINE = "#c9d0d9"
# Four steps of lightness (about 22, 55, 78 and 100 of 100) and a hatch each: told apart in grey
# print and by every kind of colour vision.
DEEP, MIDDLE, LIGHT, BLANK = "#12395c", "#5f8fb4", "#e3bf6a", "#ffffff"
_RC: dict[Any, Any] = {
    "font.family": FONT,
    "font.size": 9,
    "text.color": INK,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.titlesize": 9,
    "xtick.color": INK,
    "ytick.color": INK,
    "grid.color": LINE,
    "grid.linewidth": 0.6,
    "hatch.linewidth": 0.7,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "svg.hashsalt": "qcdc",  # ids inside the file depend on content only
    "svg.fonttype": "path",  # the reader needs no font
    "figure.dpi": 72,
    "savefig.dpi": 72,
}


@dataclass(frozen=True)
class Look:
    """Fill, hatch and the name of what they stand for."""

    label: str
    fill: str
    hatch: str = ""

    def patch(self) -> dict[str, Any]:
        """Keyword arguments of a matplotlib patch."""
        return {
            "facecolor": self.fill,
            "hatch": self.hatch,
            "edgecolor": INK,
            "linewidth": 0.7,
            "label": self.label,
        }

    @property
    def text_colour(self) -> str:
        """Colour of a number written on the fill."""
        return "#ffffff" if self.fill == DEEP else INK


@dataclass(frozen=True)
class Chart:
    """A finished picture.

    Attributes:
        svg: For screens.
        alt: The picture in words.
        caption: The line below it.
        figure: What it was drawn from, for the other format.
    """

    svg: str
    alt: str
    caption: str
    figure: Figure | None = field(default=None, repr=False, compare=False)

    @cached_property
    def png(self) -> bytes:
        """For word processors, made when first asked for: most pictures are only seen on screens.

        Raises:
            ValueError: The chart was made without its figure.
        """
        if self.figure is None:
            raise ValueError("A chart needs the figure it was drawn from to become PNG.")
        buffer = io.BytesIO()
        with house_style():
            self.figure.savefig(buffer, format="png", dpi=PRINTED, metadata={"Software": None})
        return buffer.getvalue()

    def _repr_html_(self) -> str:
        data = base64.b64encode(self.svg.encode()).decode()
        return (
            '<figure class="qcdc qcdc-plot"><div class="qcdc-scroll">'
            f'<img alt="{escape(self.alt)}" src="data:image/svg+xml;base64,{data}"></div>'
            f"<figcaption>{escape(self.caption)}</figcaption></figure>"
        )

    def __repr__(self) -> str:
        return self.caption


@contextmanager
def house_style() -> Iterator[None]:
    """Everything drawn and saved inside looks alike, whatever the user's own settings."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_RC)
        yield


def canvas(title: str, height: float, *, illustrative: bool) -> Figure:
    """An empty figure with its title, and the mark when the data is illustrative.

    Args:
        title: One line of at most about 80 letters.
        height: Inches below the title.
        illustrative: Whether the mark stands over the title.
    """
    top = (40 if illustrative else 22) * _POINTS
    total = height + top
    below_title = ConstrainedLayoutEngine(rect=(0, 0, 1, 1 - top / total))
    figure = Figure(figsize=(WIDTH, total), layout=below_title)
    figure.text(
        0.004, 1 - (top - 6 * _POINTS) / total, title, fontsize=10.5, fontweight="bold", va="bottom"
    )
    if illustrative:
        figure.text(
            0.009,
            1 - 4 * _POINTS / total,
            ILLUSTRATIVE,
            fontsize=7.5,
            fontweight="bold",
            va="top",
            color="#4a3500",
            bbox={"boxstyle": "square,pad=0.25", "facecolor": "#fff8e1", "edgecolor": "#4a3500"},
        )
    return figure


def save(figure: Figure, *, alt: str, caption: str) -> Chart:
    """The figure as SVG: equal figures give equal bytes, no date, no program name."""
    buffer = io.BytesIO()
    metadata = {"Date": None, "Creator": None, "Title": alt}
    figure.savefig(buffer, format="svg", metadata=metadata)
    return Chart(buffer.getvalue().decode(), alt, caption, figure)


def picture(chart: Chart) -> Picture:
    """A chart as a block of a paper, which puts the mark of illustrative data there itself."""
    caption = chart.caption.replace(f" {ILLUSTRATIVE}.", "", 1)
    return Picture(svg=chart.svg, png=chart.png, alt=chart.alt, caption=caption)


def vietnamese_axis(axes: Axes, axis: str, digits: int = 0, suffix: str = "") -> None:
    """Numbers of an axis as Vietnamese officials write them."""
    chosen = axes.xaxis if axis == "x" else axes.yaxis
    chosen.set_major_formatter(FuncFormatter(lambda v, _: format_number(v, digits) + suffix))


def bare(axes: Axes, *sides: str) -> None:
    """Take away frame lines and the ticks on them."""
    for side in sides:
        axes.spines[side].set_visible(False)
        axes.tick_params(axis="y" if side in {"left", "right"} else "x", length=0)


def plate(look: Look) -> dict[str, Any] | None:
    """Plain ground under a number that stands on a hatch."""
    if not look.hatch:
        return None
    return {"boxstyle": "square,pad=0.12", "facecolor": look.fill, "edgecolor": "none"}


def legend(axes: Axes, looks: Iterable[Look]) -> None:
    """What the fills mean, between title and picture; in rows that fit beside the tick labels."""
    handles = [Patch(**look.patch()) for look in looks]
    ticks = [text_width(line, 9) for tick in axes.get_yticklabels()
             for line in tick.get_text().split("\n")]  # fmt: skip
    room = WIDTH / _POINTS - max(ticks, default=0) - 30
    axes.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        ncols=_columns([str(handle.get_label()) for handle in handles], room),
        borderaxespad=0.3,
    )


def _columns(words: list[str], room: float) -> int:
    """Most columns of a legend whose rows take no more than so many points."""
    widths = [text_width(each, 8.5) + 42 for each in words]
    for columns in range(len(words), 1, -1):
        # columns fill from top to bottom
        tall = -(-len(words) // columns)
        if sum(max(widths[n : n + tall]) for n in range(0, len(words), tall)) <= room:
            return columns
    return 1


def wrapped(label: object, width: int = 42) -> str:
    """A label in lines of bearable length."""
    return textwrap.fill(str(label), width)


def caption(number: int, title: str, illustrative: bool) -> str:
    """The line below a picture: its number, its title, the mark of illustrative data."""
    return f"Hình {number:02d}. {title}." + (f" {ILLUSTRATIVE}." if illustrative else "")
