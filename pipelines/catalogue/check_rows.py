"""Formulas that count the rows of a register which break a rule.

Each formula is one SUMPRODUCT over the register's columns; its factors are arrays of 0 and 1.
Only functions that work on arrays without being entered as array formulas are used (no IF, OR,
AND inside).

Belongs here: columns of a register. Does not belong here: single values (``check_formulas``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipelines.catalogue import workbook_styles as ws
from pipelines.catalogue.check_formulas import quoted
from pipelines.catalogue.integrity import term_names
from pipelines.catalogue.model import Register, RegisterColumn, Rule
from pipelines.catalogue.sheet_frame import RegisterArea

CHECKED_ROWS = 2000
# a unit's own registers are typed by hand, and there are many of them in one workbook
KEPT_ROWS = 500
_NUMBERS = frozenset({"date", "int", "float"})
_ROW_BREAKS = {"==": "<>", "!=": "=", ">": "<=", ">=": "<", "<": ">=", "<=": ">"}


@dataclass(frozen=True)
class Rows:
    """The rows of a register as ranges, one a column."""

    area: RegisterArea
    register: Register

    @property
    def last_row(self) -> int:
        """Last row that is checked."""
        rows = KEPT_ROWS if self.register.may_be_absent else CHECKED_ROWS
        return self.area.first_row + max(rows, self.area.filled) - 1

    @property
    def whole(self) -> str:
        """The range of all columns."""
        letters = list(self.area.letters.values())
        return self._range(letters[0], letters[-1])

    @property
    def below(self) -> str:
        """The range under the checked rows."""
        letters = list(self.area.letters.values())
        first, last = self.last_row + 1, 1_048_576
        return f"'{self.area.sheet}'!${letters[0]}${first}:${letters[-1]}${last}"

    def column(self, name: str) -> RegisterColumn:
        """A column's definition."""
        return next(column for column in self.register.columns if column.id == name)

    def span(self, name: str) -> str:
        """The range of a column."""
        letter = self.area.letters[name]
        return self._range(letter, letter)

    def blank(self, name: str) -> str:
        """1 where a column holds nothing or white space."""
        return f"(LEN(TRIM({self.span(name)}))=0)"

    def exists(self) -> str:
        """1 where a row holds anything."""
        filled = "+".join(f"(LEN(TRIM({self.span(name)}))>0)" for name in self.area.letters)
        return f"(({filled})>0)"

    def known(self, name: str) -> str:
        """1 where a column holds a value of its type."""
        span, kind = self.span(name), self.column(name).type
        if kind in _NUMBERS:
            return f"ISNUMBER({span})"
        if kind == "bool":
            return among(span, [ws.YES, ws.NO])
        return f"(LEN(TRIM({span}))>0)"

    def says_yes(self, name: str, listed: list[str] | None) -> str:
        """1 where a column "is there", as ``operators.answers_yes`` has it."""
        span, kind = self.span(name), self.column(name).type
        if listed is not None:
            return among(span, listed)
        if kind == "bool":
            return among(span, [ws.YES])
        if kind in {"int", "float"}:
            return f"((ISNUMBER({span})*({span}>0))>0)"
        return f"({self.known(name)}=TRUE)"

    def _range(self, first: str, last: str) -> str:
        return f"'{self.area.sheet}'!${first}${self.area.first_row}:${last}${self.last_row}"


def among(span: str, options: list[str]) -> str:
    """TRUE where a range holds one of the options."""
    return f"(({'+'.join(f'(TRIM({span})={quoted(option)})' for option in options)})>0)"


def count(rows: str) -> str:
    """How many rows are 1."""
    return f"SUMPRODUCT(1*{rows})"


def first_row(rows: str, span: str) -> str:
    """Number of the first row that is 1; only where there is one."""
    return f"SUMPRODUCT(MIN(ROW({span})+10000000*(1-{rows})))"


def untyped(rows: Rows, column: RegisterColumn) -> str | None:
    """1 where a number or date column holds something else; None for other columns."""
    if column.type not in _NUMBERS:
        return None
    return f"((1-ISNUMBER({rows.span(column.id)}))*(1-{rows.blank(column.id)}))"


def fractional(rows: Rows, column: RegisterColumn) -> str | None:
    """1 where a whole-number column holds a fraction; None for other columns."""
    if column.type != "int":
        return None
    span = rows.span(column.id)
    # INT of a text is an error, a text of a text is not
    return f'(ISNUMBER({span})*(TEXT({span},"0")<>{span}&""))'


def unlisted(rows: Rows, column: RegisterColumn, units: str | None) -> str | None:
    """1 where a column with a list holds something else; ``units`` is the list's address."""
    span = rows.span(column.id)
    if column.type == "unit":
        if units is None:
            return None
        return f"((1-{rows.blank(column.id)})*(1-ISNUMBER(MATCH(TRIM({span}),{units},0))))"
    options = {"enum": column.options, "bool": [ws.YES, ws.NO]}.get(column.type)
    if not options:
        return None
    return f"((1-{rows.blank(column.id)})*(1-{among(span, options)}))"


def of_others(rows: Rows, sender: str, units: str | None) -> str:
    """1 where a row names another unit of the list than the sender."""
    unit = rows.register.unit_column
    others = f"((1-{rows.blank(unit)})*(TRIM({rows.span(unit)})<>{quoted(sender)}))"
    return _unless_wrong(others, rows, [unit], units)


