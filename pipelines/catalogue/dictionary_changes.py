"""What entries say from a day on, and when dated ones hold, as tables of the data dictionary.

Belongs here: the rows of these tables. Does not belong here: the document (``dictionary``), what a
change is (``changing``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipelines.catalogue.base import Dated
from pipelines.catalogue.changing import Change, Changing
from pipelines.catalogue.dictionary_wording import Section
from pipelines.catalogue.model import Indicator, Rule
from pipelines.catalogue.reference import citations

if TYPE_CHECKING:
    from pipelines.catalogue.model import Catalogue

_FIELDS = {
    "label_vi": "tên",
    "label_en": "label",
    "definition_vi": "giải thích",
    "legal": "căn cứ",
    "basis": "căn cứ",
    "pillar": "trụ cột",
    "options": "lựa chọn",
    "minimum": "nhỏ nhất",
    "maximum": "lớn nhất",
    "unit_types": "loại đơn vị",
    "kinds": "phân loại",
    "allows_not_applicable": "không áp dụng",
}
_OPEN = Dated.model_fields["valid_from"].default


def change_sections(catalogue: Catalogue) -> Iterator[Section]:
    """What changes on which day.

    Yields:
        Title of a section, heads of its columns, and its rows.
    """
    yield (
        "Nội dung thay đổi theo ngày · Changes",
        ("Mã", "Từ ngày", "Nội dung mới"),
        [
            (f"`{name}`", f"{change.since:%d/%m/%Y}", _said(entry, change, catalogue))
            for name, entry in _changing(catalogue)
            for change in entry.changes
        ],
    )
    dated: list[Indicator | Rule] = [*catalogue.indicators.values(), *catalogue.rules.values()]
    yield (
        "Chỉ số, quy tắc có hiệu lực theo thời gian · Validity",
        ("Mã", "Từ ngày", "Đến ngày"),
        [
            (
                f"`{entry.id}`",
                f"{entry.valid_from:%d/%m/%Y}" if entry.valid_from != _OPEN else "",
                f"{entry.valid_to:%d/%m/%Y}" if entry.valid_to else "",
            )
            for entry in dated
            if entry.valid_from != _OPEN or entry.valid_to
        ],
    )


def _changing(catalogue: Catalogue) -> Iterator[tuple[str, Changing]]:
    for group in (
        catalogue.elements,
        catalogue.populations,
        catalogue.indicators,
        catalogue.rules,
    ):
        yield from group.items()
    for register in catalogue.registers.values():
        yield from ((f"{register.id}.{column.id}", column) for column in register.columns)


def _said(entry: Changing, change: Change, catalogue: Catalogue) -> str:
    then = entry.on(change.since)
    texts = {}
    for field in change.to:
        value = getattr(then, field)
        if field == "legal":
            value = citations(value, catalogue)
        elif field == "pillar" and value is not None:
            value = catalogue.pillars[value].label_vi
        elif isinstance(value, bool):
            value = "được ghi x" if value else "không được ghi x"
        elif isinstance(value, list):
            value = ", ".join(str(each) for each in value)
        texts[_FIELDS.get(field, field)] = f"{value:g}" if isinstance(value, float) else value
    return "; ".join(f"{field}: {text}" for field, text in texts.items())
