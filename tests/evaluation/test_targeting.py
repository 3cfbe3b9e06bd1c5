"""Every reason to look at a unit is a sentence about that unit, and silence is a reason."""

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest

from pipelines.catalogue.contracts import table_contract
from pipelines.evaluation.targeting import KINDS, Evidence, targeting
from tests.evaluation.scoring import CATALOGUE

PERIOD = {"period": "2021-H1", "ends_on": dt.date(2021, 6, 30)}


def table(name: str, *rows: dict[str, object]) -> pd.DataFrame:
    contract = table_contract(CATALOGUE, name)
    if not rows:
        return contract.empty()
    return pd.DataFrame(list(rows), columns=[column.name for column in contract.columns])


@pytest.fixture
def quiet(observe) -> Evidence:
    """Two units about which there is nothing to say."""
    report: dict[str, object] = {
        "form": "xa-2021",
        "state": "on_time",
        "due_date": pd.Timestamp("2021-06-04"),
    }
    done: dict[str, object] = {"done_on": pd.Timestamp("2021-03-10")}
    told = {(unit, "xa.publish_done"): 5 for unit in ("u", "v")}
    return Evidence(
        units=["u", "v"],
        findings=table("core.findings"),
        reporting=table(
            "core.reporting",
            *({"unit_id": unit, "is_illustrative": True} | report for unit in ("u", "v")),
        ),
        observations=observe(told),
        checked=table("eval.checked"),
        limitations=table("core.registers_limitations"),
        inspections=table(
            "core.registers_inspections", *({"unit_id": unit} | done for unit in ("u", "v"))
        ),
    )


def reasons(evidence: Evidence) -> pd.DataFrame:
    return targeting(evidence, CATALOGUE, PERIOD).set_index(["unit_id", "reason"])


def test_nothing_to_say_is_not_said(quiet: Evidence) -> None:
    assert reasons(quiet).empty


def test_each_reason_is_spelt_out(quiet: Evidence, observe) -> None:
    late = quiet.reporting.assign(state=["on_time", "missing"])
    found = table(
        "core.findings",
        {"unit_id": "v", "severity": "review", "element": "xa.dialogues", "is_primary": True},
        {"unit_id": "v", "severity": "warning", "element": "xa.dialogues", "is_primary": False},
    )
    differs = {
        "unit_id": "v",
        "element": "xa.publish_done",
        "reported": 12.0,
        "found": 9.0,
        "difference": -3.0,
    }
    open_one = {
        "unit_id": "v",
        "area": "Nhận thức",
        "status": "Đang khắc phục",
        "due_on": pd.Timestamp("2021-05-01"),
    }
    table_of_reasons = reasons(
        replace(
            quiet,
            findings=found,
            reporting=late,
            observations=observe({("v", "xa.publish_done"): None, ("v", "xa.dialogues"): 1}),
            checked=table("eval.checked", differs),
            limitations=table("core.registers_limitations", open_one),
            inspections=quiet.inspections.assign(
                done_on=[pd.Timestamp("2021-03-10"), pd.Timestamp("2020-02-10")]
            ),
        )
    )
    assert set(table_of_reasons.index) == {("v", kind) for kind in KINDS}
    texts = table_of_reasons["text_vi"].droplevel("unit_id")
    assert texts["report"] == "Biểu 01-XA chưa gửi (hạn 04/06/2021)."
    assert texts["finding"] == "Số liệu gửi lên có 1 điểm cần xem lại."
    assert texts["coverage"] == "Chưa có số liệu 1/2 chỉ tiêu phải có."
    assert texts["difference"] == ("Số nội dung đã công khai: báo cáo 12, kiểm tra ghi nhận 9.")
    assert texts["limitation"] == "1 hạn chế đã quá thời hạn khắc phục."
    assert texts["inspection"].endswith("đã 16 tháng.")


def test_units_stand_by_how_many_kinds_of_reason_then_in_official_order(quiet: Evidence) -> None:
    late = quiet.reporting.assign(state=["late", "late"])
    nobody = quiet.inspections.iloc[:1]
    both = reasons(replace(quiet, reporting=late, inspections=nobody)).reset_index()
    assert both.drop_duplicates("unit_id").set_index("unit_id")["position"].to_dict() == {
        "v": 1,
        "u": 2,
    }
    equal = reasons(replace(quiet, reporting=late)).reset_index()
    assert dict(zip(equal["unit_id"], equal["position"], strict=True)) == {"u": 1, "v": 2}


def test_an_accepted_finding_and_a_mended_limitation_are_no_reason(quiet: Evidence) -> None:
    found = table(
        "core.findings",
        {"unit_id": "u", "severity": "error", "is_primary": True, "decision": "accept"},
    )
    mended = table(
        "core.registers_limitations",
        {"unit_id": "u", "status": "Đã khắc phục", "due_on": pd.Timestamp("2021-05-01")},
        {"unit_id": "u", "status": "Đang khắc phục", "due_on": pd.Timestamp("2021-07-01")},
    )
    assert reasons(replace(quiet, findings=found, limitations=mended)).empty
