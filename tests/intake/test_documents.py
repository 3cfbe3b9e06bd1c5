"""Documents are told by their bytes; what the journal says of them becomes the table's rows."""

import io
import zipfile
from typing import Any

import pandas as pd
import pytest
from pydantic import ValidationError

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.load import load_catalogue
from pipelines.intake import documents
from pipelines.intake.documents import (
    EvidenceNote,
    document_format,
    evidence_frame,
    find_documents,
    first_note,
    names_office,
    names_publisher,
    settle_documents,
)
from pipelines.intake.receipts import first_status, receipts, sha256_of
from pipelines.vietnamese.text import MASK
from tests.intake import containers_made as made

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\0\0\0\0"
NOTE = {"kind": "Quyết định", "number": "12/QĐ-UBND", "signed_on": "2021-03-05"}


def archive(*names: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as packed:
        for name in names:
            packed.writestr(name, "x")
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "format_"),
    [
        (PDF, "pdf"),
        (PNG, "png"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "jpeg"),
        (archive("[Content_Types].xml", "word/document.xml"), "docx"),
        (archive("word/document.xml", "word/vbaProject.bin"), None),
        (archive("word/document.xml", "xl/workbook.xml"), None),
        (archive("xl/workbook.xml"), None),
        (archive("word/document.xml", *(f"m{n}" for n in range(2_001))), None),
        (archive("word/document.xml")[:-30], None),
        (b"PK\x03\x04", None),
        (b" %PDF-1.4", None),
        (b"", None),
    ],
)
def test_content_decides(data, format_):
    assert document_format(io.BytesIO(data)) == format_


FORM_TABLE = made.word_table([["TT", "Nội dung", "Mã số", "Giá trị"], ["1", "a", "A01", "7"]])
DUTIES = made.word_table([["TT", "Họ tên", "Nhiệm vụ"], ["1", "ủy viên", "tổng hợp"]])


@pytest.mark.parametrize(
    ("body", "name", "is_evidence", "format_"),
    [
        (FORM_TABLE, "bao-cao.docx", False, None),
        (FORM_TABLE, "bao-cao.docx", True, "docx"),
        (DUTIES, "quyet-dinh.docx", False, "docx"),
        (DUTIES, "bieu.xlsx", False, None),
        (made.paragraph("Kính gửi"), "bieu.xlsx", False, "docx"),
    ],
)
def test_a_report_in_word_is_no_paper(body, name, is_evidence, format_):
    stream = io.BytesIO(made.docx(body))
    assert document_format(stream, name=name, is_evidence=is_evidence) == format_


@pytest.mark.parametrize("text", ["Chủ tịch UBND xã", "PHÓ CHỦ TỊCH", "Trưởng phòng Nội vụ"])
def test_an_office_signs(text):
    assert names_office(text)


@pytest.mark.parametrize("text", ["Nguyễn Văn A", "Banh Thị B", "", "ông Chủ tịch"])
def test_a_person_does_not(text):
    assert not names_office(text)


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "Thư"}, {"signed_on": "05/03/2021"}, {"signed_on": "2021-02-30"}, {"number": ""}],
)
def test_a_note_is_checked(wrong):
    with pytest.raises(ValidationError):
        EvidenceNote.model_validate(NOTE | wrong)


@pytest.fixture
def root(tmp_path):
    (tmp_path / "raw/2021-H1/xa-1").mkdir(parents=True)
    return tmp_path


def line(number: int, name: str, data: bytes, **more: object) -> dict[str, object]:
    return {
        "at": f"2021-06-0{number}T08:00:00+07:00",
        "event": "received",
        "submission_id": f"2021-H1/xa-1/{number:02d}",
        "sha256": sha256_of(data),
        "path": f"raw/2021-H1/xa-1/{name}",
    } | more


UNITS = pd.DataFrame({"unit_id": ["xa-1", "xa-2"], "is_illustrative": [False, True]})


def filed(root, entries) -> dict[str, dict[str, Any]]:
    """Rows of the table by the number of the receipt."""
    frame = receipts(entries, "2021-H1")
    found = find_documents(frame, root, entries)
    submissions = settle_documents(first_status(frame, found.sizes), found)
    frame = evidence_frame(submissions.assign(is_illustrative=False), found, UNITS)
    table = table_contract(load_catalogue(), "core.evidence").conform(frame)
    rows = [{str(key): value for key, value in r.items()} for r in table.to_dict("records")]
    return {str(row["submission_id"])[-2:]: row for row in rows}


