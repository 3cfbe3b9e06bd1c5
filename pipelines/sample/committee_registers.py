"""Rows of the registers that a steering committee keeps, as its form counts them.

Belongs here: bodies, members, areas, tasks, meetings, what they concluded, documents. Does not
belong here: inspections (``registers``), registers of grassroots units (``own_registers``), staff
and organisation (``home_affairs_registers``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from pipelines.sample.draw import between, chance, one_of
from pipelines.sample.registers import Row
from pipelines.sample.setting import Setting
from pipelines.sample.values import Values
from pipelines.sample.workdays import working_day_before, working_days

_DONE, _UNDER_WAY, _NOT_BEGUN = "Đã hoàn thành", "Đang thực hiện", "Chưa thực hiện"
_ASSIGNED, _FREE = "Phụ trách địa bàn, loại hình", "Chưa phân công"
# a committee is made anew after a congress and after the law has changed
_BODIES = (
    dt.date(2016, 1, 20),
    dt.date(2018, 3, 15),
    dt.date(2020, 10, 15),
    dt.date(2023, 8, 16),
    dt.date(2025, 7, 15),
)
_HEADS = (
    ("Phó Bí thư Thường trực, Trưởng Ban Chỉ đạo", "Trưởng Ban", "Đảng"),
    ("Trưởng Ban Dân vận", "Phó Trưởng Ban thường trực", "Đảng"),
    ("Phó Chủ tịch Ủy ban nhân dân", "Phó Trưởng Ban", "Chính quyền"),
)
_POSITIONS = (
    ("Trưởng phòng Nội vụ", "Chính quyền"),
    ("Chủ tịch Ủy ban MTTQ", "Mặt trận, đoàn thể"),
    ("Chủ tịch Liên đoàn Lao động", "Mặt trận, đoàn thể"),
    ("Chủ nhiệm Ủy ban Kiểm tra", "Đảng"),
    ("Chánh Thanh tra", "Chính quyền"),
    ("Chánh Văn phòng Ủy ban nhân dân", "Chính quyền"),
    ("Chủ tịch Hội Nông dân", "Mặt trận, đoàn thể"),
    ("Chủ tịch Hội Liên hiệp Phụ nữ", "Mặt trận, đoàn thể"),
    ("Bí thư Đoàn Thanh niên", "Mặt trận, đoàn thể"),
    ("Chủ tịch Hội Cựu chiến binh", "Mặt trận, đoàn thể"),
    ("Trưởng phòng Tư pháp", "Chính quyền"),
    ("Trưởng phòng Lao động, Thương binh và Xã hội", "Chính quyền"),
)
_TASKS = (
    ((1, 31), "Đánh giá kết quả năm trước, triển khai chương trình năm"),
    ((3, 15), "Ban hành kế hoạch kiểm tra, giám sát"),
    ((3, 31), "Rà soát, kiện toàn Ban Chỉ đạo các loại hình cơ sở"),
    ((5, 15), "Kiểm tra, giám sát đợt một"),
    ((7, 31), "Sơ kết 6 tháng, chấn chỉnh công tác báo cáo"),
    ((9, 30), "Kiểm tra, giám sát đợt hai"),
    ((10, 31), "Tập huấn nghiệp vụ cho thành viên Ban Chỉ đạo cơ sở"),
    ((11, 15), "Xây dựng báo cáo năm"),
)
_OWNERS = ("Cơ quan thường trực Ban Chỉ đạo", "Phòng Nội vụ", "Ủy ban MTTQ", "Liên đoàn Lao động")
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
_OFFICE_STARTS = dt.date(2016, 1, 1)
_DOCUMENTS = (
    ("Kế hoạch", "Ban Chỉ đạo", "{n}/KH-BCĐ", "Triển khai nhiệm vụ thực hiện QCDC"),
    ("Công văn", "Chính quyền", "{n}/UBND-NV", "Đôn đốc thực hiện QCDC ở cơ sở"),
    ("Thông báo", "Ban Chỉ đạo", "{n}/TB-BCĐ", "Kết luận cuộc họp Ban Chỉ đạo"),
    ("Công văn", "Cấp ủy, tổ chức đảng", "{n}-CV/HU", "Lãnh đạo thực hiện QCDC ở cơ sở"),
    ("Hướng dẫn", "Ban Chỉ đạo", "{n}/HD-BCĐ", "Kiểm tra, giám sát việc thực hiện QCDC"),
    ("Báo cáo", "Ban Chỉ đạo", "{n}/BC-BCĐ", "Kết quả thực hiện QCDC"),
)


@dataclass(frozen=True)
class _Office:
    """The standing office of a committee in a period."""

    unit_id: str
    values: Values
    setting: Setting

    @property
    def scope(self) -> str:
        return self.setting.scope_id

    @property
    def since(self) -> dt.date:
        """First day of the office."""
        units = self.setting.units
        first = units.loc[units["unit_id"] == self.unit_id, "valid_from"]
        return max(_OFFICE_STARTS, *(day.date() for day in first))

    @property
    def body_since(self) -> dt.date:
        """First day of the committee's present composition."""
        return max(day for day in (self.since, *self._bodies()) if day <= self.setting.data_to)

    def _bodies(self) -> list[dt.date]:
        return [day for day in _BODIES if self.since <= day <= self.setting.data_to]

    def bodies(self) -> list[tuple[dt.date, dt.date | None]]:
        """First and last day of each composition of the committee."""
        first = self._bodies() or [self.since]
        last = [day - dt.timedelta(days=1) for day in first[1:]]
        return list(zip(first, [*last, None], strict=True))

    def count(self, element: str) -> int:
        value = self.values.get((self.scope, element), 0)
        return value if isinstance(value, int) else 0

    def text(self, element: str) -> str | None:
        value = self.values.get((self.scope, element))
        return value if isinstance(value, str) else None

    def day(self, element: str) -> dt.date | None:
        value = self.values.get((self.scope, element))
        return value if isinstance(value, dt.date) else None


