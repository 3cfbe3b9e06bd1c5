import datetime as dt
import io
import re
import zipfile
from typing import Any

import openpyxl
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from pipelines.catalogue.integrity import MAX_COMPULSORY
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.templates import Fill, Header, build_workbook

CATALOGUE = load_catalogue()
UNITS = pd.DataFrame(
    {
        "unit_id": [f"xa-mh-{number:02d}" for number in range(1, 16)],
        "name": [f"Xã minh họa {number:02d}" for number in range(1, 16)],
    }
)
SUBJECT = "xa-mh-01"
HEADER = Header(
    unit_id="xa-mh-02",
    unit_name="Xã minh họa 02",
    period="2021-H1",
    period_label="6 tháng đầu năm 2021",
    round="estimate",
    due_date=dt.date(2021, 6, 10),
    data_to=dt.date(2021, 6, 9),
    is_illustrative=True,
)
FURNITURE = ["Kiểm tra", "Hướng dẫn", "Danh mục"]
# what Excel 2010, WPS and LibreOffice all know
KNOWN_FUNCTIONS = set(
    re.findall(
        "[A-Z]+",
        "ABS AND COUNT COUNTA COUNTIF DATE DAY FIND HYPERLINK IF IFERROR INT ISERROR ISNUMBER "
        "LEFT LEN MATCH MID MIN N NOT OR ROW SUM SUMPRODUCT TEXT TRIM VALUE",
    )
)
# the forms of the period in the header; those of later laws are built in test_later_forms
THEN = sorted(f.id for f in CATALOGUE.forms.values() if f.in_force(dt.date(2021, 6, 30)))
each_form = pytest.mark.parametrize("form_id", THEN)


def build(form_id, fill=None, header=HEADER):
    form = CATALOGUE.forms[form_id]
    return build_workbook(CATALOGUE, form, header, units=UNITS, subject_id=SUBJECT, fill=fill)


def opened(data) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))


def code_rows(sheet) -> dict[str, Any]:
    return {row[2].value: row for row in sheet.iter_rows(min_row=9) if row[2].value}


@each_form
def test_hidden_names_say_what_the_file_is(form_id):
    names = opened(build(form_id)).defined_names
    assert all(names[name].hidden for name in names)
    assert {name: names[name].value for name in names} == {
        "QCDC_FORM": f'"{form_id}"',
        "QCDC_VERSION": '"1"',
        "QCDC_UNIT": '"xa-mh-02"',
        "QCDC_SUBJECT": '"xa-mh-01"',
        "QCDC_PERIOD": '"2021-H1"',
        "QCDC_ROUND": '"estimate"',
        "QCDC_DATA_TO": '"2021-06-09"',
    }


@each_form
def test_sheets_are_protected_and_say_illustrative_on_screen_and_paper(form_id):
    book = opened(build(form_id))
    form = CATALOGUE.forms[form_id]
    assert book.sheetnames == [*(sheet.name for sheet in form.sheets), *FURNITURE]
    for sheet in book.worksheets:
        assert sheet.protection.sheet
        assert sheet.protection.password is None
        assert sheet.sheet_state == "visible"
        assert sheet.page_setup.paperSize == 9
        assert sheet.page_setup.fitToHeight == 0
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert "SỐ LIỆU MINH HỌA" in sheet.oddHeader.center.text
        assert "SỐ LIỆU MINH HỌA" in {cell.value for row in sheet.iter_rows() for cell in row}


def test_the_banner_is_only_for_illustrative_figures():
    real = Header(**{**vars(HEADER), "is_illustrative": False})
    with zipfile.ZipFile(io.BytesIO(build("bcd-2021", header=real))) as archive:
        assert not [n for n in archive.namelist() if "MINH HỌA" in archive.read(n).decode()]


