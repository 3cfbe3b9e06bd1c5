"""Who does something is an office, never a person's name.

Belongs here: the check of ``--who`` and its problem. Does not belong here: what an office is
called (``intake.documents``).
"""

from __future__ import annotations

from pipelines.intake.documents import names_office
from pipelines.orchestration.problems import Problem, Stopped
from pipelines.vietnamese.text import normalise


def office_of(who: str | None, code: str, title: str) -> str:
    """The office as it is written down.

    Args:
        who: What was given.
        code: Code of the problem.
        title: What was not said: "Phải nêu người viết bằng chức vụ."

    Raises:
        Stopped: Nothing was given, or a person's name.
    """
    said = normalise(who or "")
    if said and names_office(said):
        return said
    raise Stopped(
        Problem(
            code,
            title,
            f'--who "{said}"' if said else "không có --who",
            'chức vụ hoặc bộ phận, không ghi họ tên, ví dụ --who "Thường trực Ban Chỉ đạo"',
            "Thêm --who rồi chạy lại; chưa ghi gì.",
        )
    )
