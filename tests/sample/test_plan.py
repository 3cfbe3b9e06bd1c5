"""The plan: totals add up, every rule holds, each special case is there and is the only one."""

import datetime as dt
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from pipelines.catalogue.operators import violations
from pipelines.catalogue.schemas import (
    form_schema,
    register_rules,
    register_schema,
)
from pipelines.sample.cases import CASES, KEEP_REGISTERS
from pipelines.sample.files import SamplePlan
from pipelines.sample.plan import plan_values
from pipelines.sample.setting import read_setting
from pipelines.sample.targets import SampleTargets

from .reading import blank_cells, broken, files_of, last_values, register, table, total, wide

SHIPPED = CASES["2021-H1"]
RETURNED = "xa-mh-07"
OTHERS = {
    "fewer": {
        "dossiers_received": 51000,
        "dossiers_resolved": 49900,
        "ntm_recognised": 9,
        "enterprises_held": 12,
    },
    "small": {
        "dossiers_received": 7,
        "dossiers_resolved": 0,
        "ntm_recognised": 0,
        "agencies_held": 0,
        "enterprises_held": 0,
        "merger": (9, 0),
        "posts": 0,
        "inspections": 0,
    },
    "large": {
        "dossiers_received": 300,
        "dossiers_resolved": 299,
        "ntm_recognised": 15,
        "agencies_held": 23,
        "enterprises_held": 15,
        "inspections": 55,
    },
}


@pytest.fixture(scope="module", params=["published", *OTHERS])
def any_plan(request: pytest.FixtureRequest, plan: SamplePlan, root: Path) -> SamplePlan:
    """The published totals and others."""
    if request.param == "published":
        return plan
    targets = replace(plan.targets, **OTHERS[request.param])
    return plan_values(targets, read_setting(root, "2021-H1"))


def test_reports_add_up_to_the_totals(any_plan: SamplePlan) -> None:
    targets = any_plan.targets
    office = last_values(any_plan, "ntm-2021")
    names = ("ntm.recognised", "ntm.criteria_met")
    countryside = pd.DataFrame({name: office.xs(name, level=1) for name in names})
    recognised = countryside["ntm.recognised"].astype(bool)
    assert len(countryside) == 15
    assert recognised.sum() == targets.ntm_recognised
    assert set(countryside.loc[recognised, "ntm.criteria_met"]) <= {19}
    rest = sorted(countryside.loc[~recognised, "ntm.criteria_met"], reverse=True)
    given = targets.remaining[: len(rest)]
    assert Counter(rest) >= Counter(given)
    agencies, federation = last_values(any_plan, "cq-2021"), last_values(any_plan, "ldld-2021")
    assert total(agencies, "cq.conference_held") == targets.agencies_held
    assert len(agencies.xs("cq.conference_held", level=1)) == 24
    assert total(federation, "dn.conference_held") == targets.enterprises_held
    assert len(federation.xs("dn.conference_held", level=1)) == 15
    affairs = last_values(any_plan, "noivu-2021").droplevel(0)
    assert affairs["nv.posts_streamlined"] == targets.posts
    assert (affairs["nv.units_before_merger"], affairs["nv.units_after_merger"]) == targets.merger
    committee = last_values(any_plan, "bcd-2021").droplevel(0)
    assert committee["bcd.inspections_planned"] == targets.inspections


def test_dossiers_add_up_inside_the_window(any_plan: SamplePlan) -> None:
    (desk,) = [file for file in any_plan.files if "dossiers" in file.rows]
    rows = register(desk, "dossiers", any_plan)
    first, last = pd.Timestamp("2020-12-15"), pd.Timestamp("2021-05-31")
    assert rows["received_on"].between(first, last).sum() == any_plan.targets.dossiers_received
    done = rows["status"].eq("Đã giải quyết") & rows["resolved_on"].between(first, last)
    assert done.sum() == any_plan.targets.dossiers_resolved
    assert len(rows) == any_plan.targets.dossiers_received
    assert (rows["due_on"] >= rows["received_on"]).all()


def test_published_dossiers_look_like_dossiers(plan: SamplePlan) -> None:
    (desk,) = files_of(plan, "mc-mh")
    rows = register(desk, "dossiers", plan)
    assert set(plan.setting.members("qcdc_communes")) < set(rows["unit"])
    assert rows["channel"].str.startswith("Trực tuyến").mean() == pytest.approx(0.40, abs=0.05)
    assert 0.01 < (rows["resolved_on"] > rows["due_on"]).mean() < 0.05
    assert rows["received_on"].dt.day_of_week.max() < 5


def test_every_clean_file_passes_the_gate(any_plan: SamplePlan) -> None:
    catalogue = any_plan.setting.catalogue
    for file in any_plan.files:
        if file is files_of(any_plan, RETURNED)[0]:
            continue
        if file.entered:
            frame = wide(file, any_plan)
            form_schema(catalogue, list(frame.columns)).validate(frame, lazy=True)
        for name in file.rows:
            rows = register(file, name, any_plan)
            register_schema(catalogue, name).validate(rows, lazy=True)
            broken_rows = [
                rule.id
                for rule in register_rules(catalogue, name)
                if rule.operator != "present" and violations(rule, rows).any()
            ]
            assert broken_rows == []


