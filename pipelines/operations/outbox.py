"""The outbox ``warehouse/outbox/<period>/``: notices ready to paste, print or mail.

Belongs here: the files and what is in them. Does not belong here: which notices there are
(``notice_rows``), what was sent (the journal). Nothing is sent from here. Equal notices give
equal bytes, and what is no longer due is taken away, so the folder is always the whole answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.headerregistry import Address as MailAddress
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import BaseModel, ConfigDict

from pipelines.catalogue.notices import KINDS, Notices
from pipelines.intake.notices import Fingerprint
from pipelines.operations.contacts import (
    Address,
    lead_address,
    missing_contact,
    specialist_address,
    unit_address,
)
from pipelines.reports.notice_sheet import Slip, notice_sheet
from pipelines.vietnamese.text import normalise
from pipelines.warehouse.durable import write_whole
from pipelines.warehouse.manifest import warehouse_folder

LIST, SHEET = "danh-sach.json", "thong-bao.html"
TEXTS, MAILS = "tin-nhan", "thu"
_UNSAFE = re.compile(r"[^A-Za-z0-9-]")
_POINT = "report"


class Listed(BaseModel):
    """A notice as the list of the outbox keeps it."""

    model_config = ConfigDict(frozen=True)

    fingerprint: Fingerprint
    kind: str
    unit_id: str
    unit: str
    to: str
    address: str
    is_reachable: bool
    text_file: str
    mail_file: str


class OutboxList(BaseModel):
    """``danh-sach.json``: what lies in the outbox."""

    model_config = ConfigDict(frozen=True)

    period: str
    notices: tuple[Listed, ...]


@dataclass(frozen=True)
class _Addressed:
    """A notice with whom it goes to."""

    notice: Mapping[str, Any]
    to: str
    own: Address
    lead: Address
    stem: str

    @property
    def is_reachable(self) -> bool:
        return self.own.is_known or self.lead.is_known

    @property
    def address(self) -> str:
        if not self.is_reachable:
            return missing_contact(self.notice)
        by_lead = f"phụ trách địa bàn: {self.lead.line}" if self.lead.is_known else ""
        return "; ".join(each for each in (self.own.line, by_lead) if each)


def outbox_folder(root: Path, period: str) -> Path:
    """Where the notices of a period lie."""
    return warehouse_folder(root) / "outbox" / period


def write_outbox(
    root: Path, period: str, label: str, table: pd.DataFrame, contacts: pd.DataFrame, said: Notices
) -> OutboxList:
    """Make the outbox of a period hold exactly the given notices.

    Args:
        root: The project's root.
        period: Key of the period.
        label: Its Vietnamese name.
        table: The notices, as ``notice_rows.notices`` gives them.
        contacts: The contact list.
        said: The catalogue's words.

    Returns:
        What lies there now.

    Raises:
        DiskFullError: There is no room.
    """
    addressed = [_addressed(row, contacts, said) for row in _records(table)]
    listed = OutboxList(period=period, notices=tuple(_listed(each) for each in addressed))
    files: dict[str, bytes] = {LIST: f"{listed.model_dump_json(indent=1)}\n".encode()}
    files[SHEET] = _sheet(addressed, label, said).encode()
    for each in addressed:
        files[f"{TEXTS}/{each.stem}.txt"] = f"{each.notice['text']}\n".encode()
        files[f"{MAILS}/{each.stem}.eml"] = mail(each.notice, each.own, each.lead)
    _sync(outbox_folder(root, period), files)
    return listed


def read_outbox(root: Path, period: str) -> OutboxList | None:
    """What lies in the outbox of a period; None where it was never made or cannot be read."""
    path = outbox_folder(root, period) / LIST
    if not path.is_file():
        return None
    try:
        return OutboxList.model_validate_json(path.read_bytes())
    except ValueError:
        return None


def mail(notice: Mapping[str, Any], own: Address, lead: Address) -> bytes:
    """A notice as a draft of an e-mail: no sender and no date, they are its sender's.

    Args:
        notice: Row of the table of notices.
        own: Address of whom it is for.
        lead: Address of the lead member through whom it goes.
    """
    message = EmailMessage(policy=SMTP)
    # headers take no line breaks: text from outside cannot bring a header of its own
    message["Subject"] = normalise(str(notice["title"]))
    to, copy = (own, lead) if own.email else (lead, Address())
    for name, address in (("To", to), ("Cc", copy)):
        if address.email and address.email != message.get(name):
            message[name] = MailAddress(normalise(address.office), addr_spec=address.email)
    message["X-Unsent"] = "1"  # mail programs open it for writing
    message.set_content(f"{notice['text']}\n", charset="utf-8", cte="base64")
    return message.as_bytes()


def _addressed(notice: Mapping[str, Any], contacts: pd.DataFrame, said: Notices) -> _Addressed:
    recipient = str(notice["recipient"])
    lead = lead_address(contacts, str(notice["lead_code"]))
    own = {
        "unit": unit_address(contacts, str(notice["unit_id"])),
        "specialist": specialist_address(contacts),
    }.get(recipient, lead)
    to = {"unit": str(notice["unit"]), "lead": str(notice["through"])}
    stem = "_".join([str(notice["kind"]), str(notice["unit_id"]), str(notice["fingerprint"])[:8]])
    return _Addressed(
        notice=notice,
        to=to.get(recipient) or said.recipients["specialist"],
        own=own,
        lead=lead if recipient == "unit" else Address(),
        stem="_".join(_UNSAFE.sub("-", part) for part in stem.split("_") if part),
    )


def _listed(each: _Addressed) -> Listed:
    return Listed(
        fingerprint=str(each.notice["fingerprint"]),
        kind=str(each.notice["kind"]),
        unit_id=str(each.notice["unit_id"]),
        unit=str(each.notice["unit"]),
        to=each.to,
        address=each.address,
        is_reachable=each.is_reachable,
        text_file=f"{TEXTS}/{each.stem}.txt",
        mail_file=f"{MAILS}/{each.stem}.eml",
    )


def _sheet(addressed: list[_Addressed], label: str, said: Notices) -> str:
    slips = [
        Slip(
            kind=said.kind(str(each.notice["kind"])).label_vi,
            to=each.to,
            through=str(each.notice["through"]) if each.notice["recipient"] == "unit" else "",
            address=each.address,
            is_reachable=each.is_reachable,
            title=str(each.notice["title"]),
            text=str(each.notice["text"]),
            code=str(each.notice["fingerprint"])[:8],
        )
        for each in addressed
    ]
    kinds = [str(each.notice["kind"]) for each in addressed]
    counts = [(said.kind(kind).label_vi, kinds.count(kind)) for kind in KINDS if kind in kinds]
    made_up = any(bool(each.notice["is_illustrative"]) for each in addressed)
    return notice_sheet(slips, label, counts, made_up=made_up)


def _sync(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write what is wanted, the list last; take everything else away."""
    kept = {folder / name for name in files}
    for path in sorted(folder.rglob("*")):
        # a name with a dot before it is being written at this moment, by somebody else
        if path.is_file() and path not in kept and not path.name.startswith("."):
            path.unlink(missing_ok=True)
    for name in sorted(files, key=lambda name: (name == LIST, name)):
        write_whole(folder / name, files[name], _POINT)


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]
