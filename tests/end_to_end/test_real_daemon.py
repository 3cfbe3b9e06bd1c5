"""Sensor, schedule, queue and launcher in the real daemon: floods, two operators, a real minute.

The clock of the programs is set by the test (``QCDC_CLOCK``), so that files come to rest and days
pass when it says so; ticks come from the real daemon, every 30 seconds and every minute.
"""

import datetime as dt
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from pipelines.intake.journal import read_journal
from pipelines.orchestration.automation import ASKED_BY, WHO
from pipelines.orchestration.steps import journal_path
from tests.end_to_end.supervised import RUN_AT_A_DESK, RUN_SECONDS, Site, hashes
from tests.orchestration.mini import PERIOD, build

pytestmark = pytest.mark.long

FILES, SENDERS = 200, ("nv-mh", "ldld-mh", "bcd-mh", "xa-mh-01")
START = dt.datetime.fromisoformat("2021-06-12T09:00:00+07:00")
REST = dt.timedelta(minutes=2)
# after the closing of 10/06 and thirty days for the committee
LOCK_DAY = dt.datetime.fromisoformat("2021-07-12T09:00:00+07:00")
LOOK_SECONDS = 400.0
_TICKS = """query($selector: ScheduleSelector!) { scheduleOrError(scheduleSelector: $selector) {
  ... on Schedule { scheduleState { ticks(limit: 20) { status timestamp } } } } }"""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Site(build, START) as running:
        yield running


class Clock:
    """The site's clock, which only goes forward."""

    def __init__(self, site: Site) -> None:
        self._site, self.now = site, START

    def rest(self) -> None:
        """Let so much time pass that files count as at rest."""
        self.set(self.now + REST)

    def set(self, at: dt.datetime) -> None:
        self.now = at
        self._site.set_clock(at)


@pytest.fixture(scope="module")
def clock(site: Site) -> Clock:
    return Clock(site)


@pytest.fixture(scope="module")
def evaluated(site: Site, clock: Clock) -> Site:
    """The site after the sensor has found what was there and had it evaluated."""
    # the calendar's first lines move raw/: at rest is only what the clock has seen lie since
    site.until(lambda: _ticks(site), LOOK_SECONDS, "the calendar has taken its steps")
    _seen(site)
    clock.rest()
    run = _asked(site, 1)[-1]
    site.until_good(run["runId"])
    return site


def test_a_flood_of_files_becomes_one_run(evaluated: Site, clock: Clock) -> None:
    site = evaluated
    before = len(_runs(site))
    site.hold()
    for number in range(FILES):
        _send(site, SENDERS[number % len(SENDERS)], f"lan-{number:03}")
    _seen(site)
    assert len(_runs(site)) == before, "files on their way ask for nothing"
    clock.rest()
    _asked(site, before + 1)
    site.held()
    # one more comes while they are being evaluated, after they were read
    _send(site, SENDERS[0], "muon")
    _seen(site)
    clock.rest()
    _asked(site, before + 2)
    site.release()
    site.until_all_ended(2 * RUN_SECONDS)
    runs = _runs(site)
    print(f"\nmeasured: {FILES} files at once: 1 run; one more during it: 1 run")  # noqa: T201
    assert len(runs) == before + 2
    assert {run["status"] for run in runs} == {"SUCCESS"}
    received = [e["path"] for e in _journal(site) if e["event"] == "received"]
    assert len(received) == len(set(received)), "no file twice"
    assert len([path for path in received if "/lan-" in path]) == FILES
    assert len([path for path in received if path.endswith("muon.xlsx")]) == 1
    assert site.hashes() == _undisturbed(site)


