"""A clerk's path: open the empty form, fill it in, look at "Kiểm tra", save, `qcdc check`."""

import contextlib
import io
import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from pipelines import cli
from pipelines.catalogue.check_layout import ERROR, MISSING, READY, REVIEW
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.templates import expressible_rules

from .clerk import DAY, Typist, Wrong, broken_files, compulsory_values
from .conftest import PERIOD, ROOT

CATALOGUE = load_catalogue()
UNITS = {"xa-2021": "xa-mh-01", "cq-2021": "cq-mh-01", "dn-2021": "dn-mh-01"}
# held conferences have a day, and not everything is at a hundred per cent
NATURAL: dict[str, dict[str, object]] = {
    "xa-2021": {"xa.publish_done": 5},
    "cq-2021": {"cq.conference_on": DAY, "cq.publish_done": 5},
    "dn-2021": {"dn.conference_on": DAY},
}
pytestmark = pytest.mark.tool("libreoffice")


@dataclass
class Saved:
    """A file as LibreOffice saved it: what its check sheet says and what `qcdc check` says."""

    form: str
    wrong: Wrong
    summary: str
    on_sheet: set[tuple[str, str]]
    findings: list[dict[str, Any]]

    @property
    def by_check(self) -> set[tuple[str, str]]:
        """Rule and cell of the findings that the sheet could know of."""
        spelled = set(expressible_rules(CATALOGUE, CATALOGUE.forms[self.form]))
        known = [f for f in self.findings if f["rule"] in spelled]
        return {place(f["rule"], f["sheet"], f["cell"]) for f in known}


def place(rule: str, sheet: str | None, cell: str | None) -> tuple[str, str]:
    """Rule and cell; a rule of a register counts once, whatever its rows."""
    about_cells = CATALOGUE.rules[rule].level in {"cell", "unit"}
    return (rule, f"{sheet}: {cell}" if about_cells else "")


def qcdc(*arguments: str) -> tuple[int, str]:
    """Exit code and output of the command."""
    with contextlib.redirect_stdout(io.StringIO()) as out, pytest.raises(SystemExit) as ended:
        cli.main(list(arguments))
    return int(ended.value.code or 0), out.getvalue()


@pytest.fixture(scope="module")
def saved(tmp_path_factory) -> dict[str, Saved]:
    """Every file by name, after LibreOffice has recalculated and saved it."""
    root = tmp_path_factory.mktemp("clerk")
    (root / "workspace.yaml").write_text("", encoding="utf-8")
    shutil.copytree(ROOT / "raw" / "reference", root / "raw" / "reference")
    with contextlib.chdir(root):
        plan = {name: wrong for form in UNITS for name, wrong in typed_files(form).items()}
        recalculate(root)
        files = [f"saved/{name}.xlsx" for name in plan]
        code, out = qcdc("check", "--json", *files)
        checked = {Path(file["path"]).stem: file for file in json.loads(out)["files"]}
        assert code == 1, "the broken files have errors"
        return {
            name: read_saved(Path("saved") / f"{name}.xlsx", broken, checked[name])
            for name, broken in plan.items()
        }


def typed_files(form_id: str) -> dict[str, Wrong]:
    """Write the form as it should be, and with every rule broken in one of the others."""
    form, unit_id = CATALOGUE.forms[form_id], UNITS[form_id]
    code, _ = qcdc("template", form_id, "--unit", unit_id, "--period", PERIOD, "--out", "blank")
    assert code == 0
    (blank,) = Path("blank").glob(f"{form_id}_*.xlsx")
    broken = broken_files(CATALOGUE, form, unit_id)
    plan = {f"{form_id}-good": Wrong(), **{f"{form_id}-{n}": file for n, file in enumerate(broken)}}
    Path("typed").mkdir(exist_ok=True)
    for name, wrong in plan.items():
        typist = Typist(blank, CATALOGUE, form)
        typist.enter(compulsory_values(CATALOGUE, form) | NATURAL[form_id])
        typist.add(wrong)
        typist.book.save(Path("typed") / f"{name}.xlsx")
    return plan


def recalculate(root: Path) -> None:
    # one call for all files: a start takes longer than a file; a profile of its own, since a
    # running office would take the call over
    profile = f"-env:UserInstallation={(root / 'profile').as_uri()}"
    options = ["--headless", "--convert-to", "xlsx", "--outdir", "saved"]
    files = [str(path) for path in sorted(Path("typed").glob("*.xlsx"))]
    command = ["soffice", profile, *options, *files]
    subprocess.run(command, check=True, capture_output=True, timeout=240)


def read_saved(path: Path, broken: Wrong, checked: dict[str, Any]) -> Saved:
    assert checked["problem"] is None
    sheet: Any = load_workbook(path, data_only=True)["Kiểm tra"]
    lines = sheet.iter_rows(min_row=6, max_col=5, values_only=True)
    on_sheet = {
        place(rule, *where.split(": "))
        for _, rule, _, where, result in lines
        if rule and result in {ERROR, MISSING, REVIEW}
    }
    form_id = path.stem.rpartition("-")[0]
    return Saved(form_id, broken, sheet["A2"].value, on_sheet, checked["findings"])


@pytest.mark.parametrize("form_id", UNITS)
def test_the_filled_form_is_ready_and_has_no_finding(saved, form_id):
    good = saved[f"{form_id}-good"]
    assert (good.summary, good.on_sheet, good.findings) == (READY, set(), [])


@pytest.mark.parametrize("form_id", UNITS)
def test_sheet_and_check_find_the_same(saved, form_id):
    files = {name: file for name, file in saved.items() if file.form == form_id}
    only_sheet = {name: file.on_sheet - file.by_check for name, file in files.items()}
    only_check = {name: file.by_check - file.on_sheet for name, file in files.items()}
    nothing: dict[str, set[str]] = {name: set() for name in files}
    assert (only_sheet, only_check) == (nothing, nothing)


@pytest.mark.parametrize("form_id", UNITS)
def test_every_rule_that_the_sheet_can_express_was_broken_once(saved, form_id):
    files = [file for file in saved.values() if file.form == form_id]
    for file in files:
        found = {rule for rule, _ in file.by_check}
        assert set(file.wrong.rules) <= found
    meant = {rule for file in files for rule in file.wrong.rules}
    assert meant == set(expressible_rules(CATALOGUE, CATALOGUE.forms[form_id]))
