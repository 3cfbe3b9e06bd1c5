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
from benchmarks.rows import Check, Given, Own, Row, lines_of
from benchmarks.sides import compare
from benchmarks.workload import PERIOD
from pipelines.catalogue.load import load_catalogue
from pipelines.orchestration.evidence_site import write_site
from pipelines.orchestration.publishing import ingest_period, publish_period
from pipelines.warehouse.manifest import published_folder

_SMALL, _FULL = 100, 3321
_GOAL = 20
_AT = dt.datetime(2021, 6, 10, 8, tzinfo=dt.timezone(dt.timedelta(hours=7)))


def row(given: Given) -> Row:
    """The site written where there is none, and over itself."""
    units = given.sized(_SMALL, _FULL)
    build_root(given.scratch, units)
    arguments = [str(given.scratch)]
    new, same = compare(__name__, ["fresh", "again"], arguments, given.rounds)
    pages = int(str(new.result["pages"]))
    return Row(
        id="P9-pages",
        size=f"evidence site of {units} units, {pages} pages",
        checks=(Check("pages", pages / new.seconds, _GOAL, "pages/s", at_least=True),),
        seconds=new.seconds,
        cpu_seconds=new.cpu_seconds,
        peak_mib=max(new.peak_mib, same.peak_mib),
        output=f"{new.result['bytes']} bytes",
        fast_path=lines_of("pipelines/orchestration/evidence_site.py"),
        notes=(f"Over itself, nothing new: {same.seconds:.2f} s.",),
        own=Own(__name__, "fresh", (str(given.scratch),)),
    )


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
