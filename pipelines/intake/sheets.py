"""One workbook read to the end: every cell of every sheet gets exactly one fate.

Belongs here: going through the sheets of a file and collecting what they hold.
Does not belong here: how a kind of sheet is laid out (``layout``, ``register_sheet``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from pipelines.catalogue.model import Catalogue, Form, FormSheet
from pipelines.intake.cells import read_cells
from pipelines.intake.container import UnreadableWorkbook, scan_container
from pipelines.intake.identify import Identity, identify
from pipelines.intake.layout import SheetLayout, Slot, lay_out_grid, lay_out_single
from pipelines.intake.register_sheet import RegisterReading, read_register
from pipelines.intake.values import BLANK, Content, Typed, content_of, shown, type_value
from pipelines.vietnamese.text import mask_personal, normalise

FURNITURE = {"Hướng dẫn": "label", "Kiểm tra": "ignored", "Danh mục": "label"}
STRAY_REASON = "Nội dung nằm ngoài các ô của biểu."
_Rows = list[dict[str, object]]


@dataclass
class FileReading:
    """What a file holds, or why it could not be read."""

    identity: Identity | None = None
    unreadable: UnreadableWorkbook | None = None
    reader_note: str | None = None
    accounts: pd.DataFrame = field(default_factory=pd.DataFrame)
    quarantine: pd.DataFrame = field(default_factory=pd.DataFrame)
    entries: pd.DataFrame = field(default_factory=pd.DataFrame)
    letters: pd.DataFrame = field(default_factory=pd.DataFrame)
    faults: pd.DataFrame = field(default_factory=pd.DataFrame)
    rows: dict[str, pd.DataFrame] = field(default_factory=dict)
    independent: dict[str, int] = field(default_factory=dict)


@dataclass
class _Collected:
    """Rows gathered while going through the sheets."""

    fates: Counter[tuple[str, str]] = field(default_factory=Counter)
    quarantine: _Rows = field(default_factory=list)
    entries: _Rows = field(default_factory=list)
    letters: list[dict[str, str]] = field(default_factory=list)
    faults: _Rows = field(default_factory=list)
    rows: dict[str, pd.DataFrame] = field(default_factory=dict)

    def fault(self, sheet: str | None, cell: str | None, operator: str, **more: object) -> None:
        """Note something wrong."""
        base = dict.fromkeys(("unit_id", "element", "found", "expected", "proposed"))
        self.faults.append(base | {"sheet": sheet, "cell": cell, "operator": operator} | more)

    def count(self, sheet: str, fates: Iterable[str]) -> None:
        """Enter the fates of a sheet's cells into the accounts."""
        self.fates.update((sheet, fate) for fate in fates)


def read_file(
    data: bytes,
    catalogue: Catalogue,
    *,
    provider: str | None,
    period: str | None,
    known_units: frozenset[str],
) -> FileReading:
    """Read a workbook.

    Args:
        data: The file's bytes.
        catalogue: What is measured.
        provider: Sender on the receipt, None without one.
        period: Period of the folder, None without one.
        known_units: All unit ids.

    Returns:
        The reading; a file that is no readable workbook has ``unreadable`` set and nothing else.
    """
    try:
        scan = scan_container(data)
        read = read_cells(data, scan)
    except UnreadableWorkbook as refusal:
        return FileReading(unreadable=refusal)
    identity = identify(
        scan.defined_names, catalogue, provider=provider, period=period, known_units=known_units
    )
    out = _Collected()
    if identity.problem is not None:
        out.fault(None, None, "identified", found=identity.problem, expected=identity.expected)
    by_sheet = dict(tuple(read.frame.groupby("sheet", sort=False)))
    for sheet in scan.sheets:
        cells = by_sheet.get(sheet.name)
        if cells is not None:
            _read_sheet(cells, sheet.name, identity, catalogue, known_units, out)
    _absent_sheets(identity.form, {sheet.name for sheet in scan.sheets}, out)
    if identity.problem is None and _says_nothing(out):
        expected = "ít nhất một số liệu (không phát sinh thì ghi 0)"
        out.fault(None, None, "identified", found="biểu chưa có số liệu nào", expected=expected)
    return FileReading(
        identity=identity,
        reader_note=_note(read.fallbacks),
        accounts=pd.DataFrame(
            [{"sheet": s, "fate": f, "cells": n} for (s, f), n in sorted(out.fates.items())]
        ),
        quarantine=pd.DataFrame(out.quarantine),
        entries=pd.DataFrame(out.entries),
        letters=pd.DataFrame(out.letters),
        faults=pd.DataFrame(out.faults),
        rows=out.rows,
        independent={sheet.name: sheet.cells for sheet in scan.sheets},
    )


