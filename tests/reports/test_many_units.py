"""A province of 102 communes and hundreds of units fits pages: counted, wrapped, boxed."""

import re

import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from pipelines.reports import charts, commune_tables, html, statements, style
from pipelines.reports.annex import TALL, Column, table
from pipelines.reports.numbering import Numbers
from pipelines.reports.style import Chart
from pipelines.vietnamese.numbers import NO_DATA

PAGE = 9.0  # inches of an A4 page that a picture may take


@pytest.fixture
def heights(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Heights in inches of what is drawn."""
    kept: list[float] = []
    save = style.save

    def keep(figure, **said) -> Chart:
        FigureCanvasAgg(figure).draw()
        kept.append(figure.get_figheight())
        return save(figure, **said)

    monkeypatch.setattr(style, "save", keep)
    return kept


def _communes(count: int) -> pd.DataFrame:
    met = [float(5 + n % 15) for n in range(count)]
    known: list[bool | None] = [None, *(n == 19 for n in met[1:])]
    recognised = pd.Series(known, dtype="boolean")
    met[0] = float("nan")
    units = [f"Xã minh họa {n:02d}" for n in range(count)]
    return pd.DataFrame({"unit": units, "criteria_met": met, "recognised": recognised})


def test_many_communes_are_counted_by_their_number_of_criteria(heights):
    many = charts.ntm_distribution(_communes(88), number=4, illustrative=True)
    assert "05 xã đạt 19" in many.alt
    assert f"01 xã {NO_DATA}" in many.alt
    assert "Xã minh họa 02" not in many.alt
    few = charts.ntm_distribution(_communes(15), number=4, illustrative=True)
    assert "Xã minh họa 02: 7" in few.alt
    assert max(heights) < PAGE


def test_squares_of_hundreds_of_units_stand_in_rows(heights):
    units = pd.DataFrame(
        {
            "label": ["Cơ quan"] * 248 + ["Doanh nghiệp"] * 60,
            "unit": [f"đơn vị {n}" for n in range(308)],
            "held": pd.Series([n % 3 != 0 for n in range(308)], dtype="boolean"),
        }
    )
    chart = charts.conferences(units, number=5, illustrative=True)
    assert "Cơ quan: 165/248 đã tổ chức" in chart.alt
    assert heights[0] < PAGE


def test_five_years_of_dossiers_are_drawn_by_quarter():
    months = pd.date_range("2015-12-01", periods=60, freq="MS")
    flow = pd.DataFrame({"month": months, "received": range(60), "resolved": range(60)})
    chart = charts.dossier_flow(flow, number=3, illustrative=True)
    assert "theo quý" in chart.caption
    assert "Q1/2016: 6 và 6" in chart.alt  # months 1, 2 and 3 of the frame
    assert "theo tháng" in charts.dossier_flow(flow.head(12), number=3, illustrative=True).caption


def test_rate_beyond_its_plan_stays_inside_the_axis(monkeypatch: pytest.MonkeyPatch):
    drawn: list[float] = []

    def keep(figure, **_said) -> Chart:
        lines = [line for axes in figure.axes for line in axes.get_lines()]
        drawn.extend(float(x) for line in lines for x in line.get_xdata())
        return Chart("", "", "")

    monkeypatch.setattr(style, "save", keep)
    row = {
        "pillar_label": "Dân kiểm tra", "label": "Cuộc kiểm tra đã thực hiện", "format": "rate",
        "value": 120.0, "lower": 90.0, "upper": 180.0, "shown": "120%", "fraction": "6/5",
        "coverage": 0.9, "coverage_shown": "54/55",
    }  # fmt: skip
    charts.pillar_profile(pd.DataFrame([row]), number=1, illustrative=True)
    assert max(drawn) <= 100


def test_long_table_scrolls_in_a_box_of_its_own():
    def shown(rows: int) -> str:
        frame = pd.DataFrame({"unit": [f"Xã {n}" for n in range(rows)]})
        columns = [Column("unit", "Đơn vị", "unit")]
        return table(frame, columns, number=1, title="t", illustrative=True).markup

    assert "qcdc-tall" in shown(TALL + 1)
    assert "qcdc-tall" not in shown(TALL)
    style_sheet = html.opening("t", "k", {}, illustrative=True).markup
    printed = style_sheet.split("@media print")[1]
    assert re.search(r"qcdc-tall \{[^}]*max-height: none", printed)


def test_many_communes_stand_under_their_kinds_and_few_indicators_beside_each_other():
    rows = [
        {
            "official_order": n, "unit": f"đơn vị {n:03d}", "kind": "phuong" if n % 7 else "xa",
            "label": f"chỉ số {i:02d}", "shown": str(n), "fraction": "", "pillar_label": "Dân biết",
        }
        for n in range(40)
        for i in range(11)
    ]  # fmt: skip
    shown = commune_tables.communes(pd.DataFrame(rows), number="7.1", illustrative=True).markup
    first, second = shown.split("Biểu số 7.1: ")[2::2]  # after the name of the table itself
    assert "chỉ số 05<" in first
    assert "chỉ số 06<" in second
    assert "tiếp theo" in second
    assert first.index(">Xã<") < first.index("đơn vị 007") < first.index(">Phường<")
    assert first.index(">Phường<") < first.index("đơn vị 001") < first.index("đơn vị 002")
    few = commune_tables.communes(pd.DataFrame(rows[:55]), number="7.1", illustrative=True)
    assert ">Phường<" not in few.markup


def test_numbers_follow_names_not_the_order_of_running():
    no = Numbers()
    assert [no.table("a"), no.table("b"), no.figure("a")] == [1, 2, 1]
    assert [no.table("a"), no.table("c")] == [1, 3]


def test_sentences_and_passages_stand_in_the_order_of_the_sections():
    said = statements.in_order(
        [{"section": "I.4"}, {"section": "II.1.b"}], [{"section": "II.1.a"}, {"section": "I.3"}]
    )
    assert [entry["section"] for entry in said] == ["I.3", "I.4", "II.1.a", "II.1.b"]


def test_section_of_a_period_is_a_heading_of_the_page():
    assert html.section("Căn cứ <đánh giá>").markup == "<h2>Căn cứ &lt;đánh giá&gt;</h2>"
    assert html.paragraphs([]).markup == ""
    assert html.paragraphs(["a & b"]).markup.count("<p>a &amp; b</p>") == 1
