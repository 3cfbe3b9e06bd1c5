"""Making the outbox anew, and writing down what was sent and who was called.

Belongs here: the order of reading, making and writing. Does not belong here: options and the
screen (``notices_command``), Dagster (``dagster_parts``), what is due (``notice_rows``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from pathlib import Path

from pipelines.catalogue.calendar import calendar_rules
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.notices import load_notices
from pipelines.intake.journal import append, read_journal
from pipelines.intake.notices import CALL, NOTICE, Call, sent_notices
from pipelines.intake.period_states import LOCKED, NEVER_OPENED, period_events, state_of
from pipelines.operations import notice_problems as wrong
from pipelines.operations.contacts import read_contacts
from pipelines.operations.notice_facts import notice_facts
from pipelines.operations.notice_rows import notices
from pipelines.operations.outbox import Listed, OutboxList, read_outbox, write_outbox
from pipelines.orchestration.office import office_of
from pipelines.orchestration.problems import Stopped
from pipelines.orchestration.receiving import require_journal
from pipelines.orchestration.steps import journal_path
from pipelines.vietnamese.text import MASK, mask_personal, normalise
from pipelines.warehouse.lock import patient_lock

_LONGEST_NOTE = 300
_TOLD_AFTER_LOCK_DAYS = 30


def refresh(root: Path, period: str, now: dt.datetime) -> OutboxList:
    """Make the outbox of a period anew; the journal is only read.

    Args:
        root: The project's root.
        period: Key of the period.
        now: The clock.

    Returns:
        What lies in it.

    Raises:
        Stopped: The contact list is wrong.
        NoInput: There is no such period.
    """
    said, catalogue = load_notices(), load_catalogue()
    days = calendar_rules().remind_days_before
    facts = notice_facts(root, catalogue, period, now, days)
    contacts = read_contacts(root, facts.units)
    return write_outbox(root, period, facts.label, notices(facts, said), contacts, said)


def periods_to_tell(root: Path, now: dt.datetime) -> list[str]:
    """Periods with a journal that units may still have to be told about.

    A period that was locked long ago is over, whether or not everybody was told.

    Args:
        root: The project's root.
        now: The clock.
    """
    found = []
    for path in sorted((root / "raw").glob("*/journal.jsonl")):
        events = period_events(read_journal(path).entries)
        last = events[-1] if events else None
        if last is not None and last.action == LOCKED:
            age = now - dt.datetime.fromisoformat(last.at)
            if age > dt.timedelta(days=_TOLD_AFTER_LOCK_DAYS):
                continue
        found.append(path.parent.name)
    return found


def record_sent(
    root: Path,
    period: str,
    *,
    at: dt.datetime,
    who: str | None,
    channel: str,
    kinds: Collection[str] = (),
    units: Collection[str] = (),
) -> list[Listed]:
    """Write down that what lies in the outbox was sent; a notice that is written down stays out.

    What was laid out is what was sent: notices that became due since are not in the list that
    the sender saw, and are not written down.

    Args:
        root: The project's root.
        period: Key of the period.
        at: When.
        who: Office of the sender.
        channel: By what; one of the catalogue's channels.
        kinds: Only these kinds; all when empty.
        units: Only notices about these units; all when empty.

    Returns:
        The notices that were written down now.

    Raises:
        Stopped: Nobody is named, there is no such channel, or no outbox; nothing was written.
        WarehouseBusy: A run is still writing.
    """
    said_by = office_of(who, "QCDC-E136", "Phải nêu người gửi bằng chức vụ.")
    if channel not in load_notices().channels:
        raise Stopped(wrong.no_channel(channel))
    with patient_lock(root):
        listed = read_outbox(root, period)
        if listed is None:
            raise Stopped(wrong.no_outbox(period))
        journal = _journal(root, period)
        known = set(sent_notices(read_journal(journal).entries))
        chosen = [
            each
            for each in listed.notices
            if each.fingerprint not in known
            and (not kinds or each.kind in kinds)
            and (not units or each.unit_id in units)
        ]
        for each in chosen:
            line = {"kind": each.kind, "unit_id": each.unit_id, "fingerprint": each.fingerprint}
            head = {"at": at.isoformat(), "who": said_by, "event": NOTICE}
            append(journal, {**head, **line, "channel": channel})
    return chosen


def record_call(
    root: Path,
    period: str,
    unit_id: str,
    *,
    at: dt.datetime,
    who: str | None,
    outcome: str,
    note: str = "",
) -> Call:
    """Write down a call to a unit.

    Args:
        root: The project's root.
        period: Key of the period.
        unit_id: Who was called; a unit that owes something in the period, or did once.
        at: When.
        who: Office of who called.
        outcome: One of the catalogue's outcomes.
        note: What was said; no names.

    Raises:
        Stopped: Something is not said or not allowed; nothing was written.
        WarehouseBusy: A run is still writing.
    """
    said_by = office_of(who, "QCDC-E136", "Phải nêu người gọi bằng chức vụ.")
    if load_notices().outcome(outcome) is None:
        raise Stopped(wrong.no_outcome(outcome))
    said = normalise(note)
    if MASK in mask_personal(said) or len(said) > _LONGEST_NOTE:
        raise Stopped(wrong.private_note())
    with patient_lock(root):
        journal = _journal(root, period)
        call = Call(at.isoformat(), unit_id, said_by, outcome, said)
        append(
            journal,
            {
                "at": call.at,
                "who": said_by,
                "event": CALL,
                "unit_id": unit_id,
                "by": said_by,
                "outcome": outcome,
                "note": said,
            },
        )
    return call


def _journal(root: Path, period: str) -> Path:
    """The journal of a period that has begun.

    Raises:
        Stopped: It has not: a line about it would be the first of all.
        JournalLost: The journal is gone.
    """
    require_journal(root, period)
    journal = journal_path(root, period)
    entries = read_journal(journal).entries
    received = any(entry["event"] == "received" for entry in entries)
    if not received and state_of(entries) == NEVER_OPENED:
        raise Stopped(wrong.not_begun(period))
    return journal
