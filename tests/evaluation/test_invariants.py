"""Each invariant passes on sound tables, and its breach is named."""

import numpy as np
import pytest

from pipelines.evaluation.invariants import InvariantBroken, check

WANTED = ["dn.conference_rate", "xa.publish_rate", "ntm.recognised_rate", "ntm.remaining_1"]
ANSWERS = {
    ("dn-1", "dn.conference_held"): True,
    ("xa-1", "xa.publish_due"): 5,
    ("xa-1", "xa.publish_done"): 4,
    ("xa-1", "ntm.recognised"): "x",
    ("xa-2", "ntm.recognised"): False,
    ("xa-2", "ntm.criteria_met"): 12,
    ("xa-3", "ntm.recognised"): None,
}
CONFERENCE = "dn.conference_rate"


@pytest.fixture
def sound(evaluate, observe, submissions, with_indicators, dossiers):
    """Tables of a period in which everything holds."""
    return {
        "eval.indicator_values": evaluate(
            ANSWERS, with_indicators(*WANTED), scopes=("h", "xa-1", "dn-1")
        ).reset_index(),
        "core.observations": observe(ANSWERS),
        "core.registers_dossiers": dossiers(("xa-1", "2021-01-04", None)),
        "intake.submissions": submissions(
            *(
                (unit, "xa-2021", "2021-06-01T08:00:00+07:00", "accepted")
                for unit in ("dn-1", "xa-1", "xa-2", "mc")
            )
        ),
    }


@pytest.fixture
def broken(sound, units, with_indicators, period):
    """The problems found once a table is replaced."""

    def run(**changed) -> str:
        tables = sound | {name.replace("__", "."): table for name, table in changed.items()}
        with pytest.raises(InvariantBroken) as caught:
            check(tables=tables, units=units, catalogue=with_indicators(*WANTED), period=period)
        assert len(caught.value.problems) == 1, caught.value.problems
        return caught.value.problems[0]

    return run


def test_sound_tables_pass(sound, units, with_indicators, period):
    check(tables=sound, units=units, catalogue=with_indicators(*WANTED), period=period)


def changed(values, indicator, **cells):
    """Values with some cells of an indicator's district row replaced."""
    row = (values["indicator"] == indicator) & (values["scope_id"] == "h")
    assert row.sum() == 1
    copy = values.copy()
    for column, value in cells.items():
        copy.loc[row, column] = value
    return copy


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"numerator": 3.0}, "numerator above denominator"),
        ({"coverage": 1.5}, "coverage outside 0–1"),
        ({"reporting_units": 3}, "coverage outside 0–1"),
        ({"lower": 51.0}, "value outside its bounds"),
        ({"upper": 49.0, "lower": 49.0}, "value outside its bounds"),
        ({"value": np.nan, "lower": 60.0, "upper": 50.0, "state": "missing"}, "outside its bounds"),
        ({"state": "missing"}, "state and value disagree"),
        ({"value": np.nan}, "state and value disagree"),
        ({"expected_units": 3}, "3 units expected, the population has 2"),
    ],
)
def test_a_value_that_cannot_be(sound, broken, cells, problem):
    found = broken(
        eval__indicator_values=changed(sound["eval.indicator_values"], CONFERENCE, **cells)
    )
    assert problem in found
    assert CONFERENCE in found


def test_units_left_out_are_counted_again(sound, broken):
    # of three communes one does not apply
    values = changed(sound["eval.indicator_values"], "ntm.recognised_rate", expected_units=3)
    assert "the population has 2" in broken(eval__indicator_values=values)
    values = changed(sound["eval.indicator_values"], "ntm.remaining_1", expected_units=3)
    assert "the population has 2" in broken(eval__indicator_values=values)


def test_an_indicator_that_was_dropped(sound, broken):
    values = sound["eval.indicator_values"]
    kept = values[(values["indicator"] != CONFERENCE) | (values["scope_id"] != "h")]
    assert broken(eval__indicator_values=kept) == f"indicators without a row in h: ['{CONFERENCE}']"


def test_a_key_that_stands_twice(sound, broken):
    files = sound["intake.submissions"]
    twice = files.iloc[[0, *range(len(files))]]
    found = broken(intake__submissions=twice)
    assert found.startswith("intake.submissions: key stands twice: 1 rows")


def test_a_missing_observation_that_holds_a_value(sound, broken):
    table = sound["core.observations"].copy()
    table.loc[table["state"] == "missing", "value"] = 0.0
    assert "an observation without value holds one: 1 rows" in broken(core__observations=table)


@pytest.mark.parametrize("status", ["returned", "unreadable", "refused", "duplicate"])
def test_a_figure_from_a_file_that_was_not_accepted(sound, broken, status):
    files = sound["intake.submissions"].copy()
    files.loc[files["provider"] == "xa-2", "status"] = status
    found = broken(intake__submissions=files)
    assert found.startswith("core.observations: no accepted submission: 2 rows")


def test_register_rows_of_an_unknown_file(sound, broken):
    files = sound["intake.submissions"]
    found = broken(intake__submissions=files[files["provider"] != "mc"])
    assert found.startswith("core.registers_dossiers: no accepted submission")


def test_a_value_without_its_cell(sound, broken):
    table = sound["core.observations"].copy()
    table.loc[table["unit_id"] == "dn-1", "cell"] = None
    assert "a value without cell: 1 rows" in broken(core__observations=table)


def test_all_breaches_are_told_at_once(sound, units, with_indicators, period):
    values = changed(sound["eval.indicator_values"], CONFERENCE, coverage=2.0, lower=99.0)
    with pytest.raises(InvariantBroken, match="Nothing was published") as caught:
        check(
            tables=sound | {"eval.indicator_values": values},
            units=units,
            catalogue=with_indicators(*WANTED),
            period=period,
        )
    assert len(caught.value.problems) == 2
