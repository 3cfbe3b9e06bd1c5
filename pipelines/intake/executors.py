"""Where batches of work are done: in this machine's processes, or on the workers of a Dask cluster.

``QCDC_EXECUTOR`` alone decides: ``local`` (or nothing), or the address of a scheduler
(``tcp://…``, ``tls://…``). Whoever asks gets the same results in the same order either way; a
worker that dies is replaced by the scheduler, and its batch is done again elsewhere.

Belongs here: the setting, sending batches, what is told when the cluster cannot do them.
Does not belong here: processes that may die at a file (``workers``), what is read.
"""

from __future__ import annotations

import hashlib
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Executor, Future
from contextlib import contextmanager
from functools import cache
from multiprocessing import current_process
from pathlib import Path
from typing import Generic, TypeVar

from pipelines.intake.refusal import UnreadableWorkbook
from pipelines.intake.workers import map_safely

Item = TypeVar("Item")
Result = TypeVar("Result")

VARIABLE, LOCAL = "QCDC_EXECUTOR", "local"
SCHEMES = ("tcp://", "tls://")
BATCH_ITEMS = 32  # about a megabyte of workbooks: little is lost with a worker, little said twice
_WAITING = 64  # batches under way at a time; more would only fill the scheduler's memory
_CONNECT_SECONDS = 30.0
_START = "DASK_DISTRIBUTED__WORKER__DAEMON=False dask worker <địa chỉ> --no-dashboard"


class ExecutorError(Exception):
    """The cluster that the settings name cannot do the work.

    Args:
        code: Stable code.
        message_vi: What happened, for officials.
        found: What was found.
        expected: What was expected.
        action_vi: What to do next.
    """

    def __init__(
        self, code: str, message_vi: str, found: str, expected: str, action_vi: str
    ) -> None:
        # all arguments go up, so that the exception survives the way from a worker
        super().__init__(code, message_vi, found, expected, action_vi)
        self.code, self.message_vi = code, message_vi
        self.found, self.expected, self.action_vi = found, expected, action_vi

    def __str__(self) -> str:
        return (
            f"{self.code}: {self.message_vi}\n  Tìm thấy: {self.found}\n"
            f"  Cần có: {self.expected}\n  Việc cần làm: {self.action_vi}"
        )


def map_batches(
    function: Callable[[Item], Result], batches: Sequence[Item], executor: Executor | None
) -> list[Result]:
    """Do batches of work.

    Args:
        function: What is done with a batch; a function or object of a module that workers have.
        batches: What it is done with; equal batches must give equal results.
        executor: Does them; None does them here, one after the other.

    Returns:
        A result per batch, in the order of the batches whatever finished first.

    Raises:
        ExecutorError: Workers died again and again, or the scheduler is gone.
    """
    if executor is None:
        return [function(batch) for batch in batches]
    results: list[Result] = []
    under_way: deque[Future[Result]] = deque()
    try:
        for batch in batches:
            if len(under_way) == _WAITING:
                results.append(_result(under_way.popleft()))
            under_way.append(executor.submit(function, batch))
        while under_way:
            results.append(_result(under_way.popleft()))
    finally:
        for left in under_way:
            left.cancel()
    return results


def map_items(
    function: Callable[[Item], Result], items: Sequence[Item]
) -> list[Result | UnreadableWorkbook]:
    """Call a reader on each item, where the settings say; a file may kill its reader anywhere.

    Args:
        function: As ``workers.map_safely`` takes it.
        items: What to read.

    Returns:
        As ``workers.map_safely``: a result or a refusal per item, in order.

    Raises:
        ExecutorError: The setting is wrong, or the cluster cannot do the work.
        RuntimeError: The reader failed otherwise, which is a defect of the program, not a file.
    """
    setting = os.environ.get(VARIABLE, "").strip() or LOCAL
    if setting == LOCAL or not items:
        return map_safely(function, items)
    batches = [items[at : at + BATCH_ITEMS] for at in range(0, len(items), BATCH_ITEMS)]
    with cluster_at(setting) as executor:
        done = map_batches(_Away[Item, Result](function), batches, executor)
    return [result for batch in done for result in batch]


