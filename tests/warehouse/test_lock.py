import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipelines.warehouse.errors import WarehouseBusy
from pipelines.warehouse.lock import writer_lock

REPOSITORY = Path(__file__).resolve().parents[2]
HOLD = """
import sys
from pathlib import Path
from pipelines.warehouse.lock import writer_lock
with writer_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""
# Reads a number and writes it back plus one: without the lock two of these lose updates.
COUNT = """
import sys
from pathlib import Path
from pipelines.warehouse.lock import writer_lock
path = Path(sys.argv[1]) / "count"
for _ in range(30):
    with writer_lock(Path(sys.argv[1]), wait_seconds=60):
        path.write_text(str(int(path.read_text()) + 1))
"""


def start(program: str, root: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", program, str(root)],
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


@contextmanager
def holder(root: Path) -> Iterator[subprocess.Popen[bytes]]:
    with start(HOLD, root) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        yield process


def test_a_held_lock_is_told_with_its_holder(root: Path):
    with holder(root) as process, pytest.raises(WarehouseBusy) as caught, writer_lock(root):
        pytest.fail("two writers at once")
    assert str(process.pid) in caught.value.found
    assert "Chờ lần chạy kia xong" in str(caught.value)


def test_a_killed_holder_releases_the_lock(root: Path):
    with holder(root) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        with writer_lock(root):
            pass


def test_waiting_ends_when_the_holder_does(root: Path):
    with holder(root) as process:
        assert process.stdin is not None
        process.stdin.close()
        with writer_lock(root, wait_seconds=30):
            pass


def test_the_lock_is_free_again_after_use_and_after_an_error(root: Path):
    with pytest.raises(ZeroDivisionError), writer_lock(root):
        raise ZeroDivisionError
    with writer_lock(root):
        pass
    assert (root / "warehouse" / ".lock").read_bytes() == b""


def test_the_same_process_cannot_hold_it_twice(root: Path):
    with writer_lock(root), pytest.raises(WarehouseBusy), writer_lock(root, wait_seconds=0.1):
        pytest.fail("two writers at once")


def test_two_writers_take_turns(root: Path):
    (root / "count").write_text("0", encoding="utf-8")
    with start(COUNT, root) as one, start(COUNT, root) as two:
        assert (one.wait(), two.wait()) == (0, 0)
    assert (root / "count").read_text(encoding="utf-8") == "60"
