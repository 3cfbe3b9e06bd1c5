"""Tables and other pieces of a page."""

import re

import pandas as pd
import pytest

from pipelines.analysis import findings, indicators, registers, reporting
from pipelines.analysis.comparisons import compared, headline_beside
from pipelines.reports import beside, commune_tables, html, tables
from pipelines.reports.annex import Column, table
from pipelines.vietnamese.numbers import NO_DATA
from pipelines.warehouse.reader import Warehouse
from tests.reports.small import PERIOD


def test_missing_is_said_and_zero_stays_zero():
    frame = pd.DataFrame({"a": [0.0, float("nan")], "b": [None, "<b>x</b>"]})
    shown = table(
        frame,
        [Column("a", "A", "count"), Column("b", "B")],
        number=1,
        title="Thử",
        illustrative=False,
    ).markup
    assert '<td class="qcdc-number">0</td>' in shown
    assert shown.count(NO_DATA) == 2
    assert "&lt;b&gt;x&lt;/b&gt;" in shown
    assert html.ILLUSTRATIVE not in shown


def test_numbers_are_vietnamese():
    frame = pd.DataFrame({"n": [52620.0], "p": [86.66667], "d": [pd.Timestamp("2021-06-09")]})
    columns = [Column("n", "n", "count"), Column("p", "p", "percent"), Column("d", "d", "date")]
    shown = table(frame, columns, number=1, title="t", illustrative=True).markup
    for text in ("52.620", "86,67%", "09/06/2021", html.ILLUSTRATIVE, "Biểu số 01: t"):
        assert text in shown


def test_empty_table_says_so():
    shown = table(
        pd.DataFrame({"a": []}), [Column("a", "A")], number=1, title="t", illustrative=False
    )
    assert "Không có dòng nào." in shown.markup


def test_rate_has_its_parts_beside_it(wh: Warehouse):
    shown = tables.headline(headline_beside(wh, PERIOD), number=1, illustrative=True).markup
    assert "87% (86,67%)" in shown
    assert "✗ không khớp" in shown
    assert "✓ khớp" in shown


def test_headline_stands_beside_same_period_and_target(wh: Warehouse):
    shown = tables.headline(headline_beside(wh, PERIOD), number=1, illustrative=True).markup
    for text in ("Cùng kỳ 2020</th>", "(+6,67 điểm %)", "Không so sánh được.", ">chưa đạt<"):
        assert text in shown
    assert "(2) Nghị quyết minh họa số 02." in shown


def _cells(shown: str, label: str) -> list[str]:
    """The words of the cells after the one with the label."""
    row = next(row for row in shown.split("<tr") if f">{label}<" in row)
    cells = re.findall(r"<td[^>]*>(.*?)</td>", row)
    return [re.sub(r"<[^>]+>", "", cell) for cell in cells][2:]


def test_comparisons_say_difference_or_why_not(wh: Warehouse):
    shown = tables.comparisons(compared(wh, PERIOD), number=6, illustrative=True).markup
    label = "Xã được công nhận đạt chuẩn nông thôn mới"
    assert _cells(shown, label)[:4] == ["73,3%", "66,7%", "+6,67 điểm %", NO_DATA]
    label = "Cơ quan có quy chế dân chủ"
    assert _cells(shown, label) == [
        "96% (95,83%)",
        "100%",
        "–",
        NO_DATA,
        NO_DATA,
        "Cùng kỳ: Độ phủ chưa đủ: 23/24 kỳ này, 24/24 kỳ 6 tháng đầu năm 2020.",
    ]
    assert "Kỳ trước (6 tháng cuối năm 2020)</th>" in shown


def test_equal_reasons_are_said_once():
    why = "Kỳ này chưa có số liệu."
    said = beside.reasons({"same_why": why, "previous_why": "", "target_why": why})
    assert said == "Cùng kỳ, chỉ tiêu: Kỳ này chưa có số liệu."


def test_totals_add_up(wh: Warehouse):
    shown = tables.reporting(reporting.reporting_matrix(wh, PERIOD), number=1, illustrative=True)
    total = shown.markup.split("qcdc-total")[1]
    assert [n for n in ("61", "58") if f">{n}<" in total] == ["61", "58"]
    dossiers = registers.dossier_summary(wh, PERIOD)
    shown = tables.dossiers(dossiers, by="Hình thức", number=1, illustrative=True)
    assert ">99%<" in shown.markup.split("qcdc-total")[1]


def test_communes_stand_in_order_under_their_indicators(wh: Warehouse):
    frame = indicators.communes_side_by_side(wh, PERIOD)
    own = frame[frame["pillar_label"] == "Dân làm"]
    shown = commune_tables.communes(own, number="06.3", illustrative=True).markup
    assert "Biểu số 06.3: Dân làm" in shown
    assert shown.index("Thị trấn minh họa") < shown.index("Xã minh họa 01")
    assert NO_DATA in shown


@pytest.mark.parametrize(
    ("show", "rows"),
    [
        (tables.to_be_urged, reporting.to_be_urged),
        (tables.pillars, indicators.pillars),
        (tables.headline, headline_beside),
        (tables.comparisons, compared),
        (tables.published, indicators.published_parts),
        (tables.inspections, registers.inspections),
        (tables.findings, findings.findings_summary),
        (tables.finding_samples, findings.findings_top),
        (tables.missing, findings.no_data),
        (tables.missing_indicators, findings.missing_indicators),
        (tables.coverage, indicators.coverage_overview),
    ],
)
def test_every_table_carries_the_mark_and_its_number(show, rows, wh: Warehouse):
    shown = show(rows(wh, PERIOD), number=7, illustrative=True)
    assert html.ILLUSTRATIVE in shown.markup
    assert "Biểu số 07: " in shown.markup
    assert ">nan<" not in shown.markup.lower()
    assert repr(shown).startswith("Biểu số 07")


def test_done_day_of_an_open_inspection_is_not_missing_data(wh: Warehouse):
    shown = tables.inspections(registers.inspections(wh, PERIOD), number=1, illustrative=True)
    assert NO_DATA not in shown.markup
    assert "10/03/2021" in shown.markup


def test_opening_of_real_data_has_no_banner():
    shown = html.opening("Tên", "kỳ", {"a": "b"}, illustrative=False).markup
    assert html.ILLUSTRATIVE not in shown
    assert html.pilot("Huyện", None, illustrative=False).markup == ""
    # without published figures nothing has a source
    assert "mọi giá trị là minh họa" in html.pilot("Huyện", None, illustrative=True).markup
    published = html.pilot("Huyện", pd.Timestamp("2021-06-10"), illustrative=True).markup
    assert "công bố ngày 10/06/2021" in published
    marked = html.opening("Tên", "kỳ", {}, illustrative=True).markup
    assert "qcdc-banner" in marked
    assert "@bottom-left" in marked
