"""What changed between two releases of a period, as readers see it: words, tables, a waterfall.

Belongs here: legs in Vietnamese, which rows are shown, the table of a paper, the frame of a
waterfall. Does not belong here: computing legs (``evaluation.legs``), drawing (``waterfall``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipelines.evaluation.legs import ABSENT, LEGS, PARTS, changed
from pipelines.reports.papers.model import Column, Row, Run, Table
from pipelines.vietnamese.numbers import NO_DATA, format_money, format_number, format_rate

LEGS_VI: dict[str, str] = {
    "boundary": "Địa giới, đơn vị",
    "catalogue": "Danh mục, yêu cầu",
    "corrections": "Đính chính, xử lý",
    "resubmissions": "Báo cáo nộp lại",
    "new_reports": "Báo cáo mới",
}
STATES_VI: Mapping[str, str] = {
    ABSENT: "không có",
    "missing": NO_DATA,
    "not_applicable": "không áp dụng",
    "not_splittable": "không tách được",
}
CAME, WENT, UNCHANGED = "mới có", "không còn", "0"
_HOW = (
    "Mỗi phần là số liệu sau khi tính thêm phần đó trừ số liệu trước đó, theo đúng thứ tự các cột;"
    " cộng các phần bằng đúng mức thay đổi (số in đã làm tròn). Thay đổi của tỷ lệ tính bằng điểm"
    " phần trăm."
)
NOTES = (
    _HOW,
    f"“{CAME}”, “{WENT}”: số liệu bắt đầu có hoặc không còn do phần đó; không tính từ 0.",
)
LONGEST = 200  # rows; a longer list is no reading matter
_RATES = frozenset({"rate", "ratio"})
_PARTS_VI = {"numerator": "Tử số", "denominator": "Mẫu số", "value": "Giá trị"}
_ABOUT = ["scope_id", "indicator", "part", "scope", "label", "part_vi"]
_AMOUNTS = ["before", *LEGS, "after"]
_NOTICED = 0.005  # smaller amounts would be printed as 0


@dataclass(frozen=True)
class Words:
    """What the rows are called.

    Attributes:
        indicators: ``ref.indicators`` in the catalogue's order: indicator, label_vi, format,
            denominator (no text where there is none), headline.
        scopes: Names by scope_id, in official order.
        before: What the first state is called, for instance "Bản 01".
        after: What the second is called, for instance "Bản đang lập".
    """

    indicators: pd.DataFrame
    scopes: Mapping[str, str]
    before: str
    after: str


def rows(changes: pd.DataFrame, words: Words) -> pd.DataFrame:
    """The figures that are not as they were, in words.

    Args:
        changes: ``evaluation.legs.COLUMNS``.
        words: Names.

    Returns:
        scope_id, indicator, part, scope, label, part_vi, before, one text per leg, after, and
        ``<name>_number`` of each; in official order of scopes, then of the catalogue. What is no
        quotient has one row: its numerator is its value.
    """
    if changes.empty:
        return pd.DataFrame(columns=pd.Index([*_ABOUT, *_AMOUNTS, *map(_number, _AMOUNTS)]))
    about = {
        str(row["indicator"]): {str(key): value for key, value in row.items()}
        for row in words.indicators.to_dict("records")
    }
    quotients = [name for name, row in about.items() if isinstance(row["denominator"], str)]
    seen = changed(changes)
    seen = seen[seen["indicator"].isin(quotients) | (seen["part"] == "value")]
    places = pd.DataFrame(
        {
            "scope": _places(seen["scope_id"], list(words.scopes)),
            "indicator": _places(seen["indicator"], list(about)),
            "part": _places(seen["part"], PARTS),
        }
    )
    seen = seen.loc[places.sort_values(["scope", "indicator", "part"], kind="stable").index]
    told = [_row(row, about.get(row["indicator"], {}), words) for row in seen.to_dict("records")]
    return pd.DataFrame(told, columns=pd.Index([*_ABOUT, *_AMOUNTS, *map(_number, _AMOUNTS)]))


def _places(values: pd.Series, order: Sequence[str]) -> pd.Series:
    """Where values stand in an order; unknown ones come last."""
    return values.map({value: place for place, value in enumerate(order)}).fillna(len(order))


def _number(name: str) -> str:
    return f"{name}_number"


def _row(row: Mapping[Any, Any], about: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """A figure's change in words."""
    form = str(about.get("format", "number")) if row["part"] == "value" else "number"
    texts = {
        "scope_id": row["scope_id"],
        "indicator": row["indicator"],
        "part": row["part"],
        "scope": words.scopes.get(row["scope_id"], row["scope_id"]),
        "label": about.get("label_vi", row["indicator"]),
        "part_vi": _part_vi(str(row["part"]), about),
        "before": show_end(row["before"], str(row["before_state"]), form),
        "after": show_end(row["after"], str(row["after_state"]), form),
    }
    texts |= {leg: show_leg(row, leg, form) for leg in LEGS}
    return texts | {_number(name): row[name] for name in _AMOUNTS}


