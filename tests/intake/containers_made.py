"""Small files of every container that is read, made by hand out of a workbook's cells.

Each ``…_of`` takes the bytes of an .xlsx and gives the same cells in another container.
"""

import csv
import datetime as dt
import html
import io
import struct
import zipfile
from collections.abc import Iterator, Mapping
from xml.sax.saxutils import escape, quoteattr

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

EPOCH = dt.date(1899, 12, 30)
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
STYLE = "urn:oasis:names:tc:opendocument:xmlns:style:1.0"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def zipped(members: Mapping[str, bytes | str] | Mapping[str, bytes]) -> bytes:
    """An archive of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def shown(value: object) -> str:
    """What a person sees of a value."""
    if value is None or str(value).startswith("="):
        return ""
    if isinstance(value, dt.date):
        return value.strftime("%d/%m/%Y")
    return str(value)


def lines(sheet: Worksheet) -> Iterator[list[object]]:
    for line in sheet.iter_rows(values_only=True):
        yield list(line)


def constants(data: bytes) -> dict[str, str]:
    """Text constants among the names of a workbook."""
    names = load_workbook(io.BytesIO(data)).defined_names
    said = {name: str(names[name].attr_text) for name in names}
    return {name: text[1:-1] for name, text in said.items() if text.startswith('"')}


def csv_of(data: bytes, mark: str = ";", encoding: str = "utf-8-sig") -> bytes:
    """The first sheet as text in columns."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=mark)
    for line in lines(load_workbook(io.BytesIO(data)).worksheets[0]):
        writer.writerow([shown(value) for value in line])
    return out.getvalue().encode(encoding)


def html_of(data: bytes) -> bytes:
    """Every sheet as a table, the way office systems export to "Excel"."""
    return html_page(load_workbook(io.BytesIO(data)))


def html_page(book: Workbook) -> bytes:
    """The same of an open workbook."""
    parts = ['<html><head><meta charset="utf-8"><style>td{color:red}</style></head><body>']
    for sheet in book.worksheets:
        parts.append("<table border=1>")
        for line in lines(sheet):
            # no closing tags: nobody writes them all
            cells = "".join(f"<td>{html.escape(shown(value))}" for value in line)
            parts.append(f"<tr>{cells}")
        parts.append("</table>")
    return "".join(parts).encode()


def docx_of(data: bytes) -> bytes:
    """Every sheet as a table of a Word document, a paragraph before each."""
    return word_page(load_workbook(io.BytesIO(data)))


def word_page(book: Workbook) -> bytes:
    """The same of an open workbook."""
    parts = []
    for sheet in book.worksheets:
        rows = [[shown(value) for value in line] for line in lines(sheet)]
        parts += [paragraph(sheet.title), word_table(rows)]
    return docx("".join(parts))


def paragraph(text: str) -> str:
    return f'<w:p><w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'


def word_table(rows: list[list[str]]) -> str:
    made = "".join(
        "<w:tr>" + "".join(f"<w:tc>{paragraph(text)}</w:tc>" for text in row) + "</w:tr>"
        for row in rows
    )
    return f"<w:tbl>{made}</w:tbl>"


def docx(body: str, **more: bytes | str) -> bytes:
    """A Word document of this body."""
    document = f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    return zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": document} | more)


def ods(body: str, styles: str = "") -> bytes:
    """A LibreOffice workbook of these tables."""
    names = f'xmlns:office="{OFFICE}" xmlns:table="{TABLE}" xmlns:text="{TEXT}"'
    content = (
        f'<office:document-content {names} xmlns:style="{STYLE}"><office:automatic-styles>'
        f"{styles}</office:automatic-styles><office:body><office:spreadsheet>{body}"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        "</manifest:manifest>"
    )
    return zipped({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest})


def ods_of(data: bytes) -> bytes:
    """Every sheet as a table of LibreOffice."""
    parts = []
    for sheet in load_workbook(io.BytesIO(data)).worksheets:
        rows = "".join(
            f"<table:table-row>{''.join(map(_ods_cell, line))}</table:table-row>"
            for line in lines(sheet)
        )
        parts.append(f"<table:table table:name={quoteattr(sheet.title)}>{rows}</table:table>")
    named = "".join(
        f"<table:named-expression table:name={quoteattr(name)}"
        f" table:expression={quoteattr(chr(34) + value + chr(34))}/>"
        for name, value in constants(data).items()
    )
    return ods("".join(parts) + f"<table:named-expressions>{named}</table:named-expressions>")


def _ods_cell(value: object) -> str:
    kind, said = "string", ""
    if value is None:
        return "<table:table-cell/>"
    if str(value).startswith("="):
        return f"<table:table-cell table:formula={quoteattr('of:' + str(value))}/>"
    if isinstance(value, bool):
        kind, said = "boolean", f' office:boolean-value="{str(value).lower()}"'
    elif isinstance(value, int | float):
        kind, said = "float", f' office:value="{value}"'
    elif isinstance(value, dt.date):
        kind, said = "date", f' office:date-value="{value.isoformat()[:10]}"'
    text = f"<text:p>{escape(shown(value))}</text:p>"
    return f'<table:table-cell office:value-type="{kind}"{said}>{text}</table:table-cell>'


# --- .xlsb: the records that a workbook cannot do without


def record(kind: int, content: bytes = b"") -> bytes:
    """A record: its number and length in groups of seven bits, its content."""
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length, size = len(content), b""
    while True:
        size += bytes([length & 0x7F | (0x80 if length > 0x7F else 0)])
        length >>= 7
        if not length:
            return head + size + content


