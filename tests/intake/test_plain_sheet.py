import io
import zipfile
from xml.parsers import expat

import pytest

from pipelines.intake import plain_sheet
from pipelines.intake.refusal import Limits, UnreadableWorkbook
from pipelines.intake.sheet_scan import scan_sheet

MORE = {"name": "Trang", "state": "visible", "blank_strings": b"\0\1", "limits": Limits()}
HEAD, TAIL = "<worksheet><sheetData>", "</sheetData></worksheet>"
PLAIN = (
    '<row r="1" ht="15"><c r="A1" s="5" t="inlineStr"><is><t>Đơn &amp; thư</t></is></c>'
    '<c r="B1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c><c r="D1" s="2"/></row>'
    '<row r="3" hidden="1"><c r="A3"><v>7</v></c><c r="B3"><f>A3+1</f><v /></c>'
    '<c r="C3" t="str"><f>A3</f><v></v></c><c r="D3" t="e"><v>#DIV/0!</v></c>'
    '<c r="E3" t="inlineStr"><is><t xml:space="preserve">\u00a0</t></is></c></row>'
)


@pytest.fixture(autouse=True)
def nothing_met_before():
    plain_sheet._kept_row.cache_clear()
    plain_sheet._scan_around.cache_clear()


def scanned(xml: str, **other):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("sheet.xml", xml)
    with zipfile.ZipFile(data) as archive:
        return plain_sheet.scan_member(archive, "sheet.xml", **MORE | other)


def test_the_pattern_says_of_a_plain_sheet_what_the_parser_says(monkeypatch):
    parsed = scan_sheet((f"{HEAD}{PLAIN}{TAIL}".encode(),), **MORE)
    given = []
    monkeypatch.setattr(plain_sheet, "scan_sheet", lambda xml, **more: scan(given, xml, more))
    assert scanned(f"{HEAD}{PLAIN}{TAIL}") == parsed
    assert parsed.cells == 6
    assert given == [b"<worksheet><sheetData/></worksheet>"]  # the rows were not parsed


def test_letters_that_stand_as_numbers_are_letters(monkeypatch):
    """As openpyxl writes them where lxml is missing."""
    numbered = PLAIN.replace("Đơn", "&#272;&#417;n").replace("A3+1", "'Danh m&#7909;c'!A1")
    parsed = scan_sheet((f"{HEAD}{numbered}{TAIL}".encode(),), **MORE)
    given = []
    monkeypatch.setattr(plain_sheet, "scan_sheet", lambda xml, **more: scan(given, xml, more))
    around = '<c title="&#272;&nbsp;"/>'.replace("&nbsp;", "&#160;")
    assert scanned(f"{HEAD}{numbered}{TAIL}") == parsed
    assert scanned(f"<worksheet>{around}{HEAD[11:]}{numbered}{TAIL}") == parsed
    assert given[0] == b"<worksheet><sheetData/></worksheet>"


def scan(given, xml, more):
    given.append(b"".join(xml))
    return scan_sheet((given[-1],), **more)


@pytest.mark.parametrize(
    "rows",
    [
        PLAIN.replace("Đơn", "<!-- -->"),
        PLAIN.replace("Đơn &amp; thư", "&#32;"),
        PLAIN.replace("Đơn &amp; thư", "&#160;&#8195;"),
        PLAIN.replace("Đơn &amp; thư", "&#x20;"),
        PLAIN.replace("Đơn", "&#0;"),
        PLAIN.replace("Đơn", "&#55296;"),
        PLAIN.replace("Đơn", "&#65534;"),
        PLAIN.replace("Đơn", "&#9999999;"),
        PLAIN.replace("#DIV/0!", "&#128;"),
        PLAIN.replace('s="5"', 's="&#53;"'),
        PLAIN.replace(' r="B1"', ""),
        PLAIN.replace('<row r="3"', '<row r="3" spans="1:5" spans="1:5"'),
        PLAIN.replace("</row><row", "<row", 1),
        PLAIN.replace("A3+1", "A3&B3"),
        PLAIN.replace("thư", "thư]]>"),
        PLAIN.replace("thư", "\x01"),
        PLAIN.replace('r="E3"', 'r="XFE3"'),
        PLAIN.replace('r="C3"', 'r="B3"'),
        PLAIN.replace('r="A3"', 'r="A4"'),
        PLAIN.replace("</v></c></row>", "</v></row>"),
    ],
)
def test_all_other_sheets_are_left_to_the_parser(rows):
    xml = f"{HEAD}{rows}{TAIL}"
    assert outcome(lambda: scanned(xml)) == outcome(lambda: scan_sheet((xml.encode(),), **MORE))


def outcome(call):
    try:
        return call()
    except (UnreadableWorkbook, expat.ExpatError, ValueError) as error:
        return type(error), str(error)


def test_rows_met_before_say_what_they_say_in_this_file():
    """Blank shared strings, sheets and limits are the file's own, whatever was met before."""
    xml = f"{HEAD}{PLAIN}{TAIL}"
    for strings in (b"\0\1", b"\1\1", b"\0\0", b"\1\0"):
        for state in ("visible", "hidden"):
            more = {"blank_strings": strings, "state": state}
            expected = scan_sheet((xml.encode(),), **MORE | more)
            assert scanned(xml, **more) == scanned(xml, **more) == expected
    assert plain_sheet._kept_row.cache_info().hits > 0
    with pytest.raises(IndexError):  # a string that the file does not have
        scanned(xml, blank_strings=b"\0")
    with pytest.raises(UnreadableWorkbook):
        scanned(xml, limits=Limits(cells=5))


def test_a_scan_met_before_is_not_changed_by_another_sheet():
    xml = f"{HEAD}{PLAIN}{TAIL}"
    first = scanned(xml)
    kept = list(first.places), dict(first.errors)
    more = '<row r="9"><c r="A9"><v>1</v></c><c r="B9" t="e"><v>#N/A</v></c></row>'
    assert scanned(f"{HEAD}{PLAIN}{more}{TAIL}").cells == first.cells + 2
    assert (list(first.places), dict(first.errors)) == kept
    assert scanned(xml) == first
