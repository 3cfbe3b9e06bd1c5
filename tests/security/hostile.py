"""Files that mean harm, and a small project that has received all of them."""

from __future__ import annotations

import functools
import io
import os
import resource
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import psutil
from openpyxl import Workbook

from pipelines.reports.feedback_book import feedback_book
from tests.orchestration.mini import PERIOD, ROOT
from tests.reports.letters import letter

GOOD = ROOT / "raw" / PERIOD / "xa-mh-02" / f"xa-2021_{PERIOD}.xlsx"
SECRET = "qcdc-secret-of-this-machine"  # noqa: S105 — opens nothing
FORMULAS = (
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://thu.invalid","x")',
    "+1+cmd|' /C calc'!A0",
    "-1+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "＝1+1",
)
SQL = (
    "x'; DROP TABLE ref.units; --",
    'x"; COPY (SELECT 1) TO "harm.csv"; --',
    "x'); ATTACH 'harm.db",
)
_UNPACKED = 16 << 20
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha" * 50}">' for n in range(10))


def workbook(**cells: str) -> bytes:
    """A workbook whose texts are texts, whatever they begin with."""
    book, out = Workbook(), io.BytesIO()
    for place, text in (cells or {"A1": "Mã số", "B1": "Giá trị"}).items():
        cell = book.worksheets[0][place]
        cell.value, cell.data_type = text, "s"
    book.save(out)
    return out.getvalue()


def with_member(data: bytes, name: str, content: bytes) -> bytes:
    """An archive with one member replaced or added."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for member in old.infolist():
            if member.filename != name:
                new.writestr(member, old.read(member))
        new.writestr(name, content)
    return out.getvalue()


def with_doctype(data: bytes, member: str, doctype: str, said: str) -> bytes:
    """An archive one XML member of which declares a document type and uses an entity of it."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        text = archive.read(member).decode()
    head, _, body = (
        text.partition("?>") if text.startswith("<?xml") else ("<?xml version='1.0'", "", text)
    )
    start = body.index(">", body.index("<", 0)) + 1
    harmed = f"{head}?>{doctype}{body[:start]}{said}{body[start:]}"
    return with_member(data, member, harmed.encode())


def xml_bombs(data: bytes, member: str, secret: Path) -> dict[str, bytes]:
    """The usual attacks through one XML member of an archive, by name."""
    attacks = {
        "laughs": (f"<!DOCTYPE x [{LAUGHS}]>", "&l9;"),
        "external": (f'<!DOCTYPE x [<!ENTITY s SYSTEM "{secret.as_uri()}">]>', "&s;"),
        "dtd": (f'<!DOCTYPE x SYSTEM "{secret.as_uri()}">', ""),
        "parameter": (f'<!DOCTYPE x [<!ENTITY % s SYSTEM "{secret.as_uri()}"> %s;]>', ""),
    }
    return {name: with_doctype(data, member, *how) for name, how in attacks.items()}


@functools.cache
def zip_bombs() -> dict[str, bytes]:
    """Archives that unpack to more than anybody has room for."""
    plain = workbook()
    big = bytes(_UNPACKED)
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as archive:
        for number in range(3_000):
            archive.writestr(f"xl/{number}", b"")
        archive.writestr("xl/workbook.xml", b"<workbook/>")
    inner = with_member(plain, "xl/media/inner.zip", with_member(plain, "again", big))
    return {
        "zeros": with_member(plain, "xl/worksheets/sheet1.xml", big),
        "unused": with_member(plain, "xl/media/image1.png", big),
        "nested": inner,
        "many": many.getvalue(),
        "lying": _lying(with_member(plain, "xl/worksheets/sheet1.xml", big)),
    }


def _lying(data: bytes) -> bytes:
    """The directory says that the largest member is small."""
    size, small = _UNPACKED.to_bytes(4, "little"), (1_000).to_bytes(4, "little")
    return data.replace(size, small)


def put(root: Path, files: Mapping[str, bytes], provider: str) -> None:
    """Lay files into the folder of a provider."""
    folder = root / "raw" / PERIOD / provider
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        target = os.path.join(os.fsencode(folder), os.fsencode(name))  # noqa: PTH118 — bytes
        with open(target, "wb") as stream:  # noqa: PTH123 — a name of bytes
            stream.write(data)


def answered(data: bytes, *, memory_bytes: int, seconds: float) -> bytes:
    """The workbook that a sender gets back, made by a process that may only grow so much.

    Raises:
        CalledProcessError: It wanted more memory.
        TimeoutExpired: It took longer.
    """
    call = f"from {__name__} import _answer; _answer({memory_bytes})"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", call]
    done = subprocess.run(
        command, input=data, env=environment, capture_output=True, timeout=seconds, check=True
    )
    return done.stdout


def _answer(memory_bytes: int) -> None:
    taken = psutil.Process().memory_info().vms
    resource.setrlimit(resource.RLIMIT_AS, (taken + memory_bytes, taken + memory_bytes))
    sys.stdout.buffer.write(feedback_book(letter(), sys.stdin.buffer.read())[0])


def computed(formula: str) -> bytes:
    """A workbook with a formula that nobody has computed."""
    book, out = Workbook(), io.BytesIO()
    book.worksheets[0]["A1"] = formula
    book.save(out)
    return out.getvalue()
