"""Finding a form's cells: every cell of a sheet gets a fate, value cells get an address.

Cells are matched by the codes that stand in the sheet, else by the label of the element, never by
a fixed position, so that a moved or inserted column changes nothing.

Belongs here: slots, headers, labels, totals: what single and grid sheets share. Does not belong
here: their tables (``single_layout``, ``grid_layout``), registers, what a value means.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pipelines.catalogue.model import Catalogue, Form, FormElement, FormSheet
from pipelines.intake import tables_found
from pipelines.intake.container import letters
from pipelines.intake.sheet_cells import SheetCells
from pipelines.vietnamese import text as words
from pipelines.vietnamese.short_forms import spelt_out

CODE_HEADER, VALUE_HEADER, NOTE_HEADER = "ma so", "gia tri", "ghi chu"
LABEL_HEADER, UNIT_HEADER, NAME_HEADER = "noi dung", "ma don vi", "ten don vi"
_AFTER_LABEL = "*"
Place = tuple[int, int]


@dataclass
class Slot:
    """A place where a value is expected.

    Attributes:
        cell: Address, e.g. ``E12``.
        row: Sheet row of the value.
        column: Sheet column of the value.
        note: Address ``(row, column)`` of the free note, if the sheet has one.
        amount_unit: What every number of the column is counted in ("triệu đồng").
        said_unit: A unit of measure beside the value that is not the form's.
        doubt: What beside the value makes it doubtful what it means.
    """

    unit_id: str
    element: str
    cell: str
    row: int
    column: int
    compulsory: bool
    note: Place | None = None
    amount_unit: str | None = None
    said_unit: str | None = None
    doubt: str | None = None


@dataclass(frozen=True)
class Displaced:
    """A cell left of a slot that holds what belongs into the slot.

    Attributes:
        position: Of the cell.
        is_blank: Whether the slot itself is blank.
    """

    position: int
    slot: Slot
    is_blank: bool


@dataclass
class TotalRow:
    """A row that says what other rows add up to.

    Attributes:
        row: Its sheet row.
        columns: Column by element.
        sums: Which rows it may be the sum of; one fit is enough.
    """

    row: int
    columns: dict[str, int]
    sums: list[list[int]]


@dataclass
class SheetLayout:
    """The slots of a sheet, and what about its layout must be said.

    Attributes:
        missing: Codes that the form asks and the sheet does not show.
        strangers: ``(cell, text)`` of unit codes that are not of this form.
        doubles: ``(cell, code)`` of values that stand under a code a second time and differ.
        displaced: Cells beside the values that hold what belongs into a value's cell.
        totals: Rows of totals, to be compared with what they add up.
        notes: How the sheet had to be read, in Vietnamese.
    """

    slots: list[Slot] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    strangers: list[tuple[str, str]] = field(default_factory=list)
    doubles: list[tuple[str, str]] = field(default_factory=list)
    displaced: list[Displaced] = field(default_factory=list)
    totals: list[TotalRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def address(row: int, column: int) -> str:
    """A1 style address."""
    return f"{letters(column)}{row}"


def find_header(cells: SheetCells, *wanted: str) -> tuple[int, dict[str, int]] | None:
    """The first row that holds all wanted headers, with the column of each.

    Args:
        cells: Cells of one sheet.
        wanted: Folded header texts.
    """
    for row, positions in cells.by_row.items():
        found: dict[str, int] = {}
        for i in positions:
            key = cells.key(i)
            if key in wanted:
                found.setdefault(key, cells.column[i])
        if len(found) == len(set(wanted)):
            return row, found
    return None


def codes_of(sheet: FormSheet, catalogue: Catalogue) -> dict[str, FormElement]:
    """What a value sheet asks, by code."""
    return {catalogue.elements[item.element].code: item for item in sheet.elements()}


def label_key(text: str) -> str:
    """A label without what a template writes after it: "Số cuộc họp (cuộc) *" → folded label."""
    key = words.fold(text).removesuffix(_AFTER_LABEL).strip()
    return key[: key.rindex(" (")].strip() if key.endswith(")") and " (" in key else key


def codes_by_label(form: Form, catalogue: Catalogue) -> dict[str, str]:
    """Codes by folded label; a label that two elements of the form share names none."""
    asked = {item.element for item in form.elements()}
    pairs = [(catalogue.elements[e].label_vi, catalogue.elements[e].code) for e in asked]
    keys = [(key, code) for label, code in pairs for key in _keys(label, catalogue)]
    times = Counter(key for key, _ in keys)
    return {key: code for key, code in keys if times[key] == 1}


def match_label(text: str, by_label: Mapping[str, str], catalogue: Catalogue) -> str | None:
    """What a label as written belongs to, None when it is nobody's; short forms are spelt out."""
    plain = by_label.get(words.fold(text)) or by_label.get(label_key(text))
    return plain or by_label.get(_spelt(text, catalogue))


def _keys(label: str, catalogue: Catalogue) -> set[str]:
    return {words.fold(label), label_key(label), _spelt(label, catalogue)}


def _spelt(text: str, catalogue: Catalogue) -> str:
    return spelt_out(label_key(text), catalogue.words.short_forms())


def is_total_row(cells: SheetCells, positions: Iterable[int], left_of: int) -> bool:
    """Whether a text left of the values heads a row of totals."""
    return any(tables_found.is_total(cells.key(i)) for i in positions if cells.column[i] < left_of)


def give_total(cells: SheetCells, positions: list[int]) -> None:
    """Fates of a row of totals: its texts are labels, the rest is total."""
    labels = [i for i in positions if cells.kind[i] == "text" and not _has_digit(cells, i)]
    cells.give(positions, "total")
    cells.give(labels, "label")


def _has_digit(cells: SheetCells, i: int) -> bool:
    return any(char.isdigit() for char in cells.text[i] or "")


def take_slots(cells: SheetCells, slots: list[Slot]) -> None:
    """Give the cells that stand in slots, and the notes beside them, to the observations."""
    places = [(slot.row, slot.column) for slot in slots]
    places += [slot.note for slot in slots if slot.note]
    cells.give([cells.at[place] for place in places if place in cells.at], "observation")


def sums_of(row: int, totals: list[int], units: list[int]) -> list[list[int]]:
    """The rows that a total may sum up: all, those since the total before it, or those after."""
    before = max((t for t in totals if t < row), default=0)
    after = min((t for t in totals if t > row), default=max([*units, row]) + 1)
    groups = [
        units,
        [u for u in units if u < row],
        [u for u in units if before < u < row],
        [u for u in units if row < u < after],
    ]
    return [group for group in groups if group]
