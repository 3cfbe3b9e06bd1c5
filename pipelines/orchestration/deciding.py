"""An answer about a finding → a journal line, or what is wrong with the answer.

Belongs here: checking answers against the desk, the lines they become. Does not belong here:
which findings are open (``desk``), reading a book (``reports.decision_answers``), writing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from pipelines.catalogue.periods import period_keys
from pipelines.intake.batch import IntakeBatch, read_batch
from pipelines.intake.corrected import CellPlace, cell_place, typed_value
from pipelines.intake.decisions import action_of, in_force
from pipelines.intake.documents import names_office
from pipelines.orchestration.desk import Desk, keys_of
from pipelines.orchestration.steps import reference_tables
from pipelines.places.units import fits
from pipelines.reports.decision_words import CHOICES
from pipelines.validation.messages import expected_bounds
from pipelines.vietnamese.dates import PROBLEM_TEXT_VI, parse_date
from pipelines.vietnamese.text import fold, mask_personal, normalise

Line = dict[str, Any]
_ROUNDS = {"uoc": "estimate", "estimate": "estimate", "chinh thuc": "final", "final": "final"}
_VERDICT_KEYS = ("submission_id", "sheet", "cell", "rule", "unit_id", "element")
# what makes two lines say the same: not who and when
_UNSAID = ("at", "who")


class Wrong(ValueError):  # noqa: N818 — says what an answer of the book is, not that the program failed
    """An answer that cannot be taken; says why, in Vietnamese."""


@dataclass(frozen=True)
class Wish:
    """What somebody wants done about one finding, or about one sign of a provider.

    Attributes:
        where: How to name it to the person, e.g. ``Sổ xử lý, dòng 7``.
        key: Key of the finding; of a sign (provider, sign).
        choice: Key of ``decision_words.CHOICES``; of a sign the state that it means.
        value: New value, or what is confirmed.
        told_by: Office that gave the value.
        told_on: Day, as written.
        why: Reason.
        is_sign: Whether it is about a sign.
    """

    where: str
    key: tuple[str | None, ...] | None
    choice: str
    value: str | None = None
    told_by: str | None = None
    told_on: str | None = None
    why: str | None = None
    is_sign: bool = False


@dataclass(frozen=True)
class Plan:
    """What a set of wishes comes to.

    Attributes:
        lines: Journal lines without who and when.
        same: How many were decided so already.
        wrong: What cannot be taken, with its place.
    """

    lines: list[Line] = field(default_factory=list)
    same: int = 0
    wrong: list[str] = field(default_factory=list)


def plan(desk: Desk, wishes: Sequence[Wish], today: dt.date) -> Plan:
    """Check wishes and put them into journal lines.

    Args:
        desk: What is open.
        wishes: In the order they were made.
        today: Nobody has said anything after it.

    Returns:
        Lines for those that make sense and say something new; nothing is written.
    """
    maker = _Maker(desk, _contents(desk, wishes), today)
    standing = _standing(desk.entries)
    done = Plan()
    same, lines, wrong = 0, done.lines, done.wrong
    for wish in wishes:
        try:
            line = maker.line(wish, standing)
        except Wrong as error:
            wrong.append(f"{wish.where}: {error}")
            continue
        if line is None or _said(line) in {_said(other) for other in lines}:
            same += 1
        else:
            lines.append(line)
    return Plan(lines, same, wrong)


def _standing(entries: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [entries[place] for place in in_force(entries).values()]


def _said(line: Mapping[str, Any]) -> str:
    told = {key: value for key, value in line.items() if key not in _UNSAID and value is not None}
    return repr(sorted(told.items()))


def _contents(desk: Desk, wishes: Sequence[Wish]) -> Callable[[], IntakeBatch]:
    """The files whose cells are to be corrected, read once and only when asked for."""
    wanted = {str(wish.key[0]) for wish in wishes if wish.key and not wish.is_sign}
    kept: list[IntakeBatch] = []

    def read() -> IntakeBatch:
        if not kept:
            tables = reference_tables(desk.root, desk.catalogue)
            own = [e for e in desk.entries if e.get("submission_id") in wanted]
            batch = read_batch(
                desk.root,
                desk.catalogue,
                own,
                period=desk.period,
                units=tables["ref.units"],
                names=tables["ref.unit_names"],
                successions=tables["ref.unit_successions"],
                decisions=desk.decisions,
            )
            kept.append(batch)
        return kept[0]

    return read


class _Maker:
    """Makes lines of wishes."""

    def __init__(self, desk: Desk, contents: Callable[[], IntakeBatch], today: dt.date) -> None:
        self._desk = desk
        self._contents = contents
        self._today = today
        rows = zip(keys_of(desk.open), desk.open.to_dict("records"), strict=True)
        self._open = {key: {str(k): v for k, v in row.items()} for key, row in rows}
        self._known = frozenset(desk.units["unit_id"].astype(str))

    def line(self, wish: Wish, standing: Iterable[Mapping[str, Any]]) -> Line | None:
        """The line of a wish; None when the same stands already.

        Raises:
            Wrong: The wish cannot be taken.
        """
        if wish.key is None:
            raise Wrong("dòng đã bị đổi ở các cột khóa; xuất lại sổ rồi ghi lại dòng này")
        why = mask_personal(normalise(wish.why)) if wish.why else ""
        if wish.is_sign:
            line = self._meaning(wish, why)
            return None if _said(line) in {_said(other) for other in standing} else line
        if wish.choice not in CHOICES:
            raise Wrong(f'Xử lý "{wish.choice}" không có trong danh sách: {_listed(CHOICES)}')
        before = [entry for entry in standing if _is_about(entry, wish)]
        # a finding that is open although decided has changed since: it is decided anew
        if wish.key not in self._open and any(_already(each, wish, why) for each in before):
            return None
        if not why:
            raise Wrong("thiếu Lý do")
        if wish.choice == "withdraw":
            return _withdrawal(wish, why, before)
        finding = self._open.get(wish.key)
        if finding is None:
            raise Wrong(
                "phát hiện này không còn mở (đã có quyết định khác, hoặc tệp đã được thay); "
                "muốn đổi thì rút quyết định cũ trước"
            )
        if wish.choice not in finding["choices"]:
            raise Wrong(_not_here(wish.choice, finding))
        return self._of_finding(wish, finding, why)

    def _of_finding(self, wish: Wish, finding: dict[str, Any], why: str) -> Line:
        if wish.choice == "correct":
            return self._correction(wish, wish.value, why, told=self._teller(wish))
        if wish.choice == "accept" and isinstance(finding["proposed"], str):
            return self._correction(wish, finding["proposed"], why, told={})
        if wish.choice == "confirm":
            return self._confirmation(wish, why)
        if wish.choice in {"zero", "missing"}:
            provider = str(finding["submission_id"]).split("/")[1]
            about = {"provider": provider, "element": finding["element"]}
            state = {"token": finding["sign"], "state": wish.choice}
            return _decision("means", **about, **state, why=why)
        key = dict(zip(_VERDICT_KEYS, wish.key or (), strict=True))
        found = finding["found"] if isinstance(finding["found"], str) else None
        return _decision(wish.choice, **key, found=found, why=why)

    def _teller(self, wish: Wish) -> dict[str, str]:
        """Who gave a value, and on which day."""
        if not wish.told_by or not names_office(wish.told_by):
            raise Wrong(
                "Người cung cấp phải ghi chức vụ, ví dụ: Chủ tịch UBND xã; không ghi họ tên"
            )
        told_on = parse_date(wish.told_on or "")
        day = told_on.value
        if day is None:
            why = PROBLEM_TEXT_VI.get(told_on.problem or "", "")
            raise Wrong(f"Ngày cung cấp phải ghi dạng 10/06/2021. {why}")
        if day > self._today:
            raise Wrong("Ngày cung cấp ở tương lai")
        return {"told_by": normalise(wish.told_by), "told_on": day.isoformat()}

    def _correction(self, wish: Wish, value: str | None, why: str, told: Mapping[str, str]) -> Line:
        if not value:
            raise Wrong('thiếu Giá trị mới (ô cần để trống thì ghi "để trống")')
        submission_id, sheet, cell = (str(part) for part in (wish.key or ())[:3])
        batch, catalogue = self._contents(), self._desk.catalogue
        place = cell_place(batch, catalogue, submission_id, sheet, cell)
        if place is None:
            raise Wrong("ô này không phải ô số liệu của biểu hoặc sổ nên không sửa được")
        self._check(place, value)
        return {
            "event": "correction",
            "submission_id": submission_id,
            "sheet": sheet,
            "cell": cell,
            "expect": place.holds,
            "value": mask_personal(normalise(value)),
            **told,
            "why": why,
        }

    def _check(self, place: CellPlace, value: str) -> None:
        typed = typed_value(place, value, self._desk.catalogue, self._known)
        if typed["operator"] is not None:
            raise Wrong(f'Giá trị mới "{value}" không dùng được; cần {typed["expected"]}')
        element = self._desk.catalogue.elements.get(place.element)
        number = typed["value"]
        if place.register_id is not None or element is None or not isinstance(number, float):
            return
        low, high = element.minimum, element.maximum
        if (low is not None and number < low) or (high is not None and number > high):
            raise Wrong(
                f"Giá trị mới {value} ngoài khoảng cho phép; cần {expected_bounds(low, high)}"
            )

    def _confirmation(self, wish: Wish, why: str) -> Line:
        submission_id = str((wish.key or ("",))[0])
        parts = [normalise(part) for part in (wish.value or "").split(";")]
        said = dict(zip(("unit", "period", "form", "round"), parts, strict=False))
        unit = said.get("unit") or submission_id.split("/")[1]
        if unit not in self._known:
            raise Wrong(f'đơn vị "{unit}" không có trong danh mục; ghi mã đơn vị ở Giá trị mới')
        period = said.get("period") or self._desk.period
        if period not in period_keys(self._desk.catalogue.periods):
            raise Wrong(f'kỳ "{period}" không có trong danh mục')
        form = said.get("form") or self._owed(unit)
        if form not in self._desk.catalogue.forms:
            raise Wrong(f'biểu "{form}" không có trong danh mục; ghi mã biểu, ví dụ xa-2021')
        given = said.get("round")
        round_ = _ROUNDS.get(fold(given)) if given else self._asked_round(form)
        if round_ is None:
            raise Wrong('vòng phải ghi "ước" hoặc "chính thức"')
        about = {"unit": unit, "period": period, "form": form, "round": round_}
        return _decision("confirm", submission_id=submission_id, **about, why=why)

    def _owed(self, unit: str) -> str:
        """The one form that a unit was asked for."""
        catalogue, units = self._desk.catalogue, self._desk.units
        own = units[units["unit_id"] == unit]
        forms = [
            form
            for form in self._desk.requests["form"].unique()
            if bool(fits(catalogue.populations[catalogue.forms[form].owed_by], own).any())
        ]
        if len(forms) != 1:
            some = ", ".join(forms) or "không có biểu nào được yêu cầu"
            raise Wrong(f"cần ghi mã biểu ở Giá trị mới ({unit}; kỳ; biểu): {some}")
        return str(forms[0])

    def _asked_round(self, form: str) -> str | None:
        rounds = self._desk.requests.loc[self._desk.requests["form"] == form, "round"].unique()
        return str(rounds[0]) if len(rounds) == 1 else None

    def _meaning(self, wish: Wish, why: str) -> Line:
        provider, sign = (str(part) for part in wish.key or ("", ""))
        if wish.choice not in {"zero", "missing", "not_applicable"}:
            raise Wrong(f'Nghĩa là "{wish.choice}" không có trong danh sách')
        if not why:
            raise Wrong("thiếu Lý do")
        if provider not in self._known:
            raise Wrong(f'đơn vị "{provider}" không có trong danh mục')
        about = {"provider": provider, "element": None, "token": sign, "state": wish.choice}
        return _decision("means", **about, why=why)


def _decision(action: str, *, why: str, **about: str | None) -> Line:
    return {"event": "decision", "action": action, **about, "why": why}


def _withdrawal(wish: Wish, why: str, before: Sequence[Mapping[str, Any]]) -> Line:
    if not before:
        raise Wrong("chưa có quyết định nào để rút")
    key = dict(zip(_VERDICT_KEYS, wish.key or (), strict=True))
    last = action_of(before[-1])
    if last == "confirm":
        return _decision("withdraw", submission_id=key["submission_id"], why=why)
    if last == "correct":
        key |= {"rule": None, "unit_id": None, "element": None}
    return _decision("withdraw", **key, why=why)


def _is_about(entry: Mapping[str, Any], wish: Wish) -> bool:
    """Whether a standing line decides the finding, its cell or its file."""
    key = wish.key or (None,) * len(_VERDICT_KEYS)
    action = action_of(entry)
    if action in {"accept", "return"}:
        return tuple(entry.get(name) for name in _VERDICT_KEYS) == key
    if action == "correct":
        return tuple(entry.get(name) for name in _VERDICT_KEYS[:3]) == key[:3]
    if action == "confirm":
        return entry["submission_id"] == key[0] and key[2] is None
    provider = str(key[0]).split("/")[1]
    return action == "means" and entry.get("element") == key[5] and entry["provider"] == provider


def _already(entry: Mapping[str, Any], wish: Wish, why: str) -> bool:
    """Whether a standing line says what is wished; a book may be brought in twice."""
    if why and entry.get("why") != why:
        return False
    action = action_of(entry)
    if action in {"accept", "return"}:
        return action == wish.choice
    if action == "correct" and wish.choice == "correct":
        return entry["value"] == mask_personal(normalise(wish.value or ""))
    if action == "correct":
        # the proposal of a doubtful cell was accepted: nobody gave the value
        return wish.choice == "accept" and entry.get("told_by") is None
    if action == "confirm":
        return wish.choice == "confirm"
    return action == "means" and entry.get("state") == wish.choice


def _not_here(choice: str, finding: Mapping[str, Any]) -> str:
    if choice == "accept" and isinstance(finding["bar"], str):
        return f"không chấp nhận được: {finding['bar']}"
    allowed = ", ".join(CHOICES[each] for each in finding["choices"])
    return f'"{CHOICES[choice]}" không dùng được ở đây; có thể: {allowed}'


def _listed(choices: Mapping[str, str]) -> str:
    return ", ".join(choices.values())


def named(findings: pd.DataFrame, name: str) -> pd.DataFrame:
    """The open findings that a person means by a name.

    Args:
        findings: ``Desk.open``.
        name: An id, ``Trang!Ô``, a cell alone, or a submission's id.
    """
    sheet, _, cell = name.rpartition("!")
    place = findings["cell"].eq(cell) & (findings["sheet"].eq(sheet) if sheet else True)
    return findings[findings["id"].eq(name) | findings["submission_id"].eq(name) | place]
