"""Reading the warehouse: frames and SQL over the files of one manifest.

Belongs here: following a manifest, the SQL door. Does not belong here: writing, locking,
what the numbers mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from pyarrow import fs

from pipelines.catalogue.migrations import Migrations
from pipelines.warehouse.contract import Contract
from pipelines.warehouse.errors import FilesMissingError, QueryError, UnknownNameError
from pipelines.warehouse.frames import frame_of
from pipelines.warehouse.manifest import Manifest, of_today, read_manifest
from pipelines.warehouse.place import Folder, Place, place_of
from pipelines.warehouse.renamed import is_touched, schema_of_today, table_of_today

Labels = Mapping[str, Mapping[str, str]]
WHOLE = "all"
# The connection may touch nothing but what is registered; the machine's cores, time zone and
# folders must not show in a result (sums of floats depend on how threads share the rows).
_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "threads": 1,
    "temp_directory": "",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    # nothing is kept there; folders of the user's home would show in what DuckDB refuses
    "allow_persistent_secrets": False,
    "secret_directory": "none",
    "extension_directory": "none",
}
_EXPLAIN = re.compile(r"\s*explain\b\s*(analyze\b)?\s*(\([^)]*\))?", re.IGNORECASE)


class Warehouse:
    """The tables of one manifest, for reading; later commits do not change what it shows.

    Args:
        root: The project's root.
        manifest: Which files count.
        labels: Table → column → Vietnamese label, for ``table(…, labels="vi")``.
        contracts: Tables to show empty where the manifest has none of their files.
        folder: Where its files lie; the project's warehouse by default.
        migrations: Names that have changed since files were written; none by default, as for a
            release that is read with its own catalogue.
    """

    def __init__(
        self,
        root: Path,
        manifest: Manifest,
        labels: Labels | None = None,
        contracts: Iterable[Contract] = (),
        folder: Path | None = None,
        migrations: Migrations | None = None,
    ) -> None:
        self._renamed = migrations if migrations is not None else Migrations()
        self.manifest = of_today(manifest, self._renamed)
        self._place: Place = Folder(folder) if folder is not None else place_of(root)
        self._labels = labels or {}
        self._empty = {c.name: c.arrow_schema() for c in contracts}
        self._schemas: dict[str, pa.Schema] = {}
        self._connection: duckdb.DuckDBPyConnection | None = None

    def tables(self) -> list[str]:
        """Names of all tables, sorted."""
        return sorted({name for name in self.manifest.tables if self._all(name)} | {*self._empty})

    def table(
        self,
        name: str,
        *,
        period: str | None = None,
        labels: str | None = None,
        columns: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """A table as a frame, in order of periods and keys.

        Args:
            name: ``schema.table``.
            period: Only this period; a period without data gives no rows. In a table that is
                not kept by period, the rows whose ``period`` column says so.
            labels: ``"vi"`` for Vietnamese column names.
            columns: Only these columns (English names), in this order.

        Returns:
            Contract types, fresh index.

        Raises:
            UnknownNameError: No such table, column or label language.
            FilesMissingError: A file of the manifest is gone.
        """
        self._check(name, columns, labels)
        schema = self._schema(name)
        files, condition = self._chosen(name, period)
        wanted = list(columns) if columns is not None else schema.names
        try:
            read = self._dataset(name, files, schema).to_table(columns=wanted, filter=condition)
        except FileNotFoundError as error:
            raise _gone(error) from error
        frame = frame_of(read, {field.name for field in schema if field.nullable})
        return frame.rename(columns=dict(self._labels.get(name, {}))) if labels else frame

    def sql(self, query: str, params: Sequence[Any] | dict[str, Any] | None = None) -> pd.DataFrame:
        """Ask in SQL (DuckDB); tables are named ``schema.table``.

        Files, other databases and settings are out of reach; times are Vietnamese.

        Args:
            query: One SELECT, or EXPLAIN of one; the tables stay as they are for later questions.
            params: Values for ``?`` or ``$name``.

        Returns:
            The result.

        Raises:
            QueryError: It is not one SELECT, or DuckDB refuses it.
            FilesMissingError: A file of the manifest is gone.
        """
        connection = self._connected()
        try:
            if not _only_asks(connection, query):
                raise self._refused("not one SELECT", query.strip() or "câu lệnh trống")
            relation = connection.sql(query, params=params)
            return pd.DataFrame() if relation is None else frame_of(relation.to_arrow_table())
        except (duckdb.Error, pa.ArrowInvalid) as error:
            raise self._refused("DuckDB refused the statement", str(error).strip()) from error

    def _refused(self, why_en: str, found: str) -> QueryError:
        return QueryError(
            "Câu lệnh SQL sai hoặc không được phép.",
            why_en,
            found,
            "đúng một câu lệnh SELECT trên các bảng của kho, ví dụ core.observations",
            f"Sửa câu lệnh. Các bảng: {', '.join(self.tables()) or 'chưa có'}.",
        )

    def _connected(self) -> duckdb.DuckDBPyConnection:
        if self._connection is None:
            connection = duckdb.connect(":memory:", config=_SETTINGS)
            connection.execute("SET TimeZone = 'Asia/Ho_Chi_Minh'")
            for name in self.tables():
                schema = self._schema(name)
                # Registering makes a view in `main` only; a second one gives it its schema.
                connection.register(name, self._dataset(name, self._all(name), schema))
                space, table = name.split(".")
                connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{space}"')
                view = f'CREATE VIEW "{space}"."{table}" AS SELECT * FROM "{name}"'  # noqa: S608 — names are checked
                connection.execute(view)
            connection.execute("SET enable_external_access = false")
            connection.execute("SET lock_configuration = true")
            self._connection = connection
        return self._connection

    def _all(self, name: str) -> list[str]:
        """All files of a table, in order of periods."""
        periods = self.manifest.tables.get(name, {})
        return [file for _, entry in sorted(periods.items()) for file in entry.files]

    def _chosen(self, name: str, period: str | None) -> tuple[list[str], ds.Expression | None]:
        periods = self.manifest.tables.get(name, {})
        if period is None or not periods:
            return self._all(name), None
        if set(periods) != {WHOLE} or period == WHOLE:
            return list(periods[period].files) if period in periods else [], None
        if "period" not in self._schema(name).names:
            raise UnknownNameError(
                f"Bảng {name} không chia theo kỳ.",
                "the table has no periods",
                f"period={period!r}",
                "không có period",
                f'Đọc cả bảng: wh.table("{name}").',
            )
        return self._all(name), ds.field("period") == period

    def _schema(self, name: str) -> pa.Schema:
        """The columns of all periods and the contract; one that a period lacks is empty there."""
        if name not in self._schemas:
            files = self._all(name)
            try:
                written = [pq.read_schema(path) for path in self._paths(files)]
                parts = [schema_of_today(name, each, self._renamed) for each in written]
                self._schemas[name] = (
                    _united(parts, self._empty.get(name)) if parts else self._empty[name]
                )
            except FileNotFoundError as error:
                raise _gone(error) from error
            except pa.ArrowTypeError as error:
                raise FilesMissingError(
                    f"Các kỳ của bảng {name} có cột khác kiểu nhau.",
                    "files of one table do not fit together",
                    str(error),
                    "mỗi cột một kiểu ở mọi kỳ",
                    "Xóa thư mục warehouse/ rồi chạy lại (make run).",
                ) from error
        return self._schemas[name]

    def _dataset(self, name: str, files: Iterable[str], schema: pa.Schema) -> ds.Dataset:
        paths = [str(path) for path in self._paths(files)]
        if not paths:
            return ds.dataset(schema.empty_table())
        if any(is_touched(name, pq.read_schema(path), self._renamed) for path in paths):
            # names inside files cannot be changed while streaming: such a table is read at once
            read = [self._of_today(name, path, schema) for path in paths]
            return ds.dataset(pa.concat_tables(read))
        return ds.FileSystemDataset.from_paths(
            paths, schema=schema, format=ds.ParquetFileFormat(), filesystem=fs.LocalFileSystem()
        )

    def _paths(self, files: Iterable[str]) -> list[Path]:
        """Where files can be read, in their order.

        Raises:
            FileNotFoundError: One of them is nowhere.
        """
        wanted = list(files)
        found = self._place.paths(wanted)
        if gone := [file for file in wanted if file not in found]:
            raise FileNotFoundError(gone[0])
        return [found[file] for file in wanted]

    def _of_today(self, name: str, path: str, schema: pa.Schema) -> pa.Table:
        """A file's rows under the names of today, with all columns of the table."""
        rows = table_of_today(name, pq.ParquetFile(path).read(), self._renamed)
        columns = [
            rows[field.name].cast(field.type)
            if field.name in rows.column_names
            else pa.nulls(rows.num_rows, field.type)
            for field in schema
        ]
        return pa.Table.from_arrays(columns, schema=schema)

    def _check(self, name: str, columns: Sequence[str] | None, labels: str | None) -> None:
        if name not in self.tables():
            raise _unknown("Không có bảng", "no such table", name, self.tables())
        known = self._schema(name).names
        for column in columns or ():
            if column not in known:
                raise _unknown(f"Bảng {name} không có cột", "no such column", column, known)
        if labels not in {None, "vi"}:
            raise _unknown("Không có nhãn bằng ngôn ngữ", "no such labels", str(labels), ["vi"])


