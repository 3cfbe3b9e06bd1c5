"""Sentences: in order, from figures, silent where there is none."""

from pathlib import Path

import pandas as pd
import pytest

from pipelines.analysis import open_warehouse
from pipelines.analysis.findings import review_notes
from pipelines.analysis.indicators import published_parts, scope_values
from pipelines.analysis.units import ntm_distribution, outside_ntm
from pipelines.catalogue.load import load_catalogue
from pipelines.reports.statements import HALF_YEAR, Facts, statements
from pipelines.vietnamese.numbers import NO_DATA
from pipelines.warehouse.reader import Warehouse
from tests.reports.small import PERIOD, build

EXPECTED = """\
Tổng số hồ sơ thủ tục hành chính đã tiếp nhận trong kỳ là 100 hồ sơ, đã giải quyết 99 hồ sơ, \
đạt 99%.
Đến nay có 11/15 xã đã được công nhận đạt chuẩn nông thôn mới (73,3%); 04 xã còn lại đạt 17, 13, \
12, 10 tiêu chí; tổng số tiêu chí đạt 261/285 (91,6%); Thị trấn minh họa không thuộc diện xét.
Có 23/24 cơ quan, đơn vị đã tổ chức Hội nghị CCVC, người lao động, đạt 96% (95,83%); công đoàn \
phối hợp tổ chức tại 23/24 cơ quan, đơn vị.
Tinh giản biên chế trong kỳ: 40 trường hợp.
Hợp nhất 03 đơn vị thành 01 đơn vị sự nghiệp.
Có 13/15 doanh nghiệp đã tổ chức hội nghị người lao động, đạt 87% (86,67%).
Kế hoạch năm 2021: kiểm tra, giám sát tại 07 cơ quan, đơn vị, địa phương; đến ngày chốt số \
liệu đã kiểm tra 02 đơn vị, giám sát 01 đơn vị.
"""


def _facts(wh: Warehouse) -> Facts:
    return Facts.of(
        scope_values(wh, PERIOD),
        communes=ntm_distribution(wh, PERIOD),
        outside=outside_ntm(wh, PERIOD),
        year=2021,
    )


def _lines(wh: Warehouse, facts: Facts) -> list[dict]:
    return statements(facts, published_parts(wh, PERIOD), review_notes(wh, PERIOD))


def test_sentences_follow_the_report(wh: Warehouse):
    assert [str(line["text"]) for line in _lines(wh, _facts(wh))] == EXPECTED.splitlines()


def test_many_communes_are_not_listed_one_by_one(wh: Warehouse):
    facts = _facts(wh)
    many = pd.DataFrame(
        {
            "recognised": pd.Series([False] * 27, dtype="boolean"),
            "criteria_met": [float("nan"), *(10.0 + n % 8 for n in range(26))],
        }
    )
    province = Facts(facts.figures, many, [f"Phường minh họa {n:02d}" for n in range(14)], 2026)
    text = str(_lines(wh, province)[1]["text"])
    assert "27 xã còn lại đạt từ 10 đến 17 tiêu chí (01 xã chưa có số liệu)" in text
    assert "14 phường, thị trấn không thuộc diện xét" in text


def test_no_merger_is_said_in_words(wh: Warehouse):
    facts = _facts(wh)
    for part in ("before", "after"):
        facts.figures[f"nv.units_{part}_merger"]["value"] = 0.0
    assert str(_lines(wh, facts)[4]["text"]) == "Không có đơn vị sự nghiệp nào hợp nhất trong kỳ."


def test_quote_agreement_and_notes(wh: Warehouse):
    dossiers, villages, agencies, *_, enterprises, _ = _lines(wh, _facts(wh))
    assert dossiers["agrees"] is False
    assert any("HS-04" in note for note in dossiers["notes"])
    assert villages["agrees"] is True
    assert len(villages["quotes"]) == 2
    assert (
        agencies["notes"][0] == "Mới có số liệu của 23/24 đơn vị; giá trị có thể từ 96% đến 100%."
    )
    assert len(enterprises["notes"]) == 1
    assert enterprises["notes"][0].startswith("Cần rà soát (PV-01): Doanh nghiệp minh họa 14: ")


@pytest.mark.parametrize("place", range(len(HALF_YEAR)))
def test_each_needed_figure_matters(wh: Warehouse, place: int):
    facts = _facts(wh)
    before = str(_lines(wh, facts)[place]["text"])
    for name in load_catalogue().narrative.sentences[HALF_YEAR[place][1]].needs:
        figures = facts.figures | {name: facts.figures[name] | {"value": float("nan")}}
        after = str(_lines(wh, Facts(figures, facts.communes, facts.outside, 2021))[place]["text"])
        assert NO_DATA in after
        assert not any(char.isdigit() for char in after), before


def test_changed_communes_change_the_sentence(wh: Warehouse):
    facts = _facts(wh)
    communes = facts.communes.copy()
    communes.loc[0, "recognised"] = False
    communes.loc[0, "criteria_met"] = float("nan")
    text = str(_lines(wh, Facts(facts.figures, communes, [], 2021))[1]["text"])
    assert f"05 xã còn lại đạt 17, 13, 12, 10, {NO_DATA} tiêu chí" in text
    assert "không thuộc diện xét" not in text


def test_without_the_federation_no_rate_is_told(tmp_path: Path):
    wh = open_warehouse(root=build(tmp_path, conferences_missing=True))
    line = _lines(wh, _facts(wh))[5]
    assert line["text"] == f"Doanh nghiệp đã tổ chức hội nghị người lao động: {NO_DATA}."
    assert line["agrees"] is False


def test_no_published_figure_no_quote(wh: Warehouse):
    nothing = published_parts(wh, PERIOD).iloc[:0]
    lines = statements(_facts(wh), nothing, review_notes(wh, PERIOD))
    assert {line["agrees"] for line in lines} == {None}
    assert not any(line["quotes"] for line in lines)
