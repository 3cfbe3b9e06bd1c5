import functools
import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from pipelines.intake.cells import CellRead, read_cells
from pipelines.intake.container import UnreadableWorkbook, scan_container

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
# shared strings by index: plain, leading zero, blank, rich, rich blank, with a reading aid
STRINGS = [
    "<si><t>52.620</t></si>",
    "<si><t>07</t></si>",
    '<si><t xml:space="preserve"> \n </t></si>',
    '<si><r><t>a</t></r><r><t xml:space="preserve"> b</t></r></si>',
    '<si><r><t xml:space="preserve"> </t></r><r><t>&#160;</t></r></si>',
    '<si><t xml:space="preserve"> </t><rPh sb="0" eb="1"><t>x</t></rPh></si>',
]


ANNOUNCED = [
    (
        "xl/_rels/workbook.xml.rels",
        b"</Relationships>",
        (
            b'<Relationship Id="rIdS" Target="sharedStrings.xml" Type="http://schemas.openxmlformats.org'
            b'/officeDocument/2006/relationships/sharedStrings"/>'
        ),
    ),
    (
        "[Content_Types].xml",
        b"</Types>",
        (
            b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.'
            b'openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
        ),
    ),
]


def saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@functools.cache
def bare_members() -> dict[str, bytes]:
    """A workbook of two sheets, the second bringing styles (1: day, 2: day and time)."""
    book = Workbook()
    page = book.create_sheet("kiểu")
    for number, code in enumerate(["dd/mm/yyyy", "dd/mm/yyyy hh:mm"], start=1):
        page.cell(number, 1).number_format = code
    with zipfile.ZipFile(io.BytesIO(saved(book))) as archive:
        members = {member: archive.read(member) for member in archive.namelist()}
    # openpyxl writes its strings into the cells: shared ones must be announced
    for member, closing, more in ANNOUNCED:
        members[member] = members[member].replace(closing, more + closing)
    return members


