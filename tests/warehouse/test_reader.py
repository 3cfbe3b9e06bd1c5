import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from pipelines.warehouse.errors import FilesMissingError, QueryError, UnknownNameError
from pipelines.warehouse.lock import writer_lock
from pipelines.warehouse.manifest import Manifest, TableEntry, commit
from pipelines.warehouse.reader import Warehouse, open_warehouse_at
from pipelines.warehouse.store import write_table
from tests.warehouse.tables import ALL_TYPES, FakeContract, Row, frame

REPOSITORY = Path(__file__).resolve().parents[2]
OBSERVATIONS = FakeContract()
SCORES = FakeContract(name="eval.scores")
UNITS = FakeContract(
    name="ref.units",
    key=["unit_id"],
    schema=pa.table(
        {"unit_id": pa.array([], pa.string()), "order": pa.array([], pa.int32())}
    ).schema,
)
PUBLISHED = FakeContract(name="ref.published")
FIRST = [
    Row(
        "xa-mh-02",
        value=86.67,
        count=13,
        held=True,
        day=dt.date(2021, 6, 30),
        received_at=dt.datetime(2021, 6, 8, 23, 30, tzinfo=dt.timezone(dt.timedelta(hours=7))),
        note="đã họp",
    ),
    Row("xa-mh-01"),
]
LABELS = {"core.observations": {"unit_id": "Mã đơn vị", "value": "Giá trị"}}


def write(root: Path, contract: FakeContract, period: str, data: pd.DataFrame) -> Manifest:
    entry = write_table(root, contract, period, data)
    tables = {contract.name: {period: entry}}
    return commit(root, Manifest(code="0.1.0", catalogue_hash="c", tables=tables))


@pytest.fixture
def warehouse(root: Path) -> Warehouse:
    second = frame(Row("xa-mh-01", period="2021-H2", count=4))
    write(root, OBSERVATIONS, "2021-H2", second)
    write(root, OBSERVATIONS, "2021-H1", frame(*FIRST))
    published = [Row("p", period="2021-H1", count=52620), Row("p", period="2021-H2")]
    write(root, PUBLISHED, "all", frame(*published))
    write(root, UNITS, "all", pd.DataFrame({"unit_id": ["xa-mh-01"], "order": [1]}))
    return open_warehouse_at(root, labels=LABELS, contracts=[SCORES, OBSERVATIONS])


def test_it_lists_its_tables(warehouse: Warehouse):
    assert warehouse.tables() == ["core.observations", "eval.scores", "ref.published", "ref.units"]


def test_a_table_is_all_periods_in_order(warehouse: Warehouse):
    got = warehouse.table("core.observations")
    assert list(zip(got["period"], got["unit_id"], strict=True)) == [
        ("2021-H1", "xa-mh-01"),
        ("2021-H1", "xa-mh-02"),
        ("2021-H2", "xa-mh-01"),
    ]
    assert list(got.index) == [0, 1, 2]


def test_what_was_written_is_what_is_read(warehouse: Warehouse):
    got = warehouse.table("core.observations", period="2021-H1")
    written = frame(*FIRST[::-1])
    pd.testing.assert_frame_equal(got, written)
    assert got.dtypes.astype(str).to_dict() == {
        "unit_id": "str",
        "period": "str",
        "value": "float64",
        "count": "Int64",
        "held": "boolean",
        "day": "datetime64[us]",
        "received_at": "datetime64[us, Asia/Ho_Chi_Minh]",
        "note": "str",
    }


def test_columns_that_are_never_empty_keep_plain_types(root: Path):
    schema = ALL_TYPES.set(3, pa.field("count", pa.int64(), nullable=False))
    write(root, FakeContract(schema=schema), "2021-H1", frame(Row("a", count=1)))
    assert str(open_warehouse_at(root).table("core.observations")["count"].dtype) == "int64"


def test_a_period_without_data_gives_no_rows(warehouse: Warehouse):
    got = warehouse.table("core.observations", period="2030")
    assert got.empty
    assert list(got.columns) == ALL_TYPES.names


