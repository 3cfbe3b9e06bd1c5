"""Rules that a register must cover a population: every unit has a row in force.

Belongs here: units of a scope against the rows of one submission. Does not belong here: two rows
of one unit at a time (``catalogue.operators``), totals (``register_rules``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pandas as pd

from pipelines.catalogue.integrity import term_names
from pipelines.catalogue.model import Catalogue, Rule
from pipelines.places.units import members
from pipelines.validation.raw_findings import raw, together

_NAMED_AT_MOST = 8
_ABOUT = ("submission_id", "speaks_for", "data_to")


def coverage_findings(
    submissions: pd.DataFrame,
    rows: Mapping[str, pd.DataFrame],
    units: pd.DataFrame,
    catalogue: Catalogue,
    day: dt.date | None,
) -> pd.DataFrame:
    """Raw findings of rules with operator ``covers_population``: one per submission.

    Args:
        submissions: The intake's submissions.
        rows: Register rows by register id; one without a row is not there.
        units: ``ref.units``.
        catalogue: Populations, rules in force.
        day: Last day of the period; a file that was cut off earlier is judged by that day.
    """
    rules = [rule for rule in catalogue.rules.values() if rule.operator == "covers_population"]
    if day is None or "valid_from" not in units:
        return raw({})
    asked = zip(*(submissions[name] for name in _ABOUT), strict=True)
    about = {str(key): (str(scope), cut) for key, scope, cut in asked}
    parts = []
    for rule in rules:
        frame = rows.get(str(rule.register_id))
        if frame is None or frame.empty:
            continue
        for key, own in frame.groupby("submission_id"):
            scope, cut = about[str(key)]
            on = day if pd.isna(cut) else min(pd.Timestamp(cut).date(), day)
            parts.append(_uncovered(rule, own, units, catalogue, scope, on))
    return together(parts)


def _uncovered(
    rule: Rule,
    own: pd.DataFrame,
    units: pd.DataFrame,
    catalogue: Catalogue,
    scope: str,
    day: dt.date,
) -> pd.DataFrame:
    who, (first, last) = term_names(rule.left)[0], term_names(rule.right)
    due = members(catalogue.populations[str(rule.population)], units, scope, day)
    when = pd.Timestamp(day)
    standing = own[(own[first] <= when) & (own[last].isna() | (own[last] >= when))]
    left = due[~due["unit_id"].isin(standing[who])]
    if left.empty:
        return raw({})
    names = [str(name) for name in left["name"][:_NAMED_AT_MOST]]
    more = ["…"] if len(left) > _NAMED_AT_MOST else []
    return raw(
        own.head(1)[["submission_id", "sheet"]].assign(
            rule=rule.id,
            unit_id=scope,
            element=who,
            found=f"{len(left)} đơn vị ({', '.join([*names, *more])})",
            expected=f"{len(due)}",
        )
    )
