"""Events of a run that stopped → what its specialist is told.

Belongs here: finding code, sentence and action in Dagster's events. Does not belong here: keeping
them (``failures``). Tracebacks and what was found stay in the run's log: they may hold values.
"""

from __future__ import annotations

from collections.abc import Sequence

import dagster as dg

from pipelines.operations.notice_rows import Failure

_UNEXPECTED = (
    "QCDC-E99",
    "Chương trình gặp lỗi ngoài dự kiến.",
    "Mở trang quản trị, xem lần chạy này, gửi nhật ký của nó cho người phát triển.",
)
_INTERRUPTED = (
    "QCDC-E139",
    "Lần chạy bị ngắt giữa chừng (mất điện, hết bộ nhớ, hoặc quá thời gian).",
    "Chạy lại kỳ; còn lặp lại thì chạy qcdc doctor và làm theo chỉ dẫn.",
)


def failure_of(run_id: str, events: Sequence[dg.DagsterEvent]) -> Failure:
    """What to tell about a run that stopped.

    Args:
        run_id: The run.
        events: Its failed steps; none where the process was gone.
    """
    for event in events:
        data = event.step_failure_data.user_failure_data
        if data is None:
            continue
        told = {key: str(value.value) for key, value in data.metadata.items()}
        if {"code", "title", "action"} <= told.keys():
            return Failure(run_id, told["code"], told["title"], told["action"])
    code, problem, action = _UNEXPECTED if events else _INTERRUPTED
    return Failure(run_id, code, problem, action)
