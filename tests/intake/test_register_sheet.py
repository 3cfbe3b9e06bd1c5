from collections.abc import Sequence

import pandas as pd
import pytest

from pipelines.catalogue.model import Register, RegisterColumn
from pipelines.intake.register_sheet import read_register
from pipelines.intake.sheet_cells import SheetCells

KINDS = {"unit": "unit", "on": "date", "people": "int", "answer": "enum", "summary": "string"}
REGISTER = Register(
    id="events",
    label_vi="Sự việc",
    label_en="Events",
    definition_vi="Mỗi dòng một việc.",
    authority="one_stop",
    unit_column="unit",
    columns=[
        RegisterColumn.model_validate(
            {
                "id": name,
                "code": f"Z0{number}",
                "label_vi": name,
                "label_en": name,
                "type": kind,
                "options": ["Có", "Không"] if kind == "enum" else None,
                "sensitivity": "free_text" if name == "summary" else "public",
            }
        )
        for number, (name, kind) in enumerate(KINDS.items(), start=1)
    ],
)
KNOWN = frozenset({"xa-1", "xa-2"})


def cells(*rows: Sequence[object]) -> SheetCells:
    """A sheet from rows of raw contents; codes first, from row 3 on, columns B…F."""
    found = []
    for row, line in enumerate(rows, start=3):
        for column, value in enumerate(line, start=2):
            if value is None:
                continue
            kind = "number" if isinstance(value, int | float) else "text"
            found.append(
                {
                    "row": row,
                    "column": column,
                    "cell": f"{'ABCDEFG'[column - 1]}{row}",
                    "kind": kind,
                    "text": value if kind == "text" else None,
                    "number": value if kind == "number" else None,
                }
            )
    frame = pd.DataFrame(found).astype({"text": "str", "number": "float64"})
    return SheetCells("Sổ", frame)


CODES = ["Z01", "Z02", "Z03", "Z04", "Z05"]


def read(*rows: Sequence[object], codes: Sequence[object] = CODES):
    return read_sheet(cells(codes, *rows))


def read_sheet(sheet: SheetCells):
    reading = read_register(sheet, REGISTER, KNOWN)
    assert reading is not None
    return reading


def test_columns_are_typed_and_addressed():
    reading = read(["xa-1", "10/06/2021", "07", "Có", "ghi chú"])
    row = reading.rows.iloc[0]
    assert (row["row"], row["unit"], row["people"]) == (4, "xa-1", 7)
    assert row["on"] == pd.Timestamp("2021-06-10")
    assert reading.letters == dict(
        zip(["unit", "on", "people", "answer", "summary"], "BCDEF", strict=True)
    )
    assert reading.faults == []


def test_moved_columns_are_found_by_their_codes():
    moved = read([5, "xa-2", None, "Không"], codes=["Z03", "Z01", "Z02", "Z04"])
    assert moved.rows.loc[0, "people"] == 5
    assert moved.rows.loc[0, "unit"] == "xa-2"
    assert moved.letters["people"] == "B"


@pytest.mark.parametrize(
    ("row", "cell", "operator"),
    [
        (["xa-9", None, 1, "Có"], "B4", "in_list"),
        (["xa-1", "31/02/2021", 1, "Có"], "C4", "typed"),
        (["xa-1", None, "nhiều", "Có"], "D4", "typed"),
        (["xa-1", None, 1, "Có thể"], "E4", "in_list"),
    ],
)
def test_what_cannot_be_typed_is_a_fault_and_empty(row, cell, operator):
    sheet = cells(CODES, row)
    reading = read_sheet(sheet)
    [fault] = reading.faults
    assert (sheet.cell[fault.position], fault.operator) == (cell, operator)
    assert reading.rows[fault.column].isna().all()


def test_free_text_is_masked():
    reading = read(["xa-1", None, 1, "Có", "gọi 0912345678 để biết"])
    assert "0912345678" not in str(reading.rows.loc[0, "summary"])


def test_content_beside_the_columns_is_stray():
    sheet = cells(CODES, ["xa-1", None, 1, "Có", "a", "thêm"])
    reading = read_register(sheet, REGISTER, KNOWN)
    assert reading is not None
    assert [sheet.cell[i] for i in sheet.strays()] == ["G4"]


def test_a_sheet_without_codes_is_no_register():
    assert read_register(cells(["a", "b"], ["xa-1", "x"]), REGISTER, KNOWN) is None


def test_an_empty_register_has_no_rows():
    assert read().rows.empty


PAPER = ["unit", "on", "people", "answer", "summary"]


def test_headers_printed_again_and_numbering_are_no_events():
    numbering = ["(A)", "(B)", "(1)", "(2)", "(3)"]
    reading = read(numbering, ["xa-1", None, 1, "Có"], CODES, ["xa-2", None, 2, "Không"])
    assert list(reading.rows["unit"]) == ["xa-1", "xa-2"]


def test_a_total_is_compared_and_is_no_event():
    sheet = cells(CODES, ["xa-1", None, 1], ["xa-2", None, 2], ["Tổng cộng", None, 4])
    reading = read_sheet(sheet)
    assert list(reading.rows["unit"]) == ["xa-1", "xa-2"]
    assert reading.totals == [("D6", "people", "4", "3")]
    assert sheet.fate.tolist().count("total") == 1


@pytest.mark.parametrize("total", [3, 2])
def test_a_total_may_be_the_sum_or_the_number_of_events(total):
    assert read(["xa-1", None, 1], ["xa-2", None, 2], ["Cộng", None, total]).totals == []


def test_without_codes_columns_are_found_by_their_labels():
    reading = read(["xa-1", "10/06/2021", 3, "Có", "a"], codes=PAPER)
    assert reading.rows.loc[0, "people"] == 3
    assert "khớp theo tên cột" in reading.notes[0]


def test_a_lost_code_is_made_good_by_its_label():
    sheet = cells(PAPER, ["Z01", "Z02", None, "Z04", "Z05"], ["xa-1", None, 3, "Có", "a"])
    reading = read_sheet(sheet)
    assert reading.rows.loc[0, "people"] == 3
    assert reading.notes == ["Trang Sổ: khớp theo tên cột (cột D là Z03)."]
