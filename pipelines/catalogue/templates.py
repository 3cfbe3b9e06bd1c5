"""Excel forms made from the catalogue: the workbook that a clerk fills in and sends.

Belongs here: the whole workbook, its hidden names, its furniture.
Does not belong here: the table of a sheet (``sheet_*``), the formulas of "Kiểm tra"
(``checksheet``), reading workbooks.
"""

from __future__ import annotations

import pandas as pd
from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.catalogue import workbook_styles as ws
from pipelines.catalogue.bulk_rows import BulkRows
from pipelines.catalogue.changing import worded
from pipelines.catalogue.check_layout import SHEET_NAME as CHECKS_NAME
from pipelines.catalogue.checksheet import Checks, expressible_rules, write_checks
from pipelines.catalogue.guide_sheet import SHEET_NAME as GUIDE_NAME
from pipelines.catalogue.guide_sheet import write_guide
from pipelines.catalogue.input_rules import SHEET_NAME as LISTS_NAME
from pipelines.catalogue.input_rules import UNIT_NAMES, UNITS_LIST, Lists
from pipelines.catalogue.model import Catalogue, Form, FormSheet
from pipelines.catalogue.sheet_frame import (
    HEADER_ROW,
    Fill,
    Header,
    RegisterArea,
    ValueCell,
    total_width,
)
from pipelines.catalogue.sheet_grid import write_grid
from pipelines.catalogue.sheet_register import BLANK_ROWS, write_register
from pipelines.catalogue.sheet_single import write_single
from pipelines.catalogue.stamping import workbook_bytes

PORTRAIT_WIDTH = 130  # characters; wider tables are unreadable on a portrait page
_SCOPE = "Phạm vi của biểu"

__all__ = ["Fill", "Header", "build_workbook", "expressible_rules"]


def build_workbook(
    catalogue: Catalogue,
    form: Form,
    header: Header,
    *,
    units: pd.DataFrame,
    subject_id: str,
    fill: Fill | None = None,
    is_archive: bool = False,
) -> bytes:
    """The workbook of a form, empty or filled.

    Args:
        catalogue: The catalogue.
        form: The form to lay out.
        header: Who reports, about when.
        units: ``unit_id`` and ``name`` of the units that grid rows and register drop-downs
            speak of, in official order; where ``unit_type`` and ``kind`` are given too, each
            grid takes the units of its own population.
        subject_id: The unit that the single sheets are about.
        fill: What to enter.
        is_archive: Whether nobody will fill it in any more: then "Hướng dẫn", "Kiểm tra" and
            the blank rows of registers are left out.

    Returns:
        The bytes of an ``.xlsx`` file; equal arguments give equal bytes.

    Raises:
        ValueError: Something of ``fill`` has no place on the form.
    """
    catalogue, fill = worded(catalogue, form), fill or Fill()
    pairs = _pairs(units)
    book = Workbook()
    book.remove(book.worksheets[0])
    lists = Lists()
    named = _of_registers(catalogue, form, header, pairs, subject_id)
    if named:
        # names stand beside the ids, for those who look an id up
        lists.reference(UNITS_LIST, [unit_id for unit_id, _ in named])
        lists.reference(UNIT_NAMES, [name for _, name in named])
    cells: list[ValueCell] = []
    areas: list[RegisterArea] = []
    bulk: list[BulkRows] = []
    for spec in form.sheets:
        sheet = book.create_sheet(spec.name)
        if spec.layout == "single":
            name = dict(pairs).get(subject_id, header.unit_name)
            subject = (subject_id, name)
            cells += write_single(sheet, catalogue, form, spec, header, fill, lists, subject)
        elif spec.layout == "grid":
            rows = _grid_units(catalogue, spec, units)
            cells += write_grid(sheet, catalogue, form, spec, header, fill, lists, rows)
        else:
            area, below = write_register(
                sheet,
                catalogue,
                form,
                spec,
                header,
                fill,
                lists,
                named,
                blank_rows=1 if is_archive else BLANK_ROWS,
            )
            areas.append(area)
            bulk.append(below)
        _finish(sheet, spec, header)
    _refuse_homeless(fill, cells, areas)
    if not is_archive:
        _help_sheets(book, catalogue, form, header, lists, (cells, areas))
    lists.write(book.create_sheet(LISTS_NAME), illustrative=header.is_illustrative)
    for name, value in _names(form, header, subject_id).items():
        book.defined_names[name] = DefinedName(name, attr_text=f'"{value}"', hidden=True)
    if book.calculation is not None:
        book.calculation.fullCalcOnLoad = True
    return workbook_bytes(book, bulk)


