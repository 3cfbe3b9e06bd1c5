import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.vietnamese.text import (
    MASK,
    collation_key,
    fold,
    mask_personal,
    neutralise_formula,
    normalise,
    tone_key,
    unquote,
)
from tests.vietnamese.test_syllables import syllables

# Letters, marks and signs that meet in real workbooks, beside any text at all.
texts = st.text(max_size=30) | st.text(
    "aăâbdđeêioôơuưyAĐÐƉɖƀČčĕŎñ'’ʼ=+-@ \u00a0\u00ad\u200b\u200d\ufeff\t\r\n"
    "\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323",
    max_size=20,
)


def nfd(text):
    return unicodedata.normalize("NFD", text)


def test_composed_and_decomposed_text_become_one():  # T11, T12
    assert len(nfd("Krông Pắc")) == 12
    assert normalise(nfd("Krông Pắc")) == "Krông Pắc"
    assert len(normalise(nfd("Krông Pắc"))) == 9
    assert normalise("Kr\u00f4ng P\u0103\u0301c") == "Krông Pắc"


@pytest.mark.parametrize(
    "raw",
    [
        "Số\u00a0đơn  vị",
        "\ufeffSố đơn vị ",
        "Số\nđơn vị",
        "Số\r\nđơn\tvị",
        "Số\u200bđơn vị",
        "Số đơn\u00ad vị",
        "Số \u00ad đơn vị",
    ],
)
def test_whitespace_of_every_kind_becomes_one_space(raw):  # T40
    assert normalise(raw) == "Số đơn vị"


@pytest.mark.parametrize(
    "name", ["Y Lái Byă", "Čư Huê", "Ea M’Droh", "Ea M'Droh", "Ƀuôn", "ê̆", "«ß õ ª»"]
)
def test_letters_of_other_languages_stay(name):  # T16
    assert normalise(name) == name


@given(texts)
def test_normalise_is_idempotent_and_leaves_nothing_to_clean(text):
    once = normalise(text)
    assert normalise(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert once == " ".join(once.split())


@given(texts)
def test_fold_is_idempotent_and_blind_to_normal_forms(text):
    key = fold(text)
    assert fold(key) == key
    assert fold(normalise(text)) == key
    assert fold(nfd(text)) == key
    assert fold(unicodedata.normalize("NFC", text)) == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hoà An", "Hòa An"),  # T18
        ("Thuỷ", "Thủy"),
        ("XÃ EA YIÊNG", "xã ea yiêng"),  # T41
        ("Đắk Lắk", "Ðắk Lắk"),  # T21
        ("Đắk Lắk", "Ɖắk Lắk"),
        ("đắk lắk", "ɖak\u00a0lak"),
        ("Ea M’Droh", "Ea MʼDroh"),
        ("Ea M’Droh", "ea m'droh"),
        ("Ƀuôn Čư Huê̆", "buon cu hue"),
        ("Krông Pắc", "krong pac"),
    ],
)
def test_spellings_of_one_name_match(one, other):
    assert fold(one) == fold(other)


def test_different_names_do_not_match():
    assert fold("Krông Pắk") != fold("Krông Pắc")
    assert fold("Đắk Lắk") == "dak lak"


def test_vietnamese_alphabetical_order():
    words = ["bà", "ba", "Ân", "An", "ăn", "đá", "dá", "ê", "e", "ba bể", "bạ", "bá", "bả", "bã"]
    words += ["ơn", "ôn", "on", "ưa", "ua", "Ea Kly", "Ea Kênh", "dạo", "ở", "1", "an"]
    expected = ["1", "an", "An", "ăn", "Ân", "ba", "bà", "bả", "bã", "bá", "bạ", "ba bể", "dá"]
    expected += ["dạo", "đá", "e", "Ea Kênh", "Ea Kly", "ê", "on", "ôn", "ở", "ơn", "ua", "ưa"]
    assert sorted(words, key=collation_key) == expected


@given(texts, texts)
def test_collation_does_not_depend_on_the_normal_form_and_tells_texts_apart(one, other):
    assert collation_key(nfd(one)) == collation_key(one)
    assert (collation_key(one) == collation_key(other)) == (normalise(one) == normalise(other))


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Liên hệ 0912345678.", f"Liên hệ {MASK}."),
        ("gọi 0912 345 678 hoặc 0912.345.678", f"gọi {MASK} hoặc {MASK}"),
        ("(0262) 3521 234", MASK),
        ("+84 912 345 678", MASK),
        ("84912345678", MASK),
        ("ĐT: 09 12 34 56 78", f"ĐT: {MASK}"),
        ("gửi ubnd.xa-01@krongpac.daklak.gov.vn nhé", f"gửi {MASK} nhé"),
        ("CMND số 240 123 456", f"CMND số {MASK}"),
        ("CMND 240123456, cấp 2010", f"CMND {MASK}, cấp 2010"),
        ("ông có số 066199001234", f"ông có số {MASK}"),
        ("066 199 001 234", MASK),
    ],
)
def test_numbers_of_persons_are_masked(text, masked):
    assert mask_personal(text) == masked
    assert mask_personal(masked) == masked


@pytest.mark.parametrize(
    "text",
    [
        "52.620 hồ sơ, 46.920.000.000 đồng",
        "240000000 đồng",
        "246000000000đ",
        "Nghị định 04/2015/NĐ-CP ngày 09/01/2015",
        "từ 05-06-2021 10-06-2021",
        "năm 2016 2017 2018 2019",
        "trong đó có 02 đơn vượt cấp",  # T39
        "KL 120-KL/TW; 86,67%",
    ],
)
def test_other_numbers_stay(text):
    assert mask_personal(text) == text


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r="])
def test_formulas_are_neutralised(text):  # T44
    assert neutralise_formula(text) == "'" + text


@pytest.mark.parametrize("text", ["-5", "-1.234,5", "-", "-87%", "a=b", "", "'=1", "52.620"])
def test_harmless_text_stays(text):
    assert neutralise_formula(text) == text


@given(texts)
def test_neutralising_is_idempotent(text):
    safe = neutralise_formula(text)
    assert neutralise_formula(safe) == safe
    assert not safe.startswith(("=", "+", "@", "\t", "\r"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hoà An", "Hòa An"),
        ("THUỶ", "Thủy"),
        ("khoẻ", "khỏe"),
        ("Ðắk Lắk", "Đắk Lắk"),
        ("\u0189ắk", "đắk"),
        ("Ea M’Droh", "Ea M'Droh"),
        ("Pa\u0306\u0301c", "pắc"),
        ("quý", "qúy"),
    ],
)
def test_the_place_of_a_tone_mark_makes_no_difference(one, other):
    assert tone_key(one) == tone_key(other)
    assert tone_key(tone_key(one)) == tone_key(one)


@pytest.mark.parametrize(("one", "other"), [("Hoà", "Hoa"), ("mã", "má"), ("Tân", "Tan")])
def test_tones_and_letters_still_do(one, other):
    assert tone_key(one) != tone_key(other)


@given(st.lists(syllables(), min_size=1, max_size=4).map(" ".join))
def test_clean_vietnamese_stays_as_it_is(name):
    assert normalise(name) == name
    assert normalise(unicodedata.normalize("NFD", f" {name}\u00a0\u200b")) == name
    assert tone_key(name.upper()) == tone_key(name)


@pytest.mark.parametrize(
    ("raw", "bare"), [("'07", "07"), ("’ 07", "07"), ("07'", "07'"), ("", ""), ("M'Droh", "M'Droh")]
)
def test_the_apostrophe_of_a_spreadsheet_goes(raw, bare):
    assert unquote(raw) == bare
