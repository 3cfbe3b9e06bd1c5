"""The door: any file a sender may send → its cells, or a refusal in words.

Belongs here: recognising a file by its content and giving it to its reader.
Does not belong here: reading a format (its own module), what the cells mean (``sheets``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pipelines.intake.cells import CellRead, read_cells
from pipelines.intake.container import Container, read_names, scan_container
from pipelines.intake.formats.book import Book, SheetInfo
from pipelines.intake.formats.delimited import read_delimited
from pipelines.intake.formats.docx import read_docx
from pipelines.intake.formats.html import read_html
from pipelines.intake.formats.ods import read_by_scan, read_ods_names, scan_ods
from pipelines.intake.formats.sniffing import container_of, extension_note
from pipelines.intake.formats.xls import read_by_xlrd, read_xls_names, scan_xls, states_true_extents
from pipelines.intake.formats.xlsb import no_fallback, read_xlsb_names, scan_xlsb
from pipelines.intake.refusal import Limits

MACROS_NOTE = "Tệp có macro (không được chạy)."


def open_book(data: bytes, limits: Limits | None = None, *, name: str = "") -> Book:
    """Read a file to its cells.

    Args:
        data: The file's bytes.
        limits: Weights allowed.
        name: The file's name, to say where its ending promises something else.

    Raises:
        UnreadableWorkbook: Nothing that can be read as a form, with the reason and what to do.
    """
    limits = limits or Limits()
    container = container_of(data, limits)
    book = _READERS[container](data, limits)
    ending = extension_note(name, container)
    return book if ending is None else replace(book, notes=(ending, *book.notes))


def counts_of(data: bytes) -> dict[str, int]:
    """Cells with content of each sheet, counted without the reader that gives their values.

    Raises:
        UnreadableWorkbook: As ``open_book``.
    """
    limits = Limits()
    container = container_of(data, limits)
    scan = _SCANS.get(container)
    sheets = scan(data, limits).sheets if scan else _READERS[container](data, limits).sheets
    return {sheet.name: sheet.cells for sheet in sheets}


def names_of(data: bytes) -> dict[str, str]:
    """What a file says of itself in its defined names; cheap, no sheet is looked at.

    Raises:
        UnreadableWorkbook: As ``open_book``.
    """
    reader = _NAMES.get(container_of(data, Limits()))
    return {} if reader is None else reader(data)


def _read_xlsx(data: bytes, limits: Limits) -> Book:
    scan = scan_container(data, limits)
    return _audited(scan, read_cells(data, scan), "xlsx")


def _read_xls(data: bytes, limits: Limits) -> Book:
    scan = scan_xls(data, limits)
    believed = states_true_extents(data, limits)
    read = read_cells(data, scan, read_by_xlrd, is_fast_safe=believed)
    return _audited(scan, read, "xls")


def _read_ods(data: bytes, limits: Limits) -> Book:
    scan = scan_ods(data, limits)
    return _audited(scan, read_cells(data, scan, read_by_scan), "ods")


def _read_xlsb(data: bytes, limits: Limits) -> Book:
    scan = scan_xlsb(data, limits)
    return _audited(scan, read_cells(data, scan, no_fallback), "xlsb")


def _audited(scan: Container, read: CellRead, container: str) -> Book:
    """Values of one reader, counted by another."""
    notes = [MACROS_NOTE] if scan.has_macros else []
    if read.fallbacks:
        notes.append(f"Đọc bằng bộ đọc dự phòng: {', '.join(sorted(read.fallbacks))}.")
    sheets = (SheetInfo(s.name, s.state, s.cells, s.merged) for s in scan.sheets)
    return Book(read.table, tuple(sheets), scan.defined_names, container, tuple(notes))


_READERS: dict[str, Callable[[bytes, Limits], Book]] = {
    "xlsx": _read_xlsx,
    "xls": _read_xls,
    "xlsb": _read_xlsb,
    "ods": _read_ods,
    "csv": read_delimited,
    "html": read_html,
    "docx": read_docx,
}
_SCANS: dict[str, Callable[[bytes, Limits], Container]] = {
    "xlsx": scan_container,
    "xls": scan_xls,
    "xlsb": scan_xlsb,
    "ods": scan_ods,
}
_NAMES: dict[str, Callable[[bytes], dict[str, str]]] = {
    "xlsx": read_names,
    "xls": read_xls_names,
    "xlsb": read_xlsb_names,
    "ods": read_ods_names,
}
