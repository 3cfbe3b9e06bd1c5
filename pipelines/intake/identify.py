"""Who a workbook says it is: form, unit, period, round — and whether the receipt agrees.

Hidden codes come first, then the header that people see, then the receipt; what a person has
confirmed stands above all of them.

Belongs here: who, when and for which form, confronted with receipt and catalogue. Does not belong
here: which source speaks first (``claims``), what header texts mean (``header_check``), finding
the form's cells (``layout``).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipelines.catalogue.model import Catalogue, Form
from pipelines.catalogue.period_words import is_period, period_end, period_label
from pipelines.intake.cell_table import Cells
from pipelines.intake.claims import Claims, Receipt, day_and_scope, fill, settle, subject_of
from pipelines.intake.decisions import Confirmed
from pipelines.intake.header import header_facts
from pipelines.intake.header_check import Header, Remark, remarks_on, understand
from pipelines.places.naming import Directory
from pipelines.places.succession import successors
from pipelines.vietnamese.dates import ParsedDate, format_date, parse_date

NAMES = {
    "form": "QCDC_FORM",
    "version": "QCDC_VERSION",
    "unit": "QCDC_UNIT",
    "subject": "QCDC_SUBJECT",
    "period": "QCDC_PERIOD",
    "round": "QCDC_ROUND",
    "data_to": "QCDC_DATA_TO",
}
ROUNDS = ("estimate", "final")
Problem = tuple[str, str, str]  # operator, found, expected
# "xa-2026", or with the version behind it
_FORM_CODE = re.compile(r"[a-z]+-\d{4}\b.*")


@dataclass(frozen=True)
class Identity:
    """What the header says.

    Attributes:
        form: The form, or None when it is not in the catalogue.
        subject: The unit that single sheets speak about.
        data_to: Day of the data cut-off.
        problem: What does not fit, in Vietnamese; None when all agrees.
        expected: What was expected instead.
        operator: Which rule the problem breaks.
        remarks: What else must be told about the header; nothing when there is a problem.
        note: What was read from elsewhere than the hidden codes, or settled by a person.
    """

    form: Form | None
    version: str | None
    unit_id: str | None
    subject: str | None
    period: str | None
    round: str | None
    data_to: dt.date | None
    problem: str | None = None
    expected: str | None = None
    operator: str = "identified"
    remarks: tuple[Remark, ...] = ()
    note: str | None = None


def identify(
    names: Mapping[str, str],
    cells: Cells | None,
    catalogue: Catalogue,
    *,
    provider: str | None,
    period: str | None,
    known_units: frozenset[str],
    directory: Directory | None = None,
    confirmed: Confirmed | None = None,
    file_name: str | None = None,
) -> Identity:
    """Say which form of which unit and period a workbook is.

    Args:
        names: Defined names of the workbook that are text constants.
        cells: Cells of the workbook, for the header that people see; None to go without it.
        catalogue: Knows forms and periods.
        provider: Sender on the receipt; None when a file is checked without one.
        period: Period of the folder; None when a file is checked without one.
        known_units: All unit ids.
        directory: All units under all their names; None to go by codes only.
        confirmed: What a person has settled about this very file.
        file_name: Name under which the file was sent.

    Returns:
        The identity; ``problem`` is set when anything is absent, unknown or contradicts the
        receipt, and then nothing in the file may be used.
    """
    receipt = Receipt(provider, period, known_units, directory, confirmed, file_name)
    facts = header_facts(cells)
    claims = Claims({key: names.get(name, "").strip() or None for key, name in NAMES.items()})
    header = understand(facts, catalogue, directory, day_and_scope(claims.said, receipt, catalogue))
    fill(claims, header, facts, receipt, catalogue)
    if confirmed is not None:
        settle(claims, confirmed, catalogue)
    said = claims.said
    form = catalogue.forms.get(said["form"] or "")
    if said["subject"] is None:
        said["subject"] = subject_of(said["unit"], form, said["period"], receipt, catalogue)
    parsed = parse_date(said["data_to"]) if said["data_to"] else None
    problem = _first_problem(said, form, header, receipt, catalogue)
    problem = problem or _other_problem(said, form, parsed, receipt, catalogue)
    identity = Identity(
        form=form,
        version=said["version"],
        unit_id=said["unit"],
        subject=said["subject"] or said["unit"],
        period=said["period"],
        round=said["round"],
        data_to=parsed.value if parsed else None,
        note=" ".join(claims.notes) or None,
    )
    if problem is not None:
        # a form that does not exist yet takes nothing from what is known of the unit
        known = problem[0] == "form_in_force"
        remarks = tuple(_ended(identity, receipt, catalogue)) if known else ()
        return replace(
            identity,
            operator=problem[0],
            problem=problem[1],
            expected=problem[2],
            remarks=remarks,
        )
    return replace(identity, remarks=tuple(_remarks(identity, header, receipt, catalogue)))


def header_names(cells: Cells, catalogue: Catalogue, directory: Directory) -> dict[str, str]:
    """Unit and period that the visible header says, by the hidden names that would say them.

    Args:
        cells: Cells of the workbook.
        catalogue: Knows the periods.
        directory: All units under all their names.

    Returns:
        Only what is certain: a name that is merely near is left out.
    """
    header = understand(header_facts(cells), catalogue, directory, (None, None))
    sure = {fact.fact: meaning.value for fact, meaning in header.reads if meaning.note is None}
    values = {NAMES[key]: sure.get(key) for key in ("unit", "period")}
    return {name: value for name, value in values.items() if value is not None}


def folder_of(
    path: Path, root: Path, catalogue: Catalogue, known_units: frozenset[str]
) -> tuple[str | None, str | None]:
    """The period and the sender that the place of a file below ``raw/`` says.

    Args:
        path: The file.
        root: The project's root.
        catalogue: Knows the periods.
        known_units: All unit ids; a folder of another name is nobody's, as when receiving.

    Returns:
        Period and provider of ``raw/<period>/<provider>/…``; None for what the place does not say.
    """
    raw = (root / "raw").resolve()
    target = path.resolve()
    if not target.is_relative_to(raw):
        return None, None
    folders = target.relative_to(raw).parts[:-1]
    if not folders or not is_period(folders[0], catalogue.periods):
        return None, None
    return folders[0], folders[1] if len(folders) > 1 and folders[1] in known_units else None


def _first_problem(
    said: Mapping[str, str | None],
    form: Form | None,
    header: Header,
    receipt: Receipt,
    catalogue: Catalogue,
) -> Problem | None:
    form_id, unit, when = said["form"], said["unit"], said["period"]
    sender, period = receipt.sender, receipt.period
    if form is None and (not_yet := _no_form_yet(said, receipt, catalogue)) is not None:
        return not_yet
    checks: list[tuple[bool, str, str, str]] = [
        (
            form_id is None,
            "identified",
            "tệp không có mã biểu",
            "tệp lập từ biểu mẫu của hệ thống",
        ),
        (form is None, "identified", f"biểu {form_id}", "một biểu có trong danh mục"),
        (
            form is not None and said["version"] != form.version,
            "identified",
            f"phiên bản {said['version']} của biểu {form_id}",
            f"phiên bản {form.version if form else ''}",
        ),
        (unit is None and "unit" in header.unclear, "identified", *_unclear(header, "unit")),
        (
            unit not in receipt.known_units,
            "identified",
            f"đơn vị {unit}",
            "một đơn vị có trong danh mục",
        ),
        (
            sender not in {None, unit},
            "identified",
            f"đơn vị trong tệp là {_called(unit, receipt)}",
            f"đơn vị gửi theo sổ tiếp nhận: {_called(sender, receipt)}",
        ),
        (when is None and "period" in header.unclear, "identified", *_unclear(header, "period")),
        (period not in {None, when}, "identified", f"kỳ trong tệp là {when}", f"kỳ {period}"),
        (said["round"] not in ROUNDS, "identified", f"vòng {said['round']}", "ước hoặc chính thức"),
    ]
    return next((tuple(rest) for bad, *rest in checks if bad), None)  # type: ignore[return-value] # three texts


def _unclear(header: Header, fact: str) -> tuple[str, str]:
    return header.unclear.get(fact, ("", ""))


def _other_problem(
    said: Mapping[str, str | None],
    form: Form | None,
    data_to: ParsedDate | None,
    receipt: Receipt,
    catalogue: Catalogue,
) -> Problem | None:
    """What the first look does not see: who is spoken of, a period or day that does not exist."""
    unit, subject = said["unit"], said["subject"] or said["unit"]
    sheets = [sheet for sheet in form.sheets if sheet.layout == "single"] if form else []
    of_itself = any(sheet.subject == "self" for sheet in sheets)
    checks: list[tuple[bool, str, str]] = [
        (
            of_itself and subject != unit,
            f"biểu của {unit} nhưng số liệu ghi cho {subject}",
            f"số liệu của chính {unit}",
        ),
        (
            subject not in receipt.known_units,
            f"số liệu ghi cho {subject}",
            "một đơn vị có trong danh mục",
        ),
        (
            not is_period(said["period"] or "", catalogue.periods),
            f"kỳ {said['period']}",
            "một kỳ có trong danh mục, ví dụ 2021-H1",
        ),
        (
            data_to is not None and data_to.value is None,
            f"ngày chốt số liệu {said['data_to']}",
            "một ngày có thật, dạng 2021-05-31",
        ),
    ]
    for bad, found, expected in checks:
        if bad:
            return "identified", found, expected
    return _no_form_yet(said, receipt, catalogue)


def _no_form_yet(
    said: Mapping[str, str | None], receipt: Receipt, catalogue: Catalogue
) -> Problem | None:
    """A form that is not in force at the period's end: the unit is known, its form is not."""
    period = said["period"] or ""
    if receipt.confirmed is not None or not is_period(period, catalogue.periods):
        return None
    day, form = period_end(period, catalogue.periods), catalogue.forms.get(said["form"] or "")
    if form is not None and form.in_force(day):
        return None
    current = [each for each in catalogue.forms.values() if each.in_force(day)]
    if form is None:
        named = _FORM_CODE.fullmatch(said["form"] or "") is not None
        if (current and not named) or said["unit"] not in receipt.known_units:
            return None
    label = period_label(period, catalogue.periods)
    until = (
        f" (dùng đến {format_date(form.valid_to)})" if form is not None and form.valid_to else ""
    )
    told = f"tệp ghi biểu {said['form']}{until}" if said["form"] else "tệp không ghi mã biểu"
    lead, expected = _instead(form, current, label)
    return "form_in_force", f"{lead}; {told}; đơn vị {_called(said['unit'], receipt)}", expected


