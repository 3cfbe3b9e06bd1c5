"""Columns that a register sheet has beyond its own: notes, ordinals, persons, whatever else.

Belongs here: what becomes of each such column, with one finding for the column.
Does not belong here: the register's own columns (``register_sheet``).
"""

from __future__ import annotations

import numpy as np

from pipelines.intake import privacy
from pipelines.intake.collected import STRAY_REASON, Collected, some
from pipelines.intake.container import letters
from pipelines.intake.layout import NOTE_HEADER
from pipelines.intake.register_sheet import RegisterReading
from pipelines.intake.sheet_cells import STRAY, SheetCells
from pipelines.intake.values import shown
from pipelines.vietnamese import text as words

_ORDINALS = frozenset({"tt", "stt", "so tt", "so thu tu"})


def take_extra_columns(cells: SheetCells, reading: RegisterReading, out: Collected) -> None:
    """Give the cells of columns that are no part of the register their fates.

    A column of personal data is withheld: its content goes nowhere. Notes are quoted. Any other
    column is quarantined cell by cell, and is one finding.
    """
    body = reading.body[cells.fate[reading.body] == STRAY]
    columns = cells.table["column"][body]
    for column in np.unique(columns).tolist():
        part = body[columns == column].tolist()
        header = _header(cells, column, reading.top)
        key = words.fold(header)
        if header and privacy.is_personal_header(header):
            cells.give(part, "withheld")
            _say(cells, column, header, part, out, ", là thông tin cá nhân, không được lưu")
        elif key == NOTE_HEADER:
            cells.give(part, "register")
            _quote(cells, part, out)
        elif key in _ORDINALS:
            cells.give(part, "label")
        else:
            cells.give(part, "quarantined")
            for i in part:
                out.hold(cells.name, cells.cell[i], shown(cells.content_at(i)), STRAY_REASON)
            _say(cells, column, header, part, out)


def _header(cells: SheetCells, column: int, top: int) -> str:
    """The nearest text above the first event."""
    texts = [
        cells.text[cells.at[row, column]]
        for row in range(max(1, top - 2), top + 1)
        if (row, column) in cells.at
    ]
    return words.normalise(next((text for text in reversed(texts) if text), ""))


def _say(
    cells: SheetCells, column: int, header: str, part: list[int], out: Collected, more: str = ""
) -> None:
    name = f'cột "{header}"' if header else f"cột {letters(column)}"
    if len(part) == 1 and not header:
        text = shown(cells.content_at(part[0]))
        name = words.mask_personal(text) if text else name
    else:
        name = f"{name} ({some(cells.cell[i] for i in part)}){more}"
    expected = None
    if header:
        expected = "các cột của biểu; ghi chú thì ghi ở cột có tên Ghi chú"
    out.fault(cells.name, cells.cell[part[0]], "on_form", found=name, expected=expected)


def _quote(cells: SheetCells, part: list[int], out: Collected) -> None:
    for i in part:
        text = shown(cells.content_at(i))
        if text:
            out.quote(cells.name, cells.cell[i], None, words.normalise(text))
