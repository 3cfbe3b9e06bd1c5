"""The words of a report that follow its date, its place and its kind of period.

Belongs here: what the subject, the communes and the whole are called, the title, names of the
parts of a longer period. Does not belong here: figures, which sentences are said (``reports``).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from pipelines.analysis.access import Tables
from pipelines.analysis.scope import ReportScope, of_period, report_scope
from pipelines.catalogue.periods import parts_of
from pipelines.places.units import in_force, within

LAW = "LUAT-10-2022"
_BEFORE_LAW, _UNDER_LAW = "Quy chế dân chủ ở cơ sở", "dân chủ ở cơ sở"
_KINDS = {"xa": "xã", "phuong": "phường", "thi_tran": "thị trấn"}
_AREAS = {"province": "toàn tỉnh", "district": "toàn huyện", "commune": "toàn xã"}
_TITLES = {"review": "Tổng kết thực hiện"}
_PARTS = {"year": "Hai nửa năm đặt cạnh nhau", "review": "Diễn biến từng năm"}


@dataclass(frozen=True)
class Setting:
    """What a report of a period is called and made of.

    Attributes:
        kind: Kind of the period: half, quarter, nine_months, year, review …
        subject: What is carried out: "Quy chế dân chủ ở cơ sở", under Luật 10/2022/QH15 "dân chủ
            ở cơ sở".
        title: Title of the report.
        communes: What the units of the lowest level are called together: "xã, thị trấn".
        area: The whole: "toàn huyện", "toàn tỉnh".
        parts: Names of the parts of a longer period by key, in calendar order.
    """

    kind: str
    subject: str
    title: str
    communes: str
    area: str
    parts: dict[str, str]

    @property
    def composed(self) -> bool:
        """Whether the period is made of others and has no reports of its own."""
        return bool(self.parts)

    @property
    def parts_title(self) -> str:
        """Heading of the parts of a longer period."""
        return _PARTS.get(self.kind, "Từng kỳ đặt cạnh nhau")

    @property
    def parts_lead(self) -> str:
        """What a reader must know before the parts stand side by side."""
        return (
            "Số của cả kỳ là tổng của các kỳ với số phát sinh, là số cuối với số tại một thời"
            " điểm; tỷ lệ được tính lại từ tử số và mẫu số. Kỳ chưa có số liệu để trống, không"
            " tính là 0. Ở chỗ đứt (đổi pháp luật, địa giới, biểu) hai bên không so sánh được."
        )

    @property
    def compared_lead(self) -> str:
        """When two figures may be compared."""
        return (
            "Hai số chỉ được so sánh khi cùng số đơn vị phải có và đủ độ phủ; không so sánh được"
            " thì nêu lý do."
        )

    @property
    def communes_lead(self) -> str:
        """In which order the communes stand."""
        first = ", thị trấn đứng đầu" if "thị trấn" in self.communes else ""
        return f"Theo thứ tự danh mục hành chính{first}; không xếp hạng."

    @property
    def findings_lead(self) -> str:
        """Where the findings of a longer period are."""
        named = "; ".join(name[:1].lower() + name[1:] for name in self.parts.values())
        return f"Kết quả kiểm tra từng tệp nằm ở báo cáo của từng kỳ: {named}."


def setting(wh: Tables, period: str) -> Setting:
    """The words of a period's report.

    Args:
        wh: The warehouse.
        period: Key of the period.
    """
    scope = report_scope(wh, period)
    periods = wh.table("ref.periods")
    kind = str(of_period(periods, period)["kind"].iloc[0])
    subject = _subject(wh, scope.ends_on)
    own = wh.table("core.reporting")
    composed = of_period(own, period)["part"].ne(period).any()
    names = periods.set_index("period")["label_vi"]
    return Setting(
        kind=kind,
        subject=subject,
        title=f"{_TITLES.get(kind, 'Kết quả thực hiện')} {subject}",
        communes=_communes(wh.table("ref.units"), scope),
        area=_area(wh.table("ref.units"), scope),
        parts={key: str(names[key]) for key in parts_of(periods, period)} if composed else {},
    )


def _subject(wh: Tables, day: dt.date) -> str:
    """The law gave the thing its name; what replaces the law keeps it."""
    documents = wh.table("ref.documents").set_index("document")
    since = documents["valid_from"].get(LAW)
    return _UNDER_LAW if since is not None and since <= pd.Timestamp(day) else _BEFORE_LAW


def _communes(units: pd.DataFrame, scope: ReportScope) -> str:
    """Kinds inside a district; of a province those that exist at all on the day."""
    inside = within(units, scope.scope_id, scope.ends_on)
    if _type(units, scope) == "province":
        inside = in_force(units, scope.ends_on)
    kinds = set(inside.loc[inside["unit_type"] == "commune", "kind"])
    return ", ".join(word for kind, word in _KINDS.items() if kind in kinds) or "xã"


def _area(units: pd.DataFrame, scope: ReportScope) -> str:
    return _AREAS.get(_type(units, scope), "toàn đơn vị")


def _type(units: pd.DataFrame, scope: ReportScope) -> str:
    return str(units.set_index("unit_id")["unit_type"].get(scope.scope_id, ""))
