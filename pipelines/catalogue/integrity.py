"""What must hold between catalogue entries: every reference leads somewhere, every code is once.

Belongs here: checks across entries. Does not belong here: checks inside one entry (``model``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pipelines.catalogue import model
from pipelines.catalogue.changing import changing_problems
from pipelines.catalogue.check_regimes import regime_problems
from pipelines.catalogue.wording import word_problems

MAX_COMPULSORY = 40
# the numbers that a statistical operator works with
THRESHOLDS: dict[str, set[str]] = {
    "no_jump": {"times", "below", "smallest"},
    "near_own_median": {"periods", "score", "smallest"},
    "differs_from_last": {"values"},
    "near_peers": {"units", "score", "smallest"},
    "units_differ": {"units", "smallest"},
    "digits_vary": {"values", "share", "smallest"},
}


class CatalogueError(ValueError):
    """The catalogue contradicts itself; ``problems`` lists everything found."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("catalogue: " + "; ".join(problems))


def check_integrity(catalogue: model.Catalogue) -> None:
    """Raise ``CatalogueError`` listing every broken reference."""
    problems = [
        *_codes(catalogue),
        *_elements(catalogue),
        *_registers(catalogue),
        *_forms(catalogue),
        *_rules(catalogue),
        *_indicators(catalogue),
        *_citations(catalogue),
        *_tables(catalogue),
        *changing_problems(catalogue),
        *regime_problems(catalogue),
        *word_problems(catalogue, catalogue.words),
    ]
    if problems:
        raise CatalogueError(problems)


def authorities(catalogue: model.Catalogue) -> set[str]:
    """Kinds of offices that may supply figures: those that owe a form."""
    owing = (catalogue.populations.get(form.owed_by) for form in catalogue.forms.values())
    return {kind for population in owing if population for kind in population.kinds or []}


def _codes(catalogue: model.Catalogue) -> Iterator[str]:
    codes = Counter(element.code for element in catalogue.elements.values())
    for register in catalogue.registers.values():
        codes.update(column.code for column in register.columns)
    yield from (f"code {code} stands {n} times" for code, n in codes.items() if n > 1)


def _elements(catalogue: model.Catalogue) -> Iterator[str]:
    known = authorities(catalogue) | {"self"}
    for element in catalogue.elements.values():
        if element.subject not in catalogue.populations:
            yield f"element {element.id}: unknown population {element.subject}"
        if element.pillar is not None and element.pillar not in catalogue.pillars:
            yield f"element {element.id}: unknown pillar {element.pillar}"
        if element.authority not in known:
            yield f"element {element.id}: no form is owed by {element.authority}"


def _registers(catalogue: model.Catalogue) -> Iterator[str]:
    known = authorities(catalogue) | {"self"}
    for register in catalogue.registers.values():
        columns = {column.id for column in register.columns}
        for name in [register.unit_column, *register.unique]:
            if name not in columns:
                yield f"register {register.id}: unknown column {name}"
        if register.authority not in known:
            yield f"register {register.id}: no form is owed by {register.authority}"


def _forms(catalogue: model.Catalogue) -> Iterator[str]:
    for form in catalogue.forms.values():
        if form.owed_by not in catalogue.populations:
            yield f"form {form.id}: unknown population {form.owed_by}"
        compulsory = sum(item.compulsory for item in form.elements())
        if compulsory > MAX_COMPULSORY:
            yield f"form {form.id}: {compulsory} compulsory cells, at most {MAX_COMPULSORY}"
        for sheet in form.sheets:
            yield from _sheet(catalogue, form, sheet)


def _sheet(catalogue: model.Catalogue, form: model.Form, sheet: model.FormSheet) -> Iterator[str]:
    where = f"form {form.id}, sheet {sheet.name}"
    if (sheet.layout == "register") != (sheet.register_id is not None):
        yield f"{where}: a register goes with layout register, and only with it"
    if sheet.register_id is not None and sheet.register_id not in catalogue.registers:
        yield f"{where}: unknown register {sheet.register_id}"
    if (sheet.layout == "grid") != (sheet.population is not None):
        yield f"{where}: a population goes with layout grid, and only with it"
    if sheet.population is not None and sheet.population not in catalogue.populations:
        yield f"{where}: unknown population {sheet.population}"
    for item in sheet.elements():
        if item.element not in catalogue.elements:
            yield f"{where}: unknown element {item.element}"


def _rules(catalogue: model.Catalogue) -> Iterator[str]:
    for rule in catalogue.rules.values():
        known = set(catalogue.elements)
        if rule.register_id is not None:
            if rule.register_id not in catalogue.registers:
                yield f"rule {rule.id}: unknown register {rule.register_id}"
                continue
            known = {column.id for column in catalogue.registers[rule.register_id].columns}
        for name in term_names(rule.left) + term_names(rule.right):
            if name not in known:
                yield f"rule {rule.id}: unknown term {name}"
        if rule.element is not None and rule.element not in catalogue.elements:
            yield f"rule {rule.id}: unknown element {rule.element}"
        if rule.when is not None and rule.when.column not in known:
            yield f"rule {rule.id}: unknown column {rule.when.column}"
        if rule.population is not None and rule.population not in catalogue.populations:
            yield f"rule {rule.id}: unknown population {rule.population}"
        if rule.within is not None and not _is_column(catalogue, rule.within):
            yield f"rule {rule.id}: unknown register and column {rule.within}"
        yield from _operands(rule)


