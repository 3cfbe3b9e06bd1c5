"""A small project in which identities stand wherever somebody could write one.

Every text column is taken from the catalogue: a column that is added there is planted, too.
"""

from __future__ import annotations

import datetime as dt
import functools
import io
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.model import Catalogue, Element, Form, FormSheet, RegisterColumn
from pipelines.catalogue.templates import Fill, Header, build_workbook
from pipelines.intake.container import letters
from pipelines.intake.sheets import read_file
from tests.security.identities import Plants

PERIOD = "2021-H1"
UNITS = pd.DataFrame({"unit_id": ["xa-mh-01"], "name": ["Xã minh họa 01"]})
# forms of the small project, by the unit that sends them
SENT = {
    "xa-mh-02": "xa-2021",
    "cq-mh-01": "cq-2021",
    "dn-mh-01": "dn-2021",
    "mttq-mh": "mttq-2021",
    "motcua-mh": "motcua-2021",
}


@functools.cache
def catalogue() -> Catalogue:
    """As shipped."""
    return load_catalogue()


def filled_form(form: Form, plants: Plants, unit_id: str, *, period: str = PERIOD) -> bytes:
    """A form with an identity in every text cell that its clerk may write into.

    Args:
        form: The form.
        plants: Takes note of what was planted.
        unit_id: Who sends it, and whom it is about.
        period: Key of the period.
    """
    header = Header(
        unit_id, "Đơn vị minh họa", period, period, "estimate",
        due_date=dt.date(2021, 6, 4), data_to=dt.date(2021, 5, 31), is_illustrative=True,
    )  # fmt: skip
    fill = Fill(values={}, notes={}, rows={})
    values: dict[tuple[str, str], object] = {}
    notes: dict[tuple[str, str], str] = {}
    rows: dict[str, list[dict[str, object]]] = {}
    units = UNITS
    for sheet in form.sheets:
        if sheet.register_id is not None:
            rows[sheet.register_id] = list(_rows(form, sheet, plants, unit_id))
            continue
        about = unit_id if sheet.layout == "single" else str(units["unit_id"].iloc[0])
        for item in sheet.elements():
            element = catalogue().elements[item.element]
            where = f"{form.id} {sheet.name} {element.id}"
            values[about, element.id] = _entered(element, plants, where)
            if sheet.layout == "single":
                notes[about, element.id] = plants.at(f"note of {where}").text
    fill = Fill(values=values, notes=notes, rows=rows)
    return build_workbook(catalogue(), form, header, units=units, subject_id=unit_id, fill=fill)


def _entered(element: Element, plants: Plants, where: str) -> object:
    if element.type == "text":
        return plants.at(f"text of {where}").text
    return _PLAIN.get(element.type, 1)


_PLAIN: dict[str, object] = {"date": dt.date(2021, 3, 15), "bool": "x", "int": 1, "float": 1.0}


def _rows(
    form: Form, sheet: FormSheet, plants: Plants, unit_id: str
) -> Iterator[dict[str, object]]:
    """A row with every text column planted, and a row with every column planted."""
    register = catalogue().registers[sheet.register_id or ""]
    for number, every in enumerate((False, True)):
        row: dict[str, object] = {}
        for column in register.columns:
            where = f"{form.id} {sheet.name} {column.id} row {number}"
            row[column.id] = _cell(column, plants, where, unit_id, every=every)
        row[register.unit_column] = unit_id
        yield row


def _cell(
    column: RegisterColumn, plants: Plants, where: str, unit_id: str, *, every: bool
) -> object:
    if column.type == "string" or (every and column.type != "unit"):
        return plants.at(where).text
    if column.type == "unit":
        return unit_id
    if column.type == "enum":
        return (column.options or [""])[0]
    return _PLAIN[column.type]


