"""Styles of an OpenDocument spreadsheet: what a cell's style says, which sheets are hidden.

Belongs here: number formats as codes such as Excel writes, fonts, hidden tables.
Does not belong here: cells (``ods``).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.intake.styles import PLAIN, Style, style_of

_KINDS = {
    "number:number-style": "",
    "number:percentage-style": "%",
    "number:currency-style": "",
    "number:date-style": "yyyy-mm-dd",
    "number:time-style": "hh:mm:ss",
    "number:text-style": "@",
}
_DEEPEST = 50


@dataclass
class _CellStyle:
    parent: str | None
    data_style: str | None
    font: str | None = None


@dataclass
class OdsStyles:
    """Styles met so far, by name."""

    hidden_tables: set[str] = field(default_factory=set)
    _codes: dict[str, str] = field(default_factory=dict)
    _cells: dict[str, _CellStyle] = field(default_factory=dict)
    _data: tuple[str, str] | None = None
    _family: str | None = None
    _name: str = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Note an element that belongs to a style."""
        if name in _KINDS and "style:name" in attributes:
            self._data = attributes["style:name"], _KINDS[name]
            self._codes[attributes["style:name"]] = _KINDS[name]
        elif name == "number:number" and self._data is not None:
            style, mark = self._data
            self._codes[style] = _code(attributes) + mark
        elif name == "style:style":
            self._open(attributes)
        elif name == "style:text-properties" and self._family == "table-cell":
            font = attributes.get("style:font-name") or attributes.get("fo:font-family")
            if font:
                self._cells[self._name].font = font.strip("'\"")
        elif self._family == "table" and attributes.get("table:display") == "false":
            self.hidden_tables.add(self._name)

    def end(self, name: str) -> None:
        """Close what ``start`` has opened."""
        if name in _KINDS:
            self._data = None
        elif name == "style:style":
            self._family = None

    def _open(self, attributes: dict[str, str]) -> None:
        self._family, self._name = attributes.get("style:family"), attributes["style:name"]
        if self._family == "table-cell":
            self._cells[self._name] = _CellStyle(
                attributes.get("style:parent-style-name"), attributes.get("style:data-style-name")
            )

    def of_cell(self, name: str | None) -> Style:
        """What a cell's style says, by itself or through the styles it builds on."""
        code = font = None
        for _ in range(_DEEPEST):
            style = self._cells.get(name or "")
            if style is None:
                break
            code = code or self._codes.get(style.data_style or "")
            font = font or style.font
            name = style.parent
        return PLAIN if code is None and font is None else style_of(code, font)


def _code(attributes: dict[str, str]) -> str:
    """A number's format as Excel writes it: ``#,##0.00``."""
    places = attributes.get("number:decimal-places")
    if places is None:
        return "General"
    whole = "#,##0" if attributes.get("number:grouping") == "true" else "0"
    count = min(int(places), 30)
    return f"{whole}.{'0' * count}" if count else whole
