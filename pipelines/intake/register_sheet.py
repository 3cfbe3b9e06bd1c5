"""Register sheets: rows are events, columns are matched by the codes that stand above them.

Belongs here: a register's cells → typed columns, faults, fates; each distinct content typed once.
Does not belong here: what a cell means (``register_values``), columns that are no part of the
register (``extra_columns``), row rules (``validation``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from pipelines.catalogue.contracts import as_dtype
from pipelines.catalogue.model import Register, RegisterColumn
from pipelines.intake import register_values, tables_found
from pipelines.intake.container import letters
from pipelines.intake.layout import label_key
from pipelines.intake.register_notes import trailing_notes
from pipelines.intake.sheet_cells import SheetCells
from pipelines.intake.values import Content, shown
from pipelines.vietnamese import text as words

_DTYPES = {
    "date": "datetime64[us]",
    "int": "Int64",
    "float": "float64",
    "bool": "boolean",
}
# the codes stand above the events; a text below that equals one is data
_HEADER_ROWS = 60
_TOTAL_LETTERS = frozenset("tclTCL")
Positions = np.ndarray


class CellFault(NamedTuple):
    """A cell that could not be typed: its position, and what is wrong with it."""

    position: int
    column: str
    operator: str
    found: str | None
    expected: str | None
    why: str | None


@dataclass
class RegisterReading:
    """What a register sheet holds; its cells have their fates.

    Attributes:
        rows: ``row`` (sheet row) and one typed column per register column; an untyped cell is
            empty here and a fault.
        letters: Register column → sheet column letter.
        faults: Cells that could not be typed.
        totals: ``(cell, column, found, expected)`` of totals that do not fit their rows.
        body: Positions of the cells below the header that are neither header nor total.
        top: The row of the codes.
        notes: How the sheet had to be read.
        remarks: Positions of remarks below the rows.
    """

    rows: pd.DataFrame
    letters: dict[str, str]
    faults: list[CellFault]
    totals: list[tuple[str, str, str, str]]
    body: Positions
    top: int
    notes: list[str] = field(default_factory=list)
    remarks: list[int] = field(default_factory=list)


Header = tuple[int, dict[str, int], list[str]]


def read_register(
    cells: SheetCells,
    register: Register,
    known_units: frozenset[str],
    header: Header | None = None,
) -> RegisterReading | None:
    """Read a register sheet; None when no row shows the register's codes or labels.

    Args:
        cells: Cells of the sheet; the fates of what belongs to the register are given.
        register: What the columns mean.
        known_units: Unit ids that a unit column may name.
        header: Row of the codes, sheet column by register column, notes; None to look for them.
    """
    rows = cells.table["row"]
    top_rows = int(np.searchsorted(rows, _HEADER_ROWS + 1))
    head = SheetCells(cells.name, cells.table.part(0, top_rows))
    found = header or find_columns(head, register)
    if found is None:
        return None
    top, place, notes = found
    columns = cells.table["column"]
    below = np.flatnonzero(rows > top)
    cells.fate[rows <= top] = "header"
    if not len(below):
        return _empty(place, top, notes)
    again = _header_rows(cells, below, register, place, top)
    totals = _total_rows(cells, below, place.get(register.unit_column), known_units)
    cells.fate[below[np.isin(rows[below], list(again))]] = "header"
    body = below[~np.isin(rows[below], [*again, *totals])]
    remarks = trailing_notes(cells, body)
    cells.fate[remarks] = "label"
    body = body[: len(body) - len(remarks)]
    inside = body[np.isin(columns[body], list(place.values()))]
    cells.fate[inside] = "register"
    index = np.unique(rows[inside])
    typed: dict[str, object] = {"row": index}
    faults: list[CellFault] = []
    for column in register.columns:
        at = place.get(column.id)
        part = inside[columns[inside] == at] if at is not None else inside[:0]
        lines = np.searchsorted(index, rows[part])
        typed[column.id] = _type_column(cells, part, lines, len(index), column, known_units, faults)
    frame = pd.DataFrame(typed)
    return RegisterReading(
        rows=frame,
        letters={name: letters(at) for name, at in place.items()},
        faults=faults,
        totals=_compare_totals(cells, totals, register, place, frame),
        body=body,
        top=top,
        notes=notes,
        remarks=remarks.tolist(),
    )


def _empty(place: Mapping[str, int], top: int, notes: list[str]) -> RegisterReading:
    """A register in which nobody has written anything."""
    where = {name: letters(at) for name, at in place.items()}
    nothing = np.array([], dtype="int64")
    return RegisterReading(pd.DataFrame(), where, [], [], nothing, top, notes)


def find_columns(head: SheetCells, register: Register) -> Header | None:
    """The row of the codes, the sheet column of each register column, what must be said.

    Args:
        head: The first rows of the sheet.
        register: The register; a column whose code is lost is found by its label.
    """
    codes = {column.code: column.id for column in register.columns}
    per_row: dict[int, dict[str, int]] = {}
    for i, text in enumerate(head.text):
        name = codes.get(head.code(i)) if text is not None else None
        if name is not None:
            per_row.setdefault(head.row[i], {}).setdefault(name, head.column[i])
    top = max(per_row, key=lambda row: (len(per_row[row]), -row), default=None)
    place = per_row[top] if top is not None else {}
    if len(place) == len(codes) and top is not None:
        return top, place, []
    labelled = _by_label(head, register, top)
    lost = {n: c for n, (_, c) in labelled.items() if n not in place and c not in place.values()}
    if top is None:
        rows = [labelled[name][0] for name in lost]
        if len(lost) * 2 < len(codes):
            return None
        top = max(rows)
    said = [f"cột {letters(c)} là {_code(register, n)}" for n, c in lost.items()]
    note = [f"Trang {head.name}: khớp theo tên cột ({', '.join(said)})."] if said else []
    return top, place | lost, note


def _code(register: Register, name: str) -> str:
    return next(column.code for column in register.columns if column.id == name)


def _by_label(head: SheetCells, register: Register, top: int | None) -> dict[str, tuple[int, int]]:
    """Row and column by register column, where exactly one header text is the column's label."""
    labels = {label_key(column.label_vi): column.id for column in register.columns}
    labels |= {words.fold(column.label_vi): column.id for column in register.columns}
    found: dict[str, list[tuple[int, int]]] = {}
    for i, text in enumerate(head.text):
        if text is None or (top is not None and head.row[i] > top):
            continue
        name = labels.get(words.fold(text)) or labels.get(label_key(text))
        if name is not None:
            found.setdefault(name, []).append((head.row[i], head.column[i]))
    return {name: places[0] for name, places in found.items() if len(places) == 1}


