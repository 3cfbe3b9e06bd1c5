"""A warehouse over the S3 protocol: the loopback server is first shown to keep writers apart."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
import pytest
from moto.server import ThreadedMotoServer
from obstore.exceptions import AlreadyExistsError, PreconditionError
from obstore.store import S3Store

from pipelines.warehouse import failpoints
from pipelines.warehouse.errors import CommittedElsewhere, StoreUnreachable
from pipelines.warehouse.lock import writer_lock
from pipelines.warehouse.manifest import Manifest, commit, read_manifest
from pipelines.warehouse.object_store import ObjectStore
from pipelines.warehouse.place import PROJECT, VARIABLE, Seen, place_of
from pipelines.warehouse.reader import open_warehouse_at
from pipelines.warehouse.store import write_table
from tests.warehouse.tables import FakeContract, Row, frame

if TYPE_CHECKING:
    from obstore import PutMode

CONTRACT = FakeContract()
REPOSITORY = Path(__file__).resolve().parents[2]
RUN = """
import sys
from pathlib import Path
from tests.warehouse.test_s3 import publish
publish(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
"""


def publish(root: Path, period: str, count: int) -> Manifest:
    entry = write_table(root, CONTRACT, period, frame(Row("a", period=period, count=count)))
    tables = {CONTRACT.name: {period: entry}}
    return commit(root, Manifest(code="0.1.0", catalogue_hash="c", tables=tables))


def run(root: Path, period: str, count: int, **environment: str) -> subprocess.CompletedProcess:
    """``publish`` in a process of its own, as a machine with its own copy of the project."""
    told = os.environ | {"PYTHONPATH": str(REPOSITORY), PROJECT: str(root)} | environment
    return subprocess.run(
        [sys.executable, "-c", RUN, str(root), period, str(count)],
        env=told,
        check=False,
        capture_output=True,
        text=True,
    )


def counts(root: Path) -> dict[str, int]:
    rows = open_warehouse_at(root, contracts=[CONTRACT]).table(CONTRACT.name)
    return dict(zip(rows["period"], rows["count"], strict=True))


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


@pytest.fixture
def bucket(server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of an empty bucket; credentials and endpoint stand in the environment."""
    for name, said in {
        "AWS_ENDPOINT_URL": server,
        "AWS_ACCESS_KEY_ID": "thu",
        "AWS_SECRET_ACCESS_KEY": "thu",
        "AWS_REGION": "us-east-1",
        "AWS_ALLOW_HTTP": "true",
        "NO_PROXY": "127.0.0.1",
    }.items():
        monkeypatch.setenv(name, said)
    asked = HTTPConnection(server.removeprefix("http://"))
    for method, path in (("POST", "/moto-api/reset"), ("PUT", "/kho")):
        asked.request(method, path)
        asked.getresponse().read()
    return "s3://kho/qcdc"


@pytest.fixture
def project(root: Path, bucket: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose warehouse lies in the bucket, by its settings alone."""
    monkeypatch.setenv(VARIABLE, bucket)
    monkeypatch.setenv(PROJECT, str(root))
    return root


@pytest.mark.parametrize("first", [True, False])
def test_the_server_refuses_all_but_one_of_puts_that_race(bucket: str, first: bool):
    store = S3Store.from_url(bucket)
    for attempt in range(10):
        name = f"race-{attempt}"
        before = None if first else obstore.put(store, name, b"before")["e_tag"]
        mode: PutMode = "create" if before is None else {"e_tag": before}
        barrier, won, refused = threading.Barrier(4), [], []

        def put(
            number: int,
            name=name,
            mode: "PutMode" = mode,
            barrier=barrier,
            won=won,
            refused=refused,
        ) -> None:
            barrier.wait()
            try:
                obstore.put(store, name, b"%d" % number, mode=mode)
            except (AlreadyExistsError, PreconditionError) as error:
                refused.append("412 Precondition Failed" in str(error))
            else:
                won.append(number)

        writers = [threading.Thread(target=put, args=(number,)) for number in range(4)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        (winner,) = won
        assert refused == [True] * 3
        assert bytes(obstore.get(store, name).bytes()) == b"%d" % winner


def test_a_project_is_kept_there_by_its_settings_alone(project: Path, tmp_path: Path):
    other = tmp_path / "other"
    here = publish(project, "2021-H1", 7)
    assert not (project / "warehouse" / "manifest.json").exists()
    local = publish(other, "2021-H1", 7)  # another root: not the project of the settings
    assert (other / "warehouse" / "manifest.json").read_text() == here.to_json()
    assert here == local == read_manifest(project)
    (name,) = here.files()
    store = S3Store.from_url("s3://kho/qcdc")
    assert bytes(obstore.get(store, name).bytes()) == (other / "warehouse" / name).read_bytes()


def test_what_was_committed_is_read_without_the_local_files(project: Path):
    published = publish(project, "2021-H1", 7)
    for name in published.files():
        (project / "warehouse" / name).unlink()
    warehouse = open_warehouse_at(project)
    query = 'SELECT sum("count") AS n FROM core.observations'
    assert counts(project) == {"2021-H1": 7}
    assert int(warehouse.sql(query)["n"].iloc[0]) == 7


def test_a_writer_that_was_overtaken_is_told_and_runs_again(project: Path, tmp_path: Path):
    other = tmp_path / "other"
    with writer_lock(project):
        read_manifest(project)
        assert run(other, "2020-H1", 1).returncode == 0
        with pytest.raises(CommittedElsewhere, match="QCDC-E197"):
            publish(project, "2020-H2", 2)
        assert counts(project) == {"2020-H1": 1}
    with writer_lock(project):
        publish(project, "2020-H2", 2)
    assert counts(project) == {"2020-H1": 1, "2020-H2": 2}


def test_a_reader_stays_with_the_manifest_it_opened(project: Path):
    publish(project, "2021-H1", 1)
    reader = open_warehouse_at(project)
    for count in range(2, 5):
        publish(project, "2021-H1", count)
        assert list(reader.table(CONTRACT.name)["count"]) == [1]
    assert counts(project) == {"2021-H1": 4}


@pytest.mark.long
@pytest.mark.parametrize("point", ["store.before_put", "store.after_put", "manifest.before_put"])
def test_a_writer_killed_before_the_manifest_leaves_the_last_state(
    project: Path, tmp_path: Path, point: str
):
    publish(project, "2021-H1", 1)
    other = tmp_path / "other"
    killed = run(other, "2021-H1", 2, **{failpoints.VARIABLE: point})
    assert killed.returncode == failpoints.KILLED
    assert counts(project) == {"2021-H1": 1}
    assert run(other, "2021-H1", 2).returncode == 0
    assert counts(project) == {"2021-H1": 2}


@pytest.mark.long
def test_a_writer_killed_after_the_manifest_has_committed(project: Path, tmp_path: Path):
    publish(project, "2021-H1", 1)
    killed = run(tmp_path / "other", "2021-H1", 2, **{failpoints.VARIABLE: "manifest.after_put"})
    assert killed.returncode == failpoints.KILLED
    assert counts(project) == {"2021-H1": 2}


def test_a_large_file_goes_in_parts(project: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("pipelines.warehouse.object_store._ONE_PUT_BYTES", 1)
    publish(project, "2021-H1", 1)
    assert counts(project) == {"2021-H1": 1}


def test_a_bucket_that_is_not_there_is_told(project: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(VARIABLE, "s3://khong-co/qcdc")
    with pytest.raises(StoreUnreachable, match="QCDC-E198"):
        publish(project, "2021-H1", 1)
    with pytest.raises(StoreUnreachable, match="QCDC-E198"):
        read_manifest(project)


def test_equal_content_is_not_put_again(project: Path):
    publish(project, "2021-H1", 1)
    store = place_of(project)
    assert isinstance(store, ObjectStore)
    seen = store.see("manifest.json")
    assert seen.data is not None
    assert not store.replace("manifest.json", seen.data, Seen(seen.data, "gone"), "manifest")
