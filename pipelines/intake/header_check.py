"""The visible header understood, and set against what the file is taken for.

Belongs here: header texts → form, unit, period, round, day; contradictions and what is unclear.
Does not belong here: finding the header (``header``), deciding who the file is (``identify``).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath

from pipelines.catalogue.model import Catalogue
from pipelines.catalogue.period_words import period_end, period_label, period_of
from pipelines.intake.header import HeaderFact
from pipelines.places.naming import Directory, Match
from pipelines.vietnamese.dates import format_date, parse_date
from pipelines.vietnamese.text import fold

_ROUNDS = {
    "so uoc": "estimate",
    "uoc": "estimate",
    "so uoc thuc hien": "estimate",
    "uoc thuc hien": "estimate",
    "so chinh thuc": "final",
    "chinh thuc": "final",
}
_ROUND_WORDS = {"estimate": "Số ước", "final": "Số chính thức"}
_LABELS = {
    "unit": "đơn vị",
    "period": "kỳ",
    "round": "vòng",
    "data_to": "số liệu tính đến ngày",
    "form": "mẫu biểu",
}
_CODE = re.compile(r"[a-z]+-20[0-9]{2}")
_FORM = re.compile(r"(.+?)(?:, ?phiên bản (\S+))?")
_PIECES = re.compile(r"[_.()\[\]]+")
# in a file's name a bare year or month is as often the day of saving
_TELLING = re.compile(r"20[0-9]{2}-(?:H[12]|Q[1-4]|9M)")


@dataclass(frozen=True)
class Remark:
    """Something about the header that must be told; fields as those of a fault."""

    operator: str
    found: str
    expected: str
    sheet: str | None = None
    cell: str | None = None


@dataclass(frozen=True)
class Meaning:
    """What a text of the header means.

    Attributes:
        value: Form id, unit id, period key, round or ISO day; None when it is not understood.
        note: What is doubtful, or what was expected.
        candidates: Units that a name may mean.
    """

    value: str | None
    note: str | None = None
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True)
class Header:
    """The header understood.

    Attributes:
        meant: The first understood value of each fact.
        version: Version written beside the form.
        unclear: By fact, what stands there and what was expected, where nothing was understood.
        reads: Everything that stands in the headers, with its meaning.
        numbers: Numbers of forms in titles.
    """

    meant: Mapping[str, str] = field(default_factory=dict)
    version: str | None = None
    unclear: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    reads: tuple[tuple[HeaderFact, Meaning], ...] = ()
    numbers: tuple[str, ...] = ()


def understand(
    facts: Iterable[HeaderFact],
    catalogue: Catalogue,
    directory: Directory | None,
    where: tuple[dt.date | None, str | None],
) -> Header:
    """Read the facts of a header.

    Args:
        facts: What stands in the headers.
        catalogue: Knows forms and periods.
        directory: Knows units by name; None leaves units out.
        where: Day and scope for names of units; without a day the header's own period decides.

    Returns:
        What they mean; a text that means nothing is ``unclear``.
    """
    facts = list(facts)
    numbers = tuple(dict.fromkeys(fact.text for fact in facts if fact.fact == "number"))
    facts = [fact for fact in facts if fact.fact != "number"]
    day = where[0] or _day_of(facts, catalogue)
    meant: dict[tuple[str, str], Meaning] = {}
    for fact in facts:
        key = (fact.fact, fact.text)
        if fact.fact == "unit" and (directory is None or day is None):
            continue
        if key not in meant:
            meant[key] = (
                _unit(fact.text, directory, day, where[1])
                if fact.fact == "unit" and directory is not None and day is not None
                else _other(fact, catalogue)
            )
    reads = [(f, meant[f.fact, f.text]) for f in facts if (f.fact, f.text) in meant]
    values: dict[str, str] = {}
    unclear: dict[str, tuple[str, str]] = {}
    for fact, meaning in reads:
        if meaning.value is not None:
            values.setdefault(fact.fact, meaning.value)
        else:
            unclear.setdefault(fact.fact, (_quoted(fact), meaning.note or ""))
    forms = [fact.text for fact in facts if fact.fact == "form"]
    version = _version(forms[0]) if forms else None
    return Header(values, version, unclear, tuple(reads), numbers)


def remarks_on(
    settled: Mapping[str, object],
    header: Header,
    catalogue: Catalogue,
    directory: Directory | None,
    file_name: str | None = None,
) -> list[Remark]:
    """What in the header contradicts what the file is taken for, or cannot be understood.

    Args:
        settled: form, version, unit, subject, period, round (texts) and data_to (a date).
        header: The header understood.
        catalogue: Periods by their names.
        directory: Units by their names.
        file_name: A period written in it is compared too.

    Returns:
        One remark per text, at the first place where it stands.
    """
    remarks: dict[tuple[str, str], Remark] = {}
    for fact, meaning in header.reads:
        remark = _remark(fact, meaning, settled, catalogue, directory)
        if remark is not None:
            remarks.setdefault((fact.fact, fact.text), remark)
    return [*remarks.values(), *_from_name(file_name, settled, catalogue)]


def _remark(
    fact: HeaderFact,
    meaning: Meaning,
    settled: Mapping[str, object],
    catalogue: Catalogue,
    directory: Directory | None,
) -> Remark | None:
    where = {"sheet": fact.sheet, "cell": fact.cell}
    wanted = _wanted(fact.fact, settled, catalogue, directory)
    if wanted is None or _agrees(fact, meaning, settled):
        if meaning.note is None or meaning.value is None:
            return None
        return Remark("header_clear", f"{_quoted(fact)} (gần đúng)", meaning.note, **where)
    if meaning.value is None or fact.fact == "data_to":
        return Remark("header_clear", _quoted(fact), wanted, **where)
    return Remark("header_agrees", _quoted(fact), wanted, **where)


def _agrees(fact: HeaderFact, meaning: Meaning, settled: Mapping[str, object]) -> bool:
    if fact.fact == "unit":
        own = {settled["unit"], settled["subject"]} - {None}
        # a name that several share is no contradiction when the file's own unit is among them
        several = meaning.value is None and bool(own & set(meaning.candidates))
        return meaning.value in own or several
    if fact.fact == "form":
        said = _version(fact.text)
        return meaning.value == settled["form"] and said in {None, settled["version"]}
    return meaning.value == str(settled[fact.fact])


def _wanted(
    fact: str,
    settled: Mapping[str, object],
    catalogue: Catalogue,
    directory: Directory | None,
) -> str | None:
    """What should stand there, as the template writes it; None when that is not known."""
    value = settled[fact]
    if value is None:
        return None
    if fact == "unit":
        return directory.names.get(str(value), str(value)) if directory is not None else str(value)
    if fact == "period":
        return period_label(str(value), catalogue.periods)
    if fact == "form":
        return f"{value}, phiên bản {settled['version']}"
    if isinstance(value, dt.date):
        return format_date(value)
    return _ROUND_WORDS.get(str(value), str(value))


def _from_name(
    file_name: str | None, settled: Mapping[str, object], catalogue: Catalogue
) -> Iterator[Remark]:
    period = period_in_name(file_name or "", catalogue)
    if period is not None and settled["period"] not in {None, period}:
        label = period_label(str(settled["period"]), catalogue.periods)
        yield Remark("header_agrees", f"tên tệp ghi kỳ {period}", f"kỳ {label}")


def period_in_name(name: str, catalogue: Catalogue) -> str | None:
    """The half, quarter or nine months that a file's name says; None without exactly one."""
    stem = PurePath(name).stem
    pieces = [stem, *_PIECES.split(stem)]
    read = {period_of(text, catalogue.periods) for p in pieces for text in (p, p.replace("-", " "))}
    telling = {key for key in read if key is not None and _TELLING.fullmatch(key)}
    return telling.pop() if len(telling) == 1 else None