def test_operators_who_start_one_period_together(evaluated: Site) -> None:
    """Two in the UI and one with `qcdc run`: one result, and nobody's run stays open."""
    site = evaluated
    site.until_all_ended(2 * RUN_SECONDS)
    expected = site.hashes()
    shutil.rmtree(site.root / "warehouse")
    desk = subprocess.Popen(
        [sys.executable, "-c", RUN_AT_A_DESK],
        cwd=site.root,
        env=site.env,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        with ThreadPoolExecutor(2) as operators:
            runs = [each.result() for each in [operators.submit(site.launch) for _ in range(2)]]
        told, _ = desk.communicate(timeout=RUN_SECONDS)
    finally:
        desk.kill()
        desk.wait(10)
    # 1: the run is good, this small project agrees with few published figures
    problem = json.loads(told).get("problem", {}).get("code", "")
    assert (desk.returncode, problem) in {(1, ""), (2, "QCDC-W02")}
    assert [site.until_ended(run) for run in runs] == ["SUCCESS", "SUCCESS"]
    assert site.hashes() == expected
    assert site.hashes() == _undisturbed(site)


def test_a_real_minute_of_the_schedule(evaluated: Site, clock: Clock) -> None:
    site = evaluated
    site.until_all_ended(2 * RUN_SECONDS)
    tables = site.hashes()
    clock.set(LOCK_DAY)
    site.until(lambda: _locked(site), LOOK_SECONDS, "the calendar locks the period")
    ticked = len(_ticks(site))
    site.until(lambda: len(_ticks(site)) > ticked + 1, LOOK_SECONDS, "more ticks")
    (line,) = _locked(site)
    assert (line["who"], line["at"]) == (WHO, LOCK_DAY.isoformat())
    assert all(tick["timestamp"] % 60 == 0 for tick in _ticks(site))
    assert "FAILURE" not in {tick["status"] for tick in _ticks(site)}
    site.until_all_ended(2 * RUN_SECONDS)
    assert site.hashes() == tables


# --- what is asked of the site


def _runs(site: Site) -> list[dict[str, Any]]:
    return [run for run in site.runs() if run["tags"].get(ASKED_BY) == "files"]


def _asked(site: Site, count: int) -> list[dict[str, Any]]:
    """Wait until the sensor has asked for so many runs in all."""
    site.until(lambda: len(_runs(site)) >= count, LOOK_SECONDS, f"{count} runs are asked for")
    return _runs(site)


def _seen(site: Site) -> None:
    """Wait until a look that began after now has ended: the next one begins."""
    before = _looks(site)
    site.until(lambda: _looks(site) >= before + 2, LOOK_SECONDS, "the sensor looks")


def _looks(site: Site) -> int:
    log = (site.base / "log" / "daemon.log").read_text(encoding="utf-8", errors="replace")
    return log.count("for sensor: raw_files")


def _ticks(site: Site) -> list[dict[str, Any]]:
    selector = {
        "repositoryLocationName": "qcdc",
        "repositoryName": "__repository__",
        "scheduleName": "period_calendar",
    }
    told = site.ask(_TICKS, selector=selector)["scheduleOrError"]["scheduleState"]["ticks"]
    return [tick for tick in told if tick["status"] != "STARTED"]


def _journal(site: Site) -> list[dict[str, Any]]:
    return list(read_journal(journal_path(site.root, PERIOD)).entries)


def _locked(site: Site) -> list[dict[str, Any]]:
    return [each for each in _journal(site) if each.get("action") == "lock"]


def _send(site: Site, sender: str, name: str) -> None:
    """The sender's form once more: the same answers in a file of other bytes, copied at once."""
    folder = site.root / "raw" / PERIOD / sender
    form = sorted(folder.glob("*_2021-H1.xlsx"))[0]
    on_its_way = folder / f"{name}.xlsx.part"
    shutil.copyfile(form, on_its_way)
    with zipfile.ZipFile(on_its_way, "a") as container:
        container.comment = name.encode()
    on_its_way.rename(folder / f"{name}.xlsx")


def _undisturbed(site: Site) -> dict[str, str]:
    """What one run at a desk makes of the same files and journal."""
    root = Path(site.base / "undisturbed")
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    for name in ("workspace.yaml", "dagster.yaml"):
        shutil.copy(site.root / name, root)
    shutil.copytree(site.root / "raw", root / "raw")
    done = subprocess.run(
        [sys.executable, "-c", RUN_AT_A_DESK],
        cwd=root,
        env=site.env | {"DAGSTER_HOME": str(site.base / "undisturbed-home")},
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS,
        check=False,
    )
    assert done.returncode == 1, done.stderr[-2_000:]
    return hashes(root)