def _pairs(units: pd.DataFrame) -> list[tuple[str, str]]:
    return [(str(u), str(name)) for u, name in zip(units["unit_id"], units["name"], strict=True)]


def _of_registers(
    catalogue: Catalogue,
    form: Form,
    header: Header,
    pairs: list[tuple[str, str]],
    subject_id: str,
) -> list[tuple[str, str]]:
    """The units that register rows may name; who keeps a register may speak of itself."""
    registers = [
        catalogue.registers[sheet.register_id]
        for sheet in form.sheets
        if sheet.register_id is not None
    ]
    if not registers or not pairs:
        return []
    known = dict(pairs)
    if any(register.may_be_absent for register in registers):
        known = {**known, header.unit_id: header.unit_name}
        known.setdefault(subject_id, _SCOPE)
    return list(known.items())


def _grid_units(
    catalogue: Catalogue, spec: FormSheet, units: pd.DataFrame
) -> list[tuple[str, str]]:
    """The rows of a grid: a form may hold grids of different populations."""
    if not {"unit_type", "kind"} <= set(units.columns):
        return _pairs(units)
    population = catalogue.populations[str(spec.population)]
    fits = units["unit_type"].isin(population.unit_types)
    if population.kinds is not None:
        fits &= units["kind"].isin(population.kinds)
    return _pairs(units[fits])


def _names(form: Form, header: Header, subject_id: str) -> dict[str, str]:
    return {
        "QCDC_FORM": form.id,
        "QCDC_VERSION": form.version,
        "QCDC_UNIT": header.unit_id,
        "QCDC_SUBJECT": subject_id,
        "QCDC_PERIOD": header.period,
        "QCDC_ROUND": header.round,
        "QCDC_DATA_TO": header.data_to.isoformat() if header.data_to else "",
    }


def _finish(sheet: Worksheet, spec: FormSheet, header: Header) -> None:
    ws.protect(sheet)
    last = HEADER_ROW if spec.layout == "single" else HEADER_ROW + 1
    ws.print_setup(
        sheet,
        landscape=total_width(sheet) > PORTRAIT_WIDTH,
        repeat=f"{HEADER_ROW}:{last}",
        illustrative=header.is_illustrative,
    )


def _help_sheets(
    book: Workbook,
    catalogue: Catalogue,
    form: Form,
    header: Header,
    lists: Lists,
    places: tuple[list[ValueCell], list[RegisterArea]],
) -> None:
    cells, areas = places
    checks = Checks(catalogue, form, cells, areas, lists.address(UNITS_LIST))
    write_checks(book.create_sheet(CHECKS_NAME), checks, header)
    write_guide(book.create_sheet(GUIDE_NAME), catalogue, form, header)


def _refuse_homeless(fill: Fill, cells: list[ValueCell], areas: list[RegisterArea]) -> None:
    """Nothing may be lost in silence."""
    places = {(cell.unit_id, cell.element) for cell in cells}
    noted = {(cell.unit_id, cell.element) for cell in cells if not cell.in_grid}
    entered = fill.values  # noqa: PD011 — a dict, not a frame
    homeless = [
        *(f"value {key}" for key in sorted(set(entered) - places)),
        *(f"note {key}" for key in sorted(fill.notes.keys() - noted)),
        *(f"rows of {name}" for name in fill.rows if name not in {a.register_id for a in areas}),
    ]
    for area in areas:
        known = set(area.letters)
        homeless += [
            f"columns {sorted(set(row) - known)} of {area.register_id}"
            for row in fill.rows.get(area.register_id, [])
            if set(row) - known
        ]
    if homeless:
        msg = f"no place on the form for: {'; '.join(homeless[:5])} ({len(homeless)} in all)"
        raise ValueError(msg)
