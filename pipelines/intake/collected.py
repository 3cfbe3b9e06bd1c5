"""What a file holds, gathered while going through its sheets.

Belongs here: the shape of a reading, notes of faults, quarantine and fates.
Does not belong here: going through sheets (``sheets``), what a sheet means (``value_sheet``, …).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

from pipelines.intake.identify import Identity
from pipelines.intake.refusal import UnreadableWorkbook
from pipelines.intake.sheet_cells import SheetCells
from pipelines.intake.values import shown
from pipelines.vietnamese.text import mask_personal

STRAY_REASON = "Nội dung nằm ngoài các ô của biểu."
Rows = list[dict[str, object]]
_NOTES_SHOWN = 12
_CELLS_SHOWN = 5


@dataclass
class FileReading:
    """What a file holds, or why it could not be read."""

    identity: Identity | None = None
    unreadable: UnreadableWorkbook | None = None
    reader_note: str | None = None
    accounts: pd.DataFrame = field(default_factory=pd.DataFrame)
    quarantine: pd.DataFrame = field(default_factory=pd.DataFrame)
    entries: pd.DataFrame = field(default_factory=pd.DataFrame)
    letters: pd.DataFrame = field(default_factory=pd.DataFrame)
    faults: pd.DataFrame = field(default_factory=pd.DataFrame)
    quotes: pd.DataFrame = field(default_factory=pd.DataFrame)
    rows: dict[str, pd.DataFrame] = field(default_factory=dict)
    independent: dict[str, int] = field(default_factory=dict)


@dataclass
class Collected:
    """Rows gathered while going through the sheets."""

    fates: Counter[tuple[str, str]] = field(default_factory=Counter)
    quarantine: Rows = field(default_factory=list)
    entries: Rows = field(default_factory=list)
    letters: list[dict[str, str]] = field(default_factory=list)
    faults: Rows = field(default_factory=list)
    quotes: Rows = field(default_factory=list)
    rows: dict[str, pd.DataFrame] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def fault(self, sheet: str | None, cell: str | None, operator: str, **more: object) -> None:
        """Note something wrong; ``more`` are further columns of the faults.

        What was found is told with personal numbers masked: findings are kept and sent around.
        """
        found = more.get("found")
        if isinstance(found, str):
            more["found"] = mask_personal(found)
        base = dict.fromkeys(("unit_id", "element", "found", "expected", "proposed", "why"))
        self.faults.append(base | {"sheet": sheet, "cell": cell, "operator": operator} | more)

    def hold(
        self, sheet: str, cell: str, text: str | None, reason: str, proposed: str | None = None
    ) -> None:
        """Put a cell's content aside, personal numbers masked."""
        masked = mask_personal(text) if text else text
        self.quarantine.append(
            {
                "sheet": sheet,
                "cell": cell,
                "text": masked,
                "reason": reason,
                "proposed": proposed,
            }
        )

    def quote(self, sheet: str, cell: str, unit_id: str | None, text: str) -> None:
        """Keep a text as it was written, personal numbers masked."""
        masked = mask_personal(text)
        row = {"sheet": sheet, "cell": cell, "unit_id": unit_id, "text": masked}
        self.quotes.append(row)

    def count(self, sheet: str, fates: Iterable[str]) -> None:
        """Enter the fates of a sheet's cells into the accounts."""
        for fate, cells in Counter(fates).items():
            self.fates[sheet, fate] += cells

    def close(self, cells: SheetCells) -> None:
        """End a sheet: what nobody claimed is quarantined, with an address and a finding."""
        for i in cells.strays():
            self.stray(cells, i)
        self.count(cells.name, cells.fate.tolist())

    def stray(self, cells: SheetCells, i: int) -> None:
        """Quarantine a cell that lies outside the form."""
        text = shown(cells.content_at(i))
        self.hold(cells.name, cells.cell[i], text, STRAY_REASON)
        found = mask_personal(text) if text else text
        self.fault(cells.name, cells.cell[i], "on_form", found=found)
        cells.fate[i] = "quarantined"

    def accounts(self) -> pd.DataFrame:
        """Cells per sheet and fate."""
        return pd.DataFrame(
            [{"sheet": s, "fate": f, "cells": n} for (s, f), n in sorted(self.fates.items())]
        )

    def reader_note(self, more: Iterable[str] = ()) -> str | None:
        """How the file had to be read; None when as expected."""
        said = list(dict.fromkeys([*more, *self.notes]))
        rest = len(said) - _NOTES_SHOWN
        tail = [f"và {rest} ghi chú khác."] if rest > 0 else []
        return " ".join([*said[:_NOTES_SHOWN], *tail]) or None


def some(cells: Iterable[str]) -> str:
    """A few addresses, and how many more there are."""
    every = list(cells)
    rest = len(every) - _CELLS_SHOWN
    return ", ".join(every[:_CELLS_SHOWN]) + (f" và {rest} ô khác" if rest > 0 else "")
