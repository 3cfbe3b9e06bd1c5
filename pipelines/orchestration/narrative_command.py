"""What ``qcdc narrative`` does: write the file to edit, take what was typed into the journal.

Belongs here: the order of asking, checking and writing. Does not belong here: options (``cli``),
the file (``narrative_file``), which text is in force (``intake.narrative``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.model import Catalogue
from pipelines.catalogue.periods import period_frame
from pipelines.intake.journal import append, read_journal
from pipelines.intake.narrative import Typed, text_line, typed_history, typed_texts
from pipelines.intake.privacy import is_secret_mark, names_denouncer
from pipelines.orchestration import narrative_file, screen
from pipelines.orchestration.clock import now
from pipelines.orchestration.commands import require_period
from pipelines.orchestration.narrative_file import Place
from pipelines.orchestration.office import office_of
from pipelines.orchestration.problems import Problem, Stopped
from pipelines.orchestration.receiving import require_journal
from pipelines.orchestration.steps import journal_path
from pipelines.vietnamese.dates import format_date
from pipelines.vietnamese.text import mask_personal, normalise
from pipelines.warehouse.durable import write_whole
from pipelines.warehouse.lock import patient_lock
from pipelines.warehouse.root import find_root


@dataclass(frozen=True)
class Saved:
    """What was taken into the journal.

    Attributes:
        changed: Keys whose text is another one now.
        masked: Keys in whose text numbers of persons were covered.
    """

    changed: tuple[str, ...]
    masked: tuple[str, ...]


def narrative(
    period: str, *, save: bool, history: bool, who: str | None, why: str | None, as_json: bool
) -> int:
    """Write the file to edit, or take it into the journal, or show what was typed when.

    Args:
        period: Key of the period.
        save: Take the edited file into the journal.
        history: Show every version that was saved.
        who: Office of the person who typed it; compulsory with ``save``.
        why: Reason.
        as_json: Print JSON.

    Raises:
        Stopped: No such period, something is wrong with the file or with who; nothing was written.
        WarehouseBusy: A run is still writing.
    """
    root, catalogue = find_root(), load_catalogue()
    require_period(catalogue, period)
    if save:
        saved = take_in(root, catalogue, period, at=now(), who=who, why=why)
        return _show_saved(period, saved, as_json=as_json)
    if history:
        return _show_history(root, period, as_json=as_json)
    path = write_file(root, catalogue, period)
    known, typed = places_of(catalogue, period), _typed(root, period)
    return _show_file(path.relative_to(root).as_posix(), known, typed, as_json=as_json)


def places_of(catalogue: Catalogue, period: str) -> dict[str, Place]:
    """The places of a period's report that officials write in, by key."""
    row = period_frame(catalogue.periods).set_index("period").loc[period]
    kind, day = str(row["kind"]), dt.date.fromisoformat(str(row["ends_on"])[:10])
    outline = catalogue.narrative.outline_for(kind, day)
    return narrative_file.places(catalogue.narrative, outline, kind)


def write_file(root: Path, catalogue: Catalogue, period: str) -> Path:
    """Write ``raw/<period>/narrative.yaml`` with what is typed so far.

    Raises:
        Stopped: The file holds words that were not saved; it was left alone.
    """
    path = _path(root, period)
    typed = _typed(root, period)
    if path.is_file():
        edited = narrative_file.read(path, period)
        unsaved = _changed(edited, typed)
        if unsaved:
            raise Stopped(_not_saved(period, list(unsaved)))
    known = places_of(catalogue, period)
    text = narrative_file.rendered(period, known, typed)
    write_whole(path, f"{text}\n".encode(), "report")
    return path


def take_in(
    root: Path,
    catalogue: Catalogue,
    period: str,
    *,
    at: dt.datetime,
    who: str | None,
    why: str | None,
) -> Saved:
    """Take every changed text of the file into the journal, one line each, or nothing.

    Numbers of persons are covered before anything is written. The file is written anew.

    Raises:
        Stopped: A key is unknown, a text may not be kept, or who is no office; nothing was written.
        JournalLost: The journal is gone.
    """
    office, reason = (
        office_of(who, "QCDC-E84", "Phải nêu người viết bằng chức vụ."),
        normalise(why or "") or None,
    )
    edited = narrative_file.read(_path(root, period), period)
    known = places_of(catalogue, period)
    wrong = [key for key in edited if key not in known]
    if wrong:
        raise Stopped(narrative_file.unknown_key(period, wrong, known))
    _refuse_secrets(period, edited, known)
    covered = {key: mask_personal(text) for key, text in edited.items()}
    with patient_lock(root):
        require_journal(root, period)
        changed = _changed(covered, _typed(root, period))
        for key, text in changed.items():
            line = text_line(key, text, at=at.isoformat(), who=office, why=reason)
            append(journal_path(root, period), line)
        text = narrative_file.rendered(period, known, _typed(root, period))
        write_whole(_path(root, period), f"{text}\n".encode(), "report")
    masked = tuple(key for key in changed if covered[key] != edited[key])
    return Saved(tuple(changed), masked)


