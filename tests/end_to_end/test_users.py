"""What the users of a server may read and write, with real users that exist for the test only."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import nbformat
import pytest

from tests.orchestration.mini import PERIOD, ROOT, build

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="makes users: only root may")
SCRIPT = ROOT / "deploy" / "setup-users.sh"
PLANTED = "Nguyễn Văn Thử, số 1 đường Thử"
# Modules are loaded before the rights are given up: Python may live where others may not look.
_LOADED = """
import os, sys, warnings
from pathlib import Path
from pipelines.analysis import open_warehouse
from pipelines.analysis.opening import open_period
from pipelines.analysis.adjusting import adjust, adjustments
from pipelines.warehouse.errors import WarehouseError
open_warehouse(root=Path(".")).sql("SELECT 1")
"""
_BECOME = """
os.setgroups([int(each) for each in sys.argv[3].split(",")])
os.setgid(int(sys.argv[2])); os.setuid(int(sys.argv[1])); os.umask(0o027)
"""


class People(NamedTuple):
    """The users of this test and their project."""

    service: str
    lab: str
    readers: str
    root: Path

    def env(self) -> dict[str, str]:
        own = {
            "QCDC_USER": self.service,
            "QCDC_LAB_USER": self.lab,
            "QCDC_READ_GROUP": self.readers,
            "QCDC_WEB_GROUP": "nobody-of-this-name",
        }
        return dict(os.environ) | own

    def set_up(self) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", SCRIPT, self.root], env=self.env(), capture_output=True, text=True, check=False
        )

    def run(self, who: str, program: str, before: str = "") -> subprocess.CompletedProcess[str]:
        """Run Python as a user, in the project; what comes before as root, to load all modules."""
        user = pwd.getpwnam(who)
        groups = ",".join(str(each) for each in os.getgrouplist(who, user.pw_gid))
        whole = _LOADED + before + _BECOME + program
        command = [sys.executable, "-c", whole, str(user.pw_uid), str(user.pw_gid)]
        return subprocess.run(
            [*command, groups],
            cwd=self.root,
            env=dict(os.environ)
            | {"PYTHONPATH": str(ROOT), "MPLCONFIGDIR": str(self.root / "so-tay-rieng")},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )


@pytest.fixture(scope="module")
def people() -> Iterator[People]:
    # not pytest's folder: nobody else may look into it
    root = Path(tempfile.mkdtemp(prefix="qcdc-"))
    root.chmod(0o755)
    number = os.getpid()
    people = People(f"qs{number}", f"ql{number}", f"qr{number}", root)
    try:
        build(root)
        _commit(root)
        (root / "raw" / PERIOD / "ghi-chu.txt").write_text(PLANTED, encoding="utf-8")
        (root / "warehouse" / "outbox").mkdir()
        (root / "warehouse" / "outbox" / "thu.txt").write_text(PLANTED, encoding="utf-8")
        done = people.set_up()
        assert done.returncode == 0, done.stderr
        yield people
    finally:
        for name in (people.service, people.lab):
            subprocess.run(["userdel", "-r", name], capture_output=True, check=False)
        subprocess.run(["groupdel", people.readers], capture_output=True, check=False)
        shutil.rmtree(root, ignore_errors=True)


def _commit(root: Path) -> None:
    """A warehouse of the small project, by the real program."""
    done = subprocess.run(
        [Path(sys.executable).with_name("qcdc"), "run", PERIOD],
        cwd=root,
        env=dict(os.environ) | {"DAGSTER_HOME": str(root / ".dagster"), "QCDC_NO_PDF": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert (root / "warehouse" / "manifest.json").is_file(), done.stdout + done.stderr


@needs_root
@pytest.mark.long
def test_the_lab_reads_the_warehouse_and_nothing_else(people: People):
    done = people.run(
        people.lab,
        f"""
wh = open_warehouse()
assert len(wh.table("eval.indicator_values")) > 0
assert len(wh.sql("FROM core.observations")) > 0
assert open_period({PERIOD!r}).evaluated
shut = ["raw", "raw/{PERIOD}", "raw/{PERIOD}/journal.jsonl", "raw/{PERIOD}/ghi-chu.txt",
        "raw/{PERIOD}/xa-mh-01", ".dagster", "warehouse/outbox", "warehouse/outbox/thu.txt"]
for name in shut:
    path = Path(name)
    try:
        list(path.iterdir()) if name.count(".") == 0 else path.read_bytes()
    except PermissionError:
        continue
    raise SystemExit(f"open: {{name}}")
print("read")
""",
    )
    assert (done.returncode, done.stdout) == (0, "read\n"), done.stderr


@needs_root
@pytest.mark.long
def test_the_lab_writes_nowhere_but_in_its_own_folder(people: People):
    done = people.run(
        people.lab,
        """
for name in ["warehouse/x", "warehouse/manifest.json", "warehouse/core/x", "raw/x", "x",
             "warehouse/eval/x", "notebooks.x", ".dagster/x"]:
    try:
        Path(name).open("ab").close()
    except PermissionError:
        continue
    raise SystemExit(f"writable: {name}")
