"""The running text: bound to its figures, in the official order, silent where there is none."""

import datetime as dt
import re
from typing import Any

import pandas as pd
import pytest

from pipelines.analysis import narrated as frames
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.narrative import NARRATIVE_FACTS, Listing, Sentence, as_sentence
from pipelines.intake.narrative import Typed
from pipelines.orchestration.narrated import values_of
from pipelines.reports import narrative
from pipelines.reports.narrative_sentences import listed, say
from pipelines.reports.narrative_tables import table_of
from pipelines.reports.narrative_values import Silent, Values
from pipelines.reports.papers.model import Heading, Paragraph, Run, Table
from pipelines.vietnamese.numbers import NO_DATA
from tests.reports.small import PERIOD

CATALOGUE = load_catalogue()
NARRATIVE = CATALOGUE.narrative
DAY = dt.date(2021, 6, 30)
NAN = float("nan")
FACTS: dict[str, str | None] = dict.fromkeys(NARRATIVE_FACTS, "…")
OUTLINES = NARRATIVE.outlines.values()
ITEMS = {item for outline in OUTLINES for section in outline.sections for item in section.items}
TEMPLATES = dict(NARRATIVE.sentences) | {
    name: as_sentence(block) for name, block in CATALOGUE.words.texts.items() if name in ITEMS
}
DECLARED = [(name, one) for name, entry in TEMPLATES.items() for one in entry.indicators]


def figure(name: str, value: float = 7.0, **more: object) -> dict[str, Any]:
    return {
        "indicator": name,
        "label": f"Nhãn {name}",
        "numerator": value,
        "denominator": 2 * value,
        "value": value,
        "shown": f"{value:g}%",
        "exact": "",
        "fraction": f"{value:g}/{2 * value:g}",
        "interval": "",
        "state": "value",
        "expected_units": 16,
        "reporting_units": 16,
        "coverage_shown": "16/16",
        "figure_id": f"p/{name}@s",
        **more,
    }


def values(*figures: dict[str, Any], day: dt.date = DAY, **more: Any) -> Values:
    return Values.of(day, pd.DataFrame(figures or [figure("none")]), FACTS, **more)


def full(entry: Sentence, without: str | None = None, how: str = "nan") -> Values:
    """Everything known on a day when the whole template is in force, but for one figure."""
    day = max(DAY, entry.valid_from, *(clause.valid_from for clause in entry.clauses))
    rows = {name: figure(name, 60.0 + at) for at, name in enumerate(CATALOGUE.indicators)}
    if without is not None and how == "row":
        del rows[without]
    elif without is not None:
        rows[without] |= {"value": NAN, "shown": NO_DATA}
    return Values(
        min(day, entry.valid_to or day),
        rows,
        FACTS,
        answered=frozenset(CATALOGUE.elements),
        risen=frozenset(CATALOGUE.indicators),
    )


@pytest.mark.parametrize("how", ["nan", "row"])
@pytest.mark.parametrize(("name", "indicator"), DECLARED)
def test_removing_any_declared_indicator_changes_its_sentence(name, indicator, how):
    entry = TEMPLATES[name]
    before, after = say(entry, full(entry)), say(entry, full(entry, indicator, how))
    assert before is not None
    assert before.state == "said"
    assert after is None or after.text != before.text
    if after is not None:
        assert indicator not in after.figures
        assert all(indicator not in (run.figure or "") for run in after.ended())


@pytest.mark.parametrize("name", [n for n, entry in TEMPLATES.items() if entry.needs])
def test_without_data_no_sentence_gives_a_figure(name):
    entry = TEMPLATES[name]
    said = say(entry, values(day=max(entry.valid_from, DAY)))
    if said is not None:
        assert NO_DATA in said.text or said.text.startswith(entry.without_vi.rstrip("."))
        assert not any(run.figure for run in said.ended())


