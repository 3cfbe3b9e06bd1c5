"""Headings of columns: every frame that notebooks show speaks Vietnamese."""

from pathlib import Path

import pytest

from pipelines.catalogue.headings import HIDDEN, contract_labels, load_headings
from pipelines.catalogue.integrity import CatalogueError


def test_every_heading_is_a_vietnamese_label():
    headings = load_headings()
    assert len(headings) > 100
    for name, entry in headings.items():
        assert entry.label_vi != name
        assert entry.label_vi[0].isupper(), name
    assert headings["unit_id"].kind == HIDDEN


def test_a_column_without_a_heading_has_the_label_of_its_table():
    assert contract_labels()["submission_id"] == "Mã lần nộp"


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("- a text | Đơn vị\n- a text | Xã", "heading a: stands twice"),
        ("- a text |", "has no label"),
        ("- a colour | Đơn vị", "heading"),
    ],
)
def test_a_malformed_line_is_told(lines: str, told: str, tmp_path: Path):
    (tmp_path / "headings.yaml").write_text(lines, encoding="utf-8")
    with pytest.raises(CatalogueError, match=told):
        load_headings(tmp_path)
