"""Persons in free text: names as officials write them, and where somebody lives.

Only what is certain enough to be taken out of a sentence: a name after a form of address, a name
with the middle name "Văn" or "Thị", a place after "trú tại". A bare name of another form is not
told from a street, a school or a village.

Belongs here: what in a text is a person's name or home. Does not belong here: numbers (``text``),
whether a column may hold persons at all (``intake.privacy``).
"""

from __future__ import annotations

import re

_UPPER = "A-ZÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝĂĐĨŨƠƯẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸČƀŬĬŎĔ"
_WORD = rf"[{_UPPER}][^\W\d_]*(?:['’][^\W\d_]+)?"
_GAP = r"[ _.]"
# forms of address; "Ba" is a number and a part of many places, "đồng chí" an official on duty;
# "bác", "cô" are too much else
_ADDRESS = r"[Ôô]ng|[Oo]ng|[Bb]à|ba|[Aa]nh|[Cc]hị|[Cc]hi|[Cc]ụ|ÔNG|BÀ|ANH|CHỊ"
# an office or a place after a form of address: "Ông Chủ tịch", "Bà Rịa"
_NO_NAME = (
    "Chủ|Phó|Bí|Trưởng|Giám|Cán|Ủy|Uỷ|Tổng|Thứ|Bộ|Đại|Chánh|Thanh tra|Hiệu|Rịa|Nà|Đốc|Hùng|Cả|Táo|"
    "Thường|Chủ tịch|CHỦ|PHÓ|BÍ|TRƯỞNG"
)
_ADDRESSED = re.compile(
    rf"(?<![^\W_])((?:{_ADDRESS}){_GAP})(?!(?:{_NO_NAME})\b)({_WORD}(?:{_GAP}{_WORD}){{0,4}})"
)
_FAMILY = (
    "Nguyễn|Trần|Lê|Phạm|Huỳnh|Hoàng|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Đinh|Trịnh|Đoàn|Trương|"
    "Mai|Tô|Cao|Lương|Lưu|Hà|Thái|Châu|Tạ|Phùng|Quách|Nông|Vi|Lò|Hứa|Triệu|Bế|Nguyen|Tran|Le|Pham|"
    "Huynh|Hoang|Vu|Vo|Dang|Bui|Do|Ho|Ngo|Duong|Ly|Dinh|Trinh|Doan|Truong|To|Luong|Luu|Ha|Thai|Chau|"
    "Ta|Phung|Quach|Nong|Lo|Hua|Trieu|Be"
)
_FULL = re.compile(
    rf"(?<![^\W_])((?:{_FAMILY}){_GAP}(?:{_WORD}{_GAP})?(?:Văn|Thị|Van|Thi)(?:{_GAP}{_WORD}){{1,3}})",
)
# a street, school or ward that bears a name is no person
_NAMED_AFTER = re.compile(
    r"(?i)(?:đường|phố|trường|thcs|thpt|tiểu học|mầm non|mẫu giáo|công viên|chợ|khu|thôn|buôn|tổ"
    r"|phường|xã|bệnh viện|giải thưởng|quỹ)(?: (?:mang tên|số \d+))?[ _.]$"
)
_HOME = re.compile(
    r"(?i)\b((?:(?:thường|tạm|cư|hiện|đang)[ ]?)?trú (?:tại|ở)|hộ khẩu(?: thường trú)?(?: tại)?|"
    r"nơi (?:ở|cư trú)|nhà ở số|số nhà|địa chỉ nhà|địa chỉ(?=:? số \d))([ :]{1,3})"
    r"([^;.\n()\"“”]{2,80})"
)
_MAYBE = re.compile(rf"Văn|Thị|Van|Thi|(?:{_ADDRESS}){_GAP}[{_UPPER}]")
_HOME_WORDS = re.compile(r"(?i)trú |hộ khẩu|nơi ở|số nhà|nhà ở số|địa chỉ")


def mask_persons(text: str, mask: str) -> str:
    """Replace names and homes of persons.

    Args:
        text: Free text in NFC.
        mask: What stands in their place; the form of address stays.
    """
    if _HOME_WORDS.search(text):
        text = _HOME.sub(rf"\1\2{mask}", text)
    if not _MAYBE.search(text):
        return text
    text = _FULL.sub(lambda found: _full(found, mask), text)
    return _ADDRESSED.sub(rf"\1{mask}", text)


def _full(found: re.Match[str], mask: str) -> str:
    before = found.string[max(0, found.start() - 30) : found.start()]
    return found.group() if _NAMED_AFTER.search(before) else mask