def _unless_wrong(broken: str, rows: Rows, names: list[str], units: str | None) -> str:
    """``broken`` without the rows in which a named cell is wrong in itself."""
    columns = [rows.column(name) for name in dict.fromkeys(names)]
    faults = [
        fault
        for column in columns
        for fault in (
            untyped(rows, column),
            fractional(rows, column),
            unlisted(rows, column, units),
        )
        if fault is not None
    ]
    return f"({'*'.join([broken, *(f'(1-{fault})' for fault in faults)])})"


def total(rule: Rule, rows: Rows) -> str:
    """What the register says of the element that it is compared with; "" when it does not."""
    names = term_names(rule.left)
    told = _told(rule, rows)
    counted = count(f"({rows.exists()}{told})")
    if not names:
        return counted
    span = rows.span(names[0])
    known = count(f"({rows.known(names[0])}{told})")
    if rule.operator == "column_sum_equals_element":
        # texts count as nothing where they are an argument of their own
        said = f"SUMPRODUCT(1*({rows.exists()}{told}),{span})"
    else:
        said = count(f"({among(span, rule.listed or [])}{told})")
    return f'IF({known}<{counted},"",{said})'


def _told(rule: Rule, rows: Rows) -> str:
    """A factor that is 1 where a rule speaks of a row."""
    if rule.when is None:
        return ""
    return f"*{among(rows.span(rule.when.column), rule.when.among)}"


def absent_required(rows: Rows, column: RegisterColumn) -> str:
    """1 where a row exists and a column is blank."""
    return f"({rows.exists()}*{rows.blank(column.id)})"


def is_row_rule_expressible(rule: Rule) -> bool:
    """Whether a rule about the rows of one register can be spelled."""
    if rule.operator not in _ROW_OPERATORS:
        return False
    if rule.operator in _ROW_BREAKS:
        simple = all(
            isinstance(side[0], str | int | float) and len(side) == 1
            for side in (rule.left, rule.right)
        )
        return simple and rule.missing == "skip_if_any"
    return rule.missing != "never_skip" or rule.operator == "present"


def broken_rows(rule: Rule, rows: Rows, units: str | None) -> str:
    """1 where a row breaks an expressible rule; ``units`` is the address of the units' list.

    Of a row with a cell that is wrong in itself the rules over that cell say nothing.
    """
    broken = f"({_ROW_OPERATORS[rule.operator](rule, rows)}{_told(rule, rows)})"
    return _unless_wrong(broken, rows, term_names(rule.left) + term_names(rule.right), units)


def _applies(rule: Rule, rows: Rows) -> str:
    """1 where the rule is not skipped for missing values."""
    known = [rows.known(name) for name in term_names(rule.left) + term_names(rule.right)]
    return f"({'*'.join(known)})" if rule.missing == "skip_if_any" else f"(({'+'.join(known)})>0)"


def _compare(rule: Rule, rows: Rows) -> str:
    left, right = (
        rows.span(side[0]) if isinstance(side[0], str) else f"{side[0]}"
        for side in (rule.left, rule.right)
    )
    return f"(({left}{_ROW_BREAKS[rule.operator]}{right})*{_applies(rule, rows)})"


def _any_yes(rows: Rows, names: list[str], listed: list[str] | None) -> str:
    flags = "+".join(rows.says_yes(name, listed) for name in names)
    return f"(({flags})>0)"


def _compulsory_pair(rule: Rule, rows: Rows) -> str:
    left = _any_yes(rows, term_names(rule.left), rule.listed)
    right = _any_yes(rows, term_names(rule.right), None)
    return f"(({left}<>{right})*{_applies(rule, rows)})"


def _exclusive_pair(rule: Rule, rows: Rows) -> str:
    left = _any_yes(rows, term_names(rule.left), rule.listed)
    right = _any_yes(rows, term_names(rule.right), None)
    return f"({left}*{right}*{_applies(rule, rows)})"


def _at_most_one(rule: Rule, rows: Rows) -> str:
    flags = "+".join(rows.says_yes(name, None) for name in term_names(rule.left))
    return f"((({flags})>1)*{_applies(rule, rows)})"


def _in_list(rule: Rule, rows: Rows) -> str:
    span = rows.span(term_names(rule.left)[0])
    return f"((1-{among(span, rule.listed or [])})*{_applies(rule, rows)})"


def _present(rule: Rule, rows: Rows) -> str:
    unknown = "+".join(f"(1-{rows.known(name)})" for name in term_names(rule.left))
    return f"({rows.exists()}*(({unknown})>0))"


def _unique(rule: Rule, rows: Rows) -> str:
    names = term_names(rule.left)
    key = '&"|"&'.join(f"TRIM({rows.span(name)})" for name in names)
    offset = f"(ROW({rows.span(names[0])})-{rows.area.first_row - 1})"
    # as pandas has it: the first of equal rows stands, the repetitions are counted
    return f"((MATCH({key},{key},0)<{offset})*{_applies(rule, rows)})"


_ROW_OPERATORS: dict[str, Callable[[Rule, Rows], str]] = {
    **dict.fromkeys(_ROW_BREAKS, _compare),
    "compulsory_pair": _compulsory_pair,
    "exclusive_pair": _exclusive_pair,
    "at_most_one": _at_most_one,
    "in_list": _in_list,
    "present": _present,
    "unique": _unique,
}
