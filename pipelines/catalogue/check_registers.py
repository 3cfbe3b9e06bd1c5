"""The lines of "Kiểm tra" about registers: rows are counted, the first bad one is named.

Belongs here: which lines a register gets. Does not belong here: the arrays (``check_rows``).
"""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.catalogue import check_rows as cr
from pipelines.catalogue.check_formulas import cell_rules, either, quoted
from pipelines.catalogue.check_layout import (
    FAULTS,
    FINE,
    NOT_REQUIRED,
    REVIEW,
    SKIPPED,
    UPON_RECEIPT,
    Line,
    Page,
)
from pipelines.catalogue.integrity import term_names
from pipelines.catalogue.model import Catalogue, RegisterColumn, Rule
from pipelines.catalogue.rule_words import describe_rule

_COUNT_FORMAT = '#,##0" dòng"'
AGAINST_THE_FORM = ("rows_equal_element", "column_sum_equals_element")


def register_lines(
    catalogue: Catalogue,
    rows: cr.Rows,
    units_list: str | None,
    elements: dict[str, str],
    page: Page,
    sender: str,
) -> Iterator[Line]:
    """The lines of a register, each made for the row where the page then stands.

    Args:
        catalogue: For the rules.
        rows: The register's ranges.
        units_list: Address of the ids that a unit column may hold, None where there are none.
        elements: Element → address of its typed value on the check sheet.
        page: The sheet; every line must be written before the next one is asked for.
        sender: The unit that a register which units keep themselves may speak of.
    """
    yield from _extent_lines(rows, page)
    rules = cell_rules(catalogue)
    errors = f"(ISERROR({rows.whole}))"
    content = "Cả sổ không có lỗi công thức"
    first = rows.register.columns[0]
    yield _rows_line(rows, first, rules["no_error_value"], errors, page, content)
    everywhere = [
        rule
        for rule in catalogue.rules.values()
        if rule.level == "row" and rule.register_id is None
    ]
    present = [rule for rule in everywhere if rule.operator == "present"]
    for column in rows.register.columns:
        if column.required:
            for rule in present:
                broken = cr.absent_required(rows, column)
                yield _rows_line(rows, column, rule, broken, page)
        for operator, faults in (
            ("typed", cr.untyped(rows, column)),
            ("whole", cr.fractional(rows, column)),
            ("in_list", cr.unlisted(rows, column, units_list)),
        ):
            if faults is not None:
                yield _rows_line(rows, column, rules[operator], faults, page)
    for rule in everywhere:
        if rule.operator == "about_sender" and rows.register.authority == "self":
            column, others = (
                rows.column(rows.register.unit_column),
                cr.of_others(rows, sender, units_list),
            )
            yield _rows_line(rows, column, rule, others, page)
    for rule in catalogue.rules.values():
        if rule.register_id == rows.register.id:
            yield from _row_rule_lines(catalogue, rule, rows, units_list, elements, page)


def _extent_lines(rows: cr.Rows, page: Page) -> Iterator[Line]:
    first = _first_cell(rows, rows.register.columns[0])
    none = NOT_REQUIRED if rows.register.may_be_absent else REVIEW
    yield Line(
        content="Số dòng đã nhập",
        sheet=rows.area.sheet,
        cell=first,
        result=f"IF({page.at('G')}=0,{quoted(none)},{quoted(FINE)})",
        todo=page.todo("Sổ chưa có dòng nào; không phát sinh thì bỏ qua."),
        read=cr.count(rows.exists()),
        read_format=_COUNT_FORMAT,
    )
    yield Line(
        content=f"Không có nội dung dưới dòng {rows.last_row} (trang này chỉ kiểm tra đến đó)",
        sheet=rows.area.sheet,
        cell=first,
        result=f"IF({page.at('G')}>0,{quoted(REVIEW)},{quoted(FINE)})",
        todo=page.todo("Các dòng phía dưới được kiểm tra khi nhận."),
        read=f"COUNTA({rows.below})",
    )


