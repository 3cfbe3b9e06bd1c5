"""The same workbook in other containers for the case table, and containers that are none."""

import io
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path

import pytest

from pipelines.vietnamese.encodings import from_tcvn3
from tests.intake import containers_made as made

_MACROS = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"


def xls(data: bytes) -> bytes:
    """Saved by LibreOffice as Excel 97."""
    return _saved(data, "xls")


def ods(data: bytes) -> bytes:
    """Saved by LibreOffice in its own format."""
    return _saved(data, "ods")


def _saved(data: bytes, kind: str) -> bytes:
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is missing")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "bieu.xlsx").write_bytes(data)
        profile = f"-env:UserInstallation=file://{folder}/profile"
        command = [program, profile, "--headless", "--convert-to", kind, "bieu.xlsx"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=120)
        return (Path(folder) / f"bieu.{kind}").read_bytes()


def ods_by_hand(data: bytes) -> bytes:
    """As another program writes LibreOffice's format."""
    return made.ods_of(data)


def xlsb(data: bytes) -> bytes:
    """The binary workbook."""
    return made.xlsb_of(data)


def xlsm(data: bytes) -> bytes:
    """With a program inside, which must not run."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    listed = members["xl/_rels/workbook.xml.rels"].decode()
    more = f'<Relationship Id="rV" Type="{_MACROS}" Target="vbaProject.bin"/></Relationships>'
    members["xl/_rels/workbook.xml.rels"] = listed.replace("</Relationships>", more).encode()
    return made.zipped(members | {"xl/vbaProject.bin": b"Shell calc.exe"})


def csv_utf8(data: bytes) -> bytes:
    """The first sheet, semicolons, with a byte-order mark."""
    return made.csv_of(data)


def csv_utf16(data: bytes) -> bytes:
    """The first sheet as Excel's "Unicode text": UTF-16, tabs."""
    return made.csv_of(data, "\t", "utf-16")


def csv_utf16_bare(data: bytes) -> bytes:
    """The same without the mark that says so."""
    return made.csv_of(data, "\t", "utf-16-le")


def csv_tcvn3(data: bytes) -> bytes:
    """The first sheet as plain "CSV" of a computer that writes TCVN3, a byte for each letter."""
    bytes_of = {letter: code for code in range(0xA1, 0x100) if (letter := from_tcvn3(chr(code)))}
    text = made.csv_of(data, ";", "utf-8").decode()
    # accented capitals have no byte: their font draws them from the small letters
    small = "".join(c if c.isascii() or c in bytes_of else c.lower() for c in text)
    return b"".join(
        bytes([bytes_of[c]]) if c in bytes_of else c.encode("ascii", "replace") for c in small
    )


def csv_lossy(data: bytes) -> bytes:
    """The first sheet as plain "CSV" on a computer whose code page has no Vietnamese."""
    return made.csv_of(data, ";", "utf-8").decode().encode("cp1252", "replace")


def web_page(data: bytes) -> bytes:
    """Every sheet as a table of a web page."""
    return made.html_of(data)


def word(data: bytes) -> bytes:
    """Every sheet as a table of a Word document."""
    return made.docx_of(data)


def zipped_twice(data: bytes) -> bytes:
    """Two workbooks in one archive."""
    return made.zipped({"bieu-1.xlsx": data, "bieu-2.xlsx": data})


def password(_: bytes) -> bytes:
    """What Excel writes when a password is set."""
    return made.compound("EncryptedPackage", "EncryptionInfo")


def old_doc(_: bytes) -> bytes:
    """Word of before 2007."""
    return made.compound("WordDocument")


def scan(_: bytes) -> bytes:
    """A signed paper, scanned."""
    return b"%PDF-1.4\n1 0 obj << /Subtype /Image >> stream\n" + bytes(200) + b"\nendstream\n"


def photo(_: bytes) -> bytes:
    """A photograph of a form."""
    return b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(200)


def letter(_: bytes) -> bytes:
    """A Word document without a table."""
    return made.docx(made.paragraph("Kính gửi: Ban Chỉ đạo. SỐ LIỆU MINH HỌA"))


def far_cell(data: bytes) -> bytes:
    """A cell in the last corner of a sheet."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    sheet = members["xl/worksheets/sheet1.xml"]
    cell = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    return made.zipped(members | {"xl/worksheets/sheet1.xml": sheet.replace(b"</sheetData>", cell)})
