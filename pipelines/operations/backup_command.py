"""What ``qcdc backup`` and ``qcdc restore`` do: where the archive lies, what is told about it.

Belongs here: the archive's name, the clock, words on the screen. Does not belong here: writing
the archive (``backup``), reading and placing it (``backup_archive``, ``restore``).
"""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from pipelines.operations.backup import SUFFIX, write_backup
from pipelines.operations.backup_archive import read_listing
from pipelines.operations.restore import Restored
from pipelines.operations.restore import restore as put_in_place
from pipelines.operations.retention import backup_folder
from pipelines.orchestration import screen
from pipelines.orchestration.clock import now
from pipelines.orchestration.home import dagster_home
from pipelines.warehouse.root import find_root

DONE = 0
_PRIVATE = (
    "Tệp chứa raw/ (biểu đã nhận, sổ): chỉ người chạy lệnh đọc được (quyền 0600); "
    "chép sang ổ khác, giữ như hồ sơ nội bộ."
)
_KEY = "Khóa bí mật của nơi cài đặt (biến môi trường) không nằm trong tệp: giữ riêng."
_POSTGRES = (
    "Lịch sử chạy của Dagster ở PostgreSQL, không nằm trong tệp: sao lưu riêng bằng pg_dump."
)


def backup(out: Path | None, *, as_json: bool) -> int:
    """Write a backup of the project.

    Args:
        out: Folder of the archive; where the server's settings say by default, or ``sao-luu/``.
        as_json: Print JSON.

    Raises:
        Stopped: As ``write_backup``.
        WarehouseBusy: A run is still writing.
    """
    root, at = find_root(), now()
    home = dagster_home(root)
    folder = out if out is not None else backup_folder(root)
    path = folder / f"qcdc-{at:%Y%m%d-%H%M%S}{SUFFIX}"
    write_backup(root, path, at=at.isoformat(), home=home)
    listing = read_listing(path, version("qcdc"))
    history, size = listing.run_history, path.stat().st_size
    if as_json:
        told = {"path": str(path), "bytes": size, "run_history": history}
        screen.print_json({**told, "left_out": list(listing.left_out)})
        return DONE
    screen.console().print(f"Đã sao lưu: {path} ({size:,} byte)".replace(",", "."), soft_wrap=True)
    for line in (_PRIVATE, _KEY, *([_POSTGRES] if history == "postgres" else [])):
        screen.console().print(f"  {line}", soft_wrap=True)
    if listing.left_out:
        names = ", ".join(listing.left_out)
        screen.console().print(
            f"  KHÔNG có trong tệp (liên kết, hoặc lịch sử chạy đã hỏng): {names}", soft_wrap=True
        )
    return DONE


def restore(archive: Path, into: Path | None, *, replace: bool, as_json: bool) -> int:
    """Put a backup in place.

    Args:
        archive: The archive.
        into: The root; by default the project that the current folder is in.
        replace: Set aside what stands there.
        as_json: Print JSON.

    Raises:
        Stopped: As ``restore.restore``; nothing was changed.
        WarehouseBusy: A run is still writing.
    """
    root = into.absolute() if into is not None else find_root()
    done = put_in_place(archive, root, replace=replace)
    if as_json:
        told = {"root": str(root), "files": done.files, "places": done.places, "aside": done.aside}
        screen.print_json({**told, "made_at": done.listing.made_at, "code": done.listing.code})
        return DONE
    for line in _told(done, root):
        screen.console().print(line, soft_wrap=True)
    return DONE


def _told(done: Restored, root: Path) -> list[str]:
    lines = [
        f"Đã khôi phục {done.files} tệp vào {root}: {', '.join(done.places)}",
        f"  Bản sao lưu lúc {done.listing.made_at}, phiên bản {done.listing.code}",
    ]
    if done.aside is not None:
        lines.append(f"  Dữ liệu trước đó được cất ở {done.aside}/ (xóa khi không cần nữa)")
    if done.listing.run_history == "postgres":
        lines.append("  Lịch sử chạy của Dagster: nạp lại riêng vào PostgreSQL (psql, pg_restore)")
    lines.append("  Tiếp theo: qcdc release verify; qcdc status; rồi bật lại Dagster")
    return lines
