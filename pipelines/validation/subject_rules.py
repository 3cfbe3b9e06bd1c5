"""Cells against what is known about the unit and the receipt.

Belongs here: whether an element is asked of such a unit at all, and whether a date can be known
yet. Does not belong here: relations between cells (``unit_rules``).
"""

from __future__ import annotations

import datetime as dt

import pandas as pd

from pipelines.catalogue.model import Catalogue
from pipelines.places.units import fits
from pipelines.validation.raw_findings import raw, together
from pipelines.validation.wide import KNOWN_STATES
from pipelines.vietnamese.dates import format_date

_PLACE = ["submission_id", "sheet", "cell", "unit_id", "element"]


def subject_findings(
    submissions: pd.DataFrame,
    entries: pd.DataFrame,
    units: pd.DataFrame,
    catalogue: Catalogue,
    day: dt.date | None,
) -> pd.DataFrame:
    """Raw findings of the operators ``about_subject`` and ``not_after_receipt``.

    Args:
        submissions: The intake's submissions.
        entries: All entries of the period.
        units: unit_id, unit_type and kind.
        catalogue: Elements, populations, rules in force.
        day: Last day of the period, which dates are held against where nobody has received the
            file yet; None when the period is not known.
    """
    known = entries[entries["state"].isin(KNOWN_STATES)]
    rules = {rule.operator: rule.id for rule in catalogue.rules.values()}
    parts = []
    if "about_subject" in rules:
        parts.append(_of_others(known, units, catalogue).assign(rule=rules["about_subject"]))
    if "not_after_receipt" in rules:
        parts.append(
            _too_late(known, submissions, catalogue, day).assign(rule=rules["not_after_receipt"])
        )
    return together(parts)


def _of_others(known: pd.DataFrame, units: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Values of units that the element is not about: criteria for communes said of a town."""
    if "unit_type" not in units:
        return raw({})
    subject = known["element"].map({e.id: e.subject for e in catalogue.elements.values()})
    places = units.drop_duplicates("unit_id")
    fitting = {
        (name, unit)
        for name in subject.dropna().unique()
        for unit in places.loc[fits(catalogue.populations[name], places), "unit_id"]
    }
    is_known = known["unit_id"].isin(places["unit_id"])
    is_asked = pd.Series(
        [pair in fitting for pair in zip(subject, known["unit_id"], strict=True)], known.index
    )
    hits = known[is_known & ~is_asked]
    optional = {e.id for e in catalogue.elements.values() if e.allows_not_applicable}
    labels = subject.map({p.id: p.label_vi for p in catalogue.populations.values()})
    return raw(
        hits[_PLACE].assign(
            found=hits["raw"],
            expected=["x" if name in optional else "để trống" for name in hits["element"]],
            why=labels[hits.index],
        )
    )


def _too_late(
    known: pd.DataFrame, submissions: pd.DataFrame, catalogue: Catalogue, day: dt.date | None
) -> pd.DataFrame:
    """Dates after the file was received: what has not happened yet cannot be reported."""
    dates = [element.id for element in catalogue.elements.values() if element.type == "date"]
    own = known[known["element"].isin(dates)]
    received = submissions.set_index("submission_id")["received_at"]
    received = pd.to_datetime(received, errors="coerce", utc=True).dt.tz_convert("Asia/Ho_Chi_Minh")
    until = own["submission_id"].map(received.dt.tz_localize(None).dt.normalize())
    until = until.fillna(pd.Timestamp(day)) if day is not None else until
    said = pd.to_datetime(own["text"], errors="coerce")
    hits = own[said > until]
    return raw(
        hits[_PLACE].assign(
            found=[format_date(day.date()) for day in said[hits.index]],
            expected=[f"không sau {format_date(day.date())}" for day in until[hits.index]],
        )
    )
