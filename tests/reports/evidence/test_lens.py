"""Small counts of persons on the pages of an audience."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.catalogue.disclosure import load_disclosure
from pipelines.catalogue.load import load_catalogue
from pipelines.evaluation.suppression import Counts, Sum, worked_out
from pipelines.reports.site.lens import PARTS, figure_key, lens_for, value_key
from pipelines.reports.site.source import Shelf

RATE, DUE, DONE = (
    "cq.asset_declaration_rate",
    "cq.asset_declarations_due",
    "cq.asset_declarations_done",
)
AREA = "huyen-mh-1"
INTERNAL = ["public", "internal"]


def shelf(agencies: dict[str, tuple[int, int]]) -> Shelf:
    """Agencies with (done, due), and the rate of the area."""
    observed, entries = {}, []
    for unit, pair in agencies.items():
        rows = [
            {
                "unit_id": unit,
                "element": element,
                "value": float(number),
                "state": "value" if number else "zero",
                "provider": unit,
            }
            for element, number in zip((DONE, DUE), pair, strict=True)
        ]
        observed[unit] = rows
        entries += [row | {"cell": "E1"} for row in rows]
    done, due = (sum(pair[n] for pair in agencies.values()) for n in (0, 1))
    figure = {"scope_id": AREA, "numerator": done, "denominator": due, "entries": entries}
    units = {key: {"unit_type": "agency", "official_order": 1} for key in [AREA, *agencies]}
    return Shelf(
        units=units, order=list(units), figures={RATE: {AREA: figure}}, observed=observed,
        files={}, sheets={}, of_unit={}, of_file={}, of_element={}, beside={}, series={},
        published={},
    )  # fmt: skip


def lens(agencies: dict[str, tuple[int, int]], audience: str, seen: list[str]):
    """The lens of an audience that may see values of these sensitivities."""
    disclosure = load_disclosure()
    given = disclosure.audiences[audience].model_copy(update={"sensitivities": seen})
    widened = disclosure.model_copy(update={"audiences": {audience: given}})
    return lens_for(shelf(agencies), load_catalogue(), widened, audience)


def shown_of(agencies: dict[str, tuple[int, int]], seen) -> tuple[Counts, set[str]]:
    """What a reader of the pages knows, written down apart from how the lens came to it."""
    values, sums = {}, []
    for unit, (done, due) in agencies.items():
        cells = {value_key(unit, DONE): done, value_key(unit, DUE): due, f"left {unit}": due - done}
        values |= {cell: float(number) for cell, number in cells.items()}
        sums.append(Sum(value_key(unit, DUE), (value_key(unit, DONE), f"left {unit}")))
    for part, element in zip(PARTS, (DONE, DUE), strict=True):
        cells = tuple(value_key(unit, element) for unit in agencies)
        values[figure_key(RATE, AREA, part)] = sum(values[cell] for cell in cells)
        sums.append(Sum(figure_key(RATE, AREA, part), cells))
    top, bottom = (figure_key(RATE, AREA, part) for part in PARTS)
    values["left"] = values[bottom] - values[top]
    sums.append(Sum(bottom, (top, "left")))
    persons = frozenset(values)
    hidden = {
        value_key(unit, element)
        for unit in agencies
        for element in (DONE, DUE)
        if not seen.sees_value(load_catalogue(), unit, element)
    }
    hidden |= {figure_key(RATE, AREA, p) for p in PARTS if not seen.sees_part(RATE, AREA, p)}
    hidden |= {cell for cell in values if cell.startswith("left")}
    return Counts(values, sums, persons, load_disclosure().threshold), hidden


def test_a_superior_sees_everything() -> None:
    seen = lens({"cq-1": (2, 3), "cq-2": (40, 41)}, "superior", INTERNAL)
    assert seen.sees_figure(RATE, AREA, of_unit=False)
    assert seen.sees_value(load_catalogue(), "cq-1", DONE)


def test_values_that_are_not_public_stay_closed_whatever_their_size() -> None:
    seen = lens({"cq-1": (20, 30), "cq-2": (40, 51)}, "public", ["public"])
    assert not seen.sees_value(load_catalogue(), "cq-1", DONE)
    assert seen.sees_figure(RATE, AREA, of_unit=False), "the area's rate names nobody"
    assert not seen.sees_figure(RATE, "cq-1", of_unit=True)


def test_the_rate_of_an_area_closes_when_one_person_is_missing_from_it() -> None:
    seen = lens({"cq-1": (30, 30), "cq-2": (50, 51)}, "public", ["public"])
    assert not seen.sees_figure(RATE, AREA, of_unit=False)


def test_a_unit_sees_itself() -> None:
    seen = lens({"cq-1": (2, 3), "cq-2": (40, 60), "cq-3": (50, 60)}, "units", ["public"])
    mine = replace(seen, own="cq-1")
    assert mine.sees_value(load_catalogue(), "cq-1", DONE)
    assert not mine.sees_value(load_catalogue(), "cq-2", DONE)
    assert not seen.compares(RATE), "another period's figure would give the difference away"


pairs = st.tuples(st.integers(0, 12), st.integers(0, 12)).map(lambda p: (p[0], p[0] + p[1]))


@settings(max_examples=40, deadline=None)
@given(st.lists(pairs, min_size=1, max_size=4), st.sampled_from(["public", "units"]))
def test_no_small_number_is_worked_out_from_what_the_pages_show(
    numbers: list[tuple[int, int]], audience: str
) -> None:
    agencies = {f"cq-{n}": pair for n, pair in enumerate(numbers)}
    table, hidden = shown_of(agencies, lens(agencies, audience, INTERNAL))
    assert not {c for c in table.small if c not in hidden}
    readers = [set()]
    if audience == "units":
        readers += [{c for c in table.values if c.rsplit(" ", 1)[-1] == u} for u in agencies]
    for own in readers:
        others = {c for c in worked_out(table, hidden, own) if c not in own}
        told = {c for c in others & table.small if len(agencies) > 1 or not own}
        if own:
            # who knows all parts but one knows that one: only of others it must learn nothing
            told = {c for c in told if any(c.endswith(f" {u}") for u in agencies)}
        assert not told, (agencies, own, told, hidden)
