"""How the instance is looked after, as data: limits of the doctor, days of retention.

Belongs here: the model of ``operations.yaml`` and reading it. Does not belong here: what is looked
at (``operations.doctor``), what is removed (``operations.retention``).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from pipelines.catalogue.base import Entry
from pipelines.catalogue.load import DATA
from pipelines.catalogue.settings import read_settings

FILE = "operations.yaml"
Days = Annotated[int, Field(ge=1)]
Count = Annotated[int, Field(ge=1)]
Amount = Annotated[float, Field(gt=0)]


class DoctorLimits(Entry):
    """When a check of the doctor speaks; units stand in the names."""

    disk_error_gb: Amount
    disk_warning_gb: Amount
    history_warning_gb: Amount
    heartbeat_seconds: Amount
    queued_minutes: Amount
    temporary_minutes: Amount
    clock_minutes: Amount
    horizon_days: Days
    requests_days: Days
    backup_days: Days = 7


class RetentionRules(Entry):
    """How long what nobody needs any more is kept; days, and how many at least."""

    runs_days: Days
    runs_newest_per_period: Count
    step_logs_days: Days
    ticks_days: Days
    warehouse_days: Days
    backups_days: Days
    backups_months: Count
    backups_newest: Count


class OperationsRules(Entry):
    """All of ``operations.yaml``."""

    doctor: DoctorLimits
    retention: RetentionRules


@cache
def operations_rules(directory: Path = DATA) -> OperationsRules:
    """The rules.

    Args:
        directory: Folder of the catalogue's data.

    Raises:
        CatalogueError: The file is not there, no YAML, or says what it must not.
    """
    return read_settings(OperationsRules, directory / FILE)
