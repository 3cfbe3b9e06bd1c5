"""Who a file is. Real units are named without any value."""

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.reference import read_facts
from pipelines.intake.decisions import Confirmed
from pipelines.intake.header import header_facts
from pipelines.intake.identify import NAMES, folder_of, identify
from pipelines.intake.requested import unrequested, with_unrequested
from pipelines.places.naming import Directory

FACTS = Path(__file__).parents[2] / "raw" / "reference"
CATALOGUE = load_catalogue()
UNITS, OTHER_NAMES, SUCCESSIONS, REQUESTS = (
    read_facts(CATALOGUE, FACTS, name)
    for name in ("units", "unit_names", "unit_successions", "requests")
)
DIRECTORY = Directory(UNITS, OTHER_NAMES, SUCCESSIONS)
CODES = {
    "form": "xa-2021",
    "version": "1",
    "unit": "xa-24502-1",
    "subject": "xa-24502-1",
    "period": "2021-H1",
    "round": "estimate",
    "data_to": "2021-05-31",
}
HEADER = {
    "Đơn vị:": "Xã Ea Phê",
    "Kỳ báo cáo:": "6 tháng đầu năm 2021",
    "Vòng:": "Số ước",
    "Số liệu tính đến ngày:": "31/05/2021",
    "Mẫu biểu:": "xa-2021, phiên bản 1",
}


def cells_of(header, sheet="Biểu 01-XA", numbered=False):
    rows: list[tuple[Any, ...]] = [(sheet, 1, 1, "A1", "Biểu 01-XA", None)] if numbered else []
    for row, (label, value) in enumerate(header.items(), start=4):
        for column, content in ((1, label), (2, value)):
            if content is not None:
                number = content if isinstance(content, float) else None
                text = None if number is not None else content
                cell = f"{'AB'[column - 1]}{row}"
                rows.append((sheet, row, column, cell, text, number))
    frame = pd.DataFrame(rows, columns=["sheet", "row", "column", "cell", "text", "number"])
    return frame.astype({"text": "str", "number": "float64"})


def who(codes=None, header=None, **more):
    said = CODES | (codes or {})
    names = {NAMES[key]: value for key, value in said.items() if value is not None}
    given = {"provider": None, "period": None, "directory": DIRECTORY} | more
    catalogue, numbered = given.pop("catalogue", CATALOGUE), given.pop("numbered", False)
    return identify(
        names,
        cells_of(HEADER | (header or {}), numbered=numbered),
        catalogue,
        known_units=DIRECTORY.known,
        **given,
    )


def remarks(identity):
    return [(remark.operator, remark.cell) for remark in identity.remarks]


def test_a_file_whose_header_says_what_its_codes_say_needs_no_word():
    identity = who()
    assert (identity.problem, identity.remarks, identity.note) == (None, (), None)


def test_codes_alone_are_enough():
    names = {NAMES[key]: value for key, value in CODES.items()}
    identity = identify(
        names, None, CATALOGUE, provider=None, period=None, known_units=DIRECTORY.known
    )
    assert (identity.problem, identity.unit_id, identity.remarks) == (None, "xa-24502-1", ())


@pytest.mark.parametrize(
    ("label", "text", "cell"),
    [
        ("Đơn vị:", "Xã Ea Hiu", "B4"),
        ("Đơn vị:", "24520", "B4"),
        ("Kỳ báo cáo:", "Quý I/2021", "B5"),
        ("Vòng:", "Số chính thức", "B6"),
        ("Mẫu biểu:", "cq-2021, phiên bản 1", "B8"),
        ("Mẫu biểu:", "xa-2021, phiên bản 2", "B8"),
    ],
)
def test_a_header_that_contradicts_the_codes_is_told_at_its_cell(label, text, cell):
    identity = who(header={label: text})
    assert identity.problem is None
    assert remarks(identity) == [("header_agrees", cell)]
    assert text in identity.remarks[0].found
    assert HEADER[label] in identity.remarks[0].expected


@pytest.mark.parametrize(
    ("label", "text", "cell"),
    [
        ("Đơn vị:", "xa Ea Phe", "B4"),
        ("Đơn vị:", "Xã không có thật", "B4"),
        ("Kỳ báo cáo:", "6 tháng đầu năm", "B5"),
        ("Vòng:", "lần hai", "B6"),
        ("Số liệu tính đến ngày:", "10/06/2021", "B7"),
    ],
)
def test_what_is_unclear_in_a_header_is_a_warning(label, text, cell):
    assert remarks(who(header={label: text})) == [("header_clear", cell)]


@pytest.mark.parametrize("text", [None, "…", "…/…/……", "  "])
def test_a_header_that_was_left_blank_says_nothing(text):
    assert who(header={"Số liệu tính đến ngày:": text, "Vòng:": text}).remarks == ()


def test_a_name_that_several_bear_does_not_contradict_a_code_among_them():
    codes = {"unit": "xa-24526-1", "subject": "xa-24526-1"}
    assert who(codes, {"Đơn vị:": "Tân Tiến"}).remarks == ()


