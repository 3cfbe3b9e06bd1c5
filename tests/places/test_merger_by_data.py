"""A merger that nobody has thought of yet: rows of CSV, no line of code, both views."""

import datetime as dt
import shutil
from pathlib import Path

import pandas as pd
import pytest

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.reference import read_facts
from pipelines.evaluation.views import both_views
from pipelines.places.naming import Directory
from pipelines.places.units import members, scope_of

SHIPPED = Path(__file__).parents[2] / "raw" / "reference"
CATALOGUE = load_catalogue()
PROVINCE, DAY = "tinh-mh-1", "2027-07-01"
COUNT, RATE, STATUS = "xa.dialogues", "xa.publish_rate", "ntm.recognised_rate"
NEW = {"xa-mh-17-2": "99917", "xa-mh-20-2": "99921", "xa-mh-22-2": "99922", "xa-mh-21-2": "99920"}
# 17 and 18 become one under the code of 17; a quarter of 19 goes there too, the rest to 20's
# successor; 22 gets another name on its code; the code of 20 goes to the land of 21
ROWS = [
    ("xa-mh-17", "xa-mh-17-2", "merge", "whole", None),
    ("xa-mh-17", "xa-mh-17-2", "code_reuse", "whole", None),
    ("xa-mh-18", "xa-mh-17-2", "merge", "whole", None),
    ("xa-mh-19", "xa-mh-17-2", "split", "part", 0.25),
    ("xa-mh-19", "xa-mh-20-2", "split", "part", 0.75),
    ("xa-mh-20", "xa-mh-20-2", "merge", "whole", None),
    ("xa-mh-22", "xa-mh-22-2", "rename", "whole", None),
    ("xa-mh-21", "xa-mh-21-2", "merge", "whole", None),
    ("xa-mh-20", "xa-mh-21-2", "code_reuse", "whole", None),
]
OLD = [f"xa-mh-{number}" for number in range(17, 23)]
HELD = dict(zip(OLD, (3, 5, 8, 13, 21, 34), strict=True))
PERIOD = {"period": "2026-H1", "starts_on": dt.date(2026, 1, 1), "ends_on": dt.date(2026, 6, 30)}


@pytest.fixture(scope="module")
def facts(tmp_path_factory):
    """``raw/reference`` with the merger written into it, read like the shipped one."""
    folder = tmp_path_factory.mktemp("reference")
    for path in SHIPPED.glob("*.csv"):
        shutil.copy(path, folder)
    units = pd.read_csv(folder / "units.csv", dtype="str", keep_default_na=False)
    like = units[units["unit_id"] == "xa-mh-17"]
    born = [
        like.assign(
            unit_id=unit,
            code=code,
            name=f"Xã minh họa mới {unit[6:8]}",
            valid_from=DAY,
        )
        for unit, code in NEW.items()
    ]
    units.loc[units["unit_id"].isin(OLD), "valid_to"] = "2027-06-30"
    pd.concat([units, *born]).to_csv(folder / "units.csv", index=False)
    columns = ["predecessor", "successor", "kind", "share", "basis_share"]
    more = pd.DataFrame(ROWS, columns=columns).assign(on=DAY, basis="Nghị quyết thử")
    known = pd.read_csv(folder / "unit_successions.csv", dtype="str", keep_default_na=False)
    pd.concat([known, more]).to_csv(folder / "unit_successions.csv", index=False)
    return {
        f"ref.{name}": read_facts(CATALOGUE, folder, name)
        for name in ("units", "unit_names", "unit_successions")
    }


