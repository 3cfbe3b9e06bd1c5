"""What a letter asks for mends the file: its cells, and nothing else."""

import io
import random
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipelines.reports.feedback import Letter
from pipelines.reports.feedback_book import feedback_book
from pipelines.validation.expectation import satisfying
from tests.cases.building import CATALOGUE, DAY, build
from tests.reports.letters import checked
from tests.reports.meeting import meeting

FORMS = ("xa-2021", "cq-2021", "dn-2021")
WRONG: list[Any] = [
    "nhiều", -3, 10**13, 52.62, {"error": "#DIV/0!"}, "khoảng chừng", "13/15", "31/02/2021", "-",
    "có lẽ", "=1+", {"formula": "=cmd|' /c calc'!A1"}, "1.234,5.6", 0, 1, 7, 60,
]  # fmt: skip
BROKEN = 6


def mutant(seed: int) -> tuple[bytes, random.Random]:
    """A form with some cells that cannot be what they say."""
    pick = random.Random(seed)  # noqa: S311 — a test case by number
    form = CATALOGUE.forms[FORMS[seed % len(FORMS)]]
    names = [i.element for s in form.sheets if s.layout == "single" for i in s.elements()]
    values = {name: pick.choice(WRONG) for name in pick.sample(names, BROKEN)}
    return build(f"m{seed}", {"base": form.id, "set": values})[1], pick


def mended(told: Letter, book_bytes: bytes, pick: random.Random) -> bytes:
    """The marked workbook with a value that meets what is asked in each cell it names."""
    book: Any = openpyxl.load_workbook(io.BytesIO(book_bytes))
    elements = {element.code: element for element in CATALOGUE.elements.values()}
    columns = {c.code: c for r in CATALOGUE.registers.values() for c in r.columns}
    done = set()
    for point in told.points:
        place = (point.sheet, point.cell)
        # of several points of a cell the first is the gravest
        if point.cell is None or point.severity == "review" or place in done:
            continue
        done.add(place)
        cell = book[point.sheet][point.cell]
        element = elements.get(point.code)
        # by turns what the program and what somebody else reads from the words
        if element is None or len(done) % 2:
            column = columns.get(point.code)
            found = satisfying(point.expected, element or column)
            if column is not None and column.type == "unit":
                found = "xa-mh-01"  # one of the list, which the words only speak of
            if found is not None:
                cell.value = None if found == "" else found
        else:
            cell.value = meeting(point.expected, element, pick)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("seed", range(9))
def test_meeting_what_is_asked_in_the_named_cells_makes_the_file_pass(
    seed: int, tmp_path: Path
) -> None:
    assert_mended(seed, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 220))
def test_meeting_what_is_asked_at_length(seed: int, tmp_path: Path) -> None:
    assert_mended(seed, tmp_path)


def test_rows_of_a_register_are_mended_too(tmp_path: Path) -> None:
    row = {
        "meeting_code": "H1", "unit": "xa-mh-01", "village": "Thôn 1", "kind": "Họp thôn",
        "held_on": DAY, "matter": "nội dung", "households_total": 40, "households_present": 30,
        "votes_for": 20, "decision": "Thông qua",
    }  # fmt: skip
    rows = [
        row,
        row | {"meeting_code": "H2", "held_on": "31/02/2021", "kind": "Hội nghị"},
        row | {"meeting_code": "H3", "households_present": 50, "decision": None},
        row | {"meeting_code": "H4", "households_total": "nhiều", "unit": "xa-khac"},
        row | {"village": "Thôn 2"},  # the code of the first row again
    ]
    data = build("rows", {"base": "xa-2021", "rows": {"meetings": rows}})[1]
    assert_file_is_mended(data, random.Random(1), tmp_path)  # noqa: S311 — a test case


def test_several_errors_at_once_are_mended(tmp_path: Path) -> None:
    values: dict[str, Any] = {
        "xa.publish_done": "nhiều",
        "xa.publish_posted": 3,
        "xa.households_agreed": 60,
        "xa.meetings": "-",
        "ld.dissemination_attendance": 0,
        "xa.contribution_money": {"error": "#REF!"},
    }
    data = build("several", {"base": "xa-2021", "set": values})[1]
    before, _ = checked(data, tmp_path)
    assert (before.findings["severity"] != "review").sum() >= 5
    assert_file_is_mended(data, random.Random(2), tmp_path)  # noqa: S311 — a test case


def assert_mended(seed: int, folder: Path) -> None:
    assert_file_is_mended(*mutant(seed), folder)


def assert_file_is_mended(data: bytes, pick: random.Random, folder: Path) -> None:
    before, told = checked(data, folder)
    assert told.of("error"), before.findings
    after, _ = checked(mended(told, feedback_book(told, data)[0], pick), folder)
    errors = after.findings[after.findings["severity"] == "error"]
    assert errors[["cell", "rule", "found", "expected"]].to_dict("records") == []
