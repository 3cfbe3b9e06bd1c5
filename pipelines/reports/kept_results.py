"""Results of formulas kept through a writing that drops them.

openpyxl writes a formula without its result, and a reader that does not calculate would then take
a filled cell for an empty one.

Belongs here: results of one file → the same formulas of another. Does not belong here: calculating.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator
from xml.sax.saxutils import escape

from openpyxl import load_workbook
from openpyxl.utils.datetime import to_excel

_FORMULA = re.compile(
    r'<c r="([A-Z]+[0-9]+)"((?: s="[0-9]+")?)(?: t="\w+")?>'
    r"(<f[^>]*>[^<]*</f>|<f[^>]*/>)(?:<v ?/>|<v></v>)</c>"
)


def with_results(written: bytes, source: bytes) -> bytes:
    """A workbook whose formulas have the results that they have in another one.

    Args:
        written: An ``.xlsx`` file as openpyxl writes it.
        source: The ``.xlsx`` file it was made from; sheets are matched by name.

    Returns:
        The written file with results where the source has them; its members, their order and
        dates unchanged.
    """
    had = {sheet: cells for sheet, cells in _results(source) if cells}
    if not had:
        return written
    sheets = load_workbook(io.BytesIO(written), read_only=True).worksheets
    members = {f"xl/worksheets/sheet{n}.xml": sheet.title for n, sheet in enumerate(sheets, 1)}
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(written)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for info in old.infolist():
            data = old.read(info)
            cells = had.get(members.get(info.filename, ""))
            if cells:
                data = _filled(data.decode("utf-8"), cells).encode("utf-8")
            new.writestr(info, data, compresslevel=9)
    return out.getvalue()


def _results(source: bytes) -> Iterator[tuple[str, dict[str, object]]]:
    formulas = load_workbook(io.BytesIO(source), keep_links=False)
    values = load_workbook(io.BytesIO(source), keep_links=False, data_only=True)
    for sheet in formulas.worksheets:
        other = values[sheet.title]
        yield (
            sheet.title,
            {
                cell.coordinate: other[cell.coordinate].value
                for row in sheet.iter_rows()
                for cell in row
                if cell.data_type == "f" and other[cell.coordinate].value is not None
            },
        )


def _filled(xml: str, cells: dict[str, object]) -> str:
    def put(found: re.Match[str]) -> str:
        address, style, formula = found.groups()
        if address not in cells:
            return found.group()
        kind, text = _as_xml(cells[address])
        return f'<c r="{address}"{style}{kind}>{formula}<v>{text}</v></c>'

    return _FORMULA.sub(put, xml)


def _as_xml(value: object) -> tuple[str, str]:
    """The type attribute and text of a result."""
    if isinstance(value, bool):
        return ' t="b"', str(int(value))
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        return "", repr(to_excel(value))
    if isinstance(value, int | float):
        return "", repr(value)
    text = str(value)
    return (' t="e"' if text.startswith("#") else ' t="str"'), escape(text)