@pytest.fixture(scope="module")
def table(facts):
    """Both views of 2026-H1, on the map of 2027, by view, scope and indicator."""
    answers = {(unit, COUNT): held for unit, held in HELD.items()}
    for unit, done, due in (("xa-mh-17", 1, 2), ("xa-mh-18", 9, 10)):
        answers |= {(unit, "xa.publish_done"): done, (unit, "xa.publish_due"): due}
    answers |= {("xa-mh-17", "ntm.recognised"): 1, ("xa-mh-18", "ntm.recognised"): 0}
    answers |= {("xa-mh-22", "ntm.recognised"): 1}
    observed = table_contract(CATALOGUE, "core.observations")
    empty = dict.fromkeys(column.name for column in observed.columns)
    rows = [
        empty
        | {
            "unit_id": unit,
            "period": "2026-H1",
            "element": element,
            "value": float(value),
            "state": "value" if value else "zero",
            "source": "form",
            "provider": unit,
            "is_estimate": True,
            "is_illustrative": True,
        }
        for (unit, element), value in answers.items()
    ]
    indicators = {name: CATALOGUE.indicators[name] for name in (COUNT, RATE, STATUS)}
    values = both_views(
        observations=observed.conform(pd.DataFrame(rows)),
        registers={},
        register_known={},
        reporting=table_contract(CATALOGUE, "core.reporting").empty(),
        units=facts["ref.units"],
        successions=facts["ref.unit_successions"],
        catalogue=CATALOGUE.model_copy(update={"indicators": indicators}),
        period=PERIOD,
        scopes=[PROVINCE, *OLD, "xa-mh-30"],
        as_of=dt.datetime(2026, 6, 10, 8, tzinfo=dt.UTC),
    )
    return values.set_index(["view", "scope_id", "indicator"])["value"].sort_index()


def test_the_merger_is_not_shipped():
    units = read_facts(CATALOGUE, SHIPPED, "units")
    assert not set(NEW) & set(units["unit_id"])


def test_reported_figures_stay_with_the_old_units(table):
    for unit, held in HELD.items():
        assert table["as_reported", unit, COUNT] == held
    assert table["as_reported", PROVINCE, COUNT] == sum(HELD.values())


def test_figures_go_where_the_land_went_to_the_last_unit(table):
    today = table["as_today"].xs(COUNT, level="indicator")
    assert today["xa-mh-17-2"] == 3 + 5 + 8 / 4
    assert today["xa-mh-20-2"] == 13 + 8 * 3 / 4
    assert today["xa-mh-22-2"] == HELD["xa-mh-22"]
    # its code was that of 20, its land is that of 21
    assert today["xa-mh-21-2"] == HELD["xa-mh-21"]
    assert today[list(NEW)].sum() == today[PROVINCE] == sum(HELD.values())
    assert not set(OLD) & set(today.index)


def test_rates_are_made_anew_and_statuses_are_not_added(table):
    assert table["as_today", "xa-mh-17-2", RATE] == pytest.approx(100 * 10 / 12)
    assert pd.isna(table["as_today", "xa-mh-17-2", STATUS])
    # a new name on the same land keeps even what is not added
    assert table["as_today", "xa-mh-22-2", STATUS] == 100


def test_the_province_has_fewer_communes_from_that_day(facts):
    units, successions = facts["ref.units"], facts["ref.unit_successions"]
    communes = CATALOGUE.populations["qcdc_communes"]
    for day, size in ((dt.date(2027, 6, 30), 102), (dt.date(2027, 7, 1), 100)):
        assert len(members(communes, units, PROVINCE, day, successions)) == size


def test_schools_stand_below_what_their_commune_became(facts):
    units, successions = facts["ref.units"], facts["ref.unit_successions"]
    schools = units[(units["parent_id"] == "xa-mh-18") & units["valid_to"].isna()]["unit_id"]
    assert len(schools) == 2
    for school in schools:
        assert scope_of(units, school, dt.date(2027, 7, 1), successions) == "xa-mh-17-2"


def test_names_and_codes_are_understood_by_day(facts):
    directory = Directory.of(facts)
    before, after = dt.date(2027, 6, 30), dt.date(2027, 7, 1)
    assert directory.find("99920", before, PROVINCE).unit_id == "xa-mh-20"
    assert directory.find("99920", after, PROVINCE).unit_id == "xa-mh-21-2"
    assert directory.find("Xã minh họa 18", before, PROVINCE).unit_id == "xa-mh-18"
    assert directory.find("Xã minh họa 18", after, PROVINCE).how == "ended"
