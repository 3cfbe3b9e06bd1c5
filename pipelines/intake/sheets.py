"""One file read to the end: every cell of every sheet gets exactly one fate.

Belongs here: going through the sheets of a file and collecting what they hold.
Does not belong here: formats (``formats``), encodings (``decoding``), how a kind of sheet is laid
out (``single_layout``, ``grid_layout``, ``register_sheet``, ``mapping``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipelines.catalogue.model import Catalogue, Form, FormSheet
from pipelines.intake import decoding, privacy
from pipelines.intake.collected import Collected, FileReading
from pipelines.intake.decisions import Confirmed, Meaning
from pipelines.intake.extra_columns import take_extra_columns
from pipelines.intake.formats.opening import open_book
from pipelines.intake.furniture import FURNITURE, take_furniture
from pipelines.intake.grid_layout import lay_out_grid
from pipelines.intake.identify import Identity, identify
from pipelines.intake.refusal import UnreadableWorkbook
from pipelines.intake.register_sheet import RegisterReading, read_register
from pipelines.intake.sheet_cells import SheetCells, by_sheet
from pipelines.intake.sheet_choice import Choice, choose
from pipelines.intake.single_layout import lay_out_single
from pipelines.intake.value_sheet import LAID_OUT, say_hidden, take_slots
from pipelines.places.naming import Directory

__all__ = ["FileReading", "read_file"]


@dataclass(frozen=True)
class _Asked:
    """What the sheets of a file are read for."""

    catalogue: Catalogue
    identity: Identity
    known_units: frozenset[str]
    meanings: tuple[Meaning, ...]

    def unit_of(self, text: str) -> str | None:
        """The unit that a text of a unit column names."""
        return text if text in self.known_units else None


def read_file(
    data: bytes,
    catalogue: Catalogue,
    *,
    provider: str | None,
    period: str | None,
    known_units: frozenset[str],
    directory: Directory | None = None,
    confirmed: Confirmed | None = None,
    meanings: tuple[Meaning, ...] = (),
    file_name: str | None = None,
) -> FileReading:
    """Read a file.

    Args:
        data: The file's bytes.
        catalogue: What is measured.
        provider: Sender on the receipt, None without one.
        period: Period of the folder, None without one.
        known_units: All unit ids.
        directory: All units under all their names; None to go by codes only.
        confirmed: Unit, period and form as a coordinator has confirmed them.
        meanings: What the provider means by signs that are no numbers.
        file_name: Name under which the file was sent.

    Returns:
        The reading; a file that cannot be read has ``unreadable`` set and nothing else.
    """
    try:
        book = open_book(data, name=file_name or "")
    except UnreadableWorkbook as refusal:
        return FileReading(unreadable=refusal)
    cells, decoded = decoding.decode(book.cells)
    secret = privacy.classified(cells)
    if secret is not None:
        return FileReading(unreadable=privacy.refusal(secret))
    identity = identify(
        book.names,
        cells,
        catalogue,
        provider=provider,
        period=period,
        known_units=known_units,
        directory=directory,
        confirmed=confirmed,
        file_name=file_name,
    )
    out = Collected()
    _say_identity(identity, out)
    pages = list(by_sheet(cells))
    _read_pages(pages, _Asked(catalogue, identity, known_units, meanings), out)
    return FileReading(
        identity=identity,
        reader_note=out.reader_note([*book.notes, *decoded]),
        accounts=out.accounts(),
        quarantine=pd.DataFrame(out.quarantine),
        entries=pd.DataFrame(out.entries),
        letters=pd.DataFrame(out.letters),
        faults=pd.DataFrame(out.faults),
        quotes=pd.DataFrame(out.quotes),
        rows=out.rows,
        independent={sheet.name: sheet.cells for sheet in book.sheets},
    )


def _say_identity(identity: Identity, out: Collected) -> None:
    if identity.problem is not None:
        more = {"found": identity.problem, "expected": identity.expected}
        out.fault(None, None, identity.operator, **more)
    for remark in identity.remarks:
        more = {"found": remark.found, "expected": remark.expected}
        out.fault(remark.sheet, remark.cell, remark.operator, **more)
    if identity.note is not None:
        out.notes.append(identity.note)


def _read_pages(pages: Sequence[SheetCells], asked: _Asked, out: Collected) -> None:
    """Give every cell of every page its fate."""
    form = asked.identity.form
    if asked.identity.problem is not None or form is None:
        # nothing of a file that is not what it says may be used, but every cell is accounted for
        for page in pages:
            page.fate[:] = FURNITURE.get(page.name, "ignored")
            out.close(page)
        return
    choice = choose(pages, form, asked.catalogue, frozenset(FURNITURE))
    out.notes += choice.notes
    for page in pages:
        _read_page(page, choice, form, asked, out)
        out.close(page)
    _absent_sheets(form, choice, asked.catalogue, out)
    if _says_nothing(out):
        expected = "ít nhất một số liệu (không phát sinh thì ghi 0)"
        out.fault(None, None, "identified", found="biểu chưa có số liệu nào", expected=expected)


def _says_nothing(out: Collected) -> bool:
    """A blank form must not displace a full one."""
    said = any(entry["state"] != "missing" for entry in out.entries)
    return not said and all(rows.empty for rows in out.rows.values())


def _absent_sheets(form: Form, choice: Choice, catalogue: Catalogue, out: Collected) -> None:
    there = [sheet.name for sheet in choice.sheets.values()]
    for sheet in form.sheets:
        if sheet.name not in there and not _is_optional(sheet, catalogue):
            more = {"found": f"thiếu trang {sheet.name}", "expected": f"trang {sheet.name}"}
            out.fault(sheet.name, None, LAID_OUT, **more)


def _is_optional(sheet: FormSheet, catalogue: Catalogue) -> bool:
    """A register that units keep themselves is absent when its page is, as when it has no row."""
    register = catalogue.registers.get(sheet.register_id or "")
    return register is not None and register.authority == "self"


def _read_page(page: SheetCells, choice: Choice, form: Form, asked: _Asked, out: Collected) -> None:
    sheet = choice.sheets.get(page.name)
    if sheet is not None and sheet.register_id is not None:
        _read_register_sheet(page, sheet, asked, out)
    elif sheet is not None:
        _read_value_sheet(page, form, sheet, asked, out)
    elif page.name in FURNITURE:
        take_furniture(page, asked.catalogue, form, asked.known_units)
    elif page.name in choice.copies:
        page.fate[:] = "ignored"
        _copied(page, *choice.copies[page.name], out)
    else:
        page.fate[:] = "ignored"
        hidden = ", đang ẩn" if all(page.hidden) else ""
        out.fault(page.name, None, "on_form", found=f"trang {page.name} ({len(page)} ô{hidden})")


def _copied(page: SheetCells, original: str, is_same: bool, out: Collected) -> None:
    if is_same:
        out.notes.append(f"Trang {page.name} giống hệt trang {original}, bỏ qua.")
    else:
        found = f"trang {page.name} và trang {original}"
        out.fault(page.name, None, "sheet_once", found=found, expected="một trang cho mỗi biểu")


def _unusable(page: SheetCells, sheet: FormSheet, out: Collected, expected: str) -> None:
    page.fate[:] = "ignored"
    found = f"trang {page.name} không có bảng của biểu"
    out.fault(sheet.name, None, LAID_OUT, found=found, expected=expected)


def _read_value_sheet(
    page: SheetCells, form: Form, sheet: FormSheet, asked: _Asked, out: Collected
) -> None:
    found = (
        lay_out_single(page, form, sheet, asked.catalogue, asked.identity.subject or "")
        if sheet.layout == "single"
        else lay_out_grid(page, form, sheet, asked.catalogue, asked.unit_of)
    )
    if found is None:
        _unusable(page, sheet, out, "bảng có cột Mã số và Giá trị")
        return
    take_slots(page, found, asked.catalogue, asked.meanings, out)


def _read_register_sheet(page: SheetCells, sheet: FormSheet, asked: _Asked, out: Collected) -> None:
    register = asked.catalogue.registers[sheet.register_id or ""]
    found: RegisterReading | None = read_register(page, register, asked.known_units)
    if found is None:
        codes = ", ".join(column.code for column in register.columns)
        _unusable(page, sheet, out, f"dòng mã cột {codes}")
        return
    _hold_faults(page, found, out)
    take_extra_columns(page, found, out)
    out.notes += found.notes
    for column in register.columns:
        if column.required and column.id not in found.letters:
            more = {"found": f"thiếu cột {column.code}", "expected": f"cột {column.code}"}
            out.fault(page.name, None, LAID_OUT, **more)
    out.letters += [
        {"register_id": register.id, "sheet": page.name, "column": column, "letter": letter}
        for column, letter in found.letters.items()
    ]
    if found.rows.empty:
        return  # a register without a row is absent: it says nothing
    out.rows[register.id] = found.rows.assign(sheet=page.name)
    hidden = np.flatnonzero((page.fate == "register") & np.array(page.hidden)).tolist()
    say_hidden(page.name, [page.cell[i] for i in hidden], out)


def _hold_faults(page: SheetCells, found: RegisterReading, out: Collected) -> None:
    """Put aside the cells of a register that could not be typed."""
    faulty = found.faults
    page.fate[page.frame["cell"].isin(faulty["cell"]).to_numpy()] = "quarantined"
    for fault in faulty.to_dict("records"):
        cell, text = str(fault["cell"]), fault["found"]
        shown_text = text if isinstance(text, str) else None
        more = {"found": shown_text, "expected": fault["expected"], "element": fault["column"]}
        out.fault(page.name, cell, str(fault["operator"]), why=fault["why"], **more)
        out.hold(page.name, cell, shown_text, str(fault["why"] or fault["expected"]))
    for cell, column, said, expected in found.totals:
        more = {"found": said, "expected": expected, "element": column}
        out.fault(page.name, cell, "total_agrees", **more)
