"""Printed numbers against computed ones, at the precision they were printed in."""

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.reference import read_facts
from pipelines.evaluation.published import agrees, compare, printed_digits

VALUES = "eval.indicator_values"
FACTS = Path(__file__).parents[2] / "raw" / "reference"


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


def test_milestones_of_the_new_countryside_are_on_record(catalogue):
    """5 communes at the end of 2017, 9 of 2018, 10 early in 2020, 11 in June 2021."""
    published = read_facts(catalogue, FACTS, "published")
    rates = published[published["indicator"] == "ntm.recognised_rate"]
    counted = rates[rates["part"] == "numerator"].set_index("period")["value"]
    assert counted.to_dict() == {"2017-H2": 5, "2018-H2": 9, "2020-H1": 10, "2021-H1": 11}
    # of the earlier articles only summaries are at hand: nothing is passed off as their words
    earlier = rates[rates["period"] < "2021"]
    assert earlier["quote"].str.startswith("[Tóm lược").all()


@pytest.mark.parametrize(("recognised", "agreeing"), [(10, True), (9, False)])
def test_a_milestone_is_reconciled_where_there_is_input(catalogue, recognised, agreeing):
    published = read_facts(catalogue, FACTS, "published")
    value = dict.fromkeys(c.name for c in table_contract(catalogue, VALUES).columns) | {
        "scope_id": "huyen-mh-1",
        "period": "2020-H1",
        "indicator": "ntm.recognised_rate",
        "view": "as_reported",
        "numerator": recognised,
        "denominator": 15,
        "value": 100 * recognised / 15,
        "state": "value",
        "expected_units": 15,
        "reporting_units": 15,
        "as_of": dt.datetime(2020, 6, 10, 8, tzinfo=dt.UTC),
        "is_illustrative": True,
    }
    values = table_contract(catalogue, VALUES).conform(pd.DataFrame([value]))
    found = compare(published=published, values=values, catalogue=catalogue, period="2020-H1")
    agrees = found.set_index("part")["agrees"].to_dict()
    assert agrees == {"numerator": agreeing, "denominator": True, "value": agreeing}