def committee_rows(register: str, unit_id: str, values: Values, setting: Setting) -> list[Row]:
    """Rows of a register that the standing office keeps; they add up to what its form says.

    Args:
        register: Its id.
        unit_id: The office.
        values: What its form says.
        setting: The period.

    Returns:
        The rows; none of a register that is not the committee's.
    """
    maker = _MAKERS.get(register)
    return maker(_Office(unit_id, values, setting)) if maker is not None else []


def _decision(office: _Office, first: dt.date) -> str:
    return f"{between(20, 900, office.scope, 'body', first.isoformat())}-QĐ/BCĐ"


def _committees(office: _Office) -> list[Row]:
    members = office.count("bcd.members")
    return [
        {
            "decision_number": _decision(office, first),
            "unit": office.scope,
            "kind": "Thành lập" if n == 0 else "Kiện toàn",
            "decided_on": working_day_before(first),
            "valid_from": first,
            "valid_to": last,
            "head_position": "Phó Bí thư Thường trực",
            "members": members if last is None else between(18, 24, office.scope, str(first.year)),
        }
        for n, (first, last) in enumerate(office.bodies())
    ]


def _code(place: int) -> str:
    return f"TV-{place + 1:02d}"


def _members(office: _Office) -> list[Row]:
    count, assigned = office.count("bcd.members"), office.count("bcd.members_assigned")
    since = office.body_since
    rows: list[Row] = []
    for n in range(count):
        other = _POSITIONS[(n - len(_HEADS)) % len(_POSITIONS)]
        place, role, sector = _HEADS[n] if n < len(_HEADS) else (other[0], "Ủy viên", other[1])
        rows.append(
            {
                "member_code": _code(n),
                "unit": office.unit_id,
                "position": place,
                "role": role,
                "sector": sector,
                "duty": _ASSIGNED if n < assigned else _FREE,
                "decision_number": _decision(office, since),
                "valid_from": since,
                "valid_to": None,
                "status": "Đương nhiệm",
            }
        )
    return rows


def _assignments(office: _Office) -> list[Row]:
    setting, assigned = office.setting, office.count("bcd.members_assigned")
    if assigned == 0:
        return []
    born = setting.units.set_index("unit_id")["valid_from"]
    # who answered for an area under a committee that was replaced this year stands there closed
    terms = [
        (first, last)
        for first, last in office.bodies()
        if last is None or last.year == setting.year
    ]
    rows: list[Row] = []
    for n, unit in enumerate(setting.members("qcdc_communes")):
        for term, (first, last) in enumerate(terms):
            since = max(first, born[unit].date())
            if last is not None and last < since:
                continue
            lead, second = (n + len(terms) - term) % assigned, (n + 7) % assigned
            rows.append(
                {
                    "unit": unit,
                    "lead_code": _code(lead),
                    "lead_position": _HEADS[lead][0] if lead < len(_HEADS) else None,
                    "co_members": _code(second) if second != lead else None,
                    "valid_from": since,
                    "valid_to": last,
                    "decision_number": _decision(office, first),
                    "area_kind": "Xã, phường, thị trấn",
                }
            )
    return rows


