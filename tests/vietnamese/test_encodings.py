import re
import subprocess
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pipelines.vietnamese import encodings
from tests.vietnamese.test_syllables import syllables

TO_TCVN3 = {letter: code for code, letter in encodings.TCVN3.items()}
TO_VNI: dict[str, str] = {}
for code, letter in encodings.VNI.items():
    TO_VNI.setdefault(letter, code)
texts = st.lists(syllables(), min_size=1, max_size=5).map(" ".join)


def to_vni(text: str) -> str:
    return "".join(TO_VNI.get(char, char) for char in text)


def to_tcvn3(text: str) -> str:
    return "".join(TO_TCVN3.get(char, char) for char in text)


@pytest.mark.parametrize(
    ("raw", "encoding", "meant"),
    [
        ("Kr«ng P¾c", "TCVN3", "Krông Pắc"),
        ("§¾k L¾k", "TCVN3", "Đắk Lắk"),
        ("Hßa An", "TCVN3", "Hòa An"),
        ("Vô Bæn", "TCVN3", "Vụ Bổn"),
        ("Ea Phª", "TCVN3", "Ea Phê"),
        ("Tæng sè", "TCVN3", "Tổng số"),
        ("x·, thÞ trÊn", "TCVN3", "xã, thị trấn"),
        ("Ph\u00adíc An", "TCVN3", "Phước An"),
        ("Th\u00ad ký – “x·”", "TCVN3", "Thư ký – “xã”"),
        ("CéNG HßA X· HéI", "TCVN3", "CỘNG HÒA XÃ HỘI"),
        ("Kroâng Paéc", "VNI", "Krông Pắc"),
        ("Ñaék Laék", "VNI", "Đắk Lắk"),
        ("Hoøa An", "VNI", "Hòa An"),
        ("Vuï Boån", "VNI", "Vụ Bổn"),
        ("Phöôùc An", "VNI", "Phước An"),
        ("Ea Pheâ", "VNI", "Ea Phê"),
        ("UÛY BAN NHAÂN DAÂN", "VNI", "ỦY BAN NHÂN DÂN"),
        ("Krông Pãìc", "windows-1258", "Krông Pắc"),
        ("thýõng", "windows-1258", "thương"),
        ("Quß║¡n Ba ─É├¼nh", "UTF-8", "Quận Ba Đình"),
    ],
)
def test_old_encodings_are_read(raw, encoding, meant):
    assert encodings.detect(raw) == (encoding, meant)


@pytest.mark.parametrize("page", ["latin-1", "cp437"])
def test_utf8_taken_for_another_page_is_read(page):
    meant = "Cộng hòa xã hội chủ nghĩa Việt Nam, tỉnh Đắk Lắk"
    assert encodings.detect(meant.encode().decode(page)) == ("UTF-8", meant)
    twice = meant.encode().decode("latin-1").encode().decode("latin-1")
    assert encodings.detect(twice) == ("UTF-8", meant)


@pytest.mark.parametrize(
    "text",
    [
        *("Y Lái Byă", "Čư Huê", "Ea Knuêč", "Y Bhôk Niê", "Niê Kdăm", "H’Đrăh", "Êban", "Aê Diê"),
        *("«Quy chế»", "«Ba Na»", "Straße", "1ª", "São Paulo", "café", "rõ", "m²", "½", "20×30"),
        *("Xã Ea M'Droh", "Vô Bổn", "Krông Pa\u0306\u0301c", "§ 5", "plain", "", "Bao\u00adcao"),
    ],
)
def test_right_text_is_left_alone(text):
    assert encodings.detect(text) is None


@given(texts)
def test_valid_vietnamese_is_never_touched(text):
    assert encodings.detect(text) is None
    assert encodings.is_vietnamese(text)


@given(texts)
def test_tcvn3_comes_back(text):
    assert encodings.from_tcvn3(to_tcvn3(text)) == text


@given(texts)
def test_vni_comes_back(text):
    assert encodings.from_vni(to_vni(text)) == text
    assert encodings.from_vni(to_vni(text.upper())) == text.upper()


@given(texts)
def test_windows_1258_comes_back(text):
    decomposed = re.sub(
        "[\u1ea0-\u1ef9]", lambda m: unicodedata.normalize("NFD", m[0]), text
    )  # as the page stores it: the letter, then its tone
    letters = "".join(
        unicodedata.normalize("NFC", piece)
        for piece in re.split("([\u0300\u0301\u0303\u0309\u0323])", decomposed)
    )
    try:
        raw = letters.encode("cp1258").decode("cp1252")
    except UnicodeError:
        assume(False)
        raise
    assert encodings.from_cp1258(raw) == text


@given(texts, st.sampled_from(["latin-1", "cp437"]))
def test_mojibake_comes_back(text, page):
    assume(not text.isascii())
    assert encodings.from_mojibake(text.encode().decode(page)) == text


@given(st.text(max_size=30))
def test_any_text_is_read_without_failing_and_in_nfc(text):
    hit = encodings.detect(text)
    assert hit is None or unicodedata.is_normalized("NFC", hit[1])
    assert encodings.is_garbled(text) in {True, False}


@pytest.mark.tool("iconv")
def test_the_tables_are_those_of_iconv(tool_path):
    codes = [code for code in encodings.TCVN3 if len(code) == 1]
    for page, read in {"TCVN5712-1": encodings.from_tcvn3}.items():
        data = " ".join(codes).encode("latin-1")
        done = subprocess.run(
            [tool_path("iconv"), "-f", page, "-t", "UTF-8"],
            input=data,
            capture_output=True,
            check=True,
        )
        expected = unicodedata.normalize("NFC", done.stdout.decode())
        assert read(" ".join(codes)) == expected
    sample = "krông pắc, đắk lắk, phước an, vụ bổn, tổng số"
    done = subprocess.run(
        [tool_path("iconv"), "-f", "UTF-8", "-t", "TCVN5712-1"],
        input=sample.encode(),
        capture_output=True,
        check=True,
    )
    assert encodings.detect(done.stdout.decode("latin-1")) == ("TCVN3", sample)


def test_what_is_lost_is_seen():
    assert encodings.is_garbled("Quáº?n Ba Ä‘")
    assert encodings.is_garbled("Kr\ufffdng")
    assert not encodings.is_garbled("Quß║¡n")
    assert not encodings.is_garbled("Krông Pắc")
