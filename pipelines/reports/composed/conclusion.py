"""The draft of the notice of conclusions ("thông báo kết luận") that follows the meeting.

Belongs here: its order, what is known before the meeting, dots where people decide. Does not
belong here: what is open and proposed (``proposals``). No unit is named as late: the notice goes
to all of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.reports.composed.material import Letter, Material
from pipelines.reports.composed.official import in_sections
from pipelines.reports.composed.proposals import proposals, told_conclusions
from pipelines.reports.composed.sheet import counted, day
from pipelines.reports.composed.signing import DOTS
from pipelines.reports.papers.lines import day_in_words
from pipelines.reports.papers.model import Block, Document, Heading, Paragraph, Run

SLUG = "thong-bao"


def compose(material: Material, letter: Letter) -> Document:
    """The draft of the notice.

    Args:
        material: What it is made from.
        letter: Who writes it.
    """
    about = material.about
    return Document(
        slug=SLUG + letter.suffix,
        copy="conclusion",
        title=f"Thông báo kết luận (dự thảo), {about.label[:1].lower()}{about.label[1:]}",
        release_id=about.release_id,
        head=letter.notice,
        blocks=tuple(_blocks(material, letter)),
        recipients=letter.recipients,
        signature=letter.signature,
        illustrative=about.illustrative,
    )


def _blocks(material: Material, letter: Letter) -> Iterator[Block]:
    about = material.about
    met = day_in_words(None, letter.notice.year)
    subject = letter.report.summary.replace("\n", " ")
    yield _body(
        f"{met[:1].upper()}{met[1:]}, {_name(letter)} họp, xem xét {letter.report.kind.lower()}"
        f" {subject[:1].lower()}{subject[1:]}. Sau khi nghe báo cáo và ý kiến thảo luận của các"
        " thành viên, người chủ trì kết luận như sau:"
    )
    yield Heading("I. Kết quả")
    yield _body(f"Một số kết quả chính {about.area} (số liệu tính đến ngày {day(about.data_to)}):")
    yield from _results(material)
    yield _body("Ưu điểm, hạn chế cần nhấn mạnh:")
    yield _body(DOTS)
    yield Heading("II. Thực hiện kết luận các cuộc họp trước")
    yield from _earlier(material)
    yield Heading("III. Nhiệm vụ thời gian tới")
    said = proposals(material)
    yield from (Paragraph(runs, style="item") for runs in said)
    yield Paragraph((Run(DOTS),), style="item")
    yield Heading("IV. Tổ chức thực hiện")
    yield _body(
        "Giao ……………… theo dõi, đôn đốc việc thực hiện Thông báo này, báo cáo kết quả trước ngày"
        " …/…/……."
    )


def _results(material: Material) -> Iterator[Paragraph]:
    """Headline figures that are known; what is missing is said to be."""
    for row in in_sections(material.headline, material.about.communes).to_dict("records"):
        known = row["fraction"] and row["state"] == "value" and row["format"] != "ratio"
        shown = f"{row['fraction']} ({row['shown']})" if known else str(row["shown"])
        yield Paragraph(
            (
                Run(f"{row['label']}: "),
                Run(shown, figure=str(row["figure_id"])),
                Run(_beside(row)),
            ),
            style="item",
            indicators=(str(row["indicator"]),),
        )


def _beside(row: dict) -> str:
    verdict = row["target_verdict"]
    return f" (chỉ tiêu {row['target_shown']}: {verdict})." if verdict else "."


def _earlier(material: Material) -> Iterator[Block]:
    frame = told_conclusions(material.work.conclusions)
    if frame.empty:
        yield _body("Sổ theo dõi kết luận: chưa có số liệu.")
        return
    waiting = frame[frame["is_open"].astype(bool)]
    done = len(frame) - len(waiting)
    yield _body(
        f"Trong {counted(len(frame))} việc của cuộc họp gần nhất và các việc chuyển sang, đã hoàn"
        f" thành {counted(done)} việc" + (", còn lại:" if len(waiting) else ".")
    )
    for row in waiting.to_dict("records"):
        yield Paragraph(
            (Run(f"{row['task']} – {row['owner']}, hạn {row['due']} ({row['state']})."),),
            style="item",
        )


def _name(letter: Letter) -> str:
    """The issuing body within a sentence."""
    text = letter.notice.body.replace("\n", " ")
    return text.capitalize() if text.isupper() else text


def _body(text: str) -> Paragraph:
    return Paragraph((Run(text),))
