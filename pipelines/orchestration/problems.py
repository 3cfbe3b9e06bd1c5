"""What a person is told when the program cannot go on: code, found, expected, what to do.

Belongs here: known errors of all rooms → one shape, in Vietnamese, with the exit code. Does not
belong here: findings about submitted values, mistakes of the program (those keep their traceback
in the run's log).
"""

from __future__ import annotations

import traceback
from dataclasses import asdict, dataclass
from pathlib import Path

from pipelines.catalogue.contracts import ContractError
from pipelines.catalogue.integrity import CatalogueError
from pipelines.evaluation.invariants import InvariantBroken as EvaluationBroken
from pipelines.intake.container import UnreadableWorkbook
from pipelines.intake.executors import ExecutorError
from pipelines.intake.journal import JournalError
from pipelines.orchestration.clock import ClockBroken
from pipelines.orchestration.receiving import JournalLost, PeriodLocked
from pipelines.orchestration.steps import NoInput
from pipelines.orchestration.storing import StaleCandidate
from pipelines.validation.gate import InvariantBroken as GateBroken
from pipelines.warehouse.durable import disk_full, is_full
from pipelines.warehouse.errors import WarehouseError

BROKEN, CANNOT_RUN = 1, 2
_LONGEST = 1_500
_FEW = 2  # a year has two half-years


@dataclass(frozen=True)
class Problem:
    """One thing that stops the program.

    Attributes:
        code: Stable code.
        title: What happened, one sentence.
        found: What was seen.
        expected: What should have been there.
        action: What to do next.
        exit_code: 1 an invariant is broken, 2 it cannot run.
    """

    code: str
    title: str
    found: str
    expected: str
    action: str
    exit_code: int = CANNOT_RUN

    def as_dict(self) -> dict[str, str | int]:
        """All fields, for ``--json``."""
        return asdict(self)