def test_only_the_returned_file_breaks_a_rule(plan: SamplePlan) -> None:
    found = {
        (file.provider, file.name, severity): rules
        for file in plan.files
        if file.entered
        for severity in ("error", "warning", "review")
        if (rules := broken(file, plan, severity))
    }
    assert found == {("xa-mh-07", "xa-2021_2021-H1.xlsx", "error"): {"XA-01"}}


def test_inspections_are_planned_for_the_year_and_done_in_part(plan: SamplePlan) -> None:
    committee, _ = files_of(plan, "bcd-mh")
    rows = register(committee, "inspections", plan)
    assert len(rows) == 7
    assert rows["unit"].is_unique
    assert {unit[:2] for unit in rows["unit"]} == {"xa", "cq", "dn"}
    done = rows[rows["status"] == "Đã thực hiện"]
    assert done["kind"].value_counts().to_dict() == {"Kiểm tra": 2, "Giám sát": 1}
    assert done["done_on"].max() <= pd.Timestamp("2021-05-31")
    assert rows.loc[rows["done_on"].isna(), "planned_month"].min() > 6


def test_senders(plan: SamplePlan) -> None:
    senders = Counter(file.request.form.id for file in plan.files)
    assert senders == {
        "xa-2021": 16 + 2,
        "tonghop-2021": 1,
        "cq-2021": 24 + 1,
        "dn-2021": 14,
        **dict.fromkeys(
            ["bcd-2021", "ntm-2021", "ldld-2021", "noivu-2021", "mttq-2021", "motcua-2021"], 1
        ),
    }
    assert files_of(plan, "dn-mh-15") == []


def test_times_lie_between_request_and_close(plan: SamplePlan) -> None:
    times = [file.received_at for file in plan.files]
    assert times == sorted(times)
    assert plan.opened_at.isoformat() == "2021-05-24T08:00:00+07:00"
    assert plan.closed_at.isoformat() == "2021-06-10T08:00:00+07:00"
    assert times[0].date() > dt.date(2021, 5, 31)  # nobody reports before the cut-off
    assert times[-1].date() == dt.date(2021, 6, 9)
    assert plan.files[-1].request.form.id == "tonghop-2021"
    assert {time.utcoffset() for time in times} == {dt.timedelta(hours=7)}
    assert all(time.weekday() < 5 for time in times)


def test_late_senders(plan: SamplePlan) -> None:
    due = dt.date(2021, 6, 4)
    late = {
        file.provider
        for file in plan.files
        if file.received_at.date() > due and file.request.form.id != "tonghop-2021"
    }
    assert late == {"xa-mh-12", "cq-mh-09", "cq-mh-21", "dn-mh-06", "mttq-mh"}


def test_a_correction_changes_one_value(plan: SamplePlan) -> None:
    first, second = files_of(plan, "xa-mh-04")
    assert second.name == "xa-2021_2021-H1_lan2.xlsx"
    changed = {key for key in first.entered if first.entered[key] != second.entered[key]}
    assert changed == {("xa-mh-04", "xa.receptions")}
    assert broken(first, plan, "error") == set()


def test_a_returned_file_is_sent_again_in_order(plan: SamplePlan) -> None:
    first, second = files_of(plan, "xa-mh-07")
    assert broken(first, plan, "error") == {"XA-01"}
    assert broken(second, plan, "error") == set()
    assert second.received_at > first.received_at


def test_one_compulsory_cell_is_blank(plan: SamplePlan) -> None:
    assert blank_cells(plan, compulsory=True) == {("xa-mh-09", "xa.investment_supervisions")}


def test_what_is_optional_and_blank(plan: SamplePlan) -> None:
    values = {key: value for file in plan.files for key, value in file.entered.items()}
    conditions = {
        "dn.conference_on": "dn.conference_held",
        "cq.conference_on": "cq.conference_held",
        "dn.agreement_sent": "dn.collective_agreement",
        "ld.programme_number": "ld.programme_issued",
        "ld.programme_on": "ld.programme_issued",
        "xa.trees_donated": "xa.land_donated",
        "xa.property_donated": "xa.land_donated",
    }
    unexplained = {
        (unit, element)
        for unit, element in blank_cells(plan, compulsory=False)
        if not element.startswith(SHIPPED.left_blank.get(unit, ()))
        and values.get((unit, conditions.get(element, "")), True)
        and (element, values.get((unit, "dn.kind"))) != ("dn.inspectorate", "Doanh nghiệp khác")
        # communes that are not recognised have no decision
        and element not in {"ntm.recognised_number", "ntm.recognised_on"}
    }
    assert unexplained == set()
    assert {unit for unit, _ in blank_cells(plan, compulsory=False)} > set(SHIPPED.left_blank)


