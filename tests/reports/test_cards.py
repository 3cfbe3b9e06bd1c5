"""Cards: figure, what was published, what it is compared with."""

import re

import pytest

from pipelines.analysis.comparisons import headline_beside
from pipelines.reports import html
from pipelines.reports.cards import cards
from pipelines.vietnamese.numbers import NO_DATA
from pipelines.warehouse.reader import Warehouse
from tests.reports.small import PERIOD, SCOPE


@pytest.fixture
def shown(wh: Warehouse) -> str:
    return cards(headline_beside(wh, PERIOD), illustrative=True).markup


def card(shown: str, indicator: str) -> str:
    """The words of one card."""
    _, _, after = shown.partition(f'id="{PERIOD}/{indicator}@{SCOPE}"')
    return re.sub(r"<[^>]+>", "", after.split("</section>")[0].partition(">")[2])


def test_cards_show_what_was_published(shown: str):
    assert "Đã công bố: 13/15 = 87%" in shown
    assert "chính xác 86,67%" in shown
    assert shown.count(html.ILLUSTRATIVE) == 8


def test_cards_show_same_period_and_target(shown: str):
    words = card(shown, "ntm.recognised_rate")
    assert "Cùng kỳ 2020: 66,7% (+6,67 điểm %)" in words
    words = card(shown, "dn.conference_rate")
    assert "Chỉ tiêu: 90% – chưa đạt(1)" in words
    # another decree since 01/02/2021
    assert "Cùng kỳ 2020: 80% Không so sánh được." in words
    assert "Chỉ tiêu: 98% – đạt(1)" in card(shown, "tthc.resolution_rate")
    assert "Chỉ tiêu: 80% – chưa đạt(2)" in card(shown, "ntm.recognised_rate")


def test_cards_say_why_not(shown: str):
    words = card(shown, "cq.conference_rate")
    assert "Cùng kỳ 2020: 100% Không so sánh được. Độ phủ chưa đủ: 23/24 kỳ này" in words
    assert "Chỉ tiêu: 100% – chưa kết luận(1) Độ phủ chưa đủ: 23/24." in words


def test_a_missing_target_is_said(shown: str):
    assert f"Chỉ tiêu: {NO_DATA}" in card(shown, "nv.units_after_merger")


def test_sources_of_the_targets_stand_below_and_on_hover(shown: str):
    note = "Nguồn chỉ tiêu: (1) Kế hoạch minh họa số 01; (2) Nghị quyết minh họa số 02."
    assert note in shown
    assert 'title="Nguồn: Nghị quyết minh họa số 02"' in shown


def test_without_targets_there_is_no_footnote(wh: Warehouse):
    figures = headline_beside(wh, PERIOD).assign(target_source="", target_shown=NO_DATA)
    assert "Nguồn chỉ tiêu" not in cards(figures, illustrative=False).markup


def test_texts_are_escaped(wh: Warehouse):
    figures = headline_beside(wh, PERIOD)
    markup = cards(
        figures.assign(target_source="<b>", same_difference="", same_why='"<i>'),
        illustrative=False,
    ).markup
    assert "<b>" not in markup
    assert "<i>" not in markup
