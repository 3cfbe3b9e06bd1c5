"""Sentences and listings: bound to their figures, silent where there is none."""

import datetime as dt
import re

import pandas as pd
import pytest

from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.narrative import Listing, Sentence, as_sentence
from pipelines.orchestration.narrated import values_of
from pipelines.reports.narrative_sentences import listed, say
from pipelines.reports.narrative_values import Silent, Values
from pipelines.vietnamese.numbers import NO_DATA
from tests.reports.small import PERIOD
from tests.reports.told import DAY, FACTS, NAN, figure, values

CATALOGUE = load_catalogue()
NARRATIVE = CATALOGUE.narrative
OUTLINES = NARRATIVE.outlines.values()
ITEMS = {item for outline in OUTLINES for section in outline.sections for item in section.items}
TEMPLATES = dict(NARRATIVE.sentences) | {
    name: as_sentence(block) for name, block in CATALOGUE.words.texts.items() if name in ITEMS
}
DECLARED = [(name, one) for name, entry in TEMPLATES.items() for one in entry.indicators]


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
    assert told.who_is_silent(["a"], named=False) == "03 đơn vị chưa gửi biểu hợp lệ"
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


@pytest.mark.parametrize("name", NARRATIVE.listings)
def test_removing_the_register_changes_its_listing(name):
    entry = NARRATIVE.listings[name]
    columns = {*entry.by, *entry.where, *re.findall(r"{([a-z_]+)", entry.row_vi)} - {"n"}
    row = dict.fromkeys(columns, "x") | {c: allowed[0] for c, allowed in entry.where.items()}
    found = listed(entry, values(rows={entry.frame: pd.DataFrame([row])}))
    assert found is not None
    assert found[1]
    assert listed(entry, values()) != found
