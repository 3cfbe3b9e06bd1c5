"""Finding a form's cells: every cell of a sheet gets a fate, value cells get an address.

Cells are matched by the codes that stand in the sheet, never by a fixed position, so that a moved
or inserted column changes nothing.

Belongs here: single and grid sheets. Does not belong here: registers (``register_sheet``), what a
value means (``values``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from pipelines.catalogue.model import Catalogue, FormSheet
from pipelines.intake.container import letters
from pipelines.vietnamese.text import fold, normalise

CODE_HEADER, VALUE_HEADER, NOTE_HEADER = "Mã số", "Giá trị", "Ghi chú"
UNIT_HEADER = "Mã đơn vị"


@dataclass
class Slot:
    """A place where a value is expected.

    Attributes:
        cell: Address, e.g. ``E12``.
        row: Sheet row of the value.
        column: Sheet column of the value.
        note: Address ``(row, column)`` of the free note, if the sheet has one.
    """

    unit_id: str
    element: str
    cell: str
    row: int
    column: int
    compulsory: bool
    note: tuple[int, int] | None = None


@dataclass
class SheetLayout:
    """What was found in a sheet: a fate per cell, and the slots.

    Attributes:
        fate: Fate by position in the cells frame of the sheet; ``stray`` marks content outside
            the form, which the caller quarantines.
        missing: Codes that the form asks and the sheet does not show.
        strangers: ``(cell, text)`` of unit codes that are not of this form.
    """

    fate: pd.Series
    slots: list[Slot] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    strangers: list[tuple[str, str]] = field(default_factory=list)


def address(row: int, column: int) -> str:
    """A1 style address."""
    return f"{letters(column)}{row}"


def find_header(cells: pd.DataFrame, *wanted: str) -> tuple[int, dict[str, int]] | None:
    """The first row that holds all wanted texts, with the column of each.

    Args:
        cells: Cells of one sheet (row, column, text).
        wanted: Header texts, matched without accents and case.
    """
    folded = cells["text"].map(lambda t: fold(t) if isinstance(t, str) else "")
    keys = {fold(text): text for text in wanted}
    hits = cells[folded.isin(list(keys))].assign(key=folded)
    for row, group in hits.groupby("row", sort=True):
        first = group.drop_duplicates("key")
        if set(first["key"]) == set(keys):
            return int(str(row)), {
                keys[k]: int(c) for k, c in zip(first["key"], first["column"], strict=True)
            }
    return None


def find_codes(cells: pd.DataFrame, codes: Mapping[str, str]) -> pd.DataFrame:
    """Cells whose text is one of the codes; adds ``name`` (element or column id)."""
    said = {t: normalise(t).upper() for t in cells["text"].dropna().unique()}
    text = cells["text"].map(said)
    return cells[text.isin(list(codes))].assign(name=text.map(codes))


def lay_out_single(
    cells: pd.DataFrame, sheet: FormSheet, catalogue: Catalogue, subject: str
) -> SheetLayout | None:
    """Lay out a sheet whose rows are elements; None when it has no table of this kind."""
    header = find_header(cells, CODE_HEADER, VALUE_HEADER)
    if header is None:
        return None
    top, columns = header
    code_column, value_column = columns[CODE_HEADER], columns[VALUE_HEADER]
    note = find_header(cells[cells["row"] == top], NOTE_HEADER)
    note_column = note[1][NOTE_HEADER] if note else None
    items = {catalogue.elements[i.element].code: i for i in sheet.elements()}
    in_codes = cells[(cells["column"] == code_column) & (cells["row"] > top)]
    coded = find_codes(in_codes, {code: code for code in items}).drop_duplicates("name")
    slots = [
        Slot(
            unit_id=subject,
            element=items[code].element,
            cell=address(int(row), value_column),
            row=int(row),
            column=value_column,
            compulsory=items[code].compulsory,
            note=(int(row), note_column) if note_column else None,
        )
        for code, row in zip(coded["name"], coded["row"], strict=True)
    ]
    fate = pd.Series("stray", index=cells.index, dtype="str")
    fate[cells["row"] <= top] = "header"
    last = int(coded["row"].max()) if len(coded) else top
    inside = (cells["row"] > top) & (cells["row"] <= last)
    fate[inside & (cells["column"] < value_column)] = "label"
    shown = set(coded["name"])
    return SheetLayout(
        _take_slots(fate, cells, slots), slots, [code for code in items if code not in shown]
    )


def lay_out_grid(
    cells: pd.DataFrame, sheet: FormSheet, catalogue: Catalogue, units: frozenset[str]
) -> SheetLayout | None:
    """Lay out a sheet whose rows are units and columns elements; None when it has no such table.

    Args:
        cells: Cells of the sheet.
        sheet: The form's sheet.
        catalogue: Knows the codes.
        units: Unit ids that the sheet may speak of.
    """
    header = find_header(cells, UNIT_HEADER)
    items = {catalogue.elements[i.element].code: i for i in sheet.elements()}
    coded = find_codes(cells, {code: code for code in items}).drop_duplicates("name")
    if header is None or coded.empty:
        return None
    top = int(coded["row"].max())
    unit_column = header[1][UNIT_HEADER]
    named = cells[(cells["column"] == unit_column) & (cells["row"] > top)]
    ids = named["text"].map(lambda t: normalise(t) if isinstance(t, str) else "")
    known = ids.isin(list(units)) & ~ids.duplicated()
    slots = [
        Slot(
            unit_id=unit_id,
            element=items[code].element,
            cell=address(int(row), int(column)),
            row=int(row),
            column=int(column),
            compulsory=items[code].compulsory,
        )
        for row, unit_id in zip(named["row"][known], ids[known], strict=True)
        for code, column in zip(coded["name"], coded["column"], strict=True)
    ]
    fate = pd.Series("stray", index=cells.index, dtype="str")
    fate[cells["row"] <= top] = "header"
    left = int(coded["column"].min())
    last = int(named["row"].max()) if len(named) else top
    inside = (cells["row"] > top) & (cells["row"] <= last)
    fate[inside & (cells["column"] < left)] = "label"
    strange = named[~known & (ids != "")]
    shown = set(coded["name"])
    return SheetLayout(
        _take_slots(fate, cells, slots),
        slots,
        [code for code in items if code not in shown],
        [(str(c), str(t)) for c, t in zip(strange["cell"], strange["text"], strict=True)],
    )


def _take_slots(fate: pd.Series, cells: pd.DataFrame, slots: list[Slot]) -> pd.Series:
    """Give the cells that stand in slots, and the notes beside them, to the observations."""
    places = {(slot.row, slot.column) for slot in slots}
    places |= {slot.note for slot in slots if slot.note}
    here = pd.MultiIndex.from_arrays([cells["row"], cells["column"]])
    fate[here.isin(list(places))] = "observation"
    return fate
