"""Rules over some rows, one row of a key at a time, first days of months."""

import datetime as dt
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.catalogue.integrity import CatalogueError, check_integrity
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.model import Rule
from pipelines.catalogue.operators import register_totals, violations
from pipelines.catalogue.rule_words import describe_rule

CATALOGUE = load_catalogue()
FIRST = dt.date(2021, 1, 1)
LEAD, HEAD, MERGED = (CATALOGUE.rules[name] for name in ("PCD-01", "TVB-04", "SXT-06"))
spans = st.tuples(st.sampled_from("ab"), st.integers(0, 9), st.none() | st.integers(0, 9))


def frame_of(rows: list[tuple[str, int, int | None]], **more: Any) -> pd.DataFrame:
    days = [
        (u, *(None if n is None else FIRST + dt.timedelta(n) for n in (a, b))) for u, a, b in rows
    ]
    frame = pd.DataFrame(days, columns=["unit", "valid_from", "valid_to"]).assign(**more)
    for name in ("valid_from", "valid_to"):
        frame[name] = pd.to_datetime(frame[name]).astype("datetime64[us]")
    return frame


@given(st.lists(spans, max_size=7))
def test_a_day_with_two_leads_is_found_and_no_other(rows: list[tuple[str, int, int | None]]):
    # a row that ends before it begins is in force on no day, which another rule says
    rows = [(unit, first, None if last is None else max(last, first)) for unit, first, last in rows]
    found = violations(LEAD, frame_of(rows))
    days = range(12)
    twice = any(
        sum(u == unit and a <= day and (b is None or day <= b) for u, a, b in rows) > 1
        for unit in "ab"
        for day in days
    )
    assert found.any() == twice
    assert len(found) == len(rows)


def test_of_two_that_overlap_the_later_one_is_named():
    rows = frame_of([("a", 5, None), ("a", 1, 5), ("a", 0, 1), ("b", 5, None)])
    assert list(violations(LEAD, rows)) == [True, True, False, False]


def test_a_long_row_overlaps_those_behind_a_short_one():
    rows = frame_of([("a", 0, 9), ("a", 1, 2), ("a", 4, 5)])
    assert list(violations(LEAD, rows)) == [False, True, True]


def test_a_rule_speaks_of_its_rows_only():
    rows = frame_of([("a", 0, None), ("a", 1, None), ("a", 2, None)])
    rows = rows.assign(role=["Trưởng Ban", "Ủy viên", "Trưởng Ban"])
    assert list(violations(HEAD, rows)) == [False, False, True]
    assert not violations(HEAD, rows.assign(role="Ủy viên")).any()


def test_totals_of_the_rows_that_count():
    rows = pd.DataFrame(
        {
            "submission_id": ["s", "s", "s", "t", "u"],
            "kind": [*["Hợp nhất, sáp nhập"] * 2, "Giải thể", "Giải thể", "Hợp nhất, sáp nhập"],
            "units_before": pd.array([3, 2, 9, None, None], dtype="Int64"),
        }
    )
    # what does not count may be blank, what counts may not
    assert register_totals(MERGED, rows).to_dict() == {"s": 5.0, "t": 0.0}


def test_first_days_of_months():
    rule = CATALOGUE.rules["LTD-02"]
    month = pd.to_datetime(pd.Series(["2021-03-01", "2021-03-02", None])).astype("datetime64[us]")
    assert list(violations(rule, pd.DataFrame({"month": month}))) == [False, True, False]


def test_a_condition_must_name_a_column_and_is_told_in_words():
    assert describe_rule(CATALOGUE, HEAD).endswith(
        '(với dòng có Vai trò trong Ban Chỉ đạo (TV04) là "Trưởng Ban")'
    )
    wrong = HEAD.model_dump() | {"when": {"column": "x", "among": []}, "population": "y"}
    rules = CATALOGUE.rules | {HEAD.id: Rule.model_validate(wrong)}
    with pytest.raises(CatalogueError) as raised:
        check_integrity(CATALOGUE.model_copy(update={"rules": rules}))
    assert raised.value.problems == [
        "rule TVB-04: unknown column x",
        "rule TVB-04: unknown population y",
    ]


def test_no_register_of_the_committee_asks_for_a_name():
    committee = [r for r in CATALOGUE.registers.values() if r.optional or r.id in _KEPT]
    assert len(committee) == 11
    texts = [c for r in committee for c in r.columns if c.type == "string"]
    told = [c for c in texts if "chức" in c.label_vi.lower()]
    assert told
    assert all("không ghi họ tên" in c.label_vi for c in told)
    assert all(c.sensitivity == "free_text" for c in told)


_KEPT = {
    "committee_members",
    "programme_tasks",
    "committee_meetings",
    "conclusions",
    "unit_documents",
    "leader_schedules",
}
