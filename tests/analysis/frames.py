"""Tables in memory: the project's reference tables, and what a test puts beside them."""

from functools import cache

import pandas as pd

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.load import load_catalogue
from pipelines.orchestration.steps import reference_tables
from tests.reports.small import PROJECT

SCOPE = "huyen-mh-1"


class Frames:
    """Gives frames by name; a table that nobody has filled is empty."""

    def __init__(self, **tables: pd.DataFrame) -> None:
        self.tables = {name.replace("__", "."): frame for name, frame in tables.items()}

    def table(self, name: str, /) -> pd.DataFrame:
        if name in self.tables:
            return self.tables[name]
        found = reference().get(name)
        return table_contract(load_catalogue(), name).empty() if found is None else found


@cache
def reference() -> dict[str, pd.DataFrame]:
    """The reference tables of the project, requests of the tests' periods included."""
    tables = reference_tables(PROJECT, load_catalogue())
    requests = tables["ref.requests"]
    half = requests[(requests["period"] == "2021-H1") & (requests["scope_id"] == SCOPE)]
    own = [half.assign(period=period) for period in ("2021-H2", "2023-H2", "2018-H1")]
    others = requests[~requests["period"].isin(["2021-H2", "2023-H2", "2018-H1"])]
    return tables | {"ref.requests": pd.concat([others, *own], ignore_index=True)}


def made(name: str, rows: list[dict]) -> pd.DataFrame:
    """Rows as a table of the contract; columns that a row leaves out are empty."""
    contract = table_contract(load_catalogue(), name)
    columns = [column.name for column in contract.columns]
    return contract.conform(pd.DataFrame(rows).reindex(columns=columns))


def figure(indicator: str, scope: str = SCOPE, period: str = "2021-H1", **other: object) -> dict:
    """A row of eval.indicator_values that is whole unless it says otherwise."""
    row = {
        "scope_id": scope, "period": period, "indicator": indicator, "view": "as_reported",
        "numerator": 1.0, "denominator": None, "value": 1.0, "state": "value", "text": None,
        "expected_units": 1, "reporting_units": 1, "coverage": 1.0, "lower": 1.0, "upper": 1.0,
        "as_of": pd.Timestamp("2021-06-10 08:00", tz="Asia/Ho_Chi_Minh"), "is_illustrative": True,
    }  # fmt: skip
    return row | other
