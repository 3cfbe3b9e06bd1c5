"""An attacker with everything that was ever published does not work out a small number."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.catalogue.disclosure import load_disclosure
from pipelines.catalogue.load import load_catalogue
from pipelines.evaluation.suppression import Counts, Sum, hidden_cells, worked_out
from pipelines.reports.site.lens import lens_for, value_key
from tests.reports.evidence.test_lens import DONE, DUE, INTERNAL, shelf, shown_of

THRESHOLD = load_disclosure().threshold


def seen(*releases: dict[str, tuple[int, int]]):
    """The lens of the last of some releases of one period."""
    disclosure = load_disclosure()
    public = disclosure.audiences["public"].model_copy(update={"sensitivities": INTERNAL})
    widened = disclosure.model_copy(update={"audiences": {"public": public}})
    *earlier, last = map(shelf, releases)
    return lens_for(last, load_catalogue(), widened, "public", earlier)


def test_what_was_hidden_stays_hidden_when_the_number_grows() -> None:
    first = {"a": (2, 30), "b": (9, 40), "c": (30, 60)}
    second = {**first, "a": (20, 30)}
    before, after, alone = seen(first), seen(first, second), seen(second)
    assert value_key("a", DONE) in before.closed
    assert before.closed <= after.closed
    assert not before.closed <= alone.closed, "the second alone would have told it"


def test_what_was_shown_before_is_no_hiding_place() -> None:
    first = {"a": (20, 60), "b": (19, 60), "c": (30, 60)}
    second = {**first, "a": (2, 60)}
    assert value_key("b", DONE) not in seen(first).closed
    table, hidden = shown_of(second, seen(first, second))
    unchanged = {value_key(unit, DONE) for unit in "bc"} | {value_key(unit, DUE) for unit in "abc"}
    worked = worked_out(table, hidden, unchanged)
    assert value_key("a", DONE) not in worked
    table, hidden = shown_of(second, seen(second))
    assert value_key("a", DONE) in worked_out(table, hidden, unchanged), "or the test tests nothing"


numbers = st.tuples(st.integers(0, 12), st.integers(0, 12)).map(lambda two: (two[0], sum(two)))
offices = st.lists(numbers, min_size=2, max_size=4)


@settings(max_examples=80, deadline=None)
@given(offices, st.data())
def test_two_releases_together_give_nothing_away(given_first, data) -> None:
    first = {f"u{n}": pair for n, pair in enumerate(given_first)}
    changed = data.draw(st.sampled_from(sorted(first)))
    second = {**first, changed: data.draw(numbers)}
    one, two = seen(first), seen(first, second)
    assert one.closed <= two.closed, "what is withheld only widens"
    for table, hidden in (shown_of(first, one), shown_of(second, two)):
        small = {c for c in table.small if c in hidden}
        assert not small & worked_out(table, hidden).keys()


def bounds(table: Counts, hidden: frozenset[str], most: int) -> dict[str, set[float]]:
    """Every value that hidden cells can have: all worlds that fit what is shown, one by one."""
    parts = sorted({p for entry in table.sums for p in entry.parts} - {e.total for e in table.sums})
    free = [cell for cell in parts if cell in hidden]
    fixed = {cell: table.values[cell] for cell in parts if cell not in hidden}
    found: dict[str, set[float]] = {cell: set() for cell in hidden}
    for guess in itertools.product(range(most + 1), repeat=len(free)):
        world = fixed | dict(zip(free, map(float, guess), strict=True))
        for entry in table.sums:
            world[entry.total] = sum(world[part] for part in entry.parts)
        if all(world[c] == v for c, v in table.values.items() if c not in hidden):
            for cell in hidden:
                found[cell].add(world[cell])
    return found


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=2, max_size=4))
def test_a_small_number_is_known_no_better_than_the_rule_allows(values: list[int]) -> None:
    cells = {f"u{n}": float(value) for n, value in enumerate(values)}
    table = Counts(
        cells | {"all": float(sum(values))}, [Sum("all", tuple(cells))],
        frozenset([*cells, "all"]), THRESHOLD,
    )  # fmt: skip
    hidden = hidden_cells(table)
    possible = bounds(table, hidden, 12)
    for cell in table.small:
        span = max(possible[cell]) - min(possible[cell])
        assert span >= THRESHOLD or "all" not in hidden or len(hidden) == len(table.values), cell


def test_counts_of_units_documents_and_posts_are_never_hidden() -> None:
    catalogue = load_catalogue()
    counted = {element.id for element in catalogue.elements.values() if element.counts_persons}
    assert counted, "or nothing is guarded"
    for element in catalogue.elements.values():
        if element.unit_vi in {"đơn vị", "văn bản", "biên chế", "xã", "thôn, buôn, tổ dân phố"}:
            assert element.id not in counted, element.id
    few = {"a": (2, 30), "b": (9, 40)}
    plain = shelf(few)
    posts = {
        unit: [row | {"element": "nv.posts_streamlined", "value": 1.0} for row in rows[:1]]
        for unit, rows in plain.observed.items()
    }
    public = lens_for(
        replace(plain, observed=posts, figures={}), catalogue, load_disclosure(), "public"
    )
    assert public.closed == frozenset()
    assert public.sees_value(catalogue, "a", "nv.posts_streamlined")


@pytest.mark.parametrize("audience", ["public", "units", "superior"])
def test_who_gets_what_is_written_down(audience: str) -> None:
    chosen = load_disclosure().audiences[audience]
    expected = {"public": (False, False, False), "units": (False, False, True),
                "superior": (True, True, False)}  # fmt: skip
    assert (chosen.exact, chosen.workings, chosen.own) == expected[audience]
    if audience != "superior":
        assert chosen.sensitivities == ["public"]
