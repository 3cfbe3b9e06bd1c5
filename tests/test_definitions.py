"""Definitions: they load in an empty environment, and nothing happens before they are asked for."""

import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest
import yaml

from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.periods import period_keys
from pipelines.definitions import build_defs
from pipelines.orchestration.resources import ProjectResource
from pipelines.orchestration.steps import evaluate_tables, ingest_tables

ROOT = Path(__file__).parents[1]
LOADED = """
import os, sys
assert not any(name.startswith(("QCDC", "DAGSTER")) for name in os.environ)
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
import pipelines.definitions
assert not [name for name in opened if name.endswith((".yaml", ".csv", ".jsonl"))], opened
pipelines.definitions.defs()
assert [name for name in opened if name.endswith("tables.yaml")]
import dagster
dagster.Definitions.validate_loadable(pipelines.definitions.defs())
"""


@pytest.fixture(scope="module")
def defs() -> dg.Definitions:
    return build_defs()


def test_they_load_outside_the_project_with_an_empty_environment(tmp_path: Path) -> None:
    command = [sys.executable, "-c", LOADED]
    environment = {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []


def test_workspace_names_the_module_that_holds_them() -> None:
    workspace = yaml.safe_load((ROOT / "workspace.yaml").read_text(encoding="utf-8"))
    (entry,) = workspace["load_from"]
    assert entry["python_module"]["module_name"] == "pipelines.definitions"


def test_one_partition_set_for_all_periods(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    keys = [*graph.materializable_asset_keys, *graph.asset_check_keys]
    sets = [graph.get(key).partitions_def for key in keys]
    expected = period_keys(load_catalogue().periods)
    assert all(each is not None and each.get_partition_keys() == expected for each in sets)


def test_one_computation_per_step_that_no_click_can_tear(defs: dg.Definitions) -> None:
    catalogue = load_catalogue()
    for step, tables in (
        ("ingest", ingest_tables(catalogue)),
        ("evaluate", evaluate_tables(catalogue)),
    ):
        key = dg.AssetKey(tables[0].split("."))
        made = defs.resolve_assets_def(key)
        assert made.op.name == step
        assert made.can_subset is False
        assert {".".join(key.path) for key in made.keys} == set(tables)


def test_the_job_takes_everything_and_runs_in_one_process(defs: dg.Definitions) -> None:
    job = defs.resolve_job_def("evaluate_period")
    assert {node.name for node in job.nodes} == {
        "ingest",
        "evaluate",
        "report__half_year",
        "report__papers",
        "report__evidence",
        "ingest_checks",
        "evaluate_checks",
    }
    assert job.executor_def.name == "in_process"


def test_resources_can_be_replaced(tmp_path: Path) -> None:
    defs = build_defs({"project": ProjectResource(root=str(tmp_path))})
    assert defs.resources is not None
    assert defs.resources["project"].folder() == tmp_path


def test_without_a_root_the_nearest_project_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "workspace.yaml").write_text("", encoding="utf-8")
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    assert ProjectResource().folder() == tmp_path
