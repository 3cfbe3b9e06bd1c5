"""What a cell's style says of its content: the number format and a font of the old encodings.

Belongs here: styles of a workbook as two texts each. Does not belong here: colours, borders,
widths, which say nothing of a value; re-encoding (``decoding``).
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass

from openpyxl.styles.numbers import BUILTIN_FORMATS

from pipelines.intake.sheet_scan import stream_xml

GENERAL = "General"
# fonts that draw Vietnamese from bytes of TCVN3 (.VnTime) or VNI (VNI-Times)
_LEGACY_FONT = re.compile(r"\.vn|vni-", re.IGNORECASE)
_SECTIONS = {"numFmts", "fonts", "cellXfs", "cellStyleXfs", "dxfs"}


@dataclass(frozen=True)
class Style:
    """A style of cells.

    Attributes:
        number_format: Code such as ``0%`` or ``0.000``; None for General.
        font: Name of a legacy font; None for any other.
    """

    number_format: str | None = None
    font: str | None = None


PLAIN = Style()


def style_of(number_format: str | None, font: str | None) -> Style:
    """A style by what a file writes: ``General`` and ordinary fonts say nothing."""
    code = (number_format or "").strip()
    legacy = font is not None and _LEGACY_FONT.match(font.strip())
    return Style(
        None if code.casefold() in {"", "general", "standard"} else code,
        font.strip() if font is not None and legacy else None,
    )


def builtin_format(number: int) -> str:
    """The code of a format that files name by number only."""
    return BUILTIN_FORMATS.get(number, GENERAL)


def read_styles(archive: zipfile.ZipFile, member: str) -> tuple[Style, ...]:
    """The cell styles of an .xlsx, by the number cells name them with.

    Args:
        archive: The workbook.
        member: Its styles; a workbook may have none.
    """
    if member not in archive.NameToInfo:
        return ()
    walk = _Styles()
    stream_xml(archive, member, walk.start, walk.end, walk.characters)
    return tuple(walk.styles())


class _Styles:
    """Formats, fonts, and which of them each cell style joins."""

    def __init__(self) -> None:
        self._section = ""
        self._formats: dict[int, str] = {}
        self._fonts: list[str | None] = []
        self._pairs: list[tuple[int, int]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in _SECTIONS:
            self._section = name
        elif self._section == "numFmts" and name == "numFmt":
            self._formats[int(attributes["numFmtId"])] = attributes["formatCode"]
        elif self._section == "fonts" and name == "font":
            self._fonts.append(None)
        elif self._section == "fonts" and name == "name":
            self._fonts[-1] = attributes.get("val")
        elif self._section == "cellXfs" and name == "xf":
            pair = int(attributes.get("numFmtId", "0")), int(attributes.get("fontId", "0"))
            self._pairs.append(pair)

    def end(self, name: str) -> None:
        if name in _SECTIONS:
            self._section = ""

    def characters(self, text: str) -> None:
        """Styles have no text."""

    def styles(self) -> list[Style]:
        found = []
        for number, font in self._pairs:
            code = self._formats.get(number) or builtin_format(number)
            found.append(style_of(code, self._fonts[font] if font < len(self._fonts) else None))
        return found
