"""Attacks on ``wh.sql`` and on the names in a warehouse: nothing is read, written or changed."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from pipelines.warehouse.errors import QueryError, UnknownNameError
from pipelines.warehouse.manifest import Manifest, TableEntry, commit
from pipelines.warehouse.reader import Warehouse, open_warehouse_at
from pipelines.warehouse.store import write_table
from tests.warehouse.tables import FakeContract, Row, frame

ROWS = 2
PLANTED = "planted-6f1c"
HASH = "0" * 64


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a small table, and a text that nobody may get; no attack changes it."""
    tmp_path = tmp_path_factory.mktemp("project")
    (tmp_path / "workspace.yaml").touch()
    (tmp_path / "planted.csv").write_text(f"a\n{PLANTED}\n", encoding="utf-8")
    (tmp_path / "planted.json").write_text(f'[{{"a": "{PLANTED}"}}]', encoding="utf-8")
    pd.DataFrame({"a": [PLANTED]}).to_parquet(tmp_path / "planted.parquet")
    contract = FakeContract()
    entry = write_table(tmp_path, contract, "2021-H1", frame(Row("a"), Row("b")))
    tables = {contract.name: {"2021-H1": entry}}
    commit(tmp_path, Manifest(code="0.1.0", catalogue_hash="c", tables=tables))
    return tmp_path


@pytest.fixture(scope="module")
def wh(root: Path) -> Warehouse:
    return open_warehouse_at(root)


