"""`qcdc run --all`: which periods, in which order, what a period that stops does to the others."""

import datetime as dt
from pathlib import Path

import pytest

from pipelines.intake.journal import append
from pipelines.orchestration import history_command
from pipelines.orchestration.kept_files import HASHES, readings_folder
from pipelines.orchestration.problems import Problem
from pipelines.orchestration.running import Outcome
from pipelines.orchestration.steps import journal_path
from tests.cli.calls import answer
from tests.orchestration.mini import EARLIER, PERIOD, add_earlier, build

STOPPED = Problem("QCDC-E01", "Số liệu tự mâu thuẫn.", "x", "y", "z", 1)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return add_earlier(build(tmp_path_factory.mktemp("all")))


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The periods that are run, in order; the earlier one stops."""
    periods: list[str] = []

    def run(_root: Path, period: str, *_: object) -> Outcome:
        periods.append(period)
        return Outcome("r", STOPPED if period == EARLIER else None)

    monkeypatch.setattr(history_command, "run_period", run)
    return periods


def lock(root: Path, period: str) -> None:
    at = dt.datetime(2021, 7, 1, tzinfo=dt.timezone(dt.timedelta(hours=7))).isoformat()
    said = {"at": at, "who": "kiểm thử", "event": "period", "period": period, "action": "lock"}
    append(journal_path(root, period), said)


def test_every_period_in_order_one_that_stops_stops_no_other(
    project: Path, ran: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code, document = answer(capsys, "run", "--all")
    assert code == 1
    assert ran == [EARLIER, PERIOD]
    assert [each["problem"] and each["problem"]["code"] for each in document["periods"]] == [
        "QCDC-E01",
        None,
    ]
    lock(project, EARLIER)
    ran.clear()
    assert answer(capsys, "run", "--all")[1]["locked"] == [EARLIER]
    assert ran == [PERIOD]
    ran.clear()
    assert answer(capsys, "run", "--all", "--locked")[1]["locked"] == []
    assert ran == [EARLIER, PERIOD]


@pytest.mark.parametrize(
    "options", [(), ("2021-H1", "--all"), ("2021-H1", "--locked"), ("--locked",)]
)
def test_one_period_or_all(
    options: tuple[str, ...], ran: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code, document = answer(capsys, "run", *options)
    assert (code, document["problem"]["code"]) == (2, "QCDC-E103")
    assert ran == []


def test_what_files_looked_like_is_forgotten_on_request(
    project: Path, ran: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    hints = readings_folder(project) / HASHES
    hints.parent.mkdir(parents=True, exist_ok=True)
    hints.write_text("{}", encoding="utf-8")
    answer(capsys, "run", "--all")
    assert hints.is_file()
    answer(capsys, "run", "--all", "--verify")
    assert not hints.exists()
    assert PERIOD in ran
