"""What people say about points in the sample: score sheets of a few communes, a few checks.

Belongs here: rows of ``self_scores`` and ``verifications``. Does not belong here: other registers
(``own_registers``, ``committee_registers``), computing points (``evaluation``).
"""

from __future__ import annotations

from collections.abc import Callable

from pipelines.sample.registers import Row
from pipelines.sample.setting import Setting
from pipelines.sample.values import Values
from pipelines.sample.workdays import working_day_before

_SET = "vd-xa-1"
_LINES = ("committee", "programme", "dialogue")
# every so many communes fill in a score sheet; those at these places were looked at
_SHEET_EVERY = 5
_FIGURE_AT, _POINTS_AT = 2, 7
_POINTS_FOUND = 4


def self_scores(unit_id: str, setting: Setting) -> list[Row]:
    """A commune's own score sheet; it gives itself all points, as is common."""
    communes = setting.members("qcdc_communes")
    entry = setting.catalogue.criteria[_SET]
    if unit_id not in communes or communes.index(unit_id) % _SHEET_EVERY:
        return []
    return [
        {
            "unit": unit_id,
            "criteria_set": _SET,
            "criterion": line.id,
            "points": line.max_points,
            "evidence": line.evidence_vi or None,
        }
        for line in entry.criteria
        if line.id in _LINES
    ]


def verifications(setting: Setting, told_by: Callable[[str], Values]) -> list[Row]:
    """One figure found lower than reported, one line of points decided lower.

    Args:
        setting: The period.
        told_by: What a commune's form says.
    """
    communes = setting.members("qcdc_communes")
    element = setting.catalogue.elements["xa.publish_done"]
    rows: list[Row] = []
    unit = communes[_FIGURE_AT] if len(communes) > _FIGURE_AT else None
    told = told_by(unit).get((unit, element.id)) if unit else None
    when = working_day_before(setting.data_to)
    if isinstance(told, int) and told > 0:
        rows.append(
            {
                "unit": unit,
                "subject": element.code,
                "stage": "Thẩm định",
                "found": told - 1,
                "reason": "Đối chiếu tại trụ sở còn 01 nội dung chưa niêm yết",
                "evidence": "Biên bản kiểm tra",
                "decided_on": when,
            }
        )
    if len(communes) > _POINTS_AT:
        rows.append(
            {
                "unit": communes[_POINTS_AT],
                "subject": f"{_SET}/dialogue",
                "stage": "Công nhận",
                "found": _POINTS_FOUND,
                "reason": "Có đối thoại nhưng chưa ra thông báo kết luận",
                "evidence": "Quyết định công nhận kết quả",
                "decided_on": when,
            }
        )
    return rows