def raw_book(rows: str, *, tail: str = "", head: str = "", sheet: str | None = None) -> bytes:
    """A workbook whose first sheet holds this XML."""
    xml = sheet or (
        f'<worksheet xmlns="{MAIN}">{head}<sheetData>{rows}</sheetData>{tail}</worksheet>'
    )
    strings = f'<sst xmlns="{MAIN}">{"".join(STRINGS)}</sst>'
    parts = {
        "xl/worksheets/sheet1.xml": xml.encode(),
        "xl/sharedStrings.xml": strings.encode(),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for member, content in (bare_members() | parts).items():
            archive.writestr(member, content)
    return out.getvalue()


def read(data: bytes) -> CellRead:
    return read_cells(data, scan_container(data))


def contents(result: CellRead) -> dict[str, tuple[object, ...]]:
    frame = result.frame[result.frame["sheet"] == "Sheet"].astype(object)
    frame = frame.where(frame.notna(), None)
    columns = (frame[name] for name in ("cell", "kind", "text", "number", "is_formula"))
    return {cell: tuple(rest) for cell, *rest in zip(*columns, strict=True)}


# what stands in a cell → its kind, text, number, is_formula; None where there is no content
STORED: dict[str, tuple[object, ...] | None] = {
    '<c r="{}"><v>52620</v></c>': ("number", None, 52620.0, False),
    '<c r="{}" t="n"><v>0.30000000000000004</v></c>': ("number", None, 0.1 + 0.2, False),
    '<c r="{}"><v>1E-07</v></c>': ("number", None, 1e-7, False),
    '<c r="{}" t="s"><v>0</v></c>': ("text", "52.620", None, False),
    '<c r="{}" t="s"><v>1</v></c>': ("text", "07", None, False),
    '<c r="{}" t="s"><v>2</v></c>': None,
    '<c r="{}" t="s"><v>3</v></c>': ("text", "a b", None, False),
    '<c r="{}" t="s"><v>4</v></c>': None,
    '<c r="{}" t="s"><v>5</v></c>': None,
    '<c r="{}" t="inlineStr"><is><t>Có</t></is></c>': ("text", "Có", None, False),
    '<c r="{}" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c>': (
        "text",
        "ab",
        None,
        False,
    ),
    '<c r="{}" t="inlineStr"><is><t xml:space="preserve"> </t></is></c>': None,
    '<c r="{}" t="inlineStr"><is/></c>': None,
    '<c r="{}" t="str"><v>52.6</v></c>': ("text", "52.6", None, False),
    '<c r="{}" t="str"><v> </v></c>': None,
    '<c r="{}" t="b"><v>1</v></c>': ("bool", None, 1.0, False),
    '<c r="{}" t="b"><v>0</v></c>': ("bool", None, 0.0, False),
    '<c r="{}" s="1"><v>44357</v></c>': ("date", "2021-06-10", None, False),
    '<c r="{}" s="2"><v>44357.3125</v></c>': ("date", "2021-06-10T07:30:00", None, False),
    '<c r="{}" s="1"/>': None,
    '<c r="{}"><v/></c>': None,
    '<c r="{}" t="e"><v>#DIV/0!</v></c>': ("error", "#DIV/0!", None, False),
    '<c r="{}" t="e"><f>1/0</f><v>#DIV/0!</v></c>': ("error", "#DIV/0!", None, True),
    '<c r="{}"><f>1+1</f></c>': ("formula_empty", None, None, True),
    '<c r="{}"><f>1+1</f><v></v></c>': ("formula_empty", None, None, True),
    '<c r="{}"><f>1+1</f><v>2</v></c>': ("number", None, 2.0, True),
    '<c r="{}" s="1"><f>TODAY()</f><v>44357</v></c>': ("date", "2021-06-10", None, True),
    '<c r="{}" t="str"><f>"a"</f><v>a</v></c>': ("text", "a", None, True),
    '<c r="{}" t="str"><f>""</f><v></v></c>': ("text", "", None, True),
    '<c r="{}" t="b"><f>TRUE()</f><v>1</v></c>': ("bool", None, 1.0, True),
}


@pytest.mark.parametrize("stored", STORED)
def test_each_way_of_storing_a_cell(stored):
    data = raw_book(f'<row r="3">{stored.format("C3")}</row>')
    expected = STORED[stored]
    result = read(data)
    assert contents(result) == ({} if expected is None else {"C3": expected})
    assert result.fallbacks == ()


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(
        st.tuples(st.integers(1, 30), st.integers(1, 30)), st.sampled_from(sorted(STORED))
    )
)
def test_any_mixture_is_conserved(cells):
    rows: dict[int, str] = {}
    expected: dict[str, tuple[object, ...]] = {}
    for (row, column), stored in sorted(cells.items()):
        cell = f"{chr(64 + column) if column < 27 else 'A' + chr(38 + column)}{row}"
        rows[row] = rows.get(row, "") + stored.format(cell)
        if (content := STORED[stored]) is not None:
            expected[cell] = content
    data = raw_book("".join(f'<row r="{row}">{xml}</row>' for row, xml in rows.items()))
    scan = scan_container(data)
    assert scan.sheets[0].cells == counted_by_openpyxl(data)
    assert contents(read_cells(data, scan)) == expected


def counted_by_openpyxl(data: bytes) -> int:
    sheet = load_workbook(io.BytesIO(data), data_only=False).worksheets[0]
    values = [cell.value for row in sheet.iter_rows() for cell in row]
    return sum(v is not None and not (isinstance(v, str) and not v.strip()) for v in values)


def test_prefixes_missing_addresses_and_rows_out_of_order():
    cells = "<x:row><x:c><x:v>1</x:v></x:c><x:c><x:v>2</x:v></x:c></x:row>"
    later = '<x:row r="9"><x:c r="D9"><x:v>3</x:v></x:c></x:row>'
    earlier = '<x:row r="5"><x:c r="b5"><x:v>4</x:v></x:c></x:row>'
    sheet = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>{cells}{later}{earlier}</x:sheetData>'
        "</x:worksheet>"
    )
    result = read(raw_book("", sheet=sheet))
    found = [(cell, number) for cell, (_, _, number, _) in contents(result).items()]
    assert found == [("A1", 1), ("B1", 2), ("B5", 4), ("D9", 3)]


