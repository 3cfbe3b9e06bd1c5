"""Real files for the case table: a form as a clerk has it, then whatever the case does to it.

A case of ``table.yaml`` reads::

    - case: T01                  # number in the field's catalogue, or X.. for our own
      what: dấu chấm hàng nghìn gõ dạng chữ
      file:                      # or files: [{…}, {…}] for a case of several
        base: xa-2021            # form, default cq-2021; none: no form (needs make)
        unit: xa-mh-01           # default: an illustrative unit of the form
        period: 2021-H1          # default
        round: estimate          # default
        set: {xa.publish_due: "52.620"}   # element → content typed into its value cell
        cells: {"Biểu 01-XA!H3": 7}       # any other cell → content
        rows: {meetings: [{…}]}           # register → rows by column id
        names: {QCDC_UNIT: null}          # hidden names; null takes one away
        header: {"Đơn vị:": "xã Ea Phê"}  # visible header: the cell after the label
        edits: [{hide_row: xa.publish_due}]  # functions of edits.py, one argument each
        make: csv_of_form        # function of makers.py: bytes of the file → bytes of another
        name: bao-cao.xlsx       # default <case>.xlsx
        folder: raw/2021-H1/xa-mh-02      # where it lies; default outside the project
      expect:                    # or a list, one per file
        exit: 0                  # of the command
        taken: {unit: xa-mh-01, status: accepted}   # form, unit, period, round, status
        problem: QCDC-E08        # a file that is not read
        rows: {xa.publish_due: 52620}     # or {value, state, qualifier, text, proposed}
        registers: {meetings: 2}          # number of rows
        finds: [CELL-TYPE@xa.publish_due] # exactly these rules, each @element or @Sheet!A1 if said
        says: ["52.620"]         # stands somewhere in findings, notes or the problem
        unsaid: ["Trần Văn"]     # stands nowhere in the answer

A content is a scalar, or {text, number, format, formula, error, date, font} as needed. Every
other compulsory cell of the form holds a plain value, so that only the case speaks.
"""

import datetime as dt
import functools
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.model import Element, Form
from pipelines.catalogue.periods import period_frame
from pipelines.catalogue.reference import read_facts
from pipelines.catalogue.templates import Fill, Header, build_workbook
from pipelines.places.units import members, scope_of
from tests.cases import edits, makers

ROOT = Path(__file__).parents[2]
CATALOGUE = load_catalogue()
DAY = dt.date(2021, 3, 5)
DEFAULT_FORM = "cq-2021"
UNITS = {
    "xa-2021": "xa-mh-01",
    "cq-2021": "cq-mh-01",
    "dn-2021": "dn-mh-01",
    "bcd-2021": "bcd-mh",
    "tthc-2021": "mc-mh",
}
USUAL = 6
# what a plain form of these kinds holds so that no rule speaks
NATURAL: dict[str, object] = {
    "xa.publish_done": 5,
    "cq.conference_on": DAY,
    "cq.publish_done": 5,
    "dn.conference_on": DAY,
}


@functools.cache
def units() -> pd.DataFrame:
    """``ref.units``."""
    return read_facts(CATALOGUE, ROOT / "raw" / "reference", "units")


def build(case: str, spec: Mapping[str, Any]) -> tuple[str, bytes]:
    """Name and bytes of a case's file."""
    data = b"" if spec.get("base") == "none" else _workbook(spec)
    for step in _list(spec.get("make")):
        data = getattr(makers, step)(data)
    return str(spec.get("name", f"{case}.xlsx")), data


def _list(value: object) -> list[str]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)  # type: ignore[call-overload] # YAML list


def _workbook(spec: Mapping[str, Any]) -> bytes:
    form = CATALOGUE.forms[spec.get("base", DEFAULT_FORM)]
    unit_id = str(spec.get("unit", UNITS.get(form.id, "")))
    plain = plain_form(
        form.id, unit_id, spec.get("period", "2021-H1"), spec.get("round", "estimate")
    )
    book = load_workbook(io.BytesIO(plain))
    places = value_places(book, form)
    for name, content in spec.get("set", {}).items():
        sheet, cell = places[CATALOGUE.elements[name].code]
        put(book, sheet, cell, content)
    for place, content in spec.get("cells", {}).items():
        sheet, cell = place.split("!")
        put(book, sheet, cell, content)
    for register, rows in spec.get("rows", {}).items():
        _add_rows(book, form, register, rows)
    for name, value in spec.get("names", {}).items():
        book.defined_names.pop(name, None)
        if value is not None:
            book.defined_names[name] = DefinedName(name, attr_text=f'"{value}"', hidden=True)
    for label, value in spec.get("header", {}).items():
        _put_header(book, label, value)
    for edit in spec.get("edits", []):
        ((name, argument),) = edit.items()
        getattr(edits, name)(book, places, argument)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@functools.cache
