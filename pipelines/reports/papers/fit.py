"""How wide columns are, and how small type must get, so that no word of a table is broken.

Belongs here: estimates that need no installed font, so that every machine draws the same table.
Does not belong here: drawing.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from pipelines.reports.papers.grid import head_cells, numbering
from pipelines.reports.papers.model import Column, Table

CELL_PADDING_MM = 1.2
_MM_PER_POINT = 25.4 / 72
_BOLD = 1.06
_SPARE = 1.03
# Times New Roman in thousandths of the type size; what is not named is as wide as a small letter
_WIDTHS = {
    **dict.fromkeys("ijlt'.,:;|!/\\ ’‘", 285),
    **dict.fromkeys("frI()[]-s", 350),
    **dict.fromkeys("0123456789aceghknopquvxyzbd“”", 500),
    **dict.fromkeys("FJPSELTZ", 645),
    **dict.fromkeys("ABCRVXYUDGHKNOQwđ", 725),
    **dict.fromkeys("mM–%", 860),
    **dict.fromkeys("W—…", 980),
    "đ": 500,
    "Đ": 725,
}
_USUAL = 560
# shorter texts with a digit are numbers, dates, shares: they stay on one line
_WHOLE = 12
_SMALLEST = 7.0
_HEAD_LINES = 3.5  # full lines; words leave gaps at their ends
_SHORT_LABEL = 3  # "TT"


@dataclass(frozen=True)
class Fit:
    """How a table fits.

    Attributes:
        widths: Of the columns, millimetres.
        size: Of the type, points.
    """

    widths: tuple[float, ...]
    size: float


@lru_cache(maxsize=4096)
def _units(text: str) -> int:
    plain = unicodedata.normalize("NFD", text)
    return sum(_WIDTHS.get(char, _USUAL) for char in plain if unicodedata.category(char) != "Mn")


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Millimetres that a line of text takes, about 3% more than it needs.

    Args:
        text: Without line breaks.
        size: In points.
        bold: Whether it is bold.
    """
    factor = _BOLD if bold else 1.0
    return _units(text) / 1000 * size * _MM_PER_POINT * factor * _SPARE


def fit(table: Table, total: float, size: float) -> Fit:
    """Widths that add up to ``total`` and the largest type, at most ``size``, that fits.

    Args:
        table: The table.
        total: Millimetres.
        size: Points to start from.
    """
    while True:
        least = _least(table, size)
        if sum(least) <= total or size <= _SMALLEST:
            break
        size -= 0.5
    roomy = _roomy(table, least, size)
    if sum(roomy) <= total:
        least = roomy
    if sum(least) > total:
        return Fit(tuple(width * total / sum(least) for width in least), size)
    return Fit(tuple(_spread(least, _wishes(table, size), total)), size)


def _least(table: Table, size: float) -> list[float]:
    """What each column needs so that its longest word stays whole."""
    words = [max(_words(column.label, size, True), default=0.0) for column in table.columns]
    for n, number in enumerate(numbering(table.columns) if table.numbering else []):
        words[n] = max(words[n], text_width(number, min(size, 9)) if len(number) < 5 else 0)
    for row in table.rows:
        if len(row.cells) == len(table.columns):
            for n, run in enumerate(row.cells):
                bold = row.strong or run.bold
                words[n] = max(words[n], *_words(run.text, size, bold), 0.0)
    needed = [word + 2 * CELL_PADDING_MM for word in words]
    return _under_groups(table.columns, needed, size)


def _roomy(table: Table, least: list[float], size: float) -> list[float]:
    """What each column needs so that its heading takes few lines."""
    labels = [text_width(column.label, size, bold=True) for column in table.columns]
    return [
        max(width, label / _HEAD_LINES + 2 * CELL_PADDING_MM)
        for width, label in zip(least, labels, strict=True)
    ]


def _under_groups(columns: tuple[Column, ...], needed: list[float], size: float) -> list[float]:
    """A heading over several columns needs its longest word too."""
    widths = list(needed)
    for cell in head_cells(columns):
        mine = range(cell.column, cell.column + cell.columns)
        wanted = max(_words(cell.text, size, True), default=0.0) + 2 * CELL_PADDING_MM
        lacking = wanted - sum(widths[n] for n in mine)
        if lacking > 0:
            for n in mine:
                widths[n] += lacking / cell.columns
    return widths


def _words(text: str, size: float, bold: bool) -> list[float]:
    if len(text) <= _WHOLE and re.search(r"\d", text):
        return [text_width(text, size, bold=bold)]
    return [text_width(word, size, bold=bold) for word in text.split()]


def _wishes(table: Table, size: float) -> list[float]:
    """Relative widths: the caller's, or by what stands in the columns."""
    given = [column.width for column in table.columns]
    if len(set(given)) > 1:
        return given
    wishes = []
    for n, column in enumerate(table.columns):
        texts = [row.cells[n].text for row in table.rows if len(row.cells) == len(given)]
        longest = max([text_width(text, size) for text in texts], default=0.0)
        if len(column.label) <= _SHORT_LABEL:
            wishes.append(4.0)
            continue
        floor = 10.0 if column.align == "right" else 16.0
        wishes.append(max(floor, min(longest + 3, 50.0), text_width(column.label, size) / 2))
    return wishes


def _spread(least: list[float], wishes: list[float], total: float) -> list[float]:
    """max(least, times × wish), with the ``times`` that fills the total."""
    low, high = 0.0, total / min(wishes)
    for _ in range(60):
        times = (low + high) / 2
        if sum(max(a, times * b) for a, b in zip(least, wishes, strict=True)) > total:
            high = times
        else:
            low = times
    widths = [max(a, low * b) for a, b in zip(least, wishes, strict=True)]
    spare = (total - sum(widths)) / len(widths)
    return [width + spare for width in widths]
