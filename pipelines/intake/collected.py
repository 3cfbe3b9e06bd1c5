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
_SAID = ("found", "expected", "proposed", "why")
_NOTES_SHOWN = 12
_CELLS_SHOWN = 5


@dataclass
class FileReading:
    """What a file holds, or why it could not be read.

    Attributes:
        listed: Rows by name of the frame they belong to (``accounts``, ``entries``, …): plain
            rows are sent between processes and joined for a batch faster than frames are.
        rows: Register rows by register.
        independent: Cells with content by sheet, as the scan counted them.
    """

    identity: Identity | None = None
    unreadable: UnreadableWorkbook | None = None
    reader_note: str | None = None
    listed: dict[str, Rows] = field(default_factory=dict)
    rows: dict[str, pd.DataFrame] = field(default_factory=dict)
    independent: dict[str, int] = field(default_factory=dict)

    def frame(self, name: str) -> pd.DataFrame:
        """Listed rows as a frame."""
        return pd.DataFrame(self.listed.get(name, []))

    @property
    def accounts(self) -> pd.DataFrame:
        """Cells per sheet and fate."""
        return self.frame("accounts")

    @property
    def quarantine(self) -> pd.DataFrame:
        """Cells put aside."""
        return self.frame("quarantine")

    @property
    def entries(self) -> pd.DataFrame:
        """Typed cells."""
        return self.frame("entries")

    @property
    def letters(self) -> pd.DataFrame:
        """Where register columns stand."""
        return self.frame("letters")

    @property
    def faults(self) -> pd.DataFrame:
        """What was seen wrong."""
        return self.frame("faults")

    @property
    def quotes(self) -> pd.DataFrame:
        """Texts kept as written."""
        return self.frame("quotes")


@dataclass
class Collected:
    """Rows gathered while going through the sheets."""

    fates: Counter[tuple[str, str]] = field(default_factory=Counter)
    quarantine: Rows = field(default_factory=list)
    entries: Rows = field(default_factory=list)
    letters: Rows = field(default_factory=list)
    faults: Rows = field(default_factory=list)
    quotes: Rows = field(default_factory=list)
    rows: dict[str, pd.DataFrame] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def fault(self, sheet: str | None, cell: str | None, operator: str, **more: object) -> None:
        """Note something wrong; ``more`` are further columns of the faults.

        Whatever may repeat a cell is told with persons masked: findings are kept and sent around.
        """
        for name in _SAID:
            said = more.get(name)
            if isinstance(said, str):
                more[name] = mask_personal(said)
        base = dict.fromkeys(("unit_id", "element", "found", "expected", "proposed", "why"))
        self.faults.append(base | {"sheet": sheet, "cell": cell, "operator": operator} | more)

    def hold(
        self, sheet: str, cell: str, text: str | None, reason: str, proposed: str | None = None
    ) -> None:
        """Put a cell's content aside, persons masked."""
        said = {"text": text, "reason": reason, "proposed": proposed}
        masked = {name: mask_personal(told) if told else told for name, told in said.items()}
        self.quarantine.append({"sheet": sheet, "cell": cell, **masked})

    def quote(self, sheet: str, cell: str, unit_id: str | None, text: str) -> None:
        """Keep a text as it was written, persons masked."""
        masked = mask_personal(text)
        row = {"sheet": sheet, "cell": cell, "unit_id": unit_id, "text": masked}
        self.quotes.append(row)

    def place(self, register_id: str, sheet: str, column: str, letter: str) -> None:
        """Note where a register column stands."""
        said = {"register_id": register_id, "sheet": sheet, "column": column, "letter": letter}
        self.letters.append(dict[str, object](said))

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

    def listed(self) -> dict[str, Rows]:
        """All rows, the cells per sheet and fate among them."""
        fates = sorted(self.fates.items())
        return {
            "accounts": [{"sheet": s, "fate": f, "cells": n} for (s, f), n in fates],
            "quarantine": self.quarantine,
            "entries": self.entries,
            "letters": self.letters,
            "faults": self.faults,
            "quotes": self.quotes,
        }

    def reader_note(self, more: Iterable[str] = ()) -> str | None:
        """How the file had to be read; None when as expected."""
        said = list(dict.fromkeys([*more, *self.notes]))
        rest = len(said) - _NOTES_SHOWN
        tail = [f"và {rest} ghi chú khác."] if rest > 0 else []
        return mask_personal(" ".join([*said[:_NOTES_SHOWN], *tail])) or None


def some(cells: Iterable[str]) -> str:
    """A few addresses, and how many more there are."""
    every = list(cells)
    rest = len(every) - _CELLS_SHOWN
    return ", ".join(every[:_CELLS_SHOWN]) + (f" và {rest} ô khác" if rest > 0 else "")
