"""Formulas that say of one cell, or of one rule of a unit, whether it holds.

The typed value of every cell stands once on the check sheet (a number, 1 or 0 for an answer, a
date's serial number, a text, or "" for missing); rules are spelled over those cells, so that they
mean what ``operators`` means on the wide frame. Only functions of Excel 2007 are used.

Belongs here: single values. Does not belong here: columns of a register (``check_rows``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipelines.catalogue import workbook_styles as ws
from pipelines.catalogue.input_rules import MAX_DATE, MIN_DATE
from pipelines.catalogue.integrity import term_names
from pipelines.catalogue.model import WHOLE_TYPES, Catalogue, Element, Rule, Term
from pipelines.catalogue.operators import ROUNDING

TOLERANCE = "0.000000001"
# an answer typed with a combining accent looks the same and is accepted by the intake
_YES_FORMS = [ws.YES, "Co\u0301"]

_BREAKS: dict[str, str] = {
    "==": "ABS(({l})-({r}))>" + TOLERANCE,
    "sum_equals": "ABS(({l})-({r}))>" + TOLERANCE,
    "!=": "ABS(({l})-({r}))<=" + TOLERANCE,
    ">": "({l})<=({r})+" + TOLERANCE,
    ">=": "({l})<({r})-" + TOLERANCE,
    "<": "({l})>=({r})-" + TOLERANCE,
    "<=": "({l})>({r})+" + TOLERANCE,
    "fewer_or_none": "AND(({l})>=({r})-" + TOLERANCE + ",ABS({l})+ABS({r})>" + TOLERANCE + ")",
}


CELL_OPERATORS = ("no_error_value", "typed", "whole", "within_bounds", "in_list", "present")


@dataclass(frozen=True)
class CellFormulas:
    """Of a value cell: the rule it breaks ("" for none), and its typed value."""

    broken: str
    typed: str


@dataclass(frozen=True)
class RuleFormulas:
    """Of a rule and a unit.

    Attributes:
        skipped: Whether values are missing or wrong in themselves, so that it is skipped.
        broken: Whether it breaks.
        lacks_right: Of a pair that goes together, whether it is the right side that is not
            there, so that its cell is the one to fill in; "" for other rules.
    """

    skipped: str
    broken: str
    lacks_right: str = ""


def cell_rules(catalogue: Catalogue) -> dict[str, Rule]:
    """Operator → the catalogue's rule about single cells."""
    return {
        rule.operator: rule
        for rule in catalogue.rules.values()
        if rule.level == "cell" and rule.operator in CELL_OPERATORS
    }


def quoted(text: str) -> str:
    """A text as a formula constant; long ones are joined from pieces of at most 200 characters."""
    pieces = [text[start : start + 200] for start in range(0, len(text), 200)] or [""]
    return "&".join('"' + piece.replace('"', '""') + '"' for piece in pieces)


def either(conditions: list[str]) -> str:
    """Whether any condition holds."""
    return conditions[0] if len(conditions) == 1 else f"OR({','.join(conditions)})"


def every(conditions: list[str]) -> str:
    """Whether all conditions hold."""
    return conditions[0] if len(conditions) == 1 else f"AND({','.join(conditions)})"


def is_blank(cell: str) -> str:
    """Whether a cell holds nothing or white space."""
    return f"LEN(TRIM({cell}))=0"


def is_wrong(broken_at: str, rules: dict[str, Rule]) -> str:
    """Whether a cell is wrong in itself; a blank that should be filled in is not.

    Args:
        broken_at: Address of the rule that the cell breaks.
        rules: Operator → the catalogue's cell rule.
    """
    mild = [rule.id for rule in rules.values() if rule.severity != "error"]
    return every([f'{broken_at}<>""', *(f"{broken_at}<>{quoted(rule)}" for rule in mild)])


def cell_formulas(
    element: Element,
    cell: str,
    broken_at: str,
    typed_at: str,
    rules: dict[str, str],
    *,
    compulsory: bool,
) -> CellFormulas:
    """The two formulas of a value cell.

    Args:
        element: What the cell is asked for.
        cell: Its address on the form's sheet.
        broken_at: Where the first formula will stand.
        typed_at: Where the second formula will stand.
        rules: Operator → id of the catalogue's cell rule.
        compulsory: Whether a blank cell breaks a rule.
    """
    test = _TYPE_TESTS.get(element.type, _number_test)(element, cell, typed_at, rules)
    if element.allows_not_applicable:
        test = f'IF(TRIM({cell})="{ws.NOT_APPLICABLE}","",{test})'
    blank = quoted(rules["present"]) if compulsory else '""'
    broken = f"IF({is_blank(cell)},{blank},{test})"
    broken = f"IF(ISERROR({cell}),{quoted(rules['no_error_value'])},{broken})"
    return CellFormulas(broken, _typed(element, cell, broken_at))