@each_form
def test_only_inputs_are_unlocked_and_few_are_compulsory(form_id):
    book = opened(build(form_id))
    form = CATALOGUE.forms[form_id]
    compulsory = 0
    for spec in form.sheets:
        sheet = book[spec.name]
        unlocked = {
            c.coordinate for row in sheet.iter_rows() for c in row if not c.protection.locked
        }
        for row in sheet.iter_rows():
            compulsory += sum(c.fill.start_color.rgb == "FFFFF2CC" for c in row)
        assert unlocked
        assert not [address for address in unlocked if sheet[address].value is not None]
    asked = sum(
        item.compulsory * (len(UNITS) if spec.layout == "grid" else 1)
        for spec in form.sheets
        for item in spec.elements()
    )
    assert compulsory == asked <= MAX_COMPULSORY
    for name in FURNITURE:
        assert all(cell.protection.locked for row in book[name].iter_rows() for cell in row)


def test_a_single_sheet_has_a_row_per_element():
    sheet = opened(build("xa-2021"))["Biểu 01-XA"]
    assert [cell.value for cell in sheet[8]] == [
        "TT",
        "Nội dung",
        "Mã số",
        "Đơn vị tính",
        "Giá trị",
        "Ghi chú",
    ]
    rows = code_rows(sheet)
    assert set(rows) == {
        CATALOGUE.elements[item.element].code
        for item in CATALOGUE.forms["xa-2021"].sheets[0].elements()
    }
    number, label, code, unit, value, note = rows["B01"]
    assert (number.value, label.value, unit.value) == (
        "8*",
        "Số nội dung phải công khai",
        "nội dung",
    )
    assert value.number_format == "#,##0"
    assert [cell.protection.locked for cell in (label, code, value, note)] == [
        True,
        True,
        False,
        False,
    ]


def test_a_grid_sheet_has_a_row_per_unit_and_a_code_row():
    fill = Fill(values={("xa-mh-03", "ntm.recognised"): True, ("xa-mh-03", "ntm.criteria_met"): 19})
    sheet = opened(build("ntm-2021", fill))["Biểu 05-NTM"]
    assert [cell.value for cell in sheet[9]] == ["(A)", "(B)", "(C)", "B31", "B32", "B131", "B132"]
    row = [cell.value for cell in sheet[12]]
    assert row == [3, "xa-mh-03", "Xã minh họa 03", "Có", 19, None, None]
    assert sheet.max_row == 9 + len(UNITS)
    assert sheet.freeze_panes == "D10"


def test_a_register_sheet_has_codes_and_room_below():
    day = dt.date(2021, 3, 2)
    rows = [{"unit": f"xa-mh-{n:02d}", "planned_month": n, "done_on": day} for n in range(1, 40)]
    data = build("bcd-2021", Fill(rows={"inspections": rows}))
    sheet = opened(data)["Sổ kiểm tra"]
    assert [cell.value for cell in sheet[9]] == [f"K0{n}" for n in range(1, 9)]
    assert [cell.value for cell in sheet[48]][:5] == [
        "xa-mh-39",
        None,
        39,
        None,
        dt.datetime(2021, 3, 2),  # noqa: DTZ001 — a cell has no time zone
    ]
    assert sheet["E48"].number_format == "dd/mm/yyyy"
    assert not sheet.column_dimensions["E"].protection.locked
    lines = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name("Sổ kiểm tra")
    codes, *filled = lines.to_python(skip_empty_area=False)[8:]
    column = codes.index("K01")
    assert [line[column] for line in filled if line[column]] == [row["unit"] for row in rows]


def test_equal_input_gives_equal_bytes_without_a_clock():
    first = build("bcd-2021")
    assert build("bcd-2021") == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1998, 2, 18, 0, 0, 0)}
        assert archive.namelist()[0] == "[Content_Types].xml"
        times = re.findall(
            rb"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]+Z", archive.read("docProps/core.xml")
        )
        assert times == [b"1998-02-18T00:00:00Z"] * 2
        assert not [name for name in archive.namelist() if "vba" in name.lower()]