@pytest.fixture(autouse=True)
def _inside(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The current folder is the project's root."""
    monkeypatch.chdir(root)
    monkeypatch.setenv("QCDC_PLANTED", PLANTED)


def _refused(root: Path, wh: Warehouse, query: str) -> None:
    """A query is refused in our words; folder, tables and settings are as before."""
    before = sorted(root.rglob("*"))
    with pytest.raises(QueryError) as caught:
        wh.sql(query)
    assert PLANTED not in str(caught.value) + caught.value.found
    assert str(Path.home()) not in caught.value.found
    _unchanged(root, wh, before)


def _unchanged(root: Path, wh: Warehouse, before: list[Path]) -> None:
    assert sorted(root.rglob("*")) == before
    assert wh.sql("SELECT count(*) AS n FROM core.observations")["n"].tolist() == [ROWS]
    locked = wh.sql("SELECT current_setting('enable_external_access') AS a")["a"].tolist()
    assert locked == [False]


@pytest.mark.parametrize(
    "query",
    [
        "COPY (SELECT 1) TO 'out.csv'",
        "COPY core.observations TO 'out.parquet' (FORMAT parquet)",
        "COPY (SELECT 1) TO '/srv/qcdc-out.csv'",
        "COPY FROM DATABASE memory TO memory",
        "EXPORT DATABASE 'out'",
        "IMPORT DATABASE 'out'",
        "EXPLAIN ANALYZE COPY (SELECT 1) TO 'out.csv'",
        "EXPLAIN ANALYZE /* */ COPY (SELECT 1) TO 'out.csv'",
        "EXPLAIN (FORMAT json) COPY (SELECT 1) TO 'out.csv'",
        "/* */ EXPLAIN ANALYZE CREATE TABLE a AS SELECT 1",
        "SELECT * FROM query('COPY (SELECT 1) TO ''out.csv''')",
        "PREPARE p AS COPY (SELECT 1) TO 'out.csv'",
        "EXECUTE p",
        "ATTACH 'out.db' AS out",
        "ATTACH ':memory:' AS out",
        "USE memory.core",
        "CHECKPOINT",
        "VACUUM",
        "PRAGMA enable_profiling",
        "PRAGMA database_list",
        "SELECT * FROM enable_logging(storage_path := 'out')",
        "CALL enable_logging(storage_path := 'out')",
    ],
)
def test_sql_writes_no_file(root: Path, wh: Warehouse, query: str):
    _refused(root, wh, query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM read_blob('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM query_table('/etc/passwd')",
        "SELECT * FROM read_text('planted.csv')",
        "SELECT * FROM read_csv('planted.csv')",
        "SELECT * FROM read_csv_auto('planted.csv')",
        "SELECT * FROM sniff_csv('planted.csv')",
        "SELECT * FROM read_json('planted.json')",
        "SELECT * FROM read_json_objects('planted.json')",
        "SELECT * FROM read_parquet('planted.parquet')",
        "SELECT * FROM parquet_schema('planted.parquet')",
        "SELECT * FROM parquet_metadata('planted.parquet')",
        "SELECT * FROM 'planted.csv'",
        "SELECT * FROM 'planted.parquet'",
        "SELECT * FROM read_duckdb('planted.db')",
        "SELECT * FROM glob('*')",
        "SELECT * FROM query('SELECT * FROM read_text(''planted.csv'')')",
        "FROM json_execute_serialized_sql(json_serialize_sql('FROM read_text(''planted.csv'')'))",
        "SELECT (SELECT content FROM read_text('planted.csv')) AS a",
        "WITH a AS (SELECT * FROM read_text('planted.csv')) SELECT * FROM a",
        "SELECT * FROM core.observations UNION ALL BY NAME SELECT * FROM read_text('planted.csv')",
        "SELECT * FROM read_parquet('warehouse/core/observations/2021-H1/*.parquet')",
        "SELECT getenv('QCDC_PLANTED')",
        "SELECT * FROM root",
        "SELECT * FROM before",
    ],
)
def test_sql_reads_no_file_and_no_variable(root: Path, wh: Warehouse, query: str):
    _refused(root, wh, query)


@pytest.mark.parametrize(
    "query",
    [
        "INSTALL httpfs",
        "FORCE INSTALL httpfs",
        "LOAD httpfs",
        "LOAD '/srv/x.duckdb_extension'",
        "UPDATE EXTENSIONS",
        "SELECT * FROM 'https://example.org/a.parquet'",
        "SELECT * FROM read_csv('https://example.org/a.csv')",
        "SELECT * FROM read_parquet('s3://a/b.parquet')",
        "CREATE SECRET a (TYPE s3)",
        "CREATE PERSISTENT SECRET a (TYPE s3)",
    ],
)
def test_sql_calls_nobody(root: Path, wh: Warehouse, query: str):
    _refused(root, wh, query)


@pytest.mark.parametrize(
    "query",
    [
        "SET enable_external_access = true",
        "SET GLOBAL enable_external_access = true",
        "RESET enable_external_access",
        "SET lock_configuration = false",
        "SET allowed_directories = ['/']",
        "SET allowed_paths = ['/etc/passwd']",
        "SET temp_directory = '.'",
        "SET home_directory = '/'",
        "PRAGMA enable_external_access = true",
        "PRAGMA temp_directory = '.'",
        "SET VARIABLE a = 1",
        "SELECT * FROM add_grammar_extension('a')",
        "SELECT * FROM test_all_types()",  # dates that no frame can hold are refused, too
    ],
)
def test_sql_changes_no_setting(root: Path, wh: Warehouse, query: str):
    _refused(root, wh, query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT 1; SELECT 2",
        "SELECT 1; COPY (SELECT 1) TO 'out.csv'",
        "SELECT 1;\nDROP VIEW core.observations",
        "SELECT 1 /*;*/; DROP SCHEMA core CASCADE",
        "CREATE TABLE a AS SELECT 1",
        "CREATE TEMP TABLE a AS SELECT 1",
        "CREATE OR REPLACE VIEW core.observations AS SELECT 1",
        "CREATE MACRO count(a) AS 0",
        "CREATE SCHEMA a",
        "CREATE TYPE a AS ENUM ('x')",
        "CREATE SEQUENCE a",
        "CREATE FUNCTION a() AS 1",
        "DROP VIEW core.observations",
        "DROP SCHEMA core CASCADE",
        "ALTER VIEW core.observations RENAME TO a",
        "INSERT INTO core.observations SELECT * FROM core.observations",
        "UPDATE core.observations SET value = 0",
        "DELETE FROM core.observations",
        "TRUNCATE core.observations",
        "WITH a AS (DELETE FROM core.observations RETURNING *) SELECT * FROM a",
        "MERGE INTO core.observations USING (SELECT 1) ON true WHEN MATCHED THEN DELETE",
        "BEGIN",
        "ROLLBACK",
    ],
)
def test_sql_changes_no_table(root: Path, wh: Warehouse, query: str):
    _refused(root, wh, query)


