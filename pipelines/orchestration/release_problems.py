"""What a person is told whose release cannot go the way it was asked to.

Belongs here: the words of each refusal. Does not belong here: finding it out (``release_checks``,
``releasing``, ``release_verify``).
"""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.intake.releases import Release
from pipelines.orchestration.problems import BROKEN, Problem

STATES = {
    "": "chưa trình",
    "draft": "đang lập bản đính chính",
    "submitted": "đã trình, chờ ký",
    "returned": "đã trả lại, chờ sửa",
    "issued": "đã ban hành",
    "corrected": "đã được đính chính",
    "withdrawn": "đã thu hồi",
}
VERBS = {
    "submit": "trình",
    "return": "trả lại",
    "withdraw": "rút hoặc thu hồi",
    "issue": "ban hành",
    "correct": "đính chính",
    "sign": "nhận bản đã ký của",
}


def not_now(action: str, release_id: str, release: Release) -> Problem:
    """The release is in a state that does not allow this step."""
    allowed = " hoặc ".join(VERBS[each] for each in release.allows) or "không bước nào nữa"
    return Problem(
        "QCDC-E60",
        f"Không {VERBS[action]} được bản {release_id} lúc này.",
        f"bản {release_id} {STATES[release.state]}",
        f"từ trạng thái này chỉ được {allowed}",
        f"Xem qcdc release list {release_id.split('/')[0]} rồi chọn bước đúng.",
    )


def in_force(period: str, release: Release) -> Problem:
    """A second release beside one that stands."""
    return Problem(
        "QCDC-E61",
        f"Kỳ {period} đã có bản ban hành.",
        f"bản {release.release_id} số {release.number} {STATES[release.state]}",
        "bản mới phải nói đính chính bản nào, vì sao",
        f'Chạy qcdc release correct {release.release_id} --who … --why "…" trước khi trình.',
    )


def unknown(release_id: str, known: Sequence[str]) -> Problem:
    """No such release."""
    return Problem(
        "QCDC-E62",
        f"Không có bản phát hành {release_id}.",
        release_id,
        f"một trong: {', '.join(known) or 'chưa có bản nào'}; dạng <kỳ>/<số>, ví dụ 2021-H1/01",
        "Chạy qcdc release list để xem các bản.",
    )


def nobody(what: str, found: str) -> Problem:
    """A person's name, or nothing, where an office should stand."""
    return Problem(
        "QCDC-E63",
        f"{what} phải ghi bằng chức vụ hoặc bộ phận.",
        f"{what}: {found or 'để trống'}",
        'chức vụ hoặc bộ phận, không ghi họ tên, ví dụ "Trưởng ban", "Chuyên viên tổng hợp"',
        "Ghi chức vụ rồi chạy lại; họ tên người ký chỉ nằm trên bản giấy.",
    )


def no_reason(action: str, release_id: str) -> Problem:
    """A step that needs a reason has none."""
    return Problem(
        "QCDC-E64",
        f"Phải nêu lý do khi {VERBS[action]} bản {release_id}.",
        "không có --why, hoặc để trống",
        'lý do bằng lời, ví dụ --why "số liệu xã 03 cần đối chiếu lại"',
        "Thêm --why rồi chạy lại.",
    )


def bad_value(option: str, found: str, expected: str) -> Problem:
    """An option that says nothing sensible."""
    return Problem(
        "QCDC-E65",
        f"Giá trị của {option} không đúng.",
        found or "để trống",
        expected,
        f"Sửa {option} rồi chạy lại; chưa ghi gì.",
    )


def not_evaluated(period: str) -> Problem:
    """Nothing to release."""
    return Problem(
        "QCDC-E66",
        f"Kỳ {period} chưa có báo cáo để phát hành.",
        f"kho chưa có số liệu của kỳ {period}",
        "kỳ đã đánh giá, báo cáo đã lập",
        f"Chạy qcdc run {period} trước.",
    )


