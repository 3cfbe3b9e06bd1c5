"""Who a workbook says it is: form, unit, period, round — and whether the receipt agrees.

Belongs here: reading the header codes and confronting them with receipt and catalogue.
Does not belong here: finding cells (``layout``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.catalogue.model import Catalogue, Form
from pipelines.catalogue.periods import period_keys
from pipelines.vietnamese.dates import ParsedDate, parse_date

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


@dataclass(frozen=True)
class Identity:
    """What the header says.

    Attributes:
        form: The form, or None when it is not in the catalogue.
        subject: The unit that single sheets speak about.
        data_to: Day of the data cut-off.
        problem: What does not fit, in Vietnamese; None when all agrees.
        expected: What was expected instead.
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


def identify(
    names: Mapping[str, str],
    catalogue: Catalogue,
    *,
    provider: str | None,
    period: str | None,
    known_units: frozenset[str],
) -> Identity:
    """Read the header codes of a workbook.

    Args:
        names: Defined names of the workbook that are text constants.
        catalogue: Knows the forms.
        provider: Sender on the receipt; None when a file is checked without one.
        period: Period of the folder; None when a file is checked without one.
        known_units: All unit ids.

    Returns:
        The identity; ``problem`` is set when anything is absent, unknown or contradicts the
        receipt, and then nothing in the file may be used.
    """
    said = {key: names.get(name, "").strip() or None for key, name in NAMES.items()}
    form = catalogue.forms.get(said["form"] or "")
    parsed = parse_date(said["data_to"]) if said["data_to"] else None
    problem = _first_problem(said, form, provider, period, known_units)
    problem = problem or _date_or_place_problem(said, form, parsed, catalogue, known_units)
    found, expected = problem or (None, None)
    return Identity(
        form=form,
        version=said["version"],
        unit_id=said["unit"],
        subject=said["subject"] or said["unit"],
        period=said["period"],
        round=said["round"],
        data_to=parsed.value if parsed else None,
        problem=found,
        expected=expected,
    )


def _first_problem(
    said: Mapping[str, str | None],
    form: Form | None,
    provider: str | None,
    period: str | None,
    known_units: frozenset[str],
) -> tuple[str, str] | None:
    form_id, unit, when = said["form"], said["unit"], said["period"]
    checks: list[tuple[bool, str, str]] = [
        (form_id is None, "tệp không có mã biểu", "tệp lập từ biểu mẫu của hệ thống"),
        (form is None, f"biểu {form_id}", "một biểu có trong danh mục"),
        (
            form is not None and said["version"] != form.version,
            f"phiên bản {said['version']} của biểu {form_id}",
            f"phiên bản {form.version if form else ''}",
        ),
        (unit not in known_units, f"đơn vị {unit}", "một đơn vị có trong danh mục"),
        (
            provider not in {None, "unknown", unit},
            f"đơn vị trong tệp là {unit}",
            f"đơn vị gửi theo sổ tiếp nhận: {provider}",
        ),
        (period not in {None, when}, f"kỳ trong tệp là {when}", f"kỳ {period}"),
        (said["round"] not in ROUNDS, f"vòng {said['round']}", "ước hoặc chính thức"),
    ]
    return next(((found, expected) for bad, found, expected in checks if bad), None)


def _date_or_place_problem(
    said: Mapping[str, str | None],
    form: Form | None,
    data_to: ParsedDate | None,
    catalogue: Catalogue,
    known_units: frozenset[str],
) -> tuple[str, str] | None:
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
        (subject not in known_units, f"số liệu ghi cho {subject}", "một đơn vị có trong danh mục"),
        (
            said["period"] not in period_keys(catalogue.periods),
            f"kỳ {said['period']}",
            "một kỳ có trong danh mục, ví dụ 2021-H1",
        ),
        (
            data_to is not None and data_to.value is None,
            f"ngày chốt số liệu {said['data_to']}",
            "một ngày có thật, dạng 2021-05-31",
        ),
    ]
    return next(((found, expected) for bad, found, expected in checks if bad), None)
