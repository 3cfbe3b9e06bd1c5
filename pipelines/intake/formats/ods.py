"""The workbook of LibreOffice (.ods): where content stands, of what type, how it is shown.

Repeated rows and cells are written once with a count, so that a small file can claim billions of
cells: places are only laid out within the limits.

Belongs here: the scan of .ods, with the values for when the fast reader does not see them all.
Does not belong here: styles (``ods_styles``), values by the fast reader (``cells``).
"""

from __future__ import annotations

import zipfile
from array import array
from typing import NamedTuple

from pipelines.intake.cells import NOTHING, Reading
from pipelines.intake.container import Container, contradictions, open_archive
from pipelines.intake.formats.ods_styles import OdsStyles
from pipelines.intake.formats.ods_values import value_of
from pipelines.intake.formats.qualified_xml import stream_qualified
from pipelines.intake.refusal import Limits, UnreadableWorkbook, broken, refused
from pipelines.intake.sheet_scan import (
    LAST_COLUMN,
    LAST_ROW,
    CellType,
    SheetScan,
    address,
    letters,
    pack,
)
from pipelines.intake.styles import Style

_CONTENT, _STYLES = "content.xml", "styles.xml"
_OASIS = "urn:oasis:names:tc:opendocument:xmlns:"
PREFIXES = {
    f"{_OASIS}office:1.0": "office",
    f"{_OASIS}table:1.0": "table",
    f"{_OASIS}text:1.0": "text",
    f"{_OASIS}style:1.0": "style",
    f"{_OASIS}datastyle:1.0": "number",
    f"{_OASIS}xsl-fo-compatible:1.0": "fo",
    "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0": "calcext",
}
_CELLS = {"table:table-cell", "table:covered-table-cell"}
_HIDDEN = {"collapse", "filter"}
_TYPES = {
    "float": CellType.NUMBER,
    "percentage": CellType.NUMBER,
    "currency": CellType.NUMBER,
    "date": CellType.ISO_DATE,
    "time": CellType.ISO_DATE,
    "boolean": CellType.BOOL,
    "string": CellType.TEXT,
}


class _Cell(NamedTuple):
    """Content once or, written with a count, in several columns of a row."""

    column: int
    repeated: int
    type: CellType
    is_formula: bool
    style: int
    attributes: dict[str, str]
    text: str


def scan_ods(data: bytes, limits: Limits) -> Container:
    """Scan an .ods.

    Raises:
        UnreadableWorkbook: Broken, or over a limit.
    """
    walk = _walk(data, limits)
    if not walk.sheets:
        raise broken("không có trang tính nào")
    sheets = tuple(sheet.scan(walk.is_computed) for sheet in walk.sheets)
    if len({sheet.name for sheet in sheets}) < len(sheets):
        raise broken("hai trang trùng tên")
    return Container(sheets, walk.names, tuple(walk.styles))


def read_ods_names(data: bytes) -> dict[str, str]:
    """Only the text constants among the defined names.

    Raises:
        UnreadableWorkbook: Broken, or over a limit.
    """
    return _walk(data, Limits(), names_only=True).names


def read_by_scan(data: bytes, sheet: SheetScan) -> Reading:
    """A sheet's values by the scan, for sheets that the fast reader does not see whole."""
    try:
        page = next(page for page in _walk(data, Limits()).sheets if page.name == sheet.name)
    except (UnreadableWorkbook, StopIteration):
        return NOTHING
    values = [page.values.get(place) for place in sheet.places]
    seen = [v for v in values if v is not None and (not isinstance(v, str) or v.strip())]
    return values, len(seen)


def _walk(data: bytes, limits: Limits, *, names_only: bool = False) -> _Walk:
    walk = _Walk(limits, names_only=names_only)
    with open_archive(data, limits) as archive, contradictions():
        if _STYLES in archive.NameToInfo:
            _stream(archive, _STYLES, walk)
        _stream(archive, _CONTENT, walk)
    return walk


def _stream(archive: zipfile.ZipFile, member: str, walk: _Walk) -> None:
    stream_qualified(
        archive, member, PREFIXES, start=walk.start, end=walk.end, characters=walk.characters
    )


