"""Rules of register rows.

Belongs here: masks on the rows of one submission, addresses of their cells.
Does not belong here: what the operators mean (``catalogue.operators``), registers as a whole
(``register_rules``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from pipelines.catalogue.expected import expected_of_column
from pipelines.catalogue.integrity import term_names
from pipelines.catalogue.model import Catalogue, Register, Rule
from pipelines.catalogue.operators import violations
from pipelines.catalogue.schemas import register_rules
from pipelines.validation.messages import column_names, sides
from pipelines.validation.pairs import sided
from pipelines.validation.raw_findings import raw, together

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
    submissions: pd.DataFrame,
    catalogue: Catalogue,
) -> pd.DataFrame:
    """Raw findings of level ``row``: every violation is a row, however many there are."""
    everywhere = [
        rule
        for rule in catalogue.rules.values()
        if rule.level == "row" and rule.register_id is None
    ]
    required = [rule for rule in everywhere if rule.operator == "present"]
    own = [rule for rule in everywhere if rule.operator == "about_sender"]
    sender = submissions.set_index("submission_id")["provider"]
    parts = []
    for part in _submitted(rows, row_letters, faults, catalogue):
        parts += [_required(rule, part) for rule in required]
        if part.register.authority == "self":
            parts += [_of_others(rule, part, str(sender[part.submission_id])) for rule in own]
        parts += [_violating(rule, part) for rule in register_rules(catalogue, part.register.id)]
    return together(parts)


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
            found = hits.assign(
                rule=rule.id,
                element=column.id,
                expected=expected_of_column(column),
                why=column.label_vi,
            )
            parts.append(_placed(found, part, [column.id]))
    return together(parts)


def _of_others(rule: Rule, part: SubmittedRows, sender: str) -> pd.DataFrame:
    """Rows of a register that units keep themselves, but which speak of another unit."""
    column = part.register.unit_column
    units = part.frame[column]
    others = part.frame[units.notna() & (units != sender)]
    if others.empty:
        return raw({})
    told = others.assign(rule=rule.id, found=others[column], expected=sender)
    return _placed(told, part, [column])


def _violating(rule: Rule, part: SubmittedRows) -> pd.DataFrame:
    names = term_names(rule.left) + term_names(rule.right)
    violating = part.frame[violations(rule, part.frame)]
    if violating.empty:
        return raw({})
    hits = part.untouched(violating, names)
    if hits.empty:
        return raw({})
    names = column_names(part.register)
    return together(
        _worded(rule, some, part, order, wanted)
        for some, order, wanted in sided(rule, hits, names)
        if len(some)
    )


def _worded(
    rule: Rule, hits: pd.DataFrame, part: SubmittedRows, order: list[str], wanted: str | None
) -> pd.DataFrame:
    found, expected = sides(rule, hits, column_names(part.register))
    if wanted is not None:
        expected = expected.fillna(wanted)
    return _placed(hits.assign(rule=rule.id, found=found, expected=expected), part, order)


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