def test_a_table_kept_whole_is_asked_by_its_period_column(warehouse: Warehouse):
    assert len(warehouse.table("ref.published")) == 2
    assert warehouse.table("ref.published", period="2021-H1")["count"].tolist() == [52620]
    with pytest.raises(UnknownNameError, match="không chia theo kỳ"):
        warehouse.table("ref.units", period="2021-H1")


def test_columns_and_labels(warehouse: Warehouse):
    chosen = warehouse.table("core.observations", columns=["value", "unit_id"])
    assert list(chosen.columns) == ["value", "unit_id"]
    labelled = warehouse.table("core.observations", columns=["value", "count"], labels="vi")
    assert list(labelled.columns) == ["Giá trị", "count"]


@pytest.mark.parametrize(
    ("question", "hint"),
    [
        ({"name": "core.nothing"}, "eval.scores"),
        ({"name": "core.observations", "columns": ["valeu"]}, "received_at"),
        ({"name": "core.observations", "labels": "fr"}, "vi"),
    ],
)
def test_an_unknown_name_is_told_with_those_that_are(
    warehouse: Warehouse, question: dict, hint: str
):
    with pytest.raises(UnknownNameError) as caught:
        warehouse.table(**question)
    assert hint in caught.value.expected


def test_a_table_without_files_is_empty_everywhere(warehouse: Warehouse):
    assert list(warehouse.table("eval.scores", period="2021-H1").columns) == ALL_TYPES.names
    assert warehouse.sql("SELECT count(*) AS n FROM eval.scores")["n"].tolist() == [0]


def test_an_entry_without_files_is_empty_too(root: Path):
    none = TableEntry(files=(), rows=0, hash="0" * 64)
    manifest = Manifest(tables={"eval.scores": {"2021-H1": none}})
    assert open_warehouse_at(root, manifest).tables() == []
    assert open_warehouse_at(root, manifest, contracts=[SCORES]).table("eval.scores").empty


def test_an_older_period_may_lack_a_column(root: Path):
    older = FakeContract(schema=ALL_TYPES.remove(ALL_TYPES.get_field_index("count")))
    write(root, older, "2021-H1", frame(Row("a")))
    schema = ALL_TYPES.set(3, pa.field("count", pa.int64(), nullable=False))
    write(root, FakeContract(schema=schema), "2021-H2", frame(Row("a", "2021-H2", count=2)))
    warehouse = open_warehouse_at(root)
    assert warehouse.table("core.observations")["count"].tolist() == [pd.NA, 2]
    newer = warehouse.table("core.observations", period="2021-H2")
    assert str(newer["count"].dtype) == "Int64", "one type whichever period is asked for"
    assert warehouse.sql("SELECT sum(count) AS n FROM core.observations")["n"].tolist() == [2]


def test_periods_whose_columns_do_not_fit_are_told(root: Path):
    place = ALL_TYPES.get_field_index("note")
    other = FakeContract(schema=ALL_TYPES.set(place, pa.field("note", pa.date32())))
    write(root, OBSERVATIONS, "2021-H1", frame(Row("a")))
    write(root, other, "2021-H2", frame(Row("a", "2021-H2")))
    with pytest.raises(FilesMissingError, match="khác kiểu"):
        open_warehouse_at(root).table("core.observations")


def test_a_missing_file_is_told(root: Path):
    manifest = write(root, OBSERVATIONS, "2021-H1", frame(Row("a")))
    (name,) = manifest.files()
    early = open_warehouse_at(root)
    early.table("core.observations")
    (root / "warehouse" / name).unlink()
    for warehouse in (early, open_warehouse_at(root)):
        with pytest.raises(FilesMissingError, match="make run"):
            warehouse.table("core.observations")
    with pytest.raises(FilesMissingError, match="make run"):
        open_warehouse_at(root).sql("SELECT 1")


