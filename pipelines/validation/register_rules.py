"""Rules of registers as a whole: against the totals of their form, or by themselves.

Belongs here: one finding per submission. Does not belong here: rows (``row_rules``), what a
register says in total (``catalogue.operators``).
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from pipelines.catalogue.integrity import term_names
from pipelines.catalogue.model import Catalogue, Rule
from pipelines.catalogue.operators import register_totals
from pipelines.validation.messages import show_number
from pipelines.validation.raw_findings import raw, together
from pipelines.validation.wide import KNOWN_STATES

_TOLERANCE = 1e-6
_OPERATORS = {"rows_equal_element", "column_sum_equals_element", "some_row_pending"}


def register_findings(
    submissions: pd.DataFrame,
    entries: pd.DataFrame,
    rows: Mapping[str, pd.DataFrame],
    catalogue: Catalogue,
) -> pd.DataFrame:
    """Raw findings of level ``register``, on the submission that holds form and register.

    A register that may be absent is not there when it has no row: the form's total then stands
    alone. Of the others an empty one has zero rows.
    """
    known = entries[entries["state"].isin(KNOWN_STATES)]
    parts = []
    for rule in catalogue.rules.values():
        if rule.operator not in _OPERATORS or rule.register_id is None:
            continue
        frame = rows.get(rule.register_id, _no_rows(rule))
        may_be_absent = catalogue.registers[rule.register_id].may_be_absent
        if frame.empty and may_be_absent:
            continue
        if rule.operator == "some_row_pending":
            parts.append(_some_row_pending(rule, frame, submissions))
        else:
            parts.append(_differs(rule, frame, known, empty_is_absent=may_be_absent))
    return together(parts)


def _no_rows(rule: Rule) -> pd.DataFrame:
    told = [] if rule.when is None else [rule.when.column]
    names = ["submission_id", "sheet", *term_names(rule.left), *told]
    return pd.DataFrame(columns=list(dict.fromkeys(names)), dtype="str")


def _differs(
    rule: Rule, frame: pd.DataFrame, known: pd.DataFrame, *, empty_is_absent: bool
) -> pd.DataFrame:
    """An element against what a register of the same submission adds up to.

    Found is what the form's cell holds: the finding stands there.
    """
    said = known[known["element"] == rule.element]
    totals = said["submission_id"].map(register_totals(rule, frame)).astype("float64")
    if not empty_is_absent and not rule.left:
        totals = totals.fillna(0)
    hits = said[(totals - said["value"]).abs() > _TOLERANCE]
    if hits.empty:
        return raw({})
    places = hits[["submission_id", "sheet", "cell", "unit_id", "element"]]
    return raw(
        places.assign(
            rule=rule.id,
            found=[show_number(float(n)) for n in hits["value"]],
            expected=[show_number(float(n)) for n in totals[hits.index]],
        )
    )


def _some_row_pending(rule: Rule, frame: pd.DataFrame, submissions: pd.DataFrame) -> pd.DataFrame:
    """A register in which no row is in one of the listed states, while there are rows."""
    if frame.empty:
        return raw({})
    column = term_names(rule.left)[0]
    subject = submissions.set_index("submission_id")["speaks_for"]
    pending = frame[column].isin(rule.listed or [])
    grouped = frame.assign(pending=pending).groupby(["submission_id", "sheet"], as_index=False)
    sheets = grouped.agg(pending=("pending", "any"), rows=("pending", "size"))
    hits = sheets[~sheets["pending"].astype(bool)]
    return raw(
        hits[["submission_id", "sheet"]].assign(
            rule=rule.id,
            element=column,
            unit_id=hits["submission_id"].map(subject),
            found=[show_number(float(n)) for n in hits["rows"]],
        )
    )