def _number_test(element: Element, cell: str, _: str, rules: dict[str, str]) -> str:
    outside = [
        *([f"{cell}<{element.minimum:.15g}"] if element.minimum is not None else []),
        *([f"{cell}>{element.maximum:.15g}"] if element.maximum is not None else []),
    ]
    test = f'IF({either(outside)},{quoted(rules["within_bounds"])},"")' if outside else '""'
    if element.type in WHOLE_TYPES:
        test = f"IF({cell}<>INT({cell}),{quoted(rules['whole'])},{test})"
    return f"IF(ISNUMBER({cell}),{test},{quoted(rules['typed'])})"


def _answer_test(_: Element, cell: str, __: str, rules: dict[str, str]) -> str:
    return f'IF({_is_one_of(f"TRIM({cell})", [*_YES_FORMS, ws.NO])},"",{quoted(rules["in_list"])})'


def _choice_test(element: Element, cell: str, _: str, rules: dict[str, str]) -> str:
    among = _is_one_of(f"TRIM({cell})", list(element.options or []))
    return f'IF({among},"",{quoted(rules["in_list"])})'


def _date_test(_: Element, __: str, typed_at: str, rules: dict[str, str]) -> str:
    return f'IF({typed_at}="",{quoted(rules["typed"])},"")'


def _text_test(*_: object) -> str:
    return '""'


_TYPE_TESTS: dict[str, Callable[[Element, str, str, dict[str, str]], str]] = {
    "bool": _answer_test,
    "enum": _choice_test,
    "date": _date_test,
    "text": _text_test,
}


def _typed(element: Element, cell: str, broken_at: str) -> str:
    if element.type == "date":
        return _date(cell)
    if element.type == "bool":
        yes = _is_one_of(f"TRIM({cell})", _YES_FORMS)
        return f'IF({broken_at}="",IF({yes},1,IF(TRIM({cell})="{ws.NO}",0,"")),"")'
    if element.type in {"enum", "text"}:
        return f'IF({broken_at}="",TRIM({cell}),"")'
    # a cell that is wrong in itself is not compared with others
    return f'IF({broken_at}="",IF(ISNUMBER({cell}),{cell},""),"")'


def _date(cell: str) -> str:
    """Serial number of a date, also of a text day/month/year; "" when it is none."""
    text = f"TRIM({cell})"
    slash = f'FIND("/",{text})'
    second = f'FIND("/",{text},{slash}+1)'
    day = f"VALUE(LEFT({text},{slash}-1))"
    month = f"VALUE(MID({text},{slash}+1,{second}-{slash}-1))"
    year = f"VALUE(MID({text},{second}+1,4))"
    # DATE carries a month 13 or a day 31 over to the next month
    date = f"DATE({year},{month},{day})"
    spoken = f'IF(DAY({date})={day},IF({month}<=12,{date},""),"")'
    number = f'IF(AND({cell}>={MIN_DATE},{cell}<={MAX_DATE}),INT({cell}),"")'
    return f'IF(ISERROR({cell}),"",IF(ISNUMBER({cell}),{number},IFERROR({spoken},"")))'


def _is_one_of(value: str, options: list[str]) -> str:
    return either([f"{value}={quoted(option)}" for option in options])


def is_unit_rule_expressible(rule: Rule) -> bool:
    """Whether a unit rule's operator can be spelled."""
    return rule.operator in _UNIT_OPERATORS


def rule_formulas(
    rule: Rule, typed: dict[str, str], wrong: list[str], elements: dict[str, Element]
) -> RuleFormulas:
    """The formulas of a unit rule.

    Args:
        rule: An expressible rule of level ``unit``.
        typed: Element → address of its typed value.
        wrong: Conditions under which a cell that the rule speaks of is wrong in itself
            (``is_wrong``): what it should say is not known, and must not be taken for a blank.
        elements: The catalogue's elements.
    """
    names = term_names(rule.left) + term_names(rule.right)
    absent = [f'{typed[name]}=""' for name in names]
    skipped = {
        "skip_if_any": either(absent),
        "skip_if_all": every(absent),
        "never_skip": "FALSE",
    }[rule.missing]
    if rule.operator == "present":
        skipped = "FALSE"
    skipped = f"OR({','.join([*wrong, skipped])})"
    broken = _UNIT_OPERATORS[rule.operator](rule, typed, elements)
    lacks_right = ""
    if rule.operator == "compulsory_pair":
        left, right = _pair(rule, typed, elements)
        lacks_right = f"AND({left},NOT({right}))"
    return RuleFormulas(skipped, broken, lacks_right)


