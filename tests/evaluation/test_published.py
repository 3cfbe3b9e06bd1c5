"""Printed numbers against computed ones, at the precision they were printed in."""

import numpy as np
import pandas as pd
import pytest

from pipelines.catalogue.contracts import table_contract
from pipelines.evaluation.published import agrees, compare, printed_digits


@pytest.mark.parametrize(
    ("shown_as", "digits"),
    [
        ("87%", 0),
        ("17,4", 1),
        ("86,67%", 2),
        ("52.620", 0),
        ("07", 0),
        ("46.920 triệu đồng", -6),
        ("46,92 tỷ đồng", -7),
        ("1,5 nghìn tỷ", -11),
    ],
)
def test_precision_is_read_from_the_print(shown_as, digits):
    assert printed_digits(shown_as) == digits


@pytest.mark.parametrize(
    ("computed", "printed", "shown_as", "expected"),
    [
        (1300 / 15, 87, "87%", True),
        (86.5, 87, "87%", True),
        (86.49, 87, "87%", False),
        (1300 / 15, 86.67, "86,67%", True),
        (261 / 15, 17.4, "17,4", True),
        (52620.0, 52620, "52.620", True),
        (52619.0, 52620, "52.620", False),
        (46_919_600_000.0, 46_920_000_000, "46.920 triệu đồng", True),
        (46_919_400_000.0, 46_920_000_000, "46.920 triệu đồng", False),
        (np.nan, 0, "0", False),
    ],
)
def test_agreement(computed, printed, shown_as, expected):
    assert agrees(computed, printed, shown_as) is expected


@pytest.fixture
def compared(catalogue, evaluate, with_indicators):
    """eval.published of three printed numbers, for the given conferences of two enterprises."""

    def build(*held, period="2021-H1"):
        printed = pd.DataFrame(
            [
                ("numerator", 1, "01", "dn.conference_rate"),
                ("denominator", 2, "02", "dn.conference_rate"),
                ("value", 50, "50%", "dn.conference_rate"),
                ("value", 40, "40", "nv.posts_streamlined"),
            ],
            columns=["part", "value", "shown_as", "indicator"],
        ).assign(source="báo", period=period, quote="…", scope_id="h", published_on=None)
        values = evaluate(
            {(f"dn-{n}", "dn.conference_held"): answer for n, answer in enumerate(held, start=1)},
            with_indicators("dn.conference_rate"),
        ).reset_index()
        table = compare(
            published=table_contract(catalogue, "ref.published").conform(printed),
            values=values,
            catalogue=catalogue,
            period="2021-H1",
        )
        return table.set_index(["indicator", "part"])

    return build


def test_every_printed_number_is_compared(compared):
    table = compared(True, False).loc["dn.conference_rate"]
    assert table["agrees"].all()
    assert table["computed"].to_dict() == {"numerator": 1, "denominator": 2, "value": 50}
    assert table["is_illustrative"].all()


def test_only_the_rows_that_use_a_changed_cell_turn(compared):
    table = compared(True, True).loc["dn.conference_rate"]
    assert table["agrees"].to_dict() == {"numerator": False, "denominator": True, "value": False}


def test_a_number_that_was_not_computed_does_not_agree(compared):
    row = compared(True, False).loc[("nv.posts_streamlined", "value")]
    assert pd.isna(row["computed"])
    assert not row["agrees"]


def test_other_periods_are_left_out(compared):
    assert compared(True, False, period="2020-H1").empty
