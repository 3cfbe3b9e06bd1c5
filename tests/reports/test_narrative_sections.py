"""The running text as a whole: official order, what is typed, notes, comparisons, tables."""

import datetime as dt
from typing import Any

import pandas as pd

from pipelines.analysis import narrated as frames
from pipelines.catalogue.load import load_catalogue
from pipelines.intake.journal import append
from pipelines.intake.narrative import Typed, text_line
from pipelines.orchestration.narrated import narrated
from pipelines.orchestration.steps import journal_path
from pipelines.reports import narrative
from pipelines.reports.narrative_tables import table_of
from pipelines.reports.narrative_values import Values
from pipelines.reports.papers.model import Heading, Paragraph, Run, Table
from pipelines.vietnamese.numbers import NO_DATA
from tests.reports.small import PERIOD
from tests.reports.told import DAY, NAN, figure, values

CATALOGUE = load_catalogue()
NARRATIVE = CATALOGUE.narrative


def _sections(kind: str = "half", copy: Any = "signing", typed=None, told: Values | None = None):
    outline = NARRATIVE.outline_for(kind, DAY)
    return narrative.sections(CATALOGUE, outline, told or values(), typed or {}, kind, copy)


def test_headings_stand_in_the_official_order_also_without_data():
    headings = [block for block in _sections() if isinstance(block, Heading)]
    top = [block.text.split(".")[0] for block in headings if block.level == 1]
    assert top == ["I", "II", "III", "IV", "V", "VI"]
    assert "1. Ở …" in [block.text for block in headings]


def test_what_nobody_has_written_is_marked_and_what_is_typed_stands_as_typed():
    empty = [b for b in _sections() if isinstance(b, Paragraph) and narrative.is_blank(b)]
    assert empty[0].about == "blank:uu_diem"
    assert "(chưa có nội dung; do cơ quan thường trực Ban Chỉ đạo viết)" in empty[0].text
    words = "Đoạn một.\n\n- Ý hai\nĐoạn ba 12%."
    typed = {"uu_diem": Typed(words, "Thường trực Ban Chỉ đạo", "2021-06-10T08:00:00+07:00")}
    blocks = [b for b in _sections(typed=typed) if isinstance(b, Paragraph)]
    written = [block for block in blocks if block.about == "typed:uu_diem"]
    assert [(block.text, block.style) for block in written] == [
        ("Đoạn một.", "body"),
        ("Ý hai", "item"),
        ("Đoạn ba 12%.", "body"),
    ]
    assert not any(block.about == "blank:uu_diem" for block in blocks)
    (note,) = [
        block.text
        for block in _sections(copy="lookup", typed=typed)
        if isinstance(block, Paragraph) and block.about == "typed:uu_diem" and block.style == "note"
    ]
    assert note.startswith("Do Thường trực Ban Chỉ đạo viết, lưu ngày 10/06/2021")
    assert narrative.unsaid(CATALOGUE, NARRATIVE.outline_for("half", DAY), typed)[0] == "han_che"


def test_the_signing_copy_has_no_notes_and_the_lookup_copy_tells_each_once():
    partial = {"reporting_units": 15, "coverage_shown": "15/16", "interval": "từ 1% đến 9%"}
    row = figure("tthc.resolution_rate", **partial)
    notes = pd.DataFrame(
        {"indicator": ["tthc.resolution_rate", "tthc.online_rate"], "note": ["Cần rà soát: X"] * 2}
    )
    told = values(row, figure("tthc.online_rate"), notes=notes)
    signing = [b for b in _sections(told=told) if isinstance(b, Paragraph) and b.style == "note"]
    assert all(narrative.is_blank(block) for block in signing)
    lookup = _sections(copy="lookup", told=told)
    texts = [b.text for b in lookup if isinstance(b, Paragraph) and b.style == "note"]
    assert texts.count("Cần rà soát: X") == 1
    label = "Nhãn tthc.resolution_rate"
    assert f"{label}: có số liệu của 15/16 đơn vị; giá trị từ 1% đến 9%." in texts


def test_coverage_is_told_once_in_a_row_and_again_in_the_next_section():
    parts = {"reporting_units": 54, "expected_units": 55, "coverage_shown": "54/55"}
    names = ["ld.dissemination_sessions", "ld.documents_issued", "ld.programme_rate"]
    told = values(*(figure(name, **parts) for name in names))
    said = [b.text for b in _sections(told=told) if isinstance(b, Paragraph) and b.indicators]
    mine = [text for text in said if "7" in text]
    assert ["54/55" in text for text in mine] == [True, False, True]


def test_a_year_sets_figures_beside_the_year_before():
    beside = {
        "same_label": "Cùng kỳ 2020",
        "same_shown": "80%",
        "same_difference": "+6,67 điểm %",
        "same_percent": "",
        "same_why": "",
        "headline": True,
        "format": "rate",
        "unit_vi": "",
    }
    told = values(figure("dn.conference_rate", 86.67, **beside))
    year = _sections("year", told=told)
    (said,) = [b for b in year if isinstance(b, Paragraph) and b.about == "enterprises"]
    assert said.text.endswith("(cùng kỳ 2020: 80%, +6,67 điểm %).")
    (table,) = [block for block in year if isinstance(block, Table)]
    assert table.rows[0].cells[2] == Run("86.67%", figure="p/dn.conference_rate@s")
    half = _sections("half", told=told)
    assert not any("cùng kỳ" in b.text for b in half if isinstance(b, Paragraph))
    unlike = values(figure("dn.conference_rate", **{**beside, "same_difference": ""}))
    year = _sections("year", told=unlike)
    assert not any("cùng kỳ" in b.text for b in year if isinstance(b, Paragraph))