def _says_nothing(out: _Collected) -> bool:
    """A blank form must not displace a full one."""
    said = any(entry["state"] != "missing" for entry in out.entries)
    return not said and all(rows.empty for rows in out.rows.values())


def _note(fallbacks: Iterable[str]) -> str | None:
    names = sorted(fallbacks)
    return f"Đọc bằng bộ đọc dự phòng: {', '.join(names)}." if names else None


def _absent_sheets(form: Form | None, present: set[str], out: _Collected) -> None:
    for sheet in form.sheets if form else []:
        if sheet.name not in present:
            out.fault(
                sheet.name, None, "identified", found="thiếu trang", expected=f"trang {sheet.name}"
            )


def _read_sheet(
    cells: pd.DataFrame,
    name: str,
    identity: Identity,
    catalogue: Catalogue,
    known_units: frozenset[str],
    out: _Collected,
) -> None:
    form = identity.form
    sheet = next((s for s in form.sheets if s.name == name), None) if form else None
    if identity.problem is not None:
        # nothing of a file that is not what it says may be used, but every cell is accounted for
        out.count(name, [FURNITURE.get(name, "ignored")] * len(cells))
    elif sheet is None and name in FURNITURE:
        # the program writes texts, formulas and, in the first column, line numbers there
        fate = pd.Series(FURNITURE[name], index=cells.index, dtype="str")
        bare = ~cells["kind"].isin(["text", "formula_empty"]) & ~cells["is_formula"]
        bare &= (cells["column"] > 1) | (cells["kind"] != "number")
        _take_strays(cells, fate.mask(bare, "stray"), name, out)
    elif sheet is None:
        out.count(name, ["ignored"] * len(cells))
        out.fault(name, None, "on_form", found=f"trang {name} ({len(cells)} ô)")
    elif sheet.register_id is not None:
        _read_register_sheet(cells, sheet, catalogue, known_units, out)
    else:
        _read_value_sheet(cells, sheet, identity, catalogue, known_units, out)


def _unusable(cells: pd.DataFrame, sheet: FormSheet, out: _Collected, expected: str) -> None:
    out.count(sheet.name, ["ignored"] * len(cells))
    out.fault(sheet.name, None, "identified", found="không thấy bảng của biểu", expected=expected)


def _read_register_sheet(
    cells: pd.DataFrame,
    sheet: FormSheet,
    catalogue: Catalogue,
    known_units: frozenset[str],
    out: _Collected,
) -> None:
    register = catalogue.registers[sheet.register_id or ""]
    found: RegisterReading | None = read_register(cells, register, known_units)
    if found is None:
        codes = ", ".join(column.code for column in register.columns)
        _unusable(cells, sheet, out, f"dòng mã cột {codes}")
        return
    faulty = set(found.faults["cell"])
    fate = found.fate.mask(cells["cell"].isin(faulty), "quarantined")
    for fault in found.faults.itertuples():
        cell, text = str(fault.cell), fault.found
        more = {"found": text, "expected": fault.expected, "element": fault.column}
        out.fault(sheet.name, cell, str(fault.operator), **more)
        shown_text = text if isinstance(text, str) else None
        out.quarantine.append(_held(sheet.name, cell, shown_text, str(fault.expected)))
    _take_strays(cells, fate, sheet.name, out)
    out.rows[register.id] = found.rows.assign(sheet=sheet.name)
    out.letters += [
        {"register_id": register.id, "sheet": sheet.name, "column": column, "letter": letter}
        for column, letter in found.letters.items()
    ]
    for column in register.columns:
        if column.required and column.id not in found.letters:
            out.fault(
                sheet.name, None, "identified", found="thiếu cột", expected=f"cột {column.code}"
            )


