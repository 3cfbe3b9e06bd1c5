"""How figures are printed, and that each leads back to its cells."""

import json

import pandas as pd
import pytest

from pipelines.catalogue.model import Display, RowFilter
from pipelines.evaluation.evidence import filter_text
from pipelines.evaluation.figures import figures, parse_cells, show

NAN = float("nan")
WINDOW = (pd.Timestamp("2020-12-15"), pd.Timestamp("2021-06-14"))


@pytest.mark.parametrize(
    ("value", "numerator", "denominator", "state", "display", "expected"),
    [
        (1300 / 15, 13, 15, "value", {"format": "rate"}, "13/15 (87%)"),
        (100, 52620, 52620, "value", {"format": "rate"}, "52.620/52.620 (100%)"),
        (1300 / 15, 13, 15, "value", {"format": "rate", "digits": 2}, "13/15 (86,67%)"),
        (0, 0, 15, "zero", {"format": "rate"}, "0/15 (0%)"),
        (25, 0.5, 2, "value", {"format": "rate"}, "0,5/2 (25%)"),
        (100, 1, 1, "value", {"format": "ratio"}, "1/1"),
        (7, 7, NAN, "value", {"format": "count"}, "07"),
        (40, 40, NAN, "value", {"format": "count"}, "40"),
        (0, 0, NAN, "zero", {"format": "count"}, "0"),
        (2.5, 5, 2, "value", {"format": "count", "digits": 1}, "2,5"),
        (46_920_000_000, 46_920_000_000, NAN, "value", {"format": "money"}, "46.920 triệu đồng"),
        (17.4, 261, 15, "value", {"format": "number", "digits": 1}, "17,4"),
        (NAN, NAN, 15, "missing", {"format": "rate"}, "chưa có số liệu"),
        (NAN, NAN, NAN, "missing", {"format": "count"}, "chưa có số liệu"),
        (NAN, 0, 0, "not_applicable", {"format": "rate"}, "không phát sinh"),
    ],
)
def test_figures_are_printed_as_officials_write(
    value, numerator, denominator, state, display, expected
):
    assert show(value, numerator, denominator, state, Display(**display)) == expected


@pytest.mark.parametrize(
    ("tests", "expected"),
    [
        ([], "tất cả các dòng"),
        (
            [
                {"column": "status", "equals": "Đã giải quyết"},
                {"column": "resolved_on", "in_window": True},
            ],
            "status = Đã giải quyết; resolved_on từ 15/12/2020 đến 14/06/2021",
        ),
        ([{"column": "channel", "among": ["A", "B"]}], "channel thuộc [A, B]"),
        ([{"column": "done_on", "is_present": True}], "done_on có giá trị"),
        ([{"column": "done_on", "is_present": False}], "done_on để trống"),
        ([{"column": "met", "equals": True}], "met = Có"),
    ],
)
def test_filters_read_as_plain_text(tests, expected):
    assert filter_text([RowFilter(**test) for test in tests], WINDOW) == expected


@pytest.fixture
def table(units, observe, evaluate, submissions, period):
    """report.figures by figure_id."""

    def build(answers, of, *, registers=None, receipts=(), scopes=("h",), reporting=None):
        values = evaluate(answers, of, registers=registers, scopes=scopes, reporting=reporting)
        made = figures(
            values=values.reset_index(),
            observations=observe(answers),
            registers=registers or {},
            submissions=submissions(*receipts),
            units=units,
            catalogue=of,
            period_row=period,
            release_id="2021-H1/draft",
        )
        return made.set_index("figure_id")

    return build


RECEIVED = "2021-06-01T08:00:00+07:00"
CONFERENCES = {("dn-1", "dn.conference_held"): True, ("dn-2", "dn.conference_held"): False}