def _path(root: Path, period: str) -> Path:
    return journal_path(root, period).with_name(narrative_file.NAME)


def _typed(root: Path, period: str) -> dict[str, Typed]:
    return typed_texts(read_journal(journal_path(root, period)).entries)


def _changed(edited: Mapping[str, str], typed: Mapping[str, Typed]) -> dict[str, str]:
    """Texts that are not those in force; a key that is not in the file stays as it is."""
    return {
        key: text
        for key, text in edited.items()
        if text != (typed[key].text if key in typed else "")
    }


def _refuse_secrets(period: str, edited: Mapping[str, str], known: Mapping[str, Place]) -> None:
    for key, text in edited.items():
        for line in text.splitlines():
            if is_secret_mark(line) or names_denouncer(line):
                raise Stopped(_secret(period, key, known[key]))


def _show_file(
    path: str, known: Mapping[str, Place], typed: Mapping[str, Typed], *, as_json: bool
) -> int:
    if as_json:
        entries = [
            {"key": key, "title": place.slot.title_vi, "optional": place.slot.optional}
            | (asdict(typed[key]) if key in typed else {"text": ""})
            for key, place in known.items()
        ]
        screen.print_json({"path": path, "places": entries})
        return 0
    out = screen.console()
    out.print(path, soft_wrap=True, style="bold")
    for key, place in known.items():
        state = "để trống được" if place.slot.optional else "chưa có nội dung"
        if key in typed and typed[key].text:
            day = format_date(narrative_file.day_of(typed[key]))
            state = f"{typed[key].who}, ngày {day}"
        out.print(f"  {key}: {place.slot.title_vi} – {state}", soft_wrap=True)
    return 0


def _show_saved(period: str, saved: Saved, *, as_json: bool) -> int:
    if as_json:
        screen.print_json({"period": period, "changed": saved.changed, "masked": saved.masked})
        return 0
    out = screen.console()
    if not saved.changed:
        out.print("Không có gì thay đổi so với bản đã lưu.")
    for key in saved.changed:
        out.print(f"Đã lưu: {key}", soft_wrap=True)
    if saved.masked:
        told = ", ".join(saved.masked)
        screen.tell(f"Đã che số điện thoại, thư điện tử hoặc số định danh trong: {told}.")
    if saved.changed:
        out.print(f"Lập lại báo cáo: qcdc run {period}", soft_wrap=True)
    return 0


def _show_history(root: Path, period: str, *, as_json: bool) -> int:
    versions = typed_history(read_journal(journal_path(root, period)).entries)
    if as_json:
        told = {key: [asdict(each) for each in them] for key, them in versions.items()}
        screen.print_json({"period": period, "history": told})
        return 0
    out = screen.console()
    if not versions:
        out.print(f"Kỳ {period} chưa có lời văn nào được lưu.")
    for key, them in versions.items():
        out.print(key, style="bold")
        for each in them:
            why = f" – {each.why}" if each.why else ""
            out.print(f"  {each.at} {each.who}{why}", soft_wrap=True)
            out.print(f"    {each.text or '(đã bỏ)'}", soft_wrap=True)
    return 0


def _not_saved(period: str, keys: list[str]) -> Problem:
    return Problem(
        "QCDC-E85",
        "Không ghi đè lời văn chưa lưu.",
        f"raw/{period}/{narrative_file.NAME} khác bản đã lưu ở: {', '.join(keys)}",
        "tệp chưa sửa gì từ lần lưu trước, hoặc chưa có tệp",
        f'Lưu bằng qcdc narrative {period} --save --who "chức vụ", hoặc đổi tên tệp rồi chạy lại.',
    )


def _secret(period: str, key: str, place: Place) -> Problem:
    return Problem(
        "QCDC-E86",
        "Không lưu nội dung mật hoặc nêu tên người tố cáo.",
        f"{key} ({place.slot.title_vi})",
        "lời văn không có dấu chỉ độ mật, không nêu tên người tố cáo",
        f"Bỏ nội dung đó khỏi raw/{period}/{narrative_file.NAME} rồi lưu lại; chưa ghi gì.",
    )
