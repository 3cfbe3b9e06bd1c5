"""Scores of the shipped period: two example sets side by side, checks beside reports, reasons."""

import pandas as pd
import pytest

from pipelines.catalogue.load import load_catalogue

CATALOGUE = load_catalogue()
COMMUNES = 16


@pytest.mark.parametrize("name", sorted(CATALOGUE.criteria))
def test_each_set_scores_every_commune_and_says_that_it_is_an_example(
    shipped_tables: dict[str, pd.DataFrame], name: str
) -> None:
    entry = CATALOGUE.criteria[name]
    bands = shipped_tables["eval.bands"]
    mine = bands[bands["criteria_set"] == name]
    assert len(mine) == COMMUNES
    assert mine["is_example"].all()
    assert mine["is_illustrative"].all()
    assert (mine["lower"] <= mine["upper"] + 1e-9).all()
    known = mine[mine["points"].notna()]
    assert (known["lower"] - 1e-9 <= known["points"]).all()
    assert (known["points"] <= known["upper"] + 1e-9).all()
    if not entry.half_year_bands:
        assert set(mine["band"]) == {"chưa xếp loại"}
    scores = shipped_tables["eval.scores"]
    lines = scores[(scores["criteria_set"] == name) & (scores["stage"] == "self")]
    assert len(lines) == COMMUNES * len(entry.criteria)


def test_what_was_checked_stands_beside_what_was_reported(
    shipped_tables: dict[str, pd.DataFrame],
) -> None:
    checked = shipped_tables["eval.checked"]
    [row] = checked.to_dict("records")
    observed = shipped_tables["core.observations"]
    told = observed[
        observed["unit_id"].eq(row["unit_id"]) & observed["element"].eq(row["element"])
    ].iloc[0]
    assert told["value"] == row["reported"] == row["found"] + 1
    scores = shipped_tables["eval.scores"]
    line = scores["criteria_set"].eq("vd-xa-2") & scores["criterion"].eq("publish")
    stages = scores[line & scores["unit_id"].eq(row["unit_id"])].set_index("stage")
    assert stages["points"]["verified"] < stages["points"]["self"]
    # the points carry the figure they follow
    assert stages["found"]["verified"] < stages["found"]["self"]


def test_decided_points_keep_their_reason(shipped_tables: dict[str, pd.DataFrame]) -> None:
    scores = shipped_tables["eval.scores"]
    decided = scores[scores["stage"].eq("decided") & scores["criterion"].eq("dialogue")]
    [row] = decided.to_dict("records")
    assert row["points"] == 4
    assert row["reason"].endswith("Có đối thoại nhưng chưa ra thông báo kết luận")
    bands = shipped_tables["eval.bands"]
    stage = bands[bands["unit_id"].eq(row["unit_id"]) & bands["criteria_set"].eq("vd-xa-1")]
    assert list(stage["stage"]) == ["decided"]


def test_a_score_sheet_above_the_figures_says_so(shipped_tables: dict[str, pd.DataFrame]) -> None:
    scores = shipped_tables["eval.scores"]
    own = shipped_tables["core.registers_self_scores"]
    given = own.merge(
        scores[scores["stage"] == "self"],
        on=["unit_id", "criteria_set", "criterion"],
        suffixes=("_said", ""),
    )
    assert len(given) == len(own) > 0
    assert (given["points_said"] == given["points"]).all()
    assert (
        given["reason"].isna().all() or given["reason"].dropna().str.startswith("số liệu cho").all()
    )


def test_where_to_look_names_who_why_and_on_what(shipped_tables: dict[str, pd.DataFrame]) -> None:
    table = shipped_tables["eval.targeting"]
    assert table[["on_vi", "text_vi"]].notna().all().all()
    reporting = shipped_tables["core.reporting"]
    silent = set(reporting.loc[reporting["state"] == "missing", "unit_id"])
    named = set(table.loc[table["reason"] == "report", "unit_id"])
    assert silent
    assert silent <= named
    differs = shipped_tables["eval.checked"]["unit_id"]
    assert set(differs) <= set(table.loc[table["reason"] == "difference", "unit_id"])
    kinds = table.groupby("unit_id")["reason"].nunique()
    places = table.drop_duplicates("unit_id").set_index("unit_id")["position"]
    ordered = kinds.reindex(places.sort_values().index)
    assert ordered.is_monotonic_decreasing


def test_the_town_is_not_asked_for_new_countryside(shipped_tables: dict[str, pd.DataFrame]) -> None:
    scores = shipped_tables["eval.scores"]
    town = scores[scores["unit_id"].eq("tt-mh-01") & scores["criterion"].eq("ntm")]
    assert town["max_points"].isna().all()
    assert len(town) == 1
