"""Senders of other formats get a workbook with the cells that were read."""

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipelines.intake.formats.opening import open_book
from pipelines.reports.feedback_book import feedback_book
from pipelines.reports.feedback_sheet import COLOURS, SHEET_NAME
from tests.reports.letters import letter, point

CSV = "Mã số;Nội dung;Giá trị\r\nB01;Số phải công khai;22\r\nB02;=cmd|' /c calc'!A1;25\r\n"
HTML = (
    "<html><body><table><tr><td>Mã số</td><td>Giá trị</td></tr>"
    "<tr><td>B02</td><td>25</td></tr></table></body></html>"
)


def contents(data: bytes, sheet: str) -> dict[str, object]:
    book: Any = openpyxl.load_workbook(io.BytesIO(data))
    return {c.coordinate: c.value for row in book[sheet].iter_rows() for c in row if c.value}


@pytest.mark.parametrize("data", [CSV.encode("utf-8-sig"), CSV.encode("utf-16"), HTML.encode()])
def test_every_cell_that_was_read_stands_at_its_address(data: bytes) -> None:
    read = open_book(data)
    sheet = read.sheets[0].name
    told = letter(point(sheet=sheet, cell="B2"))
    written, is_own = feedback_book(told, data)
    assert not is_own
    copied = contents(written, sheet)
    assert set(copied) == set(read.cells["cell"])
    book: Any = openpyxl.load_workbook(io.BytesIO(written))
    assert book.sheetnames == [SHEET_NAME, sheet]
    assert book[sheet]["B2"].fill.fgColor.rgb == COLOURS["error"]
    assert not [c for row in book[sheet].iter_rows() for c in row if c.data_type == "f"]
    assert written == feedback_book(told, data)[0]


def test_what_looks_like_a_formula_is_a_text() -> None:
    written, _ = feedback_book(letter(), CSV.encode("utf-8-sig"))
    sheet = open_book(CSV.encode("utf-8-sig")).sheets[0].name
    assert contents(written, sheet)["B3"] == "'=cmd|' /c calc'!A1"


@pytest.mark.tool("libreoffice")
def test_a_copy_says_of_itself_what_the_file_says(tmp_path: Path, tool_path: Any) -> None:
    import subprocess

    from tests.cases.building import build
    from tests.reports.letters import checked

    source = tmp_path / "a.xlsx"
    source.write_bytes(build("x", {"set": {"cq.publish_due": "nhiều"}})[1])
    office = [str(tool_path("libreoffice")), f"-env:UserInstallation={(tmp_path / 'p').as_uri()}"]
    convert = ["--headless", "--convert-to", "ods", "--outdir", str(tmp_path), str(source)]
    subprocess.run([*office, *convert], check=True, capture_output=True, timeout=120)
    done, told = checked((tmp_path / "a.ods").read_bytes(), tmp_path, "a.ods")
    errors = done.findings[done.findings["severity"] == "error"]
    written, _ = feedback_book(told, (tmp_path / "a.ods").read_bytes())
    again, _ = checked(written, tmp_path, "b.xlsx")
    same = again.findings[again.findings["severity"] == "error"]
    assert again.submission["provider"] == done.submission["provider"]
    assert (
        same[["cell", "rule"]].to_numpy().tolist() == errors[["cell", "rule"]].to_numpy().tolist()
    )