def test_a_value_is_a_value_and_no_sql(root: Path, wh: Warehouse):
    before = sorted(root.rglob("*"))
    for hostile in ("a' OR '1'='1", "a'; DROP VIEW core.observations; --", 'a" --', "a\x00b"):
        query = "SELECT * FROM core.observations WHERE unit_id = ?"
        assert wh.sql(query, [hostile]).empty
        assert wh.table("core.observations", period=hostile).empty
    _unchanged(root, wh, before)


@pytest.mark.parametrize(
    "name",
    [
        'core.observations"; DROP SCHEMA core CASCADE; --',
        "core.observations; SELECT 1",
        "core.observations' --",
        "../../../etc/passwd",
        "core/../core.observations",
        "planted.csv",
        "",
        ".",
    ],
)
def test_a_name_of_a_table_or_column_is_looked_up_and_never_run(
    root: Path, wh: Warehouse, name: str
):
    before = sorted(root.rglob("*"))
    with pytest.raises(UnknownNameError):
        wh.table(name)
    with pytest.raises(UnknownNameError):
        wh.table("core.observations", columns=[name])
    with pytest.raises(UnknownNameError):
        wh.table("core.observations", labels=name or "en")
    _unchanged(root, wh, before)


@pytest.mark.parametrize("name", ['core."x"; DROP SCHEMA core; --', "a.b.c", "../x.y", "core.x y"])
def test_a_manifest_with_a_hostile_table_name_is_not_opened(name: str):
    entry = TableEntry(files=(), rows=0, hash=HASH)
    Manifest(tables={"core.x": {"2021-H1": entry}})
    with pytest.raises(ValueError, match="pattern"):
        Manifest(tables={name: {"2021-H1": entry}})


@pytest.mark.parametrize("period", ["../x", "2021-H1/..", "a'b", "", "a b"])
def test_a_manifest_with_a_hostile_period_is_not_opened(period: str):
    entry = TableEntry(files=(), rows=0, hash=HASH)
    with pytest.raises(ValueError, match="pattern"):
        Manifest(tables={"core.x": {period: entry}})


@pytest.mark.parametrize(
    "file",
    ["../planted.parquet", "/etc/passwd", "core/../../planted.parquet", "core/x/planted.csv"],
)
def test_a_manifest_cannot_name_files_outside_the_warehouse(file: str):
    with pytest.raises(ValueError, match="pattern"):
        TableEntry(files=(file,), rows=1, hash=HASH)


def test_a_column_with_a_hostile_name_is_a_column(root: Path):
    name = 'a"; DROP SCHEMA core CASCADE; --'
    empty = pa.array([], pa.string())
    schema = pa.table({"unit_id": empty, name: empty}).schema
    contract = FakeContract(name="core.odd", key=["unit_id"], schema=schema)
    data = pd.DataFrame({"unit_id": ["x"], name: ["y"]})
    entry = write_table(root, contract, "2021-H1", data)
    manifest = Manifest(tables={"core.odd": {"2021-H1": entry}})
    opened = open_warehouse_at(root, manifest)
    assert opened.sql("SELECT * FROM core.odd")[name].tolist() == ["y"]
    assert opened.sql("SELECT count(*) AS n FROM core.odd")["n"].tolist() == [1]
