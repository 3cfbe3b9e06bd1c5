"""What may follow what in a period's life."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.intake.period_states import (
    NEVER_OPENED,
    PeriodEvent,
    is_locked,
    may_follow,
    period_events,
    state_of,
)

ACTIONS = ["open", "close", "lock", "reopen"]


def step(action: str, why: str | None = None) -> dict[str, object]:
    said: dict[str, object] = {} if why is None else {"why": why}
    at = "2021-06-20T08:00:00+07:00"
    return {"event": "period", "at": at, "who": "BCĐ", "action": action, **said}


@pytest.mark.parametrize(
    ("state", "allowed"),
    [
        (NEVER_OPENED, {"open"}),
        ("open", {"close"}),
        ("close", {"lock", "reopen"}),
        ("lock", {"reopen"}),
        ("reopen", {"close"}),
    ],
)
def test_transitions(state, allowed):
    assert set(may_follow(state)) == allowed


@given(st.lists(st.sampled_from(ACTIONS), max_size=20))
def test_however_it_is_tried_a_lock_needs_a_close_before_it(tried):
    entries: list[dict[str, object]] = []
    for action in tried:
        if action in may_follow(state_of(entries)):
            entries.append(step(action))
    done = [str(e["action"]) for e in entries]
    assert all(done[n - 1] == "close" for n, action in enumerate(done) if action == "lock")
    assert done.count("open") <= 1
    assert is_locked(entries) == (done[-1:] == ["lock"])


def test_other_lines_say_nothing_of_the_state():
    entries = [step("open"), {"event": "received", "submission_id": "2021-H1/a/01"}]
    assert state_of(entries) == "open"
    assert state_of(entries[1:]) == NEVER_OPENED


def test_events_keep_who_when_and_why():
    assert period_events([step("reopen", "bổ sung")]) == [
        PeriodEvent("reopen", "2021-06-20T08:00:00+07:00", "BCĐ", "bổ sung")
    ]
