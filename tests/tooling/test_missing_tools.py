"""A missing program is never a silent pass, and long tests wait to be asked for."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TESTS = """
import pytest

@pytest.mark.tool("libreoffice")
def test_marked(): pass

def test_by_fixture(tool_path):
    assert tool_path("pdftotext").exists()

@pytest.mark.long
def test_long(): pass

def test_plain(): pass
"""


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """A small suite under the project's own conftest."""
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "test_small.py").write_text(TESTS, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nmarkers =\n  long: slow\n  tool(name): needs a program\n", encoding="utf-8"
    )
    return tmp_path


def run(suite: Path, *options: str, required: bool = False) -> tuple[int, str]:
    """Run the small suite on a machine without programs; return exit code and output."""
    env = {"PATH": str(suite), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    env |= {name: os.environ[name] for name in ("LANG", "HOME") if name in os.environ}
    if required:
        env["QCDC_REQUIRE_TOOLS"] = "1"
    command = [sys.executable, "-m", "pytest", "--strict-markers", *options]
    done = subprocess.run(command, cwd=suite, env=env, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


@pytest.mark.parametrize("options", [(), ("-p", "xdist", "-n", "1")])
def test_without_the_flag_missing_programs_are_listed(
    suite: Path, options: tuple[str, ...]
) -> None:
    code, output = run(suite, *options)
    assert code == 0
    _, listed = output.split("not tested: programs missing")
    assert "libreoffice (Debian: apt-get install libreoffice-calc libreoffice-writer)" in listed
    assert "test_small.py::test_marked" in listed
    assert "pdftotext (Debian: apt-get install poppler-utils)" in listed
    assert "test_small.py::test_by_fixture" in listed
    assert "1 passed, 2 skipped" in listed.splitlines()[-1]


def test_with_the_flag_a_missing_program_fails_the_test(suite: Path) -> None:
    code, output = run(suite, required=True)
    assert code == 1
    assert "libreoffice is missing; Debian: apt-get install" in output
    assert "not tested" not in output
    assert "1 passed" in output
    assert "skipped" not in output


def test_a_present_program_is_found(suite: Path) -> None:
    for name in ("soffice", "pdftotext"):
        (suite / name).write_text("#!/bin/sh\n", encoding="utf-8")
        (suite / name).chmod(0o755)
    code, output = run(suite, required=True)
    assert code == 0
    assert "3 passed" in output


def test_an_unknown_program_is_an_error(suite: Path) -> None:
    path = suite / "test_small.py"
    path.write_text(TESTS.replace('"libreoffice"', '"libreofice"'), encoding="utf-8")
    code, output = run(suite)
    assert code == 1
    assert "'libreofice' is not in TOOLS" in output


def test_long_tests_run_only_when_asked_for(suite: Path) -> None:
    assert "1 deselected" in run(suite)[1].splitlines()[-1]
    _, output = run(suite, "--long", "-m", "long")
    assert "1 passed" in output
