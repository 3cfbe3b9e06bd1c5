import numpy as np
import pandas as pd
import pytest

from pipelines.vietnamese.answers import NO, YES, format_yes_no, parse_yes_no, read_state
from pipelines.vietnamese.numbers import NO_DATA

MISSING = [None, float("nan"), pd.NA, "", "  \u00a0", "…", "...", "chưa có số liệu", NO_DATA]


@pytest.mark.parametrize(
    "raw", ["x", "X", "có", "Có", "CO", "Đạt", "√", "1", 1, 1.0, True, "TRUE", "đạt.", np.True_]
)
def test_yes(raw):  # T31
    assert parse_yes_no(raw) is True


@pytest.mark.parametrize(
    "raw", ["không", "Không", "KHÔNG ", "không đạt", "chưa", "0", 0, False, "FALSE", "Không."]
)
def test_no(raw):
    assert parse_yes_no(raw) is False


@pytest.mark.parametrize("raw", [*MISSING, "-", "cô", "cỏ", "K", 2, 0.5, "07", "có 3 đơn"])
def test_neither(raw):
    assert parse_yes_no(raw) is None


def test_answers_come_back():
    assert format_yes_no(True) == YES
    assert format_yes_no(False) == NO
    assert parse_yes_no(YES) is True
    assert parse_yes_no(NO) is False
    assert format_yes_no(None) == format_yes_no(float("nan")) == NO_DATA


@pytest.mark.parametrize("raw", MISSING)
def test_missing_is_missing_never_zero(raw):  # T30
    assert read_state(raw) == "missing"


@pytest.mark.parametrize(
    ("raw", "state"),
    [
        ("x", "not_applicable"),
        ("Không áp dụng", "not_applicable"),
        ("KAD", "not_applicable"),
        ("không", "zero"),
        ("Không có", "zero"),
        ("không phát sinh.", "zero"),
        ("-", "dash"),
        ("–", "dash"),
        ("--", "dash"),
        ("0", None),
        (0, None),
        (7.5, None),
        ("-5", None),
        ("07 đơn vị", None),
        ("chưa có", None),  # none yet, or not known yet
        (".", None),
    ],
)
def test_signs_for_absent_numbers(raw, state):
    assert read_state(raw) == state
