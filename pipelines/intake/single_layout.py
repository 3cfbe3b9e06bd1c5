"""A sheet whose rows are elements, about one unit: where its values stand.

Belongs here: the rows below a header with a value column. Does not belong here: grids
(``grid_layout``), what a value means (``values``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pipelines.catalogue.model import Catalogue, Form, FormElement, FormSheet
from pipelines.intake import tables_found
from pipelines.intake.layout import (
    CODE_HEADER,
    LABEL_HEADER,
    NOTE_HEADER,
    VALUE_HEADER,
    SheetLayout,
    Slot,
    address,
    codes_by_label,
    codes_of,
    find_header,
    give_total,
    is_total_row,
    match_label,
    take_slots,
)
from pipelines.intake.printed_cells import compare_printed, headings_of, is_bare
from pipelines.intake.sheet_cells import SheetCells

_CODE_AND_MORE = re.compile(r"([A-Z]+\d+)\W+\d.*")


def lay_out_single(
    cells: SheetCells, form: Form, sheet: FormSheet, catalogue: Catalogue, subject: str
) -> SheetLayout | None:
    """Lay out a sheet whose rows are elements; None when it has no table of this kind."""
    header = find_header(cells, CODE_HEADER, VALUE_HEADER)
    header = header or find_header(cells, LABEL_HEADER, VALUE_HEADER)
    if header is None:
        return None
    top, columns = header
    table = _SingleTable(cells, top, columns[VALUE_HEADER], columns.get(CODE_HEADER))
    items = codes_of(sheet, catalogue)
    rows = table.coded(items)
    out = SheetLayout()
    if len(rows) < len(items):
        by_label = codes_by_label(form, catalogue)
        lost = {code: items[code] for code in items if code not in rows}
        rows |= table.labelled(lost, by_label, out, catalogue)
    note = table.note_column()
    for code, row in sorted(rows.items(), key=lambda pair: pair[1]):
        item = items[code]
        out.slots.append(
            Slot(
                unit_id=subject,
                element=item.element,
                cell=address(row, table.value),
                row=row,
                column=table.value,
                compulsory=item.compulsory,
                note=(row, note) if note else None,
            )
        )
    lost = [code for code in items if code not in rows]
    out.missing = [code for code in lost if items[code].compulsory]
    optional = [code for code in lost if not items[code].compulsory]
    if optional:
        # a copy of the form from before these were asked is still a good report
        said = ", ".join(optional)
        out.notes.append(f"Trang {cells.name}: không có dòng mã {said} (không bắt buộc).")
    table.give_fates(out, set(rows.values()), list(items))
    for slot in out.slots:
        compare_printed(cells, slot, catalogue.elements[slot.element], table.headings, out)
    take_slots(cells, out.slots)
    return out


class _SingleTable:
    """The rows below a header with a value column."""

    def __init__(self, cells: SheetCells, top: int, value: int, code: int | None) -> None:
        self.cells, self.top, self.value, self.code = cells, top, value, code
        self.headings = headings_of(cells, top, value)

    def coded(self, items: Mapping[str, FormElement]) -> dict[str, int]:
        """Row by code; of a code that stands twice, the first; "B17: 5" is no second B17."""
        found: dict[str, int] = {}
        more: dict[str, int] = {}
        if self.code is None:
            return found
        for i, (row, column) in enumerate(zip(self.cells.row, self.cells.column, strict=True)):
            if column == self.code and row > self.top:
                code = self.cells.code(i)
                if code in items:
                    found.setdefault(code, row)
                elif (begins := _CODE_AND_MORE.fullmatch(code)) and begins[1] in items:
                    more.setdefault(begins[1], row)
        return more | found

    def labelled(
        self,
        wanted: Mapping[str, FormElement],
        by_label: Mapping[str, str],
        out: SheetLayout,
        catalogue: Catalogue,
    ) -> dict[str, int]:
        """Row by code for rows without a code whose label is an element's."""
        found: dict[str, list[int]] = {}
        for i, text in enumerate(self.cells.text):
            row, column = self.cells.row[i], self.cells.column[i]
            if text is None or row <= self.top or column >= self.value or self._has_code(row):
                continue
            code = match_label(text, by_label, catalogue)
            if code is not None and code in wanted:
                found.setdefault(code, []).append(row)
        once = {code: rows[0] for code, rows in found.items() if len(rows) == 1}
        if once:
            rows = ", ".join(f"dòng {row} là {code}" for code, row in sorted(once.items()))
            out.notes.append(f"Trang {self.cells.name}: khớp theo tên chỉ tiêu ({rows}).")
        return once

    def _has_code(self, row: int) -> bool:
        i = self.cells.at.get((row, self.code)) if self.code is not None else None
        return i is not None and not is_bare(self.cells.content_at(i))

    def note_column(self) -> int | None:
        """The column headed "Ghi chú", if there is one."""
        for i in self.cells.by_row[self.top]:
            if self.cells.key(i) == NOTE_HEADER:
                return self.cells.column[i]
        return None

    def give_fates(self, out: SheetLayout, rows: set[int], codes: list[str]) -> None:
        """Fates of all cells but the slots."""
        cells, last = self.cells, max(rows, default=self.top)
        for row, positions in cells.by_row.items():
            if row <= self.top or (row not in rows and self._is_header(positions)):
                cells.give(positions, "header")
            elif row in rows:
                cells.give([i for i in positions if cells.column[i] < self.value], "label")
            elif self._is_double(row, positions, codes, out):
                continue
            elif is_total_row(cells, positions, self.value):
                give_total(cells, positions)
            elif row < last:
                cells.give([i for i in positions if self._is_label(i)], "label")

    def _is_label(self, i: int) -> bool:
        """Whether a cell of a row between the form's rows may be a text of the form."""
        column = self.cells.column[i]
        if column >= self.value:
            return False
        return self.headings.role(column) == "ordinal" or not is_bare(self.cells.content_at(i))

    def _is_header(self, positions: list[int]) -> bool:
        keys = [self.cells.key(i) for i in positions]
        repeated = {CODE_HEADER, VALUE_HEADER} <= set(keys)
        return repeated or tables_found.is_numbering(tables_found.row_keys(self.cells, positions))

    def _is_double(
        self, row: int, positions: list[int], codes: list[str], out: SheetLayout
    ) -> bool:
        """Whether a row shows a code again; another value than the first time is said."""
        i = self.cells.at.get((row, self.code)) if self.code is not None else None
        code = self.cells.code(i) if i is not None else ""
        if code not in codes:
            return False
        first = next(slot for slot in out.slots if self._shows(slot.row, code))
        self.cells.give([i for i in positions if self.cells.column[i] < self.value], "label")
        again = self.cells.at.get((row, self.value))
        self.cells.give([i for i in positions if self.cells.column[i] < self.value], "label")
        if again is not None:
            if self.cells.same(again, self.cells.at.get((first.row, first.column))):
                self.cells.give([again], "ignored")
                cell = self.cells.cell[again]
                out.notes.append(f"Trang {self.cells.name}: {cell} lặp lại {first.cell}, bỏ qua.")
            else:
                self.cells.give([again], "quarantined")
                out.doubles.append((self.cells.cell[again], code))
        return True

    def _shows(self, row: int, code: str) -> bool:
        i = self.cells.at.get((row, self.code or 0))
        return i is not None and self.cells.code(i) == code