def open_warehouse_at(
    root: Path,
    manifest: Manifest | None = None,
    *,
    labels: Labels | None = None,
    contracts: Iterable[Contract] = (),
    folder: Path | None = None,
    migrations: Migrations | None = None,
) -> Warehouse:
    """Open the warehouse for reading; no lock is taken and nothing waits.

    Args:
        root: The project's root.
        manifest: Of a release; the committed one, read now, by default.
        labels: Table → column → Vietnamese label.
        contracts: Tables to show empty where nothing was committed for them.
        folder: Where the files of a release lie; the project's warehouse by default.
        migrations: As ``Warehouse`` takes them.

    Raises:
        ManifestDamagedError: The committed manifest cannot be read.
    """
    followed = manifest if manifest is not None else read_manifest(root)
    return Warehouse(root, followed, labels, contracts, folder, migrations)


def _united(parts: Sequence[pa.Schema], contract: pa.Schema | None) -> pa.Schema:
    """All columns, those of today's contract first; one that a part lacks may be empty."""
    known = [field.name for field in contract] if contract is not None else []
    united = pa.unify_schemas(list(parts), promote_options="permissive")
    for field in contract or ():
        if field.name not in united.names:
            united = united.append(field)
    ordered = [*known, *(name for name in united.names if name not in known)]
    united = united.empty_table().select(ordered).schema
    for place, field in enumerate(united):
        if any(field.name not in part.names for part in parts):
            united = united.set(place, field.with_nullable(True))
    return united.remove_metadata()