def _rows_line(
    rows: cr.Rows, column: RegisterColumn, rule: Rule, broken: str, page: Page, content: str = ""
) -> Line:
    """A line that counts the rows which break a rule and names the first of them."""
    counted = page.at("G")
    fault = f"IF({counted}>0,{quoted(FAULTS[rule.severity])},{quoted(FINE)})"
    span = rows.whole if broken.startswith("(ISERROR") else rows.span(column.id)
    more = f'&" Dòng đầu tiên: "&{cr.first_row(broken, span)}&"."'
    return Line(
        content=content or f"{column.label_vi} ({column.code}): {_ASKED[rule.operator]}",
        sheet=rows.area.sheet,
        cell=_first_cell(rows, column),
        # an error value in the register spoils every count but its own
        result=f"IF(ISNUMBER({counted}),{fault},{quoted(SKIPPED)})",
        todo=page.todo(rule.action_vi, more),
        rule=rule.id,
        read=f'IFERROR({cr.count(broken)},"ô lỗi")',
        read_format=_COUNT_FORMAT,
    )


_ASKED = {
    "present": "không để trống",
    "typed": "đúng kiểu số hoặc ngày",
    "whole": "là số nguyên",
    "in_list": "có trong danh mục",
    "about_sender": "là đơn vị gửi biểu",
}


def _row_rule_lines(
    catalogue: Catalogue,
    rule: Rule,
    rows: cr.Rows,
    units_list: str | None,
    elements: dict[str, str],
    page: Page,
) -> Iterator[Line]:
    content = describe_rule(catalogue, rule)
    if rule.operator in AGAINST_THE_FORM:
        if rule.element in elements:
            yield _total_line(rule, rows, elements[rule.element], content, page)
    elif rule.operator == "some_row_pending":
        yield _pending_line(rule, rows, content, page)
    elif cr.is_row_rule_expressible(rule):
        column = rows.column(term_names(rule.left)[0])
        if rule.operator == "unique" and rows.area.filled > cr.CHECKED_ROWS:
            yield Line(
                content,
                rows.area.sheet,
                _first_cell(rows, column),
                quoted(UPON_RECEIPT),
                quoted("Sổ nhiều dòng: sự trùng lặp được kiểm tra khi nhận."),
                rule.id,
            )
        else:
            broken = cr.broken_rows(rule, rows, units_list)
            yield _rows_line(rows, column, rule, broken, page, content)


def _total_line(rule: Rule, rows: cr.Rows, element_at: str, content: str, page: Page) -> Line:
    total = page.at("G")
    unknown = [f'{element_at}=""', f'{total}=""']
    if rows.register.may_be_absent or rule.left:
        unknown.append(f"{cr.count(rows.exists())}=0")
    fault = f"IF(ABS({total}-{element_at})>0.000001,{quoted(FAULTS[rule.severity])},{quoted(FINE)})"
    names = term_names(rule.left)
    column = rows.column(names[0]) if names else rows.register.columns[0]
    is_sum = rule.operator == "column_sum_equals_element"
    return Line(
        content=content,
        sheet=rows.area.sheet,
        cell=_first_cell(rows, column),
        result=f"IF({either(unknown)},{quoted(SKIPPED)},{fault})",
        todo=page.todo(rule.action_vi),
        rule=rule.id,
        read=cr.total(rule, rows),
        read_format="#,##0" if is_sum else _COUNT_FORMAT,
    )


def _pending_line(rule: Rule, rows: cr.Rows, content: str, page: Page) -> Line:
    column = rows.column(term_names(rule.left)[0])
    fault = f"IF({page.at('G')}=0,{quoted(FAULTS[rule.severity])},{quoted(FINE)})"
    listed = cr.among(rows.span(column.id), rule.listed or [])
    return Line(
        content=content,
        sheet=rows.area.sheet,
        cell=_first_cell(rows, column),
        result=f"IF({cr.count(rows.exists())}=0,{quoted(SKIPPED)},{fault})",
        todo=page.todo(rule.action_vi),
        rule=rule.id,
        read=cr.count(listed),
        read_format=_COUNT_FORMAT,
    )


def _first_cell(rows: cr.Rows, column: RegisterColumn) -> str:
    return f"{rows.area.letters[column.id]}{rows.area.first_row}"
