"""What stands left of the values in a row of the form, set against what the form prints there.

A number typed one column too far left, another unit of measure, another label beside a code: none
of them may pass as a label unseen.

Belongs here: printed text against found text, spellings apart. Does not belong here: where the
rows are (``single_layout``), findings (``value_sheet``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pipelines.catalogue.model import Element
from pipelines.intake.layout import (
    CODE_HEADER,
    LABEL_HEADER,
    Displaced,
    SheetLayout,
    Slot,
    label_key,
)
from pipelines.intake.sheet_cells import SheetCells
from pipelines.intake.tables_found import slug
from pipelines.intake.values import Content, shown, type_value
from pipelines.vietnamese import text as words

UNIT_OF_MEASURE = frozenset({"don vi tinh", "dvt", "don vi"})
ORDINALS = frozenset({"tt", "stt", "so tt", "so thu tu"})
_BARE = re.compile(r"[\W_]*\d[\d\s.,%]*[\W_]*")
_DIGITS = re.compile(r"\d+")
_ORDINAL = re.compile(r"^\(?\d{1,3}(?:\.\d{1,2})*[.)]?\s*\*?\s*")
_ANSWERED = frozenset({"value", "zero", "not_applicable"})


@dataclass(frozen=True)
class Headings:
    """Folded headings left of the values, by column.

    Attributes:
        label: Column of the labels; what stands left of it numbers the rows.
    """

    names: dict[int, str]
    label: int

    def role(self, column: int) -> str:
        """``label``, ``code``, ``unit``, ``ordinal``, or ``other``."""
        name = self.names.get(column, "")
        if name in ORDINALS or column < self.label:
            return "ordinal"
        if name in UNIT_OF_MEASURE:
            return "unit"
        return {LABEL_HEADER: "label", CODE_HEADER: "code"}.get(name, "other")


def headings_of(cells: SheetCells, top: int, value: int) -> Headings:
    """The headings of a row, left of a column."""
    names = {cells.column[i]: cells.key(i) for i in cells.by_row[top] if cells.column[i] < value}
    labels = [column for column, name in names.items() if name == LABEL_HEADER]
    return Headings(names, min(labels, default=0))


def compare_printed(
    cells: SheetCells, slot: Slot, element: Element, headings: Headings, out: SheetLayout
) -> None:
    """Compare what stands left of a slot with what the form prints.

    Args:
        cells: Cells of the sheet.
        slot: Takes another unit of measure (``said_unit``) and what makes its value doubtful.
        element: What the slot is asked for.
        headings: Which column is which.
        out: Takes the cells that hold what belongs into the value's cell.
    """
    is_blank = (slot.row, slot.column) not in cells.at
    for i in cells.by_row[slot.row]:
        role = headings.role(cells.column[i]) if cells.column[i] < slot.column else "ordinal"
        printed = printed_text(element, role)
        if role == "ordinal" or _agrees(cells.content_at(i), printed, role):
            continue
        content = cells.content_at(i)
        if is_displaced(content, printed, role, element, is_blank=is_blank):
            out.displaced.append(Displaced(i, slot, is_blank=is_blank))
        elif role == "unit" and element.is_numeric and not _same_unit(content, element):
            _other_unit(content, slot, element)
        elif role == "label":
            said = f'Tên chỉ tiêu bên cạnh ghi "{_text(content)}"'
            slot.doubt = f'{said}, mã {element.code} của biểu là "{element.label_vi}".'


def printed_text(element: Element, role: str) -> str:
    """What the form prints in a column of an element's row."""
    unit = "Có/Không" if element.type == "bool" else element.unit_vi
    unit = unit or {"date": "ngày"}.get(element.type, "")
    return {"label": element.label_vi, "code": element.code, "unit": unit}.get(role, "")


def is_bare(content: Content) -> bool:
    """Whether a cell holds a number or a date and no words."""
    if content.kind != "text":
        return content.kind in {"number", "date", "bool"}
    return _BARE.fullmatch(content.text or "") is not None


def is_displaced(
    content: Content, printed: str, role: str, element: Element, *, is_blank: bool
) -> bool:
    """Whether a cell that differs from the form holds what belongs into the value's cell."""
    if is_bare(content):
        return True
    if role == "other":
        return False
    more = set(_DIGITS.findall(_text(content))) - set(_DIGITS.findall(_plain(printed)))
    if role == "code":
        return bool(more)
    if more and (is_blank or _key(_DIGITS.sub("", _text(content))) == _key(printed)):
        return True
    if not is_blank:
        return False
    return role == "unit" and not is_no_answer(content, element)


def is_no_answer(content: Content, element: Element) -> bool:
    """Whether a text in the column of units is no answer to the element."""
    typed = type_value(content, element)
    return typed.operator is not None or typed.state not in _ANSWERED


def _text(content: Content) -> str:
    return words.normalise(shown(content) or "")


def _plain(text: str) -> str:
    return words.normalise(text).replace("²", "2").replace("³", "3")


def _agrees(content: Content, printed: str, role: str) -> bool:
    """Whether a cell shows what the form prints, however it is spelled."""
    said = _text(content)
    return not said if not said or role == "other" else _is_same(said, printed, role == "label")


@lru_cache(maxsize=8_192)  # the rows of a form say the same in every file
def _is_same(said: str, printed: str, is_label: bool) -> bool:
    if _key(said) == _key(printed):
        return True
    if not is_label:
        return False
    said = said.rstrip(" :.*")
    bare = _ORDINAL.sub("", said, count=1)
    keys = {_key(said), _key(bare), _key(label_key(said)), _key(label_key(bare))}
    return bool(keys & {_key(printed), _key(label_key(printed))})


def _key(text: str) -> str:
    plain = _plain(text)
    return slug(plain) or words.fold(plain)


def _same_unit(content: Content, element: Element) -> bool:
    """Whether a unit of measure is the element's by another name ("VNĐ", "mét vuông")."""
    if element.type == "count":
        return False
    typed = type_value(Content("text", f"1000 {_text(content)}"), element)
    return typed.operator is None and typed.value == 1000


def _other_unit(content: Content, slot: Slot, element: Element) -> None:
    said, printed = _text(content), element.unit_vi or ""
    a, b = words.fold(said), words.fold(printed)
    if element.type == "count" and (a.startswith(b) or b.startswith(a)):
        # "cuộc họp" for "cuộc": counted the same way, to be looked at
        slot.doubt = f'Cột Đơn vị tính ghi "{said}", biểu hỏi theo "{printed}".'
    else:
        slot.said_unit = said
