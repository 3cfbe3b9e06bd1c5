"""A signed copy against the paper that was issued: figures, words, what is no copy."""

import datetime as dt
import io
import struct
import subprocess
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from docx.opc.oxml import serialize_part_xml
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from pipelines.intake.container import UnreadableWorkbook
from pipelines.reports.papers import docx_paper
from pipelines.reports.papers.model import (
    Column,
    Document,
    Head,
    Heading,
    Paragraph,
    Row,
    Run,
    Signature,
    Table,
)
from pipelines.reports.signed_copy import NotSigned, compare

PERIOD = "2021-H1"
HELD, POSTS, CASES = (f"{PERIOD}/{name}@huyen-mh-1" for name in ("dn.held", "nv.posts", "mc.cases"))
BODY = "word/document.xml"
COLUMNS = tuple(Column(label) for label in ("Xã", "Số cuộc", "Ghi chú", "Ý kiến"))
Edit = Callable[[bytes], bytes]


def unit(number: int) -> str:
    return f"{PERIOD}/xa.meetings@xa-mh-{number:02d}"


@pytest.fixture(scope="module")
def issued() -> bytes:
    head = Head(
        "party", "HUYỆN ỦY MINH HỌA", "BAN CHỈ ĐẠO", "BC/BCĐ", "Huyện minh họa", "BÁO CÁO",
        "Kết quả thực hiện quy chế dân chủ ở cơ sở", 2021, "15", dt.date(2021, 6, 10),
    )  # fmt: skip
    rows = [
        Row((Run(f"Xã minh họa {n:02d}"), Run("3", figure=unit(n)), Run("ghi chú"), Run("")))
        for n in range(1, 6)
    ]
    blocks = (
        Heading("I. CÔNG TÁC LÃNH ĐẠO, CHỈ ĐẠO"),
        Paragraph((Run("Ban Chỉ đạo ban hành kế hoạch kiểm tra, chú trọng nơi có đông người."),)),
        Paragraph(
            (
                Run("Có "), Run("13/15 (87%)", figure=HELD),
                Run(" doanh nghiệp tổ chức hội nghị người lao động; tinh giản "),
                Run("07", figure=POSTS), Run(" biên chế."),
            )
        ),
        Paragraph(
            (Run("Tiếp nhận "), Run("52.620", figure=CASES), Run(" hồ sơ, giải quyết xong."))
        ),
        Paragraph((Run("Giải quyết đúng hạn "), Run("52.620", figure=CASES), Run(" hồ sơ."))),
        Table("Số cuộc họp", COLUMNS, tuple(rows)),
        Paragraph((Run("Đề nghị cấp trên xem xét, cho ý kiến chỉ đạo trong thời gian tới."),)),
    )  # fmt: skip
    return docx_paper.render(
        Document(
            "trinh-ky", "signing", "Báo cáo", f"{PERIOD}/01", head, blocks,
            recipients=("Thường trực Huyện ủy",), signature=Signature("T/M", "TRƯỞNG BAN"),
        )
    )  # fmt: skip


