"""The same form in every container: the same values come out, every cell is counted twice."""

import io
import subprocess
from pathlib import Path

import pytest
from openpyxl import load_workbook

from pipelines.intake.cells import COLUMNS
from pipelines.intake.formats.opening import counts_of, names_of, open_book
from tests.intake import containers_made as made

ROOT = Path(__file__).parents[2]
FORM = next((ROOT / "raw" / "2021-H1" / "xa-mh-01").glob("*.xlsx")).read_bytes()
KINDS = ["xls", "ods", "html"]


def contents(book, *, formulas: bool = False) -> dict[tuple[str, str], object]:
    """What stands in every typed cell: sheet and address → value."""
    cells = book.cells
    if not formulas:
        cells = cells[~cells["is_formula"]]
    columns = [cells[name] for name in ("sheet", "cell", "kind", "text", "number")]
    rows = zip(*columns, strict=True)
    return {
        (s, c): number if kind in {"number", "bool"} else text for s, c, kind, text, number in rows
    }


def audited(book, data: bytes) -> None:
    """Every container keeps these promises."""
    assert list(book.cells.columns) == COLUMNS
    assert not book.cells.duplicated(["sheet", "cell"]).any()
    in_sheets = book.cells.groupby("sheet").size().to_dict()
    assert in_sheets == {sheet.name: sheet.cells for sheet in book.sheets if sheet.cells}
    assert counts_of(data) == {sheet.name: sheet.cells for sheet in book.sheets}


@pytest.fixture(scope="module")
def original():
    return open_book(FORM)


@pytest.fixture(scope="module")
def saved(tmp_path_factory) -> dict[str, bytes]:
    """The form as LibreOffice saves it."""
    folder = tmp_path_factory.mktemp("saved")
    (folder / "bieu.xlsx").write_bytes(FORM)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    for kind in KINDS:
        command = ["soffice", profile, "--headless", "--convert-to", kind, "bieu.xlsx"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=120)
    return {kind: (folder / f"bieu.{kind}").read_bytes() for kind in KINDS}


@pytest.mark.tool("libreoffice")
@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_a_workbook_saved_by_another_program_says_the_same(kind, original, saved):
    book = open_book(saved[kind])
    audited(book, saved[kind])
    assert (book.container, book.notes) == (kind, ())
    assert contents(book) == contents(original)
    assert names_of(saved[kind]) == book.names == original.names
    assert [(s.name, s.state, s.cells) for s in book.sheets] == [
        (s.name, s.state, s.cells) for s in original.sheets
    ]
    formulas = original.cells[original.cells["is_formula"]]
    again = book.cells[book.cells["is_formula"]]
    assert list(again["cell"]) == list(formulas["cell"])
    # nobody has computed the formulas of a form that a program wrote; LibreOffice has
    assert set(formulas["kind"]) == {"formula_empty"}
    assert "formula_empty" not in set(again["kind"])


@pytest.mark.long
@pytest.mark.tool("libreoffice")
def test_a_web_page_shows_the_same(original, saved):
    book = open_book(saved["html"], name="bieu.xls")
    audited(book, saved["html"])
    assert book.notes == ("Tên tệp có đuôi .xls nhưng nội dung là trang HTML (đọc theo nội dung).",)
    visible = original.cells[~original.cells["is_formula"] & (original.cells["kind"] != "date")]
    expected = {
        (sheet, cell): content
        for (sheet, cell), content in contents(original).items()
        if (sheet, cell) in set(zip(visible["sheet"], visible["cell"], strict=True))
    }
    found = contents(book)
    differ = {
        place: (content, found.get(place))
        for place, content in expected.items()
        if " ".join(str(content).split()) != " ".join(str(found.get(place)).split())
    }
    assert differ == {}


@pytest.mark.parametrize("make", [made.xlsb_of, made.ods_of])
def test_workbooks_by_hand_say_the_same(make, original):
    data = make(FORM)
    book = open_book(data)
    audited(book, data)
    assert contents(book) == contents(original)
    assert book.names == names_of(data) == original.names
    assert book.cells["is_formula"].sum() == original.cells["is_formula"].sum()


@pytest.mark.parametrize(
    ("make", "container", "sheet"),
    [
        (made.csv_of, "csv", "Trang 1"),
        (lambda data: made.csv_of(data, "\t", "utf-16"), "csv", "Trang 1"),
        (lambda data: made.csv_of(data, ",", "utf-8"), "csv", "Trang 1"),
        (lambda data: made.csv_of(data, ";", "utf-16-le"), "csv", "Trang 1"),
        (made.html_of, "html", "Trang 1"),
        (made.docx_of, "docx", "Bảng 1"),
    ],
)
def test_pages_of_text_hold_what_a_person_sees(make, container, sheet):
    data = make(FORM)
    book = open_book(data)
    audited(book, data)
    assert (book.container, book.sheets[0].name) == (container, sheet)
    first = load_workbook(io.BytesIO(FORM)).worksheets[0]
    expected = {
        cell.coordinate: made.shown(cell.value).strip()
        for line in first.iter_rows()
        for cell in line
        if made.shown(cell.value).strip()
    }
    got = {cell: str(text) for (page, cell), text in contents(book).items() if page == sheet}
    assert {cell: text.strip() for cell, text in got.items()} == expected
