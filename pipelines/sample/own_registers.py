"""Rows of the registers that units keep themselves; they add up to what the form says.

Belongs here: rows of meetings, contributions, receptions, dialogues, disseminations, models,
limitations. Does not belong here: registers of offices (``registers``), who keeps any
(``cases``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from pipelines.catalogue.model import Document
from pipelines.sample.draw import between, chance, one_of, split
from pipelines.sample.registers import Row
from pipelines.sample.score_rows import self_scores
from pipelines.sample.setting import Setting
from pipelines.sample.values import LAND_STEP, MONEY_STEP, Values
from pipelines.sample.workdays import working_days

_MATTERS = (
    "Mức đóng góp làm đường giao thông nông thôn",
    "Xây dựng, sửa chữa nhà sinh hoạt cộng đồng",
    "Sửa đổi, bổ sung quy ước của thôn",
    "Bình xét hộ nghèo, hộ cận nghèo",
    "Vệ sinh môi trường, thu gom rác thải",
    "Lắp đặt điện chiếu sáng đường thôn",
)
_WORKS = (
    "Làm đường bê tông liên thôn",
    "Lắp đặt điện chiếu sáng",
    "Sửa chữa nhà sinh hoạt cộng đồng",
    "Nạo vét kênh mương nội đồng",
    "Làm cổng chào, hàng rào đường hoa",
    "Xây dựng sân thể thao thôn",
)
_TOPICS = (
    "Đất đai, giải phóng mặt bằng",
    "Đường giao thông, thủy lợi nội đồng",
    "Vệ sinh môi trường",
    "Chế độ, chính sách đối với người dân",
)
_WORK_TOPICS = ("Tiền lương, tiền thưởng", "Điều kiện làm việc, an toàn lao động", "Thi đua")
_RECEPTION_TOPICS = ("Đất đai", "Chính sách xã hội", "Môi trường", "Thủ tục hành chính")
_LIMITATIONS = (
    ("Nhận thức", "Một số cán bộ chưa nắm chắc nội dung quy chế"),
    ("Lãnh đạo, chỉ đạo", "Công tác kiểm tra chưa thường xuyên"),
    ("Kết quả thực hiện", "Niêm yết công khai một số nội dung còn chậm"),
    ("Chế độ báo cáo", "Báo cáo định kỳ có lúc chưa đúng hạn"),
)
_RESPONSIBLE = ("Người đứng đầu đơn vị", "Ban Chỉ đạo của đơn vị", "Bộ phận văn phòng")
_MODELS = (
    ("Kinh tế", "Tổ hợp tác trồng cây ăn quả"),
    ("Văn hóa - xã hội", "Tuyến đường hoa, đường cờ"),
    ("Quốc phòng - an ninh", "Camera an ninh tại khu dân cư"),
    ("Xây dựng hệ thống chính trị", "Ngày thứ Sáu tiếp dân, không chờ, không hẹn"),
)
# documents of the catalogue: for everybody, and for a type of unit the one that judges the period
_DOCUMENTS = ("CT-30", "KL-120", "QDI-11-2019")
_OF_TYPE = {
    "commune": ("PL-34-2007", "LUAT-10-2022"),
    "agency": ("ND-04-2015", "LUAT-10-2022"),
    "enterprise": ("ND-60-2013", "ND-149-2018", "ND-145-2020"),
}
_TOWNS = ("thi_tran", "phuong")
_LEADERS = ("Người đứng đầu cấp ủy", "Người đứng đầu chính quyền")
_METHODS = ("Hội nghị", "Hội nghị", "Sinh hoạt chuyên đề", "Lồng ghép")


def own_rows(register: str, unit_id: str, values: Values, setting: Setting) -> list[Row]:
    """Rows of a register that a unit keeps.

    Args:
        register: Its id.
        unit_id: The unit.
        values: What the unit's form says.
        setting: The period.

    Returns:
        Rows in order of date; none where the form counts none, or says nothing.
    """
    if register == "self_scores":
        return self_scores(unit_id, setting)
    maker = _MAKERS.get(register)
    return maker(_Unit(unit_id, values, setting)) if maker is not None else []


@dataclass(frozen=True)
class _Unit:
    unit_id: str
    values: Values
    setting: Setting

    def count(self, element: str) -> int:
        value = self.values.get((self.unit_id, element), 0)
        return value if isinstance(value, int) else 0

    def days(self, count: int, *names: str) -> list[dt.date]:
        """Working days of the period, in order."""
        days = working_days(self.setting.window_from, self.setting.data_to)
        return sorted(one_of(days, self.name, *names, str(n)) for n in range(count))

    def said(self, column: str) -> str:
        """What ``ref.units`` says of the unit."""
        return self.setting.fact(self.unit_id, column)

    @property
    def name(self) -> str:
        """Draws differ from period to period."""
        return f"{self.unit_id} {self.setting.period}"

    def weights(self, count: int, *names: str) -> list[int]:
        return [between(2, 5, self.name, *names, str(n)) for n in range(count)]


def _meetings(unit: _Unit) -> list[Row]:
    met, count = unit.count("xa.villages_met"), unit.count("xa.meetings")
    second = unit.count("xa.villages_met_twice")
    households = unit.count("xa.households_total")
    villages = [n % met for n in range(count)]
    size = [between(60, 140, unit.unit_id, "village", str(n)) for n in range(met)]
    due = split(households, [size[n] for n in villages])
    against = split(
        households - unit.count("xa.households_agreed"),
        [total * weight for total, weight in zip(due, unit.weights(count, "against"), strict=True)],
    )
    absent = split(households - unit.count("xa.households_present"), against)
    where = "Tổ dân phố" if unit.said("kind") in _TOWNS else "Thôn"
    return [
        {
            "meeting_code": f"HT-{n + 1:02d}",
            "unit": unit.unit_id,
            "village": f"{where} {villages[n] + 1}",
            "kind": "Họp thôn" if n < met + second else "Họp hộ gia đình",
            "held_on": day,
            "matter": one_of(_MATTERS, unit.name, "matter", str(n)),
            "households_total": due[n],
            "households_present": due[n] - absent[n],
            "votes_for": due[n] - against[n],
            "decision": "Thông qua",
        }
        for n, day in enumerate(unit.days(count, "meeting"))
    ]


def _contributions(unit: _Unit) -> list[Row]:
    count = unit.count("xa.works")
    weights = unit.weights(count, "works")

    def parts(element: str, step: int) -> list[int]:
        return [n * step for n in split(unit.count(element) // step, weights)]

    money = parts("xa.contribution_money", MONEY_STEP)
    state = parts("xa.works_state_budget", MONEY_STEP)
    other = parts("xa.works_other", MONEY_STEP)
    land, labour = parts("xa.land_donated", LAND_STEP), parts("xa.contribution_days", 1)
    villages = unit.count("xa.villages_total")
    return [
        {
            "contribution_code": f"DG-{n + 1:02d}",
            "unit": unit.unit_id,
            "village": f"Thôn {between(1, villages, unit.name, 'where', str(n))}",
            "work": one_of(_WORKS, unit.name, "work", str(n)),
            "recorded_on": day,
            "state_budget": state[n],
            "people_money": money[n],
            "other_value": other[n],
            "labour_days": labour[n],
            "land_area": land[n],
        }
        for n, day in enumerate(unit.days(count, "contribution"))
    ]


def _receptions(unit: _Unit) -> list[Row]:
    count, crowds = unit.count("xa.receptions"), unit.count("xa.crowd_groups")
    crowded, repeated = unit.count("xa.crowd_people"), unit.count("xa.reception_cases_repeated")
    others = count - crowds
    more = unit.count("xa.reception_people") - crowded - others
    people = [n + 1 for n in split(more, unit.weights(others, "people"))]
    people = split(crowded, [1] * crowds) + people if crowds else people
    order = sorted(range(count), key=lambda n: between(0, 10**6, unit.name, "order", str(n)))
    again = set(sorted(range(count), key=lambda n: between(0, 10**6, unit.name, str(n)))[:repeated])
    days = unit.days(count, "reception")
    return [
        {
            "reception_code": f"TD-{place + 1:03d}",
            "unit": unit.unit_id,
            "received_on": days[place],
            "kind": "Đột xuất"
            if n < crowds
            else one_of(("Thường xuyên", "Định kỳ của lãnh đạo"), unit.name, "kind", str(n)),
            "people": people[n],
            "cases_new": int(n not in again),
            "cases_repeated": int(n in again),
            "crowd": n < crowds,
            "summary": one_of(_RECEPTION_TOPICS, unit.name, "topic", str(n)),
        }
        for place, n in enumerate(order)
    ]


def _dialogues(unit: _Unit) -> list[Row]:
    kind = unit.said("unit_type")
    makers = {"agency": _agency_dialogues, "enterprise": _enterprise_dialogues}
    heads = makers.get(kind, _commune_dialogues)(unit)
    days = unit.days(len(heads), "dialogue")
    topics = _WORK_TOPICS if kind in makers else _TOPICS
    return [
        {
            "dialogue_code": f"DT-{n + 1:02d}",
            "unit": unit.unit_id,
            "held_on": days[n],
            **head,
            "summary": one_of(topics, unit.name, "dialogue topic", str(n)),
        }
        for n, head in enumerate(heads)
    ]


def _commune_dialogues(unit: _Unit) -> list[Row]:
    count = unit.count("xa.dialogues")
    weights = unit.weights(count, "dialogues")
    people = split(unit.count("xa.dialogue_participants"), weights)
    opinions = split(unit.count("xa.dialogue_opinions"), weights)
    answered = split(unit.count("xa.dialogue_answered"), opinions)
    party, periodic = unit.count("xa.dialogues_party"), unit.count("xa.dialogues_periodic")
    return [
        {
            "led_by": "Người đứng đầu cấp ủy" if n < party else "Người đứng đầu chính quyền",
            "kind": "Định kỳ" if n < periodic else "Đột xuất",
            "participants": people[n],
            "opinions": opinions[n],
            "answered": answered[n],
        }
        for n in range(count)
    ]


def _agency_dialogues(unit: _Unit) -> list[Row]:
    staff = unit.count("cq.staff_total")
    return [
        {
            "led_by": "Thủ trưởng cơ quan, đơn vị",
            "kind": "Định kỳ",
            "participants": staff * between(70, 95, unit.name, "present", str(n)) // 100,
        }
        for n in range(unit.count("cq.dialogues"))
    ]


def _enterprise_dialogues(unit: _Unit) -> list[Row]:
    members = unit.count("dn.worker_members")
    kinds = ["Định kỳ"] * unit.count("dn.dialogues_periodic")
    kinds += ["Theo yêu cầu"] * unit.count("dn.dialogues_requested")
    kinds += ["Khi có vụ việc"] * unit.count("dn.dialogues_case")
    return [
        {
            "led_by": "Người sử dụng lao động",
            "kind": kind,
            "participants": 2 * members + between(0, 12, unit.name, "guests", str(n)),
        }
        for n, kind in enumerate(kinds)
    ]


def _disseminations(unit: _Unit) -> list[Row]:
    count = unit.count("ld.dissemination_sessions")
    if count == 0:
        return []
    attended = split(unit.count("ld.dissemination_attendance"), unit.weights(count, "audience"))
    documents = _disseminated(unit)
    rows: list[Row] = []
    for n, day in enumerate(unit.days(count, "session")):
        document = documents[(n + between(0, 1, unit.name, "first document")) % len(documents)]
        rows.append(
            {
                "session_code": f"QT-{n + 1:02d}",
                "unit": unit.unit_id,
                "held_on": day,
                "document_kind": document.kind,
                "document_number": document.number,
                "method": one_of(_METHODS, unit.name, "method", str(n)),
                "invited": attended[n] + between(0, 8, unit.name, "invited", str(n)),
                "attended": attended[n],
            }
        )
    return rows


def _disseminated(unit: _Unit) -> list[Document]:
    """What is read out: the document in force at the cut-off, and those that there were by then."""
    setting, known = unit.setting, unit.setting.catalogue.documents
    laws = [known[name] for name in _OF_TYPE[unit.said("unit_type")]]
    others = [known[name] for name in _DOCUMENTS]
    return [
        next(document for document in laws if document.in_force(setting.data_to)),
        *(document for document in others if document.in_force(setting.window_from)),
    ]


def _models(unit: _Unit) -> list[Row]:
    count, recognised = unit.count("ld.models_registered"), unit.count("ld.models_recognised")
    days = unit.days(2 * count, "model")
    rows: list[Row] = []
    for n in range(count):
        field, title = _MODELS[(n + between(0, 3, unit.unit_id, "model")) % len(_MODELS)]
        known = n < recognised
        rows.append(
            {
                "model_code": f"MH-{n + 1:02d}",
                "unit": unit.unit_id,
                "title": title,
                "field": field,
                "status": "Đã được công nhận" if known else "Đã đăng ký",
                "registered_on": days[n],
                "recognised_on": days[n + count] if known else None,
                "replicable": chance(60, unit.name, "replicable", str(n)),
            }
        )
    return rows


def _limitations(unit: _Unit) -> list[Row]:
    count = between(1, 3, unit.name, "limitations")
    end, rows = unit.setting.data_to, []
    for n, found in enumerate(unit.days(count, "limitation")):
        area, summary = _LIMITATIONS[(n + between(0, 3, unit.unit_id)) % len(_LIMITATIONS)]
        settled = found + dt.timedelta(days=between(15, 45, unit.name, "settled", str(n)))
        done = settled <= end
        again = settled + dt.timedelta(days=14)
        rows.append(
            {
                "limitation_code": f"HC-{n + 1:02d}",
                "unit": unit.unit_id,
                "found_on": found,
                "area": area,
                "summary": summary,
                "cause": one_of(("Chủ quan", "Chủ quan", "Khách quan"), unit.name, str(n)),
                "remedy": "Phân công theo dõi, kiểm tra lại trong kỳ sau",
                "due_on": found + dt.timedelta(days=60),
                "status": "Đã khắc phục" if done else "Đang khắc phục",
                "resolved_on": settled if done else None,
                "owner": one_of(_RESPONSIBLE, unit.unit_id, area),
                "checked_on": again if again <= end else None,
                "source": one_of(("Kiểm tra, giám sát", "Đơn vị tự rà soát"), unit.name, area),
            }
        )
    return rows


def _schedules(unit: _Unit) -> list[Row]:
    """Six months up to the cut-off, one session a month for each of the two leaders."""
    planned, held = (unit.count(f"xa.leader_sessions_{name}") for name in ("planned", "held"))
    if planned == 0:
        return []
    published = unit.count("xa.schedule_months")
    months = _months_until(unit.setting.data_to)
    slots = [(month, leader) for month in months for leader in _LEADERS]
    due = split(planned, [1] * len(slots))
    # what was not held is what was planned last
    left = held
    rows: list[Row] = []
    for n, (month, leader) in enumerate(slots):
        done, left = min(due[n], left), max(left - due[n], 0)
        shown = months.index(month) < published
        late = shown and chance(6, unit.name, leader, month.isoformat())
        posted = month + dt.timedelta(days=2) if late else month - dt.timedelta(days=3)
        received = done * between(0, 4, unit.name, leader, "matters", str(n))
        rows.append(
            {
                "unit": unit.unit_id,
                "month": month,
                "leader": leader,
                "publication": ("Chậm" if late else "Đúng hạn") if shown else "Không công khai",
                "published_on": posted if shown else None,
                "sessions_planned": due[n],
                "sessions_held": done,
                "received": received,
                "answered": received - (1 if received > 2 else 0),
            }
        )
    return rows


def _months_until(day: dt.date) -> list[dt.date]:
    """First days of the six months of which the last holds a day."""
    number = day.year * 12 + day.month - 1
    return [dt.date(n // 12, n % 12 + 1, 1) for n in range(number - 5, number + 1)]


_MAKERS: dict[str, Callable[[_Unit], list[Row]]] = {
    "meetings": _meetings,
    "contributions": _contributions,
    "receptions": _receptions,
    "dialogues": _dialogues,
    "disseminations": _disseminations,
    "models": _models,
    "limitations": _limitations,
    "leader_schedules": _schedules,
}
