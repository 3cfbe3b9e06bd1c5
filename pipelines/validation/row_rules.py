"""Rules of register rows and of registers as a whole.

Belongs here: masks on the rows of one submission, addresses of their cells.
Does not belong here: what the operators mean (``catalogue.operators``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from pipelines.catalogue.integrity import term_names
from pipelines.catalogue.model import Catalogue, Register, Rule
from pipelines.catalogue.operators import violations
from pipelines.catalogue.schemas import register_rules
from pipelines.validation.messages import column_names, show_number, sides
from pipelines.validation.raw_findings import blame_order, raw, together
from pipelines.validation.wide import KNOWN_STATES

Letters = dict[tuple[str, str], str]


@dataclass(frozen=True)
class SubmittedRows:
    """The rows of one register in one submission.

    Attributes:
        frame: Rows with all register columns, the unit column among them.
        letters: Sheet and column id → column letter of the sheet.
        held: ``sheet!cell`` of cells that the intake could not type; a finding says so already.
    """

    register: Register
    submission_id: str
    frame: pd.DataFrame
    letters: Letters
    held: frozenset[str]

    def addresses(self, rows: pd.DataFrame, column: str) -> pd.Series:
        """Cell of a column in each row; missing when the sheet does not have the column."""
        letters = rows["sheet"].map(lambda sheet: self.letters.get((sheet, column))).astype("str")
        return letters + rows["row"].astype("int64").astype("str")

    def untouched(self, rows: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
        """The rows none of whose cells in the columns is held."""
        mask = pd.Series(data=True, index=rows.index)
        for column in columns:
            mask &= ~(rows["sheet"] + "!" + self.addresses(rows, column)).isin(self.held)
        return rows[mask]


def row_findings(
    rows: Mapping[str, pd.DataFrame],
    row_letters: pd.DataFrame,
    faults: pd.DataFrame,
    catalogue: Catalogue,
) -> pd.DataFrame:
    """Raw findings of level ``row``: every violation is a row, however many there are."""
    everywhere = [
        rule
        for rule in catalogue.rules.values()
        if rule.level == "row" and rule.register_id is None and rule.operator == "present"
    ]
    parts = []
    for part in _submitted(rows, row_letters, faults, catalogue):
        parts += [_required(rule, part) for rule in everywhere]
        parts += [_violating(rule, part) for rule in register_rules(catalogue, part.register.id)]
    return together(parts)


def register_findings(
    submissions: pd.DataFrame,
    entries: pd.DataFrame,
    rows: Mapping[str, pd.DataFrame],
    catalogue: Catalogue,
) -> pd.DataFrame:
    """Raw findings of level ``register``: a register against its form, or as a whole."""
    apply = {"rows_equal_element": _rows_equal_element, "some_row_pending": _some_row_pending}
    parts = []
    for rule in catalogue.rules.values():
        if rule.level == "register" and rule.register_id is not None:
            frame = rows.get(rule.register_id, _no_rows(rule))
            parts.append(apply[rule.operator](rule, frame, submissions, entries))
    return together(parts)


def _no_rows(rule: Rule) -> pd.DataFrame:
    return pd.DataFrame(columns=["submission_id", "sheet", *term_names(rule.left)], dtype="str")


def with_unit(frame: pd.DataFrame, register: Register) -> pd.DataFrame:
    """The rows with the register's unit column, which may stand in ``unit_id`` only."""
    if register.unit_column in frame.columns:
        return frame
    return frame.assign(**{register.unit_column: frame["unit_id"]})


def _submitted(
    rows: Mapping[str, pd.DataFrame],
    row_letters: pd.DataFrame,
    faults: pd.DataFrame,
    catalogue: Catalogue,
) -> Iterator[SubmittedRows]:
    addressed = faults[faults["cell"].notna()]
    places = (addressed["sheet"] + "!" + addressed["cell"]).groupby(addressed["submission_id"])
    held = {str(key): frozenset(group) for key, group in places}
    for register_id, frame in rows.items():
        register = catalogue.registers[register_id]
        own_letters = row_letters[row_letters["register_id"] == register_id]
        for key, part in with_unit(frame, register).groupby("submission_id"):
            mine = own_letters[own_letters["submission_id"] == key]
            places_of = zip(mine["sheet"], mine["column"], strict=True)
            letters = dict(zip(places_of, mine["letter"], strict=True))
            yield SubmittedRows(register, str(key), part, letters, held.get(str(key), frozenset()))


def _required(rule: Rule, part: SubmittedRows) -> pd.DataFrame:
    """Required columns that a row leaves empty."""
    parts = []
    for column in part.register.columns:
        if not column.required:
            continue
        blank = part.frame[part.frame[column.id].isna()]
        hits = part.untouched(blank, [column.id]) if len(blank) else blank
        if len(hits):
            found = hits.assign(rule=rule.id, element=column.id, expected=column.label_vi)
            parts.append(_placed(found, part, [column.id]))
    return together(parts)


def _violating(rule: Rule, part: SubmittedRows) -> pd.DataFrame:
    names = term_names(rule.left) + term_names(rule.right)
    violating = part.frame[violations(rule, part.frame)]
    if violating.empty:
        return raw({})
    hits = part.untouched(violating, names)
    if hits.empty:
        return raw({})
    found, expected = sides(rule, hits, column_names(part.register))
    worded = hits.assign(rule=rule.id, found=found, expected=expected)
    return _placed(worded, part, blame_order(rule))


def _placed(hits: pd.DataFrame, part: SubmittedRows, order: list[str]) -> pd.DataFrame:
    """Give every row the address of the first blamed column that the sheet has."""
    cell = pd.Series(float("nan"), index=hits.index, dtype="str")
    element = pd.Series(order[0], index=hits.index, dtype="str")
    for name in order:
        there = part.addresses(hits, name)
        take = cell.isna() & there.notna()
        element = element.mask(take, name)
        cell = cell.fillna(there)
    # a column that the sheet lacks is one finding of the sheet, not one per row
    unit_id = hits["unit_id"].where(cell.notna())
    return raw(hits.drop(columns="unit_id").assign(cell=cell, element=element, unit_id=unit_id))


def _rows_equal_element(
    rule: Rule, frame: pd.DataFrame, submissions: pd.DataFrame, entries: pd.DataFrame
) -> pd.DataFrame:
    """The number of rows against the element of the same submission."""
    _ = submissions
    said = entries[(entries["element"] == rule.element) & entries["state"].isin(KNOWN_STATES)]
    counted = said["submission_id"].map(frame.groupby("submission_id").size()).fillna(0)
    hits = said[counted != said["value"]]
    if hits.empty:
        return raw({})
    places = hits[["submission_id", "sheet", "cell", "unit_id", "element"]]
    return raw(
        places.assign(
            rule=rule.id,
            found=[show_number(float(n)) for n in counted[hits.index]],
            expected=[show_number(float(n)) for n in hits["value"]],
        )
    )


def _some_row_pending(
    rule: Rule, frame: pd.DataFrame, submissions: pd.DataFrame, entries: pd.DataFrame
) -> pd.DataFrame:
    """A register in which no row is in one of the listed states, while there are rows."""
    _ = entries
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
