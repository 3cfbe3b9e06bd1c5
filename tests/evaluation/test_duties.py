"""Duties of the law: deadlines, quorums, sub-types, and what is not known."""

import datetime as dt
from collections.abc import Callable

import pandas as pd
import pytest

from pipelines.catalogue.model import Catalogue, Duty, Regime
from pipelines.evaluation.duties import due_on, duties
from tests.evaluation.law import H1, H2, LAW, MADE_UP, MONTH, YEAR, YEARLY, span


@pytest.fixture
def judge(catalogue: Catalogue, units, observe) -> Callable[..., pd.DataFrame]:
    """Judge made-up duties, or the shipped ones when none are given."""

    def build(
        answers: dict,
        *made: dict,
        period: dict[str, object] = H1,
        rows: dict[str, pd.DataFrame] | None = None,
        sent: frozenset[str] = frozenset(),
    ) -> pd.DataFrame:
        changed = catalogue
        if made:
            regime = Regime(
                id="r",
                unit_type="commune",
                label_vi="Luật",
                units_vi="Xã",
                documents=["LUAT-10-2022"],
                basis="thử",
                verified=True,
            )
            entries = [Duty.model_validate(MADE_UP | {"legal": [LAW]} | each) for each in made]
            changed = catalogue.model_copy(
                update={"regimes": {"r": regime}, "duties": {d.id: d for d in entries}}
            )
        return duties(
            observations=observe(answers),
            registers=rows or {},
            register_known=dict.fromkeys(rows or {}, sent),
            units=units,
            catalogue=changed,
            period=period,
            scopes=["h", "tt", "xa-1", "xa-2", "xa-3", "dn-1", "dn-2"],
        )

    return build


def states(frame: pd.DataFrame) -> dict[str, str]:
    return dict(zip(frame["unit_id"], frame["state"], strict=True))


def test_a_yearly_duty_is_judged_only_after_its_deadline(judge) -> None:
    answers = {
        ("xa-1", "xa.dialogues"): 0,
        ("xa-2", "xa.dialogues"): 1,
        ("tt", "xa.dialogues"): None,
    }
    before, after = judge(answers, YEARLY), judge(answers, YEARLY, period=YEAR)
    assert states(before) == {"xa-1": "not_yet_due", "xa-2": "done", "tt": "missing"}
    assert states(after) == {"xa-1": "not_done", "xa-2": "done", "tt": "missing"}
    words = dict(zip(before["unit_id"], before["text_vi"], strict=True))
    assert words["xa-1"] == "chưa thực hiện, còn thời hạn đến 31/12/2021"
    assert words["xa-2"] == "đã thực hiện: 1 cuộc (ít nhất 1)"
    assert words["tt"] == "chưa có số liệu"
    assert set(after.loc[after["unit_id"] == "xa-1", "text_vi"]) == {
        "chưa thực hiện, hạn là 31/12/2021"
    }


def test_what_the_second_half_lacks_may_have_been_done_in_the_first(judge) -> None:
    answers = {("xa-1", "xa.dialogues"): 0, ("xa-2", "xa.dialogues"): 1}
    frame = judge(answers, YEARLY, period=H2)
    assert states(frame) == {"xa-1": "missing", "xa-2": "done"}
    assert frame["text_vi"].iloc[0] == "kỳ này 0 cuộc, chưa đủ số liệu cả năm"


@pytest.mark.parametrize(
    ("due", "ends", "expected"),
    [
        ("period_end", "2021-06-30", "2021-06-30"),
        ("half_end", "2021-03-31", "2021-06-30"),
        ("half_end", "2021-09-30", "2021-12-31"),
        ("year_end", "2021-06-30", "2021-12-31"),
        ("03-31", "2021-06-30", "2021-03-31"),
        ("03-31", "2021-02-28", "2021-03-31"),
        ("02-30", "2021-06-30", "2021-02-28"),
    ],
)
def test_deadlines(due: str, ends: str, expected: str) -> None:
    duty = Duty.model_validate(MADE_UP | {"legal": [LAW]} | YEARLY | {"due": due})
    assert due_on(duty, dt.date.fromisoformat(ends)) == dt.date.fromisoformat(expected)


def test_a_conference_due_in_march_is_late_in_june_and_not_in_february(judge) -> None:
    march = YEARLY | {"elements": ["xa.villages_met"], "due": "03-31", "per": "period"}
    answers = {("xa-1", "xa.villages_met"): 0}
    assert states(judge(answers, march, period=MONTH)) == {"xa-1": "not_yet_due"}
    assert states(judge(answers, march)) == {"xa-1": "not_done"}


