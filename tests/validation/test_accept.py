"""Statuses, the supersede rule, and the values in force."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from pipelines.validation.accept import observations, receipt_order, registers, settle

if TYPE_CHECKING:
    from tests.validation.conftest import World

END = dt.date(2021, 6, 30)
# a compulsory element that no rule compares with another
FREE = "xa.investment_supervisions"


def in_force(
    world: World, units: pd.DataFrame, *pairs: tuple[str, str], end: dt.date = END
) -> pd.DataFrame:
    """Observations of the expected pairs, indexed by unit and element."""
    frame = observations(
        submissions=world.settled(),
        entries=world.frames()["entries"],
        units=units,
        expected=pd.DataFrame(list(pairs), columns=["unit_id", "element"]),
        catalogue=world.catalogue,
        period="2021-H1",
        period_end=end,
    )
    return frame.set_index(["unit_id", "element"])


def one(table: pd.DataFrame, unit_id: str, element: str) -> pd.Series:
    """The one row of a pair."""
    rows = table.loc[[(unit_id, element)]]
    assert len(rows) == 1
    return rows.iloc[0]


def statuses(world: World) -> dict[str, str]:
    settled = world.settled()
    return dict(zip(settled["submission_id"], settled["status"], strict=True))


# --- statuses


@pytest.mark.parametrize(
    ("change", "status", "reason"),
    [
        ({"element": "xa.publish_done", "value": 11}, "returned", "XA-01 tại Biểu 01-XA!E"),
        ({"element": FREE, "value": None}, "accepted_with_warnings", "1 cảnh báo"),
        ({"element": FREE, "value": 0}, "accepted", None),
    ],
)
def test_the_gravest_finding_decides(
    world: World, change: dict[str, Any], status: str, reason: str | None
) -> None:
    world.submit("xa-2021", {change["element"]: change["value"]})
    row = world.settled().iloc[0]
    assert row["status"] == status
    assert pd.isna(row["reason"]) if reason is None else row["reason"].startswith(reason)


def test_a_long_reason_counts_the_rest(world: World) -> None:
    world.submit("motcua-2021")
    for _ in range(10):
        world.edit({"register": "dossiers", "add": {"dossier_code": "HS-1"}})
    reason = world.settled().iloc[0]["reason"]
    shown = "HS-02 tại Hồ sơ!A7; HS-02 tại Hồ sơ!A8; HS-02 tại Hồ sơ!A9; và 7 lỗi khác"
    assert reason == shown


def test_an_error_without_a_cell_is_told_in_words_and_once(world: World) -> None:
    for sheet, code in (("1", "A01"), ("2", "A01"), ("3", "A02")):
        fault = {"fault": "identified", "sheet": sheet, "found": f"thiếu dòng {code}"}
        world.edit({"form": "xa-2021", **fault})
    said = "Không xác định được biểu, đơn vị hoặc kỳ báo cáo của tệp: thiếu dòng"
    assert world.settled().iloc[0]["reason"] == f"{said} A01; {said} A02"


def test_a_long_message_is_cut_between_words(world: World) -> None:
    world.edit({"form": "xa-2021", "fault": "identified", "found": "thừa " * 100})
    reason = world.settled().iloc[0]["reason"]
    assert 150 < len(reason) <= 160
    assert reason.endswith("thừa…")


@pytest.mark.parametrize("status", ["unreadable", "duplicate", "refused", "superseded"])
def test_what_the_intake_decided_stays(world: World, status: str) -> None:
    world.submit("xa-2021", {"xa.publish_done": 11})
    world.submissions[0] |= {"status": status, "reason": "như đã ghi"}
    row = world.settled().iloc[0]
    assert (row["status"], row["reason"]) == (status, "như đã ghi")


def test_a_newer_accepted_file_supersedes(world: World) -> None:
    first = world.submit("xa-2021")
    second = world.submit("xa-2021")
    assert statuses(world) == {first: "superseded", second: "accepted"}
    assert second in world.settled().iloc[0]["reason"]


@pytest.mark.parametrize("status", ["unreadable", "duplicate", "refused", "superseded"])
def test_a_file_the_intake_set_aside_displaces_nothing(world: World, status: str) -> None:
    first = world.submit("xa-2021")
    second = world.submit("xa-2021")
    world.submissions[1]["status"] = status
    assert statuses(world) == {first: "accepted", second: status}


def test_a_returned_file_displaces_nothing(world: World, units: pd.DataFrame) -> None:
    first = world.submit("xa-2021", {"xa.publish_done": 10})
    second = world.submit("xa-2021", {"xa.publish_done": 11})
    assert statuses(world) == {first: "accepted", second: "returned"}
    row = one(in_force(world, units), "xa-1", "xa.publish_done")
    assert (row["value"], row["submission_id"]) == (10, first)


def test_a_returned_file_gives_no_observation(world: World, units: pd.DataFrame) -> None:
    world.submit("xa-2021", {"xa.publish_done": 11})
    table = in_force(world, units, ("xa-1", "xa.publish_done"))
    assert list(table["state"]) == ["missing"]
    assert table["submission_id"].isna().all()


def test_rounds_forms_and_providers_do_not_supersede_each_other(world: World) -> None:
    world.submit("xa-2021", round_="estimate")
    world.submit("xa-2021", round_="final")
    world.submit("xa-2021", provider="xa-2", unit="xa-2")
    world.submit("cq-2021", provider="xa-1", unit="cq-1")
    assert set(statuses(world).values()) == {"accepted"}


def test_receipts_are_ordered_by_time_then_by_journal() -> None:
    noon = pd.Timestamp("2021-07-01 12:00", tz="Asia/Ho_Chi_Minh")
    submissions = pd.DataFrame(
        {
            "submission_id": ["p/a/100", "p/a/99", "p/a/101", "p/a/98"],
            "received_at": [noon, noon, noon - pd.Timedelta(hours=1), noon],
        }
    )
    assert list(receipt_order(submissions)) == [3, 2, 0, 1]


def test_settle_keeps_rows_and_their_order(full_world: World) -> None:
    frames = full_world.frames()
    shuffled = frames["submissions"].sample(frac=1, random_state=1)
    settled = settle(shuffled, full_world.find())
    assert list(settled["submission_id"]) == list(shuffled["submission_id"])


# --- observations


def test_a_value_carries_its_cell(world: World, units: pd.DataFrame) -> None:
    own = world.submit("xa-2021", {"xa.publish_done": 10})
    row = one(in_force(world, units), "xa-1", "xa.publish_done")
    assert (row["value"], row["qualifier"], row["state"]) == (10, "=", "value")
    assert (row["provider"], row["submission_id"], row["source"]) == ("xa-1", own, "form")
    assert (row["sheet"], row["cell"]) == (
        "Biểu 01-XA",
        world.entry("xa-2021", "xa.publish_done")["cell"],
    )
    assert not row["is_estimate"]
    assert row["is_illustrative"]


def test_zero_is_a_value_and_a_blank_is_not(world: World, units: pd.DataFrame) -> None:
    own = world.submit("xa-2021", {FREE: 0, "xa.land_donated": None})
    pairs = [("xa-1", FREE), ("xa-1", "xa.land_donated")]
    table = in_force(world, units, *pairs)
    assert tuple(one(table, *pairs[0])[["state", "value"]]) == ("zero", 0)
    blank = one(table, *pairs[1])
    assert (blank["state"], blank["submission_id"], blank["provider"]) == ("missing", own, "xa-1")
    assert blank[["value", "text", "qualifier", "sheet", "cell"]].isna().all()


def test_a_note_stands_beside_its_value(world: World, units: pd.DataFrame) -> None:
    world.submit("xa-2021")
    world.entry("xa-2021", FREE)["note"] = "số cũ"
    world.submit("xa-2021", {FREE: 5})
    world.entry("xa-2021", FREE)["note"] = "tính cả tháng 6"
    table = in_force(world, units)
    row = one(table, "xa-1", FREE)
    assert (row["value"], row["note"]) == (5, "tính cả tháng 6")
    assert table["note"].notna().sum() == 1


@pytest.mark.parametrize("expected", [[], [("xa-1", FREE)]])
def test_a_note_beside_a_blank_is_kept(
    world: World, units: pd.DataFrame, expected: list[tuple[str, str]]
) -> None:
    world.submit("xa-2021", {FREE: None})
    world.entry("xa-2021", FREE)["note"] = "chưa tổng hợp"
    row = one(in_force(world, units, *expected), "xa-1", FREE)
    assert (row["state"], row["note"]) == ("missing", "chưa tổng hợp")
    assert row[["value", "sheet", "cell"]].isna().all()


def test_a_note_of_a_returned_file_is_not_in_force(world: World, units: pd.DataFrame) -> None:
    world.submit("xa-2021", {"xa.publish_done": 11})
    world.entry("xa-2021", FREE)["note"] = "chưa tổng hợp"
    assert one(in_force(world, units, ("xa-1", FREE)), "xa-1", FREE)[["note"]].isna().all()


def test_an_unasked_blank_is_no_row(world: World, units: pd.DataFrame) -> None:
    world.submit("xa-2021", {"xa.land_donated": None})
    assert ("xa-1", "xa.land_donated") not in in_force(world, units).index


def test_nothing_submitted_is_missing_with_the_units_own_mark(
    world: World, units: pd.DataFrame
) -> None:
    world.submit("cq-2021")
    real = units.assign(is_illustrative=units["unit_id"] != "xa-2")
    pairs = [("xa-2", FREE), ("xa-1", FREE)]
    table = in_force(world, real, *pairs)
    rows = [one(table, *pair) for pair in pairs]
    assert [row["state"] for row in rows] == ["missing", "missing"]
    assert [row["is_illustrative"] for row in rows] == [False, True]
    assert not any(row["is_estimate"] for row in rows)


def test_an_expected_pair_is_one_row_even_when_listed_twice(
    world: World, units: pd.DataFrame
) -> None:
    world.submit("xa-2021")
    pair = ("xa-1", FREE)
    assert len(in_force(world, units, pair, pair).loc[[pair]]) == 1


def test_only_the_authority_counts(full_world: World, units: pd.DataFrame) -> None:
    full_world.edit({"form": "ldld-2021", "element": "dn.conference_held", "value": 0})
    row = one(in_force(full_world, units), "dn-1", "dn.conference_held")
    assert (row["value"], row["provider"]) == (0, "ldld")


def test_without_the_authority_the_units_word_is_missing(world: World, units: pd.DataFrame) -> None:
    world.submit("dn-2021")
    pair = ("dn-1", "dn.conference_held")
    assert one(in_force(world, units, pair), *pair)["state"] == "missing"


def test_a_unit_speaks_only_for_itself(world: World, units: pd.DataFrame) -> None:
    world.submit("xa-2021", provider="xa-2", unit="xa-1")
    assert ("xa-1", FREE) not in in_force(world, units).index


def test_the_towns_x_is_left_out_unless_expected(world: World, units: pd.DataFrame) -> None:
    x = {"ntm.recognised": "x", "ntm.criteria_met": "x"}
    world.submit("xa-2021", x, provider="tt-1", unit="tt-1")
    pair = ("tt-1", "ntm.recognised")
    assert pair not in in_force(world, units).index
    assert one(in_force(world, units, pair), *pair)["state"] == "missing"


def test_the_authoritys_x_is_kept(world: World, units: pd.DataFrame) -> None:
    x = {"ntm.recognised": "x", "ntm.criteria_met": "x"}
    world.submit("ntm-2021", x, unit="tt-1")
    row = one(in_force(world, units), "tt-1", "ntm.recognised")
    assert row["state"] == "not_applicable"
    assert pd.isna(row["value"])
    assert isinstance(row["cell"], str)


def test_final_stands_over_a_later_estimate(world: World, units: pd.DataFrame) -> None:
    world.submit("xa-2021", {FREE: 5}, round_="final")
    world.submit("xa-2021", {FREE: 4}, round_="estimate")
    row = one(in_force(world, units), "xa-1", FREE)
    assert (row["value"], row["is_estimate"]) == (5, False)


def test_a_blank_in_the_final_round_is_not_filled_from_the_estimate(
    world: World, units: pd.DataFrame
) -> None:
    world.submit("xa-2021", {FREE: 4}, round_="estimate")
    final = world.submit("xa-2021", {FREE: None}, round_="final")
    pair = ("xa-1", FREE)
    row = one(in_force(world, units, pair), *pair)
    assert (row["state"], row["submission_id"]) == ("missing", final)


@pytest.mark.parametrize(
    ("round_", "data_to", "qualifier", "is_estimate"),
    [
        ("final", "2021-06-30", "=", False),
        ("final", "2021-06-30", "≈", True),
        ("estimate", "2021-06-30", "=", True),
        ("final", "2021-06-29", "=", True),
    ],
)
def test_what_makes_an_estimate(
    world: World,
    units: pd.DataFrame,
    round_: str,
    data_to: str,
    qualifier: str,
    is_estimate: bool,
) -> None:
    world.submit("xa-2021", round_=round_, data_to=data_to)
    world.entry("xa-2021", FREE)["qualifier"] = qualifier
    row = one(in_force(world, units), "xa-1", FREE)
    assert row["is_estimate"] == is_estimate


def test_a_quarantined_cell_keeps_its_address_and_has_no_value(
    world: World, units: pd.DataFrame
) -> None:
    world.submit("xa-2021")
    entry = world.entry("xa-2021", FREE)
    entry |= {"state": "quarantined", "value": 3.0}
    row = one(in_force(world, units), "xa-1", FREE)
    assert (row["state"], row["cell"]) == ("quarantined", entry["cell"])
    assert pd.isna(row["value"])


def test_a_date_is_text(world: World, units: pd.DataFrame) -> None:
    world.submit("cq-2021")
    row = one(in_force(world, units), "cq-1", "cq.conference_on")
    assert row["text"] == "2021-03-15"


# --- registers


def in_registers(world: World, units: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return registers(
        submissions=world.settled(),
        rows=world.frames()["rows"],
        units=units,
        catalogue=world.catalogue,
        period="2021-H1",
    )


def test_rows_come_from_the_newest_accepted_export(world: World, units: pd.DataFrame) -> None:
    world.submit("motcua-2021")
    second = world.submit("motcua-2021")
    world.submit("motcua-2021")
    world.rows["dossiers"][-1]["due_on"] = None  # the third export is returned
    table = in_registers(world, units)["core.registers_dossiers"]
    assert set(table["submission_id"]) == {second}
    assert list(table["row"]) == [5, 6]
    assert list(table["unit_id"]) == ["xa-1", "xa-1"]
    assert set(table["period"]) == {"2021-H1"}


def test_a_register_without_rows_is_an_empty_table(world: World, units: pd.DataFrame) -> None:
    world.submit("motcua-2021")
    tables = in_registers(world, units)
    assert set(tables) == {register.table for register in world.catalogue.registers.values()}
    assert tables["core.registers_inspections"].empty


def test_only_the_authority_of_a_register_counts(world: World, units: pd.DataFrame) -> None:
    world.submit("motcua-2021", provider="xa-2")
    assert in_registers(world, units)["core.registers_dossiers"].empty


# --- registers that units keep themselves


def kept(world: World, provider: str, code: str) -> str:
    """A submission of a commune that holds one model of its own."""
    form = "xa-2021"
    submission = world.submit(form, {"ld.models_registered": 1, "ld.models_recognised": 0},
                              provider=provider, unit=provider)  # fmt: skip
    world.keep("models", form)
    last = world.rows["models"].pop()
    world.rows["models"][-1] |= {**last, "row": 5, "model_code": code, "unit": provider}
    world.entry(form, "ld.models_registered").update(value=1.0)
    world.entry(form, "ld.models_recognised").update(value=0.0, state="zero")
    return submission


def test_every_units_newest_own_register_is_in_force(world: World, units: pd.DataFrame) -> None:
    kept(world, "xa-1", "V-old")
    second, other = kept(world, "xa-1", "V-new"), kept(world, "xa-2", "V-9")
    assert world.find().empty
    table = in_registers(world, units)["core.registers_models"]
    assert sorted(
        zip(table["submission_id"], table["unit_id"], table["model_code"], strict=True)
    ) == [
        (second, "xa-1", "V-new"),
        (other, "xa-2", "V-9"),
    ]


def test_a_row_about_another_unit_is_told_and_not_used(world: World, units: pd.DataFrame) -> None:
    kept(world, "xa-1", "V-1")
    world.rows["models"][-1]["unit"] = "xa-2"
    found = world.find()
    assert list(found["rule"]) == ["ROW-UNIT"]
    row = found.iloc[0]
    assert (row["cell"], row["found"], row["expected"]) == ("B5", "xa-2", "xa-1")
    assert in_registers(world, units)["core.registers_models"].empty


def test_a_returned_register_is_not_in_force(world: World, units: pd.DataFrame) -> None:
    first = kept(world, "xa-1", "V-1")
    kept(world, "xa-1", "V-2")
    world.rows["models"][-1]["title"] = None
    table = in_registers(world, units)["core.registers_models"]
    assert list(table["submission_id"]) == [first]
