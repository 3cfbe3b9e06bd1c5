import pandas as pd
import pytest

from pipelines.intake import privacy
from pipelines.intake.refusal import UnreadableWorkbook


@pytest.mark.parametrize(
    "text",
    ["Họ và tên", "HỌ TÊN NGƯỜI GỬI ĐƠN", "Số CCCD", "Số điện thoại liên hệ", "Địa chỉ thường trú",
     "Ngày, tháng, năm sinh / Ngày sinh", "Người tố cáo", "Chủ hộ"],
)  # fmt: skip
def test_columns_that_would_hold_a_person(text):
    assert privacy.is_personal_header(text)


@pytest.mark.parametrize(
    "text",
    ["Số người tố cáo", "Tổng số hộ", "Tên công trình, nội dung", "Ngày nhận đơn", "Loại đơn",
     "Số người dự", "Kết quả giải quyết đơn", "Thôn, buôn, tổ dân phố"],
)  # fmt: skip
def test_columns_that_hold_none(text):
    assert not privacy.is_personal_header(text)


@pytest.mark.parametrize(
    "text",
    [
        "MẬT",
        "TỐI MẬT",
        " TUYỆT MẬT ",
        "(MẬT)",
        "Độ mật: Mật",
        "Mức độ mật: TỐI MẬT",
        "Tối mật",
        "VĂN BẢN MẬT",
        "Số 03-BC/ĐU (Tối mật)",
        "Số 12-BC/HU (Mật)",
    ],
)
def test_stamps_of_secret_papers(text):
    assert privacy.is_secret_mark(text)


@pytest.mark.parametrize(
    "text",
    [
        "mật độ dân số",
        "bí mật",
        "Bảo vệ bí mật nhà nước",
        "Mật ong",
        "Độ mật: không",
        "Mat",
        "tài liệu mật của cơ quan",
        "Tối mật nghị được phổ biến",
    ],
)
def test_words_that_are_no_stamp(text):
    assert not privacy.is_secret_mark(text)


@pytest.mark.parametrize(
    "text",
    ["Người tố cáo: Trần Văn Bình", "đơn tố cáo của bà Nguyễn Thị Hoa về đất đai",
     "người tố cáo là ông Lê Văn Sáu", "Người tố cáo là ông NGUYỄN VĂN AN",
     "Người tố cáo: bà H’Bia Niê", "Ông Nguyễn Văn An tố cáo chủ tịch xã",
     "nguoi to cao Nguyen Van An", "NGƯỜI TỐ CÁO: TRẦN VĂN BÌNH"],
)  # fmt: skip
def test_a_denouncer_by_name(text):
    assert privacy.names_denouncer(text)


@pytest.mark.parametrize(
    "text",
    ["Tố cáo của công dân về đất đai", "Người tố cáo đã rút đơn", "02 đơn tố cáo vượt cấp",
     "Đơn tố cáo của Hội Nông dân xã", "Giải quyết tố cáo của Ban Chỉ đạo",
     "KHIẾU NẠI, TỐ CÁO CỦA CÔNG DÂN", "Số đơn tố cáo đã giải quyết", "Luật Tố cáo 2018",
     "Người tố cáo được bảo vệ theo Luật Tố cáo", "TỐ CÁO, KIẾN NGHỊ"],
)  # fmt: skip
def test_a_denouncer_without_name(text):
    assert not privacy.names_denouncer(text)


def cells(*texts: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "sheet": "Biểu",
            "cell": [f"A{row}" for row in range(1, len(texts) + 1)],
            "row": range(1, len(texts) + 1),
            "column": 1,
            "text": pd.Series(texts, dtype="str"),
        }
    )


def test_a_secret_file_is_told_by_place_and_never_by_content():
    assert privacy.classified(cells("Biểu 01-XA", "MẬT")) == "có dấu chỉ độ mật tại Biểu!A2"
    reason = privacy.classified(cells("Người tố cáo: Trần Văn Bình"))
    assert reason == "nêu tên người tố cáo tại Biểu!A1"
    assert privacy.classified(cells("Biểu 01-XA", "Có", "12")) is None


def test_a_filled_column_of_denouncers_is_refused_an_empty_one_is_not():
    assert privacy.classified(cells("Họ tên người tố cáo")) is None
    reason = privacy.classified(cells("Họ tên người tố cáo", "Trần Văn Bình"))
    assert reason == "cột nêu tên người tố cáo tại Biểu!A1"


def test_the_refusal_says_what_to_do_and_is_no_reading_fault():
    refusal = privacy.refusal("có dấu chỉ độ mật tại Biểu!A2")
    assert isinstance(refusal, UnreadableWorkbook)
    assert refusal.status == "refused"
    assert "gửi lại" in refusal.message_vi


def test_pseudonyms_are_stable_keyed_and_say_nothing():
    one, two = (privacy.pseudonym("Trần Văn Bình", key) for key in (b"a", b"b"))
    assert one == privacy.pseudonym("TRẦN  VĂN BÌNH", b"a") != two
    assert "binh" not in one.lower()
    with pytest.raises(ValueError, match="key"):
        privacy.pseudonym("Trần Văn Bình", b"")