def test_what_the_article_does_not_say_is_nowhere(plan: SamplePlan) -> None:
    said = {element for file in plan.files for _, element in file.entered}
    assert not {element for element in said if element.startswith("xa.petitions_")}
    assert "bcd.units_reminded" not in said
    assert not [file for file in plan.files if "petitions" in file.rows]


def test_half_of_the_communes_keep_registers_that_agree_with_the_form(plan: SamplePlan) -> None:
    kept = {
        file.provider: file
        for file in plan.files
        if file.request.form.id == "xa-2021" and file.rows
    }
    assert len(kept) == 8
    assert set(kept) < KEEP_REGISTERS
    for unit, file in kept.items():
        said = {element: value for (_, element), value in file.entered.items()}
        meetings = register(file, "meetings", plan)
        assert len(meetings) == said["xa.meetings"]
        assert meetings["village"].nunique() == said["xa.villages_met"]
        assert meetings["votes_for"].sum() == said["xa.households_agreed"]
        assert meetings["households_present"].sum() == said["xa.households_present"]
        assert meetings["households_total"].sum() == said["xa.households_total"]
        assert (meetings["votes_for"] * 2 > meetings["households_total"]).all()
        receptions = register(file, "receptions", plan)
        assert len(receptions) == said["xa.receptions"]
        assert receptions["people"].sum() == said["xa.reception_people"]
        assert receptions.loc[receptions["crowd"], "people"].sum() == said["xa.crowd_people"]
        contributions = register(file, "contributions", plan)
        assert contributions["people_money"].sum() == said["xa.contribution_money"]
        assert contributions["land_area"].sum() == said["xa.land_donated"]
        assert register(file, "dialogues", plan)["answered"].sum() == said["xa.dialogue_answered"]
        assert {row["unit"] for rows in file.rows.values() for row in rows} == {unit}


def test_parts_add_up_to_totals(any_plan: SamplePlan) -> None:
    communes = table(any_plan, "xa-2021")
    for whole, parts in {
        "xa.works_value": ["xa.works_state_budget", "xa.works_people_money", "xa.works_other"],
        "xa.dialogues": ["xa.dialogues_party", "xa.dialogues_government"],
        "tthc.dossiers_received": ["tthc.dossiers_resolved", "tthc.dossiers_pending"],
    }.items():
        assert (communes[whole] == communes[parts].sum(axis=1)).all(), whole
    (desk,) = files_of(any_plan, "mc-mh")
    received = Counter(row["unit"] for row in desk.rows["dossiers"])
    counted = communes["tthc.dossiers_received"]
    assert {unit: received[unit] for unit in counted.index} == counted.to_dict()
    enterprises = table(any_plan, "dn-2021")
    kinds = [f"dn.dialogues_{kind}" for kind in ("periodic", "requested", "case")]
    assert (enterprises["dn.dialogues"] == enterprises[kinds].sum(axis=1)).all()


def test_the_master_workbook_differs_in_one_cell(plan: SamplePlan) -> None:
    master = plan.files[-1]
    said = {
        key: value
        for file in plan.files[:-1]
        if file.provider not in {"ntm-mh", "ldld-mh"}
        for key, value in file.entered.items()
    }
    said |= {**last_values(plan, "ntm-2021"), **last_values(plan, "ldld-2021")}
    differing = {key for key, value in master.entered.items() if said[key] != value}
    assert differing == {SHIPPED.master_differs}
    units = {unit for unit, _ in master.entered}
    assert len(units) == 16 + 24 + 14
    assert "dn-mh-15" not in units


def test_units_agree_with_the_authorities_but_one(any_plan: SamplePlan) -> None:
    official = {**last_values(any_plan, "ntm-2021"), **last_values(any_plan, "ldld-2021")}
    own = {**last_values(any_plan, "xa-2021"), **last_values(any_plan, "dn-2021")}
    differing = {key for key in official if key in own and own[key] != official[key]}
    assert differing == {("xa-mh-06", "ntm.criteria_met")}
    assert own["tt-mh-01", "ntm.recognised"] == own["tt-mh-01", "ntm.criteria_met"] == "x"


def test_one_note_agrees_with_the_figures(plan: SamplePlan) -> None:
    (noted,) = [file for file in plan.files if file.notes]
    assert noted.provider == "cq-mh-05"
    frame = wide(noted, plan)
    absent = int((frame["cq.conference_summoned"] - frame["cq.conference_attended"]).sum())
    assert noted.notes == {
        ("cq-mh-05", "cq.conference_attended"): (
            f"Vắng {absent:02d} người do đi tập huấn, nghỉ phép"
        )
    }


def test_a_plan_follows_from_its_arguments(plan: SamplePlan, root: Path) -> None:
    again = plan_values(SampleTargets(**vars(plan.targets)), read_setting(root, "2021-H1"))
    assert [vars(file) for file in again.files] == [vars(file) for file in plan.files]
