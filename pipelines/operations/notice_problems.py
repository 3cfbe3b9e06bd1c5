"""What a person is told who asks ``qcdc notices`` for something that cannot be.

Belongs here: codes and words. Does not belong here: when they are said (``noticing``,
``notices_command``).
"""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.catalogue.notices import load_notices
from pipelines.orchestration.problems import Problem

_NOTHING_WRITTEN = "Sửa lại lệnh rồi chạy lại; chưa ghi gì vào sổ."


def no_outbox(period: str) -> Problem:
    """Nothing was laid out, so nothing can have been sent."""
    return Problem(
        "QCDC-E131",
        f"Kỳ {period} chưa có hộp thông báo để ghi là đã gửi.",
        f"chưa có warehouse/outbox/{period}/danh-sach.json",
        "danh sách thông báo đã lập, đã xem và đã gửi",
        f"Chạy qcdc notices {period}, gửi các thông báo, rồi ghi bằng --sent.",
    )


def no_channel(channel: str) -> Problem:
    """No such way of sending."""
    return _unknown("QCDC-E132", "Không có cách gửi này.", "--channel", channel, _channels())


def no_kind(kind: str) -> Problem:
    """No such kind of notice."""
    kinds = (f"{kind.id} ({kind.label_vi})" for kind in load_notices().kinds)
    return _unknown("QCDC-E132", "Không có loại thông báo này.", "--kind", kind, kinds)


def no_unit(unit_id: str) -> Problem:
    """No such unit."""
    expected = ("mã đơn vị trong raw/reference/units.csv, ví dụ xa-mh-01",)
    return _unknown("QCDC-E133", "Không có đơn vị này.", "đơn vị", unit_id, expected)


def no_outcome(outcome: str) -> Problem:
    """Nothing that can come of a call."""
    known = (f"{each.id} ({each.label_vi})" for each in load_notices().outcomes)
    return _unknown("QCDC-E134", "Phải nêu kết quả cuộc gọi.", "--outcome", outcome, known)


def private_note() -> Problem:
    """A note with a number of a person, or too long to be a note."""
    return Problem(
        "QCDC-E135",
        "Ghi chú cuộc gọi có số điện thoại, số định danh, thư điện tử, hoặc quá dài.",
        "--note (không nhắc lại ở đây)",
        "một câu về việc đã trao đổi, không quá 300 ký tự, không họ tên, không số cá nhân",
        _NOTHING_WRITTEN,
    )


def not_begun(period: str) -> Problem:
    """A period without a line of its own."""
    return Problem(
        "QCDC-E137",
        f"Kỳ {period} chưa mở.",
        f"sổ của kỳ {period} chưa có việc mở kỳ và chưa có lượt tiếp nhận nào",
        "kỳ đã mở hoặc đã nhận tệp",
        f'Mở kỳ: qcdc period open {period} --who "Thường trực Ban Chỉ đạo".',
    )


def which(problem: str) -> Problem:
    """Options that do not go together."""
    return Problem(
        "QCDC-E138",
        "Câu lệnh chưa rõ.",
        problem,
        "qcdc notices KỲ; thêm --sent sau khi gửi; hoặc --call ĐƠN_VỊ --outcome …; "
        "hoặc qcdc notices --contacts",
        _NOTHING_WRITTEN,
    )


def _channels() -> Iterable[str]:
    return (f"{key} ({label})" for key, label in load_notices().channels.items())


def _unknown(code: str, title: str, option: str, found: str, known: Iterable[str]) -> Problem:
    return Problem(
        code, title, f'{option} "{found}"', f"một trong: {', '.join(known)}", _NOTHING_WRITTEN
    )
