"""A made-up country: communes under provinces, each with a commune's workbook of the sample.

Belongs here: files and facts of so many communes. Does not belong here: timing (``sides``), one
workbook under many agencies' names (``workload``).

Values are those of the fifteen shipped communes in turn, so units differ. Every 97th commune has
sent nothing, every 89th a file that was cut off on its way. Names are neutral, nothing is real.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from benchmarks.workload import PERIOD, ROOT, as_numbers, copy_facts

COUNTRY = "nuoc-mh-1"
PROVINCE_COMMUNES = 98  # 3.321 communes make 34 provinces, as since 01/07/2025
_FORM, _MODELS = "xa-2021", 15
_SILENT, _CUT_OFF = 97, 89
_SOURCE = "Đơn vị minh họa của dự án, mã nằm ngoài khoảng mã thật"
_SINCE = "2016-01-01"


def build_country(root: Path, communes: int) -> None:
    """Write a project whose communes have all been asked for their form.

    Args:
        root: An empty folder.
        communes: How many.
    """
    reference = copy_facts(root)
    provinces = [f"tinh-mh-{n + 1:03d}" for n in range(-(-communes // PROVINCE_COMMUNES))]
    _append(reference / "units.csv", _units(provinces, communes))
    _ask(reference / "requests.csv", [COUNTRY, *provinces])
    models = [_parts(n) for n in range(1, _MODELS + 1)]
    lines = [
        _receipt(root, number, models[number % _MODELS])
        for number in range(1, communes + 1)
        if number % _SILENT
    ]
    journal = root / "raw" / PERIOD / "journal.jsonl"
    journal.write_text("\n".join(lines) + "\n", encoding="utf-8")


def commune_id(number: int) -> str:
    """Unit id of a commune."""
    return f"xa-mh-{number:05d}"


def _name(number: int) -> str:
    return f"Xã minh họa {number:05d}"


def _units(provinces: list[str], communes: int) -> Iterator[list[str]]:
    yield [COUNTRY, "country", "nuoc", "MH", "Cả nước minh họa", "", _SINCE, "", "1"]
    for place, unit_id in enumerate(provinces, 1):
        name = f"Tỉnh minh họa {place:03d}"
        yield [unit_id, "province", "tinh", f"T{place:03d}", name, COUNTRY, _SINCE, "", str(place)]
    for number in range(1, communes + 1):
        parent = provinces[(number - 1) // PROVINCE_COMMUNES]
        code, name = f"X{number:05d}", _name(number)
        yield [commune_id(number), "commune", "xa", code, name, parent, _SINCE, "", str(number)]


def _append(path: Path, rows: Iterator[list[str]]) -> None:
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([*row, "true", _SOURCE] for row in rows)


def _ask(path: Path, scopes: list[str]) -> None:
    """The requests of the period: a form of every scope, in place of the shipped ones."""
    kept = [line for line in path.read_text(encoding="utf-8").splitlines() if PERIOD not in line]
    asked = [
        f"cv-mh-{scope},{scope},{PERIOD},estimate,{_FORM},2021-06-04,2021-05-31,,true,minh họa"
        for scope in scopes
    ]
    path.write_text("\n".join([*kept, *asked]) + "\n", encoding="utf-8")


def _receipt(root: Path, number: int, model: tuple[str, str, list[tuple[str, bytes]]]) -> str:
    sender = commune_id(number)
    data = _under_name(model, number)
    if not number % _CUT_OFF:
        data = data[: len(data) // 2]
    path = root / "raw" / PERIOD / sender / f"{_FORM}_{PERIOD}.xlsx"
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    entry = {
        "at": "2021-06-01T08:00:00+07:00",
        "who": "văn thư",
        "event": "received",
        "submission_id": f"{PERIOD}/{sender}/01",
        "sha256": sha256(data).hexdigest(),
        "path": path.relative_to(root).as_posix(),
        "channel": "e-mail",
    }
    return json.dumps(entry, ensure_ascii=False)


def _parts(model: int) -> tuple[str, str, list[tuple[str, bytes]]]:
    """Unit id, name and zip members of a shipped commune's workbook."""
    unit_id, name = f"xa-mh-{model:02d}", f"Xã minh họa {model:02d}"
    path = ROOT / "raw" / PERIOD / unit_id / f"{_FORM}_{PERIOD}.xlsx"
    with zipfile.ZipFile(path) as archive:
        return unit_id, name, [(info.filename, archive.read(info)) for info in archive.infolist()]


def _under_name(model: tuple[str, str, list[tuple[str, bytes]]], number: int) -> bytes:
    unit_id, name, parts = model
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for member, data in parts:
            written = zipfile.ZipInfo(member)  # a day of its own: the same bytes every time
            written.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(written, _renamed(data, (unit_id, name), number))
    return out.getvalue()


def _renamed(data: bytes, model: tuple[str, str], number: int) -> bytes:
    unit_id, name = model
    data = data.replace(unit_id.encode(), commune_id(number).encode())
    for written in (str.encode, as_numbers):  # with lxml openpyxl writes letters as numbers
        data = data.replace(written(name), written(_name(number)))
    return data
