"""The "Kiểm tra" sheet: the catalogue's rules as formulas, so that errors show before sending.

One line per check: value cells first, then rules of units, then registers. A line knows the rule,
the cell to go to, the result and what to do; the first lines sum up.

Belongs here: which checks a form gets, the lines of cells and units. Does not belong here: the
formulas' meaning (``check_formulas``, ``check_rows``), lines of registers (``check_registers``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from openpyxl.utils import absolute_coordinate
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.catalogue import check_formulas as cf
from pipelines.catalogue import check_rows as cr
from pipelines.catalogue.changing import worded
from pipelines.catalogue.check_formulas import CELL_OPERATORS, cell_rules, quoted
from pipelines.catalogue.check_layout import (
    ERROR,
    FAULTS,
    FINE,
    MISSING,
    NOT_REQUIRED,
    SKIPPED,
    Elsewhere,
    Line,
    Page,
)
from pipelines.catalogue.check_registers import AGAINST_THE_FORM, register_lines
from pipelines.catalogue.expected import expected_of
from pipelines.catalogue.integrity import term_names
from pipelines.catalogue.model import Catalogue, Element, Form, Rule
from pipelines.catalogue.rule_words import describe_rule
from pipelines.catalogue.sheet_frame import Header, RegisterArea, ValueCell

_READ_FORMATS = {"date": "dd/mm/yyyy"}
_ANSWER_FORMAT = '[=1]"Có";[=0]"Không";General'


@dataclass(frozen=True)
class Checks:
    """What the lines are made from."""

    catalogue: Catalogue
    form: Form
    cells: list[ValueCell]
    areas: list[RegisterArea]
    units_list: str | None


def write_checks(sheet: Worksheet, checks: Checks, header: Header) -> None:
    """Write the sheet.

    Args:
        sheet: Empty target.
        checks: The form and where its values stand; ``units_list`` is the address of the ids
            that a unit column may hold.
        header: For the banner.
    """
    page = Page(sheet)
    typed: dict[tuple[str, str], str] = {}
    wrong: dict[tuple[str, str], str] = {}
    rules = cell_rules(checks.catalogue)
    if checks.cells:
        page.heading("I. TỪNG Ô SỐ LIỆU")
    for cell in checks.cells:
        typed[(cell.unit_id, cell.element)] = page.at("G")
        wrong[(cell.unit_id, cell.element)] = cf.is_wrong(page.at("B"), rules)
        page.line(_cell_line(checks, cell, page))
    relations = list(_unit_lines(checks, typed, wrong))
    if relations:
        page.heading("II. QUAN HỆ GIỮA CÁC SỐ LIỆU")
    for relation in relations:
        page.line(_unit_line(checks, relation, page))
    for area in checks.areas:
        register = checks.catalogue.registers[area.register_id]
        page.heading(f"III. {register.label_vi.upper()}")
        elements = {element: at for (_, element), at in typed.items()}
        sheet_rows = cr.Rows(area, register)
        for line in register_lines(
            checks.catalogue, sheet_rows, checks.units_list, elements, page, header.unit_id
        ):
            page.line(line)
    page.finish(illustrative=header.is_illustrative)


def expressible_rules(catalogue: Catalogue, form: Form) -> list[str]:
    """Ids of the rules that the check sheet of a form spells, in catalogue order."""
    catalogue = worded(catalogue, form)
    groups = element_groups(form)
    asked = {name for group in groups for name in group}
    registers = {sheet.register_id for sheet in form.sheets if sheet.register_id}
    return [
        rule.id
        for rule in catalogue.rules.values()
        if (rule.level == "cell" and _speaks_of_cells(rule, catalogue, asked, registers))
        or (
            rule.level == "unit"
            and cf.is_unit_rule_expressible(rule)
            and any(_rule_names(rule) <= group for group in groups)
        )
        or (
            rule.level in {"row", "register"} and _speaks_of_rows(rule, catalogue, asked, registers)
        )
    ]


def element_groups(form: Form) -> list[set[str]]:
    """Elements that speak of one unit: those of all single sheets, and those of each grid."""
    single = {
        item.element
        for sheet in form.sheets
        if sheet.layout == "single"
        for item in sheet.elements()
    }
    grids = [
        {item.element for item in sheet.elements()}
        for sheet in form.sheets
        if sheet.layout == "grid"
    ]
    return [group for group in [single, *grids] if group]


def _speaks_of_cells(
    rule: Rule, catalogue: Catalogue, asked: set[str], registers: set[str]
) -> bool:
    if rule.operator not in CELL_OPERATORS:
        return False
    elements = [catalogue.elements[name] for name in asked]
    columns = [column for name in registers for column in catalogue.registers[name].columns]
    kinds = {element.type for element in elements} | {column.type for column in columns}
    return {
        "no_error_value": True,
        "typed": bool(kinds - {"bool", "enum", "text", "string", "unit"}),
        "whole": bool(kinds & {"count", "money", "int"}),
        "within_bounds": any(_is_bounded(element) for element in elements),
        "in_list": bool(kinds & {"bool", "enum", "unit"}),
        "present": bool(asked),
    }[rule.operator]


def _is_bounded(element: Element) -> bool:
    return element.is_numeric and (element.minimum is not None or element.maximum is not None)


def _speaks_of_rows(rule: Rule, catalogue: Catalogue, asked: set[str], registers: set[str]) -> bool:
    if rule.operator == "present" and rule.register_id is None:
        return bool(registers)
    if rule.operator == "about_sender":
        return any(catalogue.registers[name].authority == "self" for name in registers)
    if rule.register_id not in registers:
        return False
    if rule.operator in AGAINST_THE_FORM:
        return rule.element in asked
    return rule.operator == "some_row_pending" or cr.is_row_rule_expressible(rule)


def _rule_names(rule: Rule) -> set[str]:
    return set(term_names(rule.left) + term_names(rule.right))


def _cell_line(checks: Checks, cell: ValueCell, page: Page) -> Line:
    element = checks.catalogue.elements[cell.element]
    rules = cell_rules(checks.catalogue)
    address = f"'{cell.sheet}'!{absolute_coordinate(cell.address)}"
    broken_at = page.at("B")
    formulas = cf.cell_formulas(
        element,
        address,
        broken_at,
        page.at("G"),
        {operator: rule.id for operator, rule in rules.items()},
        compulsory=cell.compulsory,
    )
    absent = rules["present"].id
    fault = f"IF({broken_at}={quoted(absent)},{quoted(MISSING)},{quoted(ERROR)})"
    blank = f"IF({cf.is_blank(address)},{quoted(NOT_REQUIRED)},{quoted(FINE)})"
    who = f"{cell.unit_name}: " if cell.in_grid else ""
    return Line(
        content=f"{who}{element.label_vi} ({element.code})",
        sheet=cell.sheet,
        cell=cell.address,
        result=f'IF({broken_at}="",{blank},{fault})',
        todo=_cell_todo(element, rules, broken_at),
        rule=formulas.broken,
        rule_is_formula=True,
        longest=NOT_REQUIRED,
        read=formulas.typed,
        read_format=_ANSWER_FORMAT
        if element.type == "bool"
        else _READ_FORMATS.get(element.type, "General"),
    )


def _cell_todo(element: Element, rules: dict[str, Rule], broken_at: str) -> str:
    expected = expected_text(element)
    texts = {
        "present": rules["present"].action_vi,
        "no_error_value": rules["no_error_value"].action_vi,
        "whole": rules["whole"].action_vi,
        "within_bounds": f"Cần {expected}. {rules['within_bounds'].action_vi}",
        "typed": f"Cần {expected}. {rules['typed'].action_vi}",
    }
    formula = quoted(f"Cần {expected}. {rules['in_list'].action_vi}")
    for operator, text in texts.items():
        formula = f"IF({broken_at}={quoted(rules[operator].id)},{quoted(text)},{formula})"
    return f'IF({broken_at}="","",{formula})'


def expected_text(element: Element) -> str:
    """What an element's cell should hold, in Vietnamese."""
    text = {
        "bool": "Có hoặc Không",
        "date": "ngày dạng ngày/tháng/năm",
        "text": "nội dung",
        "enum": ", ".join(element.options or []),
    }.get(element.type)
    base = text if text is not None else expected_of(element)
    return f"{base}, hoặc x nếu không áp dụng" if element.allows_not_applicable else base


