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
    """What is known of one register in one submission.

    Attributes:
        register: The register.
        submission_id: The submission.
        letters: Sheet and column id → column letter of the sheet.
        held: ``sheet!cell`` of cells that the intake could not type; a finding says so already.
    """

    register: Register
    submission_id: str
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
    found = []
    for register_id, frame in rows.items():
        if frame.empty:  # nobody keeps it: most registers, in most files
            continue
        register = catalogue.registers[register_id]
        whole = with_unit(frame, register).reset_index(drop=True)
        split = _Split(register, whole, row_letters, faults)
        found += [part for rule in required for part in _required(rule, split)]
        if register.authority == "self":
            found += [part for rule in own for part in _of_others(rule, split, sender)]
        for rule in register_rules(catalogue, register_id):
            found += [_violating(rule, *hit) for hit in split.hit(_violated(rule, whole))]
    return together(found)


def with_unit(frame: pd.DataFrame, register: Register) -> pd.DataFrame:
    """The rows with the register's unit column, which may stand in ``unit_id`` only."""
    if register.unit_column in frame.columns:
        return frame
    return frame.assign(**{register.unit_column: frame["unit_id"]})


class _Split:
    """The rows of a register, the few that a rule hits given submission by submission.

    Masks are made once for all submissions: a province has hundreds, most without a violation.
    """

    def __init__(
        self, register: Register, whole: pd.DataFrame, letters: pd.DataFrame, faults: pd.DataFrame
    ) -> None:
        self.register, self.whole = register, whole
        own = letters[letters["register_id"] == register.id]
        self._letters = dict(list(own.groupby("submission_id")))
        addressed = faults[faults["cell"].notna()]
        places = (addressed["sheet"] + "!" + addressed["cell"]).groupby(addressed["submission_id"])
        self._held = {str(key): frozenset(group) for key, group in places}

    def hit(self, mask: pd.Series) -> Iterator[tuple[SubmittedRows, pd.DataFrame]]:
        """Each submission with rows in the mask, and these rows."""
        if not mask.any():
            return
        for key, some in self.whole[mask].groupby("submission_id"):
            yield self._submitted(str(key)), some

    def _submitted(self, key: str) -> SubmittedRows:
        mine = self._letters.get(key)
        letters: Letters = {}
        if mine is not None:
            places = zip(mine["sheet"], mine["column"], strict=True)
            letters = dict(zip(places, mine["letter"], strict=True))
        return SubmittedRows(self.register, key, letters, self._held.get(key, frozenset()))


def _required(rule: Rule, split: _Split) -> Iterator[pd.DataFrame]:
    """Required columns that a row leaves empty."""
    for column in split.register.columns:
        if not column.required:
            continue
        for part, blank in split.hit(split.whole[column.id].isna()):
            hits = part.untouched(blank, [column.id])
            if len(hits):
                told = hits.assign(
                    rule=rule.id,
                    element=column.id,
                    expected=expected_of_column(column),
                    why=column.label_vi,
                )
                yield _placed(told, part, [column.id])


def _of_others(rule: Rule, split: _Split, sender: pd.Series) -> Iterator[pd.DataFrame]:
    """Rows of a register that units keep themselves, but which speak of another unit."""
    column = split.register.unit_column
    units = split.whole[column]
    senders = split.whole["submission_id"].map(sender)
    for part, others in split.hit(units.notna() & (units != senders)):
        whose = str(sender[part.submission_id])
        told = others.assign(rule=rule.id, found=others[column], expected=whose)
        yield _placed(told, part, [column])


def _violated(rule: Rule, whole: pd.DataFrame) -> pd.Series:
    return violations(rule, whole, within="submission_id")


def _violating(rule: Rule, part: SubmittedRows, violating: pd.DataFrame) -> pd.DataFrame:
    hits = part.untouched(violating, term_names(rule.left) + term_names(rule.right))
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