def test_a_file_name_with_another_period_is_told_and_one_with_a_year_is_not():
    told = who(file_name="bao-cao_6T-2020.xlsx")
    assert [remark.operator for remark in told.remarks] == ["header_agrees"]
    for name in ("xa-2021_2021-H1.xlsx", "bao-cao 2020.xlsx", "bc_2021-06.xlsx", "xa-2021.xlsx"):
        assert who(file_name=name).remarks == ()


def test_without_codes_the_header_is_read_and_it_is_said():
    identity = who(dict.fromkeys(CODES))
    assert identity.problem is None
    assert identity.form is not None
    assert (identity.form.id, identity.version) == ("xa-2021", "1")
    assert (identity.unit_id, identity.subject) == ("xa-24502-1", "xa-24502-1")
    assert (identity.period, identity.round) == ("2021-H1", "estimate")
    assert identity.data_to == dt.date(2021, 5, 31)
    assert identity.note == "Đọc từ phần đầu biểu: biểu, đơn vị, kỳ, vòng, ngày chốt số liệu."


def test_a_form_without_its_code_is_known_by_its_number():
    codes = {"form": None, "version": None}
    label = {"Mẫu biểu:": None}
    assert who(codes, label).problem == "tệp không có mã biểu"
    identity = who(codes, label, numbered=True)
    assert identity.form is not None
    assert (identity.problem, identity.form.id) == (None, "xa-2021")
    assert identity.note == "Nhận ra biểu theo số biểu ở đầu trang."


def test_a_day_that_a_spreadsheet_keeps_as_a_number_is_a_day():
    identity = who({"data_to": None}, {"Số liệu tính đến ngày:": 44347.0})
    assert identity.data_to == dt.date(2021, 5, 31)


def test_the_receipt_speaks_only_where_the_header_is_silent():
    blank = {"unit": None, "subject": None, "period": None}
    silent = who(
        blank, {"Đơn vị:": None, "Kỳ báo cáo:": None}, provider="xa-24502-1", period="2021-H1"
    )
    assert (silent.problem, silent.unit_id, silent.period) == (None, "xa-24502-1", "2021-H1")
    unclear = who(blank, {"Đơn vị:": "Xã không có thật"}, provider="xa-24502-1", period="2021-H1")
    assert unclear.problem == "đơn vị ghi “Xã không có thật”"


def test_the_sender_narrows_where_a_name_is_looked_for():
    blank = {"unit": None, "subject": None}
    assert who(blank, {"Đơn vị:": "Tân Tiến"}).problem is not None
    inside = who(blank, {"Đơn vị:": "Tân Tiến"}, provider="xa-24526-1", period="2021-H1")
    assert (inside.problem, inside.unit_id) == (None, "xa-24526-1")


def test_an_office_speaks_of_its_scope():
    codes = dict.fromkeys(CODES)
    header = {"Đơn vị:": "Ban Chỉ đạo QCDC huyện minh họa", "Mẫu biểu:": "bcd-2021, phiên bản 1"}
    identity = who(codes, header)
    assert (identity.problem, identity.unit_id, identity.subject) == (None, "bcd-mh", "huyen-mh-1")


CONFIRMED = Confirmed(
    submission_id="2021-H1/xa-24502-1/02",
    unit="xa-24502-1",
    period="2021-H1",
    form="xa-2021",
    round="estimate",
    who="Ban Chỉ đạo",
    at="2021-06-08T09:00:00+07:00",
    why="gọi điện",
)


@pytest.mark.parametrize(
    ("codes", "header"),
    [
        ({"period": "2020-H2"}, {"Kỳ báo cáo:": "6 tháng cuối năm 2020"}),
        ({"unit": "xa-24520-1", "subject": "xa-24520-1"}, {"Đơn vị:": "Xã Ea Hiu"}),
        ({"unit": "xa-24520-1", "subject": "xa-24520-1", "period": "2020-H2"}, {}),
        ({"form": "cq-2021"}, {}),
        ({"form": "xa-1999", "version": "7"}, {}),
        (dict.fromkeys(CODES), dict.fromkeys(HEADER)),
        ({}, {"Đơn vị:": "Xã Ea Hiu"}),
    ],
)
def test_what_a_person_has_confirmed_settles_unit_period_form_and_round(codes, header):
    receipt = {"provider": "xa-24502-1", "period": "2021-H1"}
    before = who(codes, header, **receipt)
    assert before.problem is not None or before.remarks
    after = who(codes, header, confirmed=CONFIRMED, **receipt)
    assert (after.problem, after.remarks) == (None, ())
    assert (after.unit_id, after.subject, after.period) == ("xa-24502-1", "xa-24502-1", "2021-H1")
    assert after.form is not None
    assert (after.form.id, after.round) == ("xa-2021", "estimate")
    assert "Ban Chỉ đạo xác nhận" in (after.note or "")


def test_a_confirmation_of_another_sender_does_not_help():
    receipt = {"provider": "xa-24520-1", "period": "2021-H1"}
    assert who(confirmed=CONFIRMED, **receipt).problem is not None


# --- units that end, forms that are not there yet


