"""What every format is read into: the cells of a file, its sheets and what it says of itself.

Belongs here: the one shape all readers give. Does not belong here: reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from pipelines.intake.cell_table import CellTable, objects


@dataclass(frozen=True)
class SheetInfo:
    """A sheet.

    Attributes:
        state: ``visible``, ``hidden`` or ``veryHidden``.
        cells: Cells with content, counted independently of what read their values.
        merged: Merged ranges such as ``A1:C2``.
    """

    name: str
    state: str
    cells: int
    merged: tuple[str, ...] = ()


@dataclass(frozen=True)
class Book:
    """A file that was read.

    Attributes:
        table: One row per cell with content, columns ``cells.COLUMNS``.
        sheets: In order, hidden ones too, empty ones too.
        names: Defined names that are text constants.
        container: ``xlsx``, ``xls``, ``xlsb``, ``ods``, ``csv``, ``html`` or ``docx``.
        notes: What the reader had to do or leave, in Vietnamese.
    """

    table: CellTable
    sheets: tuple[SheetInfo, ...]
    names: dict[str, str]
    container: str
    notes: tuple[str, ...] = ()

    def renamed(self, names: Mapping[str, str]) -> Book:
        """The same file with other names for some of its sheets."""
        if not names:
            return self
        said = objects([names.get(name, name) for name in self.table["sheet"].tolist()])
        sheets = (replace(sheet, name=names.get(sheet.name, sheet.name)) for sheet in self.sheets)
        table = CellTable({**self.table.columns, "sheet": said})
        return replace(self, table=table, sheets=tuple(sheets))

    @cached_property
    def cells(self) -> pd.DataFrame:
        """The table as a frame."""
        return self.table.frame()
