"""A clerk at a form: types into cells by code, and knows how to break every rule it spells."""

import datetime as dt
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import load_workbook

from pipelines.catalogue import operators
from pipelines.catalogue.integrity import term_names
from pipelines.catalogue.model import (
    WHOLE_TYPES,
    Catalogue,
    Element,
    Form,
    Register,
    RegisterColumn,
    Rule,
)
from pipelines.catalogue.sheet_frame import HEADER_ROW
from pipelines.catalogue.templates import expressible_rules

DAY = dt.date(2021, 3, 5)
OTHER_UNIT = "xa-mh-02"
USUAL = 6
TRIED = (USUAL, 0, 7, 1)
DAYS = (DAY, dt.date(2021, 2, 1), dt.date(2021, 5, 20))
WORDS = ("12/CTr-UBND", "không số")
MOST_TRIED = 100_000
MANY = 97  # no register here has as many rows, or sums to it
BEYOND = object()
Row = dict[str, Any]
# operator → which cells can break it, and with what
_WRONG_CELLS: dict[str, tuple[Callable[[Element, bool], bool], Any]] = {
    "no_error_value": (lambda _, __: True, "=1/0"),
    "typed": (lambda e, _: e.is_numeric, "nhiều"),
    "whole": (lambda e, _: e.type in WHOLE_TYPES, 2.5),
    "in_list": (lambda e, _: e.type in {"bool", "enum"}, "có lẽ"),
    "within_bounds": (lambda e, _: e.is_numeric and e.maximum is not None, BEYOND),
    "present": (lambda _, compulsory: compulsory, None),
}


@dataclass
class Wrong:
    """What is wrong in one file: cells by element, rows by register, the rules that break."""

    rules: list[str] = field(default_factory=list)
    cells: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)  # elements whose cells hold no value
    totalled: set[str] = field(default_factory=set)  # registers whose rows must all be sound


