"""Annex tables with a row for each unit: figures side by side, the parts of rates, totals.

Belongs here: columns of these tables, splitting wide ones, adding up. Does not belong here: which
units and figures there are (``analysis.annexes``), the form of a table (``sheet``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from pipelines.reports.composed.sheet import Field, sheet
from pipelines.reports.numbering import Numbers
from pipelines.reports.papers.model import Table
from pipelines.vietnamese.numbers import NO_DATA, format_number, format_rate

WIDE = 12  # columns of figures beside each other; more stand in further tables
MISSING, NOT_APPLICABLE, NOTHING = "…", "x", "-"
SIGNS = "“…”: chưa có số liệu; “x”: không áp dụng; “-”: không phát sinh."
_MILLION = 1_000_000
_PARTS = (("top", "Tử số"), ("bottom", "Mẫu số"))


@dataclass(frozen=True)
class _Block:
    """The columns of one figure."""

    fields: tuple[Field, ...]
    cells: pd.DataFrame
    total: Mapping[str, object]
    yes_no: bool


def unit_tables(
    frame: pd.DataFrame, scope: pd.DataFrame, *, numbers: Numbers, name: str, who: str
) -> list[Table]:
    """Tables of all figures of the units of a type, pillar by pillar.

    Args:
        frame: ``annexes.unit_figures``.
        scope: Figures of the whole: what the totals are where they are about the same units.
        numbers: Counts the tables.
        name: What the tables are numbered by.
        who: "các xã, thị trấn".

    Returns:
        One or more tables per pillar, units in official order; none where there are no units.
    """
    order = ["official_order", "unit_id"]
    units = frame.drop_duplicates("unit_id").sort_values(order)[["unit_id", "unit"]]
    wholes = scope.set_index("indicator")
    tables = []
    for group, rows in frame.groupby("group", sort=False):
        blocks = [
            _block(str(indicator), own, wholes)
            for indicator, own in rows.groupby("indicator", sort=False)
        ]
        pieces = _pieces(blocks)
        for place, piece in enumerate(pieces):
            more = ", tiếp theo" * (place > 0)
            tables.append(
                _table(
                    units,
                    piece,
                    title=f"{group}: số liệu của {who}{more}",
                    number=numbers.table(f"{name} {group} {place}"),
                )
            )
    return tables


def _pieces(blocks: list[_Block]) -> list[list[_Block]]:
    """Neighbours that fit beside each other, tables about equally wide."""
    width = sum(len(block.fields) for block in blocks)
    count = max(1, -(-width // WIDE))
    limit = min(WIDE, -(-width // count) + 2)
    pieces: list[list[_Block]] = [[]]
    for block in blocks:
        if pieces[-1] and sum(len(b.fields) for b in pieces[-1]) + len(block.fields) > limit:
            pieces.append([])
        pieces[-1].append(block)
    return pieces


def _table(units: pd.DataFrame, blocks: list[_Block], *, title: str, number: int) -> Table:
    wide = units.set_index("unit_id")
    total: dict[str, object] = {"unit": "Tổng cộng"}
    for block in blocks:
        wide = wide.join(block.cells)
        total |= block.total
    texts = [f.name for block in blocks for f in block.fields]
    # a unit without a row is one that the figure is not about
    wide[texts] = wide[texts].astype("object").where(wide[texts].notna(), NOT_APPLICABLE)
    fields, column = [], 0
    for block in blocks:
        fields += _numbered(block, column)
        column += len(block.fields)
    lacking = any((block.cells.isin([MISSING])).any(axis=None) for block in blocks)
    rule = "Tổng cộng chỉ gồm các đơn vị đã có số liệu." if lacking else ""
    return sheet(
        wide.reset_index(),
        [Field("unit", "Đơn vị", width=3.4), *fields],
        title=title,
        number=number,
        notes=(f"Theo thứ tự danh mục. {SIGNS} {rule}".strip(),),
        total=total,
    )


def _numbered(block: _Block, before: int) -> list[Field]:
    """The fields with the formula of the rate in the row of numbers."""
    if len(block.fields) == 1:
        return list(block.fields)
    top, bottom, rate = block.fields
    first = before + 1
    times = "×100" if rate.label == "Tỷ lệ" else ""
    formula = f"({first + 2})=({first})/({first + 1}){times}"
    return [
        top,
        bottom,
        Field(
            rate.name,
            rate.label,
            rate.kind,
            rate.group,
            formula=formula,
            value=rate.value,
            figure=rate.figure,
        ),
    ]


def _block(indicator: str, rows: pd.DataFrame, wholes: pd.DataFrame) -> _Block:
    divided = bool(rows["divided"].iloc[0])
    largest = rows["denominator"].max()
    if divided and pd.notna(largest) and largest <= 1:
        return _yes_no(indicator, rows, wholes)
    return _share(indicator, rows, wholes) if divided else _single(indicator, rows, wholes)


def _single(name: str, rows: pd.DataFrame, wholes: pd.DataFrame) -> _Block:
    """A count, a sum: one column."""
    display, digits = str(rows["format"].iloc[0]), int(rows["digits"].iloc[0])
    frame = rows.set_index("unit_id")
    texts = [
        _sign(state, float("nan")) or _amount(value, display, digits)
        for state, value in zip(frame["state"], frame["value"], strict=True)
    ]
    cells = pd.DataFrame({name: texts, f"{name} value": frame["value"].to_numpy()}, frame.index)
    cells[f"{name} figure"] = _tagged(texts, frame)
    known = frame["value"].dropna()
    total = float(known.sum()) if len(known) else float("nan")
    text = MISSING if known.empty else _amount(total, display, digits)
    unit = "triệu đồng" if display == "money" else str(rows["unit_vi"].iloc[0])
    label = str(rows["label"].iloc[0])
    if unit.casefold() not in label.casefold():
        label = f"{label} ({unit})"
    field = Field(name, label, "number", value=f"{name} value", figure=f"{name} figure")
    said = {
        name: text,
        f"{name} value": total,
        f"{name} figure": _whole(wholes, name, total, float("nan"), text),
    }
    return _Block((field,), cells, said, yes_no=False)


def _yes_no(name: str, rows: pd.DataFrame, wholes: pd.DataFrame) -> _Block:
    """Something that a unit has done or not: one column, the total is how many have."""
    frame = rows.set_index("unit_id")
    texts = [
        _sign(state, bottom) or ("Có" if top else "Chưa")
        for state, top, bottom in zip(
            frame["state"], frame["numerator"], frame["denominator"], strict=True
        )
    ]
    cells = pd.DataFrame({name: texts}, frame.index)
    cells[f"{name} figure"] = _tagged(texts, frame)
    top, bottom = frame["numerator"].sum(), frame["denominator"].sum()
    shown = _shown_rate(top, bottom, int(rows["digits"].iloc[0]))
    text = f"{format_number(top)}/{format_number(bottom)} ({shown})" if bottom else NOTHING
    field = Field(name, str(rows["label"].iloc[0]), "short", figure=f"{name} figure")
    figure = _whole(wholes, name, top, bottom, text)
    return _Block((field,), cells, {name: text, f"{name} figure": figure}, yes_no=True)


def _share(name: str, rows: pd.DataFrame, wholes: pd.DataFrame) -> _Block:
    """A rate: numerator, denominator, rate under one heading."""
    frame, display = rows.set_index("unit_id"), str(rows["format"].iloc[0])
    digits = int(rows["digits"].iloc[0])
    money = bool(frame["money"].astype(bool).any())
    parts = {"top": frame["numerator"], "bottom": frame["denominator"]}
    cells = pd.DataFrame(index=frame.index)
    total: dict[str, object] = {}
    for part, values in parts.items():
        shown = [
            _sign(state, float("nan")) if pd.isna(value) else _part(value, money=money)
            for state, value in zip(frame["state"], values, strict=True)
        ]
        cells[f"{name} {part}"] = [text or MISSING for text in shown]
        cells[f"{name} {part} value"] = values.to_numpy()
        summed = values[parts["top"].notna() & parts["bottom"].notna()].sum()
        total[f"{name} {part}"] = _part(summed, money=money)
        total[f"{name} {part} value"] = summed
    signs = [_sign(s, b) for s, b in zip(frame["state"], frame["denominator"], strict=True)]
    texts = [sign or str(shown) for sign, shown in zip(signs, frame["shown"], strict=True)]
    cells[name], cells[f"{name} value"] = texts, frame["value"].to_numpy()
    cells[f"{name} figure"] = _tagged(texts, frame)
    top, bottom = total[f"{name} top value"], total[f"{name} bottom value"]
    is_rate = display in {"rate", "ratio"}
    text = _shown_rate(top, bottom, digits) if is_rate else _shown_number(top, bottom, digits)
    total |= {name: text, f"{name} value": _divided(top, bottom, 100 if is_rate else 1)}
    total[f"{name} figure"] = _whole(wholes, name, top, bottom, text)
    heading = str(rows["label"].iloc[0]) + (" (triệu đồng)" if money else "")
    fields = [
        Field(f"{name} {part}", label, "number", heading, value=f"{name} {part} value")
        for part, label in _PARTS
    ]
    last = Field(
        name,
        "Tỷ lệ" if is_rate else "Kết quả",
        "number",
        heading,
        value=f"{name} value",
        figure=f"{name} figure",
    )
    return _Block((*fields, last), cells, total, yes_no=False)


def _sign(state: object, bottom: float) -> str:
    """What stands in place of a value; no text where there is one."""
    if state in {"missing", "quarantined", "withheld"}:
        return MISSING
    if state == "not_applicable":
        return NOTHING if bottom == 0 else NOT_APPLICABLE
    return ""


def _tagged(texts: list[str], frame: pd.DataFrame) -> list[str | None]:
    """The figure where a cell prints it as the release does; signs and short forms are not it."""
    return [
        figure if text == shown else None
        for text, shown, figure in zip(texts, frame["shown"], frame["figure_id"], strict=True)
    ]


def _whole(
    wholes: pd.DataFrame, indicator: str, top: object, bottom: object, text: str
) -> str | None:
    """The figure of the whole where the total is it: the same parts, printed alike."""
    if indicator not in wholes.index or wholes["shown"][indicator] != text:
        return None
    parts = zip((top, bottom), ("numerator", "denominator"), strict=True)
    same = all(_equal(mine, wholes[name][indicator]) for mine, name in parts)
    return str(wholes["figure_id"][indicator]) if same else None


def _equal(one: object, other: object) -> bool:
    if pd.isna(one) or pd.isna(other):  # type: ignore[call-overload] # scalars
        return bool(pd.isna(one)) and bool(pd.isna(other))  # type: ignore[call-overload]
    return abs(float(str(one)) - float(str(other))) < 1e-9


def _amount(value: float, display: str, digits: int) -> str:
    if pd.isna(value):
        return MISSING
    if display == "money":
        return _trimmed(value / _MILLION)
    if display == "rate":
        return format_rate(value, digits)
    return format_number(value, digits if display == "number" else 0)


def _part(value: float, *, money: bool) -> str:
    if pd.isna(value):
        return MISSING
    return _trimmed(value / _MILLION) if money else _trimmed(value)


def _trimmed(value: float) -> str:
    text = format_number(value, 2)
    return text.rstrip("0").rstrip(",") if "," in text else text


def _divided(top: object, bottom: object, times: int) -> float | None:
    whole = float(str(bottom))
    return times * float(str(top)) / whole if whole else None


def _shown_rate(top: object, bottom: object, digits: int) -> str:
    value = _divided(top, bottom, 100)
    return NOTHING if value is None else format_rate(value, digits)


def _shown_number(top: object, bottom: object, digits: int) -> str:
    value = _divided(top, bottom, 1)
    return NO_DATA if value is None else format_number(value, digits)
