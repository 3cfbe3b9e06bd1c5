"""What ``qcdc check`` does: each file by itself, what it was taken for, what is wrong in it.

Belongs here: the order of asking and showing, one answer per file. Does not belong here: reading
and judging (``checking``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from pipelines.analysis.shown import ROUNDS, SEVERITIES
from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.model import Catalogue
from pipelines.intake.container import UnreadableWorkbook
from pipelines.intake.identify import folder_of
from pipelines.orchestration import screen
from pipelines.orchestration.checking import CheckedFile, check_file
from pipelines.orchestration.feedback_command import Written, write_checked
from pipelines.orchestration.filing_problems import no_plain_file
from pipelines.orchestration.problems import KNOWN, Problem, problem_of, unexpected_in_file
from pipelines.orchestration.steps import reference_tables
from pipelines.orchestration.storing import observed_before
from pipelines.places.naming import Directory
from pipelines.warehouse.root import find_root

DONE, FOUND_ERRORS = 0, 1
_UNKNOWN = "không rõ"


@dataclass(frozen=True)
class _TakenFor:
    """What a file was taken for; None where it does not say."""

    form: str | None = None
    unit: str | None = None
    period: str | None = None
    round: str | None = None
    status: str | None = None


@dataclass(frozen=True)
class _Checked:
    """What checking a file gave: findings, or why there are none."""

    path: Path
    taken: _TakenFor
    findings: pd.DataFrame
    problem: Problem | None = None
    read: Mapping[str, object] = field(default_factory=dict)
    submission: pd.Series | None = None

    @property
    def exit_code(self) -> int:
        """Of this file alone."""
        if self.problem is not None:
            return self.problem.exit_code
        return FOUND_ERRORS if bool(self.findings["severity"].eq("error").any()) else DONE

    def as_dict(self) -> dict[str, object]:
        """For ``--json``."""
        return {
            "path": str(self.path),
            "form": self.taken.form,
            "unit": self.taken.unit,
            "period": self.taken.period,
            "round": self.taken.round,
            "status": self.taken.status,
            "problem": self.problem.as_dict() if self.problem is not None else None,
            "findings": screen.records(self.findings),
            **self.read,
        }


def check(files: list[Path], *, feedback: Path | None = None, as_json: bool) -> int:
    """Check workbooks that have not been sent, nothing stored.

    A file that cannot be read takes nothing from the answers about the others.

    Args:
        files: The workbooks.
        feedback: Folder for the letters to their senders; None for none.
        as_json: Print JSON.

    Returns:
        2 when a file cannot be read, else 1 when one has error findings, else 0.
    """
    root, catalogue = find_root(), load_catalogue()
    tables = reference_tables(root, catalogue)
    units = tables["ref.units"]
    directory = Directory.of(tables)
    before = observed_before(root, catalogue)
    results = [
        _checked(
            catalogue,
            tables,
            directory,
            path,
            folder_of(path, root, catalogue, directory.known),
            before,
        )
        for path in files
    ]
    letters = _letters(feedback, results, tables, catalogue) if feedback is not None else []
    if as_json:
        more = {"feedback": [each.as_dict() for each in letters]} if letters else {}
        screen.print_json({"files": [result.as_dict() for result in results], **more})
    else:
        names = dict(zip(units["unit_id"], units["name"], strict=True))
        for result in results:
            _show_checked(result, catalogue, names)
        for each in letters:
            screen.console().print(f"Phiếu phản hồi: {each.workbook}", soft_wrap=True)
    return max(result.exit_code for result in results)


def _letters(
    folder: Path,
    results: list[_Checked],
    tables: Mapping[str, pd.DataFrame],
    catalogue: Catalogue,
) -> list[Written]:
    """Letters about the files that could be read."""
    read = [(r.path, r.submission, r.findings) for r in results if r.submission is not None]
    return write_checked(folder, read, tables, catalogue)


def _checked(
    catalogue: Catalogue,
    tables: Mapping[str, pd.DataFrame],
    directory: Directory,
    path: Path,
    place: tuple[str | None, str | None],
    before: Mapping[str, pd.DataFrame],
) -> _Checked:
    nothing = table_contract(catalogue, "core.findings").empty()
    if path.is_symlink() or not path.is_file():
        return _Checked(path, _TakenFor(), nothing, no_plain_file(path))
    try:
        done = check_file(
            catalogue,
            tables["ref.units"],
            path,
            directory=directory,
            place=place,
            requests=tables["ref.requests"],
            history=before,
        )
        return _Checked(
            path,
            _taken_for(done.submission),
            done.findings,
            read=_read(done, catalogue),
            submission=done.submission,
        )
    except UnreadableWorkbook as error:
        return _Checked(path, _TakenFor(status=error.status), nothing, problem_of(error))
    except KNOWN as error:
        return _Checked(path, _TakenFor(), nothing, problem_of(error))
    except Exception as error:  # noqa: BLE001 — whatever one file breaks, the others are answered
        return _Checked(path, _TakenFor(), nothing, unexpected_in_file(error))


def _read(done: CheckedFile, catalogue: Catalogue) -> dict[str, object]:
    """What the file was read as, cell by cell, for ``--json``."""
    entries = done.entries
    codes = {element.id: element.code for element in catalogue.elements.values()}
    where, what = ["sheet", "cell", "unit_id", "element"], ["value", "text", "qualifier", "state"]
    rows = entries[[*where, "raw", *what, "note"]].assign(code=entries["element"].map(codes))
    held = done.quarantine[["sheet", "cell", "text", "reason", "proposed"]]
    note = done.submission["reader_note"]
    return {
        "rows": screen.records(rows),
        "registers": {
            name: screen.records(frame.drop(columns="submission_id"))
            for name, frame in done.rows.items()
            if len(frame)
        },
        "accounts": screen.records(done.accounts[["sheet", "fate", "cells"]]),
        "quarantine": screen.records(held),
        "notes": [] if pd.isna(note) else str(note).split("; "),
    }


def _taken_for(submission: pd.Series) -> _TakenFor:
    said = {
        name: None if pd.isna(submission[name]) else str(submission[name])
        for name in ("form", "provider", "period", "round", "status")
    }
    return _TakenFor(
        form=said["form"],
        unit=None if said["provider"] == "unknown" else said["provider"],
        period=None if said["period"] == "unknown" else said["period"],
        round=said["round"],
        status=said["status"],
    )


def _show_checked(result: _Checked, catalogue: Catalogue, unit_names: dict[str, str]) -> None:
    out = screen.console()
    if result.problem is not None:
        screen.tell(f"{result.path}:")
        screen.show_problem(result.problem)
        return
    out.print(f"{result.path}", style="bold", soft_wrap=True)
    out.print(f"  {_taken_line(result.taken, catalogue, unit_names)}", soft_wrap=True)
    if result.findings.empty:
        out.print("  không thấy lỗi.", style="green")
        return
    out.print(f"  {len(result.findings)} điểm cần xem")
    for line in _finding_lines(result.findings):
        out.print(line, soft_wrap=True)


def _taken_line(taken: _TakenFor, catalogue: Catalogue, unit_names: dict[str, str]) -> str:
    """Form, unit, period and round, so that a file taken for another one is seen at once."""
    form = catalogue.forms.get(taken.form or "")
    unit = unit_names.get(taken.unit or "")
    parts = [
        ("Biểu", f"{taken.form} ({form.title_vi})" if form else taken.form),
        ("đơn vị", f"{unit} ({taken.unit})" if unit else taken.unit),
        ("kỳ", taken.period),
        ("vòng", ROUNDS.get(taken.round or "", taken.round)),
    ]
    return "; ".join(f"{label}: {value or _UNKNOWN}" for label, value in parts)


def _finding_lines(findings: pd.DataFrame) -> Iterator[str]:
    """Findings, worst first: where, what, and what to do."""
    rank = {name: place for place, name in enumerate(SEVERITIES)}
    order = findings.assign(rank=findings["severity"].map(rank))
    order = order.sort_values(["rank", "sheet", "cell", "rule"])
    for row in order.astype("object").where(order.notna(), "").to_dict("records"):
        where = f"{row['sheet']}!{row['cell']}" if row["cell"] else row["sheet"] or "cả tệp"
        yield f"  {SEVERITIES[row['severity']]} · {where} · {row['rule']}"
        yield f"    {row['message_vi']}"
        yield f"    Thấy: {row['found'] or '(trống)'}"
        yield f"    Mong đợi: {row['expected']}"
        yield f"    Việc cần làm: {row['action_vi']}"
