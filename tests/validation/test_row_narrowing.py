"""What a cell of a register row is asked for is what the rest of its row leaves over."""

from typing import Any

import pandas as pd
import pytest

from pipelines.catalogue.load import load_catalogue
from pipelines.validation.row_narrowing import narrowed_rows

CATALOGUE = load_catalogue()
SHEET = "Sổ"


def asked(register: str, column: str, rule: str = "CELL-TYPE", **row: object) -> str:
    """What a finding about a cell of the register's only row asks for."""
    columns = [c.id for c in CATALOGUE.registers[register].columns]
    place = {"submission_id": "s", "sheet": SHEET, "row": 10}
    frame = pd.DataFrame([dict.fromkeys(columns) | row | place])
    letters = pd.DataFrame(
        {
            "register_id": register,
            "submission_id": "s",
            "sheet": SHEET,
            "column": columns,
            "letter": [chr(ord("A") + number) for number in range(len(columns))],
        }
    )
    cell = f"{letters['letter'][columns.index(column)]}10"
    findings = pd.DataFrame(
        [{"submission_id": "s", "sheet": SHEET, "cell": cell, "rule": rule, "expected": "trước"}]
    )
    return narrowed_rows(findings, {register: frame}, letters, CATALOGUE)["expected"].iloc[0]


@pytest.mark.parametrize(
    ("register", "column", "row", "expected"),
    [
        ("meetings", "households_total", {"households_present": 30, "votes_for": 20},
         "số nguyên từ 30 trở lên"),
        ("meetings", "households_present", {"households_total": 40.0}, "số nguyên không quá 40"),
        ("meetings", "votes_for", {}, "trước"),
        ("meetings", "village", {}, "trước"),
        ("inspections", "planned_month", {}, "số nguyên từ 1 đến 12"),
        ("petitions", "resolved_on", {"received_on": pd.Timestamp("2021-03-05")},
         "từ 05/03/2021 trở đi"),
        ("petitions", "received_on", {"resolved_on": "2021-03-05"}, "không sau 05/03/2021"),
    ],
)  # fmt: skip
def test_the_rest_of_the_row_counts(
    register: str, column: str, row: dict[str, Any], expected: str
) -> None:
    assert asked(register, column, **row) == expected


def test_relations_keep_their_own_words() -> None:
    assert asked("meetings", "households_present", "HOP-02", households_total=40) == "trước"