for files in Path("warehouse").rglob("*.parquet"):
    try:
        files.unlink()
    except PermissionError:
        continue
    raise SystemExit(f"removable: {files}")
own = Path("so-tay-rieng/thu.txt")
own.write_text("x")
print(oct(own.stat().st_mode & 0o777))
""",
    )
    assert (done.returncode, done.stdout) == (0, "0o640\n"), done.stderr


@needs_root
@pytest.mark.long
def test_the_lab_is_told_clearly_that_it_may_not_write(people: People):
    done = people.run(
        people.lab,
        f"""
wh = open_warehouse()
figure = wh.table("report.figures")["figure_id"].iloc[0].split("@")
values = wh.table("eval.indicator_values", period={PERIOD!r}).dropna(subset=["value"])
values = values[values["view"] == "as_reported"].iloc[0]
name = {PERIOD!r} + "/" + values["indicator"] + "@" + values["scope_id"]
try:
    adjust({PERIOD!r}, name, float(values["value"]), "người phân tích",
           "thử ghi bằng tài khoản khác")
except WarehouseError as error:
    print(error.code, error.message_vi)
with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    assert adjustments(wh, {PERIOD!r}).empty
print(str(seen[0].message).split(",")[0])
try:
    open_warehouse({PERIOD!r} + "/01")
except WarehouseError as error:
    print(error.code, error.message_vi)
""",
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "QCDC-E153 Tài khoản này chỉ được đọc kho dữ liệu, không được ghi; chưa ghi gì cả.",
        f"Tài khoản này không đọc được sổ của kỳ {PERIOD}",
        "QCDC-E153 Tài khoản này không được đọc bản phát hành hoặc kho dữ liệu.",
    ]


@needs_root
@pytest.mark.long
def test_the_notebook_of_the_half_year_runs_for_the_lab(people: People):
    notebook = nbformat.read(ROOT / "notebooks" / "half_year.ipynb", 4)
    cells = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    before = f"""
import matplotlib
matplotlib.use("Agg")
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance(history_length=0)
shell.history_manager.enabled = False
def whole():
    for cell in {cells!r}:
        shell.run_cell(cell, silent=True).raise_error()
whole()
"""
    done = people.run(people.lab, "whole()\nprint('whole')", before)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "whole"


@needs_root
@pytest.mark.long
def test_what_the_service_writes_is_readable_to_the_lab_and_to_nobody_else(people: People):
    done = people.run(
        people.service,
        """
from pipelines.warehouse.durable import write_whole
write_whole(Path("warehouse/core/moi/2021-H1/a.parquet"), b"x", "report")
write_whole(Path("raw/2021-H1/xa-mh-01/moi.txt"), b"x", "report")
print("written")
""",
    )
    assert (done.returncode, done.stdout) == (0, "written\n"), done.stderr
    new = people.root / "warehouse" / "core" / "moi" / PERIOD / "a.parquet"
    assert (new.group(), new.stat().st_mode & 0o777) == (people.readers, 0o640)
    assert new.parent.stat().st_mode & 0o7777 == 0o2750
    sent = people.root / "raw" / PERIOD / "xa-mh-01" / "moi.txt"
    assert (sent.group(), sent.stat().st_mode & 0o007) == (people.service, 0)
    stranger = people.run("nobody", "Path('warehouse/manifest.json').read_bytes()")
    assert "PermissionError" in stranger.stderr


@needs_root
@pytest.mark.long
def test_setting_up_again_changes_nothing_and_mends_what_was_loosened(people: People):
    def rights() -> list[tuple[str, int, int, int]]:
        seen = [(path, path.lstat()) for path in sorted(people.root.rglob("*"))]
        return [
            (str(path), now.st_mode, now.st_uid, now.st_gid)
            for path, now in seen
            if "so-tay-rieng" not in path.parts
        ]

    before = rights()
    (people.root / "raw").chmod(0o777)
    (people.root / "warehouse" / "outbox").chmod(0o755)
    assert rights() != before
    assert people.set_up().returncode == 0
    assert rights() == before


@needs_root
def test_a_folder_that_is_no_project_or_leads_elsewhere_is_refused(tmp_path: Path):
    def told() -> subprocess.CompletedProcess[str]:
        env = dict(os.environ) | {"QCDC_USER": "root", "QCDC_LAB_USER": "root"}
        return subprocess.run(
            ["sh", SCRIPT, tmp_path], env=env, capture_output=True, text=True, check=False
        )

    assert (told().returncode, told().stderr[:9]) == (2, "QCDC-E152")
    (tmp_path / "workspace.yaml").touch()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "raw").symlink_to(tmp_path / "elsewhere")
    done = told()
    assert (done.returncode, done.stderr[:9]) == (2, "QCDC-E152")
    assert "liên kết" in done.stderr
    assert not (tmp_path / "warehouse").exists()