def test_what_is_missing_is_named_with_who_has_not_sent_it():
    entry = NARRATIVE.sentences["enterprises"]
    silent = {"dn.conference_rate": (Silent("Liên đoàn Lao động", True, "missing"),)}
    gone = values(figure("dn.conference_rate", NAN, label="Doanh nghiệp đã tổ chức hội nghị"))
    said = say(entry, Values(gone.day, gone.figures, gone.facts, silent=silent))
    assert said is not None
    assert said.text == (
        "Doanh nghiệp đã tổ chức hội nghị: chưa có số liệu (Liên đoàn Lao động chưa gửi biểu)."
    )


def test_units_are_counted_in_the_signing_copy_and_named_in_the_lookup_copy():
    names = [f"Xã minh họa {n:02d}" for n in range(1, 4)]
    silent = {"a": tuple(Silent(name, False, "returned") for name in names)}
    told = Values(DAY, {}, {}, silent=silent)
    assert told.who_is_silent(["a"], named=False) == "03 đơn vị bị trả lại biểu, chưa gửi lại"
    assert told.who_is_silent(["a"], named=True).startswith("Xã minh họa 01, Xã minh họa 02")


def test_of_a_longer_period_the_wanting_part_is_named():
    part = "6 tháng cuối năm 2021"
    office, unit = (
        Silent(*who, "missing", part) for who in (("Phòng Nội vụ", True), ("Xã", False))
    )
    told = Values(DAY, {}, {}, silent={"a": (office, unit)}).who_is_silent(["a"], named=False)
    assert told == f"Phòng Nội vụ chưa gửi biểu {part}; 01 đơn vị chưa gửi đủ biểu"


def test_the_federation_s_report_is_missing(wh):
    """The tables of a period in which the federation has sent nothing."""
    lost = "Doanh nghiệp đã tổ chức hội nghị người lao động: chưa có số liệu (Liên đoàn Lao động"

    class Tables:
        def table(self, name: str, /) -> pd.DataFrame:
            frame = wh.table(name)
            if name == "core.reporting":
                own = frame["form"].str.startswith("ldld")
                frame["state"] = frame["state"].mask(own, "missing")
            if name == "eval.indicator_values":
                gone = frame["indicator"] == "dn.conference_rate"
                frame["value"] = frame["value"].mask(gone)
                frame["state"] = frame["state"].mask(gone, "missing")
            return frame

    told = values_of(Tables(), PERIOD, "signing")
    said = say(NARRATIVE.sentences["enterprises"], told)
    assert said is not None
    assert said.text.startswith(lost)
    assert said.text.endswith("chưa gửi biểu).")
    assert "87" not in said.text
    whole = say(NARRATIVE.sentences["enterprises"], values_of(wh, PERIOD, "signing"))
    assert whole is not None
    assert whole.text.startswith("Có 13/15 doanh nghiệp")


def test_not_happened_is_not_missing():
    entry = NARRATIVE.sentences["mediation"]
    none = figure("xa.mediation_rate", NAN, shown="không phát sinh", state="not_applicable")
    said = say(entry, values(none))
    assert said is not None
    assert said.text == "Nhãn xa.mediation_rate: không phát sinh."


def test_zero_is_said_in_words():
    parts = [figure(f"nv.units_{when}_merger", 0.0) for when in ("before", "after")]
    said = say(NARRATIVE.sentences["consolidation"], values(*parts))
    assert said is not None
    assert said.text == "Không có đơn vị sự nghiệp nào hợp nhất trong kỳ."


def test_a_clause_of_a_later_law_is_not_missed_before_it():
    entry = NARRATIVE.sentences["agency-control"]
    known = [figure(name) for name in entry.indicators if name != "cq.supervision_answer_rate"]
    labels = {"cq.supervision_answer_rate": "Kiến nghị được trả lời"}
    before = say(entry, values(*known, labels=labels))
    after = say(entry, values(*known, labels=labels, day=dt.date(2023, 12, 31)))
    assert before is not None
    assert after is not None
    assert NO_DATA not in before.text
    assert after.text.endswith("; kiến nghị được trả lời: chưa có số liệu.")


