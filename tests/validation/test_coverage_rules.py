"""Every commune has one who answers for it on the day that the figures speak of."""

import datetime as dt

import pandas as pd

from pipelines.catalogue.load import load_catalogue
from pipelines.validation.coverage_rules import coverage_findings

CATALOGUE = load_catalogue()
DAY = dt.date(2021, 6, 30)
UNITS = pd.DataFrame(
    [
        ("huyen", "district", "huyen", None, "2016-01-01", None),
        ("xa-1", "commune", "xa", "huyen", "2016-01-01", None),
        ("xa-2", "commune", "xa", "huyen", "2016-01-01", None),
        ("xa-cu", "commune", "xa", "huyen", "2016-01-01", "2019-12-31"),
        ("cq-1", "agency", "co_quan", "huyen", "2016-01-01", None),
        ("xa-9", "commune", "xa", "huyen-khac", "2016-01-01", None),
    ],
    columns=["unit_id", "unit_type", "kind", "parent_id", "valid_from", "valid_to"],
)
UNITS = UNITS.assign(
    name="Xã " + UNITS["unit_id"],
    official_order=range(len(UNITS)),
    valid_from=pd.to_datetime(UNITS["valid_from"]),
    valid_to=pd.to_datetime(UNITS["valid_to"]),
)


def assigned(*lines: tuple[str, str, str | None]) -> dict[str, pd.DataFrame]:
    frame = pd.DataFrame(lines, columns=["unit", "valid_from", "valid_to"])
    frame = frame.assign(submission_id="s", sheet="Phân công")
    for name in ("valid_from", "valid_to"):
        frame[name] = pd.to_datetime(frame[name])
    return {"assignments": frame}


def missing(rows: dict[str, pd.DataFrame], data_to: str | None = None) -> list[str]:
    sent = pd.DataFrame({"submission_id": ["s"], "speaks_for": ["huyen"], "data_to": [data_to]})
    return list(coverage_findings(sent, rows, UNITS, CATALOGUE, DAY)["found"])


def test_all_communes_of_the_scope_and_only_they() -> None:
    both = assigned(("xa-1", "2021-01-01", None), ("xa-2", "2021-01-01", "2021-12-31"))
    assert missing(both) == []
    assert missing(assigned(("xa-1", "2021-01-01", None))) == ["1 đơn vị (Xã xa-2)"]
    assert missing(assigned(("cq-1", "2021-01-01", None))) == ["2 đơn vị (Xã xa-1, Xã xa-2)"]


def test_the_day_of_the_cut_off_counts() -> None:
    late = assigned(("xa-1", "2021-06-01", None), ("xa-2", "2021-01-01", None))
    assert missing(late) == []
    assert missing(late, "2021-05-31") == ["1 đơn vị (Xã xa-1)"]
    ended = assigned(("xa-1", "2021-01-01", "2021-06-15"), ("xa-2", "2021-01-01", None))
    assert missing(ended, "2021-06-15") == []
    assert missing(ended) == ["1 đơn vị (Xã xa-1)"]


def test_a_register_without_a_row_is_not_there() -> None:
    assert missing({}) == []
    assert missing({"assignments": assigned()["assignments"]}) == []
