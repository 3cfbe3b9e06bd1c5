"""What a finding asks for is what all rules together leave over, not only the one that spoke."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import pytest

from tests.validation.conftest import World


def asked(world: World, *changes: Mapping[str, object]) -> dict[str, Any]:
    """What each finding about an element asks for, after changes to the commune's form."""
    for change in changes:
        world.edit({"form": "xa-2021", **change})
    found = world.find()
    found = found[found["severity"] != "review"]
    return dict(zip(found["element"], found["expected"], strict=True))


def wrong(element: str) -> dict[str, object]:
    return {"element": element, "fault": "typed", "found": "?"}


# what the valid world says
DUE, DONE = 10, 9


def test_a_part_is_at_most_the_whole(world: World) -> None:
    (said,) = asked(world, wrong("xa.publish_done")).values()
    assert str(said).endswith(f" đến {DUE}")


def test_a_whole_is_at_least_the_part(world: World) -> None:
    (said,) = asked(world, wrong("xa.publish_due")).values()
    assert str(said).startswith(f"số nguyên từ {DONE} đến ")


def test_a_sum_is_the_sum(world: World) -> None:
    assert asked(world, wrong("xa.dialogues")) == {"xa.dialogues": "số nguyên bằng 10"}


def test_a_pair_is_there_together(world: World) -> None:
    (said,) = asked(world, wrong("ld.dissemination_attendance")).values()
    assert str(said).startswith("số nguyên từ 1 đến ")


def test_nothing_goes_with_nothing(world: World) -> None:
    # a rule of two counts: no sessions, so nobody attended
    said = asked(
        world,
        {"element": "ld.dissemination_sessions", "value": 0},
        wrong("ld.dissemination_attendance"),
    )
    assert said["ld.dissemination_attendance"] == "số nguyên bằng 0"


def test_two_named_cells_are_told_of_each_other(world: World) -> None:
    said = asked(world, wrong("xa.publish_done"), wrong("xa.publish_due"))
    for text in said.values():
        assert "; đồng thời Số nội dung đã công khai (B02) không lớn hơn" in str(text)


def test_a_blank_term_asks_nothing(world: World) -> None:
    said = asked(world, {"element": "xa.publish_due", "value": None}, wrong("xa.publish_done"))
    # the blank cell is named too, so that both are told of each other
    assert set(said) == {"xa.publish_due", "xa.publish_done"}
    assert all("đồng thời" in str(text) for text in said.values())


def test_cells_that_leave_no_value_over_are_named(world: World) -> None:
    # no less than B33, no more than B01, but B33 is more than B01
    said = asked(
        world,
        wrong("xa.publish_done"),
        {"element": "xa.publish_due", "value": 2},
    )
    text = str(said["xa.publish_done"])
    assert text.startswith("số nguyên từ 0 đến ")
    assert "; sửa đồng thời với " in text
    for code in ("B01", "B33"):
        cell = next(
            e["cell"] for e in world.entries if world.catalogue.elements[e["element"]].code == code
        )
        assert f"{code} (trang " in text
        assert f"ô {cell})" in text


def test_the_rules_own_words_stay_where_they_say_it_all(world: World) -> None:
    said = asked(world, {"element": "ld.members_assigned", "value": 11})
    assert said == {"ld.members_assigned": "không quá 10"}


@pytest.mark.parametrize("element", ["ld.work_regulation_revised", "xa.schedule_months"])
def test_a_formula_error_asks_for_a_typed_value(world: World, element: str) -> None:
    change = {"element": element, "fault": "no_error_value", "found": "#REF!"}
    said = asked(world, change)[element]
    assert pd.notna(said)
    assert str(said).endswith(", nhập trực tiếp")
