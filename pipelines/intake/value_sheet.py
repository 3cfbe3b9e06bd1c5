"""Sheets with value cells: from slots to typed entries, totals compared, hidden cells said.

Belongs here: typing what stands in slots and noting what is wrong with it.
Does not belong here: where slots are (``single_layout``, ``grid_layout``, ``mapping``), what one
cell means (``values``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipelines.catalogue.expected import expected_of, written
from pipelines.catalogue.model import Catalogue, Element
from pipelines.intake.collected import STRAY_REASON, Collected, some
from pipelines.intake.decisions import Meaning, meaning_of
from pipelines.intake.layout import Place, SheetLayout, Slot, TotalRow
from pipelines.intake.sheet_cells import SheetCells
from pipelines.intake.values import BLANK, Content, Typed, shown, type_value
from pipelines.vietnamese import text as words
from pipelines.vietnamese.numbers import format_number

LAID_OUT = "laid_out"
_LETTER = re.compile(r"[^\W\d_]")
_KNOWN = frozenset({"value", "zero"})


def take_slots(
    cells: SheetCells,
    found: SheetLayout,
    catalogue: Catalogue,
    meanings: Sequence[Meaning],
    out: Collected,
) -> None:
    """Type every slot of a sheet and note what the layout had to say.

    Args:
        cells: Cells of the sheet, fates given by the layout.
        found: The layout.
        catalogue: Elements.
        meanings: What the provider means by signs that are no numbers.
        out: Takes entries, faults, quarantine, notes.
    """
    values: dict[Place, float] = {}
    hidden: list[str] = []
    for slot in found.slots:
        place = (slot.row, slot.column)
        i = cells.at.get(place)
        content = BLANK if i is None else in_unit(cells.content_at(i), slot.amount_unit)
        typed = type_value(content, catalogue.elements[slot.element])
        typed = understood(typed, content, slot.element, meanings)
        typed = _beside(typed, content, slot, catalogue.elements[slot.element])
        out.entries.append(_entry(cells, slot, content, typed))
        if typed.operator is not None and i is not None:
            cells.fate[i] = "quarantined"
            _hold(cells.name, slot, content, typed, out)
        elif typed.state in _KNOWN and typed.value is not None:
            values[place] = typed.value
        if typed.doubt is not None:
            _doubt(cells.name, slot, content, typed, out)
        if i is not None and cells.hidden[i]:
            hidden.append(slot.cell)
    _say_layout(cells.name, found, out)
    _say_displaced(cells, found, out)
    for total in found.totals:
        _compare(cells, total, values, catalogue, out)
    say_hidden(cells.name, hidden, out)


def in_unit(content: Content, amount_unit: str | None) -> Content:
    """A number in the unit that the table's mapping declares, as an official would write it."""
    if amount_unit is None or content.kind not in {"number", "text"}:
        return content
    said = shown(content)
    return Content("text", f"{said} {amount_unit}") if said else content


def understood(typed: Typed, content: Content, element: str, meanings: Sequence[Meaning]) -> Typed:
    """A held sign as its sender means it, when that was asked once."""
    if typed.operator is None or content.text is None:
        return typed
    meaning = meaning_of(meanings, element, content.text)
    if meaning is None:
        return typed
    is_zero = meaning.state == "zero"
    return Typed(meaning.state, value=0.0 if is_zero else None, qualifier="=" if is_zero else None)


def _beside(typed: Typed, content: Content, slot: Slot, element: Element) -> Typed:
    """A value as what is printed beside it has been changed: held, or doubtful."""
    if typed.state not in _KNOWN or typed.operator is not None:
        return typed
    if slot.said_unit is not None and typed.value != 0:
        # "360 người" beside 360 says no unit that the number could be counted in
        is_unit = not any(char.isdigit() for char in slot.said_unit)
        as_said = type_value(in_unit(content, slot.said_unit), element) if is_unit else typed
        proposed = written(as_said.value) if as_said.value is not None and is_unit else None
        why = f'Cột Đơn vị tính ghi "{slot.said_unit}", biểu hỏi theo "{element.unit_vi}"'
        expected = expected_of(element)
        return Typed("quarantined", operator="typed", expected=expected, proposed=proposed, why=why)
    if slot.doubt is not None and typed.doubt is None:
        return replace(typed, doubt=slot.doubt, expected=expected_of(element))
    return typed


