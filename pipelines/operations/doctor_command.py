"""What ``qcdc doctor`` does: look, put right what may be, look again, show.

Belongs here: options, words and colours on the screen. Does not belong here: checks
(``doctor_checks*``), repairs (``doctor_repair``).
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from pipelines.operations.doctor import CHECKS, examine, exit_code
from pipelines.operations.doctor_facts import gather
from pipelines.operations.doctor_model import Finding
from pipelines.operations.doctor_repair import repair
from pipelines.orchestration import screen
from pipelines.warehouse.root import find_root

_MARKS = {"ok": ("tốt", "green"), "warning": ("lưu ý", "yellow"), "error": ("LỖI", "bold red")}
_LABELS = {check.name: check.label_vi for check in CHECKS}
_WIDTH = 7


def doctor(
    mend: Annotated[
        bool, typer.Option("--repair", help="tự sửa những gì sửa được an toàn, rồi khám lại")
    ] = False,
    deep: Annotated[
        bool, typer.Option("--deep", help="đọc hết kho dữ liệu, so từng mã băm (lâu hơn)")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="in kết quả dạng JSON cho máy đọc")
    ] = False,
) -> None:
    """Khám hệ thống: tiến trình, lần chạy, ổ đĩa, kho dữ liệu, sổ, lịch; 1 nếu có lỗi."""
    root = find_root()
    facts = gather(root, deep=deep)
    findings = examine(facts)
    done: list[str] = []
    if mend:
        done = repair(facts, findings)
        if done:
            findings = examine(gather(root, deep=deep))
    code = exit_code(findings)
    if as_json:
        screen.print_json(
            {"findings": [asdict(found) for found in findings], "done": done, "exit": code}
        )
    else:
        _show(findings, done)
    raise typer.Exit(code)


def _show(findings: list[Finding], done: list[str]) -> None:
    out = screen.console()
    for line in done:
        out.print(f"Đã sửa: {line}", soft_wrap=True)
    for found in findings:
        mark, style = _MARKS[found.level]
        out.print(f"{mark:<{_WIDTH}} {_LABELS[found.check]}", style=style, soft_wrap=True)
        if found.level != "ok":
            out.print(f"        Thấy:         {found.found}", soft_wrap=True)
            out.print(f"        Mong đợi:     {found.expected}", soft_wrap=True)
            out.print(f"        Việc cần làm: {found.action}", soft_wrap=True)
    errors = sum(found.level == "error" for found in findings)
    warnings = sum(found.level == "warning" for found in findings)
    out.print(
        f"Kết luận: {errors} lỗi, {warnings} lưu ý." if errors or warnings else "Mọi thứ tốt."
    )
