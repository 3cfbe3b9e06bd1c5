"""What changed, in words: signs, points, what came and went, which rows and pictures there are."""

import numpy as np
import pandas as pd
import pytest

from pipelines.evaluation.legs import LEGS, legs
from pipelines.reports.papers.model import Paragraph, Picture, Table
from pipelines.reports.what_changed_blocks import blocks, drawn
from pipelines.reports.what_changed_table import (
    CAME,
    LEGS_VI,
    WENT,
    Words,
    causes_table,
    frame_vi,
    rows,
    scope_table,
    summary,
    units_table,
    waterfall_frame,
)

SCOPE, UNIT = "huyen-mh-1", "xa-mh-01"
WORDS = Words(
    indicators=pd.DataFrame(
        [
            ("count", "Cuộc họp", "count", None, False),
            ("rate", "Hội nghị", "rate", "units", True),
            ("money", "Tiền thu hồi", "money", None, False),
        ],
        columns=["indicator", "label_vi", "format", "denominator", "headline"],
    ),
    scopes={SCOPE: "Huyện minh họa", UNIT: "Xã minh họa 01"},
    before="Bản 01",
    after="Bản đang lập",
)


def state(*figures: tuple[str, str, float, float, float]) -> pd.DataFrame:
    columns = ["scope_id", "indicator", "numerator", "denominator", "value"]
    frame = pd.DataFrame(figures, columns=columns)
    states = ["missing" if np.isnan(value) else "value" for value in frame["value"]]
    return frame.assign(view="as_reported", state=states)


def rate(scope: str, top: float, bottom: float) -> tuple[str, str, float, float, float]:
    return (scope, "rate", top, bottom, 100 * top / bottom)


def single(scope: str, name: str, value: float) -> tuple[str, str, float, float, float]:
    return (scope, name, value, np.nan, value)


@pytest.fixture(scope="module")
def changes() -> pd.DataFrame:
    """A denominator that shrinks, then a numerator that grows; a unit's figures come and go."""
    first = state(
        rate(SCOPE, 13, 15), single(SCOPE, "count", 1234), single(SCOPE, "money", 2e6),
        single(UNIT, "count", np.nan), rate(UNIT, 1, 2),
    )  # fmt: skip
    second = state(
        rate(SCOPE, 13, 14), single(SCOPE, "count", 1234), single(SCOPE, "money", 2e6),
        single(UNIT, "count", np.nan), rate(UNIT, 1, 2),
    )  # fmt: skip
    last = state(
        rate(SCOPE, 14, 14), single(SCOPE, "count", 1230), single(SCOPE, "money", 5e6),
        single(UNIT, "count", 7),
    )  # fmt: skip
    return legs([first, second, second, second, second, last])


@pytest.fixture(scope="module")
def told(changes: pd.DataFrame) -> pd.DataFrame:
    return rows(changes, WORDS)


def test_rows_follow_scopes_and_the_catalogue_and_single_figures_stand_once(told: pd.DataFrame):
    own = told[told["scope_id"] == SCOPE]
    assert list(zip(own["indicator"], own["part"], strict=True)) == [
        ("count", "value"),
        ("rate", "numerator"),
        ("rate", "denominator"),
        ("rate", "value"),
        ("money", "value"),
    ]
    assert list(told["scope_id"].unique()) == [SCOPE, UNIT]


def test_amounts_have_signs_and_rates_are_in_points(told: pd.DataFrame):
    texts = {
        (r["indicator"], r["part"]): r for r in told[told["scope_id"] == SCOPE].to_dict("records")
    }
    value = texts["rate", "value"]
    assert (value["before"], value["after"]) == ("86,67%", "100%")
    assert (value["boundary"], value["new_reports"]) == ("+6,19", "+7,14")
    assert texts["rate", "denominator"]["boundary"] == "-1"
    assert texts["rate", "denominator"]["new_reports"] == "0"
    assert texts["count", "value"]["before"] == "1.234"
    assert texts["count", "value"]["new_reports"] == "-4"
    assert texts["money", "value"]["new_reports"] == "+3 triệu đồng"


def test_what_came_and_what_went_is_said_not_counted(told: pd.DataFrame):
    own = told[(told["scope_id"] == UNIT) & (told["part"] == "value")].to_dict("records")
    came, went = (row for name in ("count", "rate") for row in own if row["indicator"] == name)
    assert (came["before"], came["new_reports"], came["after"]) == ("chưa có số liệu", CAME, "7")
    assert (went["before"], went["new_reports"], went["after"]) == ("50%", WENT, "không có")


