"""An estimate and a final report of one office; a request with a later cut-off."""

import datetime as dt
import shutil
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from pipelines.catalogue.load import load_catalogue
from pipelines.orchestration import steps
from pipelines.orchestration.blank_forms import FormOffice
from pipelines.orchestration.period_facts import period_row
from pipelines.orchestration.receiving import receive_new

from .clerk import Typist, compulsory_values
from .conftest import ROOT
from .test_by_data_alone import read_here

PERIOD, NEXT, OFFICE, SCOPE, FORM = "2021-H1", "2021-H2", "nv-mh", "huyen-mh-1", "noivu-2021"
POSTS = "nv.posts_streamlined"
DUE = {"estimate": "2021-06-04", "final": "2021-07-05"}
DATA_TO = {"estimate": "2021-05-31", "final": "2021-06-30"}
SAID = {"estimate": 37, "final": 41}
_ZONE = dt.timezone(dt.timedelta(hours=7))
SENT = {
    "estimate": dt.datetime(2021, 6, 3, 9, tzinfo=_ZONE),
    "final": dt.datetime(2021, 7, 6, 9, tzinfo=_ZONE),
}


@dataclass
class Rounds:
    """Tables after the estimate, and after the final report beside it."""

    first: dict[str, pd.DataFrame]
    both: dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def rounds(tmp_path_factory: pytest.TempPathFactory) -> Rounds:
    root = tmp_path_factory.mktemp("rounds")
    shutil.copytree(ROOT / "raw" / "reference", root / "raw" / "reference")
    ask(root / "raw" / "reference" / "requests.csv")
    return Rounds(first=after(root, "estimate"), both=after(root, "final"))


def ask(path: Path) -> None:
    """Home affairs is asked twice, with another due date and cut-off each time."""
    model = pd.read_csv(path, dtype="str").iloc[0].to_dict()
    asked = [
        model
        | {"request_id": f"cv-{name}", "scope_id": SCOPE, "period": PERIOD, "round": name}
        | {"form": FORM, "due_date": DUE[name], "data_to": DATA_TO[name]}
        for name in DUE
    ]
    pd.DataFrame(asked).to_csv(path, index=False)


def after(root: Path, name: str) -> dict[str, pd.DataFrame]:
    """Send a round's report and evaluate everything received so far."""
    catalogue = load_catalogue()
    office = FormOffice(root, catalogue)
    (blank,) = [form for form in office.for_unit(OFFICE, PERIOD) if form.round == name]
    path = root / "raw" / PERIOD / OFFICE / blank.file_name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(office.workbook(blank))
    typist = Typist(path, catalogue, blank.form)
    usual = compulsory_values(catalogue, blank.form)
    typist.enter({**usual, "nv.units_after_merger": 2, POSTS: SAID[name]})
    typist.book.save(path)
    receive_new(root, PERIOD, [OFFICE], at=SENT[name], who="kiểm thử")
    tables = steps.ingest(root, catalogue, PERIOD, read=read_here)
    as_of = steps.period_as_of(root, PERIOD)
    return tables | steps.evaluate_values(catalogue, PERIOD, tables, as_of)


def value(tables: dict[str, pd.DataFrame]) -> float:
    values = tables["eval.indicator_values"]
    chosen = values["indicator"].eq(POSTS) & values["view"].eq("as_reported")
    return float(values.loc[chosen & values["scope_id"].eq(SCOPE), "value"].iloc[0])


def test_the_final_report_stands_over_the_estimate_and_both_stay_visible(rounds: Rounds) -> None:
    assert (value(rounds.first), value(rounds.both)) == (SAID["estimate"], SAID["final"])
    sent = rounds.both["intake.submissions"].set_index("round")
    assert set(sent.index) == {"estimate", "final"}
    assert sent["status"].str.startswith("accepted").all()
    observed = rounds.both["core.observations"]
    cell = observed[(observed["element"] == POSTS) & observed["submission_id"].notna()].iloc[0]
    assert cell["submission_id"] == sent.loc["final", "submission_id"]
    estimated = [
        tables["core.observations"].set_index("element").loc[POSTS, "is_estimate"]
        for tables in (rounds.first, rounds.both)
    ]
    assert estimated == [True, False]


def test_every_round_has_its_own_due_date(rounds: Rounds) -> None:
    reports = rounds.both["core.reporting"].set_index("round")
    assert reports["state"].to_dict() == {"estimate": "on_time", "final": "late"}
    first = rounds.first["core.reporting"].set_index("round")["state"]
    assert first.to_dict() == {"estimate": "on_time", "final": "missing"}


def test_events_lie_until_the_cut_off_and_the_next_period_begins_after_it(rounds: Rounds) -> None:
    row, following = (period_row(rounds.both, period) for period in (PERIOD, NEXT))
    assert row["window_to"] == dt.date(2021, 6, 30)
    assert following["window_from"] == dt.date(2021, 7, 1)
    # an earlier cut-off leaves the calendar's days: what is not yet known is an estimate
    requests = rounds.both["ref.requests"]
    only = {**rounds.both, "ref.requests": requests[requests["round"] == "estimate"]}
    assert period_row(only, PERIOD)["window_to"] == dt.date(2021, 6, 14)
    assert period_row(only, NEXT)["window_from"] == dt.date(2021, 6, 15)
