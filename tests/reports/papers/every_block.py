"""A paper that has every block, in both families; its figures are made up and say so."""

import datetime as dt
import io

from PIL import Image, ImageDraw

from pipelines.reports.papers.model import (
    Annex,
    Column,
    Document,
    Family,
    Head,
    Heading,
    Paragraph,
    Picture,
    Row,
    Run,
    Signature,
    Table,
)

LETTERS = (
    "aăâbcdđeêghiklmnoôơpqrstuưvxy ằắẳẵặ ầấẩẫậ ềếểễệ ồốổỗộ ờớởỡợ ừứửữự ỳýỷỹỵ "
    "AĂÂBCDĐEÊGHIKLMNOÔƠPQRSTUƯVXY ẰẮẲẴẶ ẦẤẨẪẬ ỀẾỂỄỆ ỒỐỔỖỘ ỜỚỞỠỢ ỪỨỬỮỰ ỲÝỶỸỴ "
    "Êđê: Ƀ ƀ Č č Ĕ ĕ Ĭ ĭ Ñ ñ Ŏ ŏ Ŭ ŭ ê̆ Ê̆ ô̆ Ô̆ ơ̆ Ơ̆ ư̆ Ư̆ – Ea M’Droh, Čư̆ M’gar, Kuôp Ƀuôn, Ƀlê̆"
)
LONG = (
    "Ban Chỉ đạo thực hiện Quy chế dân chủ ở cơ sở đã phối hợp với Ủy ban Mặt trận Tổ quốc Việt Nam"
    " và các tổ chức chính trị - xã hội tuyên truyền, vận động cán bộ, đảng viên, hội viên và các"
    " tầng lớp Nhân dân thực hiện phương châm “Dân biết, dân bàn, dân làm, dân kiểm tra”. "
)
RATE = "2021-H1/dn.conference_rate@huyen-mh-1"
COUNT = "2021-H1/tthc.received@huyen-mh-1"
LONG_ID = "2021-H1/" + "tthc.on_time_share_of_dossiers_received_at_the_one_stop_desk@" + "x" * 20


def picture() -> Picture:
    image = Image.new("RGB", (640, 220), "white")
    draw = ImageDraw.Draw(image)
    for n, high in enumerate((60, 130, 180, 90)):
        draw.rectangle((60 + n * 140, 200 - high, 150 + n * 140, 200), fill="#12395c")
    png = io.BytesIO()
    image.save(png, "PNG")
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 1"/>'
    return Picture(
        svg, png.getvalue(), "Bốn cột xanh cao thấp khác nhau", "Hình 1. Bốn cột minh họa"
    )


def wide_table() -> Table:
    groups = (("Dân biết", "Số nội dung"), ("Dân bàn", "Số cuộc họp"), ("Dân kiểm tra", "Số cuộc"))
    columns = [Column("TT", align="center"), Column("Đơn vị")]
    for above, label in groups:
        for kind in ("xã", "thôn, buôn"):
            columns += [
                Column("Kế hoạch", above=above, group=f"{label} của {kind}", align="right"),
                Column("Thực hiện", above=above, group=f"{label} của {kind}", align="right"),
            ]
    columns.append(Column("Ghi chú"))
    rows = [
        Row(
            (
                Run(str(n)),
                Run(f"Xã minh họa {n:02d}"),
                *(Run(f"{n * (k + 3) * 137:,}".replace(",", ".")) for k in range(12)),
                Run("đã đối chiếu" if n % 3 else ""),
            )
        )
        for n in range(1, 41)
    ]
    return Table("Kết quả theo đơn vị", tuple(columns), tuple(rows), number="Biểu số 02")


