"""One process at a time makes or mends Dagster's history.

Two programs that open a new history at the same moment both make its tables, and leave a version
table with two versions, which nothing can open again. So whoever may be the first to open it does
so while holding this lock; programs that open it by themselves (daemon, webserver, code server)
are started after ``qcdc sweep``, which has.

Belongs here: the lock beside the history. Does not belong here: the warehouse's lock
(``warehouse.lock``), what is done while holding it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.orchestration.problems import Problem, Stopped
from pipelines.warehouse.lock import acquired

_NAME = ".qcdc-home.lock"
PATIENCE_SECONDS = 120.0


@contextmanager
def home_lock(home: Path, patience: float = PATIENCE_SECONDS) -> Iterator[None]:
    """Hold Dagster's history for making or mending it. Not re-entrant.

    Args:
        home: ``DAGSTER_HOME``; it is there.
        patience: How long to wait for another process, in seconds.

    Raises:
        Stopped: Another process still holds it.
    """
    descriptor = os.open(home / _NAME, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not acquired(descriptor, patience):
            raise Stopped(_busy(patience))
        yield  # closing releases it: no process is forked meanwhile
    finally:
        os.close(descriptor)


def _busy(patience: float) -> Problem:
    return Problem(
        "QCDC-E140",
        "Lịch sử chạy của Dagster đang được một tiến trình khác chuẩn bị.",
        f"khóa {_NAME} trong DAGSTER_HOME vẫn bị giữ sau {patience:.0f} giây",
        "mỗi lúc chỉ một tiến trình tạo hoặc dọn lịch sử chạy, trong vài giây",
        "Chờ một phút rồi chạy lại; nếu vẫn vậy: khởi động lại các dịch vụ QCDC.",
    )
