"""Rows of the registers that a steering committee keeps, as its form counts them.

Belongs here: bodies, members, areas, tasks, documents. Does not belong here: meetings and what
they concluded (``committee_meetings``), inspections (``registers``), registers of grassroots units
(``own_registers``), staff and organisation (``home_affairs_registers``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from pipelines.sample.committee_meetings import conclusions, meetings
from pipelines.sample.committee_office import DONE, NOT_BEGUN, OWNERS, UNDER_WAY, Office
from pipelines.sample.draw import between, chance, one_of
from pipelines.sample.registers import Row
from pipelines.sample.setting import Setting
from pipelines.sample.values import Values
from pipelines.sample.workdays import working_day_before, working_days

_ASSIGNED, _FREE = "Phụ trách địa bàn, loại hình", "Chưa phân công"
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
    ("Trưởng phòng Giáo dục và Đào tạo", "Chính quyền"),
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
_DOCUMENTS = (
    ("Kế hoạch", "Ban Chỉ đạo", "{n}/KH-BCĐ", "Triển khai nhiệm vụ thực hiện QCDC"),
    ("Công văn", "Chính quyền", "{n}/UBND-NV", "Đôn đốc thực hiện QCDC ở cơ sở"),
    ("Thông báo", "Ban Chỉ đạo", "{n}/TB-BCĐ", "Kết luận cuộc họp Ban Chỉ đạo"),
    ("Công văn", "Cấp ủy, tổ chức đảng", "{n}-CV/HU", "Lãnh đạo thực hiện QCDC ở cơ sở"),
    ("Hướng dẫn", "Ban Chỉ đạo", "{n}/HD-BCĐ", "Kiểm tra, giám sát việc thực hiện QCDC"),
    ("Báo cáo", "Ban Chỉ đạo", "{n}/BC-BCĐ", "Kết quả thực hiện QCDC"),
)


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
    return maker(Office(unit_id, values, setting)) if maker is not None else []


def _decision(office: Office, first: dt.date) -> str:
    return f"{between(20, 900, office.scope, 'body', first.isoformat())}-QĐ/BCĐ"


def _committees(office: Office) -> list[Row]:
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


def _members(office: Office) -> list[Row]:
    count, assigned = office.count("bcd.members"), office.count("bcd.members_assigned")
    since = office.body_since
    rows: list[Row] = []
    for n in range(count):
        other = _POSITIONS[(n - len(_HEADS)) % len(_POSITIONS)]
        other = (office.worded(other[0]), other[1])
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


def _assignments(office: Office) -> list[Row]:
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


def _tasks(office: Office) -> list[Row]:
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
                "owner": one_of(OWNERS, task),
                "due_on": due,
                "status": DONE if finished else UNDER_WAY if begun else NOT_BEGUN,
                "progress": 100 if finished else share if begun else 0,
                "done_on": done if finished else None,
                "result": None,
            }
        )
    return rows


def _documents(office: Office) -> list[Row]:
    setting, count = office.setting, office.count("bcd.documents_issued")
    days = working_days(setting.window_from, setting.data_to)
    own = [] if setting.is_second_half else _yearly(office)[:count]
    issued = sorted(one_of(days, office.scope, setting.period, str(n)) for n in range(count))
    told = len(setting.members("qcdc_grassroots"))
    first = between(60, 200, office.scope, setting.period, "documents")
    rows: list[Row] = []
    for n in range(count):
        kind, issuer, number, title = _DOCUMENTS[n % len(_DOCUMENTS)]
        numbered, on = office.worded(number.format(n=first + n)), issued[n]
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


def _yearly(office: Office) -> list[tuple[str, str, str, str, dt.date]]:
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


def _regulation_before(office: Office) -> str:
    year = office.setting.year - 1
    return f"{between(2, 40, office.scope, 'work_regulation', str(year)):02d}/QC-BCĐ"


_MAKERS: dict[str, Callable[[Office], list[Row]]] = {
    "committees": _committees,
    "committee_members": _members,
    "assignments": _assignments,
    "programme_tasks": _tasks,
    "committee_meetings": meetings,
    "conclusions": conclusions,
    "unit_documents": _documents,
}