def _part_vi(part: str, about: Mapping[str, Any]) -> str:
    if part == "value" and about.get("format") in _RATES:
        return "Tỷ lệ"
    return _PARTS_VI[part]


def show_end(value: float, state: str, form: str) -> str:
    """A figure of one of the two states, or why there is none.

    Args:
        value: Percent for rates, đồng for money.
        state: ``evaluation.legs``: ``value``, the state of the figure, or ``absent``.
        form: Display form of the indicator; ``number`` for numerators and denominators.
    """
    if pd.isna(value):
        return STATES_VI.get(state, NO_DATA)
    if form in _RATES:
        return format_rate(value, 2)
    return format_money(value) if form == "money" else _trimmed(value)


def show_leg(row: Mapping[Any, Any], leg: str, form: str) -> str:
    """What a leg did to a figure: "+3", "-1,25", "0", or that it came or went."""
    amount = row[leg]
    if pd.isna(amount):
        return CAME if row["came_with"] == leg else WENT
    if amount == 0:
        return UNCHANGED
    sign = "+" if amount > 0 else "-"
    if abs(amount) < _NOTICED:
        return f"{sign}dưới 0,01"
    if form in _RATES:
        return sign + format_number(abs(amount), 2)
    return sign + (format_money(abs(amount)) if form == "money" else _trimmed(abs(amount)))


def _trimmed(value: float) -> str:
    """A number with as many decimals as it has, at most two."""
    text = format_number(value, 2)
    return text.rstrip("0").rstrip(",") if "," in text else text


def frame_vi(told: pd.DataFrame, words: Words) -> pd.DataFrame:
    """``rows`` under Vietnamese headings, for pages and notebooks."""
    names = {"scope": "Đơn vị", "label": "Chỉ số", "part_vi": "Phần", "before": words.before}
    names |= LEGS_VI | {"after": words.after}
    return told[list(names)].rename(columns=names).reset_index(drop=True)


def scope_table(told: pd.DataFrame, words: Words, scope_id: str) -> Table:
    """What changed in one scope, with numerator and denominator of every rate.

    Args:
        told: ``rows``.
        words: Names.
        scope_id: The scope.
    """
    own = told[told["scope_id"] == scope_id]
    name = words.scopes.get(scope_id, scope_id)
    columns = (Column("Chỉ số", width=4.2), Column("Phần", width=1.1))
    body = [_line(row, ("label", "part_vi")) for row in own.to_dict("records")]
    return _table(body, columns, words, f"Thay đổi so với {_small(words.before)}: {name}")


def units_table(told: pd.DataFrame, words: Words, scope_id: str) -> Table:
    """What changed in the units below a scope: values only.

    Args:
        told: ``rows``.
        words: Names.
        scope_id: The scope that is left out.
    """
    own = told[(told["scope_id"] != scope_id) & (told["part"] == "value")]
    rest = len(own) - LONGEST
    more = f"Còn {rest} dòng nữa: xem qcdc release diff." if rest > 0 else ""
    title = f"Thay đổi so với {_small(words.before)}, theo đơn vị"
    body: list[Row] = []
    last = ""
    for row in own.head(LONGEST).to_dict("records"):
        if row["scope"] != last:
            last = str(row["scope"])
            body.append(Row((Run(last, bold=True),)))
        body.append(_line(row, ("label",)))
    return _table(body, (Column("Đơn vị, chỉ số", width=4.2),), words, title, more)


def causes_table(causes: pd.DataFrame) -> Table:
    """What came between the two states, named.

    Args:
        causes: leg, about.
    """
    body = [
        Row((Run(LEGS_VI[str(row["leg"])]), Run(str(row["about"]))))
        for row in causes.head(LONGEST).to_dict("records")
    ]
    rest = len(causes) - LONGEST
    return Table(
        title="Những gì đã thay đổi ở đầu vào",
        columns=(Column("Phần", width=1.2), Column("Nội dung", width=6.0)),
        rows=tuple(body),
        numbering=False,
        notes=(f"Còn {rest} dòng nữa: xem qcdc release diff --json.",) if rest > 0 else (),
    )


