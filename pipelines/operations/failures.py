"""Runs that stopped, kept until one of the same period goes through.

Belongs here: the record beside the outbox. Does not belong here: noticing that a run failed
(``dagster_parts``), telling it (``notice_rows``). No traceback and nothing of the data is kept:
a code, a sentence and what to do.
"""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import TypeAdapter

from pipelines.operations.notice_rows import Failure
from pipelines.warehouse.durable import write_whole
from pipelines.warehouse.manifest import warehouse_folder

_FOLDER = "outbox/.failed"
_MOST = 20
_RECORDS = TypeAdapter(list[dict[str, str | list[str]]])


def failures_of(root: Path, period: str) -> list[Failure]:
    """The problems of a period that no good run has ended."""
    return [
        Failure(
            run_id=str(each["runs"][0]),
            code=str(each["code"]),
            problem=str(each["problem"]),
            action=str(each["action"]),
        )
        for each in _read(_path(root, period))
    ]


def record_failure(root: Path, period: str, failure: Failure) -> bool:
    """Keep a run that stopped.

    Args:
        root: The project's root.
        period: Key of the period.
        failure: The run; a run that is known already changes nothing, and one that stopped for
            the same reason as another is told with it.

    Returns:
        Whether the run was new.
    """
    path = _path(root, period)
    known = _read(path)
    if any(failure.run_id in each["runs"] for each in known):
        return False
    same = next(
        (e for e in known if (e["code"], e["problem"]) == (failure.code, failure.problem)), None
    )
    if same is None:
        known.append(
            {
                "code": failure.code,
                "problem": failure.problem,
                "action": failure.action,
                "runs": [failure.run_id],
            }
        )
    else:
        # the first run names the failure; of the others the newest are enough
        runs = list(same["runs"])
        same["runs"] = [runs[0], *runs[1:][-_MOST:], failure.run_id]
    _write(path, known[-_MOST:])
    return True


def clear_failures(root: Path, period: str) -> None:
    """A run of the period went through: what stopped earlier ones is over."""
    _path(root, period).unlink(missing_ok=True)


def _path(root: Path, period: str) -> Path:
    return warehouse_folder(root) / _FOLDER / f"{period}.json"


def _read(path: Path) -> list[dict[str, str | list[str]]]:
    return _RECORDS.validate_json(path.read_bytes()) if path.is_file() else []


def _write(path: Path, records: list[dict[str, str | list[str]]]) -> None:
    text = json.dumps(records, ensure_ascii=False, indent=1)
    write_whole(path, f"{text}\n".encode(), "report")
