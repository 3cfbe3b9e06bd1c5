"""When periods open, close and lock by themselves, and how long new files are waited for: as data.

Belongs here: the model of ``calendar.yaml`` and reading it. Does not belong here: which step is
due (``orchestration.calendar``), taking it (``orchestration.automation``).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from pipelines.catalogue.base import Entry
from pipelines.catalogue.load import DATA
from pipelines.catalogue.settings import read_settings

FILE = "calendar.yaml"
Days = Annotated[int, Field(ge=0, le=3660)]
Seconds = Annotated[int, Field(ge=1)]


class CalendarRules(Entry):
    """All of ``calendar.yaml``; days unless the name says otherwise.

    Attributes:
        open_days_before: From the first due date back to the opening.
        remind_days_before: From the due date back to each reminder.
        grace_days: From the last due date to the closing.
        lock_after_days: From the closing to the lock; None: only people lock.
        look_back_days: How far back the last due date may lie.
        quiet_seconds: How long ``raw/`` must lie still before a run is asked for.
        longest_wait_seconds: How long a stream of files may put that off.
        verify_hours: After how many hours files are hashed although nothing seems to have moved.
    """

    open_days_before: Days
    remind_days_before: tuple[Days, ...]
    grace_days: Days
    lock_after_days: Days | None
    look_back_days: Days
    quiet_seconds: Seconds
    longest_wait_seconds: Seconds
    verify_hours: Annotated[int, Field(ge=1)]

    @model_validator(mode="after")
    def _waits_in_order(self) -> Self:
        if self.longest_wait_seconds < self.quiet_seconds:
            raise ValueError("longest_wait_seconds is shorter than quiet_seconds")
        return self


@cache
def calendar_rules(directory: Path = DATA) -> CalendarRules:
    """The rules.

    Args:
        directory: Folder of the catalogue's data.

    Raises:
        CatalogueError: The file is not there, no YAML, or says what it must not.
    """
    return read_settings(CalendarRules, directory / FILE)