def test_a_count_leads_to_the_cell_of_every_unit(table, with_indicators):
    made = table(
        CONFERENCES,
        with_indicators("dn.conference_rate"),
        receipts=[(unit, "dn-2021", RECEIVED, "accepted") for unit in ("dn-1", "dn-2")],
        scopes=("h", "dn-2"),
    )
    figure = made.loc["2021-H1/dn.conference_rate@h"]
    assert figure["shown_as"] == "1/2 (50%)"
    assert parse_cells(figure["cells"]) == [
        {
            "submission_id": "2021-H1/dn-1/01",
            "path": "raw/2021-H1/dn-1/01.xlsx",
            "sha256": "sha-dn-1-01",
            "sheet": "Biểu",
            "cell": "E9",
            "unit_id": "dn-1",
            "element": "dn.conference_held",
            "value": 1,
        },
        {
            "submission_id": "2021-H1/dn-2/01",
            "path": "raw/2021-H1/dn-2/01.xlsx",
            "sha256": "sha-dn-2-01",
            "sheet": "Biểu",
            "cell": "E9",
            "unit_id": "dn-2",
            "element": "dn.conference_held",
            "value": 0,
        },
        {"part": "denominator", "population": "enterprises", "units": 2},
    ]
    own = parse_cells(made.loc["2021-H1/dn.conference_rate@dn-2", "cells"])
    assert [entry.get("unit_id", entry.get("units")) for entry in own] == ["dn-2", 1]


def test_a_note_goes_with_its_cell(observe, evaluate, submissions, units, period, with_indicators):
    observed, of = observe(CONFERENCES), with_indicators("dn.conference_rate")
    observed.loc[observed["unit_id"] == "dn-2", "note"] = "họp tháng 7"
    senders = [(unit, "dn-2021", RECEIVED, "accepted") for unit in ("dn-1", "dn-2")]
    made = figures(
        values=evaluate(CONFERENCES, of, scopes=("h",)).reset_index(),
        observations=observed,
        registers={},
        submissions=submissions(*senders),
        units=units,
        catalogue=of,
        period_row=period,
        release_id="2021-H1/draft",
    )
    cells = [entry for entry in parse_cells(made.iloc[0]["cells"]) if "cell" in entry]
    notes = {entry["unit_id"]: entry["note"] for entry in cells if "note" in entry}
    assert (len(cells), notes) == (2, {"dn-2": "họp tháng 7"})


def test_a_missing_figure_has_no_cells(table, with_indicators):
    figure = table({}, with_indicators("dn.conference_rate")).loc["2021-H1/dn.conference_rate@h"]
    assert (figure["shown_as"], figure["cells"]) == ("chưa có số liệu", "[]")
    assert figure["denominator"] == 2


def test_units_left_out_of_a_denominator_are_named(table, with_indicators):
    answers = {("xa-1", "ntm.recognised"): "x", ("xa-2", "ntm.recognised"): True}
    made = table(answers, with_indicators("ntm.recognised_rate"))
    entries = parse_cells(made.loc["2021-H1/ntm.recognised_rate@h", "cells"])
    assert entries[-1] == {
        "part": "denominator",
        "population": "ntm_communes",
        "units": 2,
        "not_applicable": ["xa-1"],
    }
    assert [entry["unit_id"] for entry in entries[:-1]] == ["xa-2"]


def test_only_cells_that_were_used_are_named(table, with_indicators):
    answers = {
        ("xa-1", "xa.publish_done"): 4,
        ("xa-1", "xa.publish_due"): 5,
        ("xa-2", "xa.publish_done"): 9,  # its pair is missing, so the rate leaves it out
    }
    made = table(answers, with_indicators("xa.publish_rate"))
    entries = parse_cells(made.loc["2021-H1/xa.publish_rate@h", "cells"])
    assert [(e["unit_id"], e["element"], e["value"]) for e in entries] == [
        ("xa-1", "xa.publish_done", 4),
        ("xa-1", "xa.publish_due", 5),
    ]


def test_a_rank_leads_to_every_ranked_unit(table, with_indicators):
    answers = {("xa-1", "ntm.criteria_met"): 17, ("xa-1", "ntm.recognised"): False} | {
        ("xa-2", "ntm.criteria_met"): 13  # not known whether recognised: not ranked
    }
    made = table(answers, with_indicators("ntm.remaining_1"))
    entries = parse_cells(made.loc["2021-H1/ntm.remaining_1@h", "cells"])
    assert [(e["unit_id"], e["element"]) for e in entries] == [
        ("xa-1", "ntm.criteria_met"),
        ("xa-1", "ntm.recognised"),
    ]


