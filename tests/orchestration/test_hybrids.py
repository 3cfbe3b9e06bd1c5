"""Which leg a journal line belongs to, and in which order two journals go together."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.orchestration.hybrids import Known, Line, lines_between

NOTHING = Known(frozenset(), frozenset(), {})
lines = st.lists(st.integers(0, 12), unique=True, max_size=8)


def received(name: str, path: str = "raw/2021-H1/x") -> dict[str, Any]:
    return {"event": "received", "submission_id": f"2021-H1/{name}", "path": path, "at": "…"}


def said(number: int) -> dict[str, Any]:
    return {"event": "decision", "action": "accept", "number": number}


def kept(found: list[Line], *, old: bool) -> list[dict[str, Any]]:
    return [line.entry for line in found if not (line.is_new if old else line.is_gone)]


@given(lines, lines)
@settings(max_examples=60, deadline=None)
def test_both_journals_are_kept_in_their_order(first: list[int], second: list[int]) -> None:
    before, after = [said(n) for n in first], [said(n) for n in second]
    found = lines_between(before, after, (NOTHING, NOTHING))
    assert kept(found, old=True) == before
    assert kept(found, old=False) == after
    assert all((line.leg is not None) == (line.is_new or line.is_gone) for line in found)


@pytest.mark.parametrize(
    ("entry", "leg"),
    [
        (received("xa/02"), "resubmissions"),
        (received("xa/03", "raw/2021-H1/xa/old.xlsx"), "resubmissions"),
        (received("dn/01"), "new_reports"),
        (received("xa/04"), "new_reports"),
        ({"event": "correction", "cell": "E1"}, "corrections"),
        ({"event": "decision", "action": "return"}, "corrections"),
        ({"event": "text", "about": "narrative:IV"}, None),
        ({"event": "period", "action": "lock"}, None),
    ],
)
def test_a_new_line_belongs_to_a_leg(entry: dict[str, Any], leg: str | None) -> None:
    had = Known(frozenset({("xa", "xa-2021")}), frozenset({"raw/2021-H1/xa/old.xlsx"}), {})
    has = Known(
        frozenset(),
        frozenset(),
        {"2021-H1/xa/02": "xa-2021", "2021-H1/xa/04": "another", "2021-H1/dn/01": "dn-2021"},
    )
    (line,) = lines_between([], [entry], (had, has))
    assert (line.leg, line.is_new) == (leg, True)
    (line,) = lines_between([entry], [], (has, had))
    assert (line.leg, line.is_gone) == (leg, True)
