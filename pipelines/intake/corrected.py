"""Corrections read like cells: what the corrected cell holds, and the new value typed.

Belongs here: a declared correction → the cell it speaks of and a typed value. Does not belong
here: whether it applies (``validation.corrections``), what a cell means (``values``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from pipelines.catalogue.model import Catalogue, Register, RegisterColumn
from pipelines.intake.batch import IntakeBatch
from pipelines.intake.decisions import Correction, Meaning, meaning_id, meaning_of, token_of
from pipelines.intake.register_values import type_content
from pipelines.intake.values import Content, type_value
from pipelines.vietnamese.answers import format_yes_no
from pipelines.vietnamese.dates import format_date
from pipelines.vietnamese.numbers import format_number
from pipelines.vietnamese.text import mask_personal

# what a person writes to say that a cell has no value
BLANK_WORDS = frozenset({"", "(để trống)", "để trống"})
_TYPED: tuple[str, ...] = ("state", "value", "qualifier", "text", "operator", "expected")
CORRECTED_COLUMNS = [
    "submission_id",
    "sheet",
    "cell",
    "register_id",
    "row",
    "unit_id",
    "element",
    "holds",
    "expect",
    "given",
    *_TYPED,
]


@dataclass(frozen=True)
class CellPlace:
    """A cell that the form or a register has.

    Attributes:
        unit_id: Whom it is about.
        element: Its element or register column.
        holds: What stands in it, personal data masked; None when blank.
        register_id: Its register, None on a form.
        row: Its sheet row in a register.
    """

    unit_id: str | None
    element: str
    holds: str | None
    register_id: str | None = None
    row: int | None = None


def corrected(
    corrections: Sequence[Correction],
    batch: IntakeBatch,
    catalogue: Catalogue,
    known_units: frozenset[str],
) -> pd.DataFrame:
    """Corrections with the cells they speak of.

    Args:
        corrections: Those in force.
        batch: What was read.
        catalogue: What is measured.
        known_units: Unit ids that a register may name.

    Returns:
        Columns ``CORRECTED_COLUMNS``, a row per correction: what the cell ``holds``, what it was
        expected to hold, and what was ``given``, typed (``operator`` and ``expected`` where that
        is no value either). ``element`` is empty where the file has no such cell.
    """
    rows = []
    for each in corrections:
        place = cell_place(batch, catalogue, each.submission_id, each.sheet, each.cell)
        row: dict[str, object] = {
            "submission_id": each.submission_id,
            "sheet": each.sheet,
            "cell": each.cell,
            "expect": masked(each.expect),
            "given": each.value,
        }
        if place is not None:
            row |= vars(place) | typed_value(place, each.value, catalogue, known_units)
        rows.append(row)
    return pd.DataFrame(rows, columns=CORRECTED_COLUMNS)


def mark_meanings(entries: pd.DataFrame, meanings: Sequence[Meaning]) -> pd.DataFrame:
    """Entries with what stands behind their state where a provider's sign was read.

    Args:
        entries: Entries as read, the signs typed by their meanings.
        meanings: Those in force, of all providers.

    Returns:
        The entries with ``decided`` (``means`` there) and ``meaning`` (``meaning_id``).
    """
    of_provider: dict[str, list[Meaning]] = {}
    for each in meanings:
        of_provider.setdefault(each.provider, []).append(each)
    signs = {token_of(each.token) for each in meanings}
    ids: list[str | None] = [None] * len(entries)
    columns = zip(
        *(entries[name] for name in ("submission_id", "element", "raw", "state")), strict=True
    )
    for place, (submission_id, element, raw, state) in enumerate(columns) if signs else ():
        if not isinstance(raw, str) or token_of(raw) not in signs:
            continue
        own = of_provider.get(str(submission_id).split("/")[1], [])
        meaning = meaning_of(own, str(element), raw)
        if meaning is not None and meaning.state == state:
            ids[place] = meaning_id(meaning.provider, meaning.element, meaning.token)
    marked = pd.Series(ids, index=entries.index, dtype="str")
    decided = pd.Series("means", index=entries.index, dtype="str").where(marked.notna())
    return entries.assign(decided=decided, meaning=marked)


def typed_value(
    place: CellPlace, given: str, catalogue: Catalogue, known_units: frozenset[str]
) -> dict[str, object]:
    """A given value as the cell would type it.

    Returns:
        Keys state, value, qualifier, text, operator, expected; of a register ``value`` holds the
        typed value of the column, whatever its type.
    """
    is_blank = given.strip().lower() in BLANK_WORDS
    content = Content("blank") if is_blank else Content("text", given)
    if place.register_id is None:
        typed = type_value(content, catalogue.elements[place.element])
        return {name: getattr(typed, name) for name in _TYPED}
    column = _column(catalogue.registers[place.register_id], place.element)
    value, operator, expected = None, None, None
    if not is_blank:
        value, operator, expected = type_content(content, column, known_units)[:3]
    elif column.required:
        operator, expected = "typed", "một giá trị, cột này không được để trống"
    state = "quarantined" if operator is not None else "missing" if is_blank else "value"
    told: dict[str, object] = {"qualifier": None, "text": None}
    return told | {"state": state, "value": value, "operator": operator, "expected": expected}


def cell_place(
    batch: IntakeBatch, catalogue: Catalogue, submission_id: str, sheet: str, cell: str
) -> CellPlace | None:
    """What a cell is asked for and what it holds; None when no form or register has it."""
    entries = batch.entries
    own = entries[
        (entries["submission_id"] == submission_id)
        & (entries["sheet"] == sheet)
        & (entries["cell"] == cell)
    ]
    if len(own):
        entry = own.iloc[0]
        raw = entry["raw"] if isinstance(entry["raw"], str) else None
        return CellPlace(_text(entry["unit_id"]), str(entry["element"]), masked(raw))
    return _register_place(batch, catalogue, submission_id, sheet, cell)


def _register_place(
    batch: IntakeBatch, catalogue: Catalogue, submission_id: str, sheet: str, cell: str
) -> CellPlace | None:
    parts = re.fullmatch(r"([A-Z]+)([0-9]+)", cell)
    letters = batch.row_letters
    if parts is None or letters.empty:
        return None
    here = letters[
        (letters["submission_id"] == submission_id)
        & (letters["sheet"] == sheet)
        & (letters["letter"] == parts[1])
    ]
    if here.empty:
        return None
    register_id, column = str(here["register_id"].iloc[0]), str(here["column"].iloc[0])
    rows = batch.rows[register_id]
    own = rows[
        (rows["submission_id"] == submission_id)
        & (rows["sheet"] == sheet)
        & (rows["row"] == int(parts[2]))
    ]
    if own.empty:
        return None
    holds = _fault_found(batch.faults, submission_id, sheet, cell)
    kind = _column(catalogue.registers[register_id], column).type
    if holds is None:
        holds = _written(own[column].iloc[0], kind)
    unit_id = _text(own["unit_id"].iloc[0])
    return CellPlace(unit_id, column, masked(holds), register_id, int(parts[2]))


def _fault_found(faults: pd.DataFrame, submission_id: str, sheet: str, cell: str) -> str | None:
    """What an untyped cell of a register holds; its row is empty there."""
    own = faults[
        (faults["submission_id"] == submission_id)
        & (faults["sheet"] == sheet)
        & (faults["cell"] == cell)
    ]
    return _text(own["found"].iloc[0]) if len(own) else None


def _written(value: object, kind: str) -> str | None:
    """A typed value of a register as an official writes it."""
    if value is None or pd.isna(value):  # type: ignore[call-overload] # a scalar
        return None
    if kind == "date":
        return format_date(pd.Timestamp(str(value)).date())
    if kind == "bool":
        return format_yes_no(bool(value))
    if kind in {"int", "float"}:
        number = float(str(value))
        return format_number(number, 0 if number.is_integer() else 2)
    return str(value)


def _column(register: Register, name: str) -> RegisterColumn:
    return next(column for column in register.columns if column.id == name)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def masked(text: str | None) -> str | None:
    """A cell's content as it may stand in a journal or a table."""
    return mask_personal(text) if text else None
