"""What ``qcdc retention`` does: show what may go, remove it when told to.

Belongs here: the order, the numbers on the screen. Does not belong here: what may go
(``retention``, ``retention_history``).
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from pipelines.catalogue.operations import operations_rules
from pipelines.operations.retention import Share, file_shares
from pipelines.operations.retention_history import give_back, history_shares
from pipelines.orchestration import screen
from pipelines.orchestration.clock import now
from pipelines.orchestration.home import SETTINGS, dagster_home
from pipelines.orchestration.instance import opened_instance
from pipelines.vietnamese.numbers import format_number
from pipelines.warehouse.root import find_root

_MB = 1e6


def retention(
    apply: Annotated[
        bool, typer.Option("--apply", help="xóa thật; không nêu thì chỉ cho xem")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="in kết quả dạng JSON cho máy đọc")
    ] = False,
) -> None:
    """Dọn những gì quá hạn giữ: lần chạy, nhật ký, tệp cũ của kho, bản sao lưu."""
    root = find_root()
    with ExitStack() as stack:
        shares = shares_of(root, stack)
        gone = {share.kind: share.remove() for share in shares if apply and share.count}
    freed = give_back(dagster_home(root)) if gone.get("runs") or gone.get("ticks") else 0
    if as_json:
        told = [{"kind": s.kind, "count": s.count, "bytes": s.size} for s in shares]
        screen.print_json({"shares": told, "removed": gone, "vacuumed": freed})
        return
    _show(shares, gone, freed, applied=apply)


def shares_of(root: Path, stack: ExitStack) -> list[Share]:
    """All that may go; the history stays open as long as the stack.

    Args:
        root: The project's root.
        stack: Closes the history.

    Raises:
        Stopped: The history or a manifest cannot be read.
        ManifestDamagedError: So is the manifest in force.
    """
    rules, home = operations_rules().retention, dagster_home(root)
    shares = file_shares(root, rules, now(), time.time())
    if (home / SETTINGS).is_file():
        instance = stack.enter_context(opened_instance(root))
        shares = [*history_shares(instance, home, rules, time.time()), *shares]
    return shares


def _show(shares: list[Share], gone: dict[str, int], freed: int, *, applied: bool) -> None:
    out = screen.console()
    rows = [
        {
            "Loại": share.label_vi,
            "Đã xóa" if applied else "Quá hạn": gone.get(share.kind, 0) if applied else share.count,
            "Dung lượng": "" if share.size is None else _mb(share.size),
            "Quy tắc": share.rule_vi,
        }
        for share in shares
    ]
    screen.show_table(out, pd.DataFrame(rows))
    size = sum(share.size or 0 for share in shares)
    if applied:
        out.print(f"Đã giải phóng {_mb(size + freed)} (trong đó thu gọn lịch sử {_mb(freed)}).")
    else:
        out.print(f"Có thể giải phóng khoảng {_mb(size)}: qcdc retention --apply")


def _mb(size: float) -> str:
    return f"{format_number(size / _MB, 1)} MB"
