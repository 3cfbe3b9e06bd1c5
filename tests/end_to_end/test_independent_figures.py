"""Every figure of a report, recomputed by a script that shares nothing with the evaluation.

QCDC_WAREHOUSE=<project> lets the long tests recompute a warehouse that is there already, such as
one with years, reviews and 2026-H1.
"""

import ast
import os
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipelines.definitions import build_defs
from pipelines.orchestration.running import run_period
from tests.independent import figures, wholes
from tests.orchestration.mini import fake_report

from .conftest import PERIOD, ROOT, copy_root

SCOPE = "huyen-mh-1"
Tables = dict[str, pd.DataFrame]


def test_the_script_imports_nothing_of_the_program():
    for module in (figures, wholes):
        nodes = list(ast.walk(ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))))
        names = [a.name for node in nodes if isinstance(node, ast.Import) for a in node.names]
        names += [str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)]
        assert names
        assert not [name for name in names if name.startswith("pipelines")]


def test_every_figure_of_the_shipped_period_is_recomputed(shipped_tables: Tables):
    assert figures.differences(shipped_tables, PERIOD) == []
    own = figures.recompute(shipped_tables, PERIOD)
    assert len(own) == len(shipped_tables["report.figures"]) > 1500
    of_scope = own[own["scope_id"] == SCOPE]
    assert of_scope["value"].notna().sum() > 60
    assert set(of_scope["indicator"]) == set(shipped_tables["eval.indicator_values"]["indicator"])


PLANTED = {
    "eval.indicator_values": {
        "dn.conference_rate": {"numerator": 14.0},
        "cq.conference_rate": {"denominator": 25.0},
        "ntm.recognised_rate": {"value": 73.0},
        "ld.committee_meetings": {"reporting_units": 1},
    },
    "report.figures": {
        "nv.posts_streamlined": {"numerator": 41.0},
        "ntm.criteria_total": {"shown_as": "261/285 (91,5%)"},
        "bcd.inspections_planned": {"shown_as": "chưa có số liệu"},
    },
}


def test_wrong_figures_are_found_and_no_others(shipped_tables: Tables):
    changed = {table: _with(shipped_tables[table], cells) for table, cells in PLANTED.items()}
    shown = changed["report.figures"]
    gone = (shown["scope_id"] == SCOPE) & (shown["indicator"] == "tthc.resolution_rate")
    changed["report.figures"] = shown[~gone]
    found = figures.differences(shipped_tables | changed, PERIOD)
    wanted = [name for cells in PLANTED.values() for name in cells] + ["tthc.resolution_rate"]
    assert sorted(line.split("@")[0].removeprefix(f"{PERIOD}/") for line in found) == sorted(wanted)


def test_a_changed_value_in_force_changes_what_is_recomputed(shipped_tables: Tables):
    seen = shipped_tables["core.observations"].copy()
    here = (seen["unit_id"] == "dn-mh-01") & (seen["element"] == "dn.conference_held")
    assert here.sum() == 1
    seen.loc[here, ["value", "state"]] = [0.0, "zero"]
    found = figures.differences(shipped_tables | {"core.observations": seen}, PERIOD)
    told = [line for line in found if line.startswith(f"dn.conference_rate@{SCOPE}: numerator")]
    assert told == [f"dn.conference_rate@{SCOPE}: numerator 13.0, recomputed 12.0"]


def _with(frame: pd.DataFrame, cells: dict[str, dict[str, Any]]) -> pd.DataFrame:
    """A table with other figures of the whole scope."""
    frame = frame.copy()
    for indicator, values in cells.items():
        here = (frame["scope_id"] == SCOPE) & (frame["indicator"] == indicator)
        assert here.sum() == 1
        for column, value in values.items():
            frame.loc[here, column] = value
    return frame


@pytest.fixture(scope="module")
def long_tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """The warehouse of the project that QCDC_WAREHOUSE names; else the sample with a year."""
    named = os.environ.get("QCDC_WAREHOUSE")
    if named:
        return figures.load(Path(named))
    root = copy_root(tmp_path_factory.mktemp("year"))
    shutil.copy(ROOT / "dagster.yaml", root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_HOME", str(root / ".dagster"))
        fake_report(patch)
        assert run_period(root, "2020", lambda _step, _state: None, build_defs).problem is None
    return figures.load(root)


@pytest.mark.long
def test_every_figure_of_long_periods_is_recomputed(long_tables: Tables):
    periods = sorted(long_tables["report.figures"]["period"].unique())
    assert any("-H" not in period for period in periods)
    found = {period: figures.differences(long_tables, period) for period in periods}
    assert {period: lines[:5] for period, lines in found.items() if lines} == {}


@pytest.mark.long
def test_every_value_of_a_longer_period_is_what_its_parts_give(long_tables: Tables):
    periods = sorted(long_tables["report.figures"]["period"].unique())
    found = {period: wholes.differences(long_tables, period) for period in periods}
    # of a year in which the map changed only the figures are recomputed
    found = {p: lines for p, lines in found.items() if lines != [wholes.other_map(p)]}
    assert {period: lines[:5] for period, lines in found.items() if lines} == {}


@pytest.mark.long
def test_a_wrong_value_of_a_longer_period_is_found(long_tables: Tables):
    period = next(p for p in sorted(long_tables["report.figures"]["period"].unique())
                  if "-H" not in p)  # fmt: skip
    seen = long_tables["core.observations"].copy()
    here = seen["period"].eq(period) & seen["element"].eq("ld.committee_meetings")
    one = seen.index[here & seen["state"].eq("value")][0]
    seen.loc[one, "value"] += 1
    found = wholes.differences(long_tables | {"core.observations": seen}, period)
    assert len(found) == 1
    assert str(seen.loc[one, "unit_id"]) in found[0]
