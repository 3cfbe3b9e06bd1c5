"""What ``qcdc remind`` does: letters to units whose reports are missing, late or were sent back.

Belongs here: which tables the letters are made from, where they are written. Does not belong
here: what a letter says (``reports.reminder``).
"""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pandas as pd

from pipelines.analysis import open_warehouse
from pipelines.analysis.access import Tables
from pipelines.analysis.scope import of_period
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.model import Catalogue
from pipelines.orchestration import screen
from pipelines.orchestration.answering import office_of
from pipelines.orchestration.problems import Problem, Stopped
from pipelines.reports.reminder import Reminder, Setting, reminder_page, reminders
from pipelines.vietnamese.dates import PROBLEM_TEXT_VI, parse_date
from pipelines.warehouse.manifest import published_folder
from pipelines.warehouse.root import find_root

DONE = 0
_FOLDER = "nhac"


def remind(period: str, resend_by: str | None, *, as_json: bool) -> int:
    """Write a letter per unit that owes a report of a period.

    Args:
        period: Key of the period.
        resend_by: Last day to answer, as typed.
        as_json: Print JSON.

    Raises:
        Stopped: The period was not evaluated, or the day is none.
    """
    root, catalogue = find_root(), load_catalogue()
    warehouse = open_warehouse(root=root)
    day = _day(resend_by)
    evaluated = of_period(warehouse.table("eval.indicator_values"), period)
    if evaluated.empty:
        raise Stopped(_not_evaluated(period))
    as_of = evaluated["as_of"].max().to_pydatetime()
    letters = letters_of(warehouse, catalogue, period, as_of, day)
    folder = published_folder(root, period) / _FOLDER
    paths = write_reminders(folder, letters)
    if as_json:
        found = zip(letters, paths, strict=True)
        told = [{"unit": each.unit_id, "page": str(path)} for each, path in found]
        screen.print_json({"period": period, "folder": str(folder), "letters": told})
    else:
        _show(letters, paths)
    return DONE


def letters_of(
    wh: Tables,
    catalogue: Catalogue,
    period: str,
    as_of: dt.datetime,
    resend_by: dt.date | None = None,
) -> list[Reminder]:
    """The letters of a period from the warehouse."""
    units = wh.table("ref.units")
    reporting = of_period(wh.table("core.reporting"), period)
    periods = wh.table("ref.periods").set_index("period")
    ends_on = pd.Timestamp(periods["ends_on"][period]).date()
    owing = reporting["unit_id"].unique()
    setting = Setting(
        period=str(periods["label_vi"][period]),
        as_of=as_of,
        form_names={form.id: form.number_vi for form in catalogue.forms.values()},
        senders={str(unit): office_of(units, str(unit), ends_on) for unit in owing},
        resend_by=resend_by,
    )
    return reminders(
        reporting=reporting,
        findings=of_period(wh.table("core.findings"), period),
        submissions=of_period(wh.table("intake.submissions"), period),
        units=units,
        # who looks after an area is told by days of validity, in whichever period it was sent
        assignments=wh.table("core.registers_assignments"),
        members=wh.table("core.registers_committee_members"),
        setting=setting,
    )


def write_reminders(folder: Path, letters: list[Reminder]) -> list[Path]:
    """Write all letters anew: a unit that has answered must not be reminded.

    Args:
        folder: Where; emptied first.
        letters: The letters.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    paths = [folder / f"{letter.unit_id}.html" for letter in letters]
    for path, letter in zip(paths, letters, strict=True):
        path.write_text(reminder_page(letter), encoding="utf-8", newline="\n")
    return paths


def _show(letters: list[Reminder], paths: list[Path]) -> None:
    out = screen.console()
    if not letters:
        out.print("Không có đơn vị nào phải nhắc.")
        return
    rows = [
        {"Đơn vị": each.unit, "Qua": each.addressed, "Báo cáo": f"{len(each.owed):02d}"}
        for each in letters
    ]
    screen.show_table(out, pd.DataFrame(rows), "Thư nhắc nộp báo cáo (nội bộ)")
    out.print(f"Thư ở {paths[0].parent}", soft_wrap=True)


def _day(text: str | None) -> dt.date | None:
    if text is None:
        return None
    parsed = parse_date(text)
    if parsed.value is None:
        why = PROBLEM_TEXT_VI.get(parsed.problem or "", "")
        raise Stopped(
            Problem(
                "QCDC-E45",
                "Ngày trả lời không đúng dạng.",
                f"--resend-by {text}. {why}",
                "ngày dạng 12/06/2021",
                "Viết lại ngày rồi chạy lại lệnh.",
            )
        )
    return parsed.value


def _not_evaluated(period: str) -> Problem:
    return Problem(
        "QCDC-E44",
        f"Kỳ {period} chưa có tình hình nộp báo cáo trong kho.",
        period,
        "một kỳ đã đánh giá, ví dụ 2021-H1 (qcdc status liệt kê các kỳ)",
        f"Chạy trước: qcdc run {period}.",
    )