def stale(period: str, why: str) -> Problem:
    """The tables do not follow from what lies there now."""
    return Problem(
        "QCDC-E67",
        f"Số liệu kỳ {period} không còn mới.",
        why,
        "số liệu trong kho tính từ đúng những gì đang có",
        f"Chạy qcdc run {period}, xem lại, rồi trình lại.",
    )


def papers_stale(period: str, why: str) -> Problem:
    """The papers do not show the tables."""
    return Problem(
        "QCDC-E67",
        f"Báo cáo kỳ {period} không còn khớp số liệu trong kho.",
        why,
        "báo cáo lập từ đúng số liệu đang có",
        f"Chạy qcdc run {period} để lập lại báo cáo.",
    )


def broken(period: str, found: str) -> Problem:
    """The tables contradict each other."""
    return Problem(
        "QCDC-E01",
        "Số liệu tự mâu thuẫn, nên không ban hành.",
        found,
        "mọi bất biến của hệ thống đều đúng",
        f"Chạy lại qcdc run {period}; còn lỗi thì gửi thông báo này cho người phát triển.",
        BROKEN,
    )


def not_closed(period: str, leaves: Sequence[str]) -> Problem:
    """Somebody may still send."""
    return Problem(
        "QCDC-E68",
        f"Kỳ {period} chưa đóng nên chưa ban hành được.",
        f"chưa đóng: {', '.join(leaves)}",
        "kỳ đã đóng hoặc đã khóa: hết hạn nộp",
        f"Chạy qcdc period close {leaves[0]} --who …, rồi qcdc run {period}.",
    )


def changed_since(release_id: str) -> Problem:
    """What would be issued is not what was submitted."""
    period = release_id.split("/")[0]
    return Problem(
        "QCDC-E69",
        f"Bản {release_id} đã đổi sau khi trình.",
        "số liệu hoặc lời văn khác bản đã trình",
        "bản được ký đúng là bản đã trình",
        f'Chạy qcdc release return {release_id} --who … --why "…", rồi '
        f"qcdc release submit {period}.",
    )


def unexplained(release_id: str, found: Sequence[str]) -> Problem:
    """It may be issued, but only with a reason."""
    return Problem(
        "QCDC-E70",
        f"Ban hành bản {release_id} phải nêu lý do.",
        "; ".join(found),
        "số đã công bố khớp, mọi phần lời văn đã viết; hoặc có lý do",
        "Sửa, hoặc thêm --why với lý do; lý do được ghi vào sổ và vào bản phát hành.",
    )


def not_issued(release: Release) -> Problem:
    """There is no archive of it."""
    return Problem(
        "QCDC-E74",
        f"Bản {release.release_id} chưa ban hành.",
        f"bản {release.release_id} {STATES[release.state]}",
        "một bản đã ban hành, có bản lưu trong releases/",
        "Chạy qcdc release list để xem các bản.",
    )


def damaged(release_id: str, found: str) -> Problem:
    """The archive cannot be worked with."""
    return Problem(
        "QCDC-E71",
        f"Bản lưu {release_id} không đủ để làm việc này.",
        found,
        "bản lưu còn nguyên như lúc ban hành (qcdc release verify)",
        "Khôi phục thư mục releases/ từ bản sao lưu rồi chạy lại.",
    )


def inputs_lost(release_id: str, lost: Sequence[str]) -> Problem:
    """The files that a release was computed from are not there any more."""
    return Problem(
        "QCDC-E72",
        f"Không tính lại được bản {release_id}: thiếu tệp đầu vào.",
        f"{len(lost)} tệp không còn đúng bytes, ví dụ {lost[0]}",
        "mọi tệp ghi trong raw/…/releases/…/release.json, hoặc bản chép trong inputs/",
        "Khôi phục các tệp ấy từ bản sao lưu rồi chạy lại.",
    )


def no_copy(found: str, expected: str, action: str) -> Problem:
    """What was handed in is no signed copy of this release."""
    return Problem("QCDC-E73", "Không đối chiếu được bản đã ký.", found, expected, action)