@contextmanager
def cluster_at(address: str) -> Iterator[Executor]:
    """The executor of a Dask scheduler; nothing listens here, only a connection goes out.

    Args:
        address: ``tcp://…`` or ``tls://…``.

    Raises:
        ExecutorError: The address is none, the package is missing, or nobody answers.
    """
    if not address.startswith(SCHEMES):
        raise ExecutorError(
            "QCDC-E190",
            f"Cài đặt {VARIABLE} không đúng.",
            repr(address),
            f"{LOCAL}, hoặc địa chỉ máy điều phối Dask dạng tcp://máy:cổng, tls://máy:cổng",
            f"Sửa {VARIABLE} trong qcdc.env rồi chạy lại.",
        )
    try:
        from distributed import Client  # optional, so not at the top
    except ImportError as error:
        raise ExecutorError(
            "QCDC-E191",
            "Máy này chưa cài gói để dùng nhiều máy (Dask).",
            str(error),
            "gói distributed",
            f"Cài: pip install 'qcdc[scale]'; hoặc đặt {VARIABLE}={LOCAL} để chạy trên một máy.",
        ) from error
    try:
        client = Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except OSError as error:  # a TimeoutError is one
        raise _unreachable(address, str(error)) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=_CONNECT_SECONDS)
        except TimeoutError as error:
            raise _unreachable(address, "không có máy làm việc nào") from error
        # two equal batches are two tasks: results are not looked up by what was asked
        yield client.get_executor(pure=False)


def _result(future: Future[Result]) -> Result:
    try:
        error = future.exception()
    except CancelledError as gone:
        raise _lost("máy điều phối ngừng giữa chừng") from gone
    # of the optional package, so told by its name: workers or scheduler died, connections broke
    if error is not None and type(error).__module__.startswith("distributed."):
        raise _lost(str(error)) from error
    return future.result()


def _unreachable(address: str, found: str) -> ExecutorError:
    return ExecutorError(
        "QCDC-E192",
        "Không dùng được cụm máy Dask.",
        f"{address}: {found}",
        "máy điều phối nghe ở địa chỉ đó, và ít nhất một máy làm việc đã nối vào",
        f"Bật máy điều phối và máy làm việc, hoặc đặt {VARIABLE}={LOCAL}, rồi chạy lại; chưa ghi "
        "gì cả.",
    )


def _lost(found: str) -> ExecutorError:
    return ExecutorError(
        "QCDC-E193",
        "Các máy làm việc Dask ngừng nhiều lần, nên chưa đọc xong.",
        found,
        "máy điều phối và ít nhất một máy làm việc chạy cho đến khi xong",
        f"Xem nhật ký các máy rồi chạy lại, hoặc đặt {VARIABLE}={LOCAL}; chưa ghi gì cả.",
    )


class _Away(Generic[Item, Result]):
    """A reader of items as one of batches, as it travels with each of them."""

    def __init__(self, function: Callable[[Item], Result]) -> None:
        self.function = function
        self.code = code_digest()

    def __call__(self, batch: Sequence[Item]) -> list[Result | UnreadableWorkbook]:
        """On the worker: items are read in a process that may die without the worker.

        Raises:
            ExecutorError: The worker has other code, or may not have processes of its own.
        """
        if (here := code_digest()) != self.code:
            raise ExecutorError(
                "QCDC-E194",
                "Máy làm việc Dask dùng bản chương trình khác.",
                f"mã băm chương trình {here[:12]}",
                f"{self.code[:12]}, như máy giao việc",
                "Cài cùng một bản trên mọi máy, bật lại các máy làm việc, rồi chạy lại.",
            )
        if current_process().daemon:
            raise ExecutorError(
                "QCDC-E195",
                "Máy làm việc Dask không được tạo tiến trình con, nên không đọc tệp an toàn được.",
                "distributed.worker.daemon: true",
                "distributed.worker.daemon: false",
                f"Bật lại máy làm việc bằng: {_START}",
            )
        # a worker's threads are its share of the machine: one process each
        return map_safely(self.function, batch, processes=1)


@cache
def code_digest() -> str:
    """SHA-256 of the program's files; machines with the same one read files alike."""
    digest = hashlib.sha256()
    folder = Path(__file__).parents[1]
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".py", ".yaml"}:
            name, data = path.relative_to(folder).as_posix().encode(), path.read_bytes()
            digest.update(b"%d %d %b" % (len(name), len(data), name))
            digest.update(data)
    return digest.hexdigest()
