"""Which files of a period are answered, and what each sender is told.

Belongs here: choosing files, the facts of a letter from the tables of the warehouse.
Does not belong here: wording and looks (``reports.feedback*``), writing files
(``feedback_command``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from pipelines.analysis.access import Tables
from pipelines.analysis.scope import of_period
from pipelines.analysis.shown import ROUNDS
from pipelines.catalogue.model import Catalogue
from pipelines.places.units import scope_of
from pipelines.reports.feedback import Letter, points_of

_UNKNOWN = "unknown"
_TELLING = ("returned", "accepted_with_warnings", "unreadable", "refused")
_OLD = ("superseded", "duplicate")


@dataclass(frozen=True)
class Wishes:
    """What the coordinator adds to the letters.

    Attributes:
        resend_by: Last day to send mended files.
        send_to: Where to send them; by default the steering committee of the sender's scope.
    """

    resend_by: dt.date | None = None
    send_to: str | None = None


@dataclass(frozen=True)
class Answer:
    """A letter, and where the file lies that it answers.

    Attributes:
        letter: The answer.
        path: Of the file, relative to the root; the bytes may be gone.
        nn: Number of the receipt among those of its sender.
    """

    letter: Letter
    path: str
    nn: str


def answers(
    wh: Tables,
    catalogue: Catalogue,
    period: str,
    as_of: dt.datetime,
    wishes: Wishes,
    *,
    everything: bool = False,
) -> list[Answer]:
    """The letters of a period.

    Args:
        wh: Tables of the warehouse.
        catalogue: What is measured.
        period: Key of the period.
        as_of: When the letters are written: decides whether the due date has passed.
        wishes: What the coordinator adds.
        everything: Also answer files that are in order.

    Returns:
        One per file that is still open, in the order of the receipts: what a later file of the
        same sender and form has overtaken is not answered any more.
    """
    submissions = of_period(wh.table("intake.submissions"), period)
    chosen = _open_files(submissions)
    facts = _Facts(wh, catalogue, period, as_of, wishes)
    found = [facts.answer(row) for row in _records(chosen)]
    return [one for one in found if everything or _has_something_to_tell(one.letter)]


def letter_of_check(
    submission: pd.Series,
    findings: pd.DataFrame,
    tables: Mapping[str, pd.DataFrame],
    catalogue: Catalogue,
) -> Letter:
    """The letter about a file that was not sent.

    Args:
        submission: What it was taken for, a row of the intake's submissions.
        findings: Its findings.
        tables: The ``ref.*`` tables.
        catalogue: What is measured.
    """
    period = str(submission["period"])
    frames = _Frames({**tables, "core.findings": findings})
    facts = _Facts(frames, catalogue, period, None, Wishes())
    (row,) = _records(submission.to_frame().T)
    return replace(facts.answer(row).letter, submission_id=None, received_at=None, channel="")


@dataclass(frozen=True)
class _Frames:
    """Tables that stand in no warehouse."""

    frames: Mapping[str, pd.DataFrame]

    def table(self, name: str, /) -> pd.DataFrame:
        """The table ``schema.table``."""
        return self.frames[name]


def _has_something_to_tell(letter: Letter) -> bool:
    return letter.status in _TELLING and bool(letter.points or letter.reason)


def _open_files(submissions: pd.DataFrame) -> pd.DataFrame:
    """The newest file of each sender and form; of unknown senders every file."""
    nn = pd.to_numeric(submissions["submission_id"].str.rsplit("/", n=1).str[-1])
    ordered = submissions.assign(nn=nn).sort_values(["received_at", "provider", "nn"])
    fresh = ordered[~ordered["status"].isin(_OLD)]
    # a document that proves something is no report: the intake keeps it without a form
    fresh = fresh[fresh["form"].notna() | fresh["status"].isin(_TELLING)]
    is_known = fresh["provider"] != _UNKNOWN
    overtaken = fresh.duplicated(["provider", "form", "round"], keep="last") & is_known
    # a file that could not be read names no form: any later file of its sender stands for it
    newest = fresh.groupby("provider")["received_at"].transform("max")
    overtaken |= fresh["form"].isna() & is_known & (fresh["received_at"] < newest)
    return fresh[~overtaken]


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    rows = frame.astype("object").where(frame.notna(), None).to_dict("records")
    return [{str(key): value for key, value in row.items()} for row in rows]


class _Facts:
    """Looks up what a letter says beside its points."""

    def __init__(
        self,
        wh: Tables,
        catalogue: Catalogue,
        period: str,
        as_of: dt.datetime | None,
        wishes: Wishes,
    ) -> None:
        self._catalogue = catalogue
        self._as_of = as_of
        self._wishes = wishes
        self._units = wh.table("ref.units")
        self._names = names_of(self._units)
        periods = wh.table("ref.periods").set_index("period")
        self._period = str(periods["label_vi"].get(period, period))
        self._day = pd.Timestamp(periods["ends_on"].get(period, periods["ends_on"].max())).date()
        findings = of_period(wh.table("core.findings"), period)
        self._findings = dict(tuple(findings.groupby("submission_id", sort=False)))
        self._none = findings.iloc[:0]
        requests = of_period(wh.table("ref.requests"), period).sort_values("due_date")
        places = zip(requests["form"], requests["round"], requests["due_date"], strict=True)
        self._due = {(str(form), str(kind)): day.date() for form, kind, day in places}

    def answer(self, row: Mapping[str, Any]) -> Answer:
        """The answer to a row of ``intake.submissions``."""
        submission_id, provider = str(row["submission_id"]), str(row["provider"])
        findings = self._findings.get(submission_id, self._none)
        due = self._due.get((str(row["form"]), str(row["round"])))
        letter = Letter(
            submission_id=submission_id,
            unit_id="" if provider == _UNKNOWN else provider,
            unit=self._names.get(provider, "chưa rõ đơn vị gửi"),
            form=form_name(self._catalogue, row["form"]),
            period=self._period,
            round=ROUNDS.get(str(row["round"]), ""),
            file_name=Path(str(row["path"])).name,
            status=str(row["status"]),
            reason=str(row["reason"] or ""),
            received_at=pd.Timestamp(row["received_at"]).to_pydatetime(),
            channel=str(row["channel"] or ""),
            sha256=str(row["sha256"]),
            due_date=due,
            resend_by=self._wishes.resend_by,
            send_to=self._wishes.send_to or self._office(provider),
            is_late=due is not None and self._as_of is not None and self._as_of.date() > due,
            is_illustrative=bool(row["is_illustrative"]),
            points=points_of(findings, self._catalogue, self._names, provider),
            notes=tuple(note for note in [row["reader_note"]] if note),
        )
        return Answer(letter, str(row["path"]), submission_id.rsplit("/", 1)[-1])

    def _office(self, provider: str) -> str:
        return office_of(self._units, provider, self._day)


def names_of(units: pd.DataFrame) -> dict[str, str]:
    """Names of units by id."""
    newest = units.drop_duplicates("unit_id", keep="last")
    return dict(zip(newest["unit_id"], newest["name"], strict=True))


def form_name(catalogue: Catalogue, form: object) -> str:
    """Number of a form as its readers know it, "" where the file names none."""
    known = catalogue.forms.get(str(form)) if form else None
    return known.number_vi if known is not None else ""


def office_of(units: pd.DataFrame, provider: str, day: dt.date) -> str:
    """Where reports of a unit go: the steering committee of its scope, else the scope."""
    if provider not in set(units["unit_id"]):
        return ""
    scope = scope_of(units, provider, day)
    beside = units[(units["parent_id"] == scope) & (units["kind"] == "steering_committee")]
    names = names_of(units)
    office = str(beside["unit_id"].iloc[0]) if len(beside) else scope
    return names.get(office, "") if office != provider else ""
