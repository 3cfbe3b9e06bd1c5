"""Lineage is said of every table, and only of columns that exist."""

import dagster as dg
import pytest

from pipelines.catalogue.contracts import TableContract, table_contract, table_names
from pipelines.catalogue.model import Catalogue
from pipelines.intake import journal
from pipelines.orchestration import column_sources
from pipelines.orchestration.column_sources import sources_of
from pipelines.orchestration.lineage import (
    asset_key,
    column_lineage,
    makers_first,
    table_name,
    upstream,
)
from pipelines.orchestration.raw_assets import CATALOGUE, JOURNAL, REFERENCE, raw_assets
from tests.orchestration.mini import ROOT


def test_every_table_is_made_from_something(catalogue: Catalogue) -> None:
    names = table_names(catalogue)
    keys = {asset_key(name) for name in names}
    for name in names:
        sources = upstream(name, names)
        assert sources, name
        assert {s for s in sources if s.path[0] not in {"raw", "catalogue"}} <= keys


def test_a_table_nobody_spoke_of_is_an_error() -> None:
    with pytest.raises(KeyError, match="made from"):
        upstream("core.news", ["core.news"])


def test_every_column_has_a_source_or_a_reason(catalogue: Catalogue) -> None:
    for name in table_names(catalogue):
        contract = table_contract(catalogue, name)
        told = sources_of(catalogue, contract)
        assert list(told) == [column.name for column in contract.columns]
        for column, said in told.items():
            assert bool(said.sources) != bool(said.why_not), (name, column)


def test_a_column_nobody_spoke_of_is_an_error(catalogue: Catalogue) -> None:
    contract = table_contract(catalogue, "core.observations")
    news = contract.columns[0].model_copy(update={"name": "news"})
    spec = contract.spec.model_copy(update={"columns": [*contract.columns, news]})
    with pytest.raises(KeyError, match=r"core\.observations\.news"):
        sources_of(catalogue, TableContract(spec))


def test_lines_speak_of_columns_that_exist(catalogue: Catalogue) -> None:
    assert column_sources._TOLD.keys() <= set(table_names(catalogue))
    for name in column_sources._TOLD:
        own = {column.name for column in table_contract(catalogue, name).columns}
        assert column_sources._spelled(catalogue, name).keys() <= own, name


def test_column_lineage_names_real_columns_of_makers(catalogue: Catalogue) -> None:
    names = table_names(catalogue)
    columns = {spec.key: _columns(spec) for spec in raw_assets(catalogue)} | {
        asset_key(name): {column.name for column in table_contract(catalogue, name).columns}
        for name in names
    }
    for name in names:
        makers = _all_makers(name, names)
        lineage = column_lineage(catalogue, table_contract(catalogue, name))
        for column, sources in lineage.deps_by_column.items():
            for source in sources:
                assert source.column_name in columns[source.asset_key], (name, column, source)
                assert source.asset_key in makers, (name, column, source)


def _columns(spec: dg.AssetSpec) -> set[str]:
    schema = spec.metadata.get("dagster/column_schema")
    return {column.name for column in schema.columns} if schema else set()


def _all_makers(name: str, names: list[str]) -> set[dg.AssetKey]:
    found: set[dg.AssetKey] = set()
    waiting = [asset_key(name)]
    while waiting:
        table = table_name(waiting.pop())
        for key in upstream(table, names) if table in names else ():
            if key not in found:
                found.add(key)
                waiting.append(key)
    return found


def test_where_lineage_begins_is_what_lies_in_the_project(catalogue: Catalogue) -> None:
    specs = {spec.key: _columns(spec) for spec in raw_assets(catalogue)}
    for column in specs[REFERENCE]:
        file, _, name = column.partition(".")
        head = (ROOT / "raw" / "reference" / f"{file}.csv").read_text(encoding="utf-8-sig")
        assert name in head.splitlines()[0].split(","), column
    data = ROOT / "pipelines" / "catalogue" / "data"
    for section in specs[CATALOGUE]:
        assert (data / section).is_dir() or (data / f"{section}.yaml").is_file(), section
    spoken = {field for kind in journal._KINDS.values() for field in kind.model_fields}
    assert specs[JOURNAL] <= spoken | {"rule"}  # a decision says it as one of its further keys


def test_a_figure_leads_back_to_the_cells_people_filled_in(catalogue: Catalogue) -> None:
    names = set(table_names(catalogue))
    waiting, seen = ["report.figures.numerator"], set[str]()
    while waiting:
        column = waiting.pop()
        if column not in seen:
            seen.add(column)
            table, _, name = column.rpartition(".")
            if table in names:
                told = sources_of(catalogue, table_contract(catalogue, table))
                waiting.extend(told[name].sources)
    assert {"raw.workbooks.elements", "raw.workbooks.dossiers.status"} <= seen


def test_makers_come_before_what_they_make(catalogue: Catalogue) -> None:
    names = table_names(catalogue)
    order = makers_first(names)
    assert sorted(order) == names
    for place, name in enumerate(order):
        made = {".".join(key.path) for key in upstream(name, names)} & set(names)
        assert made <= set(order[:place])
