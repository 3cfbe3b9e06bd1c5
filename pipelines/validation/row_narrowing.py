"""What a named cell of a register row may hold so that the file passes.

Belongs here: row rules between two columns, or a column and a number, and known values of the row
→ the ``expected`` of findings about single cells. Does not belong here: cells of a form
(``narrowing``), finding fault (``row_rules``).
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator, Mapping

import pandas as pd

from pipelines.catalogue.model import Catalogue, RegisterColumn, Rule
from pipelines.validation.messages import expected_bounds, show_number
from pipelines.vietnamese.dates import format_date

_ENDS = frozenset({"<=", ">="})
_OF_CELLS = frozenset({"typed", "whole", "no_error_value", "present"})
_NOUNS = {"int": "số nguyên", "float": "số"}
_CELL = re.compile(r"([A-Z]+)([0-9]+)")
_EPOCH = dt.date(1970, 1, 1)
_Places = dict[tuple[str, str, str], tuple[str, str]]


def narrowed_rows(
    findings: pd.DataFrame,
    rows: Mapping[str, pd.DataFrame],
    row_letters: pd.DataFrame,
    catalogue: Catalogue,
) -> pd.DataFrame:
    """Findings whose ``expected`` says what a cell of a register row may hold.

    Args:
        findings: ``core.findings``.
        rows: Register rows by register id; what could not be typed is missing.
        row_letters: Column letter per register, submission, sheet and column.
        catalogue: Registers, and the rules in force.

    Returns:
        The same rows; only ``expected`` of error and warning findings about cells whose content
        cannot be used differs, where a rule says more than the kind of the column.
    """
    rules = [catalogue.rules[str(rule)] for rule in findings["rule"]]
    about = [r.operator in _OF_CELLS and r.severity != "review" for r in rules]
    named = findings[pd.Series(about, index=findings.index) & findings["cell"].notna()]
    if named.empty or row_letters.empty:
        return findings
    letters = (row_letters[name] for name in ("submission_id", "sheet", "letter"))
    said_of = zip(row_letters["register_id"], row_letters["column"], strict=True)
    places: _Places = dict(zip(zip(*letters, strict=True), said_of, strict=True))
    said = findings["expected"].astype("object")
    columns = (named[name] for name in ("submission_id", "sheet", "cell"))
    for index, submission, sheet, cell in zip(named.index, *columns, strict=True):
        text = _text(str(submission), str(sheet), str(cell), places, rows, catalogue)
        if text is not None:
            said[index] = text
    return findings.assign(expected=said.astype("str"))


def _text(
    submission: str,
    sheet: str,
    cell: str,
    places: _Places,
    rows: Mapping[str, pd.DataFrame],
    catalogue: Catalogue,
) -> str | None:
    """The words for a cell; None where it is no cell of a register or no rule speaks."""
    address = _CELL.fullmatch(cell)
    place = places.get((submission, sheet, address[1])) if address else None
    if address is None or place is None or place[0] not in rows:
        return None
    frame = rows[place[0]]
    own = frame[(frame["submission_id"] == submission) & (frame["sheet"] == sheet)]
    own = own[own["row"].astype("int64") == int(address[2])]
    column = next(c for c in catalogue.registers[place[0]].columns if c.id == place[1])
    if own.empty or column.type not in {*_NOUNS, "date"}:
        return None
    low, high = -math.inf, math.inf
    for rule, is_left in _rules(catalogue, place[0], column.id):
        other = _number((rule.right if is_left else rule.left)[0], own.iloc[0])
        if math.isnan(other):
            continue
        if (rule.operator == "<=") == is_left:
            high = min(high, other)
        else:
            low = max(low, other)
    return _words(column, low, high)


def _rules(catalogue: Catalogue, register: str, column: str) -> Iterator[tuple[Rule, bool]]:
    """Error rules of two plain sides about a column, and whether it stands on the left."""
    for rule in catalogue.rules.values():
        sides = (rule.left, rule.right)
        if rule.register_id != register or rule.operator not in _ENDS or rule.severity != "error":
            continue
        if rule.level == "row" and all(len(side) == 1 for side in sides):
            if rule.left == [column]:
                yield rule, True
            elif rule.right == [column]:
                yield rule, False


def _number(term: object, row: pd.Series) -> float:
    """A number of the rule or the row; dates as days since 1970-01-01; nan where missing."""
    if isinstance(term, int | float):
        return float(term)
    if not isinstance(term, str) or pd.isna(row[term]):
        return math.nan
    try:
        return float(row[term])
    except (TypeError, ValueError):
        return float((pd.Timestamp(str(row[term])).date() - _EPOCH).days)


def _words(column: RegisterColumn, low: float, high: float) -> str | None:
    ends = [None if math.isinf(end) else end for end in (low, high)]
    if low > high or ends == [None, None]:
        return None
    if column.type != "date":
        noun = _NOUNS[column.type]
        return (
            f"{noun} không quá {show_number(high)}"
            if math.isinf(low)
            else (f"{noun} {expected_bounds(*ends)}")
        )
    days = [None if end is None else format_date(_EPOCH + dt.timedelta(end)) for end in ends]
    if days[1] is None:
        return f"từ {days[0]} trở đi"
    return f"không sau {days[1]}" if days[0] is None else f"từ {days[0]} đến {days[1]}"
