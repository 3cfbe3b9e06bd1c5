"""Decisions in words, as a whole and behind a cell."""

from __future__ import annotations

import pandas as pd
import pytest

from pipelines.analysis.decisions import behind, decisions, spoken
from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.load import load_catalogue
from pipelines.reports import tables

PERIOD, FILE, SHEET = "2021-H1", "2021-H1/xa-mh-01/01", "Biểu 01-XA"
PLACE = {"submission_id": FILE, "sheet": SHEET, "cell": "E25", "unit_id": None, "element": None}
CELL = {"submission_id": FILE, "sheet": SHEET, "cell": "E25", "element": "xa.opinions_received"}
_BASE = {
    "period": PERIOD,
    "provider": "xa-mh-01",
    "rule": None,
    "unit_id": None,
    "element": None,
    "submission_id": None,
    "sheet": None,
    "cell": None,
    "before": None,
    "after": None,
    "decided_by": "Thường trực Ban Chỉ đạo",
    "decided_at": "2021-06-20T08:00:00+07:00",
    "decided_why": "đã đối chiếu",
    "told_by": None,
    "told_on": None,
    "is_in_force": True,
    "is_applied": True,
    "is_illustrative": True,
}
LINES = [
    {
        **PLACE,
        "action": "correct",
        "before": "52,62",
        "after": "52.620",
        "told_by": "Chủ tịch UBND xã",
        "told_on": "2021-06-07",
    },
    {"action": "means", "before": "-", "after": "zero"},
    {"action": "means", "before": "-", "after": "zero", "element": "xa.opinions_received"},
    {
        "action": "confirm",
        "submission_id": FILE,
        "after": "xa-mh-01; 2021-H1; xa-2021; estimate",
    },
    {**PLACE, "cell": "E35", "action": "accept", "rule": "XA-05", "before": "3"},
    {**PLACE, "action": "correct", "after": "1", "is_in_force": False, "is_applied": False},
    {**PLACE, "cell": "E9", "action": "correct", "after": "1", "is_applied": False},
    {**PLACE, "action": "withdraw", "is_in_force": False, "is_applied": False},
]


class Shelf:
    """The two tables that are looked at."""

    def table(self, name: str) -> pd.DataFrame:
        if name == "ref.units":
            return pd.DataFrame({"unit_id": ["xa-mh-01"], "name": ["Xã minh họa 01"]})
        assert name == "core.decisions"
        rows = [
            _BASE | line | {"decision_id": f"{PERIOD}/qd-{n:03d}"}
            for n, line in enumerate(LINES, start=1)
        ]
        other = _BASE | LINES[0] | {"decision_id": "2020-H1/qd-001", "period": "2020-H1"}
        return table_contract(load_catalogue(), name).conform(pd.DataFrame([*rows, other]))


@pytest.fixture(scope="module")
def told() -> pd.DataFrame:
    return decisions(Shelf(), PERIOD)  # type: ignore[arg-type] # a shelf gives the tables asked for


def test_every_decision_of_the_period_is_put_into_words(told: pd.DataFrame) -> None:
    assert told["decision_id"].tolist() == [f"{PERIOD}/qd-{n:03d}" for n in range(1, 9)]
    assert told["what"].tolist() == [
        "Sửa 52,62 thành 52.620",
        "“-” nghĩa là 0",
        "“-” nghĩa là 0",
        "Xác nhận tệp là của xa-mh-01; 2021-H1; xa-2021; estimate",
        "Chấp nhận 3 (XA-05)",
        "Dùng giá trị đề xuất 1 thay (để trống)",
        "Dùng giá trị đề xuất 1 thay (để trống)",
        "Rút quyết định",
    ]
    assert told["effect"].tolist()[4:] == [
        "đang áp dụng",
        "đã thay hoặc đã rút",
        "không còn khớp, không áp dụng",
        "đã ghi",
    ]
    assert set(told["unit"]) == {"Xã minh họa 01"}


def test_a_decision_says_who_when_who_told_it_and_why(told: pd.DataFrame) -> None:
    assert spoken(told.iloc[0].to_dict()) == (
        "Sửa 52,62 thành 52.620 — Thường trực Ban Chỉ đạo, 08:00 ngày 20/06/2021; "
        "Chủ tịch UBND xã cho biết ngày 07/06/2021. Lý do: đã đối chiếu"
    )
    assert "cho biết" not in spoken(told.iloc[4].to_dict())


@pytest.mark.parametrize(
    ("cell", "state", "found"),
    [
        (CELL, None, ["001", "004"]),
        (CELL | {"cell": "E35"}, None, ["004", "005"]),
        (CELL | {"cell": "E9"}, None, ["004"]),  # its guard has failed
        (CELL | {"cell": "E1"}, "zero", ["003", "004"]),  # the element's own meaning goes first
        (CELL | {"cell": "E1", "element": "xa.meetings"}, "zero", ["002", "004"]),
        (CELL | {"cell": "E1", "element": "xa.meetings"}, "missing", ["004"]),
        (CELL | {"submission_id": "2021-H1/xa-mh-02/01"}, "zero", []),
    ],
)
def test_behind_a_value_stand_the_decisions_it_follows_from(
    told: pd.DataFrame, cell: dict[str, str], state: str | None, found: list[str]
) -> None:
    assert behind(told, cell, state)["decision_id"].str[-3:].tolist() == found


def test_the_report_lists_them(told: pd.DataFrame) -> None:
    shown = tables.decisions(told, number="12.1", illustrative=True)
    text = shown.markup
    assert text.count("<tr") >= len(told)
    for piece in ("Biểu số 12.1", "Sửa 52,62 thành 52.620", "SỐ LIỆU MINH HỌA", "đang áp dụng"):
        assert piece in text
    empty = tables.decisions(told.iloc[:0], number="12.1", illustrative=True)
    assert "Không có dòng nào" in empty.markup
