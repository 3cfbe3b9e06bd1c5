import os
import stat
from pathlib import Path

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject, PdfObject

from pipelines.reports.papers import pdf
from tests.reports.papers.every_block import LETTERS

# what LibreOffice takes instead of a font that lacks a letter would be another one
FONTS = {"LiberationSerif", "NotoSerif"}


def entries(found: PdfObject) -> DictionaryObject:
    told = found.get_object()
    assert isinstance(told, DictionaryObject)
    return told


@pytest.mark.parametrize("family", ["party", "state"])
def test_every_font_is_embedded_and_has_every_letter(
    pdf_files: dict[str, Path], family: str
) -> None:
    found: dict[str, bool] = {}
    text = ""
    for page in PdfReader(pdf_files[family]).pages:
        text += page.extract_text()
        for font in entries(entries(page["/Resources"])["/Font"]).values():
            described = entries(entries(font)["/FontDescriptor"])
            name = str(described["/FontName"]).split("+")[-1].split("-")[0]
            found[name] = any(f"/FontFile{n}" in described for n in ("", 2, 3))
    assert set(found) == FONTS == pdf.fonts_of(pdf_files[family].read_bytes())
    assert all(found.values())
    missing = [letter for letter in set(LETTERS) if letter.strip() and letter not in text]
    assert missing == []


def test_pages_are_a4_and_annexes_lie_down(pdf_files: dict[str, Path]) -> None:
    pages = PdfReader(pdf_files["party"]).pages
    sizes = [(round(float(p.mediabox.width)), round(float(p.mediabox.height))) for p in pages]
    assert sizes[0] == (595, 842)
    assert (842, 595) in sizes
    marks = ["SỐ LIỆU MINH HỌA" in page.extract_text() for page in pages]
    assert all(marks)


def test_headings_are_a_way_through_the_pdf(pdf_files: dict[str, Path]) -> None:
    told = [entry for entry in PdfReader(pdf_files["state"]).outline if isinstance(entry, dict)]
    titles = [str(entry["/Title"]) for entry in told]
    assert titles[0] == "I. CÔNG TÁC LÃNH ĐẠO, CHỈ ĐẠO, TỔ CHỨC THỰC HIỆN"
    assert any(title.startswith("Phụ lục II") for title in titles)


def test_words_of_a_content_control_are_no_form_field(pdf_files: dict[str, Path]) -> None:
    reader = PdfReader(pdf_files["state"])
    assert not reader.get_fields()
    assert "52.620" in reader.pages[0].extract_text()


def test_a_pdf_has_no_clock(pdf_files: dict[str, Path]) -> None:
    raw = pdf_files["party"].read_bytes()
    assert b"(D:19980218000000" in raw
    assert raw == pdf.stamped(raw)
    other = raw.replace(b"(D:19980218000000", b"(D:20261125024500")
    assert other != raw
    assert pdf.stamped(other) == raw


def test_lengths_stay_when_a_pdf_is_stamped() -> None:
    raw = b"/CreationDate(D:20261125024500+07'00')/ID [<" + b"A1" * 16 + b"><" + b"b2" * 16 + b">]"
    told = pdf.stamped(raw)
    assert len(told) == len(raw)
    assert told.count(b"0" * 32) == 2
    assert b"+07'00')" in told


def test_without_libreoffice_it_says_so_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("QCDC_NO_PDF", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert pdf.to_pdf([tmp_path / "a.docx"], tmp_path / "out") == []
    assert "LibreOffice is not installed" in caplog.text
    assert not (tmp_path / "out").exists()


def test_the_switch_does_without(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program(tmp_path, "exit 1", monkeypatch)
    assert pdf.program() == tmp_path / "soffice"
    monkeypatch.setenv("QCDC_NO_PDF", "1")
    assert pdf.program() is None
    assert pdf.program({"QCDC_NO_PDF": "0", "PATH": str(tmp_path)}) == tmp_path / "soffice"


def test_a_failing_libreoffice_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, "echo 'no display' >&2; exit 77", monkeypatch)
    with pytest.raises(pdf.PdfError, match="code 77: no display"):
        pdf.to_pdf([tmp_path / "a.docx"], tmp_path / "out")


def test_a_font_nobody_chose_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    script = """
    while [ "$1" != --outdir ]; do shift; done
    mkdir -p "$2"; echo '/FontName/BAAAAA+DejaVuSerif-Bold /FontName/Tinos' > "$2/a.pdf"
    """
    program(tmp_path, script, monkeypatch)
    assert pdf.to_pdf([tmp_path / "a.docx"], tmp_path / "out") == [tmp_path / "out" / "a.pdf"]
    assert "a.docx: some letters are set in DejaVuSerif;" in caplog.text


def test_a_paper_left_out_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, "exit 0", monkeypatch)
    with pytest.raises(pdf.PdfError, match=r"no PDF of a\.docx"):
        pdf.to_pdf([tmp_path / "a.docx"], tmp_path / "out")


def test_no_papers_need_no_program(tmp_path: Path) -> None:
    assert pdf.to_pdf([], tmp_path) == []


def program(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder / "soffice"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("QCDC_NO_PDF", raising=False)
