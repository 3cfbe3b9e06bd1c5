import datetime as dt
import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.workbook.defined_name import DefinedName

from pipelines.intake.cells import read_cells
from pipelines.intake.container import Limits, UnreadableWorkbook, scan_container, split_address

CELLS = st.one_of(
    st.integers(-(10**6), 10**6),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.booleans(),
    st.dates(dt.date(1950, 1, 1), dt.date(2100, 1, 1)),
    st.sampled_from(["", " ", "\u00a0", "\t\n", "52.620", "07", "Có", "x", "#DIV/0!", "#N/A"]),
    st.sampled_from(["=1+1", "=A1", '="a"', "=1/0"]),
    st.text(
        st.characters(min_codepoint=32, max_codepoint=0x1EFF, exclude_categories=["Cs", "Cc"]),
        max_size=12,
    ),
)
PLACES = st.tuples(st.integers(1, 40), st.integers(1, 30))


def saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def counted_by_openpyxl(data: bytes) -> dict[str, int]:
    book = load_workbook(io.BytesIO(data), data_only=False)
    return {
        sheet.title: sum(
            cell.value is not None and not (isinstance(cell.value, str) and not cell.value.strip())
            for row in sheet.iter_rows()
            for cell in row
        )
        for sheet in book.worksheets
    }


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.dictionaries(PLACES, CELLS, max_size=25), min_size=1, max_size=3),
    st.sampled_from(["visible", "hidden", "veryHidden"]),
)
def test_every_cell_is_counted_and_read(sheets, state):
    book = Workbook()
    for number, cells in enumerate(sheets):
        sheet = book.worksheets[0] if number == 0 else book.create_sheet(f"Trang {number}")
        if number:
            sheet.sheet_state = state
        for (row, column), value in cells.items():
            sheet.cell(row, column, value)
    data = saved(book)
    scan = scan_container(data)
    assert {s.name: s.cells for s in scan.sheets} == counted_by_openpyxl(data)
    frame = read_cells(data, scan).frame
    assert len(frame) == sum(s.cells for s in scan.sheets)
    assert not frame.duplicated(["sheet", "cell"]).any()


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(PLACES, st.integers(0, 10**9) | st.sampled_from(["07", "52.620", "x"])))
def test_text_stays_text_and_numbers_stay_numbers(cells):
    book = Workbook()
    for (row, column), value in cells.items():
        book.worksheets[0].cell(row, column, value)
    data = saved(book)
    frame = read_cells(data, scan_container(data)).frame
    got = {
        (row, column): text if kind == "text" else number
        for row, column, kind, text, number in zip(
            frame["row"],
            frame["column"],
            frame["kind"],
            frame["text"],
            frame["number"],
            strict=True,
        )
    }
    assert got == {place: v if isinstance(v, str) else float(v) for place, v in cells.items()}


def test_errors_and_uncomputed_formulas_are_supplied_by_the_scan():
    book = Workbook()
    book.worksheets[0]["B2"] = "#DIV/0!"
    book.worksheets[0]["C3"] = "=1+1"
    book.worksheets[0]["D4"] = dt.date(2021, 6, 10)
    data = saved(book)
    scan = scan_container(data)
    assert scan.sheets[0].errors == {"B2": "#DIV/0!"}
    assert scan.sheets[0].unvalued == {"C3"}
    frame = read_cells(data, scan).frame.set_index("cell")
    assert frame["kind"].to_dict() == {"B2": "error", "C3": "formula_empty", "D4": "date"}
    assert frame.loc["D4", "text"] == "2021-06-10"


def test_rich_text_of_blanks_is_no_content():
    book = Workbook()
    book.worksheets[0]["A1"] = CellRichText(TextBlock(InlineFont(b=True), " "), "  ")
    book.worksheets[0]["A2"] = CellRichText(TextBlock(InlineFont(b=True), "a"), " b")
    data = saved(book)
    assert scan_container(data).sheets[0].cells == 1


def test_hidden_constants_among_the_names_are_read():
    book = Workbook()
    book.defined_names["QCDC_FORM"] = DefinedName("QCDC_FORM", attr_text='"xa-2021"', hidden=True)
    book.defined_names["RANGE"] = DefinedName("RANGE", attr_text="Sheet!$A$1")
    assert scan_container(saved(book)).defined_names == {"QCDC_FORM": "xa-2021"}


