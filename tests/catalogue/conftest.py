"""What the tests of the check sheet share: LibreOffice as the clerk's spreadsheet program."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

COLUMNS = ["number", "rule", "content", "cell", "result", "todo", "read"]
Checks = dict[str, tuple[pd.DataFrame, str]]


@pytest.fixture(scope="session")
def check_sheets(tmp_path_factory: pytest.TempPathFactory) -> Callable[[dict[str, bytes]], Checks]:
    """A function from workbooks by name to their recalculated checks: lines, summary."""

    def recalculated(cases: dict[str, bytes]) -> Checks:
        folder = tmp_path_factory.mktemp("checks")
        for name, data in cases.items():
            (folder / f"{name}.xlsx").write_bytes(data)
        # one call for all files: a start takes longer than a file; a profile of its own, since
        # a running office would take the call over
        options = ["--headless", "--convert-to", "xlsx", "--outdir", str(folder / "out")]
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        files = [str(path) for path in sorted(folder.glob("*.xlsx"))]
        command = ["soffice", profile, *options, *files]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        return {name: read_checks(folder / "out" / f"{name}.xlsx") for name in cases}

    return recalculated


def read_checks(path: Path) -> tuple[pd.DataFrame, str]:
    """Lines and summary of a recalculated check sheet."""
    sheet: Any = openpyxl.load_workbook(path, data_only=True)["Kiểm tra"]
    rows = [row for row in sheet.iter_rows(min_row=6, max_col=7, values_only=True) if row[2]]
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.fillna({"rule": "", "todo": ""}), sheet["A2"].value
