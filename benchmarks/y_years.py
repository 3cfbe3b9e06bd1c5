"""Y: years of halves, raw file → committed tables of the halves, the years and their reviews.

What a further year costs must not depend on how many there were: the ratio of ten years to one is
what is looked at. Reports are left out, they have a price of their own per page.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pandas as pd

from benchmarks.rows import ROOT, Check, Given, Own, Row
from benchmarks.sides import compare
from pipelines.catalogue.load import load_catalogue
from pipelines.catalogue.model import Catalogue
from pipelines.orchestration.publishing import ingest_period, publish_period
from pipelines.warehouse.manifest import read_manifest

YEARS = range(2016, 2026)
SCOPE, SENDER, FORM, MODEL = "huyen-mh-1", "nv-mh", "noivu-2021", "2020-H1"
_GOAL = 12
_AT = dt.datetime(2026, 1, 5, 9, tzinfo=dt.timezone(dt.timedelta(hours=7)))
_EMPTY = ("unit_successions", "unit_names", "targets", "published")
_ENDS = {"H1": "đầu", "H2": "cuối"}


def row(given: Given) -> Row:
    """One year and ten in turn."""
    build_root(given.scratch)
    arguments = [str(given.scratch)]
    one, ten = compare(__name__, ["one", "ten"], arguments, given.sized(1, given.rounds))
    return Row(
        id="Y",
        size="3 periods and 32 periods of one home affairs workbook a half",
        checks=(Check("ratio", ten.seconds / one.seconds, _GOAL, "×"),),
        seconds=ten.seconds,
        cpu_seconds=ten.cpu_seconds,
        peak_mib=ten.peak_mib,
        output=str(ten.result["hash"]),
        notes=(f"One year: {one.seconds:.2f} s, {one.peak_mib:.0f} MiB.", f"{ten.result}"),
        own=Own(__name__, "ten", (str(given.scratch),)),
    )


def build_root(root: Path) -> None:
    """Write a project with one workbook of home affairs in each half of ten years.

    The neutral district as it was, for ever; nothing is renamed, divided or merged.
    """
    (root / "workspace.yaml").write_text("", encoding="utf-8")
    reference = root / "raw" / "reference"
    shutil.copytree(ROOT / "raw" / "reference", reference)
    units = pd.read_csv(reference / "units.csv", dtype="str")
    district = units[(units["parent_id"] == SCOPE) | (units["unit_id"] == SCOPE)]
    district.assign(valid_to=None).to_csv(reference / "units.csv", index=False)
    for name in _EMPTY:
        _rewrite(reference / f"{name}.csv", lambda rows: rows.iloc[:0])
    _rewrite(reference / "requests.csv", _requests)
    model = ROOT / "raw" / MODEL / SENDER / f"{FORM}_{MODEL}.xlsx"
    for period in halves(YEARS):
        path = root / "raw" / period / SENDER / f"{FORM}_{period}.xlsx"
        path.parent.mkdir(parents=True)
        _as_of_period(model, path, period)
        _receive(root, path, period)


def halves(years: range) -> Iterator[str]:
    """Keys of the halves of some years, in calendar order."""
    for year in years:
        yield from (f"{year}-{half}" for half in _ENDS)


def one_year(folder: str) -> Mapping[str, object]:
    """A year and its halves."""
    return _evaluate(folder, YEARS[:1], [])


def ten_years(folder: str) -> Mapping[str, object]:
    """Ten years, their halves, and both reviews."""
    return _evaluate(folder, YEARS, ["2016-2020", "2021-2025"])


def _evaluate(folder: str, years: range, reviews: list[str]) -> Mapping[str, object]:
    """Every period after what it stands on, as ``qcdc run`` takes them."""
    catalogue = load_catalogue()
    spent: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as copy:
        root = Path(copy) / "root"
        shutil.copytree(folder, root)
        for year in years:
            began = time.perf_counter()
            for period in (f"{year}-H1", f"{year}-H2", str(year)):
                _run(root, catalogue, period)
            spent[str(year)] = round(time.perf_counter() - began, 2)
        for review in reviews:
            began = time.perf_counter()
            _run(root, catalogue, review)
            spent[review] = round(time.perf_counter() - began, 2)
        committed = read_manifest(root).tables["eval.indicator_values"]
        together = hashlib.sha256(" ".join(e.hash for e in committed.values()).encode())
    return {"seconds": spent, "periods": len(committed), "hash": together.hexdigest()[:16]}


def _run(root: Path, catalogue: Catalogue, period: str) -> None:
    ingest_period(root, catalogue, period, at=_AT, who="đo")
    publish_period(root, catalogue, period)


def _rewrite(path: Path, change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    change(pd.read_csv(path, dtype="str")).to_csv(path, index=False)


def _requests(shipped: pd.DataFrame) -> pd.DataFrame:
    model = {str(name): value for name, value in shipped.iloc[0].to_dict().items()}
    rows = []
    for period in halves(YEARS):
        year, half = period.split("-")
        day = f"{year}-06-10" if half == "H1" else f"{year}-12-10"
        rows.append(
            model
            | {"request_id": f"cv-{period}", "scope_id": SCOPE, "period": period, "form": FORM}
            | {"due_date": day, "data_to": day}
        )
    return pd.DataFrame(rows)


def _as_of_period(model: Path, path: Path, period: str) -> None:
    """The shipped workbook under another period's key and name."""
    year, half = period.split("-")
    label = f"6 tháng {_ENDS[half]} năm {year}"
    with zipfile.ZipFile(model) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for info in source.infolist():
            data = source.read(info).replace(MODEL.encode(), period.encode())
            out.writestr(info, data.replace("6 tháng đầu năm 2020".encode(), label.encode()))


def _receive(root: Path, path: Path, period: str) -> None:
    entry = {
        "at": _AT.isoformat(),
        "who": "văn thư",
        "event": "received",
        "submission_id": f"{period}/{SENDER}/01",
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "path": path.relative_to(root).as_posix(),
        "channel": "e-mail",
    }
    journal = root / "raw" / period / "journal.jsonl"
    journal.write_text(json.dumps(entry, ensure_ascii=False) + "\n", encoding="utf-8")


SIDES: dict[str, Callable[..., Mapping[str, object]]] = {"one": one_year, "ten": ten_years}
