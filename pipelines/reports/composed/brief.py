"""The brief for the meeting: two pages of what it must know and what it is asked to decide.

Belongs here: its sections, and which rows go when they do not fit. Does not belong here: what is
open and what is proposed (``proposals``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from pipelines.reports.composed.material import Letter, Material
from pipelines.reports.composed.official import in_sections
from pipelines.reports.composed.proposals import open_work, proposals, told_conclusions
from pipelines.reports.composed.sheet import counted
from pipelines.reports.papers import fit
from pipelines.reports.papers.look import A4_MM, inner_width, look_of
from pipelines.reports.papers.model import (
    Block,
    Column,
    Document,
    Head,
    Heading,
    Paragraph,
    Row,
    Run,
    Table,
)

SLUG = "tom-tat"
PAGES = 2
_LINE = 1.17  # of the type size, what Times New Roman takes from line to line
_MM = 25.4 / 72
# pages are never filled to the last line: rows do not break. What is estimated here is about 7%
# more than LibreOffice takes (four briefs measured: 448 to 469 mm for an estimate of 478)
_FILLED = 0.95
_SPOTS = 6


@dataclass(frozen=True)
class _Section:
    """A part of the brief that may lose its last rows.

    Attributes:
        heading: Its heading.
        rows: Rows of a table, or paragraphs.
        columns: Of the table; none where the rows are paragraphs.
        least: So many rows always stay.
        rest: What is said of those left out: "việc".
        left_out: How many rows were left out.
        nothing: What is said where there is no row at all.
    """

    heading: str
    rows: tuple[Row | Paragraph, ...]
    columns: tuple[Column, ...] = ()
    least: int = 2
    rest: str = "dòng"
    left_out: int = 0
    nothing: str = "Không có."

    def shorter(self) -> _Section:
        """The section without its last row."""
        return replace(self, rows=self.rows[:-1], left_out=self.left_out + 1)

    def blocks(self) -> list[Block]:
        """Heading, rows, how many were left out."""
        made: list[Block] = [Heading(self.heading)]
        if not self.rows:
            return [*made, Paragraph((Run(self.nothing),), style="item")]
        if self.columns:
            table_rows = tuple(row for row in self.rows if isinstance(row, Row))
            made.append(Table("", self.columns, table_rows, numbering=False))
        made += [row for row in self.rows if isinstance(row, Paragraph)]
        if self.left_out:
            said = f"Còn {counted(self.left_out)} {self.rest} nữa ở bản tra cứu."
            made.append(Paragraph((Run(said),), style="note"))
        return made


def compose(material: Material, letter: Letter) -> Document:
    """The brief of a period, at most two pages of A4.

    Args:
        material: What it is made from.
        letter: Who writes it.
    """
    about = material.about
    head = replace(letter.report, kind="TÓM TẮT", summary=f"Phục vụ họp: {letter.report.summary}")
    doc = Document(
        slug=SLUG + letter.suffix,
        copy="brief",
        title=f"Tóm tắt phục vụ họp, {about.label[:1].lower()}{about.label[1:]}",
        release_id=about.release_id,
        head=head,
        blocks=(),
        illustrative=about.illustrative,
        facts=_facts(material),
    )
    sections = _fitted(_sections(material), doc)
    return replace(doc, blocks=tuple(block for each in sections for block in each.blocks()))


def _facts(material: Material) -> dict[str, str]:
    wanted = ("Số liệu tính đến ngày", "Báo cáo được chấp nhận")
    said = "; ".join(
        f"{label[:1].lower()}{label[1:]} {material.facts[label]}"
        for label in wanted
        if label in material.facts
    )
    return {material.about.scope: said} if said else {}


def _sections(material: Material) -> list[_Section]:
    return [
        _results(material),
        _open(material),
        _hot(material),
        _concluded(material),
        _proposed(material),
    ]


def _results(material: Material) -> _Section:
    frame = in_sections(material.headline, material.about.communes)
    # a review has no period before it that is its like
    is_beside = bool(frame["same_period"].any())
    same = str(frame["same_label"].iloc[0]) if len(frame) else "Cùng kỳ"
    beside = (
        Column(same, width=1.6, align="right"),
        Column("Tăng, giảm", width=1.5, align="right"),
    )
    columns = (
        Column("Chỉ số", width=4.6),
        Column("Kết quả", width=2, align="right"),
        Column("Chỉ tiêu", width=1.9, align="right"),
        *beside[: 2 * is_beside],
        Column("Độ phủ", width=1.1, align="right"),
    )
    rows = tuple(_result(row, is_beside=is_beside) for row in frame.to_dict("records"))
    return _Section("1. Kết quả, chỉ tiêu, cùng kỳ", rows, columns, least=8, rest="chỉ số")


def _result(row: dict, *, is_beside: bool) -> Row:
    value = f"{row['fraction']} ({row['shown']})" if row["fraction"] else str(row["shown"])
    if row["format"] == "ratio" or row["state"] != "value":
        value = str(row["shown"])
    target = str(row["target_shown"]) if row["target_source"] else "–"
    if row["target_verdict"]:
        target = f"{target}: {row['target_verdict']}"
    beside = (Run(str(row["same_shown"])), Run(str(row["same_difference"]) or "–"))
    return Row(
        (
            Run(str(row["label"])),
            Run(value, figure=str(row["figure_id"])),
            Run(target),
            *beside[: 2 * is_beside],
            Run(str(row["coverage_shown"])),
        )
    )


def _open(material: Material) -> _Section:
    columns = (
        Column("Việc, nghĩa vụ", width=4.4),
        Column("Ai", width=2),
        Column("Hạn", width=1.4, align="center"),
        Column("Tình trạng", width=2.6),
    )
    rows = tuple(
        Row((Run(each.what), Run(each.who), Run(each.due or "–"), Run(each.state)))
        for each in open_work(material)
    )
    return _Section("2. Nghĩa vụ, nhiệm vụ còn mở", rows, columns, least=4, rest="việc")


def _hot(material: Material) -> _Section:
    """Units with the most reasons to look at them, in official order."""
    spots = material.work.hot_spots
    first = spots.sort_values("reasons", ascending=False, kind="stable").head(_SPOTS)
    rows = spots.loc[sorted(first.index)]
    items = tuple(
        Paragraph((Run(f"{row['unit']}: ", bold=True), Run(str(row["text"]))), style="item")
        for row in rows.to_dict("records")
    )
    left_out = len(spots) - len(rows)
    return _Section("3. Nơi cần lưu ý", items, least=2, rest="đơn vị", left_out=left_out)


def _concluded(material: Material) -> _Section:
    frame = told_conclusions(material.work.conclusions)
    columns = (
        Column("Kết luận", width=4.4),
        Column("Giao cho", width=2.2),
        Column("Hạn", width=1.4, align="center"),
        Column("Tình trạng", width=2.4),
    )
    rows = tuple(
        Row((Run(str(row["task"])), Run(str(row["owner"])), Run(row["due"]), Run(row["state"])))
        for row in frame.to_dict("records")
    )
    return _Section(
        "4. Kết luận cuộc họp trước",
        rows,
        columns,
        least=3,
        rest="kết luận",
        nothing="Sổ theo dõi kết luận: chưa có số liệu.",
    )


def _proposed(material: Material) -> _Section:
    items = tuple(Paragraph(runs, style="item") for runs in proposals(material))
    return _Section("5. Đề nghị cuộc họp quyết định", items, least=4, rest="đề nghị")


def _fitted(sections: list[_Section], doc: Document) -> list[_Section]:
    """The longest section loses its last row until all of it fits."""
    room = PAGES * _FILLED * (A4_MM[1] - look_of(doc).top - look_of(doc).bottom)
    kept = list(sections)
    for least in ([each.least for each in sections], [1] * len(sections)):
        while _height(kept, doc) > room:
            spare = [len(each.rows) - few for each, few in zip(kept, least, strict=True)]
            longest = max(range(len(kept)), key=lambda n: spare[n])
            if spare[longest] <= 0:
                break
            kept[longest] = kept[longest].shorter()
    return kept


def _height(sections: list[_Section], doc: Document) -> float:
    """Millimetres that the brief takes, estimated without any installed font."""
    look = look_of(doc)
    width = inner_width(look, landscape=False)
    blocks = [block for each in sections for block in each.blocks()]
    return _head_height(doc.head, width) + sum(_block_height(block, doc, width) for block in blocks)


def _head_height(head: Head, width: float) -> float:
    summary = _lines(head.summary, 14, width, bold=True)
    bodies = head.superior.count("\n") + head.body.count("\n") + 2
    return (bodies + 2) * 14 * _LINE * _MM + 6.5 + (summary + 3) * 14 * _LINE * _MM


def _block_height(block: Block, doc: Document, width: float) -> float:
    look = look_of(doc)
    line = look.text * _LINE * _MM
    if isinstance(block, Heading):
        return line + 12 * _MM
    if isinstance(block, Table):
        return _table_height(block, look.table, width)
    if isinstance(block, Paragraph):
        return _lines(f"{block.text}      ", look.text, width) * line * 1.1 + 6 * _MM
    return 0.0


def _table_height(table: Table, size: float, width: float) -> float:
    laid = fit.fit(table, width, size)
    labels = tuple(Run(column.label, bold=True) for column in table.columns)
    rows = [Row(labels, strong=True), *table.rows]
    high = [
        max(
            _lines(run.text, laid.size, column - 2 * fit.CELL_PADDING_MM, bold=row.strong)
            for run, column in zip(row.cells, laid.widths, strict=True)
        )
        for row in rows
    ]
    return sum(high) * laid.size * _LINE * _MM + len(rows) * 3.5 * _MM + 14 * _MM


def _lines(text: str, size: float, width: float, *, bold: bool = False) -> int:
    """How many lines a text takes; words do not break, so a line is not quite filled."""
    return max(1, math.ceil(fit.text_width(text, size, bold=bold) * 1.04 / width))
