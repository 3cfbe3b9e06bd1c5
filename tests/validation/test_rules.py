"""Findings: addresses, words, what is primary, what does not cascade."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from pipelines.validation.cell_rules import UnknownFaultError
from pipelines.validation.rules import find

if TYPE_CHECKING:
    from tests.validation.conftest import World


def xa(element: str, value: object) -> dict[str, Any]:
    return {"form": "xa-2021", "element": element, "value": value}


def only(found: pd.DataFrame) -> pd.Series:
    assert len(found) == 1
    return found.iloc[0]


def found_of(world: World, **change: object) -> pd.Series:
    world.edit(change)
    return only(world.find())


def test_a_finding_tells_where_what_and_why(world: World) -> None:
    for element in ("xa.petitions_on_time", "xa.petitions_pending", "xa.petitions_within"):
        world.edit(xa(element, None))
    row = found_of(world, form="xa-2021", element="xa.petitions_resolved", value=1021)
    assert row["submission_id"] == "2021-H1/xa-1/01"
    assert (row["sheet"], row["cell"]) == (
        "Biểu 01-XA",
        world.entry("xa-2021", "xa.petitions_resolved")["cell"],
    )
    assert (row["unit_id"], row["element"]) == ("xa-1", "xa.petitions_resolved")
    assert (row["found"], row["expected"]) == ("1.021", "số nguyên từ 4 đến 20")
    assert row["message_vi"].startswith("Số đơn đã giải quyết (1.021) lớn hơn")
    assert row["severity"] == "error"
    assert row["is_primary"]
    assert row["is_illustrative"]
    assert row[["decision", "decided_by", "decided_why"]].isna().all()


@pytest.mark.parametrize(
    ("change", "found", "expected"),
    [
        (
            xa("ld.dissemination_attendance", 0),
            "A06 = 10, A07 = 0",
            "số nguyên từ 1 đến 200.000",
        ),
        (
            {"form": "cq-2021", "element": "cq.conference_on", "value": None},
            "C01 = Có, C02 để trống",
            "ngày dạng 10/06/2021 (có ngày khi đã tổ chức, để trống ngày khi chưa tổ chức)",
        ),
        (
            {"form": "dn-2021", "element": "dn.conference_on", "value": None},
            "D01 = Có, D02 để trống",
            "ngày dạng 10/06/2021 (có ngày khi đã tổ chức, để trống ngày khi chưa tổ chức)",
        ),
        (
            {"form": "cq-2021", "element": "cq.conference_attended", "value": 6},
            "6",
            "từ 7 người trở lên",
        ),
        (xa("xa.schedule_months", 7), "7", "số nguyên từ 0 đến 6"),
        (xa("ld.programme_issued", 0), "Không", "Có, khi đã ghi số, ký hiệu chương trình"),
        (xa("xa.crowd_people", 9), "9", "từ 10 người trở lên"),
        (
            xa("ld.programme_number", "ngày 5"),
            "ngày 5",
            "dạng 72/KH-UBND, 04-NQ/HU hoặc 145/2020/NĐ-CP",
        ),
        (xa("tthc.dossiers_pending", 3), "10", "bằng 11"),
        (xa("xa.villages_total", 300), "300", "số nguyên từ 10 đến 200"),
        (xa("xa.dialogues", None), None, "số nguyên bằng 10"),
        (
            {
                "register": "dossiers",
                "row": 5,
                "column": "resolved_on",
                "value": "2021-02-28",
            },
            "28/02/2021",
            "từ 01/03/2021 trở đi",
        ),
        ({"register": "dossiers", "row": 6, "column": "field", "value": None}, None, "nội dung"),
        # a register's total is what the form's cell should hold
        (
            {"register": "contributions", "row": 6, "column": "people_money", "value": 5},
            "45.000.000",
            "40.000.005",
        ),
    ],
)
def test_values_are_written_as_officials_write_them(
    world: World, change: dict[str, Any], found: str | None, expected: str
) -> None:
    row = found_of(world, **change)
    assert (row["found"] if isinstance(row["found"], str) else None) == found
    assert row["expected"] == expected


@pytest.mark.parametrize(
    ("form", "element", "operator", "expected"),
    [
        ("ntm-2021", "ntm.criteria_met", "typed", "số nguyên từ 0 đến 19"),
        ("ntm-2021", "ntm.recognised", "in_list", "Có hoặc Không"),
        ("cq-2021", "cq.conference_on", "typed", "ngày dạng 10/06/2021"),
    ],
)
def test_a_fault_without_expectation_gets_the_elements(
    world: World, form: str, element: str, operator: str, expected: str
) -> None:
    row = found_of(world, form=form, element=element, fault=operator, found="?")
    assert row["expected"] == expected


@pytest.mark.parametrize(
    ("form", "sheet", "expected"),
    [
        ("motcua-2021", "Hồ sơ", "Đã giải quyết, Đang giải quyết"),
        ("bcd-2021", "Sổ kiểm tra", "Đã thực hiện, Chưa thực hiện"),
        ("bcd-2021", "Nhiệm vụ năm", "Đã hoàn thành, Đang thực hiện, Chưa thực hiện"),
        ("bcd-2021", "Sổ", "Đã thực hiện, Chưa thực hiện"),
    ],
)
def test_a_column_is_expected_what_its_own_register_says(
    world: World, form: str, sheet: str, expected: str
) -> None:
    world.edit({"form": form, "fault": "in_list", "sheet": sheet, "cell": "H5", "found": "xong"})
    world.faults[-1]["element"] = "status"
    assert only(world.find())["expected"] == expected


def test_a_proposal_is_asked_about_and_never_used(world: World) -> None:
    row = found_of(
        world,
        form="xa-2021",
        element="xa.receptions",
        fault="whole",
        found="52,62",
        proposed="52.620",
    )
    assert "Có phải là “52.620” không?" in row["action_vi"]
    assert world.entry("xa-2021", "xa.receptions")["value"] is None


def test_an_unknown_fault_is_an_engineers_error(world: World) -> None:
    world.edit({"form": "xa-2021", "fault": "beautiful", "found": "?"})
    with pytest.raises(UnknownFaultError, match="beautiful"):
        world.find()


def test_a_doubtful_cell_is_not_taken_for_a_blank(world: World) -> None:
    """CQ-02 would say that the date is missing; it is there, but illegible."""
    row = found_of(
        world, form="cq-2021", element="cq.conference_on", fault="typed", found="13/13/2021"
    )
    assert row["rule"] == "CELL-TYPE"


def test_an_untyped_register_cell_is_one_finding(world: World) -> None:
    world.edit({"register": "dossiers", "row": 6, "column": "due_on", "value": None})
    fault = {"sheet": "Hồ sơ", "cell": "F6", "found": "mai"}
    world.edit({"form": "motcua-2021", "fault": "typed", **fault})
    assert list(world.find()["rule"]) == ["CELL-TYPE"]


def test_a_register_row_is_addressed_by_its_columns_letter(world: World) -> None:
    row = found_of(world, register="dossiers", row=6, column="dossier_code", value="HS-1")
    assert (row["sheet"], row["cell"], row["element"]) == ("Hồ sơ", "A6", "dossier_code")
    assert row["unit_id"] == "xa-1"


def test_a_missing_required_column_is_one_finding_of_the_sheet(world: World) -> None:
    for place in (5, 6):
        world.edit({"register": "dossiers", "row": place, "column": "field", "value": None})
    world.letters = [letter for letter in world.letters if letter["column"] != "field"]
    row = only(world.find())
    assert (row["rule"], row["sheet"], row["element"]) == ("ROW-REQUIRED", "Hồ sơ", "field")
    assert pd.isna(row["cell"])


def test_every_violating_row_is_a_finding(world: World) -> None:
    for _ in range(50):
        world.edit({"register": "dossiers", "add": {"dossier_code": "HS-1"}})
    found = world.find()
    assert len(found) == 50
    assert set(found["rule"]) == {"HS-02"}
    assert found["is_primary"].all()


def test_a_code_may_stand_in_two_submissions(world: World) -> None:
    world.submit("motcua-2021")
    world.submit("motcua-2021")
    assert world.find().empty


def test_an_empty_register_has_nothing_pending_and_no_finding(world: World) -> None:
    for form_id in ("bcd-2021", "motcua-2021", "xa-2021"):
        world.submit(form_id)
    frames = world.frames()
    frames["rows"] = {key: frame.iloc[:0] for key, frame in frames["rows"].items()}
    found = find(**frames, units=units_of(), catalogue=world.catalogue, period="2021-H1")
    assert list(found["rule"]) == ["BCD-01"]
    assert list(found["found"]) == ["2"]
    assert list(found["expected"]) == ["0"]


def units_of() -> pd.DataFrame:
    return pd.DataFrame({"unit_id": ["xa-1"], "unit_type": ["commune"], "kind": ["xa"]})


def test_exactly_one_finding_of_a_cell_is_primary(world: World) -> None:
    """Of two reviews the one with the smaller priority."""
    world.edit({"form": "xa-2021", "element": "xa.reception_people", "value": 6000})
    world.edit({"form": "xa-2021", "past": "2020-H2", "element": "xa.reception_people", "value": 9})
    world.edit({"form": "xa-2021", "fault": "unambiguous", "found": "6000"})
    place = world.entry("xa-2021", "xa.reception_people")
    world.faults[-1] |= {name: place[name] for name in ("sheet", "cell", "unit_id", "element")}
    found = world.find()
    assert dict(zip(found["rule"], found["is_primary"], strict=True)) == {
        "CELL-DOUBT": True,
        "LS-01": False,
    }
    assert len(set(found["cell"])) == 1


def test_a_cell_that_is_wrong_in_itself_is_one_mistake_not_several(world: World) -> None:
    world.edit({"form": "ntm-2021", "element": "ntm.criteria_met", "value": -3})
    assert list(world.find()["rule"]) == ["CELL-BOUNDS"]


def test_a_reason_stands_behind_what_the_rule_says(world: World, units: pd.DataFrame) -> None:
    world.edit({"form": "xa-2021", "fault": "typed", "element": "xa.receptions", "found": "nhiều"})
    world.faults[-1] |= {"why": "không phải là số"}
    faults = pd.DataFrame(world.faults).astype("str")
    found = find(
        **{**world.frames(), "faults": faults},
        units=units,
        catalogue=world.catalogue,
        period="2021-H1",
    )
    assert only(found)["message_vi"] == 'Giá trị "nhiều" không đúng kiểu: không phải là số.'


def test_of_an_unknown_period_the_rules_without_an_end_apply(
    world: World, units: pd.DataFrame
) -> None:
    world.edit({"form": "xa-2021", "element": "xa.publish_done", "value": 11})
    found = find(**world.frames(), units=units, catalogue=world.catalogue, period="chưa rõ")
    assert "XA-01" in set(found["rule"])


def test_findings_without_a_cell_are_all_primary(world: World) -> None:
    world.edit({"form": "xa-2021", "fault": "identified", "found": "kỳ"})
    world.edit({"form": "cq-2021", "fault": "identified", "found": "kỳ"})
    assert list(world.find()["is_primary"]) == [True, True]


def test_several_faults_of_one_key_are_told_in_one_finding(world: World) -> None:
    world.edit({"form": "xa-2021", "fault": "identified", "found": "kỳ 2020-H2"})
    world.edit({"form": "xa-2021", "fault": "identified", "found": "biểu lạ"})
    assert only(world.find())["found"] == "kỳ 2020-H2; biểu lạ"


def test_a_rule_applies_only_while_it_is_in_force(world: World) -> None:
    rule = world.catalogue.rules["XA-01"].model_copy(update={"valid_to": dt.date(2021, 6, 29)})
    rules = {**world.catalogue.rules, "XA-01": rule}
    world.catalogue = world.catalogue.model_copy(update={"rules": rules})
    world.edit(xa("xa.publish_done", 11))
    assert world.find().empty


# --- between providers


def disagreeing(full_world: World) -> None:
    full_world.edit({"form": "ldld-2021", "element": "dn.conference_held", "value": 0})


def test_disagreement_stands_on_the_units_own_file(full_world: World) -> None:
    disagreeing(full_world)
    row = only(full_world.find())
    assert (row["submission_id"], row["unit_id"]) == ("2021-H1/dn-1/01", "dn-1")
    assert row["cell"] == full_world.entry("dn-2021", "dn.conference_held")["cell"]
    assert (row["found"], row["expected"]) == ("Có", "Không")


def test_the_master_workbook_is_compared_and_never_used(full_world: World) -> None:
    full_world.submit("tonghop-2021", {"xa.contribution_money": 900000, "dn.dialogues": None})
    row = only(full_world.find())
    assert (row["submission_id"], row["rule"]) == ("2021-H1/bcd/02", "PV-01")
    assert (row["unit_id"], row["found"], row["expected"]) == ("xa-1", "900.000", "1.000.000")


def test_a_returned_file_is_not_compared(full_world: World) -> None:
    disagreeing(full_world)
    full_world.edit({"form": "dn-2021", "element": "dn.conference_attended", "value": 11})
    assert list(full_world.find()["rule"]) == ["DN-01"]


def test_a_returned_authority_is_not_compared_with(full_world: World) -> None:
    disagreeing(full_world)
    full_world.edit({"form": "ldld-2021", "fault": "typed", "found": "?"})
    assert list(full_world.find()["rule"]) == ["CELL-TYPE"]


@pytest.mark.parametrize("nothing", [None, "x"])
def test_what_one_side_does_not_say_is_no_disagreement(full_world: World, nothing: object) -> None:
    full_world.edit({"form": "ntm-2021", "element": "ntm.criteria_met", "value": 18})
    full_world.edit({"form": "ntm-2021", "element": "ntm.recognised", "value": 0})
    for element in ("ntm.recognised_number", "ntm.recognised_on"):
        full_world.edit({"form": "ntm-2021", "element": element, "value": None})
    for element in ("ntm.criteria_met", "ntm.recognised"):
        full_world.edit({"form": "xa-2021", "element": element, "value": nothing})
    assert full_world.find().empty


def test_only_the_newest_own_file_is_compared(full_world: World) -> None:
    disagreeing(full_world)
    names = ("dn.conference_on", "dn.conference_attended", "dn.conference_resolutions")
    full_world.submit("dn-2021", {"dn.conference_held": 0, **dict.fromkeys(names)})
    assert full_world.find().empty
