from pathlib import Path

import pytest

from pipelines.catalogue.contracts import table_contract, table_names
from pipelines.catalogue.dictionary import dictionary_markdown, main
from pipelines.catalogue.load import load_catalogue

CATALOGUE = load_catalogue()
DOCUMENT = Path(__file__).parents[2] / "docs" / "data-dictionary.md"


@pytest.fixture(scope="module")
def text():
    return dictionary_markdown(CATALOGUE)


def entry(text, title):
    return text.split(f"### {title}", 1)[1].split("\n#", 1)[0]


def test_the_committed_document_is_up_to_date(text):
    assert DOCUMENT.read_text(encoding="utf-8") == text, (
        "write it anew: python -m pipelines.catalogue.dictionary docs/data-dictionary.md"
    )


def test_everything_is_in_it(text):
    ids = [
        *CATALOGUE.elements,
        *CATALOGUE.forms,
        *CATALOGUE.registers,
        *CATALOGUE.indicators,
        *CATALOGUE.rules,
        *CATALOGUE.populations,
        *CATALOGUE.documents,
        *table_names(CATALOGUE),
    ]
    assert [name for name in ids if f"`{name}`" not in text] == []
    for name in table_names(CATALOGUE):
        section = entry(text, f"`{name}`")
        columns = table_contract(CATALOGUE, name).columns
        assert [c.name for c in columns if f"| `{c.name}` |" not in section] == []


def test_wording_tells_what_it_must_not_be_said_without(text):
    section = entry(text, "Đoạn văn của báo cáo")
    (line,) = [row for row in section.splitlines() if row.startswith("| `consensus` |")]
    assert "`xa.agreement_rate` lớn hơn 50" in line
    assert "chưa có số liệu biểu quyết" in line
    assert "đến 30/06/2023" in line
    assert "| QCDC |" in entry(text, "Chữ viết tắt")
    assert "`theme-2021`" in entry(text, "Chủ đề năm")
    assert "`district-party`" in entry(text, "Nơi nhận")


def test_an_element_tells_where_it_is_used(text):
    section = entry(text, "B02 · Số nội dung đã công khai")
    assert "*Items published* · `xa.publish_done`" in section
    assert "- Kiểu: số đếm (nguyên) (từ 0 đến 2.000)" in section
    assert "- Biểu hỏi: `xa-2021`" in section
    assert "- Quy tắc dùng: `XA-01`" in section
    assert "- Chỉ số dùng: `xa.publish_rate`" in section
    assert "- Độ nhạy: công khai (public)" in section
    assert "Điều 5, 6 Pháp lệnh 34/2007/PL-UBTVQH11 (chưa kiểm chứng)" in section


def test_the_source_of_a_provided_figure_is_named(text):
    section = entry(text, "D01 · ")
    assert "- Ai cung cấp: Liên đoàn Lao động" in section
    assert "`dn-2021`, `ldld-2021`" in section


@pytest.mark.parametrize(
    ("title", "line"),
    [
        (
            "Lượt hộ tán thành\n\n",
            "- Mẫu số: tổng của Tổng số lượt hộ có quyền biểu quyết (B05)",
        ),
        (
            "Hồ sơ thủ tục hành chính đã giải quyết",
            'là "Đã giải quyết" và Ngày giải quyết (H07) trong khoảng chốt số liệu',
        ),
        ("Tiêu chí nông thôn mới đã đạt của các xã", "- Mẫu số: số đơn vị của mẫu tính nhân 19"),
        ("Báo cáo đúng hạn", "- Tử số: số báo cáo đúng hạn"),
    ],
)
def test_measures_are_said_in_words(text, title, line):
    assert line in entry(text, title)


def test_rules_are_said_in_words(text):
    assert (
        "| `XA-04` | Đơn khiếu nại, tố cáo, kiến nghị đã giải quyết (B19) không lớn hơn "
        "Đơn khiếu nại, tố cáo, kiến nghị kỳ trước chuyển sang (B17) cộng "
        "Đơn khiếu nại, tố cáo, kiến nghị tiếp nhận trong kỳ (B18) |" in text
    )
    assert "không nhỏ hơn hai phần ba Số người được triệu tập (C03)" in text


def test_the_command_writes_the_file(tmp_path, text):
    main([str(tmp_path / "dictionary.md")])
    assert (tmp_path / "dictionary.md").read_text(encoding="utf-8") == text


def test_duties_stand_with_their_article_deadline_and_source(text):
    section = entry(text, "Nghĩa vụ theo luật · Duties")
    (line,) = [row for row in section.splitlines() if row.startswith("| `l10.xa.dialogue` |")]
    for said in ("cuối năm", "Khoản 1 Điều 32 Luật 10/2022/QH15", "`xa.public_dialogue_held`"):
        assert said in line
    # read in the text of the law; the law as amended in 2025 was not at hand
    assert "đã kiểm chứng; chưa kiểm chứng" in line


def test_what_changes_with_the_law_is_told_by_day(text):
    section = entry(text, "Nội dung thay đổi theo ngày")
    (law,) = [r for r in section.splitlines() if r.startswith("| `xa.publish_late` |")]
    assert "| 01/07/2023 |" in law
    assert "05 ngày làm việc" in law
    assert "Điều 12 khoản 3 Luật 10/2022/QH15" in law
    (channel,) = [r for r in section.splitlines() if r.startswith("| `dossiers.channel` |")]
    assert "Trực tuyến một phần, Trực tuyến toàn trình" in channel
    (whole,) = [r for r in section.splitlines() if r.startswith("| `district` |")]
    assert "| 01/07/2025 |" in whole
    assert "tên: Toàn tỉnh" in whole
    dated = entry(text, "Chỉ số, quy tắc có hiệu lực theo thời gian")
    assert "| `tthc.online_rate` |  | 30/06/2023 |" in dated
    assert "| `tthc.online_full_rate` | 01/07/2023 |  |" in dated
