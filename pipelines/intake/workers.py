"""Reading in worker processes that may die without taking the run along.

A reader of foreign files can exhaust memory, hang, or abort its process (the fast one is compiled
code). Each worker has one item at a time, so that the file at fault is always known.

Belongs here: processes, their limits, their ends. Does not belong here: what is read.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import resource
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from multiprocessing import forkserver
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Generic, TypeVar

from pipelines.intake.refusal import UnreadableWorkbook
from pipelines.vietnamese.text import mask_personal

Item = TypeVar("Item")
Result = TypeVar("Result")

SECONDS = 120.0
MEMORY_BYTES = 2 << 30
_DEFECT, _PANIC = 1, 70  # exit codes: of an error nobody caught (by Python), of a reader's panic
_START_SECONDS = 60.0  # to start an interpreter and import the readers on a busy machine


def read_safely(
    function: Callable[..., Result],
    args: Sequence[Any],
    *,
    seconds: float = SECONDS,
    memory_bytes: int = MEMORY_BYTES,
) -> Result:
    """Call a reader in a process of its own.

    Args:
        function: A function of a module (a worker must be able to import it).
        args: Its arguments.
        seconds: Time after which the worker is killed.
        memory_bytes: What the worker may take beyond what it holds when it starts.

    Raises:
        UnreadableWorkbook: The reader refused the file (its own refusal), ran out of time
            (``timeout``) or memory (``memory``), or its process died (``reader_died``).
    """
    [result] = map_safely(
        _Spread(function), [tuple(args)], seconds=seconds, memory_bytes=memory_bytes, processes=1
    )
    if isinstance(result, UnreadableWorkbook):
        raise result
    return result


def map_safely(
    function: Callable[[Item], Result],
    items: Sequence[Item],
    *,
    seconds: float = SECONDS,
    memory_bytes: int = MEMORY_BYTES,
    processes: int = 2,
) -> list[Result | UnreadableWorkbook]:
    """Call a reader on each item, in a few workers; a dead one is replaced.

    Args:
        function: A function of a module (a worker must be able to import it).
        items: What to read.
        seconds: Time for one item.
        memory_bytes: What a worker may take beyond what it holds when it starts.
        processes: Workers at a time.

    Returns:
        A result or a refusal per item, in the order of the items whatever finished first.

    Raises:
        RuntimeError: The reader failed otherwise, which is a defect of the program, not a file.
    """
    if items:
        warm_up(function)
    results: dict[int, Result | UnreadableWorkbook] = {}
    waiting = list(enumerate(items))[::-1]
    crew = [
        _Worker[Item, Result](function, seconds, memory_bytes)
        for _ in range(min(processes, len(items)))
    ]
    try:
        while len(results) < len(items):
            for worker in crew:
                if worker.is_idle and waiting:
                    worker.give(*waiting.pop())
            for worker in _ready([worker for worker in crew if not worker.is_idle]):
                number, result = worker.take()
                results[number] = result
    finally:
        for worker in crew:
            worker.end()
    return [results[number] for number in range(len(items))]


def _ready(busy: list[_Worker[Any, Any]]) -> list[_Worker[Any, Any]]:
    """Workers that answered, died or ran out of time."""
    patience = max(0.0, min(worker.deadline for worker in busy) - time.monotonic())
    answered = wait([worker.pipe for worker in busy], timeout=patience)
    now = time.monotonic()
    return [w for w in busy if w.pipe in answered or w.deadline <= now]


def warm_up(function: Callable[..., Any]) -> None:
    """Begin to import what a reader needs, in the process that workers are forked from.

    Workers then start within milliseconds; the first call decides what is imported. What the
    process imports before is done beside the caller's own work.
    """
    home = getattr(function, "__module__", None) or type(function).__module__
    context = multiprocessing.get_context("forkserver")
    # the main module too: each worker would import it otherwise
    context.set_forkserver_preload(["__main__", *([home] if home in sys.modules else [])])
    forkserver.ensure_running()


class _Spread(Generic[Result]):
    """A function of many arguments as one of a tuple; a class, so that it can be sent."""

    def __init__(self, function: Callable[..., Result]) -> None:
        self.function = function

    def __call__(self, args: tuple[Any, ...]) -> Result:
        return self.function(*args)


class _Worker(Generic[Item, Result]):
    """The parent's side of a worker; its process is replaced when it has died."""

    def __init__(
        self, function: Callable[[Item], Result], seconds: float, memory_bytes: int
    ) -> None:
        self._function, self._seconds, self._memory_bytes = function, seconds, memory_bytes
        self._number: int | None = None
        self.deadline = 0.0
        self._start()

    def _start(self) -> None:
        # forkserver: no thread or lock of this process is copied into the worker
        context = multiprocessing.get_context("forkserver")
        self.pipe, theirs = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(theirs, self._function, self._memory_bytes), daemon=True
        )
        self._process.start()
        theirs.close()
        self._is_ready = False

    @property
    def is_idle(self) -> bool:
        """Whether the worker has nothing to read."""
        return self._number is None

    def give(self, number: int, item: Item) -> None:
        """Send an item; its time runs from here."""
        if not self._process.is_alive():
            self.end()
            self._start()
        if not self._is_ready:
            if not self.pipe.poll(_START_SECONDS):
                msg = f"a reader process did not start within {_START_SECONDS:g} s"
                raise RuntimeError(msg)
            self._is_ready = self.pipe.recv()
        self.pipe.send(item)
        self._number, self.deadline = number, time.monotonic() + self._seconds

    def take(self) -> tuple[int, Result | UnreadableWorkbook]:
        """The item's number and its result, or why there is none."""
        number, self._number = self._number or 0, None
        if not self.pipe.poll():
            self.end()
            return number, _refusal("timeout", f"đọc quá {self._seconds:g} giây")
        try:
            result, error = self.pipe.recv()
        except (EOFError, ConnectionResetError):
            return number, self._died()
        if isinstance(error, MemoryError):
            self.end()  # what it still holds would count against the next item
            return number, _refusal("memory", "đọc tốn quá nhiều bộ nhớ")
        return number, error or result

    def _died(self) -> UnreadableWorkbook:
        self._process.join()
        if self._process.exitcode == _DEFECT:
            msg = "the reader failed in its worker process; its traceback stands above"
            raise RuntimeError(msg)
        return _refusal("reader_died", "bộ đọc ngừng đột ngột")

    def end(self) -> None:
        """Kill the process, whatever it does."""
        self._process.kill()
        self._process.join()
        self.pipe.close()


