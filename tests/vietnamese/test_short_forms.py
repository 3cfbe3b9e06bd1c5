import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.catalogue.load import load_catalogue
from pipelines.vietnamese.short_forms import spelt_out
from pipelines.vietnamese.text import fold

PAIRS = load_catalogue().words.short_forms()


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("Thực hiện QCDC ở cơ sở", "thực hiện quy chế dân chủ ở cơ sở"),
        ("Hội nghị CBCCVC", "Hội nghị cán bộ, công chức, viên chức"),
        ("Hội nghị CB, CC, VC", "Hội nghị cán bộ, công chức, viên chức"),
        ("UBND, HĐND, MTTQ xã", "Ủy ban nhân dân, Hội đồng nhân dân, Mặt trận Tổ quốc xã"),
        (
            "BCĐ huyện; số TTHC; xã NTM",
            "Ban Chỉ đạo huyện; số thủ tục hành chính; xã nông thôn mới",
        ),
        ("MTTQVN", "Mặt trận Tổ quốc Việt Nam"),
        ("đơn KNTC", "đơn khiếu nại, tố cáo"),
    ],
)
def test_short_and_full_words_are_one(short, full):
    assert spelt_out(short, PAIRS) == spelt_out(full, PAIRS)


@pytest.mark.parametrize("text", ["Krông Pắc", "DNTN", "ntmx", "kết quả", "Bản tin MTTQX"])
def test_a_short_form_inside_a_word_is_none(text):
    assert spelt_out(text, PAIRS) == fold(text)


def test_without_short_forms_only_the_key_is_made():
    assert spelt_out("QCDC, UBND", ()) == "qcdc ubnd"


@given(st.text(max_size=30) | st.sampled_from(PAIRS).map(lambda pair: f"{pair[0]} {pair[1]}"))
def test_spelt_out_once_is_spelt_out(text):
    once = spelt_out(text, PAIRS)
    assert spelt_out(once, PAIRS) == once