def _tasks(office: _Office) -> list[Row]:
    year, until = office.setting.year, office.setting.data_to
    late = between(0, len(_TASKS) - 1, office.scope, "late task", str(year))
    rows: list[Row] = []
    for n, ((month, day), task) in enumerate(_TASKS):
        due = working_day_before(dt.date(year, month, day))
        done = working_day_before(due + dt.timedelta(days=40 if n == late else -3))
        finished, begun = done <= until, due - dt.timedelta(days=45) <= until
        share = between(2, 9, office.scope, task, office.setting.period) * 10
        rows.append(
            {
                "task_code": f"NV-{n + 1:02d}",
                "unit": office.unit_id,
                "task": task,
                "owner": one_of(_OWNERS, task),
                "due_on": due,
                "status": _DONE if finished else _UNDER_WAY if begun else _NOT_BEGUN,
                "progress": 100 if finished else share if begun else 0,
                "done_on": done if finished else None,
                "result": None,
            }
        )
    return rows


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

    def meetings(self, count: int) -> list[dt.date]:
        """The first ``count`` days on which the committee met."""
        return [
            working_day_before(dt.date(self.year, month, day))
            for month, day in _MEETINGS[self.half][:count]
        ]


def _half_of(setting: Setting) -> _Half:
    return _Half(setting.year, "H2" if setting.is_second_half else "H1")


def _concluded(half: _Half, scope: str, meeting: int) -> int:
    return between(2, 4, scope, half.key, "conclusions", str(meeting))


def _meetings(office: _Office) -> list[Row]:
    half, members = _half_of(office.setting), office.count("bcd.members")
    days = half.meetings(office.count("bcd.meetings"))
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


def _conclusions(office: _Office) -> list[Row]:
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


def _of_half(half: _Half, office: _Office, back: int, met: int) -> list[Row | None]:
    """Conclusions of a half-year as they stand ``back`` half-years later; None where settled.

    Only what the first meeting of a half-year concludes may last longer than it.
    """
    rows: list[Row | None] = []
    for meeting, day in enumerate(half.meetings(met)):
        if day < office.since:
            continue
        for _ in range(_concluded(half, office.scope, meeting)):
            longest = 2 if meeting == 0 else 0
            rows.append(_conclusion(half, office, day, len(rows), back, longest))
    return rows


def _conclusion(
    half: _Half, office: _Office, day: dt.date, place: int, back: int, longest: int
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
        "owner": one_of(_OWNERS, *names, "owner"),
        "due_on": working_day_before(day + dt.timedelta(days=90 + 180 * min(lasts, 1))),
        "status": _DONE if done else one_of((_UNDER_WAY, _NOT_BEGUN), *names, str(back)),
        "done_on": done,
        "origin": "Kỳ trước chuyển sang" if back else "Cuộc họp trong kỳ",
    }


def _documents(office: _Office) -> list[Row]:
    setting, count = office.setting, office.count("bcd.documents_issued")
    days = working_days(setting.window_from, setting.data_to)
    own = [] if setting.is_second_half else _yearly(office)[:count]
    issued = sorted(one_of(days, office.scope, setting.period, str(n)) for n in range(count))
    told = len(setting.members("qcdc_grassroots"))
    first = between(60, 200, office.scope, setting.period, "documents")
    rows: list[Row] = []
    for n in range(count):
        kind, issuer, number, title = _DOCUMENTS[n % len(_DOCUMENTS)]
        numbered, on = number.format(n=first + n), issued[n]
        if n < len(own):
            kind, issuer, title, numbered, on = own[n]
        spread = on + dt.timedelta(days=between(5, 40, office.scope, numbered))
        known = chance(75, office.scope, numbered, "told") and spread <= setting.data_to
        rows.append(
            {
                "document_number": numbered,
                "unit": office.unit_id,
                "kind": kind,
                "issuer": issuer,
                "issued_on": on,
                "title": title,
                "basis": "120-KL/TW",
                "supersedes": _regulation_before(office) if kind == "Quy chế" else None,
                "disseminated_on": working_day_before(spread) if known else None,
                "units_due": told,
                "units_done": told if known else told * between(3, 9, office.scope, numbered) // 10,
            }
        )
    return rows


def _yearly(office: _Office) -> list[tuple[str, str, str, str, dt.date]]:
    """The year's regulation, programme and inspection plan, as the form names them."""
    found = []
    for name, kind, title in (
        ("work_regulation", "Quy chế", "Quy chế làm việc của Ban Chỉ đạo"),
        ("programme", "Chương trình", "Chương trình công tác năm"),
        ("inspection_plan", "Kế hoạch", "Kế hoạch kiểm tra, giám sát năm"),
    ):
        number, day = office.text(f"bcd.{name}_number"), office.day(f"bcd.{name}_on")
        if number is not None and day is not None:
            found.append((kind, "Ban Chỉ đạo", title, number, day))
    return found


def _regulation_before(office: _Office) -> str:
    year = office.setting.year - 1
    return f"{between(2, 40, office.scope, 'work_regulation', str(year)):02d}/QC-BCĐ"


_MAKERS: dict[str, Callable[[_Office], list[Row]]] = {
    "committees": _committees,
    "committee_members": _members,
    "assignments": _assignments,
    "programme_tasks": _tasks,
    "committee_meetings": _meetings,
    "conclusions": _conclusions,
    "unit_documents": _documents,
}