def _header_rows(
    cells: SheetCells,
    below: Positions,
    register: Register,
    place: Mapping[str, int],
    top: int,
) -> set[int]:
    """Rows below the codes that are header again: repeated after a page break, numbering."""
    expected: dict[int, set[str]] = {}
    for column in register.columns:
        if column.id in place:
            expected[place[column.id]] = {column.code, words.normalise(column.label_vi).upper()}
    said = set().union(*expected.values()) if expected else set()
    # distinct texts first: a long register repeats few of them
    texts = {t for t in set(cells.text) if t is not None and _bare(t) in said}
    hits: Counter[int] = Counter()
    for i in below.tolist() if texts else []:
        if cells.text[i] in texts and cells.column[i] in expected:
            hits[cells.row[i]] += 1
    again = {row for row, n in hits.items() if n > 1}
    first = [i for i in below[:_HEADER_ROWS].tolist() if cells.row[i] == cells.row[int(below[0])]]
    if cells.row[first[0]] == top + 1:
        keys = tables_found.row_keys(cells, first)
        if tables_found.is_numbering(keys):
            again.add(top + 1)
    return again


def _bare(text: str) -> str:
    return text.strip().removesuffix("*").strip().upper()


def _total_rows(
    cells: SheetCells, below: Positions, unit_column: int | None, known_units: frozenset[str]
) -> set[int]:
    """Rows whose first text heads a total and that name no unit."""
    rows, first = np.unique(cells.table["row"][below], return_index=True)
    found: set[int] = set()
    for row, i in zip(rows.tolist(), below[first].tolist(), strict=True):
        text = cells.text[i]
        if text is None or text.lstrip()[:1] not in _TOTAL_LETTERS:
            continue
        if tables_found.is_total(cells.key(i)):
            unit = cells.content((row, unit_column)).text if unit_column else None
            if words.normalise(unit or "") not in known_units:
                found.add(row)
    return found


def _compare_totals(
    cells: SheetCells,
    totals: set[int],
    register: Register,
    place: Mapping[str, int],
    rows: pd.DataFrame,
) -> list[tuple[str, str, str, str]]:
    """Give rows of totals their fates; what they say against the sums of the rows above."""
    wrong: list[tuple[str, str, str, str]] = []
    numeric = {place[c.id]: c for c in register.columns if c.type == "int" and c.id in place}
    for row in sorted(totals):
        for i in cells.by_row[row]:
            column, number = numeric.get(cells.column[i]), cells.content_at(i).number
            cells.fate[i] = "label" if number is None else "total"
            if column is None or number is None:
                continue
            values = rows.loc[rows["row"] < row, column.id]
            if number not in {float(values.sum()), float(len(values))}:
                found, expected = shown(cells.content_at(i)), str(int(values.sum()))
                wrong.append((cells.cell[i], column.id, found or "", expected))
    return wrong


def _type_column(
    cells: SheetCells,
    part: Positions,
    lines: Positions,
    height: int,
    column: RegisterColumn,
    known_units: frozenset[str],
    faults: list[CellFault],
) -> ExtensionArray:
    """Type the cells of a column, each distinct content once.

    Args:
        cells: Cells of the sheet.
        part: Positions of the column's cells.
        lines: Line of each of them among the register's lines.
        height: Number of lines.
        column: What the column means.
        known_units: Unit ids that a unit column may name.
        faults: Takes the cells that could not be typed.

    Returns:
        A value per line; missing where there is no cell or it could not be typed.
    """
    number, distinct = _distinct(cells, part)
    results = [register_values.type_content(content, column, known_units) for content in distinct]
    values = pd.Series([result.value for result in results], dtype="object")
    where = np.full(height, -1, dtype="int64")
    where[lines] = number
    bad = {n for n, result in enumerate(results) if result.operator is not None}
    for i, n in zip(part.tolist(), number.tolist(), strict=True) if bad else ():
        if n in bad:
            _, operator, expected, why = results[n]
            said = shown(distinct[n])
            faults.append(CellFault(i, column.id, operator or "", said, expected, why))
    dtype = as_dtype(_DTYPES.get(column.type, "str"))
    return values.astype(dtype).array.take(where, allow_fill=True)


def _distinct(cells: SheetCells, part: Positions) -> tuple[np.ndarray, list[Content]]:
    """Number of the distinct content per cell, and the distinct contents."""
    seen: dict[object, int] = {}
    raw, first = cells.raw, []
    numbers = np.empty(len(part), dtype="int64")
    for n, i in enumerate(part.tolist()):
        known = seen.get(raw[i])
        if known is None:
            known = seen[raw[i]] = len(seen)
            first.append(i)
        numbers[n] = known
    return numbers, [cells.content_at(i) for i in first]
