"""A year from its halves: sums, last figures, answers, what is unknown stays unknown."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.catalogue.contracts import table_contract
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.over_time import over_time
from pipelines.evaluation.composing import compose, cumulative_breaks, origins, union_rows

CATALOGUE = load_catalogue()
FLOW, STOCK, ANSWER, YEARLY = (
    "ld.committee_meetings", "ld.committee_members", "ld.committee_consolidated",
    "ld.inspections_planned",
)  # fmt: skip
RATE, TEXT = "bcd.members_assigned_rate", "ld.programme_number"
HALVES = ("2020-H1", "2020-H2")
Given = float | bool | str | None


def observed(part: str, answers: dict[tuple[str, str], Given]) -> pd.DataFrame:
    """Observations of a part; None is missing, "x" does not apply, other texts are texts."""
    contract = table_contract(CATALOGUE, "core.observations")
    rows = []
    for (unit, element), said in answers.items():
        number = None if said is None or isinstance(said, str) else float(said)
        exempt, missing = said == "x", said is None
        state = "missing" if missing else "zero" if number == 0 else "value"
        rows.append(
            {
                "unit_id": unit,
                "period": part,
                "element": element,
                "value": number,
                "qualifier": None if exempt or missing else "=",
                "text": said if isinstance(said, str) and not exempt else None,
                "note": None,
                "state": "not_applicable" if exempt else state,
                "decided": None,
                "source": "form",
                "provider": unit,
                "submission_id": None if missing else f"{part}/{unit}/01",
                "sheet": None if missing else "Biểu",
                "cell": None if missing else "E9",
                "is_estimate": False,
                "is_illustrative": True,
            }
        )
    return contract.conform(pd.DataFrame(rows)) if rows else contract.empty()


def year(element: str, *said: Given, years: bool = False) -> dict[str, object]:
    parts = {f"p{n}": observed(f"p{n}", {("u", element): each}) for n, each in enumerate(said)}
    return whole(parts, years=years)[element]


def whole(parts: dict[str, pd.DataFrame], *, years: bool = False) -> dict[str, dict]:
    alive = pd.DataFrame({"unit_id": "u", "part": list(parts)})
    found = compose(parts=parts, alive=alive, catalogue=CATALOGUE, period="2020", years=years)
    assert set(found["source"]) <= {"derived"}
    assert found["cell"].isna().all()
    return {str(row["element"]): row for row in found.to_dict("records")}


@settings(deadline=None, max_examples=25)
@given(st.lists(st.none() | st.integers(0, 1000), min_size=1, max_size=10))
def test_a_sum_is_that_of_all_parts_or_is_not_known(said: list[int | None]) -> None:
    wanted = None if None in said else sum(each for each in said if each is not None)
    for order in (said, said[::-1]):
        row = year(FLOW, *order)
        if wanted is None:
            assert row["state"] == "missing"
            assert row["value"] != row["value"]  # nan
        else:
            assert (row["state"], row["value"]) == ("zero" if wanted == 0 else "value", wanted)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.none() | st.integers(0, 100), min_size=1, max_size=6))
def test_a_stock_is_that_of_the_last_part(said: list[int | None]) -> None:
    row = year(STOCK, *said)
    assert (row["state"] == "missing") == (said[-1] is None)
    if said[-1] is not None:
        assert row["value"] == said[-1]


@settings(deadline=None, max_examples=25)
@given(st.lists(st.none() | st.booleans(), min_size=1, max_size=6))
def test_any_answer_is_settled_by_one_yes(said: list[bool | None]) -> None:
    row = year(ANSWER, *said)
    if True in said:
        assert row["value"] == 1
    elif None in said:
        assert row["state"] == "missing"
    else:
        assert row["state"] == "zero"


def test_a_duty_of_every_year_is_fulfilled_when_it_was_in_all() -> None:
    name = "cq.conference_held"
    assert over_time(CATALOGUE.elements[name], years=True) == "all"
    assert year(name, True, False, years=True)["value"] == 0
    assert year(name, True, None, years=True)["state"] == "missing"
    assert year(name, False, None, years=True)["state"] == "missing"
    assert year(name, True, False)["value"] == 1


def test_a_plan_of_the_year_is_not_added_over_halves_but_over_years() -> None:
    assert year(YEARLY, 7, 7)["value"] == 7
    assert year(YEARLY, 7, None)["state"] == "missing"
    assert year(YEARLY, 7, 5, years=True)["value"] == 12


def test_what_does_not_apply_adds_nothing() -> None:
    assert year(FLOW, "x", 3)["value"] == 3
    assert year(FLOW, "x", "x")["state"] == "not_applicable"
    assert year(FLOW, "x", None)["state"] == "missing"


def test_a_part_without_any_input_leaves_the_sum_unknown() -> None:
    parts = {"2021-H1": observed("2021-H1", {("u", FLOW): 3}), "2021-H2": observed("2021-H2", {})}
    assert whole(parts)[FLOW]["state"] == "missing"


def test_a_unit_is_only_asked_in_its_life() -> None:
    parts = {h: observed(h, {("u", FLOW): 3} if h == HALVES[1] else {}) for h in HALVES}
    alive = pd.DataFrame({"unit_id": ["u"], "part": [HALVES[1]]})
    found = compose(parts=parts, alive=alive, catalogue=CATALOGUE, period="2020", years=False)
    assert found["value"].tolist() == [3]


def test_a_text_is_the_newest_that_was_said() -> None:
    assert year(TEXT, "01-CTr", None)["text"] == "01-CTr"


def test_rates_are_computed_anew() -> None:
    top, bottom = "bcd.members_assigned", "bcd.members"
    parts = {
        half: observed(half, {("u", top): a, ("u", bottom): b, ("u", RATE): stated})
        for half, a, b, stated in zip(HALVES, (9, 12), (10, 16), (90, 11), strict=True)
    }
    assert whole(parts)[RATE]["value"] == 75


@pytest.mark.parametrize(
    ("met", "there_are", "wanted"),
    [((4, 5), 10, None), ((10, 5), 10, 10), ((0, 5), 10, 5), ((4, None), 10, None)],
)
def test_villages_that_met_are_not_added(
    met: tuple[int, int | None], there_are: int, wanted: int | None
) -> None:
    parts = {
        half: observed(half, {("u", "xa.villages_met"): n, ("u", "xa.villages_total"): there_are})
        for half, n in zip(HALVES, met, strict=True)
    }
    row = whole(parts)["xa.villages_met"]
    assert row["state"] == ("missing" if wanted is None else "value")
    if wanted is not None:
        assert row["value"] == wanted


def test_origins_are_all_cells_of_a_sum_and_the_last_of_a_stock() -> None:
    parts = {h: observed(h, {("u", FLOW): 1, ("u", STOCK): 2}) for h in HALVES}
    found = origins(parts=parts, catalogue=CATALOGUE, years=False)
    assert sorted(found.loc[found["element"] == FLOW, "period"]) == list(HALVES)
    assert found.loc[found["element"] == STOCK, "period"].tolist() == [HALVES[1]]


def test_a_cumulative_figure_must_be_the_sum() -> None:
    total, flow = "nv.posts_streamlined_total", "nv.posts_streamlined"

    def breaks(stated: int) -> pd.DataFrame:
        parts = {
            half: observed(half, {("u", flow): 10, ("u", total): n})
            for half, n in zip(HALVES, (10, stated), strict=True)
        }
        alive = pd.DataFrame({"unit_id": "u", "part": list(parts)})
        made = compose(parts=parts, alive=alive, catalogue=CATALOGUE, period="2020", years=False)
        return cumulative_breaks(whole=made, parts=parts, catalogue=CATALOGUE, period="2020")

    assert breaks(20).empty
    (row,) = breaks(17).to_dict("records")
    assert (row["submission_id"], row["cell"], row["found"]) == ("2020-H2/u/01", "E9", "17")
    assert "20" in row["message_vi"]


def test_a_dossier_that_is_carried_over_is_counted_once() -> None:
    register = CATALOGUE.registers["dossiers"]

    def rows(half: str, received: str, status: str) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "submission_id": [f"{half}/mc/01"], "row": [9], "unit_id": ["u"],
                "period": [half], "dossier_code": ["A-1"], "status": [status],
                "received_on": pd.to_datetime([received]),
            }
        )  # fmt: skip

    first = rows(HALVES[0], "2020-05-01", "Đang giải quyết")
    again = rows(HALVES[1], "2020-05-01", "Đã giải quyết")
    other = rows("2021-H1", "2021-03-01", "Đang giải quyết")
    found = union_rows([first, again, other], register, "2020")
    assert found["status"].tolist() == ["Đã giải quyết", "Đang giải quyết"]
    assert set(found["period"]) == {"2020"}


def test_of_a_stock_the_newest_part_of_each_unit_stands() -> None:
    areas = CATALOGUE.registers["assignments"]

    def rows(*units: str, since: str) -> pd.DataFrame:
        return pd.DataFrame({"unit_id": units, "valid_from": pd.Timestamp(since), "period": "p"})

    first, last = rows("xa-1", "xa-2", since="2020-01-01"), rows("xa-1", since="2020-10-01")
    found = union_rows([first, last], areas, "2020").sort_values("unit_id")
    assert found["unit_id"].tolist() == ["xa-1", "xa-2"]
    assert found["valid_from"].dt.month.tolist() == [10, 1]
    assert union_rows([first, last.iloc[:0]], areas, "2020")["unit_id"].tolist() == ["xa-1", "xa-2"]