class Typist:
    """Types into a form that lies in a file."""

    def __init__(self, path: Path, catalogue: Catalogue, form: Form) -> None:
        self.book = load_workbook(path)
        self._codes = {name: element.code for name, element in catalogue.elements.items()}
        self._next: dict[str, int] = {}
        self._places: dict[str, tuple[str, str]] = {}
        self._columns: dict[str, tuple[str, dict[str, str]]] = {}
        for spec in form.sheets:
            sheet: Any = self.book[spec.name]
            if spec.register_id is None:
                for row in sheet.iter_rows(min_row=HEADER_ROW + 1, min_col=3, max_col=5):
                    self._places[str(row[0].value)] = (spec.name, row[2].coordinate)
                continue
            letters = {str(cell.value): cell.column_letter for cell in sheet[HEADER_ROW + 1]}
            register = catalogue.registers[spec.register_id]
            by_id = {column.id: letters[column.code] for column in register.columns}
            self._columns[register.id] = (spec.name, by_id)

    def enter(self, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            sheet, address = self._places[self._codes[name]]
            self.book[sheet][address].value = value

    def add_row(self, register_id: str, row: Row) -> None:
        sheet, letters = self._columns[register_id]
        number = self._next.get(register_id, HEADER_ROW + 2)
        self._next[register_id] = number + 1
        for column, value in row.items():
            self.book[sheet][f"{letters[column]}{number}"].value = value

    def add(self, wrong: Wrong) -> None:
        self.enter(wrong.cells)
        for register_id, rows in wrong.rows.items():
            for row in rows:
                self.add_row(register_id, row)


def usual_value(element: Element) -> Any:
    """What a clerk types into a compulsory cell of an unremarkable unit."""
    if element.type in {"bool", "date", "enum", "text"}:
        return {"bool": "Có", "date": DAY, "text": WORDS[0]}.get(
            element.type, (element.options or [""])[0]
        )
    return min(USUAL, element.maximum if element.maximum is not None else USUAL)


def compulsory_values(catalogue: Catalogue, form: Form) -> dict[str, Any]:
    """The smallest form that may be sent."""
    return {
        item.element: usual_value(catalogue.elements[item.element])
        for item in form.elements()
        if item.compulsory
    }


def broken_files(catalogue: Catalogue, form: Form, unit_id: str) -> list[Wrong]:
    """Every rule that the form's check sheet spells, broken in one of a few files."""
    breaker = _Breaker(catalogue, form, unit_id)
    files: list[Wrong] = []
    for name in expressible_rules(catalogue, form):
        rule = catalogue.rules[name]
        if not any(breaker.breaks(rule, file) for file in files):
            files.append(Wrong())
            assert breaker.breaks(rule, files[-1]), f"nothing in {form.id} breaks {name}"
    return files


class _Breaker:
    """Breaks rules one by one; what an earlier rule was given stays as it is."""

    def __init__(self, catalogue: Catalogue, form: Form, unit_id: str) -> None:
        self._catalogue = catalogue
        self._asked = [catalogue.elements[item.element] for item in form.elements()]
        self._compulsory = {item.element for item in form.elements() if item.compulsory}
        self._kept = [sheet.register_id for sheet in form.sheets if sheet.register_id]
        self._rows = _Rows(unit_id)

    def breaks(self, rule: Rule, file: Wrong) -> bool:
        """Whether the file has room for a breach, which is then in it."""
        done = {"cell": self._cell, "unit": self._unit, "row": self._row}.get(
            rule.level, self._total
        )(rule, file)
        if done:
            file.rules.append(rule.id)
        return done

    def _cell(self, rule: Rule, file: Wrong) -> bool:
        fits, wrong = _WRONG_CELLS[rule.operator]
        for element in self._asked:
            compulsory = element.id in self._compulsory
            if element.id not in file.cells and fits(element, compulsory):
                beyond = (element.maximum or 0) + 1
                file.cells[element.id] = beyond if wrong is BEYOND else wrong
                file.unread.add(element.id)
                return True
        return False

    def _unit(self, rule: Rule, file: Wrong) -> bool:
        names = _names(rule)
        if file.unread & set(names):
            return False
        elements = [self._catalogue.elements[name] for name in names]
        tried = [
            [file.cells[e.id]] if e.id in file.cells else self._tried(e, rule) for e in elements
        ]
        found = _first_violation(rule, names, [e.type for e in elements], tried)
        file.cells.update(found or {})
        return found is not None

    def _tried(self, element: Element, rule: Rule) -> list[Any]:
        return _tried_values(element, _numbers(rule), element.id in self._compulsory)

    def _row(self, rule: Rule, file: Wrong) -> bool:
        register_id = rule.register_id or self._kept[0]
        if register_id in file.totalled:
            return False
        register = self._catalogue.registers[register_id]
        rows = self._rows.broken(rule, register)
        file.rows.setdefault(register_id, []).extend(rows)
        return bool(rows)

    def _total(self, rule: Rule, file: Wrong) -> bool:
        """Rows of which the form says something else."""
        register_id, element = rule.register_id, rule.element
        assert register_id is not None
        assert element is not None
        taken = register_id in file.rows and register_id not in file.totalled
        if taken or element in file.cells:
            return False
        row = self._rows.full(self._catalogue.registers[register_id])
        file.rows.setdefault(register_id, []).append(row)
        file.totalled.add(register_id)
        most = self._catalogue.elements[element].maximum
        file.cells[element] = MANY if most is None else min(MANY, most)
        return True


def _names(rule: Rule) -> list[str]:
    said = [rule.when.column] if rule.when is not None else []
    return list(dict.fromkeys(term_names(rule.left) + term_names(rule.right) + said))


def _numbers(rule: Rule) -> list[float]:
    """Usual numbers, and those around what the rule compares with."""
    constants = [term for term in [*rule.left, *rule.right] if isinstance(term, (int, float))]
    return [*TRIED, *(near for n in constants for near in (n - 1, n, n + 1))]


def _tried_values(element: Element, numbers: list[float], is_compulsory: bool) -> list[Any]:
    values: list[Any] = {
        "bool": ["Có", "Không"],
        "date": list(DAYS),
        "enum": list(element.options or []),
        "text": list(WORDS),
    }.get(element.type, [])
    if not values:
        low = element.minimum if element.minimum is not None else 0
        high = element.maximum if element.maximum is not None else max(numbers)
        values = [value for value in numbers if low <= value <= high]
    return values if is_compulsory else [*values, None]


def _first_violation(
    rule: Rule, names: list[str], kinds: list[str], tried: list[list[Any]]
) -> Row | None:
    """The first combination of values that breaks the rule, as the engine sees it."""
    combinations = list(itertools.islice(itertools.product(*tried), MOST_TRIED))
    columns = zip(names, kinds, zip(*combinations, strict=True), strict=True)
    frame = pd.DataFrame({name: _typed(list(column), kind) for name, kind, column in columns})
    broken = operators.violations(rule, frame)
    if not broken.any():
        return None
    return dict(zip(names, combinations[int(broken.argmax())], strict=True))


def _typed(values: list[Any], kind: str) -> pd.Series:
    """A column as ``operators`` wants it."""
    if kind == "date":
        return pd.to_datetime(pd.Series(values, dtype="object"))
    if kind == "bool":
        return pd.Series(
            [{"Có": 1.0, "Không": 0.0}.get(value) for value in values], dtype="float64"
        )
    if kind in {"enum", "text", "string", "unit"}:
        return pd.Series(values, dtype="str")
    return pd.Series(values, dtype="float64")


class _Rows:
    """Makes register rows; every text differs from the texts of other rows."""

    def __init__(self, unit_id: str) -> None:
        self._unit_id, self._made = unit_id, 0

    def sound(self, register: Register) -> Row:
        """A row with its required columns."""
        self._made += 1
        required = [column for column in register.columns if column.required]
        return {column.id: self._tried(column, TRIED)[0] for column in required}

    def full(self, register: Register) -> Row:
        """A row with all its columns."""
        self._made += 1
        return {column.id: self._tried(column, TRIED)[0] for column in register.columns}

    def broken(self, rule: Rule, register: Register) -> list[Row]:
        """The rows that break a rule; none where nothing does."""
        row = self.sound(register)
        if rule.operator == "unique":
            return [row, row]
        if rule.operator == "about_sender":
            return [{**row, register.unit_column: OTHER_UNIT}]
        if rule.operator == "present" and rule.register_id is None:
            return [{**row, next(reversed(row)): None}]
        by_id = {column.id: column for column in register.columns}
        tried = [self._tried(by_id[name], _numbers(rule)) for name in _names(rule)]
        kinds = [by_id[name].type for name in _names(rule)]
        found = _first_violation(rule, _names(rule), kinds, tried)
        return [] if found is None else [{**row, **found}]

    def _tried(self, column: RegisterColumn, numbers: Sequence[float]) -> list[Any]:
        values: list[Any] = {
            "string": [f"mục {self._made}"],
            "unit": [self._unit_id],
            "bool": ["Có", "Không"],
            "date": list(DAYS),
            "enum": list(column.options or []),
        }.get(column.type, list(numbers))
        return values if column.required else [*values, None]
