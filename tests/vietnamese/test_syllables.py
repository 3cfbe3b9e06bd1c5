import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.vietnamese.syllables import (
    TONES,
    is_syllable,
    split_tone,
    takes_tone,
    toneless,
    with_tone,
)

PLAIN = toneless()


def words(text: str) -> list[str]:
    return text.split()


@st.composite
def syllables(draw: st.DrawFn) -> str:
    """A syllable of quốc ngữ, tones placed in either style."""
    onset, rime = draw(st.sampled_from(PLAIN))
    tone = draw(st.sampled_from([tone for tone in TONES.values() if takes_tone(rime, tone)]))
    return with_tone(onset, rime, tone, old_style=draw(st.booleans()))


@pytest.mark.parametrize(
    "word",
    words(
        "Cộng hòa hoà xã hội chủ nghĩa Việt Nam thuỷ thủy quốc quyết giếng gì giữa nghiêng khuya "
        "khoẻ ưu yêu uỷ ủy Krông Pắc Pắk Păc Đắk Lắk Buôn Búk Knuếc Yông Kly đường rượu ngoằn "
        "CHẤN quỳnh loại hươu ý Ủy suất"
    ),
)
def test_syllables(word):
    assert is_syllable(word)
    assert is_syllable(unicodedata.normalize("NFD", word))


@pytest.mark.parametrize("word", words("Tæng sễx þrÊn cộ́ măt thỗp ngi kả́o Niê Byă hoÀ"))
def test_other_strings(word):
    assert not is_syllable(word)


@given(syllables())
def test_every_generated_syllable_is_one(word):
    assert is_syllable(word)
    assert is_syllable(word.upper())


@pytest.mark.parametrize(
    ("onset", "rime", "traditional", "modern"),
    [
        ("h", "oa", "hòa", "hoà"),
        ("th", "uy", "thùy", "thuỳ"),
        ("q", "uy", "quỳ", "quỳ"),
        ("m", "ia", "mìa", "mìa"),
        ("ph", "ươc", "phườc", "phườc"),
        ("t", "oan", "toàn", "toàn"),
        ("kh", "uyên", "khuyền", "khuyền"),
        ("ng", "oai", "ngoài", "ngoài"),
    ],
)
def test_tones_stand_where_they_are_written(onset, rime, traditional, modern):
    assert with_tone(onset, rime, TONES["huyền"], old_style=True) == traditional
    assert with_tone(onset, rime, TONES["huyền"]) == modern


def test_a_tone_is_split_off():
    assert split_tone("Phước") == ("Phươc", TONES["sắc"])
    assert split_tone("ma") == ("ma", "")