@pytest.mark.parametrize(
    ("agreed", "needed", "more_than", "state"),
    [
        (66, 2 / 3, False, "not_done"),
        (67, 2 / 3, False, "done"),
        (50, 0.5, False, "done"),
        (50, 0.5, True, "not_done"),
        (51, 0.5, True, "done"),
    ],
)
def test_a_share_of_all_households(judge, agreed, needed, more_than, state) -> None:
    duty = {
        "id": "d",
        "kind": "share",
        "needed": needed,
        "more_than": more_than,
        "elements": ["xa.households_agreed"],
        "of": ["xa.households_total"],
    }
    answers = {("xa-1", "xa.households_agreed"): agreed, ("xa-1", "xa.households_total"): 100}
    assert states(judge(answers, duty)) == {"xa-1": state}


def test_two_thirds_are_reached_by_exactly_two_thirds(judge) -> None:
    duty = {
        "id": "d",
        "kind": "share",
        "needed": 0.6666666666666666,
        "elements": ["xa.households_agreed"],
        "of": ["xa.households_total"],
    }
    answers = {("xa-1", "xa.households_agreed"): 20, ("xa-1", "xa.households_total"): 30}
    frame = judge(answers, duty)
    assert states(frame) == {"xa-1": "done"}
    assert frame["text_vi"].iloc[0] == "đã thực hiện: 20/30 (66,7%), từ 2/3 trở lên"


def test_nothing_decided_is_nothing_to_judge(judge) -> None:
    duty = {
        "id": "d",
        "kind": "share",
        "needed": 0.5,
        "elements": ["xa.households_agreed"],
        "of": ["xa.households_total"],
    }
    answers = {("xa-1", "xa.households_agreed"): 0, ("xa-1", "xa.households_total"): 0}
    assert states(judge(answers, duty)) == {"xa-1": "not_applicable"}


def test_the_inspectorate_has_a_member_per_village_and_at_least_five(judge) -> None:
    duty = {
        "id": "d",
        "kind": "at_least",
        "needed": 5,
        "no_fewer_than": "xa.villages_total",
        "elements": ["xa.inspectorate_members"],
    }
    frame = judge(
        {
            ("tt", "xa.inspectorate_members"): 5,
            ("tt", "xa.villages_total"): 3,
            ("xa-1", "xa.inspectorate_members"): 7,
            ("xa-1", "xa.villages_total"): 12,
            ("xa-2", "xa.inspectorate_members"): 7,
            ("xa-2", "xa.villages_total"): None,
            ("xa-3", "xa.inspectorate_members"): 4,
            ("xa-3", "xa.villages_total"): None,
        },
        duty,
    )
    # too few for anybody is too few, however many villages there are
    assert states(frame) == {
        "tt": "done",
        "xa-1": "not_done",
        "xa-2": "missing",
        "xa-3": "not_done",
    }


def test_a_time_limit_told_by_those_who_broke_it(judge) -> None:
    duty = {
        "id": "d",
        "kind": "within_working_days",
        "needed": 5,
        "elements": ["xa.publish_late"],
        "unit_vi": "nội dung",
    }
    frame = judge({("xa-1", "xa.publish_late"): 2, ("xa-2", "xa.publish_late"): 0}, duty)
    assert states(frame) == {"xa-1": "not_done", "xa-2": "done"}
    assert frame["text_vi"].iloc[0] == "2 nội dung không đúng thời hạn 05 ngày làm việc"


def test_what_no_form_of_the_period_asks_has_no_row(judge) -> None:
    frame = judge({("xa-1", "xa.publish_due"): 3}, YEARLY)
    assert frame.empty


def test_a_full_year_owes_what_is_owed_in_each_half(judge) -> None:
    duty = YEARLY | {"per": "half", "needed": 2, "due": "half_end"}
    answers = {("xa-1", "xa.dialogues"): 3}
    assert judge(answers, duty)["needed"].tolist() == [2]
    assert judge(answers, duty, period=YEAR)["needed"].tolist() == [4]
    assert states(judge(answers, duty, period=YEAR)) == {"xa-1": "not_done"}