def _refusal(code: str, found: str) -> UnreadableWorkbook:
    return UnreadableWorkbook(
        code, f"Không đọc được tệp: {found}; mở lại, lưu thành .xlsx rồi gửi lại."
    )


def _serve(pipe: Connection, function: Callable[[Any], Any], memory_bytes: int) -> None:
    """The worker's side: answers ``(result, error)`` per item until the pipe closes."""
    _limit(memory_bytes)
    gc.freeze()  # what was imported stays: collections need not look through it again
    pipe.send(True)
    while True:
        try:
            item = pipe.recv()
        except EOFError:
            return
        try:
            answer = function(item), None
        except (UnreadableWorkbook, MemoryError) as error:
            answer = None, error
        except BaseException as error:  # noqa: BLE001 — whatever it is ends this process
            if type(error).__name__ == "PanicException":  # of compiled code; has no module
                os._exit(_PANIC)
            # a defect of the program: exit code 1 and a traceback, which may hold what a cell says
            sys.stderr.write(mask_personal("".join(traceback.format_exception(error))))
            sys.stderr.flush()
            os._exit(_DEFECT)
        pipe.send(answer)


def _limit(memory_bytes: int) -> None:
    """Cap the address space above what the imports already took; leave no core dump."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    cap = pages * resource.getpagesize() + memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (cap, cap))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
