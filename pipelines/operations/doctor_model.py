"""What the doctor knows and says: facts, findings, checks.

Belongs here: their shapes. Does not belong here: collecting facts (``doctor_facts*``), judging
them (``doctor_checks*``), the list of all checks (``doctor``).

A check is a pure function from ``Facts`` to findings; it yields nothing where all is well.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pipelines.catalogue.operations import DoctorLimits
from pipelines.operations.sweep import OpenRun
from pipelines.orchestration.problems import Problem

Level = Literal["ok", "warning", "error"]


@dataclass(frozen=True)
class Finding:
    """One thing that the doctor says.

    Attributes:
        check: Name of the check.
        level: ``ok``, ``warning`` or ``error``.
        found: What was seen, in Vietnamese.
        expected: What should be there.
        action: What to do next.
        repairable: Whether ``--repair`` puts it right.
    """

    check: str
    level: Level
    found: str = ""
    expected: str = ""
    action: str = ""
    repairable: bool = False


@dataclass(frozen=True)
class InstanceFacts:
    """Dagster's instance; empty where it could not be opened.

    Attributes:
        prepared: Whether the home has its settings.
        problem: Why the instance could not be opened.
        changed: What its settings say otherwise than the shipped ones.
        is_own: Whether the office has changed them; else they are an older version of ours.
        required: Daemons that should run.
        heartbeats: Daemon → its last sign of life, seconds since 1970.
        errors: Daemon → the error it told of last.
        runs: Runs that have not ended.
        max_runtime: After how many seconds a run is ended.
        history_bytes: Size of the home.
    """

    prepared: bool = False
    problem: Problem | None = None
    changed: tuple[str, ...] = ()
    is_own: bool = False
    required: tuple[str, ...] = ()
    heartbeats: Mapping[str, float] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    runs: tuple[OpenRun, ...] = ()
    max_runtime: float = 0.0
    history_bytes: int = 0


@dataclass(frozen=True)
class LockFacts:
    """The writer lock of the warehouse.

    Attributes:
        named: The process that the file names; None where it names none.
        is_held: Whether the kernel says that somebody holds it.
        holders: Processes that hold it, as far as the system tells.
        is_named_alive: Whether the named process is there.
    """

    named: int | None = None
    is_held: bool = False
    holders: tuple[int, ...] = ()
    is_named_alive: bool = False


@dataclass(frozen=True)
class DiskFacts:
    """Files beside the tables.

    Attributes:
        free: Place → free bytes; the project, and the home where it lies on another disk.
        temporary: Half-written files below the root, relative, with their age in seconds.
        unreadable: Received files that this user may not read, relative.
        lock: The writer lock.
        newest: Place → time of its newest entry, seconds since 1970; for the clock.
    """

    free: Mapping[str, int] = field(default_factory=dict)
    temporary: tuple[tuple[str, float], ...] = ()
    unreadable: tuple[str, ...] = ()
    lock: LockFacts = field(default_factory=LockFacts)
    newest: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class WarehouseFacts:
    """The manifest against the files it names.

    Attributes:
        problem: Why the manifest cannot be read.
        files: How many files it names.
        missing: Those that are not there.
        wrong: Those that are not what they should be, with what is wrong.
        catalogue_hash: Of the catalogue it was built with; empty where nothing was built.
    """

    problem: Problem | None = None
    files: int = 0
    missing: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    catalogue_hash: str = ""


@dataclass(frozen=True)
class PeriodFacts:
    """Catalogue, calendar and journals.

    Attributes:
        problem: Why the catalogue or the facts cannot be read.
        catalogue_hash: Of the catalogue as it is.
        last_day: Last day of the last half-year that exists.
        due: The half-year that is due next: its key and the last day of its window.
        is_asked: Whether something is requested for it.
        broken: Journal → what is wrong in it.
        torn: Journals whose last line was cut.
        lost: Receipts whose file is gone without a later one.
        nameless: Files that wait because no journal can hold their names; unreadable letters as ?.
        newest: Journal → time of its newest line.
    """

    problem: Problem | None = None
    catalogue_hash: str = ""
    last_day: dt.date | None = None
    due: tuple[str, dt.date] | None = None
    is_asked: bool = False
    broken: Mapping[str, str] = field(default_factory=dict)
    torn: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    nameless: tuple[str, ...] = ()
    newest: Mapping[str, dt.datetime] = field(default_factory=dict)


@dataclass(frozen=True)
class BackupFacts:
    """Archives, and what a restore has left.

    Attributes:
        restoring: Whether a restore has begun and not ended.
        expected: Whether the settings of the server say where archives lie.
        newest: Time of the newest archive, as its name says.
    """

    restoring: bool = False
    expected: bool = False
    newest: dt.datetime | None = None


@dataclass(frozen=True)
class Facts:
    """All that checks judge by.

    Attributes:
        root: The project's root.
        home: ``DAGSTER_HOME``.
        now: The project's clock, in Hanoi.
        wall: The machine's clock, seconds since 1970.
        limits: When a check speaks.
        deep: Whether every byte of the warehouse was read.
        drill: The file that stands for the clock, where one does.
        offset_hours: Of Hanoi's time from universal time, as this machine believes.
        instance: Dagster's instance.
        disk: Files beside the tables.
        warehouse: The manifest and its files.
        periods: Catalogue, calendar, journals.
        backup: Archives, and what a restore has left.
        codes: What journals name and the catalogue does not know, in words.
    """

    root: Path
    home: Path
    now: dt.datetime
    wall: float
    limits: DoctorLimits
    deep: bool = False
    drill: str = ""
    offset_hours: float = 7.0
    instance: InstanceFacts = field(default_factory=InstanceFacts)
    disk: DiskFacts = field(default_factory=DiskFacts)
    warehouse: WarehouseFacts = field(default_factory=WarehouseFacts)
    periods: PeriodFacts = field(default_factory=PeriodFacts)
    backup: BackupFacts = field(default_factory=BackupFacts)
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Check:
    """One question to the facts.

    Attributes:
        name: Stable, English, for ``--json``.
        label_vi: What people read.
        find: Facts → findings; nothing where all is well.
    """

    name: str
    label_vi: str
    find: Callable[[Facts], Iterable[Finding]]
