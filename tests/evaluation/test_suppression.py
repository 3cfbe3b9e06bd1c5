"""Nobody works out a small number of persons from what is shown."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.evaluation.suppression import Counts, Sum, hidden_cells, worked_out

THRESHOLD = 3


def counts(values: dict[str, float], *sums: Sum, unseen: tuple[str, ...] = ()) -> Counts:
    return Counts(values, sums, frozenset(values), THRESHOLD, frozenset(unseen))


def test_a_small_cell_takes_another_along() -> None:
    table = counts({"all": 30, "a": 2, "b": 9, "c": 19}, Sum("all", ("a", "b", "c")))
    assert hidden_cells(table) == {"a", "b"}, "the smallest that is large enough to hide behind"


def test_nothing_small_nothing_hidden() -> None:
    table = counts({"all": 31, "a": 0, "b": 12, "c": 19}, Sum("all", ("a", "b", "c")))
    assert hidden_cells(table) == frozenset()


def test_a_cell_that_is_its_own_total_takes_the_total_along() -> None:
    assert hidden_cells(counts({"all": 2, "a": 2}, Sum("all", ("a",)))) == {"all", "a"}


def test_the_difference_between_a_province_and_its_districts_is_no_way_in() -> None:
    table = counts(
        {"tinh": 52, "huyen": 50, "a": 20, "b": 30, "c": 2},
        Sum("tinh", ("a", "b", "c")),
        Sum("huyen", ("a", "b")),
    )
    assert worked_out(table, {"c"}) == {"c": 2}
    hidden = hidden_cells(table)
    assert "c" in hidden
    assert worked_out(table, hidden) == {}


def test_who_is_missing_from_a_rate_is_not_worked_out() -> None:
    table = counts(
        {"due": 51, "done": 50, "rest": 1}, Sum("due", ("done", "rest")), unseen=("rest",)
    )
    hidden = hidden_cells(table)
    assert hidden == {"done"}
    assert worked_out(table, hidden | {"rest"}) == {}


def test_a_unit_that_knows_itself_does_not_learn_of_its_neighbour() -> None:
    table = counts({"all": 34, "a": 2, "b": 4, "c": 28}, Sum("all", ("a", "b", "c")))
    assert hidden_cells(table) == {"a", "b"}
    with_insiders = hidden_cells(table, [{"a"}, {"b"}, {"c"}])
    assert worked_out(table, {"a", "b"}, {"b"}) == {"a": 2}
    assert worked_out(table, with_insiders, {"b"}) == {}


units = st.lists(st.lists(st.integers(0, 6), min_size=1, max_size=3), min_size=1, max_size=3)


def built(world: list[list[int]]) -> Counts:
    """Districts of units, a total for each, one for all."""
    values: dict[str, float] = {}
    sums: list[Sum] = []
    for place, district in enumerate(world):
        cells = {f"{place}.{n}": float(value) for n, value in enumerate(district)}
        values |= cells | {str(place): float(sum(district))}
        sums.append(Sum(str(place), tuple(cells)))
    values["all"] = sum(values[str(place)] for place in range(len(world)))
    sums.append(Sum("all", tuple(str(place) for place in range(len(world)))))
    return counts(values, *sums)


def possible(table: Counts, shown: dict[str, float], most: int) -> dict[str, set[float]]:
    """Every value that each unit can have, tried one by one."""
    units = sorted(c for c in table.values if "." in c)
    found: dict[str, set[float]] = {cell: set() for cell in table.values}
    for guess in product(range(most + 1), repeat=len(units)):
        world = dict(zip(units, map(float, guess), strict=True))
        for entry in table.sums:
            world[entry.total] = sum(world[part] for part in entry.parts)
        if all(world[cell] == value for cell, value in shown.items()):
            for cell, value in world.items():
                found[cell].add(value)
    return found


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 4), min_size=1, max_size=2), min_size=1, max_size=2))
def test_trying_every_world_leaves_a_hidden_cell_open(world: list[list[int]]) -> None:
    table = built(world)
    hidden = hidden_cells(table)
    assert table.small <= hidden
    shown = {c: v for c, v in table.values.items() if c not in hidden}
    for cell, values in possible(table, shown, 8).items():
        assert cell not in hidden or len(values) > 1, (cell, values, shown)


@settings(max_examples=150, deadline=None)
@given(units)
def test_sums_and_differences_give_nothing_away(world: list[list[int]]) -> None:
    table = built(world)
    hidden = hidden_cells(table)
    assert table.small <= hidden
    assert worked_out(table, hidden) == {}
    readers = [{cell} for cell in table.values if "." in cell]
    wider = hidden_cells(table, readers)
    assert table.small <= wider
    for own in readers:
        known_by_itself = {entry.total for entry in table.sums if set(entry.parts) <= own}
        left = worked_out(table, wider, own)
        others = {c for c in left if c in table.small and table.values[c] > 0} - known_by_itself
        assert not {c for c in others if "." in c}, (own, left, wider)
