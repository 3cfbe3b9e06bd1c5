"""A table written in parts is the table written whole."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from pipelines.analysis import open_warehouse
from pipelines.catalogue.contracts import TableContract, table_contract
from pipelines.catalogue.load import load_catalogue
from pipelines.warehouse import hashing, parts
from pipelines.warehouse.errors import DuplicateKeyError
from pipelines.warehouse.hashing import to_arrow
from pipelines.warehouse.manifest import Manifest, commit
from pipelines.warehouse.parts import OutOfOrder, write_parts
from pipelines.warehouse.store import write_table

CATALOGUE = load_catalogue()
PERIOD, ROWS, SMALL = "2021-H1", 1_000, 64


@pytest.fixture
def contract(monkeypatch: pytest.MonkeyPatch) -> TableContract:
    for module in (hashing, parts):
        monkeypatch.setattr(module, "BATCH_ROWS", SMALL)
    return table_contract(CATALOGUE, "core.registers_dossiers")


def dossiers(contract: TableContract, rows: int = ROWS) -> pd.DataFrame:
    received = pd.date_range("2021-01-01", periods=rows, freq="h", unit="us").normalize()
    return contract.conform(
        pd.DataFrame({
            "submission_id": [f"{PERIOD}/mc-mh/{n % 7:02d}" for n in range(rows)],
            "row": range(rows), "unit_id": "xa-mh-01", "period": PERIOD,
            "dossier_code": [f"H{n}" for n in range(rows)], "field": "Đất đai",
            "channel": "Trực tiếp, bưu chính", "received_on": received, "due_on": received,
            "resolved_on": received.where(received.day % 3 > 0), "status": "Đã giải quyết",
            "is_illustrative": True,
        })
    )  # fmt: skip


def pieces(table: pa.Table, sizes: list[int]) -> Iterator[pa.Table]:
    start = 0
    while start < table.num_rows:
        size = sizes[start % len(sizes)]
        yield table.slice(start, size)
        start += size


@pytest.mark.parametrize("sizes", [[1], [SMALL], [7, 130, 64], [ROWS]])
def test_the_hash_is_that_of_the_whole(
    contract: TableContract, tmp_path: Path, sizes: list[int]
) -> None:
    frame = dossiers(contract)
    table = to_arrow(frame, contract)
    whole = write_table(tmp_path, contract, PERIOD, frame)
    made = write_parts(tmp_path, contract, PERIOD, pieces(table, sizes))
    assert (made.hash, made.rows) == (whole.hash, whole.rows)
    assert len(made.files) == -(-ROWS // SMALL)
    (tmp_path / "workspace.yaml").write_text("", encoding="utf-8")
    commit(tmp_path, Manifest(tables={contract.name: {PERIOD: made}}))
    warehouse = open_warehouse(root=tmp_path)
    pd.testing.assert_frame_equal(warehouse.table(contract.name), frame)


def test_no_rows_are_a_table_too(contract: TableContract, tmp_path: Path) -> None:
    whole = write_table(tmp_path, contract, PERIOD, contract.empty())
    assert write_parts(tmp_path, contract, PERIOD, []).hash == whole.hash


def test_a_key_that_comes_twice_is_refused_across_parts(
    contract: TableContract, tmp_path: Path
) -> None:
    table = to_arrow(dossiers(contract), contract)
    again = [table.slice(0, SMALL), table.slice(SMALL - 1)]
    with pytest.raises(DuplicateKeyError):
        write_parts(tmp_path, contract, PERIOD, again)


def test_parts_out_of_order_are_refused(contract: TableContract, tmp_path: Path) -> None:
    table = to_arrow(dossiers(contract), contract)
    with pytest.raises(OutOfOrder, match="comes after"):
        write_parts(tmp_path, contract, PERIOD, [table.slice(SMALL), table.slice(0, SMALL)])
