"""What nobody needs any more: finding it by the rules, removing it when told to.

Belongs here: the plan and its numbers, carrying it out. Does not belong here: how long things are
kept (``catalogue/data/operations.yaml``), which runs of Dagster may go (``retention_history``),
the screen (``retention_command``).

Never removed: anything under ``raw/``; a file that the manifest in force, a candidate or an
issued release names; a run that has not ended.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from pipelines.catalogue.operations import RetentionRules
from pipelines.orchestration.problems import Problem, Stopped
from pipelines.warehouse.archives import MANIFEST, RELEASES
from pipelines.warehouse.lock import writer_lock
from pipelines.warehouse.manifest import Manifest, garbage, warehouse_folder

BACKUPS = "QCDC_BACKUPS"
_DEFAULT_BACKUPS = "sao-luu"
_BACKUP = re.compile(r"qcdc-(\d{8}-\d{6})\.tar\.gz")
_DAY = 86_400.0
_PATIENCE_SECONDS = 5.0  # the nightly tidying comes again, a person may ask again


@dataclass(frozen=True)
class Share:
    """One kind of things that may go.

    Attributes:
        kind: Stable name, for ``--json``.
        label_vi: What people read.
        rule_vi: The rule in words.
        count: How many may go.
        size: How many bytes that frees; None where nobody can tell beforehand.
        remove: Removes them; gives how many went.
    """

    kind: str
    label_vi: str
    rule_vi: str
    count: int
    size: int | None
    remove: Callable[[], int]


def file_shares(root: Path, rules: RetentionRules, now: dt.datetime, wall: float) -> list[Share]:
    """Files that may go: of the warehouse, candidates, backups.

    Args:
        root: The project's root.
        rules: How long things are kept.
        now: Time in Hanoi, for what has its time in its name.
        wall: The machine's clock, seconds since 1970, for the ages of files.

    Raises:
        ManifestDamagedError: The manifest in force or a candidate cannot be read.
        Stopped: That of an issued release cannot be read: nothing may be called unneeded.
    """
    before = wall - rules.warehouse_days * _DAY
    unnamed = _older(garbage(root, released(root)), before)
    candidates = _older((warehouse_folder(root) / "candidates").glob("*.json"), before)
    backups = old_backups(_archives(backup_folder(root)), rules, now)
    kept = f"không bản kê nào nêu, cũ hơn {rules.warehouse_days} ngày"
    return [
        Share(
            "warehouse", "Tệp cũ của kho dữ liệu", kept, len(unnamed), _size(unnamed),
            lambda: _remove_unnamed(root, before),
        ),
        Share(
            "candidates", "Bản đọc chưa đánh giá", f"cũ hơn {rules.warehouse_days} ngày",
            len(candidates), _size(candidates), lambda: _unlink(candidates),
        ),
        Share(
            "backups",
            "Bản sao lưu",
            f"giữ {rules.backups_days} ngày, rồi mỗi tháng một bản trong {rules.backups_months} "
            f"tháng, luôn giữ {rules.backups_newest} bản mới nhất",
            len(backups), _size(backups), lambda: _unlink(backups),
        ),
    ]  # fmt: skip


def released(root: Path) -> list[Manifest]:
    """The manifests of all releases that were ever issued.

    Raises:
        Stopped: One of them cannot be read.
    """
    found = []
    for path in sorted((root / "raw").glob(f"*/{RELEASES}/*/{MANIFEST}")):
        try:
            found.append(Manifest.model_validate_json(path.read_bytes()))
        except ValidationError as error:
            raise Stopped(_unreadable(path.relative_to(root))) from error
    return found


def backup_folder(root: Path) -> Path:
    """Where backups are written: as the server's settings say, else beside the data."""
    return Path(os.environ.get(BACKUPS) or root / _DEFAULT_BACKUPS)


def old_backups(archives: Iterable[Path], rules: RetentionRules, now: dt.datetime) -> list[Path]:
    """Archives that may go, by the time in their names.

    Args:
        archives: Named as ``qcdc backup`` names them; others are not looked at.
        rules: How long things are kept.
        now: Time in Hanoi.
    """
    dated = sorted(
        ((_made_at(path), path) for path in archives if _BACKUP.fullmatch(path.name)),
        reverse=True,
    )
    kept = {path for _, path in dated[: rules.backups_newest]}
    months: dict[tuple[int, int], Path] = {}
    for at, path in dated:  # the newest first
        months.setdefault((at.year, at.month), path)
    newest = sorted(months, reverse=True)[: rules.backups_months]
    kept |= {months[month] for month in newest}
    since = now.replace(tzinfo=None) - dt.timedelta(days=rules.backups_days)
    return sorted(path for at, path in dated if path not in kept and at < since)


def backups_of(folder: Path) -> list[dt.datetime]:
    """When the archives of a folder were made, as their names say; Hanoi's time."""
    return [_made_at(path) for path in _archives(folder) if _BACKUP.fullmatch(path.name)]


def _made_at(path: Path) -> dt.datetime:
    named = _BACKUP.fullmatch(path.name)
    text = named[1] if named else ""
    return dt.datetime.strptime(text, "%Y%m%d-%H%M%S")  # noqa: DTZ007 — Hanoi's, as the name says


def _archives(folder: Path) -> list[Path]:
    return [path for path in folder.glob("qcdc-*.tar.gz") if path.is_file()]


def _remove_unnamed(root: Path, before: float) -> int:
    """Look again while nobody writes: a file may have been named since the plan."""
    with writer_lock(root, _PATIENCE_SECONDS):
        return _unlink(_older(garbage(root, released(root)), before))


def _older(paths: Iterable[Path], before: float) -> list[Path]:
    found = []
    for path in paths:
        try:
            if path.is_file() and not path.is_symlink() and path.stat().st_mtime < before:
                found.append(path)
        except FileNotFoundError:  # a writer has just put it in place
            continue
    return found


def _size(paths: Sequence[Path]) -> int:
    return sum(path.stat().st_size for path in paths)


def _unlink(paths: Iterable[Path]) -> int:
    gone = 0
    for path in paths:
        path.unlink(missing_ok=True)
        gone += 1
    return gone


def _unreadable(path: Path) -> Problem:
    return Problem(
        "QCDC-E117",
        "Không đọc được bản kê của một bản đã ban hành, nên không dọn kho dữ liệu.",
        path.as_posix(),
        "bản kê của mọi bản đã ban hành đọc được: tệp chúng cần thì không được xóa",
        "Chạy qcdc release verify; khôi phục thư mục của bản đó từ bản sao lưu.",
    )
