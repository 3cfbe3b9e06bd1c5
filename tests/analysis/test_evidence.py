"""Documents as the notebooks list them."""

import pandas as pd

from pipelines.analysis.evidence import COLUMNS, evidence
from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.load import load_catalogue
from pipelines.warehouse.reader import Warehouse
from tests.reports.small import PERIOD

PAPERS = [
    ("xa-mh-02", "xa.dialogues", "accepted"),
    ("xa-mh-01", None, "accepted"),
    ("xa-mh-01", "xa.dialogues", "accepted"),
    ("xa-mh-01", "xa.dialogues", "duplicate"),
    (None, None, "accepted"),
]


def filed() -> pd.DataFrame:
    rows = [
        {
            "submission_id": f"{PERIOD}/xa/{number:02d}",
            "period": PERIOD,
            "unit_id": unit,
            "element": element,
            "kind": "Ảnh",
            "number": None,
            "signed_on": None,
            "signer_role": None,
            "title_vi": "Hội nghị",
            "credit": None,
            "status": status,
            "sha256": "a",
            "path": "p",
            "size": 1,
            "is_illustrative": True,
        }
        for number, (unit, element, status) in enumerate(PAPERS)
    ]
    return table_contract(load_catalogue(), "core.evidence").conform(pd.DataFrame(rows))


class WithPapers:
    """The small warehouse with some documents."""

    def __init__(self, wh: Warehouse) -> None:
        self._wh = wh

    def table(self, name: str, /) -> pd.DataFrame:
        return filed() if name == "core.evidence" else self._wh.table(name)


def test_accepted_documents_in_official_order_the_loose_ones_last(wh: Warehouse) -> None:
    frame = evidence(WithPapers(wh), PERIOD)
    assert list(frame.columns) == COLUMNS
    assert [row[-2:] for row in frame["submission_id"]] == ["02", "00", "01", "04"]
    assert list(frame["unit"][:2]) == ["Xã minh họa 01", "Xã minh họa 02"]
    assert list(frame["title"].unique()) == ["Hội nghị"]
    assert frame["element_label"].notna().tolist() == [True, True, False, False]


def test_a_period_without_documents_is_empty(wh: Warehouse) -> None:
    assert evidence(wh, PERIOD).empty
    assert evidence(WithPapers(wh), "2020-H1").empty
