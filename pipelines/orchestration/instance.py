"""Opening Dagster's instance: prepared, or told why not.

Belongs here: the instance as a context, what it needs from the environment, how large it is. Does
not belong here: copying settings (``home``), looking at it (``operations.doctor``). Dagster is
imported by the call.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from pipelines.orchestration.history_full import told_when_history_is_full
from pipelines.orchestration.home import SETTINGS, copied, dagster_home
from pipelines.orchestration.home_lock import home_lock
from pipelines.orchestration.problems import Problem, Stopped

if TYPE_CHECKING:
    import dagster as dg

_ENV = re.compile(r"\{\s*env:\s*(\w+)\s*\}")
_LONGEST = 400
_SECRET = re.compile(r"(://[^:/@\s]+:)[^@\s]+@")


@contextmanager
def opened_instance(root: Path) -> Iterator[dg.DagsterInstance]:
    """The instance of the project.

    Args:
        root: The project's root; its home has been prepared.

    Raises:
        Stopped: The home has no settings, they cannot be read, or the history cannot be reached.
    """
    home = dagster_home(root)
    if not (home / SETTINGS).is_file():
        raise Stopped(_not_prepared(home))
    with opened_home(home) as instance:
        yield instance


@contextmanager
def opened_home(home: Path) -> Iterator[dg.DagsterInstance]:
    """The instance of a home; one without settings has Dagster's own.

    Args:
        home: ``DAGSTER_HOME``; it is there.

    Raises:
        Stopped: The settings cannot be read, or the history cannot be reached.
    """
    missing = missing_variables(home)
    if missing:
        raise Stopped(_no_variables(missing))
    import dagster as dg

    try:
        # it may be the first time, and others may be starting
        with home_lock(home), told_when_history_is_full(home):
            instance = dg.DagsterInstance.from_config(str(home))
    except instance_errors() as error:
        raise Stopped(not_opened(error)) from error
    with instance:
        yield instance


def instance_errors() -> tuple[type[Exception], ...]:
    """What an instance may raise when its settings or its history are broken."""
    import dagster as dg
    from dagster._check import CheckError
    from dagster_postgres.utils import DagsterPostgresException
    from sqlalchemy.exc import SQLAlchemyError

    return (
        dg.DagsterError,
        CheckError,
        SQLAlchemyError,
        DagsterPostgresException,
        yaml.YAMLError,
        OSError,
        ImportError,  # a storage whose driver is not installed
        ValueError,  # settings that are no UTF-8
    )


def missing_variables(home: Path) -> list[str]:
    """Variables that the settings name and the environment does not have."""
    path = home / SETTINGS
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    said = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    return [name for name in dict.fromkeys(_ENV.findall(said)) if not os.environ.get(name)]


def history_bytes(home: Path) -> int:
    """How large history and logs in the home are; what lies in PostgreSQL does not count."""
    size = 0
    for path in home.rglob("*"):
        try:
            if path.is_file() and not path.is_symlink():
                size += path.stat().st_size
        except FileNotFoundError:  # a log of a run that was just removed
            continue
    return size


def not_opened(error: Exception) -> Problem:
    """The history cannot be reached; the password, if the driver shows it, is not told."""
    return Problem(
        "QCDC-E112",
        "Không mở được lịch sử chạy của Dagster.",
        without_secrets(f"{type(error).__name__}: {error}")[:_LONGEST],
        "tệp .dagster/dagster.yaml đúng, nơi lưu lịch sử (SQLite hoặc PostgreSQL) mở được",
        "Chạy qcdc doctor để xem chỗ khác; với PostgreSQL: kiểm tra máy chủ đang chạy và các biến "
        "QCDC_PG_*. Số liệu trong warehouse/ không bị ảnh hưởng.",
    )


def without_secrets(text: str) -> str:
    """A text without the passwords of addresses in it, nor that of the environment."""
    shown = _SECRET.sub(r"\1***@", text)
    secret = os.environ.get("QCDC_PG_PASSWORD")
    return shown.replace(secret, "***") if secret else shown


def storage_words(home: Path) -> str:
    """Where the history lies, in words."""
    return "PostgreSQL" if copied(home).storage == "postgres" else "SQLite (trong thư mục .dagster)"


def _not_prepared(home: Path) -> Problem:
    return Problem(
        "QCDC-E110",
        "Dagster chưa được chuẩn bị.",
        f"{home.name}/ không có tệp {SETTINGS}",
        f"tệp {SETTINGS} trong thư mục DAGSTER_HOME",
        "Chạy: qcdc doctor --repair (hoặc make setup).",
    )


def _no_variables(missing: list[str]) -> Problem:
    return Problem(
        "QCDC-E111",
        "Thiếu thông tin để nối với PostgreSQL.",
        f"biến môi trường chưa đặt: {', '.join(missing)}",
        "mọi biến mà .dagster/dagster.yaml nêu đều có trong môi trường của tiến trình",
        "Đặt các biến này (xem docs/van-hanh.md, phần PostgreSQL), hoặc quay về SQLite: "
        "qcdc instance --storage sqlite.",
    )
