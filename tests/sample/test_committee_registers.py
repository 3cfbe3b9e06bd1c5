"""The committee's registers in the sample: they add up to the form, period after period."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from pipelines.catalogue.operators import register_totals, violations
from pipelines.catalogue.schemas import register_rules
from pipelines.sample.files import PlannedFile, SamplePlan
from pipelines.sample.write import plan_sample

from .reading import files_of, register

PERIODS = ("2020-H1", "2020-H2", "2021-H1")
OPEN = ["Đang thực hiện", "Chưa thực hiện"]


@pytest.fixture(scope="module")
def plans(root: Path) -> dict[str, SamplePlan]:
    return {period: plan_sample(root, period=period) for period in PERIODS}


def of_office(plan: SamplePlan, provider: str) -> PlannedFile:
    return files_of(plan, provider)[0]


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("provider", ["bcd-mh", "nv-mh", "xa-mh-01"])
def test_rows_break_no_rule_and_add_up(
    plans: dict[str, SamplePlan], period: str, provider: str
) -> None:
    plan = plans[period]
    file, catalogue = of_office(plan, provider), plan.setting.catalogue
    compared = 0
    for name in file.rows:
        rows = register(file, name, plan)
        broken = [r.id for r in register_rules(catalogue, name) if violations(r, rows).any()]
        assert broken == []
        for rule in catalogue.rules.values():
            if rule.register_id != name or rule.element is None:
                continue
            said = {unit: v for (unit, e), v in file.entered.items() if e == rule.element}
            total = register_totals(rule, rows.assign(submission_id="s")).get("s")
            if said and total is not None:
                assert list(said.values()) == [total], rule.id
                compared += 1
    assert compared > 0


@pytest.mark.parametrize(("before", "after"), [PERIODS[:2], PERIODS[1:]])
def test_what_is_open_comes_again_with_its_code_and_date(
    plans: dict[str, SamplePlan], before: str, after: str
) -> None:
    old, new = (
        register(of_office(plans[period], "bcd-mh"), "conclusions", plans[period])
        for period in (before, after)
    )
    left = old[old["status"].isin(OPEN)].set_index("conclusion_code")["due_on"]
    carried = new[new["origin"] == "Kỳ trước chuyển sang"]
    carried = carried.set_index("conclusion_code")["due_on"]
    assert len(left) > 0
    assert carried.to_dict() == left.to_dict()


@pytest.mark.parametrize("period", PERIODS)
def test_every_commune_has_one_lead_among_the_members(
    plans: dict[str, SamplePlan], period: str
) -> None:
    plan = plans[period]
    file = of_office(plan, "bcd-mh")
    areas, members = (register(file, name, plan) for name in ("assignments", "committee_members"))
    now = areas[areas["valid_to"].isna()]
    assert list(now["unit"]) == plan.setting.members("qcdc_communes")
    # the committee was made anew in October 2020
    assert len(areas) == (32 if period == "2020-H2" else 16)
    assert areas["lead_code"].isin(members["member_code"]).all()
    assert (areas["lead_code"] != areas["co_members"]).all()
    assert areas["valid_from"].le(pd.Timestamp(plan.setting.data_to)).all()


def test_the_committee_is_made_anew_once_in_the_three_periods(
    plans: dict[str, SamplePlan],
) -> None:
    bodies = [
        register(of_office(plans[period], "bcd-mh"), "committees", plans[period])
        for period in PERIODS
    ]
    assert [len(each) for each in bodies] == [2, 3, 3]
    assert bodies[0]["valid_to"].isna().sum() == 1
    assert bodies[2]["valid_to"].iloc[1].date() == dt.date(2020, 10, 14)


def test_the_published_changes_stand_in_the_registers(plans: dict[str, SamplePlan]) -> None:
    plan = plans["2021-H1"]
    office = of_office(plan, "nv-mh")
    (merger,) = register(office, "organisation_changes", plan).to_dict("records")
    assert (merger["units_before"], merger["units_after"]) == (3, 1)
    assert register(office, "personnel_changes", plan)["cases"].sum() == 40
