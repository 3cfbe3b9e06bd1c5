"""The clock: everything that is written down with a time takes it from here.

Belongs here: what time it is in Hanoi. Does not belong here: what is done at which time
(``calendar``, ``automation``). Tests and drills set ``QCDC_CLOCK`` to the path of a file that
holds one ISO time; it is read at every look at the clock, by all programs alike.
"""

# no `from __future__ import annotations`: Dagster looks at the types themselves
import datetime as dt
import os
from pathlib import Path
from zoneinfo import ZoneInfo

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
VARIABLE = "QCDC_CLOCK"


class ClockBroken(Exception):  # noqa: N818 — names the state
    """``QCDC_CLOCK`` is set and tells no time."""


def now() -> dt.datetime:
    """The time in Hanoi, to the second.

    Raises:
        ClockBroken: The environment names a file, and it holds no time.
    """
    named = os.environ.get(VARIABLE)
    if not named:
        return dt.datetime.now(HANOI).replace(microsecond=0)
    try:
        text = Path(named).read_text(encoding="utf-8").strip()
        told = dt.datetime.fromisoformat(text)
    except (OSError, ValueError) as error:
        msg = f"{VARIABLE}: {error}"
        raise ClockBroken(msg) from error
    if told.utcoffset() is None:
        told = told.replace(tzinfo=HANOI)
    return told.astimezone(HANOI).replace(microsecond=0)
