"""Two rounds: the final one stands over the estimate where somebody has asked for it."""

import datetime as dt

import pandas as pd
import pytest

from pipelines.intake.requested import is_requested
from pipelines.validation.accept import observations
from tests.validation.conftest import World
from tests.validation.test_accept import FREE, one


@pytest.mark.parametrize(
    ("rounds", "expected"), [(["estimate", "final"], 4), (["final", "estimate"], 4), (["final"], 5)]
)
def test_a_final_round_nobody_asked_for_stands_over_no_estimate(
    world: World, units: pd.DataFrame, rounds: list[str], expected: int
) -> None:
    for round_ in rounds:
        world.submit("xa-2021", {FREE: 5 if round_ == "final" else 4}, round_=round_)
    settled = world.settled().assign(is_requested=lambda frame: frame["round"] != "final")
    assert set(settled["status"]) == {"accepted"}, "both stay visible"
    table = observations(
        submissions=settled,
        entries=world.frames()["entries"],
        units=units,
        expected=pd.DataFrame({"unit_id": ["xa-1"], "element": [FREE]}),
        catalogue=world.catalogue,
        period="2021-H1",
        period_end=dt.date(2021, 6, 30),
    ).set_index(["unit_id", "element"])
    assert one(table, "xa-1", FREE)["value"] == expected


def test_a_submission_is_asked_for_unless_a_fault_says_otherwise() -> None:
    submissions = pd.DataFrame({"submission_id": ["a", "b", "c"]})
    faults = pd.DataFrame({"submission_id": ["b", "c"], "operator": ["requested", "typed"]})
    assert list(is_requested(submissions, faults)) == [True, False, True]
