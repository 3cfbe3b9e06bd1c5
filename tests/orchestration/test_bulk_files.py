"""Exports as they come: CSV, labels as header, cells that are no dates, odd sizes."""

from pathlib import Path

import polars as pl
import pytest

from benchmarks.registers import NAME, write_register
from pipelines.catalogue.load import load_catalogue
from pipelines.orchestration import bulk_register
from pipelines.orchestration.bulk_register import take_register, whole_batches
from pipelines.validation.bulk import judge
from pipelines.validation.bulk_typing import typed_batch, untyped

CATALOGUE = load_catalogue()
REGISTER = CATALOGUE.registers[NAME]
PERIOD, ROWS = "2021-H1", 5_000


def one_row(**cells: object) -> pl.DataFrame:
    """A dossier without a fault, but for the cells given."""
    row = {
        "submission_id": f"{PERIOD}/xa-mh-1/01", "row": 2, "unit_id": "xa-mh-1", "unit": "xa-mh-1",
        "dossier_code": "H1", "field": "minh họa", "channel": "Trực tiếp, bưu chính",
        "received_on": "2021-01-04", "due_on": "24/01/2021", "resolved_on": None,
        "status": "Đang giải quyết",
    }  # fmt: skip
    return pl.DataFrame({name: [value] for name, value in (row | cells).items()})


def found_in(frame: pl.DataFrame) -> dict[tuple[str, str], int]:
    judged = judge([typed_batch(frame, REGISTER)], REGISTER, CATALOGUE)
    return {key: count for key, count in judged.counts.items() if count}


@pytest.mark.parametrize("labels", [False, True])
def test_csv_makes_the_table_of_parquet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, labels: bool
) -> None:
    monkeypatch.setattr(bulk_register, "CSV_BLOCK", 1 << 16)
    parquet = write_register(tmp_path / "r.parquet", ROWS, 0.3)
    frame = pl.read_parquet(parquet)
    if labels:
        names = {column.id: column.label_vi for column in REGISTER.columns}
        frame = frame.rename(names, strict=False)
    frame.write_csv(tmp_path / "r.csv", datetime_format="%d/%m/%Y")
    whole, read = (
        take_register(tmp_path, CATALOGUE, NAME, PERIOD, file, is_illustrative=True)
        for file in (parquet, tmp_path / "r.csv")
    )
    assert (read.entry.hash, read.entry.rows) == (whole.entry.hash, whole.entry.rows)
    assert read.judged == whole.judged
    assert 0 < whole.entry.rows < ROWS


def test_a_clean_row_has_no_finding() -> None:
    assert found_in(one_row()) == {}


@pytest.mark.parametrize("cell", ["không rõ", "2021-13-01", "2021-01-05 10:00:00", 44_197])
def test_a_cell_that_is_no_date_is_an_error_and_not_a_missing_one(cell: object) -> None:
    assert found_in(one_row(received_on=cell)) == {("CELL-TYPE", "received_on"): 1}
    assert found_in(one_row(resolved_on=cell)) == {("CELL-TYPE", "resolved_on"): 1}


@pytest.mark.parametrize("cell", ["", "  ", None])
def test_a_blank_cell_is_missing(cell: object) -> None:
    assert found_in(one_row(received_on=cell)) == {("CELL-MISSING", "received_on"): 1}
    assert found_in(one_row(resolved_on=cell)) == {}


def test_numbers_are_whole_where_the_register_says_so() -> None:
    register = CATALOGUE.registers["receptions"]
    typed = typed_batch(pl.DataFrame({"people": [3.0, 3.7, None, float("nan")]}), register)
    assert typed["people"].to_list() == [3, None, None, None]
    assert untyped(typed)["people"].to_list() == [False, True, False, False]


def test_numbers_are_as_the_warehouse_keeps_them() -> None:
    register = CATALOGUE.registers["self_scores"]
    typed = typed_batch(pl.DataFrame({"points": [-0.0, float("nan"), 1.5]}), register)
    assert [str(value) for value in typed["points"]] == ["0.0", "None", "1.5"]
    assert not untyped(typed)


def test_answers_in_text_are_answers() -> None:
    register = CATALOGUE.registers["petitions"]
    typed = typed_batch(pl.DataFrame({"on_time": ["true", "False", "có lẽ", ""]}), register)
    assert typed["on_time"].to_list() == [True, False, None, None]
    assert untyped(typed)["on_time"].to_list() == [False, False, True, False]


def test_submissions_as_large_as_a_batch_are_not_gathered(tmp_path: Path) -> None:
    """Memory would grow with the file: each batch is one submission, none ends within one."""
    frame = pl.DataFrame({"submission_id": [f"s{n // 50:03}" for n in range(1_000)]})
    frame.write_parquet(tmp_path / "r.parquet", use_pyarrow=True)
    heights = [batch.height for batch in whole_batches(tmp_path / "r.parquet", 50)]
    assert heights == [50] * 20