def _unit(text: str, directory: Directory, day: dt.date, scope: str | None) -> Meaning:
    match = directory.find(text, day, scope)
    if match.unit_id is None:
        return Meaning(None, _which(match, directory), match.candidates)
    note = directory.names[match.unit_id] if match.how == "near" else None
    return Meaning(match.unit_id, note, match.candidates)


def _which(match: Match, directory: Directory) -> str:
    """What to write instead of a name that finds no single unit."""
    names = ", ".join(f"{directory.names[unit]} ({unit})" for unit in match.candidates[:5])
    if match.how == "ambiguous":
        return f"tên đầy đủ kèm huyện, tỉnh hoặc mã đơn vị; có thể là {names}"
    if match.how == "conflict":
        return f"mã và tên của cùng một đơn vị; có thể là {names}"
    if match.how in {"outside", "not_yet"} and names:
        reason = "ngoài phạm vi" if match.how == "outside" else "chưa thành lập trong kỳ"
        return f"một đơn vị có trong danh mục ({names}: {reason})"
    return "một đơn vị có trong danh mục"


def _other(fact: HeaderFact, catalogue: Catalogue) -> Meaning:
    if fact.fact == "form":
        form = _form(fact.text, catalogue)
        return Meaning(form, None if form else "mã biểu có trong danh mục, ví dụ xa-2021")
    if fact.fact == "period":
        period = period_of(fact.text, catalogue.periods)
        note = None if period else "kỳ ghi đủ năm, ví dụ 6 tháng đầu năm 2021"
        return Meaning(period, note)
    if fact.fact == "round":
        found = _ROUNDS.get(fold(fact.text))
        return Meaning(found, None if found else "Số ước hoặc Số chính thức")
    parsed = parse_date(fact.text if fact.number is None else fact.number)
    day = parsed.value.isoformat() if parsed.value is not None else None
    return Meaning(day, None if day else "ngày dạng 31/05/2021")


def _form(text: str, catalogue: Catalogue) -> str | None:
    match = _FORM.fullmatch(text)
    name = match[1].strip() if match is not None else text
    if name in catalogue.forms or _CODE.fullmatch(name):
        return name
    by_number = [f.id for f in catalogue.forms.values() if fold(f.number_vi) == fold(name)]
    return by_number[0] if len(by_number) == 1 else None


def _version(text: str) -> str | None:
    match = _FORM.fullmatch(text)
    return match[2] if match is not None else None


def _day_of(facts: Iterable[HeaderFact], catalogue: Catalogue) -> dt.date | None:
    said = (period_of(f.text, catalogue.periods) for f in facts if f.fact == "period")
    period = next((key for key in said if key is not None), None)
    return period_end(period, catalogue.periods) if period is not None else None


def _quoted(fact: HeaderFact) -> str:
    return f"{_LABELS[fact.fact]} ghi “{fact.text}”"
