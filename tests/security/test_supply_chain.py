"""What the project stands on: audited honestly, licences told, nothing pickled, nothing fetched."""

import ast
import io
import json
import pickle
import pickletools
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.definitions import build_defs
from pipelines.orchestration.running import Outcome, run_period
from tests.orchestration.mini import PERIOD, build, fake_report
from tests.security import audit, licences

ROOT = Path(__file__).resolve().parents[2]
_FIRST = 64


def report(*dependencies: dict[str, object]) -> str:
    return json.dumps({"dependencies": list(dependencies), "fixes": []})


def test_an_audit_is_green_only_when_every_package_was_looked_up() -> None:
    known: dict[str, object] = {"name": "a", "version": "1", "vulns": []}
    code, [line] = audit.judged(report(known))
    assert (code, line.startswith("1 gói")) == (audit.CLEAN, True)
    unknown: dict[str, object] = {"name": "b", "skip_reason": "not found on PyPI"}
    code, lines = audit.judged(report(known, unknown))
    assert code == audit.NOT_DONE
    assert len(lines) == 1
    assert "1/2" in lines[0]


@pytest.mark.parametrize("answer", ["", "[]", "{}", '{"dependencies": []}', "no json"])
def test_an_audit_without_network_says_so_in_one_line_and_is_not_green(answer: str) -> None:
    code, lines = audit.judged(answer, "trace\nConnectionError: no route to host\n")
    assert code == audit.NOT_DONE
    assert len(lines) == 1
    assert "not audited" in lines[0]


def test_an_audit_names_what_is_vulnerable() -> None:
    found = {"id": "PYSEC-1", "fix_versions": ["2"], "aliases": [], "description": ""}
    skipped: dict[str, object] = {"name": "b", "skip_reason": "unknown"}
    code, lines = audit.judged(report({"name": "a", "version": "1", "vulns": [found]}, skipped))
    assert (code, lines) == (audit.VULNERABLE, ["a 1: PYSEC-1, mended in 2"])


def test_the_security_lint_is_on_and_nothing_of_it_is_off() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]
    assert "S" in settings["lint"]["select"]
    assert not [rule for rule in settings["lint"]["ignore"] if rule.startswith("S")]
    for paths, rules in settings["lint"]["per-file-ignores"].items():
        if not paths.startswith(("tests", "benchmarks")):
            assert not [rule for rule in rules if re.fullmatch(r"S\d*", rule)], paths


def test_every_installed_package_stands_in_the_list_of_licences() -> None:
    listed = set(licences.PAGE.read_text(encoding="utf-8").splitlines())
    rows = [row for row in map(licences.row, licences.locked()) if row is not None]
    assert len(rows) > 100
    assert [row for row in rows if row not in listed] == [], "run `make licences`"
    names = {line.split(" | ")[0].removeprefix("| ") for line in listed if line.startswith("| ")}
    assert names - {"Gói"} <= set(licences.locked())


