"""Whether anybody asked for what was sent: rounds that no official letter requested.

Belongs here: submissions beside ``ref.requests``. Does not belong here: who owes which form by when
(``evaluation.reporting``), what a file says it is (``identify``).
"""

from __future__ import annotations

import datetime as dt

import pandas as pd

from pipelines.places.naming import Directory

_ROUNDS = {"estimate": "số ước", "final": "số chính thức"}
COLUMNS = ["submission_id", "operator", "found", "expected"]


def unrequested(
    submissions: pd.DataFrame, requests: pd.DataFrame, directory: Directory, day: dt.date
) -> pd.DataFrame:
    """Faults of submissions whose form was requested, but not for their round.

    A form that no letter asks for at all follows the general windows and is no fault.

    Args:
        submissions: The intake's submissions: submission_id, provider, form, round, status.
        requests: ``ref.requests`` of the period.
        directory: Knows the scope that a sender reports to.
        day: Last day of the period.

    Returns:
        Columns ``COLUMNS``, operator ``requested``.
    """
    asked = requests.groupby(["scope_id", "form"])["round"].agg(set).to_dict()
    known = submissions[submissions["form"].notna() & submissions["round"].isin(list(_ROUNDS))]
    rows = []
    for row in known[["submission_id", "provider", "form", "round"]].to_dict("records"):
        if row["provider"] not in directory.known:
            continue
        rounds = asked.get((directory.scope_of(row["provider"], day), row["form"]), set())
        if rounds and row["round"] not in rounds:
            wanted = ", ".join(_ROUNDS[name] for name in _ROUNDS if name in rounds)
            rows.append(
                {
                    "submission_id": row["submission_id"],
                    "operator": "requested",
                    "found": f"vòng {_ROUNDS[row['round']]} của biểu {row['form']}",
                    "expected": f"vòng {wanted}",
                }
            )
    return pd.DataFrame(rows, columns=COLUMNS)


def with_unrequested(
    faults: pd.DataFrame,
    submissions: pd.DataFrame,
    requests: pd.DataFrame,
    directory: Directory,
    day: dt.date,
) -> pd.DataFrame:
    """The faults of a batch, those of ``unrequested`` among them; arguments as there."""
    more = unrequested(submissions, requests, directory, day)
    if more.empty:
        return faults
    both = pd.concat([faults, more.reindex(columns=faults.columns)], ignore_index=True)
    return both.astype(faults.dtypes.to_dict())


def is_requested(submissions: pd.DataFrame, faults: pd.DataFrame) -> pd.Series:
    """Which submissions no fault ``requested`` names, by the index of the submissions."""
    unasked = faults.loc[faults["operator"] == "requested", "submission_id"]
    return ~submissions["submission_id"].isin(unasked)