def _small(name: str) -> str:
    return name[:1].lower() + name[1:]


def _line(row: Mapping[Any, Any], names: tuple[str, ...]) -> Row:
    return Row(
        cells=tuple(Run(str(row[name])) for name in (*names, *_AMOUNTS)),
        values=(*(None for _ in names), *(_value(row[_number(name)]) for name in _AMOUNTS)),
    )


def _table(
    body: Sequence[Row], names: tuple[Column, ...], words: Words, title: str, more: str = ""
) -> Table:
    columns = (
        *names,
        Column(words.before, width=1.5, align="right"),
        *(Column(LEGS_VI[leg], "Thay đổi do", 1.2, "right") for leg in LEGS),
        Column(words.after, width=1.5, align="right", formula="(7)=(1)+…+(6)"),
    )
    return Table(title=title, columns=columns, rows=tuple(body), notes=(more,) if more else ())


def _value(number: Any) -> float | None:  # noqa: ANN401 — a cell of a frame
    return None if pd.isna(number) else float(number)


def summary(changes: pd.DataFrame, moved: Sequence[str], words: Words, scope_id: str) -> str:
    """One sentence: how many figures of a scope changed, and through what.

    Args:
        changes: ``evaluation.legs.COLUMNS``.
        moved: Legs whose inputs are not equal.
        words: Names.
        scope_id: The scope.
    """
    start = f"So với {_small(words.before)}, {_small(words.after)}"
    if not moved:
        return f"{start} không có gì thay đổi ở đầu vào."
    causes = "; ".join(_small(LEGS_VI[leg]) for leg in moved)
    own = changed(changes)
    own = own[(own["scope_id"] == scope_id) & (own["part"] == "value")]
    name = words.scopes.get(scope_id, scope_id)
    if own.empty:
        return f"{start} thay đổi ở đầu vào ({causes}); không chỉ số nào của {name} thay đổi."
    by_leg = {leg: int((own[leg] != 0).sum()) for leg in moved}
    told = "; ".join(f"{_small(LEGS_VI[leg])}: {count}" for leg, count in by_leg.items())
    more = ", một chỉ số có thể do nhiều phần" if sum(by_leg.values()) > len(own) else ""
    return f"{start} thay đổi {len(own)} chỉ số của {name} ({told}{more})."


def waterfall_frame(
    changes: pd.DataFrame, words: Words, scope_id: str, indicator: str, part: str = "value"
) -> pd.DataFrame:
    """A figure's change step by step, for ``waterfall.waterfall``.

    Args:
        changes: ``evaluation.legs.COLUMNS``.
        words: Names.
        scope_id: The scope.
        indicator: The indicator.
        part: ``numerator``, ``denominator`` or ``value``.

    Returns:
        leg, label_vi, amount, start, end: the figure before, the five legs, the figure after;
        amount, start or end is nan where there is no figure to count from or to.

    Raises:
        KeyError: There is no such figure before or after.
    """
    found = changes[
        (changes["scope_id"] == scope_id)
        & (changes["indicator"] == indicator)
        & (changes["part"] == part)
    ]
    if found.empty:
        msg = f"no change of {indicator} ({part}) in {scope_id}"
        raise KeyError(msg)
    row = found.iloc[0]
    ends = _ends(row)
    steps = [
        {"leg": leg, "label_vi": LEGS_VI[leg], "amount": row[leg], "start": start, "end": end}
        for leg, start, end in zip(LEGS, ends, ends[1:], strict=False)
    ]
    first = {"leg": "before", "label_vi": words.before, "amount": row["before"]}
    last = {"leg": "after", "label_vi": words.after, "amount": row["after"]}
    for end, value in ((first, row["before"]), (last, row["after"])):
        end |= {"start": value, "end": value}
    return pd.DataFrame([first, *steps, last])


def _ends(row: pd.Series) -> list[float]:
    """The figure before and after each leg."""
    ends = [float(row["before"])]
    for leg in LEGS:
        if pd.notna(row[leg]):
            ends.append(ends[-1] + float(row[leg]))
        elif row["came_with"] == leg:
            later = LEGS[LEGS.index(leg) + 1 :]
            ends.append(float(row["after"]) - float(row[list(later)].sum()))
        else:
            ends.append(float("nan"))
    return ends
