"""Who owed which report, and when an acceptable one came.

Belongs here: requests and submissions → ``core.reporting``.
Does not belong here: whether a submission is acceptable (``validation``).
"""

from __future__ import annotations

import datetime as dt

import pandas as pd

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.model import Catalogue
from pipelines.places.units import members

# a superseded file was accepted once: its sender was not late for improving it later
ACCEPTED_ONCE = frozenset({"accepted", "accepted_with_warnings", "superseded"})
TIME_ZONE = "Asia/Ho_Chi_Minh"
REPORT = ["unit_id", "form", "round"]


def reporting(
    *,
    requests: pd.DataFrame,
    submissions: pd.DataFrame,
    units: pd.DataFrame,
    catalogue: Catalogue,
    period: str,
    period_end: dt.date,
    evidence: pd.DataFrame | None = None,
    successions: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """State of every report that the requests of a period ask for.

    Args:
        requests: ``ref.requests``; where a form is asked twice, the later due date stands.
        submissions: ``intake.submissions`` with final statuses.
        units: ``ref.units``.
        catalogue: Says which units owe a form.
        period: Period to look at.
        period_end: Day whose units owe.
        evidence: ``core.evidence``: submissions that are documents answer no report.
        successions: ``ref.unit_successions``; says below whom units stand whose parent has ended.

    Returns:
        ``core.reporting``: one row per owing unit, form and round. ``received_at`` is that of
        the first submission that was accepted, else of the last one, else empty; ``versions``
        counts submissions without duplicates.
    """
    contract = table_contract(catalogue, "core.reporting")
    owed = _owed(
        requests[requests["period"] == period], (units, successions), catalogue, period_end
    )
    if owed.empty:
        return contract.empty()
    sent = submissions[submissions["period"] == period]
    if evidence is not None:
        sent = sent[~sent["submission_id"].isin(evidence["submission_id"])]
    received = _received(sent, owed)
    table = owed.merge(_summary(received), on=REPORT, how="left")
    table["versions"] = table["versions"].fillna(0)
    accepted = table.pop("first_accepted")
    table["received_at"] = accepted.fillna(table.pop("last_received"))
    table["state"] = _states(table, accepted)
    return contract.conform(table.assign(period=period, part=period))


def _owed(
    requests: pd.DataFrame,
    places: tuple[pd.DataFrame, pd.DataFrame | None],
    catalogue: Catalogue,
    day: dt.date,
) -> pd.DataFrame:
    """One row per unit, form and round that a request asks for."""
    units, successions = places
    asked = requests.sort_values("due_date").drop_duplicates(
        ["scope_id", "form", "round"], keep="last"
    )
    parts = []
    for request in asked.itertuples():
        population = catalogue.populations[catalogue.forms[str(request.form)].owed_by]
        owing = members(population, units, str(request.scope_id), day, successions)
        parts.append(
            pd.DataFrame(
                {
                    "unit_id": owing["unit_id"],
                    "form": request.form,
                    "round": request.round,
                    "due_date": request.due_date,
                    "is_illustrative": owing["is_illustrative"] | bool(request.is_illustrative),
                }
            )
        )
    if not parts:
        return pd.DataFrame(columns=[*REPORT, "due_date", "is_illustrative"])
    every = pd.concat(parts, ignore_index=True).sort_values("due_date")
    return every.drop_duplicates(REPORT, keep="last", ignore_index=True)


def _received(submissions: pd.DataFrame, owed: pd.DataFrame) -> pd.DataFrame:
    """Submissions by the report they answer, duplicates left out.

    An unreadable or refused file does not say its form or round; it counts for the report of a
    sender who owes only one.
    """
    sent = submissions.loc[
        submissions["status"] != "duplicate", ["provider", "form", "round", "received_at", "status"]
    ].rename(columns={"provider": "unit_id"})
    sent["accepted"] = sent["status"].isin(ACCEPTED_ONCE) & sent["form"].notna()
    sent["received_at"] = pd.to_datetime(sent["received_at"], utc=True).dt.tz_convert(TIME_ZONE)
    for column in ("form", "round"):
        choices = owed.groupby("unit_id")[column].agg(["first", "nunique"])
        only = choices.loc[choices["nunique"] == 1, "first"]
        sent[column] = sent[column].astype("str").fillna(sent["unit_id"].map(only))
    return sent


def _summary(received: pd.DataFrame) -> pd.DataFrame:
    """First acceptance, last receipt and number of versions per report."""
    timed = received.assign(
        first_accepted=received["received_at"].where(received["accepted"]),
        last_received=received["received_at"],
    )
    grouped = timed.groupby(REPORT, as_index=False)
    return grouped.agg(
        first_accepted=("first_accepted", "min"),
        last_received=("last_received", "max"),
        versions=("received_at", "size"),
    )


def _states(table: pd.DataFrame, accepted: pd.Series) -> pd.Series:
    day = accepted.dt.tz_convert(TIME_ZONE).dt.tz_localize(None).dt.normalize()
    in_time = day <= pd.to_datetime(table["due_date"])
    states = pd.Series("missing", index=table.index, dtype="str")
    states[table["versions"] > 0] = "returned"
    states[accepted.notna()] = "late"
    states[in_time] = "on_time"
    return states