def _only_asks(connection: duckdb.DuckDBPyConnection, query: str) -> bool:
    """Whether a query is one statement that changes nothing.

    Raises:
        duckdb.Error: It cannot be parsed.
    """
    kinds = [_kind(statement) for statement in connection.extract_statements(query)]
    if kinds == [duckdb.StatementType.EXPLAIN]:
        # EXPLAIN ANALYZE does what it explains, so that must be a SELECT too
        explained = connection.extract_statements(_EXPLAIN.sub("", query, count=1))
        kinds = [_kind(statement) for statement in explained]
    return kinds == [duckdb.StatementType.SELECT]


def _kind(statement: duckdb.Statement) -> duckdb.StatementType:
    """What a statement is; one that DuckDB's Python has no name for (UPDATE EXTENSIONS)."""
    try:
        return statement.type
    except ValueError:
        return duckdb.StatementType.INVALID


def _gone(error: FileNotFoundError) -> FilesMissingError:
    return FilesMissingError(
        "Kho dữ liệu thiếu tệp mà bản kê có ghi.",
        "a file of the manifest is gone",
        str(error),
        "mọi tệp trong bản kê",
        "Chạy lại (make run): kho được dựng lại từ raw/.",
    )


def _unknown(what_vi: str, what_en: str, found: str, known: Iterable[str]) -> UnknownNameError:
    return UnknownNameError(
        f"{what_vi} {found!r}.",
        what_en,
        repr(found),
        ", ".join(known) or "chưa có gì trong kho",
        "Sửa lại tên; nếu kho còn trống, chạy make run trước.",
    )