class _Sheet:
    """A table as far as it has been walked."""

    def __init__(self, name: str, state: str, limits: Limits, spent: int) -> None:
        self.name, self._state, self._limits, self._spent = name, state, limits, spent
        self.places: array[int] = array("q")
        self.values: dict[int, object] = {}
        self._types = bytearray()
        self._styles: array[int] = array("l")
        self._errors: dict[str, str] = {}
        self._formulas: list[str] = []
        self._merged: list[str] = []
        self._hidden_rows: set[int] = set()
        self._hidden_columns: list[tuple[int, int]] = []
        self._columns = 0
        self.row, self._far = 0, 0
        self.column_styles: list[tuple[int, str | None]] = []

    def add_columns(self, attributes: dict[str, str]) -> None:
        """Columns as they are declared, before the rows."""
        count = _count(attributes, "table:number-columns-repeated", LAST_COLUMN)
        if attributes.get("table:visibility") in _HIDDEN:
            self._hidden_columns.append((self._columns + 1, self._columns + count))
        self._columns += count
        self.column_styles.append((self._columns, attributes.get("table:default-cell-style-name")))

    def close_row(self, cells: list[_Cell], repeated: int, *, hidden: bool) -> None:
        """Lay out a row, as often as it is repeated."""
        if not cells:
            self.row = min(self.row + repeated, LAST_ROW + 1)
            return
        if self.row + repeated > LAST_ROW:
            raise broken(f"trang {self.name} quá dài")
        self._far = max(self._far, *(cell.column + cell.repeated - 1 for cell in cells))
        added = repeated * sum(cell.repeated for cell in cells)
        if (
            self._far > LAST_COLUMN
            or (self.row + repeated) * self._far > self._limits.extent
            or self._spent + len(self.places) + added > self._limits.cells
        ):
            raise _too_large(self.name)
        if hidden:
            self._hidden_rows.update(range(self.row + 1, self.row + repeated + 1))
        for row in range(self.row + 1, self.row + repeated + 1):
            for cell in cells:
                self._lay(row, cell)
        self.row += repeated

    def _lay(self, row: int, cell: _Cell) -> None:
        for column in range(cell.column, cell.column + cell.repeated):
            place = pack(row, column)
            self.places.append(place)
            self._types.append(cell.type)
            self._styles.append(cell.style)
            self.values[place] = value_of(cell.type, cell.attributes, cell.text)
            if cell.type is CellType.ERROR:
                self._errors[address(place)] = cell.text.strip() or "#N/A"
            if cell.is_formula:
                self._formulas.append(address(place))

    def merge(self, column: int, columns: int, rows: int) -> None:
        """Note an area that its first cell covers."""
        right, bottom = min(column + columns - 1, LAST_COLUMN), min(self.row + rows, LAST_ROW)
        self._merged.append(f"{letters(column)}{self.row + 1}:{letters(right)}{bottom}")

    def scan(self, is_computed: bool) -> SheetScan:
        """What was seen.

        Args:
            is_computed: A program has computed the formulas: one without a value gave nothing.
        """
        types = self._types
        if is_computed:
            types = types.replace(bytes([CellType.UNVALUED]), bytes([CellType.BLANK_RESULT]))
        unvalued = (p for p, t in zip(self.places, types, strict=True) if t == CellType.UNVALUED)
        return SheetScan(
            name=self.name,
            state=self._state,
            last_row=self.places[-1] >> 14 if self.places else 0,
            last_column=self._far,
            places=self.places,
            types=bytes(types),
            errors=self._errors,
            formulas=frozenset(self._formulas),
            unvalued=frozenset(map(address, unvalued)),
            merged=tuple(self._merged),
            styles=self._styles,
            hidden_rows=frozenset(self._hidden_rows),
            hidden_columns=tuple(self._hidden_columns),
        )


def _too_large(sheet: str) -> UnreadableWorkbook:
    found = f"Trang {sheet} có ô ở quá xa hoặc quá nhiều ô"
    return refused("extent", found, "xóa các dòng, cột thừa rồi gửi lại", "refused")


def _count(attributes: dict[str, str], key: str, most: int) -> int:
    return min(max(int(attributes.get(key, "1")), 1), most + 1)


