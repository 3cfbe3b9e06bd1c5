"""The form of an annex table: number, title, numbered columns, groups, total, as a workbook.

Belongs here: how a frame becomes an HTML table, numbers as officials write them, "chưa có số
liệu" for what is missing. Does not belong here: which columns a table has (``tables``), the
workbook behind its link (``excel_export``).
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from pipelines.reports.columns import Column
from pipelines.reports.excel_export import Sheet, link, workbook
from pipelines.reports.html import Html, badge, escape, mark, no_data
from pipelines.vietnamese.dates import format_date
from pipelines.vietnamese.numbers import NO_DATA, format_number, format_rate

NUMBER, CENTRE, NAME, UNIT = "qcdc-number", "qcdc-centre", "qcdc-name", "qcdc-who"
REFERENCE, REASON, SHORT = "qcdc-reference", "qcdc-reason", "qcdc-short"
TALL = 70  # rows; a longer table scrolls in a box of its own on the screen, not on paper


_CLASSES = {"count": NUMBER, "number": NUMBER, "percent": NUMBER, "name": NAME, "unit": UNIT}
_CLASSES |= {"reference": REFERENCE, "reason": REASON, "short": SHORT}
_CLASSES |= dict.fromkeys(("date", "time", "badge", "flag"), CENTRE)


def table(
    frame: pd.DataFrame,
    columns: Sequence[Column],
    *,
    number: int | str,
    title: str,
    illustrative: bool,
    unit: str = "",
    remark: str = "",
    group: str = "",
    total: bool = False,
) -> Html:
    """A frame as a table in the form of an annex, with a link that saves it as a workbook.

    Args:
        frame: Rows in the order they are to stand in.
        columns: What is shown; a running number "TT" comes first.
        number: Of the table ("Biểu số 01"), or a text such as "06.1".
        title: After the number.
        illustrative: Marks the table.
        unit: "Đơn vị tính".
        remark: Below the table.
        group: Field whose changes put a heading row; not a column itself.
        total: Whether the last row is a total, in bold and without a running number.
    """
    head = "".join(f'<th scope="col">{escape(c.label)}</th>' for c in columns)
    numbers = "".join(f"<th>({n})</th>" for n in range(1, len(columns) + 1))
    body = _body(frame, columns, group, total)
    if frame.empty:
        body = f'<tr><td colspan="{len(columns) + 1}">Không có dòng nào.</td></tr>'
    side = f"<em>Đơn vị tính: {escape(unit)}</em>" if unit else ""
    below = f"<p>{escape(remark)}</p>" if remark else ""
    place = f"{number:02d}" if isinstance(number, int) else number
    name = f"Biểu số {place}: {title}"
    box = "qcdc-scroll qcdc-tall" if len(frame) > TALL else "qcdc-scroll"
    sheet = Sheet(name, illustrative, unit, remark, group, total)
    saved = "" if frame.empty else link(workbook(frame, columns, sheet), name)
    return Html(
        f'<div class="qcdc qcdc-table"><div class="qcdc-caption"><strong>{escape(name)}</strong>'
        f"{side}{mark(illustrative)}{saved}</div>"
        f'<div class="{box}"><table aria-label="{escape(name)}"><thead><tr>'
        f'<th scope="col">TT</th>{head}</tr><tr class="qcdc-numbers"><th>(A)</th>{numbers}</tr>'
        f"</thead><tbody>{body}</tbody></table></div>{below}</div>",
        name,
    )


def _body(frame: pd.DataFrame, columns: Sequence[Column], group: str, total: bool) -> str:
    rows, last = [], None
    for place, row in enumerate(frame.to_dict("records"), start=1):
        if group and row[group] != last:
            last = row[group]
            heading = f'<th scope="colgroup" colspan="{len(columns) + 1}">{escape(last)}</th>'
            rows.append(f'<tr class="qcdc-group">{heading}</tr>')
        is_total = total and place == len(frame)
        first = "" if is_total else str(place)
        cells = "".join(_cell(row.get(c.field), c) for c in columns)
        kind = ' class="qcdc-total"' if is_total else ""
        rows.append(f'<tr{kind}><td class="{CENTRE}">{first}</td>{cells}</tr>')
    return "".join(rows)


def _cell(value: object, column: Column) -> str:
    kind = _CLASSES.get(column.kind)
    attribute = f' class="{kind}"' if kind else ""
    return f"<td{attribute}>{_content(value, column.kind)}</td>"


def _content(value: object, kind: str) -> str:
    if kind == "badge":
        return badge(value)
    if isinstance(value, Html):
        return value.markup
    if value is None or pd.isna(value) or value == NO_DATA:  # type: ignore[call-overload] # a scalar
        return no_data()
    if kind == "flag":
        return "Có" if value else "Không"
    if kind == "count":
        return trimmed(float(str(value)))
    if kind == "percent":
        return format_rate(float(str(value)), 2)
    if isinstance(value, pd.Timestamp):
        clock = f" {value:%H:%M}" if kind == "time" else ""
        return format_date(value) + clock
    return escape(value)


def trimmed(value: float) -> str:
    """A number with as many decimals as it has, at most two."""
    text = format_number(value, 2)
    return text.rstrip("0").rstrip(",") if "," in text else text
