"""Results of formulas kept through a rewriting that drops them.

openpyxl writes a formula without its result, and a reader that does not calculate would then take
a filled cell for an empty one.

Belongs here: results in one ``.xlsx`` file → the same formulas in another. Does not belong here:
calculating, changing a workbook (``feedback_book``).
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Mapping

from defusedxml.ElementTree import fromstring

Results = dict[str, dict[str, tuple[str, str]]]

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_RESULT = re.compile(
    r'<c r="([A-Z]+[0-9]+)"([^>]*)>(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)<v>([^<]+)</v></c>'
)
_TYPE = re.compile(r' t="(?:str|b|e|n)"')
_FORMULA = re.compile(
    r'<c r="([A-Z]+[0-9]+)"((?: s="[0-9]+")?)(?: t="\w+")?>'
    r"(<f[^>]*/>|<f[^>]*>[^<]*</f>)(?:<v ?/>|<v></v>)</c>"
)


def results_of(source: bytes) -> Results:
    """Results of an ``.xlsx`` file's formulas.

    Returns:
        Per sheet and address: type attribute and text, as XML.

    Raises:
        KeyError, ValueError, ParseError, BadZipFile: It is no workbook.
    """
    with zipfile.ZipFile(io.BytesIO(source)) as package:
        found = {
            title: _results(package.read(member).decode("utf-8"))
            for member, title in _sheet_members(package).items()
        }
    return {title: results for title, results in found.items() if results}


def with_results(written: bytes, results: Mapping[str, Mapping[str, tuple[str, str]]]) -> bytes:
    """A workbook as openpyxl writes it, with results; members, their order and dates stay.

    Args:
        written: The ``.xlsx`` file.
        results: Of the file it was made from; sheets are matched by name.
    """
    if not results:
        return written
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(written)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        titles = _sheet_members(old)
        for info in old.infolist():
            data = old.read(info)
            had = results.get(titles.get(info.filename, ""))
            if had:
                data = _filled(data.decode("utf-8"), had).encode("utf-8")
            new.writestr(info, data, compresslevel=9)
    return out.getvalue()


def _sheet_members(package: zipfile.ZipFile) -> dict[str, str]:
    """Titles of the sheets by the name of their member."""
    links = fromstring(package.read("xl/_rels/workbook.xml.rels"))
    targets = {link.get("Id"): str(link.get("Target")) for link in links}
    book = fromstring(package.read("xl/workbook.xml"))
    members = {}
    for sheet in book.iter(f"{_MAIN}sheet"):
        target = targets[sheet.get(_ID)]
        path = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
        members[posixpath.normpath(path)] = str(sheet.get("name"))
    return members


def _results(xml: str) -> dict[str, tuple[str, str]]:
    found = {}
    for address, attributes, value in _RESULT.findall(xml) if "<f" in xml else []:
        kind = _TYPE.search(attributes)
        found[address] = (kind.group() if kind else "", value)
    return found


def _filled(xml: str, results: Mapping[str, tuple[str, str]]) -> str:
    def put(found: re.Match[str]) -> str:
        address, style, formula = found.groups()
        if address not in results:
            return found.group()
        kind, value = results[address]
        return f'<c r="{address}"{style}{kind}>{formula}<v>{value}</v></c>'

    return _FORMULA.sub(put, xml)
