"""What is asked of whom in a period, from the reference tables.

Belongs here: the period's row and parts, its requests, expected pairs, scopes. Does not belong
here: anything that was received (``steps``), composing (``wholes``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from pipelines.catalogue.model import Catalogue
from pipelines.catalogue.periods import composed_of
from pipelines.places.units import fits, in_force, within


class NoInput(Exception):  # noqa: N818 — reads as what happened, like StopIteration
    """There is nothing to evaluate in the period.

    Args:
        found: What was looked at.
        instead: The half-years of a kind of period that nothing is requested for.
        parts: The half-years that the period is made of, none of which has received anything.
    """

    def __init__(self, found: str, instead: Sequence[str] = (), parts: Sequence[str] = ()) -> None:
        super().__init__(found)
        self.instead = tuple(instead)
        self.parts = tuple(parts)


def period_row(tables: Mapping[str, pd.DataFrame], period: str) -> dict[str, Any]:
    """The row of ``ref.periods``, dates as ``datetime.date``.

    Where requests set a later cut-off than the calendar does, its events lie until that day, and
    those of the next period after it; ``ref.periods`` keeps the default.

    Raises:
        NoInput: There is no such period.
    """
    row = _calendar_row(tables, period)
    before = row["previous"]
    if isinstance(before, str) and (last := _later_cut_off(tables, before)):
        row["window_from"] = last + dt.timedelta(days=1)
    if last := _later_cut_off(tables, period):
        row["window_to"] = last
    return row


def _calendar_row(tables: Mapping[str, pd.DataFrame], period: str) -> dict[str, Any]:
    periods = tables["ref.periods"]
    row = periods[periods["period"] == period]
    if row.empty:
        msg = f"no period {period} in ref.periods"
        raise NoInput(msg)
    values = {str(key): value for key, value in row.iloc[0].to_dict().items()}
    return {
        key: value.date() if isinstance(value, pd.Timestamp) else value
        for key, value in values.items()
    }


def _later_cut_off(tables: Mapping[str, pd.DataFrame], period: str) -> dt.date | None:
    """The last day that requests of a period ask figures of, if after that of the calendar."""
    requests = tables.get("ref.requests")
    if requests is None:
        return None
    asked = requests.loc[requests["period"] == period, "data_to"].dropna()
    default = _calendar_row(tables, period)["window_to"]
    if asked.empty or pd.isna(default):
        return None
    last = pd.Timestamp(asked.max()).date()
    return last if last > default else None


def made_of(tables: Mapping[str, pd.DataFrame], period: str) -> list[str]:
    """The periods that a period is made of; none where something is requested for itself."""
    return composed_of(tables["ref.periods"], set(tables["ref.requests"]["period"]), period)


def leaves_of(tables: Mapping[str, pd.DataFrame], period: str) -> list[str]:
    """The periods with files of their own that a period stands on, in calendar order."""
    parts = made_of(tables, period)
    return [leaf for part in parts for leaf in leaves_of(tables, part)] if parts else [period]


def period_requests(tables: Mapping[str, pd.DataFrame], period: str) -> pd.DataFrame:
    """The requests of a period; of one that is made of others, theirs."""
    requests = tables["ref.requests"]
    return requests[requests["period"].isin(leaves_of(tables, period))]


def expected_pairs(
    catalogue: Catalogue, tables: Mapping[str, pd.DataFrame], period: str
) -> pd.DataFrame:
    """Which element should be known of which unit.

    Returns:
        Columns unit_id, element: for every scope with a request, each element that a requested
        form asks, of every unit the element is about.
    """
    requests = period_requests(tables, period)
    day = period_row(tables, period)["ends_on"]
    pairs = []
    for scope_id, group in requests.groupby("scope_id", sort=True):
        forms = [catalogue.forms[form] for form in group["form"].unique()]
        inside = within(tables["ref.units"], str(scope_id), day, tables["ref.unit_successions"])
        for name in sorted({item.element for form in forms for item in form.elements()}):
            subject = catalogue.populations[catalogue.elements[name].subject].on(day)
            who = inside[fits(subject, inside)] if subject.in_force(day) else inside.iloc[:0]
            pairs.append(pd.DataFrame({"unit_id": who["unit_id"], "element": name}))
    if not pairs:
        return pd.DataFrame({"unit_id": pd.Series(dtype="str"), "element": pd.Series(dtype="str")})
    return pd.concat(pairs, ignore_index=True).drop_duplicates()


def scopes_of(catalogue: Catalogue, tables: Mapping[str, pd.DataFrame], period: str) -> list[str]:
    """The scopes that are evaluated: every requested scope and the grassroots units in it.

    A scope that one part of the period still knew and its last day does not is left out.
    """
    day = period_row(tables, period)["ends_on"]
    grassroots = catalogue.populations["qcdc_grassroots"]
    asked = set(period_requests(tables, period)["scope_id"])
    if made_of(tables, period):
        asked &= set(in_force(tables["ref.units"], day)["unit_id"])
    scopes: list[str] = []
    for scope_id in sorted(asked):
        inside = within(tables["ref.units"], scope_id, day, tables["ref.unit_successions"])
        scopes += [scope_id, *inside.loc[fits(grassroots.on(day), inside), "unit_id"]]
    return list(dict.fromkeys(scopes))
