"""What a person is told whose file cannot be received.

Belongs here: judging what is said of a document, the words of each refusal. Does not belong here:
receiving (``filing``), problems of a run (``problems``).
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from pipelines.catalogue.model import Catalogue
from pipelines.catalogue.periods import period_keys
from pipelines.intake.container import UnreadableWorkbook
from pipelines.intake.documents import KINDS, LARGEST, names_office, names_publisher
from pipelines.orchestration.problems import Problem, Stopped
from pipelines.places.units import fits
from pipelines.vietnamese.dates import format_date

_DOCUMENTS = (
    "tài liệu PDF, JPEG, PNG hoặc DOCX không có macro (nhận theo nội dung, không theo đuôi)"
)
_AGAIN = "Sửa lại rồi chạy lại qcdc receive; chưa lưu gì."


def refuse(problem: Problem | None) -> None:
    """Stop where there is a problem.

    Raises:
        Stopped: There is one.
    """
    if problem is not None:
        raise Stopped(problem)


def of_note(
    note: Mapping[str, str], catalogue: Catalogue, units: pd.DataFrame, today: dt.date
) -> Problem | None:
    """The first thing that does not fit in what is said of a document.

    Args:
        note: Keys of ``EvidenceNote``.
        catalogue: Knows the elements.
        units: ``ref.units``.
        today: No paper is signed after it.
    """
    kind, unit_id, element = note.get("kind"), note.get("unit_id"), note.get("element")
    signer = note.get("signer_role")
    if kind is not None and kind not in KINDS:
        return _value(
            "--kind", "Không có loại tài liệu này.", kind, f"một trong: {', '.join(KINDS)}"
        )
    if unit_id is not None and unit_id not in set(units["unit_id"]):
        return no_unit(unit_id, "--unit")
    if element is not None and element not in catalogue.elements:
        return _no_element(element, catalogue)
    if signer is not None and not names_office(signer):
        expected = 'chức vụ, ví dụ "Chủ tịch UBND xã"; không ghi họ tên'
        return _value("--signer", "Người ký phải ghi bằng chức vụ.", signer, expected)
    credit = note.get("credit")
    if credit is not None and not names_publisher(credit):
        expected = 'báo, đài hoặc cơ quan, ví dụ "Báo Đắk Lắk"; không ghi họ tên'
        return _value("--credit", "Nguồn ảnh phải là báo hoặc cơ quan.", credit, expected)
    return _day(note.get("signed_on"), today)


def _no_element(element: str, catalogue: Catalogue) -> Problem:
    by_code = [entry.id for entry in catalogue.elements.values() if entry.code == element]
    near = by_code or difflib.get_close_matches(element, list(catalogue.elements), n=3, cutoff=0.4)
    expected = f"mã chỉ tiêu trong từ điển dữ liệu; gần nhất: {', '.join(near) or 'không có'}"
    return _value("--element", "Không có chỉ tiêu này.", element, expected)


def _day(text: str | None, today: dt.date) -> Problem | None:
    if text is None or dt.date.fromisoformat(text) <= today:
        return None
    expected = f"ngày không sau hôm nay, {format_date(today)}"
    return _value("--signed-on", "Ngày ký ở tương lai.", text, expected)


def of_subject(
    unit_id: str | None, element: str | None, catalogue: Catalogue, units: pd.DataFrame
) -> Problem | None:
    """An element asked of enterprises cannot be proved about a commune."""
    if unit_id is None or element is None:
        return None
    subject = catalogue.populations[catalogue.elements[element].subject]
    own = units[units["unit_id"] == unit_id]
    if any(bool(fits(version, own).any()) for _, version in subject.versions()):
        return None
    return _value(
        "--unit, --element",
        "Chỉ tiêu này không hỏi về đơn vị này.",
        f"{element} của {unit_id}",
        f"đơn vị thuộc: {subject.label_vi}",
    )


def of_period(catalogue: Catalogue, period: str) -> Problem | None:
    """A period that the catalogue does not have."""
    keys = period_keys(catalogue.periods)
    if period in keys:
        return None
    near = difflib.get_close_matches(period, keys, n=3, cutoff=0.5)
    return Problem(
        "QCDC-E13",
        f"Không có kỳ {period}.",
        period,
        f"một kỳ của danh mục, gần nhất: {', '.join(near) or '2021-H1'}",
        "Nêu kỳ bằng --period, ví dụ --period 2021-H1; tệp đã nằm trong raw/ thì chuyển vào "
        "thư mục của kỳ.",
    )


def bad_day(text: str, problem: str) -> Problem:
    """A day of signature that is no date."""
    return _value(
        "--signed-on", "Không đọc được ngày ký.", f"{text} ({problem})", "ví dụ 10/06/2021"
    )


def no_unit(unit_id: str, option: str) -> Problem:
    """A unit that ``ref.units`` does not have."""
    return Problem(
        "QCDC-E11",
        f"Không có đơn vị {unit_id}.",
        f"{option} {unit_id}",
        "một mã trong cột unit_id của raw/reference/units.csv, ví dụ xa-mh-01",
        "Sửa lại mã đơn vị, hoặc bổ sung đơn vị vào raw/reference/units.csv.",
    )


def _value(option: str, title: str, found: str, expected: str) -> Problem:
    return Problem("QCDC-E19", title, f"{option} {found}", expected, _AGAIN)


def no_plain_file(path: Path) -> Problem:
    """Nothing there, a folder, or a link."""
    found = "liên kết, không phải tệp" if path.is_symlink() else "không có tệp"
    return Problem(
        "QCDC-E14",
        "Không có tệp này.",
        f"{path}: {found}",
        "đường dẫn của một tệp thường, không phải thư mục hay liên kết",
        "Kiểm tra lại tên tệp và thư mục.",
    )


def no_sent_name(path: Path) -> Problem:
    """A name that the folder of a period keeps for something else."""
    return Problem(
        "QCDC-E20",
        "Tên tệp này dành cho việc khác.",
        str(path),
        'tên không bắt đầu bằng "." hay "~$", không phải journal.jsonl, narrative.yaml',
        "Đổi tên tệp rồi nhận lại.",
    )


def no_written_name(path: Path) -> Problem:
    """A name that is no text: no journal can hold it."""
    return Problem(
        "QCDC-E160",
        "Tên tệp có ký tự hỏng, không ghi được vào sổ tiếp nhận.",
        repr(path.name),
        "tên tệp bằng chữ thường (UTF-8)",
        "Đổi tên tệp rồi nhận lại.",
    )


def too_large(path: Path, size: int) -> Problem:
    """More than is taken."""
    return Problem(
        "QCDC-E21",
        "Tệp quá lớn.",
        f"{path}: {size} byte",
        f"không quá {LARGEST} byte (50 MB)",
        "Quét lại ở độ phân giải thấp hơn, hoặc tách thành nhiều tệp.",
    )


def no_document(path: Path) -> Problem:
    """Said to be evidence, but is no document."""
    return Problem(
        "QCDC-E22",
        "Tệp không phải tài liệu minh chứng.",
        str(path),
        _DOCUMENTS,
        "Quét hoặc in tài liệu thành PDF; nếu đây là biểu Excel thì bỏ các tùy chọn minh chứng.",
    )


def neither(path: Path, error: UnreadableWorkbook) -> Problem:
    """Neither a workbook nor a document."""
    return Problem(
        "QCDC-E23",
        "Tệp không phải biểu Excel, cũng không phải tài liệu minh chứng.",
        f"{path}: {error.message_vi}",
        f"biểu .xlsx đọc được, hoặc {_DOCUMENTS}",
        "Đề nghị đơn vị gửi lại đúng định dạng; chưa lưu gì.",
    )


def no_sender(path: Path) -> Problem:
    """Nobody says who sent the file."""
    return Problem(
        "QCDC-E24",
        "Không rõ đơn vị nào gửi tệp này.",
        str(path),
        "mã đơn vị gửi: --from, hoặc --unit của minh chứng, hoặc tiêu đề trong biểu",
        "Thêm --from <mã đơn vị>, ví dụ --from xa-mh-01.",
    )


def elsewhere(path: Path, place: str, said: str) -> Problem:
    """The file lies in the folder of another period or unit than the one said."""
    return Problem(
        "QCDC-E25",
        "Tệp nằm trong thư mục của kỳ hoặc đơn vị khác.",
        f"{path} thuộc {place}, nhưng nêu {said}",
        "kỳ và đơn vị gửi là của thư mục chứa tệp",
        "Bỏ tùy chọn đó, hoặc tự chuyển tệp ra ngoài raw/ rồi nhận lại.",
    )


def in_the_way(path: str) -> Problem:
    """Another file has the name."""
    return Problem(
        "QCDC-E17",
        "Không ghi đè tệp đã có.",
        f"{path} đã có và có nội dung khác",
        "thư mục chưa có tệp cùng tên",
        "Đổi tên tệp (ví dụ thêm số văn bản) rồi nhận lại.",
    )


def link_in_the_way(path: str) -> Problem:
    """The way to the place leads through a link."""
    return Problem(
        "QCDC-E26",
        "Thư mục nhận tệp có liên kết.",
        f"trên đường tới {path}",
        "thư mục thường, nằm trong raw/",
        "Thay liên kết bằng thư mục thường rồi nhận lại.",
    )