def _read_value_sheet(
    cells: pd.DataFrame,
    sheet: FormSheet,
    identity: Identity,
    catalogue: Catalogue,
    known_units: frozenset[str],
    out: _Collected,
) -> None:
    found: SheetLayout | None = (
        lay_out_single(cells, sheet, catalogue, identity.subject or "")
        if sheet.layout == "single"
        else lay_out_grid(cells, sheet, catalogue, known_units)
    )
    if found is None:
        _unusable(cells, sheet, out, "bảng có cột Mã số và Giá trị")
        return
    contents: Mapping[tuple[int, int], Content] = {
        (int(row["row"]), int(row["column"])): content_of(row) for _, row in cells.iterrows()
    }
    fate = found.fate.copy()
    held: list[str] = []
    for slot in found.slots:
        content = contents.get((slot.row, slot.column), BLANK)
        typed = type_value(content, catalogue.elements[slot.element])
        out.entries.append(_entry(sheet.name, slot, content, typed, contents))
        if typed.operator is not None:
            held.append(slot.cell)
            _hold(sheet.name, slot, content, typed, out)
    fate = fate.mask(cells["cell"].isin(held), "quarantined")
    for code in found.missing:
        out.fault(sheet.name, None, "identified", found=f"thiếu dòng {code}", expected=code)
    for cell, text in found.strangers:
        out.fault(sheet.name, cell, "identified", found=text, expected="mã đơn vị của biểu")
    _take_strays(cells, fate, sheet.name, out)


def _entry(
    sheet: str,
    slot: Slot,
    content: Content,
    typed: Typed,
    contents: Mapping[tuple[int, int], Content],
) -> dict[str, object]:
    beside = shown(contents.get(slot.note, BLANK)) if slot.note else None
    return {
        "sheet": sheet,
        "cell": slot.cell,
        "unit_id": slot.unit_id,
        "element": slot.element,
        "raw": shown(content),
        "value": typed.value,
        "qualifier": typed.qualifier,
        "text": typed.text,
        "note": mask_personal(normalise(beside)) if beside else None,
        "state": typed.state,
        "compulsory": slot.compulsory,
    }


def _hold(sheet: str, slot: Slot, content: Content, typed: Typed, out: _Collected) -> None:
    out.fault(
        sheet,
        slot.cell,
        typed.operator or "",
        unit_id=slot.unit_id,
        element=slot.element,
        found=shown(content),
        expected=typed.expected,
        proposed=typed.proposed,
    )
    out.quarantine.append(
        _held(sheet, slot.cell, shown(content), typed.expected or "", typed.proposed)
    )


def _held(
    sheet: str, cell: str, text: str | None, reason: str, proposed: str | None = None
) -> dict[str, object]:
    masked = mask_personal(text) if text else text
    return {"sheet": sheet, "cell": cell, "text": masked, "reason": reason, "proposed": proposed}


def _take_strays(cells: pd.DataFrame, fate: pd.Series, sheet: str, out: _Collected) -> None:
    """Keep what lies outside the form: quarantined, with an address and a finding."""
    for _, row in cells[fate == "stray"].iterrows():
        content = content_of(row)
        text = shown(content)
        out.quarantine.append(_held(sheet, str(row["cell"]), text, STRAY_REASON))
        found = mask_personal(text) if text else text
        out.fault(sheet, str(row["cell"]), "on_form", found=found)
    out.count(sheet, fate.replace("stray", "quarantined"))