def planted_sample(data: bytes, plants: Plants, name: str) -> bytes:
    """A workbook of the sample, still good, with identities wherever its form has room for text.

    Args:
        data: The workbook.
        plants: Takes note of what was planted.
        name: What to call it in the notes.
    """
    known = frozenset({"xa-mh-01", "ldld-mh", "nv-mh", "bcd-mh", "huyen-mh-1"})
    read = read_file(data, catalogue(), provider=None, period=None, known_units=known)
    book = load_workbook(io.BytesIO(data))
    for entry in read.listed["entries"]:
        if catalogue().elements[str(entry["element"])].type == "text":
            place = f"{name} text of {entry['element']}"
            book[str(entry["sheet"])][str(entry["cell"])] = plants.at(place).text
    for letter in read.listed["letters"]:
        register = catalogue().registers[str(letter["register_id"])]
        column = next(c for c in register.columns if c.id == letter["column"])
        rows = read.rows.get(register.id)
        if column.sensitivity == "free_text" and rows is not None:
            for row in rows["row"].tolist():
                place = f"{name} {register.id}.{column.id}"
                book[str(letter["sheet"])][f"{letter['letter']}{row}"] = plants.at(place).text
    for sheet in book.worksheets:
        _plant_notes(sheet, plants, name)
    _furnish(book, plants, name)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _plant_notes(sheet: Worksheet, plants: Plants, name: str) -> None:
    """Every third cell under the header "Ghi chú"."""
    heads = [c for row in sheet.iter_rows(max_row=12) for c in row if c.value == "Ghi chú"]
    for head in heads:
        for row in range(head.row + 2, sheet.max_row + 1, 3):
            free = not isinstance(sheet.cell(row, head.column), MergedCell)
            if free and sheet.cell(row, 1).value is not None:
                place = f"{name} note of {sheet.title} row {row}"
                sheet[f"{letters(head.column)}{row}"] = plants.at(place).text


def _furnish(book: Workbook, plants: Plants, name: str) -> None:
    """What a workbook holds beside its cells."""
    first = book.worksheets[0]
    first["A1"].comment = Comment(plants.at(f"{name} comment").text, plants.at(f"{name} c").name)
    first["A1"].hyperlink = Hyperlink(
        ref="A1", target=f"https://thu.invalid/{plants.at(f'{name} link').file_name}",
        tooltip=plants.at(f"{name} tooltip").text,
    )  # fmt: skip
    shape = plants.at(f"{name} number format").text
    numbers = (c for row in first.iter_rows() for c in row if isinstance(c.value, int))
    next(numbers).number_format = f'0"{shape}"'
    for edge, part in (("header", first.oddHeader), ("footer", first.oddFooter)):
        if part is not None and part.center is not None:
            part.center.text = plants.at(f"{name} {edge}").text
    properties = book.properties
    properties.creator = plants.at(f"{name} creator").text
    properties.lastModifiedBy = plants.at(f"{name} last modified by").text
    properties.title = plants.at(f"{name} title").text
    properties.description = plants.at(f"{name} description").text
    defined = plants.at(f"{name} defined name")
    book.defined_names[f"Xq{defined.code}x"] = DefinedName(
        f"Xq{defined.code}x", attr_text=f'"{plants.at(f"{name} defined text").text}"'
    )
    hidden = book.create_sheet(plants.at(f"{name} sheet name").short[:31])
    hidden.sheet_state = "veryHidden"
    hidden["A1"] = plants.at(f"{name} hidden sheet").text
    # far from the table, and right beside it
    first["AZ3"] = plants.at(f"{name} stray").text
    last = book.worksheets[-2]
    last["AD1"] = plants.at(f"{name} stray in {last.title}").text


def broken_files(plants: Plants) -> dict[str, bytes]:
    """Files by name that no reader gets through, or that are no form."""
    text = plants.at
    table = f"Họ và tên;{text('csv header').text}\n{text('csv cell').text};1\n"
    page = f"<html><table><tr><td>{text('html cell').text}</td><td>1</td></tr></table></html>"
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = text("stranger sheet name").short[:31]
    sheet["A1"], sheet["B1"] = text("stranger A1").text, text("stranger B1").text
    sheet["A2"], sheet["B2"] = text("stranger A2").text, 1
    out = io.BytesIO()
    book.save(out)
    return {
        f"{text('name of csv').file_name}.csv": table.encode(),
        f"{text('name of html').file_name}.html": page.encode(),
        f"{text('name of cut xlsx').file_name}.xlsx": out.getvalue()[:-300],
        f"{text('name of stranger').file_name}.xlsx": out.getvalue(),
        f"{text('name of text').file_name}.txt": text("plain text").text.encode(),
        f"{text('name of pdf').file_name}.pdf": b"%PDF-1.4\n" + text("pdf").text.encode(),
    }


def plant(root: Path, plants: Plants) -> None:
    """Plant the small project.

    Args:
        root: What ``mini.build`` has made.
        plants: Takes note of what was planted.
    """
    folder = root / "raw" / PERIOD
    for path in sorted(folder.rglob("*.xlsx")):
        named = path.with_name(f"{path.stem}_{plants.at(f'name of {path.stem}').file_name}.xlsx")
        named.write_bytes(planted_sample(path.read_bytes(), plants, path.stem))
        path.unlink()
    for unit_id, form_id in SENT.items():
        target = folder / unit_id / f"{form_id}_{plants.at(f'name of {form_id}').file_name}.xlsx"
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(filled_form(catalogue().forms[form_id], plants, unit_id))
    for name, data in broken_files(plants).items():
        target = folder / "xa-mh-03" / name
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(data)