def put(root, name: str, data: bytes) -> None:
    (root / "raw/2021-H1/xa-1" / name).write_bytes(data)


def test_the_receipt_says_what_it_is(root):
    put(root, "a.xlsx", PDF)
    row = filed(root, [line(1, "a.xlsx", PDF, evidence=NOTE | {"unit_id": "xa-2"})])["01"]
    assert (row["kind"], row["number"]) == ("Quyết định", "12/QĐ-UBND")
    assert row["signed_on"] == pd.Timestamp("2021-03-05")
    assert (row["status"], row["size"], row["sha256"]) == ("accepted", len(PDF), sha256_of(PDF))
    assert row["is_illustrative"], "it speaks of an illustrative unit"


def test_a_document_without_a_word_speaks_of_its_sender(root):
    put(root, "a.png", PNG)
    row = filed(root, [line(1, "a.png", PNG)])["01"]
    assert (row["kind"], row["unit_id"]) == ("Khác", "xa-1")
    assert pd.isna(row["element"])
    assert first_note("unknown").unit_id is None


def test_a_later_line_corrects(root):
    put(root, "a.pdf", PDF)
    said = {"event": "correction", "submission_id": "2021-H1/xa-1/01"}
    entries = [line(1, "a.pdf", PDF), said | {"evidence": NOTE}, said | {"why": "something else"}]
    assert filed(root, entries)["01"]["number"] == "12/QĐ-UBND"


def test_lost_copied_and_heavy_documents_are_told(root, monkeypatch):
    put(root, "a.pdf", PDF)
    put(root, "b.pdf", PDF)
    put(root, "c.png", PNG)
    entries = [
        line(1, "a.pdf", PDF),
        line(2, "b.pdf", PDF),
        line(3, "gone.pdf", b"%PDF-1.5", evidence=NOTE),
        line(4, "c.png", PNG),
    ]
    statuses = ["accepted", "duplicate", "unreadable", "accepted"]
    assert [row["status"] for row in filed(root, entries).values()] == statuses
    monkeypatch.setattr(documents, "LARGEST", len(PNG) - 1)
    assert filed(root, entries)["04"]["status"] == "refused"


def test_a_workbook_called_a_document_stays_a_workbook(root):
    book = archive("xl/workbook.xml")
    put(root, "a.pdf", book)
    assert filed(root, [line(1, "a.pdf", book, evidence=NOTE)]) == {}


def test_nothing_beyond_raw_is_looked_at(root):
    (root / "secret.pdf").write_bytes(PDF)
    (root / "raw/2021-H1/xa-1/link.pdf").symlink_to(root / "secret.pdf")
    entries = [line(1, "link.pdf", PDF), line(2, "../../../secret.pdf", PDF)]
    assert filed(root, entries) == {}


def test_numbers_of_persons_are_masked(root):
    put(root, "a.pdf", PDF)
    note = NOTE | {"title_vi": "Đơn của ông A, điện thoại 0912345678"}
    title = filed(root, [line(1, "a.pdf", PDF, evidence=note)])["01"]["title_vi"]
    assert title == f"Đơn của ông {MASK}, điện thoại {MASK}"


def test_a_photograph_keeps_its_caption_credit_and_unit(root):
    put(root, "a.png", PNG)
    note = {
        "kind": "Ảnh",
        "title_vi": "Người dân tham gia làm đường giao thông nông thôn",
        "credit": "Báo Đắk Lắk",
        "unit_id": "xa-1",
        "element": "xa.road_metres",
    }
    row = filed(root, [line(1, "a.png", PNG, evidence=note)])["01"]
    assert {key: row[key] for key in note} == note


@pytest.mark.parametrize("name", ["Báo Đắk Lắk", "UBND xã", "Văn phòng Huyện ủy", "TTXVN"])
def test_a_photograph_is_credited_to_a_paper_or_an_office(name):
    assert names_publisher(name)
    assert not names_publisher(f"Nguyễn Văn A, {name}")
