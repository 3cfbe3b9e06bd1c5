"""kill -9 of each program in the middle of a run: all come back, no run stays open, same tables.

The bounds are those that deploy/README.md states. They are for a machine under load: what was
measured is printed (``pytest -s``) and stands beside each bound.
"""

import os
import shutil
import signal
import time
from collections.abc import Iterator

import pytest

from pipelines.warehouse.manifest import read_manifest
from tests.end_to_end.supervised import PROGRAMS, RUN_SECONDS, START_SECONDS, Site
from tests.orchestration.mini import build

pytestmark = pytest.mark.long

# a killed program answers again: its start is importing and reading the definitions
ANSWERS_SECONDS = 180.0
# a run whose worker was killed is no longer called running: the code server looks every second
NOTICED_SECONDS = 60.0
# ... whose code server was killed with it: the sweep of the next start, before the server itself
SWEPT_SECONDS = 180.0
# ... and runs again: the daemon looks at failures and at the queue every five seconds
AGAIN_SECONDS = 180.0
# ... where no code server answered just then: the sensor `lost_runs` tells it again
RETOLD_SECONDS = 300.0
# all programs after the machine was switched off
POWER_SECONDS = 300.0


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Site(build) as running:
        yield running


@pytest.fixture(scope="module")
def undisturbed(site: Site) -> dict[str, str]:
    """Table hashes of a run that nobody disturbed."""
    site.until_good(site.launch())
    found = site.hashes()
    assert found
    return found


@pytest.fixture
def fresh(site: Site, undisturbed: dict[str, str]) -> Iterator[Site]:
    """The site with an empty warehouse whose next run stops in its middle."""
    assert undisturbed
    site.until(site.is_ready, START_SECONDS, "every program answers")
    site.until_all_ended()
    shutil.rmtree(site.root / "warehouse")
    site.hold()
    yield site
    site.release()


def _under_way(site: Site) -> tuple[str, int]:
    """A run that stands between computing and committing, and its process."""
    run_id = site.launch()
    worker = site.held()
    assert site.run_of(run_id)["status"] == "STARTED"
    assert read_manifest(site.root).tables == {}
    return run_id, worker


def _measured(what: str, seconds: float, bound: float) -> None:
    print(f"\nmeasured: {what}: {seconds:.1f} s (bound {bound:.0f} s)")  # noqa: T201 — with -s


def _again(site: Site, run_id: str, bound: float = AGAIN_SECONDS) -> str:
    """Wait until Dagster has started a failed run again, and it has ended; give how."""
    took = site.until(
        lambda: [run for run in site.retries_of(run_id) if run["status"] != "QUEUED"],
        bound,
        "the run is started again",
    )
    _measured("a failed run is started again", took, bound)
    return site.until_ended(site.retries_of(run_id)[-1]["runId"])


def test_a_killed_run_worker(fresh: Site, undisturbed: dict[str, str]) -> None:
    run_id, worker = _under_way(fresh)
    fresh.release()
    os.kill(worker, signal.SIGKILL)
    took = fresh.until(
        lambda: fresh.run_of(run_id)["status"] == "FAILURE", NOTICED_SECONDS, "the run is failed"
    )
    _measured("a killed run worker is noticed", took, NOTICED_SECONDS)
    assert _again(fresh, run_id) == "SUCCESS"
    assert fresh.hashes() == undisturbed


def test_a_killed_daemon(fresh: Site, undisturbed: dict[str, str]) -> None:
    run_id, _ = _under_way(fresh)
    waiting = fresh.launch()
    before = fresh.kill("daemon")
    took = fresh.until(
        lambda: fresh.pid("daemon") not in {0, before}, ANSWERS_SECONDS, "the daemon is back"
    )
    assert fresh.run_of(run_id)["status"] == "STARTED", "the run has nothing to do with it"
    fresh.release()
    fresh.until_good(run_id)
    began = time.monotonic()
    fresh.until(
        lambda: fresh.run_of(waiting)["status"] != "QUEUED", AGAIN_SECONDS, "the queue goes on"
    )
    _measured(
        "a killed daemon takes from the queue", took + time.monotonic() - began, ANSWERS_SECONDS
    )
    fresh.until_good(waiting)
    assert fresh.hashes() == undisturbed


def test_a_killed_code_server_leaves_the_run_to_end(
    fresh: Site, undisturbed: dict[str, str]
) -> None:
    run_id, worker = _under_way(fresh)
    before = fresh.kill("code")
    took = _code_is_back(fresh, before)
    _measured("a killed code server answers", took, ANSWERS_SECONDS)
    assert fresh.run_of(run_id)["status"] == "STARTED", "its process lives: the sweep leaves it"
    assert worker in {process.pid for process in fresh.processes()}
    fresh.release()
    fresh.until_good(run_id)
    assert fresh.hashes() == undisturbed
    fresh.until_good(fresh.launch())
    assert fresh.hashes() == undisturbed


def test_a_code_server_killed_with_its_worker(fresh: Site, undisturbed: dict[str, str]) -> None:
    """As systemd does it, and the kernel when memory is short."""
    run_id, worker = _under_way(fresh)
    fresh.release()
    fresh.kill("code")
    os.kill(worker, signal.SIGKILL)
    took = fresh.until(
        lambda: fresh.run_of(run_id)["status"] == "FAILURE", SWEPT_SECONDS, "the run is swept"
    )
    _measured("a code server killed with its worker: the run is failed", took, SWEPT_SECONDS)
    assert _again(fresh, run_id, RETOLD_SECONDS) == "SUCCESS"
    assert fresh.hashes() == undisturbed


@pytest.mark.parametrize("program", ["operator", "reader"])
def test_a_killed_webserver(fresh: Site, undisturbed: dict[str, str], program: str) -> None:
    run_id, _ = _under_way(fresh)
    fresh.kill(program)
    port = fresh.operator if program == "operator" else fresh.reader
    took = fresh.until(lambda: fresh.has_code(port), ANSWERS_SECONDS, f"{program} answers")
    _measured(f"a killed webserver ({program}) answers", took, ANSWERS_SECONDS)
    assert fresh.run_of(run_id)["status"] == "STARTED"
    fresh.release()
    fresh.until_good(run_id)
    assert fresh.hashes() == undisturbed


def test_a_power_cut(fresh: Site, undisturbed: dict[str, str]) -> None:
    run_id, _ = _under_way(fresh)
    waiting = fresh.launch()
    fresh.cut_power()
    fresh.release()
    took = fresh.start()
    _measured("all programs answer after a power cut", took, POWER_SECONDS)
    assert took < POWER_SECONDS, "what deploy/README.md promises"
    took = fresh.until(
        lambda: fresh.run_of(run_id)["status"] == "FAILURE", SWEPT_SECONDS, "the run is swept"
    )
    assert _again(fresh, run_id, RETOLD_SECONDS) == "SUCCESS"
    fresh.until_good(waiting)
    assert fresh.hashes() == undisturbed


def test_no_run_is_left_open_and_all_programs_run(site: Site) -> None:
    site.until_all_ended(RUN_SECONDS)
    assert all(site.pid(program) for program in PROGRAMS)


def _code_is_back(site: Site, before: int) -> float:
    return site.until(
        lambda: site.pid("code") not in {0, before} and site.can_start_runs(),
        ANSWERS_SECONDS,
        "the code server answers",
    )
