"""What ``qcdc sweep`` and ``qcdc instance`` do.

Belongs here: options, what is shown. Does not belong here: the sweep (``sweep``), settings
(``orchestration.home``).
"""

from __future__ import annotations

import time
from typing import Annotated, cast

import typer

from pipelines.operations.sweep import sweep as fail_gone
from pipelines.operations.sweep import swept_lines
from pipelines.orchestration import screen
from pipelines.orchestration.home import (
    SETTINGS,
    Storage,
    changed_settings,
    copied,
    dagster_home,
    refresh_settings,
)
from pipelines.orchestration.home_lock import home_lock
from pipelines.orchestration.instance import missing_variables, opened_instance, storage_words
from pipelines.orchestration.problems import Problem, Stopped
from pipelines.orchestration.running import prepare_home
from pipelines.warehouse.root import find_root

_STORAGES = ("sqlite", "postgres")
AsJson = Annotated[bool, typer.Option("--json", help="in kết quả dạng JSON cho máy đọc")]


def sweep(as_json: AsJson = False) -> None:
    """Kết thúc các lần chạy bị bỏ dở (tiến trình không còn); chạy trước khi bật Dagster."""
    root = find_root()
    home = prepare_home(root)
    # programs that start together all sweep: one after the other, so that none fails a run twice
    with opened_instance(root) as instance, home_lock(home):
        gone = fail_gone(instance, time.time())
    if as_json:
        told = [{"run_id": r.run_id, "period": r.period, "status": r.status} for r in gone]
        screen.print_json({"swept": told})
        return
    out = screen.console()
    out.print(
        f"Đã kết thúc {len(gone)} lần chạy bị bỏ dở:" if gone else "Không có lần chạy bị bỏ dở."
    )
    for line in swept_lines(gone):
        out.print(f"  {line}", soft_wrap=True)


def instance(
    storage: Annotated[
        str | None, typer.Option(help="nơi lưu lịch sử chạy: sqlite hoặc postgres")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Cài đặt Dagster đang dùng; --storage đổi nơi lưu lịch sử chạy."""
    root = find_root()
    home = prepare_home(root)
    if storage is not None:
        _choose(storage)
    differs = changed_settings(root, home)
    missing = missing_variables(home) if (home / SETTINGS).is_file() else []
    if as_json:
        told = {"home": str(home), "storage": copied(home).storage}
        screen.print_json({**told, "changed": differs, "missing_variables": missing})
        return
    out = screen.console()
    out.print(f"Thư mục Dagster: {home}", soft_wrap=True)
    out.print(f"Lịch sử chạy lưu ở: {storage_words(home)}")
    if missing:
        out.print(f"Biến môi trường còn thiếu: {', '.join(missing)}", soft_wrap=True)
    out.print(
        "Cài đặt khác bản gửi kèm (giữ nguyên, không ghi đè):"
        if differs
        else "Cài đặt đúng như bản gửi kèm."
    )
    for line in differs:
        out.print(f"  {line}", soft_wrap=True)


def _choose(storage: str) -> None:
    """Write the settings for another storage.

    Raises:
        Stopped: No such storage, or the office has changed the settings itself.
    """
    if storage not in _STORAGES:
        raise Stopped(
            Problem(
                "QCDC-E113",
                "Không có nơi lưu lịch sử chạy này.",
                storage,
                "sqlite hoặc postgres",
                "Gõ lại, ví dụ: qcdc instance --storage postgres.",
            )
        )
    root = find_root()
    if not refresh_settings(root, dagster_home(root), cast("Storage", storage)):
        raise Stopped(
            Problem(
                "QCDC-E114",
                "Tệp cài đặt của Dagster đã được sửa riêng, nên không ghi đè.",
                "; ".join(changed_settings(root, dagster_home(root))) or "chỉ khác chú thích",
                f"{SETTINGS} trong thư mục Dagster đúng như bản gửi kèm",
                f"Cất tệp đó đi (mv .dagster/{SETTINGS} .dagster/{SETTINGS}.cu), chạy lại lệnh, "
                "rồi sửa lại những dòng cần khác.",
            )
        )
