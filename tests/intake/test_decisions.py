"""Decisions in the journal: what a line must say, which line stands, what is remembered."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.intake.decision_log import decision_log
from pipelines.intake.decisions import Meaning, decisions_of, meaning_of, token_of
from pipelines.intake.journal import JournalError, encode

FILE = "2021-H1/xa-mh-01/01"
PLACE: dict[str, Any] = {"submission_id": FILE, "sheet": "Biểu 01-XA", "cell": "E9"}
FINDING: dict[str, Any] = {
    **PLACE,
    "rule": "XA-05",
    "unit_id": "xa-mh-01",
    "element": "xa.inspectorate_members",
}


def line(event: str = "decision", minute: int = 0, **more: object) -> dict[str, Any]:
    at = f"2021-06-20T08:{minute:02d}:00+07:00"
    return {"at": at, "who": "Thường trực BCĐ", "event": event, "why": "đã đối chiếu", **more}


ACCEPT = line(action="accept", found="3", **FINDING)
CORRECT = line("correction", expect="52.62", value="52.620", **PLACE)
SAID = {"provider": "xa-mh-01", "element": None, "token": "–", "state": "zero"}
MEANS = line(action="means", **SAID)
CONFIRM = line(
    action="confirm",
    submission_id=FILE,
    unit="xa-mh-01",
    period="2021-H1",
    form="xa-2021",
    round="estimate",
)


def test_each_line_becomes_the_decision_it_names() -> None:
    found = decisions_of([ACCEPT, CORRECT, MEANS, CONFIRM])
    (verdict,) = found.verdicts
    assert (verdict.key, verdict.action, verdict.found) == (tuple(FINDING.values()), "accept", "3")
    (correction,) = found.corrections
    assert (correction.cell, correction.expect, correction.value) == ("E9", "52.62", "52.620")
    (meaning,) = found.meanings
    assert (meaning.provider, meaning.state, meaning.who) == ("xa-mh-01", "zero", MEANS["who"])
    assert found.confirmed[FILE].form == "xa-2021"


@pytest.mark.parametrize("entry", [ACCEPT, CORRECT, MEANS, CONFIRM])
def test_a_whole_line_may_be_written(entry: dict[str, Any]) -> None:
    assert encode(entry)


@pytest.mark.parametrize(
    ("entry", "named"),
    [
        ({**ACCEPT, "why": ""}, "why"),
        ({**ACCEPT, "who": ""}, "who"),
        ({**ACCEPT, "rule": None}, "rule"),
        ({**ACCEPT, "action": "maybe"}, "action"),
        ({**CORRECT, "value": None}, "value"),
        ({**CORRECT, "why": None}, "why"),
        ({**CORRECT, "told_on": "hôm qua"}, "told_on"),
        ({**MEANS, "state": "value"}, "state"),
        ({**MEANS, "provider": None}, "provider"),
        ({**CONFIRM, "form": None}, "form"),
        ({**CONFIRM, "round": "ước"}, "round"),
    ],
)
def test_a_line_that_leaves_something_open_is_refused(entry: dict[str, Any], named: str) -> None:
    with pytest.raises(JournalError, match=named):
        encode(entry)


def test_what_is_said_of_a_document_corrects_no_cell() -> None:
    entry = line("correction", submission_id=FILE, evidence={"kind": "Ảnh"})
    assert decisions_of([entry]).corrections == ()
    assert decision_log([entry], "2021-H1").empty


def test_the_last_line_about_a_thing_stands() -> None:
    found = decisions_of(
        [
            ACCEPT,
            {**ACCEPT, "action": "return"},
            CORRECT,
            {**CORRECT, "value": "52.621"},
            MEANS,
            {**MEANS, "token": "-", "state": "missing"},
        ]
    )
    assert [verdict.action for verdict in found.verdicts] == ["return"]
    assert [correction.value for correction in found.corrections] == ["52.621"]
    assert [meaning.state for meaning in found.meanings] == ["missing"]


def test_a_withdrawal_takes_back_what_it_names_and_nothing_else() -> None:
    other = {**ACCEPT, "rule": "XA-06"}
    of_finding = line(action="withdraw", **FINDING)
    kept = decisions_of([ACCEPT, other, CORRECT, CONFIRM, MEANS, of_finding])
    assert [verdict.rule for verdict in kept.verdicts] == ["XA-06"]
    assert len(kept.corrections) == 1
    of_cell = decisions_of(
        [ACCEPT, other, CORRECT, CONFIRM, MEANS, line(action="withdraw", **PLACE)]
    )
    assert (of_cell.verdicts, of_cell.corrections) == ((), ())
    assert (len(of_cell.confirmed), len(of_cell.meanings)) == (1, 1)
    of_file = decisions_of([CONFIRM, ACCEPT, line(action="withdraw", submission_id=FILE)])
    assert (len(of_file.confirmed), len(of_file.verdicts)) == (0, 1)


def test_only_meanings_outlive_their_period() -> None:
    found = decisions_of([], [ACCEPT, CORRECT, CONFIRM, MEANS])
    assert (found.verdicts, found.corrections, found.confirmed) == ((), (), {})
    assert [meaning.token for meaning in found.meanings] == ["–"]
    later = decisions_of([{**MEANS, "state": "missing"}], [MEANS])
    assert [meaning.state for meaning in later.meanings] == ["missing"]


def meaning(element: str | None, token: str, state: str) -> Meaning:
    return Meaning("xa-mh-01", element, token, state, "ai", "lúc nào", "vì sao")


def test_what_is_said_of_an_element_goes_before_what_is_said_of_all() -> None:
    said = [meaning("xa.meetings", "-", "missing"), meaning(None, "-", "zero")]
    for told in (said, said[::-1]):
        assert [m.state for m in (meaning_of(told, "xa.meetings", "—"),) if m] == ["missing"]
        assert [m.state for m in (meaning_of(told, "xa.models", " - "),) if m] == ["zero"]
    assert meaning_of(said, "xa.models", "k") is None
    assert meaning_of(said, "xa.models", None) is None


@given(st.text(alphabet="-–—−‐‑", min_size=1), st.sampled_from(["", " ", "\u00a0"]))
def test_every_dash_is_the_same_sign(dashes: str, space: str) -> None:
    assert token_of(f"{space}{dashes}{space}") == "-"


@given(st.text())
def test_a_sign_spelled_once_stays(text: str) -> None:
    assert token_of(token_of(text)) == token_of(text)


def test_the_log_keeps_every_line_and_says_which_stands() -> None:
    replaced = {**CORRECT, "value": "1"}
    log = decision_log([replaced, ACCEPT, CORRECT], "2021-H1", [("2020-H2", [ACCEPT, MEANS])])
    assert log["decision_id"].tolist() == [
        "2020-H2/qd-002",
        "2021-H1/qd-001",
        "2021-H1/qd-002",
        "2021-H1/qd-003",
    ]
    assert log["is_in_force"].tolist() == [True, False, True, True]
    assert set(log["period"]) == {"2021-H1"}
    assert log["after"].dropna().tolist() == ["zero", "1", "52.620"]
    assert log["provider"].tolist() == ["xa-mh-01"] * 4


def test_a_meaning_said_anew_is_remembered_once() -> None:
    log = decision_log([MEANS], "2021-H1", [("2020-H1", [MEANS]), ("2020-H2", [ACCEPT])])
    assert log["decision_id"].tolist() == ["2021-H1/qd-001"]
