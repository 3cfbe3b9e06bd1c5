"""Office files whose bytes depend on their content only.

Belongs here: fixed dates, member order and compression of the ``.xlsx`` or ``.docx`` container.
Does not belong here: what stands in the cells.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

from openpyxl import Workbook

from pipelines.catalogue.bulk_rows import BulkRows

# the clock must not reach a file; the day is that of the oldest document of the register
STAMP = dt.datetime(1998, 2, 18)  # noqa: DTZ001 — the file format knows no time zone
_ZIP_STAMP = (1998, 2, 18, 0, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")
_FIRST = ("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml")


def workbook_bytes(book: Workbook, bulk: list[BulkRows]) -> bytes:
    """The file of a workbook with rows added in bulk; equal input gives equal bytes."""
    book.properties.created = STAMP
    raw = io.BytesIO()
    book.save(raw)
    members = {title: f"xl/worksheets/sheet{n}.xml" for n, title in enumerate(book.sheetnames, 1)}
    return _stamped(raw.getvalue(), {members[rows.sheet]: rows for rows in bulk})


def container_bytes(raw: bytes) -> bytes:
    """A container of office files (``.docx``, ``.xlsx``) with fixed dates and member order."""
    return _stamped(raw, {})


def _stamped(raw: bytes, bulk: dict[str, BulkRows]) -> bytes:
    """A container with fixed dates and member order."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(raw)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        names = sorted(source.namelist(), key=_member_order)
        for name in names:
            info = zipfile.ZipInfo(name, date_time=_ZIP_STAMP)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 0  # as on Windows: the machine must not show
            info.external_attr = 0
            data = source.read(name)
            data = bulk[name].insert_into(data) if name in bulk else data
            # said here: the level of the container does not reach members with an info of their own
            target.writestr(info, _dated(name, data), compresslevel=9)
    return out.getvalue()


def _member_order(name: str) -> tuple[int, str]:
    # readers that stream expect the content types first
    return (_FIRST.index(name) if name in _FIRST else len(_FIRST), name)


def _dated(name: str, data: bytes) -> bytes:
    if name != "docProps/core.xml":
        return data
    day = STAMP.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    return _MODIFIED.sub(rb"\g<1>" + day + rb"\g<2>", data)
