import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.period_words import is_period, period_end, period_label, period_of
from pipelines.catalogue.periods import period_frame

PLAN = load_catalogue().periods
PERIODS = period_frame(PLAN)
LABELS = dict(zip(PERIODS["period"], PERIODS["label_vi"], strict=True))


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("06 tháng đầu năm 2021", "2021-H1"),
        ("6T/2021", "2021-H1"),
        ("6 tháng năm 2021", "2021-H1"),
        ("6 THÁNG CUỐI NĂM 2020", "2020-H2"),
        ("Quý I/2021", "2021-Q1"),
        ("quý 4 năm 2020", "2020-Q4"),
        ("Quý IV-2020", "2020-Q4"),
        ("năm 2021", "2021"),
        ("cả năm 2021", "2021"),
        ("9 tháng đầu năm 2021", "2021-9M"),
        ("tháng 3/2021", "2021-03"),
        ("giai đoạn 2016-2020", "2016-2020"),
        ("Kỳ báo cáo: 6 tháng đầu năm 2021.", "2021-H1"),
        ("6 tháng đầu năm", None),
        ("Quý V/2021", None),
        ("6 tháng đầu năm 2035", None),
        ("tháng 13/2021", None),
        ("10/06/2021", None),
        ("", None),
    ],
)
def test_what_officials_write(text, period):
    assert period_of(text, PLAN) == period


@given(st.sampled_from(sorted(LABELS)), st.sampled_from([str, str.upper, str.lower]))
def test_every_period_is_found_by_its_own_name_and_key(period, way):
    assert period_of(way(LABELS[period]), PLAN) == period
    assert period_of(way(period), PLAN) == period


@given(st.text(max_size=25))
def test_no_text_gives_a_period_that_is_not_in_the_plan(text):
    found = period_of(text, PLAN)
    assert found is None or found in LABELS


def test_ends_and_names_are_those_of_the_table():
    for row in PERIODS.to_dict("records"):
        assert period_end(row["period"], PLAN) == row["ends_on"]
        assert period_label(row["period"], PLAN) == row["label_vi"]
    assert not is_period("2021-H3", PLAN)
    assert period_label("2021-H3", PLAN) == "2021-H3"
    with pytest.raises(KeyError):
        period_end("2021-H3", PLAN)
