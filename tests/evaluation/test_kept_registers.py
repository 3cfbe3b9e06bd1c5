"""A register that units keep themselves: silence is unknown, never zero."""

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.measures import Display, RowsMeasure
from pipelines.catalogue.model import Indicator
from pipelines.catalogue.reference import read_facts
from pipelines.evaluation.indicators import indicator_values

CATALOGUE = load_catalogue()
UNITS = read_facts(CATALOGUE, Path(__file__).parents[2] / "raw" / "reference", "units")
PERIOD = {
    "period": "2021-H1",
    "starts_on": dt.date(2021, 1, 1),
    "ends_on": dt.date(2021, 6, 30),
    "window_from": dt.date(2020, 12, 15),
    "window_to": dt.date(2021, 6, 14),
}
COUNTED = Indicator(
    id="t.rows",
    label_vi="Số dòng",
    label_en="Rows",
    definition_vi="Số dòng trong sổ của các xã.",
    section="II.1",
    population="qcdc_communes",
    numerator=RowsMeasure(kind="rows", register_id="dossiers"),
    per_unit=True,
    display=Display(format="count"),
)


def values(known: frozenset[str]) -> dict[str, dict[str, Any]]:
    catalogue = CATALOGUE.model_copy(update={"indicators": {"t.rows": COUNTED}})
    rows = pd.DataFrame(
        {"unit_id": sorted(known), "period": "2021-H1", "is_illustrative": True}
    ).astype({"unit_id": "str"})
    found = indicator_values(
        observations=table_contract(CATALOGUE, "core.observations").empty(),
        registers={"dossiers": rows},
        register_known={"dossiers": known},
        reporting=table_contract(CATALOGUE, "core.reporting").empty(),
        units=UNITS,
        catalogue=catalogue,
        period=PERIOD,
        scopes=["huyen-mh-1", "xa-mh-01", "xa-mh-02"],
        as_of=dt.datetime(2021, 6, 10, tzinfo=dt.UTC),
    )
    return {
        str(row["scope_id"]): {str(key): value for key, value in row.items()}
        for row in found.to_dict("records")
    }


def test_one_of_sixteen_is_one_of_sixteen():
    found = values(frozenset({"xa-mh-01"}))
    whole = found["huyen-mh-1"]
    assert (whole["numerator"], whole["expected_units"], whole["reporting_units"]) == (1, 16, 1)
    assert pd.isna(whole["upper"])
    assert found["xa-mh-01"]["state"] == "value"
    assert found["xa-mh-02"]["state"] == "missing"


def test_nobody_is_missing_not_zero():
    whole = values(frozenset())["huyen-mh-1"]
    assert whole["state"] == "missing"
    assert pd.isna(whole["numerator"])