def test_a_stated_dimension_is_not_believed():
    head = '<dimension ref="A1:XFD1048576"/>'
    data = raw_book('<row r="2"><c r="B2"><v>1</v></c></row>', head=head)
    assert contents(read(data)) == {"B2": ("number", None, 1.0, False)}


def test_content_under_a_merged_cell_is_kept():
    rows = '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>'
    data = raw_book(rows, tail='<mergeCells><mergeCell ref="A1:B1"/></mergeCells>')
    scan = scan_container(data)
    assert scan.sheets[0].merged == ("A1:B1",)
    assert set(contents(read_cells(data, scan))) == {"A1", "B1"}


def test_a_cell_written_twice_is_refused():
    data = raw_book('<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>')
    with pytest.raises(UnreadableWorkbook, match="A1 hai lần"):
        scan_container(data)


@pytest.mark.parametrize(
    "row",
    [
        '<row r="1"><c r="XFE1"><v>1</v></c></row>',
        '<row r="1"><c r="$A$1"><v>1</v></c></row>',
        '<row r="0"><c><v>1</v></c></row>',
        '<row r="1048577"><c><v>1</v></c></row>',
        '<row r="x"><c><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>99</v></c></row>',
        f'<row r="1">{"<c><v>1</v></c>" * 16_385}</row>',
    ],
)
def test_impossible_places_and_strings_are_refused(row):
    with pytest.raises(UnreadableWorkbook, match="broken"):
        scan_container(raw_book(row))


def test_white_space_far_away_is_seen_before_the_fast_reader_sees_it():
    rows = (
        '<row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="1048576"><c r="XFD1048576" t="s"><v>2</v></c></row>'
    )
    with pytest.raises(UnreadableWorkbook, match="extent"):
        scan_container(raw_book(rows))


def test_a_sheet_the_fast_reader_refuses_is_read_by_the_slow_one():
    # one cell of unknown type makes the fast reader give the sheet up
    odd = '<row r="50"><c r="E50" t="zz"><v>x</v></c></row>'
    rows = "".join(
        f'<row r="{n}">{stored.format(f"C{n}")}</row>' for n, stored in enumerate(STORED, start=1)
    )
    result = read(raw_book(rows + odd))
    assert result.fallbacks == ("Sheet",)
    expected = {f"C{n}": c for n, c in enumerate(STORED.values(), start=1) if c is not None}
    assert contents(result) == expected | {"E50": ("text", "x", None, False)}


@pytest.mark.parametrize("value", ["abc", "nan", "inf"])
def test_no_number_where_one_is_stored_is_refused(value):
    data = raw_book(f'<row r="1"><c r="A1"><v>{value}</v></c></row>')
    with pytest.raises(UnreadableWorkbook, match="cells_differ"):
        read(data)


def test_a_reader_that_sees_more_or_other_cells_is_not_believed():
    one = raw_book('<row r="1"><c r="A1"><v>1</v></c></row>')
    two = raw_book('<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>')
    other = raw_book('<row r="1"><c r="A1" t="s"><v>0</v></c></row>')
    for seen in (two, other):
        with pytest.raises(UnreadableWorkbook, match="cells_differ"):
            read_cells(seen, scan_container(one))
    with pytest.raises(UnreadableWorkbook, match="cells_differ"):
        read_cells(one, scan_container(two))


def test_an_empty_workbook_gives_an_empty_frame_of_the_same_types():
    empty, full = read(saved(Workbook())).frame, read(raw_book('<row><c t="b"><v>1</v></c></row>'))
    assert empty.empty
    assert empty.dtypes.to_dict() == full.frame.dtypes.to_dict()
