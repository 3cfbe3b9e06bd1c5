"""A text that a spreadsheet would compute is shown as text wherever it is handed on."""

import io
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from pipelines.intake.formats.opening import open_book
from pipelines.reports.annex import Column
from pipelines.reports.excel_export import Sheet, workbook
from pipelines.reports.feedback_book import feedback_book
from pipelines.vietnamese.text import neutralise_formula
from tests.reports.letters import letter, point
from tests.security import hostile
from tests.security.hostile import FORMULAS

STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
PIPELINES = Path(__file__).resolve().parents[2] / "pipelines"


def texts(data: bytes) -> Iterator[tuple[str, str, str]]:
    """Sheet and cell, data type and text of every cell of a workbook."""
    for sheet in load_workbook(io.BytesIO(data)).worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str):
                    yield f"{sheet.title}!{cell.coordinate}", str(cell.data_type), cell.value


def harmful(data: bytes) -> list[str]:
    """Cells that a spreadsheet computes, or would after one edit of their text."""
    return [
        f"{where}: {text!r}"
        for where, kind, text in texts(data)
        if kind == "f" or (text.startswith(STARTS) and text not in {"-", "–"})
    ]


@pytest.mark.parametrize("text", FORMULAS)
def test_formula_injection_text_is_made_harmless_once(text: str) -> None:
    safe = neutralise_formula(text)
    assert safe == f"'{text}"
    assert neutralise_formula(safe) == safe


@pytest.mark.parametrize("text", [f for f in FORMULAS if f[0] not in "\t\r"])
def test_formula_injection_through_a_table_that_is_exported(text: str) -> None:
    frame = pd.DataFrame({"unit": [text, "Xã minh họa 01"], "group": [text, text]})
    sheet = Sheet(text, illustrative=True, unit=text, remark=text, group="group")
    data = workbook(frame, [Column("unit", text, "unit")], sheet)
    assert harmful(data) == []
    assert any(text in said for _, _, said in texts(data)), "the text is there all the same"


@pytest.mark.parametrize("text", FORMULAS)
def test_formula_injection_through_an_answer(text: str) -> None:
    said = letter(
        point(message=text, found=text, expected=text, action=text, label=text, sheet="Sheet",
              cell="A1"),
        file_name=text, reason=text, unit=text, channel=text,
    )  # fmt: skip
    data, is_own = feedback_book(said, hostile.workbook(A1=text, B2=text))
    assert is_own
    # the sender's own cells stay what they were, and texts of a workbook are not computed
    assert [where for where, kind, _ in texts(data) if kind == "f"] == []
    assert [line for line in harmful(data) if not line.startswith("Sheet!")] == []


@pytest.mark.parametrize("text", FORMULAS)
def test_formula_injection_through_a_file_of_another_format(text: str) -> None:
    listed = f'Mã số;Giá trị\n"{text}";1\nA02;2\n'.encode()
    data, is_own = feedback_book(letter(), listed)
    assert not is_own
    assert harmful(data) == []


def test_formula_injection_a_formula_that_was_sent_is_not_computed() -> None:
    cells = open_book(hostile.computed("=1+41")).cells
    assert cells["kind"].tolist() != ["number"]
    assert not (cells["number"] == 42).any()


def test_formula_injection_no_code_writes_csv_that_people_open() -> None:
    """A table goes out as a workbook; text of columns is only made to take its hash."""
    found = [
        path.name
        for path in sorted(PIPELINES.rglob("*.py"))
        for text in [path.read_text(encoding="utf-8")]
        if ".to_csv(" in text or "csv.writer" in text or "DictWriter" in text
    ]
    assert set(found) <= {"notice_facts.py", "kept_files.py", "history.py", "write.py"}, found
