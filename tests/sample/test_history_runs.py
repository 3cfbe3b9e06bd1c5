"""The history through the whole pipeline: planted cases meet their fate, every half is judged."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from pipelines.orchestration import steps
from pipelines.sample.cases import Cases
from pipelines.sample.history import write_history
from pipelines.sample.setting import read_setting

ROOT = Path(__file__).resolve().parents[2]
HALVES = ["2016-H1", "2025-H2"]

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root with the first half under Pháp lệnh 34 and the first one after the merger."""
    root = tmp_path_factory.mktemp("history")
    (root / "workspace.yaml").write_text("", encoding="utf-8")
    shutil.copytree(ROOT / "raw" / "reference", root / "raw" / "reference")
    told: list[str] = []
    files = write_history(root, HALVES, tell=lambda period, _: told.append(period))
    assert list(files) == HALVES
    assert sorted(told) == HALVES
    return root


def fates(submissions: pd.DataFrame, cases: Cases) -> dict[str, list[str]]:
    """Statuses of the submissions of each case, in order of receipt."""
    units = {
        "returned": cases.returned and cases.returned[0],
        "corrects": cases.corrects and cases.corrects[0],
        "wrong_period": cases.wrong_period,
        "sent_twice": cases.sent_twice,
        "never_sends": cases.never_sends,
        "incomplete": cases.incomplete and cases.incomplete[0],
        "abolished": cases.abolished,
    }
    ordered = submissions.sort_values("submission_id")
    return {
        case: ordered.loc[ordered["provider"] == unit, "status"].tolist()
        for case, unit in units.items()
        if unit is not None
    }


@pytest.mark.parametrize("period", HALVES)
def test_planted_cases_meet_their_fate(written: Path, period: str) -> None:
    setting = read_setting(written, period)
    tables = steps.ingest(written, setting.catalogue, period)
    found = fates(tables["intake.submissions"], setting.cases)
    assert found.pop("returned") == ["returned", "accepted"]
    assert found.pop("corrects") == ["superseded", "accepted"]
    assert found.pop("wrong_period") == ["returned", "accepted"]
    assert found.pop("sent_twice") == ["accepted", "duplicate"]
    assert found.pop("never_sends") == []
    # a blank compulsory cell; a unit that has ended
    assert set(map(tuple, found.values())) == {("accepted_with_warnings",)}
    findings = tables["core.findings"]
    errors = findings.loc[findings["severity"] == "error", ["submission_id", "rule"]]
    assert setting.cases.returned
    planted = {setting.cases.returned[0], setting.cases.wrong_period}
    assert {name.split("/")[1] for name in errors["submission_id"]} == planted
    ended = set(findings.loc[findings["rule"] == "PER-01", "submission_id"])
    assert ended == (
        {f"{period}/{setting.cases.abolished}/01"} if setting.cases.abolished else set()
    )


@pytest.mark.parametrize("period", HALVES)
def test_a_half_of_the_history_runs(written: Path, period: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.cli", "run", period],
        cwd=written,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (written / "warehouse" / "published" / period / "bao-cao.html").is_file()
