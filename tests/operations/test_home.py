"""New settings reach an old home; what an office changed stays and is named."""

import json
from pathlib import Path

import dagster as dg
import pytest
import yaml
from dagster._core.instance.ref import InstanceRef

from pipelines.orchestration.home import (
    COPIED,
    SETTINGS,
    changed_settings,
    copied,
    refresh_settings,
)
from tests.operations.instances import settled

NEWER = "run_monitoring: {enabled: true, max_runtime_seconds: 60}\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "project").mkdir()
    return settled(tmp_path / "project")


@pytest.fixture
def home(root: Path) -> Path:
    return root / ".dagster"


def test_a_newer_version_replaces_an_unchanged_copy(root: Path, home: Path) -> None:
    assert refresh_settings(root, home)
    assert (home / SETTINGS).read_bytes() == (root / SETTINGS).read_bytes()
    (root / SETTINGS).write_text(NEWER, encoding="utf-8")
    assert refresh_settings(root, home)
    assert (home / SETTINGS).read_text(encoding="utf-8") == NEWER
    assert changed_settings(root, home) == []


def test_what_the_office_changed_stays_and_is_named(root: Path, home: Path) -> None:
    refresh_settings(root, home)
    settings = yaml.safe_load((home / SETTINGS).read_bytes())
    settings["run_monitoring"]["max_runtime_seconds"] = 9000
    settings["sensors"] = {"use_threads": True}
    mine = yaml.safe_dump(settings)
    (home / SETTINGS).write_text(mine, encoding="utf-8")
    (root / SETTINGS).write_bytes((root / SETTINGS).read_bytes() + b"# newer\n")
    assert not refresh_settings(root, home)
    assert (home / SETTINGS).read_text(encoding="utf-8") == mine
    assert changed_settings(root, home) == [
        "run_monitoring.max_runtime_seconds: 3600 → 9000",
        "sensors.use_threads: (không có) → true",
    ]


def test_a_home_of_before_copies_were_remembered_is_brought_up_to_date(
    root: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refresh_settings(root, home)
    old = copied(home).digest
    (home / COPIED).unlink()
    (root / SETTINGS).write_text(NEWER, encoding="utf-8")
    assert not refresh_settings(root, home), "an unknown version may be the office's own"
    monkeypatch.setattr("pipelines.orchestration.home._EARLIER", frozenset({old}))
    assert refresh_settings(root, home)
    assert (home / SETTINGS).read_text(encoding="utf-8") == NEWER


def test_a_damaged_note_of_what_was_copied_loses_nothing(root: Path, home: Path) -> None:
    refresh_settings(root, home)
    for damaged in (b"", b"[]", b"\xff\xfe"):
        (home / COPIED).write_bytes(damaged)
        assert refresh_settings(root, home)
        assert json.loads((home / COPIED).read_bytes())["storage"] == "sqlite"


def test_the_storage_is_chosen_and_kept(root: Path, home: Path) -> None:
    refresh_settings(root, home, "postgres")
    assert "storage" in yaml.safe_load((home / SETTINGS).read_bytes())
    refresh_settings(root, home)
    assert "storage" in yaml.safe_load((home / SETTINGS).read_bytes())
    refresh_settings(root, home, "sqlite")
    assert "storage" not in yaml.safe_load((home / SETTINGS).read_bytes())


def test_programs_that_are_started_are_not_told_the_password(
    root: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dagster hands its settings to code servers on the command line, which everybody may list."""
    for name in ("HOST", "PORT", "DATABASE", "USER"):
        monkeypatch.setenv(f"QCDC_PG_{name}", "5432")
    monkeypatch.setenv("QCDC_PG_PASSWORD", "s3cret")
    refresh_settings(root, home, "postgres")
    handed = json.dumps(InstanceRef.from_dir(str(home)).to_dict())
    assert "QCDC_PG_PASSWORD" in handed
    assert "s3cret" not in handed


def test_the_shipped_settings_bound_runs_and_retries(root: Path, home: Path) -> None:
    refresh_settings(root, home)
    with dg.DagsterInstance.from_config(str(home)) as instance:
        assert instance.run_retries_enabled
        assert instance.run_retries_max_retries == 2
        assert not instance.run_retries_retry_on_asset_or_op_failure
        assert 0 < instance.run_monitoring_max_runtime_seconds <= 3_600
