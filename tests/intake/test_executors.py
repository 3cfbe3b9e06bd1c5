import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from pipelines.intake import executors
from pipelines.intake.container import UnreadableWorkbook, scan_container
from pipelines.intake.executors import (
    BATCH_ITEMS,
    ExecutorError,
    cluster_at,
    code_digest,
    map_batches,
    map_items,
)


def slow_first(number: int) -> int:
    time.sleep(0.05 if number == 0 else 0)
    return number * number


@pytest.fixture
def threads() -> Iterator[Executor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


def refused(setting: str, monkeypatch: pytest.MonkeyPatch) -> ExecutorError:
    monkeypatch.setenv(executors.VARIABLE, setting)
    with pytest.raises(ExecutorError) as caught:
        map_items(scan_container, [b""])
    return caught.value


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch, threads: Executor) -> list[str]:
    """Threads stand in for the cluster; what addresses were asked for."""
    asked: list[str] = []

    @contextmanager
    def stand_in(address: str) -> Iterator[Executor]:
        asked.append(address)
        yield threads

    monkeypatch.setattr(executors, "cluster_at", stand_in)
    monkeypatch.setenv(executors.VARIABLE, "tcp://127.0.0.1:1")
    return asked


def test_results_stand_in_the_order_of_the_batches(threads: Executor):
    batches = list(range(3 * executors._WAITING))
    expected = [number * number for number in batches]
    assert map_batches(slow_first, batches, threads) == expected
    assert map_batches(slow_first, batches, None) == expected


def test_few_batches_are_under_way_at_a_time(monkeypatch: pytest.MonkeyPatch):
    given: list[int] = []
    waiting: list[int] = []
    take = executors._result

    class Noting(ThreadPoolExecutor):
        def submit(self, fn, /, *args, **kwargs):
            given.append(1)
            return super().submit(fn, *args, **kwargs)

    def noted(future: Future[int]) -> int:
        waiting.append(len(given) - len(waiting))
        return take(future)

    monkeypatch.setattr(executors, "_result", noted)
    with Noting(4) as pool:
        map_batches(slow_first, list(range(300)), pool)
    assert max(waiting) == executors._WAITING
    assert len(waiting) == len(given) == 300


def test_a_batch_that_fails_stops_the_rest(threads: Executor):
    with pytest.raises(ValueError, match="no number"):
        map_batches(int, ["1", "no number", *"2" * 500], threads)


def test_nothing_to_read_asks_nobody(cluster: list[str]):
    assert map_items(scan_container, []) == []
    assert cluster == []


@pytest.mark.parametrize("setting", ["", "local", " "])
def test_without_the_setting_this_machine_reads(
    setting: str, cluster: list[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(executors.VARIABLE, setting)
    [refusal] = map_items(scan_container, [b"no workbook"])
    assert isinstance(refusal, UnreadableWorkbook)
    assert cluster == []


def test_items_are_read_on_the_cluster_in_order(cluster: list[str]):
    lengths = map_items(len, [b"x" * n for n in range(2 * BATCH_ITEMS + 1)])
    assert lengths == list(range(2 * BATCH_ITEMS + 1))
    assert cluster == ["tcp://127.0.0.1:1"]


def test_a_file_that_kills_its_reader_leaves_the_worker_alive(cluster: list[str]):
    results = map_items(os._exit, [3, 4])
    assert cluster
    assert [r.code for r in results if isinstance(r, UnreadableWorkbook)] == ["reader_died"] * 2


def test_a_worker_with_other_code_is_refused():
    away = executors._Away(len)
    away.code = "0" * 64
    with pytest.raises(ExecutorError, match="QCDC-E194"):
        away([b""])
    assert code_digest() != "0" * 64


def test_a_worker_that_may_not_have_processes_says_how_to_start_it(
    monkeypatch: pytest.MonkeyPatch,
):
    class Daemon:
        daemon = True

    monkeypatch.setattr(executors, "current_process", Daemon)
    with pytest.raises(ExecutorError, match="QCDC-E195") as caught:
        executors._Away(len)([b""])
    assert "DASK_DISTRIBUTED__WORKER__DAEMON=False" in caught.value.action_vi


def test_a_wrong_setting_is_told(monkeypatch: pytest.MonkeyPatch):
    error = refused("http://may-chu", monkeypatch)
    assert (error.code, error.found) == ("QCDC-E190", "'http://may-chu'")


def test_a_missing_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    error = refused("tcp://127.0.0.1:1", monkeypatch)
    assert error.code == "QCDC-E191"
    assert "pip install 'qcdc[scale]'" in error.action_vi


def test_nobody_at_the_address_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(executors, "_CONNECT_SECONDS", 0.5)
    with pytest.raises(ExecutorError, match="QCDC-E192"), cluster_at("tcp://127.0.0.1:1"):
        pass