def test_a_unit_that_has_ended_is_taken_as_it_was_and_its_successor_named():
    forms = {
        name: form.model_copy(update={"valid_to": None}) for name, form in CATALOGUE.forms.items()
    }
    later = CATALOGUE.model_copy(update={"forms": forms})
    codes = {"unit": "xa-24508-1", "subject": "xa-24508-1", "data_to": None}
    header = {"Đơn vị:": "Xã Ea Yông", "Số liệu tính đến ngày:": None}
    for period, said in (("2025-H1", "6T/2025"), ("2026-H1", "6T/2026")):
        identity = who(codes | {"period": period}, header | {"Kỳ báo cáo:": said}, catalogue=later)
        assert (identity.problem, identity.unit_id) == (None, "xa-24508-1")
        assert remarks(identity) == [("unit_in_force", None)]
        assert "xa-24490-2 (Xã Krông Pắc)" in identity.remarks[0].expected
    assert who(codes | {"period": "2024-H2"}, header | {"Kỳ báo cáo:": None}).problem is not None
    before = who(codes | {"period": "2024-H2"}, header | {"Kỳ báo cáo:": None}, catalogue=later)
    assert (before.problem, before.remarks) == (None, ())


def test_a_period_without_a_form_leaves_unit_and_period_known():
    codes = dict.fromkeys(CODES) | {"round": "final"}
    header = {
        "Đơn vị:": "xã Krông Pắc",
        "Kỳ báo cáo:": "6T/2026",
        "Vòng:": None,
        "Mẫu biểu:": None,
        "Số liệu tính đến ngày:": None,
    }
    forms = {name: form for name, form in CATALOGUE.forms.items() if form.valid_to is not None}
    earlier = CATALOGUE.model_copy(update={"forms": forms})
    identity = who(codes, header, catalogue=earlier)
    assert identity.operator == "form_in_force"
    assert (identity.unit_id, identity.period, identity.form) == ("xa-24490-2", "2026-H1", None)
    assert "chưa có biểu cho kỳ 6 tháng đầu năm 2026" in (identity.problem or "")


# --- where a file lies, what stands in a header


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ("raw/2021-H1/xa-mh-01/x.xlsx", ("2021-H1", "xa-mh-01")),
        ("raw/2021-H1/xa-mh-01/sub/x.xlsx", ("2021-H1", "xa-mh-01")),
        ("raw/2021-H1/x.xlsx", ("2021-H1", None)),
        ("raw/2021-H1/inbox/x.xlsx", ("2021-H1", None)),
        ("raw/inbox/xa-mh-01/x.xlsx", (None, None)),
        ("raw/x.xlsx", (None, None)),
        ("elsewhere/2021-H1/xa-mh-01/x.xlsx", (None, None)),
    ],
)
def test_the_folder_says_period_and_sender(tmp_path, place, found):
    assert folder_of(tmp_path / place, tmp_path, CATALOGUE, DIRECTORY.known) == found


def test_labels_with_their_value_in_one_cell_and_labels_further_down():
    cells = pd.DataFrame(
        [
            ("a", 1, 1, "A1", "Đơn vị: Xã Ea Phê", None),
            ("a", 2, 1, "A2", "Đơn vị:", None),
            ("a", 2, 3, "C2", "Kỳ báo cáo:", None),
            ("a", 2, 4, "D2", "Quý I/2021", None),
            ("a", 40, 1, "A40", "Đơn vị: Xã Ea Hiu", None),
            ("a", 5, 1, "A5", "Đơn vị", None),
            ("a", 5, 2, "B5", "Xã Ea Uy", None),
        ],
        columns=["sheet", "row", "column", "cell", "text", "number"],
    ).astype({"text": "str", "number": "float64"})
    facts = [(fact.fact, fact.text, fact.cell) for fact in header_facts(cells)]
    assert facts == [("unit", "Xã Ea Phê", "A1"), ("period", "Quý I/2021", "D2")]
    assert header_facts(None) == []


# --- rounds nobody asked for


def test_only_a_round_that_is_not_the_requested_one_is_told():
    sent = pd.DataFrame(
        [
            ("1", "cq-mh-01", "cq-2021", "final"),
            ("2", "cq-mh-02", "cq-2021", "estimate"),
            ("3", "bcd-mh", "tonghop-2021", "final"),  # no letter asks for this form at all
            ("4", "xa-24502-1", "xa-2021", "final"),  # nor for anything in this district
            ("5", "unknown", "xa-2021", "final"),
            ("6", "cq-mh-03", None, None),
        ],
        columns=["submission_id", "provider", "form", "round"],
    ).astype("str")
    asked = REQUESTS[REQUESTS["period"] == "2021-H1"]
    day = dt.date(2021, 6, 30)
    told = unrequested(sent, asked, DIRECTORY, day)
    assert told[["submission_id", "operator"]].to_numpy().tolist() == [["1", "requested"]]
    faults = pd.DataFrame({"submission_id": ["x"], "operator": ["typed"], "cell": ["A1"]})
    both = with_unrequested(faults.astype("str"), sent, asked, DIRECTORY, day)
    assert list(both["operator"]) == ["typed", "requested"]
    assert both["cell"].isna().tolist() == [False, True]
