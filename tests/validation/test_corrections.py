"""Declared corrections behind their guard, and verdicts on findings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from pipelines.validation.accept import observations, settle
from pipelines.validation.corrections import Applied, apply
from pipelines.validation.decided import (
    ABOVE_WHOLE,
    FILE_AT_FAULT,
    ROW_AT_FAULT,
    ROW_NEEDS_CELL,
    decide,
    why_not,
)
from pipelines.validation.gate import InvariantBroken, check_submitted
from pipelines.validation.raw_findings import KEY
from pipelines.validation.rules import find
from tests.validation.conftest import PERIOD, UNITS

if TYPE_CHECKING:
    from tests.validation.conftest import World

SUPERVISIONS = "xa.investment_supervisions"
_TYPED = {"qualifier": "=", "text": None, "operator": None, "expected": None}


@dataclass(frozen=True)
class Said:
    """A verdict, as ``intake.decisions.Verdict`` says it."""

    key: tuple[str | None, ...]
    action: str = "accept"
    who: str = "Thường trực BCĐ"
    why: str = "đã đối chiếu"
    found: str | None = None


def correction(world: World, asked: str, number: float, **changed: Any) -> dict[str, Any]:
    entry = world.entry("xa-2021", asked)
    row = {
        **{name: entry[name] for name in ("submission_id", "sheet", "cell", "unit_id", "element")},
        "register_id": None,
        "row": None,
        "holds": "nhiều",
        "expect": "nhiều",
        "given": str(number),
        "state": "value",
        "value": number,
        **_TYPED,
    }
    return row | changed


def applied(world: World, *corrections: dict[str, Any]) -> Applied:
    frames = world.frames()
    frame = pd.DataFrame(list(corrections))
    return apply(frames["entries"], frames["rows"], frames["faults"], frame)


def findings_after(world: World, done: Applied) -> pd.DataFrame:
    frames = world.frames()
    frames |= {"entries": done.entries, "rows": done.rows, "faults": done.faults}
    return find(**frames, units=UNITS, catalogue=world.catalogue, period=PERIOD)


def untyped(world: World) -> World:
    world.edit({"form": "xa-2021", "fault": "typed", "element": SUPERVISIONS, "found": "nhiều"})
    return world


def test_a_corrected_cell_has_its_value_and_no_fault(world: World) -> None:
    done = applied(untyped(world), correction(world, SUPERVISIONS, 4.0))
    entry = done.entries[done.entries["element"] == SUPERVISIONS].iloc[0]
    assert (entry["state"], entry["value"], entry["decided"]) == ("value", 4.0, "correct")
    assert done.entries["decided"].notna().sum() == 1
    assert done.faults.empty
    assert done.fits.tolist() == [True]
    assert findings_after(world, done).empty


def test_only_the_corrected_cell_changes(world: World) -> None:
    before = untyped(world).frames()["entries"]
    done = applied(world, correction(world, SUPERVISIONS, 4.0))
    others = before["element"] != SUPERVISIONS
    pd.testing.assert_frame_equal(
        done.entries.loc[others.to_numpy()].drop(columns="decided"), before[others]
    )


@pytest.mark.parametrize("holds", ["4", None, "nhiều lắm"])
def test_a_correction_of_other_content_is_told_and_not_applied(
    world: World, holds: str | None
) -> None:
    done = applied(untyped(world), correction(world, SUPERVISIONS, 4.0, holds=holds))
    entry = done.entries[done.entries["element"] == SUPERVISIONS].iloc[0]
    assert entry["state"] == "quarantined"
    assert done.fits.tolist() == [False]
    found = findings_after(world, done).set_index("rule")
    assert set(found.index) == {"CELL-TYPE", "COR-01"}
    stale = found.loc["COR-01"]
    assert (stale["found"], stale["expected"]) == (holds or "ô để trống", "nhiều")


def test_a_cell_that_was_blank_may_be_corrected(world: World) -> None:
    world.edit({"form": "xa-2021", "element": SUPERVISIONS, "value": None})
    done = applied(world, correction(world, SUPERVISIONS, 4.0, holds=None, expect=None))
    assert done.fits.tolist() == [True]
    assert findings_after(world, done).empty


def test_a_correction_of_no_cell_is_told(world: World) -> None:
    stray = correction(untyped(world), SUPERVISIONS, 4.0, cell="Z99", element=None, holds=None)
    done = applied(world, stray)
    assert done.fits.tolist() == [False]
    assert "không có ô này" in done.faults.set_index("operator")["found"]["guard_holds"]


def test_a_correction_that_is_no_value_leaves_the_cell_out(world: World) -> None:
    wrong = {"state": "quarantined", "value": None, "operator": "typed", "expected": "một số"}
    done = applied(untyped(world), correction(world, SUPERVISIONS, 4.0, given="vài", **wrong))
    fault = done.faults.iloc[0]
    assert (fault["operator"], fault["found"], fault["expected"]) == ("typed", "vài", "một số")
    assert done.entries.set_index("element")["state"][SUPERVISIONS] == "quarantined"


def test_a_cell_of_a_register_is_corrected(world: World) -> None:
    world.edit({"register": "meetings", "row": 5, "column": "households_present", "value": 10**6})
    rows = world.frames()["rows"]["meetings"]
    row = rows[rows["row"] == 5].iloc[0]
    given = {
        "submission_id": row["submission_id"],
        "sheet": row["sheet"],
        "register_id": "meetings",
        "row": 5,
        "element": "households_present",
        "holds": "1.000.000",
        "expect": "1.000.000",
    }
    right = correction(world, SUPERVISIONS, 10, cell="F5", **given)
    done = applied(world, right)
    corrected = done.rows["meetings"].set_index("row")["households_present"]
    assert corrected[5] == 10
    assert str(corrected.dtype) == "Int64"
    stale = applied(world, right | {"holds": "9"})
    assert stale.rows["meetings"].set_index("row")["households_present"][5] == 10**6


def test_an_observation_says_that_it_was_corrected(world: World) -> None:
    done = applied(untyped(world), correction(world, SUPERVISIONS, 4.0))
    submissions = settle(world.frames()["submissions"], findings_after(world, done))
    table = observations(
        submissions=submissions,
        entries=done.entries,
        units=UNITS,
        expected=pd.DataFrame({"unit_id": ["xa-1"], "element": [SUPERVISIONS]}),
        catalogue=world.catalogue,
        period=PERIOD,
        period_end=pd.Timestamp("2021-06-30").date(),
    ).set_index("element")
    assert list(table.loc[SUPERVISIONS, ["state", "value", "decided"]]) == [
        "value",
        4.0,
        "correct",
    ]
    assert table["decided"].notna().sum() == 1


def judged(world: World, action: str = "accept", **changed: Any) -> pd.DataFrame:
    """The findings of a world, the first of them decided."""
    found = world.find()
    key = tuple(None if pd.isna(part) else part for part in found.iloc[0][KEY])
    verdict = replace(Said(key, action), **changed)
    return decide(found, [verdict], world.frames()["submissions"], world.catalogue)


def test_an_accepted_error_no_longer_returns_the_file(world: World) -> None:
    untyped(world)
    submissions = world.frames()["submissions"]
    assert settle(submissions, world.find())["status"].tolist() == ["returned"]
    found = judged(world)
    assert found[["decision", "decided_by", "decided_why"]].iloc[0].tolist() == [
        "accept",
        "Thường trực BCĐ",
        "đã đối chiếu",
    ]
    settled = settle(submissions, found)
    assert settled["status"].tolist() == ["accepted_with_warnings"]
    assert settled["reason"].tolist() == ["1 nội dung đã được chấp nhận"]


def test_a_file_that_is_sent_back_is_returned_whatever_was_found(world: World) -> None:
    world.edit({"form": "xa-2021", "element": "xa.inspectorate_members", "value": 3})
    submissions = world.frames()["submissions"]
    assert settle(submissions, world.find())["status"].tolist() == ["accepted_with_warnings"]
    settled = settle(submissions, judged(world, "return"))
    assert settled["status"].tolist() == ["returned"]
    assert "XA-05" in settled["reason"][0]


@pytest.mark.parametrize("changed", [{"found": "nhiều hơn"}, {"key": ("x",) * 6}])
def test_a_verdict_speaks_of_the_finding_it_was_made_for(
    world: World, changed: dict[str, Any]
) -> None:
    found = judged(untyped(world), **changed)
    assert found["decision"].isna().all()


def test_a_verdict_that_quotes_what_is_found_stands(world: World) -> None:
    assert judged(untyped(world), found="nhiều")["decision"].tolist() == ["accept"]


# what nobody may accept: afterwards the warehouse would contradict itself
BARRED = [
    ({"form": "xa-2021", "fault": "identified", "found": "biểu lạ"}, "SUB-01", FILE_AT_FAULT),
    ({"form": "xa-2021", "element": "xa.publish_done", "value": 59}, "XA-01", ABOVE_WHOLE),
    ({"form": "ntm-2021", "element": "ntm.criteria_met", "value": 20}, "CELL-BOUNDS", None),
    (
        {"register": "meetings", "row": 5, "column": "votes_for", "value": 10**6},
        "HOP-03",
        ROW_AT_FAULT,
    ),
    ({"form": "xa-2021", "element": "ld.models_recognised", "value": 99}, "LD-09", None),
]


@pytest.mark.parametrize(("change", "rule", "bar"), BARRED)
def test_only_what_leaves_the_sums_right_may_be_accepted(
    world: World, change: dict[str, Any], rule: str, bar: str | None
) -> None:
    world.edit(change)
    found = world.find()
    own = found[found["rule"] == rule]
    submissions = world.frames()["submissions"]
    assert set(why_not(own, submissions, world.catalogue)) == {bar}
    verdicts = [
        Said(tuple(None if pd.isna(p) else p for p in row[KEY])) for _, row in own.iterrows()
    ]
    decided = decide(own, verdicts, submissions, world.catalogue)
    assert decided["decision"].notna().all() == (bar is None)


def test_a_needed_cell_of_a_register_may_not_be_left_out(world: World) -> None:
    world.edit({"register": "meetings", "row": 5, "column": "votes_for", "value": 10**6})
    found = world.find().query("rule == 'HOP-03'").assign(rule="CELL-TYPE")
    submissions = world.frames()["submissions"]
    found = found.assign(sheet="Sổ đối thoại")
    columns = world.catalogue.registers["dialogues"].columns
    needed = next(column.id for column in columns if column.required)
    free = next(column.id for column in columns if not column.required)
    assert why_not(found.assign(element=needed), submissions, world.catalogue) == [ROW_NEEDS_CELL]
    assert why_not(found.assign(element=free), submissions, world.catalogue) == [None]


def test_the_gate_lets_accepted_errors_pass_and_no_others(world: World) -> None:
    world.edit({"form": "xa-2021", "element": "ld.models_recognised", "value": 99})
    found = world.find()
    frames = world.frames()
    submissions = frames["submissions"]
    errors = found[found["severity"] == "error"]
    verdicts = [
        Said(tuple(None if pd.isna(p) else p for p in row[KEY])) for _, row in errors.iterrows()
    ]
    decided = decide(found, verdicts, submissions, world.catalogue)
    accepted = settle(submissions, decided)
    assert set(accepted["status"]) <= {"accepted", "accepted_with_warnings"}
    given = {
        "submissions": accepted,
        "entries": frames["entries"],
        "rows": frames["rows"],
        "catalogue": world.catalogue,
        "period": PERIOD,
    }
    check_submitted(**given, findings=decided)
    with pytest.raises(InvariantBroken):
        check_submitted(**given, findings=found)
