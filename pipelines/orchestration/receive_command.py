"""What ``qcdc receive`` does: ask, show, exit code.

Belongs here: the order of asking and showing. Does not belong here: options (``cli``), receiving
(``filing``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import pandas as pd

from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.model import Catalogue
from pipelines.intake.documents import EvidenceNote
from pipelines.intake.identify import folder_of
from pipelines.orchestration import screen
from pipelines.orchestration.blank_forms import FormOffice
from pipelines.orchestration.checking import check_file
from pipelines.orchestration.clock import now
from pipelines.orchestration.filing import COMPLETED, KNOWN, RECEIVED, Filed, Registry, Said
from pipelines.orchestration.filing_problems import bad_day, of_period, refuse
from pipelines.orchestration.problems import (
    CANNOT_RUN,
    Problem,
    Stopped,
    problem_of,
    unexpected_in_file,
)
from pipelines.orchestration.problems import KNOWN as TOLD
from pipelines.orchestration.steps import reference_tables
from pipelines.places.naming import Directory
from pipelines.vietnamese.dates import PROBLEM_TEXT_VI, parse_date
from pipelines.vietnamese.text import normalise
from pipelines.warehouse.root import find_root

_WHO = "qcdc"
_OUTCOMES = {
    RECEIVED: "Đã nhận",
    COMPLETED: "Đã ghi bổ sung",
    KNOWN: "Đã nhận từ trước, không có gì mới",
}


def receive(
    paths: Sequence[Path],
    *,
    period: str | None,
    sender: str | None,
    is_evidence: bool,
    note: Mapping[str, str | None],
    as_json: bool,
) -> int:
    """Receive workbooks and documents: copy, hash, write the receipts.

    Args:
        paths: The files.
        period: Key of the period; None: as the workbook or the folder says, else the newest.
        sender: Unit that sent them.
        is_evidence: Whether they must be documents.
        note: What is said of documents: keys of ``EvidenceNote``, None where nothing is said.
        as_json: Print JSON.

    Returns:
        2 when a file was not received, else 0.

    Raises:
        Stopped: Something said of the files does not fit.
        WarehouseBusy: A run is still writing.
    """
    root, catalogue = find_root(), load_catalogue()
    given = _given(note)
    if period is not None:
        refuse(of_period(catalogue, period))
    tables = reference_tables(root, catalogue)
    registry = Registry(
        root,
        catalogue,
        tables["ref.units"],
        newest=FormOffice(root, catalogue).newest_period(),
        at=now(),
        who=_WHO,
        directory=Directory.of(tables),
    )
    said = Said(period, sender, is_evidence or bool(given), given)
    answers = list(zip(paths, registry.receive_each(paths, said), strict=True))
    refused = [answer for _, answer in answers if isinstance(answer, Problem)]
    judge = partial(_judged, root, catalogue, tables)
    if as_json:
        files = [_entry(path, answer) | {"check": judge(answer)} for path, answer in answers]
        first = {"problem": refused[0].as_dict()} if refused else {}
        screen.print_json({"files": files, **first})
    else:
        for path, answer in answers:
            _show(path, answer, judge(answer))
        if len(answers) > 1:
            words = f"Đã nhận {len(answers) - len(refused)}/{len(answers)} tệp"
            screen.console().print(
                f"{words}; không nhận {len(refused)}." if refused else f"{words}."
            )
    return CANNOT_RUN if refused else 0


def _entry(source: Path, answer: Filed | Problem) -> dict[str, object]:
    """What became of a file, for ``--json``."""
    if isinstance(answer, Filed):
        return {"source": str(source), **answer.as_dict(), "problem": None}
    nothing = dict.fromkeys(("path", "submission_id", "outcome", "note"))
    return {"source": str(source), **nothing, "problem": answer.as_dict()}


def _given(note: Mapping[str, str | None]) -> dict[str, str]:
    """What is said, cleaned; the day of signature as ISO text."""
    given = {key: normalise(text) for key, text in note.items() if text is not None}
    given = {key: text for key, text in given.items() if text}
    if "signed_on" in given:
        parsed = parse_date(given["signed_on"])
        if parsed.value is None:
            problem = PROBLEM_TEXT_VI.get(str(parsed.problem), "")
            raise Stopped(bad_day(given["signed_on"], problem))
        given["signed_on"] = parsed.value.isoformat()
    return given


def _judged(
    root: Path, catalogue: Catalogue, tables: Mapping[str, pd.DataFrame], answer: Filed | Problem
) -> str | None:
    """In one line what ``qcdc check`` says of a new workbook; the run judges it again."""
    if isinstance(answer, Problem) or answer.outcome != RECEIVED or answer.note is not None:
        return None
    path, directory = root / answer.path, Directory.of(tables)
    try:
        done = check_file(
            catalogue,
            tables["ref.units"],
            path,
            directory=directory,
            place=folder_of(path, root, catalogue, directory.known),
            requests=tables["ref.requests"],
        )
    except TOLD as error:
        problem = problem_of(error)
        return f"{problem.title} {problem.found}"
    except Exception as error:  # noqa: BLE001 — whatever checking says, the file is received
        return unexpected_in_file(error).title
    errors = done.findings.loc[done.findings["severity"] == "error", "message_vi"]
    return f"{len(errors)} lỗi: {errors.iloc[0]}" if len(errors) else "chấp nhận"


def _show(source: Path, answer: Filed | Problem, check: str | None) -> None:
    if isinstance(answer, Problem):
        screen.tell(f"Không nhận: {source}")
        screen.show_problem(answer)
        return
    out = screen.console()
    words = _OUTCOMES[answer.outcome]
    out.print(f"{words}: {answer.path} ({answer.submission_id})", soft_wrap=True)
    if answer.note is not None:
        out.print(f"  {_described(answer.note)}", soft_wrap=True)
    if check is not None:
        out.print(f"  Kiểm tra: {check}", soft_wrap=True)


def _described(note: EvidenceNote) -> str:
    about = "chưa gắn chỉ tiêu; gắn bằng --unit và --element"
    if note.unit_id is not None and note.element is not None:
        about = f"cho {note.element} của {note.unit_id}"
    return f"Minh chứng ({note.kind}) {about}"