def code_files() -> Iterator[Path]:
    for folder in ("pipelines", "benchmarks", "tests"):
        yield from sorted((ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("folder", ["pipelines", "benchmarks"])
def test_no_code_pickles_or_evaluates(folder: str) -> None:
    wrong = []
    for path in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                is_from = isinstance(node, ast.ImportFrom)
                names = [node.module or ""] if is_from else [alias.name for alias in node.names]
                bad = {n.partition(".")[0] for n in names} & {"pickle", "joblib", "dill", "shelve"}
                wrong += [f"{path.name}:{node.lineno} imports {name}" for name in sorted(bad)]
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                if called in {
                    "eval",
                    "exec",
                    "yaml.unsafe_load",
                    "marshal.loads",
                    "pd.read_pickle",
                }:
                    wrong.append(f"{path.name}:{node.lineno} calls {called}")
                if called.endswith(".to_pickle") or (called == "yaml.load" and not _is_safe(node)):
                    wrong.append(f"{path.name}:{node.lineno} calls {called}")
    assert wrong == []


def _is_safe(node: ast.Call) -> bool:
    """A loader that makes plain values only, faster than ``safe_load``."""
    return any(k.arg == "Loader" and ast.unparse(k.value) == "_LOADER" for k in node.keywords)


def is_pickle(data: bytes) -> bool:
    """Whether bytes are a pickle: its first mark, and operations to the last."""
    if not data.startswith((b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")):
        return False
    try:
        list(pickletools.genops(io.BytesIO(data)))
    except ValueError:
        return False
    return True


def pickles_below(folder: Path) -> list[str]:
    found = []
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            packed = any(is_pickle(data[at:]) for at in _marks(data))
            found += [str(path.relative_to(folder))] if packed else []
    return found


def _marks(data: bytes) -> list[int]:
    """Where a pickle could begin: at the start, or in a row of a database."""
    if data.startswith(b"SQLite format 3"):
        return [m.start() for m in re.finditer(rb"\x80[\x04\x05]\x95.{6}\x00\x00", data, re.DOTALL)]
    return [0]


def test_a_pickle_would_be_seen(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(pickle.dumps({"a": 1}))
    (tmp_path / "two").write_bytes(pickle.dumps([1], protocol=2))
    (tmp_path / "none").write_bytes(b"\x80\x04 no")
    assert sorted(pickles_below(tmp_path)) == ["one", "two"]


def test_no_file_that_git_keeps_is_a_pickle() -> None:
    for folder in ("tests", "raw", "docs", "deploy", "notebooks", "pipelines"):
        kept = (
            p for p in (ROOT / folder).rglob("*") if p.is_file() and "__pycache__" not in p.parts
        )
        assert [str(path) for path in kept if is_pickle(path.read_bytes())] == []


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Outcome]:
    """A project and its Dagster history after a run of the whole job."""
    root = build(tmp_path_factory.mktemp("ran"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_HOME", str(root / ".dagster"))
        fake_report(patch)
        return root, run_period(root, PERIOD, lambda _step, _state: None, build_defs)


@pytest.mark.long
def test_no_pickle_is_left_on_disk_by_a_run(ran: tuple[Path, Outcome]) -> None:
    root, outcome = ran
    assert outcome.problem is None
    assert pickles_below(root) == []
    stored = [path for path in (root / ".dagster" / "storage").rglob("*") if path.is_file()]
    assert {path.parent.name for path in stored} <= {"compute_logs"}, "an io manager stored values"


_ALONE = """
import sys
from pathlib import Path
import pytest
from pipelines.definitions import build_defs
from pipelines.orchestration.running import run_period
from tests.orchestration.mini import PERIOD, fake_report
if __name__ == "__main__":
    root = Path(sys.argv[1])
    with pytest.MonkeyPatch.context() as patch:
        fake_report(patch)
        outcome = run_period(root, PERIOD, lambda _step, _state: None, build_defs)
    print(outcome.problem)
    sys.exit(outcome.problem is not None)
"""


@pytest.mark.long
@pytest.mark.tool("unshare", "ip")
def test_the_job_needs_no_network_but_loopback(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    root = build(tmp_path / "project")
    script = tmp_path / "alone.py"
    script.write_text(_ALONE, encoding="utf-8")
    command = f"ip link set lo up && exec {sys.executable} {script} {root}"
    environment = {"PATH": "/usr/sbin:/usr/bin:/bin", "PYTHONPATH": str(ROOT), "QCDC_NO_PDF": "1",
                   "DAGSTER_HOME": str(root / ".dagster"), "HOME": str(tmp_path)}  # fmt: skip
    reached = subprocess.run(
        ["unshare", "-rn", "sh", "-c", "ip link set lo up && ip -o -4 addr"],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    if reached.returncode != 0:
        pytest.skip(f"this machine lets nobody make a network of its own: {reached.stderr.strip()}")
    assert {line.split()[1] for line in reached.stdout.splitlines()} <= {"lo"}
    ended = subprocess.run(
        ["unshare", "-rn", "sh", "-c", command],
        capture_output=True, text=True, check=False, timeout=400, env=environment, cwd=tmp_path,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert (root / "warehouse" / "manifest.json").is_file()