def test_texts_never_become_formulas():
    values = {(SUBJECT, "ld.committee_members"): "=1+1"}
    notes = {(SUBJECT, "ld.committee_members"): "=cmd()"}
    sheet = opened(build("xa-2021", Fill(values=values, notes=notes)))["Biểu 01-XA"]
    row = code_rows(sheet)["A02"]
    assert [(cell.value, cell.data_type) for cell in row[4:6]] == [("=1+1", "s"), ("=cmd()", "s")]


@pytest.mark.parametrize(
    ("form_id", "fill"),
    [
        ("xa-2021", Fill(values={(SUBJECT, "dn.dialogues"): 1})),
        ("xa-2021", Fill(values={("xa-mh-09", "xa.dialogues"): 1})),
        ("ntm-2021", Fill(notes={("xa-mh-09", "ntm.recognised"): "ghi chú"})),
        ("xa-2021", Fill(rows={"dossiers": []})),
        ("motcua-2021", Fill(rows={"dossiers": [{"applicant": "…"}]})),
    ],
)
def test_what_has_no_place_on_the_form_is_refused(form_id, fill):
    with pytest.raises(ValueError, match="no place on the form"):
        build(form_id, fill)


def test_control_characters_are_refused():
    rows = [{"field": "đất"}, {"field": "đ\x00ất"}]
    with pytest.raises(ValueError, match="control character"):
        build("motcua-2021", Fill(rows={"dossiers": rows}))


@each_form
def test_formulas_stand_on_the_check_sheet_only_and_are_old_enough(form_id):
    book = opened(build(form_id))
    for sheet in book.worksheets:
        formulas = [c.value for row in sheet.iter_rows() for c in row if c.data_type == "f"]
        assert bool(formulas) == (sheet.title == "Kiểm tra")
        for formula in formulas:
            texts = re.findall(r'"((?:[^"]|"")*)"', formula)
            bare = re.sub(r'"(?:[^"]|"")*"|\'[^\']*\'', "", formula)
            assert set(re.findall(r"([A-Z][A-Z0-9.]*)\(", bare)) <= KNOWN_FUNCTIONS
            assert max(map(len, texts), default=0) <= 255
            assert len(formula) <= 8192


@each_form
def test_links_made_by_formulas_lead_to_cells_of_the_form_that_they_name(form_id):
    book = opened(build(form_id))
    cells = [cell for row in book["Kiểm tra"].iter_rows() for cell in row]
    links = [cell for cell in cells if "HYPERLINK" in str(cell.value)]
    pairs = {rule.id for rule in CATALOGUE.rules.values() if rule.operator == "compulsory_pair"}
    # column B names the rule; of a register the cell is fixed
    assert {book["Kiểm tra"][f"B{cell.row}"].value for cell in links} <= pairs
    for cell in links:
        assert cell.value.startswith("=HYPERLINK(")
        assert cell.hyperlink is None
        found = re.search(r',"#([^"]+)","#([^"]+)"\),IF\(.*,"([^"]+)","([^"]+)"\)\)$', cell.value)
        assert found is not None
        *places, right, left = found.groups()
        shown = [f"'{sheet}'!{at}" for sheet, at in (t.split(": ") for t in (right, left))]
        assert places == shown
        assert all(t.split(": ")[0] in book.sheetnames for t in (right, left))


def test_typing_is_guided():
    book = opened(build("xa-2021"))
    sheet = book["Biểu 01-XA"]
    rules: dict[str, Any] = {str(v.sqref): v for v in sheet.data_validations.dataValidation}
    by_code: dict[str, Any] = {
        code: rules.get(row[4].coordinate) for code, row in code_rows(sheet).items()
    }
    assert (by_code["A02"].type, by_code["A02"].formula1, by_code["A02"].formula2) == (
        "whole",
        "0",
        "100",
    )
    assert "số nguyên từ 0 đến 100" in by_code["A02"].error
    assert by_code["B32"].type == "custom"
    listed = by_code["B31"].formula1
    title, address = listed.split("!")
    cells = book[title.strip("'")][address.replace("$", "")]
    assert [cell.value for (cell,) in cells] == ["Có", "Không", "x"]
    assert all(v.errorStyle == "stop" and v.error for v in rules.values())
