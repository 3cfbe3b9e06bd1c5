"""Meetings of a committee and what they concluded, carried from half-year to half-year.

Belongs here: rows of the two registers. Does not belong here: the committee's other registers
(``committee_registers``).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from pipelines.sample.committee_office import DONE, NOT_BEGUN, OWNERS, UNDER_WAY, Office
from pipelines.sample.draw import between, one_of
from pipelines.sample.registers import Row
from pipelines.sample.setting import Setting
from pipelines.sample.workdays import working_day_before, working_days

# days on which a committee may meet, by half-year
_MEETINGS = {"H1": ((1, 15), (4, 20), (5, 20)), "H2": ((7, 15), (10, 20), (11, 20))}
_CONCLUSIONS = (
    "Đôn đốc đơn vị nộp báo cáo chậm",
    "Hướng dẫn sửa quy chế dân chủ",
    "Kiểm tra việc niêm yết công khai",
    "Tổ chức đối thoại của người đứng đầu",
    "Rà soát hương ước, quy ước",
    "Bổ sung tài liệu tuyên truyền",
)


@dataclass(frozen=True)
class _Half:
    """A half-year in which a committee met, which may lie before the period."""

    year: int
    half: str

    @property
    def key(self) -> str:
        return f"{self.year}-{self.half}"

    def before(self) -> _Half:
        return _Half(self.year, "H1") if self.half == "H2" else _Half(self.year - 1, "H2")

    def days(self, count: int) -> list[dt.date]:
        """The first ``count`` days on which the committee met."""
        return [
            working_day_before(dt.date(self.year, month, day))
            for month, day in _MEETINGS[self.half][:count]
        ]


def _half_of(setting: Setting) -> _Half:
    return _Half(setting.year, "H2" if setting.is_second_half else "H1")


def _concluded(half: _Half, scope: str, meeting: int) -> int:
    return between(2, 4, scope, half.key, "conclusions", str(meeting))


def meetings(office: Office) -> list[Row]:
    """The meetings of the period, as many as the form says."""
    half, members = _half_of(office.setting), office.count("bcd.members")
    days = half.days(office.count("bcd.meetings"))
    kinds = ["Đánh giá năm trước, triển khai năm" if half.half == "H1" else "Định kỳ"]
    kinds += ["Định kỳ", "Đột xuất"]
    return [
        {
            "meeting_code": f"HB-{n + 1:02d}",
            "unit": office.unit_id,
            "held_on": day,
            "kind": kinds[n],
            "content": "Đánh giá kết quả, bàn nhiệm vụ thời gian tới",
            "summoned": members,
            "present": members - between(0, 3, office.scope, half.key, "absent", str(n)),
            "conclusions": _concluded(half, office.scope, n),
            "notice_number": f"{between(3, 90, office.scope, half.key, 'notice') + n}/TB-BCĐ",
        }
        for n, day in enumerate(days)
    ]


def conclusions(office: Office) -> list[Row]:
    """What the meetings of the period concluded, after what is carried from the two before."""
    now = _half_of(office.setting)
    last = now.before()
    met = office.count("bcd.meetings")
    every = [
        *_of_half(last.before(), office, 2, 1),
        *_of_half(last, office, 1, 1),
        *_of_half(now, office, 0, met),
    ]
    return [row for row in every if row is not None]


def _of_half(half: _Half, office: Office, back: int, met: int) -> list[Row | None]:
    """Conclusions of a half-year as they stand ``back`` half-years later; None where settled.

    Only what the first meeting of a half-year concludes may last longer than it.
    """
    rows: list[Row | None] = []
    for meeting, day in enumerate(half.days(met)):
        if day < office.since:
            continue
        for _ in range(_concluded(half, office.scope, meeting)):
            longest = 2 if meeting == 0 else 0
            rows.append(_conclusion(half, office, day, len(rows), back, longest))
    return rows


def _conclusion(
    half: _Half, office: Office, day: dt.date, place: int, back: int, longest: int
) -> Row | None:
    names = (office.scope, half.key, "conclusion", str(place))
    # done in the half-year itself, in the next or in the one after it
    lasts = min(one_of((0, 1, 1, 2, 2), *names), longest)
    if lasts < back:
        return None
    done = None
    if lasts == back:
        first = day if back == 0 else office.setting.window_from
        done = one_of(working_days(first, office.setting.data_to), *names, "done")
    return {
        "conclusion_code": f"KL-{half.key}-{place + 1:02d}",
        "unit": office.unit_id,
        "met_on": day,
        "task": _CONCLUSIONS[(place + between(0, 5, *names[:2])) % len(_CONCLUSIONS)],
        "owner": one_of(OWNERS, *names, "owner"),
        "due_on": working_day_before(day + dt.timedelta(days=90 + 180 * min(lasts, 1))),
        "status": DONE if done else one_of((UNDER_WAY, NOT_BEGUN), *names, str(back)),
        "done_on": done,
        "origin": "Kỳ trước chuyển sang" if back else "Cuộc họp trong kỳ",
    }
