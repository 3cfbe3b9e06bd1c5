"""Which steps are due: once each, in order, by the days of Hanoi."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.catalogue.calendar import CalendarRules, calendar_rules
from pipelines.intake.period_states import PeriodEvent, may_follow
from pipelines.orchestration.calendar import due_steps
from pipelines.orchestration.clock import HANOI

RULES = CalendarRules(
    open_days_before=30,
    remind_days_before=(7, 1),
    grace_days=3,
    lock_after_days=30,
    look_back_days=400,
    quiet_seconds=60,
    longest_wait_seconds=1800,
    verify_hours=24,
)
DUE = dt.date(2026, 6, 4)


def asked(**due: dt.date) -> pd.DataFrame:
    """Requests: a period's key (``H1_2026``) and its due date."""
    rows = [(key.replace("_", "-"), pd.Timestamp(day)) for key, day in due.items()]
    return pd.DataFrame(rows, columns=["period", "due_date"])


def at(day: dt.date, hour: int = 9, minute: int = 0) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute), HANOI)


def happened(*actions: str) -> list[PeriodEvent]:
    return [PeriodEvent(action, "2026-01-01T00:00:00+07:00", "x", None) for action in actions]


def found(day: dt.datetime, *actions: str, rules: CalendarRules = RULES) -> list[str]:
    steps = due_steps(asked(P=DUE), {"P": happened(*actions)}, day, rules)
    return [step.action for step in steps]


def test_a_step_is_due_from_the_first_minute_of_its_day_in_hanoi() -> None:
    opening = DUE - dt.timedelta(days=30)
    assert found(at(opening - dt.timedelta(days=1), 23, 59)) == []
    assert found(at(opening, 0)) == ["open"]
    closing = DUE + dt.timedelta(days=4)
    assert found(at(closing - dt.timedelta(days=1), 23, 59), "open") == []
    assert found(at(closing, 0), "open") == ["close"]
    locking = closing + dt.timedelta(days=30)
    assert found(at(locking - dt.timedelta(days=1), 23), "open", "close") == []
    assert found(at(locking, 0), "open", "close") == ["lock"]


def test_a_reminder_is_due_on_its_day_only_while_the_period_is_open() -> None:
    day = DUE - dt.timedelta(days=7)
    assert found(at(day), "open") == ["remind"]
    assert found(at(day + dt.timedelta(days=1)), "open") == []
    assert found(at(day), "open", "close") == []


def test_what_was_slept_through_is_made_up_for_in_order() -> None:
    assert found(at(DUE + dt.timedelta(days=60))) == ["open", "close", "lock"]


def test_what_people_took_in_hand_is_left_to_them() -> None:
    late = at(DUE + dt.timedelta(days=60))
    assert found(late, "open", "close", "lock") == []
    assert found(late, "open", "close", "reopen") == []
    assert found(late, "open", "close", "reopen", "close") == []


def test_only_people_lock_where_the_office_says_so() -> None:
    by_hand = RULES.model_copy(update={"lock_after_days": None})
    assert found(at(DUE + dt.timedelta(days=60)), rules=by_hand) == ["open", "close"]


def test_history_is_left_alone() -> None:
    assert found(at(DUE + dt.timedelta(days=400))) == ["open", "close", "lock"]
    assert found(at(DUE + dt.timedelta(days=401))) == []


def test_the_last_round_closes_the_first_one_opens() -> None:
    final = DUE + dt.timedelta(days=40)
    both = pd.concat([asked(P=DUE), asked(P=final)])
    day = at(DUE + dt.timedelta(days=10))
    assert [step.action for step in due_steps(both, {"P": happened("open")}, day, RULES)] == []
    day = at(final + dt.timedelta(days=4))
    assert [s.action for s in due_steps(both, {"P": happened("open")}, day, RULES)] == ["close"]


def test_the_shipped_rules_are_read() -> None:
    assert calendar_rules().quiet_seconds <= calendar_rules().longest_wait_seconds


def test_a_wait_shorter_than_the_rest_is_refused() -> None:
    with pytest.raises(ValueError, match="longest_wait_seconds"):
        CalendarRules.model_validate(RULES.model_dump() | {"longest_wait_seconds": 5})


@given(
    dues=st.dictionaries(
        st.sampled_from(["2026-H1", "2026-H2", "2027-H1"]),
        st.dates(dt.date(2026, 1, 1), dt.date(2027, 6, 30)),
        min_size=1,
    ),
    looks=st.lists(st.integers(0, 700), max_size=12).map(sorted),
)
def test_steps_that_were_taken_are_never_asked_for_again(
    dues: dict[str, dt.date], looks: list[int]
) -> None:
    requests = pd.DataFrame(
        [(key, pd.Timestamp(day)) for key, day in dues.items()], columns=["period", "due_date"]
    )
    events: dict[str, list[PeriodEvent]] = {}
    taken = []
    for days in looks:
        now = at(dt.date(2025, 12, 1) + dt.timedelta(days=days))
        steps = [s for s in due_steps(requests, events, now, RULES) if s.action != "remind"]
        assert [step.on for step in steps] == sorted(step.on for step in steps)
        for step in steps:
            so_far = events.setdefault(step.period, [])
            assert step.action in may_follow(so_far[-1].action if so_far else "")
            so_far.append(PeriodEvent(step.action, now.isoformat(), "x", step.why))
        taken += [(step.period, step.action) for step in steps]
        again = due_steps(requests, events, now, RULES)
        assert [step for step in again if step.action != "remind"] == []
    assert len(taken) == len(set(taken))