def test_sql_joins_periods_and_tables(warehouse: Warehouse):
    got = warehouse.sql(
        "SELECT o.period, sum(o.count) AS total, count(*) AS units, avg(o.count) AS mean "
        "FROM core.observations o JOIN ref.units u USING (unit_id) GROUP BY ALL ORDER BY 1"
    )
    assert got["period"].tolist() == ["2021-H1", "2021-H2"]
    assert got["total"].tolist() == [pd.NA, 4]
    assert got.dtypes.astype(str).tolist() == ["str", "Int64", "int64", "float64"]


@pytest.mark.parametrize(
    ("query", "params"),
    [
        ("SELECT unit_id FROM core.observations WHERE count > ?", [10]),
        ("SELECT unit_id FROM core.observations WHERE count > $least", {"least": 10}),
    ],
)
def test_sql_takes_parameters(warehouse: Warehouse, query: str, params: list | dict):
    assert warehouse.sql(query, params)["unit_id"].tolist() == ["xa-mh-02"]


def test_sql_gives_the_types_of_table(warehouse: Warehouse):
    got = warehouse.sql("SELECT * FROM core.observations ORDER BY period, unit_id")
    pd.testing.assert_frame_equal(got, warehouse.table("core.observations"))


def test_two_columns_may_have_one_name(warehouse: Warehouse):
    got = warehouse.sql("SELECT a.unit_id, b.unit_id FROM ref.units a, ref.units b")
    assert got.shape == (1, 2)


def test_numbers_beyond_64_bits_become_floats(warehouse: Warehouse):
    got = warehouse.sql("SELECT 2::HUGEINT ** 3 AS p, 170141183460469231731687303715::HUGEINT AS h")
    assert got["h"].iloc[0] == pytest.approx(1.7e29, rel=0.01)