def _is_column(catalogue: model.Catalogue, named: str) -> bool:
    """Whether ``register.column`` leads somewhere."""
    register, _, column = named.partition(".")
    known = catalogue.registers.get(register)
    return known is not None and any(each.id == column for each in known.columns)


def _operands(rule: model.Rule) -> Iterator[str]:
    """What an operator needs beside terms that exist."""
    needs = {
        "some_pair_differs": len(rule.left) == len(rule.right) > 0,
        "rows_equal_element": rule.element is not None
        and (rule.listed is not None) == (len(rule.left) == 1),
        "column_sum_equals_element": rule.element is not None and len(rule.left) == 1,
        "implies_equal": len(rule.left) > 0 and len(rule.right) > 1,
        "pattern": rule.pattern is not None and len(rule.left) == 1,
        "rate_agrees": len(rule.left) == 1 and len(rule.right) == 2,
        "cumulative_follows": len(rule.left) == len(rule.right) == 1,
        "continues": len(rule.left) == len(rule.right) == 1,
        "no_overlap": len(rule.left) > 0 and len(rule.right) == 2,
        "first_of_month": len(rule.left) == 1,
        "covers_population": rule.population is not None
        and (len(rule.left), len(rule.right)) == (1, 2),
        "stands_in": rule.within is not None and len(rule.left) == 1,
        "carries_open": rule.when is not None and len(rule.left) == 2,
        "keeps_date": rule.when is not None and len(rule.left) == len(rule.right) == 1,
    }
    if not needs.get(rule.operator, True):
        yield f"rule {rule.id}: {rule.operator} lacks what it works on"
    wanted = THRESHOLDS.get(rule.operator, set())
    if set(rule.thresholds) != wanted:
        yield f"rule {rule.id}: thresholds {sorted(rule.thresholds)}, expected {sorted(wanted)}"
    if wanted and rule.severity != "review":
        yield f"rule {rule.id}: a statistical rule never rejects, severity {rule.severity}"


def term_names(terms: list[str | float | model.Term]) -> list[str]:
    """The element or column ids that a side of a rule names."""
    return [
        term if isinstance(term, str) else term.of
        for term in terms
        if not isinstance(term, (int, float))
    ]


def _indicators(catalogue: model.Catalogue) -> Iterator[str]:
    for indicator in catalogue.indicators.values():
        where = f"indicator {indicator.id}"
        if indicator.population not in catalogue.populations:
            yield f"{where}: unknown population {indicator.population}"
        if indicator.pillar is not None and indicator.pillar not in catalogue.pillars:
            yield f"{where}: unknown pillar {indicator.pillar}"
        for measure in (indicator.numerator, indicator.denominator):
            if measure is None:
                continue
            for name in measure_elements(measure):
                if name not in catalogue.elements:
                    yield f"{where}: unknown element {name}"
            yield from _rows_measure(catalogue, where, measure)


def _rows_measure(catalogue: model.Catalogue, where: str, measure: model.Measure) -> Iterator[str]:
    if not isinstance(measure, model.RowsMeasure):
        return
    register = catalogue.registers.get(measure.register_id)
    if register is None:
        yield f"{where}: unknown register {measure.register_id}"
        return
    columns = {column.id for column in register.columns}
    for test in measure.where:
        if test.column not in columns:
            yield f"{where}: unknown column {test.column}"


def measure_elements(measure: model.Measure | None) -> list[str]:
    """The elements that a measure draws on."""
    if isinstance(measure, model.SumMeasure):
        return list(measure.elements)
    if isinstance(measure, model.CountMeasure):
        return [measure.element]
    if isinstance(measure, model.NthLargestMeasure):
        return [measure.element, *([measure.where.element] if measure.where else [])]
    return []


def _citations(catalogue: model.Catalogue) -> Iterator[str]:
    groups = (catalogue.elements, catalogue.forms, catalogue.rules, catalogue.indicators)
    for group in groups:
        for entry in group.values():
            for citation in entry.legal:
                if citation.document not in catalogue.documents:
                    yield f"{entry.id}: unknown document {citation.document}"
    for document in catalogue.documents.values():
        if document.replaced_by is not None and document.replaced_by not in catalogue.documents:
            yield f"document {document.id}: unknown successor {document.replaced_by}"


def _tables(catalogue: model.Catalogue) -> Iterator[str]:
    for table in catalogue.tables.values():
        names = [column.name for column in table.columns]
        yield from (
            f"table {table.name}: key column {name} unknown"
            for name in table.key
            if name not in names
        )
        if len(set(names)) < len(names):
            yield f"table {table.name}: a column stands twice"
