"""A year of ticks in seconds: what is asked for and written down; runs only give receipts.

The year with real runs is ``test_simulated_year``.
"""

import datetime as dt
import functools
from pathlib import Path

import pytest

from pipelines.catalogue.load import load_catalogue
from pipelines.definitions import build_defs
from pipelines.intake.journal import read_journal
from pipelines.intake.period_states import period_events
from pipelines.orchestration import clock
from pipelines.orchestration.automation import WHO
from pipelines.orchestration.inputs import inputs_fingerprint
from pipelines.orchestration.receiving import late_files, receive_new
from pipelines.orchestration.steps import journal_path
from pipelines.warehouse.manifest import Manifest, commit, read_manifest
from tests.end_to_end import simulated
from tests.end_to_end.simulated import Office, moment, open_office

HALVES = ("2020-H1", "2020-H2")
SENDER = "nv-mh"


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    def evaluated(root: Path, period: str, *_: object) -> None:
        """Receipts, and tables of which only is known what they follow from."""
        receive_new(root, period, [SENDER], at=clock.now(), who="qcdc")
        made_from = {period: inputs_fingerprint(root, load_catalogue(), period)}
        commit(root, Manifest(inputs=read_manifest(root).inputs | made_from))

    monkeypatch.setattr(simulated, "evaluate", evaluated)
    monkeypatch.setattr(simulated, "build_defs", functools.cache(build_defs))
    return open_office(tmp_path, HALVES, moment("2020-05-04"), monkeypatch)


def steps(office: Office, period: str) -> list[tuple[str, str]]:
    events = period_events(read_journal(journal_path(office.root, period)).entries)
    assert {event.who for event in events} <= {WHO}
    return [(event.action, event.at[:10]) for event in events]


def test_a_year_of_ticks_writes_each_step_once(office: Office) -> None:
    office.at(moment("2020-05-05", 0))
    office.hour()
    for number in range(3):
        office.deliver("2020-H1", SENDER, f"{number}.xlsx", b"%d" % number)
        office.look()  # a flood: not asked for while files come
    assert office.runs == []
    office.rest()
    office.hour()
    assert office.runs == ["2020-H1"]

    office.at(moment("2020-12-01"))  # slept through the closing, the lock, the next opening
    office.hour()
    assert office.runs == ["2020-H1", "2020-H1"]  # closed, and evaluated before it is locked
    office.at(office.now + dt.timedelta(hours=1))
    office.hour()
    office.deliver("2020-H1", SENDER, "late.xlsx", b"late")
    office.deliver("2020-H2", SENDER, "0.xlsx", b"0")
    office.rest()
    assert office.runs[2:] == ["2020-H2"]  # the locked one is left alone
    assert [Path(path).name for path, _ in late_files(office.root, "2020-H1")] == ["late.xlsx"]

    for day in ("2020-12-08", "2021-01-07", "2021-01-08"):
        office.at(moment(day, 0))
        office.hour()
        office.at(moment(day, 1))
        office.hour()
        office.rest()
    assert office.runs[3:] == ["2020-H2"]
    assert steps(office, "2020-H1") == [
        ("open", "2020-05-05"),
        ("close", "2020-12-01"),
        ("lock", "2020-12-01"),
    ]
    assert steps(office, "2020-H2") == [
        ("open", "2020-12-01"),
        ("close", "2020-12-08"),
        ("lock", "2021-01-07"),
    ]
