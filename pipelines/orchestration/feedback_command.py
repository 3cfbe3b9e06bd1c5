"""What ``qcdc feedback`` does: letters to senders and the overview of a period, as files.

Belongs here: which files are written where, asking and showing. Does not belong here: what a
letter says (``answering``), its looks (``reports.feedback*``).
"""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pipelines.analysis import open_warehouse
from pipelines.analysis.access import Tables
from pipelines.analysis.scope import of_period
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.model import Catalogue
from pipelines.catalogue.periods import period_keys
from pipelines.intake.receipts import LARGEST, is_inside, sha256_of
from pipelines.orchestration import screen
from pipelines.orchestration.answering import Answer, Wishes, answers, letter_of_check
from pipelines.orchestration.kept_places import place_of
from pipelines.orchestration.problems import Problem, Stopped
from pipelines.orchestration.steps import period_as_of
from pipelines.reports.feedback import Letter, verdict
from pipelines.reports.feedback_book import feedback_book
from pipelines.reports.feedback_page import feedback_page
from pipelines.reports.feedback_text import feedback_text
from pipelines.reports.overview import Overview, overview, overview_page
from pipelines.reports.overview_book import overview_book
from pipelines.vietnamese.dates import PROBLEM_TEXT_VI, parse_date
from pipelines.warehouse.manifest import warehouse_folder
from pipelines.warehouse.root import find_root

DONE = 0
_UNSAFE = re.compile(r"[^\w.\- ]+")
_LONGEST_NAME = 80


@dataclass(frozen=True)
class Asked:
    """What was asked for.

    Attributes:
        period: Key of the period.
        unit: Only letters to this sender, and no overview.
        out: Folder; by default ``warehouse/feedback/<period>``.
        everything: Also letters that only say that a file is in order.
        resend_by: Last day for mended files, as typed.
        send_to: Where to send them.
    """

    period: str
    unit: str | None = None
    out: Path | None = None
    everything: bool = False
    resend_by: str | None = None
    send_to: str | None = None


@dataclass(frozen=True)
class Written:
    """The files of a letter.

    Attributes:
        letter: The letter.
        workbook: Marked workbook.
        page: One page of A4.
        message: Plain text.
        is_own: Whether the workbook is the sender's own one.
    """

    letter: Letter
    workbook: Path
    page: Path
    message: Path
    is_own: bool

    def as_dict(self) -> dict[str, object]:
        """For ``--json``."""
        return {
            "submission_id": self.letter.submission_id,
            "unit": self.letter.unit_id or None,
            "status": self.letter.status,
            "points": len(self.letter.points),
            "errors": len(self.letter.of("error")),
            "workbook": str(self.workbook),
            "page": str(self.page),
            "message": str(self.message),
            "is_own_workbook": self.is_own,
        }


def feedback(asked: Asked, *, as_json: bool) -> int:
    """Write the letters of a period, and the overview when all senders are asked for.

    Raises:
        Stopped: No such period or unit, the period was not evaluated, or the day is none.
    """
    root, catalogue = find_root(), load_catalogue()
    warehouse = open_warehouse(root=root)
    _require(asked, catalogue, warehouse)
    folder = asked.out or feedback_folder(root, asked.period)
    written, pages = write_answers(root, catalogue, warehouse, asked)
    if as_json:
        screen.print_json(
            {
                "period": asked.period,
                "folder": str(folder),
                "letters": [each.as_dict() for each in written],
                "overview": [str(page) for page in pages],
            }
        )
    else:
        _show(written, pages)
    return DONE


def write_answers(
    root: Path, catalogue: Catalogue, warehouse: Tables, asked: Asked
) -> tuple[list[Written], list[Path]]:
    """Write the letters of a period and, unless one unit is asked for, the overview.

    Returns:
        The letters, and the pages of the overview.
    """
    folder = asked.out or feedback_folder(root, asked.period)
    wishes = Wishes(_day(asked.resend_by), asked.send_to)
    as_of = period_as_of(root, asked.period)
    found = answers(warehouse, catalogue, asked.period, as_of, wishes, everything=asked.everything)
    if asked.unit is None and asked.out is None:
        # all of it is written anew: an answer that was overtaken must not be sent
        shutil.rmtree(folder, ignore_errors=True)
    wanted = [one for one in found if asked.unit in {None, one.letter.unit_id}]
    written = [_write(folder, root, one) for one in wanted]
    if asked.unit is not None:
        return written, []
    return written, write_overview(folder, warehouse, catalogue, asked.period, as_of)


def feedback_folder(root: Path, period: str) -> Path:
    """Where the letters of a period lie: they follow from the warehouse and may be deleted."""
    return warehouse_folder(root) / "feedback" / period