def _sum(side: list[str | float | Term], typed: dict[str, str]) -> str:
    terms = [
        f"{typed[term.of]}*{term.times!r}"
        if isinstance(term, Term)
        else typed[term]
        if isinstance(term, str)
        else f"{term:.15g}"
        for term in side
    ]
    return "+".join(terms)


def _absent_any(names: list[str], typed: dict[str, str]) -> str:
    return either([f'{typed[name]}=""' for name in names])


def _compare(rule: Rule, typed: dict[str, str], _: dict[str, Element]) -> str:
    breaks = _BREAKS[rule.operator].format(l=_sum(rule.left, typed), r=_sum(rule.right, typed))
    # what is compared with nothing does not hold
    absent = _absent_any(term_names(rule.left) + term_names(rule.right), typed)
    return f"IF({absent},TRUE,{breaks})"


def _says_yes(
    names: list[str], typed: dict[str, str], elements: dict[str, Element], listed: list[str] | None
) -> list[str]:
    flags = []
    for name in names:
        if listed is not None:
            flags.append(_is_one_of(typed[name], listed))
        elif elements[name].is_numeric or elements[name].type == "bool":
            flags.append(f"N({typed[name]})>0")
        else:
            flags.append(f'{typed[name]}<>""')
    return flags


def _pair(rule: Rule, typed: dict[str, str], elements: dict[str, Element]) -> tuple[str, str]:
    left = _says_yes(term_names(rule.left), typed, elements, rule.listed)
    right = _says_yes(term_names(rule.right), typed, elements, None)
    return either(left), either(right)


def _compulsory_pair(rule: Rule, typed: dict[str, str], elements: dict[str, Element]) -> str:
    left, right = _pair(rule, typed, elements)
    return f"({left})<>({right})"


def _exclusive_pair(rule: Rule, typed: dict[str, str], elements: dict[str, Element]) -> str:
    return every(list(_pair(rule, typed, elements)))


def _at_most_one(rule: Rule, typed: dict[str, str], elements: dict[str, Element]) -> str:
    flags = _says_yes(term_names(rule.left), typed, elements, None)
    return "+".join(f"IF({flag},1,0)" for flag in flags) + ">1"


def _some_pair_differs(rule: Rule, typed: dict[str, str], _: dict[str, Element]) -> str:
    full = []
    for left, right in zip(rule.left, rule.right, strict=True):
        part, whole = _sum([left], typed), _sum([right], typed)
        full += [f"({whole})>0", f"ABS(({part})-({whole}))<={TOLERANCE}"]
    # a value that is missing reads "", which arithmetic does not take
    absent = _absent_any(term_names(rule.left) + term_names(rule.right), typed)
    return f"IF({absent},FALSE,{every(full)})"


def _rate_agrees(rule: Rule, typed: dict[str, str], _: dict[str, Element]) -> str:
    rate = _sum(rule.left, typed)
    part, whole = (_sum([term], typed) for term in rule.right)
    absent = _absent_any(term_names(rule.left) + term_names(rule.right), typed)
    off = f"ABS(({rate})-({part})/({whole})*100)>{ROUNDING}+{TOLERANCE}"
    return f"IF({absent},FALSE,IF(({whole})=0,FALSE,{off}))"


def _implies_equal(rule: Rule, typed: dict[str, str], elements: dict[str, Element]) -> str:
    yes = either(_says_yes(term_names(rule.left), typed, elements, rule.listed))
    found, expected = _sum(rule.right[:1], typed), _sum(rule.right[1:], typed)
    absent = _absent_any(term_names(rule.right), typed)
    return f"IF({absent},FALSE,AND({yes},ABS(({found})-({expected}))>{TOLERANCE}))"


def _in_list(rule: Rule, typed: dict[str, str], _: dict[str, Element]) -> str:
    return f"NOT({_is_one_of(typed[term_names(rule.left)[0]], rule.listed or [])})"


def _present(rule: Rule, typed: dict[str, str], _: dict[str, Element]) -> str:
    return _absent_any(term_names(rule.left), typed)


_UNIT_OPERATORS: dict[str, Callable[[Rule, dict[str, str], dict[str, Element]], str]] = {
    **dict.fromkeys(_BREAKS, _compare),
    "compulsory_pair": _compulsory_pair,
    "exclusive_pair": _exclusive_pair,
    "at_most_one": _at_most_one,
    "some_pair_differs": _some_pair_differs,
    "rate_agrees": _rate_agrees,
    "implies_equal": _implies_equal,
    "in_list": _in_list,
    "present": _present,
}
