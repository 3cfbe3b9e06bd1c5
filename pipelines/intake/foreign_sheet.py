"""Reading a table of another maker through its mapping: rows to units, elements or events.

Belongs here: slots and register rows of a recognised table, fates of its cells.
Does not belong here: recognising it (``mapping``), what a value means (``values``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipelines.catalogue.foreign import ForeignColumn
from pipelines.catalogue.model import Catalogue, Register
from pipelines.intake import tables_found
from pipelines.intake.layout import (
    SheetLayout,
    Slot,
    TotalRow,
    address,
    codes_by_label,
    give_total,
    is_total_row,
    match_label,
    sums_of,
    take_slots,
)
from pipelines.intake.mapping import ForeignTable
from pipelines.intake.sheet_cells import SheetCells
from pipelines.vietnamese import text as words

UnitOf = Callable[[str], str | None]


@dataclass
class _Body:
    """The rows of a table below its header."""

    page: SheetCells
    table: ForeignTable

    def rows(self) -> dict[int, list[int]]:
        """Rows of content; header rows have got their fate."""
        page, found = self.page, {}
        for row, positions in page.by_row.items():
            if row <= self.table.top or self._is_header(positions):
                page.give(positions, "header")
            else:
                found[row] = positions
        return found

    def _is_header(self, positions: list[int]) -> bool:
        keys = tables_found.row_keys(self.page, positions)
        if tables_found.is_numbering(keys):
            return True
        slugs = {self.page.column[i]: tables_found.slug(self.page.text[i] or "") for i in positions}
        same = [c for c, slug in slugs.items() if slug and slug in self._parts(c)]
        return len(same) > 1 and len(same) * 2 > len(slugs)

    def _parts(self, column: int) -> list[str]:
        return self.table.paths.get(column, "").split("__")

    def mapped(self) -> dict[int, ForeignColumn]:
        """What the columns mean, as far as the mapping says it."""
        columns = self.table.layout.columns
        return {
            at: column
            for at, path in self.table.paths.items()
            for column in columns
            if path in column.headers
        }


def lay_out_units(page: SheetCells, table: ForeignTable, unit_of: UnitOf) -> SheetLayout:
    """Lay out a table whose rows are units.

    Args:
        page: The page.
        table: Where its header is.
        unit_of: The unit that a text names.
    """
    body, out = _Body(page, table), SheetLayout()
    at = table.column(table.layout.unit_header) or 0
    mapped = body.mapped()
    values = {c: column for c, column in mapped.items() if column.element is not None}
    left = min(values, default=at + 1)
    totals: list[int] = []
    units: dict[int, str] = {}
    for row, positions in body.rows().items():
        i = page.at.get((row, at))
        text = words.normalise(page.text[i] or "") if i is not None else ""
        unit_id = unit_of(text) if text else None
        if is_total_row(page, positions, left):
            give_total(page, positions)
            totals.append(row)
        elif unit_id is not None and unit_id not in units.values():
            units[row] = unit_id
            _row_fates(page, positions, mapped, at)
            out.slots += [_slot(row, c, unit_id, column) for c, column in values.items()]
        elif i is not None and any(page.column[p] in values for p in positions):
            out.strangers.append((page.cell[i], text or page.cell[i]))
        else:
            _close_row(page, positions)
    elements = {str(column.element): c for c, column in values.items()}
    out.totals = [TotalRow(r, elements, sums_of(r, totals, list(units))) for r in totals]
    take_slots(page, out.slots)
    return out


def lay_out_elements(
    page: SheetCells, table: ForeignTable, catalogue: Catalogue, subject: str
) -> SheetLayout:
    """Lay out a table whose rows are elements, about one unit."""
    layout = table.layout
    form = catalogue.forms[layout.form]
    by_code = {element.code: element.id for element in catalogue.elements.values()}
    own = {key: by_code[code] for key, code in codes_by_label(form, catalogue).items()}
    labels = own | {words.fold(label): element for label, element in layout.rows.items()}
    body, out = _Body(page, table), SheetLayout()
    mapped = body.mapped()
    at, value = table.column(layout.label_header) or 0, table.column(layout.value_header) or 0
    taken: set[str] = set()
    for row, positions in body.rows().items():
        i = page.at.get((row, at))
        element = match_label(page.text[i] or "", labels, catalogue) if i is not None else None
        if element is not None and element not in taken:
            taken.add(element)
            _row_fates(page, positions, mapped, at)
            out.slots.append(
                Slot(subject, element, address(row, value), row, value, compulsory=False)
            )
        elif is_total_row(page, positions, value):
            give_total(page, positions)
        elif (row, value) not in page.at:
            _close_row(page, positions)
    take_slots(page, out.slots)
    return out


def _slot(row: int, column: int, unit_id: str, meant: ForeignColumn) -> Slot:
    return Slot(
        unit_id=unit_id,
        element=str(meant.element),
        cell=address(row, column),
        row=row,
        column=column,
        compulsory=False,
        amount_unit=meant.amount_unit,
    )


def _row_fates(
    page: SheetCells, positions: list[int], mapped: dict[int, ForeignColumn], label: int
) -> None:
    """Cells of a row that are no values: the label, and columns that are known and not asked."""
    for i in positions:
        column = page.column[i]
        if column == label:
            page.fate[i] = "label"
        elif column in mapped and mapped[column].element is None:
            page.fate[i] = "label" if page.kind[i] == "text" else "ignored"


def _close_row(page: SheetCells, positions: list[int]) -> None:
    """A row of words only: a heading between rows, or the signatures below them."""
    if all(page.kind[i] == "text" for i in positions):
        page.give(positions, "label")


def translated(
    page: SheetCells, table: ForeignTable, register: Register, unit_of: UnitOf
) -> tuple[SheetCells, tuple[int, dict[str, int], list[str]]]:
    """A register's page with its answers and units as the system writes them.

    Returns:
        The page, and where ``register_sheet`` finds the header: row, column by register column,
        notes.
    """
    body = _Body(page, table)
    meant = {at: column for at, column in body.mapped().items() if column.column is not None}
    texts: list[str | None] = list(page.text)
    for i, text in enumerate(page.text):
        column = meant.get(page.column[i])
        if text is None or column is None or page.row[i] <= table.top:
            continue
        if column.column == register.unit_column:
            texts[i] = unit_of(words.normalise(text)) or text
        elif column.answers:
            texts[i] = column.answers.get(words.normalise(text).lower(), text)
    place = {str(column.column): at for at, column in meant.items()}
    note = f"Trang {page.name} được đọc theo cách đọc {table.layout.title_vi}."
    return SheetCells(page.name, page.table.with_texts(texts)), (table.top, place, [note])
