"""The contact list ``raw/reference/contacts.csv``: how offices are reached.

Belongs here: reading and checking it, the addresses of a notice. Does not belong here: the schema
(``catalogue.notice_tables``). Offices and positions stand in it, never persons; the project ships
it empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from pandera.errors import SchemaErrors

from pipelines.catalogue.notice_tables import CONTACT_COLUMNS, contact_schema
from pipelines.catalogue.reference import CONTACTS
from pipelines.orchestration.problems import Problem, Stopped
from pipelines.vietnamese.text import normalise

_PLACE = f"raw/reference/{CONTACTS}"
_SHOWN = 5
_WRONG = {
    "ROLE": "role phải là unit, lead hoặc specialist",
    "PHONE": "phone phải là số điện thoại cơ quan, ví dụ 0262 000 0000",
    "ZALO": "zalo phải là số điện thoại đã đăng ký Zalo",
    "EMAIL": "email phải có dạng ten@co-quan.vn",
    "ONCE": "trùng unit_id, role, member_code với dòng khác",
    "MEMBER": "role lead phải có member_code, role khác thì để trống",
    "UNIT": "unit_id không có trong raw/reference/units.csv",
}


@dataclass(frozen=True)
class Address:
    """How somebody is reached; fields as typed, "" where not known."""

    office: str = ""
    phone: str = ""
    email: str = ""
    zalo: str = ""

    @property
    def is_known(self) -> bool:
        """Whether there is any way at all."""
        return any((self.phone, self.email, self.zalo))

    @property
    def line(self) -> str:
        """All of it in one line, "" where nothing is known."""
        zalo = f"Zalo {self.zalo}" if self.zalo else ""
        told = [each for each in (self.phone, zalo, self.email) if each]
        return ", ".join([self.office, *told] if self.office and told else told)


def read_contacts(root: Path, units: pd.DataFrame) -> pd.DataFrame:
    """The contact list, checked; without the file it is empty.

    Args:
        root: The project's root.
        units: ``ref.units``.

    Returns:
        Columns ``CONTACT_COLUMNS``, texts as typed, "" where a cell is empty.

    Raises:
        Stopped: Columns or rows are wrong; each row that is wrong is named.
    """
    path = root / "raw" / "reference" / CONTACTS
    if not path.is_file():
        return pd.DataFrame({name: pd.Series(dtype="str") for name in CONTACT_COLUMNS})
    try:
        frame = pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8-sig")
    except (ValueError, pd.errors.ParserError) as error:
        raise Stopped(
            _wrong([f"không đọc được dạng CSV, UTF-8 ({type(error).__name__})"])
        ) from error
    if list(frame.columns) != list(CONTACT_COLUMNS):
        raise Stopped(_wrong([f"dòng 1: các cột là {', '.join(map(str, frame.columns))}"]))
    frame = frame.map(normalise).astype("str")
    if problems := [*_broken(frame), *_strangers(frame, units)]:
        raise Stopped(_wrong(problems))
    return frame


def unit_address(contacts: pd.DataFrame, unit_id: str) -> Address:
    """How a unit is reached."""
    return _address(contacts, {"role": "unit", "unit_id": unit_id})


def lead_address(contacts: pd.DataFrame, code: str) -> Address:
    """How a lead member is reached, by the code in the committee's register."""
    return _address(contacts, {"role": "lead", "member_code": code}) if code else Address()


def specialist_address(contacts: pd.DataFrame) -> Address:
    """How the specialist is reached who puts reports together; the first one listed."""
    return _address(contacts, {"role": "specialist"})


def missing_contact(notice: Mapping[str, Any]) -> str:
    """What is said where nobody can be reached: which row to add."""
    row = {"unit": f"unit_id={notice['unit_id']}, role=unit", "specialist": "role=specialist"}
    wanted = row.get(str(notice["recipient"]), f"role=lead, member_code={notice['lead_code']}")
    return f"chưa có địa chỉ liên hệ: thêm dòng {wanted} vào {_PLACE}"


def _address(contacts: pd.DataFrame, wanted: Mapping[str, str]) -> Address:
    found = contacts
    for column, value in wanted.items():
        found = found[found[column] == value]
    if found.empty:
        return Address()
    row = found.iloc[0]
    return Address(row["office"], row["phone"], row["email"], row["zalo"])


def _broken(frame: pd.DataFrame) -> list[str]:
    try:
        contact_schema().validate(frame, lazy=True)
    except SchemaErrors as error:
        cases = error.failure_cases[["index", "check"]].drop_duplicates()
        # the header is line 1 of the file
        found = sorted((int(row["index"]) + 2, str(row["check"])) for _, row in cases.iterrows())
        return [f"dòng {line}: {_WRONG.get(check, check)}" for line, check in found]
    return []


def _strangers(frame: pd.DataFrame, units: pd.DataFrame) -> list[str]:
    unknown = frame.index[~frame["unit_id"].isin(units["unit_id"])]
    return [f"dòng {line + 2}: {_WRONG['UNIT']}" for line in unknown]


def _wrong(problems: list[str]) -> Problem:
    more = f"; và {len(problems) - _SHOWN} chỗ nữa" if len(problems) > _SHOWN else ""
    return Problem(
        "QCDC-E130",
        "Danh bạ liên hệ có chỗ sai.",
        f"{_PLACE}: {'; '.join(problems[:_SHOWN])}{more}",
        f"tệp CSV (UTF-8) với các cột {', '.join(CONTACT_COLUMNS)}; mỗi dòng một đơn vị hoặc chức "
        "vụ, không ghi họ tên",
        "Sửa các dòng đã nêu rồi chạy lại; chưa ghi gì.",
    )
