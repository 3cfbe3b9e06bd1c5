"""The sample's period on this machine, on a Dask cluster, and with its warehouse on an S3 store.

All give the same tables; a worker that is killed while it reads changes nothing.
"""

import datetime as dt
import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import dask.config
import psutil
import pytest
from distributed import LocalCluster, Scheduler, SchedulerPlugin
from moto.server import ThreadedMotoServer

from pipelines.analysis import open_warehouse
from pipelines.catalogue.load import load_catalogue
from pipelines.intake import executors
from pipelines.orchestration.publishing import ingest_period, publish_period
from pipelines.warehouse.manifest import Manifest, read_manifest
from pipelines.warehouse.place import PROJECT, VARIABLE

pytestmark = pytest.mark.long

REPOSITORY = Path(__file__).resolve().parents[2]
PERIOD = "2021-H1"
AT = dt.datetime.fromisoformat("2021-07-12T08:00:00+07:00")


def laid_out(folder: Path) -> Path:
    """A project that has received the period and knows nothing else."""
    for name in ("reference", PERIOD):
        shutil.copytree(REPOSITORY / "raw" / name, folder / "raw" / name)
    shutil.copy(REPOSITORY / "workspace.yaml", folder)
    return folder


def ingested(root: Path) -> Manifest:
    manifest, _ = ingest_period(root, load_catalogue(), PERIOD, at=AT, who="qcdc")
    return manifest


def published(root: Path) -> Manifest:
    ingested(root)
    manifest, _ = publish_period(root, load_catalogue(), PERIOD)
    return manifest


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> tuple[Manifest, Manifest]:
    """The candidate and the manifest that this machine alone makes."""
    root = laid_out(tmp_path_factory.mktemp("local"))
    return ingested(root), publish_period(root, load_catalogue(), PERIOD)[0]


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalCluster]:
    # readers are processes of the workers
    with (
        dask.config.set({"distributed.worker.daemon": False}),
        closing(
            LocalCluster(
                n_workers=2,
                threads_per_worker=1,
                processes=True,
                host="127.0.0.1",
                dashboard_address="127.0.0.1:0",
                scheduler_kwargs={"dashboard": False},
            )
        ) as running,
    ):
        monkeypatch.setenv(executors.VARIABLE, running.scheduler_address)
        monkeypatch.setattr(executors, "BATCH_ITEMS", 4)
        yield running


def listening() -> set[str]:
    """Addresses at which this process and all below it listen."""
    me = psutil.Process()
    return {
        connection.laddr.ip
        for process in (me, *me.children(recursive=True))
        for connection in process.net_connections()
        if connection.status == psutil.CONN_LISTEN
    }


class Finished(SchedulerPlugin):
    """Which workers have finished a batch."""

    def __init__(self) -> None:
        self.workers: set[str] = set()

    def transition(self, key, start, finish, *args, worker="", **kwargs) -> None:  # noqa: ARG002 — as Dask calls it
        if (start, finish) == ("processing", "memory"):
            self.workers.add(worker)


def scheduler_of(cluster: LocalCluster) -> Scheduler:
    scheduler = cluster.scheduler
    assert isinstance(scheduler, Scheduler)
    return scheduler


def kill_one_at_work(cluster: LocalCluster, killed: list[str]) -> None:
    """Kill the first worker that has a batch in hand, as a power cut would."""
    while not killed:
        for address, worker in list(scheduler_of(cluster).workers.items()):
            in_hand = [str(task.key) for task in worker.processing]
            if in_hand and worker.nanny:
                os.kill(pid_of(address), signal.SIGKILL)
                killed.extend([address, *in_hand])
                return
        time.sleep(0.01)


def pid_of(address: str) -> int:
    """The process that listens at a worker's address."""
    port = int(address.rpartition(":")[2])
    return next(
        process.pid
        for process in psutil.Process().children(recursive=True)
        for connection in process.net_connections()
        if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port
    )


def test_two_workers_give_the_tables_of_one_machine(
    local: tuple[Manifest, Manifest], cluster: LocalCluster, tmp_path: Path
):
    finished = Finished()
    scheduler_of(cluster).add_plugin(finished)
    assert ingested(laid_out(tmp_path)) == local[0]
    assert len(finished.workers) == 2
    assert listening() == {"127.0.0.1"}


def test_a_killed_worker_changes_nothing(
    local: tuple[Manifest, Manifest], cluster: LocalCluster, tmp_path: Path
):
    killed: list[str] = []
    killer = threading.Thread(target=kill_one_at_work, args=(cluster, killed))
    killer.start()
    manifest = ingested(laid_out(tmp_path))
    killer.join()
    assert len(killed) > 1
    assert killed[0] not in scheduler_of(cluster).workers
    assert manifest == local[0]


def test_a_warehouse_on_a_store_has_the_tables_of_one_in_a_folder(
    local: tuple[Manifest, Manifest], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        asked = HTTPConnection(host, port)
        asked.request("PUT", "/kho")
        asked.getresponse().read()
        for name, said in {
            "AWS_ENDPOINT_URL": f"http://{host}:{port}",
            "AWS_ACCESS_KEY_ID": "thu",
            "AWS_SECRET_ACCESS_KEY": "thu",
            "AWS_REGION": "us-east-1",
            "AWS_ALLOW_HTTP": "true",
            "NO_PROXY": "127.0.0.1",
            VARIABLE: "s3://kho/qcdc",
            PROJECT: str(tmp_path),
        }.items():
            monkeypatch.setenv(name, said)
        root = laid_out(tmp_path)
        assert published(root) == local[1]
        assert not (root / "warehouse" / "manifest.json").exists()
        # another machine: it has the project's settings and none of the files
        shutil.rmtree(root / "warehouse")
        assert read_manifest(root) == local[1]
        warehouse = open_warehouse(root=root)
        for name, periods in local[1].tables.items():
            rows = sum(entry.rows for entry in periods.values())
            assert len(warehouse.table(name)) == rows
    finally:
        server.stop()
