"""The words of the sổ xử lý: headings and what may be chosen, for those who write and read it.

Belongs here: the vocabulary that a written book and a book read back share. Does not belong here:
cells (``decision_book``, ``decision_answers``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

WORK_SHEET, SIGN_SHEET = "Sổ xử lý", "0 hay chưa có"
GUIDE_SHEET, LIST_SHEET = "Hướng dẫn", "Danh mục"
PERIOD_NAME = "QCDC_DECISIONS"

# what a coordinator does about a finding, as the column "Xử lý" says it
CHOICES = {
    "accept": "Chấp nhận",
    "correct": "Sửa theo điện thoại",
    "return": "Trả lại",
    "confirm": "Xác nhận đơn vị, kỳ",
    "zero": "Nghĩa là 0",
    "missing": "Nghĩa là chưa có",
    "withdraw": "Rút quyết định",
}
SIGN_CHOICES = {
    "zero": "0 (không phát sinh)",
    "missing": "Chưa có số liệu",
    "not_applicable": "Không áp dụng",
}
DONE_WORDS = {
    "accept": "đã chấp nhận",
    "correct": "đã sửa",
    "return": "trả lại",
    "confirm": "đã xác nhận đơn vị, kỳ",
    "means": "đã hỏi nghĩa của dấu",
    "withdraw": "rút quyết định",
}
MEANING_WORDS = {"zero": "0", "missing": "chưa có số liệu", "not_applicable": "không áp dụng"}

CHOICE, VALUE, TOLD_BY, TOLD_ON, WHY = (
    "Xử lý",
    "Giá trị mới",
    "Người cung cấp (chức vụ)",
    "Ngày cung cấp",
    "Lý do",
)
MEANS = "Nghĩa là"
# what names a row to the program; hidden, and every row carries the check of its own
ROW_KEYS = ("Mã lần nộp", "Trang", "Ô", "Quy tắc", "Mã đơn vị", "Mã chỉ tiêu")
SIGN_KEYS = ("Mã đơn vị", "Dấu")
CHECK = "Mã việc"


def matter_id(key: Sequence[str | None]) -> str:
    """A short name for a finding or a sign that follows from its key alone, e.g. ``4f1c09ab``."""
    text = "\x1f".join(part or "" for part in key)
    return hashlib.sha256(text.encode()).hexdigest()[:8]
