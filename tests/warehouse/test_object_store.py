"""A warehouse on a store: in memory here, over the S3 protocol in ``test_s3``."""

import threading
from pathlib import Path

import obstore
import pytest
from obstore.store import MemoryStore

from pipelines.warehouse import manifest as manifests
from pipelines.warehouse import object_store, place
from pipelines.warehouse.errors import (
    CommittedElsewhere,
    FilesMissingError,
    FileSpoiltError,
    NotPermitted,
    PlaceError,
)
from pipelines.warehouse.lock import writer_lock
from pipelines.warehouse.manifest import (
    Manifest,
    commit,
    drop_candidate,
    garbage,
    read_candidate,
    read_manifest,
    write_candidate,
)
from pipelines.warehouse.object_store import ObjectStore
from pipelines.warehouse.place import PROJECT, VARIABLE, Folder, Seen, place_of
from pipelines.warehouse.reader import open_warehouse_at
from pipelines.warehouse.store import write_table
from tests.warehouse.tables import FakeContract, Row, frame

CONTRACT = FakeContract()


@pytest.fixture
def bucket() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def machines(
    tmp_path: Path, bucket: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> tuple[Path, Path]:
    """Two machines' copies of one project whose warehouse lies on one store."""
    monkeypatch.setenv(VARIABLE, "s3://kho/qcdc")
    monkeypatch.setattr(place, "is_project", lambda root: root.name.startswith("machine"))
    monkeypatch.setattr(
        object_store, "opened_store", lambda _, folder: ObjectStore(bucket, folder, folder)
    )
    roots = (tmp_path / "machine-1", tmp_path / "machine-2")
    for root in roots:
        root.mkdir()
        (root / "workspace.yaml").touch()
    return roots


def made(root: Path, period: str = "2021-H1", count: int = 1) -> Manifest:
    entry = write_table(root, CONTRACT, period, frame(Row("a", period=period, count=count)))
    return Manifest(code="0.1.0", catalogue_hash="c", tables={CONTRACT.name: {period: entry}})


def counts(root: Path) -> dict[str, int]:
    rows = open_warehouse_at(root, contracts=[CONTRACT]).table(CONTRACT.name)
    return dict(zip(rows["period"], rows["count"], strict=True))


def names(bucket: MemoryStore) -> set[str]:
    return {str(each["path"]) for page in obstore.list(bucket) for each in page}


def test_what_one_machine_commits_another_reads(machines: tuple[Path, Path]):
    here, there = machines
    assert read_manifest(there) == Manifest()
    published = commit(here, made(here, count=7))
    assert read_manifest(there) == published
    assert counts(there) == {"2021-H1": 7}
    (name,) = published.files()
    assert (there / "warehouse" / name).read_bytes() == (here / "warehouse" / name).read_bytes()
    assert not (here / "warehouse" / "manifest.json").exists()


def test_the_manifest_is_that_of_a_folder(machines: tuple[Path, Path], tmp_path: Path):
    local = tmp_path / "local"
    on_store, in_folder = (commit(root, made(root)) for root in (machines[0], local))
    assert (
        place_of(machines[0]).see(manifests.MANIFEST).data
        == Folder(local / "warehouse").see(manifests.MANIFEST).data
    )
    assert on_store == in_folder


def test_a_fetched_file_is_kept(machines: tuple[Path, Path], bucket: MemoryStore):
    here, there = machines
    (name,) = commit(here, made(here)).files()
    counts(there)
    obstore.delete(bucket, name)
    assert counts(there) == {"2021-H1": 1}


def test_files_nobody_has_are_not_committed(machines: tuple[Path, Path]):
    here, there = machines
    with pytest.raises(FilesMissingError):
        commit(there, made(here))
    assert read_manifest(here) == Manifest()


def test_a_file_gone_from_the_store_is_told(machines: tuple[Path, Path], bucket: MemoryStore):
    here, there = machines
    (name,) = commit(here, made(here)).files()
    obstore.delete(bucket, name)
    with pytest.raises(FilesMissingError, match="QCDC-W04"):
        counts(there)


def test_spoilt_files_are_neither_sent_nor_kept(machines: tuple[Path, Path], bucket: MemoryStore):
    here, there = machines
    touched = made(here)
    (name,) = touched.files()
    whole = (here / "warehouse" / name).read_bytes()
    (here / "warehouse" / name).write_bytes(whole[:-1])
    with pytest.raises(FileSpoiltError):
        commit(here, touched)
    assert names(bucket) == set()
    commit(here, made(here))
    obstore.put(bucket, name, whole[:-1])
    with pytest.raises(FileSpoiltError):
        counts(there)
    assert not (there / "warehouse" / name).exists()


def test_of_two_writers_the_second_is_told_and_loses_nothing_by_running_again(
    machines: tuple[Path, Path],
):
    here, there = machines
    with writer_lock(here), writer_lock(there):
        for root in machines:
            read_manifest(root)
        commit(here, made(here, "2020-H1", 1))
        read_manifest(there)  # what it is shown later does not make up for what it saw first
        with pytest.raises(CommittedElsewhere, match="Chạy lại lệnh") as caught:
            commit(there, made(there, "2020-H2", 2))
        assert "someone else committed; run again" in caught.value.message_en
    assert counts(there) == {"2020-H1": 1}
    with writer_lock(there):
        commit(there, made(there, "2020-H2", 2))
    assert counts(here) == {"2020-H1": 1, "2020-H2": 2}


def test_a_writer_may_commit_twice_under_one_lock(machines: tuple[Path, Path]):
    with writer_lock(machines[0]):
        for count in (1, 2, 2):
            read_manifest(machines[0])
            commit(machines[0], made(machines[0], count=count))
    assert counts(machines[1]) == {"2021-H1": 2}


def test_writers_at_one_moment_lose_no_update(machines: tuple[Path, Path]):
    refused: list[str] = []
    both = threading.Barrier(2)

    def write(root: Path, year: int) -> None:
        for period in (f"{year}-H1", f"{year}-H2"):
            touched = made(root, period, year)
            try:
                with writer_lock(root):
                    read_manifest(root)
                    both.wait()
                    commit(root, touched)
            except CommittedElsewhere:
                refused.append(period)
                with writer_lock(root):
                    commit(root, touched)
            both.wait()

    writers = [
        threading.Thread(target=write, args=(root, 2020 + at)) for at, root in enumerate(machines)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(refused) == 2
    assert counts(machines[0]) == {f"{y}-H{h}": y for y in (2020, 2021) for h in (1, 2)}


@pytest.mark.parametrize("first", [True, False])
def test_of_many_puts_at_one_moment_one_wins(bucket: MemoryStore, tmp_path: Path, first: bool):
    store = ObjectStore(bucket, tmp_path, tmp_path)
    if not first:
        store.replace("manifest.json", b"last", Seen(), "manifest")
    seen = store.see("manifest.json")
    barrier, won = threading.Barrier(6), []

    def put(number: int) -> None:
        barrier.wait()
        try:
            won.append(store.replace("manifest.json", b"%d" % number, seen, "manifest") and number)
        except CommittedElsewhere:
            won.append(None)

    writers = [threading.Thread(target=put, args=(number,)) for number in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    (winner,) = [number for number in won if number is not None]
    assert store.see("manifest.json").data == b"%d" % winner


def test_an_answer_that_was_lost_is_no_defeat(bucket: MemoryStore, tmp_path: Path):
    store = ObjectStore(bucket, tmp_path, tmp_path)
    assert store.replace("manifest.json", b"mine", Seen(), "manifest")
    # the same put again, as after a broken connection
    assert store.replace("manifest.json", b"mine", Seen(), "manifest")
    with pytest.raises(CommittedElsewhere):
        store.replace("manifest.json", b"other", Seen(), "manifest")


def test_who_has_the_warehouse_open_reads_one_manifest(machines: tuple[Path, Path]):
    here, there = machines
    commit(here, made(here, "2020-H1", 1))
    reader = open_warehouse_at(there)
    for count in range(2, 6):
        commit(here, made(here, "2020-H1", count))
        assert list(reader.table(CONTRACT.name)["count"]) == [1]
    assert counts(there) == {"2020-H1": 5}


def test_a_candidate_reaches_the_machine_that_evaluates(machines: tuple[Path, Path]):
    here, there = machines
    candidate = made(here, count=3)
    assert write_candidate(here, "2021-H1", candidate)
    assert not write_candidate(here, "2021-H1", candidate)
    with writer_lock(there):
        assert read_candidate(there, "2021-H1") == candidate
        commit(there, candidate)
        drop_candidate(there, "2021-H1")
    assert read_candidate(here, "2021-H1") is None
    assert counts(there) == {"2021-H1": 3}


def test_a_candidate_that_came_meanwhile_is_not_dropped(machines: tuple[Path, Path]):
    here, there = machines
    write_candidate(here, "2021-H1", made(here, count=3))
    newer = made(here, count=4)
    with writer_lock(there):
        read_candidate(there, "2021-H1")
        write_candidate(here, "2021-H1", newer)
        drop_candidate(there, "2021-H1")
    assert read_candidate(here, "2021-H1") == newer


def test_garbage_is_of_this_machine(machines: tuple[Path, Path], bucket: MemoryStore):
    here, there = machines
    old = commit(here, made(here, count=1))
    counts(there)
    write_candidate(here, "2020-H1", made(here, "2020-H1"))
    commit(here, made(here, count=2))
    (name,) = old.files()
    assert garbage(here) == [here / "warehouse" / name]
    assert name in names(bucket)


def test_a_reader_that_may_not_keep_files_is_told_where_to(
    machines: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
):
    here, there = machines
    commit(here, made(here))

    def refuse(*_: object) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(object_store, "write_whole", refuse)
    with pytest.raises(NotPermitted, match=object_store.CACHE):
        counts(there)


def test_fetched_files_go_where_the_setting_says(
    machines: tuple[Path, Path], bucket: MemoryStore, tmp_path: Path
):
    (name,) = commit(machines[0], made(machines[0])).files()
    store = ObjectStore(bucket, machines[1] / "warehouse", tmp_path / "cache")
    assert store.paths([name]) == {name: tmp_path / "cache" / name}
    assert store.paths([name, f"{name[:-12]}0.parquet"]) == {name: tmp_path / "cache" / name}


def test_only_the_project_is_on_the_store(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    other = tmp_path / "laid-out-for-a-while"
    monkeypatch.setenv(VARIABLE, "s3://kho/qcdc")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv(PROJECT, str(root))
    assert isinstance(place_of(root), ObjectStore)
    assert isinstance(place_of(other), Folder)
    monkeypatch.delenv(PROJECT)
    monkeypatch.chdir(root)
    assert isinstance(place_of(root), ObjectStore)
    assert isinstance(place_of(other), Folder)
    monkeypatch.setenv(VARIABLE, "")
    assert isinstance(place_of(root), Folder)


def test_a_wrong_address_is_told(root: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(PROJECT, str(root))
    monkeypatch.setenv(VARIABLE, "ftp://kho")
    with pytest.raises(PlaceError, match="QCDC-E196"):
        read_manifest(root)