def repacked(data: bytes, change: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.namelist():
            if member not in change:
                new.writestr(member, old.read(member))
        for member, content in change.items():
            new.writestr(member, content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def far_cell() -> bytes:
    book = Workbook()
    book.worksheets[0]["A1"] = 1
    book.worksheets[0]["XFD1048576"] = 1
    return saved(book)


def with_entities() -> bytes:
    book = Workbook()
    lol = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "b">]><workbook>&b;</workbook>'
    return repacked(saved(book), {"xl/workbook.xml": lol})


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "protected_or_old"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "not_xlsx"),
        (far_cell(), "extent"),
        (with_entities(), "entities"),
        (repacked(saved(Workbook()), {"xl/media/x.bin": bytes(30_000_000)}), "bomb"),
        (repacked(saved(Workbook()), {"../x": b"1"}), "bomb"),
        (repacked(saved(Workbook()), {"xl/worksheets/sheet1.xml": b"<worksheet>"}), "broken"),
        (saved(Workbook())[:-200], "not_xlsx"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(data, code):
    with pytest.raises(UnreadableWorkbook) as refusal:
        scan_container(data)
    assert refusal.value.code == code
    assert refusal.value.message_vi.endswith(".")


def with_flag(data: bytes, offset: int, value: int) -> bytes:
    """A zip whose first directory entry has other flags (offset 8) or packing (offset 10)."""
    at = data.index(b"PK\x01\x02") + offset
    return data[:at] + bytes([value]) + data[at + 1 :]


@pytest.mark.parametrize(
    ("offset", "value", "code"), [(8, 1, "protected_or_old"), (10, 12, "broken")]
)
def test_encrypted_and_strangely_packed_members(offset, value, code):
    with pytest.raises(UnreadableWorkbook) as refusal:
        scan_container(with_flag(saved(Workbook()), offset, value))
    assert refusal.value.code == code


def test_two_members_with_one_name():
    out = io.BytesIO(saved(Workbook()))
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("xl/worksheets/sheet1.xml", "<worksheet/>")
    with pytest.raises(UnreadableWorkbook, match="broken"):
        scan_container(out.getvalue())


def test_entities_in_a_sheet_are_refused_too():
    xml = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
    data = repacked(saved(Workbook()), {"xl/worksheets/sheet1.xml": xml})
    with pytest.raises(UnreadableWorkbook, match="entities"):
        scan_container(data)


def test_a_bomb_of_cells_is_stopped_at_the_limit():
    row = b'<row r="%d"><c t="b"><v>1</v></c><c t="b"><v>1</v></c></row>'
    rows = b"".join(row % number for number in range(1, 5_002))
    xml = b"<worksheet><sheetData>" + rows + b"</sheetData></worksheet>"
    data = repacked(saved(Workbook()), {"xl/worksheets/sheet1.xml": xml})
    for limits in (Limits(cells=10_000), Limits(extent=10_000)):
        with pytest.raises(UnreadableWorkbook, match="extent"):
            scan_container(data, limits)
    assert scan_container(data, Limits(cells=10_002)).sheets[0].cells == 10_002


def test_chart_sheets_have_no_cells_and_a_copied_name_does_not_replace_the_books_own():
    book = Workbook()
    book.create_chartsheet("Biểu đồ")
    book.defined_names["QCDC_UNIT"] = DefinedName("QCDC_UNIT", attr_text='"xa ""1"""')
    local = DefinedName("QCDC_UNIT", attr_text='"other"')
    book.worksheets[0].defined_names["QCDC_UNIT"] = local
    book.worksheets[0].defined_names["QCDC_ROUND"] = DefinedName("QCDC_ROUND", attr_text='"r"')
    scan = scan_container(saved(book))
    assert [sheet.name for sheet in scan.sheets] == ["Sheet"]
    assert scan.defined_names == {"QCDC_UNIT": 'xa "1"', "QCDC_ROUND": "r"}


FILLED = Workbook()
for place, content in {"A1": 1, "B2": "Có", "C3": "=A1", "D4": "#REF!"}.items():
    FILLED.worksheets[0][place] = content
INTACT = saved(FILLED)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damage_is_refused_in_words_or_changes_no_count(data):
    damaged = bytearray(INTACT)
    for at in data.draw(st.lists(st.integers(0, len(INTACT) - 1), min_size=1, max_size=4)):
        damaged[at] ^= data.draw(st.integers(1, 255))
    cut = data.draw(st.one_of(st.just(len(INTACT)), st.integers(0, len(INTACT))))
    assert found(bytes(damaged[:cut])) in {"refused in words", "every cell read"}


def found(data: bytes) -> str:
    try:
        scan = scan_container(data)
        cells = len(read_cells(data, scan).frame)
    except UnreadableWorkbook as refusal:
        return "refused in words" if refusal.message_vi.endswith(".") else "refused"
    counted = sum(sheet.cells for sheet in scan.sheets)
    return "every cell read" if cells == counted else f"{cells} of {counted} cells read"


def test_limits_on_cells():
    book = Workbook()
    for row in range(1, 12):
        book.worksheets[0].cell(row, 1, row)
    with pytest.raises(UnreadableWorkbook, match="extent"):
        scan_container(saved(book), Limits(cells=10))


def test_split_address():
    assert split_address("E12") == (12, 5)
    assert split_address("XFD1048576") == (1_048_576, 16_384)
    with pytest.raises(ValueError, match="no cell address"):
        split_address("EE")