@dataclass(frozen=True)
class _Relation:
    """A rule between cells of one unit; ``other`` is the cell of its right side."""

    rule: Rule
    cell: ValueCell
    other: ValueCell
    formulas: cf.RuleFormulas


def _unit_lines(
    checks: Checks, typed: dict[tuple[str, str], str], wrong: dict[tuple[str, str], str]
) -> Iterator[_Relation]:
    """The unit rules whose elements stand on the form, unit by unit."""
    by_unit: dict[str, dict[str, ValueCell]] = {}
    for cell in checks.cells:
        by_unit.setdefault(cell.unit_id, {})[cell.element] = cell
    expressible = set(expressible_rules(checks.catalogue, checks.form))
    for rule in checks.catalogue.rules.values():
        if rule.level != "unit" or rule.id not in expressible:
            continue
        terms = list(dict.fromkeys(term_names(rule.left) + term_names(rule.right)))
        for unit_id, cells in by_unit.items():
            if not set(terms) <= set(cells):
                continue
            at = {name: typed[(unit_id, name)] for name in terms}
            faults = [wrong[(unit_id, name)] for name in terms]
            blamed = rule.element or terms[0]
            other = next(iter(term_names(rule.right)), blamed)
            formulas = cf.rule_formulas(rule, at, faults, checks.catalogue.elements)
            yield _Relation(rule, cells[blamed], cells[other], formulas)


def _unit_line(checks: Checks, relation: _Relation, page: Page) -> Line:
    rule, cell, formulas = relation.rule, relation.cell, relation.formulas
    who = f"{cell.unit_name}: " if cell.in_grid else ""
    fault = f"IF({formulas.broken},{quoted(FAULTS[rule.severity])},{quoted(FINE)})"
    other = relation.other
    return Line(
        content=who + describe_rule(checks.catalogue, rule),
        sheet=cell.sheet,
        cell=cell.address,
        result=f"IF({formulas.skipped},{quoted(SKIPPED)},{fault})",
        todo=page.todo(rule.action_vi),
        rule=rule.id,
        elsewhere=Elsewhere(formulas.lacks_right, other.sheet, other.address)
        if formulas.lacks_right
        else None,
    )
