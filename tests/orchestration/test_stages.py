"""What stages take: collected where somebody asks, in the metadata of a run, nowhere else."""

import subprocess
import sys
import time
from pathlib import Path

import dagster as dg
import pytest

from pipelines.orchestration import stages
from pipelines.orchestration.asset_words import HASH
from pipelines.orchestration.metadata import spent_numbers
from pipelines.orchestration.running import Outcome
from pipelines.orchestration.stages import Spent, measured, stage


@stage("second")
def _second() -> str:
    return "done"


def test_stages_add_up_and_keep_their_order() -> None:
    with measured() as spent:
        with stage("first"):
            time.sleep(0.02)
        for _ in range(3):
            assert _second() == "done"
        with stage("first"):
            time.sleep(0.02)
    assert list(spent.stages) == ["first", "second"]
    assert spent.stages["first"] >= 0.04
    assert spent.seconds >= sum(spent.stages.values())
    assert spent.peak_mib >= max(spent.peaks.values()) > 0


def test_nobody_collects_and_everything_runs() -> None:
    with stage("alone"):
        assert _second() == "done"
    assert stages._CURRENT.get() is None


def test_what_fails_ends_its_stage_and_the_watching() -> None:
    with pytest.raises(ValueError, match="no"), measured() as spent, stage("bad"):
        raise ValueError("no")
    assert spent.stages["bad"] <= spent.seconds
    assert spent._within == []
    assert stages._CURRENT.get() is None


_HOLDER = "held = bytearray(b'x') * (200 * 2**20); print('ready', flush=True); input()"


def test_memory_of_workers_counts() -> None:
    with measured() as spent:
        with stage("none"):
            pass
        command, pipe = [sys.executable, "-c", _HOLDER], subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as worker:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "ready\n"
            with stage("worker"):
                pass
            worker.communicate("\n")
    assert spent.peaks["worker"] >= spent.peaks["none"] + 190


def test_numbers_for_curves() -> None:
    spent = Spent(seconds=4.0, peak_mib=100.0, stages={"ghi": 1.23456}, peaks={"ghi": 90.0})
    numbers = spent_numbers(spent, {"Tệp": 10})
    assert {name: number.value for name, number in numbers.items()} == {
        "Thời gian (giây)": 4.0,
        "Bộ nhớ cao nhất (MiB)": 100.0,
        "Tệp mỗi giây": 2.5,
        "Thời gian: ghi (giây)": 1.235,
        "Bộ nhớ: ghi (MiB)": 90.0,
    }
    assert all(isinstance(number, dg.FloatMetadataValue) for number in numbers.values())


@pytest.mark.parametrize(
    ("asset", "named"),
    [
        ("intake/submissions", ["đọc tệp", "kiểm tra số liệu", "ghi"]),
        ("eval/indicator_values", ["đánh giá", "ghi"]),
        ("report/half_year", []),
        ("report/papers", []),
        ("report/evidence", []),
    ],
)
def test_a_run_tells_what_it_took(
    finished: tuple[Path, Outcome], asset: str, named: list[str]
) -> None:
    metadata = _metadata(finished[0], asset)
    assert float(str(metadata["Thời gian (giây)"].value)) > 0
    assert float(str(metadata["Bộ nhớ cao nhất (MiB)"].value)) > 0
    said = [name for name in metadata if name.startswith("Thời gian: ")]
    assert said == [f"Thời gian: {name} (giây)" for name in named]


def test_a_table_says_it_once(finished: tuple[Path, Outcome]) -> None:
    metadata = _metadata(finished[0], "core/observations")
    assert HASH in metadata
    assert not [name for name in metadata if "giây" in name]


def _metadata(root: Path, asset: str) -> dict[str, dg.MetadataValue]:
    with dg.DagsterInstance.from_config(str(root / ".dagster")) as instance:
        event = instance.get_latest_materialization_event(dg.AssetKey(asset.split("/")))
    assert event is not None
    assert event.asset_materialization is not None
    return dict(event.asset_materialization.metadata)
