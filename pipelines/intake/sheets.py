"""One file read to the end: every cell of every sheet gets exactly one fate.

Belongs here: going through the sheets of a file and collecting what they hold.
Does not belong here: formats (``formats``), encodings (``decoding``), how a kind of sheet is laid
out (``single_layout``, ``grid_layout``, ``register_sheet``, ``mapping``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipelines.catalogue.changing import worded
from pipelines.catalogue.model import Catalogue, Form, FormSheet, Register
from pipelines.catalogue.period_words import is_period, period_end
from pipelines.catalogue.remembering import of_entries
from pipelines.intake import decoding, foreign_sheet, mapping, privacy
from pipelines.intake.collected import Collected, FileReading
from pipelines.intake.decisions import Confirmed, Meaning
from pipelines.intake.extra_columns import take_extra_columns
from pipelines.intake.formats.opening import open_book
from pipelines.intake.furniture import FURNITURE, take_furniture
from pipelines.intake.grid_layout import lay_out_grid
from pipelines.intake.identify import NAMES, Identity, identify
from pipelines.intake.refusal import UnreadableWorkbook
from pipelines.intake.register_notes import is_signature
from pipelines.intake.register_sheet import Header, RegisterReading, read_register
from pipelines.intake.sheet_cells import SheetCells, by_sheet
from pipelines.intake.sheet_choice import Choice, choose
from pipelines.intake.single_layout import lay_out_single
from pipelines.intake.value_sheet import LAID_OUT, say_hidden, take_slots
from pipelines.places.naming import Directory
from pipelines.vietnamese import text as words

__all__ = ["FileReading", "read_file"]

# many files of a run have the same form
_worded = of_entries(worded)
# how the reader of Word files names the page of what stands outside tables
PARAGRAPHS = "Văn bản"


@dataclass(frozen=True)
class _Asked:
    """What the sheets of a file are read for."""

    catalogue: Catalogue
    identity: Identity
    known_units: frozenset[str]
    meanings: tuple[Meaning, ...]
    directory: Directory | None
    table: mapping.ForeignTable | None
    container: str
    out: Collected

    def unit_of(self, text: str) -> str | None:
        """The unit that a text of a unit column names, by its id, else by code or name."""
        period, directory = self.identity.period or "", self.directory
        if text in self.known_units:
            return text
        if directory is None or not is_period(period, self.catalogue.periods):
            return None
        day = period_end(period, self.catalogue.periods)
        sender = self.identity.unit_id
        scope = directory.scope_of(sender, day) if sender in directory.names else None
        match = directory.find(text, day, scope)
        if match.unit_id is not None and match.how == "near":
            name = directory.names[match.unit_id]
            self.out.notes.append(f'"{text}" được hiểu là {name} (gần đúng, cần xem lại).')
        return match.unit_id


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
    book = book.renamed(privacy.impersonal_names(sheet.name for sheet in book.sheets))
    cells, decoded = decoding.decode(book.table)
    secret = privacy.classified(cells)
    if secret is not None:
        return FileReading(unreadable=privacy.refusal(secret))
    pages = list(by_sheet(cells))

    def who(names: Mapping[str, str]) -> Identity:
        return identify(
            names,
            cells,
            catalogue,
            provider=provider,
            period=period,
            known_units=known_units,
            directory=directory,
            confirmed=confirmed,
            file_name=file_name,
        )

    identity, table = who(book.names), None
    if identity.form is None and NAMES["form"] not in book.names:
        found = mapping.recognise(pages, catalogue.layouts)
        table = found[0] if found else None
        if table is not None:
            said = mapping.names_of(table, pages, catalogue, directory, period)
            identity = who({**book.names, **said})
        else:
            identity = _unknown_table(identity, pages, catalogue)
    out = Collected()
    _say_identity(identity, out)
    if identity.form is not None:
        catalogue = _worded(catalogue, identity.form)
    asked = _Asked(
        catalogue, identity, known_units, meanings, directory, table, book.container, out
    )
    _read_pages(pages, asked, out)
    return FileReading(
        identity=identity,
        reader_note=out.reader_note([*book.notes, *decoded]),
        listed=out.listed(),
        rows=out.rows,
        independent={sheet.name: sheet.cells for sheet in book.sheets},
    )


def _unknown_table(
    identity: Identity, pages: Sequence[SheetCells], catalogue: Catalogue
) -> Identity:
    """A file that names no form and shows no table that anybody has declared."""
    if identity.operator != "identified":
        return identity
    return replace(
        identity,
        operator="mapped",
        problem=mapping.described(pages),
        expected=mapping.looked_for(catalogue.layouts),
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
    if asked.table is not None:
        _read_foreign(pages, asked.table, asked, out)
        return
    choice = choose(pages, form, asked.catalogue, frozenset(FURNITURE))
    out.notes += choice.notes
    for page in pages:
        _read_page(page, choice, form, asked, out)
        out.close(page)
    _absent_sheets(form, choice, asked.catalogue, out)
    _say_nothing(out)


def _read_foreign(
    pages: Sequence[SheetCells], table: mapping.ForeignTable, asked: _Asked, out: Collected
) -> None:
    """Read the one page of a file that a mapping knows; quote or name the others."""
    out.notes.append(f"Đọc theo cách đọc đã khai báo: {table.layout.title_vi}.")
    for page in pages:
        if page.name != table.page:
            _read_other(page, asked, out)
            out.close(page)
            continue
        read = page
        if table.layout.kind == "register":
            [register] = [
                asked.catalogue.registers[sheet.register_id]
                for sheet in (
                    asked.identity.form or asked.catalogue.forms[table.layout.form]
                ).sheets
                if sheet.register_id is not None
            ]
            read, header = foreign_sheet.translated(page, table, register, asked.unit_of)
            _take_register(read, register, asked, out, header)
        elif table.layout.kind == "unit_rows":
            found = foreign_sheet.lay_out_units(page, table, asked.unit_of)
            take_slots(page, found, asked.catalogue, asked.meanings, out)
        else:
            subject = asked.identity.subject or ""
            found = foreign_sheet.lay_out_elements(page, table, asked.catalogue, subject)
            take_slots(page, found, asked.catalogue, asked.meanings, out)
        out.close(read)
    _say_nothing(out)


def _say_nothing(out: Collected) -> None:
    """A blank form must not displace a full one."""
    said = any(entry["state"] != "missing" for entry in out.entries)
    if not said and all(rows.empty for rows in out.rows.values()):
        expected = "ít nhất một số liệu (không phát sinh thì ghi 0)"
        out.fault(None, None, "identified", found="biểu chưa có số liệu nào", expected=expected)


def _absent_sheets(form: Form, choice: Choice, catalogue: Catalogue, out: Collected) -> None:
    there = [sheet.name for sheet in choice.sheets.values()]
    for sheet in form.sheets:
        if sheet.name in there or _is_optional(sheet, catalogue):
            continue
        if sheet.layout == "single" and not any(item.compulsory for item in sheet.elements()):
            out.notes.append(f"Tệp không có trang {sheet.name} (không bắt buộc).")
        else:
            more = {"found": f"thiếu trang {sheet.name}", "expected": f"trang {sheet.name}"}
            out.fault(sheet.name, None, LAID_OUT, **more)


def _is_optional(sheet: FormSheet, catalogue: Catalogue) -> bool:
    """A register that may be absent is when its page is, as when it has no row."""
    register = catalogue.registers.get(sheet.register_id or "")
    return register is not None and register.may_be_absent


def _read_page(page: SheetCells, choice: Choice, form: Form, asked: _Asked, out: Collected) -> None:
    sheet = choice.sheets.get(page.name)
    if sheet is not None and sheet.register_id is not None:
        _read_register_sheet(page, sheet, asked, out)
    elif sheet is not None:
        _read_value_sheet(page, form, sheet, asked, out)
    elif page.name in FURNITURE:
        take_furniture(page, asked.catalogue, form)
    elif page.name in choice.copies:
        page.fate[:] = "ignored"
        _copied(page, *choice.copies[page.name], out)
    else:
        _read_other(page, asked, out)


def _read_other(page: SheetCells, asked: _Asked, out: Collected) -> None:
    """A page that is no part of the form: paragraphs are quoted, anything else is named."""
    if asked.container == "docx" and page.name == PARAGRAPHS:
        page.fate[:] = "label"
        for i, text in enumerate(page.text):
            if text:
                out.quote(page.name, page.cell[i], asked.identity.subject, words.normalise(text))
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
    if not _take_register(page, register, asked, out):
        codes = ", ".join(column.code for column in register.columns)
        _unusable(page, sheet, out, f"dòng mã cột {codes}")


def _take_register(
    page: SheetCells,
    register: Register,
    asked: _Asked,
    out: Collected,
    header: Header | None = None,
) -> bool:
    """Read a register's rows; whether the page has its columns."""
    found: RegisterReading | None = read_register(page, register, asked.known_units, header)
    if found is None:
        return False
    _hold_faults(page, found, out)
    take_extra_columns(page, found, out)
    out.notes += found.notes
    _quote_remarks(page, found, asked, out)
    for column in register.columns:
        if column.required and column.id not in found.letters:
            more = {"found": f"thiếu cột {column.code}", "expected": f"cột {column.code}"}
            out.fault(page.name, None, LAID_OUT, **more)
    for column, letter in found.letters.items():
        out.place(register.id, page.name, column, letter)
    if found.rows.empty:
        return True  # a register without a row is absent: it says nothing
    out.rows[register.id] = found.rows.assign(sheet=page.name)
    hidden = np.flatnonzero((page.fate == "register") & np.array(page.hidden)).tolist()
    say_hidden(page.name, [page.cell[i] for i in hidden], out)
    return True


def _quote_remarks(page: SheetCells, found: RegisterReading, asked: _Asked, out: Collected) -> None:
    """Keep the remarks below a register; who signed it is not kept."""
    for i in found.remarks:
        text = page.text[i] or ""
        if not is_signature(text):
            out.quote(page.name, page.cell[i], asked.identity.subject, words.normalise(text))


def _hold_faults(page: SheetCells, found: RegisterReading, out: Collected) -> None:
    """Put aside the cells of a register that could not be typed."""
    page.give([fault.position for fault in found.faults], "quarantined")
    for fault in found.faults:
        cell = page.cell[fault.position]
        more = {"found": fault.found, "expected": fault.expected, "element": fault.column}
        out.fault(page.name, cell, fault.operator, why=fault.why, **more)
        out.hold(page.name, cell, fault.found, fault.why or fault.expected or "")
    for cell, column, said, expected in found.totals:
        more = {"found": said, "expected": expected, "element": column}
        out.fault(page.name, cell, "total_agrees", **more)
