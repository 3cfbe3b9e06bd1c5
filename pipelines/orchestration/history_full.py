"""Dagster's history stands on a disk too: what is told when that is full.

Belongs here: telling "no room" from other faults of the history. Does not belong here: a full disk
under the warehouse and raw/ (``warehouse.durable``).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.orchestration.problems import Problem, Stopped

# SQLite says "disk is full", or only "disk I/O error" where it cannot even make its small files;
# PostgreSQL passes on what the system says
_SAID = ("disk is full", "no space left")
_LITTLE_BYTES = 1_000_000


@contextmanager
def told_when_history_is_full(home: Path) -> Iterator[None]:
    """Turn the database's "no room" into a problem that says what stands and what to do.

    Args:
        home: ``DAGSTER_HOME``.

    Raises:
        Stopped: Instead of such an error; others pass with their traceback.
    """
    from sqlalchemy.exc import OperationalError

    try:
        yield
    except OperationalError as error:
        said = str(error.orig)
        if not is_full(home, said):
            raise
        raise Stopped(_full(said)) from error


def is_full(home: Path, said: str) -> bool:
    """Whether what a database said means that there is no room."""
    if any(words in said.lower() for words in _SAID):
        return True
    return "disk i/o error" in said.lower() and shutil.disk_usage(home).free < _LITTLE_BYTES


def _full(said: str) -> Problem:
    return Problem(
        "QCDC-E141",
        "Ổ đĩa đã hết chỗ, nên không ghi được lịch sử chạy của Dagster.",
        f"lịch sử chạy (DAGSTER_HOME) báo: {said}",
        "ổ đĩa còn đủ chỗ cho lịch sử chạy và kho dữ liệu",
        "Dọn bớt ổ đĩa rồi chạy lại lệnh vừa chạy; bản công bố trước vẫn đọc được, tệp đã nhận "
        "không mất.",
    )
