"""What the tests of a plan look at: wide frames, registers, rules broken, values."""

import pandas as pd

from pipelines.catalogue.operators import violations
from pipelines.catalogue.schemas import (
    element_dtype,
    form_rules,
)
from pipelines.sample.cases import is_unknown
from pipelines.sample.files import PlannedFile, SamplePlan
from pipelines.sample.values import NOT_APPLICABLE


def wide(file: PlannedFile, plan: SamplePlan) -> pd.DataFrame:
    """Values of a file: one row per unit, one column per element, typed as for the rules."""
    asked = [item.element for item in file.request.form.elements()]
    units = sorted({unit for unit, _ in file.entered})
    columns = {}
    for element in asked:
        found = [file.entered.get((unit, element)) for unit in units]
        known = [None if value == NOT_APPLICABLE else value for value in found]
        dtype = element_dtype(plan.setting.catalogue.elements[element])
        columns[element] = pd.Series(known, index=units, dtype=object).astype(dtype)
    return pd.DataFrame(columns, index=units)


def register(file: PlannedFile, name: str, plan: SamplePlan) -> pd.DataFrame:
    """Typed rows of a register of a file."""
    dtypes = {"date": "datetime64[us]", "int": "Int64", "float": "float64", "bool": "boolean"}
    columns = plan.setting.catalogue.registers[name].columns
    frame = pd.DataFrame(file.rows[name], columns=[column.id for column in columns])
    return frame.astype({column.id: dtypes.get(column.type, "str") for column in columns})


def broken(file: PlannedFile, plan: SamplePlan, severity: str) -> set[str]:
    """Ids of the unit rules that fire on a file."""
    frame = wide(file, plan)
    rules = form_rules(plan.setting.catalogue, set(frame.columns), severity)
    rules = [rule for rule in rules if rule.in_force(plan.setting.data_to)]
    return {rule.id for rule in rules if violations(rule, frame).any()}


def last_values(plan: SamplePlan, form: str) -> pd.Series:
    """Values of the last version of each sender of a form, by unit and element."""
    latest = {f.provider: f for f in plan.files if f.request.form.id == form}
    return pd.Series({k: v for f in latest.values() for k, v in f.entered.items()}, dtype=object)


def files_of(plan: SamplePlan, provider: str) -> list[PlannedFile]:
    return [file for file in plan.files if file.provider == provider]


def table(plan: SamplePlan, form: str) -> pd.DataFrame:
    """Last values of a form: one row per unit, one column per element."""
    latest = {f.provider: f for f in plan.files if f.request.form.id == form}
    columns: dict[str, dict[str, object]] = {}
    for file in latest.values():
        for (unit, element), value in file.entered.items():
            columns.setdefault(element, {})[unit] = value
    return pd.DataFrame(columns)


def total(values: pd.Series, element: str) -> int:
    return int(values.xs(element, level=1).sum())


def blank_cells(plan: SamplePlan, *, compulsory: bool) -> set[tuple[str, str]]:
    """Unit and element of blank cells, those that are blank everywhere left out."""
    return {
        (file.provider, item.element)
        for file in plan.files
        if file.request.form.id != "tonghop-2021"
        for item in file.request.form.elements()
        if item.compulsory == compulsory and not is_unknown(item.element)
        for unit in {unit for unit, _ in file.entered}
        if (unit, item.element) not in file.entered
    }
