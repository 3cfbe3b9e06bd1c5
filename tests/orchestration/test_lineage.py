"""Lineage is said of every table, and only of columns that exist."""

import pytest

from pipelines.catalogue.contracts import table_contract, table_names
from pipelines.catalogue.model import Catalogue
from pipelines.orchestration.lineage import asset_key, column_lineage, makers_first, upstream


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


def test_column_lineage_names_real_columns(catalogue: Catalogue) -> None:
    columns = {
        name: {column.name for column in table_contract(catalogue, name).columns}
        for name in table_names(catalogue)
    }
    told = 0
    for name, own in columns.items():
        lineage = column_lineage(name)
        if lineage is None:
            continue
        for column, sources in lineage.deps_by_column.items():
            assert column in own
            for source in sources:
                told += 1
                assert source.column_name in columns[".".join(source.asset_key.path)]
    assert told > 10


def test_makers_come_before_what_they_make(catalogue: Catalogue) -> None:
    names = table_names(catalogue)
    order = makers_first(names)
    assert sorted(order) == names
    for place, name in enumerate(order):
        made = {".".join(key.path) for key in upstream(name, names)} & set(names)
        assert made <= set(order[:place])
