"""The asset graph as a reviewed snapshot: a changed line is a changed promise to whoever looks."""

import dagster as dg
import pytest
from syrupy.assertion import SnapshotAssertion

from pipelines.definitions import build_defs


@pytest.fixture(scope="module")
def graph() -> object:
    return build_defs().resolve_asset_graph()


def test_asset_graph(graph, snapshot: SnapshotAssertion) -> None:
    assets = {
        key.to_user_string(): {
            "deps": sorted(parent.to_user_string() for parent in graph.get(key).parent_keys),
            "group": graph.get(key).group_name,
            "owners": list(graph.get(key).owners),
            "kinds": sorted(graph.get(key).kinds),
            "description": (graph.get(key).description or "").split("\n")[0],
            "automation": graph.get(key).automation_condition,
            "external": graph.get(key).is_external,
        }
        for key in sorted(graph.get_all_asset_keys(), key=lambda key: key.to_user_string())
    }
    assert assets == snapshot


def test_asset_checks(graph, snapshot: SnapshotAssertion) -> None:
    checks: dict[str, list[str]] = {}
    for key in sorted(graph.asset_check_keys, key=lambda key: key.to_user_string()):
        checks.setdefault(key.asset_key.to_user_string(), []).append(key.name)
    assert checks == snapshot


def test_lineage_runs_from_raw_to_the_report(graph) -> None:
    order = ["raw", "ref", "intake", "core", "eval", "report"]
    report = dg.AssetKey(["report", "half_year"])
    seen, open_keys = set(), {report}
    while open_keys:
        key = open_keys.pop()
        seen.add(key)
        parents = graph.get(key).parent_keys
        for parent in parents:
            if parent.path[0] != "catalogue":
                assert order.index(parent.path[0]) <= order.index(key.path[0]), (parent, key)
        open_keys |= parents - seen
    assert {key.path[0] for key in seen} == {*order, "catalogue"}


def test_columns_are_described_in_vietnamese_with_what_is_enforced(graph) -> None:
    schema = graph.get(dg.AssetKey(["core", "observations"])).metadata["dagster/column_schema"]
    columns = {column.name: column for column in schema.columns}
    assert columns["value"].description.startswith("Giá trị\n\n← `raw.workbooks.elements`")
    assert columns["value"].constraints.nullable is True
    assert columns["unit_id"].constraints.nullable is False
    assert schema.constraints.other == ["khóa: unit_id, period, element"]