def edited(data: bytes, change: Callable[[str], str]) -> bytes:
    """The file with its body's XML changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == BODY:
                text = part.decode()
                changed = change(text)
                assert changed != text, "the edit must change something"
                part = changed.encode()
            new.writestr(name, part)
    return out.getvalue()


def replaced(old: str, new: str, times: int = 1) -> Edit:
    return lambda data: edited(data, lambda text: text.replace(old, new, times))


def uncontrolled(data: bytes) -> bytes:
    """As an editor leaves it that knows no content controls: only the words are kept."""

    def change(text: str) -> str:
        tree = parse_xml(text.encode())
        for control in list(tree.iter(qn("w:sdt"))):
            content = control.find(qn("w:sdtContent"))
            assert content is not None
            for child in list(content):
                control.addprevious(child)
            parent = control.getparent()
            assert parent is not None
            parent.remove(control)
        return serialize_part_xml(tree).decode()

    return edited(data, change)


def found(issued: bytes, signed: bytes) -> list[tuple[str, str, str]]:
    return [(c.figure_id, c.printed, c.signed) for c in compare(issued, signed).figures]


def nothing(data: bytes) -> bytes:
    return data


BOTH = pytest.mark.parametrize("kept", [nothing, uncontrolled], ids=["controls", "no controls"])


@BOTH
def test_an_untouched_copy_differs_in_nothing(issued: bytes, kept: Edit) -> None:
    done = compare(issued, kept(issued))
    assert (done.figures, done.wordings) == ([], [])
    assert done.compared == 9


@BOTH
def test_two_altered_figures_are_exactly_those_two(issued: bytes, kept: Edit) -> None:
    signed = kept(replaced(">13/15 (87%)<", ">14/15 (93%)<")(issued))
    signed = edited(signed, lambda text: _third_row(text, "4"))
    done = compare(issued, signed)
    assert [(c.figure_id, c.printed, c.signed) for c in done.figures] == [
        (HELD, "13/15 (87%)", "14/15 (93%)"),
        (unit(3), "3", "4"),
    ]
    assert done.wordings == []
    paragraph, cell = (change.where for change in done.figures)
    assert paragraph.startswith("đoạn ")
    assert cell.endswith("(Xã minh họa 03), cột 2")


def _third_row(text: str, number: str) -> str:
    start = text.index("Xã minh họa 03")
    return text[:start] + text[start:].replace(">3<", f">{number}<", 1)


@BOTH
@pytest.mark.parametrize(
    ("old", "new", "figures"),
    [
        (">07<", ">09<", [(POSTS, "07", "09")]),
        (">07<", ">chưa có số liệu<", [(POSTS, "07", "chưa có số liệu")]),
        (">13/15 (87%)<", ">13/15 (86,67%)<", [(HELD, "13/15 (87%)", "13/15 (86,67%)")]),
        (">52.620<", ">52.621<", [(CASES, "52.620", "52.621")]),
    ],
)
def test_one_altered_figure(
    issued: bytes, kept: Edit, old: str, new: str, figures: list[tuple[str, str, str]]
) -> None:
    done = compare(issued, kept(replaced(old, new)(issued)))
    assert [(c.figure_id, c.printed, c.signed) for c in done.figures] == figures
    assert done.wordings == []


def test_of_a_figure_that_stands_twice_only_the_altered_place_is_told(issued: bytes) -> None:
    signed = edited(issued, lambda text: "52.600".join(text.rsplit("52.620", 1)))
    (change,) = compare(issued, signed).figures
    assert (change.figure_id, change.signed) == (CASES, "52.600")
    untouched, touched = (
        next(c.where for c in compare(issued, replaced(">52.620<", ">1<", n)(issued)).figures[-1:])
        for n in (1, 2)
    )
    assert change.where == touched != untouched


@BOTH
def test_edits_of_words_are_told_apart(issued: bytes, kept: Edit) -> None:
    signed = kept(replaced("chú trọng nơi", "quan tâm nơi")(issued))
    signed = replaced("doanh nghiệp tổ chức", "công ty tổ chức")(signed)
    signed = replaced(">ghi chú<", ">đã xem<")(signed)
    done = compare(issued, signed)
    assert done.figures == []
    assert [("quan tâm" in c.signed, "công ty" in c.signed) for c in done.wordings[:2]] == [
        (True, False),
        (False, True),
    ]
    assert (done.wordings[2].printed, done.wordings[2].signed) == ("ghi chú", "đã xem")
    assert len(done.wordings) == 3


def test_a_number_that_is_no_figure_of_the_release_is_told_all_the_same(issued: bytes) -> None:
    signed = replaced(">ghi chú<", ">ghi chú 5<")(issued)
    done = compare(issued, signed)
    assert done.figures == []
    assert done.numbers_differ
    assert [(c.printed, c.signed, c.numbers) for c in done.wordings] == [
        ("ghi chú", "ghi chú 5", True)
    ]
    words = compare(issued, replaced(">ghi chú<", ">chú ý<")(issued))
    assert not words.numbers_differ


@BOTH
def test_of_numbered_lines_only_the_edited_one_is_told(issued: bytes, kept: Edit) -> None:
    signed = replaced(">Xã minh họa 02<", ">Xã 02 (mới)<")(kept(issued))
    done = compare(issued, signed)
    assert done.figures == []
    assert [c.printed for c in done.wordings] == ["Xã minh họa 02"]


@BOTH
def test_words_and_a_figure_of_one_sentence(issued: bytes, kept: Edit) -> None:
    signed = kept(replaced("hồ sơ, giải quyết xong", "bộ hồ sơ, đã giải quyết")(issued))
    signed = replaced(">52.620<", ">52.625<")(signed)
    done = compare(issued, signed)
    assert found(issued, signed) == [(CASES, "52.620", "52.625")]
    assert len(done.wordings) == 1


@BOTH
def test_a_sentence_that_is_gone_takes_its_figures_along(issued: bytes, kept: Edit) -> None:
    def without(text: str) -> str:
        tree = parse_xml(text.encode())
        for paragraph in tree.iter(qn("w:p")):
            if "tinh giản" in "".join(paragraph.itertext()):
                parent = paragraph.getparent()
                assert parent is not None
                parent.remove(paragraph)
                break
        return serialize_part_xml(tree).decode()

    done = compare(issued, edited(kept(issued), without))
    assert [(c.figure_id, c.signed) for c in done.figures] == [(HELD, ""), (POSTS, "")]
    assert [c.signed for c in done.wordings] == [""]


@BOTH
def test_a_sentence_that_is_new_alters_no_figure(issued: bytes, kept: Edit) -> None:
    def with_one(text: str) -> str:
        tree = parse_xml(text.encode())
        body = tree.find(qn("w:body"))
        assert body is not None
        space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
        words = "Bổ sung: 12 hồ sơ chuyển kỳ sau."
        body.insert(6, parse_xml(f'<w:p xmlns:w="{space}"><w:r><w:t>{words}</w:t></w:r></w:p>'))
        return serialize_part_xml(tree).decode()

    done = compare(issued, edited(kept(issued), with_one))
    assert done.figures == []
    assert [(c.printed, c.signed) for c in done.wordings] == [
        ("", "Bổ sung: 12 hồ sơ chuyển kỳ sau.")
    ]


def test_a_deletion_that_is_only_proposed_counts_as_made(issued: bytes) -> None:
    old = '<w:t xml:space="preserve">07</w:t>'
    proposed = (
        '<w:t xml:space="preserve"></w:t></w:r><w:del w:id="900" w:author="x"><w:r>'
        '<w:delText>07</w:delText></w:r></w:del><w:ins w:id="901" w:author="x"><w:r>'
        "<w:t>08</w:t></w:r></w:ins><w:r><w:t/>"
    )
    assert found(issued, replaced(old, proposed)(issued)) == [(POSTS, "07", "08")]


def test_a_column_that_was_taken_out_is_told_row_by_row(issued: bytes) -> None:
    def narrower(text: str) -> str:
        tree = parse_xml(text.encode())
        for row in tree.iter(qn("w:tr")):
            cells = row.findall(qn("w:tc"))
            if len(cells) == len(COLUMNS):
                row.remove(cells[2])
        return serialize_part_xml(tree).decode()

    done = compare(issued, edited(issued, narrower))
    assert done.figures == []
    assert len(done.wordings) == 5 + 2, "five communes, headings and their numbers"


def test_tags_that_are_no_ids_are_named(issued: bytes) -> None:
    signed = replaced(">07<", ">08<")(issued)
    (change,) = compare(issued, signed, {POSTS: "long id"}).figures
    assert change.figure_id == "long id"


def test_a_scan_in_a_word_file_is_no_copy(issued: bytes) -> None:
    word = docx.Document()
    word.add_picture(io.BytesIO(_png()))
    out = io.BytesIO()
    word.save(out)
    with pytest.raises(NotSigned) as told:
        compare(issued, out.getvalue())
    assert told.value.kind == "scan"


def _png() -> bytes:
    """One black dot."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def test_another_paper_is_no_copy(issued: bytes) -> None:
    word = docx.Document()
    for n in range(30):
        word.add_paragraph(f"Biên bản họp thôn, nội dung thứ {n}: bàn việc làm đường.")
    out = io.BytesIO()
    word.save(out)
    with pytest.raises(NotSigned) as told:
        compare(issued, out.getvalue())
    assert told.value.kind == "foreign"


@pytest.mark.parametrize("data", [b"%PDF-1.7", b"", b"PK\x03\x04 cut"])
def test_what_is_no_word_file_is_refused(issued: bytes, data: bytes) -> None:
    with pytest.raises(UnreadableWorkbook):
        compare(issued, data)


@pytest.mark.long
@pytest.mark.tool("libreoffice")
def test_a_copy_that_libreoffice_saved(
    issued: bytes, tmp_path: Path, tool_path: Callable[[str], Path]
) -> None:
    source = tmp_path / "in" / "ky.docx"
    source.parent.mkdir()
    source.write_bytes(replaced(">07<", ">08<")(issued))
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    command = [
        str(tool_path("libreoffice")),
        home,
        "--headless",
        "--convert-to",
        "docx",
        "--outdir",
    ]
    subprocess.run([*command, str(tmp_path), str(source)], check=True, capture_output=True)
    done = compare(issued, (tmp_path / "ky.docx").read_bytes())
    assert [(c.figure_id, c.signed) for c in done.figures] == [(POSTS, "08")]
    assert done.wordings == []
