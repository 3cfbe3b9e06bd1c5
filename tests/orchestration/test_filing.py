"""Receiving files one by one: where they go, what the journal says, what is refused."""

import datetime as dt
import json
from pathlib import Path

import openpyxl
import pytest

from pipelines.catalogue.model import Catalogue
from pipelines.intake.documents import LARGEST
from pipelines.intake.journal import append
from pipelines.orchestration import filing
from pipelines.orchestration.filing import Filed, Registry, Said
from pipelines.orchestration.problems import Stopped
from pipelines.orchestration.receiving import receive_new, waiting
from pipelines.orchestration.steps import journal_path, reference_tables
from tests.orchestration.mini import PERIOD, digests

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\0\0\0\0"
AT = dt.datetime.fromisoformat("2021-06-20T08:00:00+07:00")
NOTE = {"kind": "Biên bản", "unit_id": "dn-mh-01", "element": "dn.conference_held"}
HERE = f"raw/{PERIOD}/dn-mh-01/minh-chung/bb.pdf"


@pytest.fixture
def registry(project: Path, catalogue: Catalogue) -> Registry:
    units = reference_tables(project, catalogue)["ref.units"]
    return Registry(project, catalogue, units, newest=PERIOD, at=AT, who="văn thư")


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    path = tmp_path / "bb.pdf"
    path.write_bytes(PDF)
    return path


def said(note: dict[str, str] | None = None, **more: str) -> Said:
    return Said(more.get("period"), more.get("sender"), bool(note), note or {})


def lines(root: Path) -> list[dict]:
    text = journal_path(root, PERIOD).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_a_document_is_copied_and_receipted(project, registry, paper):
    (filed,) = registry.receive([paper], said(NOTE))
    assert (filed.path, filed.submission_id, filed.outcome) == (
        HERE,
        f"{PERIOD}/dn-mh-01/01",
        "received",
    )
    assert (project / HERE).read_bytes() == PDF == paper.read_bytes()
    last = lines(project)[-1]
    assert (last["event"], last["at"], last["who"]) == ("received", AT.isoformat(), "văn thư")
    assert last["evidence"] == {
        **NOTE,
        "number": None,
        "signed_on": None,
        "signer_role": None,
        "title_vi": None,
        "credit": None,
    }
    assert waiting(project, PERIOD) == []


def test_the_same_bytes_again_only_add_what_is_new(project, registry, paper):
    registry.receive([paper], said(NOTE))
    before = digests(project)
    (again,) = registry.receive([paper], said(NOTE))
    assert again.outcome == "known"
    assert digests(project) == before
    (more,) = registry.receive([paper], said({"number": "07/BB", "unit_id": "dn-mh-01"}))
    assert (more.outcome, more.submission_id) == ("completed", f"{PERIOD}/dn-mh-01/01")
    last = lines(project)[-1]
    assert (last["event"], last["submission_id"]) == ("correction", more.submission_id)
    assert last["evidence"]["element"] == "dn.conference_held", "what was known stays"


def test_a_document_found_by_a_run_is_completed_where_it_lies(project, registry):
    dropped = project / "raw" / PERIOD / "dn-mh-01" / "anh.xlsx"
    dropped.parent.mkdir()
    dropped.write_bytes(PNG)
    (entry,) = receive_new(project, PERIOD, ["dn-mh-01"], at=AT, who="qcdc")
    assert (entry["evidence"]["kind"], entry["evidence"]["unit_id"]) == ("Khác", "dn-mh-01")
    assert entry["evidence"]["element"] is None
    (filed,) = registry.receive([dropped], said({"kind": "Ảnh", "element": NOTE["element"]}))
    assert (filed.outcome, filed.submission_id) == ("completed", entry["submission_id"])
    assert filed.path == f"raw/{PERIOD}/dn-mh-01/anh.xlsx"


def test_workbooks_dropped_carry_no_evidence(project):
    book = next((project / "raw" / PERIOD / "nv-mh").glob("*.xlsx"))
    (book.parent / "lan2.xlsx").write_bytes(book.read_bytes())
    (entry,) = receive_new(project, PERIOD, ["nv-mh"], at=AT, who="qcdc")
    assert "evidence" not in entry


def test_a_workbook_goes_to_whom_and_when_it_says(project, registry, tmp_path):
    book = next((project / "raw" / PERIOD / "nv-mh").glob("*.xlsx"))
    own = tmp_path / "gui.xlsx"
    own.write_bytes(book.read_bytes())
    sheet = openpyxl.load_workbook(own)
    sheet.save(own)
    (filed,) = registry.receive([own], said())
    assert (filed.path, filed.note) == (f"raw/{PERIOD}/nv-mh/gui.xlsx", None)
    assert filed.submission_id == f"{PERIOD}/nv-mh/02"


def test_bytes_that_were_gone_are_put_back(project, registry, tmp_path):
    book = next((project / "raw" / PERIOD / "nv-mh").glob("*.xlsx"))
    kept = book.rename(tmp_path / "kept.xlsx")
    (known,) = registry.receive([kept], said())
    assert (known.outcome, known.submission_id) == ("known", f"{PERIOD}/nv-mh/01")
    assert book.read_bytes() == kept.read_bytes()


def test_somebody_elses_bytes_are_a_receipt_of_their_own(registry, paper):
    registry.receive([paper], said(NOTE))
    (other,) = registry.receive([paper], said({"kind": "Ảnh"}, sender="dn-mh-02"))
    assert other.submission_id == f"{PERIOD}/dn-mh-02/01"


