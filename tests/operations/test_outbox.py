"""The outbox: what lies in it, equal bytes for equal notices, nothing smuggled into a header."""

import email
import email.policy
from pathlib import Path

import pandas as pd
import pytest

from pipelines.catalogue.notices import load_notices
from pipelines.operations.contacts import Address, read_contacts
from pipelines.operations.outbox import mail, outbox_folder, read_outbox, write_outbox
from tests.operations.notices_made import LEAD, PERIOD, UNITS, made, owed
from tests.operations.test_contacts import listed

SAID, LABEL = load_notices(), "6 tháng đầu năm 2021"


def two(**more: object) -> pd.DataFrame:
    return made(owed("xa-a", "missing"), owed("xa-b", "missing"), areas={"xa-a": LEAD}, **more)


def laid_out(root: Path, table: pd.DataFrame) -> dict[str, bytes]:
    write_outbox(root, PERIOD, LABEL, table, read_contacts(root, UNITS), SAID)
    folder = outbox_folder(root, PERIOD)
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(files)}


def test_every_notice_is_there_to_paste_to_print_and_to_mail(tmp_path: Path):
    table = two()
    files = laid_out(tmp_path, table)
    listing = read_outbox(tmp_path, PERIOD)
    assert listing is not None
    assert [each.unit_id for each in listing.notices] == ["xa-b", "xa-a"]
    for each, row in zip(listing.notices, table.to_dict("records"), strict=True):
        assert files[each.text_file].decode() == row["text"] + "\n"
        read = email.message_from_bytes(files[each.mail_file], policy=email.policy.default)
        assert read["Subject"] == row["title"]
        assert read.get_content().strip() == row["text"]
        assert row["text"] in files["thong-bao.html"].decode()
    assert len(files) == 2 + 2 * len(table)


def test_equal_notices_give_equal_bytes_and_what_is_over_goes_away(tmp_path: Path):
    first = laid_out(tmp_path / "a", two())
    assert laid_out(tmp_path / "b", two()) == first
    laid_out(tmp_path / "b", two().head(1))
    assert laid_out(tmp_path / "b", two()) == first
    assert sorted(laid_out(tmp_path / "a", two().head(0))) == ["danh-sach.json", "thong-bao.html"]
    page = (outbox_folder(tmp_path / "a", PERIOD) / "thong-bao.html").read_text(encoding="utf-8")
    assert "Không có thông báo nào phải gửi" in page


def test_a_file_that_is_being_written_is_left_alone(tmp_path: Path):
    laid_out(tmp_path, two())
    other = outbox_folder(tmp_path, PERIOD) / ".danh-sach.json.1.tmp"
    other.write_bytes(b"half")
    laid_out(tmp_path, two())
    assert other.is_file()


def test_mail_goes_to_the_unit_and_a_copy_to_the_lead(tmp_path: Path):
    rows = (
        "xa-a,unit,,Văn phòng,,xa@example.vn,",
        "huyen,lead,TV02,Phòng Nội vụ,,noivu@example.vn,",
    )
    files = laid_out(listed(tmp_path, *rows), two())
    known = [data for name, data in files.items() if "xa-a" in name and name.endswith(".eml")]
    read = email.message_from_bytes(known[0], policy=email.policy.default)
    assert [a.addr_spec for a in read["To"].addresses] == ["xa@example.vn"]
    assert read["To"].addresses[0].display_name == "Văn phòng"
    assert [a.addr_spec for a in read["Cc"].addresses] == ["noivu@example.vn"]
    assert (read["From"], read["Date"], read["X-Unsent"]) == (None, None, "1")
    unknown = [data for name, data in files.items() if "xa-b" in name and name.endswith(".eml")]
    assert email.message_from_bytes(unknown[0])["To"] is None


def test_the_list_says_who_cannot_be_reached(tmp_path: Path):
    laid_out(listed(tmp_path, "huyen,lead,TV02,Phòng Nội vụ,0000 000 000,,"), two())
    listing = read_outbox(tmp_path, PERIOD)
    assert listing is not None
    by_unit = {each.unit_id: each for each in listing.notices}
    assert by_unit["xa-a"].address == "phụ trách địa bàn: Phòng Nội vụ, 0000 000 000"
    assert not by_unit["xa-b"].is_reachable
    assert "contacts.csv" in by_unit["xa-b"].address


INJECTION = "Xã A\r\nBcc: ai-do@example.vn\r\n\r\n<script>alert(1)</script>"


def test_a_name_brings_no_header_and_no_markup(tmp_path: Path):
    table = made(owed("xa-a", "missing"), units=UNITS.assign(name=INJECTION))
    files = laid_out(tmp_path, table)
    (raw,) = [data for name, data in files.items() if name.endswith(".eml")]
    read = email.message_from_bytes(raw, policy=email.policy.default)
    assert set(read.keys()) == {
        "Subject", "X-Unsent", "Content-Type", "Content-Transfer-Encoding", "MIME-Version",
    }  # fmt: skip
    page = files["thong-bao.html"].decode()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("title", [INJECTION, "a" * 500, "Đ" * 300])
def test_a_title_and_an_office_stay_in_their_header(title: str):
    office = Address(office='Văn "phòng"\r\nBcc: x@example.vn', email="xa@example.vn")
    data = mail({"title": title, "text": "Nội dung"}, office, Address())
    read = email.message_from_bytes(data, policy=email.policy.default)
    assert read["Bcc"] is None
    assert [a.addr_spec for a in read["To"].addresses] == ["xa@example.vn"]
    assert read.get_content().strip() == "Nội dung"


def test_a_unit_id_leads_nowhere_else(tmp_path: Path):
    table = made(owed("../../x/../y", "missing"))
    files = laid_out(tmp_path, table)
    assert len(files) == 4
    assert all(".." not in name for name in files)
    assert [path.name for path in tmp_path.iterdir()] == ["warehouse"]
    assert [path.name for path in (tmp_path / "warehouse").iterdir()] == ["outbox"]


def test_a_list_that_cannot_be_read_is_no_list(tmp_path: Path):
    assert read_outbox(tmp_path, PERIOD) is None
    laid_out(tmp_path, two())
    (outbox_folder(tmp_path, PERIOD) / "danh-sach.json").write_text("{", encoding="utf-8")
    assert read_outbox(tmp_path, PERIOD) is None
