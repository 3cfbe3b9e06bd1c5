"""Dagster's run history without its waits, for tests only.

Dagster 1.13 opens, compiles for and closes a SQLite database for every event: 609 times in the run
of four workbooks, a third of its time. One engine for each database keeps the compiled statements,
and no write waits for the disk: the histories of tests are thrown away. What tests start as
processes of their own (and so what a crash may leave behind) is not touched.

Belongs here: that patch. Does not belong here: anything the product would rely on.
"""

import functools
import importlib
import sqlite3

from sqlalchemy import Engine, event
from sqlalchemy.pool import NullPool, Pool

STORAGES = (
    "event_log.sqlite.sqlite_event_log",
    "runs.sqlite.sqlite_run_storage",
    "schedules.sqlite.sqlite_schedule_storage",
)


def make_quick() -> None:
    """Patch the storages, once."""
    sql = importlib.import_module("dagster._core.storage.sql")
    storages = [importlib.import_module(f"dagster._core.storage.{name}") for name in STORAGES]
    for storage in storages:
        if storage.create_engine is sql.create_engine:
            vars(storage)["create_engine"] = functools.partial(_engine, sql.create_engine)


def _engine(
    make: object, url: str, *, poolclass: type[Pool], connect_args: dict[str, float] | None = None
) -> Engine:
    assert poolclass is NullPool, "a database that is closed after use may be removed or copied"
    return _kept(make, url, (connect_args or {}).get("timeout", 5))


@functools.lru_cache(maxsize=64)
def _kept(make, url: str, timeout: float) -> Engine:
    engine = make(url, poolclass=NullPool, connect_args={"timeout": timeout})
    event.listen(engine, "connect", _do_not_wait)
    return engine


def _do_not_wait(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")
