"""The sample on disk: workbooks under ``raw/<period>/`` and the journal that received them.

Belongs here: plan → bytes → files. Does not belong here: what the plan says (``plan``).
"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

from pipelines.catalogue.model import Form
from pipelines.catalogue.reference import read_facts
from pipelines.catalogue.templates import Fill, Header, build_workbook
from pipelines.sample.plan import PlannedFile, SamplePlan, plan_values
from pipelines.sample.setting import Setting, read_setting
from pipelines.sample.targets import SampleTargets, published_targets

PERIOD = "2021-H1"
CLERK = "văn thư Ban Chỉ đạo"
OFFICER = "thường trực Ban Chỉ đạo"
JOURNAL = "journal.jsonl"


def write_sample(
    root: Path, targets: SampleTargets | None = None, *, period: str = PERIOD
) -> list[Path]:
    """Write the illustrative workbooks of a period and their journal.

    Everything under ``raw/<period>/`` is removed first; nothing else is touched.

    Args:
        root: The project's root, with ``raw/reference/``.
        targets: Totals to add up to; the published ones when None.
        period: Key of the period.

    Returns:
        The files written, the journal last; equal arguments give equal bytes.

    Raises:
        SampleError: Unknown period, no request for it, or a total that cannot be met.
    """
    plan = plan_sample(root, targets, period=period)
    folder = root / "raw" / period
    # built before anything is removed: a failure leaves the old sample as it was
    contents = [(file_path(plan, file), workbook(plan, file)) for file in plan.files]
    if folder.exists():
        shutil.rmtree(folder)
    written = []
    for path, data in contents:
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        written.append(target)
    hashes = [hashlib.sha256(data).hexdigest() for _, data in contents]
    journal = folder / JOURNAL
    journal.write_text(journal_text(plan, hashes), encoding="utf-8", newline="\n")
    return [*written, journal]


def plan_sample(
    root: Path, targets: SampleTargets | None = None, *, period: str = PERIOD
) -> SamplePlan:
    """The plan of ``write_sample``, nothing written; arguments and errors are the same."""
    setting = read_setting(root, period)
    if targets is None:
        published = read_facts(setting.catalogue, root / "raw" / "reference", "published")
        targets = published_targets(published, setting)
    return plan_values(targets, setting)


def file_path(plan: SamplePlan, file: PlannedFile) -> str:
    """Where a workbook stands, relative to the root."""
    return f"raw/{plan.setting.period}/{file.provider}/{file.name}"


def workbook(plan: SamplePlan, file: PlannedFile) -> bytes:
    """The bytes of a planned workbook."""
    setting, request = plan.setting, file.request
    header = Header(
        unit_id=file.provider,
        unit_name=setting.name(file.provider),
        period=setting.period,
        period_label=setting.period_label,
        round=request.round,
        due_date=request.due_date,
        data_to=request.data_to,
        is_illustrative=True,
    )
    return build_workbook(
        setting.catalogue,
        request.form,
        header,
        units=setting.named(_spoken_of(request.form, setting)),
        subject_id=file.subject,
        fill=Fill(values={**file.values}, notes=file.notes, rows=file.rows),
    )


def _spoken_of(form: Form, setting: Setting) -> list[str]:
    """The units of grid rows; every grassroots unit where a register names units."""
    grids = [sheet.population for sheet in form.sheets if sheet.population is not None]
    return setting.members(grids[0] if grids else "qcdc_grassroots")


def journal_text(plan: SamplePlan, hashes: list[str]) -> str:
    """The journal of the period: opened, asked, received in time order, closed.

    Args:
        plan: The plan.
        hashes: SHA-256 of each of its files.
    """
    period = plan.setting.period
    opened, closed = plan.opened_at.isoformat(), plan.closed_at.isoformat()
    lines: list[dict[str, str]] = [
        {"at": opened, "who": OFFICER, "event": "period", "period": period, "action": "open"}
    ]
    counts: dict[str, int] = {}
    for file, digest in zip(plan.files, hashes, strict=True):
        counts[file.provider] = counts.get(file.provider, 0) + 1
        lines.append(
            {
                "at": file.received_at.isoformat(),
                "who": CLERK,
                "event": "received",
                "submission_id": f"{period}/{file.provider}/{counts[file.provider]:02d}",
                "sha256": digest,
                "path": file_path(plan, file),
                "channel": file.channel,
            }
        )
    lines.append(
        {"at": closed, "who": OFFICER, "event": "period", "period": period, "action": "close"}
    )
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
