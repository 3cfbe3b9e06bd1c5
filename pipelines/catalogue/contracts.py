"""Table contracts: the one place where Arrow and pandera schemas of warehouse tables come from.

Belongs here: column types, keys and order of every table, derived from the catalogue.
Does not belong here: what makes a submitted value acceptable (``schemas``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pandera.pandas as pa_pandera
import pyarrow as pa
from pandas.api.extensions import ExtensionDtype

from pipelines.catalogue import model
from pipelines.catalogue.model import ColumnSpec, TableSpec

Dtype = np.dtype | ExtensionDtype

_ARROW: dict[str, pa.DataType] = {
    "string": pa.string(),
    "int": pa.int64(),
    "float": pa.float64(),
    "bool": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us", tz="Asia/Ho_Chi_Minh"),
}
# dates are held as datetime64[us] in pandas, and as date32 in Arrow
_PANDAS: dict[str, str] = {
    "string": "str",
    "int": "int64",
    "float": "float64",
    "bool": "bool",
    "date": "datetime64[us]",
    "timestamp": "datetime64[us, Asia/Ho_Chi_Minh]",
}
_REGISTER_TYPES: dict[str, str] = {
    "string": "string",
    "unit": "string",
    "enum": "string",
    "int": "int",
    "float": "float",
    "bool": "bool",
    "date": "date",
}


class ContractError(ValueError):
    """A frame does not have the shape its table promises."""


@dataclass(frozen=True)
class TableContract:
    """What a table promises: name, key, columns in order."""

    spec: TableSpec

    @property
    def name(self) -> str:
        """Asset key, folder and DuckDB name: ``schema.table``."""
        return self.spec.name

    @property
    def key(self) -> list[str]:
        """Columns that identify a row, in sort order."""
        return self.spec.key

    @property
    def columns(self) -> list[ColumnSpec]:
        """All columns in contract order."""
        return self.spec.columns

    @property
    def labels_vi(self) -> dict[str, str]:
        """English column name → Vietnamese label."""
        return {column.name: column.label_vi for column in self.columns}

    def arrow_schema(self) -> pa.Schema:
        """The Arrow schema, columns in contract order."""
        return pa.schema(
            [pa.field(c.name, _ARROW[c.type], nullable=c.nullable) for c in self.columns]
        )

    def pandera_schema(self) -> pa_pandera.DataFrameSchema:
        """The pandera schema: types, nullability, key uniqueness, no other columns."""
        return pa_pandera.DataFrameSchema(
            {c.name: pa_pandera.Column(pandas_type(c), nullable=c.nullable) for c in self.columns},
            unique=self.key,
            strict=True,
            ordered=True,
            name=self.name,
        )

    def empty(self) -> pd.DataFrame:
        """A frame without rows that fulfils the contract."""
        return pd.DataFrame({c.name: pd.Series([], dtype=pandas_type(c)) for c in self.columns})

    def conform(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The frame with columns in contract order and contract types, rows sorted by key.

        Args:
            frame: As ``typed`` takes it.

        Returns:
            A new frame with a fresh index.

        Raises:
            ContractError: As ``typed`` raises it.
        """
        return self.typed(frame).sort_values(self.key, kind="stable", ignore_index=True)

    def typed(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The frame with columns in contract order and contract types, rows in their order.

        Args:
            frame: All contract columns, in any order; values convertible without loss.

        Returns:
            A new frame with a fresh index.

        Raises:
            ContractError: A column is missing or unknown, or a value does not fit its type.
        """
        names = [c.name for c in self.columns]
        missing = [name for name in names if name not in frame.columns]
        unknown = [name for name in frame.columns if name not in names]
        if missing or unknown:
            msg = f"{self.name}: missing columns {missing}, unknown columns {unknown}"
            raise ContractError(msg)
        return pd.DataFrame({c.name: self._typed(frame[c.name], c) for c in self.columns})

    def _typed(self, series: pd.Series, column: ColumnSpec) -> pd.Series:
        try:
            typed = _convert(series.reset_index(drop=True), column)
        except (TypeError, ValueError) as error:
            msg = f"{self.name}.{column.name}: expected {column.type}: {error}"
            raise ContractError(msg) from error
        if not column.nullable and bool(typed.isna().any()):
            msg = f"{self.name}.{column.name}: empty values where none are allowed"
            raise ContractError(msg)
        return typed


def pandas_type(column: ColumnSpec) -> Dtype:
    """The pandas dtype of a column; whole numbers and answers that may be empty are nullable."""
    if column.nullable and column.type in {"int", "bool"}:
        return as_dtype("Int64" if column.type == "int" else "boolean")
    return as_dtype(_PANDAS[column.type])


def as_dtype(name: str) -> Dtype:
    """The dtype itself: pandera takes the text ``datetime64[us]`` for nanoseconds."""
    return pd.api.types.pandas_dtype(name)


def _convert(series: pd.Series, column: ColumnSpec) -> pd.Series:
    if column.type == "date":
        return pd.to_datetime(series).astype("datetime64[us]")
    if column.type == "timestamp":
        return pd.to_datetime(series, utc=True).astype(pandas_type(column))
    if column.type == "float":
        return series.astype("float64").replace([np.inf, -np.inf], np.nan)
    return series.astype(pandas_type(column))


def table_contract(catalogue: model.Catalogue, name: str) -> TableContract:
    """The contract of a table.

    Raises:
        KeyError: The catalogue has no such table.
    """
    if name in catalogue.tables:
        return TableContract(catalogue.tables[name])
    for register in catalogue.registers.values():
        if register.table == name:
            return TableContract(_register_table(register))
    msg = f"no table {name}; known: {table_names(catalogue)}"
    raise KeyError(msg)


def table_names(catalogue: model.Catalogue) -> list[str]:
    """All tables: those of ``tables.yaml`` and one per register."""
    registers = [register.table for register in catalogue.registers.values()]
    return sorted([*catalogue.tables, *registers])


def _register_table(register: model.Register) -> TableSpec:
    own = [
        ColumnSpec(
            name=column.id,
            type=_REGISTER_TYPES[column.type],  # type: ignore[arg-type] # a literal by construction
            nullable=not column.required,
            label_vi=column.label_vi,
        )
        for column in register.columns
        if column.id != register.unit_column
    ]
    return TableSpec(
        name=register.table,
        title_vi=register.label_vi,
        description_vi=register.definition_vi,
        group="core",
        key=["submission_id", "row"],
        register_id=register.id,
        columns=[
            ColumnSpec(name="submission_id", type="string", label_vi="Mã lần nộp"),
            ColumnSpec(name="row", type="int", label_vi="Dòng", description="row of the sheet"),
            ColumnSpec(name="unit_id", type="string", label_vi="Mã đơn vị"),
            ColumnSpec(name="period", type="string", label_vi="Kỳ"),
            *own,
            ColumnSpec(name="is_illustrative", type="bool", label_vi="Số liệu minh họa"),
        ],
    )