def test_the_summary_counts_figures_by_cause(changes: pd.DataFrame):
    text = summary(changes, ("boundary", "new_reports"), WORDS, SCOPE)
    assert text == (
        "So với bản 01, bản đang lập thay đổi 3 chỉ số của Huyện minh họa (địa giới, đơn vị: 1;"
        " báo cáo mới: 3, một chỉ số có thể do nhiều phần)."
    )
    still = changes[changes["scope_id"] == "nowhere"]
    assert "không chỉ số nào" in summary(still, ("boundary",), WORDS, SCOPE)
    assert "không có gì thay đổi" in summary(still, (), WORDS, SCOPE)


def test_tables_hold_the_numbers_behind_the_texts(told: pd.DataFrame):
    table = scope_table(told, WORDS, SCOPE)
    assert [column.label for column in table.columns[-7:]] == [
        "Bản 01",
        *LEGS_VI.values(),
        "Bản đang lập",
    ]
    row = next(row for row in table.rows if row.cells[1].text == "Mẫu số")
    behind = row.values  # noqa: PD011 — a field of a row of a paper
    assert behind == (None, None, 15.0, -1.0, 0.0, 0.0, 0.0, 0.0, 14.0)
    assert all(len(row.cells) == len(table.columns) for row in table.rows)
    units = units_table(told, WORDS, SCOPE)
    assert units.rows[0].cells[0].text == "Xã minh họa 01"
    assert {len(row.cells) for row in units.rows} == {1, len(units.columns)}
    first = units.rows[1].values  # noqa: PD011 — a field of a row of a paper
    assert first[1] is None, "there was no figure before"


def test_headings_are_vietnamese(told: pd.DataFrame):
    assert list(frame_vi(told, WORDS).columns) == [
        "Đơn vị",
        "Chỉ số",
        "Phần",
        "Bản 01",
        *LEGS_VI.values(),
        "Bản đang lập",
    ]


def test_a_waterfall_goes_from_one_figure_to_the_other(changes: pd.DataFrame):
    frame = waterfall_frame(changes, WORDS, SCOPE, "rate")
    assert list(frame["leg"]) == ["before", *LEGS, "after"]
    steps = frame.iloc[1:-1]
    assert steps["start"].iloc[0] == pytest.approx(1300 / 15)
    assert (steps["end"].iloc[:-1].to_numpy() == steps["start"].iloc[1:].to_numpy()).all()
    assert steps["end"].iloc[-1] == pytest.approx(frame["end"].iloc[-1])
    assert (steps["end"] - steps["start"]).to_numpy() == pytest.approx(steps["amount"].to_numpy())


def test_a_waterfall_of_a_figure_that_came_has_no_start(changes: pd.DataFrame):
    steps = waterfall_frame(changes, WORDS, UNIT, "count").to_dict("records")
    came = next(step for step in steps if step["leg"] == "new_reports")
    assert np.isnan(came["start"])
    assert came["end"] == 7
    with pytest.raises(KeyError, match="money"):
        waterfall_frame(changes, WORDS, UNIT, "money")


def test_blocks_of_the_lookup_copy(changes: pd.DataFrame):
    causes = pd.DataFrame({"leg": ["boundary"], "about": ["sửa Xã minh họa 02"]})
    found = blocks(changes, ("boundary", "new_reports"), causes, WORDS, SCOPE, illustrative=True)
    tables = [block for block in found if isinstance(block, Table)]
    assert [table.title for table in tables] == [
        "Những gì đã thay đổi ở đầu vào",
        "Thay đổi so với bản 01: Huyện minh họa",
        "Thay đổi so với bản 01, theo đơn vị",
    ]
    assert drawn(changes, WORDS, SCOPE) == ["rate"]
    assert sum(isinstance(block, Picture) for block in found) == 1
    nothing = blocks(changes.iloc[:0], (), causes.iloc[:0], WORDS, "", illustrative=True)
    assert [type(block) for block in nothing] == [Paragraph]


def test_a_long_list_of_causes_says_how_many_more():
    causes = pd.DataFrame({"leg": ["catalogue"] * 230, "about": ["x"] * 230})
    table = causes_table(causes)
    assert len(table.rows) == 200
    assert table.notes == ("Còn 30 dòng nữa: xem qcdc release diff --json.",)
