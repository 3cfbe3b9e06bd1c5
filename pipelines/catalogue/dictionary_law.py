"""Regimes and duties, as tables of the data dictionary.

Belongs here: which of their fields a reader of the dictionary sees. Does not belong here: the
document (``dictionary``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipelines.catalogue.dictionary_wording import Section
from pipelines.catalogue.reference import citations
from pipelines.catalogue.regimes import is_verified

if TYPE_CHECKING:
    from pipelines.catalogue.model import Catalogue
    from pipelines.catalogue.regimes import Duty, Regime

_DUE = {"period_end": "cuối kỳ", "half_end": "cuối 6 tháng", "year_end": "cuối năm"}
_CHECKED = {True: "đã kiểm chứng", False: "chưa kiểm chứng"}


def law_sections(catalogue: Catalogue) -> Iterator[Section]:
    """Which law judges whom from when, and what it demands.

    Yields:
        Title of a section, heads of its columns, and its rows.
    """
    yield (
        "Chế độ pháp lý · Regimes",
        ("Mã", "Đơn vị", "Văn bản", "Hiệu lực từ", "Đến", "Căn cứ", "Kiểm chứng"),
        [_regime(regime, catalogue) for regime in catalogue.regimes.values()],
    )
    yield (
        "Nghĩa vụ theo luật · Duties",
        ("Mã", "Nội dung", "Chế độ", "Đọc từ", "Hạn", "Điều, khoản", "Kiểm chứng", "Ghi chú"),
        [_duty(duty, catalogue) for duty in catalogue.duties.values()],
    )


def _regime(regime: Regime, catalogue: Catalogue) -> tuple[str, ...]:
    return (
        f"`{regime.id}`",
        regime.units_vi,
        ", ".join(catalogue.documents[name].number for name in regime.documents),
        f"{regime.valid_from:%d/%m/%Y}",
        f"{regime.valid_to:%d/%m/%Y}" if regime.valid_to else "",
        regime.basis,
        _CHECKED[regime.verified],
    )


def _duty(duty: Duty, catalogue: Catalogue) -> tuple[str, ...]:
    regimes = [catalogue.regimes[name] for name in duty.regimes]
    where = ", ".join(f"`{name}`" for name in duty.asked())
    if duty.register_id is not None:
        columns = ", ".join(f"`{name}`" for name in duty.columns)
        where = f"sổ {catalogue.registers[duty.register_id].label_vi}: {columns}"
    month, _, day = duty.due.partition("-")
    return (
        f"`{duty.id}`",
        duty.label_vi,
        ", ".join(f"`{regime.id}`" for regime in regimes),
        where,
        _DUE.get(duty.due, f"{day}/{month}"),
        citations(duty.legal, catalogue) or "",
        "; ".join(
            dict.fromkeys(_CHECKED[is_verified(catalogue, duty, regime)] for regime in regimes)
        ),
        duty.note_vi,
    )
