import numpy as np
import pandas as pd
import pytest

from pipelines.vietnamese.answers import NO, YES, format_yes_no, parse_yes_no, sign_of
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


@pytest.mark.parametrize(
    ("raw", "sign"),
    [
        ("Không có", "không có"),
        ("không phát sinh.", "không phát sinh"),
        ("-", "-"),
        ("–", "-"),
        ("--", "-"),
        ("...", "…"),
        ("…", "…"),
        ("'x", "x"),
        (" X\u00a0", "x"),
        (".", "."),
        ("", ""),
        ("-5", "-5"),
    ],
)
def test_signs_are_looked_up_by_what_they_are(raw, sign):
    assert sign_of(raw) == sign
