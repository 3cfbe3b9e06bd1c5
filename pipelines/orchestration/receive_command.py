"""What ``qcdc receive`` does: ask, show, exit code.

Belongs here: the order of asking and showing. Does not belong here: options (``cli``), receiving
(``filing``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pipelines.catalogue.load import load_catalogue
from pipelines.intake.documents import EvidenceNote
from pipelines.orchestration import screen
from pipelines.orchestration.blank_forms import FormOffice
from pipelines.orchestration.filing import COMPLETED, KNOWN, RECEIVED, Filed, Registry, Said
from pipelines.orchestration.filing_problems import bad_day, of_period, refuse
from pipelines.orchestration.problems import Stopped
from pipelines.orchestration.receiving import now
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

    Raises:
        Stopped: Something said or found does not fit.
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
    filed = registry.receive(paths, said)
    if as_json:
        screen.print_json({"files": [each.as_dict() for each in filed]})
    else:
        _show(filed)
    return 0


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


def _show(filed: Sequence[Filed]) -> None:
    out = screen.console()
    for each in filed:
        words = _OUTCOMES[each.outcome]
        out.print(f"{words}: {each.path} ({each.submission_id})", soft_wrap=True)
        if each.note is not None:
            out.print(f"  {_described(each.note)}", soft_wrap=True)


def _described(note: EvidenceNote) -> str:
    about = "chưa gắn chỉ tiêu; gắn bằng --unit và --element"
    if note.unit_id is not None and note.element is not None:
        about = f"cho {note.element} của {note.unit_id}"
    return f"Minh chứng ({note.kind}) {about}"
