"""When results are due: a freshness policy from the calendar of the catalogue's half-years.

Belongs here: window of the half-years → Dagster's policy. Does not belong here: due dates of
single requests (they open, close and lock periods), whether a period is complete (``checks``).
https://docs.dagster.io/guides/observe/asset-freshness-policies
"""

from __future__ import annotations

import datetime as dt

import dagster as dg

from pipelines.catalogue.model import Catalogue
from pipelines.catalogue.periods import period_frame

_TIMEZONE = "Asia/Ho_Chi_Minh"
_BEFORE = dt.timedelta(days=31)  # a result older than this at the deadline is not the period's


def results_due(catalogue: Catalogue) -> dg.FreshnessPolicy | None:
    """Results are to be there when the windows of the half-years end, made in the month before.

    Returns:
        None where the windows do not end on one day of their months: a cron line cannot say that.
    """
    periods = period_frame(catalogue.periods)
    ends = periods.loc[periods["kind"] == "half", "window_to"].dropna()
    deadlines = {end + dt.timedelta(days=1) for end in ends}
    days = {day.day for day in deadlines}
    if len(days) != 1:
        return None
    months = ",".join(str(month) for month in sorted({day.month for day in deadlines}))
    return dg.FreshnessPolicy.cron(f"0 0 {days.pop()} {months} *", _BEFORE, _TIMEZONE)
