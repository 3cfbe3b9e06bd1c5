"""Periods as Dagster partitions.

Belongs here: the one partition set of the project. All kinds of period stand in it side by side,
because Dagster cannot run two partition sets in one job. Does not belong here: what a period
means (``catalogue.periods``), partitions by unit (thousands of them slow Dagster down).
https://docs.dagster.io/guides/build/partitions-and-backfills/partitioning-assets
"""

from __future__ import annotations

import dagster as dg

from pipelines.catalogue.model import Catalogue
from pipelines.catalogue.periods import period_keys


def period_partitions(catalogue: Catalogue) -> dg.StaticPartitionsDefinition:
    """All period keys of the catalogue, in its order."""
    return dg.StaticPartitionsDefinition(period_keys(catalogue.periods))
