"""The commune as a level: it reports, and gathers what its schools and other units send."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.reference import read_facts
from pipelines.evaluation.figures import figures, parse_cells
from pipelines.evaluation.indicators import indicator_values
from pipelines.evaluation.invariants import InvariantBroken, check
from pipelines.evaluation.scopes import find_scopes
from pipelines.evaluation.views import both_views
from pipelines.places.units import everything_inside, members, within

FACTS = Path(__file__).parents[2] / "raw" / "reference"
CATALOGUE = load_catalogue()
UNITS, SUCCESSIONS = (read_facts(CATALOGUE, FACTS, name) for name in ("units", "unit_successions"))
PROVINCE, COMMUNE, SCHOOLS = "tinh-mh-1", "xa-mh-15", ("truong-mh-011", "truong-mh-012")
# asked of every grassroots unit, of communes, of agencies; the last two are not shown per unit
REWARDS, DIALOGUES, CONFERENCE = "ld.rewards_individual", "xa.dialogues", "cq.conference_rate"
LAW, PENDING = "xa.petitions_received", "tthc.pending"
BEFORE = {"period": "2025-H1", "starts_on": dt.date(2025, 1, 1), "ends_on": dt.date(2025, 6, 30)}
AFTER = {"period": "2025-H2", "starts_on": dt.date(2025, 7, 1), "ends_on": dt.date(2025, 12, 31)}
SAID = {
    (COMMUNE, REWARDS): 5,
    (SCHOOLS[0], REWARDS): 7,
    (SCHOOLS[1], REWARDS): 11,
    ("cqt-mh-01", REWARDS): 100,
    (COMMUNE, DIALOGUES): 3,
    ("xa-mh-16", DIALOGUES): 4,
    (SCHOOLS[0], "cq.conference_held"): True,
    (SCHOOLS[1], "cq.conference_held"): False,
}


@pytest.fixture(scope="module")
def evaluate(with_indicators, observe):
    """Values of a period by view, scope and indicator."""
    catalogue = with_indicators(REWARDS, DIALOGUES, CONFERENCE, LAW, PENDING)

    def run(period, scopes, answers=SAID, views=indicator_values):
        values = views(
            observations=observe(answers).assign(period=period["period"]),
            registers={},
            register_known={},
            reporting=table_contract(CATALOGUE, "core.reporting").empty(),
            units=UNITS,
            successions=SUCCESSIONS,
            catalogue=catalogue,
            period=period,
            scopes=list(scopes),
            as_of=dt.datetime(2025, 12, 31, 8, tzinfo=dt.UTC),
        )
        return values.set_index(["view", "scope_id", "indicator"]).sort_index()

    return run


@pytest.fixture(scope="module")
def everyone():
    """The scopes that 2025-H2 evaluates."""
    inside = within(UNITS, PROVINCE, AFTER["ends_on"], SUCCESSIONS)
    grassroots = inside["unit_type"].isin(["commune", "agency", "enterprise"])
    return [PROVINCE, *inside.loc[grassroots, "unit_id"]]


@pytest.fixture(scope="module")
def after(evaluate, everyone):
    return evaluate(AFTER, everyone)


def test_a_commune_adds_what_its_schools_and_itself_said(after):
    row = after.loc[("as_reported", COMMUNE, REWARDS)]
    assert (row["value"], row["expected_units"], row["reporting_units"]) == (5 + 7 + 11, 3, 3)
    held = after.loc[("as_reported", COMMUNE, CONFERENCE)]
    assert (held["numerator"], held["denominator"], held["value"]) == (1, 2, 50)


def test_what_the_commune_said_itself_is_kept_beside_it(after):
    row = after.loc[("own", COMMUNE, REWARDS)]
    assert (row["value"], row["expected_units"], row["coverage"]) == (5, 1, 1)
    # what only communes are asked is theirs in the figures of the area already
    assert after.loc[("as_reported", COMMUNE, DIALOGUES), "value"] == 3
    own = after.loc["own"]
    assert set(own.index.get_level_values("indicator")) == {REWARDS}
    communes = {"xa-mh-16", "xa-mh-04-2", "xa-mh-07-2", "xa-mh-10-2", "xa-mh-12-2", COMMUNE}
    assert set(own.index.get_level_values("scope_id")) == communes


def test_the_province_counts_every_unit_once(after, everyone):
    row = after.loc[("as_reported", PROVINCE, REWARDS)]
    assert row["value"] == 5 + 7 + 11 + 100
    assert row["expected_units"] == len(everyone) - 1 == 53
    assert after.loc[("as_reported", PROVINCE, DIALOGUES), "value"] == 7
    # schools on their own, communes on their own, the others on their own: the province again
    alone = after.loc["own"].xs(REWARDS, level="indicator")["value"].sum()
    reported = after.loc["as_reported"].xs(REWARDS, level="indicator")["value"]
    hubs = set(after.loc["own"].index.get_level_values("scope_id"))
    others = reported[~reported.index.isin([PROVINCE, *hubs])].sum()
    assert alone + others == row["value"]


def test_a_commune_has_only_what_somebody_in_it_is_asked(after):
    assert ("as_reported", PROVINCE, PENDING) in after.index
    assert ("as_reported", PROVINCE, LAW) in after.index
    shown = after.loc["as_reported"].loc[COMMUNE].index
    assert set(shown) == {REWARDS, DIALOGUES, CONFERENCE}
    assert set(after.loc["as_reported"].loc[SCHOOLS[0]].index) == {REWARDS, CONFERENCE}


def test_before_the_law_of_2025_a_commune_stands_alone_below_the_district(evaluate):
    table = evaluate(BEFORE, ["huyen-mh-1", COMMUNE])
    assert set(table.index.get_level_values("view")) == {"as_reported"}
    assert table.loc[("as_reported", COMMUNE, REWARDS), "value"] == 5
    row = table.loc[("as_reported", "huyen-mh-1", REWARDS)]
    # schools and agencies of the province are not there yet
    assert (row["value"], row["expected_units"]) == (5, 55)


def test_parents_before_and_after():
    scopes = {}
    for period in (BEFORE, AFTER):
        day = period["ends_on"]
        for unit in (COMMUNE, "dn-mh-01"):
            for scope in ("huyen-mh-1", PROVINCE):
                inside = set(within(UNITS, scope, day, SUCCESSIONS)["unit_id"])
                scopes[period["period"], unit, scope] = unit in inside
    assert [key for key, there in scopes.items() if there] == [
        ("2025-H1", COMMUNE, "huyen-mh-1"),
        ("2025-H1", "dn-mh-01", "huyen-mh-1"),
        ("2025-H2", COMMUNE, PROVINCE),
        ("2025-H2", "dn-mh-01", PROVINCE),
    ]


@pytest.mark.parametrize(
    ("day", "sizes"),
    [
        (dt.date(2025, 6, 30), {"huyen-mh-1": (16, 24, 15)}),
        (dt.date(2025, 7, 1), {PROVINCE: (6, 20 + 12, 15)}),
        (dt.date(2026, 1, 1), {PROVINCE: (102, 20 + 204, 60)}),
    ],
)
def test_the_neutral_province_grows(day, sizes):
    for scope, expected in sizes.items():
        found = tuple(
            len(members(CATALOGUE.populations[name], UNITS, scope, day, SUCCESSIONS))
            for name in ("qcdc_communes", "agencies", "enterprises")
        )
        assert found == expected
    kinds = within(UNITS, PROVINCE, day, SUCCESSIONS)["kind"].value_counts()
    if day.year == 2026:
        assert (kinds["xa"], kinds["phuong"]) == (88, 14)


@pytest.mark.parametrize("day", [dt.date(2025, 6, 30), dt.date(2026, 6, 30)])
def test_many_scopes_at_once_are_each_of_them(day):
    asked = ["huyen-mh-1", PROVINCE, COMMUNE, "xa-mh-16", "tinh-66-1", "huyen-654-1", "dn-mh-01"]
    together = everything_inside(UNITS, asked, day, SUCCESSIONS)
    for scope in asked:
        one = list(within(UNITS, scope, day, SUCCESSIONS)["unit_id"])
        assert list(together.loc[together["scope_id"] == scope, "unit_id"]) == one


def test_hubs_are_the_reporters_with_units_below():
    day = AFTER["ends_on"]
    found = find_scopes([PROVINCE, COMMUNE, SCHOOLS[0]], UNITS, [], day, SUCCESSIONS)
    assert (found.areas, found.singles) == ([PROVINCE, COMMUNE], [SCHOOLS[0]])
    assert found.hubs == {COMMUNE}


def test_todays_map_gathers_the_old_units_of_a_commune_with_schools(evaluate):
    old = ["tt-mh-01", "xa-mh-01", "xa-mh-02", "xa-mh-03"]
    said = {(unit, REWARDS): 10 + place for place, unit in enumerate(old)}
    table = evaluate(BEFORE, ["huyen-mh-1", *old], said, both_views)
    row = table.loc[("as_today", "xa-mh-16", REWARDS)]
    assert (row["value"], row["expected_units"]) == (10 + 11 + 12 + 13, 4)
    # nobody asked schools that were not there
    assert set(table.loc["as_today"].loc["xa-mh-16"].index) == {REWARDS, DIALOGUES}
    assert "huyen-mh-1" not in table.loc["as_today"].index.get_level_values("scope_id")


def test_rows_of_a_commune_are_traced_to_everything_inside(
    with_indicators, observe, dossiers, submissions
):
    rows = {"kind": "rows", "register_id": "dossiers"}
    counted = {"id": "x.rows", "numerator": rows, "per_unit": True, "display": {"format": "count"}}
    events = [(unit, "2025-08-04", None) for unit in (COMMUNE, SCHOOLS[0], "xa-mh-16")]
    catalogue = with_indicators(counted)
    given = {
        "observations": observe({}),
        "registers": {"dossiers": dossiers(*events).assign(period="2025-H2")},
        "units": UNITS,
        "catalogue": catalogue,
        "successions": SUCCESSIONS,
    }
    values = indicator_values(
        **given,
        register_known={"dossiers": True},
        reporting=table_contract(CATALOGUE, "core.reporting").empty(),
        period=AFTER,
        scopes=[COMMUNE],
        as_of=dt.datetime(2025, 12, 31, 8, tzinfo=dt.UTC),
    )
    sent = submissions(("mc", "motcua-2025", "2025-12-01T08:00:00+07:00", "accepted"))
    made = figures(
        **given,
        values=values,
        submissions=sent.assign(period="2025-H2"),
        period_row=AFTER,
        release_id="2025-H2/draft",
    )
    (entry,) = parse_cells(made["cells"].iloc[0])
    inside = ", ".join([COMMUNE, *SCHOOLS])
    assert (entry["rows"], made["numerator"].iloc[0]) == (2, 2)
    assert entry["filter"] == f"unit_id thuộc [{inside}]; tất cả các dòng"


def test_the_invariant_knows_communes_with_schools(after, observe):
    values = after.reset_index()
    tables = {
        "intake.submissions": pd.DataFrame({"submission_id": [], "status": []}),
        "core.observations": observe({}),
        "ref.unit_successions": SUCCESSIONS,
    }
    indicators = {REWARDS, DIALOGUES, CONFERENCE, LAW, PENDING}
    catalogue = CATALOGUE.model_copy(
        update={"indicators": {i: CATALOGUE.indicators[i] for i in indicators}}
    )

    def checked(values):
        found = tables | {"eval.indicator_values": values}
        check(tables=found, units=UNITS, catalogue=catalogue, period=AFTER)

    checked(values)
    reported = values["view"].eq("as_reported") & values["indicator"].eq(REWARDS)
    at = reported & values["scope_id"].eq(COMMUNE)
    wrong = values["expected_units"].where(~at, 4)
    with pytest.raises(InvariantBroken, match=r"4 units expected, the population has 3"):
        checked(values.assign(expected_units=wrong))
    without = values[~(values["scope_id"].eq(PROVINCE) & values["indicator"].eq(LAW))]
    with pytest.raises(InvariantBroken, match="without a row in tinh-mh-1"):
        checked(without)
