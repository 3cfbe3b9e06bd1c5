"""Frames that notebooks show: one unit, discipline, tasks, reasons, both maps, parts."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from pipelines.analysis import (
    new_map,
    one_unit,
    open_period,
    parts,
    peers,
    programme,
    quality,
    targeting,
)
from pipelines.analysis.opening import Opened, UnknownChoice
from pipelines.vietnamese.numbers import NO_DATA
from tests.analysis.frames import Frames, made
from tests.reports.small import BLANK, LATE, PERIOD, RETURNED, SILENT


@pytest.fixture(scope="module")
def book(small_root: Path) -> Opened:
    return open_period(PERIOD, root=small_root)


class Changed(Frames):
    """Frames that can be asked for one period, as the warehouse can."""

    def table(self, name: str, /, *, period: str | None = None, **_: object) -> pd.DataFrame:
        frame = super().table(name)
        return frame if period is None else frame[frame["period"] == period]


def _with(book: Opened, **tables: pd.DataFrame) -> Opened:
    """The period with tables in place of its own."""
    known = {name.replace("__", "."): frame for name, frame in tables.items()}
    own = {name: book.wh.table(name) for name in ("ref.units", "ref.periods", "ref.requests")}
    return replace(book, wh=Changed(**{k.replace(".", "__"): v for k, v in (own | known).items()}))


def _by_name(book: Opened) -> pd.DataFrame:
    """Units of the period by name: later ones bear the names of earlier ones."""
    units = book.wh.table("ref.units")
    return units[units["unit_id"].str.fullmatch(r"[a-z]+-mh(-\d\d)?")].set_index("name")


def test_the_first_unit_of_the_official_list_is_the_default(book: Opened):
    unit = one_unit.unit_of(book)
    assert (unit.unit_id, unit.name) == ("tt-mh-01", "Thị trấn minh họa")
    assert one_unit.unit_of(book, SILENT).facts["Loại"] == "Doanh nghiệp"
    for typed in ("xa-24490-1", "x'", "tt-mh-01 ", None):
        with pytest.raises(UnknownChoice, match="Không có đơn vị"):
            one_unit.unit_of(book, typed)  # type: ignore[arg-type] # what an analyst may type


def test_a_unit_stands_beside_the_median_of_its_kind(book: Opened):
    unit = one_unit.unit_of(book, "xa-mh-02")
    shown = one_unit.unit_figures(book, unit)
    values = book.wh.table("eval.indicator_values", period=PERIOD)
    communes = values["scope_id"].str.fullmatch(r"(xa|tt)-mh-\d\d")
    values = values[communes & values["view"].eq("as_reported")]
    medians = values.groupby("indicator")["value"].median()
    assert len(shown) > 10
    for row in shown.to_dict("records"):
        wanted = medians.get(row["indicator"])
        known = wanted is not None and wanted == wanted
        assert row["median"] == wanted if known else row["median_shown"] == NO_DATA


def test_every_value_of_a_unit_is_there_with_its_state(book: Opened):
    unit = one_unit.unit_of(book, BLANK)
    cells = one_unit.unit_cells(book, unit)
    observed = book.wh.table("core.observations", period=PERIOD)
    mine = observed[observed["unit_id"] == BLANK]
    assert len(cells) == len(mine)
    assert (cells["value_vi"] == NO_DATA).sum() == (mine["state"] == "missing").sum() > 0


def test_discipline_adds_up(book: Opened):
    frame = quality.discipline(book.wh, PERIOD)
    states = ["on_time", "late", "returned", "missing"]
    assert (frame[states].sum(axis=1) == frame["owed"]).all()
    assert frame["owed"].iloc[:-1].sum() == frame["owed"].iloc[-1]
    late = quality.not_on_time(book.wh, PERIOD).set_index("unit")
    assert late.loc["Xã minh họa 03", "days_late"] == 5  # the ninth, due on the fourth
    assert late.loc["Doanh nghiệp minh họa 15", "days_late"] == "–"
    names = quality.discipline_over_time(book)
    ids = _by_name(book)["unit_id"]
    assert {LATE, RETURNED, SILENT} <= set(names["unit"].map(ids))


def test_cells_add_up_to_the_independent_count(book: Opened):
    accounts = made(
        "intake.accounts",
        [
            {"submission_id": f"{PERIOD}/a/01", "sheet": "1", "fate": fate, "cells": count,
             "period": period, "is_illustrative": True}
            for fate, count, period in (
                ("observation", 30, PERIOD), ("label", 60, PERIOD), ("total", 10, PERIOD),
                ("label", 999, "2020-H1"),
            )
        ],
    )  # fmt: skip
    frame = quality.cells_by_fate(_with(book, intake__accounts=accounts))
    assert list(frame["cells"]) == [30, 60, 10, 100]
    assert list(frame["share"]) == [30, 60, 10, 100]


def test_a_task_is_judged_on_the_day_the_data_goes_to(book: Opened):
    days = {
        "NV-1": ("2021-03-31", "2021-03-26", programme.DONE),
        "NV-2": ("2021-03-31", "2021-04-02", "xong, sau hạn 2 ngày"),
        "NV-3": ("2021-05-28", None, "quá hạn 3 ngày"),  # the data goes to 31/05
        "NV-4": ("2021-05-31", None, programme.OPEN),
        "NV-5": (None, None, programme.UNDATED),
    }
    rows = [
        {
            "submission_id": f"{PERIOD}/bcd-mh/01", "row": at, "unit_id": "bcd-mh",
            "period": PERIOD, "task_code": code, "task": code, "owner": "Liên đoàn Lao động",
            "due_on": due and pd.Timestamp(due), "status": "x", "progress": 0,
            "done_on": done and pd.Timestamp(done), "is_illustrative": True,
        }
        for at, (code, (due, done, _)) in enumerate(days.items(), start=10)
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    shown = programme.programme(_with(book, core__registers_programme_tasks=table))
    said = dict(zip(shown["task"], shown["situation"], strict=True))
    assert book.scope.data_to == dt.date(2021, 5, 31)
    assert said == {code: wanted for code, (_, _, wanted) in days.items()}


def test_no_reason_is_hidden_and_none_is_weighed(book: Opened):
    rows = book.wh.table("eval.targeting", period=PERIOD)
    shown = targeting.reasons_by_unit(book.wh, PERIOD)
    assert set(shown["unit_id"]) == set(rows["unit_id"])
    for unit in shown.to_dict("records"):
        own = rows[rows["unit_id"] == unit["unit_id"]]
        assert unit["reasons"] == own["reason"].nunique()
        assert all(text in unit["text_vi"] for text in own["text_vi"])
    assert shown["reasons"].is_monotonic_decreasing
    planned = set(book.wh.table("core.registers_inspections", period=PERIOD)["unit_id"])
    named = set(shown["unit_id"])
    assert set(shown.loc[shown["on_plan"], "unit_id"]) == planned & named


def test_every_commune_that_the_new_map_took_in_is_named_once(book: Opened):
    shown = new_map.successions(book)
    assert len(shown) == len(shown["predecessor"].unique()) == 15  # the last one stayed
    town = shown[shown["predecessor"] == "Thị trấn minh họa"].iloc[0]
    assert (town["successor"], town["kind_vi"]) == ("Xã minh họa 16", "nhập, đổi loại")


def test_a_later_period_names_what_its_communes_came_from(book: Opened):
    later = replace(
        book, scope=replace(book.scope, ends_on=dt.date(2026, 6, 30), scope_id="tinh-mh-1")
    )
    shown = new_map.successions(later)
    came = set(shown.loc[shown["successor"] == "Xã minh họa 16", "predecessor"])
    assert came == {"Thị trấn minh họa", "Xã minh họa 01", "Xã minh họa 02", "Xã minh họa 03"}


def test_sums_agree_on_both_maps_and_a_lost_count_is_seen(book: Opened):
    assert new_map.both_views(book)["agrees"].all()
    values = book.wh.table("eval.indicator_values")
    row = values.index[
        values["scope_id"].eq("xa-mh-16") & values["view"].eq("as_today")
        & values["indicator"].eq("xa.receptions") & values["period"].eq(PERIOD)
    ]  # fmt: skip
    if row.empty:
        pytest.fail("the small sample has no count on today's map")
    values.loc[row, "value"] -= 1
    names = ("ref.indicators", "ref.populations", "ref.unit_successions")
    kept = {name.replace(".", "__"): book.wh.table(name) for name in names}
    shown = new_map.both_views(_with(book, eval__indicator_values=values, **kept))
    label = book.wh.table("ref.indicators").set_index("indicator")["label_vi"]["xa.receptions"]
    assert list(shown.loc[~shown["agrees"], "label"]) == [label]


def test_parts_of_a_year_stand_beside_each_other_before_the_year_is_evaluated(small_root: Path):
    year = open_period("2021", root=small_root)
    assert not year.evaluated
    assert list(year.known_parts) == [year.latest] == [PERIOD]
    thread = parts.thread(year)
    assert list(thread.parts) == [PERIOD]
    assert set(thread.figures["shown"]) == {NO_DATA}  # nothing is said of the whole year
    own = thread.rows.set_index("indicator")
    assert own.loc["dn.conference_rate", "fraction"] == "13/15"


def test_a_part_that_says_nothing_of_a_figure_says_so(small_root: Path):
    year = open_period("2021", root=small_root)
    values = year.wh.table("eval.indicator_values")
    later = values[values["period"].eq(PERIOD)].assign(period="2021-H2")
    both = pd.concat([values, later[later["indicator"] != "dn.conference_rate"]])
    names = ("ref.indicators", "ref.populations", "ref.unit_successions")
    kept = {name.replace(".", "__"): year.wh.table(name) for name in names}
    thread = parts.thread(_with(year, eval__indicator_values=both, **kept))
    assert list(thread.parts) == [PERIOD, "2021-H2"]
    assert (thread.rows.groupby("indicator").size() == 2).all()
    row = thread.rows[thread.rows["indicator"] == "dn.conference_rate"].iloc[-1]
    assert (row["part"], row["shown"]) == ("2021-H2", NO_DATA)


def test_what_is_typed_about_peers_is_checked(book: Opened):
    for ask in (
        lambda: peers.peers(book, "x.y"),
        lambda: peers.peers(book, "xa.publish_rate", "height"),
        lambda: peers.chance(book, "'"),
        lambda: peers.bands(book, "vd-x"),
    ):
        with pytest.raises(UnknownChoice):
            ask()


def test_peers_stand_in_official_order(book: Opened):
    order = _by_name(book)["official_order"]
    for frame in (peers.peers(book, "xa.publish_rate"), peers.perfect(book)):
        assert frame["unit"].map(order).is_monotonic_increasing
