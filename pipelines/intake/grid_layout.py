"""A sheet whose rows are units and whose columns are elements: where its values stand.

Belongs here: columns by code or label, rows by unit, rows of totals. Does not belong here: single
sheets (``single_layout``), what a value means (``values``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pipelines.catalogue.model import Catalogue, Form, FormElement, FormSheet
from pipelines.intake import tables_found
from pipelines.intake.container import letters
from pipelines.intake.layout import (
    NOTE_HEADER,
    UNIT_HEADER,
    Place,
    SheetLayout,
    Slot,
    TotalRow,
    address,
    codes_by_label,
    codes_of,
    find_header,
    give_total,
    is_total_row,
    match_label,
    sums_of,
    take_slots,
)
from pipelines.intake.sheet_cells import SheetCells
from pipelines.vietnamese import text as words


def lay_out_grid(
    cells: SheetCells,
    form: Form,
    sheet: FormSheet,
    catalogue: Catalogue,
    unit_of: Callable[[str], str | None],
) -> SheetLayout | None:
    """Lay out a sheet whose rows are units and columns elements; None when it has no such table.

    Args:
        cells: Cells of the sheet.
        form: The form.
        sheet: The form's sheet.
        catalogue: Knows the codes.
        unit_of: The unit that a text of the unit column names, None for none.
    """
    header = find_header(cells, UNIT_HEADER)
    items = codes_of(sheet, catalogue)
    out = SheetLayout()
    if header is None:
        return None
    columns, top = _grid_columns(cells, form, items, catalogue, out, header[0])
    if not columns:
        return None
    table = _GridTable(cells, top, header[1][UNIT_HEADER], columns)
    lost = [code for code in items if code not in columns]
    out.missing = [code for code in lost if items[code].compulsory]
    optional = [code for code in lost if not items[code].compulsory]
    if optional:
        # a copy of the form from before these were asked is still a good report
        said = ", ".join(optional)
        out.notes.append(f"Trang {cells.name}: không có cột mã {said} (không bắt buộc).")
    units = table.units(unit_of, out)
    for row, unit_id in units.items():
        out.slots += [
            Slot(
                unit_id=unit_id,
                element=items[code].element,
                cell=address(row, column),
                row=row,
                column=column,
                compulsory=items[code].compulsory,
                note=table.note_of(row, column),
            )
            for code, column in columns.items()
        ]
    table.give_fates(out, units, {items[code].element: c for code, c in columns.items()})
    take_slots(cells, out.slots)
    return out


def _grid_columns(
    cells: SheetCells,
    form: Form,
    items: Mapping[str, FormElement],
    catalogue: Catalogue,
    out: SheetLayout,
    header_row: int,
) -> tuple[dict[str, int], int]:
    """Column by code, and the last header row: codes stand below the labels."""
    found: dict[str, int] = {}
    top = header_row
    for i, text in enumerate(cells.text):
        code = cells.code(i) if text is not None else ""
        if code in items and code not in found:
            found[code], top = cells.column[i], max(top, cells.row[i])
    lost = [code for code in items if code not in found]
    if lost:
        by_label, taken = codes_by_label(form, catalogue), set(found.values())
        for i in cells.by_row[header_row]:
            code = match_label(cells.text[i] or "", by_label, catalogue)
            if code in lost and cells.column[i] not in taken:
                found[code] = cells.column[i]
                where = f"cột {letters(cells.column[i])} là {code}"
                out.notes.append(f"Trang {cells.name}: khớp theo tên chỉ tiêu ({where}).")
    return {code: found[code] for code in items if code in found}, top


class _GridTable:
    """The rows below a header whose columns are elements."""

    def __init__(self, cells: SheetCells, top: int, unit: int, columns: Mapping[str, int]) -> None:
        self.cells, self.top, self.unit = cells, top, unit
        self.columns = columns
        self.left = min(columns.values())
        self.notes = [
            cells.column[i]
            for row, positions in cells.by_row.items()
            if row <= top
            for i in positions
            if cells.key(i) == NOTE_HEADER
        ]

    def units(self, unit_of: Callable[[str], str | None], out: SheetLayout) -> dict[int, str]:
        """Unit by row; a unit that stands twice counts the first time."""
        found: dict[int, str] = {}
        for row, positions in self.cells.by_row.items():
            i = self.cells.at.get((row, self.unit))
            if row <= self.top or i is None or self._is_header(positions):
                continue
            text = words.normalise(self.cells.text[i] or "")
            unit_id = unit_of(text)
            if unit_id is not None and unit_id not in found.values():
                found[row] = unit_id
            elif text and not is_total_row(self.cells, positions, self.left):
                out.strangers.append((self.cells.cell[i], text))
        return found

    def note_of(self, row: int, column: int) -> Place | None:
        """A row's note goes with its first value."""
        return (row, self.notes[0]) if self.notes and column == self.left else None

    def give_fates(
        self, out: SheetLayout, units: Mapping[int, str], columns: dict[str, int]
    ) -> None:
        """Fates of all cells but the slots; finds the rows of totals."""
        cells, last = self.cells, max(units, default=self.top)
        last = max([last, *(cells.row[cells.at[p]] for p in self._named())])
        totals: list[int] = []
        for row, positions in cells.by_row.items():
            if row <= self.top or (row not in units and self._is_header(positions)):
                cells.give(positions, "header")
            elif row not in units and self._is_total(positions):
                give_total(cells, positions)
                totals.append(row)
            elif row <= last:
                cells.give([i for i in positions if cells.column[i] < self.left], "label")
        out.totals = [TotalRow(r, columns, sums_of(r, totals, list(units))) for r in totals]

    def _named(self) -> list[Place]:
        return [p for p in self.cells.at if p[1] == self.unit and p[0] > self.top]

    def _is_header(self, positions: list[int]) -> bool:
        cells = self.cells
        repeated = any(cells.key(i) == UNIT_HEADER for i in positions)
        codes = {cells.code(i) for i in positions}
        again = codes & set(self.columns)
        return bool(repeated or again) or tables_found.is_numbering(
            tables_found.row_keys(cells, positions)
        )

    def _is_total(self, positions: list[int]) -> bool:
        if is_total_row(self.cells, positions, self.left):
            return True
        keys = [self.cells.key(i) for i in positions if self.cells.column[i] < self.left]
        values = [i for i in positions if self.cells.column[i] in self.columns.values()]
        return bool(values and keys) and tables_found.is_group(keys[0])
