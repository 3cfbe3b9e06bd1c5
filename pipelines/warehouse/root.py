"""Where the project is: the nearest folder that holds ``workspace.yaml``.

Belongs here: finding the root. Does not belong here: what lies below it.
"""

from __future__ import annotations

from pathlib import Path

from pipelines.warehouse.errors import NotAProject

MARKER = "workspace.yaml"


def find_root(start: Path | None = None) -> Path:
    """The nearest folder, from ``start`` upwards, that holds ``workspace.yaml``.

    Args:
        start: Where to begin; the current directory by default.

    Returns:
        An absolute path.

    Raises:
        NotAProject: No folder up to the top holds the file.
    """
    origin = (start if start is not None else Path.cwd()).absolute()
    for folder in (origin, *origin.parents):
        if (folder / MARKER).is_file():
            return folder
    raise NotAProject(
        "Thư mục này không thuộc dự án QCDC.",
        "not inside a QCDC project",
        f"{origin} và các thư mục cấp trên đều không có {MARKER}",
        f"một thư mục chứa tệp {MARKER}",
        f"Chuyển vào thư mục dự án (nơi có {MARKER}) rồi chạy lại lệnh.",
    )
