"""The illustrative history: every half-year that is asked for and does not come with the project.

Belongs here: which periods, several at a time, what is told while it lasts. Does not belong here:
a single period (``write``).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from pipelines.sample.cases import SHIPPED
from pipelines.sample.setting import SampleError, illustrative_periods, read_setting
from pipelines.sample.write import refuse_work_in, write_sample

MOST_WORKERS = 2  # each holds the workbooks of a period in memory


def history_to_write(root: Path, asked: Sequence[str] = ()) -> list[str]:
    """The periods to write.

    Args:
        root: The project's root, with ``raw/reference/``.
        asked: Keys of periods; without any all illustrative ones that are not shipped.

    Raises:
        SampleError: A period is asked for that is shipped, or that no illustrative request names.
    """
    known = [period for period in illustrative_periods(root) if period not in SHIPPED]
    wrong = [period for period in asked if period not in known]
    if wrong:
        msg = (
            f"không ghi kỳ {', '.join(wrong)}: kỳ kèm sẵn thì dùng `make sample`, kỳ khác cần yêu "
            f"cầu minh họa trong raw/reference/requests.csv (có: {', '.join(known) or 'chưa có'})"
        )
        raise SampleError(msg)
    return [period for period in known if period in asked] if asked else known


def write_history(
    root: Path,
    periods: Sequence[str],
    *,
    workers: int = MOST_WORKERS,
    tell: Callable[[str, int], None] = lambda _period, _files: None,
) -> dict[str, int]:
    """Write the workbooks and journals of periods, several periods at a time.

    Args:
        root: The project's root, with ``raw/reference/``.
        periods: Keys of the periods.
        workers: Processes at most.
        tell: Called with each period and the number of its files when it is written.

    Returns:
        Files written by period, in the order of the periods.

    Raises:
        SampleError: As ``write_sample``; looked at for all periods before any is written.
    """
    refuse_work_in(root, list(periods))
    count = min(workers, len(periods), os.cpu_count() or 1)
    if count < 2:
        written = {}
        for period in periods:
            written[period] = _write(root, period)
            tell(period, written[period])
        return written
    written = {}
    # spawned, not forked: the caller may have threads
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        # the largest first, so that no process is left with it at the end
        order = sorted(periods, key=lambda period: -_senders(root, period))
        running = {pool.submit(_write, root, period): period for period in order}
        for done in as_completed(running):
            written[running[done]] = done.result()
            tell(running[done], done.result())
    return {period: written[period] for period in periods}


def _write(root: Path, period: str) -> int:
    return len(write_sample(root, period=period)) - 1  # the journal is no workbook


def _senders(root: Path, period: str) -> int:
    return sum(len(request.senders) for request in read_setting(root, period).requests)
