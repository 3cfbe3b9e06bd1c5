"""What a trace says of each cell."""

from pipelines.orchestration.period_history import History
from pipelines.orchestration.tracing import Trace, evidence_lines

CELL = {
    "path": "raw/2021-H1/xa-mh-01/01.xlsx",
    "sha256": "0" * 64,
    "sheet": "Biểu 01-XA",
    "type": "int",
    "unit": "Xã minh họa 01",
    "element_label": "Số cuộc đối thoại",
}


def test_a_note_follows_its_cell() -> None:
    cells = [
        CELL | {"cell": "E9", "value": 1200, "note": "tính cả tháng 6"},
        CELL | {"cell": "E10", "value": 3},
    ]
    found = Trace(
        figure_id="2021-H1/xa.dialogues@xa-mh-01",
        release_id="2021-H1/draft",
        label="Số cuộc đối thoại",
        scope="Xã minh họa 01",
        shown_as="1.203",
        numerator=None,
        denominator=None,
        cells=cells,
        counted=[],
        evidence=[],
        is_illustrative=True,
        history=History([], []),
    )
    _, _, noted, bare = evidence_lines(found)
    about = "(Xã minh họa 01: Số cuộc đối thoại)"
    assert noted.strip() == f"Biểu 01-XA!E9 = 1.200  {about} — ghi chú: tính cả tháng 6"
    assert bare.strip() == f"Biểu 01-XA!E10 = 3  {about}"
