"""Programs that start together do not break Dagster's history."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.orchestration.home_lock import home_lock
from pipelines.orchestration.problems import Stopped

ROOT = Path(__file__).parents[2]
TOGETHER = 4


def test_one_holds_it_at_a_time(tmp_path: Path) -> None:
    with home_lock(tmp_path):
        with pytest.raises(Stopped) as told, home_lock(tmp_path, patience=0.2):
            pass
        assert told.value.problem.code == "QCDC-E140"
    with home_lock(tmp_path, patience=0.0):
        pass


def test_it_ends_with_who_holds_it(tmp_path: Path) -> None:
    code = (
        "import os, pathlib, sys\n"
        "from pipelines.orchestration.home_lock import home_lock\n"
        "with home_lock(pathlib.Path(sys.argv[1])):\n"
        "    os._exit(9)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path], cwd=ROOT, check=False)
    assert done.returncode == 9
    with home_lock(tmp_path, patience=0.0):
        pass


@pytest.mark.long
def test_programs_that_make_a_history_together_leave_one_that_opens(tmp_path: Path) -> None:
    (tmp_path / "workspace.yaml").touch()
    (tmp_path / "dagster.yaml").write_bytes((ROOT / "dagster.yaml").read_bytes())
    command = [Path(sys.executable).with_name("qcdc"), "sweep", "--json"]
    env = os.environ | {"DAGSTER_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)}
    started = [
        subprocess.Popen(
            command, cwd=tmp_path, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(TOGETHER)
    ]
    told = [process.communicate(timeout=120) for process in started]
    assert [process.returncode for process in started] == [0] * TOGETHER, told
    again = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, check=False)
    assert again.returncode == 0, again.stderr.decode()
