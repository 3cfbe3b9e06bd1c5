"""Letters for the tests of feedback: made up, or about a real file that was checked."""

import dataclasses
import datetime as dt
import functools
from pathlib import Path

import pandas as pd

from pipelines.orchestration.answering import letter_of_check
from pipelines.orchestration.checking import CheckedFile, check_file
from pipelines.orchestration.steps import reference_tables
from pipelines.reports.feedback import Letter, Point
from tests.cases.building import CATALOGUE, ROOT

HANOI = dt.timezone(dt.timedelta(hours=7))
LETTER = Letter(
    submission_id="2021-H1/xa-mh-07/01",
    unit_id="xa-mh-07",
    unit="Xã minh họa 07",
    form="Biểu 01-XA",
    period="6 tháng đầu năm 2021",
    round="Số ước",
    file_name="xa-2021_2021-H1.xlsx",
    status="returned",
    reason="XA-01 tại Biểu 01-XA!E19",
    received_at=dt.datetime(2021, 6, 1, 14, 16, tzinfo=HANOI),
    channel="e-mail",
    sha256="a38e851a168345d2" * 4,
    due_date=dt.date(2021, 6, 4),
    resend_by=None,
    send_to="Ban Chỉ đạo QCDC huyện minh họa",
    is_late=True,
    is_illustrative=True,
)
POINT = Point(
    number=1,
    sheet="Biểu 01-XA",
    cell="E19",
    code="B02",
    label="Số nội dung đã công khai",
    severity="error",
    rule="XA-01",
    message="Số nội dung đã công khai (25) lớn hơn số phải công khai.",
    found="25",
    expected="không quá 22",
    basis="Điều 5 Pháp lệnh 34/2007/PL-UBTVQH11 (chưa kiểm chứng); quy tắc XA-01",
    action="Rà soát mã B01 và B02, sửa rồi gửi lại.",
)


def letter(*points: Point, **changes: object) -> Letter:
    """The letter with points and other changes."""
    return dataclasses.replace(LETTER, points=points, **changes)  # type: ignore[arg-type] # fields by name


def point(**changes: object) -> Point:
    """The point with changes."""
    return dataclasses.replace(POINT, **changes)  # type: ignore[arg-type] # fields by name


def many(count: int) -> tuple[Point, ...]:
    """Points of all severities, texts of all lengths."""
    kinds = ["error", "warning", "review"]
    return tuple(
        point(
            number=number,
            cell=f"E{18 + number}",
            severity=kinds[3 * (number - 1) // count],
            message=POINT.message * (1 + number % 3),
            found=["25", "có khoảng 1.200 lượt người tham gia"][number % 2],
        )
        for number in range(1, count + 1)
    )


@functools.cache
def tables() -> dict[str, pd.DataFrame]:
    """The ``ref.*`` tables."""
    return reference_tables(ROOT, CATALOGUE)


def checked(data: bytes, folder: Path, name: str = "tep.xlsx") -> tuple[CheckedFile, Letter]:
    """A file that was checked, and the letter about it."""
    path = folder / name
    path.write_bytes(data)
    done = check_file(CATALOGUE, tables()["ref.units"], path)
    return done, letter_of_check(done.submission, done.findings, tables(), CATALOGUE)