def _entry(cells: SheetCells, slot: Slot, content: Content, typed: Typed) -> dict[str, object]:
    beside = shown(cells.content(slot.note)) if slot.note else None
    return {
        "sheet": cells.name,
        "cell": slot.cell,
        "unit_id": slot.unit_id,
        "element": slot.element,
        "raw": _raw(content, typed),
        "value": typed.value,
        "qualifier": typed.qualifier,
        "text": typed.text,
        "note": words.mask_personal(words.normalise(beside)) if beside else None,
        "state": typed.state,
        "compulsory": slot.compulsory,
    }


def _raw(content: Content, typed: Typed) -> str | None:
    """What stands in the cell, persons masked where it is more than a number."""
    text = shown(content)
    is_number = typed.value is not None and text is not None and not _LETTER.search(text)
    return words.mask_personal(text) if text and not is_number else text


def _hold(sheet: str, slot: Slot, content: Content, typed: Typed, out: Collected) -> None:
    out.fault(
        sheet,
        slot.cell,
        typed.operator or "",
        unit_id=slot.unit_id,
        element=slot.element,
        found=_raw(content, typed),
        expected=typed.expected,
        proposed=typed.proposed,
        why=typed.why,
    )
    reason = typed.why or typed.expected or ""
    out.hold(sheet, slot.cell, shown(content), reason, typed.proposed)


def _doubt(sheet: str, slot: Slot, content: Content, typed: Typed, out: Collected) -> None:
    """A value that is used although it could mean something else."""
    out.fault(
        sheet,
        slot.cell,
        "unambiguous",
        unit_id=slot.unit_id,
        element=slot.element,
        found=_raw(content, typed),
        expected=typed.expected,
        proposed=typed.proposed,
        why=typed.doubt,
    )


def _say_layout(sheet: str, found: SheetLayout, out: Collected) -> None:
    for code in found.missing:
        more = {"found": f"thiếu dòng, cột {code}", "expected": f"mã {code} của biểu"}
        out.fault(sheet, None, LAID_OUT, **more)
    for cell, text in found.strangers:
        out.fault(sheet, cell, LAID_OUT, found=text, expected="mã đơn vị của biểu")
    for cell, code in found.doubles:
        reason = f"Mã {code} đứng hai lần với hai giá trị khác nhau."
        out.hold(sheet, cell, None, reason)
        more = {"found": f"mã {code} đứng hai lần", "expected": "mỗi mã một dòng"}
        out.fault(sheet, cell, LAID_OUT, **more)
    out.notes += found.notes


def say_hidden(sheet: str, hidden: Sequence[str], out: Collected) -> None:
    """One finding for the values of a sheet that stand in hidden rows, columns or sheets."""
    if hidden:
        found = f"trang {sheet}: {len(hidden)} ô số liệu bị ẩn ({some(hidden)})"
        more = {"found": found, "expected": "không có dòng, cột, trang bị ẩn"}
        out.fault(sheet, hidden[0], "visible", **more)


def _say_displaced(cells: SheetCells, found: SheetLayout, out: Collected) -> None:
    """Put aside what was typed beside a value's cell; the cell that it may belong to is named."""
    for i, slot, is_blank in ((d.position, d.slot, d.is_blank) for d in found.displaced):
        cell, text = cells.cell[i], shown(cells.content_at(i))
        why = f"có thể thuộc ô {slot.cell} đang để trống" if is_blank else f"ô {slot.cell} đã có"
        why += ", hãy chuyển sang ô đó" if is_blank else " số liệu"
        cells.fate[i] = "quarantined"
        out.hold(cells.name, cell, text, f"{STRAY_REASON} {why[0].upper()}{why[1:]}.")
        out.fault(cells.name, cell, "on_form", found=text, why=why)


def _compare(
    cells: SheetCells,
    total: TotalRow,
    values: Mapping[Place, float],
    catalogue: Catalogue,
    out: Collected,
) -> None:
    """A total that none of the sums it may stand for equals is a finding."""
    for element, column in total.columns.items():
        i = cells.at.get((total.row, column))
        model = catalogue.elements[element]
        if i is None or not model.is_numeric or model.type == "rate":
            continue
        typed = type_value(cells.content_at(i), model)
        sums = [sum(values.get((row, column), 0.0) for row in rows) for rows in total.sums]
        if typed.value is None or not sums or typed.value in sums:
            continue
        expected = " hoặc ".join(_number(value) for value in dict.fromkeys(sums))
        more = {"found": _number(typed.value), "expected": expected, "element": element}
        out.fault(cells.name, cells.cell[i], "total_agrees", **more)


def _number(value: float) -> str:
    return format_number(value, 0 if value.is_integer() else 2)
