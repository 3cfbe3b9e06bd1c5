"""Composed periods on the project's own calendar and a small map that changes in the middle."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.model import Catalogue, UnitsMeasure
from pipelines.catalogue.periods import period_frame
from pipelines.evaluation.longer import halves_in, wider
from pipelines.intake.journal import append
from pipelines.orchestration import steps
from pipelines.orchestration.period_facts import period_row
from pipelines.orchestration.wholes import Composer

DISTRICT, PROVINCE = "huyen-t", "tinh-t"
MERGED, LATER = dt.date(2025, 7, 1), "2025-H2"
FLOW, STOCK = "xa.dialogues", "xa.villages_total"
INDICATOR = "xa.dialogues"
Said = Mapping[str, int | None]
AT = "2025-06-02T09:00:00+07:00"


def unit(unit_id: str, kind: str, parent: str | None, *, ended: bool, new: bool) -> dict:
    types = {"xa": "commune", "huyen": "district", "tinh": "province"}
    return {
        "unit_id": unit_id,
        "unit_type": types[kind],
        "kind": kind,
        "code": unit_id,
        "name": unit_id,
        "parent_id": parent,
        "valid_from": MERGED if new else dt.date(2016, 1, 1),
        "valid_to": MERGED - dt.timedelta(days=1) if ended else None,
        "official_order": 1,
        "is_illustrative": True,
        "source": "test",
    }


UNITS = [
    unit(DISTRICT, "huyen", None, ended=True, new=False),
    unit(PROVINCE, "tinh", None, ended=False, new=True),
    *(unit(f"xa-{name}", "xa", DISTRICT, ended=True, new=False) for name in "abc"),
    unit("xa-n", "xa", PROVINCE, ended=False, new=True),
    unit("xa-c2", "xa", PROVINCE, ended=False, new=True),
]
WENT = [
    (DISTRICT, PROVINCE, "transfer"),
    ("xa-a", "xa-n", "merge"),
    ("xa-b", "xa-n", "merge"),
    ("xa-c", "xa-c2", "rename"),
]


def request(period: str) -> dict:
    form, scope = ("xa-2025", PROVINCE) if period >= LATER else ("xa-2021", DISTRICT)
    day = dt.date(int(period[:4]), 6, 10)
    return {
        "request_id": f"cv-{period}",
        "scope_id": scope,
        "period": period,
        "round": "final",
        "form": form,
        "due_date": day,
        "data_to": day,
        "number": None,
        "is_illustrative": True,
        "source": "test",
    }


def reference(catalogue: Catalogue, periods: list[str]) -> dict[str, pd.DataFrame]:
    names = [n for n in steps.ingest_tables(catalogue) if n.startswith("ref.")]
    empty = {name: table_contract(catalogue, name).empty() for name in names}
    successions = [
        {"predecessor": a, "successor": b, "kind": kind, "share": "whole", "on": MERGED,
         "basis": "test", "basis_share": None}
        for a, b, kind in WENT
    ]  # fmt: skip
    rows = {
        "ref.units": pd.DataFrame(UNITS),
        "ref.unit_successions": pd.DataFrame(successions),
        "ref.requests": pd.DataFrame([request(period) for period in periods]),
    }
    conformed = {name: table_contract(catalogue, name).conform(f) for name, f in rows.items()}
    return empty | conformed | {"ref.periods": period_frame(catalogue.periods)}


def observed(catalogue: Catalogue, period: str, said: Said) -> pd.DataFrame:
    """The same figure as flow and as stock of every unit."""
    rows = [
        {
            "unit_id": who, "period": period, "element": element, "value": value,
            "qualifier": "=" if value else None, "text": None, "note": None,
            "state": "missing" if value is None else "value" if value else "zero", "decided": None,
            "source": "form", "provider": who, "submission_id": f"{period}/{who}/01",
            "sheet": "Biểu", "cell": "E9", "is_estimate": False, "is_illustrative": True,
        }
        for who, value in said.items()
        for element in (FLOW, STOCK)
    ]  # fmt: skip
    return table_contract(catalogue, "core.observations").conform(pd.DataFrame(rows))


def composer(
    root: Path, catalogue: Catalogue, said: Mapping[str, Said], asked: list[str]
) -> Composer:
    """A composer of periods whose units said so much; every period that said has a receipt."""
    tables = reference(catalogue, asked)
    names = [n for n in steps.ingest_tables(catalogue) if not n.startswith("ref.")]
    empty = {name: table_contract(catalogue, name).empty() for name in names}
    for period in said:
        receipt = {
            "at": AT, "who": "kiểm thử", "event": "received", "sha256": "0" * 64,
            "submission_id": f"{period}/a/01", "path": f"raw/{period}/a/a.xlsx",
        }  # fmt: skip
        append(steps.journal_path(root, period), receipt)

    def leaf(period: str) -> dict[str, pd.DataFrame] | None:
        if period not in said:
            return None
        return tables | empty | {"core.observations": observed(catalogue, period, said[period])}

    return Composer(root, catalogue, leaf, tables)


def values(made: Composer, period: str, view: str) -> dict[str, pd.Series]:
    found = made.values(period)
    rows = found[(found["indicator"] == INDICATOR) & (found["view"] == view)]
    return {str(row["scope_id"]): row for _, row in rows.iterrows()}


@pytest.mark.parametrize("view", ["as_reported", "as_today"])
def test_a_year_across_a_merger_counts_everybody_once(
    tmp_path: Path, catalogue: Catalogue, view: str
) -> None:
    said = {
        "2025-H1": {"xa-a": 1, "xa-b": 20, "xa-c": 300},
        "2025-H2": {"xa-n": 4000, "xa-c2": 50000},
    }
    made = composer(tmp_path, catalogue, said, [*said])
    found = values(made, "2025", view)
    # an ended unit has no year; what it had is in that of the unit it went into
    assert {scope: row["value"] for scope, row in found.items()} == {
        PROVINCE: 54321,
        "xa-n": 4021,
        "xa-c2": 50300,
    }
    assert found[PROVINCE]["coverage"] == 1
    year = made.whole("2025")
    stocks = year.observed[year.observed["element"] == STOCK].set_index("unit_id")["value"]
    assert stocks.to_dict() == {"xa-n": 4000, "xa-c2": 50000}
    origins = year.origins[year.origins["element"] == FLOW]
    assert sorted(origins.loc[origins["unit_id"] == "xa-n", "submission_id"]) == [
        "2025-H1/xa-a/01",
        "2025-H1/xa-b/01",
        "2025-H2/xa-n/01",
    ]


def test_a_silent_predecessor_leaves_the_year_unknown(tmp_path: Path, catalogue: Catalogue) -> None:
    # xa-b owed a report and sent none
    said = {
        "2025-H1": {"xa-a": 1, "xa-b": None, "xa-c": 300},
        "2025-H2": {"xa-n": 4000, "xa-c2": 50000},
    }
    made = composer(tmp_path, catalogue, said, [*said])
    found = values(made, "2025", "as_reported")
    assert found["xa-n"]["state"] == "missing"
    assert found["xa-c2"]["value"] == 50300
    assert (found[PROVINCE]["value"], found[PROVINCE]["coverage"]) == (50300, 0.5)


def test_a_review_carries_every_year_to_its_last_day(tmp_path: Path, catalogue: Catalogue) -> None:
    halves = [f"{year}-H{half}" for year in range(2021, 2025) for half in (1, 2)]
    said = {half: {"xa-a": 1, "xa-b": 2, "xa-c": 3} for half in [*halves, "2025-H1"]}
    said |= {"2025-H2": {"xa-n": 10, "xa-c2": 20}}
    made = composer(tmp_path, catalogue, said, [*said])
    found = values(made, "2021-2025", "as_reported")
    assert found["xa-n"]["value"] == 9 * 3 + 10
    assert found["xa-c2"]["value"] == 9 * 3 + 20
    assert found[PROVINCE]["value"] == 9 * 6 + 30


def test_quarters_and_months_make_what_nothing_is_asked_for(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    months = {f"2021-0{n}": {"xa-a": n, "xa-b": 0, "xa-c": 0} for n in (1, 2, 3)}
    quarters = {f"2021-Q{n}": {"xa-a": 10 * n, "xa-b": 0, "xa-c": 0} for n in (2, 3, 4)}
    every = {**months, **quarters}
    made = composer(tmp_path, catalogue, every, [*every])
    wanted = {
        "2021-Q1": 6,
        "2021-H1": 6 + 20,
        "2021-9M": 6 + 20 + 30,
        "2021-H2": 30 + 40,
        "2021": 6 + 20 + 30 + 40,
    }
    wholes = {period: made.whole(period).observed for period in wanted}
    said = {
        period: table[table["unit_id"] == "xa-a"].set_index("element")["value"]
        for period, table in wholes.items()
    }
    assert {period: values[FLOW] for period, values in said.items()} == wanted
    assert {period: values[STOCK] for period, values in said.items()} == {
        "2021-Q1": 3, "2021-H1": 20, "2021-9M": 30, "2021-H2": 40, "2021": 40,
    }  # fmt: skip


def test_what_is_owed_goes_by_the_length_of_a_period(catalogue: Catalogue) -> None:
    periods = {"ref.periods": period_frame(catalogue.periods)}

    def months(period: str) -> float:
        rate = wider(catalogue, halves_in(period_row(periods, period))).indicators[
            "xa.schedule_rate"
        ]
        assert isinstance(rate.denominator, UnitsMeasure)
        return rate.denominator.times

    assert [months(f"2021{end}") for end in ("-02", "-Q3", "-H2", "-9M", "")] == [1, 3, 6, 9, 12]
    assert months("2016-2020") == 60
