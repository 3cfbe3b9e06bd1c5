"""What was found on the spot stands beside what was reported, and neither is lost."""

import pandas as pd

from pipelines.catalogue.contracts import table_contract
from pipelines.evaluation.checked import after, checked, given_points
from tests.evaluation.scoring import CATALOGUE


def found(*rows: tuple[str, str, str, float]) -> pd.DataFrame:
    contract = table_contract(CATALOGUE, "core.registers_verifications")
    return contract.conform(
        pd.DataFrame(
            [
                {
                    "submission_id": "2021-H1/bcd-mh/01",
                    "row": number,
                    "unit_id": unit,
                    "period": "2021-H1",
                    "subject": subject,
                    "stage": stage,
                    "found": value,
                    "reason": "Biên bản kiểm tra",
                    "evidence": "bb.pdf",
                    "decided_on": "2021-05-20",
                    "is_illustrative": True,
                }
                for number, (unit, subject, stage, value) in enumerate(rows, start=1)
            ]
        )
    )


def test_verified_figures_stand_beside_the_reported_ones(observe) -> None:
    told = observe({("u", "xa.publish_done"): 12, ("u", "xa.dialogues"): None})
    table = checked(
        verifications=found(
            ("u", "B02", "Thẩm định", 9),
            ("u", "xa.dialogues", "Thẩm định", 1),
            ("u", "B2O", "Thẩm định", 3),
            ("u", "vd-xa-1/dialogue", "Công nhận", 4),
        ),
        observations=told,
        catalogue=CATALOGUE,
        period="2021-H1",
    )
    rows = table.set_index("subject")
    assert list(rows.loc["B02", ["element", "reported", "found", "difference"]]) == [
        "xa.publish_done",
        12,
        9,
        -3,
    ]
    assert rows.loc["xa.dialogues", "reported_state"] == "missing"
    assert rows["difference"].isna().to_dict()["xa.dialogues"]
    # nobody knows what was checked here, but that it was is kept
    assert rows.loc["B2O", "element"] == "?"
    assert "vd-xa-1/dialogue" not in rows.index


def test_what_is_known_after_a_check_is_what_was_found(observe) -> None:
    told = observe(
        {("u", "xa.publish_done"): 12, ("u", "xa.dialogues"): None, ("v", "xa.dialogues"): 2}
    )
    table = checked(
        verifications=found(
            ("u", "B02", "Thẩm định", 9),
            ("u", "B02", "Công nhận", 10),
            ("u", "xa.dialogues", "Thẩm định", 0),
        ),
        observations=told,
        catalogue=CATALOGUE,
        period="2021-H1",
    )
    verified = after(told, table, ("verified",)).set_index(["unit_id", "element"])
    decided = after(told, table, ("verified", "decided")).set_index(["unit_id", "element"])
    assert verified.loc[("u", "xa.publish_done"), "value"] == 9
    assert decided.loc[("u", "xa.publish_done"), "value"] == 10
    assert list(verified.loc[("u", "xa.dialogues"), ["value", "state"]]) == [0, "zero"]
    assert list(verified.loc[("v", "xa.dialogues"), ["value", "state"]]) == [2, "value"]
    assert told["value"].dropna().tolist() == [12, 2]


def test_points_people_gave_are_by_line_and_stage() -> None:
    contract = table_contract(CATALOGUE, "core.registers_self_scores")
    own = contract.conform(
        pd.DataFrame(
            [
                {
                    "submission_id": "2021-H1/u/01",
                    "row": 1,
                    "unit_id": "u",
                    "period": "2021-H1",
                    "criteria_set": "vd-xa-1",
                    "criterion": "dialogue",
                    "points": 6,
                    "evidence": None,
                    "is_illustrative": True,
                }
            ]
        )
    )
    table = given_points(
        self_scores=own,
        verifications=found(
            ("u", "vd-xa-1/dialogue", "Công nhận", 4), ("u", "B02", "Thẩm định", 1)
        ),
        catalogue=CATALOGUE,
    )
    assert table[["criterion", "stage", "points"]].to_numpy().tolist() == [
        ["dialogue", "self", 6],
        ["dialogue", "decided", 4],
    ]
