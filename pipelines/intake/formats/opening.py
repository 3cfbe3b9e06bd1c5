"""The door: any file a sender may send → its cells, or a refusal in words.

Belongs here: recognising a file by its content and giving it to its reader.
Does not belong here: reading a format (its own module), what the cells mean (``sheets``).
"""

from __future__ import annotations

from pipelines.intake.cells import CellRead, read_cells
from pipelines.intake.container import Container, scan_container
from pipelines.intake.formats.book import Book, SheetInfo
from pipelines.intake.refusal import Limits

MACROS_NOTE = "Sổ có macro; macro không được chạy."


def open_book(data: bytes, limits: Limits | None = None) -> Book:
    """Read a file to its cells.

    Args:
        data: The file's bytes.
        limits: Weights allowed.

    Raises:
        UnreadableWorkbook: Nothing that can be read as a form, with the reason and what to do.
    """
    limits = limits or Limits()
    scan = scan_container(data, limits)
    return _audited(scan, read_cells(data, scan), "xlsx")


def _audited(scan: Container, read: CellRead, container: str) -> Book:
    """Values of one reader, counted by another."""
    notes = [MACROS_NOTE] if scan.has_macros else []
    if read.fallbacks:
        notes.append(f"Đọc bằng bộ đọc dự phòng: {', '.join(sorted(read.fallbacks))}.")
    sheets = (SheetInfo(s.name, s.state, s.cells, s.merged) for s in scan.sheets)
    return Book(read.frame, tuple(sheets), scan.defined_names, container, tuple(notes))
