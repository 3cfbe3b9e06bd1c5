from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from pipelines.warehouse import store
from pipelines.warehouse.errors import DiskFullError, DuplicateKeyError, UnknownNameError
from pipelines.warehouse.hashing import table_hash
from pipelines.warehouse.store import write_table
from tests.warehouse.tables import ALL_TYPES, FakeContract, Row, frame

CONTRACT = FakeContract()


def listing(root: Path) -> dict[str, tuple[bytes, int, int]]:
    """Path → bytes, time of change, inode of every file; folders with their times too."""
    return {
        path.relative_to(root).as_posix(): (
            path.read_bytes() if path.is_file() else b"",
            path.stat().st_mtime_ns,
            path.stat().st_ino,
        )
        for path in root.rglob("*")
    }


def test_the_entry_says_what_the_file_holds(root: Path):
    data = frame(Row("b", count=2), Row("a", count=1))
    entry = write_table(root, CONTRACT, "2021-H1", data)
    (name,) = entry.files
    assert name.startswith("core/observations/2021-H1/")
    assert (entry.rows, entry.hash) == (2, table_hash(data, CONTRACT))
    table = pq.read_table(root / "warehouse" / name)
    assert table.column("unit_id").to_pylist() == ["a", "b"]
    assert table.schema.equals(ALL_TYPES, check_metadata=True)
    assert "pandas" not in str(pq.read_metadata(root / "warehouse" / name).metadata)


def test_a_second_write_touches_nothing(root: Path):
    data = frame(Row("a"), Row("b"))
    entry = write_table(root, CONTRACT, "2021-H1", data)
    before = listing(root)
    assert write_table(root, CONTRACT, "2021-H1", data.iloc[::-1]) == entry
    assert listing(root) == before


def test_other_content_is_another_file(root: Path):
    first = write_table(root, CONTRACT, "2021-H1", frame(Row("a")))
    before = listing(root)
    second = write_table(root, CONTRACT, "2021-H1", frame(Row("b")))
    assert first.files != second.files
    name = f"warehouse/{first.files[0]}"
    assert listing(root)[name] == before[name]


def test_a_spoilt_file_is_written_again(root: Path):
    entry = write_table(root, CONTRACT, "2021-H1", frame(Row("a")))
    path = root / "warehouse" / entry.files[0]
    whole = path.read_bytes()
    path.write_bytes(whole[:-9])
    write_table(root, CONTRACT, "2021-H1", frame(Row("a")))
    assert path.read_bytes() == whole


def test_two_roots_hold_the_same_bytes(root: Path, tmp_path_factory: pytest.TempPathFactory):
    other = tmp_path_factory.mktemp("other")
    data = frame(*(Row(f"u{n}", value=n / 3, note="đ" * (n % 5)) for n in range(500)))
    entry = write_table(root, CONTRACT, "2021-H1", data)
    assert write_table(other, CONTRACT, "2021-H1", data.sample(frac=1, random_state=1)) == entry
    first, second = (r / "warehouse" / entry.files[0] for r in (root, other))
    assert first.read_bytes() == second.read_bytes()


def test_a_table_without_rows_is_written_too(root: Path):
    entry = write_table(root, CONTRACT, "2021-H1", frame())
    assert entry.rows == 0
    table = pq.read_table(root / "warehouse" / entry.files[0])
    assert table.schema.names == ALL_TYPES.names


def test_row_groups_have_a_fixed_size(root: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(store, "ROW_GROUP_ROWS", 4)
    entry = write_table(root, CONTRACT, "2021-H1", frame(*(Row(f"u{n}") for n in range(10))))
    assert pq.read_metadata(root / "warehouse" / entry.files[0]).num_row_groups == 3


def test_rows_that_share_a_key_are_refused(root: Path):
    contract = FakeContract(key=["note"])
    with pytest.raises(DuplicateKeyError, match="note=None"):
        write_table(root, contract, "2021-H1", frame(Row("a"), Row("b"), Row("c", note="x")))
    assert not (root / "warehouse").exists()


@pytest.mark.parametrize(
    ("table", "period"),
    [("core.x", "../2021"), ("core.x", ""), ("core.x", ".hidden"), ("x", "all"), ("a/b.c", "all")],
)
def test_names_that_lead_elsewhere_are_refused(root: Path, table: str, period: str):
    with pytest.raises(UnknownNameError):
        write_table(root, FakeContract(name=table), period, frame(Row("a")))
    assert not (root / "warehouse").exists()


def test_no_half_written_file_is_left_when_writing_fails(
    root: Path, monkeypatch: pytest.MonkeyPatch
):
    def full_disk(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full_disk)
    data = pd.concat([frame(Row("a"))])
    (root / "warehouse/core/observations/2021-H1").mkdir(parents=True)
    with pytest.raises(DiskFullError, match="QCDC-W08"):
        write_table(root, CONTRACT, "2021-H1", data)
    assert [path for path in root.rglob("*") if path.is_file()] == [root / "workspace.yaml"]


def test_known_rows_keep_their_file_without_compressing_again(
    root: Path, monkeypatch: pytest.MonkeyPatch
):
    known = write_table(root, CONTRACT, "2021-H1", frame(Row("a"), Row("b")))
    before = listing(root)
    with monkeypatch.context() as patched:
        patched.setattr(store, "parquet", lambda _: pytest.fail("compressed again"))
        again = write_table(root, CONTRACT, "2021-H1", frame(Row("b"), Row("a")), known)
    assert (again, listing(root)) == (known, before)
    other = write_table(root, CONTRACT, "2021-H1", frame(Row("a")), known)
    assert other == write_table(root, CONTRACT, "2021-H1", frame(Row("a")))
    assert other.files != known.files


@pytest.mark.parametrize("spoil", [lambda path: path.write_bytes(b"x"), Path.unlink])
def test_known_files_that_do_not_stand_are_written_again(root: Path, spoil):
    known = write_table(root, CONTRACT, "2021-H1", frame(Row("a")))
    path = root / "warehouse" / known.files[0]
    whole = path.read_bytes()
    spoil(path)
    assert write_table(root, CONTRACT, "2021-H1", frame(Row("a")), known) == known
    assert path.read_bytes() == whole