def test_a_register_leads_to_file_filter_and_row_count(table, with_indicators, dossiers):
    rows = dossiers(
        ("xa-1", "2021-01-04", "2021-01-05"),
        ("xa-2", "2021-01-04", None),
        ("xa-2", "2020-01-04", None),
    )
    made = table(
        {},
        with_indicators("tthc.resolution_rate"),
        registers={"dossiers": rows},
        receipts=[("mc", "motcua-2021", RECEIVED, "accepted")],
    )
    figure = made.loc["2021-H1/tthc.resolution_rate@h"]
    assert figure["shown_as"] == "1/2 (50%)"
    file = {
        "submission_id": "2021-H1/mc/01",
        "path": "raw/2021-H1/mc/01.xlsx",
        "sha256": "sha-mc-01",
        "sheet": "Hồ sơ",
    }
    assert parse_cells(figure["cells"]) == [
        file
        | {
            "part": "numerator",
            "filter": "status = Đã giải quyết; resolved_on từ 15/12/2020 đến 14/06/2021",
            "rows": 1,
        },
        file
        | {"part": "denominator", "filter": "received_on từ 15/12/2020 đến 14/06/2021", "rows": 2},
    ]


def test_an_empty_register_still_leads_to_its_file(table, with_indicators, dossiers):
    made = table(
        {},
        with_indicators("tthc.pending"),
        registers={"dossiers": dossiers()},
        receipts=[
            ("mc", "motcua-2021", RECEIVED, "returned"),
            ("mc", "motcua-2021", RECEIVED, "accepted"),
        ],
    )
    figure = made.loc["2021-H1/tthc.pending@h"]
    assert figure["shown_as"] == "0"
    entries = parse_cells(figure["cells"])
    assert [(e["submission_id"], e["rows"]) for e in entries] == [("2021-H1/mc/02", 0)]


def test_rows_of_one_unit_say_so_in_their_filter(table, with_indicators, dossiers):
    measure = {"kind": "rows", "register_id": "dossiers"}
    made = table(
        {},
        with_indicators(
            {"id": "t.rows", "numerator": measure, "per_unit": True, "display": {"format": "count"}}
        ),
        registers={
            "dossiers": dossiers(("xa-1", "2021-01-04", None), ("xa-2", "2021-01-04", None))
        },
        receipts=[("mc", "motcua-2021", RECEIVED, "accepted")],
        scopes=("h", "xa-1"),
    )
    [entry] = parse_cells(made.loc["2021-H1/t.rows@xa-1", "cells"])
    assert (entry["filter"], entry["rows"]) == ("unit_id = xa-1; tất cả các dòng", 1)
    [entry] = parse_cells(made.loc["2021-H1/t.rows@h", "cells"])
    assert (entry["filter"], entry["rows"]) == ("tất cả các dòng", 2)


def test_owed_reports_lead_to_their_table(table, with_indicators):
    owed = pd.DataFrame({"unit_id": ["xa-1", "xa-2"], "state": ["on_time", "late"]})
    made = table({}, with_indicators("rp.on_time_rate"), reporting=owed.assign(period="2021-H1"))
    figure = made.loc["2021-H1/rp.on_time_rate@h"]
    assert figure["shown_as"] == "1/2 (50%)"
    assert parse_cells(figure["cells"]) == [
        {
            "part": "numerator",
            "table": "core.reporting",
            "filter": "state thuộc [on_time]",
            "rows": 1,
        },
        {
            "part": "denominator",
            "table": "core.reporting",
            "filter": "tất cả các dòng",
            "rows": 2,
        },
    ]


def test_every_value_has_its_figure(table, catalogue, evaluate):
    answers = CONFERENCES | {("xa-1", "xa.dialogues"): 3}
    made = table(answers, catalogue, scopes=("h", "xa-1", "dn-1"))
    values = evaluate(answers, catalogue, scopes=("h", "xa-1", "dn-1"))
    assert len(made) == len(values)
    assert {f"2021-H1/{name}@{scope}" for scope, name in values.index} == set(made.index)
    known = ~made["shown_as"].isin(["chưa có số liệu", "không phát sinh"])
    assert known.sum() == values["value"].notna().sum()
    assert (made.loc[known, "cells"].map(json.loads).map(len) > 0).all()
