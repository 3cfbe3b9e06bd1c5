"""Where the warehouse lies: a folder of the project, or an object store (``QCDC_WAREHOUSE``).

Two kinds of things are kept. A table's file is named by its content and never changes: with a
store it is written into the project's folder first, sent before a manifest names it, and fetched
once by whoever reads it. The manifest and the candidates change: each is replaced as a whole, and
on a store only if it still is what the writer has seen, so that of two writers one loses and is
told.

Belongs here: names → bytes, in a folder or on a store, and which of the two a project uses. Does
not belong here: what the bytes mean (``manifest``, ``store``), how a file gets whole on disk
(``durable``).
"""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pipelines.warehouse.durable import remove, write_whole
from pipelines.warehouse.errors import PlaceError
from pipelines.warehouse.root import find_root

VARIABLE, PROJECT = "QCDC_WAREHOUSE", "QCDC_ROOT"
SCHEME = "s3://"


@dataclass(frozen=True)
class Seen:
    """What stood under a name: its bytes, and what a store calls that version; None for nothing."""

    data: bytes | None = None
    version: str | None = None


class Place(Protocol):
    """A warehouse's files by name, ``/`` between the parts of a name."""

    @property
    def compares(self) -> bool:
        """Whether writers on several machines are told apart by what they have seen."""
        ...

    def see(self, name: str) -> Seen:
        """What stands under a name now."""
        ...

    def replace(self, name: str, data: bytes, seen: Seen, point: str) -> bool:
        """Put bytes under a name in one step; equal ones are left alone.

        Args:
            name: ``manifest.json`` or a candidate.
            data: All of it.
            seen: What the writer knows to stand there. A folder's writers hold its lock and do
                not compare; a store refuses where something else stands by now.
            point: Prefix of the failpoints.

        Returns:
            Whether anything was written.

        Raises:
            CommittedElsewhere: Something else stands there by now.
        """
        ...

    def remove(self, name: str, seen: Seen | None, point: str) -> None:
        """Take what stands under a name away; a store leaves what is no longer as it was seen."""
        ...

    def names(self, folder: str) -> list[str]:
        """Names of what lies directly in a folder, sorted."""
        ...

    def hold(self, files: Collection[str]) -> list[str]:
        """See to it that files named by content outlast this machine; those that cannot be had."""
        ...

    def paths(self, files: Collection[str]) -> dict[str, Path]:
        """Where files named by content can be read on this machine; absent ones are left out."""
        ...


class Folder:
    """A folder of this machine.

    Args:
        folder: Where; made with the first file.
    """

    compares = False

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def see(self, name: str) -> Seen:
        """What stands under a name now."""
        try:
            return Seen((self.folder / name).read_bytes())
        except FileNotFoundError:
            return Seen()

    def replace(self, name: str, data: bytes, seen: Seen, point: str) -> bool:  # noqa: ARG002 — a folder's writers hold its lock
        """Put bytes under a name in one step; equal ones are left alone."""
        return write_whole(self.folder / name, data, point)

    def remove(self, name: str, seen: Seen | None, point: str) -> None:  # noqa: ARG002 — as above
        """Take what stands under a name away, if anything does."""
        remove(self.folder / name, point)

    def names(self, folder: str) -> list[str]:
        """Names of what lies directly in a folder, sorted."""
        return sorted(f"{folder}/{path.name}" for path in (self.folder / folder).glob("*.json"))

    def hold(self, files: Collection[str]) -> list[str]:
        """Those of the files that are not there."""
        return sorted(name for name in files if not (self.folder / name).is_file())

    def paths(self, files: Collection[str]) -> dict[str, Path]:
        """Where the files lie, those too that are not there: opening them says so."""
        return {name: self.folder / name for name in files}


def place_of(root: Path) -> Place:
    """Where the warehouse of a project lies.

    The setting speaks of one project, that of ``QCDC_ROOT`` or of the current folder: roots that
    are laid out for a while, as to compute a release anew, never touch its store.

    Args:
        root: The project's root.

    Raises:
        PlaceError: The setting is no address, or the package for it is not installed.
        NotAProject: There is a setting, and no telling which project it speaks of.
    """
    folder = root / "warehouse"
    url = os.environ.get(VARIABLE, "").strip()
    if not url or not is_project(root):
        return Folder(folder)
    if not url.startswith(SCHEME):
        raise PlaceError(
            f"Cài đặt {VARIABLE} không đúng.",
            "not the address of an object store",
            repr(url),
            f"địa chỉ dạng {SCHEME}kho/thư-mục, hoặc để trống: kho nằm trong warehouse/",
            f"Sửa {VARIABLE} trong qcdc.env rồi chạy lại.",
        )
    from pipelines.warehouse.object_store import opened_store  # its package is optional

    return opened_store(url, folder)


def is_project(root: Path) -> bool:
    """Whether a root is that of the project which the settings speak of."""
    named = os.environ.get(PROJECT, "").strip()
    project = Path(named) if named else find_root()
    return root.resolve() == project.resolve()
