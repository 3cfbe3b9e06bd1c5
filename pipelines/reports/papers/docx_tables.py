"""Tables of a Word paper: headings that repeat on every page, rows that do not break.

Belongs here: a table of the model as an element. Does not belong here: widths (``fit``), levels of
headings (``grid``).
"""

from __future__ import annotations

from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from pipelines.reports.papers import fit, grid
from pipelines.reports.papers.docx_xml import Controls, el, paragraph, run_element, run_of, twips
from pipelines.reports.papers.lines import ILLUSTRATIVE
from pipelines.reports.papers.model import Column, Row, Table

_SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")
_NUMBERS_SIZE = 9.0
_SHORT = 12  # rows of a table that stays on one page
_ENDING = 3  # rows that a total does not leave


def table_elements(
    table: Table, width: float, size: float, controls: Controls, *, illustrative: bool
) -> list[BaseOxmlElement]:
    """Title, unit, the table itself and its remarks.

    Args:
        table: The table.
        width: Millimetres between the margins.
        size: Points to start from; type gets smaller where words would break.
        controls: Numbers of content controls.
        illustrative: Says "SỐ LIỆU MINH HỌA" above the table.
    """
    widths = fit.fit(table, width, size)
    made: list[BaseOxmlElement] = []
    if table.title or table.number:
        made.append(paragraph(run_element(grid.title_line(table)), style="Caption"))
    above = [ILLUSTRATIVE] if illustrative else []
    above += [table.unit_vi] if table.unit_vi else []
    if above:
        made.append(paragraph(run_element(" · ".join(above)), style="Unit"))
    made.append(_table(table, widths, controls))
    made += [paragraph(run_element(note), style="Remark") for note in table.notes]
    return [*made, gap()]


def gap() -> BaseOxmlElement:
    """A small paragraph: Word joins tables that touch, and wants text to end with one."""
    spacing = el("spacing", before="0", after="0", line="120", lineRule="exact")
    return el("p", el("pPr", el("pStyle", val="Cell"), spacing))


def is_gap(element: BaseOxmlElement) -> bool:
    """Whether it is the small paragraph after a table."""
    style = element.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    return style is not None and style.get(qn("w:val")) == "Cell" and len(element) == 1


def _table(table: Table, widths: fit.Fit, controls: Controls) -> BaseOxmlElement:
    line = {"val": "single", "sz": "4", "space": "0", "color": "auto"}
    padding = twips(fit.CELL_PADDING_MM)
    looks = el(
        "tblPr",
        el("tblW", w=twips(sum(widths.widths)), type="dxa"),
        el("jc", val="center"),
        el("tblBorders", *(el(side, **line) for side in _SIDES)),
        el("tblLayout", type="fixed"),
        el("tblCellMar", el("left", w=padding, type="dxa"), el("right", w=padding, type="dxa")),
        el("tblCaption", val=grid.title_line(table)),
    )
    columns = el("tblGrid", *(el("gridCol", w=twips(width)) for width in widths.widths))
    made = el("tbl", looks, columns)
    made.extend(_head_rows(table, widths))
    rows = grid.body_rows(table)
    # one without a title belongs to the running text and breaks like it
    stays, ending = (_SHORT, _ENDING) if grid.title_line(table) else (0, 0)
    for n, row in enumerate(rows, 1):
        line = _body_row(table, row, widths, controls)
        if n < len(rows) and (len(rows) <= stays or n > len(rows) - ending or _opens(table, row)):
            for looks in line.iter(qn("w:pStyle")):
                looks.addnext(el("keepNext"))
        made.append(line)
    return made


def _opens(table: Table, row: Row) -> bool:
    """Whether the row is the name of a group, which stays with the first of its rows."""
    return grid.spans(table, row)


def _head_rows(table: Table, widths: fit.Fit) -> list[BaseOxmlElement]:
    depth = grid.head_depth(table.columns)
    rows = [_row(head=True) for _ in range(depth)]
    for cell in sorted(grid.head_cells(table.columns), key=lambda cell: cell.column):
        span = widths.widths[cell.column : cell.column + cell.columns]
        for below in range(cell.rows):
            merge = ("restart" if below == 0 else "continue") if cell.rows > 1 else None
            text = run_element(cell.text, bold=True, size=widths.size)
            shown = [text] if below == 0 else []
            lines = paragraph(*shown, style="Cell", align="center")
            rows[cell.row + below].append(_cell(sum(span), len(span), lines, merge=merge))
    if table.numbering and depth:
        rows.append(_row(head=True))
        size = min(widths.size, _NUMBERS_SIZE)
        for text, width in zip(grid.numbering(table.columns), widths.widths, strict=True):
            run = run_element(text, italic=True, size=size)
            lines = paragraph(run, style="Cell", align="center")
            rows[-1].append(_cell(width, 1, lines))
    return rows


def _row(*, head: bool = False) -> BaseOxmlElement:
    looks = el("trPr", el("cantSplit"))
    if head:
        looks.append(el("tblHeader"))
    return el("tr", looks)


def _cell(
    width: float, span: int, *lines: BaseOxmlElement, merge: str | None = None
) -> BaseOxmlElement:
    looks = el("tcPr", el("tcW", w=twips(width), type="dxa"))
    if span > 1:
        looks.append(el("gridSpan", val=str(span)))
    if merge is not None:
        looks.append(el("vMerge", val=merge))
    looks.append(el("vAlign", val="center"))
    return el("tc", looks, *lines)


def _body_row(table: Table, row: Row, widths: fit.Fit, controls: Controls) -> BaseOxmlElement:
    made = _row()
    if grid.spans(table, row):
        run = run_of(row.cells[0], controls, bold=row.strong, size=widths.size)
        align = "center" if row.cells[0].italic else "left"
        line = paragraph(run, style="Cell", align=align)
        made.append(_cell(sum(widths.widths), len(widths.widths), line))
        return made
    for run, column, width in zip(row.cells, table.columns, widths.widths, strict=True):
        words = run_of(run, controls, bold=row.strong, size=widths.size)
        line = paragraph(words, style="Cell", align=_align(column))
        made.append(_cell(width, 1, line))
    return made


def _align(column: Column) -> str:
    return column.align
