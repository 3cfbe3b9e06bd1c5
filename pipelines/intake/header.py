"""The header block that people see: labels at the top of a sheet and what stands beside them.

Belongs here: cells → what the visible header says, as text with an address. Does not belong here:
what that means and whether it agrees with the file's codes (``identify``).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from pipelines.intake.cell_table import Cells
from pipelines.vietnamese.text import fold, normalise

_LABELS = {
    "don vi": "unit",
    "ten don vi": "unit",
    "don vi bao cao": "unit",
    "don vi gui": "unit",
    "ky bao cao": "period",
    "ky": "period",
    "vong": "round",
    "vong bao cao": "round",
    "so lieu tinh den ngay": "data_to",
    "so lieu den ngay": "data_to",
    "mau bieu": "form",
    "bieu mau": "form",
}
# a header stands above the table; further down the same words are content
_LAST_ROW = 20
# the number of a form stands above its title, without a label
_NUMBER = re.compile(r"(?:Biểu|BIỂU)(?: (?:mẫu|số|MẪU|SỐ))* \d{2}-\w+")
_LAST_TITLE_ROW = 3
_SAYS_SOMETHING = re.compile(r"[0-9A-Za-zÀ-ỹ]")


@dataclass(frozen=True)
class HeaderFact:
    """One thing the visible header says.

    Attributes:
        fact: ``unit``, ``period``, ``round``, ``data_to`` or ``form``; ``number`` is the number
            of the form in its title ("Biểu 01-XA").
        text: What stands beside the label.
        number: The same as a number where the cell holds one (a serial day).
        sheet: The sheet.
        cell: Address of the value.
    """

    fact: str
    text: str
    number: float | None
    sheet: str
    cell: str


def header_facts(cells: Cells | None) -> list[HeaderFact]:
    """What the headers of all sheets say, in the order of the file.

    Args:
        cells: Cells of a workbook (sheet, row, column, cell, text, number); None when they are
            not known.

    Returns:
        The facts; a label with nothing beside it gives none.
    """
    if cells is None or not len(cells):
        return []
    top = np.flatnonzero(np.asarray(cells["row"]) <= _LAST_ROW)
    names = ("sheet", "row", "column", "cell", "text", "number")
    # plain lists: a header is a few dozen cells, for which a frame costs more than it saves
    columns = (np.asarray(cells[n])[top].tolist() for n in names)
    listed = [_Cell(*values) for values in zip(*columns, strict=True)]
    rows: dict[tuple[str, int], list[_Cell]] = {}
    for cell in listed:
        rows.setdefault((cell.sheet, cell.row), []).append(cell)
    labelled = [row for row in rows.values() if any(":" in cell.said for cell in row)]
    numbers = [fact for cell in listed if (fact := _number(cell)) is not None]
    return [*(fact for row in labelled for fact in _facts_of_row(row)), *numbers]


class _Cell(NamedTuple):
    sheet: str
    row: int
    column: int
    cell: str
    text: object
    number: float

    @property
    def said(self) -> str:
        return self.text if isinstance(self.text, str) else ""


def _number(cell: _Cell) -> HeaderFact | None:
    if cell.row > _LAST_TITLE_ROW or not cell.said:
        return None
    text = normalise(cell.said)
    return (
        HeaderFact("number", text, None, cell.sheet, cell.cell) if _NUMBER.fullmatch(text) else None
    )


def _facts_of_row(row: list[_Cell]) -> Iterator[HeaderFact]:
    waiting: str | None = None
    for cell in sorted(row, key=lambda each: each.column):
        text = normalise(cell.said)
        label, colon, rest = text.partition(":")
        fact = _LABELS.get(fold(label)) if colon else None
        if fact is not None:
            waiting = fact
            text = rest.strip()
            if not text:
                continue
        if waiting is not None:
            made = _fact(waiting, text, cell)
            waiting = None
            if made is not None:
                yield made


def _fact(fact: str, text: str, cell: _Cell) -> HeaderFact | None:
    number = None if text or math.isnan(cell.number) else float(cell.number)
    if number is None and not _SAYS_SOMETHING.search(text):
        return None
    return HeaderFact(fact, text or f"{number:g}", number, cell.sheet, cell.cell)
