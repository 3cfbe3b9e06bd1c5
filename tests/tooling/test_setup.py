"""The Makefile and .ci/run: what a stranger meets first."""

import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TARGETS = {"run", "test", "test-long", "ui", "lab", "bench", "sample", "lock", "clean", "setup"}


def make(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run make without the flags of a make that may be running this test."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(
        ["make", *arguments], cwd=cwd, env=env, capture_output=True, text=True, check=False
    )


def fake_python(folder: Path, failing: str) -> Path:
    """Write a program that stands for a Python on which code holding `failing` fails."""
    path = folder / "python-fake"
    path.write_text(f'#!/bin/sh\ncase "$2" in *"{failing}"*) exit 1;; esac\n', encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A copy of the project without an environment, as far as set-up needs it."""
    for name in ("Makefile", "requirements.lock", "pyproject.toml", "dagster.yaml"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


@pytest.mark.tool("make")
def test_help_lists_every_target() -> None:
    listed = re.findall(r"^  make (\S+)", make("help").stdout, flags=re.MULTILINE)
    assert set(listed) >= TARGETS


@pytest.mark.tool("make")
@pytest.mark.parametrize(
    ("failing", "vietnamese", "english"),
    [
        ("version_info", "Cần Python 3.11 trở lên", "Python 3.11 or newer is needed"),
        ("ensurepip", "apt-get install python3-venv (quyền quản trị)", "lacks venv or ensurepip"),
    ],
)
def test_an_unfit_python_is_explained(
    bare: Path, failing: str, vietnamese: str, english: str
) -> None:
    result = make("setup", f"PYTHON={fake_python(bare, failing)}", cwd=bare)
    assert result.returncode != 0
    assert vietnamese in result.stderr
    assert english in result.stderr
    assert not (bare / ".venv").exists()


@pytest.mark.tool("make")
def test_a_moved_environment_is_made_again(bare: Path) -> None:
    binaries = bare / ".venv" / "bin"
    binaries.mkdir(parents=True)
    for name in ("python", "uv"):
        (binaries / name).write_text("#!/bin/sh\n", encoding="utf-8")
        (binaries / name).chmod(0o755)
    (bare / ".venv" / ".ready").touch()
    home = bare / ".venv" / ".home"

    home.write_text(str(bare), encoding="utf-8")
    assert "venv --clear" not in make("-n", "setup", cwd=bare).stdout
    home.write_text("elsewhere", encoding="utf-8")
    assert "venv --clear" in make("-n", "setup", cwd=bare).stdout


@pytest.mark.tool("make")
@pytest.mark.parametrize("target", ["ui", "lab"])
def test_servers_listen_on_this_machine_only(target: str) -> None:
    command = make("-n", target).stdout
    assert "127.0.0.1" in command
    assert "0.0.0.0" not in command  # noqa: S104 - the address that must not be there


@pytest.mark.tool("make")
def test_dagster_home_is_absolute_and_inside_the_project(bare: Path) -> None:
    printed = make("--eval", "show: ; @echo $(DAGSTER_HOME)", "show", cwd=bare).stdout.strip()
    assert Path(printed) == bare.resolve() / ".dagster"


def test_ci_installs_every_program_the_tests_may_ask_for() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    spec = importlib.util.spec_from_file_location("shared", ROOT / "tests" / "conftest.py")
    assert spec is not None
    assert spec.loader is not None
    shared = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(shared)
    wanted = {package for tool in shared.TOOLS.values() for package in tool.packages}
    installed = set(re.findall(r"^  ([a-z0-9-]+)$", script, flags=re.MULTILINE))
    # Part of every Debian system.
    assert wanted - installed == {"libc-bin", "util-linux"}


def test_ci_script_is_a_program_that_forbids_skipping() -> None:
    path = ROOT / ".ci" / "run"
    assert os.access(path, os.X_OK)
    assert "export QCDC_REQUIRE_TOOLS=1\nexec make test\n" in path.read_text(encoding="utf-8")


@pytest.mark.long
@pytest.mark.tool("make")
def test_a_fresh_copy_sets_itself_up(tmp_path: Path) -> None:
    copy = tmp_path / "bản sao mới"
    ignored = shutil.ignore_patterns(
        ".venv", ".dagster", ".git", ".*_cache", "__pycache__", "*.egg-info"
    )
    shutil.copytree(ROOT, copy, ignore=ignored)
    result = make("setup", cwd=copy)
    assert result.returncode == 0, result.stderr
    shown = subprocess.run(
        [copy / ".venv" / "bin" / "qcdc", "--help"], cwd=copy, capture_output=True, check=False
    )
    assert shown.returncode == 0, shown.stderr
    assert "Nothing to be done" in make("setup", cwd=copy).stdout