def test_the_title_names_the_law_s_word_and_the_next_period():
    facts = {"subject": "dân chủ ở cơ sở", "period_lower": "năm 2024", "next_period": "năm 2025"}
    outline = NARRATIVE.outline_for("year", dt.date(2024, 12, 31))
    assert narrative.title(outline, Values(DAY, {}, facts)) == (
        "Kết quả thực hiện dân chủ ở cơ sở năm 2024; phương hướng, nhiệm vụ năm 2025"
    )


def test_every_office_of_a_figure_is_found(wh):
    told = frames.silent(wh, PERIOD)
    assert set(told["state"]) <= {"missing", "returned"}
    own = told[told["indicator"] == "dn.dialogues"]
    assert list(own["unit"]) == ["Doanh nghiệp minh họa 15"]
    assert not own["is_office"].any()


def test_a_review_tells_the_first_and_the_last_year_unless_the_thread_breaks():
    span = {
        "first_label": "2016",
        "first_shown": "60%",
        "last_label": "2020",
        "last_shown": "80%",
        "change_shown": "+20 điểm %",
        "change_why": "",
    }
    for why, told in (("", True), ("có chỗ đứt", False)):
        row = figure("dn.conference_rate") | span | {"change_why": why}
        said = _sections("review", told=values(row))
        (own,) = [b for b in said if isinstance(b, Paragraph) and b.about == "enterprises"]
        end = "(năm 2016: 60%, năm 2020: 80%, +20 điểm %)."
        assert own.text.endswith(end) is told


def test_a_review_has_a_table_by_year_under_each_group_of_tasks():
    years = (("2019", NAN, NO_DATA, []), ("2020", 80.0, "80%", [1]))
    parts = pd.DataFrame(
        [
            {
                "indicator": "dn.conference_rate",
                "label": "Hội nghị",
                "headline": True,
                "part_label": year,
                "value": value,
                "shown": shown,
                "breaks": breaks,
                "figure_id": f"{year}/dn.conference_rate@s",
            }
            for year, value, shown, breaks in years
        ]
    )
    reasons = pd.DataFrame({"number": [1, 2], "text": ["[1] Từ năm 2020: luật", "[2] khác"]})
    told = values(figure("dn.conference_rate"), rows={"parts": parts, "part_reasons": reasons})
    (table,) = [block for block in _sections("review", told=told) if isinstance(block, Table)]
    assert [column.label for column in table.columns[2:]] == ["2019", "2020"]
    assert table.rows[0].cells[3] == Run("80% [1]", figure="2020/dn.conference_rate@s")
    assert table.rows[0].cells[2].text == NO_DATA
    assert table.notes == ("[1] Từ năm 2020: luật",)


def test_sums_of_money_say_their_unit_once():
    row = {"indicator": "xa.works_value", "label": "Giá trị", "headline": True, "breaks": []}
    shown = {"2019": "18.590,5 triệu đồng", "2020": "613 triệu đồng"}
    parts = [row | {"part_label": y, "value": 1.0, "shown": text} for y, text in shown.items()]
    table = table_of("table:by_part", values(rows={"parts": pd.DataFrame(parts)}), [])
    assert table is not None
    assert [cell.text for cell in table.rows[0].cells] == [
        *("1", "Giá trị (triệu đồng)", "18.590,5", "613")
    ]


def test_what_a_figure_is_compared_with_stands_behind_it():
    beside = {"same_label": "Cùng kỳ 2020", "same_shown": "171", "same_difference": "-5"}
    matters = figure("xa.matters_decided", 166.0) | beside
    year = _sections("year", told=values(matters, figure("xa.attendance_rate", 94.0)))
    (said,) = [b for b in year if isinstance(b, Paragraph) and b.about == "matters"]
    assert said.text == (
        "Nhân dân đã bàn và quyết định trực tiếp 166 nội dung (cùng kỳ 2020: 171, -5);"
        " 94% lượt hộ dự họp."
    )


def test_what_was_saved_stands_in_every_later_report(wh, tmp_path):
    at = "2021-06-11T08:00:00+07:00"
    line = text_line("bai_hoc", "Một.", at=at, who="Chánh Văn phòng", why=None)
    before = narrated(wh, tmp_path, PERIOD)
    append(journal_path(tmp_path, PERIOD), line)
    after = narrated(wh, tmp_path, PERIOD)
    assert "bai_hoc" in before.unsaid
    assert "bai_hoc" not in after.unsaid
    assert [b.about for b in after.blocks if isinstance(b, Paragraph) and b.text == "Một."] == [
        "typed:bai_hoc"
    ]
    assert narrated(wh, tmp_path, PERIOD) == after
