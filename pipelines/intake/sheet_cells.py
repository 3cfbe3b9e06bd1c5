"""The cells of one sheet as plain lists, looked up by place; a fate per cell.

A form's sheet has a hundred cells: lists and dictionaries read it faster than frames do.

Belongs here: looking a cell up, its keys for matching, the fates given so far.
Does not belong here: what the cells mean (``layout``), values (``values``).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise

import numpy as np

from pipelines.intake.cell_table import Cells, CellTable, table_of
from pipelines.intake.values import BLANK, Content
from pipelines.vietnamese import text as words
from pipelines.vietnamese.remembering import of_short_texts

# no header, code or total is longer; whole sentences need no key
LONGEST_KEY = 60
LONGEST_CODE = 24
STRAY = "stray"


class SheetCells:
    """Cells of one sheet.

    Attributes:
        name: The sheet's name.
        table: Its cells, in row order.
        fate: Fate per cell by position; ``stray`` until somebody claims the cell.
    """

    def __init__(self, name: str, cells: Cells) -> None:
        self.name = name
        self.table = table_of(cells)
        self.fate = np.full(len(self.table), STRAY, dtype=object)
        self._keys: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self.fate)

    @cached_property
    def row(self) -> list[int]:
        """Sheet rows, 1-based."""
        return self.table["row"].tolist()

    @cached_property
    def column(self) -> list[int]:
        """Sheet columns, 1-based."""
        return self.table["column"].tolist()

    @cached_property
    def cell(self) -> list[str]:
        """Addresses."""
        return self.table["cell"].tolist()

    @cached_property
    def kind(self) -> list[str]:
        """Kinds of content."""
        return self.table["kind"].tolist()

    @cached_property
    def text(self) -> list[str | None]:
        """Texts; None where there is none."""
        return self.table["text"].tolist()

    @cached_property
    def at(self) -> dict[tuple[int, int], int]:
        """Position by ``(row, column)``."""
        places = zip(self.row, self.column, strict=True)
        return {place: i for i, place in enumerate(places)}

    @cached_property
    def by_row(self) -> dict[int, list[int]]:
        """Positions by row, rows and cells in order."""
        found: dict[int, list[int]] = {}
        for i, row in enumerate(self.row):
            found.setdefault(row, []).append(i)
        return {row: found[row] for row in sorted(found)}

    @cached_property
    def raw(self) -> list[tuple[str, str | None, float | None, str | None]]:
        """Kind, text, number and number format: what tells one content from another."""
        numbers = [None if math.isnan(n) else n for n in self.table["number"].tolist()]
        return list(zip(self.kind, self.text, numbers, self._formats, strict=True))

    @cached_property
    def _formats(self) -> list[str | None]:
        if "number_format" not in self.table:
            return [None] * len(self)
        return self.table["number_format"].tolist()

    @cached_property
    def hidden(self) -> list[bool]:
        """Whether the cell's row, column or sheet is hidden."""
        if "is_hidden" not in self.table:
            return [False] * len(self)
        return self.table["is_hidden"].tolist()

    def content(self, place: tuple[int, int]) -> Content:
        """What stands at ``(row, column)``."""
        i = self.at.get(place)
        return BLANK if i is None else self.content_at(i)

    def content_at(self, i: int) -> Content:
        """What stands at a position."""
        return Content(*self.raw[i])

    def same(self, i: int, j: int | None) -> bool:
        """Whether two cells hold the same, however they show it."""
        return j is not None and self.raw[i][:3] == self.raw[j][:3]

    def key(self, i: int) -> str:
        """The cell's text folded for matching; "" for numbers and for whole sentences."""
        if i not in self._keys:
            text = self.text[i]
            short = text is not None and len(text) <= LONGEST_KEY
            self._keys[i] = words.fold(text) if text is not None and short else ""
        return self._keys[i]

    def code(self, i: int) -> str:
        """The cell's text as a code would be written: normalised, in capitals."""
        text = self.text[i]
        if text is None or len(text) > LONGEST_CODE:
            return ""
        return _code(text)

    def give(self, positions: list[int], fate: str) -> None:
        """Give cells a fate."""
        self.fate[positions] = fate

    def strays(self) -> list[int]:
        """Positions that nobody has claimed."""
        return np.flatnonzero(self.fate == STRAY).tolist()


@of_short_texts
def _code(text: str) -> str:
    return words.normalise(text).upper()


def by_sheet(cells: CellTable) -> Iterator[SheetCells]:
    """The sheets of a book that have cells, in order.

    Args:
        cells: Cells of all sheets, in sheet and row order.
    """
    names = cells["sheet"]
    if len(names) == 0:
        return
    starts = [0, *(np.flatnonzero(names[1:] != names[:-1]) + 1).tolist(), len(names)]
    for first, last in pairwise(starts):
        yield SheetCells(str(names[first]), cells.part(first, last))
