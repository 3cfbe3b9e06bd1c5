"""What the stages of a run take: seconds, and the largest memory of the process and its workers.

Belongs here: naming a stage where it happens (``stage``), collecting while an asset is made
(``measured``). What is collected goes to the run's metadata alone: no table knows a clock. Does
not belong here: how the UI shows it (``metadata``), profiles (``benchmarks``).
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field

import psutil

READING, JUDGING, EVALUATING = "đọc tệp", "kiểm tra số liệu", "đánh giá"
WRITING, CONVERTING = "ghi", "chuyển sang PDF"
_MIB = 2**20
# a look costs some milliseconds: far below a hundredth of the time at this distance
_LOOK_SECONDS = 0.5


@dataclass
class Spent:
    """What was collected; complete once ``measured`` has ended.

    Attributes:
        seconds: Wall time of everything.
        peak_mib: Largest memory seen: of the process, and what its workers do not share.
        stages: Stage → seconds, in the order they began; a stage that comes again adds up.
        peaks: Stage → largest memory seen in it, in MiB.
    """

    seconds: float = 0.0
    peak_mib: float = 0.0
    stages: dict[str, float] = field(default_factory=dict)
    peaks: dict[str, float] = field(default_factory=dict)
    _within: list[str] = field(default_factory=list)

    def look(self) -> None:
        """Note the memory that is held now."""
        held = _held_mib()
        self.peak_mib = max(self.peak_mib, held)
        for name in tuple(self._within):
            self.peaks[name] = max(self.peaks.get(name, 0.0), held)

    def begin(self, name: str) -> None:
        """A stage begins."""
        self.stages.setdefault(name, 0.0)
        self._within.append(name)
        self.look()

    def end(self, name: str, seconds: float) -> None:
        """The stage that began last ends."""
        self.look()
        self._within.remove(name)
        self.stages[name] += seconds


_CURRENT: ContextVar[Spent | None] = ContextVar("spent", default=None)


@contextlib.contextmanager
def measured() -> Iterator[Spent]:
    """Collect what the block takes and the stages within it say."""
    spent, over = Spent(), threading.Event()
    watcher = threading.Thread(target=_watch, args=(spent, over), daemon=True, name="stages")
    token = _CURRENT.set(spent)
    began = time.perf_counter()
    watcher.start()
    try:
        yield spent
    finally:
        _CURRENT.reset(token)
        over.set()
        watcher.join()
        spent.seconds = time.perf_counter() - began
        spent.look()


@contextlib.contextmanager
def stage(name: str) -> Iterator[None]:
    """Say that the block is a stage; costs nothing where nobody collects."""
    spent = _CURRENT.get()
    if spent is None:
        yield
        return
    spent.begin(name)
    began = time.perf_counter()
    try:
        yield
    finally:
        spent.end(name, time.perf_counter() - began)


def _watch(spent: Spent, over: threading.Event) -> None:
    while not over.wait(_LOOK_SECONDS):
        spent.look()


def _held_mib() -> float:
    """Resident memory of this process, and of its workers what they do not share."""
    this = psutil.Process()
    held = this.memory_info().rss
    for worker in this.children(recursive=True):
        # a worker may end between two looks
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            memory = worker.memory_info()
            held += memory.rss - getattr(memory, "shared", 0)
    return held / _MIB
