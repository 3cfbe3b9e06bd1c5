"""Both views of place on an invented map: what merged, was divided, renamed, got a used code."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.load import load_catalogue
from pipelines.evaluation.views import both_views

LAST = "2025-06-30"
# unit_id, code, parent_id, first day, last day
MAP = [
    ("p-1", "1", None, "2016-01-01", LAST),
    ("h", "2", "p-1", "2016-01-01", LAST),
    ("gộp-1", "11", "h", "2016-01-01", LAST),
    ("gộp-2", "12", "h", "2016-01-01", LAST),
    ("chia", "13", "h", "2016-01-01", LAST),
    ("kề", "14", "h", "2016-01-01", LAST),
    ("tên-1", "15", "h", "2016-01-01", LAST),
    ("mã-1", "16", "h", "2016-01-01", LAST),
    ("khác", "17", "h", "2016-01-01", LAST),
    ("yên", "18", "h", "2016-01-01", None),
    ("p-2", "1", None, "2025-07-01", None),
    ("mới-gộp", "21", "p-2", "2025-07-01", None),
    ("mới-kề", "22", "p-2", "2025-07-01", None),
    ("mới-chia", "23", "p-2", "2025-07-01", None),
    ("tên-2", "15", "p-2", "2025-07-01", None),
    ("mã-2", "16", "p-2", "2025-07-01", None),
]
PROVINCES, DISTRICTS = {"p-1", "p-2"}, {"h"}
MERGED = [
    ("p-1", "p-2", "merge", "whole"),
    ("h", "p-2", "transfer", "whole"),
    ("gộp-1", "mới-gộp", "merge", "whole"),
    ("gộp-2", "mới-gộp", "merge", "whole"),
    ("kề", "mới-kề", "merge", "whole"),
    ("tên-1", "tên-2", "rename", "whole"),
    # the number 16 goes on with the land of another commune; its own land merged elsewhere
    ("mã-1", "mới-gộp", "merge", "whole"),
    ("mã-1", "mã-2", "code_reuse", "whole"),
    ("khác", "mã-2", "merge", "whole"),
]
DIVIDED = [("chia", "mới-kề", "split", "part"), ("chia", "mới-chia", "split", "part")]
COMMUNES = ["gộp-1", "gộp-2", "chia", "kề", "tên-1", "mã-1", "khác", "yên"]
TODAY = ["mới-gộp", "mới-kề", "mới-chia", "tên-2", "mã-2", "yên"]
COUNT, RATE, STATUS, RANK = (
    "xa.dialogues",
    "xa.publish_rate",
    "ntm.recognised_rate",
    "ntm.remaining_1",
)
HELD = {unit: 10 + place for place, unit in enumerate(COMMUNES)}
PERIOD = {
    "period": "2021-H1",
    "starts_on": dt.date(2021, 1, 1),
    "ends_on": dt.date(2021, 6, 30),
    "window_from": dt.date(2020, 12, 15),
    "window_to": dt.date(2021, 6, 14),
}
CATALOGUE = load_catalogue()


def dialogues(**given):
    """Answers of all communes to the count, some replaced."""
    answers = {(unit, COUNT): HELD[unit] for unit in COMMUNES}
    return answers | {(unit, COUNT): value for unit, value in given.items()}


def unit_frame():
    rows = [
        {
            "unit_id": unit,
            "unit_type": "province"
            if unit in PROVINCES
            else "district"
            if unit in DISTRICTS
            else "commune",
            "kind": "tinh" if unit in PROVINCES else "huyen" if unit in DISTRICTS else "xa",
            "code": code,
            "name": unit,
            "parent_id": parent,
            "valid_from": first,
            "valid_to": last,
            "official_order": place,
            "is_illustrative": True,
            "source": "test",
        }
        for place, (unit, code, parent, first, last) in enumerate(MAP)
    ]
    return table_contract(CATALOGUE, "ref.units").conform(pd.DataFrame(rows))


def succession_frame(shares):
    divided = [(*row, share) for row, share in zip(DIVIDED, shares, strict=True)]
    rows = [(*row, None) for row in MERGED] + divided
    names = ["predecessor", "successor", "kind", "share", "basis_share"]
    frame = pd.DataFrame(rows, columns=names).assign(on="2025-07-01", basis="test")
    return table_contract(CATALOGUE, "ref.unit_successions").conform(frame)


@pytest.fixture(scope="module")
def build(with_indicators, observe):
    """What gives values of both views, by view, scope and indicator."""

    def build(*indicators):
        catalogue = with_indicators(*indicators)

        def run(answers, *, shares=(None, None), scopes=("p-1", *COMMUNES), registers=None):
            values = both_views(
                observations=observe(answers),
                registers=registers or {},
                register_known=dict.fromkeys(registers or {}, True),
                reporting=table_contract(CATALOGUE, "core.reporting").empty(),
                units=unit_frame(),
                successions=succession_frame(shares),
                catalogue=catalogue,
                period=PERIOD,
                scopes=list(scopes),
                as_of=dt.datetime(2021, 6, 10, 8, tzinfo=dt.UTC),
            )
            return values.set_index(["view", "scope_id", "indicator"]).sort_index()

        return run

    return build


@pytest.fixture(scope="module")
def views(build):
    return build(COUNT, RATE, STATUS, RANK, "tthc.pending")


@pytest.fixture(scope="module")
def counts(build):
    return build(COUNT)


def value(table, view, scope, indicator=COUNT):
    return table.loc[(view, scope, indicator), "value"]


def test_reported_figures_stay_as_they_are(views):
    table = views(dialogues())
    for unit in COMMUNES:
        assert value(table, "as_reported", unit) == HELD[unit]
    assert value(table, "as_reported", "p-1") == sum(HELD.values())
    assert table.loc["as_reported", "text"].isna().all()


def test_only_units_of_today_have_figures_on_todays_map(views):
    today = views(dialogues()).loc["as_today"]
    assert set(today.index.get_level_values("scope_id")) == {"p-2", *TODAY}


def test_whole_merger_adds_up_to_the_last_unit(views):
    row = views(dialogues()).loc[("as_today", "mới-gộp", COUNT)]
    assert row["value"] == HELD["gộp-1"] + HELD["gộp-2"] + HELD["mã-1"]
    assert (row["state"], row["expected_units"], row["reporting_units"]) == ("value", 3, 3)
    assert (row["lower"], row["upper"]) == (row["value"], row["value"])


def test_a_merged_unit_that_did_not_report_lowers_coverage(views):
    row = views(dialogues(**{"gộp-2": None})).loc[("as_today", "mới-gộp", COUNT)]
    assert row["value"] == HELD["gộp-1"] + HELD["mã-1"]
    assert row["coverage"] == pytest.approx(2 / 3)
    assert row["lower"] == row["value"]
    assert pd.isna(row["upper"]) or row["upper"] > row["value"]


def test_rates_are_recomputed_from_what_was_added(views):
    answers = {}
    for unit, done, due in (("gộp-1", 1, 2), ("gộp-2", 9, 10), ("mã-1", 0, 8)):
        answers |= {(unit, "xa.publish_done"): done, (unit, "xa.publish_due"): due}
    table = views(answers)
    row = table.loc[("as_today", "mới-gộp", RATE)]
    assert (row["numerator"], row["denominator"], row["value"]) == (10, 20, 50)
    assert value(table, "as_reported", "gộp-2", RATE) == 90


def test_division_without_basis_is_not_split(views):
    table = views(dialogues())
    assert value(table, "as_reported", "chia") == HELD["chia"]
    alone, joined = (table.loc[("as_today", unit, COUNT)] for unit in ("mới-chia", "mới-kề"))
    for row in (alone, joined):
        assert pd.isna(row["value"])
        assert (row["state"], row["text"]) == ("not_splittable", "không tách được")
    assert (alone["lower"], alone["upper"]) == (0, HELD["chia"])
    assert (joined["lower"], joined["upper"]) == (HELD["kề"], HELD["kề"] + HELD["chia"])


def test_parts_of_nothing_are_nothing(views):
    table = views(dialogues(chia=0))
    assert value(table, "as_today", "mới-chia") == 0
    assert value(table, "as_today", "mới-kề") == HELD["kề"]


def test_division_with_stated_basis_is_shared(views):
    table = views(dialogues(), shares=(0.75, 0.25))
    assert value(table, "as_reported", "chia") == 12
    assert value(table, "as_today", "mới-kề") == HELD["kề"] + 9
    assert value(table, "as_today", "mới-chia") == 3
    assert table.loc[("as_today", "mới-chia", COUNT), "state"] == "value"


@pytest.mark.parametrize("shares", [(None, None), (0.75, 0.25)])
def test_what_was_divided_inside_a_province_is_whole_there(views, shares):
    row = views(dialogues(), shares=shares).loc[("as_today", "p-2", COUNT)]
    assert row["value"] == sum(HELD.values())
    assert (row["expected_units"], row["coverage"]) == (8, 1)


def test_rename_on_the_same_code_carries_everything(views):
    answers = dialogues() | {("tên-1", "ntm.recognised"): True}
    table = views(answers)
    for indicator in (COUNT, STATUS):
        before, after = (
            table.loc[(view, unit, indicator)].drop("text")
            for view, unit in (("as_reported", "tên-1"), ("as_today", "tên-2"))
        )
        pd.testing.assert_series_equal(before, after, check_names=False)
    assert value(table, "as_today", "tên-2") == HELD["tên-1"]


def test_code_used_again_for_other_land_carries_nothing(views):
    table = views(dialogues())
    assert value(table, "as_reported", "mã-1") == HELD["mã-1"]
    assert value(table, "as_today", "mã-2") == HELD["khác"]
    only = views({("mã-1", COUNT): 99})
    row = only.loc[("as_today", "mã-2", COUNT)]
    assert (row["state"], row["expected_units"]) == ("missing", 1)
    assert value(only, "as_today", "mới-gộp") == 99


def test_statuses_are_listed_never_summed(views):
    answers = {("gộp-1", "ntm.recognised"): True, ("gộp-2", "ntm.recognised"): False}
    row = views(answers | {("mã-1", "ntm.recognised"): True}).loc[("as_today", "mới-gộp", STATUS)]
    assert pd.isna(row["value"])
    assert (row["state"], row["text"]) == ("listed", "2/3 xã cũ đạt")
    silent = views(answers).loc[("as_today", "mới-gộp", STATUS)]
    assert silent["text"] == "1/3 xã cũ đạt, 1 xã chưa có số liệu"
    nobody = views({}).loc[("as_today", "mới-gộp", STATUS)]
    assert nobody["state"] == "missing"


def test_status_of_a_divided_unit_is_listed_on_both_sides(views):
    table = views({("chia", "ntm.recognised"): True, ("kề", "ntm.recognised"): False})
    assert table.loc[("as_today", "mới-chia", STATUS), "text"] == "1/1 xã cũ đạt"
    assert table.loc[("as_today", "mới-kề", STATUS), "text"] == "1/2 xã cũ đạt"


def test_ranks_are_listed(views):
    answers = {(unit, "ntm.recognised"): unit == "kề" for unit in COMMUNES}
    answers |= {(unit, "ntm.criteria_met"): HELD[unit] for unit in COMMUNES}
    row = views(answers).loc[("as_today", "p-2", RANK)]
    assert (row["state"], row["text"]) == ("listed", "xã cũ: 17; 16; 15; 14; 12; 11; 10")


def test_an_unchanged_unit_has_its_reported_figures(views):
    table = views(dialogues())
    before, after = table.loc[("as_reported", "yên")], table.loc[("as_today", "yên")]
    pd.testing.assert_frame_equal(before, after)
    assert value(table, "as_today", "yên") == HELD["yên"]


def test_predecessors_outside_the_request_are_expected_too(views):
    table = views({("gộp-1", COUNT): 5}, scopes=["gộp-1"])
    row = table.loc[("as_today", "mới-gộp", COUNT)]
    assert (row["value"], row["expected_units"], row["reporting_units"]) == (5, 3, 1)


def test_register_rows_follow_their_units(views, dossiers):
    events = [("gộp-1", "2021-01-04", None), ("chia", "2021-01-05", None)]
    table = views({}, registers={"dossiers": dossiers(*events)})
    assert value(table, "as_reported", "p-1", "tthc.pending") == 2
    assert value(table, "as_today", "p-2", "tthc.pending") == 2


@settings(max_examples=8, deadline=None)
@given(st.lists(st.one_of(st.none(), st.integers(0, 10_000)), min_size=8, max_size=8))
def test_whole_mergers_conserve_counts(counts, held):
    answers = {(unit, COUNT): n for unit, n in zip(COMMUNES, held, strict=True)}
    answers[("chia", COUNT)] = None
    table = counts(answers)
    reported = sum(n for (unit, _), n in answers.items() if n is not None)
    today = [value(table, "as_today", unit) for unit in TODAY]
    assert sum(n for n in today if pd.notna(n)) == reported
    province = value(table, "as_today", "p-2")
    assert (0 if pd.isna(province) else province) == reported
    known = table.loc["as_today"].loc[TODAY, "reporting_units"].xs(COUNT, level="indicator")
    assert known.sum() == sum(n is not None for n in answers.values())


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 1000), st.integers(1, 15))
def test_stated_shares_conserve_counts(counts, held, sixteenths):
    share = sixteenths / 16
    table = counts(dialogues(chia=held), shares=(share, 1 - share))
    today = [value(table, "as_today", unit) for unit in TODAY]
    assert sum(n for n in today if pd.notna(n)) == sum(HELD.values()) - HELD["chia"] + held
