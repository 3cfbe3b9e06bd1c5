"""Rules between a register and the same sender's register of the period before.

Belongs here: open matters that must come again, dates that they must keep. Does not belong here:
figures over time (``history_rules``), rows of one file (``row_rules``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from pipelines.catalogue.integrity import term_names
from pipelines.catalogue.model import Catalogue, Rule
from pipelines.catalogue.operators import spoken_of
from pipelines.validation.raw_findings import raw, together
from pipelines.vietnamese.dates import format_date


@dataclass(frozen=True)
class Carried:
    """A register in one submission, and what its sender left open before.

    Attributes:
        submission_id: The submission.
        sheet: The register's sheet in it.
        sender: Who sent it.
        rows: Its rows.
        letters: Column letter by register column.
        opened: The sender's rows of the period before that were open.
    """

    submission_id: str
    sheet: str
    sender: str
    rows: pd.DataFrame
    letters: Mapping[str, str]
    opened: pd.DataFrame


def registers_looked_back_on(catalogue: Catalogue) -> list[str]:
    """The registers of which rules must know the period before."""
    rules = [rule for rule in catalogue.rules.values() if rule.operator in _OPERATORS]
    return sorted({str(rule.register_id) for rule in rules})


def carried_findings(
    submissions: pd.DataFrame,
    rows: Mapping[str, pd.DataFrame],
    row_letters: pd.DataFrame,
    before: Mapping[str, pd.DataFrame],
    catalogue: Catalogue,
) -> pd.DataFrame:
    """Raw findings of the operators ``carries_open`` and ``keeps_date``.

    Args:
        submissions: The intake's submissions.
        rows: Register rows by register id.
        row_letters: Column letter per register, submission, sheet and column: a file without
            the sheet says nothing about what was open.
        before: ``core.registers_<id>`` of the period before by register id; what is not there
            is not known.
        catalogue: Rules in force; ``when`` says which rows of the period before were open.
    """
    sender = submissions.set_index("submission_id")["provider"]
    parts = [
        _OPERATORS[rule.operator](rule, each)
        for rule in catalogue.rules.values()
        if rule.operator in _OPERATORS and rule.register_id in before
        for each in _sent(rule, rows, row_letters, before[str(rule.register_id)], sender)
    ]
    return together(parts)


def _sent(
    rule: Rule,
    rows: Mapping[str, pd.DataFrame],
    row_letters: pd.DataFrame,
    before: pd.DataFrame,
    sender: pd.Series,
) -> Iterator[Carried]:
    opened = before[spoken_of(rule, before)]
    shown = row_letters[row_letters["register_id"] == rule.register_id]
    frame = rows.get(str(rule.register_id))
    for (key, sheet), columns in shown.groupby(["submission_id", "sheet"]):
        who = str(sender[str(key)])
        yield Carried(
            submission_id=str(key),
            sheet=str(sheet),
            sender=who,
            rows=pd.DataFrame(columns=before.columns)
            if frame is None
            else frame[frame["submission_id"] == key],
            letters=dict(zip(columns["column"], columns["letter"], strict=True)),
            opened=opened[opened["unit_id"] == who],
        )


def _carries_open(rule: Rule, each: Carried) -> pd.DataFrame:
    """What was open before and does not stand in the register any more: one finding."""
    code, due = term_names(rule.left)
    gone = each.opened[~each.opened[code].isin(each.rows[code])]
    if gone.empty:
        return raw({})
    told = [
        f"{name} (hạn {format_date(pd.Timestamp(day).date())})"
        for name, day in zip(gone[code], gone[due], strict=True)
    ]
    return raw(
        pd.DataFrame(
            {
                "submission_id": [each.submission_id],
                "sheet": each.sheet,
                "rule": rule.id,
                "unit_id": each.sender,
                "element": code,
                "found": ", ".join(told),
            }
        )
    )


def _keeps_date(rule: Rule, each: Carried) -> pd.DataFrame:
    """Rows of matters that were open before, with another date than they had then."""
    if each.opened.empty or each.rows.empty:
        return raw({})
    due, code = term_names(rule.left)[0], term_names(rule.right)[0]
    agreed = each.opened.drop_duplicates(code, keep="last").set_index(code)[due]
    wanted = pd.to_datetime(each.rows[code].map(agreed))
    hits = each.rows[wanted.notna() & each.rows[due].notna() & (each.rows[due] != wanted)]
    if hits.empty or due not in each.letters:
        return raw({})
    return raw(
        hits[["submission_id", "sheet", "unit_id"]].assign(
            cell=each.letters[due] + hits["row"].astype("int64").astype("str"),
            rule=rule.id,
            element=due,
            found=[format_date(day.date()) for day in hits[due]],
            expected=[format_date(day.date()) for day in wanted[hits.index]],
        )
    )


_OPERATORS: dict[str, Callable[[Rule, Carried], pd.DataFrame]] = {
    "carries_open": _carries_open,
    "keeps_date": _keeps_date,
}
