"""Register sheets: rows are events, columns are matched by the codes that stand above them.

Belongs here: a register's cells → typed columns, faults, fates; vectorised over distinct contents.
Does not belong here: row rules (``validation``).
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from pipelines.catalogue.contracts import as_dtype
from pipelines.catalogue.model import Register, RegisterColumn
from pipelines.intake import register_values
from pipelines.intake.container import letters
from pipelines.intake.layout import find_codes
from pipelines.intake.values import Content, shown

_DTYPES = {
    "date": "datetime64[us]",
    "int": "Int64",
    "float": "float64",
    "bool": "boolean",
}
# the codes stand above the events; a text below that equals one is data
_HEADER_ROWS = 60
FAULT_COLUMNS = ["cell", "column", "operator", "found", "expected"]


@dataclass(frozen=True)
class RegisterReading:
    """What a register sheet holds.

    Attributes:
        rows: ``row`` (sheet row) and one typed column per register column; an untyped cell is
            empty here and a fault.
        letters: Register column → sheet column letter.
        faults: Columns ``FAULT_COLUMNS``.
        fate: Fate by position in the cells frame.
    """

    rows: pd.DataFrame
    letters: dict[str, str]
    faults: pd.DataFrame
    fate: pd.Series


def read_register(
    cells: pd.DataFrame, register: Register, known_units: frozenset[str]
) -> RegisterReading | None:
    """Read a register sheet; None when no row shows the register's codes.

    Args:
        cells: Cells of one sheet: row, column, cell, kind, text, number.
        register: What the columns mean.
        known_units: Unit ids that a unit column may name.
    """
    codes = {column.code: column.id for column in register.columns}
    coded = find_codes(cells[cells["row"] <= _HEADER_ROWS], codes).drop_duplicates("name")
    per_row = coded.groupby("row").size()
    if per_row.empty:
        return None
    top = int(str(per_row.idxmax()))
    coded = coded[coded["row"] == top]
    place = dict(zip(coded["name"], coded["column"].astype(int), strict=True))
    body = cells[cells["row"] > top]
    inside = body[body["column"].isin(list(place.values()))]
    index = pd.Index(sorted(inside["row"].unique()), name="row")
    rows, faults = {}, []
    for column in register.columns:
        at = place.get(column.id)
        part = inside[inside["column"] == at] if at is not None else inside.iloc[:0]
        typed, wrong = _type_column(part, column, known_units)
        rows[column.id] = typed.reindex(index)
        faults.append(wrong)
    fate = pd.Series("stray", index=cells.index, dtype="str")
    fate[cells["row"] <= top] = "header"
    fate[inside.index] = "register"
    frame = pd.DataFrame(rows, index=index).reset_index()
    found = {name: letters(at) for name, at in place.items()}
    return RegisterReading(frame, found, pd.concat(faults, ignore_index=True), fate)


def _type_column(
    part: pd.DataFrame, column: RegisterColumn, known_units: frozenset[str]
) -> tuple[pd.Series, pd.DataFrame]:
    """Type the cells of a column, each distinct content once.

    Returns:
        Values by sheet row, and faults.
    """
    dtype = as_dtype(_DTYPES.get(column.type, "str"))
    if part.empty:
        empty = pd.Series([], index=pd.Index([], dtype="int64"), dtype=dtype)
        return empty, pd.DataFrame(columns=FAULT_COLUMNS)
    keys = part[["kind", "text", "number"]]
    number, distinct = _distinct(keys)
    results = [register_values.type_content(content, column, known_units) for content in distinct]
    values = pd.Series([value for value, _, _ in results]).iloc[number]
    values.index = part["row"]
    bad = pd.Series([operator is not None for _, operator, _ in results]).iloc[number].to_numpy()
    wrong = part[bad]
    which = number[bad]
    faults = pd.DataFrame(
        {
            "cell": wrong["cell"],
            "column": column.id,
            "operator": [results[i][1] for i in which],
            "found": [shown(distinct[i]) for i in which],
            "expected": [results[i][2] for i in which],
        },
        columns=FAULT_COLUMNS,
    )
    return values.astype(dtype), faults


def _distinct(keys: pd.DataFrame) -> tuple[pd.Series, list[Content]]:
    grouped = keys.groupby(["kind", "text", "number"], dropna=False, sort=False)
    number = grouped.ngroup().reset_index(drop=True)
    first = keys.reset_index(drop=True)[~number.duplicated()]
    contents = [
        Content(
            str(kind),
            text if isinstance(text, str) else None,
            None if pd.isna(value) else float(value),
        )
        for kind, text, value in zip(first["kind"], first["text"], first["number"], strict=True)
    ]
    return number, contents