def meetings(*rows: tuple[str, int, int, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["unit_id", "votes_for", "households_total", "decision"])


def test_every_decision_needs_its_share_of_all_households(judge) -> None:
    duty = {
        "id": "d",
        "kind": "rows_share",
        "needed": 0.5,
        "more_than": True,
        "register_id": "meetings",
        "columns": ["votes_for", "households_total"],
        "where": [{"column": "decision", "equals": "Thông qua"}],
        "unit_vi": "nội dung",
    }
    rows = meetings(
        ("xa-1", 60, 100, "Thông qua"),
        ("xa-1", 50, 100, "Thông qua"),
        ("xa-1", 10, 100, "Không thông qua"),
        ("xa-2", 90, 100, "Thông qua"),
        ("xa-3", 10, 100, "Không thông qua"),
    )
    frame = judge(
        {(unit, "xa.works"): 1 for unit in ("tt", "xa-1", "xa-2", "xa-3")},
        duty,
        rows={"meetings": rows},
        sent=frozenset({"xa-1", "xa-2", "xa-3"}),
    )
    # nobody owes the register: the town without one is judged by its form alone
    assert states(frame) == {"xa-1": "not_done", "xa-2": "done", "xa-3": "not_applicable"}
    words = dict(zip(frame["unit_id"], frame["text_vi"], strict=True))
    assert words["xa-1"] == "1/2 nội dung chưa trên 50%"
    assert words["xa-2"] == "đã thực hiện: 1 nội dung đều trên 50%"


@pytest.mark.parametrize(
    ("kind", "needed", "first", "last", "state"),
    [
        ("within_working_days", 5, "2024-04-26", "2024-05-07", "done"),
        ("within_working_days", 5, "2024-04-26", "2024-05-08", "not_done"),
        ("within_days", 15, "2024-03-01", "2024-03-16", "done"),
        ("within_days", 15, "2024-03-01", "2024-03-17", "not_done"),
        ("posted_days", 30, "2024-03-01", "2024-03-30", "done"),
        ("posted_days", 30, "2024-03-01", "2024-03-29", "not_done"),
    ],
)
def test_dates_of_rows_keep_the_time_limit(judge, kind, needed, first, last, state) -> None:
    duty = {
        "id": "d",
        "kind": kind,
        "needed": needed,
        "register_id": "limitations",
        "columns": ["found_on", "resolved_on"],
    }
    rows = pd.DataFrame(
        {
            "unit_id": ["xa-1", "xa-1"],
            "found_on": pd.to_datetime([first, first]),
            "resolved_on": pd.to_datetime(pd.Series([last, None])),
        }
    )
    frame = judge(
        {("xa-1", "xa.works"): 1},
        duty,
        rows={"limitations": rows},
        sent=frozenset({"xa-1"}),
    )
    assert states(frame) == {"xa-1": state}


def shipped(judge, answers: dict, period: dict[str, object]) -> dict[tuple[str, str], str]:
    none = pd.DataFrame({"unit_id": [], "decision": [], "votes_for": [], "households_total": []})
    frame = judge(answers, period=period, rows={"meetings": none})
    keys = frame[["unit_id", "duty"]].itertuples(index=False, name=None)
    return dict(zip(keys, frame["state"], strict=True))


def test_the_law_at_the_end_of_the_period_judges(judge) -> None:
    answers = {("xa-1", "xa.publish_due"): 10, ("xa-1", "xa.publish_done"): 10}
    first = shipped(judge, answers, span("2023-H1", "2023-01-01", "2023-06-30"))
    second = shipped(judge, answers, span("2023-H2", "2023-07-01", "2023-12-31"))
    whole = shipped(judge, answers, span("2023", "2023-01-01", "2023-12-31"))
    assert ("xa-1", "pl34.publish") in first
    assert ("xa-1", "l10.xa.publish") in second
    assert ("xa-1", "l10.xa.publish") in whole
    assert not any(duty.startswith("pl34") for _, duty in whole)


def test_state_enterprises_and_others_have_different_deadlines(judge) -> None:
    answers = {
        ("dn-1", "dn.conference_held"): False,
        ("dn-1", "dn.kind"): "Doanh nghiệp nhà nước",
        ("dn-2", "dn.conference_held"): False,
        ("dn-2", "dn.kind"): "Doanh nghiệp khác",
    }
    found = shipped(judge, answers, span("2024-H1", "2024-01-01", "2024-06-30"))
    assert found["dn-1", "l10.dn.conference_state"] == "not_done"
    assert found["dn-1", "l10.dn.conference_other"] == "not_applicable"
    assert found["dn-2", "l10.dn.conference_state"] == "not_applicable"
    assert found["dn-2", "l10.dn.conference_other"] == "not_yet_due"


def test_of_an_enterprise_of_unknown_kind_nothing_is_said(judge) -> None:
    answers = {("dn-1", "dn.conference_held"): False, ("dn-1", "dn.kind"): None}
    found = shipped(judge, answers, span("2024-H1", "2024-01-01", "2024-06-30"))
    assert found["dn-1", "l10.dn.conference_state"] == "missing"


@pytest.mark.parametrize(("workers", "needed"), [(49, 3), (50, 4), (150, 9), (999, 19), (1000, 24)])
def test_members_of_the_dialogue_by_size(judge, workers, needed) -> None:
    answers = {("dn-1", "dn.workers_total"): workers, ("dn-1", "dn.worker_members"): needed}
    found = shipped(judge, answers, H1)
    assert found["dn-1", "nd145.worker_members"] == "done"
    fewer = answers | {("dn-1", "dn.worker_members"): needed - 1}
    assert shipped(judge, fewer, H1)["dn-1", "nd145.worker_members"] == "not_done"


def test_time_limits_and_shares_of_the_law_row_by_row(judge) -> None:
    decided = pd.DataFrame(
        [
            ("xa-1", "Khoản 1", 90, 60, "2024-04-26", "2024-05-07"),
            ("xa-1", "Khoản 3", 90, 46, "2024-04-26", None),
            ("xa-2", "Khoản 1", 90, 59, "2024-04-26", "2024-05-08"),
            ("xa-2", "Khoản 6", 90, 45, "2024-04-26", None),
        ],
        columns=["unit_id", "item", "households_total", "votes_for", "decided_on", "sent_on"],
    ).astype({"decided_on": "datetime64[us]", "sent_on": "datetime64[us]"})
    published = pd.DataFrame(
        [
            ("xa-1", "Khoản 1", "2024-02-07", "2024-02-21", "2024-03-21"),
            ("xa-2", "Khoản 1", "2024-02-07", "2024-02-22", "2024-03-21"),
            ("xa-2", "Khoản 4", "2024-02-07", "2024-02-08", "2024-02-09"),
        ],
        columns=["unit_id", "item", "decided_on", "published_on", "posted_to"],
    ).astype(dict.fromkeys(["decided_on", "published_on", "posted_to"], "datetime64[us]"))
    none = pd.DataFrame({"unit_id": [], "decision": [], "votes_for": [], "households_total": []})
    frame = judge(
        {("xa-1", "xa.works"): 1, ("xa-2", "xa.works"): 1},
        period=span("2024-H1", "2024-01-01", "2024-06-30"),
        rows={"decisions": decided, "publications": published, "meetings": none},
        sent=frozenset({"xa-1", "xa-2"}),
    )
    pairs = frame[["unit_id", "duty"]].itertuples(index=False, name=None)
    found = dict(zip(pairs, frame["text_vi"], strict=True))
    kept = dict(
        zip(
            frame[["unit_id", "duty"]].itertuples(index=False, name=None),
            frame["state"],
            strict=True,
        )
    )
    names = ("contribution_share", "other_share", "sent_each", "published_each", "posted_each")
    assert {kept["xa-1", f"l10.xa.{name}"] for name in names} == {"done"}
    assert {kept["xa-2", f"l10.xa.{name}"] for name in names} == {"not_done"}
    # Tết lies between decision and publication, 30/4 and 01/5 between decision and sending
    assert found["xa-2", "l10.xa.published_each"] == (
        "1 nội dung không đúng thời hạn 05 ngày làm việc"
    )
    assert found["xa-2", "l10.xa.posted_each"] == "1 nội dung không đúng thời gian ít nhất 30 ngày"


@pytest.mark.parametrize(
    ("staff", "held", "state"),
    [(7, False, "not_applicable"), (8, False, "not_done"), (8, True, "done"), (None, True, "done")],
)
def test_an_agency_of_seven_need_not_hold_a_conference(
    catalogue, units, observe, staff, held, state
) -> None:
    agency = units[units["unit_id"] == "dn-1"].assign(
        unit_id="cq", unit_type="agency", kind="co_quan"
    )
    frame = duties(
        observations=observe({("cq", "cq.staff_total"): staff, ("cq", "cq.conference_held"): held}),
        registers={},
        register_known={},
        units=pd.concat([units, agency], ignore_index=True),
        catalogue=catalogue,
        period=span("2024-H1", "2024-01-01", "2024-06-30"),
        scopes=["cq"],
    )
    found = dict(zip(frame["duty"], frame["state"], strict=True))
    assert found["l10.cq.conference"] == state
