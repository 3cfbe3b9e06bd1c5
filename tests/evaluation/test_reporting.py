"""Who owed a report, and whether an acceptable one came in time."""

import datetime as dt

import pandas as pd
import pytest

from pipelines.catalogue.contracts import table_contract
from pipelines.evaluation.reporting import reporting

EARLY, DUE_NIGHT, LATE = (
    "2021-06-01T08:00:00+07:00",
    "2021-06-04T23:59:00+07:00",
    "2021-06-05T00:01:00+07:00",
)


@pytest.fixture
def table(catalogue, units, submissions):
    """core.reporting by (unit_id, form) for receipts and requests (form, round, due date)."""

    def build(
        receipts, requests=(("xa-2021", "estimate", "2021-06-04"),), by=("unit_id",), evidence=None
    ):
        asked = pd.DataFrame(
            [
                {
                    "request_id": f"cv-{number}",
                    "scope_id": "h",
                    "period": "2021-H1",
                    "round": round_,
                    "form": form,
                    "due_date": due,
                    "data_to": "2021-05-31",
                    "number": None,
                    "is_illustrative": False,
                    "source": "test",
                }
                for number, (form, round_, due) in enumerate(requests)
            ],
            columns=[c.name for c in table_contract(catalogue, "ref.requests").columns],
        )
        made = reporting(
            requests=table_contract(catalogue, "ref.requests").conform(asked),
            submissions=submissions(*receipts),
            units=units,
            catalogue=catalogue,
            period="2021-H1",
            period_end=dt.date(2021, 6, 30),
            evidence=evidence,
        )
        return made.set_index(list(by))

    return build


@pytest.mark.parametrize(
    ("receipts", "state", "received_at", "versions"),
    [
        ([], "missing", None, 0),
        ([(EARLY, "accepted")], "on_time", EARLY, 1),
        ([(DUE_NIGHT, "accepted_with_warnings")], "on_time", DUE_NIGHT, 1),
        ([(LATE, "accepted")], "late", LATE, 1),
        ([(EARLY, "superseded"), (LATE, "accepted")], "on_time", EARLY, 2),
        ([(EARLY, "returned"), (LATE, "accepted")], "late", LATE, 2),
        ([(EARLY, "returned"), (LATE, "returned")], "returned", LATE, 2),
        ([(EARLY, "accepted"), (LATE, "returned")], "on_time", EARLY, 2),
        ([(EARLY, "accepted"), (LATE, "duplicate")], "on_time", EARLY, 1),
        ([(EARLY, "duplicate")], "missing", None, 0),
        ([(EARLY, "refused"), (LATE, "unreadable")], "returned", LATE, 2),
    ],
)
def test_states(table, receipts, state, received_at, versions):
    row = table([("xa-1", "xa-2021", at, status) for at, status in receipts]).loc["xa-1"]
    assert (row["state"], row["versions"]) == (state, versions)
    assert row["received_at"] == pd.Timestamp(received_at) or received_at is None
    assert pd.isna(row["received_at"]) == (received_at is None)


def test_everybody_of_the_population_owes(table):
    made = table([("dn-1", "xa-2021", EARLY, "accepted")])
    assert list(made.index) == ["tt", "xa-1", "xa-2", "xa-3"]
    assert set(made["state"]) == {"missing"}
    assert made["is_illustrative"].all()


def test_a_file_that_does_not_say_its_form_counts_for_the_only_report_owed(table):
    made = table([("xa-1", None, EARLY, "unreadable"), ("xa-2", None, EARLY, "superseded")])
    # a receipt whose bytes are gone was never accepted, whatever came after it
    assert made.loc["xa-1", ["state", "versions"]].tolist() == ["returned", 1]
    assert made.loc["xa-2", "state"] == "returned"


@pytest.mark.parametrize("status", ["accepted", "unreadable", "refused"])
def test_documents_answer_no_report(table, status):
    papers = pd.DataFrame({"submission_id": ["2021-H1/xa-1/01"]})
    made = table([("xa-1", None, EARLY, status)], evidence=papers)
    assert made.loc["xa-1", ["state", "versions"]].tolist() == ["missing", 0]


def test_the_later_due_date_stands_where_a_form_is_asked_twice(table):
    twice = (("xa-2021", "estimate", "2021-06-10"), ("xa-2021", "estimate", "2021-06-04"))
    assert table([("xa-1", "xa-2021", LATE, "accepted")], twice).loc["xa-1", "state"] == "on_time"


def test_rounds_are_owed_apart(table):
    rounds = (("xa-2021", "estimate", "2021-06-04"), ("xa-2021", "final", "2021-07-10"))
    made = table([("xa-1", "xa-2021", EARLY, "accepted")], rounds, by=("unit_id", "round"))
    assert made.loc[("xa-1", "estimate"), "state"] == "on_time"
    assert made.loc[("xa-1", "final"), "state"] == "missing"


def test_without_a_request_nobody_owes(table):
    assert table([("xa-1", "xa-2021", EARLY, "accepted")], ()).empty
