"""What a file claims to be: from its hidden codes, its header, the receipt, a confirmation.

Belongs here: which source speaks for form, unit, period and round, in which order. Does not belong
here: whether the claim holds (``identify``), what header texts mean (``header_check``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from pipelines.catalogue.model import Catalogue, Form
from pipelines.catalogue.period_words import is_period, period_end
from pipelines.intake.decisions import Confirmed
from pipelines.intake.header import HeaderFact
from pipelines.intake.header_check import Header
from pipelines.places.naming import Directory
from pipelines.vietnamese.text import fold

_FROM_HEADER = ("form", "unit", "period", "round", "data_to")
_WORDS = {
    "form": "biểu",
    "unit": "đơn vị",
    "period": "kỳ",
    "round": "vòng",
    "data_to": "ngày chốt số liệu",
}


@dataclass(frozen=True)
class Receipt:
    """What is known before the file is opened; see ``identify`` for the parts."""

    provider: str | None
    period: str | None
    known_units: frozenset[str]
    directory: Directory | None
    confirmed: Confirmed | None
    file_name: str | None

    @property
    def sender(self) -> str | None:
        """Who has sent the file; None when nobody knows."""
        return None if self.provider == "unknown" else self.provider


@dataclass
class Claims:
    """What the file claims, and where from."""

    said: dict[str, str | None]
    notes: list[str] = field(default_factory=list)


def day_and_scope(
    said: Mapping[str, str | None], receipt: Receipt, catalogue: Catalogue
) -> tuple[dt.date | None, str | None]:
    """On which day and below whom a name in the header is looked for."""
    period = receipt.period or said["period"]
    if period is None or not is_period(period, catalogue.periods):
        return None, None
    day = period_end(period, catalogue.periods)
    who = receipt.sender or said["unit"]
    if receipt.directory is None or who not in receipt.directory.names:
        return day, None
    return day, receipt.directory.scope_of(who, day)


def fill(
    claims: Claims,
    header: Header,
    facts: list[HeaderFact],
    receipt: Receipt,
    catalogue: Catalogue,
) -> None:
    """Take from the visible header, then from the receipt, what the hidden codes do not say."""
    said, shown = claims.said, dict(header.meant)
    if said["form"] is None and said["version"] is None and "form" in shown:
        said["version"] = header.version
    taken = [key for key in _FROM_HEADER if said[key] is None and key in shown]
    said.update({key: shown[key] for key in taken})
    if taken:
        listed = ", ".join(_WORDS[key] for key in taken)
        claims.notes.append(f"Đọc từ phần đầu biểu: {listed}.")
    given = {"unit": receipt.sender, "period": receipt.period}
    named = {fact.fact for fact in facts}
    # what the header names but nobody understands is not replaced by what the receipt says
    lent = [key for key in given if said[key] is None and given[key] and key not in named]
    said.update({key: given[key] for key in lent})
    if lent:
        listed = ", ".join(_WORDS[key] for key in lent)
        claims.notes.append(f"Lấy theo sổ tiếp nhận: {listed}.")
    if said["form"] is None and "form" not in named and header.numbers:
        said["form"] = _form_by_number(header.numbers, said["period"], catalogue)
        taken += ["form"] if said["form"] else []
        claims.notes += ["Nhận ra biểu theo số biểu ở đầu trang."] if said["form"] else []
    form = catalogue.forms.get(said["form"] or "")
    if said["version"] is None and form is not None and "form" in taken:
        said["version"] = form.version


def _form_by_number(
    numbers: tuple[str, ...], period: str | None, catalogue: Catalogue
) -> str | None:
    """The one form in force whose number stands in a title."""
    if period is None or not is_period(period, catalogue.periods):
        return None
    day, keys = period_end(period, catalogue.periods), {fold(text) for text in numbers}
    fitting = [f.id for f in catalogue.forms.values() if fold(f.number_vi) in keys]
    in_force = [name for name in fitting if catalogue.forms[name].in_force(day)]
    return in_force[0] if len(in_force) == 1 else None


def settle(claims: Claims, confirmed: Confirmed, catalogue: Catalogue) -> None:
    """What a person has confirmed replaces what the file says."""
    form = catalogue.forms.get(confirmed.form)
    claims.said.update(
        form=confirmed.form,
        version=form.version if form is not None else claims.said["version"],
        unit=confirmed.unit,
        period=confirmed.period,
        round=confirmed.round,
        subject=None,
    )
    claims.notes.append(f"Đơn vị, kỳ, biểu do {confirmed.who} xác nhận.")


def subject_of(
    unit: str | None,
    form: Form | None,
    period: str | None,
    receipt: Receipt,
    catalogue: Catalogue,
) -> str | None:
    """Whom the single sheets of a form speak about when no code says it."""
    sheets = [sheet for sheet in form.sheets if sheet.layout == "single"] if form else []
    of_scope = bool(sheets) and all(sheet.subject == "scope" for sheet in sheets)
    directory = receipt.directory
    if unit is None or not of_scope or directory is None or unit not in directory.names:
        return unit
    if period is None or not is_period(period, catalogue.periods):
        return unit
    return directory.scope_of(unit, period_end(period, catalogue.periods))