class _Walk:
    """Styles, tables, rows, cells, names, in the order of the file."""

    def __init__(self, limits: Limits, *, names_only: bool) -> None:
        self._names_only = names_only
        self.sheets: list[_Sheet] = []
        self.names: dict[str, str] = {}
        self.styles: list[Style] = []
        self.is_computed = False
        self._limits = limits
        self._known: dict[str | None, int] = {}
        self._styles = OdsStyles()
        self._sheet: _Sheet | None = None
        self._row: dict[str, str] = {}
        self._cells: list[_Cell] = []
        self._column = 0
        self._cell: dict[str, str] | None = None
        self._depth = self._aside = 0
        self._text: list[str] = []
        self._taking = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self._cell is not None:
            self._start_inside(name, attributes)
        elif name in _CELLS:
            self._open_cell(attributes)
        elif name == "table:table-row":
            self._row, self._cells, self._column = attributes, [], 0
        elif name == "table:table":
            self._open_table(attributes)
        elif name == "table:table-column" and self._sheet is not None:
            self._sheet.add_columns(attributes)
        elif name == "table:named-expression":
            self._name(attributes)
        else:
            self._styles.start(name, attributes)

    def _start_inside(self, name: str, attributes: dict[str, str]) -> None:
        """Inside a cell: its paragraphs are content; notes and drawings are not."""
        self._depth += 1
        if name == "table:table":
            raise broken("bảng lồng trong ô")
        if name == "office:annotation" or (self._depth == 1 and name != "text:p"):
            self._aside += 1
        elif self._depth == 1:
            if self._text:
                self._text.append("\n")
            self._taking = True
        elif self._taking and not self._aside:
            mark = {"text:s": " ", "text:tab": "\t", "text:line-break": "\n"}.get(name, "")
            many = _count(attributes, "text:c", 1_000) if name == "text:s" else 1
            self._text.append(mark * many)

    def characters(self, text: str) -> None:
        if self._taking and not self._aside:
            self._text.append(text)

    def end(self, name: str) -> None:
        if self._cell is not None and self._depth:
            if name == "office:annotation" or (self._depth == 1 and name != "text:p"):
                self._aside -= 1
            self._depth -= 1
            self._taking = self._taking and self._depth > 0
        elif name in _CELLS:
            self._close_cell()
        elif name == "table:table-row":
            self._close_row()
        elif name == "table:table":
            self._sheet = None
        else:
            self._styles.end(name)

    def _open_table(self, attributes: dict[str, str]) -> None:
        hidden = attributes.get("table:style-name") in self._styles.hidden_tables
        name, spent = attributes["table:name"], sum(len(sheet.places) for sheet in self.sheets)
        self._sheet = _Sheet(name, "hidden" if hidden else "visible", self._limits, spent)
        self.sheets.append(self._sheet)

    def _name(self, attributes: dict[str, str]) -> None:
        text = attributes.get("table:expression", "").removeprefix("of:=").strip()
        if len(text) > 1 and text[0] == text[-1] == '"':
            value, name = text[1:-1].replace('""', '"'), attributes["table:name"]
            # a copied sheet brings its own copy of a name; the workbook's own one counts
            kept = self.names.get(name, value) if self._sheet is not None else value
            self.names[name] = kept

    def _open_cell(self, attributes: dict[str, str]) -> None:
        self._cell, self._text, self._depth, self._aside = attributes, [], 0, 0

    def _close_cell(self) -> None:
        cell, sheet = self._cell, self._sheet
        self._cell = None
        if cell is None or sheet is None or self._names_only:
            return
        repeated = _count(cell, "table:number-columns-repeated", LAST_COLUMN)
        column, self._column = self._column + 1, self._column + repeated
        columns = _count(cell, "table:number-columns-spanned", LAST_COLUMN)
        rows = _count(cell, "table:number-rows-spanned", LAST_ROW)
        if columns > 1 or rows > 1:
            sheet.merge(min(column, LAST_COLUMN), columns, rows)
        text = cell.get("office:string-value") or "".join(self._text)
        type_ = self._type(cell, text)
        if type_ is not None:
            style = cell.get("table:style-name") or _style_of_column(sheet, column)
            is_formula = "table:formula" in cell
            self._cells.append(
                _Cell(column, repeated, type_, is_formula, self._number(style), cell, text)
            )

    def _type(self, cell: dict[str, str], text: str) -> CellType | None:
        kind, is_formula = cell.get("office:value-type"), "table:formula" in cell
        self.is_computed = self.is_computed or (is_formula and kind is not None)
        if cell.get("calcext:value-type") == "error":
            return CellType.ERROR
        if kind is not None and kind != "string":
            return _TYPES.get(kind, CellType.TEXT)
        if text.strip():
            return CellType.TEXT
        if is_formula:
            return CellType.UNVALUED if kind is None else CellType.BLANK_RESULT
        return None

    def _number(self, name: str | None) -> int:
        number = self._known.get(name)
        if number is None:
            number = self._known[name] = len(self.styles)
            self.styles.append(self._styles.of_cell(name))
        return number

    def _close_row(self) -> None:
        if self._sheet is not None:
            repeated = _count(self._row, "table:number-rows-repeated", LAST_ROW)
            hidden = self._row.get("table:visibility") in _HIDDEN
            self._sheet.close_row(self._cells, repeated, hidden=hidden)


def _style_of_column(sheet: _Sheet, column: int) -> str | None:
    return next((style for last, style in sheet.column_styles if column <= last), None)