def test_a_day_is_a_vietnamese_day_whatever_the_machine(
    root: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("TZ", "America/New_York")
    write(root, OBSERVATIONS, "2021-H1", frame(*FIRST))
    query = "SELECT CAST(received_at AS DATE) AS day FROM core.observations WHERE count = 13"
    assert open_warehouse_at(root).sql(query)["day"].tolist() == [pd.Timestamp("2021-06-08")]


@pytest.mark.parametrize(
    "query",
    [
        "COPY (SELECT 1) TO 'out.csv'",
        "COPY (SELECT 1) TO '.tmp/out.csv'",
        "COPY core.observations TO 'out.parquet'",
        "EXPORT DATABASE 'out'",
        "ATTACH 'out.db'",
        "SELECT * FROM read_csv('workspace.yaml')",
        "SELECT * FROM read_text('workspace.yaml')",
        "SELECT * FROM 'workspace.yaml'",
        "SELECT * FROM glob('*')",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "RESET enable_external_access",
        "SET lock_configuration = false",
        "SET TimeZone = 'UTC'",
        "SET allowed_directories = ['.']",
        "SELECT * FROM local_frame",
        "SELEC 1",
    ],
)
def test_sql_reaches_nothing_but_the_tables(
    root: Path, warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch, query: str
):
    monkeypatch.chdir(root)
    # DuckDB allows its folder for spilling, .tmp by default, whatever else is forbidden
    (root / ".tmp").mkdir()
    local_frame = pd.DataFrame({"a": [1]})
    before = sorted(root.rglob("*"))
    with pytest.raises(QueryError, match="Các bảng: core"):
        warehouse.sql(query)
    assert sorted(root.rglob("*")) == before
    assert warehouse.sql("SELECT count(*) AS n FROM core.observations")["n"].tolist() == [3]
    assert len(local_frame) == 1


@pytest.mark.parametrize(
    "query",
    [
        "drop view core.observations",
        "create or replace view core.observations as select 1 as a",
        "create table mine as select 1 as a",
        "select 1; drop schema core cascade",
        "",
        "select 1; select 2",
        "explain analyze drop view core.observations",
        "explain (analyze) create table mine as select 1 as a",
        "explain analyze rollback",
    ],
)
def test_sql_changes_nothing_for_later_questions(warehouse: Warehouse, query: str):
    shown = warehouse.sql("show all tables")
    with pytest.raises(QueryError, match="không được phép") as caught:
        warehouse.sql(query)
    assert "một câu lệnh SELECT" in caught.value.expected
    assert "core.observations" in caught.value.action_vi
    assert caught.value.found
    pd.testing.assert_frame_equal(warehouse.sql("show all tables"), shown)
    assert warehouse.sql("SELECT count(*) AS n FROM core.observations")["n"].tolist() == [3]


@pytest.mark.parametrize("word", ["EXPLAIN", "explain analyze", "EXPLAIN (FORMAT json)"])
def test_a_question_can_be_explained(warehouse: Warehouse, word: str):
    assert len(warehouse.sql(f"{word} SELECT * FROM core.observations;")) == 1  # noqa: S608 — fixed words


def test_reading_takes_no_lock_and_writes_nothing(root: Path, warehouse: Warehouse):
    with writer_lock(root):
        before = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
        assert len(open_warehouse_at(root).table("core.observations")) == 3
        assert len(warehouse.sql("SELECT * FROM core.observations")) == 3
        assert {path: path.stat().st_mtime_ns for path in root.rglob("*")} == before


def test_an_open_warehouse_does_not_see_later_commits(root: Path, warehouse: Warehouse):
    write(root, OBSERVATIONS, "2021-H2", frame(Row("xa-mh-09", period="2021-H2")))
    old = {"xa-mh-01", "xa-mh-02"}
    assert set(warehouse.table("core.observations")["unit_id"]) == old
    assert set(warehouse.sql("SELECT unit_id FROM core.observations")["unit_id"]) == old
    assert "xa-mh-09" in set(open_warehouse_at(root).table("core.observations")["unit_id"])


def test_a_kept_manifest_is_read_as_it_was(root: Path):
    kept = write(root, OBSERVATIONS, "2021-H1", frame(Row("a", count=1)))
    write(root, OBSERVATIONS, "2021-H1", frame(Row("a", count=2)))
    assert open_warehouse_at(root, kept).table("core.observations")["count"].tolist() == [1]


def test_a_folder_with_spaces_signs_and_vietnamese_letters(root: Path):
    odd = root / "Quy chế dân chủ #1 50%"
    write(odd, OBSERVATIONS, "2021-H1", frame(Row("a")))
    warehouse = open_warehouse_at(odd)
    assert len(warehouse.table("core.observations")) == 1
    assert len(warehouse.sql("SELECT * FROM core.observations")) == 1


# Commits 0, 1, 2 … into two tables at once until told to stop.
WRITER = """
import sys
from pathlib import Path
from pipelines.warehouse.lock import writer_lock
from pipelines.warehouse.manifest import Manifest, commit
from pipelines.warehouse.store import write_table
from tests.warehouse.tables import FakeContract, Row, frame
root = Path(sys.argv[1])
for value in range(40):
    with writer_lock(root, 10):
        tables = {
            name: {"2021-H1": write_table(
                root, FakeContract(name=name), "2021-H1", frame(Row("a", count=value)))}
            for name in ("core.observations", "eval.scores")
        }
        commit(root, Manifest(code="0.1.0", catalogue_hash="c", tables=tables))
"""


def test_readers_beside_a_writer_see_whole_commits_in_order(root: Path):
    command = [sys.executable, "-c", WRITER, str(root)]
    query = "SELECT o.count AS a, s.count AS b FROM core.observations o, eval.scores s"
    seen: list[int] = []
    with subprocess.Popen(command, env=os.environ | {"PYTHONPATH": str(REPOSITORY)}) as writer:
        while True:
            over = writer.poll() is not None
            warehouse = open_warehouse_at(root)
            if warehouse.tables():
                row = warehouse.sql(query).iloc[0]
                assert row["a"] == row["b"]
                assert warehouse.table("eval.scores")["count"].iloc[0] == row["a"]
                seen.append(int(row["a"]))
            if over:
                break
    assert writer.returncode == 0
    assert seen == sorted(seen)
    assert seen[-1] == 39
    assert len(set(seen)) > 2
