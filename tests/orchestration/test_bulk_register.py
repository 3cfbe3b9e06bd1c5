"""A register that comes as one export: counted exactly, the table of the pandas path."""

from itertools import pairwise
from pathlib import Path

import pandas as pd
import polars as pl
import pytest

from benchmarks.registers import NAME, with_fourteen_rules, write_register
from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.model import RowsMeasure
from pipelines.catalogue.operators import violations
from pipelines.catalogue.schemas import register_rules, register_schema
from pipelines.evaluation.basis import Window
from pipelines.evaluation.bulk import count_rows
from pipelines.evaluation.measures import passes
from pipelines.orchestration.bulk_register import BulkRegister, take_register, whole_batches
from pipelines.validation.bulk import SAMPLE, judge, typed_batch
from pipelines.warehouse.manifest import warehouse_folder
from pipelines.warehouse.store import write_table

CATALOGUE = load_catalogue()
REGISTER = CATALOGUE.registers[NAME]
PERIOD, ROWS, BATCH = "2021-H1", 20_000, 700
WINDOW: Window = (pd.Timestamp("2020-12-15"), pd.Timestamp("2021-06-14"))


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_register(tmp_path_factory.mktemp("export") / "r.parquet", ROWS, 0.3)


@pytest.fixture(scope="module")
def rows(file: Path) -> pd.DataFrame:
    """The same rows as a workbook's would be typed."""
    frame = pl.read_parquet(file).to_pandas()
    text = ["submission_id", "unit_id", "dossier_code", "field", "channel", "status"]
    return frame.assign(unit=frame["unit_id"]).astype(dict.fromkeys([*text, "unit"], "str"))


@pytest.fixture(scope="module")
def taken(file: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, BulkRegister]:
    root = tmp_path_factory.mktemp("root")
    made = take_register(
        root, CATALOGUE, NAME, PERIOD, file, is_illustrative=True, batch_rows=BATCH
    )
    return root, made


def bad_rows(rows: pd.DataFrame) -> pd.Series:
    """Where pandas and pandera find an error."""
    masks = [
        violations(rule, rows, within="submission_id")
        for rule in register_rules(CATALOGUE, NAME, "error")
    ]
    demands = [rows[c.id].isna() for c in REGISTER.columns if c.required]
    lists = [
        rows[c.id].notna() & ~rows[c.id].isin(c.options) for c in REGISTER.columns if c.options
    ]
    return pd.concat([*masks, *demands, *lists], axis=1).any(axis=1)


def test_counts_are_those_of_the_pandas_path(
    rows: pd.DataFrame, taken: tuple[Path, BulkRegister]
) -> None:
    _, made = taken
    for rule in register_rules(CATALOGUE, NAME):
        expected = int(violations(rule, rows, within="submission_id").sum())
        found = {key: n for key, n in made.judged.counts.items() if key[0] == rule.id}
        assert list(found.values()) == [expected], rule.id
    for column in REGISTER.columns:
        if column.required:
            missing = int(rows[column.id].isna().sum())
            assert made.judged.counts["CELL-MISSING", column.id] == missing
    assert made.judged.rows == ROWS
    assert made.judged.bad_rows == int(bad_rows(rows).sum()) > ROWS // 6


def test_samples_are_the_first_rows_and_no_more(
    rows: pd.DataFrame, taken: tuple[Path, BulkRegister]
) -> None:
    _, made = taken
    expected = rows[rows["received_on"].isna()].head(SAMPLE)
    kept = made.judged.samples["CELL-MISSING", "received_on"]
    assert kept == list(zip(expected["submission_id"], expected["row"], strict=True))
    assert len(kept) == SAMPLE


def test_the_table_is_the_one_that_a_workbooks_rows_make(
    rows: pd.DataFrame, taken: tuple[Path, BulkRegister], tmp_path: Path
) -> None:
    _, made = taken
    contract = table_contract(CATALOGUE, REGISTER.table)
    good = rows[~bad_rows(rows)].assign(period=PERIOD, is_illustrative=True)
    register_schema(CATALOGUE, NAME).validate(good.reset_index(drop=True))
    whole = write_table(tmp_path, contract, PERIOD, good[[c.name for c in contract.columns]])
    assert (made.entry.hash, made.entry.rows) == (whole.hash, whole.rows)


def test_batches_end_where_a_submission_ends(file: Path) -> None:
    batches = list(whole_batches(file, BATCH))
    assert sum(batch.height for batch in batches) == ROWS
    for before, after in pairwise(batches):
        assert before["submission_id"][-1] != after["submission_id"][0]


def test_a_submission_larger_than_a_batch_is_not_divided(tmp_path: Path) -> None:
    frame = pl.DataFrame({"submission_id": ["a"] * 50 + ["b"] * 3, "row": range(53)})
    frame.write_parquet(tmp_path / "r.parquet", use_pyarrow=True)
    sizes = [batch.height for batch in whole_batches(tmp_path / "r.parquet", 7)]
    assert sizes == [50, 3]


def test_counts_by_unit_are_those_of_the_rows_in_memory(
    rows: pd.DataFrame, taken: tuple[Path, BulkRegister]
) -> None:
    root, made = taken
    measures = {
        f"{name}.{side}": measure
        for name, entry in CATALOGUE.indicators.items()
        for side, measure in (("n", entry.numerator), ("d", entry.denominator))
        if isinstance(measure, RowsMeasure) and measure.register_id == NAME
    }
    files = [warehouse_folder(root) / name for name in made.entry.files]
    found = count_rows(files, measures, ["unit_id"], WINDOW).set_index("unit_id")
    good = rows[~bad_rows(rows)]
    assert len(measures) > 5
    for name, measure in measures.items():
        keep = pd.Series(data=True, index=good.index)
        for test in measure.where:
            keep &= passes(good[test.column], test, WINDOW)
        expected = good.loc[keep].groupby("unit_id").size()
        assert found[name][found[name] > 0].to_dict() == expected.to_dict(), name


def test_fourteen_rules_of_the_benchmark_all_fire(file: Path) -> None:
    catalogue, rules = with_fourteen_rules()
    batches = (
        typed_batch(batch.with_columns(unit=pl.col("unit_id")), REGISTER)
        for batch in whole_batches(file, BATCH)
    )
    judged = judge(batches, REGISTER, catalogue, rules=rules)
    assert len(judged.counts) == 14
    harmed = {"HS-01", "HS-02", "HS-03", "HS-B1", "HS-B2"}
    assert harmed == {rule for (rule, _), n in judged.counts.items() if n and rule[:2] == "HS"}
