"""The door to the warehouse for notebooks.

Belongs here: opening a warehouse read-only. Does not belong here: what a frame means (the other
modules of this room), pictures and HTML (``reports``).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import ClassVar, Protocol

import pandas as pd

from pipelines.catalogue.contracts import table_contract, table_names
from pipelines.catalogue.integrity import CatalogueError
from pipelines.catalogue.load import load_catalogue, load_migrations
from pipelines.catalogue.migrations import Migrations, read_migrations
from pipelines.catalogue.model import Catalogue
from pipelines.warehouse.archives import CATALOGUE, ISSUED_ID, TABLES, release_folder
from pipelines.warehouse.errors import ManifestDamagedError, NotPermitted, WarehouseError
from pipelines.warehouse.manifest import Manifest, read_manifest
from pipelines.warehouse.reader import Warehouse, open_warehouse_at
from pipelines.warehouse.root import find_root

_RELEASE = re.compile(r"(?P<period>[A-Za-z0-9][A-Za-z0-9_-]*)/(?P<id>draft|[0-9]+)")


class Tables(Protocol):
    """Whatever gives warehouse tables by name: all periods, English columns."""

    def table(self, name: str, /) -> pd.DataFrame:
        """The table ``schema.table``."""
        ...


class NoRelease(WarehouseError):  # noqa: N818 — names the state, not a mishap
    """The release that was asked for is not there."""

    code: ClassVar[str] = "QCDC-A01"


def open_warehouse(release: str | None = None, root: Path | None = None) -> Warehouse:
    """Open the warehouse for reading.

    Args:
        release: ``<period>/draft`` or None for the current manifest; ``<period>/<nn>`` for an
            issued release.
        root: The project's root; by default the nearest folder above the current one that
            holds ``workspace.yaml``.

    Returns:
        ``wh.table("eval.indicator_values")`` gives all periods with English columns, with
        ``labels="vi"`` Vietnamese ones; ``wh.sql(…)`` asks in SQL. Tables of the contract that
        hold nothing yet are empty.

    Raises:
        NoRelease: There is no such release.
        NotAProject: No root above the current folder.
        ManifestDamagedError: The manifest cannot be read.
        NotPermitted: This account may not read it.
    """
    where = root if root is not None else find_root()
    try:
        manifest, archive = _manifest(where, release), _archive(where, release)
    except PermissionError as error:
        raise NotPermitted(
            "Tài khoản này không được đọc bản phát hành hoặc kho dữ liệu.",
            "this account may not read there",
            f"{release or 'warehouse/manifest.json'}: {error.strerror}",
            "tài khoản thuộc nhóm được đọc kho; bản đã ban hành chỉ tài khoản hệ thống đọc được",
            "Bỏ trống release để dùng số liệu hiện hành, hoặc nhờ người vận hành.",
        ) from error
    catalogue, migrations = _catalogue(archive)
    contracts = [table_contract(catalogue, name) for name in table_names(catalogue)]
    return open_warehouse_at(
        where,
        manifest,
        labels={contract.name: contract.labels_vi for contract in contracts},
        contracts=contracts,
        folder=archive / TABLES if archive is not None else None,
        migrations=migrations,
    )


def _archive(root: Path, release: str | None) -> Path | None:
    """The folder of an issued release that holds its own tables."""
    if release is None or ISSUED_ID.fullmatch(release) is None:
        return None
    folder = release_folder(root, release)
    return folder if (folder / TABLES).is_dir() else None


def _catalogue(archive: Path | None) -> tuple[Catalogue, Migrations]:
    """The catalogue of a release; today's for one that today's code cannot read any more.

    Figures are read from the archive either way; labels, empty tables and names are the
    catalogue's.
    """
    folder = archive / CATALOGUE if archive is not None else None
    if folder is None or not folder.is_dir():
        return load_catalogue(), load_migrations()
    try:
        return load_catalogue(folder), read_migrations(folder)
    except CatalogueError:
        return load_catalogue(), load_migrations()


def _manifest(root: Path, release: str | None) -> Manifest:
    if release is None:
        return read_manifest(root)
    named = _RELEASE.fullmatch(release)
    if named is None:
        raise _no_release(release, "tên bản phát hành không đúng dạng")
    if named["id"] == "draft":
        current = read_manifest(root)
        if not any(named["period"] in periods for periods in current.tables.values()):
            raise _no_release(release, f"kho chưa có số liệu của kỳ {named['period']}")
        return current
    archived = root / "raw" / named["period"] / "releases" / named["id"] / "manifest.json"
    if not archived.is_file():
        raise _no_release(release, f"không có tệp {archived.relative_to(root).as_posix()}")
    try:
        return Manifest.model_validate_json(archived.read_bytes())
    except ValueError as error:
        raise ManifestDamagedError(
            "Không đọc được bản kê của bản phát hành.",
            "the manifest of the release is damaged",
            archived.relative_to(root).as_posix(),
            "bản kê dạng JSON, format 1",
            "Khôi phục thư mục releases/ từ bản sao lưu.",
        ) from error


def _no_release(release: str, found: str) -> NoRelease:
    return NoRelease(
        f"Không có bản phát hành {release!r}.",
        "no such release",
        found,
        "<kỳ>/draft (bản đang làm) hoặc <kỳ>/<số> của bản đã ban hành, ví dụ 2021-H1/draft",
        "Bỏ trống release để dùng số liệu hiện hành, hoặc chạy qcdc run <kỳ> trước.",
    )
