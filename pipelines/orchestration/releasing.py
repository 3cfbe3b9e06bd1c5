"""The steps of a release: submit, return, withdraw, issue, correct; each is one journal line.

Belongs here: what each step asks, in which order, and its line. Does not belong here: the
questions themselves (``release_checks``), the archive (``release_archive``), a clock (the caller
gives the time).
"""

from __future__ import annotations

import datetime as dt
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.catalogue.model import Catalogue
from pipelines.intake.documents import names_office
from pipelines.intake.journal import append, read_journal
from pipelines.intake.releases import (
    NUMBER,
    Issued,
    Release,
    find,
    in_force,
    next_id,
    open_release,
    releases_of,
)
from pipelines.orchestration import release_problems as wrong
from pipelines.orchestration.problems import Problem, Stopped
from pipelines.orchestration.receiving import require_journal
from pipelines.orchestration.release_archive import Frozen, freeze
from pipelines.orchestration.release_basis import basis_of, content_of
from pipelines.orchestration.release_checks import Draft, in_the_way, not_closed, to_be_explained
from pipelines.orchestration.release_papers import issued_papers
from pipelines.orchestration.steps import journal_path
from pipelines.vietnamese.text import normalise
from pipelines.warehouse.archives import ISSUED_ID
from pipelines.warehouse.lock import patient_lock
from pipelines.warehouse.manifest import read_manifest

# as long as other commands wait for a run to end


@dataclass(frozen=True)
class Act:
    """Who takes a step, when and why."""

    at: dt.datetime
    who: str
    why: str | None = None


@dataclass(frozen=True)
class Signature:
    """What stands on the signed paper: number without symbol, day, role of the signer."""

    number: str
    signed_on: dt.date
    signer: str


def releases(root: Path, period: str) -> list[Release]:
    """The releases of a period, as its journal leaves them."""
    return releases_of(read_journal(journal_path(root, period)).entries)


def named(root: Path, name: str) -> Release:
    """A release by its id, or the one of a period that is on its way or stands.

    Raises:
        Stopped: There is none.
    """
    match = ISSUED_ID.fullmatch(name)
    found = releases(root, match["period"] if match else name)
    known = [each.release_id for each in found]
    release = find(found, name) if match else open_release(found) or in_force(found)
    if release is None:
        raise Stopped(wrong.unknown(name, known))
    return release


def submit(root: Path, catalogue: Catalogue, period: str, act: Act, checker: str) -> Release:
    """Submit the draft of a period: what is there now, and nothing else, may then be issued.

    Args:
        root: The project's root.
        catalogue: What is measured.
        period: Key of the period.
        act: Who prepared it.
        checker: Role of who checked it.

    Raises:
        Stopped: Something stands in the way; nothing was written.
    """
    _require_roles({"--who": act.who, "--checker": checker})
    with patient_lock(root):
        require_journal(root, period)
        known = releases(root, period)
        standing = in_force(known)
        release = open_release(known)
        if release is None:
            if standing is not None:
                raise Stopped(wrong.in_force(period, standing))
            release = Release(next_id(known, period))
        _require(release, "submit")
        draft = draft_of(root, catalogue, period)
        _stop_at(next(in_the_way(draft), None))
        said = {
            "content": content_of(draft.manifest, period, draft.entries),
            "preparer": act.who,
            "checker": checker,
        }
        return _write(root, release.release_id, "submit", act, said)


def give_back(root: Path, name: str, act: Act) -> Release:
    """Return what was submitted to who prepared it, with a reason."""
    return _step(root, name, "return", act)


def withdraw(root: Path, name: str, act: Act) -> Release:
    """Take back what was submitted, or revoke what was issued; its archive stays."""
    return _step(root, name, "withdraw", act)


def correct(root: Path, name: str, act: Act) -> Release:
    """Begin the release that corrects an issued one.

    Returns:
        The new release, a draft.
    """
    _require_roles({"--who": act.who})
    with patient_lock(root):
        release = named(root, name)
        period = release.release_id.rpartition("/")[0]
        known = releases(root, period)
        _require(release, "correct")
        if (begun := open_release(known)) is not None:
            raise Stopped(wrong.not_now("correct", release.release_id, begun))
        _require_reason("correct", release.release_id, act)
        said = {"corrects": release.release_id}
        return _write(root, next_id(known, period), "correct", act, said)


