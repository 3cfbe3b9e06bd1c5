"""What a rewriting by openpyxl would lose or be slow with: results of formulas, long blank ends.

openpyxl writes a formula without its result, and a reader that does not calculate would then take
a filled cell for an empty one. The forms' registers end in thousands of blank styled rows; without
them a workbook is read and written ten times faster.

Belongs here: taking such parts out of an ``.xlsx`` file and putting them back.
Does not belong here: changing a workbook (``feedback_book``).
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field

from defusedxml.ElementTree import fromstring

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_ROW = re.compile(r'<row\b[^>]*?\br="([0-9]+)"[^>]*?(?:/>|>(.*?)</row>)', re.DOTALL)
_CONTENT = re.compile(r"<(?:v|f|is)\b")
_RESULT = re.compile(
    r'<c r="([A-Z]+[0-9]+)"([^>]*)>(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)<v>([^<]+)</v></c>'
)
_TYPE = re.compile(r' t="(?:str|b|e|n)"')
_FORMULA = re.compile(
    r'<c r="([A-Z]+[0-9]+)"((?: s="[0-9]+")?)(?: t="\w+")?>'
    r"(<f[^>]*/>|<f[^>]*>[^<]*</f>)(?:<v ?/>|<v></v>)</c>"
)
_FEW = 50  # blank rows that are not worth a second thought


@dataclass(frozen=True)
class Parts:
    """What was taken out of a workbook.

    Attributes:
        light: The workbook without its long blank ends.
        styles: Cell formats that the workbook declares.
        ends: Blank rows per sheet, as XML.
        results: Per sheet the result of each formula: type attribute and text, as XML.
    """

    light: bytes
    styles: int
    ends: dict[str, str] = field(default_factory=dict)
    results: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)


def take_out(source: bytes, last_rows: Mapping[str, int]) -> Parts:
    """Take out what openpyxl need not see.

    Args:
        source: An ``.xlsx`` file.
        last_rows: Per sheet the last row that will be written to; rows up to it stay.

    Raises:
        KeyError, ValueError, ParseError, BadZipFile: It is no workbook.
    """
    with zipfile.ZipFile(io.BytesIO(source)) as package:
        titles = _sheet_members(package)
        styles = _declared_styles(package)
        out, ends, results = io.BytesIO(), {}, {}
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as light:
            for info in package.infolist():
                data = package.read(info)
                title = titles.get(info.filename)
                if title is not None:
                    xml = data.decode("utf-8")
                    results[title] = _results(xml)
                    xml, ends[title] = _without_end(xml, last_rows.get(title, 0))
                    data = xml.encode("utf-8")
                light.writestr(info.filename, data)
    return Parts(
        light=out.getvalue(),
        styles=styles,
        ends={title: rows for title, rows in ends.items() if rows},
        results={title: found for title, found in results.items() if found},
    )


def put_back(written: bytes, parts: Parts) -> bytes:
    """The written workbook with the parts that were taken out.

    Args:
        written: As openpyxl writes it, with fixed dates; its members, their order and dates stay.
        parts: Of the file it was made from; sheets are matched by name.
    """
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(written)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        titles = _sheet_members(old)
        for info in old.infolist():
            data = old.read(info)
            title = titles.get(info.filename, "")
            if title in parts.ends or title in parts.results:
                xml = _with_results(data.decode("utf-8"), parts.results.get(title, {}))
                data = _with_end(xml, parts.ends.get(title, "")).encode("utf-8")
            new.writestr(info, data, compresslevel=6)
    return out.getvalue()


def _sheet_members(package: zipfile.ZipFile) -> dict[str, str]:
    """Titles of the sheets by the name of their member."""
    links = fromstring(package.read("xl/_rels/workbook.xml.rels"))
    targets = {link.get("Id"): str(link.get("Target")) for link in links}
    book = fromstring(package.read("xl/workbook.xml"))
    members = {}
    for sheet in book.iter(f"{_MAIN}sheet"):
        target = targets.get(sheet.get(_ID), "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
        members[posixpath.normpath(path)] = str(sheet.get("name"))
    return members


def _declared_styles(package: zipfile.ZipFile) -> int:
    if "xl/styles.xml" not in package.namelist():
        return 0
    formats = fromstring(package.read("xl/styles.xml")).find(f"{_MAIN}cellXfs")
    return 0 if formats is None else len(formats)


def _without_end(xml: str, last: int) -> tuple[str, str]:
    """A sheet without its blank last rows, and these."""
    end = xml.rfind("</sheetData>")
    cut = end
    for row in reversed(list(_ROW.finditer(xml, xml.find("<sheetData"), max(end, 0)))):
        is_blank = _CONTENT.search(row.group(2) or "") is None
        if not is_blank or int(row.group(1)) <= last or row.end() != cut:
            break
        cut = row.start()
    rows = xml[cut:end]
    if rows.count("<row") < _FEW:
        return xml, ""
    return xml[:cut] + xml[end:], rows


def _with_end(xml: str, rows: str) -> str:
    if not rows:
        return xml
    return xml.replace("</sheetData>", rows + "</sheetData>", 1)


def _results(xml: str) -> dict[str, tuple[str, str]]:
    found = {}
    for address, attributes, value in _RESULT.findall(xml) if "<f" in xml else []:
        kind = _TYPE.search(attributes)
        found[address] = (kind.group() if kind else "", value)
    return found


def _with_results(xml: str, results: Mapping[str, tuple[str, str]]) -> str:
    def put(found: re.Match[str]) -> str:
        address, style, formula = found.groups()
        if address not in results:
            return found.group()
        kind, value = results[address]
        return f'<c r="{address}"{style}{kind}>{formula}<v>{value}</v></c>'

    return _FORMULA.sub(put, xml) if results else xml
