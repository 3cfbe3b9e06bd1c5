"""The papers of the small warehouse: what stands in which copy, and what must not."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from pipelines.orchestration.paper_material import material_of
from pipelines.reports.composed import brief, conclusion, lookup, signing
from pipelines.reports.composed.material import Letter, Material
from pipelines.reports.papers.model import Document, Head, Paragraph, Signature, Table
from pipelines.warehouse.reader import Warehouse
from tests.reports.small import LATE, PERIOD, RETURNED, SCOPE, SILENT

HEAD = Head(
    family="party",
    superior="HUYỆN ỦY",
    body="BAN CHỈ ĐẠO",
    symbol="BC/BCĐ",
    place="Huyện minh họa",
    kind="BÁO CÁO",
    summary="Kết quả; phương hướng",
    year=2021,
)
LETTER = Letter(
    report=HEAD,
    notice=replace(HEAD, kind="THÔNG BÁO", symbol="TB/BCĐ"),
    signature=Signature("T/M BAN CHỈ ĐẠO", "TRƯỞNG BAN"),
    recipients=("Ban Thường vụ Huyện ủy", "Lưu"),
)


@pytest.fixture(scope="module")
def material(wh: Warehouse, small_root: Path) -> Material:
    return material_of(wh, small_root, PERIOD)


def tables(doc: Document) -> list[Table]:
    blocks = [*doc.blocks, *(block for annex in doc.annexes for block in annex.blocks)]
    return [block for block in blocks if isinstance(block, Table)]


def words(doc: Document) -> str:
    texts = [block.text for block in doc.blocks if isinstance(block, Paragraph)]
    texts += [run.text for table in tables(doc) for row in table.rows for run in row.cells]
    return "\n".join([*texts, *(table.title for table in tables(doc))])


def test_the_signed_copy_names_nobody_as_late_and_links_nothing(material: Material):
    doc = signing.compose(material, LETTER)
    titles = " ".join(table.title for table in tables(doc))
    assert doc.evidence_base is None
    assert doc.signature == LETTER.signature
    assert doc.recipients == LETTER.recipients
    assert "nộp trễ" not in titles
    assert "Danh sách báo cáo chưa có" not in titles


def test_the_lookup_copy_opens_its_annexes_with_the_missing_reports(material: Material):
    doc = lookup.compose(material, LETTER)
    first = next(block for block in doc.annexes[0].blocks if isinstance(block, Table))
    assert first.title.startswith("Danh sách báo cáo chưa có")
    named = material.checked.reports.set_index("unit_id")["unit"]
    told = {row.cells[1].text for row in first.rows}
    assert {named[SILENT], named[RETURNED]} <= told
    late = next(table for table in tables(doc) if table.title == "Báo cáo nộp trễ hạn")
    assert [row.cells[1].text for row in late.rows] == [named[LATE]]
    assert doc.evidence_base == "minh-chung/"
    assert doc.signature is None


def test_official_tables_have_the_same_numbers_in_both_copies(material: Material):
    signed = {table.title: table.number for table in tables(signing.compose(material, LETTER))}
    looked_up = {table.title: table.number for table in tables(lookup.compose(material, LETTER))}
    shared = {title for title, number in signed.items() if number and title in looked_up}
    assert len(shared) > 5
    assert all(signed[title] == looked_up[title] for title in shared)


def test_communes_stand_in_official_order_with_the_town_first_and_a_total(material: Material):
    doc = signing.compose(material, LETTER)
    table = next(t for t in tables(doc) if t.title.startswith("Dân biết: số liệu của các xã"))
    names = [row.cells[1].text for row in table.rows]
    assert names[0] == "Thị trấn minh họa"
    assert names[1:-1] == sorted(names[1:-1])
    assert names[-1] == "Tổng cộng"
    assert table.rows[-1].strong


def test_a_rate_has_its_parts_beside_it_and_a_formula(material: Material):
    doc = signing.compose(material, LETTER)
    for table in tables(doc):
        for n, column in enumerate(table.columns):
            if column.label != "Tỷ lệ" or not column.formula:
                continue
            for row in table.rows:
                numbers = row.values  # noqa: PD011 — of a Row, which is no frame
                top, bottom, rate = numbers[n - 2 : n + 1] if numbers else (None,) * 3
                if top is not None and bottom and rate is not None and not pd.isna(rate):
                    assert rate == pytest.approx(100 * top / bottom)
                    break
            else:
                continue
            assert column.formula.endswith("×100")
            return
    pytest.fail("no rate with its parts")


def test_what_is_missing_is_never_a_zero(material: Material):
    frame = material.units["commune"]
    missing = frame[frame["state"] == "missing"]
    assert len(missing)
    row = missing.iloc[0]
    doc = signing.compose(material, LETTER)
    cells = [
        cells.cells[n].text
        for table in tables(doc)
        for n, column in enumerate(table.columns)
        if row["label"] in {column.group, column.label, f"{column.label}"}
        for cells in table.rows
        if len(cells.cells) > 1 and cells.cells[1].text == row["unit"]
    ]
    assert "…" in cells
    assert "0" not in cells


def test_the_brief_has_every_headline_figure_and_links_it(material: Material):
    doc = brief.compose(material, LETTER)
    figures = {run.figure for t in tables(doc) for row in t.rows for run in row.cells if run.figure}
    assert figures >= set(material.headline["figure_id"])
    assert f"{PERIOD}/dn.conference_rate@{SCOPE}" in figures


def test_a_brief_with_far_too_much_to_tell_loses_rows_and_says_how_many(material: Material):
    work = material.work
    one = pd.DataFrame(
        {
            "unit_id": ["xa-mh-01"] * 60,
            "unit": [f"Xã minh họa {n:02d}" for n in range(60)],
            "official_order": range(60),
            "reasons": 1,
            "text": "Số liệu gửi lên có 1 điểm cần xem lại.",
        }
    )
    tasks = pd.DataFrame(
        {
            "task": [f"Việc thứ {n}" for n in range(60)],
            "owner": "Cơ quan thường trực",
            "due_on": pd.Timestamp("2021-03-01"),
            "status": "Chưa thực hiện",
            "is_open": True,
            "is_overdue": True,
        }
    )
    full = replace(material, work=replace(work, hot_spots=one, tasks=tasks))
    doc = brief.compose(full, LETTER)
    said = words(doc)
    assert "đơn vị nữa ở bản tra cứu." in said
    assert "việc nữa ở bản tra cứu." in said
    assert len(doc.blocks) < 60


def test_the_notice_leaves_days_to_people_and_names_no_unit(material: Material):
    doc = conclusion.compose(material, LETTER)
    said = words(doc)
    assert "…/…/" in said
    assert material.checked.reports.set_index("unit_id")["unit"][SILENT] not in said
    figures = {run.figure for b in doc.blocks if isinstance(b, Paragraph) for run in b.runs}
    assert set(material.headline["figure_id"]) <= figures
