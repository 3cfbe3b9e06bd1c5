"""What a person is told when ``qcdc decide`` cannot go on.

Belongs here: Problems of deciding. Does not belong here: when they arise (``decide_command``).
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from pipelines.orchestration.deciding import Plan
from pipelines.orchestration.desk import Desk
from pipelines.orchestration.problems import Problem

_MANY = 20


def no_book_name(target: Path) -> Problem:
    """The book is to be written to something that is no workbook."""
    return Problem(
        "QCDC-E52",
        "Sổ xử lý phải là tệp .xlsx.",
        target.name,
        "tên tệp kết thúc bằng .xlsx, ví dụ so-xu-ly.xlsx",
        "Đổi tên rồi chạy lại; chưa ghi gì.",
    )


def no_book(source: Path, found: str) -> Problem:
    """The file is no book of this period."""
    return Problem(
        "QCDC-E53",
        "Tệp này không phải sổ xử lý của kỳ.",
        f"{source.name}: {found}",
        "sổ do qcdc decide KỲ --export ghi ra cho chính kỳ đó, đã điền cột Xử lý",
        "Xuất lại sổ, điền rồi nhập lại; chưa ghi gì.",
    )


def no_finding(desk: Desk, name: str) -> Problem:
    """Nothing is open under a name."""
    some = ", ".join(desk.open["id"].head(5)) or "không còn phát hiện nào"
    return Problem(
        "QCDC-E54",
        f"Không có phát hiện nào còn mở ở {name}.",
        f"{len(desk.open)} phát hiện còn mở: {some}",
        "mã việc (cột đầu của qcdc decide), hoặc Trang!Ô",
        f"Xem qcdc decide {desk.period}; chưa ghi gì.",
    )


def many(found: pd.DataFrame, name: str) -> Problem:
    """A place stands for findings of several files."""
    each = found["id"] + " (" + found["unit"].astype("str") + ")"
    return Problem(
        "QCDC-E55",
        f"Nhiều tệp có phát hiện ở {name}.",
        ", ".join(each.head(_MANY)),
        "một mã việc",
        "Dùng mã việc thay cho ô; chưa ghi gì.",
    )


def wrong_rows(done: Plan) -> Problem:
    """Rows of a book, or one decision, that cannot be taken."""
    more = len(done.wrong) - _MANY
    shown = "\n".join(done.wrong[:_MANY]) + (f"\nvà {more} dòng khác" if more > 0 else "")
    return Problem(
        "QCDC-E56",
        f"{len(done.wrong)} dòng không nhập được.",
        shown,
        "mỗi dòng một việc dùng được, đủ giá trị, chức vụ, ngày và lý do",
        "Sửa các dòng đã nêu rồi nhập lại cả sổ; chưa ghi gì.",
    )


def contradiction(expected: str) -> Problem:
    """Options that contradict each other."""
    return Problem(
        "QCDC-E58",
        "Câu lệnh qcdc decide không rõ.",
        "nhiều việc một lúc, hoặc không việc nào",
        expected,
        "Xem qcdc decide --help; chưa ghi gì.",
    )


def locked(period: str) -> Problem:
    """The period takes no more decisions."""
    return Problem(
        "QCDC-E57",
        f"Kỳ {period} đã khóa nên không ghi thêm quyết định.",
        f"kỳ {period} đã khóa",
        "kỳ đang mở, đã đóng hoặc đã mở lại",
        f"Chạy qcdc period reopen {period} --who … --why … trước; chưa ghi gì.",
    )