def plain_form(form_id: str, unit_id: str, period: str, round_: str) -> bytes:
    """The smallest form that may be sent, without its furniture."""
    form = CATALOGUE.forms[form_id]
    row = period_frame(CATALOGUE.periods).set_index("period").loc[period]
    ends_on = row["ends_on"]
    day: Any = ends_on.date() if isinstance(ends_on, pd.Timestamp) else ends_on
    unit = units().set_index("unit_id").loc[unit_id]
    scope = scope_of(units(), unit_id, day)
    around = members(CATALOGUE.populations["qcdc_grassroots"], units(), scope, day)
    header = Header(
        unit_id=unit_id,
        unit_name=str(unit["name"]),
        period=period,
        period_label=str(row["label_vi"]),
        round=round_,
        due_date=None,
        data_to=None,
        is_illustrative=True,
    )
    about_scope = any(sheet.subject == "scope" for sheet in form.sheets)
    subject = scope if about_scope else unit_id
    values = {
        (subject, item.element): NATURAL.get(item.element, _usual(CATALOGUE.elements[item.element]))
        for sheet in form.sheets
        if sheet.layout == "single"
        for item in sheet.elements()
        if item.compulsory or item.element in NATURAL
    }
    return build_workbook(
        CATALOGUE,
        form,
        header,
        units=around,
        subject_id=subject,
        fill=Fill(values=values),
        is_archive=True,
    )


def _usual(element: Element) -> object:
    fixed = {"bool": "Có", "date": DAY, "text": "12/CTr-UBND"}
    if element.type in fixed:
        return fixed[element.type]
    if element.options:
        return element.options[0]
    return min(USUAL, element.maximum if element.maximum is not None else USUAL)


def value_places(book: Workbook, form: Form) -> dict[str, tuple[str, str]]:
    """Sheet and address of the value cell of each code of the single sheets."""
    codes = {CATALOGUE.elements[item.element].code for item in form.elements()}
    places = {}
    for spec in form.sheets:
        if spec.layout != "single":
            continue
        for row in book[spec.name].iter_rows():
            for cell in row:
                if cell.value in codes and cell.column == 3:
                    places[str(cell.value)] = (spec.name, f"E{cell.row}")
    return places


def put(book: Workbook, sheet: str, cell: str, content: Any) -> None:
    """Write a content of the table into a cell."""
    target = book[sheet][cell]
    if not isinstance(content, Mapping):
        target.value = content
        if isinstance(content, str):
            target.data_type = "s"  # text that looks like a formula stays text
        return
    if "formula" in content:
        target.value = content["formula"]
    elif "error" in content:
        target.value, target.data_type = content["error"], "e"
    elif "date" in content:
        target.value = content["date"]
    elif "text" in content:
        target.value, target.data_type = str(content["text"]), "s"
    else:
        target.value = content["number"]
    if "format" in content:
        target.number_format = content["format"]
    if "font" in content:
        target.font = Font(name=content["font"])


def _add_rows(
    book: Workbook, form: Form, register_id: str, rows: Sequence[Mapping[str, Any]]
) -> None:
    register = CATALOGUE.registers[register_id]
    (spec,) = [sheet for sheet in form.sheets if sheet.register_id == register_id]
    codes = {column.code: column.id for column in register.columns}
    top, letters = _header_row(book[spec.name], codes)
    for number, row in enumerate(rows, start=top + 1):
        for column, content in row.items():
            put(book, spec.name, f"{letters[column]}{number}", content)


def _header_row(sheet: Worksheet, codes: Mapping[str, str]) -> tuple[int, dict[str, str]]:
    """Number of the first row that holds codes, and the column letter of each code's meaning."""
    for number, row in enumerate(sheet.iter_rows(), start=1):
        texts = {get_column_letter(n): cell.value for n, cell in enumerate(row, start=1)}
        letters = {
            codes[text]: at for at, text in texts.items() if isinstance(text, str) and text in codes
        }
        if letters:
            return number, letters
    msg = f"{sheet.title}: no row of codes"
    raise AssertionError(msg)


def _put_header(book: Workbook, label: str, value: Any) -> None:
    """Overwrite what stands beside a label of the visible header, on every sheet."""
    for sheet in book.worksheets:
        for row in sheet.iter_rows(max_row=8):
            for place, cell in enumerate(row):
                if cell.value != label:
                    continue
                beside = next(c for c in row[place + 1 :] if isinstance(c, Cell))
                beside.value = value
