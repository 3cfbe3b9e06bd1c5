"""Checks of what is kept: warehouse, catalogue, calendar, journals, files.

Belongs here: judging facts about the data. Does not belong here: collecting them
(``doctor_facts_data``), checks of what runs (``doctor_checks_instance``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipelines.operations.doctor_model import Check, Facts, Finding
from pipelines.vietnamese.numbers import format_number

_FEW = 3


def manifest(facts: Facts) -> Iterator[Finding]:
    """The warehouse is what its manifest says."""
    warehouse = facts.warehouse
    if warehouse.problem is not None:
        problem = warehouse.problem
        found = f"{problem.code}: {problem.title} {problem.found}"
        yield Finding("manifest", "error", found, problem.expected, problem.action)
        return
    again = "Dựng lại từ raw/: xóa warehouse/manifest.json rồi chạy qcdc run từng kỳ."
    if warehouse.missing:
        yield Finding(
            "manifest",
            "error",
            f"kho thiếu {len(warehouse.missing)} tệp: {_few(warehouse.missing)}",
            f"đủ {format_number(warehouse.files)} tệp mà bản kê nêu",
            again,
        )
    if warehouse.wrong:
        yield Finding(
            "manifest",
            "error",
            f"{len(warehouse.wrong)} tệp của kho đã hỏng: {_few(warehouse.wrong)}",
            "nội dung đúng mã băm" if facts.deep else "mở được, đủ dòng như bản kê",
            "Xóa tệp hỏng trong warehouse/. " + again,
        )


def catalogue(facts: Facts) -> Iterator[Finding]:
    """The catalogue can be read, and the warehouse was built with it."""
    problem = facts.periods.problem
    if problem is not None:
        found = f"{problem.code}: {problem.title} {problem.found}"
        yield Finding("catalogue", "error", found, problem.expected, problem.action)
        return
    built = facts.warehouse.catalogue_hash
    if built and built != facts.periods.catalogue_hash:
        yield Finding(
            "catalogue",
            "warning",
            "danh mục đã đổi sau lần đánh giá gần nhất",
            "kho dữ liệu dựng bằng danh mục hiện tại",
            "Chạy lại các kỳ chưa khóa: qcdc run KỲ.",
        )


def horizon(facts: Facts) -> Iterator[Finding]:
    """Periods exist far enough ahead, and the next half-year has its requests in time."""
    limits, today = facts.limits, facts.now.date()
    last = facts.periods.last_day
    if last is not None and (last - today).days < limits.horizon_days:
        yield Finding(
            "horizon",
            "warning",
            f"danh mục kỳ chỉ có đến {last:%d/%m/%Y}",
            f"có kỳ trước ít nhất {limits.horizon_days} ngày",
            "Tăng last_year trong pipelines/catalogue/data/periods.yaml.",
        )
    if facts.periods.due is None or facts.periods.is_asked:
        return
    period, until = facts.periods.due
    left = (until - today).days
    if left <= limits.requests_days:
        yield Finding(
            "horizon",
            "warning",
            f"kỳ {period} hết hạn chốt số liệu {until:%d/%m/%Y} (còn {left} ngày) mà chưa có công "
            "văn yêu cầu",
            "công văn yêu cầu báo cáo của kỳ trong raw/reference/requests.csv",
            "Thêm các dòng yêu cầu của kỳ (biểu, hạn nộp, ngày chốt) rồi chạy lại qcdc doctor.",
        )


def journals(facts: Facts) -> Iterator[Finding]:
    """Every journal can be read to its end."""
    for name, what in sorted(facts.periods.broken.items()):
        yield Finding(
            "journals",
            "error",
            f"{name}: {what}",
            "mỗi dòng của sổ là một sự kiện đúng dạng",
            f"Khôi phục {name} từ bản sao lưu gần nhất (qcdc restore vào thư mục khác rồi chép).",
        )
    for name in facts.periods.torn:
        yield Finding(
            "journals",
            "warning",
            f"{name}: dòng cuối bị cắt giữa chừng (mất điện khi ghi)",
            "dòng cuối trọn vẹn",
            "Không cần sửa: lần ghi sau tự cất phần bị cắt ra tệp .torn; việc của dòng đó thì ghi "
            "lại.",
        )


def raw(facts: Facts) -> Iterator[Finding]:
    """What was received is there and may be read."""
    unreadable, lost = facts.disk.unreadable, facts.periods.lost
    if unreadable:
        yield Finding(
            "raw",
            "error",
            f"không có quyền đọc {len(unreadable)} tệp, thư mục: {_few(unreadable)}",
            "người chạy hệ thống đọc được mọi thứ trong raw/",
            "Cấp quyền đọc cho người dùng của dịch vụ (chown, chmod).",
        )
    if lost:
        yield Finding(
            "raw",
            "warning",
            f"{len(lost)} lượt nộp không còn tệp: {_few(lost)}",
            "mỗi lượt nộp còn tệp, hoặc đã có tệp nộp sau thay",
            "Chép tệp từ bản sao lưu về đúng chỗ, hoặc đề nghị đơn vị gửi lại.",
        )


def nameless(facts: Facts) -> Iterator[Finding]:
    """Every file that came has a name that can be written down."""
    found = facts.periods.nameless
    if found:
        yield Finding(
            "nameless",
            "warning",
            f"{len(found)} tệp chưa được nhận vì tên không phải UTF-8: {_few(found)}",
            "tên tệp gõ bằng Unicode",
            "Đổi tên tệp (chữ không dấu cũng được), lần chạy sau sẽ nhận.",
        )


def temporary(facts: Facts) -> Iterator[Finding]:
    """No half-written file has been left behind."""
    limit = facts.limits.temporary_minutes * 60
    old = [name for name, age in facts.disk.temporary if age > limit]
    if old:
        yield Finding(
            "temporary",
            "warning",
            f"{len(old)} tệp ghi dở bị bỏ lại: {_few(old)}",
            "không có tệp ghi dở khi không có lần chạy",
            "Chạy: qcdc doctor --repair.",
            repairable=True,
        )


def _few(names: Sequence[str]) -> str:
    more = f" và {len(names) - _FEW} tệp khác" if len(names) > _FEW else ""
    return ", ".join(names[:_FEW]) + more


DATA_CHECKS = (
    Check("manifest", "Kho dữ liệu, bản kê", manifest),
    Check("catalogue", "Danh mục", catalogue),
    Check("horizon", "Các kỳ sắp tới", horizon),
    Check("journals", "Sổ tiếp nhận", journals),
    Check("raw", "Tệp đã nhận", raw),
    Check("nameless", "Tên tệp", nameless),
    Check("temporary", "Tệp ghi dở", temporary),
)