class Stopped(Exception):  # noqa: N818 — carries a problem to the person who asked
    """A command ends here, with something to tell."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.title)
        self.problem = problem


KNOWN = (
    Stopped,
    NoInput,
    PeriodLocked,
    ClockBroken,
    StaleCandidate,
    EvaluationBroken,
    GateBroken,
    ContractError,
    CatalogueError,
    JournalLost,
    JournalError,
    WarehouseError,
    ExecutorError,
    UnreadableWorkbook,
    OSError,
)


def problem_of(error: Exception, period: str = "") -> Problem:
    """What to tell about an error.

    Args:
        error: One of ``KNOWN``.
        period: The period that was asked for.

    Raises:
        TypeError: The error is not one of ``KNOWN``.
    """
    if isinstance(error, Stopped):
        return error.problem
    if isinstance(error, OSError) and is_full(error):
        error = disk_full(str(error.filename or "tệp đang ghi"), error)
    if isinstance(error, WarehouseError | ExecutorError):
        return Problem(error.code, error.message_vi, error.found, error.expected, error.action_vi)
    if isinstance(error, EvaluationBroken | GateBroken):
        return _broken(error, period)
    if isinstance(error, UnreadableWorkbook):
        return unreadable(error)
    if isinstance(error, NoInput) and error.parts:
        return _no_part(error, period)
    if isinstance(error, NoInput) and error.instead:
        return _not_evaluated(error, period)
    for kind, problem in _told(str(error)[:_LONGEST], period).items():
        if isinstance(error, kind):
            return problem
    msg = f"not a known error: {type(error).__name__}"
    raise TypeError(msg)


def _broken(error: EvaluationBroken | GateBroken, period: str) -> Problem:
    return Problem(
        "QCDC-E01",
        "Số liệu tính ra tự mâu thuẫn, nên không công bố.",
        str(error)[:_LONGEST],
        "mọi bất biến của hệ thống đều đúng trước khi công bố",
        f"Kho dữ liệu giữ nguyên bản công bố trước. Gửi thông báo này và thư mục raw/{period}/ "
        "cho người phát triển.",
        BROKEN,
    )


def _not_evaluated(error: NoInput, period: str) -> Problem:
    first, last = error.instead[0], error.instead[-1]
    halves = " và ".join(error.instead) if len(error.instead) <= _FEW else f"{first} đến {last}"
    return Problem(
        "QCDC-E02",
        f"Hệ thống chưa đánh giá loại kỳ này ({period}).",
        f"kỳ {period} không phải kỳ 6 tháng và không có công văn yêu cầu riêng",
        f"kỳ 6 tháng: {halves}",
        f"Chạy từng kỳ 6 tháng, ví dụ: qcdc run {first}",
    )


def _no_part(error: NoInput, period: str) -> Problem:
    first, last = error.parts[0], error.parts[-1]
    halves = " và ".join(error.parts) if len(error.parts) <= _FEW else f"{first} đến {last}"
    return Problem(
        "QCDC-E02",
        f"Kỳ {period} chưa có số liệu đầu vào.",
        f"kỳ {period} tính từ các kỳ {halves}; chưa kỳ nào có tệp được tiếp nhận",
        f"ít nhất một biểu mẫu của một trong các kỳ: {halves}",
        f"Chép biểu mẫu đã nhận vào raw/{last}/<đơn vị>/ rồi chạy lại qcdc run {period}.",
    )


def _told(found: str, period: str) -> dict[type[Exception], Problem]:
    return {
        NoInput: Problem(
            "QCDC-E02",
            f"Kỳ {period} chưa có số liệu đầu vào.",
            f"raw/{period}/ chưa có tệp nào được tiếp nhận ({found})",
            f"ít nhất một biểu mẫu trong raw/{period}/<đơn vị>/",
            f"Chép biểu mẫu đã nhận vào raw/{period}/ rồi chạy lại qcdc run {period}.",
        ),
        PeriodLocked: Problem(
            "QCDC-E03",
            f"Kỳ {period} đã khóa, không nhận thêm tệp.",
            found,
            "kỳ đang mở, hoặc đã đóng mà chưa khóa",
            f"Mở lại kỳ (qcdc period reopen {period} --who … --why …) rồi nhận lại tệp.",
        ),
        ClockBroken: Problem(
            "QCDC-E101",
            "Đồng hồ dùng cho thử nghiệm không đọc được.",
            found,
            "biến môi trường QCDC_CLOCK để trống, hoặc chỉ tới tệp chứa một thời điểm ISO",
            "Bỏ biến QCDC_CLOCK (máy thật), hoặc sửa tệp: 2021-06-10T09:00:00+07:00.",
        ),
        StaleCandidate: Problem(
            "QCDC-E04",
            "Danh mục hoặc số liệu đã đổi sau bước đọc biểu mẫu.",
            f"bước ingest dùng danh mục hoặc số liệu khác ({found})",
            "bước ingest và bước evaluate dùng cùng danh mục, cùng số liệu",
            f"Chạy lại từ đầu: qcdc run {period}.",
        ),
        ContractError: Problem(
            "QCDC-E05",
            "Một bảng không đúng cấu trúc đã định.",
            found,
            "bảng đúng cột, đúng kiểu theo danh mục (catalogue)",
            "Kiểm tra tệp trong raw/reference/ vừa sửa; nếu không sửa gì, báo người phát triển.",
        ),
        CatalogueError: Problem(
            "QCDC-E06",
            "Danh mục có lỗi.",
            found,
            "danh mục đọc được, mọi tham chiếu đều có đích",
            "Sửa các dòng đã nêu trong pipelines/catalogue/data/ rồi chạy lại.",
        ),
        JournalLost: Problem(
            "QCDC-E28",
            f"Sổ tiếp nhận của kỳ {period} đã mất hoặc trống.".replace("  ", " "),
            found,
            "sổ còn đủ các dòng đã ghi; chưa cấp lượt tiếp nhận mới nào",
            f"Khôi phục raw/{period or '<kỳ>'}/journal.jsonl từ bản sao lưu rồi chạy lại.",
        ),
        JournalError: Problem(
            "QCDC-E07",
            "Sổ tiếp nhận của kỳ có dòng hỏng.",
            found,
            "mỗi dòng là một sự kiện đúng dạng; chỉ ghi thêm, không sửa dòng cũ",
            f"Khôi phục raw/{period or '<kỳ>'}/journal.jsonl từ bản sao lưu.",
        ),
        OSError: Problem(
            "QCDC-E18",
            "Không đọc hoặc không ghi được tệp.",
            found,
            "tệp có ở đó, có quyền đọc và ghi, ổ đĩa còn chỗ",
            "Khôi phục tệp đã nêu, cấp quyền hoặc dọn ổ đĩa rồi chạy lại.",
        ),
    }


def unreadable(error: UnreadableWorkbook) -> Problem:
    """A file that cannot be read."""
    return Problem(
        "QCDC-E08",
        "Không đọc được tệp.",
        error.found_vi,
        "biểu Excel, LibreOffice, Word, CSV hoặc HTML mở được, không đặt mật khẩu",
        error.action_vi or "Mở tệp bằng Excel, lưu lại dạng .xlsx rồi kiểm tra lại.",
    )


def unexpected(found: str, run_id: str) -> Problem:
    """A mistake of the program: the traceback is in the run's log."""
    return Problem(
        "QCDC-E99",
        "Chương trình gặp lỗi ngoài dự kiến.",
        found[:_LONGEST],
        "lần chạy kết thúc bình thường",
        f"Mở make ui, xem lần chạy {run_id}, gửi nhật ký của nó cho người phát triển.",
    )


def unexpected_in_file(error: Exception) -> Problem:
    """A mistake of the program over one file; there is no run whose log has the traceback."""
    frames = traceback.extract_tb(error.__traceback__)
    frames = [frame for frame in frames if "pipelines" in Path(frame.filename).parts] or frames
    # the file's name only: folders of this machine tell a developer nothing
    place = f" ({Path(frames[-1].filename).name}, dòng {frames[-1].lineno})" if frames else ""
    return Problem(
        "QCDC-E99",
        "Chương trình gặp lỗi ngoài dự kiến khi kiểm tra tệp này.",
        f"{type(error).__name__}: {str(error)[:_LONGEST]}{place}",
        "tệp được đọc và kiểm tra hết",
        "Gửi thông báo này và tệp cho người phát triển.",
    )


def notebook_failed(found: str, notebook: str = "half_year.ipynb") -> Problem:
    """The tables are published, the page of a notebook is not."""
    return Problem(
        "QCDC-E09",
        "Số liệu đã công bố nhưng chưa lập được báo cáo.",
        found[:_LONGEST],
        f"sổ tay notebooks/{notebook} chạy hết mọi ô",
        "Mở sổ tay bằng make lab, chạy từng ô để xem lỗi, rồi chạy lại qcdc run.",
    )
