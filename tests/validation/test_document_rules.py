import datetime as dt

import pandas as pd
import pytest

from pipelines.catalogue.load import load_catalogue
from pipelines.validation.document_rules import document_findings

CATALOGUE = load_catalogue()
DAY = dt.date(2021, 6, 30)
NO_ROWS = pd.DataFrame(columns=["register_id", "submission_id", "sheet", "column", "letter"])


def entries(*texts, name="note"):
    frame = pd.DataFrame(
        [("s", "trang", f"E{n}", "xa-mh-01", "xa.receptions", t) for n, t in enumerate(texts, 1)],
        columns=["submission_id", "sheet", "cell", "unit_id", "element", name],
    )
    return frame.astype("str")


def cells(found):
    return list(zip(found["cell"], found["found"], strict=True))


@pytest.mark.parametrize("name", ["note", "text"])
def test_texts_and_notes_are_judged_by_the_end_of_the_period(name):
    said = entries("theo nđ 149/2018", "24 vụ", "PL 34/2007", "số 04-nq/hu", name=name)
    found = document_findings(said, {}, NO_ROWS, CATALOGUE, DAY)
    assert cells(found) == [("E1", "nđ 149/2018")]
    later = document_findings(said, {}, NO_ROWS, CATALOGUE, dt.date(2025, 12, 31))
    assert cells(later) == [("E1", "nđ 149/2018"), ("E3", "PL 34/2007"), ("E4", "04-nq/hu")]
    assert "văn bản còn hiệu lực" in later["expected"].iloc[2]


def test_a_row_is_judged_by_its_own_date_at_its_own_cell():
    rows = pd.DataFrame(
        {
            "submission_id": "s",
            "sheet": "sổ",
            "row": [11, 12, 13],
            "unit_id": "xa-mh-01",
            "held_on": pd.to_datetime(["2021-01-31", "2021-02-01", "NaT"]),
            "document_number": ["149/2018/NĐ-CP", "149/2018/NĐ-CP", "149/2018/NĐ-CP"],
        }
    )
    letters = pd.DataFrame(
        [("disseminations", "s", "sổ", "document_number", "E")], columns=NO_ROWS.columns
    )
    found = document_findings(entries(), {"disseminations": rows}, letters, CATALOGUE, DAY)
    assert list(found["cell"]) == ["E12", "E13"]
    assert set(found["element"]) == {"document_number"}


def test_a_document_that_was_replaced_is_named_not_cited():
    rows = pd.DataFrame(
        {
            "submission_id": "s",
            "sheet": "sổ",
            "row": [11],
            "unit_id": "bcd-mh",
            "issued_on": pd.to_datetime(["2021-03-01"]),
            "basis": ["149/2018/NĐ-CP"],
            "supersedes": ["149/2018/NĐ-CP"],
        }
    )
    letters = pd.DataFrame(
        [("unit_documents", "s", "sổ", name, letter) for name, letter in _NAMED],
        columns=NO_ROWS.columns,
    )
    found = document_findings(entries(), {"unit_documents": rows}, letters, CATALOGUE, DAY)
    assert list(found["cell"]) == ["G11"]
    assert "145/2020/NĐ-CP" in found["expected"].iloc[0]


_NAMED = (("basis", "G"), ("supersedes", "H"))
