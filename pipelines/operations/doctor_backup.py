"""The doctor on backups: is there a recent one, has a restore been cut?

Belongs here: what is looked at for it, and the two checks. Does not belong here: writing archives
(``backup``), which of them are kept (``retention``).
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path

from pipelines.operations.doctor_model import BackupFacts, Check, Facts, Finding
from pipelines.operations.retention import BACKUPS, backup_folder, backups_of
from pipelines.orchestration.clock import HANOI
from pipelines.warehouse.lock import RESTORING

_AGAIN = "Chạy lại đúng lệnh qcdc restore đã chạy; dữ liệu cũ còn trong .truoc-khoi-phuc-…."


def backup_facts(root: Path) -> BackupFacts:
    """Look for archives and for what a cut restore has left."""
    dated = backups_of(backup_folder(root))
    return BackupFacts(
        restoring=(root / RESTORING).exists(),
        expected=bool(os.environ.get(BACKUPS)),
        newest=max(dated).replace(tzinfo=HANOI) if dated else None,
    )


def restore(facts: Facts) -> Iterator[Finding]:
    """The project is not half an old one and half a restored one."""
    if facts.backup.restoring:
        yield Finding(
            "restore",
            "error",
            f"lần khôi phục từ bản sao lưu chưa xong (còn tệp {RESTORING})",
            "lần khôi phục đã xong, hoặc chưa bắt đầu",
            _AGAIN,
        )


def backup(facts: Facts) -> Iterator[Finding]:
    """Where backups are made there is a recent one."""
    newest, limit = facts.backup.newest, facts.limits.backup_days
    if newest is None and not facts.backup.expected:
        return
    if newest is None or facts.now - newest > dt.timedelta(days=limit):
        said = "chưa có bản nào" if newest is None else f"bản mới nhất lúc {newest:%H:%M %d/%m/%Y}"
        yield Finding(
            "backup",
            "warning",
            f"sao lưu: {said}",
            f"một bản không quá {limit} ngày",
            "Chạy qcdc backup; xem hẹn giờ sao lưu (deploy/README.md) vì sao không chạy.",
        )


BACKUP_CHECKS: tuple[Check, ...] = (
    Check("restore", "Khôi phục", restore),
    Check("backup", "Sao lưu", backup),
)
