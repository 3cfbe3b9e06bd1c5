"""The sample on disk: workbooks under ``raw/<period>/`` and the journal that received them.

Belongs here: plan → bytes → files. Does not belong here: what the plan says (``plan``).
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from pipelines.catalogue.model import Form
from pipelines.catalogue.reference import read_facts
from pipelines.catalogue.templates import Fill, Header, build_workbook
from pipelines.intake.journal import JournalError, encode, next_submission_id, read_journal
from pipelines.sample.files import PlannedFile, SamplePlan
from pipelines.sample.old_encoding import in_old_encoding
from pipelines.sample.plan import plan_values
from pipelines.sample.setting import PERIOD, SampleError, Setting, read_setting
from pipelines.sample.targets import SampleTargets, default_targets

CLERK = "văn thư Ban Chỉ đạo"
OFFICER = "thường trực Ban Chỉ đạo"
JOURNAL = "journal.jsonl"


def write_sample(
    root: Path, targets: SampleTargets | None = None, *, period: str = PERIOD
) -> list[Path]:
    """Write the illustrative workbooks of a period and their journal.

    Everything under ``raw/<period>/`` is removed first; nothing else is touched. A folder in
    which people have worked (other senders, decisions, locks, releases) is left alone.

    Args:
        root: The project's root, with ``raw/reference/``.
        targets: Totals to add up to; the published or historical ones when None.
        period: Key of the period.

    Returns:
        The files written, the journal last; equal arguments give equal bytes.

    Raises:
        SampleError: Unknown period, no request for it, a total that cannot be met, or work of
            people under ``raw/<period>/``.
    """
    plan = plan_sample(root, targets, period=period)
    folder = root / "raw" / period
    refuse_work_of_people(folder, frozenset(plan.setting.units["unit_id"]))
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


def refuse_work_in(root: Path, periods: list[str]) -> None:
    """As ``refuse_work_of_people``, for the folders of several periods."""
    for period in periods:
        setting = read_setting(root, period)
        refuse_work_of_people(root / "raw" / period, frozenset(setting.units["unit_id"]))


def refuse_work_of_people(folder: Path, sample_units: frozenset[str]) -> None:
    """Refuse to replace what a generator cannot make again.

    Args:
        folder: ``raw/<period>``; it need not exist.
        sample_units: Units whose folders the sample may replace.

    Raises:
        SampleError: Names the first files or journal events that are not the sample's.
    """
    if not folder.exists():
        return
    foreign = [path.name for path in folder.iterdir() if path.name not in {JOURNAL, *sample_units}]
    foreign += _foreign_events(folder / JOURNAL, sample_units)
    if foreign:
        msg = (
            f"{folder.name} có dữ liệu không phải của bộ minh họa ({', '.join(foreign[:5])}); "
            "hãy chuyển thư mục đó đi nơi khác rồi chạy lại"
        )
        raise SampleError(msg)


def _foreign_events(journal: Path, sample_units: frozenset[str]) -> list[str]:
    try:
        read = read_journal(journal)
    except JournalError as error:
        return [str(error)]
    found = [] if read.torn is None else ["dòng nhật ký bị cắt"]
    for entry in read.entries:
        event, action = entry["event"], entry.get("action")
        if event == "received":
            submission = entry["submission_id"]
            sender = submission.split("/")[1:2]
            found += [] if set(sender) <= sample_units else [submission]
        elif (event, action) not in {("period", "open"), ("period", "close")}:
            found.append(f"{event} {action or ''}".strip())
    return found


def plan_sample(
    root: Path, targets: SampleTargets | None = None, *, period: str = PERIOD
) -> SamplePlan:
    """The plan of ``write_sample``, nothing written; arguments and errors are the same."""
    setting = read_setting(root, period)
    if targets is None:
        published = read_facts(setting.catalogue, root / "raw" / "reference", "published")
        targets = default_targets(published, setting)
    return plan_values(targets, setting)


def file_path(plan: SamplePlan, file: PlannedFile) -> str:
    """Where a workbook stands, relative to the root."""
    return f"raw/{plan.setting.period}/{file.provider}/{file.name}"


def workbook(plan: SamplePlan, file: PlannedFile) -> bytes:
    """The bytes of a planned workbook."""
    setting, request = plan.setting, file.request
    period = setting.period_before if file.says_period_before else setting.period
    header = Header(
        unit_id=file.provider,
        unit_name=setting.name(file.provider),
        period=period,
        period_label=setting.labels[period],
        round=request.round,
        due_date=request.due_date,
        data_to=request.data_to,
        is_illustrative=True,
    )
    data = build_workbook(
        setting.catalogue,
        request.form,
        header,
        units=setting.named(_spoken_of(request.form, setting)),
        subject_id=file.subject,
        fill=Fill(values={**file.entered}, notes=file.notes, rows=file.rows),
        # earlier periods are an archive: nobody fills in these files any more
        is_archive=setting.period != PERIOD,
    )
    return in_old_encoding(data) if file.in_old_encoding else data


def _spoken_of(form: Form, setting: Setting) -> list[str]:
    """The units of grid rows; every grassroots unit where a register names units."""
    grids = [sheet.population for sheet in form.sheets if sheet.population is not None]
    populations = grids or ["qcdc_grassroots"]
    return [unit for population in populations for unit in setting.members(population)]


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
    for file, digest in zip(plan.files, hashes, strict=True):
        lines.append(
            {
                "at": file.received_at.isoformat(),
                "who": CLERK,
                "event": "received",
                "submission_id": next_submission_id(lines, period, file.provider),
                "sha256": digest,
                "path": file_path(plan, file),
                "channel": file.channel,
            }
        )
    lines.append(
        {"at": closed, "who": OFFICER, "event": "period", "period": period, "action": "close"}
    )
    return "".join(encode(line) + "\n" for line in lines)
