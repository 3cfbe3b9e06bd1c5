"""Cells of a file column by column, as light as a reader finds them.

A frame of text columns costs as much as reading a small workbook; most files are read to the end
without one. A table and a frame of cells are both asked by column name.

Belongs here: holding cells, parts of them, making frames. Does not belong here: reading
(``cells``, ``formats``), looking cells up (``sheet_cells``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

# columns of text; where there is none, None in a table and missing in a frame
TEXTS = ("sheet", "cell", "kind", "text", "number_format", "font")


@dataclass(frozen=True)
class CellTable:
    """Cells in sheet and row order.

    Attributes:
        columns: By the names of ``cells.COLUMNS``, one entry per cell each.
    """

    columns: Mapping[str, np.ndarray]

    def __getitem__(self, name: str) -> np.ndarray:
        return self.columns[name]

    def __contains__(self, name: object) -> bool:
        return name in self.columns

    def __len__(self) -> int:
        return len(self.columns["row"])

    def part(self, first: int, last: int) -> CellTable:
        """The cells from one position up to another."""
        return CellTable({name: values[first:last] for name, values in self.columns.items()})

    def with_texts(self, texts: list[str | None]) -> CellTable:
        """The same cells with other texts."""
        return CellTable({**self.columns, "text": objects(texts)})

    def frame(self) -> pd.DataFrame:
        """The cells as a frame of str, int64, float64 and bool columns."""
        return pd.DataFrame(
            {
                name: pd.Series(values.tolist(), dtype="str") if name in TEXTS else values
                for name, values in self.columns.items()
            }
        )


Cells = CellTable | pd.DataFrame


def objects(values: list[str | None] | list[str]) -> np.ndarray:
    """Texts as an array of themselves."""
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found


def table_of(cells: Cells) -> CellTable:
    """Any cells as a table; a frame may lack columns."""
    if isinstance(cells, CellTable):
        return cells
    columns = {str(name): cells[name].to_numpy() for name in cells.columns}
    for name in TEXTS:
        if name in columns:
            columns[name] = objects([t if isinstance(t, str) else None for t in cells[name]])
    return CellTable(columns)