def document(family: Family = "party", *, signed: bool = False, evidence: bool = False) -> Document:
    """The paper.

    Args:
        family: Party or state.
        signed: With number and day.
        evidence: With links to evidence.
    """
    party = family == "party"
    table = Table(
        "Hội nghị người lao động ở doanh nghiệp",
        (
            Column("TT", align="center"),
            Column("Loại hình"),
            Column("Phải tổ chức", group="Hội nghị", align="right"),
            Column("Đã tổ chức", group="Hội nghị", align="right"),
            Column("Tỷ lệ (%)", align="right", formula="(3)=(2)/(1)×100"),
            Column("So với cùng kỳ", align="right"),
        ),
        (
            Row((Run("I. Khối doanh nghiệp", bold=True),)),
            Row(
                (
                    Run("1"),
                    Run("Doanh nghiệp có tổ chức công đoàn trên địa bàn"),
                    Run("15"),
                    Run("13"),
                    Run("86,67%", figure=RATE),
                    Run("chưa có số liệu"),
                ),
                values=(None, None, 15, 13, 13 / 15 * 100, None),
            ),
            Row(
                (
                    Run(""),
                    Run("Tổng cộng"),
                    Run("15"),
                    Run("13"),
                    Run("86,67%"),
                    Run("chưa có số liệu"),
                ),
                strong=True,
                values=(None, None, 15, 13, 13 / 15 * 100, None),
            ),
        ),
        number="Biểu số 01",
        unit_vi="Đơn vị tính: hội nghị",
        notes=("Số liệu tính đến ngày 10/06/2021.",),
    )
    empty = Table("Biểu không có dòng", (Column("TT"), Column("Nội dung", align="right")), ())
    blocks = (
        Heading("I. CÔNG TÁC LÃNH ĐẠO, CHỈ ĐẠO, TỔ CHỨC THỰC HIỆN", 1),
        Paragraph((Run(LONG * 4),)),
        Heading("1. Quán triệt, triển khai văn bản", 2),
        Paragraph(
            (
                Run("Trong 6 tháng đầu năm 2021, tổng số hồ sơ đã tiếp nhận là "),
                Run("52.620", figure=COUNT),
                Run(" hồ sơ; có "),
                Run("13/15", figure=RATE, bold=True),
                Run(" đơn vị tổ chức hội nghị người lao động."),
            ),
            about="text.one",
            indicators=("tthc.received", "dn.conference_rate"),
        ),
        Heading("a) Dân biết", 3),
        Paragraph((Run("Niêm yết công khai tại trụ sở;"),), style="item"),
        Paragraph((Run("Thông báo trên hệ thống truyền thanh xã."),), style="item"),
        Heading("Nội dung khác", 4),
        Paragraph((Run("Ghi chú: số liệu minh họa."),), style="note"),
        Paragraph((Run("* * *"),), style="centred"),
        table,
        picture(),
        empty,
        Paragraph((Run(LETTERS), Run(" Đạt "), Run("99,5%", figure=LONG_ID), Run("."))),
        Paragraph((Run(LONG * 2), Run("Trên đây là báo cáo minh họa."))),
    )
    return Document(
        slug="trinh-ky",
        copy="signing",
        title="Báo cáo kết quả thực hiện Quy chế dân chủ ở cơ sở 6 tháng đầu năm 2021",
        release_id="2021-H1/draft",
        head=Head(
            family=family,
            superior="HUYỆN ỦY HUYỆN MINH HỌA" if party else "",
            body="BAN CHỈ ĐẠO THỰC HIỆN\nQUY CHẾ DÂN CHỦ Ở CƠ SỞ"
            if party
            else "ỦY BAN NHÂN DÂN\nHUYỆN MINH HỌA",
            symbol="BC/BCĐ" if party else "BC-UBND",
            place="Huyện minh họa",
            kind="BÁO CÁO",
            summary="Kết quả thực hiện Quy chế dân chủ ở cơ sở 6 tháng đầu năm 2021;\n"
            "phương hướng, nhiệm vụ 6 tháng cuối năm 2021",
            year=2021,
            number="12" if signed else None,
            signed_on=dt.date(2021, 2, 5) if signed else None,
        ),
        blocks=blocks,
        annexes=(
            Annex("BIỂU SỐ LIỆU THEO ĐƠN VỊ", (wide_table(),)),
            Annex("DANH SÁCH ĐƠN VỊ", (small_list(), Paragraph((Run(LONG),))), landscape=False),
        ),
        recipients=(
            "Ban Dân vận Tỉnh ủy; Ban Chỉ đạo thực hiện QCDC ở cơ sở tỉnh",
            "Ban Thường vụ Huyện ủy",
            "Thành viên Ban Chỉ đạo thực hiện QCDC ở cơ sở huyện",
            "Các cơ quan, đơn vị sự nghiệp của huyện",
            "Lưu Văn phòng" if party else "Lưu: VT",
        ),
        signature=Signature("T/M BAN CHỈ ĐẠO" if party else "TM. ỦY BAN NHÂN DÂN", role(party)),
        evidence_base="minh-chung/" if evidence else None,
        facts={"Số liệu tính đến": "ngày 10 tháng 6 năm 2021", "Bản": "dự thảo"},
    )


def role(party: bool) -> str:
    return "TRƯỞNG BAN" if party else "CHỦ TỊCH"


def small_list() -> Table:
    rows = [Row((Run(str(n)), Run(f"Cơ quan minh họa {n:02d}"), Run(""))) for n in range(1, 6)]
    columns = (Column("TT", align="center"), Column("Đơn vị"), Column("Ghi chú"))
    return Table("Đơn vị chưa báo cáo", columns, tuple(rows), numbering=False)