def refused(registry: Registry, path: Path, what: Said) -> str:
    with pytest.raises(Stopped) as stopped:
        registry.receive([path], what)
    problem = stopped.value.problem
    assert all((problem.title, problem.found, problem.expected, problem.action))
    return problem.code


@pytest.mark.parametrize(
    ("what", "code"),
    [
        (said({"unit_id": "dn-0"}), "QCDC-E11"),
        (said(NOTE, sender="dn-0"), "QCDC-E11"),
        (said(NOTE, period="2021-HH"), "QCDC-E13"),
        (said(NOTE | {"element": "dn.nothing"}), "QCDC-E19"),
        (said(NOTE | {"element": "xa.dialogues"}), "QCDC-E19"),
        (said({"element": "xa.dialogues"}, sender="dn-mh-01"), "QCDC-E19"),
        (said(NOTE | {"kind": "Thư"}), "QCDC-E19"),
        (said(NOTE | {"signer_role": "Nguyễn Văn A"}), "QCDC-E19"),
        (said(NOTE | {"credit": "Nguyễn Văn A"}), "QCDC-E19"),
        (said(NOTE | {"signed_on": "2021-06-21"}), "QCDC-E19"),
        (said({"kind": "Ảnh"}), "QCDC-E24"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_stored(project, registry, paper, what, code):
    before = digests(project)
    assert refused(registry, paper, what) == code
    assert digests(project) == before


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("thu.pdf", b"a letter", "QCDC-E22"),
        (".an.pdf", PDF, "QCDC-E20"),
        ("~$bb.docx", PDF, "QCDC-E20"),
        ("journal.jsonl", PDF, "QCDC-E20"),
        ("nang.pdf", PDF + bytes(LARGEST), "QCDC-E21"),
    ],
)
def test_files_that_are_not_taken(registry, tmp_path, name, data, code):
    (tmp_path / name).write_bytes(data)
    assert refused(registry, tmp_path / name, said(NOTE)) == code


def test_neither_workbook_nor_document(registry, tmp_path):
    (tmp_path / "thu.txt").write_bytes(b"a letter")
    assert refused(registry, tmp_path / "thu.txt", said(sender="dn-mh-01")) == "QCDC-E23"


def test_links_are_not_followed(project, registry, paper, tmp_path):
    link = tmp_path / "link.pdf"
    link.symlink_to(paper)
    assert refused(registry, link, said(NOTE)) == "QCDC-E14"
    outside = tmp_path / "outside"
    outside.mkdir()
    (project / "raw" / PERIOD / "dn-mh-01").symlink_to(outside)
    assert refused(registry, paper, said(NOTE)) == "QCDC-E26"
    assert list(outside.iterdir()) == []


def test_another_file_of_the_name_stays(project, registry, paper):
    registry.receive([paper], said(NOTE))
    paper.write_bytes(PDF + b"changed")
    assert refused(registry, paper, said(NOTE)) == "QCDC-E17"
    assert (project / HERE).read_bytes() == PDF


def test_the_folder_says_period_and_sender(project, registry):
    dropped = project / "raw" / PERIOD / "nv-mh" / "bb.pdf"
    dropped.write_bytes(PDF)
    assert refused(registry, dropped, said(NOTE, period="2020-H1")) == "QCDC-E25"
    assert refused(registry, dropped, said(NOTE, sender="dn-mh-01")) == "QCDC-E25"


def test_a_locked_period_takes_nothing(project, registry, paper):
    lock = {"at": AT.isoformat(), "who": "BCĐ", "event": "period", "period": PERIOD}
    append(journal_path(project, PERIOD), lock | {"action": "lock"})
    before = digests(project)
    assert refused(registry, paper, said(NOTE)) == "QCDC-E03"
    assert digests(project) == before


def test_nothing_is_stored_when_one_of_several_is_no_file(project, registry, paper, tmp_path):
    before = digests(project)
    with pytest.raises(Stopped):
        registry.receive([paper, tmp_path / "nowhere.pdf"], said(NOTE))
    assert digests(project) == before


def test_a_cut_between_copy_and_receipt_heals(registry, paper, monkeypatch):
    def cut(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(filing, "append", cut)
        with pytest.raises(OSError, match="No space"):
            registry.receive([paper], said(NOTE))
    (filed,) = registry.receive([paper], said(NOTE))
    assert isinstance(filed, Filed)
    assert (filed.path, filed.outcome) == (HERE, "received")


@pytest.mark.parametrize(
    ("unit", "sender"),
    [("Doanh nghiệp minh họa 01", "dn-mh-01"), ("xa minh hoa 01", None), ("Xã lạ", None)],
)
def test_a_file_without_codes_is_filed_under_whom_its_header_names(
    registry, tmp_path, unit, sender
):
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet["A1"], sheet["B1"] = "Đơn vị:", unit
    sheet["A2"], sheet["B2"] = "Kỳ báo cáo:", "6T/2021"
    path = tmp_path / "bao-cao.xlsx"
    book.save(path)
    if sender is None:
        with pytest.raises(Stopped):
            registry.receive([path], said())
        return
    (filed,) = registry.receive([path], said())
    assert filed.submission_id.startswith(f"{PERIOD}/{sender}/")
