"""The nightly tidying asks for no run, removes what may go and tells what is in its way."""

import os
import time
from pathlib import Path

import dagster as dg
import pytest

from pipelines.definitions import build_defs
from pipelines.operations.housekeeping import NAME, housekeeping
from pipelines.orchestration.resources import ClockResource, ProjectResource
from pipelines.warehouse.lock import writer_lock
from tests.operations.projects import add_version, home, small_project


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "project").mkdir()
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "project" / ".dagster"))
    monkeypatch.setattr("pipelines.operations.retention._PATIENCE_SECONDS", 0.0)
    return small_project(tmp_path / "project")


def night(root: Path) -> str:
    """What a tick tells."""
    with (
        dg.DagsterInstance.from_config(str(home(root))) as instance,
        # closed before the next load of definitions, which would ask an instance that is gone
        dg.build_schedule_context(
            instance=instance,
            resources={"project": ProjectResource(root=str(root)), "clock": ClockResource()},
        ) as context,
    ):
        told = housekeeping().evaluate_tick(context)
    assert not told.run_requests
    return told.skip_message or ""


def test_what_is_past_its_time_goes_at_night(root: Path) -> None:
    unnamed = next((root / "warehouse").rglob("*.parquet"))
    at = time.time() - 30 * 86_400
    os.utime(unnamed, (at, at))
    add_version(root, "xa-mh-02")
    with writer_lock(root):
        assert "Tệp cũ của kho dữ liệu: chưa dọn được, QCDC-W02" in night(root)
    assert unnamed.exists()
    assert night(root) == "Tệp cũ của kho dữ liệu: đã xóa 1"
    assert not unnamed.exists()
    assert night(root) == "Không có gì quá hạn giữ."


def test_what_cannot_be_judged_is_told(root: Path) -> None:
    (root / "warehouse" / "manifest.json").write_text("{", encoding="utf-8")
    assert night(root).startswith("chưa dọn được, QCDC-W03")


@pytest.mark.parametrize(("said", "status"), [("on", "RUNNING"), ("", "STOPPED")])
def test_it_is_on_where_the_automation_is(
    monkeypatch: pytest.MonkeyPatch, said: str, status: str
) -> None:
    monkeypatch.setenv("QCDC_AUTOMATION", said)
    (found,) = [s for s in build_defs().schedules or () if s.name == NAME]
    assert isinstance(found, dg.ScheduleDefinition)
    assert found.default_status.value == status