def wide(text: str) -> bytes:
    """A text with the number of its UTF-16 units in front."""
    units = text.encode("utf-16-le")
    return struct.pack("<I", len(units) // 2) + units


def xlsb_sheet(rows: dict[int, dict[int, bytes]], extra: bytes = b"") -> bytes:
    """A sheet of rows (1-based) of cell records by column (1-based); ``extra`` holds columns."""
    last, far = max(rows, default=1), max((max(c) for c in rows.values()), default=1)
    size = record(148, struct.pack("<IIII", 0, last - 1, 0, far - 1))
    columns = record(390) + extra + record(391) if extra else b""
    parts = [record(129), size, columns, record(145)]
    for row, cells in rows.items():
        head = struct.pack("<IIHBBBI", row - 1, 0, 300, 0, 0, 0, 0)
        parts.append(record(0, head))
        parts += [cell for _, cell in sorted(cells.items())]
    return b"".join([*parts, record(146), record(130)])


def xlsb_cell(column: int, value: object, style: int = 0) -> bytes:
    """A cell of any value; a text that begins with "=" is a formula of an empty text."""
    head = struct.pack("<II", column - 1, style)
    if isinstance(value, bool):
        return record(4, head + bytes([value]))
    if isinstance(value, int | float):
        return record(5, head + struct.pack("<d", value))
    if isinstance(value, dt.datetime):
        return record(5, head + struct.pack("<d", (value.date() - EPOCH).days))
    text = str(value)
    if text.startswith("="):
        return record(8, head + wide("") + struct.pack("<HII", 0, 0, 0))
    return record(6, head + wide(text))


def xlsb(sheets: dict[str, bytes], names: dict[str, str] | None = None) -> bytes:
    """A binary workbook of these sheets."""
    parts = [record(131), record(143)]
    relations, members = [], {}
    for number, (title, content) in enumerate(sheets.items(), start=1):
        key = f"rId{number}"
        parts.append(record(156, struct.pack("<II", 0, number) + wide(key) + wide(title)))
        relations.append(
            f'<Relationship Id="{key}" Type="{_OFFICE_KIND}/worksheet"'
            f' Target="worksheets/sheet{number}.bin"/>'
        )
        members[f"xl/worksheets/sheet{number}.bin"] = content
    parts.append(record(144))
    for name, value in (names or {}).items():
        formula = b"\x17" + struct.pack("<H", len(value.encode("utf-16-le")) // 2)
        formula += value.encode("utf-16-le")
        rest = struct.pack("<I", len(formula)) + formula + struct.pack("<I", 0)
        said = struct.pack("<IBI", 0, 0, 0xFFFFFFFF) + wide(name) + rest
        parts.append(record(39, said + struct.pack("<I", 0xFFFFFFFF)))
    parts.append(record(132))
    relations.append(f'<Relationship Id="rIdS" Type="{_OFFICE_KIND}/styles" Target="styles.bin"/>')
    listed = f'<Relationships xmlns="{_RELATIONS}">{"".join(relations)}</Relationships>'
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "xl/workbook.bin": b"".join(parts),
            "xl/_rels/workbook.bin.rels": listed,
            "xl/styles.bin": xlsb_styles(),
        }
        | members
    )


def xlsb_styles() -> bytes:
    """Style 0 is plain, 1 a date, 2 three decimals in a font of the old encodings."""
    font = struct.pack("<HHHHBBBB", 220, 0, 400, 0, 0, 0, 0, 0) + bytes(8) + b"\0"
    formats = record(44, struct.pack("<H", 164) + wide("0.000"))
    fonts = record(43, font + wide("Arial")) + record(43, font + wide(".VnTime"))
    styles = ((0, 0), (14, 0), (164, 1))
    cells = b"".join(record(47, struct.pack("<HHH", 0, *pair) + bytes(10)) for pair in styles)
    many = struct.pack("<I", 3)
    return b"".join(
        [
            record(278),
            *(record(615, struct.pack("<I", 1)), formats, record(616)),
            *(record(611, struct.pack("<I", 2)), fonts, record(612)),
            *(record(617, many), cells, record(618)),
            record(279),
        ]
    )


def xlsb_of(data: bytes) -> bytes:
    """Every sheet of a workbook in the binary container."""
    sheets = {}
    for sheet in load_workbook(io.BytesIO(data)).worksheets:
        rows: dict[int, dict[int, bytes]] = {}
        for row, line in enumerate(lines(sheet), start=1):
            cells = {
                column: xlsb_cell(column, value, int(isinstance(value, dt.date)))
                for column, value in enumerate(line, start=1)
                if value is not None
            }
            if cells:
                rows[row] = cells
        sheets[sheet.title] = xlsb_sheet(rows)
    return xlsb(sheets, constants(data))


# --- the container of old Office files, with streams that are named but empty

_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def compound(*streams: str) -> bytes:
    """An OLE2 file whose root holds streams of these names (three at most)."""
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHHHIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 0, 0, 1, 1)
    header += struct.pack("<IIIIII", 0, 4096, _END, 0, _END, 0)
    header += struct.pack("<I", 0) + struct.pack("<I", _FREE) * 108
    fat = struct.pack("<II", _FAT, _END) + struct.pack("<I", _FREE) * 126
    entries = [_entry("Root Entry", 5, child=1 if streams else _FREE)]
    for number, name in enumerate(streams, start=1):
        after = number + 1 if number < len(streams) else _FREE
        entries.append(_entry(name, 2, right=after))
    directory = b"".join(entries).ljust(512, b"\0")
    return header + fat + directory


def _entry(name: str, kind: int, right: int = _FREE, child: int = _FREE) -> bytes:
    units = (name + "\0").encode("utf-16-le")
    entry = units.ljust(64, b"\0") + struct.pack(
        "<HBBIII", len(units), kind, 1, _FREE, right, child
    )
    return (entry + bytes(36) + struct.pack("<IQ", _END, 0)).ljust(128, b"\0")