def issue(
    root: Path,
    catalogue: Catalogue,
    name: str,
    act: Act,
    signature: Signature,
    *,
    keep_inputs: bool = False,
) -> Release:
    """Issue what was submitted: freeze it, then say so in the journal.

    A crash in between leaves an archive that nobody issued; the same step again takes it up.

    Args:
        root: The project's root.
        catalogue: What is measured.
        name: The release, or its period.
        act: Who enters it; ``why`` where something is to be explained.
        signature: Number, day, role of the signer.
        keep_inputs: Copy the received files into the archive as well.

    Raises:
        Stopped: Something stands in the way; nothing was written.
    """
    _require_roles({"--who": act.who, "--signer": signature.signer})
    _require_paper(signature, act.at.date())
    with patient_lock(root):
        release = named(root, name)
        period = release.release_id.rpartition("/")[0]
        require_journal(root, period)
        _require(release, "issue")
        draft = draft_of(root, catalogue, period)
        _stop_at(not_closed(draft))
        _stop_at(next(in_the_way(draft), None))
        content = content_of(draft.manifest, period, draft.entries)
        if content != release.content:
            raise Stopped(wrong.changed_since(release.release_id))
        if (found := to_be_explained(draft)) and not act.why:
            raise Stopped(wrong.unexplained(release.release_id, found))
        issued = Issued(
            release_id=release.release_id,
            number=signature.number,
            signed_on=signature.signed_on,
            signer=signature.signer,
            preparer=release.preparer or act.who,
            checker=release.checker or act.who,
            corrects=release.corrects,
            correction=release.correction,
        )
        digest = _frozen(draft, issued, content, act.why, keep_inputs=keep_inputs)
        said = {
            "number": issued.number,
            "signed_on": issued.signed_on.isoformat(),
            "preparer": issued.preparer,
            "checker": issued.checker,
            "signer": issued.signer,
            "sha256": digest,
        }
        return _write(root, release.release_id, "issue", act, said)


def draft_of(root: Path, catalogue: Catalogue, period: str) -> Draft:
    """What would be released now."""
    return Draft(
        root=root,
        catalogue=catalogue,
        period=period,
        manifest=read_manifest(root),
        basis=basis_of(root, catalogue, period),
        entries=read_journal(journal_path(root, period)).entries,
    )


def _frozen(
    draft: Draft, issued: Issued, content: str, why: str | None, *, keep_inputs: bool
) -> str:
    with tempfile.TemporaryDirectory() as folder:
        papers = Path(folder) / "papers"
        issued_papers(draft.root, draft.period, issued, papers)
        frozen = Frozen(
            issued, draft.basis, draft.manifest, content, papers, why, keep_inputs=keep_inputs
        )
        return freeze(draft.root, draft.catalogue, frozen)


def _step(root: Path, name: str, action: str, act: Act) -> Release:
    """A step that is nothing but its line."""
    _require_roles({"--who": act.who})
    with patient_lock(root):
        release = named(root, name)
        _require(release, action)
        _require_reason(action, release.release_id, act)
        return _write(root, release.release_id, action, act, {})


def _write(root: Path, release_id: str, action: str, act: Act, said: Mapping[str, Any]) -> Release:
    """Write the line of a step."""
    period = release_id.rpartition("/")[0]
    line = {
        "at": act.at.isoformat(),
        "who": normalise(act.who),
        "event": "release",
        "release_id": release_id,
        "action": action,
        **said,
    }
    why = normalise(act.why) if act.why else ""
    append(journal_path(root, period), line | ({"why": why} if why else {}))
    return named(root, release_id)


def _require(release: Release, action: str) -> None:
    if action not in release.allows:
        raise Stopped(wrong.not_now(action, release.release_id, release))


def _require_reason(action: str, release_id: str, act: Act) -> None:
    if not act.why or not normalise(act.why):
        raise Stopped(wrong.no_reason(action, release_id))


def _require_roles(said: Mapping[str, str]) -> None:
    for option, role in said.items():
        if not names_office(normalise(role)):
            raise Stopped(wrong.nobody(option, role))


def _require_paper(signature: Signature, today: dt.date) -> None:
    if not re.fullmatch(NUMBER, signature.number):
        expected = "số của văn bản, không kèm ký hiệu (ký hiệu in sẵn), ví dụ 15"
        raise Stopped(wrong.bad_value("--number", signature.number, expected))
    if signature.signed_on > today:
        expected = f"ngày không sau hôm nay ({today:%d/%m/%Y})"
        raise Stopped(wrong.bad_value("--date", f"{signature.signed_on:%d/%m/%Y}", expected))


def _stop_at(problem: Problem | None) -> None:
    if problem is not None:
        raise Stopped(problem)
