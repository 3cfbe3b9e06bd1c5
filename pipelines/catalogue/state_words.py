"""What officials read for the states that columns of tables hold; one word for one thing.

Belongs here: Vietnamese names of states, rounds, stages, kinds of unit, as they stand inside a
sentence. Does not belong here: words of rules and operators (``rule_words``), explanations of the
dictionary (``dictionary_words``), headings (``headings``).
"""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.vietnamese.numbers import NO_DATA

REPORT_STATES: dict[str, str] = {
    "on_time": "đúng hạn",
    "late": "trễ hạn",
    "returned": "bị trả lại",
    "missing": "chưa nộp",
}
STATUSES: dict[str, str] = {
    "accepted": "được chấp nhận",
    "accepted_with_warnings": "được chấp nhận, có cảnh báo",
    "returned": "trả lại",
    "superseded": "đã thay bằng bản mới hơn",
    "duplicate": "trùng bản đã nộp",
    "unreadable": "không đọc được",
    "refused": "từ chối nhận",
}
SEVERITIES: dict[str, str] = {
    "error": "lỗi, phải sửa",
    "warning": "cảnh báo",
    "review": "cần rà soát",
}
FATES: dict[str, str] = {
    "observation": "số liệu",
    "register": "dòng sổ",
    "header": "đầu biểu",
    "label": "nhãn, chữ in sẵn",
    "total": "dòng tổng",
    "ignored": "bỏ qua, có nêu",
    "withheld": "không ghi lại",
    "quarantined": "tạm giữ",
}
DUTY_STATES: dict[str, str] = {
    "done": "đã thực hiện",
    "not_done": "chưa thực hiện",
    "not_yet_due": "còn thời hạn",
    "not_applicable": "không áp dụng",
    "missing": NO_DATA,
}
STAGES: dict[str, str] = {"self": "tự chấm", "verified": "thẩm định", "decided": "công nhận"}
ROUNDS: dict[str, str] = {"estimate": "số ước", "final": "số chính thức"}
UNIT_TYPES: dict[str, str] = {
    "country": "Cả nước",
    "province": "Tỉnh",
    "district": "Huyện, thị xã, thành phố",
    "commune": "Xã, phường, thị trấn",
    "agency": "Cơ quan, đơn vị sự nghiệp",
    "enterprise": "Doanh nghiệp",
    "mass_organisation": "Mặt trận Tổ quốc, đoàn thể",
    "office": "Cơ quan cung cấp số liệu",
}


def headed(words: Mapping[str, str]) -> dict[str, str]:
    """The same words as they stand alone, in a table or at the beginning: with a capital."""
    return {key: word[:1].upper() + word[1:] for key, word in words.items()}
