"""One writer at a time. Readers never lock.

Belongs here: the lock file. Does not belong here: what is done while holding it.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.warehouse.errors import NotPermitted, RestoreUnfinished, WarehouseBusy
from pipelines.warehouse.manifest import remembering, warehouse_folder

_PAUSE_SECONDS = 0.05
# a person's command outlasts the run of a period
PATIENCE_SECONDS = 60.0
LOCK = ".lock"
# stands in the root while a restore has begun and has not ended
RESTORING = ".khoi-phuc.json"


@contextmanager
def writer_lock(
    root: Path, wait_seconds: float = 0.0, *, restoring: bool = False
) -> Iterator[None]:
    """Hold the warehouse for writing.

    The kernel releases the lock when the process ends, however it ends; the file itself means
    nothing and stays. Not re-entrant: a second lock in the same process is refused as well.

    It holds for one machine. Where the warehouse lies on a store, several machines are kept apart
    by what each was shown under its lock: the second to commit is refused
    (``CommittedElsewhere``).

    Args:
        root: The project's root.
        wait_seconds: How long to wait for another writer; 0 asks once.
        restoring: The writer is a restore, which may follow one that was cut.

    Raises:
        WarehouseBusy: Another writer holds it after the wait.
        RestoreUnfinished: The project is half an old one and half a restored one.
        NotPermitted: This account may only read.
    """
    descriptor = _opened(warehouse_folder(root) / LOCK)
    try:
        _acquire(descriptor, wait_seconds)
        if not restoring and (root / RESTORING).exists():
            raise _half_restored()
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        try:
            with remembering():
                yield
        finally:
            os.ftruncate(descriptor, 0)
            # A forked child holds the descriptor too, so closing ours alone would not release it.
            fcntl.flock(descriptor, fcntl.LOCK_UN)
    finally:
        os.close(descriptor)


@contextmanager
def patient_lock(root: Path, *, restoring: bool = False) -> Iterator[None]:
    """The same for what a person does: waits while a run that is under way writes.

    Raises:
        WarehouseBusy: Another writer still holds it after PATIENCE_SECONDS.
        RestoreUnfinished: As ``writer_lock``.
    """
    with writer_lock(root, PATIENCE_SECONDS, restoring=restoring):
        yield


def _opened(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except PermissionError as error:
        raise NotPermitted(
            "Tài khoản này chỉ được đọc kho dữ liệu, không được ghi; chưa ghi gì cả.",
            "this account may not write to the warehouse",
            f"không ghi được warehouse/{path.name}: {error.strerror}",
            "tài khoản của hệ thống (trên máy chủ: qcdc)",
            "Nhờ người vận hành chạy lệnh này bằng tài khoản của hệ thống.",
        ) from error


def _half_restored() -> RestoreUnfinished:
    return RestoreUnfinished(
        "Lần khôi phục từ bản sao lưu chưa xong.",
        "a restore was cut: the project is half the old one and half the restored one",
        f"tệp {RESTORING} trong thư mục dự án",
        "lần khôi phục đã xong, hoặc chưa bắt đầu",
        "Chạy lại đúng lệnh qcdc restore đã chạy; dữ liệu cũ còn trong .truoc-khoi-phuc-….",
    )


def acquired(descriptor: int, wait_seconds: float) -> bool:
    """Take the kernel's lock on an open file; whether it was to be had within the wait.

    Args:
        descriptor: The open file; closing it gives the lock back.
        wait_seconds: How long to wait for another process; 0 asks once.
    """
    # Tries are counted, not timed: only the journal reads a clock.
    for left in range(int(wait_seconds / _PAUSE_SECONDS), -1, -1):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if left:
                time.sleep(_PAUSE_SECONDS)
        else:
            return True
    return False


def _acquire(descriptor: int, wait_seconds: float) -> None:
    if acquired(descriptor, wait_seconds):
        return
    holder = os.pread(descriptor, 20, 0).decode("ascii", "replace")
    raise WarehouseBusy(
        "Kho dữ liệu đang được một lần chạy khác ghi.",
        "another process holds the writer lock",
        f"tiến trình {holder or 'không rõ số'} đang giữ khóa warehouse/.lock",
        "mỗi lúc chỉ một lần chạy ghi kho (đọc thì không cần chờ)",
        "Chờ lần chạy kia xong rồi chạy lại; không cần xóa tệp khóa.",
    )
