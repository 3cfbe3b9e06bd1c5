"""Any frame as a table: Vietnamese headings, kinds from what a column holds."""

import re
from dataclasses import dataclass, field

import pandas as pd

from pipelines.reports.notebook_page import MOST, NotebookPage


@dataclass(frozen=True)
class Opened:
    """What a notebook opens."""

    subtitle: str = "Huyện minh họa, 6 tháng đầu năm 2021"
    facts: dict[str, str] = field(default_factory=dict)
    illustrative: bool = True
    not_evaluated: str = ""


def _headings(markup: str) -> list[str]:
    return re.findall(r'<th scope="col">(.*?)</th>', markup)


def test_columns_for_joining_are_left_out_and_the_others_have_headings():
    frame = pd.DataFrame({"unit_id": ["a"], "unit": ["Xã A"], "owed": [3], "2019": ["87%"]})
    shown = NotebookPage(Opened()).table(frame, "Thử").markup
    assert _headings(shown) == ["TT", "Đơn vị", "Phải nộp", "2019"]
    assert '<td class="qcdc-number">87%</td>' in shown  # figures as texts stand right
    asked = NotebookPage(Opened()).table(frame, "Thử", columns=["unit_id"]).markup
    assert _headings(asked) == ["TT", "Mã đơn vị"]


def test_nothing_said_is_a_dash_and_only_a_missing_figure_is_missing_data():
    frame = pd.DataFrame(
        {"reason": ["", None], "rate": [float("nan"), 50.0], "done_on": [pd.NaT, pd.NaT]}
    )
    shown = NotebookPage(Opened()).table(frame, "Thử").markup
    assert shown.count("chưa có số liệu") == 1
    assert shown.count(">–<") == 4
    assert ">50%<" in shown


def test_a_column_may_be_called_self_and_a_flag_is_answered():
    frame = pd.DataFrame({"self": ["86,5"], "firm": [True]})
    shown = NotebookPage(Opened()).table(frame, "Thử").markup
    assert _headings(shown) == ["TT", "Tự chấm", "Thứ tự chắc"]
    assert ">Có<" in shown


def test_a_cell_that_runs_again_keeps_its_number():
    page, frame = NotebookPage(Opened()), pd.DataFrame({"unit": ["Xã A"]})
    names = [page.table(frame, title).summary for title in ("Một", "Hai", "Một")]
    assert names == ["Biểu số 01: Một", "Biểu số 02: Hai", "Biểu số 01: Một"]


def test_a_long_table_tells_how_many_rows_there_are():
    frame = pd.DataFrame({"unit": [f"Xã {n}" for n in range(MOST + 1)]})
    assert f"Có {MOST + 1} dòng" in NotebookPage(Opened()).table(frame, "Thử").markup


def test_markup_in_a_text_is_shown_not_obeyed():
    frame = pd.DataFrame({"unit": ["<script>alert(1)</script>"]})
    assert "<script>" not in NotebookPage(Opened()).table(frame, "<b>").markup


def test_the_opening_tells_what_is_missing():
    page = NotebookPage(Opened(not_evaluated="Năm 2021 chưa được đánh giá."))
    assert "chưa được đánh giá" in page.opening("Cả năm").markup
    assert "qcdc-note" not in NotebookPage(Opened()).opening("Cả năm").markup.split("</style>")[-1]
