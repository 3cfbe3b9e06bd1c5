"""What the operators mean on small frames, missing values above all."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipelines.catalogue.model import Rule, Term
from pipelines.catalogue.operators import is_missing_skipped, register_totals, violations

NAN = np.nan
A = [1.0, 5.0, 0.0, NAN, NAN]
B = [2.0, 5.0, 0.0, 3.0, NAN]
C = [1.0, 1.0, 0.0, 3.0, NAN]


def days(*texts: str | None) -> pd.Series:
    return pd.Series(texts, dtype="str").astype("datetime64[us]")


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "a": A,
            "b": B,
            "c": C,
            "whole": pd.array([1, 5, None, 3, None], dtype="Int64"),
            "answer": pd.array([True, False, None, True, None], dtype="boolean"),
            "on": days("2021-01-01", "2021-06-01", None, "2021-03-01", None),
            "by": days("2021-02-01", "2021-05-01", None, None, None),
            "word": pd.array(["72/KH-UBND", "04-NQ/HU", "số 5", None, None], dtype="str"),
        }
    )


def rule(operator: str, left: list[Any], right: list[Any] | None = None, **more: Any) -> Rule:
    words = dict.fromkeys(("message_vi", "message_en", "expected_vi", "action_vi"), "…")
    return Rule.model_validate(
        {"id": "T-01", "level": "unit", "operator": operator, "left": left, "right": right or []}
        | {"severity": "error", **words, **more}
    )


@pytest.mark.parametrize(
    ("case", "violated"),
    [
        (rule("==", ["a"], ["b"]), [0]),
        (rule("!=", ["a"], ["b"]), [1, 2]),
        (rule(">", ["b"], ["a"]), [1, 2]),
        (rule(">=", ["a"], ["b"]), [0]),
        (rule("<", ["a"], ["b"]), [1, 2]),
        (rule("<=", ["b"], ["a"]), [0]),
        (rule("<=", ["b"], [Term(of="c", times=2)]), [1]),
        (rule("<=", ["whole"], [4]), [1]),
        (rule(">=", ["a"], [1], missing="never_skip"), [2, 3, 4]),
        (rule("==", ["a"], ["b"], missing="skip_if_all"), [0, 3]),
        (rule("==", ["a"], ["b"], missing="never_skip"), [0, 3, 4]),
        (rule(">=", ["by"], ["on"]), [1]),
        (rule("fewer_or_none", ["a"], ["b"]), [1]),
        (rule("sum_equals", ["b"], ["a", "c"]), [1]),
        (rule("sum_equals", ["b"], ["a", "c"], missing="skip_if_all"), [1, 3]),
        (rule("compulsory_pair", ["a"], ["answer"]), [1]),
        (rule("compulsory_pair", ["word"], ["by"], missing="skip_if_all"), [2]),
        (rule("compulsory_pair", ["answer"], ["on"], missing="skip_if_all"), [1]),
        (rule("exclusive_pair", ["a"], ["answer"]), [0]),
        (rule("exclusive_pair", ["word"], ["a"], listed=["04-NQ/HU"]), [1]),
        (rule("at_most_one", ["a", "b", "answer"]), [0, 1]),
        (rule("at_most_one", ["b", "answer"], missing="skip_if_all"), [0, 3]),
        (rule("some_pair_differs", ["a"], ["b"]), [1]),
        (rule("some_pair_differs", ["a", "c"], ["b", "c"]), [1]),
        (rule("some_pair_differs", ["a", "a"], ["b", "c"]), []),
        (rule("implies_equal", ["answer"], ["b", 3]), [0]),
        (rule("implies_equal", ["word"], ["answer", 1]), [1]),
        (rule("implies_equal", ["b"], ["answer", 1], missing="never_skip"), [1]),
        (rule("in_list", ["word"], listed=["04-NQ/HU"]), [0, 2]),
        (rule("in_list", ["word"], listed=["04-NQ/HU"], missing="never_skip"), [0, 2, 3, 4]),
        (rule("pattern", ["word"], pattern=r"\d+[/-][A-Z-/]+"), [2]),
        (rule("pattern", ["word"], pattern=r"\d+", missing="never_skip"), [0, 1, 2, 3, 4]),
        (rule("present", ["a", "b"], missing="never_skip"), [3, 4]),
        (rule("unique", ["c"]), [1]),
        (rule("unique", ["c", "b"]), []),
    ],
    ids=lambda value: value.operator if isinstance(value, Rule) else "",
)
def test_where_a_rule_is_violated(case: Rule, violated: list[int]) -> None:
    mask = violations(case, frame())
    assert mask.dtype == bool
    assert list(np.flatnonzero(mask)) == violated


@pytest.mark.parametrize(
    ("missing", "skipped"),
    [("skip_if_any", [3, 4]), ("skip_if_all", [4]), ("never_skip", [])],
)
def test_when_a_rule_does_not_apply(missing: str, skipped: list[int]) -> None:
    mask = is_missing_skipped(rule("==", ["a"], ["b", 1], missing=missing), frame())
    assert list(np.flatnonzero(mask)) == skipped


def test_numbers_alone_are_never_missing() -> None:
    assert not is_missing_skipped(rule("==", [1], [2]), frame()).any()


def test_an_accented_number_of_a_document_fits_its_pattern() -> None:
    words = pd.DataFrame({"word": pd.array(["12/QĐ-BCĐ", "9-TTr/ĐU", "1-é ê"], dtype="str")})
    fits = rule("pattern", ["word"], pattern=r"\d{1,5}[/-][A-Za-zÀ-ỹ]+[/-][A-Za-zÀ-ỹ]+")
    assert list(violations(fits, words)) == [False, False, True]


def rows() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "submission_id": ["s1", "s1", "s2", "s3", "s3"],
            "kind": ["Khiếu nại", "Tố cáo", "Tố cáo", "Tố cáo", None],
            "people": pd.array([2, 3, 4, 5, None], dtype="Int64"),
        }
    ).astype({"submission_id": "str", "kind": "str"})


@pytest.mark.parametrize(
    ("operator", "left", "listed", "totals"),
    [
        ("rows_equal_element", [], None, {"s1": 2, "s2": 1, "s3": 2}),
        ("rows_equal_element", ["kind"], ["Khiếu nại"], {"s1": 1, "s2": 0}),
        ("rows_equal_element", ["kind"], ["Khiếu nại", "Tố cáo"], {"s1": 2, "s2": 1}),
        ("column_sum_equals_element", ["people"], None, {"s1": 5, "s2": 4}),
    ],
)
def test_what_a_register_adds_up_to(
    operator: str, left: list[str], listed: list[str] | None, totals: dict[str, int]
) -> None:
    """A blank in the column leaves the total unknown; a register without rows is not there."""
    case = rule(operator, left, level="register", listed=listed)
    assert register_totals(case, rows()).to_dict() == totals
    assert register_totals(case, rows().iloc[:0]).empty


@pytest.mark.parametrize("operator", ["unique", "no_overlap", "first_of_month", ">="])
def test_a_register_without_rows_violates_nothing(operator: str) -> None:
    empty = pd.DataFrame({"on": [], "by": []}, dtype="str")
    found = violations(
        rule(operator, ["on"], ["on", "by"][: 1 + (operator == "no_overlap")]), empty
    )
    assert list(found) == []
