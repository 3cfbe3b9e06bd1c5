"""The contact list: read, checked row by row, and who is reached how."""

from pathlib import Path

import pytest

from pipelines.catalogue.notice_tables import CONTACT_COLUMNS
from pipelines.operations.contacts import (
    lead_address,
    missing_contact,
    read_contacts,
    specialist_address,
    unit_address,
)
from pipelines.orchestration.problems import Stopped
from pipelines.orchestration.states import state_of
from tests.operations.notices_made import PERIOD, UNITS

ROOT = Path(__file__).parents[2]
HEADER = ",".join(CONTACT_COLUMNS)
GOOD = "xa-a,unit,,Văn phòng UBND,0000 000 000,vanphong@example.vn,"


def listed(root: Path, *rows: str, header: str = HEADER) -> Path:
    path = root / "raw" / "reference" / "contacts.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return root


def test_the_project_ships_the_header_alone():
    text = (ROOT / "raw" / "reference" / "contacts.csv").read_text(encoding="utf-8")
    assert text == HEADER + "\n"


def test_without_the_file_nobody_is_known(tmp_path: Path):
    found = read_contacts(tmp_path, UNITS)
    assert list(found.columns) == list(CONTACT_COLUMNS)
    assert not unit_address(found, "xa-a").is_known


def test_everybody_is_found_in_their_own_role(tmp_path: Path):
    rows = (
        GOOD,
        "huyen,lead,TV02,Phòng Nội vụ,,noivu@example.vn,0000 000 001",
        "huyen,specialist,,Tổ giúp việc,0000.000.002 máy lẻ 12,,",
    )
    found = read_contacts(listed(tmp_path, *rows), UNITS)
    assert unit_address(found, "xa-a").line == "Văn phòng UBND, 0000 000 000, vanphong@example.vn"
    assert lead_address(found, "TV02").line == "Phòng Nội vụ, Zalo 0000 000 001, noivu@example.vn"
    assert specialist_address(found).phone == "0000.000.002 máy lẻ 12"
    assert not unit_address(found, "xa-b").is_known
    assert not lead_address(found, "TV03").is_known
    assert not lead_address(found, "").is_known


def test_a_byte_order_mark_and_stray_spaces_do_no_harm(tmp_path: Path):
    listed(tmp_path, " xa-a , unit ,, Văn phòng ,,,", header="\ufeff" + HEADER)
    assert unit_address(read_contacts(tmp_path, UNITS), "xa-a").office == "Văn phòng"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("xa-a,chủ tịch,,Văn phòng,,,", "role phải là"),
        ("xa-a,unit,,Văn phòng,12,,", "phone phải là"),
        ("xa-a,unit,,Văn phòng,,,zalo.me/x", "zalo phải là"),
        ("xa-a,unit,,Văn phòng,,khong-phai-thu,", "email phải có dạng"),
        ('xa-a,unit,,Văn phòng,,"a@b.vn, c@d.vn",', "email phải có dạng"),
        ("xa-a,unit,TV02,Văn phòng,,,", "member_code"),
        ("huyen,lead,,Phòng,,,", "member_code"),
        ("xa-z,unit,,Văn phòng,,,", "units.csv"),
        (GOOD, "trùng"),
    ],
)
def test_a_wrong_row_is_named_with_its_line(tmp_path: Path, row: str, said: str):
    with pytest.raises(Stopped) as stopped:
        read_contacts(listed(tmp_path, GOOD, row), UNITS)
    problem = stopped.value.problem
    assert problem.code == "QCDC-E130"
    assert "dòng 3: " in problem.found
    assert said in problem.found
    assert "dòng 2" not in problem.found


def test_wrong_columns_and_wrong_encoding_are_told(tmp_path: Path):
    with pytest.raises(Stopped, match="Danh bạ"):
        read_contacts(listed(tmp_path, header="unit_id,phone"), UNITS)
    path = tmp_path / "raw" / "reference" / "contacts.csv"
    path.write_bytes(HEADER.encode() + b"\nxa-a,unit,,V\xe3n ph\xf2ng,,,\n")
    with pytest.raises(Stopped, match="Danh bạ"):
        read_contacts(tmp_path, UNITS)


@pytest.mark.parametrize(
    ("recipient", "wanted"),
    [
        ("unit", "unit_id=xa-a, role=unit"),
        ("lead", "role=lead, member_code=TV02"),
        ("specialist", "role=specialist"),
    ],
)
def test_where_nobody_is_known_the_row_to_add_is_said(recipient: str, wanted: str):
    said = missing_contact({"recipient": recipient, "unit_id": "xa-a", "lead_code": "TV02"})
    assert said.startswith("chưa có địa chỉ liên hệ: thêm dòng ")
    assert f"{wanted} vào raw/reference/contacts.csv" in said


def test_states_are_compared_without_the_contact_list(tmp_path: Path):
    folder = listed(tmp_path, GOOD) / "raw" / "reference"
    (folder / "targets.csv").write_text("a\n", encoding="utf-8")
    assert set(state_of(tmp_path, PERIOD, "draft").facts) == {"targets.csv"}