def write_feedback(folder: Path, letter: Letter, source: bytes | None, nn: str = "01") -> Written:
    """Write the three files of a letter.

    Args:
        folder: Where; made when missing.
        letter: The answer.
        source: Bytes of the file that it answers; None where they are gone or must not be kept.
        nn: Number of the receipt: tells the files of one sender apart.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stem = _UNSAFE.sub("_", Path(letter.file_name).stem)[:_LONGEST_NAME].strip(" .") or "tep"
    data, is_own = feedback_book(letter, source)
    files = Written(
        letter=letter,
        workbook=folder / f"{nn}_{stem}_phan-hoi.xlsx",
        page=folder / f"{nn}_phieu-phan-hoi.html",
        message=folder / f"{nn}_tin-nhan.txt",
        is_own=is_own,
    )
    files.workbook.write_bytes(data)
    files.page.write_text(feedback_page(letter), encoding="utf-8", newline="\n")
    files.message.write_text(feedback_text(letter), encoding="utf-8", newline="\n")
    return files


def write_checked(
    folder: Path,
    checked: Sequence[tuple[Path, pd.Series, pd.DataFrame]],
    tables: Mapping[str, pd.DataFrame],
    catalogue: Catalogue,
) -> list[Written]:
    """Write letters about files that were not sent.

    Args:
        folder: Where; made when missing.
        checked: Per file its path, what it was taken for, and its findings.
        tables: The ``ref.*`` tables.
        catalogue: What is measured.
    """
    return [
        write_feedback(
            folder,
            letter_of_check(submission, findings, tables, catalogue),
            path.read_bytes(),
            f"{number:02d}",
        )
        for number, (path, submission, findings) in enumerate(checked, start=1)
    ]


def _write(folder: Path, root: Path, one: Answer) -> Written:
    own = folder / (one.letter.unit_id or "chua-ro-don-vi")
    return write_feedback(own, one.letter, _source(root, one), one.nn)


def _source(root: Path, one: Answer) -> bytes | None:
    """The bytes that were received, if they still lie there and may be opened."""
    submission = one.letter.submission_id
    if submission is None or one.letter.status in {"refused", "unreadable"}:
        return None
    path = root / place_of(root, submission, one.path)
    if not (path.is_file() and is_inside(path, root)):
        return None
    if path.stat().st_size > LARGEST:
        return None
    data = path.read_bytes()
    return data if sha256_of(data) == one.letter.sha256 else None


def write_overview(
    folder: Path, wh: Tables, catalogue: Catalogue, period: str, as_of: dt.datetime
) -> list[Path]:
    """Write the overview of a period as a page and a workbook.

    Args:
        folder: Where; made when missing.
        wh: Tables of the warehouse.
        catalogue: Names of forms.
        period: Key of the period.
        as_of: Until when the journal was looked at.
    """
    shown = overview_of(wh, catalogue, period, as_of)
    folder.mkdir(parents=True, exist_ok=True)
    page, book = folder / "tong-quan.html", folder / "tong-quan.xlsx"
    page.write_text(overview_page(shown), encoding="utf-8", newline="\n")
    book.write_bytes(overview_book(shown))
    return [page, book]


def overview_of(wh: Tables, catalogue: Catalogue, period: str, as_of: dt.datetime) -> Overview:
    """The overview of a period from the warehouse."""
    labels = wh.table("ref.periods").set_index("period")["label_vi"]
    return overview(
        reporting=of_period(wh.table("core.reporting"), period),
        submissions=of_period(wh.table("intake.submissions"), period),
        findings=of_period(wh.table("core.findings"), period),
        units=wh.table("ref.units"),
        form_names={form.id: form.number_vi for form in catalogue.forms.values()},
        period_label=str(labels.get(period, period)),
        as_of=as_of,
    )


def _show(written: list[Written], pages: list[Path]) -> None:
    out = screen.console()
    if written:
        rows: list[Mapping[str, object]] = [
            {
                "Đơn vị": each.letter.unit,
                "Kết quả": verdict(each.letter).partition(":")[0].partition(",")[0],
                "Nội dung": f"{len(each.letter.points):02d}",
                "Tệp gửi lại": str(each.workbook),
            }
            for each in written
        ]
        screen.show_table(out, pd.DataFrame(rows), "Phiếu phản hồi")
        out.print("Cạnh mỗi tệp Excel: phiếu một trang A4 (.html) và tin nhắn để dán (.txt).")
    else:
        out.print("Không có tệp nào cần phản hồi.")
    for page in pages:
        out.print(f"Tổng quan: {page}", soft_wrap=True)


def _day(text: str | None) -> dt.date | None:
    if text is None:
        return None
    parsed = parse_date(text)
    if parsed.value is None:
        raise Stopped(
            Problem(
                "QCDC-E41",
                "Ngày gửi lại không đúng dạng.",
                f"--resend-by {text}. {PROBLEM_TEXT_VI.get(parsed.problem or '', '')}",
                "ngày dạng 12/06/2021",
                "Viết lại ngày rồi chạy lại lệnh.",
            )
        )
    return parsed.value


def _require(asked: Asked, catalogue: Catalogue, wh: Tables) -> None:
    known = period_keys(catalogue.periods)
    received = of_period(wh.table("intake.submissions"), asked.period)
    if asked.period not in known or received.empty:
        raise Stopped(
            Problem(
                "QCDC-E40",
                f"Kỳ {asked.period} chưa có tệp nào trong kho để phản hồi.",
                asked.period,
                "một kỳ đã đánh giá, ví dụ 2021-H1 (qcdc status liệt kê các kỳ)",
                f"Chạy trước: qcdc run {asked.period}.",
            )
        )
    if asked.unit is not None and asked.unit not in set(received["provider"]):
        raise Stopped(
            Problem(
                "QCDC-E42",
                f"Đơn vị {asked.unit} chưa gửi tệp nào trong kỳ {asked.period}.",
                f"--unit {asked.unit}",
                "mã một đơn vị đã gửi tệp, ví dụ xa-mh-07",
                f"Xem ai đã gửi: qcdc feedback {asked.period} rồi mở tong-quan.html.",
            )
        )
