"""pandera schemas of what is submitted: the gate that accepted values must pass.

Belongs here: schemas of a form's wide frame and of a register, derived from elements, columns and
rules. Does not belong here: contracts of warehouse tables (``contracts``), findings.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pandera.pandas as pa_pandera

from pipelines.catalogue import model
from pipelines.catalogue.contracts import Dtype, as_dtype
from pipelines.catalogue.integrity import term_names
from pipelines.catalogue.model import WHOLE_TYPES, Element, Rule
from pipelines.catalogue.operators import violations


def element_dtype(element: Element) -> Dtype:
    """Dtype of an element in a wide frame."""
    if element.is_numeric or element.type == "bool":
        return as_dtype("float64")
    return as_dtype("datetime64[us]" if element.type == "date" else "str")


def form_rules(catalogue: model.Catalogue, elements: set[str], severity: str) -> list[Rule]:
    """Unit rules of one severity that speak only of the given elements."""
    return [
        rule
        for rule in catalogue.rules.values()
        if rule.level == "unit"
        and rule.severity == severity
        and set(term_names(rule.left) + term_names(rule.right)) <= elements
    ]


def register_rules(
    catalogue: model.Catalogue, register: str, severity: str | None = None
) -> list[Rule]:
    """Row rules of a register, of one severity or all."""
    return [
        rule
        for rule in catalogue.rules.values()
        if rule.level == "row"
        and rule.register_id == register
        and severity in {None, rule.severity}
    ]


def form_schema(
    catalogue: model.Catalogue, elements: list[str], severity: str = "error"
) -> pa_pandera.DataFrameSchema:
    """Schema of a wide frame (one row per unit, one column per element).

    Columns check type, bounds and whole numbers; frame checks are the unit rules of ``severity``,
    named by rule id, with the very masks that make the findings.
    """
    return pa_pandera.DataFrameSchema(
        {name: _element_column(catalogue.elements[name]) for name in elements},
        checks=[_rule_check(rule) for rule in form_rules(catalogue, set(elements), severity)],
        strict=True,
    )


def register_schema(
    catalogue: model.Catalogue, register: str, severity: str = "error"
) -> pa_pandera.DataFrameSchema:
    """Schema of the typed rows of a register: required columns, lists, rules of ``severity``.

    Rows are compared with each other within a submission (column ``submission_id``).
    """
    spec = catalogue.registers[register]
    dtypes = {"date": "datetime64[us]", "int": "Int64", "float": "float64", "bool": "boolean"}
    return pa_pandera.DataFrameSchema(
        {
            column.id: pa_pandera.Column(
                as_dtype(dtypes.get(column.type, "str")),
                checks=pa_pandera.Check.isin(column.options, error="CELL-LIST")
                if column.options
                else None,
                nullable=not column.required,
            )
            for column in spec.columns
        },
        checks=[
            _rule_check(rule, within="submission_id")
            for rule in register_rules(catalogue, register, severity)
        ],
        strict=False,
    )


def _element_column(element: Element) -> pa_pandera.Column:
    checks: list[pa_pandera.Check] = []
    if element.minimum is not None:
        checks.append(pa_pandera.Check.ge(element.minimum, error="CELL-BOUNDS"))
    if element.maximum is not None:
        checks.append(pa_pandera.Check.le(element.maximum, error="CELL-BOUNDS"))
    if element.type in WHOLE_TYPES:
        checks.append(pa_pandera.Check(lambda s: s.mod(1).eq(0), error="CELL-WHOLE"))
    if element.type == "bool":
        checks.append(pa_pandera.Check.isin([0.0, 1.0], error="CELL-LIST"))
    if element.options is not None:
        checks.append(pa_pandera.Check.isin(element.options, error="CELL-LIST"))
    return pa_pandera.Column(element_dtype(element), checks=checks, nullable=True)


def _rule_check(rule: Rule, within: str | None = None) -> pa_pandera.Check:
    # pandera shows ``error``, not ``name``, in its failure cases; the mask knows what missing means
    return pa_pandera.Check(_passes(rule, within), name=rule.id, error=rule.id, ignore_na=False)


def _passes(rule: Rule, within: str | None) -> Callable[[pd.DataFrame], pd.Series]:
    def check(frame: pd.DataFrame) -> pd.Series:
        # rows that name no submission are those of one
        named = within if within in frame.columns else None
        return ~violations(rule, frame, named)

    return check