def _instead(form: Form | None, current: Sequence[Form], label: str) -> tuple[str, str]:
    """What is wrong with a form in a period, and which one to take."""
    if not current:
        lead = f"chưa có biểu cho kỳ {label}"
        return lead, f"biểu đang dùng trong kỳ {label}, sau khi được ban hành"
    if form is None:
        return "danh mục không có biểu này", f"một biểu đang dùng trong kỳ {label}"
    same = [f"{each.number_vi} ({each.id})" for each in current if each.owed_by == form.owed_by]
    lead = f"kỳ {label} không dùng biểu này"
    return lead, " hoặc ".join(same) or f"một biểu đang dùng trong kỳ {label}"


def _remarks(
    identity: Identity, header: Header, receipt: Receipt, catalogue: Catalogue
) -> list[Remark]:
    settled = {
        "form": identity.form.id if identity.form else None,
        "version": identity.version,
        "unit": identity.unit_id,
        "subject": identity.subject,
        "period": identity.period,
        "round": identity.round,
        "data_to": identity.data_to,
    }
    remarks = []
    if receipt.confirmed is None:
        remarks = remarks_on(settled, header, catalogue, receipt.directory, receipt.file_name)
    return remarks + _ended(identity, receipt, catalogue)


def _ended(identity: Identity, receipt: Receipt, catalogue: Catalogue) -> list[Remark]:
    """A unit that ends with the period or before: taken as it was, its successors named."""
    directory, unit, period = receipt.directory, identity.unit_id, identity.period
    if directory is None or unit not in directory.names or period is None:
        return []
    last = directory.last_day(unit)
    if last is None or last > period_end(period, catalogue.periods):
        return []
    after = last + dt.timedelta(days=1)
    later = [] if directory.successions is None else successors(directory.successions, unit, after)
    names = ", ".join(_called(each, receipt) for each in later) or "chưa ghi nhận"
    found = f"{_called(unit, receipt)}, đến hết ngày {format_date(last)}"
    return [Remark("unit_in_force", found, f"từ ngày {format_date(after)}: {names}")]


def _called(unit: str | None, receipt: Receipt) -> str:
    """A unit's code with its name."""
    name = receipt.directory.names.get(unit or "") if receipt.directory is not None else None
    return f"{unit} ({name})" if name else str(unit)
