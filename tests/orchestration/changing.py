"""A project of two workbooks, and what may change in it: one cause each.

Every function takes the folder of a project and changes it in place, as the thing itself would:
a line in the journal, a file beside it, a row of units, an entry of the catalogue.
"""

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd

from pipelines.catalogue.load import DATA
from pipelines.catalogue.model import Catalogue, Form
from pipelines.intake.batch import FileReading, FileTask
from pipelines.intake.sheets import read_file
from pipelines.orchestration.states import State
from pipelines.orchestration.steps import journal_path
from pipelines.places.naming import Directory
from tests.orchestration.mini import PERIOD, ROOT

XA, DN = "xa-mh-01", "dn-mh-01"
FORMS = ("xa-2021", "dn-2021")
FIGURES = ("xa.agreement_rate", "ld.programme_rate", "rp.completeness_rate", "dn.conference_rate")
SHEET, CELL, HELD, CORRECTED, SENT_AGAIN = "Biểu 01-XA", "E24", "1755", "1.700", 1800
RATE = FIGURES[0]
HOUSEHOLDS, PRESENT = 2041.0, 1898.0
_LEVELS = ("submission", "cell")
_LEFT_OUT = ("unit_names.csv", "unit_successions.csv", "unit_groups.csv", "targets.csv")
_AT = "2021-06-11T08:00:00+07:00"


def build(root: Path, *providers: str) -> Path:
    """A project with the workbooks of some providers."""
    _copy(ROOT / "raw" / "reference", root / "raw" / "reference")
    journal_path(root, PERIOD).parent.mkdir()
    _write(root, [line for line in _lines(ROOT) if line["event"] == "period"])
    for provider in providers:
        new_report(root, provider)
    return root


def small(state: State) -> State:
    """Only what the two forms ask, of illustrative units, and five figures of it.

    The sheets of registers are left out with their registers; everything goes the same way and
    takes a third of the time.
    """
    whole = state.catalogue
    forms = {name: _without_registers(whole.forms[name]) for name in FORMS}
    asked = _facts(state, "requests.csv")
    asked = asked[(asked["period"] == PERIOD) & asked["form"].isin(FORMS)]
    units = _facts(state, "units.csv")
    own = {"units.csv": units[units["is_illustrative"] == "true"], "requests.csv": asked}
    own |= {name: _facts(state, name).iloc[:0] for name in _LEFT_OUT}
    facts = {name: frame.to_csv(index=False).encode() for name, frame in own.items()}
    smaller = {
        "forms": forms,
        "registers": {},
        "indicators": {name: whole.indicators[name] for name in FIGURES},
        "rules": {n: rule for n, rule in whole.rules.items() if rule.level in _LEVELS},
        "criteria": {},
        "duties": {},
    }
    return replace(
        state, catalogue=whole.model_copy(update=smaller), facts={**state.facts, **facts}
    )


def _without_registers(form: Form) -> Form:
    sheets = [sheet for sheet in form.sheets if sheet.register_id is None]
    return form.model_copy(update={"sheets": sheets})


def _facts(state: State, name: str) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(state.facts[name]), dtype="str", keep_default_na=False)


def new_report(root: Path, provider: str = DN) -> None:
    """The first report of a provider arrives."""
    _copy(ROOT / "raw" / PERIOD / provider, root / "raw" / PERIOD / provider)
    own = [line for line in _lines(ROOT) if _sender(line) == provider]
    _write(root, [*_lines(root), *own])


def correction(root: Path) -> None:
    """The households in favour are corrected as the commune has told."""
    line = {
        "at": _AT, "who": "chuyên viên tổng hợp", "event": "correction",
        "submission_id": f"{PERIOD}/{XA}/01", "sheet": SHEET, "cell": CELL, "expect": HELD,
        "value": CORRECTED, "why": "xã cho biết đã ghi nhầm",
    }  # fmt: skip
    _write(root, [*_lines(root), line])


def add_line(root: Path, said: dict) -> None:
    """Somebody says something in the journal."""
    _write(root, [*_lines(root), {"at": _AT, "who": "thường trực Ban Chỉ đạo"} | said])


def resubmission(root: Path) -> None:
    """The commune sends its report again; the new file lies in the place of the old one."""
    path = next((root / "raw" / PERIOD / XA).glob("*.xlsx"))
    book = openpyxl.load_workbook(path)
    book[SHEET][CELL] = SENT_AGAIN
    path.unlink()  # it may be a link to another state's bytes
    book.save(path)
    line = {
        "at": _AT, "who": "văn thư Ban Chỉ đạo", "event": "received",
        "submission_id": f"{PERIOD}/{XA}/02", "path": path.relative_to(root).as_posix(),
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "channel": "e-mail",
    }  # fmt: skip
    _write(root, [*_lines(root), line])


def boundary(root: Path) -> None:
    """It turns out that a commune had ended before the period did."""
    path = root / "raw" / "reference" / "units.csv"
    units = pd.read_csv(path, dtype="str", keep_default_na=False)
    units.loc[units["unit_id"] == "xa-mh-02", "valid_to"] = "2021-03-31"
    units.to_csv(path, index=False)


def catalogue(root: Path) -> None:
    """Households in favour are set against those present, no more against all."""
    _copy(DATA, root / "catalogue")
    path = root / "catalogue" / "indicators.yaml"
    lines = path.read_text(encoding="utf-8").split("\n")
    at = next(n for n, line in enumerate(lines) if line.startswith(f"- {{id: {RATE},"))
    lines[at] = lines[at].replace("[xa.households_total]", "[xa.households_present]")
    path.write_text("\n".join(lines), encoding="utf-8")


def read_here(
    catalogue: Catalogue, directory: Directory, tasks: Sequence[FileTask]
) -> list[FileReading]:
    """Two files need no processes of their own."""
    return [
        read_file(
            task.data, catalogue, provider=task.provider, period=task.period,
            known_units=directory.known, directory=directory, confirmed=task.confirmed,
            meanings=task.meanings, file_name=task.file_name,
        )
        for task in tasks
    ]  # fmt: skip


def _copy(source: Path, target: Path) -> None:
    for path in sorted(source.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            (target / path.relative_to(source)).parent.mkdir(parents=True, exist_ok=True)
            (target / path.relative_to(source)).write_bytes(path.read_bytes())


def _lines(root: Path) -> list[dict]:
    text = journal_path(root, PERIOD).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def _write(root: Path, lines: Sequence[dict]) -> None:
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    journal_path(root, PERIOD).write_text(text, encoding="utf-8")


def _sender(line: dict) -> str:
    return str(line.get("submission_id", "//")).split("/")[1]
