"""The settings of Dagster and JupyterLab are read as meant by the versions we lock."""

import shutil
import sys
from pathlib import Path

import yaml
from dagster import DagsterInstance
from jupyterlab_server.settings_utils import get_settings
from jupyterlab_server.translation_utils import get_language_pack

ROOT = Path(__file__).resolve().parents[2]
TRANSLATION = "@jupyterlab/translation-extension:plugin"


def test_dagster_accepts_the_settings(tmp_path: Path) -> None:
    shutil.copy(ROOT / "dagster.yaml", tmp_path)
    with DagsterInstance.from_config(str(tmp_path)) as instance:
        assert instance.telemetry_enabled is False
        assert instance.nux_enabled is False
        assert instance.run_monitoring_enabled
        assert instance.run_monitoring_max_runtime_seconds > 0
        queue = instance.get_concurrency_config().run_queue_config
        assert queue is not None
        assert queue.max_concurrent_runs == 1


def test_every_tick_is_pruned_at_last(tmp_path: Path) -> None:
    shutil.copy(ROOT / "dagster.yaml", tmp_path)
    with DagsterInstance.from_config(str(tmp_path)) as instance:
        settings = instance.get_settings("retention")
    for kind in ("schedule", "sensor", "auto_materialize"):
        days = settings[kind]["purge_after_days"]
        assert set(days) == {"skipped", "started", "success", "failure"}
        assert all(value > 0 for value in days.values())


def test_workspace_loads_one_module_from_the_root() -> None:
    (entry,) = yaml.safe_load((ROOT / "workspace.yaml").read_text(encoding="utf-8"))["load_from"]
    assert entry["python_module"] == {
        "module_name": "pipelines.definitions",
        "working_directory": ".",
        "location_name": "qcdc",
    }


def test_jupyterlab_speaks_vietnamese_by_default(tmp_path: Path) -> None:
    settings, _ = get_settings(
        app_settings_dir=str(ROOT / ".jupyter"),
        schemas_dir=str(Path(sys.prefix) / "share/jupyter/lab/schemas"),
        settings_dir=str(tmp_path),
        schema_name=TRANSLATION,
    )
    locale = settings["schema"]["properties"]["locale"]["default"]
    assert locale == "vi_VN"
    pack, message = get_language_pack(locale)
    assert message == ""
    assert len(pack["jupyterlab"]) > 100
