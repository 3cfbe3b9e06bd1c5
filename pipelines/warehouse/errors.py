"""What can go wrong with the warehouse, told so that the reader knows what to do next.

Belongs here: the errors of this room, their codes and their wording frame.
Does not belong here: faults of submitted values (those are findings, not errors).
"""

from __future__ import annotations

from typing import ClassVar


class WarehouseError(Exception):
    """A fault of the warehouse or of how it was asked.

    Args:
        message_vi: What happened, for officials.
        message_en: The same in short, for engineers.
        found: What was found.
        expected: What was expected.
        action_vi: What to do next.
    """

    code: ClassVar[str] = "QCDC-W00"

    def __init__(
        self, message_vi: str, message_en: str, found: str, expected: str, action_vi: str
    ) -> None:
        super().__init__(message_vi, message_en, found, expected, action_vi)
        self.message_vi = message_vi
        self.message_en = message_en
        self.found = found
        self.expected = expected
        self.action_vi = action_vi

    def __str__(self) -> str:
        return (
            f"{self.code}: {self.message_vi}\n"
            f"  Tìm thấy: {self.found}\n"
            f"  Cần có: {self.expected}\n"
            f"  Việc cần làm: {self.action_vi}\n"
            f"  ({self.message_en})"
        )

    def _render_traceback_(self) -> list[str]:
        """What notebooks show in place of a traceback: IPython asks for a method of this name."""
        return str(self).splitlines()


class NotAProject(WarehouseError):  # noqa: N818 — names the state, not a mishap
    """No folder above the start holds ``workspace.yaml``."""

    code = "QCDC-W01"


class WarehouseBusy(WarehouseError):  # noqa: N818 — names the state, not a mishap
    """Another process is writing the warehouse."""

    code = "QCDC-W02"


class ManifestDamagedError(WarehouseError):
    """A manifest cannot be read, or is of a format this version does not know."""

    code = "QCDC-W03"


class FilesMissingError(WarehouseError):
    """A manifest names files that are not there, or that do not fit together."""

    code = "QCDC-W04"


class DuplicateKeyError(WarehouseError):
    """Two rows of a table have the same key."""

    code = "QCDC-W05"


class UnknownNameError(WarehouseError):
    """A table, column, period or label language that the warehouse does not have."""

    code = "QCDC-W06"


class QueryError(WarehouseError):
    """A query is wrong, or asks for what reading does not allow."""

    code = "QCDC-W07"


class DiskFullError(WarehouseError):
    """There is no room for what is to be written."""

    code = "QCDC-W08"


class RestoreUnfinished(WarehouseError):  # noqa: N818 — names the state, not a mishap
    """A restore from a backup was cut; nobody may write before it is done again."""

    code = "QCDC-W09"


class NotPermitted(WarehouseError):  # noqa: N818 — names the state, not a mishap
    """The account that runs this may not read or write there; nothing was written."""

    code: ClassVar[str] = "QCDC-E153"


class PlaceError(WarehouseError):
    """The setting of where the warehouse lies is wrong, or its package is not installed."""

    code: ClassVar[str] = "QCDC-E196"


class CommittedElsewhere(WarehouseError):  # noqa: N818 — names the state, not a mishap
    """Another machine has replaced what this run had read; nothing of this run was published."""

    code: ClassVar[str] = "QCDC-E197"


class StoreUnreachable(WarehouseError):  # noqa: N818 — names the state, not a mishap
    """The object store does not answer, or does not let this account in."""

    code: ClassVar[str] = "QCDC-E198"


class FileSpoiltError(WarehouseError):
    """A file is not what its name, the hash of its content, says."""

    code: ClassVar[str] = "QCDC-E199"
