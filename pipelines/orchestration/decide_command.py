"""What ``qcdc decide`` does: list what is open, write the book, take decisions into the journal.

Belongs here: the order of asking, writing and showing. Does not belong here: options (``cli``),
what is open (``desk``), which answer makes sense (``deciding``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pipelines.catalogue.load import load_catalogue
from pipelines.intake.decisions import token_of
from pipelines.intake.journal import append, read_journal
from pipelines.intake.period_states import is_locked
from pipelines.orchestration import decide_problems as wrong
from pipelines.orchestration import screen
from pipelines.orchestration.clock import now
from pipelines.orchestration.commands import require_period
from pipelines.orchestration.deciding import Line, Plan, Wish, named, plan
from pipelines.orchestration.desk import Desk, keys_of, lay_out, matters, signs
from pipelines.orchestration.office import office_of
from pipelines.orchestration.problems import Stopped
from pipelines.orchestration.steps import journal_path
from pipelines.reports.decision_answers import NotADecisionBook, read_answers
from pipelines.reports.decision_book import SEVERITY_VI, build_decision_book
from pipelines.reports.decision_words import CHOICES, SIGN_SHEET, WORK_SHEET
from pipelines.warehouse.durable import write_whole
from pipelines.warehouse.lock import patient_lock
from pipelines.warehouse.root import find_root

_LISTED = ["id", "severity", "unit", "file", "sheet", "cell", "code", "rule"]
_LISTED += ["found", "expected", "proposed", "message_vi", "action_vi"]


@dataclass(frozen=True)
class Said:
    """A decision given on the command line.

    Attributes:
        finding: Id or place of a finding; with ``means`` a provider's id may stand here.
        choice: Key of ``decision_words.CHOICES``, or ``means``.
        value: New value, what is confirmed, or what a sign means.
        told_by: Office that gave the value.
        told_on: Day.
        why: Reason.
    """

    finding: str
    choice: str
    value: str | None = None
    told_by: str | None = None
    told_on: str | None = None
    why: str | None = None


@dataclass(frozen=True)
class Wanted:
    """What is to be done about one finding; exactly one of these is given.

    Attributes:
        accept: Accept it.
        send_back: Send the file back.
        withdraw: Take back what was decided.
        confirm: "unit; period; form; round", any part empty.
        value: The value that the sender gave.
        means: What a sign means.
    """

    accept: bool = False
    send_back: bool = False
    withdraw: bool = False
    confirm: str | None = None
    value: str | None = None
    means: str | None = None

    def choices(self) -> list[tuple[str, str | None]]:
        """What is given: choices with their values."""
        given = [
            ("accept", self.accept or None, None),
            ("return", self.send_back or None, None),
            ("withdraw", self.withdraw or None, None),
            ("confirm", self.confirm, self.confirm),
            ("correct", self.value, self.value),
            ("means", self.means, self.means),
        ]
        return [(choice, value) for choice, said, value in given if said is not None]


@dataclass(frozen=True)
class Asked:
    """The command line of ``qcdc decide``; fields as its options."""

    period: str
    export: Path | None = None
    take_in: Path | None = None
    finding: str | None = None
    told_by: str | None = None
    told_on: str | None = None
    who: str | None = None
    why: str | None = None


def decide(asked: Asked, wanted: Wanted, *, as_json: bool) -> int:
    """List, write a book, take one in, or decide one finding.

    Raises:
        Stopped: The options contradict each other, or as in the function that does it.
    """
    choices = wanted.choices()
    ways = [asked.export, asked.take_in, asked.finding]
    if sum(way is not None for way in ways) > 1 or (asked.finding is None and choices):
        raise Stopped(
            wrong.contradiction("một trong: --export, --import, hoặc --finding với một việc")
        )
    if asked.export is not None:
        return export(asked.period, asked.export, as_json=as_json)
    if asked.take_in is not None:
        return take_in(asked.period, asked.take_in, who=asked.who, as_json=as_json)
    if asked.finding is None:
        return show(asked.period, as_json=as_json)
    if len(choices) != 1:
        wants = "đúng một trong: --accept, --value, --return, --confirm, --means, --withdraw"
        raise Stopped(wrong.contradiction(wants))
    choice, value = choices[0]
    said = Said(asked.finding, choice, value, asked.told_by, asked.told_on, asked.why)
    return single(asked.period, said, who=asked.who, as_json=as_json)


def show(period: str, *, as_json: bool) -> int:
    """List what is open.

    Raises:
        Stopped: No such period, or it was never run.
    """
    desk = _desk(period)
    if as_json:
        screen.print_json(
            {
                "period": period,
                "unseen": desk.unseen,
                "open": [
                    {**row, "choices": list(choices)}
                    for row, choices in zip(
                        screen.records(desk.open[_LISTED]), desk.open["choices"], strict=True
                    )
                ],
                "signs": [
                    {"provider": s.provider, "token": s.token, "places": list(s.places)}
                    for s in signs(desk)
                ],
            }
        )
        return 0
    out = screen.console()
    if desk.open.empty:
        out.print(f"{desk.label} ({period}): không còn phát hiện nào chờ quyết định.")
    else:
        screen.show_table(out, _table(desk.open), f"{desk.label} ({period}): chờ quyết định")
    for sign in signs(desk):
        text = f'{sign.unit} ghi "{sign.token}" ở {len(sign.places)} ô: 0 hay chưa có số liệu?'
        out.print(f"  {text}", soft_wrap=True)
    _tell_unseen(desk)
    return 0


def export(period: str, target: Path, *, as_json: bool) -> int:
    """Write the book.

    Raises:
        Stopped: No such period, it was never run, or the target is no workbook.
    """
    if target.suffix.lower() != ".xlsx":
        raise Stopped(wrong.no_book_name(target))
    desk = _desk(period)
    rows, asked = matters(desk), signs(desk)
    data = build_decision_book(period, desk.label, rows, asked, illustrative=desk.is_illustrative)
    target.parent.mkdir(parents=True, exist_ok=True)
    write_whole(target, data, "report")
    if as_json:
        screen.print_json({"path": target.as_posix(), "rows": len(rows), "signs": len(asked)})
        return 0
    screen.console().print(
        f"{target}: {len(rows)} phát hiện, {len(asked)} câu hỏi 0 hay chưa có", soft_wrap=True
    )
    _tell_unseen(desk)
    return 0


def take_in(period: str, source: Path, *, who: str | None, as_json: bool) -> int:
    """Take a filled-in book into the journal: all of it, or nothing.

    Raises:
        Stopped: The file is no book of this period, a row cannot be taken, or the period is
            locked; nothing was written.
    """
    office = office_of(who, "QCDC-E51", "Phải nêu người quyết định bằng chức vụ.")
    try:
        answers = read_answers(source.read_bytes())
    except NotADecisionBook as error:
        raise Stopped(wrong.no_book(source, str(error))) from error
    if answers.period != period:
        raise Stopped(wrong.no_book(source, f"sổ của kỳ {answers.period}"))
    wishes = [
        Wish(
            f"{WORK_SHEET}, dòng {a.row}",
            a.key,
            a.choice,
            value=a.value,
            told_by=a.told_by,
            told_on=a.told_on,
            why=a.why,
        )
        for a in answers.answers
    ]
    wishes += [
        Wish(
            f"{SIGN_SHEET}, dòng {s.row}",
            (s.provider, s.token) if s.provider else None,
            s.choice,
            why=s.why,
            is_sign=True,
        )
        for s in answers.signs
    ]
    done = _write(_desk(period), wishes, office)
    return _show_done(period, done, answers.blank, as_json=as_json)


def single(period: str, said: Said, *, who: str | None, as_json: bool) -> int:
    """Take one decision into the journal.

    Raises:
        Stopped: There is no such finding, the decision cannot be taken, or the period is locked.
    """
    office = office_of(who, "QCDC-E51", "Phải nêu người quyết định bằng chức vụ.")
    desk = _desk(period)
    done = _write(desk, _wishes(desk, said), office)
    return _show_done(period, done, 0, as_json=as_json)


def _desk(period: str) -> Desk:
    root, catalogue = find_root(), load_catalogue()
    require_period(catalogue, period)
    return lay_out(root, catalogue, period)


def _wishes(desk: Desk, said: Said) -> list[Wish]:
    if said.choice == "means" and said.finding in set(desk.units["unit_id"]):
        sign, _, state = (said.value or "").rpartition("=")
        key = (said.finding, token_of(sign or "-"))
        return [Wish(said.finding, key, state, why=said.why, is_sign=True)]
    choice = (said.value or "") if said.choice == "means" else said.choice
    found = named(desk.open, said.finding)
    if found.empty and choice == "withdraw":
        keys = _decided_keys(desk, said.finding)
    else:
        keys = keys_of(found)
    if not keys:
        raise Stopped(wrong.no_finding(desk, said.finding))
    if len({key[0] for key in keys}) > 1 or (choice != "accept" and len(keys) > 1):
        keys = _only_primary(found, keys, choice)
    if len({key[0] for key in keys}) > 1:
        raise Stopped(wrong.many(found, said.finding))
    return [
        Wish(said.finding, key, choice, said.value, said.told_by, said.told_on, said.why)
        for key in keys
    ]


def _only_primary(
    found: pd.DataFrame, keys: list[tuple[str | None, ...]], choice: str
) -> list[tuple[str | None, ...]]:
    """Of several findings of one cell the gravest stands for the cell."""
    if choice == "withdraw" or len(set(found["submission_id"])) > 1:
        return keys
    return keys_of(found[found["is_primary"]].head(1)) or keys[:1]


def _decided_keys(desk: Desk, name: str) -> list[tuple[str | None, ...]]:
    """Keys of decided findings and corrected cells at a place, to take them back."""
    sheet, _, cell = name.rpartition("!")
    verdicts = [
        verdict.key
        for verdict in desk.decisions.verdicts
        if name == verdict.submission_id or (verdict.cell == cell and sheet in {"", verdict.sheet})
    ]
    corrected = [
        (each.submission_id, each.sheet, each.cell, None, None, None)
        for each in desk.decisions.corrections
        if each.cell == cell and sheet in {"", each.sheet}
    ]
    confirmed = [
        (each, None, None, None, None, None) for each in desk.decisions.confirmed if each == name
    ]
    return [*verdicts, *corrected, *confirmed]


def _write(desk: Desk, wishes: Sequence[Wish], who: str) -> Plan:
    at = now()
    path = journal_path(desk.root, desk.period)
    with patient_lock(desk.root):
        if is_locked(read_journal(path).entries):
            raise Stopped(wrong.locked(desk.period))
        done = plan(desk, wishes, at.date())
        if done.wrong:
            raise Stopped(wrong.wrong_rows(done))
        for line in done.lines:
            append(path, _dated(line, at, who))
    return done


def _dated(line: Line, at: dt.datetime, who: str) -> Line:
    return {"at": at.isoformat(), "who": who, **line}


def _show_done(period: str, done: Plan, blank: int, *, as_json: bool) -> int:
    if as_json:
        document = {"period": period, "written": done.lines, "same": done.same, "blank": blank}
        screen.print_json(document)
        return 0
    out = screen.console()
    out.print(f"Đã ghi {len(done.lines)} quyết định vào sổ tiếp nhận của kỳ {period}.")
    if done.same:
        out.print(f"  {done.same} dòng đã có quyết định như vậy, không ghi lại.")
    if blank:
        out.print(f"  {blank} dòng để trống, chưa quyết định.")
    if done.lines:
        out.print(f"  Chạy qcdc run {period} để số liệu theo quyết định mới.")
    return 0


def _table(frame: pd.DataFrame) -> pd.DataFrame:
    place = frame["sheet"].fillna("") + "!" + frame["cell"].fillna("")
    return pd.DataFrame(
        {
            "Mã việc": frame["id"],
            "Mức độ": frame["severity"].map(SEVERITY_VI),
            "Đơn vị": frame["unit"],
            "Ô": place.str.strip("!"),
            "Thấy gì": frame["message_vi"],
            "Cần": frame["expected"],
            "Có thể": [", ".join(CHOICES[c] for c in each) for each in frame["choices"]],
        }
    )


def _tell_unseen(desk: Desk) -> None:
    if desk.unseen:
        screen.tell(f"{desk.unseen} quyết định đã ghi, chưa tính: chạy qcdc run {desk.period}.")
