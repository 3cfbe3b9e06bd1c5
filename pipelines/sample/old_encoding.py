"""Free text of a workbook as a machine of the nineties would have typed it: TCVN3, font .VnTime.

Belongs here: a finished workbook → the same with its free text in the old encoding.
Does not belong here: reading such text (``vietnamese.encodings``, ``intake``).
"""

from __future__ import annotations

import io
import re

import openpyxl
from openpyxl.cell.cell import Cell
from openpyxl.styles import Font, Protection

from pipelines.catalogue.stamping import workbook_bytes
from pipelines.vietnamese.encodings import TCVN3

_FONT = ".VnTime"
_BYTES = {letter: byte for byte, letter in TCVN3.items()}
_VIETNAMESE = re.compile(r"[^\x00-\x7f]")


def in_old_encoding(data: bytes) -> bytes:
    """Write the free text that was entered in TCVN3.

    Args:
        data: A workbook made from a form.

    Returns:
        The workbook, its unlocked text cells re-encoded where every letter has a byte; equal
        arguments give equal bytes.
    """
    book = openpyxl.load_workbook(io.BytesIO(data))
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell, Cell) and _is_free_text(cell):
                    cell.value = "".join(_BYTES.get(char, char) for char in str(cell.value))
                    cell.font = Font(name=_FONT, size=cell.font.size)
    return workbook_bytes(book, [])


def _is_free_text(cell: Cell) -> bool:
    """Whether a cell holds entered text with Vietnamese letters that all have a byte."""
    is_open = cell.protection == Protection(locked=False)
    if not is_open or not isinstance(cell.value, str):
        return False
    letters = _VIETNAMESE.findall(cell.value)
    return bool(letters) and all(letter in _BYTES for letter in letters)