def test_rates_are_exact_in_the_lookup_copy_only():
    entry = NARRATIVE.sentences["enterprises"]
    row = figure("dn.conference_rate", 86.67, shown="87%", exact="86,67%", fraction="13/15")
    plain, exact = say(entry, values(row)), say(entry, values(row), exact=True)
    assert plain is not None
    assert exact is not None
    assert plain.text.endswith("đạt 87%.")
    assert exact.text.endswith("đạt 87% (86,67%).")
    assert [run.figure for run in plain.ended() if run.figure] == ["p/dn.conference_rate@s"] * 2


def test_nearly_all_is_not_all():
    row = figure("tthc.resolution_rate", 99.72, shown="100%", exact="99,72%")
    said = say(NARRATIVE.sentences["dossiers"], values(row))
    assert said is not None
    assert said.text.endswith("đạt 99,72%.")


def test_what_a_figure_is_compared_with_stands_behind_it():
    beside = {"same_label": "Cùng kỳ 2020", "same_shown": "171", "same_difference": "-5"}
    matters = figure("xa.matters_decided", 166.0) | beside
    year = _sections("year", told=values(matters, figure("xa.attendance_rate", 94.0)))
    (said,) = [b for b in year if isinstance(b, Paragraph) and b.about == "matters"]
    assert said.text == (
        "Nhân dân đã bàn và quyết định trực tiếp 166 nội dung (cùng kỳ 2020: 171, -5);"
        " 94% lượt hộ dự họp."
    )


LISTING = Listing(
    id="l",
    frame="conclusions",
    lead_vi="Còn {n} việc",
    row_vi="{task}; hạn {due_on}; {status:lower}",
    where={"status": ["Chưa thực hiện"]},
    at_most=1,
    more_vi="Và {n} việc khác",
    empty_vi="Đã xong",
    without_vi="Chưa có sổ",
)


def _rows(*states: str) -> dict[str, pd.DataFrame]:
    rows = [
        {"task": f"Việc {n}", "due_on": pd.Timestamp(2021, 7, n), "status": state}
        for n, state in enumerate(states, start=1)
    ]
    return {"conclusions": pd.DataFrame(rows, columns=["task", "due_on", "status"])}


def test_rows_of_a_register_are_listed_and_the_rest_counted():
    found = listed(LISTING, values(rows=_rows("Chưa thực hiện", "Đã hoàn thành", "Chưa thực hiện")))
    assert found is not None
    lead, lines = found
    assert lead == "Còn 02 việc"
    assert ["".join(run.text for run in line) for line in lines] == [
        "Việc 1; hạn 01/07/2021; chưa thực hiện",
        "Và 01 việc khác",
    ]


def test_a_register_that_nobody_sent_is_not_one_without_open_rows():
    assert listed(LISTING, values(rows=_rows("Đã hoàn thành"))) == ("Đã xong", [])
    assert listed(LISTING, values()) == ("Chưa có sổ", [])
    assert listed(LISTING.model_copy(update={"without_vi": ""}), values()) is None


def test_a_counted_listing_is_most_frequent_first():
    rows = pd.DataFrame({"area": ["Nhận thức", "Chế độ báo cáo", "Chế độ báo cáo"]})
    told = values(rows={"limitations": rows})
    found = listed(NARRATIVE.listings["limitations-by-area"], told)
    assert found is not None
    assert ["".join(run.text for run in line) for line in found[1]] == [
        "chế độ báo cáo 02",
        "nhận thức 01",
    ]


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


@pytest.mark.parametrize("name", NARRATIVE.listings)
def test_removing_the_register_changes_its_listing(name):
    entry = NARRATIVE.listings[name]
    columns = {*entry.by, *entry.where, *re.findall(r"{([a-z_]+)", entry.row_vi)} - {"n"}
    row = dict.fromkeys(columns, "x") | {c: allowed[0] for c, allowed in entry.where.items()}
    found = listed(entry, values(rows={entry.frame: pd.DataFrame([row])}))
    assert found is not None
    assert found[1]
    assert listed(entry, values()) != found
