"""P9, pages apart: the evidence site of a period with many units, in pages per second.

Everything counts: reading the warehouse, grouping, templates, writing. The second side writes the
same site again, where every page is compared and none is written.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks import workload
from benchmarks.workload import PERIOD
from pipelines.catalogue.load import load_catalogue
from pipelines.orchestration.evidence_site import write_site
from pipelines.orchestration.publishing import ingest_period, publish_period
from pipelines.warehouse.manifest import published_folder

_AT = dt.datetime(2021, 6, 10, 8, tzinfo=dt.timezone(dt.timedelta(hours=7)))


def build_root(root: Path, units: int) -> None:
    """Write a project with so many agencies and evaluate it."""
    workload.build_root(root, units)
    catalogue = load_catalogue()
    ingest_period(root, catalogue, PERIOD, at=_AT, who="benchmark")
    publish_period(root, catalogue, PERIOD)


def fresh(folder: str) -> Mapping[str, object]:
    """The site where there is none."""
    shutil.rmtree(published_folder(Path(folder), PERIOD), ignore_errors=True)
    return _written(Path(folder))


def again(folder: str) -> Mapping[str, object]:
    """The same site over itself."""
    return _written(Path(folder))


def _written(root: Path) -> Mapping[str, object]:
    site = write_site(root, PERIOD)
    pages = [path for path in site.rglob("*.html") if path.is_file()]
    return {"pages": len(pages), "bytes": sum(path.stat().st_size for path in pages)}


SIDES: dict[str, Callable[..., Mapping[str, object]]] = {"fresh": fresh, "again": again}
