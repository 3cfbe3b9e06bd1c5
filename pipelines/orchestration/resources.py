"""What assets are given from outside: the project's folder and its catalogue.

Belongs here: resources, resolved when a run starts. Does not belong here: logic, or anything read
when definitions load.
https://docs.dagster.io/guides/build/external-resources/defining-resources
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import dagster as dg
from pydantic import Field

from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.model import Catalogue
from pipelines.orchestration import clock
from pipelines.warehouse.root import find_root

# a run that nobody sits in front of waits for another writer: nobody would start it again
UNATTENDED_PATIENCE = 600.0


class ProjectResource(dg.ConfigurableResource):
    """Where the project is, and what it measures."""

    root: str | None = Field(
        default=None,
        description="Thư mục gốc của dự án; để trống: thư mục gần nhất có workspace.yaml.",
    )

    patience: float = Field(
        default=0.0,
        description="Số giây chờ khi một lần chạy khác đang ghi kho; 0: báo bận ngay.",
    )

    def folder(self) -> Path:
        """The project's root.

        Raises:
            NotAProject: None was given, and no folder above the current one is a project.
        """
        return Path(self.root) if self.root is not None else find_root()

    def catalogue(self) -> Catalogue:
        """The shipped catalogue."""
        return load_catalogue()


class ClockResource(dg.ConfigurableResource):
    """What time it is; tests and drills give a fixed one."""

    at: str | None = Field(
        default=None, description="Thời điểm ISO cố định cho thử nghiệm; để trống: giờ hiện tại."
    )

    def now(self) -> dt.datetime:
        """The time in Hanoi, to the second.

        Raises:
            ValueError: The fixed time is none.
        """
        if self.at is None:
            return clock.now()
        return dt.datetime.fromisoformat(self.at).astimezone(clock.HANOI)
